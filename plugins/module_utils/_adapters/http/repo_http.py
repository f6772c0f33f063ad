# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""GET over HTTP for repositories and charts, through ``requests``.

Helm: ``pkg/getter/httpgetter.go``.

``requests`` is imported when it is first needed. Credentials are sent only to the scheme, host and port of the repository they belong to,
unless the user says otherwise; a redirect to another host drops them. They are in no message, and ``~/.netrc`` is never read. A read has
one deadline for all its tries, redirects, headers and its whole body. Answers are cached (``http_cache``) and revalidated, so that an index
of megabytes is transferred once. Offline, the cache is all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlunsplit

from ..._engine.aliases import Requests
from ..._engine.errors import RepositoryError
from ..._engine.plain_text import plain_text
from ..._engine.secret_texts import without_texts
from ..._engine.web import join, origin, split_web, without_secrets
from .connections import TIMEOUT, Access, Broken, Connections, Limit
from .http_cache import Bodies, Body, HttpCache
from .refusals import refused
from .retries import Later, is_transient, repeat
from .transfers import MAX_REDIRECTS, REDIRECTS, Gunzip, Sink

__all__ = ["Access", "Http", "without_secrets"]

MAX_BYTES = 512 * 1024 * 1024  # of one answer: an index of a huge museum has tens of megabytes, a chart at most 100
_RAW = {"Accept-Encoding": "identity"}
_PACKED = {"Accept-Encoding": "gzip"}
_GZIP = ("gzip", "x-gzip")


@dataclass
class _Answer:
    """Body and headers; ``unchanged``: the server says that what the caller has is still right."""

    data: bytes
    headers: Mapping[str, str]
    unchanged: bool = False


