# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of the port ``Store``.

Every store runs the same cases, and raises only ``EngineError``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.execution_slot import ExecutionSlot, SlotStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.configmap import ConfigMapStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    EngineError,
    OptionError,
    ReleaseNotFound,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, Record, Store
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.hostile import VALUES, refusal, variants


def in_slot(store: Store) -> Store:
    slot = ExecutionSlot()
    slot.__enter__()  # as a thread that computes
    return SlotStore(store, slot)


STORES: dict[str, Callable[[], Store]] = {
    "memory": MemoryStore,
    "secrets": lambda: SecretStore(MemoryCluster("apps", "other")),
    "config maps": lambda: ConfigMapStore(MemoryCluster("apps", "other")),
    "memory, in an execution slot": lambda: in_slot(MemoryStore()),
    "secrets, in an execution slot": lambda: in_slot(SecretStore(MemoryCluster("apps", "other"))),
}


def record(release: str = "demo", revision: int = 1, namespace: str = "apps", status: str = "deployed", **more: Any) -> Record:
    labels = {"name": release, "owner": "helm", "status": status, "version": str(revision)}
    return replace(Record(release, namespace, revision, status, "SDRzSUFB", labels=labels), **more)


def places(records: Any) -> list[tuple[str, str, int]]:
    return [(found.namespace, found.release, found.revision) for found in records]


def a_record_comes_back(store: Store) -> None:
    written = store.create(record(annotations={"a": "b"}))
    assert written.uid and written.resource_version
    assert store.get("apps", "demo", 1) == written
    assert replace(written, uid="", resource_version="") == record(annotations={"a": "b"})


def nothing_is_there(store: Store) -> None:
    assert store.list("apps") == list(store.list_metadata("apps")) == store.list(ALL_NAMESPACES) == []
    with pytest.raises(ReleaseNotFound) as caught:
        store.get("apps", "demo", 1)
    assert caught.value.helm == "release: not found"
    store.delete(record())


def a_second_writer_is_refused(store: Store) -> None:
    first = store.create(record())
    with pytest.raises(AlreadyExists):
        store.create(record(status="failed"))
    assert store.get("apps", "demo", 1) == first


def a_lost_update_is_refused(store: Store) -> None:
    first = store.create(record())
    second = store.update(replace(first, status="failed", labels={**first.labels, "status": "failed"}))
    assert second.resource_version != first.resource_version
    with pytest.raises(Conflict):
        store.update(first)
    assert store.get("apps", "demo", 1).status == "failed"


def an_update_without_a_version_wins(store: Store) -> None:
    store.create(record())
    assert store.update(record(payload="bmV3")).payload == store.get("apps", "demo", 1).payload == "bmV3"


def what_is_gone_is_gone(store: Store) -> None:
    written = store.create(record())
    store.delete(written)
    store.delete(written)
    for call in (lambda: store.get("apps", "demo", 1), lambda: store.update(replace(written, resource_version=""))):
        with pytest.raises(ReleaseNotFound):
            call()


def lists_are_sorted(store: Store) -> None:
    for release, revision, namespace in (("b", 2, "apps"), ("a", 10, "apps"), ("a", 9, "apps"), ("a", 1, "other")):
        store.create(record(release, revision, namespace))
    everything = [("apps", "a", 9), ("apps", "a", 10), ("apps", "b", 2), ("other", "a", 1)]
    assert places(store.list(ALL_NAMESPACES)) == places(store.list_metadata(ALL_NAMESPACES)) == everything
    assert places(store.list("apps")) == places(store.list_metadata("apps")) == everything[:3]


def what_is_returned_cannot_be_changed(store: Store) -> None:
    labels = dict(record().labels)
    store.create(record(labels=labels))
    labels["name"] = "changed"
    assert store.get("apps", "demo", 1).release == "demo"


