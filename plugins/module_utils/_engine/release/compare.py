# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compares a record that helm wrote last, and so has no digest of inputs, with a new rendering.

The comparison covers the stored chart (without times, the order of files, and the ``enabled`` that processing leaves in dependencies), the
user's values, the manifest and the hooks. Equal text is equal; otherwise objects are compared leaf by leaf, since Helm 3 and 4 split
documents differently. A chart that generates passwords never renders the same twice: so it is rendered a second time, and a leaf that
differs between the two renderings is ignored, as is an object whose name differs. The rest decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Union

from ..aliases import Json, SortKey
from ..render.model import Hook, Rendered
from ..yamlio.gojson import json_dumps
from .model import Release

Key = tuple[str, str, str, str]
Path = tuple[Union[str, int], ...]
_TIMES = frozenset({"modtime", "schemamodtime", "generated", "enabled"})
_ABSENT = object()


def same_chart(recorded: Mapping[str, Json], loaded: Mapping[str, Json]) -> bool:
    """Whether two stored charts are equal, also when different versions of Helm wrote them."""
    return json_dumps(without_times(recorded)) == json_dumps(without_times(loaded))


def same_values(recorded: Mapping[str, Json], loaded: Mapping[str, Json]) -> bool:
    """Whether two sets of user values are equal; 5 and 5.0 are one number to Helm."""
    return json_dumps(dict(recorded)) == json_dumps(dict(loaded))


def without_times(value: Json) -> Json:
    """A stored chart without the parts that differ between two readings of the same files."""
    if isinstance(value, Mapping):
        plain = {key: without_times(item) for key, item in value.items() if key not in _TIMES}
        # Helm 3 writes null where Helm 4 leaves out, and the other way round.
        return {key: item for key, item in plain.items() if item not in (None, [], {})}
    if isinstance(value, list):
        plain_items = [without_times(item) for item in value]
        # The order of files is that of the directory or of the archive: the same chart from either is one chart.
        files = all(isinstance(item, dict) and "data" in item and "name" in item for item in plain_items)
        return sorted(plain_items, key=lambda item: str(item["name"])) if files else plain_items
    return value


def same_output(recorded: Release, first: Rendered, again: Callable[[], Rendered]) -> bool:
    """Whether a record's manifest and hooks equal the rendering.

    :param again: renders again; called only where text differs.
    """
    if recorded.manifest.strip() == first.manifest.strip() and _hook_texts(recorded.hooks) == _hook_texts(first.hooks):
        return True
    if _hook_metadata(recorded.hooks) != _hook_metadata(first.hooks):
        return False
    stored = _objects(recorded.manifest, recorded.hooks)
    one = _objects(first.manifest, first.hooks)
    if _equal(stored, one, {}):
        return True
    second = again()
    return _equal(stored, one, _objects(second.manifest, second.hooks))


def unstable(first: Rendered, second: Rendered) -> set[Key]:
    """Objects that differ between two renderings of the same inputs: they hold random values."""
    one, two = _objects(first.manifest, first.hooks), _objects(second.manifest, second.hooks)
    return {key for key in {*one, *two} if key not in one or key not in two or next(iter(_paths(one[key], two[key])), None) is not None}


def _equal(stored: dict[Key, Json], one: dict[Key, Json], two: dict[Key, Json]) -> bool:
    """``two`` empty: there was no second rendering."""
    steady = {key for key in one if not two or key in two}
    if not steady <= set(stored) or len(stored) != len(one):
        return False
    for key in steady:
        noise = set(_paths(one[key], two[key])) if two else set()
        for path in _paths(stored[key], one[key]):
            if not any(path[: len(random_path)] == random_path or random_path[: len(path)] == path for random_path in noise):
                return False
    return True


def _paths(one: Json, two: Json, path: Path = ()) -> list[Path]:
    """Where two values differ."""
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return [found for key in {*one, *two} for found in _paths(one.get(key, _ABSENT), two.get(key, _ABSENT), (*path, key))]
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [found for index, (a, b) in enumerate(zip(one, two, strict=True)) for found in _paths(a, b, (*path, index))]
    same = one is two or (type(one) is type(two) and one == two)
    return [] if same else [path]


def _objects(manifest: str, hooks: Sequence[Hook]) -> dict[Key, Json]:
    from ..render.objects import parse_manifest

    found: dict[Key, Json] = {}
    for _path, obj in parse_manifest(manifest):
        found[_key("", obj)] = obj
    for hook in hooks:
        for _path, obj in parse_manifest(hook.manifest):
            found[_key(hook.path, obj)] = obj
    return found


def _key(path: str, obj: Mapping[str, Json]) -> Key:
    metadata = obj["metadata"]
    name = str(metadata.get("name") or f"{metadata.get('generateName')}*")
    return (path, f"{obj['apiVersion']}/{obj['kind']}", str(metadata.get("namespace") or ""), name)


def _hook_metadata(hooks: Sequence[Hook]) -> list[tuple[SortKey, ...]]:
    return sorted((hook.path, hook.kind, tuple(sorted(hook.events)), hook.weight) for hook in hooks)


def _hook_texts(hooks: Sequence[Hook]) -> list[tuple[SortKey, ...]]:
    return sorted((hook.path, hook.kind, tuple(sorted(hook.events)), hook.weight, hook.manifest.strip()) for hook in hooks)
