# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rendered files on disk: written when they differ, removed on request if this module wrote them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.output_files import write_documents
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ManifestError, OperatorError

DOCUMENTS = [("c/templates/a.yaml", "kind: A"), ("c/templates/b.yaml", "kind: B"), ("c/templates/a.yaml", "kind: A2")]
SECRET = [("c/templates/s.yaml", "kind: Secret\napiVersion: v1\nstringData:\n  password: hunter2")]


def written(folder: Path, documents: list[tuple[str, str]], *, check: bool = False, prune: bool = False) -> dict[str, Any]:
    return write_documents(Task({}, {}, check_mode=check, diff=True), folder, documents, chart="c", prune=prune)


def test_only_what_differs(tmp_path: Path) -> None:
    check = written(tmp_path, DOCUMENTS, check=True)
    assert check["changed"] and not list(tmp_path.iterdir())
    first = written(tmp_path, DOCUMENTS)
    assert first == check
    path = tmp_path / "c/templates/a.yaml"
    assert path.read_text() == "---\n# Source: c/templates/a.yaml\nkind: A\n---\n# Source: c/templates/a.yaml\nkind: A2\n"
    again = written(tmp_path, DOCUMENTS)
    assert not again["changed"] and again["files_changed"] == [] and len(again["files"]) == 2 and again["diff"] == []
    path.write_text("mine")
    assert written(tmp_path, DOCUMENTS)["files_changed"] == [str(path)]


def test_prune(tmp_path: Path) -> None:
    written(tmp_path, DOCUMENTS)
    mine = tmp_path / "c/templates/mine.yaml"
    mine.write_text("---\n# Source: c/templates/elsewhere.yaml\nkind: A\n")
    other = tmp_path / "d/templates/a.yaml"
    other.parent.mkdir(parents=True)
    other.write_text("---\n# Source: d/templates/a.yaml\nkind: A\n")
    assert not written(tmp_path, DOCUMENTS[:1])["files_removed"]
    gone = str(tmp_path / "c/templates/b.yaml")
    check = written(tmp_path, DOCUMENTS[::2], prune=True, check=True)
    assert check["files_removed"] == [gone] and Path(gone).exists() and check["changed"]
    assert written(tmp_path, DOCUMENTS[::2], prune=True)["files_removed"] == [gone]
    assert not Path(gone).exists() and mine.exists() and other.exists()
    assert not written(tmp_path, DOCUMENTS[::2], prune=True)["changed"]


def test_a_folder_named_after_the_release(tmp_path: Path) -> None:
    def render(documents: list[tuple[str, str]], prune: bool = False) -> dict[str, Any]:
        task = Task({}, {}, diff=True)
        return write_documents(task, tmp_path, documents, chart="c", prune=prune, release="web-1", crds={"c/crds/x.yaml"})

    written(tmp_path, DOCUMENTS)
    documents = [("c/crds/x.yaml", "kind: X"), *DOCUMENTS, ("c/templates/crds/y.yaml", "kind: Y")]
    files = [path.removeprefix(f"{tmp_path}/") for path in render(documents)["files"]]
    assert files == ["c/crds/x.yaml", "web-1/c/templates/a.yaml", "web-1/c/templates/b.yaml", "web-1/c/templates/crds/y.yaml"]
    assert (tmp_path / "web-1/c/templates/b.yaml").read_text() == "---\n# Source: c/templates/b.yaml\nkind: B\n"
    assert not render(documents)["changed"]
    assert render(DOCUMENTS[:1], prune=True)["files_removed"] == [
        f"{tmp_path}/web-1/c/templates/b.yaml",
        f"{tmp_path}/web-1/c/templates/crds/y.yaml",
    ]
    assert (tmp_path / "c/templates/b.yaml").exists() and (tmp_path / "c/crds/x.yaml").exists(), "another render's"


def test_secrets_are_masked_in_the_diff(tmp_path: Path) -> None:
    before = written(tmp_path, SECRET)
    gone = written(tmp_path, [], prune=True)
    assert "hunter2" not in str(before) + str(gone) and "********" in before["diff"][0]["after"] and "********" in gone["diff"][0]["before"]
    assert before["diff"][0]["before_header"] == "absent" and gone["diff"][0]["after_header"] == "absent"


def test_outside(tmp_path: Path) -> None:
    for path in ("../x.yaml", "/x.yaml", "c/../../x.yaml"):
        with pytest.raises(ManifestError, match="outside"):
            written(tmp_path, [(path, "kind: A")])


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "c/templates/a.yaml").mkdir(parents=True)
    with pytest.raises(OperatorError, match="cannot be read"):
        written(tmp_path, DOCUMENTS)
