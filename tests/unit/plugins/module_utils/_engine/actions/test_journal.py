# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes of records that reach the server twice, or are refused although nothing speaks against them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Ports, ReleaseRequest
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

CHART = chart({"a.yaml": config_map("a")})


class Twice(MemoryStore):
    """Does each write twice and returns the second answer, like a proxy that repeats a request."""

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
    """Another client writes the record between the read and the update."""

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


def test_a_write_of_another_client_is_a_conflict() -> None:
    with pytest.raises(errors.Conflict):
        run(Meddling())


def test_a_revision_of_another_client_is_a_conflict() -> None:
    class Taken(MemoryStore):
        def create(self, record: Record) -> Record:
            super().create(replace(record, payload=record.payload[:-4]))
            return super().create(record)

    with pytest.raises(errors.ReleaseBusy, match="another operation has just started revision 1"):
        run(Taken())


class Unanswered(MemoryStore):
    """Does some writes and answers too late, as a server or a proxy does that stalls.

    :param write: ``create`` or ``update``. :param status: of the record that is written. :param times: so many of them.
    :param reads: reads that are not answered either, after a write that was not.
    """

    def __init__(self, write: str, status: str, times: int = 1, reads: int = 0) -> None:
        super().__init__()
        self.stall, self.times, self.reads, self.stalled = (write, status), times, reads, 0

    def _answer(self, write: str, record: Record) -> Record:
        if (write, record.status) == self.stall and self.stalled < self.times:
            self.stalled += 1
            raise errors.Unreachable("The API server gave no answer in time.")
        return record

    def create(self, record: Record) -> Record:
        return self._answer("create", super().create(record))

    def update(self, record: Record) -> Record:
        return self._answer("update", super().update(record))

    def get(self, namespace: str, release: str, revision: int) -> Record:
        if self.stalled and self.reads:
            self.reads -= 1
            raise errors.Unreachable("The API server gave no answer in time.")
        return super().get(namespace, release, revision)


HOOKED = chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "pre-install,pre-upgrade")})


@pytest.mark.parametrize("who", ["", "host/1"])
@pytest.mark.parametrize(
    ("write", "status", "reads"),
    [("create", "pending-install", 0), ("update", "pending-install", 0), ("update", "deployed", 0)],
)
def test_a_write_without_an_answer_is_found_and_the_action_goes_on(who: str, write: str, status: str, reads: int) -> None:
    world = World()
    store = Unanswered(write, status, reads=reads)
    converge(ReleaseRequest("demo", NS, HOOKED), Ports(store, world.cluster, world.clock, world.random, who=who))
    assert store.stalled == 1
    assert [record.status for record in store.list(NS)] == ["deployed"]


@pytest.mark.parametrize("who", ["", "host/1"])
@pytest.mark.parametrize("on_failure", ["keep", "rollback", "uninstall"])
@pytest.mark.parametrize(("write", "reads"), [("create", 1), ("update", 1)])
def test_a_revision_whose_pending_record_was_not_answered_does_not_stay_pending(who: str, on_failure: str, write: str, reads: int) -> None:
    world = World()
    store = Unanswered("", "")
    ports = Ports(store, world.cluster, world.clock, world.random, who=who)
    converge(ReleaseRequest("demo", NS, HOOKED), ports)
    store.stall, store.reads = (write, "pending-upgrade"), reads
    with pytest.raises(errors.Unreachable):
        converge(ReleaseRequest("demo", NS, HOOKED, {"a": 1}, on_failure=on_failure), ports)
    assert store.stalled == 1
    found = [record.status for record in store.list(NS)]
    if on_failure == "uninstall":
        assert found == []
    else:
        assert "pending-upgrade" not in found
        assert found[1] == "failed"
    store.stall = ("", "")
    assert converge(ReleaseRequest("demo", NS, HOOKED, {"a": 1}), ports).changed
    assert store.list(NS)[-1].status == "deployed"


def test_another_writers_pending_record_is_not_taken_for_our_own() -> None:
    """Two tasks with the same content: the holder's id distinguishes their records."""
    world = World()

    class Raced(Unanswered):
        def create(self, record: Record) -> Record:
            MemoryStore.create(self, replace(record, annotations={**record.annotations, "charts.windlass.io/holder": "other/2/x"}))
            raise errors.Unreachable("The API server gave no answer in time.")

    store = Raced("", "")
    with pytest.raises(errors.Unreachable):
        converge(ReleaseRequest("demo", NS, CHART), Ports(store, world.cluster, world.clock, world.random, who="host/1"))
    assert [record.status for record in store.list(NS)] == ["pending-install"]
