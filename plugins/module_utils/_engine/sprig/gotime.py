# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``time.Time``: an instant in nanoseconds and the zone it is shown in. Any year, also those beyond Python's calendar."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import total_ordering
from typing import Any, ClassVar

from ..gotypes.function import Function
from ..gotypes.values import GoError, GoObject, Int64, Integer
from .convert import MAX_INT64, MIN_INT64
from .durations import SECOND, Duration

DAY_SECONDS = 86400
ZERO_UNIX = -62135596800  # 0001-01-01 00:00:00 UTC
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST, _LAST = ZERO_UNIX + 2 * DAY_SECONDS, 253402300799 - 2 * DAY_SECONDS

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


class Zone:
    """A time zone: ``tz`` rules, or a fixed name and offset."""

    __slots__ = ("name", "offset", "tz")

    def __init__(self, name: str, offset: int = 0, tz: tzinfo | None = None) -> None:
        self.name = name
        self.offset = offset
        self.tz = tz

    def at(self, unix: int) -> tuple[str, int]:
        """Abbreviation and seconds east of UTC in force at that instant."""
        if self.tz is None:
            return self.name, self.offset
        moment = (_EPOCH + timedelta(seconds=min(max(unix, _FIRST), _LAST))).astimezone(self.tz)
        offset = moment.utcoffset()
        return moment.tzname() or "", int(offset.total_seconds()) if offset is not None else 0


UTC = Zone("UTC")


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date of the Gregorian calendar; months and days may overflow."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468 + day - 1


def date_of(days: int) -> tuple[int, int, int]:
    """Year, month, day of a count of days since 1970-01-01."""
    days += 719468
    era = days // 146097
    day_of_era = days - era * 146097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = shifted_month + (3 if shifted_month < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted_month + 2) // 5 + 1


class _Named(Integer):
    """``time.Month`` and ``time.Weekday``: ints that print as names."""

    GO_TYPE: ClassVar[str] = ""
    NAMES: ClassVar[tuple[str, ...]] = ()
    FIRST: ClassVar[int] = 0
    GO_METHODS: ClassVar[dict[str, Any]] = {"String": Function.of("String", (), lambda named: named.go_string())}

    def go_string(self) -> str:
        return self.NAMES[int(self) - self.FIRST]


class Month(_Named):
    GO_TYPE = "time.Month"
    NAMES = MONTHS
    FIRST = 1


class Weekday(_Named):
    GO_TYPE = "time.Weekday"
    NAMES = WEEKDAYS


