# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes of records that reach the server twice, or are refused although nothing speaks against them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.model import Ports, ReleaseRequest
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.actions.world import NS, World, chart, config_map

CHART = chart({"a.yaml": config_map("a")})


class Twice(MemoryStore):
    """Does each write twice and gives the second answer, as a proxy does that repeats a request."""

    def create(self, record: Record) -> Record:
        super().create(record)
        return super().create(record)

    def update(self, record: Record) -> Record:
        super().update(record)
        return super().update(record)


class Spurious(MemoryStore):
    """Refuses every first update of a record."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[tuple[str, str]] = set()

    def update(self, record: Record) -> Record:
        if (record.key, record.resource_version) not in self.refused:
            self.refused.add((record.key, record.resource_version))
            raise errors.Conflict("somebody was faster", status=409)
        return super().update(record)


class Meddling(MemoryStore):
    """Somebody else writes the record between our read and our update."""

    def update(self, record: Record) -> Record:
        there = self.get(record.namespace, record.release, record.revision)
        super().update(replace(there, status="failed"))
        return super().update(record)


def run(store: MemoryStore) -> Any:
    world = World()
    ports = Ports(store, world.cluster, world.clock, world.random)
    return converge(ReleaseRequest("demo", NS, CHART), ports)


@pytest.mark.parametrize("store", [Twice(), Spurious()])
def test_what_was_written_is_recognised(store: MemoryStore) -> None:
    assert run(store).changed
    assert [record.status for record in store.list(NS)] == ["deployed"]


def test_somebody_elses_write_is_a_conflict() -> None:
    with pytest.raises(errors.Conflict):
        run(Meddling())


def test_somebody_elses_revision_is_a_conflict() -> None:
    class Taken(MemoryStore):
        def create(self, record: Record) -> Record:
            super().create(replace(record, payload=record.payload[:-4]))
            return super().create(record)

    with pytest.raises(errors.ReleaseBusy, match="somebody else has just begun revision 1"):
        run(Taken())
