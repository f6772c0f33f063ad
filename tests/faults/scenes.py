# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenarios: charts, tasks, and one run of the engine in a separate process.

The engine works in a forked child, whose death is the death of a controller: the parent has all of it imported, so a run costs what the
run costs. A lock lives two seconds here, so that the dead are soon known to be.
"""

from __future__ import annotations

import importlib.util
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cluster"))
_spec = importlib.util.spec_from_file_location("windlass_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
assert _spec and _spec.loader
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))

from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock, SystemRandom, process_name
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import KubeCluster, connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions import change  # noqa: F401  a child finds them imported
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.rollback import rollback
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.uninstall import uninstall
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply import crds  # noqa: F401  a child finds them imported
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError
from ansible_collections.windlass.charts.plugins.module_utils._engine.lock import lease as lock  # noqa: F401  a child finds them imported
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import (
    Locking,
    Outcome,
    Ports,
    ReleaseRequest,
    RollbackRequest,
    UninstallRequest,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait import wait  # noqa: F401  a child finds them imported

LEASE_SECONDS = 2.0
CHILD_SECONDS = 120.0


#: the option ``timeout`` in seconds, of each wait and of each request
TIMEOUT = 60.0
#: the same for answers that never end, so that hundreds of them can be tried
SHORT_TIMEOUT = 20.0

_META = "metadata:\n  name: {{ .Release.Name }}-%s\n  labels: {case: {{ .Release.Name }}}\n"
_MAP = "apiVersion: v1\nkind: ConfigMap\n" + _META + "data: {k: {{ .Values.k | quote }}}\n"
_DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\n" + _META + "spec:\n  replicas: 1\n  selector: {matchLabels: {case: {{ .Release.Name }}}}\n"
    "  template:\n    metadata: {labels: {case: {{ .Release.Name }}}, annotations: {k: {{ .Values.k | quote }}}}\n"
    "    spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: example.com/c:1}]}\n"
)
_HOOK = "  annotations:\n    helm.sh/hook: %s\n%s"
_JOB = (
    "apiVersion: batch/v1\nkind: Job\n"
    + _META % "before"
    + _HOOK % ("pre-install,pre-upgrade,pre-rollback,pre-delete", "    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\n")
    + "spec:\n  template:\n    metadata: {labels: {case: {{ .Release.Name }}}}\n"
    "    spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: c, image: example.com/c:1}]}\n"
)
_POD = (
    "apiVersion: v1\nkind: Pod\n"
    + _META % "after"
    + _HOOK % ("post-install,post-upgrade,post-rollback,post-delete", "    windlass.test/outcome: succeeded\n")
    + "spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: c, image: example.com/c:1}]}\n"
)


def _chart(version: str, *maps: str) -> Chart:
    tree = {"Chart.yaml": f"{{apiVersion: v2, name: demo, version: {version}}}", "values.yaml": "k: v\n"}
    tree |= {f"templates/{name}.yaml": _MAP % name for name in maps}
    tree |= {"templates/d.yaml": _DEPLOYMENT % "d", "templates/h1.yaml": _JOB, "templates/h2.yaml": _POD}
    return load_files([File(name, text.encode()) for name, text in tree.items()])


ONE = _chart("0.1.0", "a", "old")
TWO = _chart("0.2.0", "a", "new")

#: ports, namespace, name of the release, timeout in seconds
Task = Callable[[Ports, str, str, float], Outcome]
LOCKING = Locking(lock_timeout=40.0)


def present(chart: Chart, value: str, *, quick: bool = False, history_max: int = 10, locking: Locking = LOCKING) -> Task:
    """``quick``: for the setup, without hooks and wait."""

    def run(ports: Ports, namespace: str, name: str, timeout: float) -> Outcome:
        request = ReleaseRequest(
            name, namespace, chart, {"k": value}, wait=not quick, disable_hooks=quick, timeout=timeout, history_max=history_max, locking=locking
        )
        return converge(request, ports)

    return run


def back(revision: int) -> Task:
    return lambda ports, namespace, name, timeout: rollback(
        RollbackRequest(name, namespace, revision, wait=True, timeout=timeout, locking=LOCKING), ports
    )


def absent(ports: Ports, namespace: str, name: str, timeout: float) -> Outcome:
    return uninstall(UninstallRequest(name, namespace, wait=True, timeout=timeout, locking=LOCKING), ports)


@dataclass(frozen=True)
class Scenario:
    """``stage``: what was done before. ``task``: what is disturbed.

    ``objects``: what is there at the end; without the release's name.
    """

    name: str
    stage: tuple[Task, ...]
    task: Task
    objects: frozenset[str]


_AFTER = "Pod after"
SCENARIOS = (
    Scenario("install", (), present(ONE, "1"), frozenset({"ConfigMap a", "ConfigMap old", "Deployment d", _AFTER})),
    Scenario(
        "upgrade",
        (present(ONE, "0", quick=True), present(ONE, "1", quick=True)),
        present(TWO, "2", history_max=2),
        frozenset({"ConfigMap a", "ConfigMap new", "Deployment d", _AFTER}),
    ),
    Scenario(
        "rollback",
        (present(ONE, "1", quick=True), present(TWO, "2", quick=True)),
        back(1),
        frozenset({"ConfigMap a", "ConfigMap old", "Deployment d", _AFTER}),
    ),
    Scenario("uninstall", (present(ONE, "1", quick=True), present(TWO, "2", quick=True)), absent, frozenset({_AFTER})),
)


@dataclass
class Answer:
    """How a run ended. ``status``: ok, failed (in a sentence), bug, killed, stuck."""

    status: str
    changed: bool = False
    message: str = ""
    kind: str = ""
    seconds: float = 0.0
    fields: dict[str, Any] = field(default_factory=dict)


def cluster_of(params: dict[str, Any], cache: Path, timeout: float = TIMEOUT) -> KubeCluster:
    environ = {"HOME": "/nowhere", "PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(cache)}
    return connect(from_params(params, environ), timeout)


def start(
    task: Task, params: dict[str, Any], cache: Path, namespace: str, name: str, *, lease: float = LEASE_SECONDS, timeout: float = TIMEOUT
) -> tuple[int, int]:
    """Run a task in a child. Returns its pid and the end of a pipe on which its answer comes."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    try:
        os.close(read)
        answer = _run(task, params, cache, namespace, name, lease, timeout)
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(answer, pipe)
    finally:
        os._exit(0)


