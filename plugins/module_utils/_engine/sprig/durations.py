# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``time.Duration``, sprig's ``duration``, and the duration functions that Helm 4 adds.

Helm's take a Duration, a text (``1h30m``, or a number of seconds) or a number of seconds; an invalid argument is 0, only
``mustToDuration`` returns the error.
"""

from __future__ import annotations

import math
import re
from typing import ClassVar

from ..aliases import GoValue
from ..gotypes.function import Function
from ..gotypes.values import GoError, Int32, Int64
from .convert import MAX_INT64, MIN_INT64, SPACES, parse_float, wrap_int64

MICROSECOND, MILLISECOND, SECOND = 10**3, 10**6, 10**9
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
_UNITS = {"ns": 1, "us": MICROSECOND, "µs": MICROSECOND, "μs": MICROSECOND, "ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR}
_PART = re.compile(r"([0-9]*)(?:(\.)([0-9]*))?([^0-9.]*)")


class Duration(Int64):
    """A span of nanoseconds, a separate type over int64."""

    GO_TYPE: ClassVar[str] = "time.Duration"
    GO_CAST: ClassVar[bool] = False
    GO_METHODS: ClassVar[dict[str, GoValue]] = {}

    def go_string(self) -> str:
        """``1h2m3.5s``."""
        return duration_text(int(self))

    def rounded(self, multiple: int) -> Duration:
        """To the nearest multiple, halves away from zero; saturates."""
        size = int(self)
        if multiple <= 0:
            return self
        rest = abs(size) % multiple
        grown = abs(size) - rest + (0 if rest + rest < multiple else multiple)
        return Duration(max(min(grown if size >= 0 else -grown, MAX_INT64), MIN_INT64))

    def truncated(self, multiple: int) -> Duration:
        """Towards zero to a multiple."""
        size = int(self)
        if multiple <= 0:
            return self
        rounded = abs(size) // multiple * multiple
        return Duration(rounded if size >= 0 else -rounded)


def _per(size: int, unit: int) -> float:
    """A span in units, as Go sums whole and part."""
    whole = abs(size) // unit
    part = abs(size) % unit
    return math.copysign(whole + part / unit, size) if size else 0.0


def _in(size: int, unit: int) -> Int64:
    whole = abs(size) // unit
    return Int64(whole if size >= 0 else -whole)


def _method(name: str, code: GoValue, *params: str) -> tuple[str, Function]:
    return name, Function.of(name, params, code)


Duration.GO_METHODS = dict(
    (
        _method("Seconds", lambda d: _per(d, SECOND)),
        _method("Minutes", lambda d: _per(d, MINUTE)),
        _method("Hours", lambda d: _per(d, HOUR)),
        _method("Milliseconds", lambda d: _in(d, MILLISECOND)),
        _method("Microseconds", lambda d: _in(d, MICROSECOND)),
        _method("Nanoseconds", Int64),
        _method("Round", lambda d, m: d.rounded(m), "time.Duration"),
        _method("Truncate", lambda d, m: d.truncated(m), "time.Duration"),
        _method("Abs", lambda d: Duration(min(abs(int(d)), MAX_INT64))),
        _method("String", lambda d: d.go_string()),
    )
)


def duration_text(size: int) -> str:
    """``Duration.String``.

    >>> duration_text(3_723_500_000_000)
    '1h2m3.5s'
    >>> duration_text(1500)
    '1.5µs'
    """
    sign, span = ("-", -size) if size < 0 else ("", size)
    if span == 0:
        return "0s"
    if span < SECOND:
        for unit, name in ((1, "ns"), (MICROSECOND, "µs"), (MILLISECOND, "ms")):
            if span < unit * 1000:
                return sign + _decimal(span, unit) + name
    text = _decimal(span % MINUTE, SECOND) + "s"
    minutes = span // MINUTE
    if minutes:
        text = f"{minutes % 60}m{text}"
    if minutes >= 60:
        text = f"{minutes // 60}h{text}"
    return sign + text


def _decimal(span: int, unit: int) -> str:
    whole, part = divmod(span, unit)
    digits = str(part).zfill(len(str(unit)) - 1).rstrip("0") if part else ""
    return f"{whole}.{digits}" if digits else str(whole)


def quoted(text: str) -> str:
    """The quoting of package ``time``: what is not ASCII, or not printable, as bytes in hexadecimal."""
    out: list[str] = []
    for char in text:
        if char < " " or char >= "\x80":
            out.extend(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))
        else:
            out.append("\\" + char if char in '"\\' else char)
    return '"' + "".join(out) + '"'


def parse_duration(text: str) -> Duration:
    """``time.ParseDuration``. Raises ``GoError``.

    >>> int(parse_duration("-1.5h"))
    -5400000000000
    """
    invalid = f"time: invalid duration {quoted(text)}"
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return Duration(0)
    total = 0
    if not rest:
        raise GoError(invalid)
    while rest:
        found = _PART.match(rest)
        whole, point, part, unit = found.groups() if found else ("", None, None, "")
        if not (whole or part) or (len(whole) > 19 and int(whole[:40]) > 1 << 63):
            raise GoError(invalid)
        if not unit:
            raise GoError(f"time: missing unit in duration {quoted(text)}")
        if unit not in _UNITS:
            raise GoError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
        total += _part_size(whole, part if point else "", _UNITS[unit])
        if total > 1 << 63:
            raise GoError(invalid)
        rest = rest[found.end() :] if found else ""
    if text[:1] == "-":
        return Duration(-total)
    if total > MAX_INT64:
        raise GoError(invalid)
    return Duration(total)


def _part_size(whole: str, part: str | None, unit: int) -> int:
    size = int(whole or "0") * unit
    if part:
        digits = part[:18]  # Go reads no more of them than an int64 holds
        size += int(float(int(digits)) * (unit / 10.0 ** len(digits)))
    return size


def to_duration(value: GoValue) -> Duration:
    """Helm's ``asDuration``. Raises ``GoError``."""
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return _text_duration(value)
    if value is None:
        raise GoError("invalid duration")
    if isinstance(value, float):
        return _float_seconds(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if not -(1 << 63) <= value * SECOND <= MAX_INT64:
            raise GoError(f"duration seconds overflow: {int(value)}")
        return Duration(value * SECOND)
    from ..gotypes.kinds import type_of

    raise GoError(f"unsupported duration type {type_of(value)}")


def _text_duration(value: str) -> Duration:
    text = value.strip(SPACES)
    if not text:
        raise GoError("empty duration")
    try:
        return parse_duration(text)
    except GoError:
        number = parse_float(text)
    if number is None:
        from ..gotypes.printing import go_quote

        raise GoError(f"could not parse duration {go_quote(value)}")
    return _float_seconds(number)


def _float_seconds(seconds: float) -> Duration:
    from ..gotypes.printing import sprint

    if not math.isfinite(seconds):
        raise GoError(f"invalid duration seconds: {sprint(seconds)}")
    if abs(seconds) > float(MAX_INT64) / SECOND:
        raise GoError(f"duration seconds overflow: {sprint(seconds)}")
    nanoseconds_float = seconds * SECOND
    if abs(nanoseconds_float) > float(MAX_INT64):
        raise GoError(f"duration nanoseconds overflow: {sprint(nanoseconds_float)}")
    size = int(nanoseconds_float)
    return Duration(size if size <= MAX_INT64 else MIN_INT64)


def _or_zero(value: GoValue) -> Duration:
    try:
        return to_duration(value)
    except GoError:
        return Duration(0)


def must_to_duration(value: GoValue) -> Duration:
    return to_duration(value)


def seconds(value: GoValue) -> float:
    return _per(_or_zero(value), SECOND)


def minutes(value: GoValue) -> float:
    return _per(_or_zero(value), MINUTE)


def hours(value: GoValue) -> float:
    return _per(_or_zero(value), HOUR)


def days(value: GoValue) -> float:
    return hours(value) / 24.0


def weeks(value: GoValue) -> float:
    return hours(value) / 24.0 / 7.0


def milliseconds(value: GoValue) -> Int64:
    return _in(_or_zero(value), MILLISECOND)


def microseconds(value: GoValue) -> Int64:
    return _in(_or_zero(value), MICROSECOND)


def nanoseconds(value: GoValue) -> Int64:
    return Int64(_or_zero(value))


def round_to(value: GoValue, multiple: GoValue) -> Duration:
    """An unreadable multiple leaves the value as it is, as does one that is not above zero."""
    return _or_zero(value).rounded(_or_zero(multiple))


def truncate_to(value: GoValue, multiple: GoValue) -> Duration:
    return _or_zero(value).truncated(_or_zero(multiple))


def duration(value: GoValue) -> str:
    """sprig's: an int64 or a decimal text counts seconds, everything else (an int literal too) is 0."""
    count = 0
    if isinstance(value, str):
        found = re.match(r"[+-]?[0-9]+\Z", value)
        count = max(min(int(value), MAX_INT64), MIN_INT64) if found and len(value) < 1000 else 0
    elif value.__class__ is Int64:
        count = int(value)
    return duration_text(wrap_int64(count * SECOND))


def is_unix_seconds(value: GoValue) -> bool:
    """Whether a date function of sprig reads the value as seconds since 1970.

    int, int64 and int32 are read so; types made of them are not.
    """
    return type(value) in (int, Int64, Int32)
