# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_dependency
short_description: Manage the dependencies of a Helm chart
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Downloads the dependencies that a chart declares into its directory C(charts/), and writes the lock file with their versions. Lists
    them, and what is missing.
  - Equivalent to C(helm dependency build), C(update) and C(list). Versions are chosen as in Helm. Helm 3 and Helm 4 accept the lock file,
    and this module accepts lock files of Helm.
  - All archives are downloaded and checked before the first one is written. If the task fails, the chart is unchanged.
options:
  chart_ref:
    description:
      - Path of the directory that contains the chart. For O(state=gathered), it can also be a packaged chart.
    type: path
    required: true
  state:
    description:
      - With V(present), C(charts/) contains the versions in the lock file. A chart without a lock file gets one, with the newest versions
        that the chart allows. If the lock file does not belong to the dependencies that the chart declares, the task fails. Equivalent to
        C(helm dependency build).
      - With V(latest), the newest versions that the chart allows are determined again, whether there is a lock file or not. Equivalent to
        C(helm dependency update).
      - V(gathered) only reads the chart. No repository is contacted. Equivalent to C(helm dependency list).
    type: str
    choices: [present, latest, gathered]
    default: present
  verify:
    description:
      - Whether the signatures of downloaded archives are verified, as in M(windlass.charts.chart_pull). Directories are not signed.
      - V(if_possible) returns a warning for an archive without a provenance file. If there is one, the archive must match it.
      - V(always) requires a valid signature by a key in O(keyring).
    type: str
    choices: [never, if_possible, always]
    default: never
  keyring:
    description:
      - File with the public keys that you trust, on the host that runs the task. The default is that of Helm.
    type: path
extends_documentation_fragment:
  - windlass.charts._dependencies
  - windlass.charts._dependencies.offline
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
  - windlass.charts._verification.libraries
notes:
  - A dependency comes from a chart repository (C(https://)), an OCI registry (C(oci://)), a repository by its name (C(@name) or
    C(alias:name)), or a directory (C(file://), relative to the chart), which is packaged. Without a repository, it must be a directory in
    C(charts/).
  - Repositories need not be added before. Indexes are fetched again if they have changed, archives only if they are neither in
    C(charts/) nor in Helm's content cache.
  - As in Helm, archives in C(charts/) that are not declared are removed. Directories, and files that are not charts, are not changed.
  - An archive in C(charts/) is compared by its digest, which the index or the registry states. If an index states none, the archive is
    downloaded and compared. An archive from a directory is compared by its content, so that an archive that Helm packaged is accepted.
  - The file is C(Chart.lock), or C(requirements.lock) for a chart with C(apiVersion) V(v1), which declares its dependencies in
    C(requirements.yaml). Lock files of Helm 2 are accepted.
seealso:
  - module: windlass.charts.chart_package
  - module: windlass.charts.chart_lint
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Download the dependencies of a chart, in the versions of its lock file
  windlass.charts.chart_dependency:
    chart_ref: charts/shop

- name: Update the dependencies of a chart to the newest versions that it allows
  windlass.charts.chart_dependency:
    chart_ref: charts/shop
    state: latest

- name: Download dependencies from a private registry, and from a repository with the name @private
  windlass.charts.chart_dependency:
    chart_ref: charts/shop
    dependency_repositories:
      - url: oci://registry.example.com/charts
        username: robot$ci
        password: "{{ registry_password }}"
      - name: private
        url: https://charts.example.com
        username: ci
        password: "{{ repository_password }}"

- name: Download dependencies from the caches of the host alone
  windlass.charts.chart_dependency:
    chart_ref: charts/shop
    offline: true

- name: List the dependencies
  windlass.charts.chart_dependency:
    chart_ref: charts/shop
    state: gathered
  register: listed

- name: Show what is missing
  ansible.builtin.debug:
    msg: "{{ listed.dependencies | selectattr('status', 'equalto', 'missing') | map(attribute='name') }}"
"""

RETURN = r"""
path:
  description: Path of the chart.
  returned: success
  type: str
  sample: /work/charts/shop
dependencies:
  description: The dependencies that the chart declares, in their order.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the chart.
      type: str
      returned: success
      sample: cache
    alias:
      description: Alias of the dependency. Empty if it has none.
      type: str
      returned: success
      sample: sessions
    version:
      description: The version, or range of versions, that the chart declares.
      type: str
      returned: success
      sample: ^1.2.0
    repository:
      description: The repository that the chart declares, without credentials. Empty for a directory in C(charts/).
      type: str
      returned: success
      sample: https://charts.example.com
    condition:
      description: The condition of the dependency. Dependencies are downloaded whether they are enabled or not.
      type: str
      returned: success
      sample: cache.enabled
    tags:
      description: The tags of the dependency.
      type: list
      elements: str
      returned: success
      sample: [backend]
    locked_version:
      description: The version in the lock file. Empty if there is no lock file, or if it does not belong to the dependencies.
      type: str
      returned: success
      sample: 1.4.2
    archive:
      description: The archive of the dependency, relative to the chart. Empty for a directory in C(charts/).
      type: str
      returned: if O(state) is not V(gathered)
      sample: charts/cache-1.4.2.tgz
    status:
      description:
        - The state of the dependency, in the words of C(helm dependency list). V(ok) is an archive with an allowed version, V(unpacked) a
          directory.
        - The others are V(missing), V(wrong version), V(corrupt), V(misnamed), V(too many matches), V(invalid version) and V(bad pattern).
      type: str
      returned: success
      sample: ok
lock:
  description: The lock file.
  returned: when there is a lock file, or there would be one
  type: dict
  contains:
    path:
      description: Path of the file.
      type: str
      returned: success
      sample: /work/charts/shop/Chart.lock
    digest:
      description: The digest in the file. It covers the declared dependencies and their versions.
      type: str
      returned: success
      sample: sha256:486c2d571ab480c2a0d4aa0690492bcfd9f79f4bb53116e382dbba5534b832da
    in_sync:
      description: Whether the lock file belongs to the declared dependencies. C(null) if one of them has a repository that is not known.
      type: bool
      returned: success
      sample: true
written:
  description: Archives that were written, or would be in check mode, relative to the chart.
  returned: success
  type: list
  elements: str
  sample: [charts/cache-1.4.2.tgz]
removed:
  description: Archives that were removed, or would be in check mode, relative to the chart.
  returned: success
  type: list
  elements: str
  sample: [charts/cache-1.4.1.tgz]
strays:
  description: Charts and directories in C(charts/) that belong to no dependency. Empty if O(state) is not V(gathered).
  returned: success
  type: list
  elements: str
  sample: [charts/old]
stdout:
  description: The output of C(helm dependency list) with O(state=gathered). Empty otherwise.
  returned: success
  type: str
  sample: "NAME\tVERSION\tREPOSITORY\tSTATUS"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command. It is not executed.
  returned: success
  type: str
  sample: helm dependency build charts/web
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_dependency import chart_dependency

    return chart_dependency


def main() -> None:
    run_module(specs.chart_dependency(), load_face)


if __name__ == "__main__":
    main()