class Http:
    """One session for one task: connections are kept.

    Every method raises ``RepositoryError`` with one sentence.

    :param environ: the task's environment (``XDG_CACHE_HOME``, ``HOME``, proxies, certificate authorities).
    :param timeout: seconds for one read with all its tries and redirects.
    :param offline: nothing is requested; what is not in the cache is an error.
    :param warn: takes sentences for the user.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        timeout: float = TIMEOUT,
        *,
        offline: bool = False,
        warn: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._environ = environ
        self._timeout = timeout
        self._warn = warn
        self._connections = Connections(environ)
        self.offline = offline

    def get(self, url: str, access: Access, accept: str = "") -> bytes:
        """The body as it is sent: an archive that a server declares as compressed is not unpacked, as in Helm."""
        if self.offline:
            raise not_cached(url)
        return self._answer(url, access, {**_RAW, **({"Accept": accept} if accept else {})}).data

    def get_cached(self, url: str, access: Access) -> Body:
        """The body, from the cache where the server says that it has not changed."""
        return self._cached(url, access, _PACKED, HttpCache(self._environ, _identity(url, access)))

    def get_archive(self, url: str, access: Access, accept: str, bodies: Bodies) -> Body:
        """As ``get``, revalidated as ``get_cached``.

        :param bodies: where archives are stored.
        """
        cache = HttpCache(self._environ, ("archive", *_identity(url, access)), bodies)
        return self._cached(url, access, {**_RAW, "Accept": accept}, cache)

    def _cached(self, url: str, access: Access, headers: Mapping[str, str], cache: HttpCache) -> Body:
        split_web(url)
        cached = cache.read()
        if self.offline:
            if cached is None:
                raise not_cached(url)
            return cached[0]
        answer = self._answer(url, access, {**headers, **(cached[1] if cached else {})})
        if answer.unchanged and cached is not None:
            return cached[0]
        return cache.write(answer.data, answer.headers)

    def _answer(self, url: str, access: Access, headers: Mapping[str, str]) -> _Answer:
        """What the server sends.

        A stored login that it refuses is left out once: it must not hide a public repository.
        """
        credentials = _credentials(url, access)
        try:
            return self._in_tries(url, access, headers, credentials)
        except RepositoryError as error:
            if credentials is None or not access.source or error.fields.get("status") not in (401, 403):
                raise
            try:
                answer = self._in_tries(url, access, headers, None)
            except RepositoryError:
                raise error from None
        host = without_secrets(urlunsplit((*split_web(url)[:2], "", "", "")))
        self._warn(f"{host} refused the credentials from {access.source}, and was read without them; update or remove them.")
        return answer

    def _in_tries(self, url: str, access: Access, headers: Mapping[str, str], credentials: tuple[bytes, bytes] | None) -> _Answer:
        split_web(url)
        with Limit(self._timeout) as limit:
            sink = Sink(MAX_BYTES)
            read = _Read(self._connections, access, headers, credentials, sink, limit)
            return repeat(lambda: read.once(url), limit, sink.progress)


class _Read:
    """One body, in one or more tries.

    A transfer of raw bytes that breaks is resumed, if the server says by which ETag or date the bytes are the same.
    """

    def __init__(
        self,
        connections: Connections,
        access: Access,
        headers: Mapping[str, str],
        credentials: tuple[bytes, bytes] | None,
        sink: Sink,
        limit: Limit,
    ) -> None:
        self._connections = connections
        self._access = access
        self._headers = headers
        self._credentials = credentials
        self._sink = sink
        self._limit = limit
        self._raw = headers.get("Accept-Encoding") == "identity"
        self._validator = ""

    def once(self, url: str) -> _Answer:
        """One try, with its redirects."""
        first, credentials = split_web(url), self._credentials
        for _redirect in range(MAX_REDIRECTS):
            shown = without_secrets(url)
            resumed = self._sink.headers()
            headers = {**self._headers, **resumed, **({"If-Range": self._validator} if resumed else {})}
            with self._connections.send("GET", url, headers, self._access, self._limit, credentials=credentials) as answer:
                if answer.status not in REDIRECTS or not answer.headers.get("Location"):
                    return self._result(answer, shown, credentials is not None)
                url = join(url, location(answer.headers["Location"]))
            if not _same_server(first, split_web(url)):
                credentials = None
        raise RepositoryError(f"{without_secrets(url)} has more than {MAX_REDIRECTS} redirects.", url=without_secrets(url))

    def _result(self, answer: Requests, shown: str, sent: bool) -> _Answer:
        status, headers = answer.status, answer.headers
        if status == 304 and ("If-None-Match" in self._headers or "If-Modified-Since" in self._headers):
            return _Answer(b"", headers, unchanged=True)
        if status == 416 and self._sink.data:
            self._sink.data.clear()
            raise Broken(f"{shown} refused to resume the transfer.", url=shown)
        if status != 200 and not (status == 206 and self._sink.data):
            error = refused(shown, status, plain_text(self._masked(answer.reason or ""), 100), self._access, sent)
            if is_transient(status):
                raise Later(error, headers)
            raise error
        content_range = headers.get("Content-Range", "") if status == 206 else ""
        self._sink.begin(status, content_range)
        if status == 206 and not self._sink.data:
            raise Broken(f"{shown} sent another part than the one that was requested.", url=shown)
        self._validator = _validator(headers)
        self._sink.resumable = self._raw and bool(self._validator)
        gunzip = Gunzip(shown) if not self._raw and headers.get("Content-Encoding", "").strip().lower() in _GZIP else None
        for piece in self._connections.pieces(answer, shown, self._limit, decode=not self._raw and gunzip is None):
            for part in gunzip.feed(piece) if gunzip else (piece,):
                self._sink.take(part, shown)
        self._check_length(answer, content_range, shown)
        if gunzip:
            gunzip.finish()
        return _Answer(bytes(self._sink.data), headers)

    def _check_length(self, answer: Requests, content_range: str, shown: str) -> None:
        """Raises ``Broken`` for a body that is shorter than the server says.

        Not every version of urllib3 checks it.
        """
        got, stated = answer.tell(), answer.headers.get("Content-Length", "")
        if stated.isdigit() and got != int(stated):
            raise Broken(f"The download of {shown} was interrupted after {got} of {stated} bytes; try again later.", url=shown)
        got, stated = len(self._sink.data), content_range.rpartition("/")[2]
        if stated.isdigit() and got != int(stated):
            self._sink.data.clear()
            raise Broken(f"The parts of {shown} have {got} bytes together, and the whole has {stated}; try again later.", url=shown)

    def _masked(self, text: str) -> str:
        """A text of the server's without the password, which it may repeat."""
        return without_texts(text, self._access.secrets)


def _validator(headers: Mapping[str, str]) -> str:
    """What ``If-Range`` compares: a strong ETag, else the date; empty: the server has neither."""
    tag = headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return "" if tag else headers.get("Last-Modified", "")


def not_cached(url: str) -> RepositoryError:
    """The error for what is needed offline and is not in the cache."""
    shown = without_secrets(url)
    return RepositoryError(f"{shown} is not in the cache, and offline is set; run the task once without offline on this host.", url=shown)


def _identity(url: str, access: Access) -> tuple[str, ...]:
    """What an answer depends on. Only a digest of it is written."""
    return url, access.username, access.password, access.cert_file


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
