# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of options."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts import files
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_bytes, read_chart
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.lint_folders import lint_folder
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.user_paths import exists, user_path, working_folder
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartLoadError,
    ChartNotFound,
    EngineError,
    OptionError,
    ValuesError,
)

ME = pwd.getpwuid(os.geteuid())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b", "a/b"), ("/a", "/a"), ("~", "/home/me"), ("~/a", "/home/me/a"), ("a/~", "a/~"), (f"~{ME.pw_name}/a", f"{ME.pw_dir}/a"), ("", "."),
    ],
)  # fmt: skip
def test_the_home_folder_is_the_tasks(text: str, expected: str) -> None:
    assert str(user_path(text, "option", {"HOME": "/home/me"})) == expected


@pytest.mark.parametrize(("text", "message"), [("a\0b", "null byte"), ("~no-such-user/a", "there is no home directory of user 'no-such-user'")])
def test_paths_that_are_none(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        user_path(text, "option", {})


def test_no_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(OptionError, match="there is no home directory of this process"):
        user_path("~/a", "option", {})
    assert user_path("/a", "option", {}) == Path("/a")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "x/" * 3000])
def test_impossible_names_do_not_exist(name: str, tmp_path: Path) -> None:
    assert not exists(tmp_path / name)


def test_a_folder_that_was_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert working_folder() == ""
    with pytest.raises(ChartNotFound):
        read_chart("c")
    with pytest.raises(ChartNotFound):
        lint_folder("c")
    with pytest.raises(EngineError):
        resolve(ChartReference("c"), {"HOME": str(tmp_path)})


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "", "missing", "/dev/zero", "/"])
def test_values_files_that_cannot_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "MAX_DECOMPRESSED", 1 << 20)
    with pytest.raises(ValuesError) as caught:
        read_bytes(name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "missing", "/dev/zero", "/dev/null", "pipe", "pipe.tgz", "/dev/null/x.tgz"])
def test_charts_that_cannot_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for pipe in ("pipe", "pipe.tgz"):
        os.mkfifo(pipe)
    for call in (read_chart, lint_folder, lambda path: resolve(ChartReference(path), {"HOME": str(tmp_path)})):
        with pytest.raises((ChartLoadError, ChartNotFound, OptionError)):
            call(name)
