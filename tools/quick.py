# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One room alone, in seconds: ruff and the unit tests of its folders, and mypy, at the same time.

Tests that are marked slow are left out.

A room is the name of a folder below ``plugins/`` (``chart``, ``kube``, ``plugin_utils``) or its path there.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from places import ROOT, environment, say, venv

PLUGINS = ROOT / "plugins"
TESTS = ROOT / "tests" / "unit" / "plugins"


def rooms() -> dict[str, Path]:
    """Name -> path below ``plugins/`` of every folder with sources and unit tests.

    A name that two folders share is not included.
    """
    found: dict[str, list[Path]] = {}
    for folder in sorted(PLUGINS.rglob("*")):
        path = folder.relative_to(PLUGINS)
        if folder.is_dir() and any(folder.rglob("*.py")) and any((TESTS / path).rglob("test_*.py")):
            found.setdefault(folder.name, []).append(path)
            found.setdefault(path.as_posix(), []).append(path)
    return {name: paths[0] for name, paths in found.items() if len(set(paths)) == 1}


def quick(room: str) -> bool:
    known = rooms()
    path = known.get(room.strip("/"))
    if path is None:
        say(f"ROOM is {room!r}; it is one of: {', '.join(sorted(name for name in known if '/' not in name))}")
        return False
    bin_folder = venv("dev")
    env = environment(bin_folder)
    folders = [str(PLUGINS / path), str(TESTS / path)]
    steps = {
        "unit tests": (["python", "-m", "pytest", "-q", "-n", "4", "-m", "not slow", folders[1]], ROOT),
        "mypy": (["mypy", "--config-file", str(ROOT / "pyproject.toml")], PLUGINS),
        "ruff": (["ruff", "check", "--quiet", *folders], ROOT),
    }
    started = time.monotonic()
    running = {
        label: subprocess.Popen(
            [str(bin_folder / command[0]), *command[1:]], env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        for label, (command, cwd) in steps.items()
    }
    good = True
    for label, process in running.items():
        output, _nothing = process.communicate()
        if process.returncode:
            good = False
            print(output, end="")
        say(f"{label}: {'FAILED' if process.returncode else 'passed'}")
    say(f"{path}: {time.monotonic() - started:.1f} s")
    return good
