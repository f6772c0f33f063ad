# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's message for malformed JSON (``encoding/json`` ``scanner.go``).

Runs only after a reader has refused the text.
"""

from __future__ import annotations

import re

from .errors import YamlError
from .scalars import utf8

_SPACES = re.compile(r"[ \t\r\n]*")
#: what a string may hold without a look at each character
_USUAL = re.compile(r'[^"\\\x00-\x1f]+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_END = "unexpected end of JSON input"


class _Stop(Exception):
    def __init__(self, at: int, context: str) -> None:
        super().__init__()
        self.at = at
        self.context = context


def json_fault(text: str) -> YamlError:
    """The first fault, with its line and column."""
    try:
        position = _value(text, 0, "looking for beginning of value")
        position = _space(text, position)
        if position < len(text):
            raise _Stop(position, "after top-level value")
    except _Stop as stop:
        if stop.at >= len(text):  # Go ends a text with a blank, which a half of a word, number or escape does not allow
            words = f"invalid character ' ' {stop.context}" if stop.context.startswith(("in ", "after decimal")) else _END
            return YamlError(words, "the JSON text ends too early")
        before = text[: stop.at]
        line, column = before.count("\n") + 1, stop.at - before.rfind("\n")
        words = f"invalid character {_quoted(text[stop.at])} {stop.context}"
        return YamlError(words, f"line {line}, column {column}: {words}", line, column)
    return YamlError("invalid JSON")


def _quoted(char: str) -> str:
    """Go quotes a byte, not a character: the first byte of a longer one is shown as Latin-1."""
    if char == "'":
        return "'\\''"
    if char == '"':
        return "'\"'"
    byte = utf8(char)[0]
    if byte < 0x20 or byte == 0x7F:
        named = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
        return f"'{named.get(byte, f'{chr(92)}x{byte:02x}')}'"
    if byte == 0x5C:
        return "'\\\\'"
    if 0x80 <= byte < 0xA1 or byte == 0xAD:
        return f"'\\u{byte:04x}'"
    return f"'{chr(byte)}'"


def _space(text: str, at: int) -> int:
    match = _SPACES.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, context: str) -> int:
    """Walks one value without recursion; returns the place behind it."""
    closers: list[str] = []
    while True:
        at = _space(text, at)
        char = text[at: at + 1]
        if char == "{" or char == "[":
            at = _space(text, at + 1)
            if text[at: at + 1] == ("}" if char == "{" else "]"):
                at += 1
            else:
                closers.append("}" if char == "{" else "]")
                if char == "{":
                    at = _key(text, at, "looking for beginning of object key string")
                context = "looking for beginning of value"
                continue
        else:
            at = _scalar(text, at, context)
        while closers:
            at = _space(text, at)
            char = text[at: at + 1]
            if char == closers[-1]:
                closers.pop()
                at += 1
                continue
            if char != ",":
                raise _Stop(at, "after object key:value pair" if closers[-1] == "}" else "after array element")
            at += 1
            if closers[-1] == "}":
                at = _key(text, _space(text, at), "looking for beginning of object key string")
            context = "looking for beginning of value"
            break
        else:
            return at


def _key(text: str, at: int, context: str) -> int:
    if text[at: at + 1] != '"':
        raise _Stop(at, context)
    at = _space(text, _string(text, at))
    if text[at: at + 1] != ":":
        raise _Stop(at, "after object key")
    return at + 1


def _scalar(text: str, at: int, context: str) -> int:
    char = text[at: at + 1]
    if char == '"':
        return _string(text, at)
    for word in ("true", "false", "null"):
        if char == word[0]:
            for offset, letter in enumerate(word):
                if text[at + offset: at + offset + 1] != letter:
                    raise _Stop(at + offset, f"in literal {word} (expecting '{letter}')")
            return at + len(word)
    if char == "-" or (char.isdigit() and char.isascii()):
        return _number(text, at)
    raise _Stop(at, context)


def _number(text: str, at: int) -> int:
    match = _NUMBER.match(text, at)
    if match is None:
        raise _Stop(at + 1, "in numeric literal")
    end = match.end()
    char = text[end: end + 1]
    whole = match[0]
    if char == "." and not set(whole) & set(".eE"):
        raise _Stop(end + 1, "after decimal point in numeric literal")
    if char in ("e", "E") and not set(whole) & set("eE"):
        end += 1
        if text[end: end + 1] in ("+", "-"):
            end += 1
        raise _Stop(end, "in exponent of numeric literal")
    return end


def _string(text: str, at: int) -> int:
    at += 1
    while at < len(text):
        usual = _USUAL.match(text, at)
        if usual:
            at = usual.end()
            continue
        char = text[at]
        if char == '"':
            return at + 1
        if char == "\\":
            at += 1
            escape = text[at: at + 1]
            if escape == "u":
                for _digit in range(4):
                    at += 1
                    if text[at: at + 1] not in tuple("0123456789abcdefABCDEF"):
                        raise _Stop(at, "in \\u hexadecimal character escape")
            elif escape not in tuple('bfnrt\\/"'):
                raise _Stop(at, "in string escape code")
        elif char < " ":
            raise _Stop(at, "in string literal")
        at += 1
    raise _Stop(at, "")
