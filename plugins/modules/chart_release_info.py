# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release_info
short_description: Retrieve information about Helm releases
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Returns the history, values, manifest, notes and hooks of a release, or lists the releases of a namespace or of the whole cluster.
  - If the release does not exist, RV(status) is not returned.
options:
  release_name:
    description:
      - Name of the release. Requires O(release_namespace). If not specified, all releases are listed.
    type: str
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release. If not specified, the releases of all namespaces are listed.
      - An empty or null namespace causes an error.
    type: str
    aliases: [namespace]
  release_state:
    description:
      - Only return releases in one of these states. V(pending) includes all pending states of Helm. An empty list means all states.
    type: list
    elements: str
    default: []
    aliases: [state]
    choices: [all, deployed, failed, pending, superseded, uninstalled, uninstalling]
  name_regex:
    description:
      - Only list releases whose name contains a match of this regular expression.
    type: str
    version_added: 0.2.0
  chart_name:
    description:
      - Only list releases of the chart with this name.
    type: str
    version_added: 0.2.0
  label_selector:
    description:
      - Only list releases that match this label selector, for example V(team=shop,tier!=test) or V(env in (dev,test\)).
    type: str
    version_added: 0.2.0
  metadata_only:
    description:
      - When listing releases, only read their names, states and labels. This is faster. Charts and update times are then not returned.
    type: bool
    default: false
    version_added: 0.2.0
  resources:
    description:
      - Return the objects of the release, and whether they are ready. Requires O(release_name).
    type: bool
    default: false
    version_added: 0.2.0
  drift:
    description:
      - Return the fields of live objects that differ from what was applied. Requires O(release_name).
    type: bool
    default: false
    version_added: 0.2.0
  orphans:
    description:
      - Return objects that are marked as part of the release but are not in any of its manifests. Only the kinds and namespaces in the
        manifests of the release and some common kinds are searched. Requires O(release_name).
    type: bool
    default: false
    version_added: 0.2.0
  deprecated_apis:
    description:
      - Return objects that use an API version that is deprecated, or that the server no longer serves. Requires O(release_name).
    type: bool
    default: false
    version_added: 0.2.0
  get_all_values:
    description:
      - Return all values, including the default values of the chart, as C(values) in RV(status). By default only user-supplied values are
        returned.
    type: bool
    default: false
  revision:
    description:
      - Return this revision instead of the newest. Requires O(release_name).
    type: int
  parse_manifest:
    description:
      - Return manifests as a list of objects, like C(kubernetes.core.helm_info). With V(false), they are returned as text, which is faster
        for large manifests.
    type: bool
    default: true
  return_manifest:
    description:
      - Whether to return manifests, in RV(status.manifest) and in the entries of RV(status.hooks).
    type: bool
    default: true
    version_added: 0.2.0
extends_documentation_fragment:
  - windlass.charts._attributes.reads
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release.binary
  - windlass.charts._release.masking
  - windlass.charts._release.storage
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Retrieve information about a release
  windlass.charts.chart_release_info:
    name: web
    namespace: shop
  register: web

- name: Show the chart of the release
  ansible.builtin.debug:
    msg: "{{ web.status.chart }} since {{ web.status.updated }}"
  when: web.status is defined

- name: List all failed and pending releases in the cluster
  windlass.charts.chart_release_info:
    release_state: [failed, pending]
  register: broken

- name: Retrieve resource status, drift, orphans and deprecated APIs of a release
  windlass.charts.chart_release_info:
    name: web
    namespace: shop
    resources: true
    drift: true
    orphans: true
    deprecated_apis: true
  register: web

- name: List names and states of releases with a label
  windlass.charts.chart_release_info:
    label_selector: team=shop
    metadata_only: true
"""

RETURN = r"""
status:
  description:
    - The requested revision of the release, by default the newest.
  returned: when O(release_name) is specified and the release exists
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
    notes:
      description: Notes of the chart.
      type: str
      returned: success
      sample: Thank you for installing web.
    manifest:
      description: The objects of the release as a list, or as text with O(parse_manifest=false). The data of Secrets is masked.
      type: raw
      returned: with O(return_manifest=true)
      sample: [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}]
    resources:
      description: The objects of the revision. C(state) is V(Current), V(InProgress), V(Failed), V(Terminating) or V(NotFound).
      type: list
      elements: dict
      returned: with O(resources=true)
      sample: [{"object": "Deployment shop/web", "exists": true, "ready": false, "state": "InProgress", "message": "1 of 3 updated"}]
    drift:
      description: Objects that differ from what was applied, with their C(fields), or that are C(missing). The data of Secrets is masked.
      type: list
      elements: dict
      returned: with O(drift=true)
      sample: [{"object": "Service shop/web", "missing": false, "fields": [{"path": "spec.ports[0].port", "there": 81, "wanted": 80}]}]
    orphans:
      description: Objects that are marked as part of the release but are not in any of its manifests.
      type: list
      elements: dict
      returned: with O(orphans=true)
      sample: [{"object": "ConfigMap shop/web-old", "api_version": "v1", "created": "2026-11-21T05:00:00Z"}]
    deprecated_apis:
      description: Objects that use a deprecated API version. C(removed) specifies whether this version of Kubernetes no longer serves it,
        and C(removed_next) whether the next version will no longer serve it.
      type: list
      elements: dict
      returned: with O(deprecated_apis=true)
      sample: [{"kind": "CronJob", "name": "tidy", "api_version": "batch/v1beta1", "removed_in": "1.25", "replacement": "batch/v1 CronJob"}]
    hooks:
      description: The hooks of the release. Each has Helm's information about the hook in addition to the keys of its object.
      type: list
      elements: dict
      returned: success
      sample: [{"name": "web-test", "kind": "Pod", "events": ["test"]}]
history:
  description: All retained revisions, oldest first. Each has the keys C(revision), C(revision_number), C(updated), C(status), C(chart),
    C(app_version) and C(description).
  returned: when O(release_name) is specified
  type: list
  elements: dict
  sample: [{"revision": "1", "status": "superseded", "description": "Install complete"}]
releases:
  description: The releases in one of the states of O(release_state). Each has the keys C(name), C(namespace), C(revision),
    C(revision_number), C(updated), C(status), C(chart), C(app_version) and C(appversion).
  returned: success
  type: list
  elements: dict
  sample: [{"name": "web", "namespace": "shop", "revision": "2", "status": "deployed"}]
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
      sample: status.manifest
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "set return_manifest: false, and render the chart with chart_template and output_dir"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_info import chart_release_info

    return chart_release_info


def main() -> None:
    run_module(specs.chart_release_info(), load_face)


if __name__ == "__main__":
    main()
