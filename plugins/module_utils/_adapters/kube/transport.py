# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""HTTP to the API server, with connections kept alive and errors of the engine.

A request is repeated, at most four times with growing pauses,

* when the server says that it ignored the request: 429, or any 5xx with ``Retry-After`` (as client-go does);
* when it is idempotent (GET, DELETE, server-side apply) and the answer is 500, 502, 503 or 504, the connection broke, or a 2xx answer
  is not one of an API server (``answers``); once, when no answer came in time;
* when it is idempotent and names no version, and the answer is a conflict that is not about fields or names: the server lost a race
  against another writer, and would win the next.

A write that the server may have done although its answer was lost counts as idempotent where a second one differs from a first: a
creation under a name (``AlreadyExists``) and an update of a version (``Conflict``). The error then has the field ``repeated``, and
the caller reads the object (``client``, ``actions/journal``, ``lock/lease``).

A request has one deadline for all its tries and pauses, for its headers and its whole body (``timed``): that of the request, that of the
connection (``seconds``), and that of the wait it belongs to (``within``), whichever is first.

A server whose name is unknown or that refuses the connection is reported at once. There is one pool per connection and process: loop
items of one task share it. The pool knows its process, since a forked worker must not use its parent's sockets.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..._engine.aliases import Json, JsonObject, Urllib3
from ..._engine.errors import ClusterConfigError, ClusterError, Unreachable
from . import answers, tls
from .config.auth import Authenticator, Identity
from .config.config import Connection
from .pace import Bounds, Bucket, pause_seconds
from .status import Call, error_of, is_a_race, is_about_the_object
from .unreachable import is_broken, unreachable

#: The version of the collection, as galaxy.yml has it (a test compares them).
VERSION = "0.3.0"
USER_AGENT = f"windlass.charts/{VERSION}"
CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 75.0  # the server ends a request after 60 s, a webhook after 30 s
REQUEST_SECONDS = 300.0  # a request with all its tries
REPEATS = 4
_IDEMPOTENT = ("GET", "DELETE")
_SHORTEST_READ = 5.0
_SHORTEST_WRITE = 35.0  # a webhook may take 30 s


