# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``time.Time``: an instant in nanoseconds, and the zone for display.

GoValue year is possible, also beyond Python's calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from ..aliases import GoValue
from ..gotypes.function import Function, Unusable
from ..gotypes.values import GoError, GoObject, Int64, Integer, NilPointer, Uint64
from .calendar import MONTHS, WEEKDAYS, date_of, days_of
from .convert import MAX_INT64, MIN_INT64, wrap_int64
from .durations import SECOND, Duration, quoted
from .zones import DAY_SECONDS, EPOCH, LOCAL, UTC, ZERO_UNIX, Zone


class _Named(Integer):
    """``time.Month`` and ``time.Weekday``: ints that print as names."""

    GO_TYPE: ClassVar[str] = ""
    GO_CAST: ClassVar[bool] = True
    NAMES: ClassVar[tuple[str, ...]] = ()
    FIRST: ClassVar[int] = 0
    GO_METHODS: ClassVar[dict[str, GoValue]] = {"String": Function.of("String", (), lambda named: named.go_string())}

    def go_string(self) -> str:
        place = int(self) - self.FIRST
        return self.NAMES[place] if 0 <= place < len(self.NAMES) else f"%!{self.GO_TYPE.removeprefix('time.')}({int(self)})"


class Month(_Named):
    GO_TYPE = "time.Month"
    NAMES = MONTHS
    FIRST = 1


class Weekday(_Named):
    GO_TYPE = "time.Weekday"
    NAMES = WEEKDAYS


class Time(GoObject):
    """An instant. ``==`` is Go's, of the struct: two equal instants in different zones differ.

    :param unix: seconds since 1970, any size.
    :param nanosecond: 0 to 999999999.
    :param monotonic: seconds of the monotonic clock, for an instant that ``now`` read; it only shows when printed.
    """

    GO_TYPE: ClassVar[str] = "time.Time"
    GO_KIND: ClassVar[str] = "struct"
    GO_PRINTED: ClassVar[dict[str, str]] = {"wall": "wall", "ext": "ext", "loc": "loc"}

    __slots__ = ("monotonic", "nanosecond", "unix", "zone")

    def __init__(self, unix: int, nanosecond: int = 0, zone: Zone = UTC, monotonic: float | None = None) -> None:
        self.unix = unix
        self.nanosecond = nanosecond
        self.zone = zone
        self.monotonic = monotonic

    @classmethod
    def of(cls, moment: datetime) -> Time:
        """From an aware datetime, shown in the local zone."""
        span = moment - EPOCH
        return cls(span.days * DAY_SECONDS + span.seconds, span.microseconds * 1000, LOCAL)

    @classmethod
    def at_wall(cls, date: tuple[int, int, int], clock: tuple[int, int, int], nanosecond: int, zone: Zone) -> Time:
        """``time.Date``: what the clock on the wall shows in a zone."""
        unix = wrap_int64(days_of(*date) * DAY_SECONDS + clock[0] * 3600 + clock[1] * 60 + clock[2])
        offset = zone.at(unix)[1]
        if offset:
            offset = zone.at(unix - offset)[1]
        return cls(unix - offset, nanosecond, zone)

    @property
    def total(self) -> int:
        """Nanoseconds since 1970."""
        return self.unix * SECOND + self.nanosecond

    def go_deep_copy(self, _copied: Callable[[GoValue], GoValue]) -> Time:
        """A time as a whole, as ``copystructure`` copies it."""
        return self

    def plus(self, nanoseconds: int) -> Time:
        unix, nanosecond = divmod(self.total + nanoseconds, SECOND)
        monotonic = None if self.monotonic is None else self.monotonic + nanoseconds / SECOND
        return Time(unix, nanosecond, self.zone, monotonic)

    def minus(self, other: Time) -> Duration:
        return Duration(max(min(self.total - other.total, MAX_INT64), MIN_INT64))

    def in_zone(self, zone: Zone) -> Time:
        return Time(self.unix, self.nanosecond, zone)

    def in_utc(self) -> Time:
        return self.in_zone(UTC)

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

    @property
    def wall(self) -> Uint64:
        return Uint64(self.nanosecond)

    @property
    def ext(self) -> Int64:
        """Seconds since the year 1."""
        return Int64(self.unix - ZERO_UNIX)

    @property
    def loc(self) -> Zone | NilPointer:
        return NilPointer("*time.Location") if self.zone is UTC else self.zone

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self._fields() == other._fields() and self.zone is other.zone

    def deep_equal(self, other: Time) -> bool:
        """``reflect.DeepEqual``."""
        return self._fields() == other._fields() and self.zone.deep_equal(other.zone)

    def _fields(self) -> tuple[int, int, float | None]:
        return self.unix, self.nanosecond, self.monotonic

    def __hash__(self) -> int:
        return hash(self.total)

    def go_string(self) -> str:
        text = self.format("2006-01-02 15:04:05.999999999 -0700 MST")
        if self.monotonic is not None:
            sign = "-" if self.monotonic < 0 else "+"
            whole, part = divmod(round(abs(self.monotonic) * SECOND), SECOND)
            text += f" m={sign}{whole}.{part:09d}"
        return text

    def go_syntax(self) -> str:
        """``%#v``: the Go expression that makes it."""
        year, month, day = self.date()
        numbers = ", ".join(map(str, (day, *self.clock(), self.nanosecond)))
        zone = {UTC: "time.UTC", LOCAL: "time.Local"}.get(self.zone) or f"time.Location({quoted(self.zone.name)})"
        return f"time.Date({year}, time.{MONTHS[month - 1]}, {numbers}, {zone})"

    def go_json(self) -> str:
        try:
            return self.strict_text("MarshalJSON")
        except GoError as error:
            raise GoError(f"json: error calling MarshalJSON for type time.Time: {error}") from None

    def rfc3339(self) -> str:
        """With nanoseconds, whatever the year."""
        return self.format("2006-01-02T15:04:05.999999999Z07:00")

    def strict_text(self, method: str) -> str:
        """RFC 3339 with nanoseconds, for ``method``. Raises ``GoError`` for what that cannot hold."""
        if not 0 <= self.date()[0] <= 9999:
            raise GoError(f"Time.{method}: year outside of range [0,9999]")
        if abs(self.abbreviation_and_offset()[1]) >= DAY_SECONDS:
            raise GoError(f"Time.{method}: timezone hour outside of range [0,23]")
        return self.rfc3339()

    def binary(self) -> bytes:
        """``MarshalBinary``: a version, seconds since the year 1, nanoseconds, and the offset in minutes.

        Raises ``GoError``.
        """
        minutes, seconds = -1, 0
        if self.zone is not UTC:
            offset = self.abbreviation_and_offset()[1]
            minutes = abs(offset) // 60 * (1 if offset >= 0 else -1)
            seconds = offset - minutes * 60
            if not -32768 <= minutes <= 32767 or minutes == -1:
                raise GoError("Time.MarshalBinary: unexpected zone offset")
        head = b"\2" if seconds else b"\1"
        tail = (seconds & 0xFF).to_bytes(1, "big") if seconds else b""
        since = wrap_int64(self.unix - ZERO_UNIX).to_bytes(8, "big", signed=True)
        return head + since + self.nanosecond.to_bytes(4, "big") + minutes.to_bytes(2, "big", signed=True) + tail


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


