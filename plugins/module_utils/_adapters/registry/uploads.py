# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes to one repository of an OCI registry, and removes from it (OCI distribution specification).

A blob is sent in one request. If that breaks, the registry is asked how much of it has arrived, and the rest is sent as a chunk; a session
that the registry does not know any more is started again. Writes are never redirected. Credentials are sent to the registry alone, also
if it takes uploads at another host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from ..._engine.errors import ChartNotFound, EngineError, OperatorError, RepositoryError
from ..._engine.oci.logins import Login
from ..._engine.oci.manifests import ACCEPT, Descriptor
from ..._engine.oci.references import Reference, is_digest
from ..._engine.web import join, split_web, without_secrets
from ..http.connections import Broken, Limit
from ..http.repo_http import location
from ..http.retries import Later, is_transient, repeat
from .refusals import not_deletable, push_refused
from .repository import Answer, Fetched, Repository, digest_of, same_server

_OCTETS = "application/octet-stream"
#: bytes a second that the slowest connection is expected to send
_SLOWEST = 50_000
#: bytes of a blob that are rather sent twice than looked for
_SMALL = 1 << 20
_RANGE = re.compile(r"(?:bytes=)?0-([0-9]{1,15})\Z")
#: answers to the parts of an upload after which it is started again: its session has ended, or has other bytes than expected
_LOST = (404, 416)
#: the same, where the upload was resumed: some registries do not take parts
_NOT_RESUMED = (400, 405, 501)


@dataclass
class _Session:
    """An upload: where its rest is sent to, and the bytes that the registry has.

    An empty location: it is not started.
    """

    location: str = ""
    offset: int = 0
    broken: bool = False
    resumed: bool = False


@dataclass(frozen=True)
class Put:
    """A manifest that was stored.

    ``knows_subject``: the registry lists it among the referrers of its subject itself.
    """

    digest: str
    knows_subject: bool = False


