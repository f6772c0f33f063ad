# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: changes of rendered objects and hooks before they are recorded."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  patches:
    description:
      - Patches for rendered objects, applied in order. Hooks are patched as well. The patched objects are stored in the release record.
      - A patch that matches no object causes a warning.
    type: list
    elements: dict
    suboptions:
      target:
        description:
          - Selects the objects to patch. If not specified, the patch must be a dictionary that identifies one object by C(apiVersion),
            C(kind) and C(metadata.name).
        type: dict
        suboptions:
          kind:
            description:
              - The kind, such as V(Deployment) or V(apps/Deployment). Shell patterns are supported. Defaults to any kind.
            type: str
          name:
            description:
              - The name. Shell patterns are supported. Defaults to any name.
            type: str
          namespace:
            description:
              - The namespace. Shell patterns are supported. Defaults to any namespace.
            type: str
      patch:
        description:
          - The patch. A dictionary is a strategic merge patch, a list is a JSON patch, and a string is parsed as YAML.
        type: raw
        required: true
    version_added: 0.2.0
  images:
    description:
      - Replacements for the registry, name, tag or digest of container images. For each image, the first matching entry is used. An entry
        that matches no image causes a warning.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the image without tag and digest, as written in the chart or fully qualified (V(docker.io/library/nginx)). Shell
            patterns are supported.
        type: str
        required: true
      new_registry:
        description:
          - New registry, optionally with a path. The rest of the name is kept.
        type: str
      new_name:
        description:
          - New name, including the registry.
        type: str
      new_tag:
        description:
          - New tag. Removes a digest that the chart specifies.
        type: str
      digest:
        description:
          - New digest, such as V(sha256:...). Removes a tag that the chart specifies.
        type: str
    version_added: 0.2.0
  image_registry:
    description:
      - Registry that contains the images of the chart, for sites that mirror images. Replaces the registry of container images, also in
        hooks and tests. Path, tag and digest of an image are kept. The result is what is rendered, compared, applied and recorded.
      - A string such as V(registry.example.com/mirror) is the registry of all images. A dictionary replaces the registries that are its
        keys, such as V(docker.io), by its values. Keys and values can contain a path. If several keys match, the longest one applies. The
        key V(*) applies to images that no other key matches.
      - Images without a registry are in V(docker.io), as in Docker. C(nginx) is C(docker.io/library/nginx), and becomes
        C(registry.example.com/mirror/library/nginx).
      - An image that is below one of the values already is not changed. The same applies with V(*), or with a string, to all images on the
        host of one of the values. To exclude a registry, map it to itself.
      - The option is applied after O(patches) and O(images). It finds the images that RV(windlass.charts.chart_template#module:images)
        lists. CustomResourceDefinitions, ConfigMaps and annotations are not changed. Neither are texts that may name something else,
        that is, names in custom resources without a registry, tag and digest. RV(unmatched_images) contains the images that were not
        changed and are not in one of the new registries.
      - There is a warning if two images would get the same name, and if a key matches no image although some images match no key.
    type: raw
    version_added: 0.3.0
  common_labels:
    description:
      - Labels to add to all objects, including hooks. They are only added to the metadata of the objects, not to selectors or pod
        templates.
    type: dict
    version_added: 0.2.0
  common_annotations:
    description:
      - Annotations to add to all objects, including hooks.
    type: dict
    version_added: 0.2.0
"""