def _in(time: Time, zone: Zone | None) -> Time:
    if zone is None:
        raise GoError("time: missing Location in call to Time.In")
    return time.in_zone(zone)


def _appended(start: bytes | None, text: str) -> bytes:
    return (start or b"") + text.encode("utf-8", "surrogateescape")


def _method(name: str, code: GoValue, *params: str) -> tuple[str, Function]:
    return name, Function.of(name, params, code)


def _unusable(name: str, reason: str) -> tuple[str, Function]:
    return name, Unusable(name, reason)


def _second(name: str, kind: str) -> tuple[str, Function]:
    """A method that returns two values of which the second is no error."""
    return _unusable(name, f"invalid function signature for {name}: second return value should be error; is {kind}")


_METHODS: dict[str, GoValue] = dict(
    (
        _method("Format", Time.format, "string"),
        _method("AppendFormat", lambda t, b, layout: _appended(b, t.format(layout)), "bytes", "string"),
        _method("String", Time.go_string),
        _method("GoString", Time.go_syntax),
        _method("Unix", lambda t: Int64(t.unix)),
        _method("UnixMilli", lambda t: Int64(wrap_int64(t.total // 10**6))),
        _method("UnixMicro", lambda t: Int64(wrap_int64(t.total // 10**3))),
        _method("UnixNano", lambda t: Int64(wrap_int64(t.total))),
        _method("Year", lambda t: t.date()[0]),
        _method("Month", lambda t: Month(t.date()[1])),
        _method("Day", lambda t: t.date()[2]),
        _method("Hour", lambda t: t.clock()[0]),
        _method("Minute", lambda t: t.clock()[1]),
        _method("Second", lambda t: t.clock()[2]),
        _method("Nanosecond", lambda t: t.nanosecond),
        _method("Weekday", lambda t: Weekday(t.weekday())),
        _method("YearDay", Time.year_day),
        _method("UTC", Time.in_utc),
        _method("Local", lambda t: t.in_zone(LOCAL)),
        _method("In", _in, "*time.Location"),
        _method("Location", lambda t: t.zone),
        _method("IsDST", lambda t: t.zone.is_dst(t.unix)),
        _method("IsZero", lambda t: t.total == ZERO_UNIX * SECOND),
        _method("Add", Time.plus, "time.Duration"),
        _method("AddDate", _add_date, "int", "int", "int"),
        _method("Sub", Time.minus, "time"),
        _method("Before", lambda t, o: t.total < o.total, "time"),
        _method("After", lambda t, o: t.total > o.total, "time"),
        _method("Equal", lambda t, o: t.total == o.total, "time"),
        _method("Compare", lambda t, o: (t.total > o.total) - (t.total < o.total), "time"),
        _method("Truncate", lambda t, m: _multiple(t, m, nearest=False), "time.Duration"),
        _method("Round", lambda t, m: _multiple(t, m, nearest=True), "time.Duration"),
        _method("MarshalJSON", lambda t: _appended(None, f'"{t.strict_text("MarshalJSON")}"')),
        _method("MarshalText", lambda t: _appended(None, t.strict_text("MarshalText"))),
        _method("AppendText", lambda t, b: _appended(b, t.strict_text("AppendText")), "bytes"),
        _method("MarshalBinary", Time.binary),
        _method("AppendBinary", lambda t, b: (b or b"") + t.binary(), "bytes"),
        _method("GobEncode", Time.binary),
        _second("ISOWeek", "int"),
        _second("Zone", "int"),
        _second("ZoneBounds", "time.Time"),
        _unusable("Date", "function Date has 3 return values; should be 1 or 2"),
        _unusable("Clock", "function Clock has 3 return values; should be 1 or 2"),
    )
)
Time.GO_METHODS = _METHODS
