# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release_test
short_description: Run the tests of a Helm release without helm
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Runs the hooks of the event C(test) that the newest revision of a release holds, as C(helm test) does, by weight and then by name. The first test that
    fails ends the task, which then fails.
  - The record of the release notes how each test went, so that C(helm status) shows it.
  - A task that ran a test is V(changed), since pods were made and the record was written. A release without tests is not.
options:
  filters:
    description:
      - Which tests to run, as helm writes it. V(name=TEST) runs a test, V(!name=TEST) leaves one out; a bare name is the same as V(name=TEST).
      - A name to run that no test has is refused. Helm runs nothing then and reports success.
    type: list
    elements: str
    default: []
    aliases: [filter]
  logs:
    description:
      - Return what the containers of the tests have printed, those of Jobs as well. It is read when all tests have ended and before delete policies
        are followed. What the Secrets of the release hold is masked.
    type: bool
    default: false
  timeout:
    description:
      - How long to wait for each test, as a Go duration such as V(5m0s); a bare number is seconds.
      - Five minutes when this is absent.
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
      - The difference names the tests that run; what their objects change no server says beforehand.
  idempotent:
    support: none
    details:
      - Tests run each time.
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_rollouts
    description: How to deploy many releases and many clusters.
"""

EXAMPLES = r"""
- name: Run all tests of a release and show what they print
  windlass.charts.chart_release_test:
    name: web
    namespace: shop
    logs: true
    timeout: 2m0s
  register: tested

- name: Show how each went
  ansible.builtin.debug:
    msg: "{{ tested.tests | map(attribute='name') | zip(tested.tests | map(attribute='phase')) | list }}"

- name: Run one test alone
  windlass.charts.chart_release_test:
    name: web
    namespace: shop
    filters: ["name=web-test-connection"]
"""

RETURN = r"""
tests:
  description: The tests that were chosen, in their order. When one fails, this stands in the result of the failed task as well.
  returned: when tests were chosen
  type: list
  elements: dict
  contains:
    name:
      description: Name of the test.
      type: str
      returned: always
      sample: web-test-connection
    kind:
      description: Kind of its object.
      type: str
      returned: always
      sample: Pod
    weight:
      description: Its weight.
      type: int
      returned: always
      sample: 1
    phase:
      description: V(Succeeded), V(Failed), or empty for a test that did not run.
      type: str
      returned: always
      sample: Succeeded
    started_at:
      description: When it began; empty for a test that did not run.
      type: str
      returned: always
      sample: "2026-11-21T05:00:00.123456789Z"
    completed_at:
      description: When it ended; empty for a test that did not run.
      type: str
      returned: always
      sample: "2026-11-21T05:00:04.123456789Z"
    logs:
      description: What its containers have printed, each with C(pod), C(container) and C(log), or C(error) where it could not be read. Needs O(logs).
      type: list
      elements: dict
      returned: always
      sample: [{"pod": "web-test-connection", "container": "wget", "log": "200 OK\n"}]
status:
  description:
    - The newest revision of the release after the task; in check mode as it would be. C(null) when there is none.
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
      description: Number of the revision, as text.
      type: str
      returned: success
      sample: "3"
    revision_number:
      description: Number of the revision.
      type: int
      returned: success
      sample: 3
    updated:
      description: When the revision was made, in the form that C(helm list) prints.
      type: str
      returned: success
      sample: 2026-11-21 05:00:00.123456789 +0000 UTC
    status:
      description: Helm's word for the state of the revision.
      type: str
      returned: success
      sample: deployed
    chart:
      description: Name and version of the chart.
      type: str
      returned: success
      sample: web-1.2.0
    app_version:
      description: Version of what the chart installs.
      type: str
      returned: success
      sample: "2.4"
    appversion:
      description: The same as RV(status.app_version).
      type: str
      returned: success
      sample: "2.4"
    description:
      description: Helm's sentence about the revision.
      type: str
      returned: success
      sample: Install complete
    release_values:
      description: The values the user gave, masked unless O(return_values=true). The key C(values) holds them too, as C(kubernetes.core) has it.
      type: dict
      returned: success
      sample: {"replicas": "********"}
