# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's own template functions (Go: ``text/template/funcs.go``).

``and`` and ``or`` are not here: they are compiled, since they short-circuit.
"""

from __future__ import annotations

from typing import Optional

from ..aliases import GoValue
from ..gotypes.function import Function
from ..gotypes.kinds import is_integer, kind_of, truth, type_of
from ..gotypes.limits import made
from ..gotypes.printing import sprint
from ..gotypes.runes import is_print
from ..gotypes.values import GoError, GoObject, Map, Slice, Uint8
from .printf import sprint_all, sprintf, sprintln

_BAD = "invalid type for comparison"


def _basic(value: GoValue) -> str:
    """Go's ``basicKind``; empty for what has none."""
    kind = kind_of(value)
    if kind.startswith("int") and kind != "interface":
        return "" if kind == "invalid" else "int"
    if kind.startswith("uint"):
        return "uint"
    return {"bool": "bool", "float64": "float", "string": "string", "complex128": "complex"}.get(kind, "")


def eq(first: GoValue, *others: GoValue) -> bool:
    """``first`` equals one of the others. Kinds must agree; integers compare across signedness."""
    if not others:
        raise GoError("missing argument for comparison")
    kind = _basic(first)
    return any(_equal(first, kind, other) for other in others)


def _equal(first: GoValue, kind: str, other: GoValue) -> bool:
    kind2 = _basic(other)
    if kind != kind2:
        if {kind, kind2} == {"int", "uint"}:
            return bool(int(first) == int(other))
        if first is not None and other is not None:
            raise GoError(f"incompatible types for comparison: {type_of(first)} and {type_of(other)}")
        return False
    if kind:
        if kind == "string" and first != other and not (first.isascii() and other.isascii()):
            return bool(first.encode("utf-8", "surrogateescape") == other.encode("utf-8", "surrogateescape"))
        return bool(first == other)
    one, two = kind_of(first), kind_of(other)
    if one != two and "invalid" not in (one, two):
        plain = f"{type_of(first)} and {type_of(other)} cannot be compared"
        raise GoError(f"non-comparable types {sprintf('%s', first)}: {type_of(first)}, {type_of(other)}: {sprint(other)}", plain=plain)
    if _is_nil(first) or _is_nil(other):
        return _is_nil(first) and _is_nil(other)
    if two in ("map", "slice", "func"):
        raise GoError(f"non-comparable type {sprintf('%s', other)}: {type_of(other)}", plain=f"{type_of(other)} cannot be compared")
    return first is other or bool(first == other)


def _is_nil(value: GoValue) -> bool:
    return value is None or (isinstance(value, Slice) and value.is_nil) or getattr(value, "GO_NIL", False)


def ne(first: GoValue, second: GoValue) -> bool:
    return not eq(first, second)


def lt(first: GoValue, second: GoValue) -> bool:
    kind, kind2 = _basic(first), _basic(second)
    if not kind or not kind2:
        raise GoError(_BAD)
    if kind != kind2 and {kind, kind2} != {"int", "uint"}:
        raise GoError(f"incompatible types for comparison: {type_of(first)} and {type_of(second)}")
    if kind in ("bool", "complex"):
        raise GoError(_BAD)
    if kind == "string" and not (first.isascii() and second.isascii()):
        return bool(first.encode("utf-8", "surrogateescape") < second.encode("utf-8", "surrogateescape"))
    return bool(first < second)


def le(first: GoValue, second: GoValue) -> bool:
    return lt(first, second) or eq(first, second)


def gt(first: GoValue, second: GoValue) -> bool:
    return not le(first, second)


def ge(first: GoValue, second: GoValue) -> bool:
    return not lt(first, second)


def negate(value: GoValue) -> bool:
    return not truth(value)


