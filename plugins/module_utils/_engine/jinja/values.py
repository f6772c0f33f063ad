# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Converts values between Go's types and Jinja2's.

Jinja2 gets plain dicts and lists, copied, with sorted keys (as ``range`` in a Go template sees them, and so that equal values give equal
text whatever their origin). Numbers of values are floats in Helm; a whole one becomes an ``int``, which can count and index. Templates
never print Python's notation: ``none`` is empty, booleans are ``true`` and ``false``, lists and maps are JSON, which is YAML. Go's
functions get values of Go's kinds back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..aliases import GoValue, Json, JsonObject
from ..gotypes.function import Function
from ..gotypes.printing import sprint
from ..gotypes.values import GoError, GoObject, Map
from .bounds import ELEMENT, MAX_DEPTH, Allowance, Refused

#: above that a float has no place for the units of a whole number
_EXACT = float(1 << 53)


class Dot:
    """What Go templates call ``.``, for ``include`` and ``tpl``.

    Jinja2 code sees the variables of the same names in it.
    """

    __slots__ = ("go", "variables")

    def __init__(self, go: GoValue, variables: Mapping[str, Json]) -> None:
        self.go = go
        self.variables = variables


class Copies:
    """Go's values as Jinja2 code sees them. What is shared stays shared."""

    def __init__(self) -> None:
        self._made: dict[int, GoValue] = {}

    def of(self, value: GoValue) -> GoValue:
        cls = value.__class__
        if cls is float:
            return int(value) if value.is_integer() and abs(value) < _EXACT else value
        if cls is str or cls is bool or value is None:
            return value
        if isinstance(value, int):
            return int(value)
        if isinstance(value, dict):
            return self._map(value)
        # a list with methods, such as .Capabilities.APIVersions, is not converted: it records its questions
        return self._list(value) if isinstance(value, list) and not getattr(value, "GO_METHODS", None) else value

    def _map(self, value: dict[GoValue, GoValue]) -> GoValue:
        inner = getattr(value, "inner", value)  # a subchart's values are a view of its parent's
        made = self._made.get(id(inner))
        if made is None:
            named = isinstance(value, Map) and bool(value.GO_METHODS) and value.GO_ELEM_ZERO is not None  # .Files: bytes and methods
            made = self._made[id(inner)] = value.__class__() if named else {}
            for key in sorted(value):
                made[key] = value[key] if named else self.of(value[key])
        return made

    def _list(self, value: list[Json]) -> list[Json]:
        made: list[Json] | None = self._made.get(id(value))
        if made is None:
            made = self._made[id(value)] = []
            made += map(self.of, value)
        return made


def text_of(value: GoValue, allowance: Allowance) -> str:
    """What ``{{ value }}`` writes. Raises ``Refused``, or a missing value's own error."""
    cls = value.__class__
    if cls is str:
        return str(value)
    if value is None:
        return ""
    if cls is bool:
        return "true" if value else "false"
    if cls is float:
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, (dict, list, tuple)):
        return _as_json(value, allowance)
    if isinstance(value, GoObject):
        return sprint(value)
    if getattr(value, "is_missing", False):
        return str(value)  # raises
    raise Refused(f"{named(value)} cannot be written")


def _as_json(value: GoValue, allowance: Allowance) -> str:
    from ..yamlio.errors import YamlError
    from ..yamlio.gojson import json_dumps

    allowance.weigh(value)
    try:
        return json_dumps(settled(value, allowance))
    except (YamlError, GoError) as error:
        raise Refused(f"{named(value)} cannot be written: {error}") from None


def settled(value: GoValue, allowance: Allowance, depth: int = 0) -> GoValue:
    """A value as Go's functions take it: the same one where nothing had to be changed. Raises ``Refused``."""
    if isinstance(value, (str, bytes, int, float, GoObject, Function)) or value is None:
        return value.__class__.__str__(value) if isinstance(value, str) and value.__class__ is not str else value
    if isinstance(value, Dot):
        return value.go
    if depth > MAX_DEPTH:
        raise Refused(f"a value is nested deeper than {MAX_DEPTH} levels, or contains itself")
    if isinstance(value, dict):
        return _settled_map(value, allowance, depth)
    if isinstance(value, list):
        allowance.spend(ELEMENT * (len(value) + 1))
        items = [settled(item, allowance, depth + 1) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if getattr(value, "is_missing", False):
        return list(value)  # raises
    if isinstance(value, (tuple, range, Iterator)) or value.__class__.__name__ in ("dict_items", "dict_keys", "dict_values"):
        items = []
        for item in value:
            allowance.spend(ELEMENT)
            items.append(settled(item, allowance, depth + 1))
        return items
    raise Refused(f"{named(value)} is not supported by Helm's functions")


def _settled_map(value: dict[GoValue, GoValue], allowance: Allowance, depth: int) -> dict[GoValue, GoValue]:
    if isinstance(value, Map):
        return value
    allowance.spend(ELEMENT * (len(value) + 1))
    made: JsonObject = {}
    for key, item in value.items():
        if not isinstance(key, str) and (not isinstance(key, int) or key.__class__ is bool):
            raise Refused(f"a dictionary has {named(key)} as a key; Helm's functions only support strings")
        made[str(key)] = settled(item, allowance, depth + 1)
    same = len(made) == len(value) and all(key in made and made[key] is item for key, item in value.items())
    return value if same else made


def named(value: GoValue) -> str:
    """The type of a value, as text."""
    words = {
        "NoneType": "nothing",
        "bool": "a boolean",
        "int": "a number",
        "float": "a number",
        "str": "a text",
        "dict": "a map",
        "list": "a list",
        "tuple": "a list",
        "generator": "a generator (append `| list`)",
        "Macro": "a macro (append `()` to call it)",
        "Bound": "a method (append `()` to call it)",
        "Call": "a function (append `()` to call it)",
        "Namespace": "a namespace",
    }
    return words.get(value.__class__.__name__, f"a {value.__class__.__name__}")