stdout:
  description: What helm would have printed. Empty when nothing was done.
  returned: success
  type: str
  sample: "Release \"web\" has been upgraded. Happy Helming!\nNAME: web\n"
stderr:
  description: Always empty; there for tasks that were written for C(kubernetes.core).
  returned: success
  type: str
  sample: ""
command:
  description: The helm command that does the same, secrets masked. Nothing runs it. Empty when there was nothing to do.
  returned: success
  type: str
  sample: helm test web --namespace shop --logs
hook_logs:
  description:
    - What the containers of hooks have printed whose annotation C(helm.sh/hook-output-log-policy) asks for it, at most 1000 lines each. What
      the Secrets of the release hold is masked. When a hook fails, the same list stands in RV(error.fields).
  returned: when a hook with that annotation ran
  type: list
  elements: dict
  contains:
    event:
      description: The event that the hook ran for.
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
      description: The last lines.
      type: str
      returned: when it could be read
      sample: "12 tables migrated\n"
    error:
      description: Why the log could not be read.
      type: str
      returned: when it could not
      sample: container "migrate" in pod "migrate-x7k2p" is waiting to start
plan:
  description: What was decided, and why.
  returned: success
  type: dict
  contains:
    action:
      description: V(none) when there was nothing to do.
      type: str
      returned: success
      sample: test
    state:
      description: The state the release was found in.
      type: str
      returned: success
      sample: OutOfDate
    reason:
      description: One sentence.
      type: str
      returned: success
      sample: The values differ from those of revision 2.
    operations:
      description: The steps, in order.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: Stable over runs.
          type: str
          returned: success
          sample: apply:apps/v1/Deployment/shop/web
        verb:
          description: What is done.
          type: str
          returned: success
          sample: apply
        object:
          description: Kind, namespace and name.
          type: str
          returned: success
          sample: Deployment shop/web
        changes:
          description: The fields that change, as far as the server could say beforehand.
          type: list
          elements: dict
          returned: when the server was asked
          sample: [{"op": "change", "path": "spec.replicas", "before": 1, "after": 2}]
        unverified:
          description: Why no server could say beforehand what this step changes.
          type: str
          returned: when it is so
          sample: the namespace is made by the same task
diff:
  description: The difference per object.
  returned: in diff mode
  type: dict
  contains:
    prepared:
      description: Unified text, one piece for each object.
      type: str
      returned: in diff mode
      sample: "# apply ConfigMap shop/web\n--- before\n+++ after\n"
left_out:
  description:
    - Parts that were left out of the result because it would be larger than 600 kB, with a warning for each. ansible-runner, which AWX uses, drops
      whole results above 700 kB.
  returned: when something was left out
  type: list
  elements: dict
  contains:
    name:
      description: The key that is missing, with the keys above it.
      type: str
      returned: success
      sample: stdout
    bytes:
      description: Its size as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get it otherwise.
      type: str
      returned: success
      sample: "write it to files with output_dir, choose templates with show_only, or set return_manifest: false"
error:
  description: The failure for playbooks that branch on it.
  returned: failure
  type: dict
  contains:
    class:
      description: Name of the error, for example V(SchemaError) or V(Forbidden).
      type: str
      returned: failure
      sample: SchemaError
    fields:
      description: The facts that C(msg) was made of.
      type: dict
      returned: failure
      sample: {"template": "web/templates/service.yaml", "line": 7}
    helm:
      description: Helm's wording of the same error.
      type: str
      returned: where helm has one
      sample: "release: not found"
"""

from ansible_collections.windlass.charts.plugins.module_utils._ansible import options
from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module


def load_face():
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.tests import chart_release_test

    return chart_release_test


def main():
    run_module(options.chart_release_test(), load_face)


if __name__ == "__main__":
    main()
