# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Bodies that arrive in pieces.

A transfer that breaks goes on where it ended (Range), where the bytes are known to be the same; else it begins again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ..._engine.errors import RepositoryError
from .connections import PIECE, Broken

MAX_REDIRECTS = 10  # as in Go
REDIRECTS = (301, 302, 303, 307, 308)


class Sink:
    """The bytes of a body that may come in several pieces of several answers.

    :param most: bytes, more than which are refused.
    :param resumable: whether the bytes are the same in each answer, so that a broken transfer can go on where it ended.
    """

    def __init__(self, most: int, resumable: bool = False) -> None:
        self.most = most
        self.resumable = resumable
        self.data = bytearray()
        self.resumed = False

    def headers(self) -> dict[str, str]:
        """The request for what is missing."""
        return {"Range": f"bytes={len(self.data)}-"} if self.data and self.resumable else {}

    def begin(self, status: int, content_range: str) -> None:
        """An answer begins: it goes on where the last one ended, or it has everything again."""
        if self.data and self.resumable and status == 206 and content_range.strip().startswith(f"bytes {len(self.data)}-"):
            self.resumed = True
            return
        self.data.clear()

    def progress(self) -> int:
        """Bytes that another try does not ask for again."""
        return len(self.data) if self.resumable else 0

    def take(self, piece: bytes, shown: str) -> None:
        if len(self.data) + len(piece) > self.most:
            raise RepositoryError(f"{shown} returned more than {self.most} bytes, which is too much.", url=shown)
        self.data += piece


class Gunzip:
    """Unpacks a body that is compressed with gzip, in pieces of a bounded size.

    It finds out whether the end is missing.
    """

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._stream = zlib.decompressobj(31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What a piece of the body unpacks to. Raises ``Broken`` for what is not gzip."""
        while data:
            if self._stream.eof:
                self._stream = zlib.decompressobj(31)  # some servers put several compressed parts together
            try:
                yield self._stream.decompress(data, PIECE)
            except zlib.error:
                raise Broken(f"{self._shown} was interrupted: its compression is damaged.", url=self._shown) from None
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> None:
        """Raises ``Broken`` where the end is missing."""
        if not self._stream.eof:
            raise Broken(f"{self._shown} was interrupted: its compressed body has no end.", url=self._shown)
