# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A virtual environment that checkouts share through a link is never cleared through the link."""

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
    monkeypatch.setattr(module, "python", lambda version: "/usr/bin/python3")
    (tmp_path / ".build").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "dev.txt").write_text("ruff==1\n")
    return module


def test_a_linked_environment_of_other_requirements_is_refused_and_not_changed(places: ModuleType, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "tool").touch()
    (tmp_path / ".build" / "venv-dev").symlink_to(shared)
    with pytest.raises(SystemExit, match="is a link to"):
        places.venv("dev")
    assert (shared / "tool").exists()


def test_a_linked_environment_of_the_same_requirements_is_used(places: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def made(command: list[str], check: bool) -> None:
        calls.append(command)
        (tmp_path / ".build" / "venv-dev").mkdir(exist_ok=True)

    monkeypatch.setattr(places.subprocess, "run", made)
    first = places.venv("dev")
    assert first == tmp_path / ".build" / "venv-dev" / "bin" and len(calls) == 2

    other = tmp_path / "other"
    (other / ".build").mkdir(parents=True)
    (other / ".build" / "venv-dev").symlink_to(tmp_path / ".build" / "venv-dev")
    monkeypatch.setattr(places, "BUILD", other / ".build")
    assert places.venv("dev") == first
    assert len(calls) == 2
