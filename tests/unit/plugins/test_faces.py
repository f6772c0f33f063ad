# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module has its twin in the controller's process and its options."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

PLUGINS = Path(specs.__file__ or "").parents[3]
MODULES = {p.stem for p in (PLUGINS / "modules").glob("*.py")}


def test_each_module_has_an_action() -> None:
    assert {p.stem for p in (PLUGINS / "action").glob("*.py")} == MODULES


def test_each_module_has_its_face() -> None:
    faces = {p.stem for p in (PLUGINS / "module_utils" / "_ansible" / "faces").glob("*.py")}
    assert faces - {"__init__"} == MODULES


def test_each_module_has_its_options() -> None:
    assert {name for name in MODULES if callable(getattr(specs, name, None))} == MODULES
