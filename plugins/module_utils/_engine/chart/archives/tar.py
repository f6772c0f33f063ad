# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads a tar archive entry by entry, as Go's ``archive/tar`` does (``Reader.Next``, ``Reader.Read``).

Python's ``tarfile`` differs in points that decide whether a chart loads: it takes links to have no size, Solaris headers to be pax headers
and a regular file with a slash at its end to be a folder, it keeps every header in memory, applies global pax headers to each entry,
and follows chains of headers by recursion.

* Strings are bytes in Go; here they are text in which a byte that is not UTF-8 is a surrogate escape.
* Of a header only what Helm reads is kept: kind, name, mode, size, time.
"""

from __future__ import annotations

from dataclasses import dataclass

from .bounds import Bounds, Refused
from .gunzip import EARLY_END, END, Gunzip
from .sparse import Fragment, holes_of, is_valid, map_of_block, map_of_file, map_of_records
from .tar_fields import INVALID, Malformed, integer, number, octal, pax_time, records_of, string, text_of

BLOCK = 512
#: of one extended header, as in Go
MAX_SPECIAL = 1 << 20
TOO_LONG = "archive/tar: header field too long"
NO_DATA = "archive/tar: sparse file references non-existent data"
EXTRA_DATA = "archive/tar: sparse file contains unreferenced data"
_ZEROS = bytes(BLOCK)
#: links, devices, folders, pipes: they have no content, whatever their size says
_HEADER_ONLY = frozenset(b"123456")
REGULAR, OLD_REGULAR, FOLDER, GLOBAL, SPARSE = b"0"[0], 0, b"5"[0], b"g"[0], b"S"[0]
_EXTENDED, _LONG_NAME, _LONG_LINK = b"x"[0], b"L"[0], b"K"[0]
_V7, _USTAR, _GNU, _STAR = "v7", "ustar", "gnu", "star"
_FOLDER_MODE = 0o040000


@dataclass
class Header:
    """``size``: bytes of the content that a reader sees.

    ``seconds``, ``nanoseconds``: since 1970, of the last change.
    """

    kind: int
    name: str
    mode: int
    size: int
    seconds: int
    nanoseconds: int = 0

    @property
    def is_folder(self) -> bool:
        return self.kind == FOLDER or self.mode & ~0o7777 == _FOLDER_MODE


class TarReader:
    """:param stream: the unpacked bytes. :param bounds: what entries and headers may take."""

    def __init__(self, stream: Gunzip, bounds: Bounds) -> None:
        self._stream = stream
        self._bounds = bounds
        self._left = 0  # bytes of the current entry's content in the stream
        self._padding = 0
        self._holes: list[Fragment] | None = None

    def next(self) -> Header | None:
        """The next entry, ``None`` at the end.

        :raises Refused: Go refuses the archive, or it passes a bound.
        """
        self._bounds.entry()
        try:
            return self._next()
        except Malformed as fault:
            if str(fault) == END:
                return None
            raise _damaged(str(fault)) from None

    def content(self, size: int) -> bytes:
        """The current entry's content, ``size`` bytes by its header; fewer for links and similar entries.

        Raises ``Refused``.
        """
        try:
            data = self._content(self._left) if self._holes is None else self._spread(self._holes, size)
        except Malformed as fault:
            raise _damaged(str(fault)) from None
        self._holes = None
        return data

    # --- headers

    def _next(self) -> Header:
        records: dict[str, str] | None = None
        long_name = ""
        while True:
            self._skip()
            block = self._block()
            header, form = _parse(block)
            self._start(header)
            if header.kind in (_EXTENDED, GLOBAL):
                records = records_of(self._special())
                if header.kind == GLOBAL:
                    return header
            elif header.kind in (_LONG_NAME, _LONG_LINK):
                text = self._special().partition(b"\0")[0]
                if header.kind == _LONG_NAME:
                    long_name = text_of(text)
            else:
                _merge(header, records or {})
                header.name = long_name or header.name
                if header.kind == OLD_REGULAR:
                    header.kind = FOLDER if header.name.endswith("/") else REGULAR
                self._start(header)
                self._sparse(header, block, form, records or {})
                return header

    def _block(self) -> bytes:
        """The next header. Raises ``Malformed``."""
        block = self._whole_block()
        if block != _ZEROS:
            return block
        if self._whole_block() == _ZEROS:
            raise Malformed(END)
        raise Malformed(INVALID)

    def _whole_block(self) -> bytes:
        block = self._stream.read(BLOCK)
        if len(block) < BLOCK:
            raise Malformed(EARLY_END if block and self._stream.fault == END else self._stream.fault)
        return block

    def _start(self, header: Header) -> None:
        size = 0 if header.kind in _HEADER_ONLY else header.size
        if size < 0:
            raise Malformed(INVALID)
        self._left = size
        self._padding = -size % BLOCK
        self._holes = None

    def _skip(self) -> None:
        """To the next header: what is left of the content, and its padding."""
        while self._left:
            piece = self._stream.read(min(self._left, 1 << 20))
            if not piece:
                raise Malformed(EARLY_END if self._stream.fault == END else self._stream.fault)
            self._left -= len(piece)
        if len(self._stream.read(self._padding)) < self._padding:
            raise Malformed(self._stream.fault)  # an archive whose last padding is missing ends here
        self._padding = 0

    def _special(self) -> bytes:
        """The content of an extended header."""
        if self._left > MAX_SPECIAL:
            self._content(MAX_SPECIAL + 1)
            raise Malformed(TOO_LONG)
        self._bounds.header(self._left + BLOCK)
        return self._content(self._left)

    # --- content

    def _content(self, size: int) -> bytes:
        """Bytes of the current entry in the stream. Raises ``Malformed`` where it ends too early."""
        size = min(size, self._left)
        data = self._stream.read(size)
        self._left -= len(data)
        if len(data) < size:
            raise Malformed(EARLY_END if self._stream.fault == END else self._stream.fault)
        if data and not self._left and (fault := self._stream.fault_with_last_byte()) not in ("", END):
            raise Malformed(fault)
        return data

    def _sparse(self, header: Header, block: bytes, form: str, records: dict[str, str]) -> None:
        """A file with holes: old GNU, or one of three pax forms."""
        fragments: list[Fragment] | None = None
        if header.kind == SPARSE:
            if form != _GNU:
                raise Malformed(INVALID)
            header.size = number(block[483:495])
            fragments = map_of_block(block, self._whole_extension, self._bounds)
        else:
            version = (records.get("GNU.sparse.major", ""), records.get("GNU.sparse.minor", ""))
            if version == ("", "") and not records.get("GNU.sparse.map"):
                return
            if version not in (("", ""), ("0", "0"), ("0", "1"), ("1", "0")):
                return
            header.name = records.get("GNU.sparse.name") or header.name
            size = records.get("GNU.sparse.size") or records.get("GNU.sparse.realsize")
            if size:
                header.size = integer(size)
            fragments = map_of_file(self._map_block, self._bounds) if version[0] == "1" else map_of_records(records)
        if header.kind in _HEADER_ONLY or not is_valid(fragments, header.size):
            raise Malformed(INVALID)
        self._holes = holes_of(fragments, header.size)

    def _whole_extension(self) -> bytes:
        block = self._stream.read(BLOCK)
        if len(block) < BLOCK:
            raise Malformed(EARLY_END if self._stream.fault == END else self._stream.fault)
        return block

    def _map_block(self) -> bytes:
        if self._left < BLOCK:
            self._content(self._left)
            raise Malformed(EARLY_END)
        return self._content(BLOCK)

    def _spread(self, holes: list[Fragment], size: int) -> bytes:
        """The content of a file with holes."""
        parts: list[bytes] = []
        at = 0
        for start, length in holes:
            if start > at:
                if self._left < start - at:
                    self._content(self._left)
                    raise Malformed(NO_DATA)
                parts.append(self._content(start - at))
            parts.append(bytes(length))
            at = start + length
        if self._left:
            raise Malformed(EXTRA_DATA)
        return b"".join(parts)


def _parse(block: bytes) -> tuple[Header, str]:
    """A header, and its form. Raises ``Malformed``."""
    form = _form(block)
    header = Header(
        kind=block[156],
        name=text_of(string(block[:100])),
        mode=number(block[100:108]),
        size=number(block[124:136]),
        seconds=number(block[136:148]),
    )
    for start in (108, 116) if form == _V7 else (108, 116, 329, 337):  # owner, group, device: numbers or no header
        number(block[start : start + 8])
    prefix = b""
    if form == _USTAR:
        prefix = string(block[345:500])
    elif form == _STAR:
        prefix = string(block[345:476])
        number(block[476:488])
        number(block[488:500])
    elif form == _GNU and not _has_times(block):
        prefix = string(block[345:500])  # an old version of Go wrote a name's first part there
        prefix = prefix if prefix.isascii() else b""
    if prefix:
        header.name = f"{text_of(prefix)}/{header.name}"
    return header, form


def _form(block: bytes) -> str:
    """Which kind of tar a header belongs to. Raises ``Malformed`` where its checksum is wrong."""
    stated = octal(block[148:156])
    plain = block[:148] + b" " * 8 + block[156:]
    total = sum(plain)
    if stated not in (total, total - 256 * sum(byte > 127 for byte in plain)):
        raise Malformed(INVALID)
    if block[257:263] == b"ustar\0":
        return _STAR if block[508:512] == b"tar\0" else _USTAR
    return _GNU if block[257:265] == b"ustar  \0" else _V7


def _has_times(block: bytes) -> bool:
    try:
        for field in (block[345:357], block[357:369]):
            if field[0]:
                number(field)
    except Malformed:
        return False
    return True


def _merge(header: Header, records: dict[str, str]) -> None:
    """Adds the fields of a pax header to the entry.

    Raises ``Malformed`` for an invalid number.
    """
    for key, value in records.items():
        if not value:
            continue
        if key == "path":
            header.name = value
        elif key == "size":
            header.size = integer(value)
        elif key in ("uid", "gid"):
            integer(value)
        elif key == "mtime":
            header.seconds, header.nanoseconds = pax_time(value)
        elif key in ("atime", "ctime"):
            pax_time(value)


def _damaged(fault: str) -> Refused:
    return Refused(f"is damaged or is not a tar archive ({fault})", fault)