@dataclass(frozen=True)
class Request:
    """A request to the API server.

    ``query``: pairs; ``body``: JSON; ``idempotent``: may be sent twice with any method; ``versioned``: it is about one version, so that a
    conflict is final; ``seconds``: the time for it, 0: that of the connection; ``expected``: which 2xx answer is valid (``answers``).
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None
    content_type: str = "application/json"
    accept: str = "application/json"
    idempotent: bool = False
    versioned: bool = False
    seconds: float = 0.0
    expected: str = answers.JSON

    @property
    def is_safe(self) -> bool:
        """Whether it may be sent again when it is not known whether the server has done it."""
        return self.idempotent or self.method in _IDEMPOTENT


@dataclass
class _Try:
    """One try of a request: until when it may last, and what is known of the tries before."""

    attempt: int
    until: float
    whole: float
    repeated: bool = False
    silent: bool = False
    renewed: bool = False

    def may_repeat(self, pause: float) -> bool:
        return self.attempt < REPEATS and time.monotonic() + pause < self.whole


@dataclass(frozen=True)
class _Answer:
    """``raw``: the response of urllib3, its body not yet read where that is a stream."""

    status: int
    headers: Urllib3
    data: bytes
    raw: Json


class Transport:
    """Requests of one connection. Every method may raise what ``Cluster`` may.

    ``seconds``: the time of a request that has no other.
    """

    def __init__(self, connection: Connection, seconds: float = REQUEST_SECONDS) -> None:
        self.connection = connection
        self.seconds = seconds
        self.sent = 0
        self._bounds = Bounds()
        self._rate = Bucket(connection.qps, connection.burst_limit) if connection.qps > 0 else None
        self._auth = Authenticator(connection)
        self._pools: dict[tuple[int, bytes, bytes], Urllib3] = {}

    def secrets(self) -> tuple[str, ...]:
        return tuple(self._auth.secrets())

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Requests that this thread sends inside end after that many seconds (``Cluster.within``)."""
        return self._bounds.within(seconds)

    def json(self, request: Request, call: Call) -> Json:
        """The parsed answer, a JSON object."""
        return self._send(request, call, answers.MAX_ANSWER if request.expected == answers.LIST else answers.MAX_OBJECT)

    def text(self, request: Request, call: Call) -> str:
        """The answer as text; of a long one the beginning."""
        data: bytes = self._send(replace(request, expected=answers.TEXT), call, answers.MAX_LOG)
        return data.decode("utf-8", errors="replace")

    def lines(self, request: Request, call: Call) -> Iterator[bytes]:
        """The lines of an answer as they arrive, until the request's time is over or the server ends it."""
        end = self._end(request)
        answer = self._send(request, call, 0)
        parts: list[bytes] = []
        size = 0
        try:
            for chunk in answer.stream(answers.PIECE, decode_content=True):
                *whole, rest = chunk.split(b"\n")
                for line in whole:
                    parts.append(line)
                    complete = b"".join(parts)
                    parts, size = [], 0
                    if complete.strip():
                        yield complete
                parts.append(rest)
                size += len(rest)
                if size > answers.MAX_LINE:
                    raise self.foreign(call, f"a line of more than {answers.MAX_LINE // answers.MEGABYTE} MiB")
                if time.monotonic() >= end:
                    return
            if b"".join(parts).strip():
                yield b"".join(parts)
        except library().exceptions.HTTPError:
            return  # a stream that breaks or ends late has ended: the caller watches again from its last version
        finally:
            answer.close()

    def _end(self, request: Request) -> float:
        """When a request must have ended."""
        end = time.monotonic() + (request.seconds or self.seconds)
        return end if self._bounds.until is None else min(end, self._bounds.until)

    def _send(self, request: Request, call: Call, limit: int) -> Any:  # Any: what the request expects decides
        """The body of a 2xx answer.

        Parsed, or as bytes where text is expected, or the open response where ``limit`` is 0.
        """
        whole = self._end(request)
        this = _Try(0, whole, whole)
        for attempt in range(REPEATS + 1):
            this.attempt, this.until = attempt, _end_of_try(request, attempt, whole, this.silent)
            answer = self._once(request, call, limit, this)
            if answer is None:
                continue
            if 200 <= answer.status < 300:
                if limit == 0:
                    return answer.raw
                if request.expected == answers.TEXT:
                    return answer.data
                body = answers.parse(answer.data)
                fault = answers.fault_of(body, request.expected)
                if not fault:
                    return body
                if not self._pause(request, this, None, request.is_safe):
                    raise self.foreign(call, fault, request, this.repeated)
                this.repeated = True
                continue
            self._refused(request, call, answer, this)
        raise self._no_answer()

    def _refused(self, request: Request, call: Call, answer: _Answer, this: _Try) -> None:
        """Prepare the next try after an answer that is no success, or raise its error."""
        body = answers.parse(answer.data)
        if answer.status == 401 and not this.renewed and self._auth.renew(this.whole - time.monotonic()):
            this.renewed = True
            return
        if self._pause(request, this, answer.headers.get("Retry-After"), _repeatable(request, answer, body)):
            this.repeated = this.repeated or answer.status >= 500
            return
        host = self.connection.host
        if body == "Client sent an HTTP request to an HTTPS server.\n":
            raise Unreachable(f"The API server {host} speaks TLS; write https:// in host (or in the kubeconfig's server).", host=host)
        if 300 <= answer.status < 400:
            raise self.foreign(call, f"a redirect ({answer.status})", request, this.repeated)
        error = error_of(answer.status, body, _with_secrets(call, self.secrets()))
        if answer.status == 404 and not isinstance(body, dict):
            error.fields["certain"] = body == "404 page not found\n" and "Audit-Id" in answer.headers
        if this.repeated:
            error.fields["repeated"] = True
        raise error

    def _once(self, request: Request, call: Call, limit: int, this: _Try) -> _Answer | None:
        """One try; ``None``: the connection broke, and the pause before the next try is over."""
        urllib3 = library()
        identity = self._auth.identity(this.until - time.monotonic())
        self._wait_for_pace(this)
        self.sent += 1
        try:
            with warnings.catch_warnings():
                if not self.connection.verify:
                    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
                answer = self._open(request, identity, this, urllib3)
            if limit == 0 and 200 <= answer.status < 300:
                return _Answer(answer.status, answer.headers, b"", answer)
            data = answers.read(answer, limit or answers.MAX_OBJECT, cut=request.expected == answers.TEXT)
            answer.release_conn()
            return _Answer(answer.status, answer.headers, data, answer)
        except answers.TooLarge as error:
            raise self.foreign(call, f"more than {limit // answers.MEGABYTE} MiB", request, this.repeated) from error
        except urllib3.exceptions.HTTPError as error:
            silent = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            again = request.is_safe and (is_broken(error, urllib3) or (silent and not this.silent))
            if not self._pause(request, this, None, again):
                raise unreachable(error, urllib3, self.connection.host) from error
            this.repeated, this.silent = True, this.silent or silent
            return None
        except (ValueError, OSError) as error:  # http.client refuses a header or a line; a socket that urllib3 did not wrap
            raise unreachable(error, urllib3, self.connection.host) from error

    def _open(self, request: Request, identity: Identity, this: _Try, urllib3: Urllib3) -> Urllib3:
        from .timed import deadline

        left = max(this.until - time.monotonic(), 0.001)
        deadline.until, deadline.silence = this.until, SILENCE_SECONDS
        return self._pool(identity).request(
            request.method,
            self._url(request),
            body=None if request.body is None else _encode(request.body),
            headers=self._headers(request, identity),
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(SILENCE_SECONDS, left)),
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def _wait_for_pace(self, this: _Try) -> None:
        """Keep the rates of this connection and of this thread's wait."""
        seconds = max((bucket.reserve() for bucket in (self._rate, self._bounds.pace) if bucket is not None), default=0.0)
        if seconds > 0:
            time.sleep(min(seconds, max(0.0, this.whole - time.monotonic())))
        if time.monotonic() >= this.whole:
            raise self._no_answer()

    def _pause(self, request: Request, this: _Try, retry_after: str | None, again: bool) -> bool:
        """Sleep before the next try. ``False``: there is none."""
        seconds = pause_seconds(this.attempt, retry_after)
        if not again or not this.may_repeat(seconds):
            return False
        time.sleep(seconds)
        return True

    def no_api(self, error: ClusterError) -> Unreachable:
        """The error for a server that serves no discovery."""
        host = self.connection.host
        return Unreachable(f"{host} is not an API server, since it serves no /api and /apis; check host.", helm=error.helm, host=host)

    def _no_answer(self) -> Unreachable:
        host = self.connection.host
        return Unreachable(f"The API server {host} did not respond in time; check the network, a firewall, or proxy.", host=host)

    def foreign(self, call: Call, what: str, request: Request | None = None, repeated: bool = False) -> ClusterError:
        """An answer that no API server gives."""
        host = self.connection.host
        unsure = request is not None and request.method not in ("GET",)
        then = "; it is not known whether the request was executed, run the task again" if unsure else "; try again"
        more: JsonObject = {"repeated": True} if repeated else {}
        return Unreachable(
            f"{host} responded to the request to {call.verb} {call.what} with {what}: the connection was interrupted, or host is a "
            f"proxy or a login page instead of an API server{then}.",
            host=host,
            verb=call.verb,
            object=call.what,
            **more,
        )

    def _url(self, request: Request) -> str:
        query = f"?{urlencode(request.query)}" if request.query else ""
        return f"{self.connection.server}{request.path}{query}"

    def _headers(self, request: Request, identity: Identity) -> Urllib3:
        headers = library().HTTPHeaderDict(
            {"Accept": request.accept, "User-Agent": dict(self.connection.proxy_headers).get("user_agent", USER_AGENT)}
        )
        headers["Accept-Encoding"] = "gzip"
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if identity.authorization:
            headers["Authorization"] = as_header(identity.authorization)
        for name, value in self.connection.impersonate:
            headers.add(name, as_header(value))
        return headers

    def _pool(self, identity: Identity) -> Urllib3:
        key = (os.getpid(), identity.certificate, identity.key)
        if key not in self._pools:
            self._pools = {key: self._make_pool(identity)}
        return self._pools[key]

    def _make_pool(self, identity: Identity) -> Urllib3:
        from .timed import with_deadlines

        urllib3 = library()
        connection = self.connection
        options: JsonObject = {"num_pools": 2, "maxsize": 64}  # one more at the same time is not kept open
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
            return with_deadlines(urllib3.PoolManager(**options))
        from .proxies import through_proxy

        return with_deadlines(through_proxy(urllib3, connection, options))


