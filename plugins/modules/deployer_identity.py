# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployer_identity
short_description: The service account that releases are made with, and its kubeconfig
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Makes a namespace, a ServiceAccount, and its rights; gets a short-lived token by TokenRequest; writes a kubeconfig; and asks the
    API server, as the new identity, whether it may do what it was made for.
  - The role P(windlass.charts.release_manager#role) is the usual way to use it.
options:
  state:
    description:
      - With V(absent) everything that V(present) made is removed; a namespace only when it was made here and nothing else is left in it.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the ServiceAccount, and of the Role and RoleBinding in each namespace.
    type: str
    default: release-manager
  namespace:
    description: Namespace of the ServiceAccount. Made when missing.
    type: str
    default: release-manager
  scope:
    description:
      - V(namespaces) gives, in each of O(namespaces), what deploying ordinary charts takes, release records and Leases included.
      - V(cluster-admin) gives every right in the cluster, as Tiller had.
    type: str
    choices: [namespaces, cluster-admin]
    default: namespaces
  namespaces:
    description: Namespaces that the identity deploys to. Made when missing. At least one is needed when O(scope=namespaces).
    type: list
    elements: str
    default: []
  rules:
    description: More RBAC rules for each of O(namespaces), each with C(apiGroups), C(resources) and C(verbs) as in a Role.
    type: list
    elements: dict
    default: []
  token_duration:
    description:
      - Life of the token, as a Go duration. At least ten minutes.
      - A token that the server still knows and that has a third of its life left is kept.
    type: str
    default: 1h
  path:
    description:
      - Where the kubeconfig of the identity is written, with mode V(0600). It holds the token; no result does.
      - The folder must exist. A link is followed.
      - Required when O(state=present). With O(state=absent) the file is removed.
    type: path
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release.binary
  - windlass.charts._release.unused_storage
attributes:
  diff_mode:
    support: none
    details:
      - RV(steps) says in words what was or would be done.
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_awx
    description: How to run the collection in AWX and in execution environments.
"""

EXAMPLES = r"""
- name: An identity that may deploy to the namespace shop
  windlass.charts.deployer_identity:
    namespaces: [shop]
    path: ~/.kube/shop.kubeconfig

- name: Remove it again
  windlass.charts.deployer_identity:
    namespaces: [shop]
    path: ~/.kube/shop.kubeconfig
    state: absent
"""

RETURN = r"""
service_account:
  description: Namespace and name of the ServiceAccount.
  returned: success
  type: str
  sample: release-manager/release-manager
path:
  description: Where the kubeconfig lies.
  returned: success
  type: str
  sample: /home/me/.kube/shop.kubeconfig
steps:
  description: What was done, or in check mode would be, one sentence each. Empty when nothing was.
  returned: success
  type: list
  elements: str
  sample: ["create Namespace shop", "create ServiceAccount release-manager/release-manager"]
proved:
  description: What the API server says the identity may do.
  returned: success
  type: list
  elements: str
  sample: ["may create secrets in shop"]
token_expires:
  description: When the token ends. Empty in check mode where a new one would be requested.
  returned: success
  type: str
  sample: "2026-11-21T06:00:00Z"
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
"""

from ansible_collections.windlass.charts.plugins.module_utils._ansible import options
from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module


def load_face():
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.identity import deployer_identity

    return deployer_identity


def main():
    run_module(options.deployer_identity(), load_face)


if __name__ == "__main__":
    main()
