# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The functions that compiled templates call: fields, methods, arguments, ranges, printing.

Go: ``text/template/exec.go``. Generated code uses only the names in ``GLOBALS``. ``Fault`` is the counterpart of Go's ``errorf``: an error
of the template itself; ``GoError`` is an error that a function returned, and gets the prefix ``error calling F:``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..aliases import GoValue
from ..gotypes.function import Function, Unusable
from ..gotypes.kinds import is_integer, kind_of, truth, type_of
from ..gotypes.limits import tick, watched
from ..gotypes.printing import sorted_keys, sprint
from ..gotypes.values import GoError, GoObject, Int64, Map, NilMap, Slice, Uint8
from .unit import CONSTANTS, FREE, GO_NAMES, LITERAL, NILLABLE, QUICK, WHOLE

LONG = 200  # a loop of more turns is looked at on its way
_MISSING = (KeyError, TypeError)
#: Python's truth of these is Go's
PLAIN = frozenset([bool, str, int, float, dict, list, type(None), bytes])


class Fault(Exception):
    """An operation that Go refuses. ``str`` is Go's message; ``{node}`` in it is replaced by source text.

    ``place``: the index of the part at fault: 0 is the start of the chain, n the n-th argument of the method. ``constant`` and ``nil``: the
    message where that part is a constant or nil. ``missing``: the names of a chain, the index of the name that was read from nil, whether
    the key before it exists and is null, and a similar key. ``plain``: the message without any value, where Go's message quotes one.
    """

    place: int | None = None
    constant: str = ""
    nil: str = ""
    missing: tuple[tuple[str, ...], int, bool, str] | None = None
    plain: str | None = None


def field(receiver: GoValue, names: tuple[str, ...], boxed: bool) -> GoValue:
    """``.a.b.c`` where the quick way failed. Raises ``Fault`` in Go's words (Go: ``evalField``)."""
    above: GoValue = None
    for place, name in enumerate(names):
        if receiver is None:
            if not boxed:
                return None  # no value at all: fields of it are no value either
            raise missing(names, place, above)
        above = receiver
        receiver, boxed = _one_field(receiver, name, boxed)
    return receiver


def missing(names: tuple[str, ...], place: int, above: GoValue) -> Fault:
    """The error for reading ``names[place]`` from nil; ``above`` is the value that the nil came from."""
    fault = Fault(f"nil pointer evaluating interface {{}}.{names[place]}")
    there, similar = False, ""
    if place and isinstance(above, dict):
        there = names[place - 1] in above
        if not there:
            from difflib import get_close_matches

            similar = next(iter(get_close_matches(names[place - 1], [key for key in above if isinstance(key, str)], 1)), "")
    fault.missing = (names, place, there, similar)
    return fault


def _chains(boxed: bool) -> dict[str, Callable[..., GoValue]]:
    """The functions for ``.a.b`` in generated code, by the number of names.

    Indexing first, then Go's rules.

    One function for each number, since templates do this most. The letter in their names says whether a nil at the start is boxed.
    """

    def one(on: GoValue, a: str) -> GoValue:
        try:
            return on[a]
        except _MISSING:
            return field(on, (a,), boxed)

    def two(on: GoValue, a: str, b: str) -> GoValue:
        try:
            return on[a][b]
        except _MISSING:
            return field(on, (a, b), boxed)

    def three(on: GoValue, a: str, b: str, c: str) -> GoValue:
        try:
            return on[a][b][c]
        except _MISSING:
            return field(on, (a, b, c), boxed)

    def four(on: GoValue, a: str, b: str, c: str, d: str) -> GoValue:
        try:
            return on[a][b][c][d]
        except _MISSING:
            return field(on, (a, b, c, d), boxed)

    def five(on: GoValue, a: str, b: str, c: str, d: str, e: str) -> GoValue:
        try:
            return on[a][b][c][d][e]
        except _MISSING:
            return field(on, (a, b, c, d, e), boxed)

    def many(on: GoValue, *names: str) -> GoValue:
        return field(on, names, boxed)

    letter = "B" if boxed else "V"
    return {f"{letter}{number}": code for number, code in ((1, one), (2, two), (3, three), (4, four), (QUICK, five), ("N", many))}


