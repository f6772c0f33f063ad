# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads one repository of an OCI registry: manifests, blobs, tags (OCI distribution specification).

Everything is bounded: bytes, redirects, pages, tries, and one deadline for each read with its redirects, tokens and tries. Nothing is
returned whose digest is not the one that was requested. Credentials are sent to the registry's own scheme, host and port, and to its token
server; a redirect elsewhere, such as to the storage of the blobs, drops them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from ..._engine.aliases import Requests
from ..._engine.errors import ChartNotFound, EngineError, RepositoryError
from ..._engine.oci.challenges import MAX_ANSWER, parse_challenge, repository_scope
from ..._engine.oci.logins import Login
from ..._engine.oci.manifests import ACCEPT, INDEX, MAX_MANIFEST, Descriptor
from ..._engine.oci.references import Reference, is_digest
from ..._engine.plain_text import plain_text
from ..._engine.secret_texts import without_texts
from ..._engine.web import join, origin, split_web, without_secrets
from ..http.connections import TIMEOUT, Access, Broken, Connections, Limit
from ..http.repo_http import location
from ..http.retries import TRIES, Later, is_transient, pause, repeat
from ..http.transfers import MAX_REDIRECTS, REDIRECTS, Sink
from .authorization import Authorization
from .refusals import refused

_MAX_PAGES = 1000
_MAX_TAGS = 200_000
_MAX_PAGE = 16 << 20  # bytes of one page of tags: some registries send all tags in one
_ERROR_BYTES = 64 << 10
_OPTION = "chart_repo_username"
_NEXT = re.compile(r"""<([^<>]{1,4000})>\s*(?:;[^,<>]{0,200}?)?;\s*rel\s*=\s*"?next\b""")
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.){1,400})"')


@dataclass(frozen=True)
class Fetched:
    """A manifest's bytes and their digest."""

    data: bytes
    digest: str


