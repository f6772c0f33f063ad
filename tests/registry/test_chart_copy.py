# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_copy`` between real registries, from a repository of helm, and what helm reads of it."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import servers
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_copy import chart_copy
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from real_helm import Helm
from recorder import Recorder
from test_chart_push import manifest

Package = Callable[..., Path]
VERSIONS = ("1.0.0", "1.1.0+b", "2.0.0-rc.1")


def copy(home: Path, check_mode: bool = False, **params: Any) -> Result:
    checked = ArgumentSpecValidator(specs.chart_copy()["argument_spec"]).validate(
        {"plain_http": True, "destination_plain_http": True, **params}
    )
    assert checked.error_messages == []
    return chart_copy(
        Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin:/bin"}, check_mode=check_mode)
    )


@pytest.fixture
def museum(tmp_path: Path, helm: Helm, packaged: Package) -> Iterator[str]:
    """A repository over HTTP; helm makes its index."""
    for version in VERSIONS:
        packaged(version=version)
        packaged(name="quay", version=version)
    folder = tmp_path / "packages"
    helm.must("repo", "index", folder)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_a_repository_into_a_registry(
    version: str, request: pytest.FixtureRequest, museum: str, plain_registry: servers.Registry, project: str, tmp_path: Path
) -> None:
    helm, place = request.getfixturevalue(version), f"oci://{plain_registry.host}/{project}"
    predicted = copy(tmp_path, True, source=museum, destination=place)
    result = copy(tmp_path, source=museum, destination=place)
    assert [one["address"] for one in predicted["copied"]] == [one["address"] for one in result["copied"]]
    assert len(result["copied"]) == 6
    for name in ("pier", "quay"):
        for text in VERSIONS:
            folder = tmp_path / f"{name}-{text}"
            folder.mkdir()
            helm.must("pull", f"{place}/{name}", "--version", text, "-d", folder, "--plain-http")
            assert (folder / f"{name}-{text}.tgz").read_bytes() == (tmp_path / "packages" / f"{name}-{text}.tgz").read_bytes()
    again = copy(tmp_path, source=museum, destination=place)
    assert (again["changed"], len(again["present"])) == (False, 6)


def test_what_helm_has_pushed_is_present(museum: str, plain_registry: servers.Registry, project: str, helm: Helm, tmp_path: Path) -> None:
    place = f"oci://{plain_registry.host}/{project}"
    helm.must("push", tmp_path / "packages" / "pier-1.0.0.tgz", place, "--plain-http")
    result = copy(tmp_path, source=museum, destination=place, charts=["pier"])
    assert ([one["version"] for one in result["present"]], len(result["copied"])) == (["1.0.0"], 2)


@pytest.mark.parametrize("target", ["plain", "htpasswd", "token"])
def test_between_registries(
    target: str,
    request: pytest.FixtureRequest,
    plain_registry: servers.Registry,
    project: str,
    packaged: Package,
    helm: Helm,
    tmp_path: Path,
) -> None:
    """Manifests keep their digests."""
    other: servers.Registry = request.getfixturevalue(f"{target}_registry")
    source, digests = f"oci://{plain_registry.host}/{project}", {}
    for version in VERSIONS:
        helm.must("push", packaged(version=version), source, "--plain-http")
        digests[version] = manifest(plain_registry.host, f"{project}/pier", version.replace("+", "_"))[1]
    params = {"source": source, "charts": ["pier"], "destination": f"oci://{other.host}/{project}/copies"}
    params |= {} if target == "plain" else {"destination_username": servers.USER, "destination_password": servers.PASSWORD}
    result = copy(tmp_path, **params)
    assert {one["version"]: one["manifest_digest"] for one in result["copied"]} == digests
    assert copy(tmp_path, **params)["changed"] is False


def test_blobs_are_mounted_within_a_registry(
    plain_registry: servers.Registry,
    recorded: Callable[[servers.Registry], Recorder],
    project: str,
    packaged: Package,
    helm: Helm,
    tmp_path: Path,
) -> None:
    recorder = recorded(plain_registry)
    helm.must("push", packaged(), f"oci://{recorder.host}/{project}", "--plain-http")
    recorder.taken()
    copy(tmp_path, source=f"oci://{recorder.host}/{project}", charts=["pier"], destination=f"oci://{recorder.host}/{project}/copies")
    found = [(request.method, request.status) for request in recorder.taken() if "/blobs/" in request.path]
    assert found == [("POST", 201)] * 2
