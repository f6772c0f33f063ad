# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Conditions on an object, as users write them in ``ready_when`` and ``failed_when``.

    condition(Ready)                              the condition Ready is True
    condition(Ready).reason == 'Expired'          a field of a condition
    status.phase in ['Running', 'Done']           one of a list
    status.readyReplicas >= spec.replicas         paths on both sides
    status.nodes[0].role == 'leader' and not status.paused
    metadata.annotations['example.com/done'] == 'yes'

A path starts at the object. A missing field is null: it equals null, is neither smaller nor greater than anything, and counts as false.
Empty texts, lists and maps, zero and ``false`` count as false as well. Numbers are compared as numbers, texts as texts; values of two
types can be compared by ``==`` and ``!=`` only, other comparisons are false. ``and`` binds tighter than ``or``, ``not`` tighter than both;
parentheses group. The only function is ``condition``. Everything is pure: no clock, no other object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..aliases import Json, JsonObject
from ..errors import OptionError
from .readiness import condition

Predicate = Callable[[Mapping[str, Json]], Json]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<sign>==|!=|<=|>=|[<>()\[\],.])|(?P<word>[A-Za-z_][\w-]*))"
)
_LITERALS: JsonObject = {"true": True, "false": False, "null": None}
_RESERVED = ("and", "or", "not", "in")
_LONGEST = 2000
_DEEPEST = 30


def predicate(text: str, option: str, kind: str) -> Predicate:
    """A function of an object, for one expression.

    :param option, kind: the place of the text, for the message.
    :raises OptionError: it does not parse. Fields: ``option``, ``kind``, ``column`` (from 1).
    """
    return _Parser(text, option, kind).whole()


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, option: str, kind: str) -> None:
        self._text = text
        self._where = (option, kind)
        self._depth = 0
        self._tokens: list[tuple[str, str, int]] = []
        place = 0
        if len(text) > _LONGEST:
            raise self._fault(f"it is longer than {_LONGEST} characters", 0)
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None or found.lastgroup is None:
                rest = text[place:].lstrip()
                raise self._fault(f"{rest[:1]!r} is not understood", len(text) - len(rest))
            self._tokens.append((found.lastgroup, found.group(found.lastgroup), found.start(found.lastgroup)))
            place = found.end()
        self._at = 0

    def whole(self) -> Predicate:
        comparison = self._either()
        if self._at < len(self._tokens):
            raise self._fault(f"{self._tokens[self._at][1]!r} is not expected", self._tokens[self._at][2])
        return lambda obj: bool(comparison(obj))

    def _fault(self, what: str, place: int) -> OptionError:
        option, kind = self._where
        return OptionError(
            f"{option} for {kind} cannot be read: {what}, at column {place + 1} of {self._text[:200]!r}; write for example "
            "condition(Ready), or status.phase == 'Running'",
            option=option,
            kind=kind,
            column=place + 1,
        )

    def _peek(self, *wanted: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        group, value, _place = self._tokens[self._at]
        return group != "text" and value in wanted

    def _accept(self, *wanted: str) -> bool:
        if self._peek(*wanted):
            self._at += 1
            return True
        return False

    def _next(self, what: str) -> tuple[str, str, int]:
        if self._at >= len(self._tokens):
            raise self._fault(f"{what} is missing at the end", len(self._text))
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        _group, value, place = self._next(repr(sign))
        if value != sign:
            raise self._fault(f"{sign!r} is expected, not {value!r}", place)

    def _either(self) -> Predicate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._fault("it is nested too deeply", 0)
        left = self._both()
        while self._accept("or"):
            left = _or(left, self._both())
        self._depth -= 1
        return left

    def _both(self) -> Predicate:
        left = self._not()
        while self._accept("and"):
            left = _and(left, self._not())
        return left

    def _not(self) -> Predicate:
        negated = False
        while self._accept("not"):
            negated = not negated
        comparison = self._comparison()
        return (lambda obj: not comparison(obj)) if negated else comparison

    def _comparison(self) -> Predicate:
        left = self._value()
        if self._accept("in"):
            return _compared("in", left, self._value())
        for sign in ("==", "!=", "<=", ">=", "<", ">"):
            if self._accept(sign):
                return _compared(sign, left, self._value())
        return left

    def _value(self) -> Predicate:
        group, value, place = self._next("a value")
        if group == "text":
            return _always(value[1:-1])
        if group == "number":
            return _always(float(value) if "." in value else int(value))
        if value == "(":
            inner = self._either()
            self._expect(")")
            return inner
        if value == "[":
            return self._list()
        if group != "word" or value in _RESERVED:
            raise self._fault(f"{value!r} is not expected", place)
        if value in _LITERALS:
            return _always(_LITERALS[value])
        if self._peek("("):
            return self._condition(value, place)
        return self._path([value])

    def _list(self) -> Predicate:
        items: list[Predicate] = []
        while not self._accept("]"):
            items.append(self._value())
            if not self._accept(","):
                self._expect("]")
                break
        return lambda obj: [item(obj) for item in items]

    def _condition(self, name: str, place: int) -> Predicate:
        if name != "condition":
            raise self._fault(f"there is no function {name!r}, only condition(NAME)", place)
        self._expect("(")
        group, kind, place = self._next("the name of a condition")
        if group not in ("word", "text"):
            raise self._fault(f"the name of a condition is expected, not {kind!r}", place)
        kind = kind.strip("'\"")
        self._expect(")")
        if not self._peek("."):
            return lambda obj: condition(obj, kind).get("status") == "True"
        fields = self._steps([])
        return lambda obj: _follow(condition(obj, kind), fields)

    def _path(self, steps: list[Json]) -> Predicate:
        steps = self._steps(steps)
        return lambda obj: _follow(obj, steps)

    def _steps(self, steps: list[Json]) -> list[Json]:
        while True:
            if self._accept("."):
                group, value, place = self._next("a field")
                if group != "word":
                    raise self._fault(f"a field is expected, not {value!r}; write others as ['{value}']", place)
                steps.append(value)
            elif self._accept("["):
                group, value, place = self._next("a field or a position")
                if group not in ("text", "number") or "." in value[:1]:
                    raise self._fault(f"a field in quotes or a position is expected, not {value!r}", place)
                steps.append(value[1:-1] if group == "text" else int(float(value)))
                self._expect("]")
            else:
                return steps


def _always(value: Json) -> Predicate:
    return lambda obj: value


def _and(left: Predicate, right: Predicate) -> Predicate:
    return lambda obj: left(obj) and right(obj)


def _or(left: Predicate, right: Predicate) -> Predicate:
    return lambda obj: left(obj) or right(obj)


def _follow(value: Json, steps: list[Json]) -> Json:
    for step in steps:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _compared(sign: str, left: Predicate, right: Predicate) -> Predicate:
    def compare(obj: Mapping[str, Json]) -> bool:
        one, other = left(obj), right(obj)
        if sign == "in":
            return any(_equal(one, item) for item in other) if isinstance(other, list) else False
        if sign in ("==", "!="):
            return _equal(one, other) == (sign == "==")
        if not (_numbers(one, other) or (isinstance(one, str) and isinstance(other, str))):
            return False
        return bool({"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign])

    return compare


def _numbers(one: Json, other: Json) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (one, other))


def _equal(one: Json, other: Json) -> bool:
    """Equality in which ``true`` is not 1."""
    return bool(isinstance(one, bool) == isinstance(other, bool) and one == other)
