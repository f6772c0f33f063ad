# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``down`` ends exactly what ``up`` started, also after faults in between."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import controlplane
import pytest

PROGRAM = [sys.executable, controlplane.__file__]
PARTS = {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"}


def command(folder: Path, word: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*PROGRAM, word, "--dir", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def left_over(folder: Path) -> list[str]:
    """Command lines of living processes in which the folder occurs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line, state = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(), (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(folder) in line and state != "Z":
            found.append(line)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "plane"
    controlplane.down(tmp_path / "plane")


def test_two_side_by_side_from_the_command_line_leave_no_process(tmp_path: Path, programs: dict[str, Path]) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    try:
        started = [command(folder, "up") for folder in folders]
        configs = [Path(finished(process).strip()) for process in started]
        assert configs == [folder / "kubeconfig" for folder in folders]
        servers = {json.loads(config.read_text())["clusters"][0]["cluster"]["server"] for config in configs}
        assert len(servers) == 2
        assert all(config.stat().st_mode & 0o077 == 0 for config in configs)
        for folder in folders:
            assert {line.split()[0] for line in finished(command(folder, "status")).splitlines()} == PARTS
        finished(command(folders[0], "down"))
        assert left_over(folders[0]) == []
        assert set(controlplane.status(folders[1])) == PARTS
    finally:
        for folder in folders:
            finished(command(folder, "down"))
    assert left_over(tmp_path) == []
    ended = command(folders[1], "status")
    assert ended.communicate()[0].strip() == "down"
    assert ended.returncode == 3


def test_a_second_up_reuses_a_whole_control_plane_and_replaces_a_broken_one(folder: Path, programs: dict[str, Path]) -> None:
    config = controlplane.up(folder, programs).kubeconfig.read_text()
    first = controlplane.status(folder)
    assert controlplane.up(folder, programs).kubeconfig.read_text() == config
    assert controlplane.status(folder) == first
    os.kill(first["kube-scheduler"], signal.SIGKILL)
    while controlplane.status(folder):
        time.sleep(0.01)
    controlplane.up(folder, programs)
    again = controlplane.status(folder)
    assert set(again) == PARTS
    assert not set(again.values()) & set(first.values())
    assert len(left_over(folder)) == len(PARTS)


def test_down_finds_what_a_killed_up_has_started(folder: Path, programs: dict[str, Path]) -> None:
    up = command(folder, "up")
    deadline = time.monotonic() + 60
    while not left_over_programs(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    up.kill()
    up.communicate()
    assert left_over_programs(folder)
    controlplane.down(folder)
    assert left_over(folder) == []


def left_over_programs(folder: Path) -> list[str]:
    return [line for line in left_over(folder) if "controlplane.py" not in line]


def test_a_process_of_another_folder_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    marks = {controlplane.FOLDER_MARK: f"{folder}-2", controlplane.PART_MARK: "etcd"}
    with subprocess.Popen(["sleep", "60"], env={**os.environ, **marks}) as other:
        try:
            controlplane.down(folder)
            assert other.poll() is None
        finally:
            other.kill()


def test_down_needs_no_list(folder: Path, programs: dict[str, Path]) -> None:
    """``up`` may be killed between starting a program and writing anything about it."""
    marks = {controlplane.FOLDER_MARK: str(folder), controlplane.PART_MARK: "etcd"}
    with subprocess.Popen(["sleep", "60"], env={**os.environ, **marks}) as orphan:
        controlplane.down(folder)
        assert orphan.wait(timeout=5) == -signal.SIGTERM


def test_up_chooses_another_port_when_one_is_taken(folder: Path, programs: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """First the port of etcd is in use, then that of the API server, then none."""
    free, calls = controlplane._free_ports, []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        def ports(count: int) -> list[int]:
            found = free(count)
            calls.append(found)
            if len(calls) < 3:
                found[{1: 0, 2: 2}[len(calls)]] = taken.getsockname()[1]
            return found

        monkeypatch.setattr(controlplane, "_free_ports", ports)
        controlplane.up(folder, programs)
        assert len(calls) == 3
        assert len(left_over(folder)) == len(PARTS)


def test_a_part_that_cannot_start_is_named_and_nothing_stays(folder: Path, programs: dict[str, Path]) -> None:
    broken = folder.parent / "broken"
    broken.write_text("#!/bin/sh\necho no such luck >&2\nexit 7\n")
    broken.chmod(0o755)
    with pytest.raises(controlplane.ClusterError, match="kube-apiserver ended with 7: no such luck"):
        controlplane.up(folder, {**programs, "kube-apiserver": broken})
    assert left_over(folder) == []
