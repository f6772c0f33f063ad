# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""TLS contexts from certificates and keys in memory.

``ssl.SSLContext.load_cert_chain`` reads files only. On Linux certificate and key go through a memory file (``memfd_create``), which has
no name on any disk; elsewhere through a file of mode 0600 in a folder of its own that is gone when the call returns.

Python 3.13 checks certificates more strictly than Go does (``VERIFY_X509_STRICT``) and refuses authorities that kubectl and helm
accept, such as one without a key identifier; that flag is taken off, everything else stays checked.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..._engine.errors import ClusterConfigError


def context(*, ca: bytes, verify: bool, certificate: bytes, key: bytes) -> ssl.SSLContext:
    """A client's context. Raises ``ClusterConfigError`` for an invalid certificate or key."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    elif ca:
        _add_ca(made, ca)
    else:
        made.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if certificate:
        _identify(made, certificate, key)
    return made


def _add_ca(made: ssl.SSLContext, ca: bytes) -> None:
    try:
        made.load_verify_locations(cadata=ca.decode("ascii"))
    except (UnicodeDecodeError, ssl.SSLError) as error:
        raise ClusterConfigError("The certificate authority (ca_cert, certificate-authority) is not a PEM certificate.") from error


def _identify(made: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    try:
        with _as_file(certificate + b"\n" + key) as path:
            made.load_cert_chain(path, password=lambda: b"")
    except ssl.SSLError as error:
        raise ClusterConfigError(
            "The client certificate and its key (client_cert and client_key, or those of the kubeconfig) are not a PEM "
            f"certificate and its unencrypted PEM key ({error.reason or 'unreadable'})."
        ) from error


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    memory = getattr(os, "memfd_create", None)
    if memory is not None and Path("/proc/self/fd").is_dir():
        handle = memory("windlass-client-key", getattr(os, "MFD_CLOEXEC", 0))
        try:
            os.write(handle, data)
            yield f"/proc/self/fd/{handle}"
        finally:
            os.close(handle)
        return
    with tempfile.TemporaryDirectory(prefix="windlass-") as folder:
        path = Path(folder, "client.pem")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        yield str(path)