@total_ordering
class Time(GoObject):
    """An instant.

    :param unix: seconds since 1970, any size.
    :param nanosecond: 0 to 999999999.
    :param monotonic: seconds of the monotonic clock, for an instant that ``now`` read; it only shows when printed.
    """

    GO_TYPE: ClassVar[str] = "time.Time"
    GO_KIND: ClassVar[str] = "struct"

    __slots__ = ("monotonic", "nanosecond", "unix", "zone")

    def __init__(self, unix: int, nanosecond: int = 0, zone: Zone = UTC, monotonic: float | None = None) -> None:
        self.unix = unix
        self.nanosecond = nanosecond
        self.zone = zone
        self.monotonic = monotonic

    @classmethod
    def of(cls, moment: datetime) -> Time:
        """From an aware datetime."""
        span = moment - _EPOCH
        zone = Zone("Local", tz=moment.tzinfo)
        return cls(span.days * DAY_SECONDS + span.seconds, span.microseconds * 1000, zone)

    @classmethod
    def at_wall(cls, date: tuple[int, int, int], clock: tuple[int, int, int], nanosecond: int, zone: Zone) -> Time:
        """``time.Date``: what the clock on the wall shows in a zone."""
        unix = days_of(*date) * DAY_SECONDS + clock[0] * 3600 + clock[1] * 60 + clock[2]
        offset = zone.at(unix)[1]
        if offset:
            offset = zone.at(unix - offset)[1]
        return cls(unix - offset, nanosecond, zone)

    @property
    def total(self) -> int:
        """Nanoseconds since 1970."""
        return self.unix * SECOND + self.nanosecond

    def plus(self, nanoseconds: int) -> Time:
        unix, nanosecond = divmod(self.total + nanoseconds, SECOND)
        monotonic = None if self.monotonic is None else self.monotonic + nanoseconds / SECOND
        return Time(unix, nanosecond, self.zone, monotonic)

    def minus(self, other: Time) -> Duration:
        return Duration(max(min(self.total - other.total, MAX_INT64), MIN_INT64))

    def in_zone(self, zone: Zone) -> Time:
        return Time(self.unix, self.nanosecond, zone)

    def abbreviation_and_offset(self) -> tuple[str, int]:
        return self.zone.at(self.unix)

    def _local(self) -> int:
        return self.unix + self.abbreviation_and_offset()[1]

    def date(self) -> tuple[int, int, int]:
        return date_of(self._local() // DAY_SECONDS)

    def clock(self) -> tuple[int, int, int]:
        seconds = self._local() % DAY_SECONDS
        return seconds // 3600, seconds // 60 % 60, seconds % 60

    def weekday(self) -> int:
        """0 is Sunday."""
        return (self._local() // DAY_SECONDS + 4) % 7

    def year_day(self) -> int:
        return self._local() // DAY_SECONDS - days_of(self.date()[0], 1, 1) + 1

    def format(self, layout: str) -> str:
        from .layout import format_time

        return format_time(self, layout)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.total == other.total

    def __lt__(self, other: Time) -> bool:
        return self.total < other.total

    def __hash__(self) -> int:
        return hash(self.total)

    def go_string(self) -> str:
        text = self.format("2006-01-02 15:04:05.999999999 -0700 MST")
        if self.monotonic is not None:
            sign = "-" if self.monotonic < 0 else "+"
            whole, part = divmod(round(abs(self.monotonic) * SECOND), SECOND)
            text += f" m={sign}{whole}.{part:09d}"
        return text

    def go_json(self) -> str:
        """MarshalJSON: RFC 3339 with nanoseconds."""
        if not 0 <= self.date()[0] <= 9999:
            raise GoError("Time.MarshalJSON: year outside of range [0,9999]")
        if abs(self.abbreviation_and_offset()[1]) >= DAY_SECONDS:
            raise GoError("Time.MarshalJSON: timezone hour outside of range [0,23]")
        return self.format("2006-01-02T15:04:05.999999999Z07:00")


def zero() -> Time:
    """``time.Time{}``."""
    return Time(ZERO_UNIX)


def _add_date(time: Time, years: int, months: int, days: int) -> Time:
    year, month, day = time.date()
    return Time.at_wall((year + years, month + months, day + days), time.clock(), time.nanosecond, time.zone)


def _multiple(time: Time, multiple: int, *, nearest: bool) -> Time:
    """Counted from the zero time, as Go counts."""
    if multiple <= 0:
        return Time(time.unix, time.nanosecond, time.zone)
    rest = (time.total - ZERO_UNIX * SECOND) % multiple
    return Time(*divmod(time.total + (multiple - rest if nearest and rest + rest >= multiple else -rest), SECOND), time.zone)


def _method(name: str, code: Any, *params: str) -> tuple[str, Function]:
    return name, Function.of(name, params, code)


_METHODS: dict[str, Any] = dict(
    (
        _method("Format", Time.format, "string"),
        _method("String", Time.go_string),
        _method("Unix", lambda t: Int64(t.unix)),
        _method("UnixMilli", lambda t: Int64(t.total // 10**6)),
        _method("UnixMicro", lambda t: Int64(t.total // 10**3)),
        _method("UnixNano", lambda t: Int64(t.total)),
        _method("Year", lambda t: t.date()[0]),
        _method("Month", lambda t: Month(t.date()[1])),
        _method("Day", lambda t: t.date()[2]),
        _method("Hour", lambda t: t.clock()[0]),
        _method("Minute", lambda t: t.clock()[1]),
        _method("Second", lambda t: t.clock()[2]),
        _method("Nanosecond", lambda t: t.nanosecond),
        _method("Weekday", lambda t: Weekday(t.weekday())),
        _method("YearDay", Time.year_day),
        _method("UTC", lambda t: t.in_zone(UTC)),
        _method("IsZero", lambda t: t.total == ZERO_UNIX * SECOND),
        _method("Add", Time.plus, "time.Duration"),
        _method("AddDate", _add_date, "int", "int", "int"),
        _method("Sub", Time.minus, "time"),
        _method("Before", lambda t, o: t < o, "time"),
        _method("After", lambda t, o: t > o, "time"),
        _method("Equal", lambda t, o: t == o, "time"),
        _method("Compare", lambda t, o: (t > o) - (t < o), "time"),
        _method("Truncate", lambda t, m: _multiple(t, m, nearest=False), "time.Duration"),
        _method("Round", lambda t, m: _multiple(t, m, nearest=True), "time.Duration"),
    )
)
Time.GO_METHODS = _METHODS
