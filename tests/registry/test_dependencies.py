# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dependencies in real registries: locks, archives, credentials and requests, compared with helm."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import servers
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_dependency import chart_dependency
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result
from real_helm import Helm
from recorder import Recorder

Package = Callable[..., Path]
VERSIONS = ("1.0.0", "1.1.0", "1.10.0", "2.0.0-rc.1", "1.2.0+b.7")


def ours(chart: Path, home: Path, state: str = "present", **options: Any) -> Result:
    checked = ArgumentSpecValidator(specs.chart_dependency()["argument_spec"]).validate({"chart_ref": str(chart), "state": state, **options})
    assert checked.error_messages == []
    return run(chart_dependency, checked.validated_parameters, False, False, {"HOME": str(home), "PATH": "/usr/bin:/bin"})


def good(result: Result) -> Result:
    assert not result.get("failed"), result
    return result


def chart(folder: Path, *dependencies: str) -> Path:
    (folder / "templates").mkdir(parents=True)
    declared = "".join(f"- {{name: pier, alias: a{number}, {line}}}\n" for number, line in enumerate(dependencies))
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n{declared}")
    return folder


def pushed(helm: Helm, packaged: Package, registry: servers.Registry, project: str, *words: str) -> str:
    place = f"oci://{registry.host}/{project}"
    for version in VERSIONS:
        helm.must("push", packaged(version=version), place, *words)
    return place


def timeless(folder: Path) -> str:
    return re.sub("generated: .*", "", (folder / "Chart.lock").read_text())


def archives(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "charts").iterdir()}


@pytest.mark.parametrize(
    "ranges",
    [["1.0.0"], ["^1"], ["~1.1", "~1.2"], [">=2.0.0-0"], ["1.2.0+b.7"], ["1.0.0", "1.10.0", "1.x"]],
    ids=lambda ranges: " and ".join(ranges),
)
@pytest.mark.parametrize("version", [3, 4])
def test_the_same_lock_and_the_same_archives(
    version: int, ranges: list[str], plain_registry: servers.Registry, helm: Helm, helm3: Helm, project: str, packaged: Package, tmp_path: Path
) -> None:
    place = pushed(helm, packaged, plain_registry, project, "--plain-http")
    lines = [f"version: '{text}', repository: '{place}'" for text in ranges]
    theirs, mine = chart(tmp_path / "theirs", *lines), chart(tmp_path / "mine", *lines)
    judge = helm if version == 4 else helm3
    judge.must("dependency", "update", theirs, "--plain-http")
    access = {"dependency_repositories": [{"url": f"oci://{plain_registry.host}", "plain_http": True}]}
    assert good(ours(mine, tmp_path, "latest", **access))["changed"] is True
    assert timeless(mine) == timeless(theirs)
    assert archives(mine) == archives(theirs)
    for folder in (theirs, mine):
        assert good(ours(folder, tmp_path, **access))["changed"] is False
    lock = (mine / "Chart.lock").read_bytes()
    for path in (*(mine / "charts").iterdir(), *(theirs / "charts").iterdir()):
        path.unlink()
    judge.must("dependency", "build", mine, "--plain-http")
    good(ours(theirs, tmp_path, **access))
    assert (mine / "Chart.lock").read_bytes() == lock
    assert archives(mine) == archives(theirs)


@pytest.mark.parametrize("kind", ["htpasswd", "tokens"])
def test_credentials_of_the_task(
    kind: str, htpasswd_registry: servers.Registry, token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, tmp_path: Path
) -> None:
    registry = htpasswd_registry if kind == "htpasswd" else token_registry
    place = pushed(helm, packaged, registry, project, "--plain-http", f"--username={servers.USER}", f"--password={servers.PASSWORD}")
    folder = chart(tmp_path / "web", f"version: ^1, repository: '{place}'", f"version: 1.0.0, repository: '{place}'")
    entry = {"url": place, "username": servers.USER, "password": servers.PASSWORD, "plain_http": True}
    refused = ours(folder, tmp_path, dependency_repositories=[{**entry, "password": "wrong-password"}])
    assert refused["failed"] and refused["msg"].startswith("The dependency pier cannot be resolved. ")
    assert "wrong-password" not in str(refused) and not (folder / "Chart.lock").exists()
    result = good(ours(folder, tmp_path, dependency_repositories=[entry]))
    assert result["written"] == ["charts/pier-1.10.0.tgz", "charts/pier-1.0.0.tgz"]
    assert servers.PASSWORD not in str(result)


def test_a_stored_login_is_used(token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, tmp_path: Path) -> None:
    place = pushed(helm, packaged, token_registry, project, "--plain-http", f"--username={servers.USER}", f"--password={servers.PASSWORD}")
    helm.must("registry", "login", token_registry.host, "--plain-http", f"--username={servers.USER}", f"--password={servers.PASSWORD}")
    folder = chart(tmp_path / "web", f"version: ^1, repository: '{place}'")
    good(ours(folder, helm.home, dependency_repositories=[{"url": place, "plain_http": True}]))
    assert list(archives(folder)) == ["pier-1.10.0.tgz"]


def test_requests(
    plain_registry: servers.Registry, recorded: Callable[[servers.Registry], Recorder], helm: Helm, project: str, packaged: Package, tmp_path: Path
) -> None:
    """An exact version lists no tags; what is there and what is cached is not fetched."""
    pushed(helm, packaged, plain_registry, project, "--plain-http")
    recorder = recorded(plain_registry)
    place = f"oci://{recorder.host}/{project}"
    folder = chart(tmp_path / "web", f"version: 1.0.0, repository: '{place}'")
    access = {"dependency_repositories": [{"url": place, "plain_http": True}]}
    good(ours(folder, tmp_path, **access))
    paths = [request.path for request in recorder.taken()]
    assert sum("/tags/" in path for path in paths) == 0 and sum("/manifests/1.0.0" in path for path in paths) == 1
    assert sum("/blobs/" in path for path in paths) == 1
    good(ours(folder, tmp_path, **access))
    (folder / "charts" / "pier-1.0.0.tgz").unlink()
    good(ours(folder, tmp_path, **access))
    assert not [request for request in recorder.taken() if "/blobs/" in request.path]


def test_a_version_that_is_not_there(plain_registry: servers.Registry, helm: Helm, project: str, packaged: Package, tmp_path: Path) -> None:
    place = pushed(helm, packaged, plain_registry, project, "--plain-http")
    access = {"dependency_repositories": [{"url": place, "plain_http": True}]}
    for text, words in (("^7", "There is not an allowed version of 1 of the dependencies: pier '^7' in oci://"), ("7.0.0", "The dependency pier")):
        folder = chart(tmp_path / text, f"version: '{text}', repository: '{place}'")
        assert helm.run("dependency", "update", folder, "--plain-http").returncode != 0
        result = ours(folder, tmp_path, **access)
        assert result["failed"] and result["msg"].startswith(words)
        assert not (folder / "Chart.lock").exists()
