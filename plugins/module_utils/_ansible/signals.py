# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""SIGTERM and SIGINT end a task in order: what is under way is recorded as failed and the lock given back, then the process ends by
the signal as it would have done.

Without this a process that is told to end leaves a pending revision and a Lease, which the next run has to outwait. In the worker of an
action plugin Ansible's own handler would end the process at once; it is put back, and called, when our work is undone. A second
signal ends the process right away. Only a main thread can be told; elsewhere nothing is changed.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any, Optional

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ended(BaseException):
    """A signal came. Not an ``Exception``: nothing but cleaning up may catch it."""


@contextlib.contextmanager
def orderly_end() -> Iterator[None]:
    before: dict[int, Any] = {}
    came: list[int] = []

    def note(number: int, _frame: Optional[FrameType]) -> None:
        came.append(number)
        for one, handler in before.items():
            signal.signal(one, handler)
        raise Ended

    try:
        for number in _SIGNALS:
            before[number] = signal.getsignal(number)
            if before[number] is None:  # a handler that Python did not set cannot be put back
                del before[number]
                continue
            signal.signal(number, note)
    except ValueError:  # not the main thread
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            os.kill(os.getpid(), came[0])
