# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""HTTP to the API server: connections kept alive, requests repeated where that is safe, failures as errors of ours.

A request is repeated, at most four times with growing pauses,

* when the server says that it took no notice of it: 429, or any 5xx with ``Retry-After`` (as client-go does);
* when it is idempotent (GET, DELETE, server-side apply) and the answer is 500, 502, 503 or 504, or the connection broke;
* when it is idempotent and names no version, and the answer is a conflict that is not about fields or names: the server lost a race
  against another writer, and would win the next.

A write that the server may have done although its answer was lost counts as idempotent where a second one can be told from a first: a
creation under a name (``AlreadyExists``) and an update of a version (``Conflict``). The error then has the field ``repeated``, and
whoever wrote looks at what is there (``client``, ``actions/journal``, ``actions/lock``).

A server that cannot be found or refuses the connection is told at once. One pool per connection and process: loop items of one task
share it. The pool knows its process, for a forked worker must not speak on its parent's sockets.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..._engine.errors import CertificateRefused, ClusterConfigError, ClusterError, Unreachable
from . import tls
from .auth import Authenticator, Identity
from .config import Connection
from .status import Call, error_of, is_a_race, is_about_the_object

#: The version of the collection, as galaxy.yml has it (a test compares them).
VERSION = "0.1.0"
USER_AGENT = f"windlass.charts/{VERSION}"
CONNECT_SECONDS = 15.0
READ_SECONDS = 75.0  # the server ends a request after 60 s, a webhook after 30 s
REPEATS = 4
_IDEMPOTENT = ("GET", "DELETE")
_LONGEST_PAUSE = 20.0


