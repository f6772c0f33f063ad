# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder ``charts`` on disk: everything is written, or nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.dependencies import charts_folder
from ansible_collections.windlass.charts.plugins.module_utils._adapters.dependencies.charts_folder import (
    check_lock_file,
    check_writable,
    read_declaration,
    read_files,
    read_folders,
    write_dependencies,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError, OperatorError

WRITE = {"a-2.0.0.tgz": b"new a", "b-1.0.0.tgz": b"new b", "c-1.0.0.tgz": b"new c"}
REMOVE = ["a-1.0.0.tgz", "stale.tgz"]
LOCK = ("Chart.lock", b"new lock")


def tree(folder: Path) -> dict[str, bytes | str]:
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    found = tmp_path / "web"
    (found / "charts" / "local").mkdir(parents=True)
    for name, data in {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "Chart.lock": "digest: old\n",
        "charts/a-1.0.0.tgz": "old a",
        "charts/b-1.0.0.tgz": "old b",
        "charts/notes": "x",
        "charts/local/Chart.yaml": "apiVersion: v2\nname: local\nversion: 1.0.0\n",
    }.items():
        (found / name).write_text(data)
    (found / "charts" / "stale.tgz").symlink_to("a-1.0.0.tgz")
    return found


def test_everything_is_written(chart: Path) -> None:
    before = tree(chart)
    write_dependencies(chart, WRITE, REMOVE, LOCK)
    expected = {**before, "Chart.lock": b"new lock", **{f"charts/{name}": data for name, data in WRITE.items()}}
    for name in REMOVE:
        del expected[f"charts/{name}"]
    assert tree(chart) == expected
    assert {stat.S_IMODE((chart / "charts" / name).stat().st_mode) for name in WRITE} == {0o644}
    assert sorted(path.name for path in chart.iterdir()) == ["Chart.lock", "Chart.yaml", "charts"]


def test_a_chart_without_the_folder(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("")
    write_dependencies(tmp_path, {}, [], LOCK)
    assert tree(tmp_path) == {"Chart.yaml": b"", "Chart.lock": b"new lock"}
    assert not (tmp_path / "charts").exists()
    write_dependencies(tmp_path, WRITE, [], None)
    assert set(tree(tmp_path)) == {"Chart.yaml", "Chart.lock", *(f"charts/{name}" for name in WRITE)}


#: functions of the file system, and how often the writing calls them
CALLS = ["os.open", "Path.replace", "Path.rename", "os.link", "Path.mkdir"]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_failure_changes_nothing(call: str, number: int, error: BaseException, chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(chart)
    owner = os if call.startswith("os.") else Path
    name = call.partition(".")[2]
    real = getattr(owner, name)
    calls = iter(range(1000))

    def failing(*arguments: Any, **named: Any) -> Any:
        if "dir_fd" in named or (call == "os.open" and Path(arguments[0]).is_dir()):
            return real(*arguments, **named)  # the temporary folder is removed
        if next(calls) == number:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(owner, name, failing)
    try:
        write_dependencies(chart, WRITE, REMOVE, LOCK)
    except (OperatorError, KeyboardInterrupt) as caught:
        monkeypatch.undo()
        assert tree(chart) == before
        if isinstance(error, OSError):
            assert str(caught).endswith("cannot be written: No space left on device.")
    else:  # it is called less often, or without it there is another way (a file system without links)
        monkeypatch.undo()
        assert tree(chart)["Chart.lock"] == b"new lock"
        assert call == "os.link" or next(calls) <= number
    assert not [path for path in (chart / "charts").iterdir() if path.name.startswith(".")]


def test_a_failure_removes_a_folder_that_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(charts_folder, "write_private", fail)
    with pytest.raises(OperatorError, match=r"Chart.lock cannot be written: No space left on device\.$"):
        write_dependencies(tmp_path, WRITE, [], LOCK)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_in_place_of_which_is_a_folder(chart: Path) -> None:
    (chart / "charts" / "c-1.0.0.tgz").mkdir()
    before = tree(chart)
    with pytest.raises(OperatorError, match=r"charts/c-1.0.0.tgz cannot be written: "):
        write_dependencies(chart, WRITE, REMOVE, LOCK)
    assert tree(chart) == before


def test_an_archive_that_another_process_removed(chart: Path) -> None:
    write_dependencies(chart, {}, ["gone.tgz", "a-1.0.0.tgz"], None)
    assert "charts/a-1.0.0.tgz" not in tree(chart)


WRITER = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("unit_conftest", sys.argv[1])
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from pathlib import Path
from ansible_collections.windlass.charts.plugins.module_utils._adapters.dependencies.charts_folder import read_files, write_dependencies
for number in range(50):
    write = {"a-2.0.0.tgz": b"a" * 100000, "b-1.0.0.tgz": b"b" * 100000}
    write_dependencies(Path(sys.argv[2]), write, ["a-1.0.0.tgz", "stale.tgz"], ("Chart.lock", b"new lock"))
    assert {data[:1] * 100000 for name, data in read_files(Path(sys.argv[2])).items() if name in write} == set(write.values())
"""


def test_several_processes_write_at_once(chart: Path) -> None:
    conftest = next(parent / "conftest.py" for parent in Path(__file__).parents if parent.name == "unit")
    words = [sys.executable, "-c", WRITER, str(conftest), str(chart)]
    writers = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _number in range(4)]
    assert [(writer.communicate(timeout=300)[1], writer.returncode) for writer in writers] == [("", 0)] * 4
    assert set(tree(chart / "charts")) == {"a-2.0.0.tgz", "b-1.0.0.tgz", "notes", "local/Chart.yaml"}


def test_what_is_read(chart: Path) -> None:
    assert read_files(chart) == {"a-1.0.0.tgz": b"old a", "b-1.0.0.tgz": b"old b", "notes": b"x", "stale.tgz": b"old a"}
    (chart / "charts" / "empty").mkdir()
    found = read_folders(chart)
    assert found.keys() == {"local", "empty"} and found["empty"] is None
    assert found["local"] is not None and found["local"].name == "local"
    (chart / "charts" / "pipe").symlink_to("nowhere")
    os.mkfifo(chart / "charts" / "fifo")
    assert "fifo" not in read_files(chart) and "pipe" not in read_files(chart)
    declared = read_declaration(chart)
    assert declared.name == "web" and declared.lock is not None and declared.lock.digest == "old"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ChartLoadError, match=r"is not a chart: it has no Chart.yaml") as caught:
        read_declaration(tmp_path)
    assert str(caught.value.helm).startswith("unable to detect chart at ")
    assert read_files(tmp_path) == {}
    (tmp_path / "charts").write_text("")
    with pytest.raises(ChartLoadError, match="charts is not a directory; remove it") as caught:
        read_files(tmp_path)
    assert caught.value.helm == f'"{tmp_path}/charts" is not a directory'


def test_a_lock_that_is_a_link(chart: Path) -> None:
    check_lock_file(chart, "Chart.lock")
    check_lock_file(chart, "requirements.lock")
    (chart / "Chart.lock").unlink()
    (chart / "Chart.lock").symlink_to("elsewhere")
    with pytest.raises(OperatorError, match=r"Chart.lock is a symbolic link to elsewhere") as caught:
        check_lock_file(chart, "Chart.lock")
    assert caught.value.helm == 'the Chart.lock file is a symlink to "elsewhere"'


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("folder", [".", "charts"])
def test_a_folder_that_cannot_be_written(folder: str, chart: Path) -> None:
    check_writable(chart)
    (chart / folder).chmod(0o555)
    try:
        with pytest.raises(OperatorError, match=r"cannot be written: the directory .* is not writable"):
            check_writable(chart)
    finally:
        (chart / folder).chmod(0o755)
