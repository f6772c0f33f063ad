# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The characters that ``(?i)`` treats as equal: Unicode's simple case folding.

Go: ``unicode.SimpleFold``.

Python's ``re`` folds differently: it treats dotted and dotless i as equal to ``i``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]

#: beyond it Unicode has no letters with a case
_LAST_CASED = 0x1F000
_ASCII_OTHERS = {"k": "\u212a", "s": "\u017f"}


def orbit(char: str) -> str:
    """All characters that are equal to this one when case does not count, itself among them."""
    if char.isascii():
        if not char.isalpha():
            return char
        return char.upper() + char.lower() + _ASCII_OTHERS.get(char.lower(), "")
    return _orbits().get(ord(char), char)


def folded(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges and everything that is equal to a member regardless of case.

    In order, without overlaps.
    """
    plain = merged(ranges)
    if not plain or plain[-1][1] < 0x80:
        extra = {ord(other) for low, high in plain for code in range(low, high + 1) for other in orbit(chr(code))}
    else:
        lows = [low for low, _high in plain]
        extra = {
            ord(other)
            for code, others in _orbits().items()
            if (place := bisect_right(lows, code)) and code <= plain[place - 1][1]
            for other in others
        }
    return merged([*plain, *((code, code) for code in extra)])


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """In order; those that overlap or touch become one."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


@lru_cache(maxsize=1)
def _orbits() -> dict[int, str]:
    """The orbit of every character that has company."""
    groups: dict[str, str] = {}
    for char in map(chr, range(_LAST_CASED)):
        key = _simple(char)
        groups[key] = groups.get(key, "") + char
    return {ord(char): group for group in groups.values() if len(group) > 1 for char in group}


def _simple(char: str) -> str:
    """The one character that it folds to."""
    full = char.casefold()
    if len(full) == 1:
        return full
    lower = char.lower()
    return lower if len(lower) == 1 else char
