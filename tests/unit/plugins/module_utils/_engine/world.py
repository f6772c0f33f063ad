# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world for actions: a cluster and a store in memory, and charts of a few lines."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.rollback import rollback
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.uninstall import uninstall
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import (
    Outcome,
    Ports,
    ReleaseRequest,
    RollbackRequest,
    UninstallRequest,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.history import History
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Release
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import (
    CountingStore,
    FailingCluster,
    FailingStore,
    FakeClock,
    FakeRandom,
    Faults,
    MemoryCluster,
)

NS = "apps"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{more}data:\n  k: {value}\n"


def config_map(name: str, value: str = '"{{ .Values.k }}"', **annotations: str) -> str:
    more = "".join(f'    {key}: "{text}"\n' for key, text in annotations.items())
    return MAP.format(name=name, value=value, more=f"  annotations:\n{more}" if more else "")


def hook(name: str, events: str, *, kind: str = "Job", policy: str = "", weight: int = 0) -> str:
    api = {"Job": "batch/v1", "ConfigMap": "v1", "Pod": "v1"}[kind]
    lines = [f"apiVersion: {api}", f"kind: {kind}", "metadata:", f"  name: {name}", "  annotations:"]
    lines += [f'    "helm.sh/hook": {events}', f'    "helm.sh/hook-weight": "{weight}"']
    if policy:
        lines.append(f'    "helm.sh/hook-delete-policy": {policy}')
    return "\n".join(lines) + "\n"


def chart(templates: dict[str, str], *, version: str = "0.1.0", values: str = "k: v1\n", files: dict[str, str] | None = None) -> Chart:
    tree = {"Chart.yaml": f"apiVersion: v2\nname: demo\nversion: {version}\n", "values.yaml": values}
    tree |= {f"templates/{name}": text for name, text in templates.items()}
    return load_files([File(name, text.encode()) for name, text in {**tree, **(files or {})}.items()])


class World:
    """A cluster with namespace ``apps``, a store, and the actions on release ``demo``."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.random = FakeRandom()
        self.cluster = MemoryCluster("default", NS, clock=self.clock)
        self.cluster.on_create = self._finish_jobs
        self.store = MemoryStore()
        self.failing_jobs: set[str] = set()

    def _finish_jobs(self, cluster: MemoryCluster, ref: Any) -> None:
        if ref.kind == "Job":
            kind = "Failed" if ref.name in self.failing_jobs else "Complete"
            cluster.set_status(ref, {"startTime": "2026-05-01T12:00:00Z", "conditions": [{"type": kind, "status": "True"}]})
        if ref.kind == "Pod":
            cluster.set_status(ref, {"phase": "Failed" if ref.name in self.failing_jobs else "Succeeded"})

    def ports(self, faults: Faults | None = None) -> Ports:
        if faults is None:
            return Ports(CountingStore(self.store, self.cluster), self.cluster, self.clock, self.random)
        return Ports(FailingStore(self.store, faults), FailingCluster(self.cluster, faults), self.clock, self.random)

    def up(self, what: Chart, values: dict[str, Any] | None = None, *, check: bool = False, faults: Faults | None = None, **options: Any) -> Outcome:
        self.cluster.requests.clear()
        options = {"timeout": 60.0, **options}
        return converge(ReleaseRequest("demo", options.pop("namespace", NS), what, values or {}, **options), self.ports(faults), check=check)

    def back(self, revision: int = 0, *, check: bool = False, faults: Faults | None = None, **options: Any) -> Outcome:
        self.cluster.requests.clear()
        return rollback(RollbackRequest("demo", NS, revision, **{"timeout": 60.0, **options}), self.ports(faults), check=check)

    def down(self, *, check: bool = False, faults: Faults | None = None, **options: Any) -> Outcome:
        self.cluster.requests.clear()
        return uninstall(UninstallRequest("demo", NS, **{"timeout": 60.0, **options}), self.ports(faults), check=check)

    @property
    def history(self) -> list[Release]:
        """Every revision, decoded: it fails where one cannot be read."""
        history = History.read(self.store, NS, "demo")
        return [history.decode(record) for record in history.records]

    @property
    def statuses(self) -> list[str]:
        return [f"{release.version} {release.info.status.value}" for release in self.history]

    def copy(self) -> World:
        return copy.deepcopy(self)

    def state(self) -> str:
        records = [(record.key, record.status, record.payload) for record in self.store.list(ALL_NAMESPACES)]
        return f"{self.cluster.snapshot()} {records}"
