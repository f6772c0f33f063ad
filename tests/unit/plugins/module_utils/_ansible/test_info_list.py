# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of releases: which pass, and how much is read for them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.info_list import listed
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock


class HeadStore(MemoryStore):
    """Gives heads without payloads and counts what is read whole."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def heads(self, namespace: str | None, release: str | None = None) -> list[Record]:
        self.asked.append("heads")
        return [replace(record, payload="") for record in super().list(namespace, release)]

    def get(self, namespace: str, release: str, revision: int) -> Record:
        self.asked.append("get")
        return super().get(namespace, release, revision)

    def list(self, namespace: str | None, release: str | None = None, labels: Any = None) -> list[Record]:
        self.asked.append("list")
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
    store.asked.clear()
    return store


def names(store: HeadStore, namespace: str | None = None, **params: Any) -> list[str]:
    task = Task({"release_state": [], "metadata_only": False, **params}, {})
    return [f"{item['namespace']}/{item['name']}:{item['revision']}" for item in listed(task, store, namespace)["releases"]]


@pytest.mark.parametrize(
    ("params", "found", "asked"),
    [
        ({}, ["labs/job:1", "labs/web:1", "shop/db:1", "shop/web:2"], ["list"]),
        ({"namespace": "shop"}, ["shop/db:1", "shop/web:2"], ["list"]),
        ({"release_state": ["all"]}, ["labs/job:1", "labs/web:1", "shop/db:1", "shop/web:2"], ["list"]),
        ({"release_state": ["deployed"]}, ["labs/web:1", "shop/web:2"], ["heads", "get", "get"]),
        ({"release_state": ["superseded"]}, [], ["heads"]),
        ({"release_state": ["failed", "pending"]}, ["labs/job:1", "shop/db:1"], ["heads", "get", "get"]),
        ({"name_regex": "^w"}, ["labs/web:1", "shop/web:2"], ["heads", "get", "get"]),
        ({"label_selector": "team=shop"}, ["shop/web:2"], ["heads", "get"]),
        ({"chart_name": "postgres"}, ["shop/db:1"], ["list"]),
        ({"name_regex": "b", "chart_name": "web"}, ["labs/web:1", "shop/web:2"], ["heads", "get", "get", "get", "get"]),
        ({"metadata_only": True, "label_selector": "!team"}, ["shop/db:1"], ["heads"]),
    ],
)
def test_filters(store: HeadStore, params: dict[str, Any], found: list[str], asked: list[str]) -> None:
    assert names(store, **params) == found
    assert store.asked == asked


def test_many_are_read_at_once(store: HeadStore) -> None:
    for number in range(40):
        release = Release(f"r{number:02}", "many", 1, Info(status=Status.DEPLOYED), {"metadata": {"name": "x", "version": "1"}})
        store.create(to_record(release, FakeClock()))
    assert len(names(store, name_regex="^r")) == 40
    assert store.asked == ["heads", "list"]


@pytest.mark.parametrize("params", [{"name_regex": "("}, {"label_selector": "a=b=c"}, {"metadata_only": True, "chart_name": "x"}])
def test_faulty_filters(store: HeadStore, params: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        names(store, **params)