def _run(task: Task, params: dict[str, Any], cache: Path, namespace: str, name: str, lease: float, timeout: float) -> Answer:
    began = time.monotonic()
    try:
        cluster = cluster_of(params, cache, timeout)
        ports = Ports(SecretStore(cluster), cluster, SystemClock(), SystemRandom(), who=process_name(), lease_seconds=lease)
        outcome = task(ports, namespace, name, timeout)
        return Answer("ok", outcome.changed, seconds=time.monotonic() - began)
    except EngineError as error:
        facts = {key: str(error.fields[key]) for key in ("holder", "holder_pid", "holder_host", "release_status") if key in error.fields}
        return Answer("failed", False, error.message, type(error).__name__, time.monotonic() - began, facts)
    except BaseException:
        return Answer("bug", False, traceback.format_exc(), seconds=time.monotonic() - began)


def finish(pid: int, pipe: int) -> Answer:
    """Wait for a child."""
    watch = _Alarm(pid)
    with os.fdopen(pipe, "rb") as stream:
        data = stream.read()
    _pid, status = os.waitpid(pid, 0)
    watch.cancel()
    if data:
        answer: Answer = pickle.loads(data)  # noqa: S301  our own child's
        return answer
    if watch.rang:
        return Answer("stuck", message=f"no end after {CHILD_SECONDS:g} s")
    return Answer("killed" if os.WIFSIGNALED(status) else "bug", message=f"ended with {status}")


class _Alarm:
    def __init__(self, pid: int) -> None:
        import threading

        self.rang = False
        self._timer = threading.Timer(CHILD_SECONDS, self._ring, (pid,))
        self._timer.daemon = True
        self._timer.start()

    def _ring(self, pid: int) -> None:
        self.rang = True
        os.kill(pid, signal.SIGKILL)

    def cancel(self) -> None:
        self._timer.cancel()
