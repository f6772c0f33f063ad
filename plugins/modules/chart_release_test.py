# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release_test
short_description: Run the tests of a Helm release
version_added: 0.2.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Runs the test hooks of the newest revision of a release, ordered by weight and then by name, like C(helm test). The first test that
    fails ends the run, and the task fails.
  - The results are stored in the release record, so that C(helm status) shows them.
  - The task is V(changed) if a test ran, since pods were created and the record was updated. It is not V(changed) if the release has no
    tests.
options:
  filters:
    description:
      - The tests to run, in Helm's syntax. V(name=TEST) includes a test, V(!name=TEST) excludes one. A bare name is the same as
        V(name=TEST).
      - The task fails if no test has the name of an included test. Helm runs nothing in this case and reports success.
    type: list
    elements: str
    default: []
    aliases: [filter]
  logs:
    description:
      - Return the logs of all containers of the tests, including those of Jobs. Logs are read after all tests have ended, before delete
        policies are applied. The data of the release's Secrets is masked.
    type: bool
    default: false
  timeout:
    description:
      - Maximum time to wait for each test, as a Go duration such as V(5m0s). A number without a unit is in seconds.
      - Defaults to V(5m0s).
    type: str
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release
  - windlass.charts._release.binary
  - windlass.charts._release.masking
  - windlass.charts._locking
  - windlass.charts._release.storage
attributes:
  diff_mode:
    support: partial
    details:
      - The difference lists the tests to run. Changes that they make cannot be predicted.
  idempotent:
    support: none
    details:
      - Tests are run each time.
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_rollouts
    description: How to deploy many releases and many clusters.
"""

EXAMPLES = r"""
- name: Run all tests of a release and return their logs
  windlass.charts.chart_release_test:
    name: web
    namespace: shop
    logs: true
    timeout: 2m0s
  register: tested

- name: Show the result of each test
  ansible.builtin.debug:
    msg: "{{ tested.tests | map(attribute='name') | zip(tested.tests | map(attribute='phase')) | list }}"

- name: Run a single test
  windlass.charts.chart_release_test:
    name: web
    namespace: shop
    filters: ["name=web-test-connection"]
"""

RETURN = r"""
tests:
  description: The selected tests, in order. Also returned if a test fails.
  returned: when tests were selected
  type: list
  elements: dict
  contains:
    name:
      description: Name of the test.
      type: str
      returned: always
      sample: web-test-connection
    kind:
      description: Kind of the test object.
      type: str
      returned: always
      sample: Pod
    weight:
      description: Weight of the test.
      type: int
      returned: always
      sample: 1
    phase:
      description: V(Succeeded), V(Failed), or empty if the test did not run.
      type: str
      returned: always
      sample: Succeeded
    started_at:
      description: Start time. Empty if the test did not run.
      type: str
      returned: always
      sample: "2026-11-21T05:00:00.123456789Z"
    completed_at:
      description: End time. Empty if the test did not run.
      type: str
      returned: always
      sample: "2026-11-21T05:00:04.123456789Z"
    logs:
      description: Logs of the containers of the test. Each has C(pod), C(container), and C(log), or C(error) if the log could not be read.
        Requires O(logs=true).
      type: list
      elements: dict
      returned: always
      sample: [{"pod": "web-test-connection", "container": "wget", "log": "200 OK\n"}]
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
  sample: "NAME: web\nSTATUS: deployed\nTEST SUITE:     web-test-connection\nPhase:          Succeeded\n"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command, with secrets masked. It is not executed. Empty if nothing was done.
  returned: success
  type: str
  sample: helm test web --namespace shop --logs
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
      sample: test
    state:
      description: State of the release before the task. One of V(Absent), V(Uninstalled), V(InSync), V(OutOfDate), V(Drifted), V(Failed),
        V(Interrupted), V(Locked).
      type: str
      returned: success
      sample: InSync
    reason:
      description: Reason for the planned action.
      type: str
      returned: success
      sample: Revision 3 has 2 tests to run
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
          sample: test:v1/Pod/shop/web-test-connection
        verb:
          description: Type of the step.
          type: str
          returned: success
          sample: hook
        object:
          description: Kind, namespace and name.
          type: str
          returned: success
          sample: Pod shop/web-test-connection
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
      sample: tests[0].logs[0].log
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "request less data in one task"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_test import chart_release_test

    return chart_release_test


def main() -> None:
    run_module(specs.chart_release_test(), load_face)


if __name__ == "__main__":
    main()
