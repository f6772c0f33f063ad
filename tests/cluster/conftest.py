# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane under test, and a plain client of it.

``WINDLASS_CLUSTER`` names the folder of a running one that this very test run has started; without it one is started here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build  # next to this file
import controlplane


class Api:
    """Requests as JSON, with the credentials of a kubeconfig or with a token in their place."""

    def __init__(self, plane: controlplane.ControlPlane, token: str = "", agent: str = "cluster-tests") -> None:
        self.url = yaml.safe_load(plane.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
        self.session = requests.Session()
        self.session.trust_env = False  # a CA bundle in the environment would replace the cluster's
        self.session.verify = str(plane.folder / "ca.crt")
        self.session.headers["User-Agent"] = agent
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"
        else:
            self.session.cert = (str(plane.folder / "setup.crt"), str(plane.folder / "setup.key"))

    def ask(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.session.request(verb, self.url + path, json=body, timeout=30)
        return answer.status_code, answer.json()

    def get(self, path: str) -> Any:
        code, body = self.ask("GET", path)
        assert code == 200, f"GET {path}: {code} {body}"
        return body

    def create(self, path: str, body: dict[str, Any]) -> Any:
        code, answer = self.ask("POST", path, body)
        assert code in (200, 201), f"POST {path}: {code} {answer}"
        return answer

    def until(self, path: str, wanted: Callable[[Any], Any], seconds: float = 30.0) -> Any:
        """The first true result of ``wanted`` for the object."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            code, body = self.ask("GET", path)
            found = wanted(body) if code == 200 else None
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{seconds:.0f} s were not enough; {path} is {body}")


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    return build.programs()


@pytest.fixture(scope="session")
def plane(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[controlplane.ControlPlane]:
    given = os.environ.get("WINDLASS_CLUSTER")
    if given:
        assert controlplane.status(Path(given)), f"WINDLASS_CLUSTER={given}: nothing runs there"
        yield controlplane.ControlPlane(Path(given))
        return
    folder = tmp_path_factory.mktemp("plane")
    yield controlplane.up(folder, programs)
    controlplane.down(folder)


@pytest.fixture(scope="session")
def api(plane: controlplane.ControlPlane) -> Api:
    return Api(plane)


_number = iter(range(10**6))


@pytest.fixture
def namespace(api: Api) -> str:
    """The path of a new namespace."""
    name = f"cluster-{os.getpid()}-{next(_number)}"
    api.create("/api/v1/namespaces", {"metadata": {"name": name}})
    path = f"/api/v1/namespaces/{name}"
    api.until(f"{path}/serviceaccounts/default", bool)
    return path


@pytest.fixture
def login(plane: controlplane.ControlPlane) -> Callable[..., Api]:
    """``login(token=...)`` or ``login(agent=...)``: the session of another user."""
    return lambda **options: Api(plane, **options)


@pytest.fixture(params=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest, plane: controlplane.ControlPlane, programs: dict[str, Path], tmp_path: Path) -> Callable[..., str]:
    """``helm("list", ...)``: what the real one prints. Its home is a temporary folder."""
    homes = {f"HELM_{name}_HOME": str(tmp_path / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": str(plane.kubeconfig), **homes}

    def call(*arguments: str) -> str:
        done = subprocess.run([str(programs[request.param]), *arguments], env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{request.param} {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    call.__name__ = request.param
    return call
