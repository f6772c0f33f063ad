# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_pull
short_description: Download a Helm chart
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Downloads a chart from a chart repository, a URL or an OCI registry to the host that runs the task, as an archive or as a directory.
  - A chart that exists at the destination is compared with the one at the source before it is accepted. It is not downloaded again if the
    digest of the archive at the source is known and equal.
  - The other modules download charts themselves. Use this module to copy charts to a host that has no access to them.
  - The module does not contact a cluster and has no connection options. It belongs to the action group C(repositories), not to C(charts).
options:
  chart_ref:
    description:
      - The HTTP or HTTPS URL of an archive, C(repository/name) for a repository that has been added on that host with
        M(windlass.charts.chart_repository), or C(oci://host/path/chart) for a chart in an OCI registry, with C(:tag) or
        C(@sha256:digest) at the end if needed.
      - If O(repo_url) is specified, this is the name of a chart in that repository.
    type: str
    required: true
  chart_version:
    description:
      - An exact version, or a version constraint such as V(^1.2.0). Defaults to the newest stable version.
      - In an OCI registry, this can also be a tag, a digest such as V(sha256:0123...), or both, as in V(1.2.3@sha256:0123...).
      - If the URL of an archive contains a chart of another version, the task fails.
    type: str
  chart_devel:
    description:
      - Include prerelease versions if O(chart_version) is not specified. Equivalent to O(chart_version=>0.0.0-0) and to Helm's C(--devel).
    type: bool
    aliases: [devel]
  destination:
    description:
      - The directory in which the chart is stored. It must exist, unless O(untar_chart=true).
    type: path
    required: true
  untar_chart:
    description:
      - Store the files of the chart in a directory with the name of the chart below O(destination), instead of the archive.
      - If this directory exists with other content, the task fails, unless O(force=true).
    type: bool
    default: false
    aliases: [untar]
  force:
    description:
      - Download the archive again even if one with the same digest is at the destination, and replace a directory that has other content.
      - The result is V(changed) only if something at the destination was replaced.
    type: bool
    default: false
  provenance:
    description:
      - Also download the provenance file of the chart to the same directory. There is a warning if there is none. The file is not verified,
        unless O(verify_chart=true).
      - Has no effect with O(untar_chart=true).
    type: bool
    default: false
  chart_digest:
    description:
      - SHA-256 checksum that the archive of the chart must have, as 64 hexadecimal digits in upper or lower case, with or without C(sha256:)
        before them. Any other archive causes an error before anything is written.
      - The digest of a manifest in an OCI registry is a different one, see O(chart_version).
    type: str
  verify_chart:
    description:
      - Require a valid signature of the archive, by a key in O(verify_chart_keyring). The signature is in a provenance file, as
        C(helm package --sign) writes it. It must be under the URL of the archive with C(.prov) added. In an OCI registry it is a layer of the
        chart, as C(helm push) writes it.
      - The archive is verified before anything is written, also if it is already at the destination. The provenance file is stored next to it,
        unless O(untar_chart=true).
      - The decision is the same as with C(helm pull --verify), with one exception. Signatures and keys that rely on MD5, SHA-1 or RIPEMD-160
        are rejected.
    type: bool
    default: false
  verify_chart_keyring:
    description:
      - File with the public keys that you trust, on the host that runs the task. Any key in the file can sign any chart.
      - The file can be binary (C(gpg --export)), armored (C(gpg --export --armor)), or a keybox (C(pubring.kbx)).
      - The default is C(pubring.gpg) in the directory E(GNUPGHOME), or in C(~/.gnupg). If that file does not exist, C(pubring.kbx) there.
    type: path
    aliases: [keyring]
  cosign_public_key:
    description:
      - File with a public key in PEM format, on the host that runs the task, as C(cosign generate-key-pair) writes it (C(cosign.pub)). A chart
        in an OCI registry must have a signature that C(cosign sign) made with this key. It is verified before the chart is downloaded.
      - The signature covers the manifest of the chart, and thereby its archive. If the tag is a version, it must be that
        of the chart. Signatures of both formats are accepted. These are Sigstore
        bundles, the default of cosign 3, and the tag C(sha256-DIGEST.sig). The transparency log is not queried.
      - The key can be ECDSA (P-256, P-384, P-521) or RSA. Signatures that cosign makes with an Ed25519 key are not supported.
      - Charts that are not in an OCI registry cause an error.
    type: path
  repo_url:
    description:
      - URL of a chart repository in which to look up the chart. The repository is not added to the repository list.
      - With a URL such as C(oci://host/path), O(chart_ref) is the name of a chart below it.
    type: str
    aliases: [url, chart_repo_url]
  repo_username:
    description:
      - User name for the chart repository or the OCI registry. It is used together with O(repo_password), and sent only to the host of the
        repository or registry, and to the token server that the registry names.
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
  pass_credentials:
    description:
      - Also send the credentials to other hosts that the index of a chart repository leads to. Equivalent to Helm's C(--pass-credentials).
    type: bool
    default: false
  skip_tls_certs_check:
    description:
      - Do not verify the TLS certificate of the server from which the chart is downloaded.
    type: bool
    default: false
    aliases: [insecure_skip_tls_verify]
  plain_http:
    description:
      - Use HTTP without TLS for an OCI registry. It has no effect on other charts, whose URLs name the protocol.
    type: bool
    default: false
  update_repo_cache:
    description:
      - Download the index of the chart's repository again before looking up the chart.
    type: bool
    default: false
  offline:
    description:
      - Request nothing from a server. Charts and indexes are taken from the caches of earlier tasks and of C(helm) on the host that runs the task, and
        O(update_repo_cache) has no effect.
      - What is needed and is not in a cache is an error that names it.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
  - windlass.charts._verification.libraries
  - windlass.charts._verification.cosign
seealso:
  - module: windlass.charts.chart_repository
  - module: windlass.charts.chart_info
  - ref: ansible_collections.windlass.charts.docsite.guide_air_gapped
    description: How to work without access to public repositories and registries.
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Download the newest 1.x version from a chart repository
  windlass.charts.chart_pull:
    chart_ref: web
    repo_url: https://charts.example.com
    chart_version: ^1.0.0
    destination: /srv/charts

- name: Download a chart from a private OCI registry
  windlass.charts.chart_pull:
    chart_ref: oci://registry.example.com/charts/billing
    chart_version: 2.1.0
    repo_username: "robot$deploy"
    repo_password: "{{ registry_password }}"
    destination: /srv/charts

- name: Download and unpack a chart from a URL
  windlass.charts.chart_pull:
    chart_ref: https://charts.example.com/web-1.2.0.tgz
    destination: /srv/charts
    untar_chart: true

- name: Download a chart only if it is signed by a trusted key
  windlass.charts.chart_pull:
    chart_ref: web
    repo_url: https://charts.example.com
    chart_version: 1.2.3
    destination: /srv/charts
    verify_chart: true
    verify_chart_keyring: /etc/windlass/charts.gpg
"""

RETURN = r"""
path:
  description: Path of the archive, or of the directory with O(untar_chart=true).
  returned: success
  type: str
  sample: /srv/charts/web-1.2.0.tgz
provenance_path:
  description: Path of the provenance file.
  returned: when O(provenance=true) or O(verify_chart=true), and the chart has one and is stored as an archive
  type: str
  sample: /srv/charts/web-1.2.0.tgz.prov
provenance:
  description: Who signed the archive of the chart.
  returned: when O(verify_chart=true)
  type: dict
  contains:
    signed_by:
      description: User IDs of the key.
      type: list
      elements: str
      returned: always
      sample: ["Release Team <releases@example.com>"]
    fingerprint:
      description: Fingerprint of the primary key.
      type: str
      returned: always
      sample: 5E615389B53CA37F0EE60BD3843BBF981FC18762
    digest:
      description: SHA-256 checksum of the archive.
      type: str
      returned: always
      sample: sha256:c6841b3a895f1444a6738b5d04564a57e860ce42f8519c3be807fb6d9bee7888
    file:
      description: Name of the archive in the provenance file.
      type: str
      returned: always
      sample: web-1.2.3.tgz
    keyring:
      description: The keyring that contains the key.
      type: str
      returned: always
      sample: /etc/windlass/charts.gpg
cosign:
  description: The signature of cosign.
  returned: when O(cosign_public_key) is specified
  type: dict
  contains:
    digest:
      description: Digest of the manifest that was signed.
      type: str
      returned: always
      sample: sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
    identity:
      description: The reference under which it was signed. Empty for a Sigstore bundle.
      type: str
      returned: always
      sample: registry.example.com/charts/web
    annotations:
      description: What was added to the signature with C(cosign sign --annotations).
      type: dict
      returned: always
      sample: {"env": "prod"}
chart:
  description: The chart that was downloaded.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the chart.
      type: str
      returned: success
      sample: web
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
digest:
  description: Digest of the archive.
  returned: success
  type: str
  sample: sha256:8e1c6e7ecc12a2e08a5a61652ed31ea908c3dd6c15f368605e0a77f1ca6349d4
manifest_digest:
  description: Digest of the chart's manifest in the OCI registry. Use it in O(chart_version) to get exactly this chart again.
  returned: when the chart is in an OCI registry
  type: str
  sample: sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
origin:
  description: Where the chart was found, without credentials.
  returned: success
  type: str
  sample: https://charts.example.com/web-1.2.0.tgz
msg:
  description: That the chart is already there, or why the task failed.
  returned: when nothing was changed, or on failure
  type: str
  sample: The chart is already at /srv/charts/web-1.2.0.tgz.
rc:
  description: Always 0. For compatibility with C(kubernetes.core).
  returned: success
  type: int
  sample: 0
stdout:
  description: Empty, like the output of C(helm pull) for a chart repository. With O(verify_chart=true), who signed the chart.
  returned: success
  type: str
  sample: ""
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command, with secrets masked. It is not executed.
  returned: success
  type: str
  sample: helm pull web --repo https://charts.example.com --destination /srv/charts
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_pull import chart_pull

    return chart_pull


def main() -> None:
    run_module(specs.chart_pull(), load_face)


if __name__ == "__main__":
    main()