@dataclass(frozen=True)
class Request:
    """``query``: pairs; ``body``: JSON; ``idempotent``: may be sent twice whatever its method; ``versioned``: it is
    about one version, so that a conflict is final; ``seconds``: silence that is borne."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    content_type: str = "application/json"
    accept: str = "application/json"
    idempotent: bool = False
    versioned: bool = False
    seconds: float = READ_SECONDS


class Transport:
    """Requests of one connection. Every method may raise what ``Cluster`` may."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sent = 0
        self._auth = Authenticator(connection)
        self._pools: dict[tuple[int, bytes, bytes], Any] = {}

    def secrets(self) -> tuple[str, ...]:
        return tuple(self._auth.secrets())

    def json(self, request: Request, call: Call) -> Any:
        """The parsed answer."""
        answer = self._send(request, call, stream=False)
        return parse(answer.data)

    def text(self, request: Request, call: Call) -> str:
        """The answer as text."""
        data: bytes = self._send(request, call, stream=False).data
        return data.decode("utf-8", errors="replace")

    def lines(self, request: Request, call: Call) -> Iterator[bytes]:
        """The lines of an answer as they arrive; silence longer than the request bears ends it."""
        urllib3 = library()
        answer = self._send(request, call, stream=True)
        rest = b""
        try:
            for chunk in answer.stream(65536, decode_content=True):
                rest += chunk
                *whole, rest = rest.split(b"\n")
                yield from (line for line in whole if line.strip())
            if rest.strip():
                yield rest
        except (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ProtocolError):
            return  # a stream that breaks off has ended: who listens asks again from where it was
        finally:
            answer.close()

    def _send(self, request: Request, call: Call, *, stream: bool) -> Any:
        renewed = repeated = False
        for turn in range(REPEATS + 1):
            last = turn == REPEATS
            answer = self._once(request, call, stream, last)
            if answer is None:
                repeated = True
                _pause(turn, None)
                continue
            if 200 <= answer.status < 300:
                return answer
            body = parse(answer.data)
            answer.release_conn()
            if answer.status == 401 and not renewed and self._auth.renew():
                renewed = True
                continue
            if not last and _repeatable(request, answer, body):
                repeated = repeated or answer.status >= 500
                _pause(turn, answer.headers.get("Retry-After"))
                continue
            if body == "Client sent an HTTP request to an HTTPS server.\n":
                host = self.connection.host
                raise Unreachable(f"The API server {host} speaks TLS; write https:// in host (or in the kubeconfig's server).", host=host)
            error = error_of(answer.status, body, _with_secrets(call, self.secrets()))
            if repeated:
                error.fields["repeated"] = True
            raise error
        raise Unreachable(f"The API server {self.connection.host} did not answer.", host=self.connection.host)

    def _once(self, request: Request, call: Call, stream: bool, last: bool) -> Any:
        """One try; ``None``: the connection broke and may be tried again."""
        urllib3 = library()
        identity = self._auth.identity()
        self.sent += 1
        try:
            with warnings.catch_warnings():
                if not self.connection.verify:
                    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
                return self._pool(identity).request(
                    request.method,
                    self._url(request),
                    body=None if request.body is None else _encode(request.body),
                    headers=self._headers(request, identity),
                    timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=request.seconds),
                    retries=False,
                    redirect=False,
                    preload_content=not stream,
                )
        except urllib3.exceptions.HTTPError as error:
            if not last and _broken(error, urllib3) and (request.idempotent or request.method in _IDEMPOTENT):
                return None
            raise self._unreachable(error, urllib3) from error

    def _url(self, request: Request) -> str:
        query = f"?{urlencode(request.query)}" if request.query else ""
        return f"{self.connection.server}{request.path}{query}"

    def _headers(self, request: Request, identity: Identity) -> Any:
        headers = library().HTTPHeaderDict(
            {"Accept": request.accept, "User-Agent": dict(self.connection.proxy_headers).get("user_agent", USER_AGENT)}
        )
        headers["Accept-Encoding"] = "gzip"
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if identity.authorization:
            headers["Authorization"] = identity.authorization
        for name, value in self.connection.impersonate:
            headers.add(name, value)
        return headers

    def _pool(self, identity: Identity) -> Any:
        key = (os.getpid(), identity.certificate, identity.key)
        if key not in self._pools:
            self._pools = {key: self._make_pool(identity)}
        return self._pools[key]

    def _make_pool(self, identity: Identity) -> Any:
        urllib3 = library()
        connection = self.connection
        options: dict[str, Any] = {"num_pools": 2, "maxsize": 64}  # one more at the same time is not kept, and greets anew for each request
        if urlsplit(connection.server).scheme == "https":
            options["ssl_context"] = tls.context(
                ca=connection.ca, verify=connection.verify, certificate=identity.certificate, key=identity.key
            )
            options["cert_reqs"] = "CERT_REQUIRED" if connection.verify else "CERT_NONE"
            if not connection.verify:
                options["assert_hostname"] = False
            if connection.server_name:
                options["server_hostname"] = options["assert_hostname"] = connection.server_name
        if not connection.proxy:
            return urllib3.PoolManager(**options)
        return _through_proxy(urllib3, connection, options)

    def _unreachable(self, error: Exception, urllib3: Any) -> ClusterError:
        host = self.connection.host
        root = _root(error)
        facts = {"helm": f"Kubernetes cluster unreachable: {root}", "host": host}
        if isinstance(root, ssl.SSLError) or isinstance(error, urllib3.exceptions.SSLError):
            return CertificateRefused(f"{_tls_words(root, host)}.", **facts)
        if isinstance(error, urllib3.exceptions.ProxyError):
            return Unreachable(f"The proxy on the way to {host} does not let us through ({_words(root)}); check proxy.", **facts)
        if isinstance(root, socket.gaierror) or isinstance(error, urllib3.exceptions.NameResolutionError):
            name = urlsplit(host).hostname
            return Unreachable(f"The name {name} of the API server cannot be resolved; check host or the kubeconfig.", **facts)
        if isinstance(root, ConnectionRefusedError):
            return Unreachable(
                f"Nothing listens at {host}: the API server is down, or host (or the kubeconfig's server) is wrong.", **facts
            )
        if isinstance(error, urllib3.exceptions.TimeoutError):
            return Unreachable(f"The API server {host} gave no answer in time; check the network, a firewall, or proxy.", **facts)
        return Unreachable(f"The connection to the API server {host} broke ({_words(root)}); try again.", **facts)


