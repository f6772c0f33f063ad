# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``time.Parse``: parses a time by a layout (see ``layout``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile

from ..gotypes.values import GoError
from .calendar import MONTHS, WEEKDAYS, days_of
from .durations import quoted
from .gotime import Time
from .layout import elements
from .zones import DAY_SECONDS, UTC, Zone, fixed_zone

_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HALF_YEAR = 182 * DAY_SECONDS


class _Bad(Exception):
    """The text does not fit the element."""


class _OutOfRange(Exception):
    """It fits, but there is no such month, hour ...; ``args[0]`` names what."""


class _Reader:
    """The text still to be read, and what was read so far."""

    def __init__(self, value: str, local: Zone) -> None:
        self.value = value
        self.local = local
        self.year = self.hour = self.minute = self.second = self.nanosecond = 0
        self.month = self.day = self.year_day = -1
        self.afternoon: bool | None = None
        self.zone: Zone | None = None
        self.offset: int | None = None
        self.zone_name = ""

    def take(self, count: int) -> str:
        if len(self.value) < count:
            raise _Bad
        text, self.value = self.value[:count], self.value[count:]
        return text

    def number(self, fixed: bool, most: int = 2) -> int:
        """One or two digits (``most`` for days of a year); ``fixed``: all of them."""
        found = re.match(f"[0-9]{{{most if fixed else 1},{most}}}", self.value)
        if found is None:
            raise _Bad
        self.value = self.value[found.end() :]
        return int(found[0])

    def named(self, names: tuple[str, ...], length: int | None = None) -> int:
        for index, name in enumerate(names):
            name = name[:length]
            if self.value[: len(name)].lower() == name.lower():
                self.value = self.value[len(name) :]
                return index
        raise _Bad

    def skip(self, literal: str) -> bool:
        """Skips a literal; a run of spaces matches any run of spaces. ``False``: the text differs."""
        while literal:
            if literal[0] == " ":
                if self.value and self.value[0] != " ":
                    return False
                literal, self.value = literal.lstrip(" "), self.value.lstrip(" ")
                continue
            if not self.value.startswith(literal[0]):
                return False
            literal, self.value = literal[1:], self.value[1:]
        return True

    def read(self, element: str, following: str) -> None:
        """One element. Raises ``_Bad``, ``_OutOfRange``."""
        if element in _READERS:
            _READERS[element](self)
        elif element in ("5", "05"):
            self._read_second(element == "05", following)
        elif element == "MST":
            self._read_zone_name()
        elif element[0] in "-Z":
            self._read_offset(element)
        elif element[1] == "0":
            self._read_fraction(self.take(len(element)))
        else:
            found = re.match("[.,][0-9]+", self.value)
            if found:
                self._read_fraction(self.take(found.end()))

    def _read_second(self, fixed: bool, following: str) -> None:
        self.second = _within(self.number(fixed), 0, 59, "second")
        found = re.match("[.,][0-9]+", self.value)
        if found and not following.startswith((".", ",")):
            self._read_fraction(self.take(found.end()))

    def _read_fraction(self, text: str) -> None:
        if text[0] not in ".,":
            raise _Bad
        digits = text[1:10]
        if not re.match(r"[0-9]+\Z", digits):
            raise _Bad
        self.nanosecond = int(digits.ljust(9, "0"))

    def read_year(self) -> None:
        if not re.match("[0-9]", self.value):
            raise _Bad
        self.year = _plain_int(self.take(4))

    def read_short_year(self) -> None:
        year = _plain_int(self.take(2))
        self.year = year + (1900 if year >= 69 else 2000)

    def read_half(self, evening: str, morning: str) -> None:
        text = self.take(2)
        if text not in (evening, morning):
            raise _Bad
        self.afternoon = text == evening

    def read_day(self, fixed: bool, padded: bool) -> None:
        if padded and self.value.startswith(" "):
            self.value = self.value[1:]
        self.day = self.number(fixed)

    def read_year_day(self, fixed: bool) -> None:
        if not fixed:
            self.value = self.value[len(self.value[:2]) - len(self.value[:2].lstrip(" ")) :]
        self.year_day = self.number(fixed, 3)

    def _read_offset(self, element: str) -> None:
        if element[0] == "Z" and self.value.startswith("Z"):
            self.value, self.zone = self.value[1:], UTC
            return
        text = self.take(len(element))
        shape = element[1:].replace("07", "00", 1)
        if any(char == ":" and text[index + 1] != ":" for index, char in enumerate(shape)):
            raise _Bad
        digits = text[1:].replace(":", "") if ":" in shape else text[1:]
        pairs = [digits[at : at + 2] for at in range(0, len(shape.replace(":", "")), 2)]
        good = list(takewhile(lambda pair: re.match(r"[0-9]{2}\Z", pair), pairs))
        hours, minutes, seconds = (int(pair) for pair in (*good, "0", "0", "0")[:3])
        _within(seconds, 0, 60, "time zone offset second")  # Go reports the last one that is out of range, and this error before all others
        _within(minutes, 0, 60, "time zone offset minute")
        _within(hours, 0, 24, "time zone offset hour")
        if len(good) < len(pairs) or text[0] not in "+-":
            raise _Bad
        offset = (hours * 60 + minutes) * 60 + seconds
        self.offset = -offset if text[0] == "-" else offset

    def _read_zone_name(self) -> None:
        if self.value.startswith("UTC"):
            self.value, self.zone = self.value[3:], UTC
            return
        found = _ZONE_NAME.match(self.value)
        if found is None or _too_far(found[0]):
            raise _Bad
        self.zone_name, self.value = found[0], self.value[found.end() :]

    def time(self) -> Time:
        """What was read, once all is read. Raises ``_OutOfRange``."""
        if self.afternoon is True and self.hour < 12:
            self.hour += 12
        elif self.afternoon is False and self.hour == 12:
            self.hour = 0
        self._settle_date()
        date, clock = (self.year, self.month, self.day), (self.hour, self.minute, self.second)
        if self.zone is not None:
            return Time.at_wall(date, clock, self.nanosecond, self.zone)
        wall = Time.at_wall(date, clock, self.nanosecond, UTC)
        if self.offset is not None and self.offset != -1:  # one second west is what Go takes for none
            unix = wall.unix - self.offset
            name, offset = self.local.at(unix)
            same = offset == self.offset and self.zone_name in ("", name)
            return Time(unix, self.nanosecond, self.local if same else fixed_zone(self.zone_name, self.offset))
        if self.zone_name:
            return self._in_named_zone(wall)
        return Time.at_wall(date, clock, self.nanosecond, self.local)

    def _in_named_zone(self, wall: Time) -> Time:
        for near in (0, _HALF_YEAR, -_HALF_YEAR):
            name, offset = self.local.at(wall.unix + near)
            if name == self.zone_name:
                return Time(wall.unix - offset, self.nanosecond, self.local)
        offset = int(self.zone_name[3:]) * 3600 if self.zone_name.startswith("GMT") and len(self.zone_name) > 3 else 0
        return Time(wall.unix, self.nanosecond, fixed_zone(self.zone_name, offset))

    def _settle_date(self) -> None:
        if self.year_day >= 0:
            length = 366 if _is_leap(self.year) else 365
            if not 1 <= self.year_day <= length:
                raise _OutOfRange("day-of-year out of range")
            month, day = 1, self.year_day
            while day > _days_in(month, self.year):
                day -= _days_in(month, self.year)
                month += 1
            if self.month >= 0 and self.month != month:
                raise _OutOfRange("day-of-year does not match month")
            if self.day >= 0 and self.day != day:
                raise _OutOfRange("day-of-year does not match day")
            self.month, self.day = month, day
        self.month = 1 if self.month < 0 else self.month
        self.day = 1 if self.day < 0 else self.day
        if not 1 <= self.day <= _days_in(self.month, self.year):
            raise _OutOfRange("day out of range")


