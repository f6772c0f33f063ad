# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_registry_auth
short_description: Log in to an OCI registry, or log out
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Stores credentials for an OCI registry in Helm's C(registry/config.json), or in the credential helper that this file names, and removes
    them. The file is shared with C(helm).
  - Before a login is stored, the credentials are verified with a request to the registry, also in check mode.
  - The other modules need no stored login, since they accept credentials as options, see
    O(windlass.charts.chart_release#module:chart_repo_username).
  - The module does not contact a cluster and has no connection options. It belongs to the action group C(repositories), not to C(charts).
options:
  host:
    description:
      - Host name of the registry, with C(:port) if needed. A path is not accepted, since a login is valid for the whole registry.
    type: str
    required: true
    aliases: [registry_url]
  state:
    description:
      - V(present) logs in. V(absent) removes the stored credentials; the registry is not contacted.
    type: str
    choices: [present, absent]
    default: present
  username:
    description:
      - User name. Required if O(state=present).
    type: str
    aliases: [repo_username]
  password:
    description:
      - Password or access token. Required if O(state=present).
      - It is stored in C(registry/config.json), which has mode V(0600), as with Helm, unless a credential helper is configured there.
    type: str
    aliases: [repo_password]
  ca_file:
    description:
      - Path to a file with the CA certificates that the certificate of the registry is verified with.
    type: path
  cert_file:
    description:
      - Path to a client certificate. It is used together with O(key_file).
    type: path
  key_file:
    description:
      - Path to the private key of O(cert_file).
    type: path
  insecure:
    description:
      - Do not verify the TLS certificate of the registry.
    type: bool
    default: false
  plain_http:
    description:
      - Use HTTP without TLS.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
seealso:
  - module: windlass.charts.chart_release
  - module: windlass.charts.chart_pull
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Log in to a registry
  windlass.charts.chart_registry_auth:
    host: registry.example.com
    username: "robot$deploy"
    password: "{{ registry_password }}"

- name: Log out
  windlass.charts.chart_registry_auth:
    host: registry.example.com
    state: absent
"""

RETURN = r"""
host:
  description: Host of the registry.
  returned: success
  type: str
  sample: registry.example.com
config:
  description: Path of the file that stores logins, or names the credential helper that does.
  returned: success
  type: str
  sample: /home/deploy/.config/helm/registry/config.json
stdout:
  description: The output of the equivalent helm command. Empty if nothing was done.
  returned: success
  type: str
  sample: "Login Succeeded\n"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command, with secrets masked. It is not executed.
  returned: success
  type: str
  sample: helm registry login registry.example.com --username 'robot$deploy' --password ********
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
      sample: "request less data in one task"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_registry_auth import chart_registry_auth

    return chart_registry_auth


def main() -> None:
    run_module(specs.chart_registry_auth(), load_face)


if __name__ == "__main__":
    main()
