# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schemas that recurse, multiply or reach out: judged, or refused with a sentence, in bounded time."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.schema.validate import validate_one
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartError

pytestmark = pytest.mark.slow

DRAFT = {"$schema": "http://json-schema.org/draft-07/schema#"}


def judged(schema: Any, values: Any) -> str:
    text = schema if isinstance(schema, str) else json.dumps({**DRAFT, **schema})
    return validate_one(text.encode(), values, "c", [])


def chain(keyword: str, length: int = 40) -> dict[str, Any]:
    """Each definition refers to the next one twice."""
    below = [{"$ref": "#/definitions/a%d"}] * 2
    defs = {f"a{i}": {keyword: json.loads(json.dumps(below).replace("%d", str(i + 1)))} for i in range(length)}
    defs[f"a{length}"] = {"type": "string"}
    return {"definitions": defs, "properties": {"x": {"$ref": "#/definitions/a0"}}}


def deep(levels: int) -> Any:
    value: Any = 1
    for _level in range(levels):
        value = {"n": value}
    return value


TREE = {
    "definitions": {"t": {"type": ["object", "integer"], "properties": {"n": {"$ref": "#/definitions/t"}}}},
    "properties": {"x": {"$ref": "#/definitions/t"}},
}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
@pytest.mark.parametrize("value", [1, "s"])
def test_references_that_double_are_refused(keyword: str, value: Any) -> None:
    with pytest.raises(ChartError, match=r"^values\.schema\.json of chart c needs more than \d+ steps .*simplify it"):
        judged(chain(keyword), {"x": value})


def test_a_tree_of_values_may_be_as_deep_as_yaml_may() -> None:
    assert judged(TREE, {"x": deep(395)}) == ""
    assert "got string, want" in judged(TREE, {"x": json.loads(json.dumps(deep(395)).replace("1", '"s"'))})


def test_values_that_are_deeper_than_any_are_refused() -> None:
    with pytest.raises(ChartError, match="has more than 900 nested subschemas"):
        judged(TREE, {"x": deep(1000)})


def test_going_round_about_one_value_is_helms_finding() -> None:
    assert "causing reference cycle" in judged({"$ref": "#"}, {"a": 1})
    assert "causing reference cycle" in judged(
        {"definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}]}}, "$ref": "#/definitions/a"}, 1
    )


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*b"])
def test_patterns_do_not_explode(pattern: str) -> None:
    started = time.process_time()
    judged({"properties": {"x": {"pattern": pattern}}, "patternProperties": {pattern: {}}}, {"x": "a" * 40 + "c", "a" * 40 + "c": 1})
    assert time.process_time() - started < 5


def test_many_elements_are_compared_in_linear_time() -> None:
    unique: dict[str, Any] = {"properties": {"x": {"uniqueItems": True}}}
    assert judged(unique, {"x": [{"i": i, "l": [i]} for i in range(20000)]}) == ""
    assert "items at 1 and 3 are equal" in judged(unique, {"x": [True, 1, "1", 1.0, {"a": 1}, {"a": 1.0}]})
    assert judged(unique, {"x": [True, 1, "1", [], {}, None, False, 0, [0], [False]]}) == ""


@pytest.mark.parametrize("number", ["1e-100000000", "1e999999999", "-1E+99999999999999999999"])
def test_numbers_beyond_gos_are_what_they_are_to_helm(number: str) -> None:
    found = judged(f'{{"properties": {{"x": {{"maximum": {number}}}}}}}', {"x": 10})
    assert found == "unable to validate schema: runtime error: invalid memory address or nil pointer dereference"


def test_a_schema_that_is_nested_without_end_is_refused() -> None:
    assert judged('{"a":' * 20000 + "1" + "}" * 20000, {}) == "exceeded max depth"


@pytest.mark.parametrize("ref", ["http://127.0.0.1:9/x.json", "https://127.0.0.1:9/x", "file:///etc/hostname", "other.json"])
def test_nothing_is_fetched(ref: str) -> None:
    assert "schemas are never fetched" in judged({"properties": {"x": {"$ref": ref}}}, {"x": 1})