#: ChST, MeST; GMT with an hour; a bare offset; three to five capitals, from four on with a T at the end
_ZONE_NAME = re.compile(
    r"ChST|MeST|GMT(?:[+-][0-9]+)?|[+-][0-9]+|(?![A-Z]{6})(?:[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z]))"
)


def _too_far(name: str) -> bool:
    found = re.search("[+-]([0-9]+)", name)
    return found is not None and int(found[1]) > 23 and not name.startswith("GMT")


def _plain_int(text: str) -> int:
    if not re.match(r"[+-]?[0-9]+\Z", text):
        raise _Bad
    return int(text)


def _within(value: int, low: int, high: int, what: str) -> int:
    if not low <= value <= high:
        raise _OutOfRange(f"{what} out of range")
    return value


def _is_leap(year: int) -> bool:
    return days_of(year + 1, 1, 1) - days_of(year, 1, 1) == 366


def _days_in(month: int, year: int) -> int:
    return 29 if month == 2 and _is_leap(year) else _MONTH_DAYS[month - 1]


def _reader(field: str, fixed: bool, low: int, high: int, what: str) -> Callable[[_Reader], None]:
    def read(reader: _Reader) -> None:
        setattr(reader, field, _within(reader.number(fixed), low, high, what))

    return read


def _month_reader(length: int | None) -> Callable[[_Reader], None]:
    def read(reader: _Reader) -> None:
        reader.month = reader.named(MONTHS, length) + 1

    return read


