# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments in the cache, which checkouts share."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """``tools/places.py`` for a checkout in a temporary folder."""
    spec = importlib.util.spec_from_file_location("places_under_test", ROOT / "tools" / "places.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "BUILD", tmp_path / ".build")
    monkeypatch.setattr(module, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(module, "python", lambda version: "/usr/bin/python3")
    (tmp_path / ".build").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "dev.txt").write_text("ruff==1\n")
    return module


def test_checkouts_with_the_same_requirements_share_an_environment(
    places: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def made(command: list[str], check: bool) -> None:
        calls.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)

    monkeypatch.setattr(places.subprocess, "run", made)
    first = places.venv("dev")
    assert first.is_relative_to(tmp_path / "cache" / "venv") and len(calls) == 2
    assert (tmp_path / ".build" / "venv-dev").resolve() == first.parent

    monkeypatch.setattr(places, "BUILD", tmp_path / "other" / ".build")
    assert places.venv("dev") == first
    assert (tmp_path / "other" / ".build" / "venv-dev").resolve() == first.parent
    assert len(calls) == 2


def test_other_requirements_have_another_environment(places: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.subprocess, "run", lambda command, check: "venv" in command and Path(command[-1]).mkdir(parents=True))
    first = places.venv("dev")
    (first.parent / "tool").touch()
    (tmp_path / "requirements" / "dev.txt").write_text("ruff==2\n")
    second = places.venv("dev")
    assert second != first and (first.parent / "tool").exists()
    assert (tmp_path / ".build" / "venv-dev").resolve() == second.parent


def test_an_installation_that_was_cut_short_begins_again(places: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(command: list[str], check: bool) -> None:
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True, exist_ok=True)
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(places.subprocess, "run", cut)
    with pytest.raises(KeyboardInterrupt):
        places.venv("dev")
    calls = []
    monkeypatch.setattr(places.subprocess, "run", lambda command, check: calls.append(command))
    (next((tmp_path / "cache" / "venv").glob("dev-*"))).mkdir(exist_ok=True)
    places.venv("dev")
    assert [command[2:4] for command in calls] == [["venv", "--clear"], ["pip", "install"]]


def test_a_folder_of_an_earlier_version_is_replaced_by_the_link(places: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.subprocess, "run", lambda command, check: "venv" in command and Path(command[-1]).mkdir(parents=True))
    (tmp_path / ".build" / "venv-dev" / "bin").mkdir(parents=True)
    assert places.venv("dev").parent == (tmp_path / ".build" / "venv-dev").resolve()
