# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_repository
short_description: Manage Helm chart repositories
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Adds and removes chart repositories in Helm's C(repositories.yaml). The repositories are shared with C(helm).
  - The index of a repository is downloaded before the repository is added, so that an invalid URL is detected.
  - The module does not contact a cluster and has no connection options. It belongs to the action group C(repositories), not to C(charts).
  - Credentials and TLS settings of an existing repository are updated. Changing its URL requires O(force_update=true).
options:
  repo_name:
    description:
      - Name of the repository.
    type: str
    required: true
    aliases: [name]
  repo_url:
    description:
      - URL of the repository. Required if O(repo_state=present). A trailing slash is ignored.
    type: str
    aliases: [url]
  repo_username:
    description:
      - User name for basic authentication.
      - If neither O(repo_username) nor O(repo_password) is specified, the stored credentials of the repository are removed.
    type: str
    aliases: [username]
  repo_password:
    description:
      - Password for basic authentication. It is stored in C(repositories.yaml), which has mode V(0600), as with Helm.
    type: str
    aliases: [password]
  repo_state:
    description:
      - Whether the repository should be present or absent.
    type: str
    choices: [present, absent]
    default: present
    aliases: [state]
  search:
    description:
      - Return the charts of the repository whose name, description or keywords contain this string as RV(charts). An empty string matches
        all charts.
    type: str
  pass_credentials:
    description:
      - Also send the credentials to other hosts from which charts are downloaded.
      - If not specified, an existing repository keeps its setting, and a new one uses V(false).
    type: bool
  force_update:
    description:
      - Always write the entry and download the index. The task is then always V(changed).
    type: bool
    default: false
    aliases: [force]
  insecure_skip_tls_verify:
    description:
      - Do not verify the TLS certificate of the repository.
      - If not specified, an existing repository keeps its setting, and a new one uses V(false).
    type: bool
    aliases: [skip_tls_certs_check]
  chart_repo_ca_cert:
    description:
      - Path to a file with the CA certificates that the certificate of the repository is verified with. The absolute path is stored.
      - If not specified, an existing repository keeps its setting. An empty string removes it.
    type: path
    version_added: 0.3.0
  chart_repo_client_cert:
    description:
      - Path to a client certificate for the repository. It is used together with O(chart_repo_client_key). The absolute path is stored.
      - If not specified, an existing repository keeps its setting. An empty string in both options removes it.
    type: path
    version_added: 0.3.0
  chart_repo_client_key:
    description:
      - Path to the private key of O(chart_repo_client_cert).
    type: path
    version_added: 0.3.0
  offline:
    description:
      - Request nothing from a server. The index is taken from the cache of earlier tasks with the same URL and credentials on the host that runs the
        task.
      - What is needed and is not in a cache is an error that names it.
    type: bool
    default: false
    version_added: 0.3.0
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
attributes:
  idempotent:
    support: partial
    details:
      - Always V(changed) with O(force_update=true).
seealso:
  - module: windlass.charts.chart_repository_info
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_air_gapped
    description: How to work without access to public repositories and registries.
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Add a repository
  windlass.charts.chart_repository:
    name: example
    repo_url: https://charts.example.com

- name: Add a repository whose certificate is issued by an internal CA
  windlass.charts.chart_repository:
    name: internal
    repo_url: https://charts.internal.example.com
    repo_username: deploy
    repo_password: "{{ repository_password }}"
    chart_repo_ca_cert: /etc/ssl/internal-ca.pem

- name: Search the repository for databases
  windlass.charts.chart_repository:
    name: example
    repo_url: https://charts.example.com
    search: database
  register: found

- name: Remove a repository
  windlass.charts.chart_repository:
    name: example
    state: absent
"""

RETURN = r"""
repo_name:
  description: Name of the repository.
  returned: success
  type: str
  sample: example
repo_url:
  description: URL of the repository, without credentials.
  returned: when O(repo_url) is specified
  type: str
  sample: https://charts.example.com
charts:
  description: Charts that match O(search), with the newest stable version of each.
  returned: when O(search) is specified and the repository exists
  type: list
  elements: dict
  contains:
    name:
      description: Repository and chart name, as accepted by O(windlass.charts.chart_release#module:chart_ref).
      type: str
      returned: success
      sample: example/web
    version:
      description: Version of the chart.
      type: str
      returned: success
      sample: 1.2.0
    app_version:
      description: Version of the application that the chart installs.
      type: str
      returned: success
      sample: "2.4"
    description:
      description: Description of the chart.
      type: str
      returned: success
      sample: A web server
stdout:
  description: The output of the equivalent helm command. Empty if nothing was done.
  returned: success
  type: str
  sample: "\"example\" has been added to your repositories\n"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command, with secrets masked. It is not executed. Empty if nothing was done.
  returned: success
  type: str
  sample: helm repo add example https://charts.example.com
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
      sample: charts
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository import chart_repository

    return chart_repository


def main() -> None:
    run_module(specs.chart_repository(), load_face)


if __name__ == "__main__":
    main()
