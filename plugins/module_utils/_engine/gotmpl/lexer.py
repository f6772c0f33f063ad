# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Splits a template's text into tokens (Go: ``text/template/parse/lex.go``).

The whole text is split in one pass. Inside an action spaces are tokens, since ``.a .b`` and ``.a.b`` differ. The first error becomes the
last token, of kind ``ERROR``: the parser words it, since it knows the action that contains it. Positions are offsets in characters;
columns, which Go counts in bytes, are computed when an error is worded.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..gotypes.limits import MAX_PARTS
from ..gotypes.runes import is_alphanumeric, is_print
from ..patterns import late

TEXT, LEFT, RIGHT, SPACE, ERROR, EOF = "text", "left", "right", "space", "error", "eof"
FIELD, VARIABLE, IDENTIFIER, DOT, NUMBER, STRING, RAW, RUNE = "field", "variable", "identifier", "dot", "number", "string", "raw", "rune"
BOOL, NIL, PIPE, ASSIGN, DECLARE = "bool", "nil", "pipe", "assign", "declare"
OPEN, CLOSE, CHAR, KEYWORD = "open", "close", "char", "keyword"

KEYWORDS = frozenset(["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"])
SPACES = " \t\r\n"


class Token(NamedTuple):
    """``line`` is the line on which the token begins, from 1."""

    kind: str
    value: str
    pos: int
    line: int


