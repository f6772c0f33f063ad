# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache ``oci`` of manifests: by digest, repository and user.

A chart that is pinned by digest needs no request if its manifest is here and its archive is in Helm's content cache. A manifest that was
read with one user's credentials is not found with others, so those are checked by the registry first. A tag may move and is never cached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ..cache_home import cache_folder, prune, store

NAME = "oci"


class ManifestCache:
    """The manifests of one repository, as one user sees them.

    :param identity: registry, repository and credentials; only a digest of it is written.
    """

    def __init__(self, environ: Mapping[str, str], identity: tuple[str, ...]) -> None:
        self._top = cache_folder(environ, NAME)
        self._identity = identity

    def get(self, digest: str) -> bytes | None:
        """The manifest with a digest; ``None`` for a file that is missing, truncated or changed."""
        path = self._path(digest)
        try:
            data = path.read_bytes() if path else None
        except OSError:
            return None
        return data if data is not None and f"sha256:{hashlib.sha256(data).hexdigest()}" == digest else None

    def put(self, digest: str, data: bytes) -> None:
        if store(self._path(digest), data):
            prune(self._top, limit=16 << 20)

    def _path(self, digest: str) -> Path | None:
        if self._top is None:
            return None
        key = hashlib.sha256("\0".join((*self._identity, digest)).encode("utf-8", "surrogateescape")).hexdigest()
        return self._top / f"{key}.json"
