# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's functions of types (``reflect.go``) and Go's ``reflect.DeepEqual``."""

from __future__ import annotations

from ..aliases import GoValue
from ..gotypes.kinds import kind_of, type_of
from ..gotypes.limits import tick
from ..gotypes.values import GoObject, Slice


def type_name(value: GoValue) -> str:
    return type_of(value)


def type_is(target: str, value: GoValue) -> bool:
    return target == type_of(value)


def type_is_like(target: str, value: GoValue) -> bool:
    name = type_of(value)
    return name in (target, "*" + target)


def kind_name(value: GoValue) -> str:
    return kind_of(value)


def kind_is(target: str, value: GoValue) -> bool:
    return target == kind_of(value)


def deep_equal(left: GoValue, right: GoValue) -> bool:
    """Equal in type and in value, all the way down; a nil list is not an empty one."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right) and type_of(left) != type_of(right):
        return False
    if isinstance(left, (list, dict)):
        tick(1 + len(left) // 64)
    if isinstance(left, list):
        if _is_nil(left) != _is_nil(right) or type_of(left) != type_of(right):
            return False
        return left is right or (len(left) == len(right) and all(map(deep_equal, left, right)))
    if isinstance(left, dict):
        return left is right or (left.keys() == right.keys() and all(deep_equal(item, right[key]) for key, item in left.items()))
    if isinstance(left, GoObject):
        deeply = getattr(left, "deep_equal", None)  # a struct with pointers in it
        return left is right or bool(left == right if deeply is None else deeply(right))
    return bool(left == right)


def _is_nil(value: list[GoValue]) -> bool:
    return isinstance(value, Slice) and value.is_nil
