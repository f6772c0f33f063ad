# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_pull`` writes the files that ``helm pull`` writes, from a real registry and over HTTP."""

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
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_pull import chart_pull
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from real_helm import Helm

Package = Callable[..., Path]


def pull(home: Path, **params: Any) -> Result:
    checked = ArgumentSpecValidator(specs.chart_pull()["argument_spec"]).validate(params)
    assert checked.error_messages == []
    return chart_pull(Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin:/bin"}))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def museum(tmp_path: Path, helm: Helm, packaged: Package) -> Iterator[str]:
    """A repository over HTTP; helm makes its index."""
    for version in ("1.0.0", "1.1.0+b"):
        packaged(version=version)
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


@pytest.mark.parametrize("untar", [False, True])
@pytest.mark.parametrize("case", ["newest", "exact", "range", "metadata", "tag", "digest", "tag and digest"])
def test_from_a_registry(
    case: str, untar: bool, plain_registry: servers.Registry, helm: Helm, project: str, packaged: Package, tmp_path: Path
) -> None:
    host, digests = plain_registry.host, {}
    for version in ("1.0.0", "1.0.0+b", "1.1.0"):
        said = helm.must("push", packaged(version=version), f"oci://{host}/{project}", "--plain-http")
        digests[version] = said.rpartition("Digest: ")[2].split()[0]
    ref = f"oci://{host}/{project}/pier"
    ref, version = {
        "newest": (ref, ""),
        "exact": (ref, "1.0.0"),
        "range": (ref, "~1.1.0"),  # of versions that differ in metadata only, helm takes any
        "metadata": (ref, "1.0.0+b"),
        "tag": (f"{ref}:1.0.0", ""),
        "digest": (f"{ref}@{digests['1.0.0']}", ""),
        "tag and digest": (f"{ref}:1.0.0@{digests['1.0.0']}", ""),
    }[case]
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    words = [*(["--version", version] if version else []), *(["--untar"] if untar else [])]
    helm.must("pull", ref, "-d", theirs, "--plain-http", *words)
    for changed in (True, False):
        result = pull(tmp_path, chart_ref=ref, chart_version=version or None, destination=str(ours), untar_chart=untar, plain_http=True)
        assert result["changed"] is changed
        assert tree(ours) == tree(theirs)
    if "digest" in case:
        assert result["manifest_digest"] == digests["1.0.0"]


@pytest.mark.parametrize("version", ["", "1.0.0", "^1", "1.1.0+b"])
@pytest.mark.parametrize("untar", [False, True])
def test_from_a_repository(version: str, untar: bool, museum: str, helm: Helm, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    helm.must("pull", "pier", "--repo", museum, "-d", theirs, *(["--version", version] if version else []), *(["--untar"] if untar else []))
    for changed in (True, False):
        result = pull(tmp_path, chart_ref="pier", repo_url=museum, chart_version=version or None, destination=str(ours), untar_chart=untar)
        assert result["changed"] is changed
        assert tree(ours) == tree(theirs)


def test_what_helm_pulled_is_accepted(museum: str, helm: Helm, tmp_path: Path) -> None:
    url = f"{museum}/pier-1.0.0.tgz"
    helm.must("pull", url, "-d", tmp_path)
    assert pull(tmp_path, chart_ref=url, destination=str(tmp_path))["changed"] is False
    helm.must("pull", url, "--untar", "-d", tmp_path / "unpacked")
    stray = tmp_path / "unpacked" / "pier-1.0.0.tgz"  # helm makes an empty folder of the archive's name
    assert stray.is_dir()
    assert pull(tmp_path, chart_ref=url, destination=str(tmp_path / "unpacked"), untar_chart=True)["changed"] is False
