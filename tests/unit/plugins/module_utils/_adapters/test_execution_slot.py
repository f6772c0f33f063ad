# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions that share one execution slot.

Each method of a port calls that of the real port, and a slower default is not used by accident.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.execution_slot import (
    ExecutionSlot,
    SlotClock,
    SlotCluster,
    SlotStore,
    sharing_slot,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Ports
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Clock, Cluster, Record, Store
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, FakeRandom, MemoryCluster


@pytest.mark.parametrize(("port", "slot_port"), [(Clock, SlotClock), (Store, SlotStore), (Cluster, SlotCluster)])
def test_every_method_of_a_port_is_there(port: type, slot_port: type) -> None:
    methods = {name for base in port.__mro__ for name, what in vars(base).items() if callable(what) and not name.startswith("_")}
    assert methods and methods <= set(vars(slot_port))


class CountingStore(MemoryStore):
    """In objects of a server; metadata is read without payloads."""

    kind = "Secret"

    def list_metadata(self, namespace: str | None, release: str | None = None) -> list[Record]:
        return [replace(record, payload="") for record in self.list(namespace, release)]


class Few(MemoryCluster):
    def list_metadata(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "") -> Any:
        return [{"metadata": item["metadata"]} for item in self.list(api_version, kind, namespace, labels=labels)[0]]


def test_metadata_alone_stays_metadata_alone() -> None:
    store, cluster, slot = CountingStore(), Few("apps"), ExecutionSlot()
    store.create(Record("web", "apps", 1, "deployed", payload="all of it", labels={"name": "web", "owner": "helm"}))
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "apps"}, "data": {"k": "v"}})
    ports = sharing_slot(Ports(store, cluster, FakeClock(), FakeRandom()), slot)
    with slot:
        assert [record.payload for record in ports.store.list_metadata("apps")] == [""]
        assert [sorted(item) for item in ports.cluster.list_metadata("v1", "ConfigMap", "apps")] == [["metadata"]]
