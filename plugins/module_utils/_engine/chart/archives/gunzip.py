# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads a gzip stream piece by piece, as Go's ``compress/gzip`` does.

Go reports a fault (a wrong checksum, a truncation, bytes that are not a member) when a reader reaches it, after it has returned everything
that could be unpacked before. A tar reader that has seen the end of its archive never reaches a fault after it, so Helm loads such
archives. Python's own ``gzip`` checks more in some places and less in others: it skips zeros after a member, where Go expects the next one.
"""

from __future__ import annotations

import zlib

from .bounds import Bounds

HEADER_FAULT = "gzip: invalid header"
CHECKSUM_FAULT = "gzip: invalid checksum"
EARLY_END = "unexpected EOF"
END = "EOF"
_INPUT = 1 << 16
_OUTPUT = 1 << 16
_WINDOW = 1 << 15
_MAX_TEXT = 512  # of a name or a comment in a header, with the zero byte


class Gunzip:
    """The unpacked bytes of a gzip file, and the fault that ends them.

    :param data: the whole file.
    :param bounds: what all members may take together.
    """

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        self._data = data
        self._bounds = bounds
        self._at = 0
        self._ready = bytearray()
        self._fault = ""
        #: Go returns the last bytes of a member together with what comes after it, unless its window was just emptied
        self._joined = True
        self._start_member()

    @property
    def fault(self) -> str:
        """Go's error at the end of the data that ``read`` can return: ``EOF`` for a proper end."""
        return self._fault

    def read(self, size: int) -> bytes:
        """That many bytes, or fewer where the stream ends or is damaged; then ``fault`` says why."""
        while len(self._ready) < size and not self._fault:
            self._more()
        out = bytes(self._ready[:size])
        del self._ready[:size]
        return out

    def fault_with_last_byte(self) -> str:
        """The fault that Go returns together with the last byte, once that byte was read.

        Empty where the fault comes with the next read.
        """
        if not self._ready and not self._fault:
            self._more()
        return self._fault if not self._ready and self._joined else ""

    # --- members

    def _start_member(self) -> None:
        self._bounds.member()
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._crc = 0
        self._size = 0
        self._input = b""
        self._fault = self._read_header()

    def _read_header(self) -> str:
        """Go past a member's header. Returns the fault, empty where there is none."""
        data, start = self._data, self._at
        if len(data) - start < 10:
            return EARLY_END if len(data) > start else END
        if data[start : start + 3] != b"\x1f\x8b\x08":
            return HEADER_FAULT
        flags = data[start + 3]
        at = start + 10
        if flags & 4:
            if at + 2 > len(data):
                return EARLY_END
            at += 2 + int.from_bytes(data[at : at + 2], "little")
        for flag in (8, 16):
            if flags & flag and at <= len(data):
                end = data.find(b"\0", at, at + _MAX_TEXT)
                if end < 0:
                    return HEADER_FAULT if len(data) - at >= _MAX_TEXT else EARLY_END
                at = end + 1
        if flags & 2:
            if at + 2 > len(data):
                return EARLY_END
            if int.from_bytes(data[at : at + 2], "little") != zlib.crc32(data[start:at]) & 0xFFFF:
                return HEADER_FAULT
            at += 2
        if at > len(data):
            return EARLY_END
        self._at = at
        return ""

    def _end_member(self) -> None:
        self._at -= len(self._inflate.unused_data)
        trailer = self._data[self._at : self._at + 8]
        if len(trailer) < 8:
            self._fault = EARLY_END
            return
        if trailer != self._crc.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little"):
            self._fault = CHECKSUM_FAULT
            return
        self._at += 8
        self._start_member()

    # --- what a member holds

    def _more(self) -> None:
        """Unpack a piece, or find the fault that ends the stream."""
        if not self._input:
            self._input = self._data[self._at : self._at + _INPUT]
            self._at += len(self._input)
        before = self._inflate.copy()
        try:
            piece = self._inflate.decompress(self._input, _OUTPUT)
        except zlib.error:
            self._take(_before_the_fault(before, self._input))
            self._fault = "flate: corrupt input"
            self._joined = self._size % _WINDOW != 0
            return
        self._take(piece)
        if self._inflate.eof:
            self._joined = self._size % _WINDOW != 0
            self._end_member()
            return
        exhausted = not piece and not self._inflate.unconsumed_tail and self._at >= len(self._data)
        self._input = self._inflate.unconsumed_tail
        if exhausted:
            self._fault = EARLY_END
            self._joined = self._size % _WINDOW != 0

    def _take(self, piece: bytes) -> None:
        self._bounds.unpacked(len(piece))
        self._crc = zlib.crc32(piece, self._crc)
        self._size += len(piece)
        self._ready += piece


def _before_the_fault(inflate: zlib._Decompress, data: bytes) -> bytes:
    """What can be unpacked before a fault: zlib alone would not return it."""
    out = b""
    size = _OUTPUT // 2
    while size:
        attempt = inflate.copy()
        try:
            piece = attempt.decompress(data, size)
        except zlib.error:
            size //= 2
            continue
        if not piece:
            break
        out += piece
        inflate, data = attempt, attempt.unconsumed_tail
    return out
