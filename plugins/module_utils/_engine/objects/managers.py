# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Migrates field managers from client-side to server-side apply (client-go: ``util/csaupgrade``).

An object that Helm 3 made, or Helm 4 with client-side apply, has its fields under manager ``helm``, operation Update; one that
``kubectl apply`` made and a release adopts has them under ``kubectl-client-side-apply``. Applied server-side by ``helm``, operation
Apply, it would have two managers: every change would be a conflict, and a field that the chart drops would stay, owned by the other
manager. So the Update entries become the Apply entry first, with one patch that names the resource version, as
``helm upgrade --server-side=true`` does. Fields of subresources (status, scale) are not changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aliases import Json, JsonObject
from .fields import released

MANAGER = "helm"
#: managers of client-side apply: Helm, ``kubectl apply``, and the server's name for all before an object's first apply
OLD_MANAGERS = frozenset({MANAGER, "kubectl-client-side-apply", "before-first-apply"})
Entry = JsonObject


def _is(entry: Mapping[str, Json], operation: str) -> bool:
    applied_by_helm = entry.get("manager") == MANAGER if operation == "Apply" else entry.get("manager") in OLD_MANAGERS
    return applied_by_helm and entry.get("operation") == operation and not entry.get("subresource")


def needs_migration(obj: Mapping[str, Json]) -> bool:
    """Whether client-side apply, Helm's or kubectl's, manages fields of a live object."""
    return any(_is(entry, "Update") for entry in (obj.get("metadata") or {}).get("managedFields") or [])


def migrated(entries: Sequence[Mapping[str, Json]]) -> list[Entry]:
    """The managedFields with Helm's Update entries merged into its Apply entry."""
    result: list[Entry] = [dict(entry) for entry in entries]
    place = next((index for index, entry in enumerate(result) if _is(entry, "Apply")), None)
    if place is None:
        # The server lists the most recent entry first.
        place = next((index for index, entry in enumerate(result) if _is(entry, "Update")), None)
        if place is None:
            return result
        result[place]["operation"] = "Apply"
        result[place]["manager"] = MANAGER
    version = result[place].get("apiVersion")
    for same in [entry for entry in result if _is(entry, "Update") and entry.get("apiVersion") == version]:
        result[place]["fieldsV1"] = union(result[place].get("fieldsV1") or {}, same.get("fieldsV1") or {})
    return [entry for entry in result if not _is(entry, "Update")]


def union(one: Mapping[str, Json], two: Mapping[str, Json]) -> JsonObject:
    """The union of two sets of fields, as trees that the API writes (structured-merge-diff).

    ``{}`` is a leaf, ``.`` the parent itself.
    """
    merged: JsonObject = {}
    for key in sorted({*one, *two}):
        if key not in one:
            merged[key] = two[key]
        elif key not in two:
            merged[key] = one[key]
        else:
            left, right = one[key], two[key]
            both = union(left, right)
            if bool(left) != bool(right):  # the field itself on one side, only its children on the other
                both["."] = {}
            merged[key] = both
    return merged


def after_migration(live: Mapping[str, Json], answer: JsonObject, wanted: Mapping[str, Json]) -> JsonObject:
    """The answer of a forced dry run as it will be after the migration of field managers.

    Without the migration the answer still holds fields that only the old managers own and that are not applied any more; they are removed.

    :param wanted: the object that is applied.
    """
    entries = (live.get("metadata") or {}).get("managedFields") or []
    old = [entry.get("fieldsV1") or {} for entry in entries if _is(entry, "Update")]
    others = [entry.get("fieldsV1") or {} for entry in entries if not _is(entry, "Update") and not _is(entry, "Apply")]
    for fields in old:
        answer = released(answer, fields, wanted, others)
    return answer


def migration_patch(obj: Mapping[str, Json]) -> list[JsonObject] | None:
    """The JSON patch for a live object, ``None`` where there is nothing to do.

    A version that is not the newest makes it a conflict.
    """
    if not needs_migration(obj):
        return None
    metadata = obj["metadata"]
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": migrated(metadata["managedFields"])},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
    ]
