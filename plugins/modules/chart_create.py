# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_create
short_description: Create a Helm chart
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Creates a directory with a new chart, like C(helm create).
  - The chart installs a web server and is ready to be adapted. It has a Deployment, a Service, a ServiceAccount, an optional Ingress and
    HorizontalPodAutoscaler, a test, a schema of its values and a README. C(helm lint) and M(windlass.charts.chart_lint) have no remark
    about it, and it runs in namespaces with the Pod Security Standard C(restricted).
  - Nothing is ever overwritten. If the directory already contains a chart, the task is not V(changed), whatever the chart contains. If it
    contains other files, the task fails.
  - The directory is created in one step. An interrupted task leaves no part of a chart.
options:
  chart_ref:
    description:
      - Path of the directory to create. Missing parent directories are created.
      - Its last part is the name of the chart. It must consist of lower-case letters, digits and V(-), and begin with a letter.
    type: path
    required: true
  starter:
    description:
      - Path of a directory with a chart that is copied instead, like C(helm create --starter). Files that its C(.helmignore) excludes are
        not copied.
      - Every C(<CHARTNAME>) in its text files is replaced by the name of the chart, as is the name in C(Chart.yaml). All other keys of
        C(Chart.yaml), such as dependencies, are kept. Helm replaces C(<CHARTNAME>) only in templates and in C(values.yaml), and writes a new
        C(Chart.yaml).
    type: path
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
seealso:
  - module: windlass.charts.chart_lint
  - module: windlass.charts.chart_package
"""

EXAMPLES = r"""
- name: Create a chart
  windlass.charts.chart_create:
    chart_ref: charts/shop

- name: Create a chart from a template of the company
  windlass.charts.chart_create:
    chart_ref: charts/shop
    starter: starters/service
"""

RETURN = r"""
path:
  description: Path of the directory.
  returned: success
  type: str
  sample: /work/charts/shop
name:
  description: Name of the chart.
  returned: success
  type: str
  sample: shop
files:
  description: Files that were created, relative to the directory. Empty if the chart already existed.
  returned: success
  type: list
  elements: str
  sample: [Chart.yaml, values.yaml, templates/deployment.yaml]
stdout:
  description: The output of C(helm create). Empty if nothing was written.
  returned: success
  type: str
  sample: Creating charts/shop
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command. It is not executed. Empty if nothing was done.
  returned: success
  type: str
  sample: helm create charts/shop
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_create import chart_create

    return chart_create


def main() -> None:
    run_module(specs.chart_create(), load_face)


if __name__ == "__main__":
    main()
