# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Charts as the linter finds them: folders, archives, and their subcharts; broken ones get a sentence."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.lint_folders import below, lint_folder
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError, ChartNotFound
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.folder import FILE, FOLDER, NOTHING
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.linter import lint
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.message import Message
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.rules.templates import LintOptions

HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: https://x.y/z\n"


def make(top: Path, files: dict[str, str]) -> Path:
    for name, text in {"Chart.yaml": HEAD, "values.yaml": "", "templates/x.txt": "", **files}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    return top


def archive(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def messages_of(path: Path, values: dict[str, object] | None = None, beyond: bool = False) -> list[Message]:
    return lint(lint_folder(str(path)), dict(values or {}), LintOptions(), beyond_helm=beyond)


def test_folder(tmp_path: Path) -> None:
    folder = lint_folder(str(make(tmp_path / "c", {".helmignore": "values.yaml\n"})))
    assert [folder.kind(name) for name in ("values.yaml", "templates", "crds")] == [FILE, FOLDER, NOTHING]
    assert "values.yaml" not in {file.name for file in folder.load().raw}
    assert folder.load() is folder.load()


def test_archive(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "c.tgz", {"c/Chart.yaml": HEAD, "c/templates/a.yaml": "kind: X\n", "c/.helmignore": "*.md\n", "c/README.md": "x"}
    )
    folder = lint_folder(str(path))
    assert [folder.kind(name) for name in ("Chart.yaml", "templates", "values.yaml")] == [FILE, FOLDER, NOTHING]
    assert {file.name for file in folder.load().raw} == {"Chart.yaml", "templates/a.yaml", ".helmignore"}
    assert [message.rule for message in messages_of(path)] == ["values-file", "object-name"]


@pytest.mark.parametrize(
    ("data", "helm"),
    [(b"", "unable to extract tarball: EOF"), (b"x" * 40, "unable to extract tarball: gzip: invalid header")],
)
def test_no_archive(tmp_path: Path, data: bytes, helm: str) -> None:
    (tmp_path / "c.tgz").write_bytes(data)
    with pytest.raises(ChartLoadError) as caught:
        lint_folder(str(tmp_path / "c.tgz"))
    assert caught.value.helm == helm


def test_nothing_there(tmp_path: Path) -> None:
    for name in ("c", "c.tgz"):
        with pytest.raises(ChartNotFound, match="There is no chart at"):
            lint_folder(str(tmp_path / name))


def test_below(tmp_path: Path) -> None:
    top = make(tmp_path / "c", {"charts/b/Chart.yaml": "", "charts/b/charts/a/Chart.yaml": "", "charts/z.tgz": "", "charts/b/x.yaml": ""})
    assert [str(Path(path).relative_to(top)) for path in below(str(top))] == ["charts/b", "charts/b/charts/a", "charts/z.tgz"]
    assert list(below(str(tmp_path / "none"))) == []


def test_values_are_not_in_what_is_safe_to_show(tmp_path: Path) -> None:
    schema = '{"properties": {"password": {"pattern": "^x"}}}'
    messages = messages_of(make(tmp_path / "c", {"values.schema.json": schema}), {"password": "hunter2"})
    assert [message.rule for message in messages] == ["values-file", "templates-render"]
    assert all("hunter2" in message.text and message.safe and "hunter2" not in message.safe for message in messages)


def test_helms_findings_come_before_those_of_this_collection(tmp_path: Path) -> None:
    top = make(
        tmp_path / "c", {"values.yaml": "unread: 1\n", "templates/x.yaml": '{{ required "no" .Values.a }}{{ fail "no" }}{{ .Values.b }}'}
    )
    assert messages_of(top) == []
    assert [(message.rule, message.key, message.line) for message in messages_of(top, beyond=True)] == [
        ("value-not-read", ".Values.unread", 1),
        ("value-not-declared", ".Values.b", 1),
    ]
