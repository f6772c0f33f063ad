# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_repository
short_description: Keep the list of Helm chart repositories without helm
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Adds a chart repository to helm's own C(repositories.yaml), or removes it. helm and this collection see the same repositories.
  - The index of a repository is fetched before it is written down, so a URL that is no repository is refused.
  - Contacts no cluster and accepts no options for one; it belongs to the action group C(repositories), not to C(charts).
  - Credentials and TLS settings of a known repository are brought up to date. Another URL for a known name is refused unless O(force_update=true).
options:
  repo_name:
    description:
      - Name of the repository.
    type: str
    required: true
    aliases: [name]
  repo_url:
    description:
      - URL of the repository. Required with O(repo_state=present). A slash at its end means nothing.
      - The certificate authority and the client certificate of a repository that helm added with C(--ca-file), C(--cert-file) and
        C(--key-file) are used and kept.
    type: str
    aliases: [url]
  repo_username:
    description:
      - User for basic authentication at the repository.
      - Without O(repo_username) and O(repo_password) the credentials that are stored for the repository are removed.
    type: str
    aliases: [username]
  repo_password:
    description:
      - Password for basic authentication at the repository. helm keeps it in C(repositories.yaml), which is written with mode 0600.
    type: str
    aliases: [password]
  repo_state:
    description:
      - Whether the repository is known.
    type: str
    choices: [present, absent]
    default: present
    aliases: [state]
  search:
    description:
      - Return RV(charts), the charts of the repository whose name, description or keywords contain this text. An empty text finds all.
    type: str
  pass_credentials:
    description:
      - Send the credentials to other hosts as well, when charts are there.
      - Without this option a repository that exists keeps its setting, and a new one gets V(false).
    type: bool
  force_update:
    description:
      - Write the entry and fetch the index in any case; the task is then always V(changed).
    type: bool
    default: false
    aliases: [force]
  insecure_skip_tls_verify:
    description:
      - Do not verify the certificate of the repository.
      - Without this option a repository that exists keeps its setting, and a new one gets V(false).
    type: bool
    aliases: [skip_tls_certs_check]
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

- name: What does it have for databases?
  windlass.charts.chart_repository:
    name: example
    repo_url: https://charts.example.com
    search: database
  register: found

- name: Forget it
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
  returned: when O(repo_url) is given
  type: str
  sample: https://charts.example.com
charts:
  description: What O(search) found, the newest stable version of each chart.
  returned: when O(search) is given and the repository is known
  type: list
  elements: dict
  contains:
    name:
      description: Repository and chart, as O(windlass.charts.chart_release#module:chart_ref) takes it.
      type: str
      returned: success
      sample: example/web
    version:
      description: Version of the chart.
      type: str
      returned: success
      sample: 1.2.0
    app_version:
      description: Version of what the chart installs.
      type: str
      returned: success
      sample: "2.4"
    description:
      description: The chart's own sentence about itself.
      type: str
      returned: success
      sample: A web server
stdout:
  description: What helm would have printed. Empty when nothing was done.
  returned: success
  type: str
  sample: "\"example\" has been added to your repositories\n"
stderr:
  description: Empty; after a failure C(Error:) and helm's words for it.
  returned: always
  type: str
  sample: ""
command:
  description: The helm command that does the same, secrets masked. Nothing runs it. Empty when there was nothing to do.
  returned: success
  type: str
  sample: helm repo add example https://charts.example.com
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.repository import chart_repository

    return chart_repository


def main():
    run_module(options.chart_repository(), load_face)


if __name__ == "__main__":
    main()
