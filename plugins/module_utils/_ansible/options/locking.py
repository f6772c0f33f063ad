# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The options about concurrent work on the same release.

Defaults. ``if_busy`` is ``wait``: two plays that change the same release want both of their states, one after the other, as two that use
the same package database do; helm's immediate failure is one option away. ``lock_timeout`` is five minutes, helm's default timeout
for a phase, and longer than a dead holder's Lease (a minute). ``pending_expiry`` is an hour: far beyond the fifteen minutes that a helm
with default timeouts can take between two writes of its record, and short enough for the next nightly run to repair what was left behind.
"""

from __future__ import annotations

from ..._engine.plan.model import Locking
from ..task import Task
from .durations import seconds

LOCK_SECONDS = 300.0
PENDING_SECONDS = 3600.0


def locking_of(task: Task) -> Locking:
    """The locking options of a task. Raises ``OptionError`` for an invalid duration."""
    timeout, expiry = task.params.get("lock_timeout"), task.params.get("pending_expiry")
    return Locking(
        if_busy=str(task.get("if_busy", "wait")),
        lock_timeout=LOCK_SECONDS if timeout is None else seconds(str(timeout), "lock_timeout"),
        pending_expiry=PENDING_SECONDS if expiry is None else seconds(str(expiry), "pending_expiry"),
    )
