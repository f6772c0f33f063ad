# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where bytecode is kept: in the user's cache if that is the user's alone, and nowhere else."""

from __future__ import annotations

import compileall
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.plugin_utils import _bytecode

PROGRAM = """
import os, sys
from plugin_utils._bytecode import keep_bytecode
keep_bytecode(os.environ, "a.module_utils")
import a.module_utils.one.two, a.module_utils
print(a.module_utils.one.two.WORD, sys.dont_write_bytecode, sys.pycache_prefix)
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    folder = tmp_path / "plugins"
    (folder / "module_utils" / "one").mkdir(parents=True)
    for name in ("__init__", "one/__init__"):
        (folder / "module_utils" / f"{name}.py").touch()
    (folder / "module_utils" / "one" / "two.py").write_text("WORD = 'first'\n")
    (folder / "a.py").write_text("__path__ = []\n")
    (folder / "plugin_utils").mkdir()
    shutil.copy(inspect.getfile(_bytecode), folder / "plugin_utils")
    return folder


def run(plugins: Path, **environ: str) -> str:
    """What the program prints; it is given a home of its own."""
    home = plugins.parent / "home"
    home.mkdir(exist_ok=True)
    given = {"HOME": str(home), "PYTHONPATH": str(plugins), **environ}
    done = subprocess.run([sys.executable, "-S", "-c", PROGRAM], env=given, cwd=plugins.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def kept(plugins: Path) -> set[str]:
    """The bytecode of the package: paths below the parent of ``plugins``, without the version of Python."""
    found = (path.relative_to(plugins.parent) for path in plugins.parent.rglob("*.pyc") if "module_utils" in path.parts)
    return {f"{path.parent}/{path.name.partition('.')[0]}".replace(str(plugins.parent)[1:], "ROOT") for path in found}


CACHED = {f"home/.cache/windlass-charts/bytecode/ROOT/plugins/module_utils/{name}" for name in ("__init__", "one/__init__", "one/two")}
NEXT_TO_SOURCES = {f"plugins/module_utils/{name}" for name in ("__pycache__/__init__", "one/__pycache__/__init__", "one/__pycache__/two")}


def test_in_the_users_cache(plugins: Path) -> None:
    assert run(plugins) == "first False None\n"
    assert kept(plugins) == CACHED
    assert (plugins.parent / "home/.cache/windlass-charts/bytecode").stat().st_mode & 0o777 == 0o700


def test_also_where_python_writes_none(plugins: Path) -> None:
    assert run(plugins, PYTHONDONTWRITEBYTECODE="1") == "first True None\n"
    assert kept(plugins) == CACHED


def test_it_is_read(plugins: Path) -> None:
    """Other bytecode with the time and the size of the source is run in its place, as by Python itself."""
    run(plugins)
    source = plugins / "module_utils/one/two.py"
    before = source.stat()
    source.write_text("WORD = 'other'\n")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run(plugins) == "first False None\n"
    os.utime(source, (1, 1))
    assert run(plugins) == "other False None\n"


def test_the_prefix_of_the_user_comes_first(plugins: Path) -> None:
    prefix = plugins.parent / "mine"
    assert run(plugins, PYTHONPYCACHEPREFIX=str(prefix)) == f"first False {prefix}\n"
    assert kept(plugins) == {name.replace("home/.cache/windlass-charts/bytecode", "mine") for name in CACHED}


def test_what_an_image_was_built_with_is_used(monkeypatch: pytest.MonkeyPatch, plugins: Path) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)  # these tests may run with one
    assert compileall.compile_dir(plugins / "module_utils", quiet=1)
    assert run(plugins) == "first False None\n"
    assert kept(plugins) == NEXT_TO_SOURCES


def others_can_read(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)


def a_link(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    (folder.parent / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to("elsewhere")


def a_file(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.touch()


@pytest.mark.parametrize("make", [others_can_read, a_link, a_file])
def test_a_folder_that_is_not_the_users_alone(make: Callable[[Path], None], plugins: Path) -> None:
    make(plugins.parent / "home/.cache/windlass-charts/bytecode")
    assert run(plugins) == "first False None\n"
    assert kept(plugins) == set()


@pytest.mark.parametrize("home", ["/dev/null", "relative", ""])
def test_without_a_cache(home: str, plugins: Path) -> None:
    assert run(plugins, HOME=home) == "first False None\n"
    assert kept(plugins) == set()


def test_another_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    assert _bytecode.private_folder(environ) == f"{tmp_path}/windlass-charts/bytecode"
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    assert _bytecode.private_folder(environ) == ""
