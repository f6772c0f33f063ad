# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_package
short_description: Package a Helm chart
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Packages the chart in a directory into a versioned archive, like C(helm package). Helm 3 and Helm 4 read the archive.
  - The archive has the contents that C(helm package) packs. C(.helmignore) is applied as in Helm, subcharts in C(charts/) are included,
    and C(Chart.yaml) is written again without comments.
  - The archive is reproducible. The same files result in the same bytes on every host, so its digest only changes if the chart changes.
    Times and owners of files, the order of files, and the compression library of the host have no effect.
  - The archive is replaced in one step. It is only written, and the task is only V(changed), if its bytes would be different.
options:
  chart_ref:
    description:
      - Path of the directory that contains the chart.
    type: path
    required: true
  destination:
    description:
      - Directory in which to write the archive. It is created if it does not exist.
      - The name of the archive is the name and the version of the chart, for example C(web-1.2.0.tgz). An archive of this name is
        replaced. Archives of other versions are not changed.
      - An archive that is inside the directory of the chart is never packaged into itself.
    type: path
    required: true
  version:
    description:
      - Version of the packaged chart. Replaces the version in C(Chart.yaml). The file itself is not changed.
    type: str
  app_version:
    description:
      - Version of the application in the packaged chart. Replaces C(appVersion) in C(Chart.yaml). The file itself is not changed.
    type: str
  sign:
    description:
      - Write a provenance file next to the archive, like C(helm package --sign). It contains the checksum of the archive, signed with OpenPGP.
        C(helm verify) of Helm 3 and Helm 4, and the modules of this collection, verify it.
      - A provenance file that is there is kept if the same key has signed it for the same bytes. Otherwise it is replaced in one step.
      - In check mode, the archive is signed in memory, so that a wrong passphrase is detected. Nothing is written.
    type: bool
    default: false
  key:
    description:
      - The key that signs, as its user ID or a part of it, or as its fingerprint. Can be omitted if O(keyring) contains a single key.
    type: str
  keyring:
    description:
      - File with the secret key, on the host that runs the task. It can be binary (C(gpg --export-secret-keys)) or armored (with
        C(--armor)).
      - The default is C(pubring.gpg) in the directory E(GNUPGHOME), or in C(~/.gnupg), as in Helm. Since GnuPG 2.1 this file contains no
        secret keys, so export the key.
    type: path
  passphrase:
    description:
      - Passphrase of the key, if it has one. It is kept in memory only, and is in no result and no list of processes.
    type: str
  passphrase_file:
    description:
      - File whose first line is the passphrase, on the host that runs the task. Mutually exclusive with O(passphrase).
    type: path
extends_documentation_fragment:
  - windlass.charts._dependencies
  - windlass.charts._dependencies.update
  - windlass.charts._dependencies.offline
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
  - windlass.charts._verification.libraries
notes:
  - All files in the archive have the time in the environment variable E(SOURCE_DATE_EPOCH), in seconds since 1970, or
    1980-01-01 00:00:00 UTC if it is not set.
  - The task fails if a dependency in C(Chart.yaml) is not in C(charts/), unless O(dependency_update) downloads it. The package then
    contains a lock file with the time of the other files.
  - There is a warning if the archive contains another archive or a provenance file outside of C(charts/), and if a dependency refers to
    a repository by a name that only exists on the host, such as C(@private).
  - There is a warning if an archive is replaced without O(sign=true), and there is a provenance file of the old one.
seealso:
  - module: windlass.charts.chart_lint
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Package a chart
  windlass.charts.chart_package:
    chart_ref: charts/web
    destination: dist

- name: Package a chart with the version of a Git tag and the time of a commit
  windlass.charts.chart_package:
    chart_ref: charts/web
    destination: dist
    version: "{{ tag | regex_replace('^v') }}"
    app_version: "{{ commit[:12] }}"
  environment:
    SOURCE_DATE_EPOCH: "{{ commit_time }}"
  register: packaged

- name: Package and sign a chart
  windlass.charts.chart_package:
    chart_ref: charts/web
    destination: dist
    sign: true
    key: releases@example.com
    keyring: /run/secrets/charts.asc
    passphrase: "{{ signing_passphrase }}"

- name: Show the path of the archive
  ansible.builtin.debug:
    msg: "{{ packaged.path }} has the digest {{ packaged.digest }}"
"""

RETURN = r"""
path:
  description: Path of the archive.
  returned: success
  type: str
  sample: /work/dist/web-1.2.0.tgz
digest:
  description: The SHA-256 digest of the archive.
  returned: success
  type: str
  sample: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
size:
  description: Size of the archive in bytes.
  returned: success
  type: int
  sample: 4211
name:
  description: Name of the chart.
  returned: success
  type: str
  sample: web
version:
  description: Version of the packaged chart.
  returned: success
  type: str
  sample: 1.2.0
app_version:
  description: Version of the application in the packaged chart. Empty if the chart has none.
  returned: success
  type: str
  sample: "2.4"
provenance_path:
  description: Path of the provenance file.
  returned: when O(sign=true)
  type: str
  sample: /work/dist/web-1.2.0.tgz.prov
provenance:
  description: Who signed the archive of the chart.
  returned: when O(sign=true)
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
      sample: /run/secrets/charts.asc
stdout:
  description: The output of C(helm package). Empty if nothing was written.
  returned: success
  type: str
  sample: "Successfully packaged chart and saved it to: /work/dist/web-1.2.0.tgz"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command. It is not executed.
  returned: success
  type: str
  sample: helm package charts/web --destination dist
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
      sample: stdout
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "write it to files with output_dir, choose templates with show_only, or set return_manifest: false"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package

    return chart_package


def main() -> None:
    run_module(specs.chart_package(), load_face)


if __name__ == "__main__":
    main()
