# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pauses between tries: each has a random part, so that threads of one process do not retry together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import pace


def test_threads_of_one_process_pause_differently() -> None:
    with ThreadPoolExecutor(20) as pool:
        pauses = list(pool.map(lambda _thread: pace.pause_seconds(0, None), range(20)))
    assert len(set(pauses)) > 15


@pytest.mark.parametrize("attempt", range(6))
def test_a_pause_grows_with_the_tries_and_has_a_bound(attempt: int) -> None:
    shortest = pace._FIRST_PAUSE * 2.0**attempt
    for _draw in range(50):
        pause = pace.pause_seconds(attempt, None)
        assert min(shortest, pace._LONGEST_PAUSE) <= pause <= min(2 * shortest, pace._LONGEST_PAUSE)


@pytest.mark.parametrize(
    ("retry_after", "least"), [("1", 1.0), ("0", 0.0), ("x", 0.0), ("-5", 0.0), ("²", 0.0), ("9" * 5000, pace._LONGEST_PAUSE)]
)
def test_the_servers_wish_counts_up_to_the_bound(retry_after: str, least: float) -> None:
    assert least <= pace.pause_seconds(0, retry_after) <= pace._LONGEST_PAUSE