def names_are_checked_first(store: Store) -> None:
    for namespace in ("", "A", "a/b", "../x", "n?x=", "a\0b", "x" * 64, " "):
        for call in (
            lambda namespace=namespace: store.get(namespace, "demo", 1),
            lambda namespace=namespace: store.list(namespace),
            lambda namespace=namespace: store.list_metadata(namespace),
            lambda namespace=namespace: store.create(record(namespace=namespace)),
            lambda namespace=namespace: store.update(record(namespace=namespace)),
            lambda namespace=namespace: store.delete(record(namespace=namespace)),
        ):
            with pytest.raises(OptionError):
                call()
    for release in ("", "A", "a/b", "../x", "a b", "a\0b"):
        for call in (lambda release=release: store.get("apps", release, 1), lambda release=release: store.list("apps", release)):
            with pytest.raises(OptionError):
                call()


CASES = [
    a_record_comes_back, nothing_is_there, a_second_writer_is_refused, a_lost_update_is_refused, an_update_without_a_version_wins,
    what_is_gone_is_gone, lists_are_sorted, what_is_returned_cannot_be_changed, names_are_checked_first,
]  # fmt: skip


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_contract(kind: str, case: Callable[[Store], None]) -> None:
    case(STORES[kind]())


# --- what a server does


def _cluster_errors(base: type = ClusterError) -> list[type[ClusterError]]:
    return [base, *(found for kind in base.__subclasses__() for found in _cluster_errors(kind))]


class Answering:
    """A cluster whose methods all do the same."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_arguments, **_options: self._act()


CALLS: list[Callable[[Store], Any]] = [
    lambda store: store.create(record()),
    lambda store: store.get("apps", "demo", 1),
    lambda store: store.list("apps", "demo", {"status": "deployed"}),
    lambda store: list(store.list_metadata(ALL_NAMESPACES)),
    lambda store: store.update(record()),
    lambda store: store.delete(record()),
]


@pytest.mark.parametrize("error", _cluster_errors(), ids=lambda error: error.__name__)
@pytest.mark.parametrize("kind", [SecretStore, ConfigMapStore])
def test_errors_of_the_cluster_pass_through(kind: Any, error: type[ClusterError]) -> None:
    def fail() -> Any:
        raise error("refused", status=500)

    for call in CALLS:
        with pytest.raises((error, ReleaseNotFound) if error is errors.NotFound else error):
            call(kind(Answering(fail)))


OBJECT = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {
        "name": "sh.helm.release.v1.demo.v1",
        "namespace": "apps",
        "labels": {"name": "demo", "owner": "helm", "status": "deployed", "version": "1"},
        "annotations": {"a": "b"},
        "uid": "u",
        "resourceVersion": "7",
    },
    "data": {"release": "U0RSelNVRkI="},
}


@pytest.mark.parametrize("kind", [SecretStore, ConfigMapStore])
def test_an_object_may_hold_anything(kind: Any) -> None:
    """A user who may write Secrets may write one with helm's labels: it is a record, or it is skipped."""
    found = 0
    for obj in variants(OBJECT):
        if not isinstance(obj, dict) or not isinstance(obj.get("metadata"), (dict, type(None))):
            continue  # the API server returns objects with metadata
        listing = kind(Answering(lambda obj=obj: ([obj], "1")))
        with_metadata = kind(Answering(lambda obj=obj: [obj]))
        reading = kind(Answering(lambda obj=obj: obj))
        for call in (lambda: listing.list("apps"), lambda: with_metadata.list_metadata("apps"), lambda: reading.get("apps", "demo", 1)):  # noqa: B023
            assert refusal(call) in ("", str(_not_found()))
        found += len(listing.list("apps"))
    assert found > len(VALUES)


def _not_found() -> EngineError:
    with pytest.raises(ReleaseNotFound) as caught:
        SecretStore(Answering(lambda: None)).get("apps", "demo", 1)  # type: ignore[arg-type]
    return caught.value
