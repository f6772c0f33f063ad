# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Conversions that all function files share: text to bytes and runes, values to other types.

Text: a Go string is bytes. Here it is a ``str`` whose bytes that are not UTF-8 are lone surrogates; functions that count or cut bytes use
``to_bytes`` and ``to_text``, functions that walk over runes see U+FFFD for each such byte, as in Go.

Numbers: the rules of ``github.com/spf13/cast`` 1.7.0; a value that cannot be converted is 0, silently.
"""

from __future__ import annotations

import math
import re

from ..aliases import GoValue
from ..gotypes.values import GoError, GoObject, Integer, Slice, Uint8
from ..patterns import late

NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference"
MIN_INT64 = -(1 << 63)
MAX_INT64 = (1 << 63) - 1

#: unicode.IsSpace
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

_LONE = late("[\udc80-\udcff]")


def to_bytes(text: str) -> bytes:
    """The bytes of a Go string."""
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    """The Go string of bytes."""
    return data.decode("utf-8", "surrogateescape")


def runes(text: str) -> str:
    """``[]rune(text)``: each byte that is not UTF-8 is U+FFFD."""
    if text.isascii():
        return text
    return replacement_runes(to_text(to_bytes(text)))


def replacement_runes(text: str) -> str:
    """The same, for a text whose bytes form no character that it does not have already.

    The result is as long as the text.
    """
    return text if text.isascii() or _LONE.search(text) is None else _LONE.sub("\ufffd", text)


def text_of(value: GoValue) -> str:
    """sprig's ``strval``: text and bytes as they are, everything else as ``%v`` prints it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return to_text(value)
    if isinstance(value, GoObject):
        text = value.go_string()
        if text is not None:
            return text
    from ..gotypes.printing import sprint

    return sprint(value)


def kind(value: GoValue) -> str:
    """``reflect.TypeOf(value).Kind()``: nil has no type, so Go panics."""
    from ..gotypes.kinds import kind_of

    if value is None:
        raise GoError(NIL_DEREFERENCE)
    return kind_of(value)


def items_of(value: GoValue, complaint: str) -> list[GoValue]:
    """The elements of a slice.

    :param complaint: the error for all other kinds, with ``%s`` for the kind.
    """
    if isinstance(value, list):
        return value
    if isinstance(value, bytes):
        return [Uint8(byte) for byte in value]
    raise GoError(complaint.replace("%s", kind(value)))


def strings(items: GoValue = ()) -> Slice:
    """A ``[]string``."""
    return Slice(items, "string")


def texts_of(value: GoValue) -> Slice:
    """sprig's ``strslice``: a ``[]string`` is returned itself, nil elements of other slices are left out."""
    if value.__class__ is Slice and value.go_elem == "string":  # and not of a type with a name
        return value
    if isinstance(value, list):
        return strings(text_of(item) for item in value if item is not None)
    if isinstance(value, bytes):
        return strings(str(byte) for byte in value)
    return strings() if value is None else strings([text_of(value)])


def wrap_int64(number: int) -> int:
    """Two's complement, 64 bits."""
    if MIN_INT64 <= number <= MAX_INT64:
        return number
    return ((number + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)


def float_to_int64(number: float) -> int:
    """Go's conversion on amd64: what does not fit is the smallest int64."""
    if math.isnan(number) or not -9.3e18 < number < 9.3e18:
        return MIN_INT64
    whole = int(number)
    return whole if MIN_INT64 <= whole <= MAX_INT64 else MIN_INT64


_INT_LITERAL = late(
    r"([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])+)|([1-9](?:_?[0-9])*|0))\Z"
)


def parse_int(text: str, base: int) -> int | None:
    """``strconv.ParseInt(text, base, 64)`` with base 0, 8 or 10; ``None`` is an error."""
    if base == 0:
        found = _INT_LITERAL.match(text)
        if found is None:
            return None
        sign, hexadecimal, binary, octal, old_octal, decimal = found.groups()
        candidates = ((hexadecimal, 16), (binary, 2), (octal, 8), (old_octal, 8), (decimal, 10))
        digits, radix = next((text, radix) for text, radix in candidates if text is not None)
    else:
        found = re.match(r"([+-]?)([0-7]+)\Z" if base == 8 else r"([+-]?)([0-9]+)\Z", text)
        if found is None:
            return None
        sign, digits = found.groups()
        radix = base
    if len(digits) > 128:  # no int64, and int() refuses very long texts
        digits = digits.lstrip("0_") or "0"
        if len(digits) > 128:
            return None
    number = int(digits.replace("_", ""), radix)
    if sign == "-":
        number = -number
    return number if MIN_INT64 <= number <= MAX_INT64 else None


_FLOAT = late(r"[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?\Z")
_HEX_FLOAT = late(r"([+-]?)0[xX](?:_?[0-9a-fA-F])*(?:\.(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?[pP][+-]?[0-9](?:_?[0-9])*\Z")
_SPECIAL = late(r"[+-]?inf(?:inity)?\Z|nan\Z", re.IGNORECASE)


def parse_float(text: str) -> float | None:
    """``strconv.ParseFloat(text, 64)``; ``None`` is an error (also: out of range)."""
    if _SPECIAL.match(text):
        return float(text)
    if _FLOAT.match(text):
        number = float(text.replace("_", ""))
    elif _HEX_FLOAT.match(text):
        try:
            number = float.fromhex(text.replace("_", ""))
        except (ValueError, OverflowError):
            return None
    else:
        return None
    return None if math.isinf(number) else number


def _without_zero_decimals(text: str) -> str:
    """``1.00`` is ``1``; a text without zeros behind its point stays."""
    head, point, tail = text.rpartition(".")
    return head if point and tail and not tail.strip("0") else text


def to_int64(value: GoValue) -> int:
    """``cast.ToInt64``."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        if isinstance(value, Integer) and not value.GO_CAST:
            return 0
        return wrap_int64(int(value))
    if isinstance(value, float):
        return float_to_int64(value)
    if isinstance(value, str):
        return parse_int(_without_zero_decimals(value), 0) or 0
    return 0


def to_float64(value: GoValue) -> float:
    """``cast.ToFloat64``."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int):
        if isinstance(value, Integer) and not value.GO_CAST:
            return 0.0
        return float(int(value))
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        number = parse_float(value)
        return 0.0 if number is None else number
    return 0.0
