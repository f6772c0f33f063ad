# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: how objects and records are written."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  disable_hook:
    description:
      - Do not run the chart's hooks.
    type: bool
    default: false
  server_side:
    description:
      - Whether the API server merges objects (server-side apply).
      - With V(auto), which is what holds when this is absent, a new release is applied server-side and an older one as its last revision was.
    type: str
    choices: ["auto", "true", "false"]
  force_conflicts:
    description:
      - Take over fields that another field manager owns, where objects are applied server-side.
    type: bool
    default: false
  history_max:
    description:
      - How many revisions to keep; V(0) keeps all. Ten when this is absent.
    type: int
  cleanup_on_fail:
    description:
      - Delete the objects that a failed upgrade or rollback has created, as helm's C(--cleanup-on-fail). Objects that were there before stay as the
        failed revision left them, and a first installation keeps its objects, see O(on_failure) for both.
      - After a rollback this is done only where applying the objects has failed, and not where the wait or a hook behind it has, as with helm.
      - What was deleted stands in RV(error.fields) under C(cleanup).
    type: bool
    default: false
"""

    VALIDATION = r"""
options:
  disable_openapi_validation:
    description:
      - Accepted, and without effect, as with helm 4 on any Kubernetes that is still supported. There the API server validates the fields of objects,
        and helm asks it to do so strictly, with C(--disable-openapi-validation) as well.
    type: bool
    default: false
"""

    NOTES = r"""
options:
  render_subchart_notes:
    description:
      - Append the notes of subcharts to those of the chart, in the result and in the record of the release.
      - Changing this makes the task V(changed).
    type: bool
    default: false
  hide_notes:
    description:
      - Leave the notes out of RV(stdout). The record of the release has them in either case.
    type: bool
    default: false
"""
