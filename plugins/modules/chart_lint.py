# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_lint
short_description: Lint a Helm chart, and compare its values with its templates
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Runs the rules of C(helm lint), with helm's severities and words, without helm.
  - Then says what helm does not look at. Keys of values.yaml, and keys that the task gives, which no template reads. Places that templates read
    and values.yaml does not have.
  - Nothing is written and no cluster is asked; the task is never V(changed). It fails as O(strict) and O(fail_on) say.
options:
  chart_ref:
    required: true
  release_namespace:
    description:
      - Namespace that templates see. C(default) when this is absent.
    type: str
    aliases: [namespace]
  strict:
    description:
      - Fail on warnings too, as C(helm lint --strict) does.
    type: bool
    default: false
  fail_on:
    description:
      - What the task fails on. V(error), or V(warning) when O(strict=true), where this is absent.
    type: str
    choices: [error, warning, never]
  with_subcharts:
    description:
      - Lint the charts in C(charts/) too, each by itself.
    type: bool
    default: false
  quiet:
    description:
      - Return warnings and errors only.
    type: bool
    default: false
  kube_version:
    description:
      - The version of Kubernetes that templates see, and that deprecated APIs are judged by.
    type: str
  check_values:
    description:
      - Compare values with templates. With V(false) the messages are those of C(helm lint).
    type: bool
    default: true
  ignore:
    description:
      - What to leave out; names of rules (see RV(messages)), or patterns for places in the values, which begin with a dot, such as
        V(.Values.extra*).
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
  - windlass.charts._values
  - windlass.charts._values.secrets
seealso:
  - module: windlass.charts.chart_info
  - module: windlass.charts.chart_template
  - ref: ansible_collections.windlass.charts.docsite.guide_values_and_secrets
    description: Where values come from and how secrets are masked.
"""

EXAMPLES = r"""
- name: The chart is in order
  windlass.charts.chart_lint:
    chart_ref: charts/web
    strict: true

- name: The values of production are those that the chart knows
  windlass.charts.chart_lint:
    chart_ref: bitnami/postgresql
    values_files:
      - values/production.yaml
    fail_on: never
  register: linted

- name: Show keys that nothing reads
  ansible.builtin.debug:
    msg: "{{ linted.messages | selectattr('rule', 'equalto', 'value-unknown') | map(attribute='text') }}"
"""

RETURN = r"""
messages:
  description: What was found, helm's rules first.
  returned: success and failure
  type: list
  elements: dict
  contains:
    severity:
      description: One of V(info), V(warning), V(error).
      type: str
      returned: always
      sample: warning
    rule:
      description:
        - Name of the rule, for O(ignore).
        - Beyond helm's there are V(value-not-read) (values.yaml has a key that no template reads), V(value-unknown) (the task gives one that no
          template reads and values.yaml does not have) and V(value-not-declared) (a template reads what values.yaml does not have).
      type: str
      returned: always
      sample: value-not-read
    path:
      description: The file, below the chart; as helm names it.
      type: str
      returned: always
      sample: values.yaml
    line:
      description: The line, V(0) where it is not known.
      type: int
      returned: always
      sample: 12
    text:
      description: What is the matter. Where helm's words would quote values that the task gave, it is our own words.
      type: str
      returned: always
      sample: no template reads .Values.image.tagg
    helm:
      description: Whether C(helm lint) says it too.
      type: bool
      returned: always
      sample: false
    key:
      description: The place in the values, for O(ignore); empty where the message is not about one.
      type: str
      returned: always
      sample: .Values.image.tagg
    chart:
      description: The chart.
      type: str
      returned: always
      sample: /charts/web
charts:
  description: The charts that were linted, one unless O(with_subcharts=true).
  returned: success and failure
  type: list
  elements: dict
  contains:
    path:
      description: The chart.
      type: str
      returned: always
      sample: /charts/web
    failed:
      description: Whether it has a message that the task fails on.
      type: bool
      returned: always
      sample: false
summary:
  description: Helm's last line.
  returned: success and failure
  type: str
  sample: 1 chart(s) linted, 0 chart(s) failed
stdout:
  description: The messages as C(helm lint) prints them.
  returned: success and failure
  type: str
  sample: "==> Linting /charts/web"
command:
  description: The helm command that does the same, secrets masked. Nothing runs it.
  returned: success and failure
  type: str
  sample: helm lint /charts/web
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.lint import chart_lint

    return chart_lint


def main():
    run_module(options.chart_lint(), load_face)


if __name__ == "__main__":
    main()
