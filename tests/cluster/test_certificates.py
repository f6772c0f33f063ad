# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of the control plane satisfy Python 3.13, whose checks are the strictest."""

from __future__ import annotations

import ssl
from pathlib import Path

import controlplane


def test_a_strict_client_accepts_the_certificates(tmp_path: Path) -> None:
    authority = controlplane._Authority()
    (tmp_path / "ca").write_bytes(controlplane._pem(authority.certificate))
    for name, hosts in (("server", ("127.0.0.1", "localhost")), ("client", ())):
        certificate, key = authority.issue(name, hosts=hosts)
        (tmp_path / name).write_bytes(certificate + key)
    contexts = {}
    for name, purpose in (("server", ssl.Purpose.CLIENT_AUTH), ("client", ssl.Purpose.SERVER_AUTH)):
        context = ssl.create_default_context(purpose, cafile=str(tmp_path / "ca"))
        context.load_cert_chain(tmp_path / name)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.verify_mode = ssl.CERT_REQUIRED
        contexts[name] = context
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = contexts["client"].wrap_bio(back, there, server_hostname="127.0.0.1")
    server = contexts["server"].wrap_bio(there, back, server_side=True)
    for _round in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.getpeercert()["subject"] == ((("commonName", "server"),),)
    assert server.getpeercert()["subject"] == ((("commonName", "client"),),)
