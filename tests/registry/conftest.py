# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running registries, the real helm, and charts to push and to pull.

Registries are shared by all tests of a run: a test gets its own repository name from ``project``.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
_spec = importlib.util.spec_from_file_location("unit_conftest", HERE.parent / "unit" / "conftest.py")  # which makes the collection importable
assert _spec is not None and _spec.loader is not None
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))

import gitea_server
import servers
from real_helm import Helm
from recorder import Recorder
from web_server import WebServer, nginx

_numbers = itertools.count(1)


def _running(make: Callable[[Path], servers.Registry], name: str) -> Callable[..., Iterator[servers.Registry]]:
    @pytest.fixture(scope="session", name=name)
    def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Registry]:
        made = make(tmp_path_factory.mktemp(name))
        yield made
        made.stop()

    return registry


plain_registry = _running(servers.plain, "plain_registry")
tls_registry = _running(servers.with_tls, "tls_registry")
mtls_registry = _running(lambda folder: servers.with_tls(folder, client_certificates=True), "mtls_registry")
htpasswd_registry = _running(servers.with_htpasswd, "htpasswd_registry")
secure_registry = _running(lambda folder: servers.with_htpasswd(folder, servers.authority(folder / "tls")), "secure_registry")
token_registry = _running(servers.with_tokens, "token_registry")


def _need(program: Callable[[], str]) -> None:
    """Skips the test where a program cannot be had, except in ``make test``."""
    try:
        program()
    except FileNotFoundError as error:
        if os.environ.get("WINDLASS_ALL_SERVERS"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def web_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """nginx. Tests that need it are skipped where it cannot be had, but not in ``make test``."""
    _need(nginx)
    made = WebServer(tmp_path_factory.mktemp("nginx"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gitea_server.Gitea]:
    """Gitea. Without a C compiler or git its tests are skipped, but not in ``make test``."""
    _need(gitea_server.gitea)
    made = gitea_server.Gitea(tmp_path_factory.mktemp("gitea"))
    yield made
    made.stop()


@pytest.fixture
def recorded() -> Iterator[Callable[[servers.Registry | gitea_server.Gitea], Recorder]]:
    """Puts a recorder in front of a registry that speaks plain HTTP."""
    made: list[Recorder] = []

    def put(registry: servers.Registry | gitea_server.Gitea) -> Recorder:
        made.append(Recorder(registry.host))
        return made[-1]

    yield put
    for recorder in made:
        recorder.stop()


@pytest.fixture
def helm(tmp_path: Path) -> Helm:
    """The real helm 4."""
    (tmp_path / "helm4-home").mkdir()
    return Helm(servers.program("helm4"), tmp_path / "helm4-home")


@pytest.fixture
def helm3(tmp_path: Path) -> Helm:
    (tmp_path / "helm3-home").mkdir()
    return Helm(servers.program("helm3"), tmp_path / "helm3-home")


@pytest.fixture
def project() -> str:
    """A path in a registry that no other test uses."""
    return f"project{next(_numbers)}-{os.getpid()}"


@pytest.fixture
def packaged(helm: Helm, tmp_path: Path) -> Callable[..., Path]:
    """Makes a chart archive with the real helm."""

    def package(name: str = "pier", version: str = "1.0.0", more: str = "") -> Path:
        folder = tmp_path / "charts" / name
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: {version}\n{more}")
        (folder / "values.yaml").write_text("size: 1\n")
        template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {version: {{ .Chart.Version | quote }}}\n"
        (folder / "templates" / "x.yaml").write_text(template)
        helm.must("package", folder, "-d", tmp_path / "packages")
        return tmp_path / "packages" / f"{name}-{version}.tgz"

    return package
