# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release_info
short_description: Read Helm releases without helm
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Reads one release with its history, values, manifest, notes and hooks, or lists the releases of a namespace or of the whole cluster.
  - RV(status) is absent from the result when the release does not exist.
options:
  release_name:
    description:
      - Name of a release. Without it every release is listed.
    type: str
    aliases: [name]
  release_namespace:
    description:
      - The namespace to look in. Without it, and without O(release_name), every namespace. An empty or null name is refused.
    type: str
    aliases: [namespace]
  release_state:
    description:
      - Only releases in one of these states; V(pending) stands for each of helm's pending states. Every state when this is empty.
    type: list
    elements: str
    default: []
    aliases: [state]
    choices: [all, deployed, failed, pending, superseded, uninstalled, uninstalling]
  name_regex:
    description:
      - Only releases whose name this regular expression is found in. For lists.
    type: str
  chart_name:
    description:
      - Only releases of the chart of this name. For lists.
    type: str
  label_selector:
    description:
      - Only releases with such labels, for example V(team=shop,tier!=test) or V(env in (dev,test)). For lists.
    type: str
  metadata_only:
    description:
      - Read no more of the records than their names, states and labels. What charts they are of, and when they were made, is then not told. For
        lists.
    type: bool
    default: false
  resources:
    description:
      - Return the objects of the release, and whether each is ready. For one release, as are the next three.
    type: bool
    default: false
  drift:
    description:
      - Return which fields of its objects are no longer as they were applied.
    type: bool
    default: false
  orphans:
    description:
      - Return what bears the marks of the release and stands in none of its manifests. It is looked for among the kinds that its revisions name and
        the usual ones, in the namespaces that they name.
    type: bool
    default: false
  deprecated_apis:
    description:
      - Return which of its objects use an API that the server has deprecated or will no longer serve.
    type: bool
    default: false
  get_all_values:
    description:
      - Return in the key C(values) of RV(status) all values, those of the chart included, not only those the user gave.
    type: bool
    default: false
  revision:
    description:
      - Return this revision and not the newest.
    type: int
  parse_manifest:
    description:
      - Return manifests as objects, as C(kubernetes.core.helm_info) does. V(false) returns the text, which takes less time where it is large.
    type: bool
    default: true
  return_manifest:
    description:
      - Whether manifests are returned, in RV(status.manifest) and in the entries of RV(status.hooks).
    type: bool
    default: true
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
- name: Read a release
  windlass.charts.chart_release_info:
    name: web
    namespace: shop
  register: web

- name: Say which chart it is
  ansible.builtin.debug:
    msg: "{{ web.status.chart }} since {{ web.status.updated }}"
  when: web.status is defined

- name: Find what failed anywhere
  windlass.charts.chart_release_info:
    release_state: [failed, pending]
  register: broken

- name: What is the matter with it
  windlass.charts.chart_release_info:
    name: web
    namespace: shop
    resources: true
    drift: true
    orphans: true
    deprecated_apis: true
  register: web

- name: Names and states of a team's releases, without their contents
  windlass.charts.chart_release_info:
    label_selector: team=shop
    metadata_only: true
"""

RETURN = r"""
status:
  description:
    - The newest revision of the release, or the one that was asked for.
  returned: when O(release_name) is given and the release exists
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
    notes:
      description: The chart's notes.
      type: str
      returned: success
      sample: Thank you for installing web.
    manifest:
      description: The objects of the release, a list; their text with O(parse_manifest=false). The data of Secrets is masked.
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
      description: Objects that are not as they were applied, each with its C(fields), or C(missing). Data of Secrets is masked.
      type: list
      elements: dict
      returned: with O(drift=true)
      sample: [{"object": "Service shop/web", "missing": false, "fields": [{"path": "spec.ports[0].port", "there": 81, "wanted": 80}]}]
    orphans:
      description: Objects that bear the marks of the release and stand in no manifest of it.
      type: list
      elements: dict
      returned: with O(orphans=true)
      sample: [{"object": "ConfigMap shop/web-old", "api_version": "v1", "created": "2026-11-21T05:00:00Z"}]
    deprecated_apis:
      description: Objects whose API is deprecated. C(removed) and C(removed_next) say whether this version of the server, or the next, has lost it.
      type: list
      elements: dict
      returned: with O(deprecated_apis=true)
      sample: [{"kind": "CronJob", "name": "tidy", "api_version": "batch/v1beta1", "removed_in": "1.25", "replacement": "batch/v1 CronJob"}]
    hooks:
      description: The hooks of the release, what helm knows of each beside the keys of its object.
      type: list
      elements: dict
      returned: success
      sample: [{"name": "web-test", "kind": "Pod", "events": ["test"]}]
history:
  description: Every revision that is kept, oldest first, with the keys C(revision), C(revision_number), C(updated), C(status), C(chart),
    C(app_version) and C(description).
  returned: when O(release_name) is given
  type: list
  elements: dict
  sample: [{"revision": "1", "status": "superseded", "description": "Install complete"}]
releases:
  description: The releases that pass O(release_state), each with the keys of RV(status) up to C(appversion).
  returned: success
  type: list
  elements: dict
  sample: [{"name": "web", "namespace": "shop", "revision": "2", "status": "deployed"}]
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.info import chart_release_info

    return chart_release_info


def main():
    run_module(options.chart_release_info(), load_face)


if __name__ == "__main__":
    main()
