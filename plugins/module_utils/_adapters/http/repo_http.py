# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""GET over HTTP for repositories and charts, through ``requests``.

Helm: ``pkg/getter/httpgetter.go``.

``requests`` is imported when it is first needed. Credentials are sent only to the scheme, host and port of the repository they belong to,
unless the user says otherwise; a redirect to another host drops them. They are in no message, and ``~/.netrc`` is never read. A request
has one deadline for all its redirects, its headers and its whole body. Answers with an ETag or a date are cached (``http_cache``), so that
an index of megabytes is transferred once.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult

from ..._engine.errors import OperatorError, RepositoryError
from ..._engine.plain_text import plain_text
from ..._engine.web import join, origin, split_web, without_secrets
from .http_cache import HttpCache
from .proxies import authorities, proxy_for

__all__ = ["Access", "Http", "without_secrets"]

TIMEOUT = 120.0  # seconds for all of a request, as in Helm
CONNECT_SECONDS = 30.0
MAX_BYTES = 512 * 1024 * 1024  # of one answer: an index of a huge museum has tens of megabytes, a chart at most 100
MAX_REDIRECTS = 10  # as in Go
_REDIRECTS = (301, 302, 303, 307, 308)
_PIECE = 1 << 16


@dataclass(frozen=True)
class Access:
    """How to talk to one repository. ``url`` is the one the credentials belong to; files are paths."""

    url: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure_skip_tls_verify: bool = False
    pass_credentials: bool = False


class Http:
    """One session for one task: connections are kept.

    Every method raises ``RepositoryError`` with one sentence.

    :param environ: the task's environment (``XDG_CACHE_HOME``, ``HOME``, proxies, certificate authorities).
    :param timeout: seconds for one request with all its redirects.
    """

    def __init__(self, environ: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        self._environ = environ
        self._timeout = timeout
        self._session: Any = None

    def get(self, url: str, access: Access, accept: str = "") -> bytes:
        """The body as it is sent: an archive that a server declares as compressed is not unpacked, as in Helm."""
        headers = {"Accept-Encoding": "identity", **({"Accept": accept} if accept else {})}
        return self._fetch(url, access, headers)[0]

    def get_cached(self, url: str, access: Access) -> bytes:
        """The body, from the cache where the server says that it has not changed."""
        cache = HttpCache(self._environ, (url, access.username, access.password))
        cached = cache.read()
        body, headers = self._fetch(url, access, cached[1] if cached else {})
        if headers is None and cached is not None:
            return cached[0]
        cache.write(body, headers or {})
        return body

    def _fetch(self, url: str, access: Access, headers: Mapping[str, str]) -> tuple[bytes, Mapping[str, str] | None]:
        """Body and headers; headers ``None`` means 304, not modified."""
        split_web(url)
        library = _requests()
        request = _Request(self._open(library), library, access, self._environ, self._timeout)
        try:
            return request.run(url, headers)
        finally:
            request.end()

    def _open(self, library: Any) -> Any:
        if self._session is None:
            from ..kube.timed import with_deadlines

            class Adapter(library.adapters.HTTPAdapter):  # type: ignore[misc]
                """Connections that read until the deadline."""

                def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
                    super().init_poolmanager(*arguments, **options)
                    with_deadlines(self.poolmanager)

                def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
                    fresh = proxy not in self.proxy_manager
                    manager = super().proxy_manager_for(proxy, **options)
                    return with_deadlines(manager) if fresh else manager

            self._session = library.Session()
            self._session.trust_env = False
            self._session.headers["User-Agent"] = "windlass.charts"
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, Adapter())
        return self._session


