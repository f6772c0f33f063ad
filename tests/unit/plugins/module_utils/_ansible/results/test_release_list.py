# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of releases: which pass, and how much is read for them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.release_list import listed
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, Record, Scope
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock


class HeadStore(MemoryStore):
    """Returns metadata without payloads and records the reads of whole records."""

    def __init__(self) -> None:
        super().__init__()
        self.requested: list[str] = []

    def list_metadata(self, namespace: Scope, release: str | None = None) -> list[Record]:
        self.requested.append("list_metadata")
        return [replace(record, payload="") for record in super().list(namespace, release)]

    def get(self, namespace: str, release: str, revision: int) -> Record:
        self.requested.append("get")
        return super().get(namespace, release, revision)

    def list(self, namespace: Scope, release: str | None = None, labels: Any = None) -> list[Record]:
        self.requested.append("list")
        return super().list(namespace, release, labels)


@pytest.fixture
def store() -> HeadStore:
    store = HeadStore()
    rows = [
        ("shop", "web", 1, "superseded", "web", {"team": "shop"}),
        ("shop", "web", 2, "deployed", "web", {"team": "shop"}),
        ("shop", "db", 1, "failed", "postgres", {}),
        ("labs", "web", 1, "deployed", "web", {"team": "labs"}),
        ("labs", "job", 1, "pending-install", "job", {"team": "labs"}),
    ]
    for namespace, name, revision, status, chart, labels in rows:
        meta = {"metadata": {"name": chart, "version": "1.0.0"}}
        release = Release(name, namespace, revision, Info(status=Status(status)), meta, labels=labels)
        store.create(to_record(release, FakeClock()))
    store.requested.clear()
    return store


def names(store: HeadStore, namespace: Scope = ALL_NAMESPACES, **params: Any) -> list[str]:
    task = Task({"release_state": [], "metadata_only": False, **params}, {})
    return [f"{item['namespace']}/{item['name']}:{item['revision']}" for item in listed(task, store, namespace)["releases"]]


@pytest.mark.parametrize(
    ("params", "found", "requested"),
    [
        ({}, ["labs/job:1", "labs/web:1", "shop/db:1", "shop/web:2"], ["list_metadata", "list", "list", "list"]),
        ({"namespace": "shop"}, ["shop/db:1", "shop/web:2"], ["list_metadata", "list", "list"]),
        ({"release_state": ["all"]}, ["labs/job:1", "labs/web:1", "shop/db:1", "shop/web:2"], ["list_metadata", "list", "list", "list"]),
        ({"release_state": ["deployed"]}, ["labs/web:1", "shop/web:2"], ["list_metadata", "list"]),
        ({"release_state": ["superseded"]}, [], ["list_metadata"]),
        ({"release_state": ["failed", "pending"]}, ["labs/job:1", "shop/db:1"], ["list_metadata", "list", "list"]),
        ({"name_regex": "^w"}, ["labs/web:1", "shop/web:2"], ["list_metadata", "list"]),
        ({"chart_name": "postgres"}, ["shop/db:1"], ["list_metadata", "list", "list", "list"]),
        ({"name_regex": "b", "chart_name": "web"}, ["labs/web:1", "shop/web:2"], ["list_metadata", "list", "list", "list"]),
        ({"metadata_only": True, "label_selector": "!team"}, ["shop/db:1"], ["list_metadata"]),
    ],
)
def test_filters(store: HeadStore, params: dict[str, Any], found: list[str], requested: list[str]) -> None:
    """One list of metadata, then one list for each state that is shown."""
    assert names(store, **params) == found
    assert store.requested == requested


@pytest.fixture
def full(store: HeadStore) -> HeadStore:
    """Forty releases more, of nine revisions each; of two the newest is superseded."""
    for number in range(40):
        for revision in range(1, 10):
            last = "superseded" if number < 2 else "deployed"
            info = Info(status=Status(last if revision == 9 else "superseded"))
            release = Release(f"r{number:02}", "many", revision, info, {"metadata": {"name": "x", "version": "1"}})
            store.create(to_record(release, FakeClock()))
    store.requested.clear()
    return store


def test_few_among_many_are_read_one_by_one(full: HeadStore) -> None:
    assert names(full, name_regex="^r3[5-9]") == [f"many/r{number}:9" for number in range(35, 40)]
    assert full.requested == ["list_metadata"] + ["get"] * 5
    full.requested.clear()
    assert names(full, name_regex="^r0[0-2]") == ["many/r00:9", "many/r01:9", "many/r02:9"]
    assert full.requested == ["list_metadata"] + ["get"] * 3


def test_revisions_that_are_not_shown_are_not_read(full: HeadStore) -> None:
    read = []
    inner = full.list
    full.list = lambda *given, **more: read.extend(inner(*given, **more)) or inner(*given, **more)  # type: ignore[method-assign]
    assert len(names(full, "many")) == 40
    assert [record.status for record in read] == ["deployed"] * 38
    assert full.requested.count("get") == 2


def test_what_changes_meanwhile(full: HeadStore) -> None:
    """Between the look and the reading one release is upgraded and one is removed."""
    list_metadata = full.list_metadata

    def then_changed(namespace: Scope, release: str | None = None) -> list[Record]:
        seen = list_metadata(namespace, release)
        upgraded, removed = full.get("many", "r05", 9), full.get("many", "r06", 9)
        full.update(to_record(from_record(upgraded).with_status(Status.SUPERSEDED), FakeClock(), old=upgraded))
        full.delete(removed)
        return seen

    full.list_metadata = then_changed  # type: ignore[method-assign]
    shown = names(full, "many")
    assert "many/r05:9" in shown and "many/r06:9" not in shown and len(shown) == 39


@pytest.mark.parametrize("params", [{"name_regex": "("}, {"label_selector": "a=b=c"}, {"metadata_only": True, "chart_name": "x"}])
def test_faulty_filters(store: HeadStore, params: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        names(store, **params)
