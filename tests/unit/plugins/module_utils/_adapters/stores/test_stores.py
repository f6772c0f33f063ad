# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores in Secrets and in ConfigMaps: the same contract, on a cluster in memory.

Also which store a task selects.
"""

from __future__ import annotations

import base64
from types import SimpleNamespace

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.configmap import ConfigMapStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.objects import LIMIT, ObjectStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.storage import driver_of, store_of
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    AlreadyExists,
    Conflict,
    NotBuiltYet,
    OptionError,
    ReleaseNotFound,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, MemoryCluster

LABELS = {"name": "demo", "owner": "helm", "status": "deployed", "version": "2"}


def record(**more) -> Record:
    return replace(Record("demo", "apps", 2, "deployed", "SDRzSUFB", labels=LABELS, annotations={"a": "b"}), **more)


@pytest.fixture(params=[SecretStore, ConfigMapStore])
def store(request) -> ObjectStore:
    return request.param(MemoryCluster("apps"))


def test_a_record_comes_back_as_it_went(store: ObjectStore) -> None:
    written = store.create(record())
    found = store.get("apps", "demo", 2)
    assert found == written
    assert replace(found, uid="", resource_version="") == record()
    assert store.list("apps", "demo") == store.list(ALL_NAMESPACES) == [written]
    assert store.limit == LIMIT


def test_second_writers_and_lost_updates(store: ObjectStore) -> None:
    written = store.create(record())
    with pytest.raises(AlreadyExists, match="another operation"):
        store.create(record())
    changed = store.update(replace(written, status="superseded", labels={**LABELS, "status": "superseded"}))
    assert store.get("apps", "demo", 2).status == "superseded"
    with pytest.raises(Conflict):
        store.update(written)
    store.delete(changed)
    store.delete(changed)
    with pytest.raises(ReleaseNotFound):
        store.get("apps", "demo", 2)
    with pytest.raises(ReleaseNotFound):
        store.update(replace(written, resource_version=""))


def test_the_two_kinds_hold_the_payload_as_helm_does() -> None:
    cluster = MemoryCluster("apps")
    SecretStore(cluster).create(record())
    ConfigMapStore(cluster).create(record())
    secret, config_map = (cluster.get(kind, "sh.helm.release.v1.demo.v2") for kind in ("Secret", "ConfigMap"))
    assert secret["type"] == "helm.sh/release.v1"
    assert base64.b64decode(secret["data"]["release"]).decode() == config_map["data"]["release"] == "SDRzSUFB"
    assert "type" not in config_map


def test_other_objects_are_skipped(store: ObjectStore) -> None:
    store._cluster.create({"apiVersion": "v1", "kind": store.kind, "metadata": {"name": "x", "namespace": "apps", "labels": LABELS}, "data": {}})
    assert store.list("apps") == []


def test_a_record_without_a_payload_takes_its_revision(store: ObjectStore) -> None:
    metadata = {"name": "sh.helm.release.v1.demo.v2", "namespace": "apps", "labels": LABELS}
    store._cluster.create({"apiVersion": "v1", "kind": store.kind, "metadata": metadata, "data": {}})
    assert [(found.revision, found.payload) for found in store.list("apps")] == [(2, "")]


def task(environ=None, **params) -> Task:
    return Task(params, environ or {})


@pytest.mark.parametrize(
    ("chosen", "word", "driver"),
    [
        (None, "", "secret"),
        (None, "secrets", "secret"),
        (None, "configmap", "configmap"),
        (None, "configmaps", "configmap"),
        (None, "memory", "memory"),
        ("secret", "configmap", "secret"),
        ("configmap", "sql", "configmap"),
    ],
)
def test_the_option_goes_before_the_environment(chosen, word, driver) -> None:
    given = task({"HELM_DRIVER": word}, storage_driver=chosen)
    assert driver_of(given) == driver
    cluster = SimpleNamespace(connection=SimpleNamespace(server="https://one"))
    found = store_of(given, cluster)._inner
    assert isinstance(found, {"secret": SecretStore, "configmap": ConfigMapStore, "memory": MemoryStore}[driver])


def test_a_memory_of_each_cluster() -> None:
    one, other = (SimpleNamespace(connection=SimpleNamespace(server=f"https://{name}")) for name in ("a", "b"))
    given = task(storage_driver="memory")
    assert store_of(given, one)._inner is store_of(given, one)._inner
    assert store_of(given, one)._inner is not store_of(given, other)._inner


def test_unknown_drivers_are_refused() -> None:
    with pytest.raises(OptionError, match="'Secret'") as caught:
        driver_of(task({"HELM_DRIVER": "Secret"}))
    assert caught.value.helm == 'unknown driver "Secret"'
    with pytest.raises(NotBuiltYet):
        driver_of(task({"HELM_DRIVER": "sql"}))


def test_what_earlier_revisions_hold_under_secret_paths_is_hidden() -> None:
    cluster = SimpleNamespace(connection=SimpleNamespace(server="https://hidden"))
    whole = store_of(task(storage_driver="memory"), cluster)
    release = Release("demo", "apps", 1, Info(status=Status.DEPLOYED), config={"auth": {"password": "tide-4711"}, "open": "as the sea"})
    whole.create(to_record(release, FakeClock()))
    whole.create(record(payload="no release at all"))
    given = task(storage_driver="memory", secret_paths=["auth.password"])
    assert store_of(given, cluster).list("apps") == whole.list("apps")
    assert "tide-4711" in given.secrets
    assert not any("sea" in text for text in given.secrets)