class Uploads(Repository):
    """One repository, as one task writes it.

    A stored login that is refused is an error; nothing is written without it.
    """

    def _without_login(self, url: str, headers: Mapping[str, str], login: Login) -> Answer | None:
        return None

    def found(self, at: str) -> Fetched | None:
        """The manifest with a tag or a digest; ``None``: there is none. Raises as ``manifest``."""
        try:
            return self.manifest(at)
        except ChartNotFound:
            return None

    def upload(self, blob: Descriptor, read: Callable[[], bytes], mount_from: str = "", *, is_new: bool = False) -> None:
        """Store a blob, unless the repository has it.

        :param read: returns its bytes; called only if they have to be sent.
        :param mount_from: a repository of the same registry that has it, and may be read with the same login.
        :param is_new: the repository is unlikely to have it. A blob that is small or can be mounted is then not looked for.
        :raises RepositoryError: the registry fails or refuses.
        """
        session = _Session()
        with self._writing(0) as limit:
            if repeat(lambda: self._begin(session, blob, mount_from, is_new and (bool(mount_from) or blob.size <= _SMALL)), limit):
                return
        data = read()
        with self._writing(blob.size) as limit:
            repeat(lambda: self._send(session, blob, data), limit, lambda: session.offset)

    def put_manifest(self, at: str, data: bytes, media_type: str) -> Put:
        """Store a manifest under a tag, or under its digest. Raises as ``upload``."""
        digest, tries = digest_of(data), 0
        url, place = f"{self._base}/manifests/{at}", self._place(digest=at) if is_digest(at) else self._place(tag=at)

        def attempt() -> Put:
            nonlocal tries
            tries += 1
            if tries > 1 and self._stated(at) == digest:
                return Put(digest)  # the answer to the last try was lost
            answer = self._write("PUT", url, {"Content-Type": media_type}, data, place)
            stated = _digest_in(answer)
            if stated and stated != digest:
                raise RepositoryError(f"{place} was stored with the digest {stated} in place of {digest}; a proxy may change manifests.")
            return Put(digest, bool(answer.headers.get("OCI-Subject")))

        with self._writing(len(data)) as limit:
            return repeat(attempt, limit)

    def digest_at(self, at: str) -> str:
        """The digest of the manifest with a tag or a digest; empty: there is none, or it is not stated.

        Raises as ``upload``.
        """
        with self._writing(0) as limit:
            return repeat(lambda: self._stated(at), limit)

    def delete(self, tag: str, digest: str) -> bool:
        """Remove a tag. Where the registry removes manifests only, its manifest is removed.

        :returns: whether the manifest was removed, with all of its tags.
        :raises OperatorError: the registry removes neither. ``RepositoryError`` as ``upload``.
        """
        for at in (tag, digest):
            answer = self._delete(at)
            if answer.status in (200, 202, 204, 404):
                return at == digest
            if answer.status not in (400, 405, 501) and "UNSUPPORTED" not in answer.text:
                raise push_refused(self._place(tag=tag), answer.status, answer.body, self._authorization.login, "delete")
        raise not_deletable(self._place(tag=tag), answer.status, answer.body)

    # --- parts of an upload

    @property
    def _base(self) -> str:
        return f"{self._root}/v2/{self.reference.repository}"

    @contextmanager
    def _writing(self, size: int) -> Iterator[Limit]:
        with self._masking(), Limit(self._timeout + size / _SLOWEST) as limit:
            self._limit = limit
            yield limit

    def _begin(self, session: _Session, blob: Descriptor, mount_from: str = "", is_new: bool = False) -> bool:
        """Starts an upload. ``True``: the blob is there, or was taken from the other repository."""
        if not is_new and self._has(blob):
            return True
        session.location = self._start(blob, mount_from)
        return not session.location

    def _send(self, session: _Session, blob: Descriptor, data: bytes) -> None:
        """One try. What the registry has got so far is in the session."""
        if session.broken:
            self._resume(session, blob)
        if not session.location and self._begin(session, blob):
            return
        session.broken = True  # unless everything arrives
        place = self._place(digest=blob.digest)
        following = session.location
        try:
            rest = data[session.offset :]
            if session.offset and rest:
                about = {"Content-Type": _OCTETS, "Content-Range": f"{session.offset}-{len(data) - 1}"}
                answer = self._write("PATCH", following, about, rest, place)
                following, rest = self._location(answer), b""
            closing = f"{following}{'&' if '?' in following else '?'}digest={quote(blob.digest, safe='')}"
            self._write("PUT", closing, {"Content-Type": _OCTETS}, rest, place)
        except EngineError as error:
            if error.fields.get("status") in _LOST or (session.resumed and error.fields.get("status") in _NOT_RESUMED):
                session.location, session.offset, session.broken, session.resumed = "", 0, False, False
                raise Broken(error.message, helm=error.helm, **error.fields) from error
            raise

    def _stated(self, at: str) -> str:
        answer = self._once("HEAD", f"{self._base}/manifests/{at}", {"Accept": ACCEPT}, None)
        if answer.status in (401, 403) or is_transient(answer.status):
            raise self._refusal(answer, self._place(digest=at) if is_digest(at) else self._place(tag=at))
        return _digest_in(answer)

    def _has(self, blob: Descriptor) -> bool:
        """Whether the repository has a blob.

        An answer that does not say it means no: it is then sent, which does no harm.
        """
        answer = self._once("HEAD", f"{self._base}/blobs/{blob.digest}", {}, None)
        if answer.status in (401, 403) or is_transient(answer.status):
            raise self._refusal(answer, self._place(digest=blob.digest))
        size = answer.headers.get("Content-Length", "")
        return answer.status == 200 and (not size.isdigit() or int(size) == blob.size)

    def _start(self, blob: Descriptor, mount_from: str) -> str:
        """Where the blob is to be sent to; empty: it is there, taken from the other repository."""
        place, url = self._place(digest=blob.digest), f"{self._base}/blobs/uploads/"
        if mount_from:
            answer = self._once("POST", f"{url}?mount={quote(blob.digest, safe='')}&from={quote(mount_from, safe='')}", {}, b"")
            if answer.status == 201:
                return ""
            if answer.status == 202:
                return self._location(answer)
        return self._location(self._write("POST", url, {}, b"", place))

    def _resume(self, session: _Session, blob: Descriptor) -> None:
        """Reads from the registry how much of the blob it has.

        A session that it does not know is started again.
        """
        answer = self._once("GET", session.location, {}, None) if session.location else None
        size = _RANGE.match(answer.headers.get("Range", "").strip()) if answer and answer.status in (200, 204) else None
        if answer is None or size is None:
            if answer is not None and is_transient(answer.status):
                raise self._refusal(answer, self._place(digest=blob.digest))
            session.location, session.offset, session.broken, session.resumed = "", 0, False, False
            return
        end = int(size[1])
        session.offset = min(end + 1, blob.size) if end else 0  # "0-0" means no byte, or one
        session.resumed = True
        if answer.headers.get("Location"):
            session.location = self._location(answer)

    def _location(self, answer: Answer) -> str:
        """Where the next part of an upload goes.

        A registry behind a proxy may not know that it is reached over TLS.
        """
        stated = answer.headers.get("Location", "")
        url = join(answer.url, location(stated))
        here, there = split_web(answer.url), split_web(url)
        if not stated:
            raise RepositoryError(f"The registry {self.reference.registry} did not say where to upload to; check that it is a registry.")
        if here.scheme == "https" and there.scheme == "http":
            if here.hostname != there.hostname:
                raise RepositoryError(f"{without_secrets(answer.url)} takes uploads at {without_secrets(url)}, which is not secure.")
            url = there._replace(scheme="https", netloc=here.netloc).geturl()
        return url

    # --- requests

    def _write(self, method: str, url: str, headers: Mapping[str, str], body: bytes, place: Reference) -> Answer:
        """The answer to a request that succeeds."""
        answer = self._once(method, url, headers, body)
        if answer.status not in (200, 201, 202, 204):
            raise self._refusal(answer, place)
        return answer

    def _delete(self, at: str) -> Answer:
        def attempt() -> Answer:
            answer = self._once("DELETE", f"{self._base}/manifests/{at}", {}, None)
            if is_transient(answer.status):
                raise self._refusal(answer, self._place(tag=at))
            return answer

        with self._writing(0) as limit:
            return repeat(attempt, limit)

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """The answer to one request, read to its end; with the credentials if it goes to the registry."""
        sent = {"Accept-Encoding": "identity", **headers}
        if same_server(self._root, url):
            answer = self._challenged(url, sent, method, body)
        else:
            answer = self._follow(method, url, sent, body, follows=False)
        if answer.response is not None:
            with answer.response:
                answer.body = self._beginning(answer.response, without_secrets(url), 1 << 16)
        self._note_warnings(answer.headers)
        return answer

    def _refusal(self, answer: Answer, place: Reference) -> EngineError | Later:
        if 300 <= answer.status < 400:
            to = without_secrets(join(answer.url, location(answer.headers.get("Location", ""))))
            return OperatorError(
                f"The registry {self.reference.registry} redirects an upload to {to} ({answer.status}), which is not followed; specify the "
                "registry's own address, and plain_http only if it has no TLS."
            )
        error = push_refused(place, answer.status, answer.body, self._authorization.login)
        return Later(error, answer.headers) if is_transient(answer.status) else error


def _digest_in(answer: Answer) -> str:
    """The digest that a registry states of a manifest; empty: none."""
    text = answer.headers.get("Docker-Content-Digest", "").strip()
    return text if answer.status < 300 and is_digest(text) else ""
