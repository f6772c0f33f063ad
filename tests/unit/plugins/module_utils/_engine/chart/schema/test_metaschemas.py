# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schema that jsonschema-rs calls valid is valid by the walk, too. A new case is a new line."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.schema import evaluate, metaschemas
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.schema.faults import SchemaFault

pytest.importorskip("jsonschema_rs")

#: drafts ("" for all), the schema, whether it is valid
CASES = (
    ("", "true", True),
    ("", '{"type": "object", "properties": {"a": {"minimum": 2.50, "maximum": 1e3}}}', True),
    ("", '{"type": "objekt"}', False),
    ("", '{"properties": {"a": {"required": "b"}}}', False),
    ("", '{"minLength": -1}', False),
    ("", '{"minLength": 1.0}', True),
    ("", '{"minLength": 1.5}', False),
    ("", '{"maximum": 123456789012345678901234567890}', True),
    ("", '{"items": {"items": 1}}', False),
    ("draft-04", '{"$ref": 1}', False),
    ("draft-04", '{"exclusiveMinimum": true, "minimum": 1}', True),
    ("draft-04", '{"exclusiveMinimum": 1}', False),
    ("draft-06 draft-07 2019 2020", '{"exclusiveMinimum": true}', False),
    ("draft-06 draft-07", '{"enum": []}', False),
    ("draft-06 draft-07", '{"enum": [1, 1.0]}', False),
    ("2019 2020", '{"enum": []}', True),
    ("draft-07", '{"writeOnly": "yes"}', False),
    ("", '{"pattern": "a("}', False),
    ("", '{"pattern": "(?!a)"}', False),
    ("", '{"pattern": "(?P<name>a)\\\\z"}', True),
    ("draft-07 2019 2020", '{"patternProperties": {"a(": {}}}', False),
    ("draft-06 draft-07 2019 2020", '{"$id": "http://a b"}', False),
    ("2019 2020", '{"$anchor": "1a"}', False),
    ("2020", '{"$dynamicRef": "#node", "$defs": {"a": {"$dynamicAnchor": "node"}}}', True),
)


@pytest.mark.parametrize("url", metaschemas.DRAFTS)
@pytest.mark.parametrize(("drafts", "text", "valid"), CASES)
def test_the_same_verdict(url: str, drafts: str, text: str, valid: bool) -> None:
    walked = True
    try:
        evaluate._check_schema(json.loads(text), url)
    except SchemaFault:
        walked = False
    less_sure = "draft-04" in url and "1.0" in text  # there the library takes 1.0 for no integer, and Helm's does
    assert metaschemas.is_surely_valid(text, "", url) is (walked and not less_sure)
    if not drafts or any(draft in url for draft in drafts.split()):
        assert walked is valid or (text == "true" and "draft-04" in url)


def test_a_part() -> None:
    text = '{"$defs": {"a/b": {"type": "string"}}, "c": [{"type": 1}]}'
    url = metaschemas.LATEST
    assert metaschemas.is_surely_valid(text, "/$defs/a~1b", url)
    assert not metaschemas.is_surely_valid(text, "/c/0", url)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sure then, and the walk finds what is wrong."""
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    monkeypatch.setattr(metaschemas, "_QUICK", {})
    assert not metaschemas.is_surely_valid("{}", "", metaschemas.LATEST)
    assert evaluate.check({}, {}, text="{}") is None
    with pytest.raises(SchemaFault, match="not a valid JSON schema"):
        evaluate.check({"type": 1}, {}, text='{"type": 1}')


def test_the_walk_is_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise AssertionError("the metaschema was walked")

    monkeypatch.setattr(evaluate, "_check_schema", refuse)
    text = '{"type": "object", "definitions": {"a": {"type": "string"}}, "properties": {"a": {"$ref": "#/definitions/a"}}}'
    assert evaluate.check(json.loads(text), {"a": "x"}, text=text) is None
