# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make dropin`` without charts of the user, and its message about missing ones.

A script replaces helm and creates the same files.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
import dropin
import dropin_charts

HELM = """#!/bin/sh
set -e
case "$1" in
  create) mkdir "$2"; printf 'name: %s\\nversion: 0.1.0\\n' "$(basename "$2")" > "$2/Chart.yaml"; printf 'nodeSelector: {}\\n' > "$2/values.yaml" ;;
  package) touch "$6/$(sed -n 's/^name: //p' "$2/Chart.yaml")-$4.tgz" ;;
  repo) touch "$3/index.yaml" ;;
esac
"""


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dropin_charts, "FOLDER", tmp_path / "dropin")
    (tmp_path / "dropin").mkdir()
    script = tmp_path / "helm"
    script.write_text(HELM)
    script.chmod(0o755)
    return script


def test_without_charts_all_are_made(helm: Path) -> None:
    made = dropin_charts.repositories(helm, {"PATH": "/usr/bin:/bin"}, [])
    charts = [*dropin_charts.REGISTRY_CHARTS, *(chart[:2] for chart in dropin_charts.CHARTS)]
    assert made == [f"{name}-{version}" for name, version in charts]
    for name, version in dropin_charts.REGISTRY_CHARTS:
        assert (dropin_charts.FOLDER / "registry-charts" / f"{name}-{version}.tgz").exists()
    for name, version, place in dropin_charts.CHARTS:
        assert (dropin_charts.FOLDER / "served" / place / f"{name}-{version}.tgz").exists()
        assert (dropin_charts.FOLDER / "served" / place / "index.yaml").exists()


@pytest.mark.parametrize(("kind", "tag"), [("secret", 5), ("public", 6)])
def test_the_keys_of_the_signer(kind: str, tag: int, helm: Path) -> None:
    first = dropin_charts.keyring(kind).read_bytes()[0]
    assert (first >> 2) & 15 == tag  # RFC 4880, 4.2: a packet in the old format


def test_a_git_repository_is_made(helm: Path) -> None:
    changes, real = dropin_charts.git_repository(helm, {"PATH": "/usr/bin:/bin", "HOME": str(helm.parent)}, "")
    assert not real
    assert set(dropin_charts.GIT_COMMITS) < set(changes)
    folder = str(dropin_charts.FOLDER / "git")
    assert all(dropin_charts.has_commit(folder, changes[commit]) for commit in dropin_charts.GIT_COMMITS)
    assert not dropin_charts.has_commit(folder, "0" * 40)
    assert not dropin_charts.has_commit(str(helm.parent / "nowhere"), "0" * 40)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (*dropin.UNITS, *dropin.ROLES):
        (tmp_path / "core" / "tests" / "integration" / "targets" / name).mkdir(parents=True)
    return tmp_path / "core"


def test_nothing_is_missing(checkout: Path, tmp_path: Path) -> None:
    assert dropin.what_is_missing({"KUBERNETES_CORE": str(checkout), "CHARTS": f"{tmp_path} {checkout}", "GIT": ""}) == ""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "KUBERNETES_CORE=folder is needed"),
        ({"KUBERNETES_CORE": "/nowhere"}, "KUBERNETES_CORE is not a checkout of kubernetes.core"),
        ({"KUBERNETES_CORE": "{checkout}", "CHARTS": "{checkout} /nowhere"}, "CHARTS names /nowhere, which is not a folder"),
        ({"KUBERNETES_CORE": "{checkout}", "GIT": "/nowhere"}, "GIT is /nowhere, which is not a clone"),
    ],
)
def test_what_is_missing_is_one_sentence(given: dict[str, str], message: str, checkout: Path) -> None:
    sentence = dropin.what_is_missing({name: value.format(checkout=checkout) for name, value in given.items()})
    assert message in sentence and "\n" not in sentence


def test_the_program_reports_it_without_a_traceback() -> None:
    words = [sys.executable, str(Path(dropin.__file__))]
    done = subprocess.run(words, env={"PATH": "/usr/bin:/bin", "KUBERNETES_CORE": "/nowhere"}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("KUBERNETES_CORE is not a checkout") and done.stderr.count("\n") == 1


def test_the_dependency_of_the_same_publisher(tmp_path: Path) -> None:
    """A chart's own copy counts most, then the chart next to it, then any of that name."""

    def write(place: str, *dependencies: str) -> Path:
        folder = tmp_path / place
        folder.mkdir(parents=True)
        listed = "".join(f"\n- {{name: {name}, version: 1.0.0}}" for name in dependencies) or " []"
        folder.joinpath("Chart.yaml").write_text(f"name: {folder.name}\nversion: 1.0.0\ndescription: {place}\ndependencies:{listed}\n")
        return folder

    known = {name: write(f"other/{name}") for name in ("own", "near", "far")}
    write("ours/near")
    chart = write("ours/app", "own", "near", "far")
    write("ours/app/charts/own")
    work = tmp_path / "work"
    assert dropin_charts._vendored(chart, work, known)
    found = {name: (work / "charts" / name / "Chart.yaml").read_text().split("description: ")[1].split("\n")[0] for name in known}
    assert found == {"own": "ours/app/charts/own", "near": "ours/near", "far": "other/far"}
    assert not dropin_charts._vendored(write("ours/lacking", "nowhere"), tmp_path / "work2", known)