_WORD = late(r"\w*", re.ASCII)
_BLANK = late(r"[ \t\r\n]+")
_QUOTED = late(r'"(?:[^"\\\n]|\\[^\n])*"')
_RUNE = late(r"'(?:[^'\\\n]|\\[^\n])*'")
_NUMBER = late(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_TERMINATORS = frozenset(".,|:()")
_DIGITS = frozenset("0123456789")


class _Stop(Exception):
    """An error token was made."""


class ParseFault(Exception):
    """A syntax error: ``line`` and Go's message; the caller adds the template's name."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class TooLarge(ParseFault):
    """A template exceeds a bound; ``message`` says which. Helm has no such bound."""


class Lexer:
    """``tokens(text)`` is the way in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.line = 1
        self.counted = 0  # newlines before this offset are in ``line``

    def run(self) -> list[Token]:
        try:
            self._text()
        except _Stop:
            return self.tokens
        self._emit(EOF, "EOF", len(self.text))
        return self.tokens

    def _emit(self, kind: str, value: str, pos: int) -> None:
        if len(self.tokens) >= MAX_PARTS:
            raise TooLarge(self.line, f"more than {MAX_PARTS} words and marks in its actions")
        self.line += self.text.count("\n", self.counted, pos)
        self.counted = pos
        self.tokens.append(Token(kind, value, pos, self.line))

    def _fail(self, message: str, pos: int) -> None:
        self._emit(ERROR, message, pos)
        raise _Stop

    def _text(self) -> None:
        text, pos = self.text, 0
        while True:
            start = text.find("{{", pos)
            if start < 0:
                if pos < len(text):
                    self._emit(TEXT, text[pos:], pos)
                return
            marked = text.startswith("-", start + 2) and start + 3 < len(text) and text[start + 3] in SPACES
            before = text[pos:start]
            if marked:
                before = before.rstrip(SPACES)
            if before:
                self._emit(TEXT, before, pos)
            inside = start + (4 if marked else 2)
            pos = self._comment(inside) if text.startswith("/*", inside) else self._action(start, inside)

    def _comment(self, pos: int) -> int:
        end = self.text.find("*/", pos + 2)
        if end < 0:
            self._fail("unclosed comment", pos)
        close = self._right(end + 2)
        if close is None:
            self._fail("comment ends before closing delimiter", pos)
            return pos
        return self._after(close)

    def _right(self, pos: int) -> tuple[int, bool] | None:
        """Where a right delimiter begins, and whether it trims; ``None`` where there is none."""
        text = self.text
        if text.startswith("}}", pos):
            return pos, False
        if pos < len(text) and text[pos] in SPACES and text.startswith("-}}", pos + 1):
            return pos + 2, True
        return None

    def _after(self, close: tuple[int, bool]) -> int:
        """The offset after a right delimiter, and after the spaces that it trims."""
        pos = close[0] + 2
        if close[1]:
            blank = _BLANK.match(self.text, pos)
            pos = blank.end() if blank else pos
        return pos

    def _action(self, start: int, pos: int) -> int:
        self._emit(LEFT, "{{", start)
        depth, text = 0, self.text
        while True:
            close = self._right(pos)
            if close is not None:
                if depth:
                    self._fail("unclosed left paren", pos)
                self._emit(RIGHT, "}}", close[0])
                return self._after(close)
            if pos >= len(text):
                self._fail("unclosed action", pos)
            char = text[pos]
            if char in SPACES:
                blank = _BLANK.match(text, pos)
                end = blank.end() if blank else pos + 1
                if text.startswith("-}}", end):
                    end -= 1  # the last space belongs to the trim marker
                if end > pos:
                    self._emit(SPACE, text[pos:end], pos)
                pos = end
                continue
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if depth < 0:
                    self._fail("unexpected right paren", pos)
            pos = self._token(char, pos)

    def _token(self, char: str, pos: int) -> int:
        text = self.text
        if char == "." and pos + 1 < len(text) and text[pos + 1] not in _DIGITS:  # at the text's end Go looks for a number
            return self._name(FIELD, DOT, pos)
        if char == "$":
            return self._name(VARIABLE, VARIABLE, pos)
        if char in _DIGITS or char in "+-.":
            return self._number(pos)
        if char == "_" or is_alphanumeric(char):
            return self._identifier(pos)
        simple = {"=": ASSIGN, "|": PIPE, "(": OPEN, ")": CLOSE}.get(char)
        if simple is not None:
            self._emit(simple, char, pos)
            return pos + 1
        return self._other(char, pos)

    def _other(self, char: str, pos: int) -> int:
        if char == ":":
            if self.text[pos + 1 : pos + 2] != "=":
                self._fail("expected :=", pos)
            self._emit(DECLARE, ":=", pos)
            return pos + 2
        if char == '"':
            return self._delimited(_QUOTED, STRING, "unterminated quoted string", pos)
        if char == "'":
            return self._delimited(_RUNE, RUNE, "unterminated character constant", pos)
        if char == "`":
            end = self.text.find("`", pos + 1)
            if end < 0:
                self._fail("unterminated raw quoted string", pos)
            self._emit(RAW, self.text[pos : end + 1], pos)
            return end + 1
        if char.isascii() and char.isprintable():
            self._emit(CHAR, char, pos)
            return pos + 1
        self._fail(f"unrecognized character in action: {unicode_name(char)}", pos)
        return pos

    def _delimited(self, pattern: re.Pattern[str], kind: str, complaint: str, pos: int) -> int:
        found = pattern.match(self.text, pos)
        if found is None:
            self._fail(complaint, pos)
            return pos
        self._emit(kind, found.group(), pos)
        return found.end()

    def _terminated(self, start: int, end: int) -> None:
        """An identifier must be followed by something that cannot go on with it (Go: ``atTerminator``)."""
        char = self.text[end : end + 1]
        if not char or char in SPACES or char in _TERMINATORS or self.text.startswith("}}", end):
            return
        self._fail(f"bad character {unicode_name(char)}", start)

    def _name(self, kind: str, alone: str, pos: int) -> int:
        end = _word_end(self.text, pos + 1)
        self._terminated(pos, end)
        self._emit(kind if end > pos + 1 else alone, self.text[pos:end], pos)
        return end

    def _identifier(self, pos: int) -> int:
        value = self.text[pos : _word_end(self.text, pos)]
        self._terminated(pos, pos + len(value))
        kind = IDENTIFIER
        if value in KEYWORDS:
            kind = KEYWORD
        elif value in ("true", "false"):
            kind = BOOL
        elif value == "nil":
            kind = NIL
        self._emit(kind, value, pos)
        return pos + len(value)

    def _number(self, pos: int) -> int:
        found = _NUMBER.match(self.text, pos)
        end = found.end() if found else pos
        if self.text[end : end + 1] in ("+", "-") and found:  # complex: 1+2i
            second = _NUMBER.match(self.text, end)
            end = second.end() if second else end
            odd = _word_end(self.text, end) > end
            end += odd
            if odd or not self.text[pos:end].endswith("i"):
                self._fail(f'bad number syntax: "{self.text[pos:end]}"', pos)
        if _word_end(self.text, end) > end:
            self._fail(f'bad number syntax: "{self.text[pos : end + 1]}"', pos)
        self._emit(NUMBER, self.text[pos:end], pos)
        return end


def _word_end(text: str, pos: int) -> int:
    """Where the letters, digits and underscores from ``pos`` on end: ``isAlphaNumeric``."""
    while True:
        found = _WORD.match(text, pos)
        pos = found.end() if found else pos
        if pos >= len(text) or text[pos] < "\x80" or not is_alphanumeric(text[pos]):
            return pos
        pos += 1


def unicode_name(char: str) -> str:
    """``%#U``: ``U+002D '-'``; not printable ones without the quotes."""
    if "\udc80" <= char <= "\udcff":  # a byte that is no UTF-8
        char = "\ufffd"
    code = ord(char)
    return f"U+{code:04X} '{char}'" if is_print(char) else f"U+{code:04X}"


def tokens(text: str) -> list[Token]:
    """All tokens; the last is ``EOF`` or ``ERROR``."""
    return Lexer(text).run()
