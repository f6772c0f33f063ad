# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Waits for file descriptors of any number.

``select`` accepts none above 1023, and a busy controller has more files open.
"""

from __future__ import annotations

import select
from collections.abc import Iterable


def readable(handles: Iterable[int], seconds: float) -> list[int]:
    """The file descriptors that can be read, or that the other end has closed.

    Waits at most that many seconds.
    """
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    return [handle for handle, _event in poll.poll(max(0.0, seconds) * 1000)]
