# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release_rollback
short_description: Roll back a Helm release to an earlier revision
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Creates a new revision of a release from an earlier one, like C(helm rollback). The objects, values and hooks are those of the earlier
    revision, so no chart is needed.
  - The task is V(changed) if a revision was created. No revision is created if the newest one is deployed and equal to the requested one,
    and all its objects exist.
options:
  revision:
    description:
      - The revision to roll back to. V(0) means the revision before the newest, so that each run of the task rolls back again.
    type: int
    default: 0
  description:
    description:
      - Description of the revision in the history of the release, at most 256 characters. Defaults to Helm's description.
    type: str
    version_added: 0.2.0
  on_failure:
    description:
      - What to do if a step of the rollback fails. Hooks and the final wait are steps as well.
      - V(keep) leaves everything as it is, and marks the new revision as failed. This is the default.
      - V(rollback) returns to the last successful revision, which is the one before the task, and implies O(wait=true). Helm has no
        equivalent.
      - The outcome is returned in RV(error.fields) under C(rollback).
    type: str
    choices: [keep, rollback]
    version_added: 0.2.0
  force:
    description:
      - Replace existing objects instead of patching them, like Helm's C(--force-replace). Changes that others made to these objects are
        lost. The revision then uses client-side apply.
    type: bool
    default: false
    version_added: 0.2.0
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release
  - windlass.charts._release.binary
  - windlass.charts._release.masking
  - windlass.charts._release.storage
  - windlass.charts._waiting
  - windlass.charts._applying
  - windlass.charts._locking
  - windlass.charts._policy
  - windlass.charts._planning
attributes:
  idempotent:
    support: partial
    details:
      - The module is idempotent if O(revision) is specified. V(0) is a different revision each time.
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_check_mode
    description: How to review a change with check mode and saved plans.
  - ref: ansible_collections.windlass.charts.docsite.guide_troubleshooting
    description: What failures mean and what to do.
"""

EXAMPLES = r"""
- name: Roll back to revision 3 and wait until it is ready
  windlass.charts.chart_release_rollback:
    name: web
    namespace: shop
    revision: 3
    wait: true

- name: Roll back to revision 3, and undo this if it does not become ready
  windlass.charts.chart_release_rollback:
    name: web
    namespace: shop
    revision: 3
    on_failure: rollback
    cleanup_on_fail: true
"""

RETURN = r"""
status:
  description:
    - The newest revision of the release after the task, or in check mode the predicted revision. V(null) if there is none.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the release.
      type: str
      returned: success
      sample: web
    namespace:
      description: Namespace of the release.
      type: str
      returned: success
      sample: shop
    revision:
      description: Revision number, as a string.
      type: str
      returned: success
      sample: "3"
    revision_number:
      description: Revision number.
      type: int
      returned: success
      sample: 3
    updated:
      description: Time at which the revision was created, in the format of C(helm list).
      type: str
      returned: success
      sample: 2026-11-21 05:00:00.123456789 +0000 UTC
    status:
      description: Status of the revision.
      type: str
      returned: success
      sample: deployed
    chart:
      description: Name and version of the chart.
      type: str
      returned: success
      sample: web-1.2.0
    app_version:
      description: Version of the application that the chart installs.
      type: str
      returned: success
      sample: "2.4"
    appversion:
      description: Same as RV(status.app_version).
      type: str
      returned: success
      sample: "2.4"
    description:
      description: Description of the revision.
      type: str
      returned: success
      sample: Install complete
    release_values:
      description: The user-supplied values, masked unless O(return_values=true). The key C(values) contains them as well, for compatibility
        with C(kubernetes.core).
      type: dict
      returned: success
      sample: {"replicas": "********"}
stdout:
  description: The output of the equivalent helm command. Empty if nothing was done.
  returned: success
  type: str
  sample: "Rollback was a success! Happy Helming!\nNAME: web\n"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command, with secrets masked. It is not executed. Empty if nothing was done.
  returned: success
  type: str
  sample: helm upgrade --install web ./web --namespace shop
