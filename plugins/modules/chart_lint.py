# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_lint
short_description: Lint a Helm chart
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Runs the rules of C(helm lint), with the same severities and messages.
  - In addition, compares the values with the templates. Reports keys of C(values.yaml) and of the task that no template uses, and values
    that templates use but C(values.yaml) does not contain.
  - No cluster is contacted, and nothing is modified. O(strict) and O(fail_on) determine when the task fails.
options:
  chart_ref:
    required: true
  release_namespace:
    description:
      - Namespace that templates see. Defaults to V(default).
    type: str
    aliases: [namespace]
  strict:
    description:
      - Treat warnings as errors, like C(helm lint --strict).
    type: bool
    default: false
  fail_on:
    description:
      - Lowest severity that makes the task fail. Defaults to V(warning) if O(strict=true), and to V(error) otherwise.
    type: str
    choices: [error, warning, never]
  with_subcharts:
    description:
      - Also lint each chart in C(charts/).
    type: bool
    default: false
  quiet:
    description:
      - Only return warnings and errors.
    type: bool
    default: false
  kube_version:
    description:
      - Kubernetes version that templates see, and against which deprecated APIs are checked.
    type: str
  check_values:
    description:
      - Whether to compare values with templates. With V(false), only the messages of C(helm lint) are returned.
    type: bool
    default: true
  ignore:
    description:
      - Messages to ignore. An entry is the name of a rule (see RV(messages)), or a pattern for paths of values, which starts with a dot,
        such as V(.Values.extra*).
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - windlass.charts._attributes.reads
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._connection.for_values
  - windlass.charts._release.binary
  - windlass.charts._release.unused_storage
  - windlass.charts._chart_source
  - windlass.charts._chart_source.libraries
  - windlass.charts._verification
  - windlass.charts._verification.libraries
  - windlass.charts._verification.cosign
  - windlass.charts._dependencies
  - windlass.charts._dependencies.update
  - windlass.charts._values
  - windlass.charts._values.secrets
seealso:
  - module: windlass.charts.chart_info
  - module: windlass.charts.chart_template
  - ref: ansible_collections.windlass.charts.docsite.guide_values_and_secrets
    description: Where values come from and how secrets are masked.
"""

EXAMPLES = r"""
- name: Lint a chart
  windlass.charts.chart_lint:
    chart_ref: charts/web
    strict: true

- name: Lint a chart with the values of the production environment
  windlass.charts.chart_lint:
    chart_ref: bitnami/postgresql
    values_files:
      - values/production.yaml
    fail_on: never
  register: linted

- name: Show keys that no template uses
  ansible.builtin.debug:
    msg: "{{ linted.messages | selectattr('rule', 'equalto', 'value-unknown') | map(attribute='text') }}"
"""

RETURN = r"""
messages:
  description: All messages. Those of Helm's rules come first.
  returned: success and failure
  type: list
  elements: dict
  contains:
    severity:
      description: Severity of the message. One of V(info), V(warning), V(error).
      type: str
      returned: always
      sample: warning
    rule:
      description:
        - Name of the rule. Can be used in O(ignore).
        - Additional rules are V(value-not-read) (C(values.yaml) contains a key that no template uses), V(value-unknown) (the task sets a
          key that no template uses and C(values.yaml) does not contain) and V(value-not-declared) (a template uses a value that
          C(values.yaml) does not contain).
      type: str
      returned: always
      sample: value-not-read
    path:
      description: Path of the file in the chart, as reported by Helm.
      type: str
      returned: always
      sample: values.yaml
    line:
      description: Line number. V(0) if it is not known.
      type: int
      returned: always
      sample: 12
    text:
      description: Text of the message. Messages of Helm that quote values of the task are replaced by a text without these values.
      type: str
      returned: always
      sample: no template reads .Values.image.tagg
    helm:
      description: Whether C(helm lint) reports the message as well.
      type: bool
      returned: always
      sample: false
    key:
      description: Path of the value, for use in O(ignore). Empty if the message is not about a value.
      type: str
      returned: always
      sample: .Values.image.tagg
    chart:
      description: Path of the chart.
      type: str
      returned: always
      sample: /charts/web
charts:
  description: The linted charts. Only one unless O(with_subcharts=true).
  returned: success and failure
  type: list
  elements: dict
  contains:
    path:
      description: Path of the chart.
      type: str
      returned: always
      sample: /charts/web
    failed:
      description: Whether the chart has a message that makes the task fail.
      type: bool
      returned: always
      sample: false
summary:
  description: The summary that C(helm lint) prints.
  returned: success and failure
  type: str
  sample: 1 chart(s) linted, 0 chart(s) failed
stdout:
  description: The output of C(helm lint).
  returned: success and failure
  type: str
  sample: "==> Linting /charts/web"
provenance:
  description: Who signed the archive of the chart.
  returned: when O(verify) is not V(never) and the archive has a valid signature
  type: dict
  version_added: 0.3.0
  contains:
    signed_by:
      description: User IDs of the key.
      type: list
      elements: str
      returned: always
      sample: ["Release Team <releases@example.com>"]
    fingerprint:
      description: Fingerprint of the primary key.
      type: str
      returned: always
      sample: 5E615389B53CA37F0EE60BD3843BBF981FC18762
    digest:
      description: SHA-256 checksum of the archive.
      type: str
      returned: always
      sample: sha256:c6841b3a895f1444a6738b5d04564a57e860ce42f8519c3be807fb6d9bee7888
    file:
      description: Name of the archive in the provenance file.
      type: str
      returned: always
      sample: web-1.2.3.tgz
    keyring:
      description: The keyring that contains the key.
      type: str
      returned: always
      sample: /etc/windlass/charts.gpg
cosign:
  description: The signature of cosign.
  returned: when O(cosign_public_key) is specified
  version_added: 0.3.0
  type: dict
  contains:
    digest:
      description: Digest of the manifest that was signed.
      type: str
      returned: always
      sample: sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
    identity:
      description: The reference under which it was signed. Empty for a Sigstore bundle.
      type: str
      returned: always
      sample: registry.example.com/charts/web
    annotations:
      description: What was added to the signature with C(cosign sign --annotations).
      type: dict
      returned: always
      sample: {"env": "prod"}
command:
  description: The equivalent helm command, with secrets masked. It is not executed.
  returned: success and failure
  type: str
  sample: helm lint /charts/web
stderr:
  description: C(Error:) and Helm's text for the failure.
  returned: failure
  type: str
  sample: "Error: release: not found\n"
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
      sample: stdout
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "write it to files with output_dir, choose templates with show_only, or set return_manifest: false"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_lint import chart_lint

    return chart_lint


def main() -> None:
    run_module(specs.chart_lint(), load_face)


if __name__ == "__main__":
    main()