def library() -> Urllib3:
    """urllib3, when it is needed. Raises ``ClusterConfigError`` where it is missing."""
    try:
        import urllib3
        import urllib3.exceptions
    except ImportError as error:
        raise ClusterConfigError(
            "The Python package urllib3 (it comes with requests) is not installed on the host that runs the task; install it: pip "
            "install requests."
        ) from error
    return urllib3


def as_header(value: str) -> str:
    """A value as ``http.client`` sends it: its UTF-8 bytes, as Go sends them."""
    return value if value.isascii() else value.encode("utf-8", errors="surrogateescape").decode("latin-1")


def _encode(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", errors="surrogatepass")


def _end_of_try(request: Request, attempt: int, whole: float, silent: bool) -> float:
    """When a try ends: early enough for another, where another is safe and none was silent yet."""
    if not request.is_safe or silent or attempt == REPEATS:
        return whole
    now = time.monotonic()
    shortest = _SHORTEST_READ if request.method == "GET" else _SHORTEST_WRITE
    return min(whole, now + max(shortest, (whole - now) / 2))


def _with_secrets(call: Call, secrets: tuple[str, ...]) -> Call:
    return replace(call, secrets=call.secrets + secrets)


def _repeatable(request: Request, answer: _Answer, body: Json) -> bool:
    status = answer.status
    if is_about_the_object(status, body):
        return False
    if status == 409:
        return request.is_safe and not request.versioned and is_a_race(body)
    if status == 429 or (status >= 500 and answer.headers.get("Retry-After")):
        return True
    return request.is_safe and status in (500, 502, 503, 504)
