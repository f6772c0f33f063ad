# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_releases
short_description: Install, upgrade and uninstall multiple Helm releases in one task
version_added: 0.2.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Manages a list of releases like M(windlass.charts.chart_release) manages one. Several releases are processed in parallel, in the order
    of their dependencies.
  - Releases share connections, discovery data of the API server, and compiled templates.
  - All entries are validated before anything is done. A failed release only stops the releases that depend on it. The task fails at the
    end, and reports the result of each release.
options:
  releases:
    description:
      - The releases. Each entry accepts the options of M(windlass.charts.chart_release) and C(needs), but not the options that apply to the
        whole task (the connection options, O(storage_driver) and O(binary_path)).
      - C(needs) is a list of other releases in the list, as C(name) or C(namespace/name). A release is started after all releases that it
        needs. Releases with the state V(absent) are processed in reverse order.
    type: list
    elements: dict
    required: true
  defaults:
    description:
      - Default options for all releases. An option of an entry replaces the default. Nothing is merged, not even values.
    type: dict
    default: {}
  max_parallel:
    description:
      - Maximum number of releases to process in parallel.
    type: int
    default: 4
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release.binary
  - windlass.charts._release.storage
  - windlass.charts._chart_source.libraries
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_rollouts
    description: How to deploy many releases and many clusters.
"""

EXAMPLES = r"""
- name: Install an application and the services that it needs
  windlass.charts.chart_releases:
    defaults:
      namespace: shop
      create_namespace: true
      wait: true
    max_parallel: 8
    releases:
      - name: database
        chart_ref: charts/database
      - name: cache
        chart_ref: charts/cache
      - name: web
        chart_ref: charts/web
        needs: [database, cache]
        values:
          replicas: 3

- name: Uninstall releases in reverse order of their dependencies
  windlass.charts.chart_releases:
    defaults:
      namespace: shop
      state: absent
    releases:
      - name: database
      - name: web
        needs: [database]
"""

RETURN = r"""
releases:
  description:
    - Results of the releases, in the order of the list.
  returned: always, unless the list of releases is invalid
  type: list
  elements: dict
  contains:
    name:
      description: Name of the release.
      type: str
      returned: always
      sample: web
    namespace:
      description: Namespace of the release.
      type: str
      returned: always
      sample: shop
    state:
      description: The requested state, V(present) or V(absent).
      type: str
      returned: always
      sample: present
    changed:
      description: Whether the release was changed.
      type: bool
      returned: always
      sample: true
    failed:
      description: Whether the release failed. C(msg) and C(error) contain the reason.
      type: bool
      returned: when the release failed
      sample: true
    skipped:
      description: Whether the release was skipped, since a release that it needs failed. C(msg) contains the name of that release.
      type: bool
      returned: when the release was skipped
      sample: true
    unverified:
      description: Reason why check mode could not predict the result, for example because another release in the list creates the
        namespace.
      type: str
      returned: in check mode, if the result cannot be predicted
      sample: "it may depend on changes to shop/base: Namespace shop does not exist"
    status:
      description: The release after the task. The entry has all other return values of M(windlass.charts.chart_release) as well.
      type: dict
      returned: when the release was not skipped
      sample: {"name": "web", "revision": "2", "status": "deployed"}
order:
  description: The order in which the releases were started.
  returned: always, unless the list of releases is invalid
  type: list
  elements: str
  sample: [shop/database, shop/cache, shop/web]
diff:
  description: Differences by release and object.
  returned: in diff mode
  type: dict
  contains:
    prepared:
      description: Unified diff, with one section for each object.
      type: str
      returned: in diff mode
      sample: "## release shop/web\n# apply ConfigMap shop/web\n--- before\n+++ after\n"
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
  returned: when the list of releases is invalid. Failures of releases are in RV(releases)
  type: dict
  contains:
    class:
      description: Class of the error, for example V(OptionError).
      type: str
      returned: failure
      sample: OptionError
    fields:
      description: The details from which C(msg) was created.
      type: dict
      returned: failure
      sample: {"option": "releases"}
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_releases import chart_releases

    return chart_releases


def main() -> None:
    run_module(specs.chart_releases(), load_face)


if __name__ == "__main__":
    main()
