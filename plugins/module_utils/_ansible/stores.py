# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Where the records of releases are kept: ``storage_driver``, else ``HELM_DRIVER`` as helm reads it, else Secrets.

The store in memory is Helm's driver ``memory``: its records are gone when the process ends. Items of one loop, and releases of one
``chart_releases``, share a process; two tasks do not. What was installed stays in the cluster.
"""

from __future__ import annotations

import os

from .._adapters.kube.client import KubeCluster
from .._adapters.store_secret import SecretStore
from .._engine.errors import NotBuiltYet, OptionError
from .._engine.ports import Store
from .task import Task

#: helm's words for a driver -> ours
_WORDS = {"": "secret", "secret": "secret", "secrets": "secret", "configmap": "configmap", "configmaps": "configmap", "memory": "memory"}

_memory: dict[tuple[int, str], Store] = {}


def driver_of(task: Task) -> str:
    """``secret``, ``configmap`` or ``memory``. Raises ``OptionError``; ``NotBuiltYet`` for helm's fourth."""
    chosen = task.get("storage_driver")
    if chosen:
        return str(chosen)
    word = str(task.environ.get("HELM_DRIVER", ""))
    if word == "sql":
        raise NotBuiltYet(
            "HELM_DRIVER is 'sql', and release records in a database are not built; set storage_driver, or unset HELM_DRIVER.",
            option="storage_driver",
            feature="sql",
        )
    if word not in _WORDS:
        raise OptionError(
            f"HELM_DRIVER is {word!r}, which is no place for release records; it is secret, configmap or memory.",
            helm=f'unknown driver "{word}"',
            option="storage_driver",
        )
    return _WORDS[word]


def store_of(task: Task, cluster: KubeCluster) -> Store:
    """Nothing is sent. Raises as ``driver_of``."""
    driver = driver_of(task)
    if driver == "configmap":
        from .._adapters.store_configmap import ConfigMapStore

        return ConfigMapStore(cluster)
    if driver == "memory":
        from .._engine.release.memory import MemoryStore

        return _memory.setdefault((os.getpid(), cluster.connection.server), MemoryStore())
    return SecretStore(cluster)
