# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managers of fields, before and after client-side apply is left."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.managers import migrated, migration_patch, union


def entry(manager: str, operation: str, fields: dict[str, Any], version: str = "v1", **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "apiVersion": version, "fieldsType": "FieldsV1", "fieldsV1": fields, **more}


A, B = {"f:data": {"f:a": {}}}, {"f:data": {"f:b": {}}}
BOTH = {"f:data": {"f:a": {}, "f:b": {}}}
OTHER = entry("kubectl", "Update", A)
STATUS = entry("helm", "Update", {"f:status": {}}, subresource="status")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], []),
        ([OTHER], [OTHER]),
        ([entry("helm", "Update", A)], [entry("helm", "Apply", A)]),
        ([entry("helm", "Apply", A), entry("helm", "Update", B)], [entry("helm", "Apply", BOTH)]),
        ([entry("helm", "Update", B), OTHER, entry("helm", "Apply", A)], [OTHER, entry("helm", "Apply", BOTH)]),
        ([entry("helm", "Update", A), entry("helm", "Update", B)], [entry("helm", "Apply", BOTH)]),
        ([entry("helm", "Apply", A), entry("helm", "Update", B, "v2")], [entry("helm", "Apply", A)]),
        ([STATUS, entry("helm", "Update", A)], [STATUS, entry("helm", "Apply", A)]),
        ([STATUS], [STATUS]),
    ],
)
def test_migrated(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    assert migrated(before) == after
    assert migrated(after) == after


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        ({}, A, A),
        (A, B, BOTH),
        ({"f:a": {}}, {"f:a": {"f:b": {}}}, {"f:a": {".": {}, "f:b": {}}}),
        ({"f:a": {".": {}, "f:b": {}}}, {"f:a": {"f:c": {}}}, {"f:a": {".": {}, "f:b": {}, "f:c": {}}}),
    ],
)
def test_union(one: dict[str, Any], two: dict[str, Any], both: dict[str, Any]) -> None:
    for left, right in ((one, two), (two, one)):
        assert union(left, right) == both


def test_the_patch_names_the_version_it_was_made_for() -> None:
    live = {"metadata": {"resourceVersion": "7", "managedFields": [entry("helm", "Update", A)]}}
    managers, version = migration_patch(live) or ()
    assert (managers["path"], managers["value"]) == ("/metadata/managedFields", [entry("helm", "Apply", A)])
    assert (version["path"], version["value"]) == ("/metadata/resourceVersion", "7")
    assert migration_patch({"metadata": {}}) is None
