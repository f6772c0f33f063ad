# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs a part of the work in a child process on another processor, and reads the result from a pipe.

This is for programs that have no other threads, such as the script: a copy of a process with threads may wait forever for a lock, so
there the caller does all of the work. The child opens nothing, prints nothing and exits without cleaning up its parent's resources.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from .._engine.ports import Helper

MAX_HANDS = 4  # each child costs memory, and more gain little


class ChildHelper(Helper):
    """One child for each piece of work."""

    def hands(self) -> int:
        return min(_processors(), MAX_HANDS) if hasattr(os, "fork") and threading.active_count() == 1 else 1

    def start(self, work: Callable[[], bytes]) -> Callable[[], bytes | None]:
        if self.hands() < 2:
            return lambda: None
        try:
            reader, writer = os.pipe()
        except OSError:
            return lambda: None
        try:
            child = os.fork()
        except OSError:  # no more processes for this user
            os.close(reader)
            os.close(writer)
            return lambda: None
        if not child:
            os.close(reader)
            _work_and_leave(work, writer)
        os.close(writer)
        return lambda: _result(child, reader)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _work_and_leave(work: Callable[[], bytes], writer: int) -> None:
    """Runs in the child. After any error here the parent does the work itself."""
    status = 1
    try:
        left = memoryview(work())
        while left:
            left = left[os.write(writer, left) :]
        status = 0
    finally:
        os._exit(status)


def _result(child: int, reader: int) -> bytes | None:
    parts = []
    try:
        while part := os.read(reader, 1 << 20):
            parts.append(part)
    except OSError:
        parts = []
    finally:
        os.close(reader)
    try:
        _pid, status = os.waitpid(child, 0)
    except ChildProcessError:  # SIGCHLD is ignored, so that the system has forgotten how the child ended
        return None
    return b"".join(parts) if parts and status == 0 else None
