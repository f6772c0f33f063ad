# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compares two JSON values leaf by leaf, and two states of a cluster object with secrets masked.

Fields of an object that the server maintains itself are not compared. A leaf is a scalar, or an empty list or map. Lists are compared by
position, except lists of maps whose items all have a ``name`` (containers, ports, environment): those by name, so that an inserted item
is one addition and not a shift of all. A secret's value is never shown: a change names the key, with ``********`` on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Union

from ..aliases import Json, JsonObject

Path = tuple[Union[str, int], ...]

MASK = "********"
_ABSENT = object()

#: what a server writes into metadata by itself
_SERVER_METADATA = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


@dataclass(frozen=True)
class FieldChange:
    """One leaf that differs.

    ``path`` as keys and indices; ``before`` / ``after`` are masked where secret; ``op``: add, remove, change.
    """

    op: str
    path: tuple[str | int, ...]
    before: Json = None
    after: Json = None


def leaves(before: Json, after: Json, path: Path = ()) -> Iterator[FieldChange]:
    """Every leaf that differs, in the order of the keys."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and (before or after):
        for key in sorted({*before, *after}, key=str):
            yield from leaves(before.get(key, _ABSENT), after.get(key, _ABSENT), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and (before or after):
        yield from _items(before, after, path)
    elif before is _ABSENT:
        yield from (FieldChange("add", where, None, leaf) for where, leaf in _flat(after, path))
    elif after is _ABSENT:
        yield from (FieldChange("remove", where, leaf, None) for where, leaf in _flat(before, path))
    elif (type(before) is not type(after) and not _both_numbers(before, after)) or before != after:
        yield FieldChange("change", path, before, after)


def _items(before: list[Json], after: list[Json], path: Path) -> Iterator[FieldChange]:
    old, new = _named(before), _named(after)
    if old is not None and new is not None:
        for name in [*old, *(name for name in new if name not in old)]:
            yield from leaves(old.get(name, _ABSENT), new.get(name, _ABSENT), (*path, name))
        return
    for index in range(max(len(before), len(after))):
        one = before[index] if index < len(before) else _ABSENT
        two = after[index] if index < len(after) else _ABSENT
        yield from leaves(one, two, (*path, index))


def _named(items: list[Json]) -> JsonObject | None:
    names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        return None
    return dict(zip(names, items, strict=True))  # type: ignore[arg-type]  # all are str, as was just seen


def _flat(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, Mapping) and value:
        for key in sorted(value, key=str):
            yield from _flat(value[key], (*path, key))
    elif isinstance(value, list) and value:
        names = _named(value)
        for index, item in enumerate(value):
            yield from _flat(item, (*path, item["name"] if names is not None else index))
    else:
        yield path, value


def _both_numbers(one: Json, two: Json) -> bool:
    return all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in (one, two))


def object_changes(before: Mapping[str, Json] | None, after: Mapping[str, Json] | None) -> tuple[FieldChange, ...]:
    """The changes of one object; ``None``: it does not exist before or after. Secret data is masked."""
    found = leaves(_comparable(before), _comparable(after))
    secret = _is_secret(before) or _is_secret(after)
    return tuple(masked(change) if secret else change for change in found)


def _comparable(obj: Mapping[str, Json] | None) -> Json:
    if obj is None:
        return _ABSENT
    tree = {key: value for key, value in obj.items() if key != "status"}
    if isinstance(tree.get("metadata"), Mapping):
        tree["metadata"] = {key: value for key, value in tree["metadata"].items() if key not in _SERVER_METADATA}
    return tree


def _is_secret(obj: Mapping[str, Json] | None) -> bool:
    return obj is not None and obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def masked(change: FieldChange) -> FieldChange:
    """A change of a Secret without its values.

    Annotations that hold a copy of the object are masked as well.
    """
    copies = change.path[:2] == ("metadata", "annotations") and "last-applied-configuration" in str(change.path[-1])
    if not change.path or not (change.path[0] in ("data", "stringData") or copies):
        return change
    before = MASK if change.op != "add" else None
    after = MASK if change.op != "remove" else None
    return FieldChange(change.op, change.path, before, after)


def masked_value(kind: str, path: Path, value: Json) -> Json:
    """A value of an object of that kind, masked where it is secret."""
    shown = masked(FieldChange("change", path, value, value)) if kind == "Secret" else FieldChange("change", path, value, value)
    return None if value is None else shown.after


def masked_object(obj: Mapping[str, Json]) -> JsonObject:
    """An object for display: the values of a Secret are masked."""
    if not _is_secret(obj):
        return dict(obj)
    shown = dict(obj)
    for key in ("data", "stringData"):
        if isinstance(shown.get(key), Mapping):
            shown[key] = dict.fromkeys(shown[key], MASK)
    metadata = shown.get("metadata")
    if isinstance(metadata, Mapping) and isinstance(metadata.get("annotations"), Mapping):
        annotations = {key: MASK if "last-applied" in str(key) else value for key, value in metadata["annotations"].items()}
        shown["metadata"] = {**metadata, "annotations": annotations}
    return shown
