# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Handles SIGTERM and SIGINT: records a failure, releases the lock, then ends the process.

The process ends by the signal that it received. Without this a terminated process leaves a pending revision and a Lease until they
expire, which delays the next run. In the worker of an action plugin Ansible's own handler would end the process at once; it is restored,
and called, when the work is undone. A user who ends a play ends its workers twice, a moment apart (Ansible, and then Python at its exit),
so a second signal ends the process right away only when the first one has had ``GRACE`` seconds. Only a main thread receives signals; in
other threads nothing is changed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Optional, Union

GRACE = 10.0
#: what ``signal.signal`` takes and returns
Handler = Union[Callable[[int, Optional[FrameType]], object], int, None]
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ended(BaseException):
    """A signal was received. Not an ``Exception``, since only cleanup code may catch it."""


@contextlib.contextmanager
def orderly_end() -> Iterator[None]:
    before: dict[int, Handler] = {}
    came: list[int] = []
    first = 0.0

    def note(number: int, _frame: Optional[FrameType]) -> None:
        nonlocal first
        came.append(number)
        if len(came) == 1:
            first = time.monotonic()
            raise Ended
        if time.monotonic() - first > GRACE:
            _end(before, number)

    try:
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            # a handler that Python did not set cannot be put back; what is ignored (nohup, the background of a script) stays so
            if handler is not None and handler != signal.SIG_IGN:
                before[number] = handler
                signal.signal(number, note)
    except ValueError:  # not the main thread
        before = {}
    try:
        yield
    finally:
        _end(before, came[0] if came else 0)


def _end(handlers: dict[int, Handler], number: int) -> None:
    """Restores the handlers and, where a signal was received, sends it again."""
    for one, handler in handlers.items():
        signal.signal(one, handler)
    if number:
        os.kill(os.getpid(), number)
