# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The machine's own clock and chance, behind the engine's ports, and what this process is called."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone, tzinfo

from .._engine.ports import Clock, Random


class LocalZone(tzinfo):
    """The machine's time zone with its rules: ``datetime.astimezone()`` alone would know the offset of today only, and a
    template's ``date`` of a day in winter would be an hour off in summer."""

    def fromutc(self, dt: datetime) -> datetime:
        seconds = int(dt.replace(tzinfo=timezone.utc, microsecond=0).timestamp())
        wall = dt + timedelta(seconds=time.localtime(seconds).tm_gmtoff)
        second_time = int(wall.replace(tzinfo=None, microsecond=0, fold=0).timestamp()) != seconds
        return wall.replace(fold=int(second_time))

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return timedelta(seconds=self._local(dt).tm_gmtoff)

    def tzname(self, dt: datetime | None) -> str:
        return self._local(dt).tm_zone

    def dst(self, dt: datetime | None) -> timedelta | None:
        return None

    @staticmethod
    def _local(dt: datetime | None) -> time.struct_time:
        return time.localtime(None if dt is None else dt.replace(tzinfo=None).timestamp())


class SystemClock(Clock):
    """Wall clock in the local time zone, as Helm writes it."""

    def now(self) -> datetime:
        return datetime.now(LocalZone())

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


def process_name() -> str:
    """``HOST/PID``, for whoever meets what this process holds."""
    return f"{os.uname().nodename}/{os.getpid()}"


class SystemRandom(Random):
    """The operating system's generator, fit for passwords and keys."""

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)
