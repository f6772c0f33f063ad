# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Which items of lists a client-side patch has lost or not changed.

A strategic merge patch finds items by their merge key. Where several items have the same key (port 53 under UDP and TCP), Helm's patch can
miss one: the server then keeps an old item, or drops a wanted one. Only lists with equal keys are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .merge_rules import rule_of, scalar_text
from .patch_keys import KINDS
from .paths import Path, path_text


def lost_items(wanted: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    """The wanted items that the live object does not have, each as ``spec.ports: item 2 (port 53)``. Values are not shown.

    :param live: the object as the server answered after the patch.
    """
    name = KINDS.get(f"{wanted.get('apiVersion')}/{wanted.get('kind')}")
    return [] if name is None else list(_lost(wanted, live, name, ()))


def _lost(wanted: Mapping[str, Any], live: Any, type_name: str, path: Path) -> Iterator[str]:
    there = live if isinstance(live, Mapping) else {}
    for key, value in wanted.items():
        inner, strategies, merge_key = rule_of(type_name, key)
        if isinstance(value, Mapping) and inner:
            yield from _lost(value, there.get(key), inner, (*path, key))
        elif isinstance(value, list) and merge_key and "merge" in strategies and all(isinstance(item, Mapping) for item in value):
            found = there.get(key)
            items = [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
            keys = [scalar_text(item.get(merge_key)) for item in value]
            if len(set(keys)) < len(keys):
                yield from _missing(value, items, merge_key, (*path, key))
            else:
                pairs = {scalar_text(item.get(merge_key)): item for item in items}
                for item, name in zip(value, keys, strict=True):
                    yield from _lost(item, pairs.get(name), inner, (*path, key, name))


def _missing(wanted: list[Any], live: list[Any], merge_key: str, path: Path) -> Iterator[str]:
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
        yield f"{path_text(path)}: item {at + 1} ({merge_key} {scalar_text(wanted[at].get(merge_key))})"


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _holds(live: Any, wanted: Any) -> bool:
    """Whether a live value is the wanted one, the defaults that the server has added left aside."""
    if isinstance(wanted, Mapping):
        return all(_holds(live.get(key) if isinstance(live, Mapping) else None, value) for key, value in wanted.items())
    if isinstance(wanted, list):
        items = live if isinstance(live, list) else []
        return len(items) == len(wanted) and all(_holds(a, b) for a, b in zip(items, wanted, strict=True))
    return scalar_text(live) == scalar_text(wanted) or (live is None and not wanted)
