# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Client-side apply: the patch made of what was applied, what is wanted and what is there (apimachinery: ``strategicpatch``).

Built-in kinds get a strategic merge patch, three-way (Helm: ``createPatch``): what is wanted and is not there, or otherwise, is set; what
was applied and is no longer wanted goes; anything else that is there stays. Lists that have a merge key are merged item by item, lists
of scalars with the strategy ``merge`` as sets, all others are replaced. Kinds that Helm's client does not know as types get a JSON merge
patch from what was applied to what is wanted: what somebody changed meanwhile stays, unless the wanted value has changed as well.

A patch here leaves out what would change nothing (Go's asks to delete also what has gone already).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .patch_keys import KINDS, TYPES

Tree = Mapping[str, Any]
_ABSENT: Any = object()


def patch_between(original: Tree | None, wanted: Tree, live: Tree) -> tuple[str, dict[str, Any]]:
    """The kind of the patch (``strategic`` or ``merge``) and the patch; ``{}``: nothing is to be done.

    :param original: what the last revision applied; ``None``: nothing is known of it, so nothing goes.
    """
    before = original if original is not None else {}
    name = KINDS.get(f"{wanted.get('apiVersion')}/{wanted.get('kind')}")
    if name is None:
        return "merge", _json_merge(before, wanted)
    if before.get("apiVersion") != wanted.get("apiVersion") and before:
        before = {**before, "apiVersion": wanted.get("apiVersion")}
    return "strategic", _merge_map(before, wanted, live, name, False)


def _json_merge(before: Any, wanted: Any) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, value in wanted.items():
        old = before.get(key, _ABSENT)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            inner = _json_merge(old, value)
            if inner:
                patch[key] = inner
        elif not _equal(old, value):
            patch[key] = value
    patch.update({key: None for key in before if key not in wanted})
    return patch


def rule_of(type_name: str, key: str) -> tuple[str, list[str], str]:
    """Type, strategies and merge key of a field."""
    for entry in TYPES.get(type_name, "").split():
        field, _colon, rules = entry.partition(":")
        name, _arrow, inner = field.partition(">")
        if name == key:
            strategies, _colon, merge_key = rules.partition(":")
            return inner, strategies.split(",") if strategies else [], merge_key
    return "", [], ""


def _merge_map(before: Any, wanted: Tree, live: Tree, type_name: str, retain: bool) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    before = before if isinstance(before, Mapping) else {}
    for key, value in wanted.items():
        there = live.get(key, _ABSENT)
        if there is _ABSENT:
            if value is not None:
                patch[key] = value
        elif isinstance(value, Mapping) and isinstance(there, Mapping):
            inner, strategies, _key = rule_of(type_name, key)
            if "replace" in strategies:
                found: Any = {} if _equal(there, value) else value
            else:
                found = _merge_map(before.get(key), value, there, inner, "retainKeys" in strategies)
            if found:
                patch[key] = found
        elif isinstance(value, list) and isinstance(there, list):
            _merge_list(patch, key, before.get(key), value, there, type_name)
        elif not _equal(there, value):
            patch[key] = value
    patch.update({key: None for key in before if key not in wanted and key in live})
    if retain and (patch or any(value is not None and key not in wanted for key, value in live.items())):
        patch["$retainKeys"] = sorted(key for key, value in wanted.items() if value is not None)
    return patch


def _merge_list(patch: dict[str, Any], key: str, before: Any, wanted: list[Any], live: list[Any], type_name: str) -> None:
    inner, strategies, merge_key = rule_of(type_name, key)
    before = before if isinstance(before, list) else []
    if "merge" not in strategies or not live:
        if not _equal(live, wanted):
            patch[key] = wanted
    elif any(isinstance(item, Mapping) for item in (*wanted, *live)):
        if not all(isinstance(item, Mapping) and item.get(merge_key) is not None for item in (*wanted, *live)):
            if not _equal(live, wanted):  # nothing to tell the items by
                patch[key] = [{"$patch": "replace"}, *wanted]
            return
        _merge_items(patch, key, [item for item in before if isinstance(item, Mapping)], wanted, live, (inner, merge_key, strategies))
    else:
        _merge_scalars(patch, key, before, wanted, live)


def _merge_scalars(patch: dict[str, Any], key: str, before: list[Any], wanted: list[Any], live: list[Any]) -> None:
    gone = [item for item in before if item not in wanted and item in live]
    added = [item for item in wanted if item not in live]
    if added:
        patch[key] = added
    if gone:
        patch[f"$deleteFromPrimitiveList/{key}"] = gone
    # Go sorts what is there before it compares: a set in another order is put in order only where the wanted order is not the sorted one
    if gone or not (_equal(live, wanted) or _equal(sorted(live, key=str), wanted)):
        patch[f"$setElementOrder/{key}"] = wanted


def _merge_items(
    patch: dict[str, Any], key: str, before: list[Tree], wanted: list[Tree], live: list[Tree], rule: tuple[str, str, list[str]]
) -> None:
    inner, merge_key, strategies = rule
    items: list[dict[str, Any]] = []
    rest = list(live)
    for item in wanted:
        name = item[merge_key]
        there = next((other for other in rest if str(other[merge_key]) == str(name)), None)
        if there is None:
            items.append(dict(item))
            continue
        rest.remove(there)
        old = next((other for other in before if str(other.get(merge_key)) == str(name)), {})
        found = _merge_map(old, item, there, inner, "retainKeys" in strategies)
        if found:
            items.append({**found, merge_key: name})
    names = [str(item[merge_key]) for item in wanted]
    for item in before:
        name = item.get(merge_key)
        if name is not None and str(name) not in names and any(str(other[merge_key]) == str(name) for other in live):
            items.append({"$patch": "delete", merge_key: name})
    if items:
        patch[key] = items
    if items or names != [str(item[merge_key]) for item in live]:
        patch[f"$setElementOrder/{key}"] = [{merge_key: item[merge_key]} for item in wanted]


def _equal(one: Any, two: Any) -> bool:
    """JSON's equality: 1 is 1.0 and not true."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(_equal(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(_equal(a, b) for a, b in zip(one, two, strict=True))
    return bool(one == two)