def _weekday_reader(length: int | None) -> Callable[[_Reader], None]:
    def read(reader: _Reader) -> None:
        reader.named(WEEKDAYS, length)

    return read


_READERS: dict[str, Callable[[_Reader], None]] = {
    "2006": _Reader.read_year,
    "06": _Reader.read_short_year,
    "January": _month_reader(None),
    "Jan": _month_reader(3),
    "1": _reader("month", False, 1, 12, "month"),
    "01": _reader("month", True, 1, 12, "month"),
    "Monday": _weekday_reader(None),
    "Mon": _weekday_reader(3),
    "2": lambda r: r.read_day(False, False),
    "_2": lambda r: r.read_day(False, True),
    "02": lambda r: r.read_day(True, False),
    "__2": lambda r: r.read_year_day(False),
    "002": lambda r: r.read_year_day(True),
    "15": _reader("hour", False, 0, 23, "hour"),
    "3": _reader("hour", False, 0, 12, "hour"),
    "03": _reader("hour", True, 0, 12, "hour"),
    "4": _reader("minute", False, 0, 59, "minute"),
    "04": _reader("minute", True, 0, 59, "minute"),
    "PM": lambda r: r.read_half("PM", "AM"),
    "pm": lambda r: r.read_half("pm", "am"),
}


def parse_time(layout: str, value: str, local: Zone) -> Time:
    """``time.ParseInLocation``. Raises ``GoError``."""
    reader = _Reader(value, local)
    parts = list(elements(layout))
    for index, (literal, element) in enumerate(parts):
        if not reader.skip(literal):
            raise _cannot(layout, value, literal, reader.value)
        if not element:
            break
        hold = reader.value
        following = parts[index + 1][1] if index + 1 < len(parts) else ""
        try:
            reader.read(element, following)
        except _Bad:
            raise _cannot(layout, value, element, hold) from None
        except _OutOfRange as error:
            raise GoError(f"parsing time {quoted(value)}: {error}") from None
    if reader.value:
        raise GoError(f"parsing time {quoted(value)}: extra text: {quoted(reader.value)}")
    try:
        return reader.time()
    except _OutOfRange as error:
        raise GoError(f"parsing time {quoted(value)}: {error}") from None


def _cannot(layout: str, value: str, element: str, rest: str) -> GoError:
    return GoError(f"parsing time {quoted(value)} as {quoted(layout)}: cannot parse {quoted(rest)} as {quoted(element)}")
