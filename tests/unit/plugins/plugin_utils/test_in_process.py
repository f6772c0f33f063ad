# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of the action plugins, without Ansible: plain values, environment and folder are restored."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.plugin_utils._in_process import applied, working_directory
from ansible_collections.windlass.charts.plugins.plugin_utils._plain import plain


class Text(str):
    """As a tagged string: a subclass."""


class Number(int):
    pass


def test_plain() -> None:
    tree = plain({Text("a"): [Text("b"), Number(2), True, None, 1.5], 1: {True: "x", None: (Text("y"),)}, "d": date(2026, 11, 21)})
    assert tree == {"a": ["b", 2, True, None, 1.5], "1": {"true": "x", "null": ["y"]}, "d": "2026-11-21"}
    assert [item.__class__ for item in tree["a"]] == [str, int, bool, type(None), float]
    assert all(key.__class__ is str for key in tree)
    assert json.loads(json.dumps(tree)) == tree


def test_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "before")
    monkeypatch.delenv("NEW", raising=False)
    with pytest.raises(RuntimeError), applied({"KEPT": Text("during"), "NEW": 5}):
        assert os.environ["KEPT"] == "during" and os.environ["NEW"] == "5"
        raise RuntimeError
    assert os.environ["KEPT"] == "before" and "NEW" not in os.environ


def test_folder_is_put_back(tmp_path: Path) -> None:
    before = Path.cwd()
    with pytest.raises(RuntimeError), working_directory(str(tmp_path)):
        assert Path.cwd() == tmp_path
        raise RuntimeError
    assert Path.cwd() == before
