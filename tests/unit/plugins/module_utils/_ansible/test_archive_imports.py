# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files in the archive of a module are compiled once, and are as before in all else."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible import archive_imports

PROGRAM = """
import collections, json, sys
compiled = collections.Counter()
def hook(event, arguments):
    if event == "compile" and "module.zip" in str(arguments[1]):
        compiled[str(arguments[1]).rpartition("module.zip")[2]] += 1
sys.addaudithook(hook)
sys.path.insert(0, "module.zip")
import pkg.archive_imports
if BEGIN:
    pkg.archive_imports.compile_once(pkg.__spec__.loader)
import pkg.one, pkg.sub, pkg.sub.two, top, other_place
files = {name: (module.__file__, module.__package__, list(getattr(module, "__path__", []))) for name, module in sorted(sys.modules.items())
         if "module.zip" in str(getattr(module, "__file__", ""))}
print(json.dumps([pkg.sub.two.VALUE, compiled, files, other_place.__file__]))
"""
SOURCES = {
    "pkg/__init__.py": "",
    "pkg/one.py": "from .sub import two\n",
    "pkg/sub/__init__.py": "VALUE = 1\n",
    "pkg/sub/two.py": "from . import VALUE\n",
    "top.py": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "module.zip", "w") as archive:
        for name, text in {**SOURCES, "pkg/archive_imports.py": inspect.getsource(archive_imports)}.items():
            archive.writestr(name, text)
    (tmp_path / "other_place.py").touch()
    return tmp_path


def run(folder: Path, begin: bool) -> list:
    program = PROGRAM.replace("BEGIN", str(begin))
    done = subprocess.run([sys.executable, "-S", "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    value, compiled, files, other = json.loads(done.stdout)
    return [value, compiled, files, other]


def test_each_file_is_compiled_once(folder: Path) -> None:
    late = ("/pkg/one.py", "/pkg/sub/__init__.py", "/pkg/sub/two.py", "/top.py")
    before, now = run(folder, False), run(folder, True)
    assert {before[1][name] for name in late} == {2}, "zipimport compiles each file once itself: remove archive_imports.py"
    assert {now[1][name] for name in late} == {1}
    assert (now[0], now[2], now[3]) == (before[0], before[2], before[3])


def test_outside_an_archive_nothing_changes() -> None:
    before = list(sys.path_hooks)
    archive_imports.compile_once(archive_imports.__spec__.loader)
    assert sys.path_hooks == before
