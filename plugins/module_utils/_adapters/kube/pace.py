# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The rate of requests, their time limits, and the pauses between retries.

``Bounds`` belongs to one thread: several releases of one task share a connection, but each has its own time. A rate that the user gave
(``qps``, ``burst_limit``) is that of the whole connection.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: During waits: at most 20 requests in any second, those of a burst included.
WAIT_RATE = 10.0
WAIT_BURST = 10
_LONGEST_PAUSE = 20.0
_FIRST_PAUSE = 0.2


class Bucket:
    """A token bucket, as client-go's ``flowcontrol``. Safe for threads.

    :param rate: requests a second. :param burst: requests that may be sent at once after a pause; at least 1.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(max(1, burst))
        self._tokens = self._burst
        self._filled = time.monotonic()
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take one token. Returns the seconds to wait before the request may be sent."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate) - 1.0
            self._filled = now
            return max(0.0, -self._tokens / self._rate)


class Bounds(threading.local):
    """The bounds that hold for this thread now. ``until``: a time of ``time.monotonic()``, ``None``: none."""

    until: float | None = None
    pace: Bucket | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Requests sent inside end after that many seconds, and are sent at the rate of a wait."""
        before = self.until, self.pace
        end = time.monotonic() + seconds
        self.until = end if self.until is None else min(end, self.until)
        self.pace = self.pace or Bucket(WAIT_RATE, WAIT_BURST)
        try:
            yield
        finally:
            self.until, self.pace = before


def pause_seconds(attempt: int, retry_after: str | None) -> float:
    """The pause after a failed try, in seconds.

    A random part keeps threads and processes from retrying together.

    :param attempt: number of the try, from 0. :param retry_after: the server's header; only a number of seconds counts.
    """
    chance = int.from_bytes(os.urandom(2), "big") / 0x10000  # safe for threads and forked workers, and costs no import
    seconds = _FIRST_PAUSE * 2.0**attempt * (1.0 + chance)
    if retry_after and retry_after.isascii() and retry_after.isdigit():
        seconds = max(seconds, float(retry_after[:9]))
    return min(seconds, _LONGEST_PAUSE)
