# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_push
short_description: Push a packaged Helm chart to a registry, a repository or a directory
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Pushes the archive of a chart to an OCI registry, like C(helm push), to a chart repository with the API of ChartMuseum, or to a directory.
    Removes a version from there with O(state=absent).
  - What the destination has under the name and the version of the chart is compared by its SHA-256 digest before anything is sent. The same
    archive is never sent again, and the task is then not V(changed).
  - A provenance file next to the archive, such as C(web-1.2.0.tgz.prov), is pushed with it.
  - The module does not contact a cluster and has no connection options. It belongs to the action group C(repositories), not to C(charts).
options:
  chart_ref:
    description:
      - Path of the archive (C(.tgz)) on the host that runs the task. Use M(windlass.charts.chart_package) to create it.
      - Required for O(state=present). With O(state=absent), it can be used instead of O(chart_name) and O(chart_version).
    type: path
  chart_name:
    description:
      - Name of the chart to remove with O(state=absent). If O(chart_ref) is specified as well, the archive must contain a chart of this name.
    type: str
  chart_version:
    description:
      - Version of the chart to remove with O(state=absent). If O(chart_ref) is specified as well, the archive must contain this version.
    type: str
  destination:
    description:
      - Where to push the chart.
      - C(oci://host/path) is an OCI registry. The name of the chart is appended to the path, and its version is the tag, in which C(_)
        replaces C(+).
      - An HTTP or HTTPS URL is a chart repository with the API of ChartMuseum, for example C(https://charts.example.com/org/repo) for
        ChartMuseum with tenants, C(https://gitea.example.com/api/packages/OWNER/helm) for Gitea,
        C(https://gitlab.example.com/api/v4/projects/ID/packages/helm/CHANNEL) for GitLab, or C(https://harbor.example.com/chartrepo/PROJECT)
        for Harbor before version 2.8. For newer versions of Harbor, use C(oci://harbor.example.com/PROJECT).
      - Everything else is the path of a directory on the host that runs the task. It is created if it does not exist. Its C(index.yaml) is
        not changed. Use M(windlass.charts.chart_repository_index) afterwards.
    type: str
    required: true
  state:
    description:
      - V(present) pushes the chart.
      - V(absent) removes the version from the destination, with its provenance file. The task fails if the server does not allow this.
        Gitea and GitLab do not, and a registry only if deletion is enabled there.
      - In an OCI registry, the tag is removed. If the registry can only remove manifests, all tags with this manifest are removed, with a
        warning. The registry frees the space later.
    type: str
    choices: [present, absent]
    default: present
  on_exists:
    description:
      - What to do if the destination has another archive under the same name and version.
      - V(fail) lets the task fail, V(skip) leaves it there.
      - V(replace) replaces it. In an OCI registry, the tag is moved to the new manifest. The old one can still be pulled by digest until the
        registry removes it. A repository is sent C(?force), and the task fails if it does not allow this. In a directory, the file is
        replaced in one step.
      - A provenance file that is missing at the destination is added to the same archive in each case. A provenance file with other content
        counts as another archive.
      - A tag in an OCI registry that is not a chart, such as an image, is never replaced or removed.
    type: str
    choices: [fail, skip, replace]
    default: fail
  provenance:
    description:
      - Push the provenance file that is next to the archive, if there is one. The task fails if this file is about another archive, or if the
        repository has no API for provenance files.
    type: bool
    default: true
  repo_username:
    description:
      - User name for the repository or the OCI registry. It is used together with O(repo_password), and sent only to the host in
        O(destination), and to the token server that the registry names.
      - For an OCI registry, it defaults to the credentials that C(helm registry login) or C(docker login) has stored on the host that runs
        the task, including those of credential helpers.
      - For another repository, it defaults to the credentials of the repository with this URL that has been added on the host that runs the
        task.
    type: str
    aliases: [username, chart_repo_username]
  repo_password:
    description:
      - Password or access token for O(repo_username). It is kept in memory only.
    type: str
    aliases: [password, chart_repo_password]
  chart_ca_cert:
    description:
      - Path to a file with the CA certificates that the certificate of the repository or registry is verified with.
    type: path
    aliases: [chart_repo_ca_cert]
  chart_ssl_cert_file:
    description:
      - Path to a client certificate for the repository or registry. It is used together with O(chart_ssl_key_file).
    type: path
    aliases: [chart_repo_client_cert]
  chart_ssl_key_file:
    description:
      - Path to the private key of O(chart_ssl_cert_file).
    type: path
    aliases: [chart_repo_client_key]
  skip_tls_certs_check:
    description:
      - Do not verify the TLS certificate of the repository or registry.
    type: bool
    default: false
    aliases: [insecure_skip_tls_verify]
  plain_http:
    description:
      - Use HTTP without TLS for an OCI registry. It has no effect on other destinations, whose URLs name the protocol.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
notes:
  - The manifest in an OCI registry equals that of C(helm push), except that it also contains C(mediaType). It states the time of the
    archive file, or of the environment variable E(SOURCE_DATE_EPOCH) if it is set, in UTC.
  - Blobs that the registry has are not sent. After a broken connection, the rest of a blob is sent. The chart has its tag only when all
    blobs are there.
  - A new token is requested once if the registry answers 401 in the middle of an upload. HTTP 429 and 5xx are retried.
seealso:
  - module: windlass.charts.chart_package
  - module: windlass.charts.chart_pull
  - module: windlass.charts.chart_registry_auth
  - module: windlass.charts.chart_repository_index
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Package a chart
  windlass.charts.chart_package:
    chart_ref: charts/web
    destination: dist
  register: packaged

- name: Push it to a private OCI registry
  windlass.charts.chart_push:
    chart_ref: "{{ packaged.path }}"
    destination: oci://registry.example.com/charts
    repo_username: "robot$ci"
    repo_password: "{{ registry_password }}"

- name: Push it to ChartMuseum, and keep what is there
  windlass.charts.chart_push:
    chart_ref: "{{ packaged.path }}"
    destination: https://charts.example.com/org/repo
    on_exists: skip
    repo_username: ci
    repo_password: "{{ museum_password }}"

- name: Remove a version from a registry
  windlass.charts.chart_push:
    chart_name: web
    chart_version: 1.1.0
    destination: oci://registry.example.com/charts
    state: absent
"""

RETURN = r"""
address:
  description: Where the chart is or was, without credentials.
  returned: success
  type: str
  sample: oci://registry.example.com/charts/web:1.2.0
status:
  description:
    - What was done, or would be done in check mode.
    - V(pushed), V(replaced) or V(provenance_added) if something was written; V(present) if the same archive was there; V(skipped) if another
      archive was there and O(on_exists=skip).
    - V(removed) or V(absent) with O(state=absent).
  returned: success
  type: str
  sample: pushed
name:
  description: Name of the chart.
  returned: success
  type: str
  sample: web
version:
  description: Version of the chart.
  returned: success
  type: str
  sample: 1.2.0
digest:
  description: The SHA-256 digest of the archive at the destination, or of the one that was removed.
  returned: when the destination has or had this version
  type: str
  sample: sha256:8e1c6e7ecc12a2e08a5a61652ed31ea908c3dd6c15f368605e0a77f1ca6349d4
manifest_digest:
  description: Digest of the chart's manifest in the OCI registry. Use it as a version to get exactly this chart.
  returned: when the chart is in an OCI registry, or would be in check mode
  type: str
  sample: sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
provenance:
  description: Whether the destination has the provenance file that is next to the archive.
  returned: success, with O(state=present)
  type: bool
  sample: false
stdout:
  description: The output of C(helm push). Empty if nothing was pushed, and for other destinations than OCI registries.
  returned: success
  type: str
  sample: "Pushed: registry.example.com/charts/web:1.2.0"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command, with secrets masked. It is not executed. Empty where helm has none.
  returned: success
  type: str
  sample: helm push dist/web-1.2.0.tgz oci://registry.example.com/charts
msg:
  description: Why the task failed.
  returned: failure
  type: str
  sample: "oci://registry.example.com/charts/web:1.2.0 exists with other content."
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
      sample: chart
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_push import chart_push

    return chart_push


def main() -> None:
    run_module(specs.chart_push(), load_face)


if __name__ == "__main__":
    main()
