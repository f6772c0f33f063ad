# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""TOML into plain values as BurntSushi/toml 1.6 reads it (``parse.go``): TOML 1.0, and of 1.1 times without seconds, inline tables
over several lines and with a last comma, ``\\e`` and ``\\xNN``. Faults come in Go's order and words, with the last key that was read.

A key may be made by what lies below it (``implicit``) and then be written once itself; all else that stands twice is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, Optional

from ..gotypes.printing import go_quote
from ..gotypes.values import Int64, Slice
from .errors import YamlError
from .toml_scan import BLANKS, BREAKS, END, Scanner

MAX_DEPTH = 200
_TABLE = "map[string]interface {}"
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_ODD = re.compile('["\\\\\0-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPE = re.compile(r"\\(?:x(..)|u(....)|U(.{8})|(.))", re.DOTALL)
_MEANS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_LINE_END = re.compile(r"(\\\\)|\\[ \t\r]*\n[ \t\r\n]*")
_FLOAT = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf)\Z|nan\Z")
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
_MOMENT = re.compile(f"(?:{_DATE}T{_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?|{_DATE}|{_CLOCK})\\Z")
_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Moment(NamedTuple):
    """A date or a time. ``kind``: date, time, or datetime. ``offset``: seconds east of UTC, ``None`` without a zone."""

    kind: str
    date: tuple[int, int, int]
    clock: tuple[int, int, int]
    nanosecond: int
    offset: Optional[int]
    text: str


def read(text: str, make_time: Callable[[Moment], Any]) -> dict[str, Any]:
    """A document's tables. Raises ``YamlError``."""
    return _Reader(text, make_time).document()


def _path(key: tuple[str, ...]) -> str:
    return ".".join(part if _BARE.match(part) else '"' + _ODD.sub(_escaped, part) + '"' for part in key)


