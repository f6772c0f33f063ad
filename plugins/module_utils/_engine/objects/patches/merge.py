# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Client-side apply: the patch from the last applied object, the wanted and the live object.

Helm: ``createPatch`` in ``pkg/kube/client.go``. Built-in kinds get the three-way strategic merge patch of apimachinery
(``strategicpatch.CreateThreeWayMergePatch`` with ``overwrite``). It consists of two comparisons: what the live object lacks of the wanted
one (*additions*), and what the last applied object had and the wanted one has not (*deletions*, see ``merge_lists.combined``). Kinds that
Helm's client does not know as types get a JSON merge patch from the last applied object to the wanted one.

Lists that have a merge key are compared item by item. The key of an item need not be unique (port 53 under UDP and TCP, one variable twice
in ``env``, one ``topologyKey`` twice). Equal keys are paired in the order that Go's sort leaves them in (``gosort``), so the patch is the
one that Helm sends, also where Helm's patch loses an item; ``lost.lost_items`` reports that. Where apimachinery refuses to compute a patch
(an item without its merge key, items not in the order of ``$setElementOrder``) Helm fails; here ``merge_whole`` computes another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from ...aliases import Json, JsonObject
from .gosort import go_sorted
from .merge_lists import DELETE, ORDER, RETAIN, Unmergeable, combined, in_order, key_text
from .merge_rules import equal, rule_of, scalar_text
from .patch_keys import KINDS

Tree = Mapping[str, Json]
_ABSENT: Json = object()


def patch_between(original: Tree | None, wanted: Tree, live: Tree) -> tuple[str, JsonObject]:
    """The kind of the patch (``strategic`` or ``merge``) and the patch.

    ``{}``: the live object needs no patch.

    :param original: the object as the last revision applied it; ``None``: unknown, then nothing is deleted.
    """
    before = original if original is not None else {}
    name = KINDS.get(f"{wanted.get('apiVersion')}/{wanted.get('kind')}")
    if name is None:
        return "merge", _json_merge(before, wanted)
    try:
        added = deepcopy(_diff(live, wanted, name, additions=True))
        return "strategic", combined(_diff(before, wanted, name, additions=False), added, name)
    except Unmergeable:
        return "merge", whole_patch_between(original, wanted, live)


def whole_patch_between(original: Tree | None, wanted: Tree, live: Tree) -> JsonObject:
    """A JSON merge patch that replaces whole lists.

    For objects that a strategic merge patch would change wrongly.

    :param original: as in ``patch_between``.
    """
    from .merge_whole import whole_patch  # late: hardly any object needs it

    name = KINDS.get(f"{wanted.get('apiVersion')}/{wanted.get('kind')}", "")
    return whole_patch(original or {}, wanted, live, name)


def _json_merge(before: Json, wanted: Json) -> JsonObject:
    patch: JsonObject = {}
    for key, value in wanted.items():
        old = before.get(key, _ABSENT)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            inner = _json_merge(old, value)
            if inner:
                patch[key] = inner
        elif not equal(old, value):
            patch[key] = value
    patch.update({key: None for key in before if key not in wanted})
    return patch


def _diff(old: Tree, new: Tree, type_name: str, *, additions: bool, retain: bool = False) -> JsonObject:
    """One of the two comparisons (apimachinery: ``diffMaps``).

    :param additions: ``True``: only what ``new`` adds and changes; ``False``: only what ``new`` no longer has.
    :param retain: the fields exclude each other (strategy ``retainKeys``), so the patch lists those that stay.
    """
    patch: JsonObject = {}
    for key, value in new.items():
        there = old.get(key, _ABSENT)
        if there is _ABSENT or _type(there) is not _type(value):
            if additions:
                patch[key] = value
        elif isinstance(value, Mapping):
            inner, strategies, _key = rule_of(type_name, key)
            if "replace" in strategies:
                patch.update({key: value} if additions else {})  # as it is, also where it is equal
                continue
            found = _diff(there, value, inner, additions=additions, retain="retainKeys" in strategies)
            if found:
                patch[key] = found
        elif isinstance(value, list):
            _diff_list(patch, key, there, value, type_name, additions=additions)
        elif additions and not equal(there, value):
            patch[key] = value
    if not additions:
        patch.update({key: None for key in old if key not in new})
    retained = sorted(key for key, value in new.items() if value is not None)
    if retain and retained and (patch or any(value is not None and key not in new for key, value in old.items())):
        patch[RETAIN] = retained
    return patch


