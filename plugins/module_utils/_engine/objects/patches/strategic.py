# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Applies strategic merge patches, JSON merge patches and JSON patches (RFC 6902) to objects.

Strategic merge patches use the table of merge keys. A strategic patch may contain ``$patch`` (``replace``, ``delete``, ``merge``),
``$deleteFromPrimitiveList/...`` and ``$retainKeys``; new items are added to the end of a list. Kinds that are not in the table have no
merge keys: their lists are replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

from ...aliases import Json, JsonObject
from ...errors import OptionError
from .merge_rules import rule_of
from .patch_keys import KINDS

_SET = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"


def merged(obj: Mapping[str, Json], patch: Mapping[str, Json]) -> JsonObject | None:
    """The object with a strategic merge patch; ``None``: the patch removes it."""
    result = _map(obj, patch, KINDS.get(f"{obj.get('apiVersion')}/{obj.get('kind')}", ""))
    return None if result is None else dict(result)


def _map(obj: Mapping[str, Json], patch: Mapping[str, Json], type_name: str) -> JsonObject | None:
    directive = patch.get("$patch")
    if directive == "delete":
        return None
    body = {key: value for key, value in patch.items() if key not in ("$patch", "$retainKeys") and not key.startswith(_SET)}
    if directive == "replace":
        return deepcopy(body)
    result = dict(obj)
    for key, value in body.items():
        if key.startswith(_DELETE):
            name = key[len(_DELETE) :]
            result[name] = [item for item in result.get(name) or [] if item not in value]
            continue
        there = result.get(key)
        inner, strategies, merge_key = rule_of(type_name, key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and (isinstance(there, Mapping) or there is None):
            found = _map(there or {}, value, inner)
            result[key] = found
            if found is None:
                result.pop(key)
        elif isinstance(value, list) and isinstance(there, list):
            result[key] = _list(there, value, inner, strategies, merge_key)
        else:
            result[key] = deepcopy(value)
    retained = patch.get("$retainKeys")
    return {key: value for key, value in result.items() if key in retained} if isinstance(retained, list) else result


def _list(there: list[Json], patch: list[Json], type_name: str, strategies: Sequence[str], merge_key: str) -> list[Json]:
    whole = [item for item in patch if not (isinstance(item, Mapping) and item.get("$patch") == "replace" and len(item) == 1)]
    if "merge" not in strategies or len(whole) < len(patch):
        return deepcopy(whole)
    if not merge_key:
        return [*there, *(item for item in whole if item not in there)]
    result = list(there)
    for item in whole:
        if not isinstance(item, Mapping) or merge_key not in item:
            return deepcopy(whole)
        places = _places(result, item, merge_key)
        if item.get("$patch") == "delete":
            result = [other for index, other in enumerate(result) if index not in places]
            continue
        if not places:
            result.append(_map({}, item, type_name))
            continue
        place = places[0]
        found = _map(result[place], item, type_name)
        result[place : place + 1] = [] if found is None else [found]
    return result


def _places(items: list[Json], wanted: Mapping[str, Json], merge_key: str) -> list[int]:
    """The indices of the items with the merge key of a patch's item; of ports also with its ``protocol``.

    Several items may have one key (port 53 under UDP and TCP). The patch means those that agree in most of the other scalar fields; where
    no field distinguishes them, a deletion means all of them and a change the first.
    """
    found = [at for at, item in enumerate(items) if isinstance(item, Mapping) and item.get(merge_key) == wanted[merge_key]]
    if merge_key in ("port", "containerPort") and "protocol" in wanted:
        found = [at for at in found if items[at].get("protocol", "TCP") == wanted["protocol"]]
    if len(found) < 2:
        return found
    fields = {key: value for key, value in wanted.items() if key not in (merge_key, "$patch") and not isinstance(value, (Mapping, list))}

    def agreeing(at: int) -> int:
        return sum(items[at].get(key) == value for key, value in fields.items())

    most = max(map(agreeing, found))
    return [at for at in found if agreeing(at) == most]


# ------------------------------------------------------------------------------------------------------------ RFC 6902


def patched(obj: Json, operations: Sequence[Json], option: str) -> Json:
    """A value with a JSON patch applied.

    Raises ``OptionError``: an invalid operation, or one whose path does not exist.
    """
    result = deepcopy(obj)
    for number, operation in enumerate(operations):
        try:
            result = _step(result, operation)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            what = f"{operation.get('op')} {operation.get('path')}" if isinstance(operation, Mapping) else "it"
            raise OptionError(f"{option}: operation {number + 1} ({what}) cannot be applied: {_words(error)}", option=option) from None
    return result


def _words(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} does not exist"
    return "a value in the path is neither a map nor a list" if isinstance(error, TypeError) else str(error) or type(error).__name__


def _step(root: Json, operation: Mapping[str, Json]) -> Json:
    if not isinstance(operation, Mapping):
        raise ValueError("an operation must be a map with op and path")
    verb, path = operation["op"], _pointer(operation["path"])
    if verb == "add":
        return _add(root, path, deepcopy(operation["value"]))
    if verb == "remove":
        return _remove(root, path)[0]
    if verb == "replace":
        if not path:
            return deepcopy(operation["value"])
        _at(root, path)
        return _add(_remove(root, path)[0], path, deepcopy(operation["value"]))
    if verb == "test":
        if _at(root, path) != operation["value"]:
            raise ValueError("the value is different")
        return root
    source = _pointer(operation["from"])
    if verb == "copy":
        return _add(root, path, deepcopy(_at(root, source)))
    if verb == "move":
        root, value = _remove(root, source)
        return _add(root, path, value)
    raise ValueError(f"{verb!r} is not an operation")


def _pointer(text: str) -> list[str]:
    if not isinstance(text, str):
        raise ValueError("a path must be a string")
    if text and not text.startswith("/"):
        raise ValueError("a path must begin with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _at(value: Json, path: Sequence[str]) -> Json:
    for part in path:
        value = value[_position(part, len(value))] if isinstance(value, list) else value[part]
    return value


def _position(part: str, length: int) -> int:
    """A position in a list. Raises ``ValueError``, ``IndexError``."""
    if not part.isdecimal():
        raise ValueError(f"{part!r} is not a list index")
    if int(part) >= length:
        raise IndexError(f"the list has {length} items")
    return int(part)


def _add(root: Json, path: Sequence[str], value: Json) -> Json:
    if not path:
        return value
    parent = _at(root, path[:-1])
    if isinstance(parent, list):
        place = len(parent) if path[-1] == "-" else _position(path[-1], len(parent) + 1)
        parent.insert(place, value)
    elif isinstance(parent, dict):
        parent[path[-1]] = value
    else:
        raise ValueError("the parent is neither a map nor a list")
    return root


def _remove(root: Json, path: Sequence[str]) -> tuple[Json, Json]:
    if not path:
        raise ValueError("the whole object cannot be removed; use $patch: delete")
    parent = _at(root, path[:-1])
    if isinstance(parent, list):
        return root, parent.pop(_position(path[-1], len(parent)))
    if not isinstance(parent, dict):
        raise TypeError
    return root, parent.pop(path[-1])
