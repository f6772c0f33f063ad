# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: what may be touched, and what is left alone."""

from __future__ import annotations


class ModuleDocFragment:
    # what a rollback has too
    DOCUMENTATION = r"""
options:
  force_conflicts_for:
    description:
      - Take over fields that other field managers own, but only those that match. O(force_conflicts=true) takes over all of them.
      - Fields that an autoscaler or C(kubectl scale) sets are kept unless they are listed here. If the chart has a new value for such a
        field, a warning names the field and its manager. Any other conflict fails the task before anything is written, and reports the
        object, the field, the manager and both values.
    type: dict
    suboptions:
      managers:
        description:
          - Names of field managers. Shell patterns are supported.
        type: list
        elements: str
      paths:
        description:
          - Field paths, such as V(spec.replicas), V(spec.template.spec.containers[app].image) or V(/spec/replicas). V(*) matches any single
            path element.
        type: list
        elements: str
    version_added: 0.2.0
  on_immutable:
    description:
      - What to do if an immutable field must change.
      - With V(recreate), objects of the kinds in O(recreate_kinds) are deleted and created again. The plan lists them. For other objects
        the task fails, as with V(fail).
      - A live object with the annotation C(charts.windlass.io/on-immutable=recreate) can always be recreated.
    type: str
    choices: [fail, recreate]
    default: fail
    version_added: 0.2.0
  recreate_kinds:
    description:
      - Kinds of objects that can be recreated. Recreating an object can lose the data that it holds, so be careful with kinds such as
        C(StatefulSet).
    type: list
    elements: str
    default: [Job]
    version_added: 0.2.0
"""

    DRIFT = r"""
options:
  drift:
    description:
      - What to do about drift, that is, live objects that differ from what was applied although chart and values are unchanged.
      - With V(missing), deleted objects are created again. With V(correct), changed fields are reset as well. Neither creates a new
        revision.
      - With V(report), drift is returned in RV(drift) and not corrected. With V(ignore), live objects are not compared.
      - Changed fields are determined with a dry-run apply, which takes two requests per object. Only V(report) and V(correct) do this.
      - Fields that the chart does not set, and fields that an autoscaler sets, are not considered drift.
    type: str
    choices: [ignore, report, missing, correct]
    default: missing
    version_added: 0.2.0
  drift_ignore:
    description:
      - Differences to ignore.
    type: list
    elements: dict
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
      paths:
        description:
          - Field paths, such as V(spec.replicas), V(spec.template.spec.containers[app].image) or V(/spec/replicas). V(*) matches any single
            path element.
          - Fields below a path are included. If not specified, whole objects are ignored.
        type: list
        elements: str
    version_added: 0.2.0
  adopt:
    description:
      - Whether existing objects that are not part of the release can be adopted.
      - Defaults to V(listed) if O(adopt_objects) is specified, and to V(none) otherwise. The plan lists the adopted objects and their
        previous owners.
    type: str
    choices: [none, listed, any]
    version_added: 0.2.0
  adopt_objects:
    description:
      - Objects that can be adopted.
    type: list
    elements: dict
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
    version_added: 0.2.0
"""
