# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Sets of fields in the API server's form (``metadata.managedFields[].fieldsV1``).

They are parsed next to an object. ``{"f:spec": {"f:replicas": {}}}``: ``f:`` is a key of a map, ``k:{...}`` an item of a list by its keys,
``v:...`` an item of a set by its value, ``i:0`` one by its index, ``.`` the object itself. ``{}`` is a leaf.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..aliases import Json

Fields = Mapping[str, Json]
_ABSENT = object()


def overlap(fields: Fields, obj: Json) -> bool:
    """Whether an object sets a field of the set."""
    for key, inner in fields.items():
        if key == ".":
            continue
        found = _child(key, obj)
        if found is _ABSENT:
            continue
        if not isinstance(inner, Mapping) or not set(inner) - {"."} or overlap(inner, found):
            return True
    return False


def released(live: Json, fields: Fields, wanted: Json, others: Sequence[Fields]) -> Json:
    """A live object after a manager that owned ``fields`` applies ``wanted``.

    Fields that are not wanted any more are removed, unless one of ``others`` owns them too.
    """
    if not isinstance(live, (Mapping, list)):
        return live
    result: Json = dict(live) if isinstance(live, Mapping) else list(live)
    for key, inner in fields.items():
        found = _child(key, result)
        if key == "." or found is _ABSENT:
            continue
        want = _child(key, wanted)
        holders = [other[key] for other in others if key in other]
        if want is _ABSENT and not holders:
            _drop(result, key, found)
        elif isinstance(inner, Mapping) and inner:
            _put(result, key, found, released(found, inner, {} if want is _ABSENT else want, [item for item in holders if item]))
    return result


def _child(key: str, here: Json) -> Json:
    kind, _colon, rest = key.partition(":")
    if kind == "f":
        return here.get(rest, _ABSENT) if isinstance(here, Mapping) else _ABSENT
    if not isinstance(here, list):
        return _ABSENT
    if kind == "i":
        return here[int(rest)] if int(rest) < len(here) else _ABSENT
    value = json.loads(rest)
    if kind == "v":
        return value if value in here else _ABSENT
    return next((item for item in here if isinstance(item, Mapping) and _has(item, value)), _ABSENT)


#: keys of list items that a manifest may leave out
_DEFAULTS = {"protocol": "TCP"}


def _has(item: Mapping[str, Json], keys: Mapping[str, Json]) -> bool:
    return all(item.get(key, _DEFAULTS.get(key)) == value for key, value in keys.items())


def _drop(here: Json, key: str, found: Json) -> None:
    if isinstance(here, dict):
        here.pop(key[2:], None)
    else:
        here[:] = [item for item in here if item is not found and not (key.startswith("v:") and item == found)]


def _put(here: Json, key: str, found: Json, value: Json) -> None:
    if isinstance(here, dict):
        here[key[2:]] = value
    else:
        here[:] = [value if item is found else item for item in here]
