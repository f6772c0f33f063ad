# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: the repositories of a chart's dependencies."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  dependency_repositories:
    description:
      - Repositories and registries that dependencies of the chart come from. They are only needed for credentials, certificates and names. A
        chart that declares the URL of a public repository needs no entry here.
      - For a dependency, the entry with the longest O(dependency_repositories[].url) counts that is the URL of its repository, or the
        beginning of it. Without an entry, the credentials of an added repository or a stored login are used.
    type: list
    elements: dict
    version_added: 0.3.0
    suboptions:
      name:
        description:
          - Name of the repository. A chart refers to it as C(@name) or C(alias:name). A name in this list precedes the same name in the list
            of added repositories.
        type: str
      url:
        description:
          - URL of a chart repository, or the beginning of the reference to charts in a registry, such as C(oci://host/path).
        type: str
        required: true
      username:
        description:
          - User name. It is sent only to the host of the URL, and to the token server that a registry names.
        type: str
      password:
        description:
          - Password or access token for O(dependency_repositories[].username). It is kept in memory only.
        type: str
      ca_cert:
        description:
          - Path to a file with the CA certificates that the certificate of the server is verified with.
        type: path
      client_cert:
        description:
          - Path to a client certificate. It is used together with O(dependency_repositories[].client_key).
        type: path
      client_key:
        description:
          - Path to the private key of O(dependency_repositories[].client_cert).
        type: path
      pass_credentials:
        description:
          - Also send the credentials to other hosts that the index of the repository leads to.
        type: bool
        default: false
      insecure_skip_tls_verify:
        description:
          - Do not verify the TLS certificate of the server.
        type: bool
        default: false
        aliases: [skip_tls_certs_check]
      plain_http:
        description:
          - Use HTTP without TLS for a registry.
        type: bool
        default: false
"""

    # for modules that download nothing but dependencies
    OFFLINE = r"""
options:
  offline:
    description:
      - Request nothing from a server. Dependencies, and the indexes and tags that they are chosen from, are taken from the caches of
        earlier tasks and of C(helm) on the host that runs the task.
      - What is needed and is not in a cache is an error that names it.
    type: bool
    default: false
"""

    # for modules that load a chart
    UPDATE = r"""
options:
  dependency_update:
    description:
      - Resolve the dependencies of a chart in a directory again, download them, and use the chart with them. The versions in the lock file
        of the chart have no effect. To use them, run M(windlass.charts.chart_dependency) before.
      - Nothing is written into the directory of the chart. Helm and C(kubernetes.core) write C(charts/) and the lock file. Use
        M(windlass.charts.chart_dependency) to write them.
      - A packaged chart contains its dependencies, so that the option has no effect on it.
    type: bool
    default: false
    aliases: [dep_up]
"""
