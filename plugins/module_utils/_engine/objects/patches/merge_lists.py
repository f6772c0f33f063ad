# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Merges the two halves of a three-way strategic merge patch (apimachinery: ``mergeMap``).

The additions are merged into the deletions. Items of a list are found by their merge key, the first one that has it. With equal keys
several additions may be merged into one item, and an addition may be merged with a deletion: then an item is lost, in Helm's patch as in
this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...aliases import Json, JsonObject
from .merge_rules import equal, rule_of, scalar_text

ORDER = "$setElementOrder/"
DELETE = "$deleteFromPrimitiveList/"
RETAIN = "$retainKeys"

Items = list[JsonObject]


class Unmergeable(Exception):
    """Apimachinery computes no patch for these lists. Never leaves ``merge``."""


def key_text(item: Json, merge_key: str) -> str:
    """The merge key of an item as text. Raises ``Unmergeable``: the item has none."""
    if not isinstance(item, Mapping) or merge_key not in item:
        raise Unmergeable
    return scalar_text(item[merge_key])


def in_order(items: Sequence[Json], order: Sequence[Json], merge_key: str) -> list[Json]:
    """Items sorted as in ``order``; items that are to be deleted come last."""
    remaining = [item for item in items if item.get("$patch") != "delete"]
    gone = [item for item in items if item.get("$patch") == "delete"]
    return [*sorted(remaining, key=lambda item: _place(order, item[merge_key], merge_key)), *gone]


def combined(gone: JsonObject, added: JsonObject, type_name: str) -> JsonObject:
    """One patch of deletions and additions; both are changed. Raises ``Unmergeable``."""
    if RETAIN in added and gone.setdefault(RETAIN, added[RETAIN]) != added.pop(RETAIN):
        raise Unmergeable
    orders = {key[len(ORDER) :]: added.pop(key) for key in list(added) if key.startswith(ORDER)}
    for key, order in orders.items():
        inner, _strategies, merge_key = rule_of(type_name, key)
        _ordered(gone, added, key, order, inner, merge_key)
    for key, value in added.items():
        old = gone.get(key)
        inner, strategies, merge_key = rule_of(type_name, key)
        if isinstance(value, dict) and isinstance(old, dict) and "replace" not in strategies:
            gone[key] = combined(old, value, inner)
        elif isinstance(value, list) and isinstance(old, list) and "merge" in strategies and merge_key:
            gone[key] = _merged(old, value, inner, merge_key)
        else:
            gone[key] = value
    return gone


def _ordered(gone: JsonObject, added: JsonObject, key: str, order: list[Json], inner: str, merge_key: str) -> None:
    """A list and its wanted order, from both sides (apimachinery: ``mergePatchIntoOriginal``)."""
    if not equal(gone.setdefault(ORDER + key, order), order):
        raise Unmergeable
    if not merge_key:
        if key in added:
            gone[key] = sorted(added.pop(key), key=order.index)
            _check_order(gone[key], order)
        return
    if key in gone and not isinstance(gone[key], list):
        raise Unmergeable
    before, after = gone.get(key), added.get(key)
    _check_order([item[merge_key] for item in after or () if "$patch" not in item], [item[merge_key] for item in order])
    if before is not None and after is not None:
        items = _merged(before, after, inner, merge_key)
    elif before is None and after is None:
        return
    else:
        items = before or after or []
    gone[key] = _interleaved(items, order, before or [], merge_key)
    added.pop(key, None)


def _check_order(keys: Sequence[Json], order: Sequence[Json]) -> None:
    """Raises ``Unmergeable``: the keys do not come in that order (``validatePatchWithSetOrderList``)."""
    left = iter(order)
    if order and not all(any(equal(key, other) for other in left) for key in keys):
        raise Unmergeable


def _merged(before: Items, after: Items, inner: str, merge_key: str) -> Items:
    items = list(before)
    for item in after:
        at = _place(items, item[merge_key], merge_key)
        if at < len(items):
            items[at] = combined(items[at], item, inner)
        else:
            items.append(item)
    return _interleaved(items, after, before, merge_key)


def _interleaved(items: Items, wanted: Items, there: Items, merge_key: str) -> Items:
    """Items in the wanted order, with the items that it does not name between them, as before.

    Apimachinery: ``normalizeElementOrder``.
    """
    named = in_order([item for item in items if _place(wanted, item[merge_key], merge_key) < len(wanted)], wanted, merge_key)
    others = in_order([item for item in items if _place(wanted, item[merge_key], merge_key) == len(wanted)], there, merge_key)
    found: Items = []
    while named and others:
        left, right = (_place(there, side[0][merge_key], merge_key) for side in (others, named))
        found.append(others.pop(0) if left < right < len(there) else named.pop(0))
    return [*found, *named, *others]


def _place(items: Sequence[Json], key: Json, merge_key: str) -> int:
    """The index of the first item with that key; the length of the list where there is none."""
    return next((at for at, item in enumerate(items) if equal(item[merge_key], key)), len(items))
