# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The system's clock and random numbers behind the engine's ports, and the name of this process."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path

from .._engine.ports import Clock, Random

#: where Go looks for the files of named zones (Go: ``time/zoneinfo_unix.go``)
_ZONE_FOLDERS = ("/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo")


class LocalZone(tzinfo):
    """The machine's time zone with its rules.

    ``datetime.astimezone()`` alone would know only today's offset, and a template's ``date`` of a day in winter would be an hour off in
    summer.
    """

    def fromutc(self, dt: datetime) -> datetime:
        seconds = int(dt.replace(tzinfo=timezone.utc, microsecond=0).timestamp())
        wall = dt + timedelta(seconds=time.localtime(seconds).tm_gmtoff)
        second_time = int(wall.replace(tzinfo=None, microsecond=0, fold=0).timestamp()) != seconds
        return wall.replace(fold=int(second_time))

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return timedelta(seconds=self._local(dt).tm_gmtoff)

    def tzname(self, dt: datetime | None) -> str:
        return self._local(dt).tm_zone

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta(hours=int(self._local(dt).tm_isdst > 0))

    @staticmethod
    def _local(dt: datetime | None) -> time.struct_time:
        return time.localtime(None if dt is None else dt.replace(tzinfo=None).timestamp())


def local_zone(name: str | None) -> tzinfo:
    """The local time zone as Go determines it, which is not how the C library does.

    Only the name of a zone's file counts: a POSIX rule (``EST5EDT4,M3.2.0``), an unknown name and the empty text are UTC.

    :param name: the value of ``TZ``; ``None`` where it is not set: then the system's own setting counts.
    """
    return LocalZone() if name is None else _named_zone(name)


@lru_cache(maxsize=16)
def _named_zone(name: str) -> tzinfo:
    name = name.removeprefix(":")
    if name in ("", "UTC"):
        return timezone.utc
    from zoneinfo import ZoneInfo

    shown = "Local" if name == "/etc/localtime" else name
    for path in [name] if name.startswith("/") else [f"{folder}/{name}" for folder in _ZONE_FOLDERS]:
        try:
            with Path(path).open("rb") as file:
                return ZoneInfo.from_file(file, key=shown)
        except (OSError, ValueError):
            continue
    return timezone.utc


class SystemClock(Clock):
    """Wall clock in the local time zone, as Helm writes it."""

    def now(self) -> datetime:
        return datetime.now(local_zone(os.environ.get("TZ")))

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


def process_name() -> str:
    """``HOST/PID``: the name of this process in its locks, for the messages of other clients."""
    return f"{os.uname().nodename}/{os.getpid()}"


class SystemRandom(Random):
    """The operating system's generator, fit for passwords and keys."""

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)
