# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_template
short_description: Render a Helm chart without helm and without a cluster
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Renders a chart as C(helm template) does, the same text in the same order. Lookups find nothing.
  - A task is V(changed) only when it writes files that differ, see O(output_dir).
options:
  chart_ref:
    required: true
  release_name:
    description:
      - Name of the release. C(release-name) when this is absent.
    type: str
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release. C(default) when this is absent.
    type: str
    aliases: [namespace]
  disable_hook:
    description:
      - Leave hooks out.
    type: bool
    default: false
  include_crds:
    description:
      - Put what lies below C(crds/) of the chart in front.
    type: bool
    default: false
  insecure_registry:
    description:
      - Only of use with OCI registries, which are not built yet; a true value is refused.
    type: bool
    default: false
  output_dir:
    description:
      - Write the documents of each template to a file below this folder.
    type: path
  show_only:
    description:
      - Only these templates, as paths or patterns below the chart, such as V(templates/service.yaml).
    type: list
    elements: str
    default: []
  skip_tests:
    description:
      - Leave test hooks out.
    type: bool
    default: false
  is_upgrade:
    description:
      - Set C(.Release.IsUpgrade) and not C(.Release.IsInstall).
    type: bool
    default: false
  kube_version:
    description:
      - The version of Kubernetes that templates see.
    type: str
  api_versions:
    description:
      - API versions, added to those that templates see without a cluster.
    type: list
    elements: str
    default: []
  parse_manifest:
    description:
      - Return RV(resources) too.
    type: bool
    default: false
  username:
    description:
      - Accepted, so that it can be set for the whole action group. This module asks no cluster.
    type: str
  password:
    description:
      - Accepted, so that it can be set for the whole action group. This module asks no cluster.
    type: str
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection.unused
  - windlass.charts._release.binary
  - windlass.charts._chart_source
  - windlass.charts._values
seealso:
  - module: windlass.charts.chart_release
"""

EXAMPLES = r"""
- name: Render a chart
  windlass.charts.chart_template:
    chart_ref: charts/web
    release_name: web
    release_namespace: shop
    values:
      replicas: 2
  register: rendered

- name: Keep rendered files in a folder
  windlass.charts.chart_template:
    chart_ref: charts/web
    output_dir: rendered
    values_files:
      - values/production.yaml
"""

RETURN = r"""
stdout:
  description: All documents, as C(helm template) prints them. Secrets of the chart stand here in clear.
  returned: success
  type: str
  sample: "---\n# Source: web/templates/service.yaml\n"
stderr:
  description: Always empty; there for tasks that were written for C(kubernetes.core).
  returned: success
  type: str
  sample: ""
rc:
  description: Always V(0); there for tasks that were written for C(kubernetes.core).
  returned: success
  type: int
  sample: 0
command:
  description: The helm command that does the same, secrets masked. Nothing runs it.
  returned: success
  type: str
  sample: helm template web charts/web --namespace shop
notes:
  description: The chart's notes.
  returned: success
  type: str
  sample: Thank you for installing web.
resources:
  description: The documents as objects, in the same order.
  returned: when O(parse_manifest=true)
  type: list
  elements: dict
  contains:
    source:
      description: The template that it came from.
      type: str
      returned: success
      sample: web/templates/service.yaml
    object:
      description: The object.
      type: dict
      returned: success
      sample: {"apiVersion": "v1", "kind": "Service"}
files:
  description: The files of the documents.
  returned: when O(output_dir) is given
  type: list
  elements: str
  sample: [rendered/web/templates/service.yaml]
files_changed:
  description: Those that were written; in check mode, that would be.
  returned: when O(output_dir) is given
  type: list
  elements: str
  sample: [rendered/web/templates/service.yaml]
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.template import chart_template

    return chart_template


def main():
    run_module(options.chart_template(), load_face)


if __name__ == "__main__":
    main()
