# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``filepath.Match``.

``*`` and ``?`` stop at ``/`` (classes do not), a backslash escapes a character.

A pattern is matched piece by piece, from star to star, each at the first possible place. A malformed piece is an error only where matching
reaches it: ``e*[`` matched with ``abc`` is none, since the ``e`` fails before.
"""

from __future__ import annotations

import re
from functools import lru_cache


class BadPattern(ValueError):
    """``str()`` is Go's message."""

    def __init__(self) -> None:
        super().__init__("syntax error in pattern")


def match(pattern: str, name: str) -> bool:
    """Whether the whole of ``name`` matches. Raises ``BadPattern``.

    >>> [match("files/*.y*ml", name) for name in ("files/a.yaml", "files/a.yml", "files/sub/a.yaml")]
    [True, True, False]
    """
    at = 0
    while pattern:
        star, piece, pattern = _next_piece(pattern)
        if star and not piece:
            return "/" not in name[at:]
        end = _end(piece, name, at, star, last=not pattern)
        if end < 0:
            return False
        at = end
    return at == len(name)


def _end(piece: str, name: str, at: int, star: bool, last: bool) -> int:
    """Where the match of a piece ends that begins at ``at``; -1 if there is none.

    After a star it is the first possible place.
    """
    expression = _compile(piece)
    while True:
        found = expression.match(name, at)
        if found and (not last or found.end() == len(name)):
            return found.end()
        if not star or at >= len(name) or name[at] == "/":
            return -1
        at += 1


def _next_piece(pattern: str) -> tuple[bool, str, str]:
    """Splits a pattern.

    Whether it begins with stars, what follows up to the next star outside of a class, and the rest.
    """
    bare = pattern.lstrip("*")
    in_class = False
    at = 0
    while at < len(bare) and (in_class or bare[at] != "*"):
        if bare[at] == "\\":
            at += 1
        elif bare[at] in "[]":
            in_class = bare[at] == "["
        at += 1
    return len(bare) < len(pattern), bare[:at], bare[at:]


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "?":
            out.append("[^/]")
        elif char == "[":
            text, at = _class(pattern, at)
            out.append(text)
        elif char == "\\":
            if at >= len(pattern):
                raise BadPattern
            out.append(re.escape(pattern[at]))
            at += 1
        else:
            out.append(re.escape(char))
    return re.compile("".join(out), re.DOTALL)


def _class(pattern: str, at: int) -> tuple[str, int]:
    """The class that begins behind the bracket at ``at``, as a regular expression, and where it ends."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    while pattern[at : at + 1] != "]" or not ranges:
        low, at = _class_char(pattern, at)
        high = low
        if pattern[at : at + 1] == "-":
            high, at = _class_char(pattern, at + 1)
        # a range that runs backwards is no error in Go, it matches nothing
        ranges.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else "")
    at += 1
    body = "".join(ranges)
    if not body:
        return ("." if negated else "(?!)"), at
    return (f"[^{body}]" if negated else f"[{body}]"), at


def _class_char(pattern: str, at: int) -> tuple[str, int]:
    """One character of a class. A pattern that ends here, or a bare ``-`` or ``]``, is bad."""
    if at >= len(pattern) or pattern[at] in "-]":
        raise BadPattern
    if pattern[at] == "\\":
        at += 1
        if at >= len(pattern):
            raise BadPattern
    if at + 1 >= len(pattern):
        raise BadPattern
    return pattern[at], at + 1
