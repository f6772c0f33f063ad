# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Rules of a strategic merge patch: the rule of a field, equality as in JSON, keys as text."""

from __future__ import annotations

from collections.abc import Mapping

from ...aliases import Json
from .patch_keys import TYPES


def rule_of(type_name: str, key: str) -> tuple[str, list[str], str]:
    """Type, strategies and merge key of a field."""
    for entry in TYPES.get(type_name, "").split():
        field, _colon, rules = entry.partition(":")
        name, _arrow, inner = field.partition(">")
        if name == key:
            strategies, _colon, merge_key = rules.partition(":")
            return inner, strategies.split(",") if strategies else [], merge_key
    return "", [], ""


def equal(one: Json, two: Json) -> bool:
    """JSON's equality: 1 is 1.0 and not true."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(equal(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(equal(a, b) for a, b in zip(one, two, strict=True))
    return bool(one == two)


def scalar_text(value: Json) -> str:
    """A scalar as Go's ``%v`` prints it, by which merge keys and sets are sorted and compared."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    return str(value)
