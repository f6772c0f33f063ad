# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's base64 and base32, and checksums in hexadecimal.

A text that does not decode gives Go's error as the result.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from ..gotypes.limits import made, visited
from .convert import to_bytes, to_text

_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_BASE32 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_NEWLINES = b"\r\n"
_PAD = ord("=")


class CorruptInput(ValueError):
    """Not base64 or base32; the message is Go's."""


def base64_decode(data: bytes) -> bytes:
    """``base64.StdEncoding``: line ends are skipped, padding is required, spare bits may be anything.

    Raises ``CorruptInput``.
    """
    position = _base64_error(data)
    if position is not None:
        raise CorruptInput(f"illegal base64 data at input byte {position}")
    return binascii.a2b_base64(data.translate(None, _NEWLINES))


def _base64_error(data: bytes) -> int | None:
    """Where Go's decoder stops, or ``None``."""
    size, index, filled = len(data), 0, 0
    while index < size:
        byte = data[index]
        index += 1
        if byte in _BASE64:
            filled = (filled + 1) % 4
        elif byte in _NEWLINES:
            continue
        elif byte != _PAD or filled < 2:
            return index - 1
        else:
            return _padding_error(data, index, filled)
    return index - filled if filled else None


def _padding_error(data: bytes, index: int, filled: int) -> int | None:
    """``index`` is behind the first ``=``."""
    if filled == 2:
        index = _skip_newlines(data, index)
        if index == len(data):
            return len(data)
        if data[index] != _PAD:
            return index - 1
        index += 1
    index = _skip_newlines(data, index)
    return index if index < len(data) else None


def _skip_newlines(data: bytes, index: int) -> int:
    while index < len(data) and data[index] in _NEWLINES:
        index += 1
    return index


def base32_decode(data: bytes) -> bytes:
    """``base32.StdEncoding``. Raises ``CorruptInput``."""
    data = data.translate(None, _NEWLINES)
    position = _base32_error(data)
    if position is not None:
        raise CorruptInput(f"illegal base32 data at input byte {position}")
    whole = data[: len(data) - len(data) % 8] if b"=" not in data else data[: (data.index(b"=") // 8 + 1) * 8]
    return base64.b32decode(whole)


def _base32_error(data: bytes) -> int | None:
    size, index, filled = len(data), 0, 0
    while index < size:
        byte = data[index]
        index += 1
        left = size - index
        if byte == _PAD and filled >= 2 and left < 8:
            if left + filled < 7:
                return size
            for behind in range(7 - filled):
                if left > behind and data[index + behind] != _PAD:
                    return index + behind - 1
            return index - 1 if filled in (3, 6) else None
        if byte not in _BASE32:
            return index - 1
        filled = (filled + 1) % 8
    return size - filled if filled else None


def b64enc(text: str) -> str:
    return made(base64.b64encode(to_bytes(text)).decode("ascii"))


def b64dec(text: str) -> str:
    try:
        return to_text(base64_decode(to_bytes(visited(text))))
    except CorruptInput as error:
        return str(error)


def b32enc(text: str) -> str:
    return made(base64.b32encode(to_bytes(text)).decode("ascii"))


def b32dec(text: str) -> str:
    try:
        return to_text(base32_decode(to_bytes(visited(text))))
    except CorruptInput as error:
        return str(error)


def sha1sum(text: str) -> str:
    import hashlib

    return hashlib.sha1(to_bytes(visited(text)), usedforsecurity=False).hexdigest()  # a checksum that charts ask for by name


def sha256sum(text: str) -> str:
    import hashlib

    return hashlib.sha256(to_bytes(visited(text))).hexdigest()


def sha512sum(text: str) -> str:
    import hashlib

    return hashlib.sha512(to_bytes(visited(text))).hexdigest()


def adler32sum(text: str) -> str:
    return str(zlib.adler32(to_bytes(visited(text))))
