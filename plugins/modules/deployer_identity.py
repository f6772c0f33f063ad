# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployer_identity
short_description: Manage a service account for deploying releases, and its kubeconfig
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Creates a namespace, a ServiceAccount and its permissions, requests a short-lived token with the TokenRequest API, and writes a
    kubeconfig with that token.
  - Verifies with the API server that the new identity has the required permissions. If not, the task fails and lists the missing ones.
  - The role P(windlass.charts.release_manager#role) is the recommended way to use this module.
options:
  state:
    description:
      - With V(absent), everything that V(present) created is deleted. Namespaces are only deleted if the module created them and they are
        otherwise empty.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the ServiceAccount, and of the Role and RoleBinding in each namespace.
    type: str
    default: release-manager
  namespace:
    description: Namespace of the ServiceAccount. Created if it does not exist.
    type: str
    default: release-manager
  scope:
    description:
      - V(namespaces) grants the permissions that are needed to deploy ordinary charts, including release records and Leases, in each of
        O(namespaces).
      - V(cluster-admin) grants all permissions in the cluster, like Tiller had.
    type: str
    choices: [namespaces, cluster-admin]
    default: namespaces
  namespaces:
    description: Namespaces to which the identity deploys. Created if they do not exist. Required if O(scope=namespaces).
    type: list
    elements: str
    default: []
  rules:
    description: Additional RBAC rules for each of O(namespaces), with C(apiGroups), C(resources) and C(verbs) as in a Role.
    type: list
    elements: dict
    default: []
  token_duration:
    description:
      - Lifetime of the token, as a Go duration. At least ten minutes.
      - A token is reused while it is valid and at least a third of its lifetime is left.
    type: str
    default: 1h
  path:
    description:
      - Path to which the kubeconfig of the identity is written, with mode V(0600). It contains the token, which is never part of the
        result.
      - The directory must exist. Symbolic links are followed.
      - Required if O(state=present). If O(state=absent), the file is deleted.
      - An existing file that is not a kubeconfig is never overwritten or deleted. The task fails instead.
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
      - RV(steps) describes the changes that were made or would be made.
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_awx
    description: How to run the collection in AWX and in execution environments.
"""

EXAMPLES = r"""
- name: Create an identity that can deploy to the namespace shop
  windlass.charts.deployer_identity:
    namespaces: [shop]
    path: ~/.kube/shop.kubeconfig

- name: Remove the identity
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
  description: Path to the kubeconfig.
  returned: success
  type: str
  sample: /home/me/.kube/shop.kubeconfig
steps:
  description: Descriptions of the changes that were made, or in check mode would be made. Empty if there are none.
  returned: success
  type: list
  elements: str
  sample: ["create Namespace shop", "create ServiceAccount release-manager/release-manager"]
proved:
  description: Permissions that the API server has confirmed for the identity.
  returned: success
  type: list
  elements: str
  sample: ["may create secrets in shop"]
token_expires:
  description: Expiry time of the token. Empty in check mode if a new token would be requested.
  returned: success
  type: str
  sample: "2026-11-21T06:00:00Z"
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
      sample: steps
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "request less data in one task"
error:
  description: Structured information about the failure.
  returned: failure
  type: dict
  contains:
    class:
      description: Class of the error, for example V(OptionError) or V(Forbidden).
      type: str
      returned: failure
      sample: OptionError
    fields:
      description: The details from which C(msg) was created.
      type: dict
      returned: failure
      sample: {"option": "path"}
"""

from typing import TYPE_CHECKING

from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

if TYPE_CHECKING:
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Face


def load_face() -> Face:
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.deployer_identity import deployer_identity

    return deployer_identity


def main() -> None:
    run_module(specs.deployer_identity(), load_face)


if __name__ == "__main__":
    main()
