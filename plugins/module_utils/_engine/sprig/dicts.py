# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's functions of maps (``dict.go``), with the merge of ``dario.cat/mergo`` 1.0.1.

``set``, ``unset``, ``merge`` and ``mergeOverwrite`` change their first map and return it; nested maps are shared, not copied.
Go's order of ``keys`` and ``values`` is random; here both are sorted by key.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..aliases import GoValue
from ..gotypes.kinds import kind_of, type_of
from ..gotypes.limits import weigh
from ..gotypes.values import GoError, GoObject, Map, NilMap, Slice
from .convert import strings, text_of, to_bytes
from .defaults import empty

Dict = dict[str, GoValue]


def new_dict(*pairs: GoValue) -> Dict:
    """Keys and values in turn; a last key without a value gets the empty text."""
    made: Dict = {}
    for index in range(0, len(pairs), 2):
        made[text_of(pairs[index])] = pairs[index + 1] if index + 1 < len(pairs) else ""
    return made


def get(values: Dict | None, key: str) -> GoValue:
    return values.get(key, "") if values is not None else ""


def set_key(values: Dict | None, key: str, value: GoValue) -> Dict:
    if values is None or isinstance(values, NilMap):
        raise GoError("assignment to entry in nil map")
    values[key] = value
    return values


def unset(values: Dict | None, key: str) -> Dict | None:
    if values is not None:
        values.pop(key, None)
    return values


def has_key(values: Dict | None, key: str) -> bool:
    return values is not None and key in values


def pluck(key: str, *dicts: Dict | None) -> list[GoValue]:
    return [values[key] for values in dicts if values is not None and key in values]


def _sorted_keys(values: Dict | None) -> list[str]:
    return sorted(values or (), key=to_bytes)


def keys(*dicts: Dict | None) -> Slice:
    return strings(key for values in dicts for key in _sorted_keys(values))


def values_of(values: Dict | None) -> list[GoValue]:
    return [values[key] for key in _sorted_keys(values)] if values else []


def pick(values: Dict | None, *wanted: str) -> Dict:
    return {key: values[key] for key in wanted if key in values} if values else {}


def omit(values: Dict | None, *unwanted: str) -> Dict:
    return {key: value for key, value in values.items() if key not in unwanted} if values else {}


def merge(target: Dict | None, *sources: Dict | None) -> GoValue:
    return _merge_all(target, sources, overwrite=False)


def merge_overwrite(target: Dict | None, *sources: Dict | None) -> GoValue:
    return _merge_all(target, sources, overwrite=True)


def _merge_all(target: Dict | None, sources: tuple[Dict | None, ...], *, overwrite: bool) -> Dict:
    merged: Dict = {} if target is None else target
    weigh(*sources)
    for source in sources:
        if source is not None and not isinstance(source, NilMap):
            if isinstance(merged, NilMap):  # stays nil only where there is nothing but nil
                merged = {}
            _deep_merge(merged, source, overwrite)
    return merged


def _deep_merge(target: Dict, source: Dict, overwrite: bool) -> None:
    """Merges a source into a target, as mergo does.

    A key of the source wins if the target's value is empty, or always with ``overwrite``. Two maps are merged.

    :raises GoError: a map whose elements have a type gets one of another type.
    """
    static = _element_type(source)
    for key in list(source):
        value = source[key]
        if value is None:
            if overwrite:
                _assign(target, key, None, static)
            continue
        present = target.get(key)
        if isinstance(value, (list, bytes)):
            if key in target and _element_type(target) == "string":
                raise GoError("reflect: call of reflect.Value.IsNil on string Value")
            if overwrite or not target or present is None:  # set for a moment, before the element itself
                _assign(target, key, value, type_of(value))
        if isinstance(value, dict) and isinstance(present, dict):
            if present is not value and not getattr(present, "GO_NIL", False):
                _deep_merge(present, value, overwrite)
            if present:
                continue
        if isinstance(present, GoObject):
            _check_struct(present, value, overwrite)
        if overwrite or empty(present):
            _assign(target, key, value, static)


def _element_type(values: Dict) -> str:
    """The Go type of a map's elements."""
    zero = values.GO_ELEM_ZERO if isinstance(values, Map) else None
    return "interface {}" if zero is None else type_of(zero)


def _assign(target: Dict, key: str, value: GoValue, go_type: str) -> None:
    """``reflect.Value.SetMapIndex`` with a value of that Go type."""
    wanted = _element_type(target)
    if wanted not in ("interface {}", go_type):
        raise GoError(f"reflect.Value.SetMapIndex: value of type {go_type} is not assignable to type {wanted}")
    target[key] = value


def _check_struct(present: GoObject, value: GoValue, overwrite: bool) -> None:
    """Raises the errors of mergo's ``deepMerge`` for a struct or a pointer to one.

    It is merged with another value.

    :raises GoError: mostly with the text of a panic of ``reflect``.
    """
    kind = "map" if isinstance(value, dict) else value.GO_KIND if isinstance(value, GoObject) else ""
    if present.GO_KIND == "struct":
        if present.GO_FIELDS and kind in ("map", "ptr"):
            raise GoError(f"reflect: call of reflect.Value.Field on {kind} Value")
        if present.GO_FIELDS and kind == "struct" and len(_fields(present)) > len(_fields(value)):
            raise GoError("reflect: Field index out of range")
    elif kind in ("map", "struct") and not overwrite:
        raise GoError("src and dst must be of same type")
    elif kind == "ptr" and present.GO_TYPE != value.GO_TYPE:
        if present.GO_FIELDS:
            first = kind_of(getattr(value, next(iter(_fields(value).values()))))
            # the engine has Python's int for the only such field that is a number: the major of a semantic version
            raise GoError(f"reflect: call of reflect.Value.Field on {'uint64' if first == 'int' else first} Value")
        if overwrite:
            raise GoError(f"reflect.Set: value of type {value.GO_TYPE[1:]} is not assignable to type {present.GO_TYPE[1:]}")


def _fields(value: GoObject) -> Mapping[str, str]:
    return value.GO_PRINTED or value.GO_FIELDS


def dig(*arguments: GoValue) -> GoValue:
    """``dig KEY... DEFAULT MAP``: the value at the path, or the default where a key is missing."""
    if len(arguments) < 3:
        raise GoError("dig needs at least three arguments")
    *path, fallback, values = arguments
    current = _plain_dict(values)
    for key in path:
        if not isinstance(key, str):
            raise GoError(_conversion(key, "string"))
    for index, key in enumerate(path):
        if key not in current:
            return fallback
        if index == len(path) - 1:
            return current[key]
        current = _plain_dict(current[key])
    return fallback


def _plain_dict(value: GoValue) -> Dict:
    if value.__class__ is not dict:  # a named map type is another type to Go's assertion
        raise GoError(_conversion(value, "map[string]interface {}"))
    return value


def _conversion(value: GoValue, wanted: str) -> str:
    have = "nil" if value is None else type_of(value)
    return f"interface conversion: interface {{}} is {have}, not {wanted}"
