# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private files on a real disk: modes, folders, links, and failures that leave nothing behind."""

from __future__ import annotations

import os
import resource
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.private_files import make_folders, reason, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    write_private(tmp_path / "a" / "b" / "c" / "file", b"text", parents=True)
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b"), mode(tmp_path / "a" / "b" / "c")] == [0o700] * 3
    assert mode(tmp_path / "a" / "b" / "c" / "file") == 0o600
    write_private(tmp_path / "open", b"text", 0o644)
    assert mode(tmp_path / "open") == 0o644


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_private(tmp_path / "missing" / "file", b"text")
    assert list(tmp_path.iterdir()) == []


def test_folders_that_exist_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folders(tmp_path / "new")
    assert (mode(tmp_path), mode(tmp_path / "new")) == (0o755, 0o700)


def test_an_older_file_is_replaced_and_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    path.chmod(0o644)
    write_private(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    target, link, second = tmp_path / "dotfiles" / "config", tmp_path / "link", tmp_path / "second"
    target.write_bytes(b"old")
    link.symlink_to("dotfiles/config")
    second.symlink_to("link")
    write_private(second, b"new")
    assert second.is_symlink() and link.is_symlink() and not target.is_symlink()
    assert (target.read_bytes(), mode(target)) == (b"new", 0o600)


def test_a_link_to_a_file_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write_private(tmp_path / "link", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_link_of_another_user_is_refused(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a link away")
    (tmp_path / "victim").write_bytes(b"old")
    (tmp_path / "link").symlink_to("victim")
    os.chown(tmp_path / "link", 4242, 4242, follow_symlinks=False)
    with pytest.raises(PermissionError, match="a symbolic link of another user"):
        write_private(tmp_path / "link", b"new")
    assert (tmp_path / "victim").read_bytes() == b"old"


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/null")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "words"), [(_pipe, "not a regular file"), (_device, "not a regular file"), (_loop, "symbolic links"), (Path.mkdir, "a directory")]
)
def test_only_regular_files_are_replaced(make: object, words: str, tmp_path: Path) -> None:
    path = tmp_path / "it"
    make(path)  # type: ignore[operator]
    before = path.lstat()
    with pytest.raises(OSError, match=words):
        write_private(path, b"new")
    assert path.lstat().st_ino == before.st_ino
    assert [entry.name for entry in tmp_path.iterdir()] == ["it"]


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "file/below"])
def test_impossible_paths_are_errors_of_the_system(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=r"\S") as caught:
        write_private(tmp_path / name, b"new")
    assert reason(caught.value)


def test_a_long_name_that_the_disk_takes(tmp_path: Path) -> None:
    write_private(tmp_path / ("x" * 250), b"new")
    assert (tmp_path / ("x" * 250)).read_bytes() == b"new"


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow beyond 4 kB, as on a disk that is nearly full."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(OSError, match="File too large"):
        write_private(tmp_path / "file", b"x" * 10_000)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