def library() -> Any:
    """urllib3, when it is needed. Raises ``ClusterConfigError`` where it is missing."""
    try:
        import urllib3
        import urllib3.exceptions
    except ImportError as error:
        raise ClusterConfigError(
            "The Python package urllib3 (it comes with requests) is missing where this task runs; install it: pip install requests."
        ) from error
    return urllib3


def parse(data: bytes) -> Any:
    """JSON with exact numbers, or the text where it is none."""
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", errors="replace")


def _encode(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", errors="surrogatepass")


def _with_secrets(call: Call, secrets: tuple[str, ...]) -> Call:
    return replace(call, secrets=call.secrets + secrets)


def _repeatable(request: Request, answer: Any, body: Any) -> bool:
    status: int = answer.status
    if is_about_the_object(status, body):
        return False
    safe = request.idempotent or request.method in _IDEMPOTENT
    if status == 409:
        return safe and not request.versioned and is_a_race(body)
    if status == 429 or (status >= 500 and answer.headers.get("Retry-After")):
        return True
    return safe and status in (500, 502, 503, 504)


def _pause(turn: int, retry_after: str | None) -> None:
    seconds = 0.2 * 2**turn * (1 + os.getpid() % 7 / 10)  # workers started together do not come back together
    if retry_after and retry_after.isdigit():
        seconds = max(seconds, float(retry_after))
    time.sleep(min(seconds, _LONGEST_PAUSE))


def _broken(error: Exception, urllib3: Any) -> bool:
    """The connection was there and went away (not: was never made)."""
    return isinstance(error, urllib3.exceptions.ProtocolError) and not isinstance(_root(error), ConnectionRefusedError)


def _root(error: BaseException) -> BaseException:
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = getattr(error, "reason", None) if not isinstance(error, ssl.SSLError) else None
        inner = inner if isinstance(inner, BaseException) else error.__cause__
        if inner is None and error.args and isinstance(error.args[-1], BaseException):
            inner = error.args[-1]
        if inner is None:
            return error
        error = inner
    return error


def _words(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0][:200]


def _tls_words(error: BaseException, host: str) -> str:
    detail = str(getattr(error, "verify_message", "") or getattr(error, "reason", "") or error)
    if "doesn't match" in detail or "mismatch" in detail.lower() or "not valid for" in detail:
        return f"The certificate of {host} is for another name ({detail}): correct host, or set tls-server-name in the kubeconfig"
    if "expired" in detail:
        return f"The certificate of {host} has expired; the cluster's operator must renew it"
    if "CERTIFICATE_REQUIRED" in detail or "alert" in str(error).lower():
        return f"{host} refuses our TLS handshake ({detail}): give a client certificate that it accepts (client_cert, client_key)"
    if "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error):
        return f"{host} does not speak TLS; write http:// in host, or correct the port"
    if "EOF" in detail:
        return f"{host} ended the TLS handshake without a word: it wants a client certificate, or is no API server; check host"
    return f"The certificate of {host} is not trusted ({detail}): give the cluster's authority as ca_cert or in the kubeconfig"


def _through_proxy(urllib3: Any, connection: Connection, options: Mapping[str, Any]) -> Any:
    given = dict(connection.proxy_headers)
    headers = urllib3.make_headers(
        proxy_basic_auth=given.get("proxy_basic_auth"), basic_auth=given.get("basic_auth"), user_agent=given.get("user_agent")
    )
    scheme = urlsplit(connection.proxy).scheme
    if scheme in ("http", "https"):
        parts = urlsplit(connection.proxy)
        if parts.username and "proxy-authorization" not in headers:
            headers.update(urllib3.make_headers(proxy_basic_auth=f"{parts.username}:{parts.password or ''}"))
        return urllib3.ProxyManager(connection.proxy, proxy_headers=headers, **options)
    if scheme in ("socks5", "socks5h"):
        try:
            from urllib3.contrib.socks import SOCKSProxyManager
        except ImportError as error:
            raise ClusterConfigError("A SOCKS proxy needs the Python package PySocks; install it, or use an http proxy.") from error
        return SOCKSProxyManager(connection.proxy.replace("socks5://", "socks5h://", 1), **options)
    raise ClusterConfigError(f"proxy: {scheme or 'no'} is no scheme of a proxy; use http, https or socks5.")
