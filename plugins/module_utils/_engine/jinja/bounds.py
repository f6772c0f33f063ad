# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Limits the work of the Jinja2 templates of one render.

A chart is a program that another person wrote.

Every call, every round of a loop and every piece of text has a cost; what costs more than the remaining budget is refused before it is
made. The figures are far above what a chart needs: the largest public charts use less than a hundredth of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sized

from ..aliases import GoValue

#: characters of one text, and of what one file gives
MAX_TEXT = 16 * 1024 * 1024
#: units of work: a call or a filter costs ``STEP``, a round of a loop ``ROUND``, an element walked through ``ELEMENT``, a character one
MAX_WORK = 300_000_000
STEP = 600
ROUND = 60
ELEMENT = 80
MAX_DEPTH = 200
#: of widths, counts and precisions that are handed to filters
MAX_NUMBER = 10_000
#: of an integer
MAX_BITS = 8192
MAX_RANGE = 100_000

_FORMAT = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(\*|\d+)?(?:\.(\*|\d+))?")


class Refused(Exception):
    """A template's operation is refused. ``str`` says why, as the end of a sentence."""


class Allowance:
    """What is left of ``MAX_WORK`` for one render."""

    __slots__ = ("left",)

    def __init__(self, work: int = MAX_WORK) -> None:
        self.left = work

    def spend(self, units: int) -> None:
        """Raises ``Refused`` when nothing is left."""
        self.left -= units
        if self.left < 0:
            raise Refused("it exceeds the work limit; check for nested loops")

    def step(self) -> None:
        self.spend(STEP)

    def text(self, size: int) -> None:
        """A text of that many characters is about to be made."""
        if size > MAX_TEXT:
            raise Refused(f"it creates a string of {size} characters, but the limit is {MAX_TEXT}")
        self.spend(size)

    def items(self, size: int) -> None:
        """A list of that many elements is about to be made."""
        if size > MAX_TEXT:
            raise Refused(f"it creates a list of {size} elements, but the limit is {MAX_TEXT}")
        self.spend(8 * size)

    def weigh(self, value: GoValue, depth: int = 0) -> int:
        """The characters and elements that a walk through a value meets, however often they are shared.

        Raises ``Refused``.
        """
        if isinstance(value, (str, bytes)):
            return len(value)
        if not isinstance(value, (dict, list, tuple)):
            return 1
        if depth > MAX_DEPTH:
            raise Refused(f"a value is nested deeper than {MAX_DEPTH} levels, or contains itself")
        weight = len(value) + 1
        self.spend(ELEMENT * weight)
        for item in value.values() if isinstance(value, dict) else value:
            weight += self.weigh(item, depth + 1)
            if weight > MAX_TEXT:
                raise Refused(f"a value has more than {MAX_TEXT} characters and elements when it is written out")
        return weight


def times(left: GoValue, right: GoValue, allowance: Allowance) -> None:
    """Before ``left * right``."""
    if isinstance(left, int) and isinstance(right, int):
        _bits(left.bit_length() + right.bit_length())
        return
    for sequence, count in ((left, right), (right, left)):
        if isinstance(count, int) and isinstance(sequence, Sized):
            size = len(sequence) * max(count, 0)
            allowance.text(size) if isinstance(sequence, str) else allowance.items(size)


def plus(left: GoValue, right: GoValue, allowance: Allowance) -> None:
    """Before ``left + right``."""
    if isinstance(left, str) and isinstance(right, str):
        allowance.text(len(left) + len(right))
    elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        allowance.items(len(left) + len(right))


def power(left: GoValue, right: GoValue, allowance: Allowance) -> None:
    """Before ``left ** right``."""
    if isinstance(left, int) and isinstance(right, int) and abs(left) > 1:
        _bits(left.bit_length() * abs(right))


def _bits(bits: int) -> None:
    if bits > MAX_BITS:
        raise Refused(f"it creates a number of {bits} bits, but the limit is {MAX_BITS}")


def percent(left: GoValue, right: GoValue, allowance: Allowance) -> None:
    """Before ``left % right``, which formats where ``left`` is a text."""
    if not isinstance(left, str):
        return
    size = len(left)
    for found in _FORMAT.finditer(left):
        for number in found.groups():
            size += 0 if number is None else _number("*" if number == "*" else int(number[:9]))
    allowance.text(size + allowance.weigh(right))


OPERATORS: dict[str, Callable[[GoValue, GoValue, Allowance], None]] = {"*": times, "+": plus, "**": power, "%": percent}


def _number(number: GoValue) -> int:
    if not isinstance(number, (int, float)) or abs(number) > MAX_NUMBER:
        raise Refused(f"a width, count or precision of {number} is more than {MAX_NUMBER}")
    return abs(int(number))


def _center(value: GoValue, width: GoValue = 80) -> int:
    return max(_number(width), len(str(value)))


def _indent(value: GoValue, width: GoValue = 4, first: GoValue = False, blank: GoValue = False) -> int:
    each = len(width) if isinstance(width, str) else _number(width)
    text = str(value)
    return len(text) + (text.count("\n") + 1) * each


def _replace(value: GoValue, old: GoValue, new: GoValue, count: GoValue = None) -> int:
    text, old = str(value), str(old)
    return len(text) + (text.count(old) if old else len(text) + 1) * len(str(new))


def _wordwrap(
    value: GoValue, width: GoValue = 79, break_long_words: GoValue = True, wrapstring: GoValue = "", break_on_hyphens: GoValue = True
) -> int:
    return len(str(value)) * (1 + len(wrapstring or "\n"))


def _join(value: GoValue, between: GoValue = "", attribute: GoValue = None) -> int:
    return (len(value) if isinstance(value, Sized) else 1) * len(str(between))


def _parts(value: GoValue, number: GoValue, fill_with: GoValue = None) -> int:
    return _number(number)


def _to_json(value: GoValue, indent: GoValue = None) -> int:
    return 0 if indent is None else _number(indent)


def _rounded(value: GoValue, precision: GoValue = 0, method: GoValue = "common") -> int:
    return _number(precision)


def _digits(value: GoValue, default: GoValue = 0, base: GoValue = 10) -> int:
    return _number(len(value)) if isinstance(value, str) else 0


#: filters that can give much for little: characters that they may add, from their arguments
ESTIMATES: dict[str, Callable[..., int]] = {
    "batch": _parts,
    "center": _center,
    "indent": _indent,
    "int": _digits,
    "join": _join,
    "replace": _replace,
    "round": _rounded,
    "slice": _parts,
    "tojson": _to_json,
    "wordwrap": _wordwrap,
}
