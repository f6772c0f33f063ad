# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_repository_info
short_description: List and search Helm chart repositories
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Lists the chart repositories in Helm's C(repositories.yaml), and searches their indexes like C(helm search repo).
  - The index of a repository is taken from Helm's cache on the host that runs the task. It is downloaded if it is not there.
  - A repository that was not added can be searched by its URL.
  - The module does not contact a cluster and has no connection options. It belongs to the action group C(repositories), not to C(charts).
options:
  repo_name:
    description:
      - Only list and search the repository with this name. If it has not been added, the task fails.
    type: str
    aliases: [name]
  repo_url:
    description:
      - Search the repository with this URL. The repository need not be added. Mutually exclusive with O(repo_name).
    type: str
    aliases: [url, chart_repo_url]
  repo_username:
    description:
      - User name for basic authentication. If it is not specified, the credentials of the added repository are used.
    type: str
    aliases: [username, chart_repo_username]
  repo_password:
    description:
      - Password for O(repo_username). It is kept in memory only.
    type: str
    aliases: [password, chart_repo_password]
  chart_repo_ca_cert:
    description:
      - Path to a file with the CA certificates that the certificate of the repository at O(repo_url) is verified with.
    type: path
  chart_repo_client_cert:
    description:
      - Path to a client certificate for the repository at O(repo_url). It is used together with O(chart_repo_client_key).
    type: path
  chart_repo_client_key:
    description:
      - Path to the private key of O(chart_repo_client_cert).
    type: path
  insecure_skip_tls_verify:
    description:
      - Do not verify the TLS certificate of the repository at O(repo_url).
    type: bool
    default: false
    aliases: [skip_tls_certs_check]
  search:
    description:
      - Return the charts whose name, name with repository, description or keywords contain this text in any case. An empty string matches
        all charts.
    type: str
  regexp:
    description:
      - Whether O(search) is a regular expression with Go's syntax. It is matched with case.
    type: bool
    default: false
  keywords:
    description:
      - Only return charts that have all of these keywords, in any case.
    type: list
    elements: str
    default: []
  chart_version:
    description:
      - Only return versions that this constraint allows, such as V(^1.2.0).
    type: str
  devel:
    description:
      - Also return prerelease versions, if O(chart_version) is not specified.
    type: bool
    default: false
  all_versions:
    description:
      - Return all versions of each chart, instead of the newest one.
    type: bool
    default: false
  update_repo_cache:
    description:
      - Download the indexes again, and write those of added repositories to Helm's cache. The server is asked whether an index has changed
        since.
      - Without a search, this is Helm's C(helm repo update). The task fails if one of the indexes cannot be downloaded.
    type: bool
    default: false
  offline:
    description:
      - Request nothing from a server. Only indexes in the cache are searched, and O(update_repo_cache) has no effect. There is a warning
        for a repository whose index is not in the cache. With O(repo_name) or O(repo_url) the task fails instead.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes.reads
  - windlass.charts._attributes
  - windlass.charts._release.binary
seealso:
  - module: windlass.charts.chart_repository
  - module: windlass.charts.chart_info
  - module: windlass.charts.chart_pull
  - ref: ansible_collections.windlass.charts.docsite.guide_air_gapped
    description: How to work without access to public repositories and registries.
"""

EXAMPLES = r"""
- name: List the repositories
  windlass.charts.chart_repository_info:
  register: added

- name: Download all indexes again, like helm repo update
  windlass.charts.chart_repository_info:
    update_repo_cache: true

- name: Find databases in all repositories
  windlass.charts.chart_repository_info:
    search: database
  register: found

- name: Find all 1.x versions of a chart in a repository that was not added
  windlass.charts.chart_repository_info:
    repo_url: https://charts.example.com
    search: ^web\v
    regexp: true
    chart_version: ^1.0.0
    all_versions: true
  register: versions

- name: Search without access to a network
  windlass.charts.chart_repository_info:
    keywords: [postgresql]
    offline: true
  register: cached
"""

RETURN = r"""
repositories:
  description: The repositories, in the order of Helm's file. Empty with O(repo_url).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the repository.
      type: str
      returned: success
      sample: example
    url:
      description: URL of the repository, without credentials.
      type: str
      returned: success
      sample: https://charts.example.com
    has_credentials:
      description: Whether a user name and a password are stored for the repository.
      type: bool
      returned: success
      sample: false
    pass_credentials:
      description: Whether the credentials are also sent to other hosts.
      type: bool
      returned: success
      sample: false
    insecure_skip_tls_verify:
      description: Whether the TLS certificate of the repository is not verified.
      type: bool
      returned: success
      sample: false
    ca_cert:
      description: Path of the file with the repository's CA certificates. Empty if there is none.
      type: str
      returned: success
      sample: ""
    client_cert:
      description: Path of the client certificate. Empty if there is none.
      type: str
      returned: success
      sample: ""
    updated:
      description: When the index was last written to Helm's cache. Empty if it is not there.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00Z"
charts:
  description:
    - The charts that were found, in the order of C(helm search repo). Charts in whose names the text was found come first, then those with
      the text in the description, then those with the text in the keywords.
    - Of each chart, the newest version is returned in which the text was found, or with O(all_versions=true) all of them.
  returned: when O(search), O(keywords), O(chart_version), O(devel), O(all_versions) or O(repo_url) is specified
  type: list
  elements: dict
  contains:
    name:
      description: Repository and chart name, as accepted by O(windlass.charts.chart_release#module:chart_ref). With O(repo_url), the
        name of the chart.
      type: str
      returned: success
      sample: example/web
    repository:
      description: Name of the repository. Empty with O(repo_url).
      type: str
      returned: success
      sample: example
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
    keywords:
      description: Keywords of the chart.
      type: list
      elements: str
      returned: success
      sample: [web, http]
    type:
      description: Type of the chart. Empty means V(application).
      type: str
      returned: success
      sample: application
    kube_version:
      description: Versions of Kubernetes that the chart supports. Empty means all.
      type: str
      returned: success
      sample: ">=1.25"
    deprecated:
      description: Whether the chart is deprecated.
      type: bool
      returned: success
      sample: false
    home:
      description: URL of the project.
      type: str
      returned: success
      sample: https://example.com
    icon:
      description: URL of an icon.
      type: str
      returned: success
      sample: https://example.com/icon.svg
    created:
      description: When the entry was written to the index.
      type: str
      returned: success
      sample: "2026-10-01T12:00:00Z"
    digest:
      description: Digest of the archive. Empty if the index does not have it.
      type: str
      returned: success
      sample: sha256:8e1c6e7ecc12a2e08a5a61652ed31ea908c3dd6c15f368605e0a77f1ca6349d4
    urls:
      description: URLs of the archive, without credentials and queries.
      type: list
      elements: str
      returned: success
      sample: ["https://charts.example.com/web-1.2.0.tgz"]
command:
  description: The equivalent helm command. It is not executed. Empty with O(repo_url), since Helm only searches repositories that were added.
  returned: success
  type: str
  sample: helm search repo database
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository_info import chart_repository_info

    return chart_repository_info


def main() -> None:
    run_module(specs.chart_repository_info(), load_face)


if __name__ == "__main__":
    main()
