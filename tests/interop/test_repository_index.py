# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_repository_index`` compared with ``helm repo index``; each reads the other's index."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import conftest  # makes the collection importable
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository_index import chart_repository_index
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

sys.path.insert(0, str(conftest.ROOT / "tools"))
import demo

HELMS = conftest.build.module_folder("helm4", "helm.sh/helm/v4") / "pkg"
ARCHIVES = sorted({path.name: path for path in HELMS.rglob("testdata/**/*.tgz")}.values())
METADATA = """apiVersion: v2
name: web
version: %s
description: 'yes: "no" # < > & é'
appVersion: 1.10
keywords: [a, '1']
maintainers: [{name: Jo, email: jo@example.com}]
annotations: {b: 'true', a: x}
dependencies: [{name: sub, version: ^1.0.0, repository: '', tags: [x], import-values: [y, {child: a, parent: b}]}]
"""


def index(folder: Path, home: Path, *, check: bool = False, **options: Any) -> dict[str, Any]:
    params = {"path": str(folder), "json": False, "rebuild": False, **options}
    result = run(chart_repository_index, params, check, False, {"HOME": str(home)})
    assert not result.get("failed"), result
    return result


def helm(program: Path, *words: object, **environ: str) -> str:
    env = {"HOME": "/nonexistent", "PATH": "", **environ}
    done = subprocess.run([str(program), *map(str, words)], env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def timeless(text: str) -> str:
    return re.sub(r'("?(?:created|generated)"?: ).*', r"\1", text)


@pytest.fixture
def folder(tmp_path: Path, programs: dict[str, Path]) -> Path:
    """Helm's own test archives, and several versions of a chart, one of them in a subfolder.

    Some of Helm's archives are not charts.
    """
    found = tmp_path / "repository"
    (found / "sub folder").mkdir(parents=True)
    for path in ARCHIVES:
        shutil.copy(path, found)
    for version in ("1.0.0", "1.10.0", "1.9.0-rc.1", "0.1"):
        source = tmp_path / "web"
        (source / "charts" / "sub").mkdir(parents=True, exist_ok=True)
        (source / "Chart.yaml").write_text(METADATA % version)
        (source / "charts" / "sub" / "Chart.yaml").write_text("apiVersion: v2\nname: sub\nversion: 1.0.0\n")
        helm(programs["helm4"], "package", source, "--destination", found / "sub folder" if version == "0.1" else found)
    return found


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("url", ["", "https://charts.example.com", "https://charts.example.com/a b/(c)/"])
@pytest.mark.parametrize("version", [3, 4])
def test_the_same_index(url: str, as_json: bool, version: int, folder: Path, programs: dict[str, Path], tmp_path: Path) -> None:
    words = [*(["--url", url] if url else []), *(["--json"] if as_json else [])]
    helm(programs[f"helm{version}"], "repo", "index", folder, *words)
    theirs = (folder / "index.yaml").read_text()
    (folder / "index.yaml").unlink()
    result = index(folder, tmp_path, json=as_json, **({"url": url} if url else {}))
    assert result["versions"] > 10
    assert timeless((folder / "index.yaml").read_text()) == timeless(theirs)
    before = (folder / "index.yaml").read_bytes()
    assert index(folder, tmp_path, json=as_json, **({"url": url} if url else {}))["changed"] is False
    assert (folder / "index.yaml").read_bytes() == before


@pytest.mark.parametrize("as_json", [False, True])
def test_an_index_of_helm_stays_as_it_is(as_json: bool, folder: Path, programs: dict[str, Path], tmp_path: Path) -> None:
    helm(programs["helm4"], "repo", "index", folder, *(["--json"] if as_json else []))
    before = (folder / "index.yaml").read_bytes()
    for _run in range(2):
        assert index(folder, tmp_path, json=as_json)["changed"] is False
    assert (folder / "index.yaml").read_bytes() == before


@pytest.mark.parametrize("ours", [True, False])
def test_merging(ours: bool, folder: Path, programs: dict[str, Path], tmp_path: Path) -> None:
    """The old index is written by one side, both merge it, and the result is the same."""
    old = tmp_path / "old.yaml"
    (index(folder, tmp_path) if ours else helm(programs["helm4"], "repo", "index", folder))
    shutil.copy(folder / "index.yaml", old)
    for name in ("web-1.0.0.tgz", ARCHIVES[0].name):
        (folder / name).unlink(missing_ok=True)
    helm(programs["helm4"], "repo", "index", folder, "--merge", old)
    theirs = (folder / "index.yaml").read_text()
    (folder / "index.yaml").unlink()
    index(folder, tmp_path, merge=str(old))
    assert timeless((folder / "index.yaml").read_text()) == timeless(theirs)
    assert "version: 1.0.0" in theirs


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("version", [3, 4])
def test_helm_installs_from_it(version: int, as_json: bool, folder: Path, programs: dict[str, Path], tmp_path: Path) -> None:
    index(folder, tmp_path, json=as_json)
    server = demo.serve(folder)
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        environ = {"HOME": str(tmp_path / "home")}
        helm(programs[f"helm{version}"], "repo", "add", "r", url, **environ)
        found = json.loads(helm(programs[f"helm{version}"], "search", "repo", "r/web", "--versions", "--devel", "-o", "json", **environ))
        assert [entry["version"] for entry in found] == ["1.10.0", "1.9.0-rc.1", "1.0.0", "0.1"]
        shown = yaml.safe_load(helm(programs[f"helm{version}"], "show", "chart", "r/web", "--version", "0.1", **environ))
        assert (shown["name"], shown["version"]) == ("web", "0.1")
    finally:
        server.shutdown()
        server.server_close()
