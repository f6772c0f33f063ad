# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A separate control plane for the tests of interop, the real helms, and the actions on that cluster."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cluster"))


def _checkout() -> None:
    """Importable as the collection, as the unit tests have it."""
    spec = importlib.util.spec_from_file_location("windlass_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


_checkout()

import build  # tests/cluster
import controlplane
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock, SystemRandom, process_name
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import ConnectionOptions
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.rollback import rollback
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.uninstall import uninstall
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import (
    Outcome,
    Ports,
    ReleaseRequest,
    RollbackRequest,
    UninstallRequest,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef


class Sides:
    """Both sides of one release in its own namespace: this collection and the real helm."""

    def __init__(self, plane: controlplane.ControlPlane, programs: dict[str, Path], namespace: str, home: Path) -> None:
        self.namespace = namespace
        self.cluster = connect(ConnectionOptions(kubeconfig=str(plane.kubeconfig)))
        self.ports = Ports(SecretStore(self.cluster), self.cluster, SystemClock(), SystemRandom(), who=process_name())
        self._programs = programs
        self._environment = {**os.environ, "HOME": str(home), "KUBECONFIG": str(plane.kubeconfig), "HELM_NAMESPACE": namespace}

    # this collection

    def up(self, chart: Any, values: dict[str, Any] | None = None, *, check: bool = False, **options: Any) -> Outcome:
        return converge(ReleaseRequest("demo", self.namespace, chart, values or {}, **{"timeout": 60.0, **options}), self.ports, check=check)

    def back(self, revision: int, **options: Any) -> Outcome:
        return rollback(RollbackRequest("demo", self.namespace, revision, **{"timeout": 60.0, **options}), self.ports)

    def down(self, **options: Any) -> Outcome:
        return uninstall(UninstallRequest("demo", self.namespace, **{"timeout": 60.0, **options}), self.ports)

    # helm's

    def helm(self, version: int, *arguments: str) -> str:
        done = subprocess.run([self._programs[f"helm{version}"], *arguments], env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"helm{version} {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def table(self, version: int, *arguments: str) -> Any:
        return json.loads(self.helm(version, *arguments, "-o", "json"))

    def history(self, version: int = 4) -> list[str]:
        return [f"{row['revision']} {row['status']}: {row['description']}" for row in self.table(version, "history", "demo")]

    # what is there

    def object(self, kind: str, name: str, api_version: str = "v1") -> dict[str, Any] | None:
        return self.cluster.read(ObjectRef(api_version, kind, self.namespace, name))

    def record(self, revision: int) -> tuple[dict[str, str], str]:
        """Labels and JSON text of a record."""
        secret = self.object("Secret", f"sh.helm.release.v1.demo.v{revision}")
        assert secret is not None
        return secret["metadata"]["labels"], gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))).decode()


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    return build.programs()


@pytest.fixture(scope="session")
def plane(programs: dict[str, Path]) -> Iterator[controlplane.ControlPlane]:
    folder = ROOT / ".build" / f"interop-{os.getpid()}"
    try:
        yield controlplane.up(folder, programs)
    finally:
        controlplane.down(folder, keep=False)


_count = iter(range(10**6))


@pytest.fixture
def sides(plane: controlplane.ControlPlane, programs: dict[str, Path], tmp_path: Path) -> Sides:
    found = Sides(plane, programs, f"interop-{next(_count)}", tmp_path)
    found.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": found.namespace}})
    return found


@pytest.fixture
def two_sides(plane: controlplane.ControlPlane, programs: dict[str, Path], tmp_path: Path) -> tuple[Sides, Sides]:
    """Two namespaces, one for helm and one for this collection."""
    found = tuple(Sides(plane, programs, f"interop-{next(_count)}", tmp_path) for _side in range(2))
    for side in found:
        side.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": side.namespace}})
    return found[0], found[1]
