# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Helm's functions as global functions and filters of Jinja2, all of them also below ``sprig``.

A filter puts the piped value where a Go pipeline puts it: it is the last argument (``Values.x | nindent(4)`` is ``nindent(4, Values.x)``).
Jinja2's own names keep Jinja2's meaning: ``default``, ``join``, ``replace`` and similar names are its filters, ``dict`` and ``range`` its
functions; Helm's functions of the same names are ``sprig.default``, ``sprig.dict``.

A missing value is an error for every function except those that handle it (``ABSENT``): they get nil.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..aliases import GoValue, Json
from ..errors import TemplateExecError
from ..gotmpl.runtime import Fault, argument
from ..gotypes.function import Function
from ..gotypes.values import GoError
from .bounds import STEP, Allowance, Refused
from .values import Dot, named, settled

ABSENT = frozenset(
    ["all", "any", "coalesce", "default", "empty", "kindIs", "kindOf", "required", "ternary", "typeIs", "typeIsLike", "typeOf"]
)
#: syntax in Jinja2, or of use in Go alone
LEFT_OUT = frozenset(["and", "or", "not", "call"])
#: functions whose last argument may be left out: it is the dot
_WITH_DOT = frozenset(["include", "tpl"])


class CallFault(Exception):
    """A function of Helm's failed. ``cause`` is what it raised."""

    def __init__(self, name: str, cause: Exception) -> None:
        super().__init__(str(cause))
        self.name = name
        self.cause = cause


class Call:
    """A function that Jinja2 code can call."""

    __slots__ = ("_allowance", "_dot", "_function")

    def __init__(self, function: Function, allowance: Allowance, dot: Dot | None = None) -> None:
        self._function = function
        self._allowance = allowance
        self._dot = dot

    def __call__(self, *args: GoValue, **named_args: GoValue) -> GoValue:
        name = self._function.name
        if named_args:
            raise Refused(f"{name} accepts positional arguments only; {next(iter(named_args))}= is not supported")
        if self._dot is not None and len(args) < len(self._function.params):
            args = (*args, self._dot)
        given = self._given(args)
        try:
            result = self._function.code(*given)
        except (GoError, TemplateExecError) as error:
            raise CallFault(name, error) from error
        self._allowance.spend(STEP + (len(result) if isinstance(result, (str, list, dict)) else 1))
        return result

    def _given(self, args: tuple[GoValue, ...]) -> list[Json]:
        name, params = self._function.name, self._function.params
        variadic = bool(params) and params[-1].startswith("...")
        fixed = len(params) - variadic
        if len(args) < fixed or (len(args) > fixed and not variadic):
            least = "at least " if variadic else ""
            raise Refused(f"{name} takes {least}{fixed} {'value' if fixed == 1 else 'values'}; it got {len(args)}")
        kinds = [params[i] if i < fixed else params[-1][3:] for i in range(len(args))]
        return [self._one(value, kind) for value, kind in zip(args, kinds, strict=True)]

    def _one(self, value: GoValue, kind: str) -> GoValue:
        name = self._function.name
        if getattr(value, "is_missing", False) and name in ABSENT:
            return None
        value = settled(value, self._allowance)
        if kind == "int" and value.__class__ is not bool and isinstance(value, (int, float)) and value == int(value):
            return int(value)
        if kind == "float64" and value.__class__ is int:
            return float(value)
        try:
            return argument(value, kind, False)
        except Fault:
            wanted = {"string": "a text", "int": "a whole number", "map": "a map", "list": "a list", "bool": "a boolean"}.get(kind, kind)
            raise Refused(f"{name} requires {wanted}, not {named(value)}") from None


class Bound:
    """A method that is safe to call: of a text, a map, a loop, or of one of Helm's objects."""

    __slots__ = ("_code",)

    def __init__(self, code: Callable[..., GoValue]) -> None:
        self._code = code

    def __call__(self, *args: GoValue, **named_args: GoValue) -> GoValue:
        return self._code(*args, **named_args)


def bound_method(receiver: GoValue, name: str, method: GoValue, allowance: Allowance) -> Callable[..., GoValue]:
    """A method of a Go object or of a named map."""
    if not isinstance(method, Function):
        return Call(Function.of(name, (), lambda: method(receiver)), allowance)
    return Call(Function.of(name, method.params, lambda *args: method.code(receiver, *args)), allowance)


def as_globals(functions: Mapping[str, Function], allowance: Allowance, dot: Dot) -> dict[str, Call]:
    """By name, for calls."""
    return {
        name: Call(function, allowance, dot if name in _WITH_DOT else None) for name, function in functions.items() if name not in LEFT_OUT
    }


def as_filter(call: Call) -> Callable[..., GoValue]:
    """A function as a filter: the piped value is the last argument."""

    def piped(value: GoValue, *args: GoValue, **named_args: GoValue) -> GoValue:
        return call(*args, value, **named_args)

    return piped
