# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decodes a YAML document into a typed record, as ``sigs.k8s.io/yaml`` decodes into a Go struct.

The rules that matter to charts: a scalar for a string field is converted to text after YAML has typed it (``appVersion: 1.10``
is the float 1.1, printed with 32 bits of precision); keys match field names without regard to case, the exact one first;
unknown keys are ignored; ``null`` leaves the zero value; the first value of a wrong type is the error, in Go's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from ..aliases import Json, JsonObject

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ..plain import dataclass


@dataclass(frozen=True)
class ListOf:
    """``[]T``, or ``[]*T`` when ``T`` is a record."""

    item: Spec


@dataclass(frozen=True)
class MapOf:
    """``map[string]T``."""

    item: Spec


@dataclass(frozen=True)
class RecordOf:
    """A struct: Go's name of it, how its type is printed, and its fields by their JSON names."""

    name: str
    go_type: str
    fields: dict[str, Spec]


#: "string", "bool", "any", or one of the above
Spec = Union[str, ListOf, MapOf, RecordOf]


class WrongType(ValueError):
    """A value of a wrong type for its field. ``str()`` is Go's message."""


def decode(value: Json, spec: Spec) -> Json:
    """``value`` as plain Python of that shape; absent fields are absent.

    :param value: as ``yamlio.load.loads_typed`` returns it.

    :raises WrongType: in the words of Go's decoder, the prefix of ``sigs.k8s.io/yaml`` included.
    """
    try:
        return _decode(value, spec, "", ())
    except WrongType:
        return _decode(_in_order(value), spec, "", ())  # of several faults Go finds the first of JSON whose keys are sorted


def _in_order(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=lambda name: str(name).encode("utf-8", "surrogateescape"))}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _decode(value: Json, spec: Spec, owner: str, path: tuple[str, ...]) -> Json:
    if value is None:
        return None
    if spec == "any":
        return _as_json(value)
    if spec == "string":
        if isinstance(value, str):
            return value
        if isinstance(value, (bool, int, float)):
            return scalar_text(value)
    elif spec == "bool":
        if isinstance(value, bool):
            return value
    elif isinstance(spec, ListOf):
        if isinstance(value, list):
            return [_decode(item, spec.item, owner, path) for item in value]
    elif isinstance(spec, MapOf):
        if isinstance(value, dict):
            return {key: _decode(item, spec.item, owner, path) for key, item in value.items()}
    elif isinstance(spec, RecordOf) and isinstance(value, dict):
        return _record(value, spec, path)
    raise _wrong(value, spec, owner, path)


def _as_json(value: Json) -> Json:
    """What is in an ``interface{}`` after JSON: numbers are floats."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, list) else value


def _record(value: JsonObject, spec: RecordOf, path: tuple[str, ...]) -> JsonObject:
    out: JsonObject = {}
    folded: dict[str, str] = {}
    for key, item in value.items():
        field = key
        if field not in spec.fields:
            if not folded:
                folded = {name.lower(): name for name in spec.fields}
            field = folded.get(key.lower(), "")
            if not field:
                continue
        decoded = _decode(item, spec.fields[field], spec.name, (*path, field))
        if decoded is not None:
            out[field] = decoded
    return out


def _wrong(value: Json, spec: Spec, owner: str, path: tuple[str, ...]) -> WrongType:
    target = f"Go struct field {owner}.{'.'.join(path)}" if path else "Go value"
    return WrongType(
        f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {json_kind(value)} into {target} of type {_go_type(spec)}"
    )


def json_kind(value: Json) -> str:
    """What Go's JSON decoder calls a value in its errors."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _go_type(spec: Spec) -> str:
    if isinstance(spec, ListOf):
        return "[]" + ("*" if isinstance(spec.item, RecordOf) else "") + _go_type(spec.item)
    if isinstance(spec, MapOf):
        return "map[string]" + _go_type(spec.item)
    if isinstance(spec, RecordOf):
        return spec.go_type
    return "interface {}" if spec == "any" else spec


def scalar_text(value: bool | int | float) -> str:
    """A YAML scalar where a string is wanted: floats with Go's ``strconv.FormatFloat(f, 'g', -1, 32)``."""
    from ..yamlio.numbers import float32_g

    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else float32_g(value)
