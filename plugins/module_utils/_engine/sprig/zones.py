# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``*time.Location``: UTC, the local zone, zones with rules, and fixed offsets.

Go: ``time/zoneinfo.go``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import ClassVar

from ..aliases import GoValue, Json
from ..gotypes.function import Function
from ..gotypes.values import GoObject, Int64, NilPointer, Slice

ZERO_UNIX = -62135596800  # 0001-01-01 00:00:00 UTC
DAY_SECONDS = 86400
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST, _LAST = ZERO_UNIX + 2 * DAY_SECONDS, 253402300799 - 2 * DAY_SECONDS
_FOUR_CENTURIES = 146_097 * DAY_SECONDS


class Zone(GoObject):
    """A time zone: ``tz`` rules, or a fixed name and offset.

    Compared by identity, as Go compares pointers.

    :param name: what ``Location`` prints; with a fixed offset also the abbreviation.
    :param offset: seconds east of UTC; without meaning where ``tz`` is given.
    :param tz: the rules, if there are any.
    """

    GO_TYPE: ClassVar[str] = "*time.Location"
    GO_KIND: ClassVar[str] = "ptr"
    GO_METHODS: ClassVar[dict[str, GoValue]] = {"String": Function.of("String", (), lambda zone: zone.go_string())}
    GO_PRINTED: ClassVar[dict[str, str]] = {
        "name": "name",
        "zone": "no_list",
        "tx": "no_changes",
        "extend": "no_text",
        "cacheStart": "no_number",
        "cacheEnd": "no_number",
        "cacheZone": "nothing",
    }
    no_list: ClassVar[Slice] = Slice((), "time.zone", is_nil=True)
    no_changes: ClassVar[Slice] = Slice((), "time.zoneTrans", is_nil=True)
    no_text: ClassVar[str] = ""
    no_number: ClassVar[Int64] = Int64(0)
    nothing: ClassVar[NilPointer] = NilPointer("*time.zone")

    __slots__ = ("_name", "_tz", "offset")

    def __init__(self, name: str, offset: int = 0, tz: tzinfo | None = None) -> None:
        self._name = name
        self.offset = offset
        self._tz = tz

    @property
    def name(self) -> str:
        return self._name

    @property
    def tz(self) -> tzinfo | None:
        return self._tz

    def at(self, unix: int) -> tuple[str, int]:
        """Abbreviation and seconds east of UTC in force at that instant."""
        tz = self.tz
        if tz is None:
            return self.name, self.offset
        moment = _moment(unix, tz)
        offset = moment.utcoffset()
        return moment.tzname() or "", int(offset.total_seconds()) if offset is not None else 0

    def is_dst(self, unix: int) -> bool:
        """Whether daylight saving time is in force at that instant."""
        tz = self.tz
        return tz is not None and bool(_moment(unix, tz).dst())

    def deep_equal(self, other: Zone) -> bool:
        """``reflect.DeepEqual`` of what the two pointers lead to; UTC is a nil pointer."""
        if self is other:
            return True
        if UTC in (self, other) or self.tz is not None or other.tz is not None:
            return False
        return (self.name, self.offset) == (other.name, other.offset)

    def go_deep_copy(self, _copied: Callable[[GoValue], GoValue]) -> Zone:
        """A zone without a name, since fields that are not exported are not copied."""
        return Zone("")

    def go_string(self) -> str:
        return self.name

    def go_json(self) -> dict[str, Json]:
        """A struct without exported fields."""
        return {}


def _moment(unix: int, tz: tzinfo) -> datetime:
    """The instant in the zone, or one with the same offset if ``datetime`` cannot hold it.

    The rules after the last change of a zone name months and weekdays, which are the same again after 400 years.
    """
    if unix > _LAST:
        unix -= -(-(unix - _LAST) // _FOUR_CENTURIES) * _FOUR_CENTURIES
    return (EPOCH + timedelta(seconds=max(unix, _FIRST))).astimezone(tz)


class _Local(Zone):
    """``time.Local``: the zone of the clock of the functions that run now."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("")

    @property
    def name(self) -> str:
        """``Local`` where the system's setting was read, else the name of the zone in ``TZ``."""
        tz = self.tz
        return "UTC" if tz is timezone.utc else str(getattr(tz, "key", None) or "Local")

    @property
    def tz(self) -> tzinfo:
        from .context import current

        return current().local_zone()


UTC = Zone("UTC")
LOCAL = _Local()
_UNNAMED: dict[int, Zone] = {}


def fixed_zone(name: str, offset: int) -> Zone:
    """``time.FixedZone``: a new zone, except that unnamed ones of whole hours are made once.

    :param offset: seconds east of UTC.
    """
    if name or offset % 3600 or not -12 <= offset // 3600 <= 14:
        return Zone(name, offset)
    return _UNNAMED.setdefault(offset, Zone("", offset))
