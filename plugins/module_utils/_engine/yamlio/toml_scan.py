# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The letters of TOML: blanks, keys, strings and numbers, with the words and the line numbers of BurntSushi/toml 1.6 (``lex.go``).

A scanner goes forward one character at a time and back by at most three. Every fault is raised where it is met. Lines count from
1; a fault at the text's end, or at a line break, is told of the line before, as in Go.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..gotypes.printing import go_quote
from .errors import YamlError

END = "\0"  # behind the last character; a NUL in the text itself is a fault
BLANKS = " \t"
BREAKS = "\n\r"
_DIGITS = "0123456789"
_HEX = "0123456789abcdefABCDEF"
_BASES = {"b": ("01", "binary"), "o": ("01234567", "octal"), "x": (_HEX, "hexadecimal")}
_BARE = re.compile(r"[A-Za-z0-9_-]*")
#: what strings and comments hold without meaning anything
_PLAIN = re.compile("[^\0-\x1f\x7f\ud800-\udfff\"'\\\\]*")
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPES = {"x": (2, "two"), "u": (4, "four"), "U": (8, "eight")}


class Scanner:
    """Text, place and line. ``fault`` is replaced by who knows the last key."""

    def __init__(self, text: str) -> None:
        for mark in ("\udcff\udcfe", "\udcfe\udcff", "\ufeff"):
            if text.startswith(mark):
                text = text[len(mark) :]
                break
        self.text = text
        self.size = len(text)
        self.pos = 0
        self.line = 1
        self.start = 0
        self.ended = False
        if "\0" in text[:6] and b"\0" in text[:6].encode("utf-8", "surrogateescape")[:6]:
            raise self.fault("files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8", 1)

    def fault(self, words: str, line: int) -> YamlError:
        return YamlError(f"toml: line {line}: {words}", f"not valid TOML: line {line}: {words}", line)

    def here(self, words: str) -> YamlError:
        """A fault at the place that is reached."""
        before = self.ended and self.pos >= 1 and self.text[self.pos - 1] == "\n"
        return self.fault(words, self.line - before)

    # one character

    def next(self) -> str:
        if self.pos >= self.size:
            self.ended = True
            return END
        char = self.text[self.pos]
        if char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff":
            self._odd(char)
        self.pos += 1
        return char

    def _odd(self, char: str) -> None:
        if char == "\n":
            self.line += 1
        elif char >= "\ud800":
            raise self.fault(f"invalid UTF-8 byte: 0x{ord(char) & 0xFF:02x}", self.line)
        elif _CONTROL.match(char) or (char == "\r" and self.text[self.pos + 1 : self.pos + 2] != "\n"):
            raise self.fault(f"TOML files cannot contain control characters: '0x{ord(char):02x}'", self.line)

    def back(self, count: int = 1) -> None:
        for _time in range(count):
            if self.ended:
                self.ended = False
                continue
            self.pos -= 1
            if self.text[self.pos] == "\n":
                self.line -= 1

    def accept(self, char: str) -> bool:
        if self.next() == char:
            return True
        self.back()
        return False

    def peek(self) -> str:
        char = self.next()
        self.back()
        return char

    def skip(self, chars: str) -> None:
        while self.next() in chars:
            pass
        self.back()

    def since(self) -> str:
        return self.text[self.start : self.pos]

    def comment(self) -> None:
        """To the line's end, which stays."""
        char = " "
        while char not in BREAKS and char != END:
            match = _PLAIN.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            char = self.next()
        self.back()

    # keys

    def bare(self) -> str:
        match = _BARE.match(self.text, self.pos)
        found = match[0] if match else ""
        self.pos += len(found)
        self.peek()  # what follows must be a character of TOML
        return found

    def quoted_key(self) -> tuple[str, bool]:
        """Text, and whether it holds escapes."""
        return self.string() if self.next() == '"' else (self.literal(), False)

    # strings, behind their first quotes

    def string(self) -> tuple[str, bool]:
        self.start = self.pos
        escaped = False
        while True:
            match = _PLAIN.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            char = self.next()
            if char == END:
                raise self.here("unexpected EOF; expected '\"'")
            if char in BREAKS:
                raise self.fault("strings cannot contain newlines", self.line - 1)
            if char == "\\":
                escaped = True
                self.escape()
            elif char == '"':
                return self.text[self.start : self.pos - 1], escaped

    def literal(self) -> str:
        self.start = self.pos
        while True:
            match = _PLAIN.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            char = self.next()
            if char == END:
                raise self.here('unexpected EOF; expected "\'"')
            if char in BREAKS:
                raise self.fault("strings cannot contain newlines", self.line - 1)
            if char == "'":
                return self.text[self.start : self.pos - 1]

    def long(self, quote: str) -> str:
        """Between three quotes on each side; up to two more may end it."""
        self.start = self.pos
        outer = '"' if quote == "'" else "'"
        while True:
            match = _PLAIN.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            char = self.next()
            if char == END:
                raise self.here(f"unexpected EOF; expected {outer}{quote * 3}{outer}")
            if char == "\\" and quote == '"':
                if self.next() not in BREAKS:
                    self.back()
                    self.escape()
            elif char == quote and self.accept(quote):
                if not self.accept(quote):
                    self.back()
                elif self.peek() == quote:
                    found = self.since()
                    if found.endswith(quote * 5) and not (quote == '"' and found.endswith('\\"""""')):
                        raise self.here(f"unexpected {outer}{quote * 6}{outer}")
                    self.back(2)
                else:
                    return self.text[self.start : self.pos - 3]

    def escape(self) -> None:
        char = self.next()
        if char in 'ebtnfr" \t\\':
            return
        if char not in _ESCAPES:
            raise self.fault(f"invalid escape in string '\\{char}'", self.line - self.ended)
        count, word = _ESCAPES[char]
        for _time in range(count):
            if self.next() not in _HEX:
                got = go_quote(self.since())
                raise self.here(f"expected {word} hexadecimal digits after '\\{char}', but got {got} instead")

    # numbers and dates: the kind of what is in ``since``

    def number(self) -> str:
        """``integer``, ``float`` or ``datetime``; the first digit is next."""
        if self.next() != "0":
            return self._number_or_date()
        char = self.next()
        if char in _DIGITS:
            return self._number_or_date()
        if char in _BASES:
            digits, word = _BASES[char]
            after = self.peek()
            if after not in digits:
                raise self.here(f"not a{'n' if char == 'o' else ''} {word} number: '{self.since()}{after}'")
            self.skip(digits + "_")
            return "integer"
        return self._follow(char, self._decimal)

    def signed(self) -> str:
        """Behind a sign."""
        char = self.next()
        if char in "in":
            rest = "nf" if char == "i" else "an"
            if not (self.accept(rest[0]) and self.accept(rest[1])):
                raise self.here(f"invalid float: '{self.since()}'")
            return "float"
        if char == "0" and self.peek() in "box":
            raise self.here(f"cannot use sign with non-decimal numbers: '{self.since()}{self.peek()}'")
        if char == ".":
            raise self.here("floats must start with a digit, not '.'")
        if char not in _DIGITS:
            raise self.here(f"expected a digit but got {go_quote(char, quote=chr(39))}")
        return self._decimal()

    def _number_or_date(self) -> str:
        self.skip(_DIGITS)
        char = self.next()
        if char in "-:":
            self.skip(_DIGITS + "-:Tt .Zz+")
            return "datetime"
        return self._follow(char, self._decimal)

    def _decimal(self) -> str:
        self.skip(_DIGITS + "_")
        char = self.next()
        return self._follow(char, lambda: "integer") if char in ".eE" else self._follow("", lambda: "integer")

    def _follow(self, char: str, underscored: Callable[[], str]) -> str:
        """What a number is whose digits are followed by a character, which has been read."""
        if char == "_":
            return underscored()
        if char and char in ".eE":
            self.skip(_DIGITS + "_.-+eE")
            return "float"
        self.back()
        return "integer"
