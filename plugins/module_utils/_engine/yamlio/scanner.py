# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""YAML's tokens, as go.yaml.in/yaml/v2 finds them (``readerc.go``, ``scannerc.go``); ``parser`` makes events of them.

libyaml reads YAML some fifty times faster, and yaml.v2 is descended from it, but the two have drifted apart: what may stand in a tag,
in an escape, behind a key in a flow mapping, and above all which fault of a broken text is told, and at which line. So this one is
asked where libyaml refuses, where a text holds what the two read differently, and where there is no libyaml.

Faults come in the order in which yaml.v2 finds them, which its reader has a part in: bytes are decoded in pieces of 512, and a byte
that is no YAML is found when its piece is needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

END = "\0"
BREAKS = "\r\n\x85\u2028\u2029"
MAX_DEPTH = 10000
MAX_KEY = 1024
_PIECE = 512
_CUT_OFF = "incomplete UTF-8 octet sequence"
_BLANK = " \t"
_BLANKZ = _BLANK + BREAKS + END
_BREAKZ = BREAKS + END
_ALPHA = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_URI = _ALPHA | frozenset(";/?:@&=+$,.!~*'()[]%")
_AFTER_ANCHOR = frozenset(_BLANKZ + "?:,]}%@`")
_NO_PLAIN = frozenset(_BLANKZ + "-?:,[]{}#&*!|>'\"%@`")
_FLOW_ENDS = frozenset(",?[]{}")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", " ": " ", '"': '"',
    "'": "'", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_CODES = {"x": 2, "u": 4, "U": 8}


class Mark(NamedTuple):
    """A place: characters from the start, lines and columns, all from 0."""

    offset: int
    line: int
    column: int


class Token(NamedTuple):
    """``kind``: a word of this file. ``more``: a scalar's style, a tag's suffix, a directive's prefix or minor version."""

    kind: str
    start: Mark
    end: Mark
    value: Any = None
    more: Any = ""


class Key:
    """A place where a simple key may have begun."""

    __slots__ = ("mark", "number", "possible", "required")

    def __init__(self, possible: bool, required: bool, number: int, mark: Mark) -> None:
        self.possible = possible
        self.required = required
        self.number = number
        self.mark = mark


