# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Failures on the way to the API server as errors: the name, the connection, TLS, the proxy, the time."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from ..._engine.aliases import Urllib3
from ..._engine.errors import CertificateRefused, ClusterError, Unreachable
from ..._engine.plain_text import plain_text

#: TLS errors of bytes that were damaged after the handshake
_DAMAGED = ("BAD_RECORD_MAC", "DECRYPTION_FAILED")


def unreachable(error: Exception, urllib3: Urllib3, host: str) -> ClusterError:
    """The error of a request that got no answer.

    :param error: of urllib3. :param host: the server, without secrets.
    """
    root = root_of(error)
    facts = {"helm": f"Kubernetes cluster unreachable: {plain_text(root)}", "host": host}
    if isinstance(root, ssl.SSLError) or isinstance(error, urllib3.exceptions.SSLError):
        return CertificateRefused(f"{_tls_words(root, host)}.", **facts)
    if isinstance(error, urllib3.exceptions.ProxyError):
        return Unreachable(f"The proxy for {host} refuses the connection ({_words(root)}); check proxy.", **facts)
    if isinstance(root, (socket.gaierror, UnicodeError)) or isinstance(error, urllib3.exceptions.NameResolutionError):
        name = urlsplit(host).hostname
        return Unreachable(f"The name {name} of the API server cannot be resolved; check host or the kubeconfig.", **facts)
    if isinstance(root, ConnectionRefusedError):
        return Unreachable(
            (f"No server is listening at {host}: the API server is down, or host (or the kubeconfig's server) is wrong."), **facts
        )
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return Unreachable(f"The API server {host} did not respond in time; check the network, a firewall, or proxy.", **facts)
    return Unreachable(f"The connection to the API server {host} broke ({_words(root)}); try again.", **facts)


def is_broken(error: Exception, urllib3: Urllib3) -> bool:
    """Whether the connection was there and broke (not: was never made)."""
    kinds = (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError)
    root = root_of(error)
    if isinstance(root, ssl.SSLError):
        return any(word in str(root.reason or root) for word in _DAMAGED)
    return isinstance(error, kinds) and not isinstance(root, ConnectionRefusedError)


def root_of(error: BaseException) -> BaseException:
    """The innermost error: urllib3 wraps those of the system."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = getattr(error, "reason", None) if not isinstance(error, (ssl.SSLError, UnicodeError)) else None
        inner = inner if isinstance(inner, BaseException) else error.__cause__
        if inner is None and error.args and isinstance(error.args[-1], BaseException):
            inner = error.args[-1]
        if inner is None:
            return error
        error = inner
    return error


def _words(error: BaseException) -> str:
    return plain_text(getattr(error, "strerror", None) or str(error) or type(error).__name__, 200)


def _tls_words(error: BaseException, host: str) -> str:
    detail = plain_text(getattr(error, "verify_message", "") or getattr(error, "reason", "") or error, 200)
    if "doesn't match" in detail or "mismatch" in detail.lower() or "not valid for" in detail:
        return f"The certificate of {host} is not valid for this name ({detail}): correct host, or set tls_server_name"
    if "expired" in detail:
        return f"The certificate of {host} has expired; the cluster's operator must renew it"
    if "CERTIFICATE_REQUIRED" in detail or "alert" in str(error).lower():
        return f"{host} rejected the TLS handshake ({detail}): specify a client certificate that it accepts (client_cert, client_key)"
    if "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error):
        return f"{host} does not speak TLS; write http:// in host, or correct the port"
    if "EOF" in detail:
        return (
            f"{host} closed the connection during the TLS handshake: it requires a client certificate, or is not an API server; check host"
        )
    return f"The certificate of {host} is not trusted ({detail}): specify the CA of the cluster in ca_cert or in the kubeconfig"
