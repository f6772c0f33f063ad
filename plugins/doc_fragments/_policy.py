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
      - Take over fields of other field managers, but only these. O(force_conflicts=true) takes all.
      - A field that an autoscaler or C(kubectl scale) sets is left to it unless it is named here. A warning names field and manager when the chart
        has a new value for it. Every other conflict ends the task before anything is written, with
        the object, the field, the manager and both values of each.
    type: dict
    suboptions:
      managers:
        description:
          - Names of field managers; shell patterns work.
        type: list
        elements: str
      paths:
        description:
          - Fields, written like V(spec.replicas), V(spec.template.spec.containers[app].image) or V(/spec/replicas); V(*) is any one step.
        type: list
        elements: str
  on_immutable:
    description:
      - What to do when a field must change that the API server does not let change.
      - With V(recreate), objects of O(recreate_kinds) are removed and made anew; the plan names them beforehand. Others fail as with V(fail).
      - A live object with the annotation C(charts.windlass.io/on-immutable=recreate) may be made anew in any case.
    type: str
    choices: [fail, recreate]
    default: fail
  recreate_kinds:
    description:
      - Kinds of objects that may be made anew. What an object holds may be lost with it, so name a C(StatefulSet) with care.
    type: list
    elements: str
    default: [Job]
"""

    DRIFT = r"""
options:
  drift:
    description:
      - What to do about live objects that are no longer as they were applied, when chart and values are the same.
      - With V(missing), objects that are gone are made again. With V(correct), changed fields are set back too, by no new revision.
      - With V(report), both are told in RV(drift) and left. With V(ignore), no object is looked at.
      - Changed fields are found by a dry run of the apply, which costs two requests an object; only V(report) and V(correct) ask.
      - Fields that the chart does not set are no drift, nor are those that an autoscaler sets.
    type: str
    choices: [ignore, report, missing, correct]
    default: missing
  drift_ignore:
    description:
      - Differences that are no drift.
    type: list
    elements: dict
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
      paths:
        description:
          - Fields, written like V(spec.replicas), V(spec.template.spec.containers[app].image) or V(/spec/replicas). V(*) is any one step.
          - What lies below a field is meant too. Without any, whole objects are left out.
        type: list
        elements: str
  adopt:
    description:
      - Whether objects that are there already, and are not part of the release, may become part of it.
      - V(none) when this is absent, V(listed) when O(adopt_objects) is given. The plan names what is adopted, and from whom.
    type: str
    choices: [none, listed, any]
  adopt_objects:
    description:
      - The objects that may be adopted.
    type: list
    elements: dict
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
"""