class Fault(Exception):
    """``line``: as Go counts it in messages, 0 where it names none. ``mark``: where, for people; ``None`` for what is no text."""

    def __init__(self, problem: str, line: int = 0, mark: Mark | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.mark = mark


class Scanner:
    """:param data: the bytes of a stream: UTF-8, or UTF-16 with its mark."""

    def __init__(self, data: bytes) -> None:
        self._text, self._limit, self._unreadable = _decode(data)
        self._pos = self._line = self._column = 0
        self._tokens: deque[Token] = deque()
        self._taken = 0
        self._started = False
        self._indent = -1
        self._indents: list[int] = []
        self._flow = 0
        self._keys: list[Key] = []
        self._by_number: dict[int, int] = {}
        self._key_allowed = True

    def peek(self) -> Token:
        """The next token. Raises ``Fault``."""
        while True:
            if self._tokens:
                at = self._by_number.get(self._taken)
                if at is None or not self._valid(self._keys[at]):
                    return self._tokens[0]
            self._fetch()

    def take(self) -> Token:
        """Removes the token that was peeked at."""
        self._taken += 1
        return self._tokens.popleft()

    # ------------------------------------------------------------------------------------------------------ characters

    def _mark(self) -> Mark:
        return Mark(self._pos, self._line, self._column)

    def _need(self, count: int) -> None:
        if self._pos + count > self._limit:
            raise Fault(self._unreadable)

    def _skip(self, count: int = 1) -> None:
        self._pos += count
        self._column += count

    def _next(self) -> str:
        char = self._text[self._pos]
        self._skip()
        return char

    def _line_break(self) -> str:
        """Eats a line break; what it reads as. Empty, where there is none."""
        char = self._text[self._pos]
        if char not in BREAKS:
            return ""
        self._pos += 2 if char == "\r" and self._text[self._pos + 1] == "\n" else 1
        self._column = 0
        self._line += 1
        return char if char in "\u2028\u2029" else "\n"

    def _blanks(self) -> None:
        while self._text[self._pos] in _BLANK:
            self._skip()
            self._need(1)

    def _comment(self) -> None:
        if self._text[self._pos] == "#":
            while self._text[self._pos] not in _BREAKZ:
                self._skip()
                self._need(1)

    def _word(self) -> str:
        start = self._pos
        while self._text[self._pos] in _ALPHA:
            self._skip()
            self._need(1)
        return self._text[start : self._pos]

    def _fault(self, problem: str, context: Mark | None = None) -> Fault:
        line = self._line + 1 if self._line else context.line if context else 0
        return Fault(problem, line, self._mark())

    def _at_document(self) -> bool:
        return self._column == 0 and self._text[self._pos : self._pos + 3] in ("---", "...") and self._text[self._pos + 3] in _BLANKZ

    # ---------------------------------------------------------------------------------------------------------- tokens

    def _put(self, kind: str, mark: Mark, at: int = -1) -> None:
        token = Token(kind, mark, mark)
        if at < 0:
            self._tokens.append(token)
        else:
            self._tokens.insert(at, token)

    def _fetch(self) -> None:
        self._need(1)
        if not self._started:
            self._started = True
            self._keys.append(Key(False, False, 0, self._mark()))
            self._put("STREAM-START", self._mark())
            return
        self._to_token()
        self._unroll(self._column)
        self._need(4)
        self._way()()

    def _way(self) -> Callable[[], None]:
        """What fetches the next token: the first that fits."""
        char, after = self._text[self._pos], self._text[self._pos + 1]
        if char == END:
            return self._stream_end
        if self._column == 0 and char == "%":
            return self._directive
        if self._at_document():
            return self._document
        if char in "[{":
            return lambda: self._flow_start("FLOW-SEQUENCE-START" if char == "[" else "FLOW-MAPPING-START")
        if char in "]}":
            return lambda: self._flow_end("FLOW-SEQUENCE-END" if char == "]" else "FLOW-MAPPING-END")
        if char == ",":
            return self._flow_entry
        if char == "-" and after in _BLANKZ:
            return self._block_entry
        if char == "?" and (self._flow or after in _BLANKZ):
            return self._key
        if char == ":" and (self._flow or after in _BLANKZ):
            return self._value
        if char in "*&":
            return lambda: self._simple(lambda: self._anchor("ALIAS" if char == "*" else "ANCHOR"))
        if char == "!":
            return lambda: self._simple(self._tag)
        if char in "|>" and not self._flow:
            return lambda: self._block(char == "|")
        if char in "'\"":
            return lambda: self._simple(lambda: self._quoted(char == "'"))
        if char not in _NO_PLAIN or (char == "-" and after not in _BLANK) or (not self._flow and char in "?:" and after not in _BLANKZ):
            return lambda: self._simple(self._plain)
        raise self._fault("found character that cannot start any token", self._mark())

    def _block(self, literal: bool) -> None:
        self._remove_key()
        self._key_allowed = True
        self._tokens.append(self._block_scalar(literal))

    def _to_token(self) -> None:
        while True:
            while (char := self._text[self._pos]) == " " or (char == "\t" and (self._flow or not self._key_allowed)):
                self._skip()
                self._need(1)
            self._comment()
            if not self._line_break():
                return
            self._need(1)
            if not self._flow:
                self._key_allowed = True

    def _indicator(self, kind: str, count: int = 1) -> None:
        start = self._mark()
        self._skip(count)
        self._tokens.append(Token(kind, start, self._mark()))

    def _outside(self) -> None:
        """Everything that is open ends, as before a document or a directive."""
        self._unroll(-1)
        self._remove_key()
        self._key_allowed = False

    def _stream_end(self) -> None:
        if self._column:
            self._column = 0
            self._line += 1
        self._outside()
        self._put("STREAM-END", self._mark())

    def _document(self) -> None:
        self._outside()
        self._indicator("DOCUMENT-START" if self._text[self._pos] == "-" else "DOCUMENT-END", 3)

    def _flow_start(self, kind: str) -> None:
        self._save_key()
        self._keys.append(Key(False, False, self._taken + len(self._tokens), self._mark()))
        self._flow += 1
        if self._flow > MAX_DEPTH:
            raise self._fault(f"exceeded max depth of {MAX_DEPTH}", self._keys[-1].mark)
        self._key_allowed = True
        self._indicator(kind)

    def _flow_end(self, kind: str) -> None:
        self._remove_key()
        if self._flow:
            self._flow -= 1
            self._by_number.pop(self._keys.pop().number, None)
        self._key_allowed = False
        self._indicator(kind)

    def _flow_entry(self) -> None:
        self._remove_key()
        self._key_allowed = True
        self._indicator("FLOW-ENTRY")

    def _block_entry(self) -> None:
        if not self._flow:
            if not self._key_allowed:
                raise self._fault("block sequence entries are not allowed in this context", self._mark())
            self._roll(self._column, -1, "BLOCK-SEQUENCE-START", self._mark())
        self._remove_key()
        self._key_allowed = True
        self._indicator("BLOCK-ENTRY")

    def _key(self) -> None:
        if not self._flow:
            if not self._key_allowed:
                raise self._fault("mapping keys are not allowed in this context", self._mark())
            self._roll(self._column, -1, "BLOCK-MAPPING-START", self._mark())
        self._remove_key()
        self._key_allowed = not self._flow
        self._indicator("KEY")

    def _value(self) -> None:
        key = self._keys[-1]
        if self._valid(key):
            self._put("KEY", key.mark, key.number - self._taken)
            self._roll(key.mark.column, key.number, "BLOCK-MAPPING-START", key.mark)
            key.possible = False
            self._by_number.pop(key.number, None)
            self._key_allowed = False
        else:
            if not self._flow:
                if not self._key_allowed:
                    raise self._fault("mapping values are not allowed in this context", self._mark())
                self._roll(self._column, -1, "BLOCK-MAPPING-START", self._mark())
            self._key_allowed = not self._flow
        self._indicator("VALUE")

    def _simple(self, scan: Any) -> None:
        """A token that may be a simple key; none can begin right behind it."""
        self._save_key()
        self._key_allowed = False
        self._tokens.append(scan())

    # ---------------------------------------------------------------------------------- simple keys and indentation

    def _valid(self, key: Key) -> bool:
        """May it still be a key? It must end on its line and within 1024 characters."""
        if not key.possible:
            return False
        if key.mark.line < self._line or key.mark.offset + MAX_KEY < self._pos:
            if key.required:
                raise self._fault("could not find expected ':'", key.mark)
            key.possible = False
        return key.possible

    def _save_key(self) -> None:
        required = not self._flow and self._indent == self._column
        if self._key_allowed:
            key = Key(True, required, self._taken + len(self._tokens), self._mark())
            self._remove_key()
            self._keys[-1] = key
            self._by_number[key.number] = len(self._keys) - 1

    def _remove_key(self) -> None:
        key = self._keys[-1]
        if key.possible:
            if key.required:
                raise self._fault("could not find expected ':'", key.mark)
            key.possible = False
            self._by_number.pop(key.number, None)

    def _roll(self, column: int, number: int, kind: str, mark: Mark) -> None:
        if self._flow or self._indent >= column:
            return
        self._indents.append(self._indent)
        self._indent = column
        if len(self._indents) > MAX_DEPTH:
            raise self._fault(f"exceeded max depth of {MAX_DEPTH}", self._keys[-1].mark)
        self._put(kind, mark, number - self._taken if number >= 0 else -1)

    def _unroll(self, column: int) -> None:
        while not self._flow and self._indent > column:
            self._put("BLOCK-END", self._mark())
            self._indent = self._indents.pop()

    # ------------------------------------------------------------------------------------------------------ directives

    def _directive(self) -> None:
        self._outside()
        start = self._mark()
        self._skip()
        self._need(1)
        name = self._word()
        if not name:
            raise self._fault("could not find expected directive name", start)
        if self._text[self._pos] not in _BLANKZ:
            raise self._fault("found unexpected non-alphabetical character", start)
        if name == "YAML":
            self._blanks()
            major = self._version(start)
            if self._text[self._pos] != ".":
                raise self._fault("did not find expected digit or '.' character", start)
            self._skip()
            token = Token("VERSION-DIRECTIVE", start, self._mark(), major, self._version(start))
        elif name == "TAG":
            self._blanks()
            handle = self._handle(start, directive=True)
            if self._text[self._pos] not in _BLANK:
                raise self._fault("did not find expected whitespace", start)
            self._blanks()
            prefix = self._uri(start, "")
            if self._text[self._pos] not in _BLANKZ:
                raise self._fault("did not find expected whitespace or line break", start)
            token = Token("TAG-DIRECTIVE", start, self._mark(), handle, prefix)
        else:
            raise self._fault("found unknown directive name", start)
        self._rest_of_line(start)
        self._tokens.append(token)

    def _rest_of_line(self, start: Mark) -> None:
        self._need(1)
        self._blanks()
        self._comment()
        if self._text[self._pos] not in _BREAKZ:
            raise self._fault("did not find expected comment or line break", start)
        self._line_break()

    def _version(self, start: Mark) -> int:
        digits = ""
        while self._text[self._pos] in _DIGITS:
            if len(digits) == 2:
                raise self._fault("found extremely long version number", start)
            digits += self._next()
            self._need(1)
        if not digits:
            raise self._fault("did not find expected version number", start)
        return int(digits)

    # --------------------------------------------------------------------------------------------- anchors and tags

    def _anchor(self, kind: str) -> Token:
        start = self._mark()
        self._skip()
        self._need(1)
        name = self._word()
        if not name or self._text[self._pos] not in _AFTER_ANCHOR:
            raise self._fault("did not find expected alphabetic or numeric character", start)
        return Token(kind, start, self._mark(), name)

    def _tag(self) -> Token:
        start = self._mark()
        if self._text[self._pos + 1] == "<":
            self._skip(2)
            handle, suffix = "", self._uri(start, "")
            if self._text[self._pos] != ">":
                raise self._fault("did not find the expected '>'", start)
            self._skip()
        else:
            handle = self._handle(start)
            if len(handle) > 1 and handle.endswith("!"):
                suffix = self._uri(start, "")
            else:
                suffix = self._uri(start, handle)
                handle, suffix = ("!", suffix) if suffix else ("", handle)
        self._need(1)
        if self._text[self._pos] not in _BLANKZ:
            raise self._fault("did not find expected whitespace or line break", start)
        return Token("TAG", start, self._mark(), handle, suffix)

    def _handle(self, start: Mark, directive: bool = False) -> str:
        if self._text[self._pos] != "!":
            raise self._fault("did not find expected '!'", start)
        handle = self._next()
        self._need(1)
        handle += self._word()
        if self._text[self._pos] == "!":
            handle += self._next()
        elif directive and handle != "!":
            raise self._fault("did not find expected '!'", start)
        return handle

    def _uri(self, start: Mark, head: str) -> str:
        """The rest of a tag, behind the ``!`` that ``head`` begins with."""
        out = bytearray(head[1:].encode())
        found = bool(head)
        self._need(1)
        while (char := self._text[self._pos]) in _URI:
            if char == "%":
                self._octets(start, out)
            else:
                out += self._next().encode()
            self._need(1)
            found = True
        if not found:
            raise self._fault("did not find expected tag URI", start)
        return out.decode("utf-8", "surrogateescape")

    def _octets(self, start: Mark, out: bytearray) -> None:
        width = 0
        while True:
            self._need(3)
            code = self._text[self._pos : self._pos + 3]
            if code[0] != "%" or not set(code[1:]) <= _HEX or len(code) < 3:
                raise self._fault("did not find URI escaped octet", start)
            octet = int(code[1:], 16)
            if not width:
                width = 1 if octet < 0x80 else _width(octet)
                if not width:
                    raise self._fault("found an incorrect leading UTF-8 octet", start)
            elif octet & 0xC0 != 0x80:
                raise self._fault("found an incorrect trailing UTF-8 octet", start)
            out.append(octet)
            self._skip(3)
            width -= 1
            if not width:
                return

    # --------------------------------------------------------------------------------------------------------- scalars

    def _block_scalar(self, literal: bool) -> Token:
        start = self._mark()
        self._skip()
        self._need(1)
        chomping, increment = self._block_header(start)
        self._rest_of_line(start)
        indent = increment + max(self._indent, 0) if increment else 0
        indent, breaks = self._block_breaks(indent, start)
        parts: list[str] = []
        leading = ""
        blank_before = False
        while self._column == indent and self._text[self._pos] != END:
            blank = self._text[self._pos] in _BLANK
            if not literal and not blank_before and not blank and leading == "\n":
                if not breaks:
                    parts.append(" ")
            else:
                parts.append(leading)
            parts.append(breaks)
            blank_before = blank
            from_ = self._pos
            while self._text[self._pos] not in _BREAKZ:
                self._skip()
                self._need(1)
            parts.append(self._text[from_ : self._pos])
            self._need(2)
            leading = self._line_break()
            indent, breaks = self._block_breaks(indent, start)
        if chomping != "-":
            parts.append(leading)
        if chomping == "+":
            parts.append(breaks)
        return Token("SCALAR", start, self._mark(), "".join(parts), "|" if literal else ">")

    def _block_header(self, start: Mark) -> tuple[str, int]:
        chomping = ""
        increment = 0
        for _turn in range(2):
            char = self._text[self._pos]
            if char in "+-" and not chomping:
                chomping = char
            elif char in _DIGITS and not increment:
                if char == "0":
                    raise self._fault("found an indentation indicator equal to 0", start)
                increment = int(char)
            else:
                break
            self._skip()
            self._need(1)
        return chomping, increment

    def _block_breaks(self, indent: int, start: Mark) -> tuple[int, str]:
        """Indentation and empty lines; the depth of a block scalar is that of its first line that is not empty."""
        breaks = ""
        deepest = 0
        while True:
            self._need(1)
            while (not indent or self._column < indent) and self._text[self._pos] == " ":
                self._skip()
                self._need(1)
            deepest = max(deepest, self._column)
            if (not indent or self._column < indent) and self._text[self._pos] == "\t":
                raise self._fault("found a tab character where an indentation space is expected", start)
            found = self._line_break()
            if not found:
                return indent or max(deepest, self._indent + 1, 1), breaks
            breaks += found

    def _quoted(self, single: bool) -> Token:
        start = self._mark()
        self._skip()
        quote = "'" if single else '"'
        parts: list[str] = []
        while True:
            self._need(4)
            if self._at_document():
                raise self._fault("found unexpected document indicator", start)
            if self._text[self._pos] == END:
                raise self._fault("found unexpected end of stream", start)
            folded = self._quoted_text(parts, single, start)
            self._need(1)
            if self._text[self._pos] == quote:
                self._skip()
                return Token("SCALAR", start, self._mark(), "".join(parts), quote)
            parts.append(self._spaces(folded))

    def _quoted_text(self, parts: list[str], single: bool, start: Mark) -> bool:
        """Up to the next blank or the closing quote; whether an escaped line break ended it."""
        while (char := self._text[self._pos]) not in _BLANKZ:
            if single and char == "'":
                if self._text[self._pos + 1] != "'":
                    break
                parts.append("'")
                self._skip(2)
            elif not single and char == '"':
                break
            elif not single and char == "\\":
                if self._text[self._pos + 1] in BREAKS:
                    self._need(3)
                    self._skip()
                    self._line_break()
                    return True
                parts.append(self._escape(start))
            else:
                parts.append(self._next())
            self._need(2)
        return False

    def _escape(self, start: Mark) -> str:
        char = self._text[self._pos + 1]
        plain = _ESCAPES.get(char)
        width = _CODES.get(char)
        if plain is None and width is None:
            raise self._fault("found unknown escape character", start)
        self._skip(2)
        if width is None:
            return plain or ""
        self._need(width)
        digits = self._text[self._pos : self._pos + width]
        if len(digits) < width or not set(digits) <= _HEX:
            raise self._fault("did not find expected hexdecimal number", start)
        code = int(digits, 16)
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            raise self._fault("found invalid Unicode character escape code", start)
        self._skip(width)
        return chr(code)

    def _spaces(self, folded: bool) -> str:
        """Blanks and line breaks within a quoted scalar, as what they stand for. ``folded``: an escaped line break came before."""
        spaces = leading = trailing = ""
        while True:
            char = self._text[self._pos]
            if char in _BLANK:
                if folded:
                    self._skip()
                else:
                    spaces += self._next()
            elif char in BREAKS:
                self._need(2)
                if folded:
                    trailing += self._line_break()
                else:
                    spaces, folded, leading = "", True, self._line_break()
            else:
                break
            self._need(1)
        return _fold(leading, trailing) if folded else spaces

    def _plain(self) -> Token:
        start = end = self._mark()
        parts: list[str] = []
        spaces = leading = trailing = ""
        folded = False
        indent = self._indent + 1
        while True:
            self._need(4)
            if self._at_document() or self._text[self._pos] == "#":
                break
            while (char := self._text[self._pos]) not in _BLANKZ:
                if (char == ":" and self._text[self._pos + 1] in _BLANKZ) or (self._flow and char in _FLOW_ENDS):
                    break
                if folded or spaces:
                    parts.append(_fold(leading, trailing) if folded else spaces)
                    spaces = leading = trailing = ""
                    folded = False
                parts.append(self._next())
                end = self._mark()
                self._need(2)
            if self._text[self._pos] not in _BLANK + BREAKS:
                break
            while (char := self._text[self._pos]) in _BLANK + BREAKS:
                if char in BREAKS:
                    self._need(2)
                    if folded:
                        trailing += self._line_break()
                    else:
                        spaces, folded, leading = "", True, self._line_break()
                elif folded:
                    if char == "\t" and self._column < indent:
                        raise self._fault("found a tab character that violates indentation", start)
                    self._skip()
                else:
                    spaces += self._next()
                self._need(1)
            if not self._flow and self._column < indent:
                break
        if folded:
            self._key_allowed = True
        return Token("SCALAR", start, end, "".join(parts), "")


def _fold(leading: str, trailing: str) -> str:
    if leading.startswith("\n"):
        return trailing or " "
    return leading + trailing


# ------------------------------------------------------------------------------------------------------------- reading


def _decode(data: bytes) -> tuple[str, int, str]:
    """The characters with an end behind them; from which on something is not readable, and what: in Go's words.

    Without such a place it is the end of time.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_wide(data[2:], "little" if data[0] == 0xFF else "big")
    skipped = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    body = data[skipped:] if data else b"\n"
    at, problem = _first_fault(body)
    if not problem:
        return body.decode() + END * 4, 1 << 62, ""
    good = body[:at].decode("utf-8", "ignore")
    if problem == _CUT_OFF:  # found when more is asked for than there is
        return good + END * 4, len(good), problem
    return good + END * 4, len(body[: _piece(body, at, skipped)].decode("utf-8", "ignore")), problem


def _decode_wide(body: bytes, order: Literal["little", "big"]) -> tuple[str, int, str]:
    """UTF-16, which helm seldom takes: its reader of documents adds a byte to what does not end in a line feed's byte."""
    problem = ""
    try:
        text = body.decode(f"utf-16-{order[0]}e")
    except UnicodeDecodeError as error:
        text = body[: error.start].decode(f"utf-16-{order[0]}e")
        problem = _wide_problem(body[error.start : error.start + 4], order)
    at = next((number for number, char in enumerate(text) if not _readable(char)), len(text))
    if at < len(text):
        problem = "control characters are not allowed"
    # what is cut off is found when more is asked for than there is
    piece = 1 << 62 if not problem else at if problem.startswith("incomplete") else at - at % (_PIECE // 2)
    return text[:at] + END * 4, piece, problem


def _wide_problem(rest: bytes, order: Literal["little", "big"]) -> str:
    if len(rest) < 2:
        return "incomplete UTF-16 character"
    if int.from_bytes(rest[:2], order) & 0xFC00 == 0xDC00:
        return "unexpected low surrogate area"
    return "incomplete UTF-16 surrogate pair" if len(rest) < 4 else "expected low surrogate area"


def _readable(char: str) -> bool:
    return char in "\t\n\r\x85" or " " <= char <= "~" or "\xa0" <= char <= "\ufffd" or char >= "\U00010000"


def _first_fault(body: bytes) -> tuple[int, str]:
    """Byte and reason of the first thing that the reader refuses; no reason, where there is none."""
    try:
        text = body.decode()
        at = len(body)
        problem = ""
    except UnicodeDecodeError as error:
        at = error.start
        text = body[:at].decode()
        problem = _utf8_problem(body, at)
    for number, char in enumerate(text):
        if not _readable(char):
            return len(text[:number].encode()), "control characters are not allowed"
    return at, problem


def _width(first: int) -> int:
    """Bytes of a character of more than one, by its first; 0 for what is none."""
    return 2 if first & 0xE0 == 0xC0 else 3 if first & 0xF0 == 0xE0 else 4 if first & 0xF8 == 0xF0 else 0


def _utf8_problem(body: bytes, at: int) -> str:
    first = body[at]
    width = _width(first)
    if not width:
        return "invalid leading UTF-8 octet"
    rest = body[at + 1 : at + width]
    if len(rest) < width - 1:
        return _CUT_OFF
    code = first & (0xFF >> (width + 1))
    for octet in rest:
        if octet & 0xC0 != 0x80:
            return "invalid trailing UTF-8 octet"
        code = code << 6 | octet & 0x3F
    if code < (0x80, 0x800, 0x10000)[width - 2]:
        return "invalid length of a UTF-8 sequence"
    return "invalid Unicode character"


def _piece(body: bytes, at: int, skipped: int) -> int:
    """Where the piece begins that holds a byte: pieces end between characters, and the next one begins with what was left over."""
    start = 0
    end = _PIECE - skipped
    while at >= end:
        start = end
        while start > 0 and start < len(body) and body[start] & 0xC0 == 0x80:
            start -= 1
        end = start + _PIECE
    return start
