# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Kinds, types and truth of Go values (Go: ``reflect.Kind``, ``%T``, ``template.IsTrue``)."""

from __future__ import annotations

from ..aliases import GoValue
from .function import Function
from .values import GoObject, Integer, Map, NilBytes, NilPointer, Slice

_KINDS = {
    type(None): "invalid",
    bool: "bool",
    int: "int",
    float: "float64",
    complex: "complex128",
    str: "string",
    bytes: "slice",
    NilBytes: "slice",
    list: "slice",
    dict: "map",
}
_TYPES = {
    type(None): "<nil>",
    bool: "bool",
    int: "int",
    float: "float64",
    complex: "complex128",
    str: "string",
    bytes: "[]uint8",
    NilBytes: "[]uint8",
    list: "[]interface {}",
    dict: "map[string]interface {}",
}


def kind_of(value: GoValue) -> str:
    """``reflect.ValueOf(value).Kind().String()``; ``invalid`` for nil."""
    kind = _KINDS.get(value.__class__)
    if kind is not None:
        return kind
    if isinstance(value, Integer):
        return value.GO_KIND
    if isinstance(value, Slice):
        return "slice"
    if isinstance(value, dict):
        return "map"
    if isinstance(value, GoObject):
        return value.GO_KIND
    if isinstance(value, Function) or callable(value):
        return "func"
    return "struct"


def type_of(value: GoValue) -> str:
    """``fmt.Sprintf("%T", value)``."""
    name = _TYPES.get(value.__class__)
    if name is not None:
        return name
    if isinstance(value, Integer):
        return str(getattr(value, "GO_TYPE", value.GO_KIND))
    if isinstance(value, (Slice, NilPointer)):
        return value.go_type
    if isinstance(value, (Map, GoObject)):
        return value.GO_TYPE
    if isinstance(value, dict):
        return "map[string]interface {}"
    return "func()"


def truth(value: GoValue) -> bool:
    """Whether ``if`` takes the value as true, which the zero of its type is not.

    Structs are always true. Go: ``isTrue``.
    """
    if isinstance(value, GoObject):
        return value.GO_KIND in ("struct", "ptr")
    if isinstance(value, Function):
        return True
    return bool(value)


def is_integer(value: GoValue) -> bool:
    """An integer of any width; a bool is none."""
    return isinstance(value, int) and value.__class__ is not bool
