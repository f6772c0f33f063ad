# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""From client-side to server-side apply: who manages which field (client-go: ``util/csaupgrade``).

An object that Helm 3 made, or Helm 4 with client-side apply, has its fields under manager ``helm``, operation Update. Applied
server-side by ``helm``, operation Apply, it would have two managers: every change would be a conflict, and a field that the
chart drops would stay, held by the other. So the Update entries become the Apply entry first, with one patch that names the resource
version, as ``helm upgrade --server-side=true`` does. Fields of subresources (status, scale) are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MANAGER = "helm"
Entry = dict[str, Any]


def _is(entry: Mapping[str, Any], operation: str) -> bool:
    return entry.get("manager") == MANAGER and entry.get("operation") == operation and not entry.get("subresource")


def needs_migration(obj: Mapping[str, Any]) -> bool:
    """Whether client-side apply of Helm's manages fields of a live object."""
    return any(_is(entry, "Update") for entry in (obj.get("metadata") or {}).get("managedFields") or [])


def migrated(entries: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """The managedFields with Helm's Update entries made one with its Apply entry."""
    result: list[Entry] = [dict(entry) for entry in entries]
    place = next((index for index, entry in enumerate(result) if _is(entry, "Apply")), None)
    if place is None:
        # The server lists the most recent entry first.
        place = next((index for index, entry in enumerate(result) if _is(entry, "Update")), None)
        if place is None:
            return result
        result[place]["operation"] = "Apply"
    version = result[place].get("apiVersion")
    same = next((entry for entry in result if _is(entry, "Update") and entry.get("apiVersion") == version), None)
    if same is not None:
        result[place]["fieldsV1"] = union(result[place].get("fieldsV1") or {}, same.get("fieldsV1") or {})
    return [entry for entry in result if not _is(entry, "Update")]


def union(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """Two sets of fields as the tree that the API writes (structured-merge-diff): ``{}`` is a leaf, ``.`` the parent itself."""
    merged: dict[str, Any] = {}
    for key in sorted({*one, *two}):
        if key not in one:
            merged[key] = two[key]
        elif key not in two:
            merged[key] = one[key]
        else:
            left, right = one[key], two[key]
            both = union(left, right)
            if bool(left) != bool(right):  # a field of its own on one side, only its children on the other
                both["."] = {}
            merged[key] = both
    return merged


def migration_patch(obj: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The JSON patch for a live object, ``None`` where there is nothing to do. A version that is not the newest makes it a conflict."""
    if not needs_migration(obj):
        return None
    metadata = obj["metadata"]
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": migrated(metadata["managedFields"])},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
    ]
