# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What yaml.v2 decodes before sigs.k8s.io/yaml makes JSON of it: keys with their own types, and infinite numbers.

Nobody needs that but the messages of three faults, which show such a value as Go source (``%#v``): a collection as a key, a key that has
no text, and a number that JSON does not know. So a document is read once more, like this, when one of them was found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from ..gotypes.printing import go_quote
from .numbers import float_g


class Pairs(list[tuple[Any, Any]]):
    """A mapping: pairs of key and value in the order of the text, the last of equal keys alone."""

    def put(self, key: Any, value: Any) -> None:
        for number, (other, _value) in enumerate(self):
            if other.__class__ is key.__class__ and other == key:
                self[number] = (key, value)
                return
        self.append((key, value))


class CollectionKey(Exception):
    """A mapping or a sequence stands as a key. ``shown``: as Go source."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown)
        self.shown = shown


def source(value: Any) -> str:
    """``%#v`` of what yaml.v2 decodes into ``interface{}``."""
    if value is None:
        return "interface {}(nil)"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return ("+Inf" if value > 0 else "-Inf") if math.isinf(value) else float_g(value)
    if isinstance(value, int):
        return hex(value) if value >= 1 << 63 else str(value)
    if isinstance(value, str):
        return go_quote(value)
    if isinstance(value, Pairs):
        inner = ", ".join(f"{source(key)}:{source(one)}" for key, one in sorted(value, key=_order))
        return f"map[interface {{}}]interface {{}}{{{inner}}}"
    return "[]interface {}{" + ", ".join(source(one) for one in value) + "}"


def _order(pair: tuple[Any, Any]) -> tuple[int, Any]:
    """Go sorts keys of one type by value, and types by where they lie in the program; this is how they lie in Helm's."""
    key = pair[0]
    unsigned = key.__class__ is int and key >= 1 << 63
    kind = 1 if unsigned else {str: 0, int: 2, float: 3, bool: 4}.get(key.__class__, -1)
    return (kind, 0 if key is None or (isinstance(key, float) and math.isnan(key)) else key)


def decode(get_event: Callable[[], Any], resolve: Callable[[Any], Any]) -> Any:
    """The document whose start has been read.

    :param resolve: the value of a scalar event.
    :raises CollectionKey: at the first one.
    """
    anchors: dict[str, Any] = {}

    def value(event: Any) -> Any:
        kind = event.__class__.__name__
        if kind == "AliasEvent":
            return anchors.get(event.anchor)
        if kind == "ScalarEvent":
            found = resolve(event)
            _remember(event, found)
        elif kind == "SequenceStartEvent":
            found = []
            _remember(event, found)
            while (inner := get_event()).__class__.__name__ != "SequenceEndEvent":
                found.append(value(inner))
        else:
            found = Pairs()
            _remember(event, found)
            while (inner := get_event()).__class__.__name__ != "MappingEndEvent":
                pair(found, inner)
        return found

    def pair(found: Pairs, event: Any) -> None:
        merges = event.__class__.__name__ == "ScalarEvent" and event.value == "<<" and (event.tag or event.implicit[0])
        key = value(event)
        if isinstance(key, list):
            raise CollectionKey(source(key))
        one = value(get_event())
        if not merges:
            found.put(key, one)
            return
        for many in [one] if isinstance(one, Pairs) else reversed(one if isinstance(one, list) else []):
            for name, inner in many if isinstance(many, Pairs) else ():
                found.put(name, inner)

    def _remember(event: Any, found: Any) -> None:
        if event.anchor is not None:
            anchors[event.anchor] = found

    return value(get_event())


def bad_key(value: Any) -> tuple[Any, Any] | None:
    """The first key that has no text (null, or a whole number beyond 63 bits) and its value; outer ones come first."""
    if isinstance(value, Pairs):
        for key, one in value:
            if key is None or (isinstance(key, int) and key >= 1 << 63):
                return key, one
            found = bad_key(one)
            if found is not None:
                return found
    elif isinstance(value, list):
        for one in value:
            found = bad_key(one)
            if found is not None:
                return found
    return None


def infinite(value: Any, text: Callable[[Any], Any]) -> Iterator[float]:
    """Numbers that JSON does not know, in the order in which ``encoding/json`` comes to them: keys sorted."""
    if isinstance(value, Pairs):
        for _key, one in sorted(((str(text(key)), one) for key, one in value), key=lambda pair: pair[0]):
            yield from infinite(one, text)
    elif isinstance(value, list):
        for one in value:
            yield from infinite(one, text)
    elif isinstance(value, float) and not math.isfinite(value):
        yield value
