# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Where the records of releases are stored: ``storage_driver``, ``HELM_DRIVER``, or Secrets.

The store in memory is Helm's driver ``memory``: its records are lost when the process ends. Items of one loop, and releases of one
``chart_releases``, share a process; two tasks do not. The installed objects stay in the cluster.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._adapters.kube.client import KubeCluster
from ..._adapters.stores.secret import SecretStore
from ..._engine.errors import NotBuiltYet, OptionError, ReleaseError
from ..._engine.plain import replace
from ..._engine.ports import Record, Records, Scope, Store
from ..results.sensitive import ANNOTATION
from ..task import Task

#: helm's names of drivers -> the names of this collection
_WORDS = {"": "secret", "secret": "secret", "secrets": "secret", "configmap": "configmap", "configmaps": "configmap", "memory": "memory"}


def driver_of(task: Task) -> str:
    """``secret``, ``configmap`` or ``memory``.

    Raises ``OptionError``; ``NotBuiltYet`` for helm's fourth driver.
    """
    chosen = task.get("storage_driver")
    if chosen:
        return str(chosen)
    word = str(task.environ.get("HELM_DRIVER", ""))
    if word == "sql":
        raise NotBuiltYet(
            "HELM_DRIVER is 'sql', but release records in a database are not supported yet; set storage_driver, or unset HELM_DRIVER.",
            option="storage_driver",
            feature="sql",
        )
    if word not in _WORDS:
        raise OptionError(
            f"HELM_DRIVER is {word!r}, which is not a supported storage driver; use secret, configmap or memory.",
            helm=f'unknown driver "{word}"',
            option="storage_driver",
        )
    return _WORDS[word]


def store_of(task: Task, cluster: KubeCluster) -> Store:
    """The store of a task; no request is sent. Raises as ``driver_of``."""
    return HidingStore(_store(task, cluster), task)


def _store(task: Task, cluster: KubeCluster) -> Store:
    driver = driver_of(task)
    if driver == "configmap":
        from ..._adapters.stores.configmap import ConfigMapStore

        return ConfigMapStore(cluster)
    if driver == "memory":
        from ..._adapters.stores.memory import memory_store

        return memory_store(cluster.connection.server)
    return SecretStore(cluster)


class HidingStore(Store):
    """A store that remembers which revisions were read, and marks new ones (``sensitive``).

    So the secret values of those revisions are masked too: a failure may quote values of the revision that is rolled back or removed, which
    are not in the task. Values under ``secret_paths`` are masked as soon as they are read.
    """

    def __init__(self, inner: Store, task: Task) -> None:
        self._inner = inner
        self._task = task
        self.kind = inner.kind
        self.limit = inner.limit

    def _hide(self, record: Record) -> Record:
        self._task.sensitive.read(record)
        if record.payload and self._task.params.get("secret_paths"):
            from ..._engine.release.records import from_record

            try:
                self._task.hide_paths(from_record(record).config)
            except ReleaseError:
                return record  # an action that needs this record reports that it cannot be read
        return record

    def _marked(self, record: Record) -> Record:
        """A new revision's record with the paths of its secret values."""
        sensitive, config = self._task.sensitive, {}
        if sensitive.learned:
            from ..._engine.release.records import from_record

            sensitive.settle(self._task.secrets)
            config = from_record(record).config
        paths = sensitive.annotation(config, self._task.secrets)
        return replace(record, annotations={**record.annotations, ANNOTATION: paths}) if paths else record

    def create(self, record: Record) -> Record:
        return self._inner.create(self._marked(record))

    def get(self, namespace: str, release: str, revision: int) -> Record:
        return self._hide(self._inner.get(namespace, release, revision))

    def list_metadata(self, namespace: Scope, release: str | None = None) -> Records:
        return self._inner.list_metadata(namespace, release)

    def list(self, namespace: Scope, release: str | None = None, labels: Mapping[str, str] | None = None) -> list[Record]:
        return [self._hide(record) for record in self._inner.list(namespace, release, labels)]

    def update(self, record: Record) -> Record:
        return self._inner.update(record)

    def delete(self, record: Record) -> None:
        self._inner.delete(record)
