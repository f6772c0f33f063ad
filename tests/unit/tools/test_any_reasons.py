# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of ``Any``: which uses need a reason, and where the reason is accepted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools/any_reasons.py"

if not TOOL.is_file():
    pytest.skip("tools are not part of a built collection", allow_module_level=True)


def _load():
    spec = importlib.util.spec_from_file_location("windlass_any_reasons", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


any_reasons = _load()


@pytest.mark.parametrize(
    "line",
    [
        "def load(name: str) -> Any: ...",
        "value: dict[str, Any] = {}",
        "value: 'dict[str, Any]' = {}",
        "value = cast('Any', 1)",
        "value: typing.Any = 1",
        "from typing import Any as Anything",
        "Value = Any  # some value",
        "Value = Any  # Any:",
    ],
)
def test_a_use_without_a_reason_is_found(line):
    assert list(any_reasons.find(f"import typing\n{line}\n")) == [2]


@pytest.mark.parametrize(
    "source",
    [
        "from typing import Any\n",
        '"""Any value."""\n',
        "text = 'Any file'\n",
        "print('Any file')  # Any of them\n",
        "value: Any = 1  # Any: the library has no types\n",
        "value: Any = 1  # noqa: UP006  # Any: the library has no types\n",
        "# Any: the library has no types\nvalue: Any = 1\n",
        "# Any: the library has no types;\n# it is optional\nvalue: Any = 1\n",
    ],
)
def test_imports_texts_and_uses_with_a_reason_are_not_found(source):
    assert list(any_reasons.find(source)) == []


def test_a_reason_counts_for_the_next_line_only():
    assert list(any_reasons.find("one: Any = 1  # Any: a reason\ntwo: Any = 2\n# Any: a reason\nthree: Any = 3\nfour: Any = 4\n")) == [2, 5]


def test_each_line_of_a_signature_needs_a_reason():
    assert list(any_reasons.find("def load(\n    one: Any,  # Any: a reason\n    two: Any,\n) -> Any: ...\n")) == [3, 4]


def test_the_file_of_aliases_is_left_out_and_places_are_shown(tmp_path):
    for name in (any_reasons.ALIASES, "plugins/modules/chart.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("\nJson = Any\n")
    assert any_reasons.search(tmp_path) == ["plugins/modules/chart.py:2"]


def test_this_checkout_has_a_reason_for_each_use():
    assert any_reasons.search() == []
