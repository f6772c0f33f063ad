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
      - The chart; a folder or C(.tgz) archive on the host that runs the task, an C(http(s)://) URL of an archive, or C(repository/name) of a
        repository that is known there (see M(windlass.charts.chart_repository)).
      - With O(chart_repo_url) it is the name of a chart in that repository.
      - A relative path is taken from the folder of the playbook when the host is the controller.
      - OCI registries (C(oci://)) are not built yet and are refused.
    type: path
  chart_repo_url:
    description:
      - URL of a repository to find the chart in, without adding it.
    type: str
  chart_version:
    description:
      - An exact version, or a constraint such as V(^1.2.0). The newest stable version when this is absent.
      - A folder, an archive or a URL whose chart has another version is refused, unlike by helm, which does not compare them.
    type: str
  devel:
    description:
      - Consider prereleases, too, where O(chart_version) is absent. The same as O(chart_version=>0.0.0-0), as helm's C(--devel).
    type: bool
    default: false
  dependency_update:
    description:
      - Fetching dependencies is not built yet; on a chart that has some a true value is refused. Package the chart with them in C(charts/).
    type: bool
    default: false
    aliases: [dep_up]
  update_repo_cache:
    description:
      - Ask the repository of the chart for a new index before the chart is looked up. Other repositories are not asked.
    type: bool
    default: false
  insecure_skip_tls_verify:
    description:
      - Do not verify the certificate of the server that the chart is fetched from.
    type: bool
    default: false
    aliases: [skip_tls_certs_check]
  plain_http:
    description:
      - Accepted. Only of use with OCI registries, which are not built yet.
    type: bool
    default: false
"""

    # for modules that render charts
    LIBRARIES = r"""
options: {}
requirements:
  - jsonschema >= 4.20 (only for charts with a values.schema.json)
  - cryptography >= 42.0 (only for charts that generate keys and certificates)
  - bcrypt >= 4.0 (only for charts that call htpasswd or bcrypt)
  - google-re2 >= 1.1.20240702 (optional; runs the regular expressions of templates and schemas exactly as Go does)
  - jinja2 >= 3.1 (only for charts with Jinja2 templates)
"""