def _escaped(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"


class _Reader(Scanner):
    """``context``: the table being filled. ``name``: the key being given a value. ``place``: line of the key read last."""

    def __init__(self, text: str, make_time: Callable[[Moment], Any]) -> None:
        self.make_time = make_time
        self.root: dict[str, Any] = {}
        self.context: tuple[str, ...] = ()
        self.name = ""
        self.place = 0
        self.depth = 0
        self.implicit: set[str] = set()
        self.lists: dict[str, bool] = {}
        super().__init__(text)

    def fault(self, words: str, line: int) -> YamlError:
        last = _path(self.context)
        if self.name:
            last = f"{last}.{self.name}" if self.context else self.name
        where = f" (last key {go_quote(last)})" if last else ""
        return YamlError(f"toml: line {line}{where}: {words}", f"not valid TOML: line {line}{where}: {words}", line)

    # lines

    def document(self) -> dict[str, Any]:
        while (char := self.next()) != END:
            if char in BLANKS or char in BREAKS:
                continue
            if char == "#":
                self.comment()
                continue
            if char == "[":
                self.header()
            else:
                self.back()
                outer = self.context
                self.pair()
                self.context, self.name = outer, ""
            self.line_end()
        return self.root

    def line_end(self) -> None:
        self.skip(BLANKS)
        char = self.next()
        if char == "#":
            self.comment()
        elif char == END:
            self.back()
        elif char not in BREAKS:
            got = go_quote(char, "'")
            raise self.here(f"expected a top-level item to end with a newline, comment, or EOF, but got {got} instead")

    def header(self) -> None:
        many = self.accept("[")
        key: list[str] = []
        while True:
            self.skip(BLANKS)
            char = self.peek()
            if char in ("]", END):
                raise self.here("unexpected end of table name (table names cannot be empty)")
            if char == ".":
                raise self.here("unexpected table separator (table names cannot be empty)")
            key.append(self.part(not key))
            self.skip(BLANKS)
            char = self.next()
            if char == "]":
                break
            if char != ".":
                raise self.here(f"expected '.' or ']' to end table name, but got {go_quote(char, chr(39))} instead")
        if many and (char := self.next()) != "]":
            raise self.here(f"expected end of table array name delimiter ']', but got {go_quote(char, chr(39))} instead")
        self.enter(tuple(key), many)
        self.mark("", False)

    def part(self, first: bool) -> str:
        """One part of a key."""
        text, escaped = self.quoted_key() if self.peek() in ('"', "'") else (self.bare(), False)
        if first:
            self.place = self.line
        return self.unescaped(text, self.line) if escaped else text

    def key(self) -> tuple[str, ...]:
        """To the equals sign, which is read."""
        self.skip(BLANKS)
        char = self.peek()
        if char in ("=", END):
            raise self.here("unexpected '=': key name appears blank")
        if char == ".":
            raise self.here("unexpected '.': keys cannot start with a '.'")
        parts: list[str] = []
        while True:
            self.skip(BLANKS)
            char = self.peek()
            if parts and char in ("=", ".", END):
                raise self.here(f"unexpected '{'.' if char == '.' else '='}'")
            parts.append(self.part(not parts))
            self.skip(BLANKS)
            char = self.next()
            if char == "=":
                return tuple(parts)
            if char == END:
                raise self.here("unexpected EOF; expected key separator '='")
            if char != ".":
                words = f"expected '.' or '=', but got {go_quote(char, chr(39))} instead"
                raise self.fault(words, self.line - 1) if char == "\n" else self.here(words)

    def pair(self) -> tuple[tuple[str, ...], Any]:
        key = self.key()
        self.name = key[-1]
        for part in key[:-1]:
            self.implicit.add(_path((*self.context, part)))
            self.enter((*self.context, part), False)
        value, is_list = self.value(False)
        self.put(self.name, value)
        self.mark(self.name, is_list)
        return key, value

    # tables

    def enter(self, key: tuple[str, ...], many: bool) -> None:
        """Makes a table, or one more of an array of tables, the one being filled."""
        table: Any = self.root
        for number, part in enumerate(key[:-1], 1):
            if part not in table:
                self.implicit.add(_path(key[:number]))
                table[part] = {}
            table = table[part]
            if table.__class__ is Slice:
                table = table[-1]
            elif table.__class__ is not dict:
                raise self.fault(f"Key '{_path(key[:number])}' was already created as a hash.", self.place)
        self.context = key[:-1]
        if many:
            tables = table.setdefault(key[-1], Slice((), _TABLE))
            if tables.__class__ is not Slice:
                raise self.fault(f"Key '{_path(key)}' was already created and cannot be used as an array.", self.place)
            tables.append({})
        else:
            self.put(key[-1], {})
        self.context = key

    def put(self, name: str, value: Any) -> None:
        table: Any = self.root
        for number, part in enumerate(self.context, 1):
            table = table[part]
            if table.__class__ is Slice:
                table = table[-1]
            elif table.__class__ is not dict:
                raise self.fault(f"Key '{_path(self.context[:number])}' has already been defined.", self.place)
        path = _path((*self.context, name))
        if name not in table:
            table[name] = value
        elif path not in self.implicit:
            raise self.fault(f"Key '{path}' has already been defined.", self.place)
        else:
            self.implicit.discard(path)
            if self.lists.get(path):
                table[name] = value

    def mark(self, name: str, is_list: bool) -> None:
        self.lists[_path((*self.context, name) if name else self.context or ("",))] = is_list

    # values

    def value(self, in_list: bool) -> tuple[Any, bool]:
        """A value, and whether it is an array."""
        self.skip(BLANKS)
        self.start = self.pos
        char = self.next()
        if char in "0123456789":
            self.back()
            return self.counted(self.number()), False
        if char in "[{":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise YamlError(f"toml: nested deeper than {MAX_DEPTH} levels")
            found = (self.array(), True) if char == "[" else (self.inline(in_list), False)
            self.depth -= 1
            return found
        if char in "\"'":
            return self.text_value(char), False
        if char in "+-":
            return self.counted(self.signed()), False
        return self.word(char), False

    def word(self, char: str) -> Any:
        if char == ".":
            raise self.here("floats must start with a digit, not '.'")
        if char in "in" and ((self.accept("n") and self.accept("f")) or (self.accept("a") and self.accept("n"))):
            return self.counted("float")
        if char.isalpha():
            self.back()
            start = self.pos
            while self.next().isalpha():
                pass
            self.back()
            found = self.text[start : self.pos]
            if found in ("true", "false"):
                return found == "true"
            raise self.here(f"expected value but found {go_quote(found)} instead")
        if char == END:
            raise self.here("unexpected EOF; expected value")
        words = f"expected value but found {go_quote(char, chr(39))} instead"
        raise self.fault(words, self.line - 1) if char == "\n" else self.here(words)

    def text_value(self, quote: str) -> str:
        if self.accept(quote):
            if self.accept(quote):
                text = self.long(quote)
                text = text[1:] if text[:1] == "\n" else text[2:] if text[:2] == "\r\n" else text
                return text if quote == "'" else self.unescaped(_LINE_END.sub(lambda m: m[1] or "", text), self.line)
            self.back()
        if quote == "'":
            return self.literal()
        text, escaped = self.string()
        return self.unescaped(text, self.line) if escaped else text

    def array(self) -> list[Any]:
        self.mark(self.name, True)
        items: list[Any] = []
        while True:
            self.between()
            char = self.next()
            if char == "]":
                return items
            if char == ",":
                raise self.here("unexpected comma")
            self.back()
            items.append(self.value(True)[0])
            self.between()
            char = self.next()
            if char == "]":
                return items
            if char != ",":
                raise self.here(f"expected a comma (',') or array terminator (']'), but got {_shown(char)}")

    def inline(self, in_list: bool) -> dict[str, Any]:
        outer, outer_name = self.context, self.name
        self.context = inner = (*outer, outer_name)
        self.name = ""
        self.implicit.add(_path(inner))
        self.enter(inner, in_list)
        found: dict[str, Any] = {}
        while True:
            self.between()
            char = self.next()
            if char == ",":
                raise self.here("unexpected comma")
            if char == "}":
                break
            self.back()
            self.member(found)
            self.context = inner
            self.between()
            char = self.next()
            if char == "}":
                break
            if char != ",":
                raise self.here(f"expected a comma or an inline table terminator '}}', but got {_shown(char)} instead")
        self.context, self.name = outer, outer_name
        return found

    def member(self, table: dict[str, Any]) -> None:
        key, value = self.pair()
        for part in key[:-1]:
            table = table.setdefault(part, {})
            if table.__class__ is not dict:
                raise self.fault(f"{go_quote(_path(self.context))} is not a table", self.place)
        table[key[-1]] = value

    def between(self) -> None:
        """Blanks, line breaks and comments."""
        while True:
            self.skip(BLANKS + BREAKS)
            if self.peek() != "#":
                return
            self.next()
            self.comment()

    # scalars

    def counted(self, kind: str) -> Any:
        text = self.since()
        if kind == "integer":
            return self.whole(text)
        return self.fraction(text) if kind == "float" else self.moment(text.strip())

    def whole(self, text: str) -> Int64:
        if not _separated(text):
            raise self.fault(f"Invalid integer {go_quote(text)}: underscores must be surrounded by digits", self.line)
        if _leading_zero(text):
            raise self.fault(f"Invalid integer {go_quote(text)}: cannot have leading zeroes", self.line)
        value = int(text, 0) if text[:1] == "0" and len(text) > 1 else int(text)
        if not -(1 << 63) <= value < 1 << 63:
            raise self.fault(f"{text} is out of range for int64", self.line)
        return Int64(value)

    def fraction(self, text: str) -> float:
        parts = [part for part in re.split("[.eE]", text) if part]
        if not all(map(_separated, parts)):
            raise self.fault(f"Invalid float {go_quote(text)}: underscores must be surrounded by digits", self.line)
        if parts and _leading_zero(parts[0]):
            raise self.fault(f"Invalid float {go_quote(text)}: cannot have leading zeroes", self.line)
        if re.search(r"\.(?![0-9])", text):
            raise self.fault(f"Invalid float {go_quote(text)}: '.' must be followed by one or more digits", self.line)
        plain = text.replace("_", "")
        if plain in ("+nan", "-nan"):
            plain = "nan"
        if not _FLOAT.match(plain):
            raise self.fault(f"Invalid float value: {go_quote(text)}", self.line)
        value = float(plain)
        if value in (float("inf"), float("-inf")) and "inf" not in plain:
            raise self.fault(f"{text} is out of range for float64", self.line)
        return value

    def moment(self, text: str) -> Any:
        text = text.replace("z", "Z").replace("t", "T").replace(" ", "T")
        found = _moment(text)
        if found is None:
            raise self.fault(f"invalid datetime: {go_quote(text)}", self.line)
        return self.make_time(found)

    def unescaped(self, text: str, line: int) -> str:
        def meant(match: re.Match[str]) -> str:
            digits = match[1] or match[2] or match[3]
            if digits is None:
                if match[4] in " \t":
                    raise self.fault(f"invalid escape: '\\{match[4]}'", line)
                return _MEANS[match[4]]
            code = int(digits, 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise self.fault(f"Escaped character '\\u{digits}' is not valid UTF-8.", line)
            return chr(code)

        return _ESCAPE.sub(meant, text)


def _shown(char: str) -> str:
    return "end of file" if char == END else f"'{char}'"


def _separated(text: str) -> bool:
    """Is every underscore between digits? Those of base 16, for all numbers."""
    if text in ("nan", "+nan", "-nan", "inf", "-inf", "+inf"):
        return True
    digit = False
    for char in text:
        if char == "_" and not digit:
            return False
        digit = char in "0123456789abcdefABCDEF"
    return digit


def _leading_zero(text: str) -> bool:
    if len(text) > 1 and text[0] == "0" and text[1] not in "box":
        return True
    return len(text) > 2 and text[0] in "+-" and text[1] == "0"


def _moment(text: str) -> Optional[Moment]:
    match = _MOMENT.match(text)
    if match is None:
        return None
    year, month, day = (int(match[i] or match[i + 8] or 0) for i in (1, 2, 3))
    kind = "time" if match[12] else "datetime" if match[4] else "date"
    hour, minute, second = (int(match[i] or match[i + 8] or 0) for i in (4, 5, 6))
    if kind == "time":
        year, month, day = 0, 1, 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _MONTHS[month - 1] - (month == 2 and not leap) or hour > 23 or minute > 59 or second > 59:
        return None
    offset: Optional[int] = None
    if match[8]:
        zone = match[8]
        hours, minutes = (int(zone[1:3]), int(zone[4:6])) if zone != "Z" else (0, 0)
        if hours > 24 or minutes > 60:
            return None
        offset = (hours * 60 + minutes) * (-60 if zone[0] == "-" else 60)
    fraction = (match[7] or match[15] or "")[:9].ljust(9, "0")
    return Moment(kind, (year, month, day), (hour, minute, second), int(fraction), offset, text)
