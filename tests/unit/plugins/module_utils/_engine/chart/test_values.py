# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Coalescing: Helm 4's rules, one line a rule.

V: the parent's defaults, S: the subchart's, U: the user's.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, Metadata
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.values import coalesce, load_values, merge_values
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ValuesError
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError


def chart(defaults: dict[str, Any], **subcharts: dict[str, Any]) -> Chart:
    made = Chart(Metadata(name="c"), values=defaults)
    made.dependencies = [Chart(Metadata(name=name), values=values, parent=made) for name, values in subcharts.items()]
    return made


ALONE = [
    ("a default that is null is not there", {"a": None, "m": {"x": None, "k": 1}}, {}, {"m": {"k": 1}}),
    ("a null inside a list stays", {"l": [None, {"x": None}]}, {}, {"l": [None, {"x": None}]}),
    ("a given null deletes", {"a": 1, "m": {"x": 1, "y": 2}}, {"a": None, "m": {"x": None}}, {"m": {"y": 2}}),
    ("a given null over nothing stays", {"m": {}}, {"a": None, "m": {"x": None}}, {"a": None, "m": {"x": None}}),
    ("a given null over a null inside a table stays", {"m": {"x": None, "k": 1}}, {"m": {"x": None}}, {"m": {"x": None, "k": 1}}),
    ("a given null over a null at the top goes", {"a": None}, {"a": None}, {}),
    ("a scalar replaces a table", {"m": {"a": 1}}, {"m": 5}, {"m": 5}),
    ("an empty table clears nothing", {"m": {"a": 1}}, {"m": {}}, {"m": {"a": 1}}),
    ("lists are replaced", {"l": [1, 2, 3]}, {"l": [9]}, {"l": [9]}),
    ("the root has no global of its own making", {}, {}, {}),
]


@pytest.mark.parametrize(("rule", "defaults", "given", "expected"), ALONE, ids=[case[0] for case in ALONE])
def test_one_chart(rule: str, defaults: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert coalesce(chart(defaults), given) == (expected, [])


NESTED = [
    ("the subchart's defaults below the parent's section", {"s": {"a": 2}}, {"a": 1, "b": 1}, {}, {"a": 2, "b": 1, "global": {}}),
    ("a parent's default null deletes nothing in the subchart", {"s": {"k": None}}, {"k": 1}, {}, {"k": 1, "global": {}}),
    ("a given null deletes the subchart's default", {}, {"k": 1}, {"s": {"k": None}}, {"global": {}}),
    ("a null for the whole section, over the parent's table", {"s": {"j": 2}}, {"k": 1}, {"s": None}, {"k": 1, "global": {}}),
    ("a parent's null for the section", {"s": None}, {"k": 1}, {}, {"k": 1, "global": {}}),
    ("a subchart's own null", {}, {"k": None}, {}, {"global": {}}),
    ("globals run down, the parent's winning", {"global": {"a": 1, "m": {"x": 1}}}, {"global": {"a": 2, "m": {"x": 2, "y": 2}, "b": 2}}, {},
     {"global": {"a": 1, "m": {"x": 1, "y": 2}, "b": 2}}),
    ("a given null removes the parent's global, the subchart keeps its own", {"global": {"a": 1}}, {"global": {"a": 2}}, {"global": {"a": None}},
     {"global": {"a": 2}}),
    ("a given null for a global that the parent lacks removes the subchart's", {}, {"global": {"a": 2}}, {"global": {"a": None}}, {"global": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "defaults", "subchart", "given", "expected"), NESTED, ids=[case[0] for case in NESTED])
def test_subchart(rule: str, defaults: dict[str, Any], subchart: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]) -> None:
    values, _warnings = coalesce(chart(defaults, s=subchart), given)
    assert values["s"] == expected


def test_nothing_given_is_altered() -> None:
    defaults, given = {"m": {"a": None, "b": {"c": 1}}}, {"m": {"b": {"d": None}}, "global": {"x": {}}}
    made = chart(defaults, s={"global": {"x": {"y": 1}}})
    coalesce(made, given)
    assert defaults == {"m": {"a": None, "b": {"c": 1}}}
    assert given == {"m": {"b": {"d": None}}, "global": {"x": {}}}


def test_a_table_over_a_scalar_wins_with_a_warning_that_shows_no_value() -> None:
    values, warnings = coalesce(chart({"m": "hunter2"}), {"m": {"a": 1}})
    assert values == {"m": {"a": 1}}
    assert warnings == ["skipped value for c.m: Not a table."]
    values, warnings = coalesce(chart({"m": {"n": {"a": 1}}}), {"m": {"n": "hunter2"}})
    assert values == {"m": {"n": "hunter2"}}
    assert warnings == ["cannot overwrite table with non table for c.m.n"]


@pytest.mark.parametrize(("section", "helm"), [(5.0, "%!t(float64=5)"), (None, "%!t(<nil>)"), (True, "true")])
def test_a_section_that_is_no_table(section: Any, helm: str) -> None:
    pytest.importorskip("ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.printf")
    with pytest.raises(ValuesError, match="subchart 's' of c") as refused:
        coalesce(chart({}, s={}), {"s": section})
    assert refused.value.helm == f"type mismatch on s: {helm}"


def test_merging_keeps_nulls_and_copies() -> None:
    base = {"a": {"b": 1, "c": 2}, "l": [1], "n": 1}
    merged = merge_values(base, {"a": {"b": None}, "l": [2], "n": {"x": 1}})
    assert merged == {"a": {"b": None, "c": 2}, "l": [2], "n": {"x": 1}}
    assert base == {"a": {"b": 1, "c": 2}, "l": [1], "n": 1}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# nothing\n", {}),
        ("a: 1", {"a": 1.0}),
        ("---\na: 1\n--- # second\nb: 2\na: {c: 1}\n", {"a": {"c": 1.0}, "b": 2.0}),
        ("a: {b: 1}\n---\na: {c: 2}\n---\n", {"a": {"b": 1.0, "c": 2.0}}),
        ("a: 1\r\n---\r\nb: 2\r\n", {"a": 1.0, "b": 2.0}),
        ("a: |+\n  x", {"a": "x\n"}),
        ("a: |+\n  x\n", {"a": "x\n"}),
        ("a: |+\n  x\n\n---\nb: |+\n  y\n\n", {"a": "x\n\n", "b": "y\n\n"}),
    ],
)
def test_values_files(text: str, values: dict[str, Any]) -> None:
    assert load_values(text.encode()) == values


@pytest.mark.parametrize(
    ("text", "helm"),
    [
        (
            "- 1\n",
            "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: "
            "json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        ("--- x\n", "error reading yaml document: invalid Yaml document separator: x"),
        ("a: [", "cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 1: did not find expected node content"),
    ],
)
def test_values_files_that_are_refused(text: str, helm: str) -> None:
    with pytest.raises(YamlError) as refused:
        load_values(text.encode())
    assert refused.value.go_message == helm
