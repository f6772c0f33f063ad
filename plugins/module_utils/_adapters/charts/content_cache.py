# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Helm's content cache: archives by the SHA-256 digest of their bytes.

Helm 4: ``pkg/downloader/cache.go``.

A file whose bytes do not have the digest of its name is ignored: Helm itself stores charts of registries under the digest of the manifest.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..private_files import write_private


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
        try:
            data = self._path(digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def put(self, digest: str, data: bytes) -> None:
        """Store an archive whose digest has been verified."""
        try:
            write_private(self._path(digest), data, 0o644, parents=True)
        except OSError:
            return

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
        try:
            write_private(self._path(digest).with_suffix(".prov"), data, 0o644, parents=True)
        except OSError:
            return

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / f"{digest}.chart"
