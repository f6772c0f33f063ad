# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's dates and ``durationRound`` (``date.go``).

Functions that need the current time or the local zone take the context first.
"""

from __future__ import annotations

from ..aliases import GoValue
from ..gotypes.values import GoError, Int64
from .context import Context
from .durations import HOUR, MINUTE, SECOND, duration_text, is_unix_seconds, parse_duration
from .gotime import Time, zero
from .zones import LOCAL, UTC, Zone

_DATE = "2006-01-02"


def now(context: Context) -> Time:
    time = Time.of(context.now())
    time.monotonic = context.elapsed()
    return time


def _instant(context: Context, value: GoValue) -> Time:
    """A time, or seconds since 1970; everything else (a float, a text) is the present."""
    if isinstance(value, Time):
        return value
    return Time(int(value)) if is_unix_seconds(value) else now(context)


def _zone(name: str) -> Zone:
    """``time.LoadLocation``; an unknown zone is UTC."""
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return LOCAL
    if ".." in name or name[0] in "/\\" or name.endswith("/"):
        return UTC
    from zoneinfo import ZoneInfo

    path = "/".join(part for part in name.split("/") if part not in ("", "."))  # as the file system reads it
    try:
        return Zone(name, tz=ZoneInfo(path))
    except (LookupError, OSError, ValueError):
        return UTC


def since(context: Context, value: GoValue) -> int:
    """Nanoseconds from a time to now; 0 for what is no time."""
    return int(now(context).minus(value)) if isinstance(value, Time) else 0


def date(context: Context, layout: str, value: GoValue) -> str:
    return date_in_zone(context, layout, value, "Local")


def date_in_zone(context: Context, layout: str, value: GoValue, zone: str) -> str:
    return _instant(context, value).in_zone(_zone(zone)).format(layout)


def html_date(context: Context, value: GoValue) -> str:
    return date_in_zone(context, _DATE, value, "Local")


def html_date_in_zone(context: Context, value: GoValue, zone: str) -> str:
    return date_in_zone(context, _DATE, value, zone)


def must_date_modify(span: str, time: Time) -> Time:
    return time.plus(int(parse_duration(span)))


def date_modify(span: str, time: Time) -> Time:
    try:
        return must_date_modify(span, time)
    except GoError:
        return time


def must_to_date(context: Context, layout: str, text: str) -> Time:
    from .time_parser import parse_time

    return parse_time(layout, text, LOCAL)


def to_date(context: Context, layout: str, text: str) -> Time:
    try:
        return must_to_date(context, layout, text)
    except GoError:
        return zero()


def unix_epoch(time: Time) -> str:
    return str(time.unix)


def ago(context: Context, value: GoValue) -> str:
    """How long ago, to the second; a float or a text is no time, and that is now."""
    present = now(context)
    instant = value if isinstance(value, Time) else Time(int(value)) if is_unix_seconds(value) else present
    return duration_text(int(present.minus(instant).rounded(SECOND)))


def duration_round(context: Context, value: GoValue) -> str:
    """The largest unit that fits more than once; the sign is lost."""
    size = 0
    if isinstance(value, str):
        try:
            size = int(parse_duration(value))
        except GoError:
            size = 0
    elif value.__class__ is Int64:
        size = int(value)
    elif not isinstance(value, (bool, int, float)) and value is not None:
        size = since(context, value)
    span = abs(size)
    for unit, name in ((8760 * HOUR, "y"), (720 * HOUR, "mo"), (24 * HOUR, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")):
        if span > unit:
            return f"{span // unit}{name}"
    return "0s"
