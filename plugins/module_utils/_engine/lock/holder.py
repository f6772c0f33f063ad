# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The holder's id on pending records and in Leases, and the signal of a concurrent write."""

from __future__ import annotations

#: annotation on a pending record of this collection: the id of its writer
HOLDER = "charts.windlass.io/holder"


class Stale(Exception):
    """What was read before the lock was taken has changed: the action starts again.

    Never leaves ``locking.locked``.
    """


def describe_holder(holder: str) -> str:
    """The text for an id ``HOST/PID/CHANCE`` in messages.

    >>> describe_holder("node-1/42/ff")
    'process 42 on node-1'
    """
    host, _slash, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    return f"process {pid} on {host}" if pid else holder or "another client"
