# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decodes constants of the template language (Go: ``strconv.Unquote``, ``parse.newNumber``)."""

from __future__ import annotations

import re

from ..patterns import late
from .nodes import Number

_ESCAPE = late(r"\\(?:([abfnrtv\\'\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))", re.S)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_MAX, _MIN = 2**63 - 1, -(2**63)


def unquote(literal: str) -> str:
    """A quoted or raw string. Raises ``ValueError`` with Go's words."""
    quote, body = literal[0], literal[1:-1]
    if quote == "`":
        return body.replace("\r", "")
    if "\\" not in body:
        return body
    raw = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal raw
        simple, hexa, short, long, octal, _other = found.groups()
        if simple is not None:
            if simple in "'\"" and simple != quote:
                raise ValueError("invalid syntax")
            return _SIMPLE[simple]
        if short is not None or long is not None:
            code = int(short or long, 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise ValueError("invalid syntax")
            return chr(code)
        if hexa is None and octal is None:
            raise ValueError("invalid syntax")
        byte = int(hexa, 16) if hexa is not None else int(octal, 8)
        if byte > 255:
            raise ValueError("invalid syntax")
        raw = raw or byte > 127
        return chr(byte) if byte < 128 else chr(0xDC00 + byte)

    text = _ESCAPE.sub(replaced, body)
    # bytes written one by one may make up a character
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") if raw else text


def _integer(text: str) -> int | None:
    """``strconv.ParseInt(text, 0, ...)`` without its bounds; ``None`` for what is none."""
    body = text.lstrip("+-")
    if len(text) - len(body) > 1:
        return None
    try:
        if len(body) > 1 and body[0] == "0" and (body[1].isdigit() or body[1] == "_"):
            value = int(body.replace("_", "") if "__" not in body and body[-1] != "_" else "x", 8)
        else:
            value = int(body, 0)
    except ValueError:
        return None
    return -value if text[0] == "-" else value


def _float(text: str) -> float | None:
    """``strconv.ParseFloat``: hexadecimal only with an exponent, and nothing that is out of range."""
    lower = text.lower()
    try:
        if lower.lstrip("+-").startswith("0x"):
            return float.fromhex(lower.replace("_", "")) if "p" in lower else None
        value = float(text)
        return None if value in (float("inf"), float("-inf")) else value
    except (ValueError, OverflowError):
        return None


def number(pos: int, text: str) -> Number:
    """A number token. Raises ``ValueError`` with Go's words."""
    if text[0] == "'":
        return _rune(pos, text)
    if text[-1] == "i":
        return _complex(pos, text)
    node = Number(pos, text)
    whole = _integer(text)
    if whole is not None:
        if _MIN <= whole <= _MAX:
            node.int_value = whole
        if 0 <= whole < 2**64 and text[0] not in "+-":
            node.uint_value = whole
    if node.int_value is not None or node.uint_value is not None:
        node.float_value = float(whole or 0)
        return node
    value = _float(text)
    if value is not None:
        if not any(c in text for c in ".eEpP"):
            raise ValueError(f'integer overflow: "{text}"')
        node.float_value = value
        if abs(value) < 2**63 and value == int(value):
            node.int_value = int(value)
            node.uint_value = int(value) if value >= 0 else None
    if node.int_value is None and node.float_value is None:
        raise ValueError(f'illegal number syntax: "{text}"')
    return node


def _rune(pos: int, text: str) -> Number:
    """A character constant: one character, then the quote (Go: ``strconv.UnquoteChar``)."""
    escape = _ESCAPE.match(text, 1)
    end = escape.end() if escape is not None else 2
    if text == "''":
        raise ValueError("invalid syntax")
    char = unquote(f"'{text[1:end]}'")
    if text[end:] != "'":
        raise ValueError(f"malformed character constant: {text}")
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        code = 0xFFFD if escape is None else code - 0xDC00
    return Number(pos, text, code, code, float(code), complex(code))


def _complex(pos: int, text: str) -> Number:
    try:
        if not any(char.isdigit() for char in text):  # Python reads -j
            raise ValueError
        value = complex(text[:-1].replace(" ", "") + "j")
    except ValueError:
        raise ValueError(f'illegal number syntax: "{text}"') from None
    node = Number(pos, text, complex_value=value)
    if value.imag == 0:
        node.float_value = value.real
        if value.real == int(value.real):
            node.int_value = int(value.real)
    return node
