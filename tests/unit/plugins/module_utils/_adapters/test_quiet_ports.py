# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contracts of the ports that raise nothing: clock, chance, cache, helper process.

Real adapters and the doubles of the tests meet the same cases; a broken place is one more adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock, SystemRandom
from ansible_collections.windlass.charts.plugins.module_utils._adapters.compiled_cache import DiskCache
from ansible_collections.windlass.charts.plugins.module_utils._adapters.execution_slot import ExecutionSlot, SlotClock
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Clock, CompiledCache, Random
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import (
    FakeClock,
    FakeRandom,
    MemoryCache,
)


def _clock_of_a_task() -> Clock:
    slot = ExecutionSlot()
    slot.__enter__()  # a task that sleeps has the slot
    return SlotClock(FakeClock(), slot)


CLOCKS: dict[str, Callable[[], Clock]] = {
    "system": SystemClock,
    "double": FakeClock,
    "of a task": _clock_of_a_task,
}
CHANCES: dict[str, Callable[[], Random]] = {"system": SystemRandom, "double": FakeRandom}
#: name -> the cache in a folder, and whether the folder can hold anything
CACHES: dict[str, tuple[Callable[[Path], CompiledCache], bool]] = {
    "disk": (lambda folder: DiskCache(str(folder / "made" / "cache")), True),
    "double": (lambda folder: MemoryCache(), True),
    "no folder": (lambda folder: DiskCache(""), False),
    "a file in the way": (lambda folder: DiskCache(str(_file(folder) / "cache")), False),
    "no such file system": (lambda folder: DiskCache("/proc/self/cache"), False),
    "too small": (lambda folder: DiskCache(str(folder / "cache"), limit=1), False),
}

def _file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file"


@pytest.mark.parametrize("make", CLOCKS.values(), ids=CLOCKS)
def test_a_clock(make: Callable[[], Clock]) -> None:
    clock = make()
    first, start = clock.now(), clock.monotonic()
    clock.sleep(0.01)
    assert first.utcoffset() is not None
    assert clock.now() > first
    assert clock.monotonic() - start >= 0.01
    for seconds in (0, -1e-9):
        clock.sleep(seconds)


@pytest.mark.parametrize("make", CHANCES.values(), ids=CHANCES)
def test_chance(make: Callable[[], Random]) -> None:
    chance = make()
    assert [len(chance.bytes(count)) for count in (0, 1, 32, 5000)] == [0, 1, 32, 5000]
    assert len({chance.bytes(16) for _draw in range(100)}) == 100


@pytest.mark.parametrize("key", ["k", "", "../up", "a/b", "\udce4\x00", "k" * 10_000])
@pytest.mark.parametrize(("make", "holds"), CACHES.values(), ids=CACHES)
def test_a_cache(make: Callable[[Path], CompiledCache], holds: bool, key: str, tmp_path: Path) -> None:
    cache = make(tmp_path)
    assert cache.get(key) is None
    for data in (b"first", b"second", b"", b"\x00" * 100_000):
        cache.put(key, data)
        assert cache.get(key) == (data if holds else None)
        assert cache.get(f"{key}2") is None
