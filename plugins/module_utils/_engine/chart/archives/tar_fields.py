# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads numbers, texts and pax records of tar headers as Go's ``archive/tar`` does.

Go: ``strconv.go``.
"""

from __future__ import annotations

import re

INVALID = "archive/tar: invalid tar header"
_OCTAL = re.compile(rb"[0-7]+")
_INTEGER = re.compile(r"[+-]?[0-9]+")


class Malformed(Exception):
    """The error of Go's reader about an archive; ``EOF`` is the end of the archive, which is not a fault."""


def records_of(data: bytes) -> dict[str, str]:
    """Pax records: ``LENGTH KEY=VALUE`` and a line's end, the length of all of it. Raises ``Malformed``."""
    found: dict[str, str] = {}
    sparse: list[str] = []
    at = 0
    while at < len(data):
        space = data.find(b" ", at)
        length = integer(text_of(data[at:space])) if space >= 0 else 0
        end = at + length
        if length < 5 or end > len(data) or end <= space + 1 or data[end - 1 : end] != b"\n":
            raise Malformed(INVALID)
        name, equals, value = data[space + 1 : end - 1].partition(b"=")
        if not name or not equals or b"\0" in (value if name in (b"path", b"linkpath", b"uname", b"gname") else name):
            raise Malformed(INVALID)
        if name in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):  # the oldest pax form of a sparse map: pairs, in order
            if (name == b"GNU.sparse.offset") == bool(len(sparse) % 2) or b"," in value:
                raise Malformed(INVALID)
            sparse.append(text_of(value))
        else:
            found[text_of(name)] = text_of(value)
        at = end
    if sparse:
        found["GNU.sparse.map"] = ",".join(sparse)
    return found


def pax_time(text: str) -> tuple[int, int]:
    """Seconds and nanoseconds of ``-?N(.N)?``. Raises ``Malformed``."""
    whole, _dot, fraction = text.partition(".")
    seconds = integer(whole)
    if fraction and not (fraction.isascii() and fraction.isdigit()):
        raise Malformed(INVALID)
    nanoseconds = int(fraction[:9].ljust(9, "0"))
    if not whole.startswith("-") or not nanoseconds:
        return seconds, nanoseconds
    return seconds - 1, 1_000_000_000 - nanoseconds


def integer(text: str) -> int:
    """A decimal number of 64 bits. Raises ``Malformed``."""
    # leading zeros are allowed, and there may be many: Python refuses to convert very long texts
    digits = text.lstrip("+-").lstrip("0") or "0"
    if not _INTEGER.fullmatch(text) or len(digits) > 19:
        raise Malformed(INVALID)
    value = -int(digits) if text.startswith("-") else int(digits)
    if not -(1 << 63) <= value < 1 << 63:
        raise Malformed(INVALID)
    return value


def number(field: bytes) -> int:
    """A number of a header: octal text, or binary where the first bit is set. Raises ``Malformed``."""
    if not field[0] & 0x80:
        value = octal(field)
        return value - (1 << 64) if value >= 1 << 63 else value
    negative = field[0] & 0x40
    data = bytes(byte ^ 0xFF for byte in field) if negative else field
    value = int.from_bytes(bytes((data[0] & 0x7F,)) + data[1:], "big")
    if value >= 1 << 63:
        raise Malformed(INVALID)
    return ~value if negative else value


def octal(field: bytes) -> int:
    """Octal digits between spaces and zero bytes; nothing is 0. Raises ``Malformed``."""
    field = field.strip(b" \0")
    if not field:
        return 0
    digits = string(field)
    if not _OCTAL.fullmatch(digits) or (value := int(digits, 8)) >= 1 << 64:
        raise Malformed(INVALID)
    return value


def string(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
