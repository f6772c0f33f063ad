# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""How Go prints values: ``%v``, ``%q`` of strings, floats.

Go: ``fmt/print.go``, ``strconv/quote.go``, ``strconv/ftoa.go``.
"""

from __future__ import annotations

import math

from ..aliases import GoValue
from .function import Function
from .kinds import is_integer
from .limits import joined, tick
from .runes import is_print
from .values import GoObject, NilPointer


def sprint(value: GoValue) -> str:
    """``fmt.Sprintf("%v", value)``.

    >>> sprint({"b": [1, None], "a": True})
    'map[a:true b:[1 <nil>]]'
    """
    cls = value.__class__
    if cls is str:
        return str(value)
    if value is None:
        return "<nil>"
    if cls is bool:
        return "true" if value else "false"
    if cls is float:
        return format_float(value)
    if cls is complex:
        imaginary = format_float(value.imag)
        return f"({format_float(value.real)}{'' if imaginary[0] in '+-' else '+'}{imaginary}i)"
    if is_integer(value):
        named = None if cls is int else getattr(value, "go_string", None)  # a duration, a month
        return int.__repr__(value) if named is None else str(named())
    return _composite(value, 0)


def _composite(value: GoValue, depth: int) -> str:
    if isinstance(value, bytes):
        return "[" + " ".join(map(str, value)) + "]"
    if isinstance(value, list):
        tick(len(value) + 1)
        return "[" + joined([_inner(v, depth + 1) for v in value], " ") + "]"
    if isinstance(value, dict):
        tick(len(value) + 1)
        return "map[" + joined([f"{_inner(k, depth + 1)}:{_inner(value[k], depth + 1)}" for k in sorted_keys(value)], " ") + "]"
    if isinstance(value, GoObject):
        text = value.go_string()
        if text is not None:
            return text
        if isinstance(value, NilPointer):
            return "<nil>"
        if value.GO_KIND == "ptr" and depth:
            return "0xc000000000"
        body = " ".join(_inner(getattr(value, attribute), depth + 1) for attribute in (value.GO_PRINTED or value.GO_FIELDS).values())
        return ("&{" if value.GO_KIND == "ptr" else "{") + body + "}"
    if isinstance(value, Function) or callable(value):
        return "0x47b0c0"
    return str(value)


def _inner(value: GoValue, depth: int) -> str:
    if isinstance(value, (list, dict, GoObject, bytes)):
        return _composite(value, depth)
    return sprint(value)


def sorted_keys(mapping: dict[GoValue, GoValue]) -> list[GoValue]:
    """Keys as Go's ``fmtsort`` orders them: strings by bytes, which for UTF-8 is the order of code points."""
    try:
        if not "".join(mapping).isascii():
            return sorted(mapping, key=lambda key: key.encode("utf-8", "surrogateescape"))
    except TypeError:  # keys that are not strings
        pass
    return sorted(mapping)


def format_float(value: float) -> str:
    """``%v`` of a float64: the shortest digits that read back.

    With an exponent below 1e-4 and from 1e6 on.

    >>> [format_float(value) for value in (0.5, 1e-5, 1234567.0)]
    ['0.5', '1e-05', '1.234567e+06']
    """
    if math.isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, point = shortest(value)
    if -4 <= point - 1 < 6:
        return sign + fixed(digits, point)
    return sign + scientific(digits, point - 1)


def shortest(value: float) -> tuple[str, str, int]:
    """Sign, significant digits, and the place of the decimal point: ``0.DIGITS * 10**point``."""
    text = repr(value)
    sign = "-" if text[0] == "-" else ""
    mantissa, _other, exponent = text.lstrip("-").partition("e")
    whole, _other, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    lead = len(digits) - len(digits.lstrip("0"))
    digits, point = digits[lead:].rstrip("0"), point - lead
    return (sign, digits, point) if digits else (sign, "0", 1)


def scientific(digits: str, exponent: int) -> str:
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def fixed(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return digits[:point] + "." + digits[point:]


_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}


def go_quote(text: str, quote: str = '"', ascii_only: bool = False) -> str:
    """``strconv.Quote``: escapes characters that are not printable.

    A byte that is not UTF-8 (a surrogate here) becomes ``\\xNN``.
    """
    if text.isascii() and text.isprintable() and quote not in text and "\\" not in text:
        return quote + text + quote
    return quote + "".join([_quoted_rune(c, quote, ascii_only) for c in text]) + quote


def _quoted_rune(char: str, quote: str, ascii_only: bool) -> str:
    if char == quote:
        return "\\" + char
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if (code < 0x7F or not ascii_only) and is_print(char):
        return char
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
