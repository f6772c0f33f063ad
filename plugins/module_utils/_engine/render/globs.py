# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The patterns of ``.Files.Glob`` (github.com/gobwas/glob with ``/`` as separator).

``*`` and ``?`` stop at ``/``, ``**`` does not; ``{a,b}`` are alternatives, also nested and also when the last brace is missing; ``[abc]``,
``[a-z]`` and ``[!...]`` are one character each, ``/`` included; one class holds letters or one range, not both. A NUL ends the text before
it, and elsewhere the pattern. Helm replaces a pattern that breaks these rules, or that is not UTF-8, with ``**``, which matches every file.
Bugs of that library (letters beyond ASCII in classes, three stars in a row, panics) are not copied.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Union

#: stars and braces of a pattern up to which Python's ``re`` may try all ways
_HARMLESS = 3
_NOT_A_RUNE = re.compile("[\ufffd\udc80-\udcff]")


class _Linear:
    """A pattern with many stars: ``re`` would try every way to divide a name among them."""

    def __init__(self, expression: str) -> None:
        from ..sprig.regex import compiled

        self._compiled = compiled(rf"(?s)\A(?:{expression})\z")

    def fullmatch(self, name: str) -> object:
        return self._compiled.search(name)


@lru_cache(maxsize=256)
def compile_glob(pattern: str) -> Union[re.Pattern[str], _Linear]:
    """A regular expression to be used with ``fullmatch``."""
    try:
        expression = _Translator(pattern).translate()
        return re.compile(expression, re.DOTALL) if pattern.count("*") + pattern.count("{") <= _HARMLESS else _Linear(expression)
    except _Bad:
        return re.compile(".*", re.DOTALL)


class _Bad(Exception):
    """A pattern that gobwas refuses."""


class _Translator:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def _next(self) -> str:
        char = self._pattern[self._at : self._at + 1]
        self._at += 1
        if _NOT_A_RUNE.match(char):
            raise _Bad
        return char

    def translate(self) -> str:
        out: list[str] = []
        in_text = False
        while char := self._next():
            if char == "\0":
                if not in_text:
                    break
                in_text = False
            elif char == "\\":
                escaped = self._next()
                in_text = escaped not in ("", "\0")
                out.append(re.escape(escaped) if in_text else "")
            else:
                token = self._token(char)
                in_text = not token
                out.append(token or re.escape(char))
        return "".join(out) + ")" * self._depth

    def _token(self, char: str) -> str:
        """The meaning of a special character; "" for one that is text."""
        if char == "{":
            self._depth += 1
            return "(?:"
        if char == "}" and self._depth:
            self._depth -= 1
            return ")"
        if char == "," and self._depth:
            return "|"
        if char == "*":
            if self._pattern[self._at : self._at + 1] == "*":
                self._at += 1
                return ".*"
            return "[^/]*"
        if char == "?":
            return "[^/]"
        if char == "[":
            return self._class()
        return ""

    def _class(self) -> str:
        negated = self._pattern[self._at : self._at + 1] == "!"
        self._at += negated
        if self._pattern[self._at + 1 : self._at + 2] == "-":
            low, high, close = self._next(), (self._next(), self._next())[1], self._next()
            if close != "]" or "\0" in (low, high) or high < low:
                raise _Bad
            return f"[{'^' if negated else ''}{re.escape(low)}-{re.escape(high)}]"
        chars: list[str] = []
        while (char := self._next()) != "]":
            if char == "\\":
                char = self._next()
            if char == "\0" and chars and self._next() == "]":
                break
            if char in ("", "\0"):
                raise _Bad
            chars.append(re.escape(char))
        if not chars:
            raise _Bad
        return f"[{'^' if negated else ''}{''.join(chars)}]"
