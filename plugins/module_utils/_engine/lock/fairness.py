# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Leaves a gap between revisions, in which helm can begin one.

Tasks of this collection wait for each other's Lease; helm does not wait. It reads the newest revision, renders, and creates the next
record; where another writer was faster, it fails. A loop of tasks, or several tasks that wait for the Lease, would therefore win every
time. So after three revisions of this collection in quick succession the next task leaves a gap before it writes: as long as the three
took, but two to six seconds. It holds the Lease during the gap, so that no other task fills it. If helm begins a revision in the gap,
the task waits for it as for any other pending one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ports import Clock, Record
from ..release.inputs import ANNOTATION

#: so many revisions in a row, of which none is older than so many seconds
REVISIONS = 3
RECENT_SECONDS = 30.0
GAP_SECONDS = (2.0, 6.0)  # the shortest, for revisions that take no time, and the longest


def keep_gap(clock: Clock, records: Sequence[Record]) -> bool:
    """Sleeps where the newest revisions are all of this collection and recent. Returns whether it slept.

    :param records: of one release, by revision ascending; payloads are not needed.
    """
    newest = records[-REVISIONS:]
    if len(newest) < REVISIONS or newest[-1].revision % REVISIONS or any(ANNOTATION not in record.annotations for record in newest):
        return False
    now = clock.now().timestamp()
    if any(not 0 <= now - written_at(record) + 1 <= RECENT_SECONDS for record in newest):
        return False
    least, most = GAP_SECONDS
    clock.sleep(min(max(least, now - written_at(newest[0])), most))
    return True


def written_at(record: Record) -> float:
    """When a record was last written, in seconds since 1970 by its writer's clock; 0: unknown."""
    for label in ("modifiedAt", "createdAt"):
        text = record.labels.get(label, "")
        if text.isascii() and text.isdigit():
            return float(text)
    return 0.0
