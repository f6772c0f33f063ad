# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of interpreters, compared with real interpreters of those names."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.plugin_utils._interpreter import other_interpreter

MINOR = f"python3.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two environments with links, one with copies, and links of other kinds."""
    folder = tmp_path_factory.mktemp("environments")
    for name, links in (("one", True), ("two", True), ("copied", False)):
        venv.EnvBuilder(symlinks=links).create(folder / name)
    (folder / "linked").symlink_to("one")
    (folder / "outside").symlink_to("one/bin/python3")
    (folder / "sub").mkdir()
    script = folder / "shim"
    script.write_text(f'#!/bin/sh\nexec {folder}/one/bin/python3 "$@"\n')
    script.chmod(0o755)
    return folder


def prefix_and_version(program: str) -> tuple[str, str]:
    """``sys.prefix`` and the version of an interpreter, which is started."""
    code = "import os, sys; print(os.path.realpath(sys.prefix), sys.version.split()[0])"
    prefix, version = subprocess.run([program, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return prefix, version


BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
NAMES = [
    "one/bin/python", "one/bin/python3", f"one/bin/{MINOR}", "linked/bin/python", "sub/../one/bin/python3", "outside",
    "two/bin/python3", "copied/bin/python", "copied/bin/python3", BASE,
]  # fmt: skip


@pytest.mark.parametrize("own", ["one/bin/python3", "linked/bin/python", "copied/bin/python3", BASE])
@pytest.mark.parametrize("other", NAMES)
def test_two_names_are_one_interpreter_when_their_prefix_is_one(place: Path, own: str, other: str) -> None:
    executable, wanted = str(place / own), str(place / other)
    prefix = prefix_and_version(executable)[0]
    same = prefix_and_version(wanted) == prefix_and_version(executable)
    assert (other_interpreter(wanted, executable, prefix) == "") is same


def test_a_name_in_path(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable = str(place / "one/bin/python3")
    monkeypatch.setenv("PATH", f"{place}/one/bin:/usr/bin:/bin")
    for wanted in ("python", "python3", MINOR, "/usr/bin/env python3", "env python3"):
        assert other_interpreter(wanted, executable) == "", wanted
    monkeypatch.setenv("PATH", f"{place}/two/bin:/usr/bin:/bin")
    assert f"{place}/two" in other_interpreter("python3", executable)


@pytest.mark.parametrize("wanted", ["none/bin/python", "python-of-another-machine", "", "python3 -I", "'", "shim"])
def test_what_is_not_known_to_be_the_same_is_another(place: Path, wanted: str) -> None:
    wanted = str(place / wanted) if wanted in ("none/bin/python", "shim") else wanted
    assert "interpreter" in other_interpreter(wanted, str(place / "one/bin/python3"))


def test_the_home_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(place))
    assert other_interpreter("~/one/bin/python", str(place / "one/bin/python3")) == ""


@pytest.mark.parametrize("wanted", ["~no-such-user/bin/python3", "/" + "x" * 300, "/a\0b", "x" * 5000, "''", "~"])
def test_names_of_no_program_are_other_interpreters(wanted: str) -> None:
    assert other_interpreter(wanted)
