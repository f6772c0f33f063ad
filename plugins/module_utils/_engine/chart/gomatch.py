# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``path.Match``: ``*`` and ``?`` stop at ``/`` (classes do not), a backslash takes the next character as it is.

A bad pattern is only found where matching gets to it, as in Go, except that ``match`` reads the rest of the pattern to the
end before it says "no match" (Go does the same since 1.16).
"""

from __future__ import annotations

import re
from functools import lru_cache


class BadPattern(ValueError):
    """``str()`` is Go's message."""

    def __init__(self) -> None:
        super().__init__("syntax error in pattern")


def match(pattern: str, name: str) -> bool:
    """Whether the whole of ``name`` matches. Raises ``BadPattern``."""
    return _compile(pattern).match(name) is not None


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
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
    return re.compile("".join(out) + r"\Z", re.DOTALL)


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
