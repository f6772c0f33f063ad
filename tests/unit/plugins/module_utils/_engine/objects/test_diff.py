# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences, leaf by leaf; secrets are never shown."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.diff import (
    MASK,
    FieldChange,
    leaves,
    masked_object,
    object_changes,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": "1"}, [("change", ("a",), 1, "1")]),
        ({"a": 1}, {"a": True}, [("change", ("a",), 1, True)]),
        ({"a": None}, {"a": None}, []),
        ({"a": None}, {}, [("remove", ("a",), None, None)]),
        ({}, {"a": {"b": 1, "c": []}}, [("add", ("a", "b"), None, 1), ("add", ("a", "c"), None, [])]),
        ({"a": {"b": 1}}, {"a": {}}, [("remove", ("a", "b"), 1, None)]),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, [("change", ("a", 1), 2, 3), ("add", ("a", 2), None, 4)]),
        ({"a": [{"name": "x", "v": 1}]}, {"a": [{"name": "y", "v": 2}, {"name": "x", "v": 1}]},
         [("add", ("a", "y", "name"), None, "y"), ("add", ("a", "y", "v"), None, 2)]),
        ({"a": [{"name": "x"}, {"name": "x"}]}, {"a": [{"name": "x"}]}, [("remove", ("a", 1, "name"), "x", None)]),
        ({"a": {"b": 1}}, {"a": [1]}, [("change", ("a",), {"b": 1}, [1])]),
    ],
)
def test_leaves(before: Any, after: Any, changes: list[tuple[Any, ...]]) -> None:
    assert list(leaves(before, after)) == [FieldChange(*change) for change in changes]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
)


@settings(max_examples=80, deadline=None)
@given(JSON, JSON)
def test_equal_values_have_no_changes_and_others_do(one: Any, two: Any) -> None:
    assert list(leaves(one, one)) == []
    assert bool(list(leaves(one, two))) == (one != two or str(one) != str(two))


def test_what_the_server_counts_is_no_change() -> None:
    before = {"kind": "A", "metadata": {"name": "a", "resourceVersion": "1", "generation": 1, "managedFields": [1]}, "status": {"x": 1}}
    after = {"kind": "A", "metadata": {"name": "a", "resourceVersion": "2", "uid": "u"}, "status": {"x": 2}}
    assert object_changes(before, after) == ()
    assert [change.path for change in object_changes(None, after)] == [("kind",), ("metadata", "name")]
    assert [change.op for change in object_changes(after, None)] == ["remove", "remove"]


def test_a_secret_is_never_shown() -> None:
    def secret(value: str) -> dict[str, Any]:
        copy = {"kubectl.kubernetes.io/last-applied-configuration": f"holds {value}"}
        metadata = {"name": "s", "annotations": copy}
        body = {"data": {"k": value}, "stringData": {"l": value}, "type": value[:1]}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, **body}

    for before, after in ((secret("hunter1"), secret("hunter2")), (None, secret("hunter2")), (secret("hunter1"), None)):
        changes = object_changes(before, after)
        assert changes and "hunter" not in repr(changes)
    assert {change.path: change.before for change in object_changes(secret("hunter1"), secret("hunter2"))}[("data", "k")] == MASK
    assert "hunter" not in repr({key: value for key, value in masked_object(secret("hunter1")).items() if key != "metadata"})
