# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads the maps of sparse files in tar archives, in GNU's four forms.

Go: ``archive/tar``, ``readOldGNUSparseMap`` and the functions after it. A map lists the fragments of a file that are data. Each reader of a
map raises what the caller's functions raise, and ``Malformed``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .bounds import Bounds
from .tar_fields import INVALID, Malformed, integer, number

#: offset and length, in bytes of the file as it is read
Fragment = tuple[int, int]

BLOCK = 512
MAX_MAP = 1 << 20
TOO_LONG = "archive/tar: sparse map too long"


def map_of_block(block: bytes, more: Callable[[], bytes], bounds: Bounds) -> list[Fragment]:
    """The old form: four fragments in the header, 21 more in each block that follows it.

    :param more: the next block of the archive.
    """
    fragments: list[Fragment] = []
    data, count, total = block[386:483], 4, 97
    while total < MAX_MAP:
        for at in range(0, 24 * count, 24):
            if not data[at]:
                break
            fragments.append((number(data[at : at + 12]), number(data[at + 12 : at + 24])))
        if not data[24 * count]:
            return fragments
        bounds.header(BLOCK)
        data, count = more(), 21
        total += BLOCK
    raise Malformed(TOO_LONG)


def map_of_file(more: Callable[[], bytes], bounds: Bounds) -> list[Fragment]:
    """Reads the map of version 1.0, with which the content of the file begins.

    One decimal number per line, padded to whole blocks.
    """
    text = b""
    lines = 0
    total = 0

    def feed(wanted: int) -> None:
        nonlocal text, lines, total
        pieces = [text]
        while lines < wanted:
            total += BLOCK
            if total > MAX_MAP:
                raise Malformed(TOO_LONG)
            bounds.header(BLOCK)
            piece = more()
            pieces.append(piece)
            lines += piece.count(b"\n")
        text = b"".join(pieces)

    feed(1)
    first, _line, text = text.partition(b"\n")
    lines -= 1
    count = integer(first.decode("latin-1"))
    if not 0 <= count < 1 << 62:
        raise Malformed(INVALID)
    feed(2 * count)
    numbers = [integer(line.decode("latin-1")) for line in text.split(b"\n", 2 * count)[: 2 * count]]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def map_of_records(records: Mapping[str, str]) -> list[Fragment]:
    """Versions 0.0 and 0.1: in the pax header, numbers between commas."""
    count = integer(records.get("GNU.sparse.numblocks", ""))
    text = records.get("GNU.sparse.map", "")
    parts = text.split(",") if text else []
    if count < 0 or len(parts) != 2 * count:
        raise Malformed(INVALID)
    numbers = [integer(part) for part in parts]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def is_valid(fragments: Sequence[Fragment], size: int) -> bool:
    """Whether fragments are within the file, one after the other."""
    if size < 0:
        return False
    end = 0
    for offset, length in fragments:
        if offset < end or length < 0 or offset + length > size:
            return False
        end = offset + length
    return True


def holes_of(fragments: Sequence[Fragment], size: int) -> list[Fragment]:
    """The gaps between the fragments. The last hole ends where the file ends, and may be empty."""
    holes: list[Fragment] = []
    at = 0
    for offset, length in fragments:
        if length:
            if offset > at:
                holes.append((at, offset - at))
            at = offset + length
    return [*holes, (at, size - at)]
