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
      - Do not run the hooks of the chart.
    type: bool
    default: false
  server_side:
    description:
      - Whether to use server-side apply.
      - With V(true), objects are written with server-side apply. With V(false), they are written with client-side apply, as by Helm 3.
      - With V(auto), which is the default, a new release uses server-side apply, and an existing release uses the method of its last
        revision.
    type: str
    choices: ["auto", "true", "false"]
  force_conflicts:
    description:
      - With server-side apply, take over fields that another field manager owns.
    type: bool
    default: false
  history_max:
    description:
      - Maximum number of revisions to retain. V(0) means no limit. Defaults to V(10).
    type: int
  cleanup_on_fail:
    description:
      - Delete the objects that a failed upgrade or rollback has created, like Helm's C(--cleanup-on-fail).
      - Objects that existed before the task are not restored. The objects of a failed first installation are not deleted. Use O(on_failure)
        to undo a failed change completely.
      - After a failed rollback, objects are deleted only if applying failed, not if the wait or a later hook failed. Helm does the same.
      - The deleted objects are listed in RV(error.fields) under C(cleanup).
    type: bool
    default: false
    version_added: 0.2.0
"""

    VALIDATION = r"""
options:
  disable_openapi_validation:
    description:
      - Accepted for compatibility, has no effect. On every supported version of Kubernetes the API server validates the fields of objects.
        Helm 4 requests strict validation even with C(--disable-openapi-validation).
    type: bool
    default: false
    version_added: 0.2.0
"""

    NOTES = r"""
options:
  render_subchart_notes:
    description:
      - Append the notes of subcharts to the notes of the chart, in the result and in the release record.
      - Changing this option makes the task V(changed).
    type: bool
    default: false
    version_added: 0.2.0
  hide_notes:
    description:
      - Omit the notes from RV(stdout). The release record always contains them.
    type: bool
    default: false
    version_added: 0.2.0
"""
