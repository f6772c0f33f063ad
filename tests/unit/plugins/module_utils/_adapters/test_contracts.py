# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contracts of the ports on the doubles in memory, and on the failing real adapter.

It fails where the network or the operating system fails.
"""

from __future__ import annotations

import errno
import itertools
import socket
import ssl
import threading
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import transport
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.configmap import ConfigMapStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Cluster, Store
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster

from . import contracts

NAMESPACE = "contract"
STORES = {
    "memory": MemoryStore,
    "secrets": lambda: SecretStore(MemoryCluster(NAMESPACE)),
    "configmaps": lambda: ConfigMapStore(MemoryCluster(NAMESPACE)),
}


def ids(cases: list[contracts.Case]) -> list[str]:
    return [case[0] for case in cases]


@pytest.mark.parametrize("case", contracts.CLUSTER, ids=ids(contracts.CLUSTER))
def test_a_cluster_in_memory(case: contracts.Case) -> None:
    cluster = MemoryCluster(NAMESPACE)
    contracts.prepare(cluster, NAMESPACE)
    contracts.check(case, cluster, NAMESPACE)


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("case", contracts.STORE, ids=ids(contracts.STORE))
def test_a_store_in_memory(kind: str, case: contracts.Case) -> None:
    contracts.check(case, STORES[kind](), NAMESPACE)


def test_every_method_of_the_ports_has_a_call() -> None:
    methods = set(Cluster.__abstractmethods__) - {"invalidate_discovery"}  # it sends nothing
    assert methods <= set(contracts.CLUSTER_CALLS)
    assert set(Store.__abstractmethods__) <= set(contracts.STORE_CALLS)


class Closing:
    """A server that speaks so to each connection and closes it."""

    def __init__(self, answer: bytes) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(self.answer)
                except OSError:
                    continue


def _fails(code: int) -> Any:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise OSError(code, errno.errorcode[code])

    return fail


FAILURES = [
    "refused",
    "unknown name",
    "no TLS",
    "closed at once",
    "not HTTP",
    *(errno.errorcode[code] for code in (errno.EMFILE, errno.ENOBUFS, errno.ENETUNREACH, errno.EACCES)),
    "no memory for TLS",
]


@pytest.fixture
def failing(tmp_path, monkeypatch):
    """The real adapter with one failure below it."""
    servers: list[Closing] = []

    def make(failure: str) -> Any:
        monkeypatch.setattr(transport, "pause_seconds", lambda attempt, retry_after: 0.001)
        url = "http://127.0.0.1:1"
        if failure == "unknown name":
            url = "http://no-such-name.invalid:1"
        elif failure in ("no TLS", "closed at once", "not HTTP", "no memory for TLS"):
            servers.append(Closing({"not HTTP": b"\x15\x03\x01\x00\x02\x02\x46" * 3}.get(failure, b"")))
            scheme = "https" if failure in ("no TLS", "no memory for TLS") else "http"
            url = f"{scheme}://127.0.0.1:{servers[0].socket.getsockname()[1]}"
        elif failure != "refused":
            monkeypatch.setattr(socket.socket, "connect", _fails(getattr(errno, failure)))
        if failure == "no memory for TLS":
            monkeypatch.setattr(ssl.SSLContext, "wrap_socket", _fails(errno.ENOMEM))
        return connect(from_params({"host": url, "api_key": "token"}, {"XDG_CACHE_HOME": str(tmp_path)}), 5.0)

    yield make
    for server in servers:
        server.socket.close()


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("call", contracts.CLUSTER_CALLS)
def test_the_adapter_raises_errors_of_the_engine_only(failing: Any, failure: str, call: str) -> None:
    error = contracts.fails(contracts.CLUSTER_CALLS[call], failing(failure))
    assert isinstance(error, errors.ClusterError)


@pytest.mark.parametrize(("kind", "failure"), list(itertools.product((SecretStore, ConfigMapStore), FAILURES)))
def test_stores_raise_errors_of_the_engine_only(failing: Any, kind: Any, failure: str) -> None:
    store = kind(failing(failure))
    for call in contracts.STORE_CALLS.values():
        assert isinstance(contracts.fails(call, store), errors.ClusterError)


@pytest.mark.parametrize("call", contracts.CLUSTER_CALLS)
def test_the_double_fails_where_the_adapter_does(call: str) -> None:
    cluster = MemoryCluster("ns")
    cluster.fails = lambda: errors.Unreachable("The network is gone.")
    if call != "resource":  # from a table, as that of the built-in kinds
        assert isinstance(contracts.fails(contracts.CLUSTER_CALLS[call], cluster), errors.Unreachable)


@pytest.mark.parametrize("call", contracts.STORE_CALLS)
def test_stores_on_a_double_that_fails(call: str) -> None:
    cluster = MemoryCluster("ns")
    cluster.fails = lambda: errors.Unreachable("The network is gone.")
    for kind in (SecretStore, ConfigMapStore):
        assert isinstance(contracts.fails(contracts.STORE_CALLS[call], kind(cluster)), errors.Unreachable)
