# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: what is done to rendered objects, hooks too, before they are recorded and applied."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  patches:
    description:
      - Patches for rendered objects, in order, hooks among them. The release records what comes out.
      - A patch that matches no object is a warning.
    type: list
    elements: dict
    suboptions:
      target:
        description:
          - Which objects. When it is absent, the patch must be a map that names one object by C(apiVersion), C(kind) and C(metadata.name).
        type: dict
        suboptions:
          kind:
            description:
              - The kind, V(Deployment) or V(apps/Deployment); shell patterns work. Any kind when this is absent.
            type: str
          name:
            description:
              - The name; shell patterns work. Any name when this is absent.
            type: str
          namespace:
            description:
              - The namespace; shell patterns work. Any namespace when this is absent.
            type: str
      patch:
        description:
          - A map is a strategic merge patch, a list a JSON patch; a text is YAML of either.
        type: raw
        required: true
  images:
    description:
      - Other places, tags or digests for container images. The first entry that matches an image applies. An entry that matches
        nothing gives a warning.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The image without tag and digest, as the chart writes it or in full (V(docker.io/library/nginx)); shell patterns work.
        type: str
        required: true
      new_registry:
        description:
          - A registry in place of the image's, with a path if there is one. The rest of the name stays.
        type: str
      new_name:
        description:
          - A name in place of registry and name.
        type: str
      new_tag:
        description:
          - Another tag; a digest that the chart gives goes.
        type: str
      digest:
        description:
          - A digest, V(sha256:...); a tag that the chart gives goes.
        type: str
  common_labels:
    description:
      - Labels for every object, hooks too. They stand in the objects' own metadata, not in selectors or pod templates.
    type: dict
  common_annotations:
    description:
      - Annotations for every object, hooks too.
    type: dict
"""