def _one_field(receiver: GoValue, name: str, boxed: bool) -> tuple[GoValue, bool]:
    shown = "interface {}" if boxed else type_of(receiver)
    method = _method(receiver, name)
    if method is not None:
        result = call_method(receiver, name, method, [], ())
        return result, result is None or not isinstance(receiver, GoObject)  # methods of structs return types, no interfaces
    if isinstance(receiver, dict):
        if isinstance(receiver, Map) and receiver.GO_ELEM_ZERO is not None:
            return receiver.get(name, receiver.GO_ELEM_ZERO), False
        return receiver.get(name), True
    if isinstance(receiver, GoObject) and name in receiver.GO_FIELDS:
        return getattr(receiver, receiver.GO_FIELDS[name]), False
    if isinstance(receiver, GoObject) and name in receiver.GO_PRINTED:
        raise Fault(f"{name} is an unexported field of struct type {shown}")
    raise Fault(f"can't evaluate field {name} in type {shown}")


def _method(receiver: GoValue, name: str) -> GoValue:
    methods = getattr(receiver, "GO_METHODS", None)
    return methods.get(name) if methods else None


def method_call(receiver: GoValue, names: tuple[str, ...], boxed: bool, args: list[GoValue], boxes: tuple[int, ...]) -> GoValue:
    """``.a.b.c`` with arguments for the last name: only a method takes any."""
    try:
        receiver = has_method(receiver, names, boxed)
    except Fault as fault:
        fault.place = 0
        raise
    return None if receiver is None else call_method(receiver, names[-1], _method(receiver, names[-1]), args, boxes)


def has_method(receiver: GoValue, names: tuple[str, ...], boxed: bool) -> GoValue:
    """The receiver of the last name of a chain.

    Raises ``Fault`` where the name takes no arguments, which Go checks before it evaluates them. No value at all has any name.
    """
    above: GoValue = None
    name = names[-1]
    for place, one in enumerate(names):
        if receiver is None:
            if not boxed:
                return None
            raise missing(names, place, above)
        if place < len(names) - 1:
            above = receiver
            receiver, boxed = _one_field(receiver, one, boxed)
    if _method(receiver, name) is not None:
        return receiver
    if isinstance(receiver, dict):
        raise Fault(f"{name} is not a method but has arguments")
    if isinstance(receiver, GoObject) and name in receiver.GO_FIELDS:
        raise Fault(f"{name} has arguments but cannot be invoked as function")
    if isinstance(receiver, GoObject) and name in receiver.GO_PRINTED:
        raise Fault(f"{name} is an unexported field of struct type {'interface {}' if boxed else type_of(receiver)}")
    raise Fault(f"can't evaluate field {name} in type {'interface {}' if boxed else type_of(receiver)}")


def call_method(receiver: GoValue, name: str, method: GoValue, args: list[GoValue], boxes: tuple[int, ...]) -> GoValue:
    """Calls a method. ``method``: a ``Function`` whose code takes the receiver first, or such code itself."""
    if not isinstance(method, Function):
        return method(receiver, *args)
    params = method.params
    variadic = bool(params) and params[-1].startswith("...")
    fixed = len(params) - variadic
    if variadic and len(args) < fixed:
        raise _at_start(Fault(f"wrong number of args for {name}: want at least {fixed} got {len(args)}"))
    if not variadic and len(args) != fixed:
        raise _at_start(Fault(f"wrong number of args for {name}: want {fixed} got {len(args)}"))
    if isinstance(method, Unusable):
        raise _at_start(Fault(method.reason))
    kinds = [params[i] if i < fixed else params[-1][3:] for i in range(len(args))]
    return method.code(receiver, *[_placed(place, *one) for place, one in enumerate(zip(args, kinds, boxes, strict=True))])


def _at_start(fault: Fault) -> Fault:
    """Marks the start of the chain as the part at fault, as Go does: it names the node evaluated last."""
    fault.place = 0
    return fault


def _placed(place: int, value: GoValue, kind: str, boxed: int) -> GoValue:
    if boxed == WHOLE and kind in ("time.Duration", "int"):  # 1e3 and 'a', too
        return int(value)
    try:
        return argument(value, kind, boxed is True)
    except Fault as fault:
        expected, name = CONSTANTS.get(kind), GO_NAMES.get(kind, kind)
        fault.place = place + 1
        if boxed not in (LITERAL, WHOLE):
            raise
        fault.constant = f"expected {expected}; found {{node}}" if expected else f"can't handle {{node}} for arg of type {name}"
        fault.nil = f"cannot assign nil to {name}"
        raise


