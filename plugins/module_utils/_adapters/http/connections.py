# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Sends requests over HTTP through ``requests``: TLS, proxies, deadlines, and errors in one sentence.

``requests`` is imported when it is first needed. ``~/.netrc`` is never read, and redirects are returned to the caller. A request has one
deadline for its headers and its whole body.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..._engine.aliases import Requests
from ..._engine.errors import OperatorError, RepositoryError
from ..._engine.plain_text import plain_text
from ..._engine.web import split_web, without_secrets
from .proxies import authorities, proxy_for

TIMEOUT = 120.0  # seconds for all of a request, as in Helm
CONNECT_SECONDS = 30.0
PIECE = 1 << 16
#: URLs that ``requests`` would leave as they are, which costs it as much as all else that it does to a request
_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?!\S*/\.)(?P<target>/(?!/)(?:[A-Za-z0-9._~/?=&:-]|%3D)*)(?<!\?)")


@dataclass(frozen=True)
class Access:
    """How to talk to one repository or registry.

    ``url`` is the one the credentials belong to; files are paths. ``plain_http``: for a registry, whose reference has no scheme.
    ``source``: the file that the credentials are stored in; empty: they are the task's own.
    """

    url: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure_skip_tls_verify: bool = False
    pass_credentials: bool = False
    plain_http: bool = False
    source: str = ""

    @property
    def secrets(self) -> set[str]:
        """Secrets that a server may repeat: the password, and what Basic authentication sends."""
        if not self.password:
            return set()
        sent = f"{self.username}:{self.password}".encode("utf-8", "surrogateescape")
        return {self.password, base64.b64encode(sent).decode("ascii")}


class Broken(RepositoryError):
    """The connection ended before the answer was complete: another try may succeed."""


class Limit:
    """A context that bounds everything in it: requests of this thread end when its seconds are over."""

    def __init__(self, seconds: float) -> None:
        from ..kube.timed import deadline

        self.seconds = seconds
        self.until = time.monotonic() + seconds
        self._deadline = deadline
        self._before = (deadline.until, deadline.silence)

    def __enter__(self) -> Limit:
        self._deadline.until, self._deadline.silence = self.until, self.seconds
        return self

    def __exit__(self, *_exception: object) -> None:
        self._deadline.until, self._deadline.silence = self._before

    @property
    def left(self) -> float:
        return self.until - time.monotonic()


