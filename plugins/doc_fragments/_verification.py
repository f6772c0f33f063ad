# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: the checksum and the signature that a chart must have."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  chart_digest:
    description:
      - SHA-256 checksum that the archive of the chart must have, as 64 hexadecimal digits in upper or lower case, with or without C(sha256:)
        before them. Any other archive causes an error before anything is rendered or written.
      - Applies to C(.tgz) archives, URLs, repositories and OCI registries. A directory causes an error. The digest of a manifest in a registry
        is a different one, see O(chart_version).
      - M(windlass.charts.chart_info) returns the checksum of an archive as C(archive_digest).
    type: str
    version_added: 0.3.0
  verify:
    description:
      - Whether the signature of the archive is verified. The signature is in a provenance file, as C(helm package --sign) writes it. Its name is
        the name of the archive with C(.prov) added. It must be next to the archive, in the same directory or under the same URL. In an OCI
        registry it is a layer of the chart, as C(helm push) writes it.
      - V(never) does not read the provenance file.
      - V(if_possible) returns a warning if there is no provenance file. If there is one, the archive must match it. An attacker who can change
        the archive can also remove the provenance file, so V(if_possible) does not protect against attacks.
      - V(always) requires a valid signature by a key in O(keyring). Directories, and archives whose names do not end in C(.tgz), cause an
        error.
      - The decision is the same as with C(helm verify), with one exception. Signatures and keys that rely on MD5, SHA-1 or RIPEMD-160 are
        rejected.
    type: str
    choices: [never, if_possible, always]
    default: never
    version_added: 0.3.0
  keyring:
    description:
      - File with the public keys that you trust, on the host that runs the task. Any key in the file can sign any chart.
      - The file can be binary (C(gpg --export)), armored (C(gpg --export --armor)), or a keybox (C(pubring.kbx)).
      - The default is C(pubring.gpg) in the directory E(GNUPGHOME), or in C(~/.gnupg). If that file does not exist, C(pubring.kbx) there.
    type: path
    version_added: 0.3.0
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
    version_added: 0.3.0
"""

    # for modules that sign charts or verify signatures
    LIBRARIES = r"""
options: {}
requirements:
  - pysequoia >= 0.1.32 (optional; signs charts and verifies their signatures, otherwise the program gpg is used)
"""

    # for modules that verify signatures of charts in registries
    COSIGN = r"""
options: {}
requirements:
  - cryptography >= 42.0 (only for O(cosign_public_key))
"""
