# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes and parses TOML as Helm does (``toToml``, ``fromToml``: BurntSushi/toml 1.6).

Writing is byte for byte: keys sorted, scalars before tables, tables indented by depth, whole floats with ``.0``, a list of
nothing but tables as ``[[key]]``, nil left out. Python's ``tomllib`` parses, on Python 3.10 ``tomli``: see
``docs/adr/0004-yaml-and-toml-readers.md``.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Union

from ..aliases import GoValue, Json, JsonObject
from ..gotypes.values import GoError, GoObject, Int64, Members, Slice
from .errors import YamlError
from .numbers import float_g

Moment = Union[date, datetime, time]

MAX_DEPTH = 300
_MAX_READ_DEPTH = 200
_TABLE = "map[string]interface {}"
_SURROGATE = re.compile("[\ud800-\udfff]")

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPED = re.compile("[\"\\\\\0-\x1f\x7f]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
#: strings over several lines (the groups: body and end); comments, other strings, and what follows a string without an end, are skipped
_TOKENS = re.compile(
    r"""#[^\n]*|"{3}((?:[^"\\]|\\.|"{1,2}(?!"))*)("{3,5})|'{3}((?:[^']|'{1,2}(?!'))*)('{3,5})"""
    r"""|"{3}.*|'{3}.*|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?""",
    re.S,
)
#: in such a string: a line-ending backslash with the blanks that it removes, another escape, and the end of a line
_LINE_ENDS = re.compile(r"\\[ \t]*\r?\n[ \t\r\n]*|\\.|\r\n", re.S)
_TIMES = {"datetime-local": "2006-01-02T15:04:05.999999999", "date-local": "2006-01-02", "time-local": "15:04:05.999999999"}


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _key(text: str) -> str:
    return text if _BARE.match(text) is not None else _quoted(text)


def toml_dumps(value: Json) -> str:
    """``toml.NewEncoder(...).Encode(value)``.

    :raises YamlError: with Go's message.
    :raises GoError: for nil, which makes the encoder panic.
    """
    if (isinstance(value, Slice) and value.is_nil) or (isinstance(value, bytes) and not value):
        return "[]"
    if isinstance(value, dict) and getattr(value, "GO_NIL", False):
        return ""
    writer = _Writer()
    value = _plain(value)
    if value is None:
        raise GoError("reflect: call of reflect.Value.Type on zero Value")
    writer.encode((), value)
    return "".join(writer.out)


def _plain(value: Json) -> Json:
    """Interfaces seen through: hooks called, nil slices as nil."""
    hook = getattr(value, "go_json", None)
    if hook is not None and isinstance(value, GoObject) and value.GO_TYPE != "time.Time":
        plain = hook()
        if plain.__class__ is Members:  # by Go's names, where JSON has others
            members = Members({name: getattr(value, attribute) for name, attribute in value.GO_FIELDS.items()})
            members.places = list(value.GO_PRINTED or value.GO_FIELDS)
            return members
        return plain
    nil = getattr(value, "GO_NIL", False) or (isinstance(value, Slice) and value.is_nil)
    return None if nil else value


def _is_tables(items: list[Json]) -> bool:
    """Whether all elements are tables. Checks all of them, since nil is an error at any position."""
    every = bool(items)
    for item in items:
        one = _plain(item)
        if one is None:
            raise YamlError("toml: cannot encode array with nil element")
        if isinstance(one, list):
            _is_tables(one)
        every = every and isinstance(one, dict)
    return every


class _Writer:
    """Collects text; the key of what is being written is a tuple, its length the depth."""

    def __init__(self) -> None:
        self.out: list[str] = []

    def newline(self) -> None:
        if self.out:
            self.out.append("\n")

    def encode(self, key: tuple[str, ...], value: Json) -> None:
        if len(key) > MAX_DEPTH:
            raise YamlError(f"toml: nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            if len(key) == 1:
                self.newline()
            if key:
                self.out.append(f"{_indent(key)}[{_path(key)}]")
                self.newline()
            self.table(key, value)
        elif isinstance(value, list) and _is_tables(value):
            if not key:
                raise YamlError("toml: top-level values must be Go maps or structs")
            for item in value:
                self.newline()
                self.out.append(f"{_indent(key)}[[{_path(key)}]]")
                self.newline()
                self.table(key, _plain(item))
        elif not key:
            if isinstance(value, complex):
                raise YamlError("unsupported type for key '': complex128")
            self.out.append(_element(value))
        else:
            self.out.append(f"{_indent(key)}{_key(key[-1])} = {_element(value)}\n")

    def table(self, key: tuple[str, ...], value: JsonObject) -> None:
        for name, one in _in_order(value)[2]:
            if one is not None:
                self.encode((*key, name), one)


def _in_order(value: JsonObject) -> tuple[int, int, list[tuple[str, GoValue]]]:
    """How many keys hold no table, how many do, and all of them in that order, each part by name."""
    direct: list[tuple[str, GoValue]] = []
    tables: list[tuple[str, GoValue]] = []
    for name in value:
        if not isinstance(name, str):
            raise YamlError("toml: cannot encode a map with non-string key type")
    for name in value if value.__class__ is Members else sorted(value):
        one = _plain(value[name])
        below = isinstance(one, dict) or (isinstance(one, list) and _is_tables(one))
        (tables if below else direct).append((name, one))
    return len(direct), len(tables), direct + tables


def _indent(key: tuple[str, ...]) -> str:
    return "  " * (len(key) - 1)


def _path(key: tuple[str, ...]) -> str:
    return ".".join(_key(part) for part in key)


def _element(value: Json) -> str:
    """A value on one line."""
    value = _plain(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if getattr(value, "GO_TYPE", "") == "time.Duration":
            return _quoted(value.go_string())  # type: ignore[attr-defined]  # every duration has one
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, bytes):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(_element(one) for one in value) + "]"
    if isinstance(value, dict):
        return _inline(value)
    if getattr(value, "GO_TYPE", "") == "time.Time":
        local = _TIMES.get(value.zone.name)  # such a time is written as it is in UTC
        return str(value.rfc3339() if local is None else value.in_utc().format(local))
    kind = "complex128" if isinstance(value, complex) else getattr(value, "GO_TYPE", type(value).__name__)
    raise YamlError(f"unsupported type: {kind}")


def _inline(value: JsonObject) -> str:
    """``{a = 1, b = 2}``; a nil at the end of a part leaves its comma behind, as it does in Go."""
    direct, tables, members = _in_order(value)
    out = ["{"]
    if isinstance(value, Members):  # a comma is left out where a field's place, hidden ones counted, is the number of those shown
        for name, one in members:
            if one is not None:
                comma = "" if value.places.index(name) == len(members) - 1 else ", "
                out.append(f"{_key(name)} = {_element(one)}{comma}")
        return "".join(out) + "}"
    for index, (name, one) in enumerate(members):
        if one is None:
            continue
        out.append(f"{_key(name)} = {_element(one)}")
        last_of_part = index == direct - 1 or index == direct + tables - 1
        if not last_of_part or (index < direct and tables > 0):
            out.append(", ")
    return "".join(out) + "}"


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    text = float_g(value)
    return text if "." in text or "e" in text else text + ".0"


# reading


def toml_loads(text: str, make_time: Callable[[Moment], GoValue]) -> JsonObject:
    """``toml.Unmarshal`` into ``map[string]interface{}``.

    Whole numbers are ``Int64``, arrays of nothing but tables a ``Slice``.

    :param make_time: what a date or a time becomes.
    :raises YamlError: for text that is not TOML.
    :raises GoError: where no library for TOML is installed.
    """
    if sys.version_info >= (3, 11):
        from tomllib import TOMLDecodeError, loads
    else:
        try:
            from tomli import TOMLDecodeError, loads
        except ImportError:
            raise GoError("fromToml needs Python 3.11 or the Python library tomli on the machine that renders the chart") from None
    if _SURROGATE.search(text) is not None:
        raise YamlError("toml: invalid UTF-8", "not valid TOML: the text is not UTF-8")
    try:
        found = loads(_escaped_cr(text.removeprefix("\ufeff")), parse_float=_finite)
        return {key: _read(value, make_time, 1) for key, value in found.items()}
    except TOMLDecodeError as error:
        raise YamlError(f"toml: {error}", f"not valid TOML: {error}") from None
    except RecursionError:
        raise _too_deep() from None


def _escaped_cr(text: str) -> str:
    """Escapes the CR of line ends in strings over several lines.

    ``tomllib`` removes it, Helm does not. A string without escapes becomes one with escapes. Both remove a line end at the beginning.
    """

    def token(found: re.Match[str]) -> str:
        body, end, raw, quotes = found.groups()
        if quotes:
            body, end = (raw + quotes[3:]).replace("\\", "\\\\").replace('"', '\\"'), '"""'
        elif not end:
            return found[0]
        start = "\r\n" if body.startswith("\r\n") else ""
        return f'"""{start}{_LINE_ENDS.sub(line_end, body[len(start) :])}{end}'

    def line_end(found: re.Match[str]) -> str:
        return "\\r\n" if found[0] == "\r\n" else found[0]

    return _TOKENS.sub(token, text) if "\r\n" in text else text


def _too_deep() -> YamlError:
    return YamlError(f"toml: nested deeper than {_MAX_READ_DEPTH} levels")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number) and "inf" not in text:
        raise YamlError(f"toml: {text} is out of range for float64")
    return number


def _read(value: Json, make_time: Callable[[Moment], GoValue], depth: int) -> Json:
    """A value of ``tomllib`` as Go has it."""
    if depth > _MAX_READ_DEPTH:
        raise _too_deep()
    if isinstance(value, dict):
        return {key: _read(one, make_time, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        items = [_read(one, make_time, depth + 1) for one in value]
        return Slice(items, _TABLE) if items and all(isinstance(one, dict) for one in items) else items
    if isinstance(value, int) and not isinstance(value, bool):
        if not -(1 << 63) <= value < 1 << 63:
            raise YamlError(f"toml: {value} is out of range for int64")
        return Int64(value)
    return make_time(value) if isinstance(value, (date, time)) else value
