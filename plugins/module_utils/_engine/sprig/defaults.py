# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's ``default``, ``empty`` and related functions, and its JSON (``defaults.go``).

Also ``ternary``, ``fail`` and ``deepCopy``. Empty are nil, false, zero, and values of length 0; a struct and a pointer never are.
"""

from __future__ import annotations

from copy import copy

from ..aliases import GoValue
from ..gotypes.limits import weigh
from ..gotypes.values import GoError, GoObject, Map, NilMap, Slice


def empty(value: GoValue) -> bool:
    if value is None:
        return True
    if isinstance(value, (str, bytes, list, dict, bool, int, float)):
        return not value
    return False


def default(fallback: GoValue, *given: GoValue) -> GoValue:
    return fallback if not given or empty(given[0]) else given[0]


def coalesce(*values: GoValue) -> GoValue:
    return next((value for value in values if not empty(value)), None)


def all_set(*values: GoValue) -> bool:
    return not any(empty(value) for value in values)


def any_set(*values: GoValue) -> bool:
    return not all(empty(value) for value in values)


def ternary(if_true: GoValue, if_false: GoValue, condition: bool) -> GoValue:
    return if_true if condition else if_false


def fail(message: str) -> str:
    raise GoError(message)


def deep_copy(value: GoValue) -> GoValue:
    """Maps and lists are copied all the way down, with their Go types."""
    if value is None:
        raise GoError("reflect: call of reflect.Value.Type on zero Value")
    weigh(value)
    return _copied(value)


def _copied(value: GoValue) -> GoValue:
    if isinstance(value, Slice):
        return value.of_same_type((_copied(item) for item in value), value.is_nil)
    if isinstance(value, NilMap):
        return value
    if isinstance(value, Map):
        return value.__class__({key: _copied(item) for key, item in value.items()})
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    hook = getattr(value, "go_deep_copy", None)
    if hook is not None:
        return hook(_copied)
    if isinstance(value, GoObject) and value.GO_PRINTED:  # fields that only printing sees stay behind
        other = copy(value)
        for name, attribute in value.GO_PRINTED.items():
            if name not in value.GO_FIELDS:
                setattr(other, attribute, 0 if isinstance(getattr(value, attribute), int) else "")
        other.go_has_address = False  # what a function gives has none
        return other
    return value
