# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Helm's content cache: archives by the SHA-256 digest of their bytes.

Helm 4: ``pkg/downloader/cache.go``.

A file whose bytes do not have the digest of its name is ignored: Helm itself stores charts of registries under the digest of the manifest.
Helm never removes anything. Here the archives that were not used for the longest time go, and other files in the folder stay.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from pathlib import Path

from ..cache_home import DAY, prune
from ..private_files import write_private

MAX_CACHED = 1 << 30  # bytes of all archives
MAX_ARCHIVES = 10_000
MAX_AGE = 180 * DAY  # since the last use
#: archives, provenance files, and what a process that was killed has left of one
_CACHED = re.compile(r"/[0-9a-f]{2}/(?:[0-9a-f]{64}\.(?:chart|prov)|\.[0-9a-f]{64}\.(?:chart|prov)\.[0-9a-f]{16})\Z")


class ContentCache:
    """A cache that cannot be read or written costs time and nothing else.

    :param root: the folder, which need not exist.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, digest: str) -> bytes | None:
        """The archive with a digest.

        :param digest: 64 hexadecimal digits; an empty one finds nothing.
        """
        if not digest:
            return None
        path = self._path(digest)
        try:
            data = path.read_bytes()
            used = path.stat().st_mtime
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != digest:
            return None
        if time.time() - used > DAY:
            with contextlib.suppress(OSError):  # another user's: its time stays as it is
                os.utime(path)
        return data

    def put(self, digest: str, data: bytes) -> None:
        """Store an archive whose digest has been verified."""
        self._put(self._path(digest), data)

    def provenance(self, digest: str) -> bytes | None:
        """The provenance file of the archive with a digest.

        It is not verified: it may be that of another archive.
        """
        try:
            return self._path(digest).with_suffix(".prov").read_bytes()
        except OSError:
            return None

    def put_provenance(self, digest: str, data: bytes) -> None:
        """Store the provenance file of an archive."""
        self._put(self._path(digest).with_suffix(".prov"), data)

    def _put(self, path: Path, data: bytes) -> None:
        try:
            write_private(path, data, 0o644, parents=True)
        except OSError:
            return
        prune(self._root, seconds=MAX_AGE, files=MAX_ARCHIVES, limit=MAX_CACHED, only=lambda name: _CACHED.search(name) is not None)

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / f"{digest}.chart"
