# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where caches are, and that they stay small."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters import cache_home as caches
from ansible_collections.windlass.charts.plugins.module_utils._adapters.cache_home import (
    cache_folder,
    cache_home,
    home_folder,
    prune,
    store,
)

OWN = pwd.getpwuid(os.geteuid()).pw_dir


@pytest.mark.parametrize(
    ("environ", "home", "cache"),
    [
        ({"HOME": "/h"}, "/h", "/h/.cache/windlass-charts"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/h", "/c/windlass-charts"),
        ({"HOME": "/h", "XDG_CACHE_HOME": ""}, "/h", "/h/.cache/windlass-charts"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "relative"}, "/h", "/h/.cache/windlass-charts"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "~/c"}, "/h", "/h/.cache/windlass-charts"),
        ({"XDG_CACHE_HOME": "/c\0"}, OWN, ""),
        ({"HOME": "relative"}, OWN, f"{OWN}/.cache/windlass-charts"),
        ({"HOME": ""}, OWN, f"{OWN}/.cache/windlass-charts"),
        ({}, OWN, f"{OWN}/.cache/windlass-charts"),
    ],
)
def test_where_caches_are(environ: dict[str, str], home: str, cache: str) -> None:
    assert (home_folder(environ), cache_home(environ)) == (home, cache)
    assert cache_folder(environ, "http") == (Path(cache, "http") if cache else None)


WITHOUT_ENTRY = """
import json, os, sys
sys.path[:0] = json.loads(sys.argv[1])
import conftest  # noqa: F401  makes the collection importable
from ansible_collections.windlass.charts.plugins.module_utils._adapters import cache_home as caches
os.setuid(54321)
print([caches.home_folder({}), caches.cache_home({}), caches.cache_folder({}, "x"), caches.cache_home({"XDG_CACHE_HOME": "/c"})])
"""


def test_a_user_without_an_entry_and_without_a_home_has_no_cache() -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    import json

    here = Path(__file__)
    paths = [*(str(above) for above in here.parents if above.name == "unit"), *sys.path]
    done = subprocess.run([sys.executable, "-c", WITHOUT_ENTRY, json.dumps(paths)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("['', '', None, '/c/windlass-charts']\n", "")


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert store(tmp_path / "new" / "entry", b"x") is True
    assert store(tmp_path / "file" / "entry", b"x") is False
    assert store(None, b"x") is False
    prune(tmp_path / "file")
    prune(tmp_path / "missing")
    prune(None)
    assert (tmp_path / "new" / "entry").read_bytes() == b"x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten entries of 100 bytes, each an hour older than the one before.

    Those with even numbers are each in a folder.
    """
    for number in range(10):
        path = tmp_path / (f"k{number}/body" if number % 2 == 0 else f"k{number}.json")
        store(path, b"x" * 100)
        os.utime(path, (time.time() - 3600 * number,) * 2)
    return tmp_path


def left(folder: Path) -> list[str]:
    return sorted(entry.name[1] for entry in folder.iterdir())


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, "0123456789"),
        ({"seconds": 3.5 * 3600}, "0123"),
        ({"files": 4}, "0123"),
        ({"limit": 499}, "0123"),
        ({"files": 0}, ""),
    ],
)
def test_the_newest_entries_stay(bounds: dict[str, float], expected: str, folder: Path) -> None:
    prune(folder, **bounds)  # type: ignore[arg-type]
    assert "".join(left(folder)) == expected


def test_links_are_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "file").write_bytes(b"")
    (folder / "k-link").symlink_to(elsewhere)
    prune(folder, files=0)
    assert (elsewhere / "file").exists()


def test_the_cache_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        store(tmp_path / f"{number}.json", b"x")
        prune(tmp_path, files=5)
    assert len(list(tmp_path.iterdir())) == 5
    assert caches.MAX_FILES >= 100
