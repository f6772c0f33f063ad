# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: where the chart comes from."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  chart_ref:
    description:
      - Location of the chart. This is the path to a directory or a C(.tgz) archive on the host that runs the task, the HTTP or HTTPS URL of
        an archive, C(repository/name) for a repository that has been added on that host with M(windlass.charts.chart_repository), or
        C(oci://host/path/chart) for a chart in an OCI registry, with C(:tag) or C(@sha256:digest) at the end if needed.
      - If O(chart_repo_url) is specified, this is the name of a chart in that repository.
      - If the host is the controller, a relative path is resolved against the directory of the playbook.
    type: path
  chart_repo_url:
    description:
      - URL of a chart repository in which to look up the chart. The repository is not added to the repository list.
      - With a URL such as C(oci://host/path), O(chart_ref) is the name of a chart below it.
    type: str
  chart_version:
    description:
      - An exact version, or a version constraint such as V(^1.2.0). Defaults to the newest stable version.
      - If a directory, archive or URL contains a chart of another version, the task fails. Helm does not compare the versions in these
        cases.
      - In an OCI registry, this can also be a tag, a digest such as V(sha256:0123...), or both, as in V(1.2.3@sha256:0123...). If a tag and a
        digest do not belong together, the task fails. Tags cannot contain V(+), so Helm writes V(_) instead; both spellings are accepted here.
      - As in Helm, an incomplete version such as V(1.2) is an exact tag of an OCI registry. Use V(~1.2) for the newest 1.2.x.
    type: str
  devel:
    description:
      - Include prerelease versions if O(chart_version) is not specified. Equivalent to O(chart_version=>0.0.0-0) and to Helm's C(--devel).
    type: bool
    default: false
    version_added: 0.2.0
  update_repo_cache:
    description:
      - Download the index of the chart's repository again before looking up the chart. The indexes of other repositories are not updated.
    type: bool
    default: false
  chart_repo_username:
    description:
      - User name for the chart repository or the OCI registry. It is used together with O(chart_repo_password), and sent only to the host of
        the repository or registry, and to the token server that the registry names.
      - If it is not specified, the credentials of the added repository are used. For an OCI registry, these are the credentials that
        C(helm registry login) or C(docker login) has stored on the host that runs the task, including those of credential helpers.
    type: str
    version_added: 0.3.0
  chart_repo_password:
    description:
      - Password or access token for O(chart_repo_username). It is kept in memory only.
    type: str
    version_added: 0.3.0
  chart_repo_ca_cert:
    description:
      - Path to a file with the CA certificates that the certificate of the repository or registry is verified with.
    type: path
    version_added: 0.3.0
  chart_repo_client_cert:
    description:
      - Path to a client certificate for the repository or registry. It is used together with O(chart_repo_client_key).
    type: path
    version_added: 0.3.0
  chart_repo_client_key:
    description:
      - Path to the private key of O(chart_repo_client_cert).
    type: path
    version_added: 0.3.0
  pass_credentials:
    description:
      - Also send the credentials to other hosts that the index of a chart repository leads to. Equivalent to Helm's C(--pass-credentials).
    type: bool
    default: false
    version_added: 0.3.0
  insecure_skip_tls_verify:
    description:
      - Do not verify the TLS certificate of the server from which the chart is downloaded.
    type: bool
    default: false
    aliases: [skip_tls_certs_check]
  plain_http:
    description:
      - Use HTTP without TLS for an OCI registry. It has no effect on other charts, whose URLs name the protocol.
    type: bool
    default: false
  offline:
    description:
      - Request nothing from a server. Charts and indexes are taken from the caches of earlier tasks and of C(helm) on the host that runs the task, and
        O(update_repo_cache) has no effect.
      - What is needed and is not in a cache is an error that names it.
    type: bool
    default: false
    version_added: 0.3.0
"""

    # for modules that render charts
    LIBRARIES = r"""
options: {}
requirements:
  - jsonschema >= 4.20 (only for charts with a values.schema.json)
  - cryptography >= 42.0 (only for charts that generate keys and certificates)
  - bcrypt >= 4.0 (only for charts that call htpasswd or bcrypt)
  - google-re2 >= 1.1.20240702 (optional; runs the regular expressions of templates and schemas exactly as Go does)
  - jsonschema-rs >= 0.30 (optional; checks a values.schema.json faster, which matters where caches are empty)
  - tomli >= 2.0 (only for charts that call fromToml, on Python 3.10)
  - jinja2 >= 3.1 (only for charts with Jinja2 templates)
"""