class _Request:
    """One request with its redirects."""

    def __init__(self, session: Any, library: Any, access: Access, environ: Mapping[str, str], timeout: float) -> None:
        from ..kube.timed import deadline

        self._session = session
        self._library = library
        self._access = access
        self._environ = environ
        self._timeout = timeout
        self._deadline = deadline
        self._before = (deadline.until, deadline.silence)
        self._until = deadline.until = time.monotonic() + timeout
        deadline.silence = timeout

    def end(self) -> None:
        self._deadline.until, self._deadline.silence = self._before

    def run(self, url: str, headers: Mapping[str, str]) -> tuple[bytes, Mapping[str, str] | None]:
        first = split_web(url)
        credentials = _credentials(url, self._access)
        for _redirect in range(MAX_REDIRECTS):
            shown = without_secrets(url)
            with self._answer(url, headers, credentials, shown) as answer:
                if answer.status_code not in _REDIRECTS or not answer.headers.get("Location"):
                    return self._result(answer, shown, "Accept-Encoding" in headers)
                url = join(url, _location(answer.headers["Location"]))
            if not _same_server(first, split_web(url)):
                credentials = None
        raise RepositoryError(f"{without_secrets(url)} has more than {MAX_REDIRECTS} redirects.", url=without_secrets(url))

    def _answer(self, url: str, headers: Mapping[str, str], credentials: tuple[bytes, bytes] | None, shown: str) -> Any:
        access = self._access
        proxy = proxy_for(url, self._environ, self._library)
        verify = not access.insecure_skip_tls_verify and (access.ca_file or authorities(self._environ) or True)
        left = max(self._until - time.monotonic(), 0.001)
        try:
            request = self._session.prepare_request(self._library.Request("GET", url, headers=dict(headers), auth=credentials))
            with warnings.catch_warnings():
                if not verify:
                    warnings.simplefilter("ignore", self._library.packages.urllib3.exceptions.InsecureRequestWarning)
                # by the adapter, as the session looks at redirects even where it does not follow them
                return self._session.get_adapter(request.url).send(
                    request,
                    verify=verify,
                    cert=(access.cert_file, access.key_file) if access.cert_file and access.key_file else None,
                    proxies={"http": proxy, "https": proxy} if proxy else {},
                    timeout=(min(left, CONNECT_SECONDS), left),
                    stream=True,
                )
        except (OSError, ValueError, self._library.packages.urllib3.exceptions.HTTPError) as error:
            raise self._failure(error, shown) from error

    def _result(self, answer: Any, shown: str, raw: bool) -> tuple[bytes, Mapping[str, str] | None]:
        if answer.status_code == 304:
            return b"", None
        if answer.status_code != 200:
            raise _refused(shown, answer.status_code, plain_text(answer.reason or "", 100))
        parts, size = [], 0
        try:
            for part in answer.raw.stream(_PIECE, decode_content=not raw):
                size += len(part)
                if size > MAX_BYTES:
                    raise RepositoryError(
                        (f"{shown} returned more than {MAX_BYTES >> 20} MiB, which is too large for a chart or an index."), url=shown
                    )
                parts.append(part)
        except (OSError, ValueError, self._library.packages.urllib3.exceptions.HTTPError) as error:
            raise self._failure(error, shown, "was interrupted") from error
        stated = answer.headers.get("Content-Length", "")
        if raw and stated.isdigit() and int(stated) != size:
            raise RepositoryError(f"The download of {shown} was interrupted after {size} of {stated} bytes; try again later.", url=shown)
        return b"".join(parts), answer.headers

    def _failure(self, error: BaseException, shown: str, what: str = "cannot be reached") -> RepositoryError:
        if time.monotonic() >= self._until - 0.05:
            return RepositoryError(f"{shown} timed out after {self._timeout:g} s; try again later.", url=shown)
        problem = self._library.exceptions
        if isinstance(error, problem.SSLError):
            return RepositoryError(
                f"The TLS certificate of {shown} is not trusted: specify its CA, or correct the host name ({_cause(error)}).", url=shown
            )
        if isinstance(error, problem.RequestException) or not isinstance(error, OSError):
            return RepositoryError(f"{shown} {what}: {_cause(error)}.", url=shown)
        return RepositoryError(f"{shown} cannot be requested: {plain_text(error)}.", url=shown)  # a CA or key file that is missing


def _requests() -> Any:
    try:
        import requests
    except ImportError as error:
        raise OperatorError(
            "The Python library requests is not installed on the host that runs the task; install it with pip.", library="requests"
        ) from error
    return requests


def _credentials(url: str, access: Access) -> tuple[bytes, bytes] | None:
    """User name and password for a URL: both or none (Helm: ``HTTPGetter.get``).

    The repository's are sent to its own host only; otherwise those in the URL are used, which belong to it.
    """
    if not (access.username and access.password):
        return None
    if access.pass_credentials or (access.url and origin(split_web(access.url)) == origin(split_web(url))):
        return access.username.encode("utf-8", "surrogateescape"), access.password.encode("utf-8", "surrogateescape")
    return None


def _same_server(first: SplitResult, now: SplitResult) -> bool:
    """Whether credentials for one URL may be sent to another.

    That is the same server, or its HTTPS side on the usual port.
    """
    if origin(first) == origin(now):
        return True
    return (first.hostname, origin(first)[2], *origin(now)) == (now.hostname, 80, "https", now.hostname, 443) and first.scheme == "http"


def _location(header: str) -> str:
    """Where a redirect leads: header texts are latin-1 in Python, while servers write UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _refused(url: str, status: int, reason: str) -> RepositoryError:
    hint = {
        401: "check the credentials",
        403: "the credentials do not allow this",
        404: "the file does not exist; check the URL and the version",
    }.get(status, "try again later" if status >= 500 or status == 429 else "check the URL")
    return RepositoryError(
        f"{url} returned {status} {reason}: {hint}.".replace("  ", " "),
        helm=f"failed to fetch {url} : {status} {reason}",
        url=url,
        status=status,
    )


def _cause(error: BaseException) -> str:
    """The innermost reason in a few words: requests wraps urllib3, which wraps the system's."""
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
