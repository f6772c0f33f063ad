# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A repository that the real helm added with ``--ca-file`` and a client certificate.

This collection uses and retains it, and so does helm afterwards. It adds the same repository with the same file.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

UNIT = Path(__file__).resolve().parents[1] / "unit"
sys.path.insert(0, str(UNIT / "plugins" / "module_utils" / "_adapters" / "charts" / "repository"))
_spec = importlib.util.spec_from_file_location("unit_conftest", UNIT / "conftest.py")  # which makes the collection importable
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))
import test_helms_repositories as unit


@pytest.fixture
def museum(tmp_path: Path) -> Iterator[Any]:
    made = unit.Museum(tmp_path, client=True)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}


def call(helm: Any, environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([helm.binary, *words], env=environ, capture_output=True, text=True, timeout=60, check=False)


def added(helm: Any, environ: dict[str, str], museum: Any) -> Path:
    files = ["--ca-file", str(museum.ca), "--cert-file", str(museum.ca), "--key-file", str(museum.key)]
    done = call(helm, environ, "repo", "add", "sea", museum.url, *files, "--username", "me", "--password", "pass")
    assert done.returncode == 0, done.stderr
    return Path(environ["HOME"], ".config", "helm", "repositories.yaml")


def test_helms_file_stays_as_it_is(helm: Any, museum: Any, environ: dict[str, str]) -> None:
    file = added(helm, environ, museum)
    before = file.read_bytes()
    params = {**unit.OPTIONS, "repo_url": museum.url, "repo_username": "me", "repo_password": "pass", "search": ""}
    result = unit.chart_repository(unit.Task(params=params, environ=environ))
    assert (result["changed"], [found["name"] for found in result["charts"]]) == (False, ["sea/pier"])
    assert file.read_bytes() == before
    for reference in (unit.ChartReference("sea/pier"), unit.ChartReference("pier", repo_url=museum.url)):
        assert unit.resolve(reference, environ).chart.metadata.version == "1.0.0"


def test_the_file_is_the_one_that_helm_writes(helm: Any, museum: Any, environ: dict[str, str]) -> None:
    file = added(helm, environ, museum)
    theirs = file.read_bytes()
    file.unlink()
    params = {**unit.OPTIONS, "repo_url": museum.url, "repo_username": "me", "repo_password": "pass", **unit.files_of(museum)}
    assert [unit.chart_repository(unit.Task(params=params, environ=environ))["changed"] for _turn in range(2)] == [True, False]
    assert file.read_bytes() == theirs


def test_helm_goes_on_with_what_was_changed(helm: Any, museum: Any, environ: dict[str, str], tmp_path: Path) -> None:
    added(helm, environ, museum)
    params = {**unit.OPTIONS, "repo_url": museum.url, "repo_username": "you", "repo_password": "word"}
    assert unit.chart_repository(unit.Task(params=params, environ=environ))["changed"]
    done = call(helm, environ, "pull", "sea/pier", "-d", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert museum.requested[-1][1] == "Basic eW91OndvcmQ="


@pytest.mark.parametrize(
    ("digest", "message"),
    [("md5:" + "0" * 32, "invalid digest length: 16"), ("no hex", "encoding/hex: invalid byte"), ("0" * 62, "invalid digest length: 31")],
)
def test_a_digest_that_is_no_sha256(digest: str, message: str, helm: Any, museum: Any, environ: dict[str, str], tmp_path: Path) -> None:
    museum.digest = digest
    added(helm, environ, museum)
    done = call(helm, environ, "pull", "sea/pier", "-d", str(tmp_path))
    with pytest.raises(unit.RepositoryError, match="is not a SHA-256 checksum"):
        unit.resolve(unit.ChartReference("sea/pier"), environ)
    assert done.returncode == 1
    assert message in done.stderr