class Connections:
    """The connections of one task.

    :param environ: the task's environment (proxies, certificate authorities).
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._session: Requests = None
        self._library: Requests = None
        self._last: tuple[tuple[object, ...], Requests] | None = None

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        access: Access,
        limit: Limit,
        *,
        body: bytes | None = None,
        credentials: tuple[bytes, bytes] | None = None,
    ) -> Requests:
        """Send one request. The answer is urllib3's, which is a context; its body is read with ``pieces``.

        :param access: the files and switches of TLS.
        :param credentials: for Basic authentication.
        :raises RepositoryError: there is no answer. ``Broken``: the server closed the connection.
        """
        session, library = self._open(), self._library
        _check_files(access)
        verify = not access.insecure_skip_tls_verify and (access.ca_file or authorities(self._environ) or True)
        cert = (access.cert_file, access.key_file) if access.cert_file and access.key_file else None
        left = max(limit.left, 0.001)
        try:
            # only what a request has here: the session would also look for its cookies, parameters and redirects
            request = library.PreparedRequest()
            request.method, request.body = method, body
            plain = _PLAIN.fullmatch(url)
            if plain:
                request.url = url
            else:
                request.prepare_url(url, None)
            request.prepare_headers({**session.headers, **headers})
            request.prepare_content_length(body)
            if credentials or "@" in url:
                request.prepare_auth(credentials, url)
            adapter = session.get_adapter(request.url)
            proxy = proxy_for(url, self._environ, library)
            proxies = {"http": proxy, "https": proxy} if proxy else {}
            pool = self._pool(adapter, request, verify, cert, proxies)
            adapter.cert_verify(pool, request.url, verify, cert)
            with contextlib.nullcontext() if verify else _without_warnings(library):
                return pool.request(
                    method,
                    plain["target"] if plain and not proxies else adapter.request_url(request, proxies),
                    body=body,
                    headers=request.headers,
                    redirect=False,
                    assert_same_host=False,
                    preload_content=False,
                    decode_content=False,
                    retries=adapter.max_retries,
                    timeout=library.packages.urllib3.Timeout(connect=min(left, CONNECT_SECONDS), read=left),
                )
        except (OSError, ValueError, library.packages.urllib3.exceptions.HTTPError) as error:
            raise self._failure(error, without_secrets(url), limit) from error

    def _pool(
        self, adapter: Requests, request: Requests, verify: bool | str, cert: tuple[str, str] | None, proxies: dict[str, str]
    ) -> Requests:
        """The pool of connections to the server of a request.

        The last one is remembered: most requests go to the server of the request before.
        """
        parts = split_web(request.url)
        key = (parts.scheme, parts.netloc, verify, cert, proxies)
        last = self._last  # read once: another thread may replace it, and a request must not go to the server of another
        if last is None or last[0] != key:
            if hasattr(adapter, "get_connection_with_tls_context"):
                found = adapter.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
            else:  # requests before 2.32
                found = adapter.get_connection(request.url, proxies)
            self._last = last = (key, found)
        return last[1]

    def pieces(self, answer: Requests, shown: str, limit: Limit, *, decode: bool = False) -> Iterator[bytes]:
        """The body of an answer, piece by piece.

        :param decode: whether a body that the server declares as compressed is unpacked.
        :raises RepositoryError: as ``send``.
        """
        try:
            yield from answer.stream(PIECE, decode_content=decode)
        except (OSError, ValueError, self._library.packages.urllib3.exceptions.HTTPError) as error:
            raise self._failure(error, shown, limit, "was interrupted") from error

    def _open(self) -> Requests:
        if self._session is None:
            from ..kube.timed import with_deadlines

            library: Requests = _requests()
            self._library = library

            class Adapter(library.adapters.HTTPAdapter):  # type: ignore[misc]
                """Connections that read until the deadline."""

                def init_poolmanager(self, *arguments: object, **options: object) -> None:
                    super().init_poolmanager(*arguments, **options)
                    with_deadlines(self.poolmanager)

                def proxy_manager_for(self, proxy: str, **options: object) -> Requests:
                    fresh = proxy not in self.proxy_manager
                    manager = super().proxy_manager_for(proxy, **options)
                    return with_deadlines(manager) if fresh else manager

            self._session = library.Session()
            self._session.trust_env = False
            self._session.headers["User-Agent"] = "windlass.charts"
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, Adapter())
        return self._session

    def _failure(self, error: BaseException, shown: str, limit: Limit, what: str = "cannot be reached") -> RepositoryError:
        if limit.left <= 0.05:
            return RepositoryError(f"{shown} timed out after {limit.seconds:g} s; try again later.", url=shown)
        problem = self._library.packages.urllib3.exceptions
        if isinstance(_nested(error) if isinstance(error, problem.MaxRetryError) else error, problem.SSLError):
            cause = _cause(error)
            if "WRONG_VERSION_NUMBER" in cause or "RECORD_LAYER_FAILURE" in cause or "record layer failure" in cause:
                return RepositoryError(f"{shown} does not answer in TLS ({cause}): it may be a server for plain HTTP.", url=shown)
            return RepositoryError(
                f"The TLS certificate of {shown} is not trusted: specify its CA, or correct the host name ({cause}).", url=shown
            )
        broken = _is_broken(error, problem.ProtocolError)
        if isinstance(error, self._library.RequestException) or not isinstance(error, OSError) or broken:
            return (Broken if broken else RepositoryError)(f"{shown} {what}: {_cause(error)}.", url=shown)
        return RepositoryError(f"{shown} cannot be requested: {plain_text(error)}.", url=shown)  # a CA or key file that is missing


def _check_files(access: Access) -> None:
    """Raises ``RepositoryError`` for a file of TLS that cannot be read.

    The messages of ``requests`` do not say which one it is.
    """
    for content, path in (("CA certificates", access.ca_file), ("client certificate", access.cert_file), ("client key", access.key_file)):
        if path:
            try:
                os.close(os.open(path, os.O_RDONLY))
            except (OSError, ValueError) as error:  # ValueError: a null byte
                why = getattr(error, "strerror", "") or plain_text(error)
                raise RepositoryError(f"The file of the {content}, {plain_text(path)}, cannot be read: {why}.", file=path) from error


@contextlib.contextmanager
def _without_warnings(library: Requests) -> Iterator[None]:
    """No warnings about certificates that are not verified."""
    with warnings.catch_warnings():  # which is not made for several threads, and thus only used where it is needed
        warnings.simplefilter("ignore", library.packages.urllib3.exceptions.InsecureRequestWarning)
        yield


def _requests() -> Requests:
    try:
        import requests
    except ImportError as error:
        raise OperatorError(
            "The Python library requests is not installed on the host that runs the task; install it with pip.", library="requests"
        ) from error
    return requests


def _is_broken(error: BaseException, protocol_error: type[BaseException]) -> bool:
    """Whether the server closed a connection that was open, within an answer or in place of one."""
    inner: BaseException | None = error
    for _level in range(8):
        if inner is None or isinstance(inner, ConnectionRefusedError):
            return False
        if isinstance(inner, (protocol_error, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
            return True
        inner = _nested(inner)
    return False


def _cause(error: BaseException) -> str:
    """The innermost reason in a few words: urllib3 wraps the system's."""
    inner: BaseException = error
    while (nested := _nested(inner)) is not None and nested is not error:
        inner = nested
    if isinstance(inner, OSError) and inner.strerror:
        return plain_text(inner.strerror, 200)
    text = str(inner)
    return plain_text(text.rpartition(": ")[2] if "object at 0x" in text else text, 200)


def _nested(error: BaseException) -> BaseException | None:
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    return next((a for a in error.args if isinstance(a, BaseException)), None) or error.__cause__
