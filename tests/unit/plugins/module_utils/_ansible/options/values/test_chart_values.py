# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources of values, merged in Helm's order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.values.chart_values import (
    as_helm_reads,
    unquoted,
    user_values,
)
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ValuesError


def _values(**params: Any) -> dict[str, Any]:
    return user_values(Task(params=params, environ={}))


def test_files_then_values_then_set(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: {from: first, only: first}\nb: 1\nc: 1\n")
    (tmp_path / "b.yaml").write_text("a: {from: second}\nb: 2\n")
    got = _values(
        values_files=[str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")],
        release_values={"b": 3, "d": {"x": 1}},
        set_values=[{"value": "d.x=4", "value_type": "raw"}, {"value": "c=5"}],
    )
    assert got == {"a": {"from": "second", "only": "first"}, "b": 3.0, "c": 5, "d": {"x": 4}}


def test_the_kind_orders_not_the_list() -> None:
    entries = [
        {"value": "x=literal", "value_type": "literal"},
        {"value": "x=1", "value_type": "string"},
        {"value": "x=2", "value_type": "raw"},
        {"value": "x=3", "value_type": "json"},
    ]
    assert _values(set_values=entries) == {"x": "literal"}
    assert _values(set_values=entries[1:]) == {"x": "1"}
    assert _values(set_values=entries[2:]) == {"x": 2}


def test_file_kind_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("line\n")
    assert _values(set_values=[{"value": f"x={tmp_path}/text", "value_type": "file"}]) == {"x": "line\n"}


def test_numbers_are_floats_as_helm_reads_yaml() -> None:
    read = as_helm_reads({"n": 2, "deep": [{"m": 3}], "t": True})
    assert read == {"n": 2.0, "deep": [{"m": 3.0}], "t": True}
    assert isinstance(read["n"], float) and isinstance(read["deep"][0]["m"], float) and read["t"] is True


UNQUOTED = [
    ("key='a b'", "key=a b"),
    ('"key=a b"', "key=a b"),
    ("key=plain", "key=plain"),
    ("key=it's", "key=it's"),
    (r"node\.role=x", r"node\.role=x"),
    (r"node\\.role=x", r"node\.role=x"),
    ("key=a 'b c'", "key=a 'b c'"),
    ("list={a,b}", "list={a,b}"),
]


@pytest.mark.parametrize(("text", "expected"), UNQUOTED)
def test_unquoted(text: str, expected: str) -> None:
    assert unquoted(text) == expected


BAD = [
    ({"values_files": ["/no/such.yaml"]}, "/no/such.yaml"),
    ({"release_values": {"x": float("nan")}}, "release_values"),
    ({"set_values": [{"value": "a[x]=1"}]}, "a"),
]


@pytest.mark.parametrize(("params", "named"), BAD)
def test_bad(params: dict[str, Any], named: str) -> None:
    with pytest.raises(ValuesError, match=named):
        _values(**params)
