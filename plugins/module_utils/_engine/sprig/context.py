# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The clock and the source of random numbers for functions that need them.

Without one these functions fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime, timezone, tzinfo

from ..errors import InternalError
from ..gotypes.limits import MAX_RANDOM, LimitExceeded
from ..ports import Clock, Random


class Context:
    """What a set of functions is bound to.

    :param clock: the present, and the local time zone.
    :param random: chance.
    """

    __slots__ = ("_clock", "_random", "_started", "_zone")

    def __init__(self, clock: Clock | None = None, random: Random | None = None) -> None:
        self._clock = clock
        self._random = random
        self._started: float | None = None
        self._zone: tzinfo | None = None

    @property
    def clock(self) -> Clock:
        """Raises ``InternalError`` where there is none."""
        if self._clock is None:
            raise InternalError("A template asked for the time, but the functions were made without a clock.")
        return self._clock

    def now(self) -> datetime:
        """The present, aware."""
        return self.clock.now()

    def elapsed(self) -> float:
        """Seconds since the first call: Go's monotonic reading, which a printed ``now`` shows."""
        reading = self.clock.monotonic()
        if self._started is None:
            self._started = reading
        return reading - self._started

    def local_zone(self) -> tzinfo:
        """Go's ``time.Local``, read from the clock once."""
        if self._zone is None:
            self._zone = self.clock.now().tzinfo or timezone.utc
        return self._zone

    def bytes(self, count: int) -> bytes:
        """Random bytes. Raises ``InternalError`` where there is no source."""
        if self._random is None:
            raise InternalError("A template asked for chance, but the functions were made without a source of it.")
        return self._random.bytes(count)

    def below(self, limit: int) -> int:
        """A number from 0 to before ``limit``, each as likely as the others."""
        width = (limit.bit_length() + 7) // 8
        ceiling = (1 << (8 * width)) // limit * limit
        while True:
            number = int.from_bytes(self.bytes(width), "big")
            if number < ceiling:
                return number % limit

    def choose(self, choices: Sequence[str], count: int) -> str:
        """So many of the choices, one after another."""
        if count > MAX_RANDOM:
            raise LimitExceeded(f"a string of {count} random characters exceeds the limit of {MAX_RANDOM}")
        return "".join(choices[self.below(len(choices))] for _index in range(count))


_current: ContextVar[Context] = ContextVar("context")


def make_current(context: Context) -> None:
    """Makes ``context`` that of the functions that run from now on.

    Methods of a time (``.Local``) get no context of their own.
    """
    _current.set(context)


def current() -> Context:
    """The context of the functions that this thread made last.

    If it has made none, one without clock and random numbers.
    """
    return _current.get(None) or Context()
