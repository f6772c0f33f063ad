# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's time layouts: the reference time ``Mon Jan 2 15:04:05 MST 2006`` in the requested format.

``format_time`` writes; ``time_parser`` reads. Both split a layout into elements with one pattern; other text is literal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Protocol

from .calendar import MONTHS, WEEKDAYS

_ELEMENT = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm"
    r"|[-Z]07(?:0000|:00:00|00|:00|)|[.,](?:0+|9+)(?![0-9])"
)


class Moment(Protocol):
    """What a layout shows of a ``gotime.Time``."""

    nanosecond: int

    def date(self) -> tuple[int, int, int]:
        """Year, month and day."""

    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and second."""

    def weekday(self) -> int:
        """The day of the week; Sunday is 0."""

    def year_day(self) -> int:
        """The day of the year; 1 January is 1."""

    def abbreviation_and_offset(self) -> tuple[str, int]:
        """The zone's abbreviation, and its offset from UTC in seconds."""


def elements(layout: str) -> Iterator[tuple[str, str]]:
    """The literal before each element and the element; at last the remaining literal and ``""``."""
    at = 0
    for found in _ELEMENT.finditer(layout):
        yield layout[at : found.start()], found[0]
        at = found.end()
    yield layout[at:], ""


def _number(value: int, width: int = 0) -> str:
    return ("-" if value < 0 else "") + str(abs(value)).zfill(width)


def _hour12(hour: int) -> int:
    return hour % 12 or 12


_WRITERS: dict[str, Callable[[Moment], str]] = {
    "2006": lambda t: _number(t.date()[0], 4),
    "06": lambda t: _number(abs(t.date()[0]) % 100, 2),
    "January": lambda t: MONTHS[t.date()[1] - 1],
    "Jan": lambda t: MONTHS[t.date()[1] - 1][:3],
    "1": lambda t: str(t.date()[1]),
    "01": lambda t: _number(t.date()[1], 2),
    "Monday": lambda t: WEEKDAYS[t.weekday()],
    "Mon": lambda t: WEEKDAYS[t.weekday()][:3],
    "2": lambda t: str(t.date()[2]),
    "_2": lambda t: str(t.date()[2]).rjust(2),
    "02": lambda t: _number(t.date()[2], 2),
    "__2": lambda t: str(t.year_day()).rjust(3),
    "002": lambda t: _number(t.year_day(), 3),
    "15": lambda t: _number(t.clock()[0], 2),
    "3": lambda t: str(_hour12(t.clock()[0])),
    "03": lambda t: _number(_hour12(t.clock()[0]), 2),
    "4": lambda t: str(t.clock()[1]),
    "04": lambda t: _number(t.clock()[1], 2),
    "5": lambda t: str(t.clock()[2]),
    "05": lambda t: _number(t.clock()[2], 2),
    "PM": lambda t: "PM" if t.clock()[0] >= 12 else "AM",
    "pm": lambda t: "pm" if t.clock()[0] >= 12 else "am",
}


def format_time(time: Moment, layout: str) -> str:
    """``Time.Format``."""
    out = []
    for literal, element in elements(layout):
        out.append(literal)
        if not element:
            break
        writer = _WRITERS.get(element)
        if writer is not None:
            out.append(writer(time))
        elif element == "MST":
            name, offset = time.abbreviation_and_offset()
            out.append(name or _offset_text("-0700", offset))
        elif element[0] in "-Z":
            out.append(_offset_text(element, time.abbreviation_and_offset()[1]))
        else:
            out.append(_fraction_text(element, time.nanosecond))
    return "".join(out)


def _offset_text(element: str, offset: int) -> str:
    if element[0] == "Z" and offset == 0:
        return "Z"
    minutes = abs(offset) // 60
    colon = ":" if ":" in element else ""
    text = ("-" if offset <= -60 else "+") + _number(minutes // 60, 2)
    if len(element) > 3:
        text += colon + _number(minutes % 60, 2)
    if len(element) >= 7 and (len(element) == 7 or (colon and len(element) == 9)):
        text += colon + _number(abs(offset) % 60, 2)
    return text


def _fraction_text(element: str, nanosecond: int) -> str:
    text = element[0] + _number(nanosecond, 9)[: len(element) - 1]
    return text.rstrip("0").rstrip(element[0]) if element[1] == "9" else text
