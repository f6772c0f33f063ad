# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes files as a ``.tgz``, with the same bytes on every machine.

The headers are written here because Python's ``tarfile`` fills them differently from version to version. Names longer than 100 bytes have a
GNU header of their own, which Go, Python and tar read. Owner and group are 0 and have no names, the mode is 0644.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from .deflate import deflate

#: no flags, no time, unknown operating system
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_BLOCK = 512
_MODE = 0o644
#: a tar header has room for eleven octal digits: the year 2242
LATEST = 8**11 - 1


def pack(files: Iterable[tuple[str, bytes]], moment: int) -> bytes:
    """The archive of files, in their order.

    :param files: path and content. :param moment: the time of all files, in seconds since 1970, 0 to ``LATEST``.
    """
    parts = []
    for path, data in files:
        name = path.encode("utf-8", "surrogateescape")
        if len(name) > 100:
            parts += [_header(b"././@LongLink", len(name) + 1, 0, b"L"), _padded(name + b"\0")]
        parts += [_header(name[:100], len(data), moment, b"0"), _padded(data)]
    tar = b"".join([*parts, bytes(2 * _BLOCK)])
    return b"".join([_GZIP, deflate(tar), zlib.crc32(tar).to_bytes(4, "little"), (len(tar) & 0xFFFFFFFF).to_bytes(4, "little")])


def _header(name: bytes, size: int, moment: int, kind: bytes) -> bytes:
    fields = [
        name.ljust(100, b"\0"),
        b"%07o\0" % _MODE,
        b"%07o\0" % 0,  # owner
        b"%07o\0" % 0,  # group
        b"%011o\0" % size,
        b"%011o\0" % moment,
        b" " * 8,  # the checksum, which is computed with spaces in its place
        kind,
        bytes(100),  # target of a link
        b"ustar  \0",
    ]
    block = b"".join(fields).ljust(_BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _BLOCK)
