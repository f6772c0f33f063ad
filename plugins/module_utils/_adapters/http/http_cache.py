# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache ``http`` of answers: what each user of a URL was sent last, with its ETag or date.

Bodies are stored by their SHA-256 digest, in files that are never changed; a file for each URL and its credentials names the digest. Only a
digest of the URL and the credentials is written, and an index with credentials in its URLs is not stored at all. Nothing in here raises: a
cache that cannot be read or written costs time only.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..._engine.aliases import JsonObject
from ..._engine.url_secrets import has_url_credentials
from ..cache_home import DAY, cache_folder, prune, store

NAME = "http"
MAX_CACHED = 1 << 30  # bytes of all answers
_HEADERS = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}


@dataclass(frozen=True)
class Body:
    """The bytes of an answer, and their SHA-256 digest in hex.

    ``secret``: there are URLs with credentials in them, so that nothing of it may be written to a cache.
    """

    data: bytes
    digest: str
    secret: bool = False


class Bodies(Protocol):
    """Where bodies are stored, by digest."""

    def get(self, digest: str) -> bytes | None:
        """Bytes that have the digest; ``None`` where there are none."""

    def put(self, digest: str, data: bytes) -> None:
        """Store bytes that have the digest."""


class HttpCache:
    """The cached answer for one URL, as seen by one user of it.

    :param identity: the URL and everything else that the answer may depend on.
    :param bodies: where bodies are; the cache's own folder, if it is not given.
    """

    def __init__(self, environ: Mapping[str, str], identity: tuple[str, ...], bodies: Bodies | None = None) -> None:
        self._top = cache_folder(environ, NAME)
        key = hashlib.sha256("\0".join(identity).encode("utf-8", "surrogateescape")).hexdigest()
        self._meta = self._top / f"{key}.json" if self._top else None
        self._bodies = bodies

    def read(self) -> tuple[Body, dict[str, str]] | None:
        """The body, and the headers that revalidate it.

        ``None`` for a file that is truncated, changed or another user's.
        """
        if self._meta is None:
            return None
        try:
            found = self._meta.stat()
            if found.st_uid != os.geteuid():
                return None
            if time.time() - found.st_mtime > DAY:
                os.utime(self._meta)  # so that it is not among the oldest
            meta = json.loads(self._meta.read_bytes())
            digest, known = str(meta["sha256"]), meta.get("facts")
            data = self._bodies.get(digest) if self._bodies else self._own(digest, known)
            conditions = {str(k): str(v) for k, v in meta["conditions"].items() if k in _HEADERS}
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            return None
        if data is None:
            return None
        if not self._bodies and self._facts(digest) != known:  # it was touched, or written again by another process
            self._write_meta(digest, conditions)
            prune(self._top, limit=MAX_CACHED)  # another process may have removed the file that was read
        return Body(data, digest), conditions

    def write(self, data: bytes, headers: Mapping[str, str]) -> Body:
        """Stores an answer, and what its headers allow for a conditional request."""
        body = Body(data, hashlib.sha256(data).hexdigest(), self._bodies is None and has_url_credentials(data))
        if self._top is None or body.secret:
            return body
        if self._bodies:
            self._bodies.put(body.digest, data)
        elif not store(self._path(body.digest), data):
            return body
        self._write_meta(body.digest, {name: headers[given] for name, given in _HEADERS.items() if headers.get(given)})
        prune(self._top, limit=MAX_CACHED)
        return body

    def forget(self) -> None:
        """Remove the answer, which is not what it should be."""
        if self._meta is not None:
            try:
                self._meta.unlink(missing_ok=True)
            except OSError:
                return

    def _write_meta(self, digest: str, conditions: Mapping[str, str]) -> None:
        meta: JsonObject = {"sha256": digest, "conditions": conditions}
        if not self._bodies:
            meta["facts"] = self._facts(digest)
        store(self._meta, json.dumps(meta).encode())

    def _own(self, digest: str, known: object) -> bytes | None:
        """The bytes of a body in the cache's folder. They are only checked if the file has changed since."""
        path = self._path(digest)
        facts = self._facts(digest)
        if path is None or facts is None:
            return None
        data = path.read_bytes()
        if (facts != known or len(data) != facts[0]) and hashlib.sha256(data).hexdigest() != digest:
            path.unlink(missing_ok=True)
            return None
        if time.time() - facts[1] / 1e9 > DAY:
            os.utime(path)
        return data

    def _path(self, digest: str) -> Path | None:
        return self._top / "bodies" / digest if self._top and digest.isalnum() else None

    def _facts(self, digest: str) -> list[int] | None:
        """What shows that the file of a body was changed."""
        path = self._path(digest)
        try:
            facts = path.stat() if path else None
        except OSError:
            return None
        if facts is None or facts.st_uid != os.geteuid():
            return None
        return [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino]
