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

from collections.abc import Mapping
from urllib.parse import SplitResult

from ..._engine.aliases import Requests
from ..._engine.errors import RepositoryError
from ..._engine.plain_text import plain_text
from ..._engine.web import join, origin, split_web, without_secrets
from .connections import TIMEOUT, Access, Connections, Limit
from .http_cache import HttpCache

__all__ = ["Access", "Http", "without_secrets"]

MAX_BYTES = 512 * 1024 * 1024  # of one answer: an index of a huge museum has tens of megabytes, a chart at most 100
MAX_REDIRECTS = 10  # as in Go
_REDIRECTS = (301, 302, 303, 307, 308)


class Http:
    """One session for one task: connections are kept.

    Every method raises ``RepositoryError`` with one sentence.

    :param environ: the task's environment (``XDG_CACHE_HOME``, ``HOME``, proxies, certificate authorities).
    :param timeout: seconds for one request with all its redirects.
    """

    def __init__(self, environ: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        self._environ = environ
        self._timeout = timeout
        self._connections = Connections(environ)

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
        first = split_web(url)
        credentials = _credentials(url, access)
        with Limit(self._timeout) as limit:
            for _redirect in range(MAX_REDIRECTS):
                shown = without_secrets(url)
                with self._connections.send("GET", url, headers, access, limit, credentials=credentials) as answer:
                    if answer.status_code not in _REDIRECTS or not answer.headers.get("Location"):
                        return self._result(answer, shown, "Accept-Encoding" in headers, limit)
                    url = join(url, location(answer.headers["Location"]))
                if not _same_server(first, split_web(url)):
                    credentials = None
        raise RepositoryError(f"{without_secrets(url)} has more than {MAX_REDIRECTS} redirects.", url=without_secrets(url))

    def _result(self, answer: Requests, shown: str, raw: bool, limit: Limit) -> tuple[bytes, Mapping[str, str] | None]:
        if answer.status_code == 304:
            return b"", None
        if answer.status_code != 200:
            raise _refused(shown, answer.status_code, plain_text(answer.reason or "", 100))
        parts, size = [], 0
        for part in self._connections.pieces(answer, shown, limit, decode=not raw):
            size += len(part)
            if size > MAX_BYTES:
                raise RepositoryError(
                    (f"{shown} returned more than {MAX_BYTES >> 20} MiB, which is too large for a chart or an index."), url=shown
                )
            parts.append(part)
        stated = answer.headers.get("Content-Length", "")
        if raw and stated.isdigit() and int(stated) != size:
            raise RepositoryError(f"The download of {shown} was interrupted after {size} of {stated} bytes; try again later.", url=shown)
        return b"".join(parts), answer.headers


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


def location(header: str) -> str:
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