def argument(value: GoValue, kind: str, boxed: bool) -> GoValue:
    """A value as a parameter of a Go type, or ``Fault`` (Go: ``validateType``).

    A nil map becomes an empty one, a nil list a nil ``Slice``.
    """
    if kind in FREE:
        return value
    name = GO_NAMES.get(kind, kind)
    if value is None:
        if boxed:
            raise Fault(f"wrong type for value; expected {name}; got interface {{}}")
        if kind == "map":
            return NilMap()
        if kind in ("list", "strings"):
            return Slice((), "string" if kind == "strings" else "interface {}", is_nil=True)
        if kind in NILLABLE or kind.startswith(("*", "io.")):
            return None
        raise Fault(f"invalid value; expected {name}")
    if _fits(value, kind, name):
        return value
    raise Fault(f"wrong type for value; expected {name}; got {type_of(value)}")


def checked(wanted: type, value: GoValue, kind: str, boxed: bool) -> GoValue:
    """``argument`` where Python's class decides it most of the time."""
    return value if value.__class__ is wanted else argument(value, kind, boxed)


def _fits(value: GoValue, kind: str, name: str) -> bool:
    if kind == "map":
        return isinstance(value, dict) and not (isinstance(value, Map) and value.GO_ELEM_ZERO is not None)
    if kind == "int":
        return value.__class__ is int
    if kind == "string":
        return isinstance(value, str)
    return type_of(value) in (name, "*" + name)


def items(value: GoValue, two: bool) -> Iterable[GoValue]:
    """The items of ``range``: elements, or pairs of key and element; empty for values without elements.

    Raises ``Fault``.
    """
    if value is None:
        return ()
    if isinstance(value, dict):
        tick(len(value) + 1)
        keys = sorted_keys(value)
        return [(k, value[k]) for k in keys] if two else [value[k] for k in keys]
    if isinstance(value, (list, bytes)):
        if isinstance(value, bytes):
            value = [Uint8(byte) for byte in value]
        if len(value) > LONG:
            return watched(enumerate(value) if two else value)
        tick(len(value) + 1)
        return list(enumerate(value)) if two else value
    if is_integer(value):
        if two:
            raise Fault(f"can't use {sprint(value)} to iterate over more than one variable")
        if value > LONG:
            return watched(range(value) if value.__class__ is int else map(value.__class__, range(value)))
        tick(max(value, 0) + 1)
        return range(value) if value.__class__ is int else [value.__class__(v) for v in range(value)]
    fault = Fault(f"range can't iterate over {sprint(value).removeprefix('&') if isinstance(value, GoObject) else sprint(value)}")
    fault.plain = f"range can't iterate over a {type_of(value)}"
    raise fault


def tested(value: GoValue) -> bool:
    """Go's truth; for Python's own types it is Python's."""
    return bool(value) if value.__class__ in PLAIN else truth(value)


def printed(value: GoValue, copied: bool = False) -> str:
    """What an action writes (Go: ``printValue``).

    ``copied``: a function gave the value, so a pointer's methods are out of reach.
    """
    if value.__class__ is str:
        return value
    if value is None:
        return "<no value>"
    if isinstance(value, Function) or kind_of(value) == "func":
        raise Fault(f"can't print {{node}} of type {type_of(value)}")
    addressed = getattr(value, "go_addressed_string", None)  # a String() of the pointer: only here Go takes the value's address
    if addressed is not None and not copied and value.go_has_address:
        return str(addressed())
    text = sprint(value)
    return text[1:] if text.startswith("&{") and kind_of(value) == "ptr" else text


GLOBALS = {
    "A": argument,
    "C": checked,
    "E": GoError,
    "Fault": Fault,
    "G": field,
    "H": has_method,
    "I64": Int64,
    "M": method_call,
    "NilMap": NilMap,
    "P": printed,
    "R": items,
    "T": tested,
    **_chains(boxed=False),
    **_chains(boxed=True),
}

__all__ = ["GLOBALS", "Fault", "GoError"]
