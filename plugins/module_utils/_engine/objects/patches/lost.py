# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds items of lists that a client-side patch has lost or not changed.

A strategic merge patch finds items by their merge key. Where several items have the same key (port 53 under UDP and TCP), Helm's patch can
miss one: the server then keeps an old item, or drops a wanted one. Items are compared in lists that have equal keys, or had them before;
in other lists an item is lost only where its key is gone, since the server may write values in another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...aliases import Json
from ..paths import Path, path_text
from .merge_rules import rule_of, scalar_text
from .patch_keys import KINDS

Tree = Mapping[str, Json]


def lost_items(wanted: Tree, live: Tree, *earlier: Tree | None) -> list[str]:
    """The wanted items that the live object does not have, each as ``spec.ports: item 2 (port 53)``.

    Values are not shown.

    :param live: the object as the server answered after the patch. :param earlier: the object as it was applied and as it was live.
    """
    name = KINDS.get(f"{wanted.get('apiVersion')}/{wanted.get('kind')}")
    return [] if name is None else list(_lost(wanted, live, [tree for tree in earlier if tree], name, ()))


def _lost(wanted: Tree, live: Json, earlier: Sequence[Json], type_name: str, path: Path) -> Iterator[str]:
    there = live if isinstance(live, Mapping) else {}
    before = [tree for tree in earlier if isinstance(tree, Mapping)]
    for key, value in wanted.items():
        inner, strategies, merge_key = rule_of(type_name, key)
        if isinstance(value, Mapping) and inner:
            yield from _lost(value, there.get(key), [tree.get(key) for tree in before], inner, (*path, key))
        elif isinstance(value, list) and merge_key and "merge" in strategies and all(isinstance(item, Mapping) for item in value):
            lists = [_by_key(tree.get(key), merge_key) for tree in (there, *before)]
            if any(len(items) > 1 for pairs in (_by_key(value, merge_key), *lists) for items in pairs.values()):
                yield from _missing(value, [item for items in lists[0].values() for item in items], merge_key, (*path, key))
                continue
            for at, item in enumerate(value):
                name = scalar_text(item.get(merge_key))
                if name not in lists[0]:
                    yield _words((*path, key), at, merge_key, name)
                    continue
                inside = [pairs[name][0] for pairs in lists if name in pairs]
                yield from _lost(item, inside[0], inside[1:], inner, (*path, key, name))


def lists_with_equal_keys(wanted: Tree, *earlier: Tree | None) -> list[str]:
    """The lists of an object in which several items have the same merge key, or had before, as paths."""
    name = KINDS.get(f"{wanted.get('apiVersion')}/{wanted.get('kind')}")
    found = [path for tree in (wanted, *earlier) if name is not None and tree for path in _equal(tree, name, ())]
    return list(dict.fromkeys(map(path_text, found)))


def _equal(tree: Tree, type_name: str, path: Path) -> Iterator[Path]:
    for key, value in tree.items():
        inner, strategies, merge_key = rule_of(type_name, key)
        if isinstance(value, Mapping) and inner:
            yield from _equal(value, inner, (*path, key))
        elif isinstance(value, list) and merge_key and "merge" in strategies:
            for name, items in _by_key(value, merge_key).items():
                if len(items) > 1:
                    yield (*path, key)
                else:
                    yield from _equal(items[0], inner, (*path, key, name))


def _by_key(items: Json, merge_key: str) -> dict[str, list[Tree]]:
    found: dict[str, list[Tree]] = {}
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping):
            found.setdefault(scalar_text(item.get(merge_key)), []).append(item)
    return found


def _words(path: Path, at: int, merge_key: str, name: str) -> str:
    return f"{path_text(path)}: item {at + 1} ({merge_key} {name})"


def _missing(wanted: list[Json], live: list[Json], merge_key: str, path: Path) -> Iterator[str]:
    left, missing = list(live), []
    places = []
    for at, item in enumerate(wanted):
        if item in left:
            left.remove(item)
        else:
            places.append(at)
    for at in sorted(places, key=lambda at: -_size(wanted[at])):
        match = next((place for place, item in enumerate(left) if _holds(item, wanted[at])), None)
        if match is None:
            missing.append(at)
        else:
            left.pop(match)
    for at in sorted(missing):
        yield _words(path, at, merge_key, scalar_text(wanted[at].get(merge_key)))


def _size(value: Json) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _holds(live: Json, wanted: Json) -> bool:
    """Whether a live value is the wanted one, apart from defaults that the server has added."""
    if isinstance(wanted, Mapping):
        return all(_holds(live.get(key) if isinstance(live, Mapping) else None, value) for key, value in wanted.items())
    if isinstance(wanted, list):
        items = live if isinstance(live, list) else []
        return len(items) == len(wanted) and all(_holds(a, b) for a, b in zip(items, wanted, strict=True))
    return scalar_text(live) == scalar_text(wanted) or (live is None and not wanted)
