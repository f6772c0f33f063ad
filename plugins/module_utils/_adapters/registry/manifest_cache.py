# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache ``oci`` of manifests by digest, and of tags, for each repository and user.

A chart that is pinned by digest needs no request if its manifest is here and its archive is in Helm's content cache. A manifest that was
read with one user's credentials is not found with others, so those are checked by the registry first. A tag may move: what it led to, and
which tags there were, is only read offline.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from ..cache_home import cache_folder, prune, store

NAME = "oci"
MAX_CACHED = 16 << 20
_TAGS = "tags of the repository"


class ManifestCache:
    """The manifests of one repository, as one user sees them.

    :param identity: registry, repository and credentials; only a digest of it is written.
    """

    def __init__(self, environ: Mapping[str, str], identity: tuple[str, ...]) -> None:
        self._top = cache_folder(environ, NAME)
        self._identity = identity

    def get(self, digest: str) -> bytes | None:
        """The manifest with a digest; ``None`` for a file that is missing, truncated or changed."""
        data = self._read(digest)
        return data if data is not None and f"sha256:{hashlib.sha256(data).hexdigest()}" == digest else None

    def put(self, digest: str, data: bytes) -> None:
        self._write(digest, data)

    def digest_of(self, tag: str) -> str:
        """The digest of the manifest that a tag led to last; empty where it is not known."""
        found = self._json(f"tag {tag}")
        return found if isinstance(found, str) else ""

    def put_tag(self, tag: str, digest: str) -> None:
        if self.digest_of(tag) != digest:
            self._write(f"tag {tag}", json.dumps(digest).encode())

    def tags(self) -> list[str] | None:
        """The tags of the repository as they were listed last; ``None`` where they were not."""
        found = self._json(_TAGS)
        return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else None

    def put_tags(self, tags: list[str]) -> None:
        if self.tags() != tags:
            self._write(_TAGS, json.dumps(tags).encode())

    def _json(self, name: str) -> object:
        data = self._read(name)
        try:
            return None if data is None else json.loads(data)
        except (ValueError, RecursionError):
            return None

    def _read(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            return path.read_bytes() if path else None
        except OSError:
            return None

    def _write(self, name: str, data: bytes) -> None:
        if store(self._path(name), data):
            prune(self._top, limit=MAX_CACHED)

    def _path(self, name: str) -> Path | None:
        if self._top is None:
            return None
        key = hashlib.sha256("\0".join((*self._identity, name)).encode("utf-8", "surrogateescape")).hexdigest()
        return self._top / f"{key}.json"
