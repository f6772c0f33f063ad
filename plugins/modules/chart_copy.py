# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_copy
short_description: Copy Helm charts between repositories, registries and directories
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Copies all versions of charts, or those that a version constraint allows, from a chart repository, an OCI registry or a directory to an
    OCI registry, a repository with the API of ChartMuseum, or a directory. Use it to mirror charts, to move them out of ChartMuseum, or to
    bring them to a site without access to the internet.
  - Several versions are copied at the same time. Each archive is verified by its SHA-256 digest.
  - A version that the destination has with the same digest is not downloaded and not sent. After an interruption, run the task again.
  - Between OCI registries, the manifest is copied as it is, so that its digest and its signatures stay valid.
  - A version that cannot be copied does not stop the others. The task fails at its end, and the result lists what was copied and what was
    not.
  - The module does not contact a cluster and has no connection options. It belongs to the action group C(repositories), not to C(charts).
options:
  source:
    description:
      - Where to copy from.
      - C(oci://host/path) is an OCI registry with the charts below that path. An HTTP or HTTPS URL is a chart repository. A path, which contains
        a C(/) or is an existing directory, is a directory with archives, also in its direct subdirectories. Any other name is a repository
        that has been added on the host that runs the task with M(windlass.charts.chart_repository).
    type: str
    required: true
  destination:
    description:
      - Where to copy to. See O(windlass.charts.chart_push#module:destination).
    type: str
    required: true
  charts:
    description:
      - Names of the charts to copy. Defaults to all charts of the source. Required for an OCI registry, which does not list its charts.
    type: list
    elements: str
    default: []
  chart_version:
    description:
      - An exact version, or a version constraint such as V(>=1.2 <2), for all charts. As in Helm, a constraint only allows prereleases if it
        contains one itself, as in V(>=1.2-0). Defaults to all versions, including prereleases.
      - The task fails before anything is copied if a chart has no such version.
    type: str
  on_exists:
    description:
      - What to do with a version that the destination has with another archive. See O(windlass.charts.chart_push#module:on_exists).
      - V(fail) counts the version as failed.
      - Between OCI registries, the same archive under another manifest is another version if the source has signatures of the manifest.
    type: str
    choices: [fail, skip, replace]
    default: fail
  provenance:
    description:
      - Also copy provenance files. A provenance file that is about another archive is not copied, with a warning.
      - Between OCI registries, provenance files are always copied, since they are part of the manifest.
    type: bool
    default: true
  signatures:
    description:
      - Between OCI registries, also copy the tags that cosign has made for a manifest (C(sha256-DIGEST.sig), C(.att) and C(.sbom)), and the
        manifests that refer to it. They are copied before the tag of the chart appears. Has no effect for other sources and destinations.
    type: bool
    default: true
  images:
    description:
      - Also return the container images of all versions, as rendered with their default values. Needs the archives, which are downloaded if
        necessary. There is a warning for a chart that cannot be rendered without further values.
    type: bool
    default: false
  image_registry:
    description:
      - Registry that contains the images, as in O(windlass.charts.chart_release#module:image_registry). The image names in RV(images) are not
        changed. RV(image_mirrors) contains where C(chart_release) with the same value expects them. Requires O(images=true).
    type: raw
    version_added: 0.3.0
  max_parallel:
    description:
      - How many versions are copied at the same time.
    type: int
    default: 8
  repo_username:
    description:
      - User name for the source. It is used together with O(repo_password), and sent only to the host of the source, and to the token server
        that a registry names.
      - If it is not specified, the credentials of the added repository are used. For an OCI registry, these are the credentials that
        C(helm registry login) or C(docker login) has stored on the host that runs the task, including those of credential helpers.
    type: str
    aliases: [username, chart_repo_username]
  repo_password:
    description:
      - Password or access token for O(repo_username). It is kept in memory only.
    type: str
    aliases: [password, chart_repo_password]
  chart_ca_cert:
    description:
      - Path to a file with the CA certificates that the certificate of the source is verified with.
    type: path
    aliases: [chart_repo_ca_cert]
  chart_ssl_cert_file:
    description:
      - Path to a client certificate for the source. It is used together with O(chart_ssl_key_file).
    type: path
    aliases: [chart_repo_client_cert]
  chart_ssl_key_file:
    description:
      - Path to the private key of O(chart_ssl_cert_file).
    type: path
    aliases: [chart_repo_client_key]
  pass_credentials:
    description:
      - Also send the credentials of the source to other hosts that the index of a chart repository leads to. Equivalent to Helm's
        C(--pass-credentials).
    type: bool
    default: false
  skip_tls_certs_check:
    description:
      - Do not verify the TLS certificate of the source.
    type: bool
    default: false
    aliases: [insecure_skip_tls_verify]
  plain_http:
    description:
      - Use HTTP without TLS if the source is an OCI registry.
    type: bool
    default: false
  update_repo_cache:
    description:
      - Download the index of an added repository again.
    type: bool
    default: false
  destination_username:
    description:
      - User name for the destination. It is used together with O(destination_password), and is never sent to the source.
      - If it is not specified, stored credentials are used as for O(repo_username).
    type: str
  destination_password:
    description:
      - Password or access token for O(destination_username). It is kept in memory only.
    type: str
  destination_ca_cert:
    description:
      - Path to a file with the CA certificates that the certificate of the destination is verified with.
    type: path
  destination_ssl_cert_file:
    description:
      - Path to a client certificate for the destination. It is used together with O(destination_ssl_key_file).
    type: path
  destination_ssl_key_file:
    description:
      - Path to the private key of O(destination_ssl_cert_file).
    type: path
  destination_skip_tls_certs_check:
    description:
      - Do not verify the TLS certificate of the destination.
    type: bool
    default: false
  destination_plain_http:
    description:
      - Use HTTP without TLS if the destination is an OCI registry.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
notes:
  - Check mode compares digests. It does not download archives whose digest the source states, and therefore does not find broken ones.
  - The callback P(windlass.charts.progress#callback) shows how many versions are done, if the task runs in the process of the controller.
  - From other sources to an OCI registry, the manifest states the time of the newest file in the archive, so that it has the same digest in
    every copy.
seealso:
  - module: windlass.charts.chart_push
  - module: windlass.charts.chart_pull
  - module: windlass.charts.chart_repository_index
  - ref: ansible_collections.windlass.charts.docsite.guide_air_gapped
    description: How to work without access to public repositories and registries.
"""

EXAMPLES = r"""
- name: Mirror two charts of a repository into a private registry
  windlass.charts.chart_copy:
    source: https://charts.example.com
    charts: [web, billing]
    chart_version: ">=1.2"
    destination: oci://registry.example.com/mirror
    destination_username: "robot$mirror"
    destination_password: "{{ registry_password }}"
  register: mirrored

- name: Move all charts out of ChartMuseum
  windlass.charts.chart_copy:
    source: https://museum.example.com/org/repo
    repo_username: reader
    repo_password: "{{ museum_password }}"
    destination: oci://harbor.example.com/org
    on_exists: skip

- name: Copy charts with their signatures to a directory, and list their images
  windlass.charts.chart_copy:
    source: oci://registry.example.com/charts
    charts: [web]
    chart_version: ^2
    destination: /media/charts
    images: true
    image_registry: registry.example.com/mirror
  register: charts

- name: Copy the images as well, to the place where chart_release with the same image_registry expects them
  ansible.builtin.command:
    argv: [skopeo, copy, --all, "docker://{{ item.image }}", "docker://{{ item.mirror }}"]
  loop: "{{ charts.image_mirrors }}"
  changed_when: true
"""

RETURN = r"""
copied:
  description: The versions that were copied, or would be copied in check mode.
  returned: unless the task fails before anything is copied
  type: list
  elements: dict
  contains:
    name:
      description: Name of the chart.
      type: str
      returned: always
      sample: web
    version:
      description: Version of the chart.
      type: str
      returned: always
      sample: 1.2.0
    status:
      description:
        - V(pushed), V(replaced), V(provenance_added), V(signatures_added), V(present) or V(skipped).
      type: str
      returned: always
      sample: pushed
    address:
      description: Where the version is at the destination.
      type: str
      returned: always
      sample: oci://registry.example.com/mirror/web:1.2.0
    digest:
      description: The SHA-256 digest of the archive at the destination.
      type: str
      returned: always
      sample: sha256:8e1c6e7ecc12a2e08a5a61652ed31ea908c3dd6c15f368605e0a77f1ca6349d4
    manifest_digest:
      description: Digest of the chart's manifest in the OCI registry.
      type: str
      returned: when the destination is an OCI registry, and the digest is known
      sample: sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
    provenance:
      description: Whether the destination has the provenance file.
      type: bool
      returned: always
      sample: false
    signatures:
      description: How many signatures and other manifests that belong to the chart were copied.
      type: int
      returned: always
      sample: 0
present:
  description: The versions that the destination has with the same digest. The entries are those of RV(copied).
  returned: unless the task fails before anything is copied
  type: list
  elements: dict
  sample: []
skipped:
  description: The versions that the destination has with another archive, with O(on_exists=skip). The entries are those of RV(copied).
  returned: unless the task fails before anything is copied
  type: list
  elements: dict
  sample: []
failed_charts:
  description: The versions that could not be copied, and why.
  returned: unless the task fails before anything is copied
  type: list
  elements: dict
  contains:
    name:
      description: Name of the chart.
      type: str
      returned: always
      sample: web
    version:
      description: Version of the chart.
      type: str
      returned: always
      sample: 1.1.0
    msg:
      description: Why it was not copied.
      type: str
      returned: always
      sample: "https://charts.example.com/web-1.1.0.tgz returned 404 Not Found: the file does not exist; check the URL and the version."
images:
  description: The container images of all versions, sorted.
  returned: when O(images=true)
  type: list
  elements: str
  sample: ["registry.example.com/web:2.4"]
image_mirrors:
  description: Where the images must be copied to. Images that are in one of the new registries already are not included.
  returned: with O(image_registry)
  version_added: 0.3.0
  type: list
  elements: dict
  contains:
    image:
      description: The image, as in RV(images).
      type: str
      returned: always
      sample: nginx:1.29
    mirror:
      description: The image in the registry of O(image_registry).
      type: str
      returned: always
      sample: registry.example.com/mirror/library/nginx:1.29
unmatched_images:
  description:
    - The images that O(image_registry) did not change and that are not in one of the new registries, sorted.
  returned: with O(image_registry)
  version_added: 0.3.0
  type: list
  elements: str
  sample: ["quay.io/prometheus/prometheus:v3.5.0"]
stdout:
  description: Empty. Helm has no such command.
  returned: always
  type: str
  sample: ""
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
msg:
  description: Why the task failed.
  returned: failure
  type: str
  sample: "1 of 12 versions were not copied."
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_copy import chart_copy

    return chart_copy


def main() -> None:
    run_module(specs.chart_copy(), load_face)


if __name__ == "__main__":
    main()