hook_logs:
  description:
    - Container logs of hooks whose annotation C(helm.sh/hook-output-log-policy) requests them, at most 1000 lines each. The data of the
      release's Secrets is masked. If a hook fails, RV(error.fields) contains the same list.
  returned: when a hook with that annotation ran
  type: list
  elements: dict
  contains:
    event:
      description: Event for which the hook ran.
      type: str
      returned: always
      sample: pre-upgrade
    hook:
      description: Kind and name of the hook.
      type: str
      returned: always
      sample: Job migrate
    pod:
      description: Name of the pod.
      type: str
      returned: always
      sample: migrate-x7k2p
    container:
      description: Name of the container.
      type: str
      returned: always
      sample: migrate
    log:
      description: The last lines of the log.
      type: str
      returned: when the log could be read
      sample: "12 tables migrated\n"
    error:
      description: Reason why the log could not be read.
      type: str
      returned: when the log could not be read
      sample: container "migrate" in pod "migrate-x7k2p" is waiting to start
plan:
  description: The plan that was made, with its reason.
  returned: success
  type: dict
  contains:
    action:
      description: Planned action. V(none) if there is nothing to do.
      type: str
      returned: success
      sample: rollback
    state:
      description: State of the release before the task. One of V(Absent), V(Uninstalled), V(InSync), V(OutOfDate), V(Drifted), V(Failed),
        V(Interrupted), V(Locked).
      type: str
      returned: success
      sample: OutOfDate
    reason:
      description: Reason for the planned action.
      type: str
      returned: success
      sample: Revision 3 was requested
    operations:
      description: Steps of the plan, in order.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: Identifier of the step. It is the same in every run.
          type: str
          returned: success
          sample: apply:apps/v1/Deployment/shop/web
        verb:
          description: Type of the step.
          type: str
          returned: success
          sample: apply
        object:
          description: Kind, namespace and name.
          type: str
          returned: success
          sample: Deployment shop/web
        changes:
          description: Changed fields, as predicted by a dry run on the server.
          type: list
          elements: dict
          returned: when a dry run was made
          sample: [{"op": "change", "path": "spec.replicas", "before": 1, "after": 2}]
        unverified:
          description: Reason why the server cannot predict the changes of this step.
          type: str
          returned: when the changes cannot be predicted
          sample: namespace shop is created by this task
plan_file:
  description: Information about the plan file.
  returned: when O(plan_file) is specified
  type: dict
  contains:
    path:
      description: Path to the file.
      type: str
      returned: success
      sample: /var/plans/web.json
    done:
      description: V(saved), V(applied), or V(checked) if check mode compared a saved plan with the cluster.
      type: str
      returned: success
      sample: saved
diff:
  description: Differences by object.
  returned: in diff mode
  type: dict
  contains:
    prepared:
      description: Unified diff, with one section for each object.
      type: str
      returned: in diff mode
      sample: "# apply ConfigMap shop/web\n--- before\n+++ after\n"
left_out:
  description:
    - Keys that were removed from the result because it would exceed 600 kB. There is a warning for each of them. ansible-runner, which is
      used by AWX, discards results larger than 700 kB.
  returned: when keys were removed
  type: list
  elements: dict
  contains:
    name:
      description: Path of the removed key.
      type: str
      returned: success
      sample: diff
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "run without --diff, or look at plan"
error:
  description: Structured information about the failure.
  returned: failure
  type: dict
  contains:
    class:
      description: Class of the error, for example V(SchemaError) or V(Forbidden).
      type: str
      returned: failure
      sample: SchemaError
    fields:
      description: The details from which C(msg) was created.
      type: dict
      returned: failure
      sample: {"template": "web/templates/service.yaml", "line": 7}
    helm:
      description: Helm's text for the same error.
      type: str
      returned: when Helm has an equivalent error
      sample: "release: not found"
"""

from typing import TYPE_CHECKING

from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

if TYPE_CHECKING:
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Face


def load_face() -> Face:
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_rollback import chart_release_rollback

    return chart_release_rollback


def main() -> None:
    run_module(specs.chart_release_rollback(), load_face)


if __name__ == "__main__":
    main()