def _diff_list(patch: JsonObject, key: str, old: list[Json], new: list[Json], type_name: str, *, additions: bool) -> None:
    inner, strategies, merge_key = rule_of(type_name, key)
    if "merge" not in strategies:
        if additions and not equal(old, new):
            patch[key] = new
    elif not old:
        if additions and new:
            patch[key] = new
    elif isinstance((*old, *new)[0], Mapping):
        _diff_items(patch, key, old, new, (inner, merge_key, "retainKeys" in strategies), additions=additions)
    else:
        _diff_scalars(patch, key, old, new, additions=additions)


def _diff_items(patch: JsonObject, key: str, old: list[Json], new: list[Json], rule: tuple[str, str, bool], *, additions: bool) -> None:
    inner, merge_key, retain = rule
    befores, afters = (go_sorted(items, [key_text(item, merge_key) for item in items]) for items in (old, new))
    found: list[Json] = []
    gone: list[JsonObject] = []
    one = two = 0
    while one < len(befores) or two < len(afters):
        before = key_text(befores[one], merge_key) if one < len(befores) else None
        after = key_text(afters[two], merge_key) if two < len(afters) else None
        if before is not None and before == after:
            inside = _diff(befores[one], afters[two], inner, additions=additions, retain=retain)
            if inside:
                found.append({**inside, merge_key: afters[two][merge_key]})
            one, two = one + 1, two + 1
        elif before is None or (after is not None and before > after):
            if additions:
                found.append(afters[two])
            two += 1
        else:
            if not additions:
                gone.append({"$patch": "delete", merge_key: befores[one][merge_key]})
            one += 1
    items = [*in_order(found, new, merge_key), *gone]
    same = len(old) == len(new) and all(equal(a[merge_key], b[merge_key]) for a, b in zip(old, new, strict=True))
    if items:
        patch[key] = items
    if new and (items or (additions and not same)):
        patch[ORDER + key] = [{merge_key: item[merge_key]} for item in new]


def _diff_scalars(patch: JsonObject, key: str, old: list[Json], new: list[Json], *, additions: bool) -> None:
    if len({_type(item) for item in (*old, *new)}) > 1 or isinstance((*old, *new)[0], list):
        raise Unmergeable
    befores, afters = (sorted(items, key=scalar_text) for items in (old, new))
    added: list[Json] = []
    gone: list[Json] = []
    one = two = 0
    while one < len(befores) or two < len(afters):
        before = scalar_text(befores[one]) if one < len(befores) else None
        after = scalar_text(afters[two]) if two < len(afters) else None
        if before is not None and before == after:
            one, two = one + 1, two + 1
        elif before is None or (after is not None and before > after):
            added.append(afters[two])
            two += 1
        else:
            gone.append(befores[one])
            one += 1
    if additions and added:
        patch[key] = sorted(added, key=new.index)
    if not additions and gone:
        patch[DELETE + key] = _unique(gone)
    # the live list is sorted before it is compared with the wanted one: only an order that is not the sorted one is set
    if new and (not equal(befores, new) if additions else gone):
        patch[ORDER + key] = new


def _unique(items: list[Json]) -> list[Json]:
    """Each item once, in the order of apimachinery.

    ``deduplicateScalars``: the last item takes the place of a duplicate.
    """
    items, one = list(items), 0
    while one < len(items) - 1:
        two = one + 1
        while two < len(items):
            if equal(items[one], items[two]):
                items[two] = items[-1]
                items.pop()
            else:
                two += 1
        one += 1
    return items


def _type(value: Json) -> type:
    """The type that Go's JSON decoder gives to a value.

    A whole number is an integer, in any notation.
    """
    if isinstance(value, Mapping):
        return dict
    if isinstance(value, float) and value.is_integer():
        return int
    return type(value)
