# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A client-side patch for objects whose lists no strategic merge patch can express.

Helm fails there with ``failed to create patch``: for example for an item without its merge key, or for equal keys that do not match
``$setElementOrder``. The resulting object is computed here and sent as a JSON merge patch, which replaces whole lists.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...aliases import Json, JsonObject
from .merge_rules import equal, rule_of, scalar_text

Tree = Mapping[str, Json]
_ABSENT: Json = object()


def whole_patch(before: Tree, wanted: Tree, live: Tree, type_name: str) -> JsonObject:
    """A JSON merge patch from the live object to the resulting one; ``{}``: no change."""
    return _difference(live, _result(before, wanted, live, type_name))


def _result(before: Json, wanted: Tree, live: Json, type_name: str, retain: bool = False) -> JsonObject:
    before, live = (tree if isinstance(tree, Mapping) else {} for tree in (before, live))
    remaining = {key: value for key, value in live.items() if key not in before and not retain}
    found: JsonObject = {**remaining, **{key: live[key] for key in live if key in wanted}}
    for key, value in wanted.items():
        inner, strategies, merge_key = rule_of(type_name, key)
        if isinstance(value, Mapping) and "replace" not in strategies:
            found[key] = _result(before.get(key), value, live.get(key), inner, "retainKeys" in strategies)
        elif isinstance(value, list) and "merge" in strategies:
            lists = (before.get(key), live.get(key))
            before_keys, there = (items if isinstance(items, list) else [] for items in lists)
            found[key] = _items(before_keys, value, there, (inner, merge_key, "retainKeys" in strategies))
        else:
            found[key] = value
    return {key: value for key, value in found.items() if value is not None}


def _items(before: list[Json], wanted: list[Json], live: list[Json], rule: tuple[str, str, bool]) -> list[Json]:
    """The wanted items with the live fields of others, then the live items of others."""
    inner, merge_key, retain = rule
    if not merge_key or any(not isinstance(item, Mapping) for item in (*before, *wanted, *live)):
        return [*wanted, *(item for item in live if item not in before and item not in wanted)]
    before_keys, keys, live_keys = ([scalar_text(item.get(merge_key)) for item in items] for items in (before, wanted, live))
    others = [item for item, key in zip(live, live_keys, strict=True) if key not in before_keys and key not in keys]
    if any(len(set(names)) < len(names) for names in (before_keys, keys, live_keys)):
        return [*wanted, *others]
    old, there = dict(zip(before_keys, before, strict=True)), dict(zip(live_keys, live, strict=True))
    return [*(_result(old.get(key), item, there.get(key), inner, retain) for key, item in zip(keys, wanted, strict=True)), *others]


def _difference(old: Tree, new: Tree) -> JsonObject:
    patch: JsonObject = {key: None for key in old if key not in new}
    for key, value in new.items():
        there = old.get(key, _ABSENT)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            inner = _difference(there, value)
            if inner:
                patch[key] = inner
        elif there is _ABSENT or not equal(there, value):
            patch[key] = value
    return patch
