# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``snakecase``, ``kebabcase`` and ``camelcase`` by the rules of ``github.com/huandu/xstrings`` 1.5.0.

A text is split into words, each of one kind: digits, capitals, a word that may begin with a capital, spaces and hyphens, other
characters. Words are joined with the connector, with the exceptions in ``_joined``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..gotypes.limits import visited
from ..gotypes.runes import category, is_letter, to_lower, to_upper
from .convert import SPACES, runes, to_bytes, to_text

#: cost of splitting a text into words, relative to a simple walk over it
_WEIGHT = 30
_BROKEN = "\ufffd" + "".join(map(chr, range(0xDC80, 0xDD00)))
_VALID = re.compile(f"[{_BROKEN}]*[^{_BROKEN}]|[{_BROKEN}]+", re.DOTALL)
#: as xstrings writes their ranges
_CHINESE = re.compile("[\u3400-\u4d85\u4e00-\u9fcc\U00020000-\U0002b81d]")
_END, _NUMBER, _UPPER, _ALPHABET, _CONNECTOR, _SIGN, _OTHER = range(7)


def _is_connector(char: str) -> bool:
    return char in "-_" or char in SPACES


def _is_sign(char: str) -> bool:
    return category(char)[0] == "P"


def _is_number(char: str) -> bool:
    return category(char)[0] == "N"


def _is_upper(char: str) -> bool:
    return category(char) == "Lu"


def _is_letter(char: str) -> bool:
    """xstrings' ``isAlphabet``: a letter that is no Chinese character."""
    return is_letter(char) and not _CHINESE.match(char)


class _Words:
    """The words of a text, one after another.

    What is no UTF-8, and U+FFFD, goes with the sign behind it (xstrings: ``nextValidRune``); with none behind it, it goes on as what
    was before it, and makes no word where nothing was.
    """

    def __init__(self, text: str) -> None:
        self._pieces = _VALID.findall(text)
        self._signs = [piece[-1] if piece[-1] not in _BROKEN else "" for piece in self._pieces]
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._pieces)

    def _while(self, start: int, test: Callable[[str], bool]) -> int:
        end = start
        while end < len(self._signs) and (not self._signs[end] or test(self._signs[end])):
            end += 1
        return end

    def next(self) -> tuple[int, str]:
        start = self._at
        if self.done:
            return _END, ""
        sort, self._at = self._word(self._signs[start], start)
        return sort, "".join(self._pieces[start : self._at])

    def _word(self, char: str, start: int) -> tuple[int, int]:
        if not char:
            return _END, start + 1
        if _is_connector(char):
            return _CONNECTOR, self._while(start + 1, _is_connector)
        if _is_sign(char):
            return _SIGN, self._while(start + 1, _is_sign)
        if _is_upper(char):
            return _UPPER, self._upper_end(start)
        if _is_letter(char):
            return _ALPHABET, self._while(start + 1, _is_small)
        if _is_number(char):
            return _NUMBER, self._while(start + 1, _is_number)
        return _OTHER, self._while(start + 1, _is_other)

    def _upper_end(self, start: int) -> int:
        """A word of capitals, or of a capital and small letters.

        The last capital of a row belongs to the next word, as in HTTPStatus.
        """
        signs = self._signs
        second = start + 1
        if second < len(signs) and (not signs[second] or _is_upper(signs[second])):
            end = self._while(second, _is_upper)
            return end - 1 if end < len(signs) and _is_letter(signs[end]) else end
        return self._while(second, _is_small)


def _is_small(char: str) -> bool:
    return _is_letter(char) and not _is_upper(char)


def _is_other(char: str) -> bool:
    return not (_is_connector(char) or _is_letter(char) or _is_number(char) or _is_sign(char))


def _lowered(sort: int, word: str, connector: str) -> str:
    if sort not in (_UPPER, _CONNECTOR):
        return word
    return "".join(connector if _is_connector(char) else to_lower(char) if _is_upper(char) else char for char in runes(word))


def _joined(text: str, connector: str) -> str:
    if not text:
        return ""
    words, out = _Words(text if text.isascii() else to_text(to_bytes(text))), []
    sort, word = words.next()

    def take_tail(sort: int, word: str) -> tuple[int, str]:
        """Letters and digits that belong to the digits before them (``20x``, ``2m3s``)."""
        while sort in (_ALPHABET, _NUMBER):
            out.append(_lowered(sort, word, connector))
            sort, word = words.next()
        return sort, word

    while not words.done:
        if sort != _CONNECTOR:
            out.append(_lowered(sort, word, connector))
        before, last = sort, word
        sort, word = words.next()
        if before == _NUMBER:
            sort, word = take_tail(sort, word)
            if sort not in (_END, _SIGN, _CONNECTOR):
                out.append(connector)
        elif before == _CONNECTOR:
            out.append(_lowered(before, last, connector))
        elif before != _SIGN:
            if sort != _NUMBER:
                if sort not in (_CONNECTOR, _SIGN):
                    out.append(connector)
            elif not words.done:
                number = word
                sort, word = words.next()
                if sort != _ALPHABET:  # the number belongs to the word before it: Bld4Floor
                    out.append(number)
                    if sort not in (_CONNECTOR, _SIGN):
                        out.append(connector)
                else:
                    out.append(connector + number)
                    sort, word = take_tail(sort, word)
                    if sort not in (_END, _CONNECTOR, _SIGN):
                        out.append(connector)
    out.append(_lowered(sort, word, connector))
    return "".join(out)


def snakecase(text: str) -> str:
    return _joined(visited(text, _WEIGHT), "_")


def kebabcase(text: str) -> str:
    return _joined(visited(text, _WEIGHT), "-")


def camelcase(text: str) -> str:
    """Pascal case; connectors at the start, at the end and beyond the first of several stay."""
    chars = runes(visited(text, _WEIGHT))
    start = 0
    while start < len(chars) and _is_connector(chars[start]):
        start += 1
    if start >= len(chars):
        return chars + chars[-1:]  # xstrings writes the last one twice
    out = [chars[:start]]
    current, was_upper = to_upper(chars[start]), _is_upper(chars[start])
    for char in chars[start + 1 :]:
        before, current = current, char
        if _is_connector(current) and _is_connector(before):
            out.append(before)
        elif _is_connector(before):
            was_upper, current = _is_upper(current), to_upper(current)
        else:
            if was_upper:
                if _is_upper(current):
                    current = to_lower(current)
                else:
                    was_upper = False
            out.append(before)
    out.append(current)
    return "".join(out)