def length(value: GoValue) -> int:
    """Bytes of a string, entries of anything else that has some."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogateescape")) if not value.isascii() else len(value)
    if isinstance(value, (list, dict, bytes)):
        return len(value)
    if value is None:
        raise GoError("len of nil pointer")
    raise GoError(f"len of type {type_of(value).lstrip('*')}")


def _place(index: GoValue, size: int) -> int:
    if index is None:
        raise GoError("cannot index slice/array with nil")
    if not is_integer(index):
        raise GoError(f"cannot index slice/array with type {type_of(index)}")
    if not 0 <= index <= size:
        raise GoError(f"index out of range: {index}")
    return int(index)


def index(item: GoValue, *indexes: GoValue) -> GoValue:
    """``x[1][2]``; a map's missing key is nil, a list's is an error."""
    if item is None:
        raise GoError("index of untyped nil")
    for key in indexes:
        if item is None:
            raise GoError("index of nil pointer")
        item = _indexed(item, key)
    return item


def _indexed(item: GoValue, key: GoValue) -> GoValue:
    if isinstance(item, dict):
        if key is None:
            raise GoError("value is nil; should be of type string")
        if not isinstance(key, str):
            raise GoError(f"value has type {type_of(key)}; should be string")
        return item.get(key, item.GO_ELEM_ZERO if isinstance(item, Map) else None)
    if isinstance(item, str):
        item = item.encode("utf-8", "surrogateescape")
    if isinstance(item, (list, bytes)):
        place = _place(key, len(item))
        if place == len(item):
            raise GoError("reflect: slice index out of range" if isinstance(item, list) else "reflect: string index out of range")
        return Uint8(item[place]) if isinstance(item, bytes) else item[place]
    raise GoError(f"can't index item of type {type_of(item).lstrip('*')}")


def slice_of(item: GoValue, *indexes: GoValue) -> GoValue:
    """``x[1:2]``."""
    if item is None:
        raise GoError("slice of untyped nil")
    if len(indexes) > 3:
        raise GoError(f"too many slice indexes: {len(indexes)}")
    text = isinstance(item, str)
    if text and len(indexes) == 3:
        raise GoError("cannot 3-index slice a string")
    data = item.encode("utf-8", "surrogateescape") if text else item
    if not isinstance(data, (list, bytes)):
        raise GoError(f"can't slice item of type {type_of(item)}")
    bounds = [0, len(data)]
    for number, bound in enumerate(indexes[:2]):
        bounds[number] = _place(bound, len(data))
    if bounds[0] > bounds[1]:
        raise GoError(f"invalid slice index: {bounds[0]} > {bounds[1]}")
    cut = data[bounds[0] : bounds[1]]
    return cut.decode("utf-8", "surrogateescape") if text and isinstance(cut, bytes) else cut


def call(name: Optional[str], function: GoValue, *args: GoValue) -> GoValue:
    """Go's ``call``.

    ``name``: the called value in the template's notation; None where a pipeline passed it.
    """
    if function is None:
        raise GoError("call of nil")
    if isinstance(function, Function):
        return function.code(*args)
    if callable(function) and not isinstance(function, GoObject):
        return function(*args)
    if name is None:
        name = function if isinstance(function, str) else f"<{type_of(function)} Value>"
    raise GoError(f"non-function {name} of type {type_of(function)}", plain=f"{type_of(function)} cannot be called")


def _text(args: tuple[GoValue, ...]) -> str:
    """One string as it is, anything else as ``print`` would (Go: ``evalArgs``)."""
    if len(args) == 1 and isinstance(args[0], str):
        return args[0]
    return sprint_all(*["<no value>" if a is None else _Pointed(a) if getattr(a, "GO_KIND", "") == "ptr" else a for a in args])


class _Pointed(GoObject):
    """What a pointer points to, as text."""

    def __init__(self, pointer: GoValue) -> None:
        self.pointer = pointer

    def go_string(self) -> str:
        return sprint(self.pointer).removeprefix("&")


_HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}


def html(*args: GoValue) -> str:
    return made(_text(args).translate(_HTML))


def js(*args: GoValue) -> str:
    return made("".join([_js_char(c) for c in _text(args)]))


def _js_char(char: str) -> str:
    if char in _JS:
        return _JS[char]
    code = ord(char)
    if code < 0x20:
        return f"\\u{code:04X}"
    # a byte that is no UTF-8 is written as it is
    return char if code < 0x80 or 0xDC80 <= code <= 0xDCFF or is_print(char) else f"\\u{code:04X}"


def urlquery(*args: GoValue) -> str:
    from urllib.parse import quote_plus

    return made(quote_plus(_text(args).encode("utf-8", "surrogateescape"), safe="-_.~"))


def _either(*_values: GoValue) -> GoValue:
    """A placeholder for ``and`` and ``or``, which are compiled and never called."""
    raise GoError("unreachable")


_TABLE: tuple[tuple[str, tuple[str, ...], GoValue], ...] = (
    ("and", ("value", "...value"), _either),
    ("or", ("value", "...value"), _either),
    ("not", ("value",), negate),
    ("eq", ("value", "...value"), eq),
    ("ne", ("value", "value"), ne),
    ("lt", ("value", "value"), lt),
    ("le", ("value", "value"), le),
    ("gt", ("value", "value"), gt),
    ("ge", ("value", "value"), ge),
    ("len", ("value",), length),
    ("index", ("value", "...value"), index),
    ("slice", ("value", "...value"), slice_of),
    ("call", ("value", "...value"), call),
    ("html", ("...any",), html),
    ("js", ("...any",), js),
    ("urlquery", ("...any",), urlquery),
    ("print", ("...any",), sprint_all),
    ("printf", ("string", "...any"), sprintf),
    ("println", ("...any",), sprintln),
)

BUILTINS = {name: Function.of(name, params, code) for name, params, code in _TABLE}
