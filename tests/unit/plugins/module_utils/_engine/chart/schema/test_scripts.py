# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schema's pattern with a script of Unicode: matched by RE2, and refused by name without it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.schema.validate import validate_one
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OperatorError
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig import regex

SCHEMAS = [
    {"properties": {"x": {"pattern": "^\\p{Han}+$"}}},
    {"patternProperties": {"^x$": {"type": "string"}, "\\p{Han}": {}}},
]


def judged(schema: object) -> str:
    return validate_one(json.dumps(schema).encode(), {"x": "漢字"}, "c", [])


@pytest.fixture
def without_re2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "re2", None)
    regex.compiled.cache_clear()
    yield
    regex.compiled.cache_clear()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_with_re2(schema: object) -> None:
    pytest.importorskip("re2")
    assert judged(schema) == ""


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.usefixtures("without_re2")
def test_without_re2(schema: object) -> None:
    with pytest.raises(OperatorError, match=r"pattern that cannot be checked: the regular expression uses \\p\{Han\}, .* google-re2"):
        judged(schema)