class Repository:
    """One repository, as one task reads it.

    :param access: TLS, ``plain_http``, and the task's own credentials.
    :param find_login: the user's stored login, where the task has no credentials; looked for when the registry wants one.
    :param warn: takes sentences for the user.
    :param actions: that tokens are requested for.
    :param option: the option with the task's user name, for messages.
    """

    def __init__(
        self,
        reference: Reference,
        access: Access,
        environ: Mapping[str, str],
        find_login: Callable[[], Login],
        warn: Callable[[str], None],
        *,
        timeout: float = TIMEOUT,
        actions: tuple[str, ...] = ("pull",),
        option: str = _OPTION,
    ) -> None:
        self.reference = reference
        self._access = access
        self._warn = warn
        self._timeout = timeout
        self._option = option
        self._connections = Connections(environ)
        self._limit = Limit(timeout)
        own = Login(access.username, access.password, option=option)
        find = find_login if own.is_empty else lambda: own
        scopes = [repository_scope(reference.repository, *actions)] if reference.repository else []
        self._authorization = Authorization(reference, find, self._send_for_token, scopes)
        self._root = f"{'http' if access.plain_http else 'https'}://{reference.host}"

    def ping(self) -> None:
        """Check that the registry answers and accepts the credentials, if it wants any.

        :raises RepositoryError: it does not.
        """
        try:
            self._read_url(f"{self._root}/v2/", {"Accept": "application/json"}, Sink(_ERROR_BYTES), self._place())
        except ChartNotFound as error:
            raise RepositoryError(f"{self.reference.registry} is not an OCI registry: it has no path /v2/.", helm=error.helm) from error

    def manifest(self, at: str) -> Fetched:
        """The manifest with a tag or a digest.

        :raises ChartNotFound: there is none. ``RepositoryError``: the registry fails or refuses, or sends other bytes than it should.
        """
        wanted = self._place(digest=at) if is_digest(at) else self._place(tag=at)
        shown = str(wanted)
        sink = Sink(MAX_MANIFEST)
        headers = self._read(f"/manifests/{at}", {"Accept": ACCEPT}, sink, wanted)
        data = bytes(sink.data)
        digest = digest_of(data)
        stated = headers.get("Docker-Content-Digest", "").strip()
        expected = at if is_digest(at) else (stated if is_digest(stated) else digest)
        if digest != expected:
            raise RepositoryError(
                f"The manifest of {shown} does not match its digest: the registry sent bytes with {digest} where {expected} is due; "
                "a proxy may change them.",
                url=shown,
            )
        return Fetched(data, digest)

    def blob(self, descriptor: Descriptor, most: int) -> bytes:
        """The bytes of a blob, whose size and digest are those of its descriptor.

        :param most: bytes that it may have.
        :raises RepositoryError: as ``manifest``.
        """
        wanted = self._place(digest=descriptor.digest)
        shown = str(wanted)
        if descriptor.size > most:
            raise RepositoryError(
                f"{shown} has {descriptor.size} bytes, and at most {most} are allowed, as Helm would load no larger chart.", url=shown
            )
        for again in (True, False):
            sink = Sink(descriptor.size, resumable=True)
            self._read(f"/blobs/{descriptor.digest}", {}, sink, wanted)
            data = bytes(sink.data)
            if digest_of(data) == descriptor.digest:
                return data
            if not (again and sink.resumed):  # parts that do not fit together may be the fault of the resumption
                break
        raise RepositoryError(
            f"{shown} does not match its digest: the registry sent {len(data)} bytes with {digest_of(data)}; try again, and if it happens "
            "again, the blob in the registry is damaged.",
            url=shown,
        )

    def tags(self) -> list[str]:
        """All tags, from all pages; none where the repository does not exist.

        :raises RepositoryError: as ``manifest``.
        """
        place = self._place()
        found: list[str] = []
        pages = self._pages("/tags/list", {"Accept": "application/json"}, _MAX_PAGE, place, "tags")
        try:
            for page in pages:
                found += _tags(page, place)
                if len(found) >= _MAX_TAGS:
                    break
        except EngineError as error:
            if error.fields.get("repository") and not found:  # NAME_UNKNOWN, or another 404
                return []
            raise
        return found

    def referrers(self, digest: str) -> Iterator[bytes]:
        """The manifests that refer to another one, by the referrers API: an index for each page.

        :raises ChartNotFound: the registry has no such API. ``RepositoryError``: as ``manifest``.
        """
        return self._pages(f"/referrers/{digest}", {"Accept": INDEX}, MAX_MANIFEST, self._place(digest=digest), "referrers")

    def _pages(self, first: str, headers: Mapping[str, str], most: int, place: Reference, what: str) -> Iterator[bytes]:
        """The pages of a list.

        :param most: bytes of one page.
        :param what: the entries of the list, for messages.
        """
        path = first
        seen: set[str] = set()
        while path not in seen and len(seen) < _MAX_PAGES:
            seen.add(path)
            sink = Sink(most)
            found = self._read(path, headers, sink, place)
            yield bytes(sink.data)
            link = _NEXT.search(found.get("Link", ""))
            if link is None:
                return
            path = self._next(link[1], path, first, what)

    def _next(self, link: str, path: str, first: str, what: str) -> str:
        """The path and query of the next page, below the repository.

        The host in a link may be an internal name of the registry's.
        """
        base = f"{self._root}/v2/{self.reference.repository}"
        parts = urlsplit(join(f"{base}{path}", link))
        following = urlunsplit(("", "", parts.path, parts.query, ""))
        if parts.path != f"/v2/{self.reference.repository}{first}":
            raise RepositoryError(
                f"The list of {what} of {self.reference.place} continues at {plain_text(following, 100)}, which is not a list of its "
                f"{what}."
            )
        return following.removeprefix(f"/v2/{self.reference.repository}")

    # --- one read: tries, authorization, redirects

    def _read(self, path: str, headers: Mapping[str, str], sink: Sink, wanted: Reference) -> Mapping[str, str]:
        """Reads a body whole into the sink and returns the headers of its answer."""
        return self._read_url(f"{self._root}/v2/{self.reference.repository}{path}", headers, sink, wanted)

    def _read_url(self, url: str, headers: Mapping[str, str], sink: Sink, wanted: Reference) -> Mapping[str, str]:
        with self._masking(), Limit(self._timeout) as limit:
            self._limit = limit
            return repeat(
                lambda: self._try(url, {"Accept-Encoding": "identity", **headers, **sink.headers()}, sink, wanted),
                limit,
                sink.progress,
            )

    @contextlib.contextmanager
    def _masking(self) -> Iterator[None]:
        """Removes the credentials from errors, whose texts may be the server's."""
        try:
            yield
        except EngineError as error:
            error.message, error.helm = self._masked(error.message), None if error.helm is None else self._masked(error.helm)
            error.args = (error.message,)
            raise

    def _masked(self, text: str) -> str:
        """A text without the credentials, which a server may repeat, and with the names of the task's options."""
        if self._option != _OPTION:
            text = text.replace(_OPTION, self._option).replace(_password(_OPTION), _password(self._option))
        return without_texts(text, self._authorization.secrets)

    def _place(self, tag: str = "", digest: str = "") -> Reference:
        return Reference(self.reference.registry, self.reference.repository, tag, digest)

    def _try(self, url: str, headers: Mapping[str, str], sink: Sink, wanted: Reference) -> Mapping[str, str]:
        answer = self._authorized(url, headers)
        shown = without_secrets(answer.url)
        self._note_warnings(answer.headers)
        if answer.response is None:
            if answer.status == 416 and sink.data:  # no bytes after those that are here: they are not what they should be
                sink.data.clear()
                raise Broken(f"{shown} refused to resume the transfer.", url=shown)
            error = refused(wanted, answer.status, answer.body, self._authorization.login, shown)
            if is_transient(answer.status):
                raise Later(error, answer.headers)
            raise error
        with answer.response:
            sink.begin(answer.status, answer.headers.get("Content-Range", ""))
            for piece in self._connections.pieces(answer.response, shown, self._limit):
                sink.take(piece, shown)
            stated = answer.headers.get("Content-Length", "")
            if stated.isdigit() and answer.status == 200 and int(stated) != len(sink.data):
                raise Broken(f"The download of {shown} was interrupted after {len(sink.data)} of {stated} bytes.", url=shown)
            return answer.headers

    def _authorized(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer, after the registry got the credentials that it demands.

        If it refuses a stored login, it is read without one.
        """
        answer = self._challenged(url, headers)
        login = self._authorization.login
        if answer.status in (401, 403) and login is not None and login.source and same_server(url, answer.url):
            return self._without_login(url, headers, login) or answer
        return answer

    def _without_login(self, url: str, headers: Mapping[str, str], login: Login) -> Answer | None:
        """The answer without a stored login; ``None`` where that is a refusal too.

        A login that is out of date must not hide public charts.
        """
        self._authorization.drop_login()
        try:
            answer = self._challenged(url, headers)
        except RepositoryError:
            answer = None
        if answer is None or answer.status in (401, 403):
            self._authorization.take_login()
            return None
        self._warn(
            f"The registry {self.reference.registry} refused the login from {login.source}, and {self.reference.place} was read without "
            "it; update or remove that login."
        )
        return answer

    def _challenged(self, url: str, headers: Mapping[str, str], method: str = "GET", body: bytes | None = None) -> Answer:
        """The answer to a request. It is sent again, once, if the registry wants credentials or a token.

        A redirect of a write is returned: it must not become a read.
        """
        header = self._authorization.header()
        follows = method in ("GET", "HEAD")
        answer = self._follow(method, url, {**headers, **({"Authorization": header} if header else {})}, body, follows=follows)
        if answer.status != 401 or not same_server(url, answer.url):
            return answer
        challenge = parse_challenge(answer.headers.get("WWW-Authenticate", ""))
        try:
            response = self._authorization.respond(challenge, url)
        except RepositoryError as error:
            login = self._authorization.login
            without = None
            if login is not None and login.source and error.fields.get("status") in (401, 403):
                without = self._without_login(url, headers, login)
            if without is None:
                raise
            return without
        return self._follow(method, url, {**headers, "Authorization": response}, body, follows=follows) if response else answer

    def _follow(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, follows: bool = True) -> Answer:
        """The answer after redirects. The body of a refusal is read, so that the connection can be used again."""
        sent = dict(headers)
        for _redirect in range(MAX_REDIRECTS):
            try:
                response = self._connections.send(method, url, sent, self._access, self._limit, body=body)
            except RepositoryError as error:
                raise self._hinted(error) from error
            status, found = response.status, response.headers
            if status in (200, 206):
                return Answer(status, found, url, response=response)
            with response:
                # masked before a message cuts a long token
                text = self._masked(self._beginning(response, without_secrets(url), _ERROR_BYTES).decode("latin-1")).encode("latin-1")
            if not follows or status not in REDIRECTS or not found.get("Location"):
                return Answer(status, found, url, text)
            following = join(url, location(found["Location"]))
            shown = without_secrets(following)
            if url.startswith("https:") and split_web(following).scheme == "http":
                raise RepositoryError(
                    f"{without_secrets(url)} leads from https to {shown}, which is not secure; it was not followed.", url=shown
                )
            if not same_server(url, following):
                sent.pop("Authorization", None)
                if body is not None:
                    raise RepositoryError(f"{without_secrets(url)} leads to {shown}; credentials are not sent there.", url=shown)
            url = following
        raise RepositoryError(f"{without_secrets(url)} has more than {MAX_REDIRECTS} redirects.", url=without_secrets(url))

    def _hinted(self, error: RepositoryError) -> RepositoryError:
        """The same error, with the option that may help."""
        if "does not answer in TLS" in error.message:
            return RepositoryError(
                f"The registry {self.reference.registry} does not answer in TLS; if it is meant to use plain HTTP, set plain_http.",
                helm="http: server gave HTTP response to HTTPS client",
                **error.fields,
            )
        return error

    def _send_for_token(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        """Sends a request to a token server, within the limit of the read that needs the token."""
        attempt = 0
        while True:
            try:
                answer = self._follow(method, url, {"Accept-Encoding": "identity", "Accept": "application/json", **headers}, body)
                if answer.response is not None:
                    with answer.response:
                        return answer.status, self._beginning(answer.response, without_secrets(answer.url), MAX_ANSWER)
                wait = pause(attempt, answer.headers)
                if not is_transient(answer.status) or attempt + 1 >= TRIES or wait >= self._limit.left:
                    return answer.status, answer.body
            except Broken:
                wait = pause(attempt)
                if attempt + 1 >= TRIES or wait >= self._limit.left:
                    raise
            time.sleep(wait)
            attempt += 1

    def _beginning(self, response: Requests, shown: str, most: int) -> bytes:
        """The first bytes of a body that is short."""
        data = b""
        for piece in self._connections.pieces(response, shown, self._limit):
            data += piece
            if len(data) > most:
                break
        return data[:most]

    def _note_warnings(self, headers: Mapping[str, str]) -> None:
        """Passes on what a registry wants its users to know (``Warning: 299 - "..."``)."""
        for text in _WARNING.findall(headers.get("Warning", ""))[:3]:
            self._warn(f"The registry {self.reference.registry} says: {plain_text(self._masked(location(text)), 300)}")


@dataclass
class Answer:
    """An answer after redirects: open where it is a success (``response``), else with its body."""

    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes = b""
    response: Requests = None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def _password(option: str) -> str:
    """The option with the password that belongs to a user name."""
    return option.replace("username", "password")


def same_server(first: str, second: str) -> bool:
    """Whether two URLs have the same scheme, host and port."""
    return origin(split_web(first)) == origin(split_web(second))


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _tags(data: bytes, place: Reference) -> list[str]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("tags", []), (list, type(None))):
        raise RepositoryError(
            f"{place.place} did not return a list of tags; check that {place.registry} is an OCI registry.", url=place.place
        )
    return [tag for tag in document.get("tags") or [] if isinstance(tag, str)]
