# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The grammar of ``--set`` and its variants (Helm: ``pkg/strvals``): ``a.b=1,l[0]=x,m={1,2}``.

Five variants share the grammar of keys. ``set`` types its values (booleans, null, whole numbers as int64, else text),
``set-string`` never does, ``set-file`` reads the file that the value names, ``set-json`` takes JSON, ``set-literal`` takes
everything after the first ``=`` literally, without escapes.

Helm's parser returns ``io.EOF`` through all levels when the text ends, and takes that for success wherever it happens. So
``a[`` sets nothing and reports no error, and ``a[0]`` makes an empty list. ``_End`` is that EOF.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..aliases import Json, JsonObject
from ..errors import ValuesError
from ..gotypes.kinds import type_of
from ..gotypes.values import Int64
from ..patterns import late
from ..yamlio.errors import YamlError

MAX_INDEX = 65536
MAX_NESTED_NAME_LEVEL = 30
KINDS = ("set", "set-string", "set-json", "set-file", "set-literal")

_SURROGATES = late("[\ud800-\udfff]")
_INTEGER = late(r"[-+]?[0-9]+\Z", re.ASCII)

ReadFile = Callable[[str], "str | bytes"]


class _End(Exception):
    """The text has ended."""


class _ParseError(Exception):
    """Helm's words, without ``failed parsing --set data: ``."""


class _NotList(Exception):
    """The value is no ``{...}``."""


def parse_into(text: str, dest: JsonObject, *, kind: str = "set", read_file: ReadFile | None = None) -> None:
    """Parses the text and sets its values in ``dest``, in place.

    >>> values: JsonObject = {}
    >>> parse_into("a.b=1,l[1]=x,m={1,true},n=null", values)
    >>> values
    {'a': {'b': 1}, 'l': [None, 'x'], 'm': [1, True], 'n': None}

    :param kind: one of ``KINDS``.
    :param read_file: for ``set-file``: path -> content.
    :raises ValuesError: with Helm's message. A JSON value is never repeated in it: it may be a secret.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind: {kind}")
    text = _SURROGATES.sub("\ufffd", text)
    whole = kind == "set-json" and text.strip().startswith("{")
    try:
        if whole:
            _merge_json(text.strip(), dest)
        else:
            _PARSERS[kind](text, read_file).parse(dest)
    except _ParseError as error:
        if kind == "set-json":
            words = "failed parsing --set-json data" + " JSON" * whole
            raise ValuesError(f"--set-json: {error}", helm=words, source="--set-json") from None
        raise ValuesError(f"--{kind}: {error}", helm=f"failed parsing --{kind} data: {error}", source=f"--{kind}") from None
    except ValuesError as error:  # a file that cannot be read
        error.helm = f"failed parsing --{kind} data: {error.helm_message}"
        raise


def _merge_json(text: str, dest: JsonObject) -> None:
    """``--set-json '{...}'``: a whole object, merged as a values file is."""
    from ..yamlio.gojson import json_loads

    try:
        _merge(dest, json_loads(text))
    except YamlError as error:
        raise _ParseError(error.message) from None


def _merge(base: JsonObject, over: JsonObject) -> None:
    for key, value in over.items():
        below = base.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            copied = dict(below)
            _merge(copied, value)
            base[key] = copied
        else:
            base[key] = value


def _panic(value: Json, wanted: str) -> _ParseError:
    found = "nil" if value is None else type_of(value)
    return _ParseError(f"unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")


def _as_list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise _panic(value, "[]interface {}")
    return value


def _set(data: JsonObject, key: str, value: Json) -> None:
    if key:
        data[key] = value


def _set_index(items: list[Json] | None, index: int, value: Json) -> list[Json]:
    if index > MAX_INDEX:
        raise _ParseError(f"index of {index} is greater than maximum supported index of {MAX_INDEX}")
    items = [] if items is None else items
    if len(items) <= index:
        items = items + [None] * (index + 1 - len(items))
    items[index] = value
    return items


class _Parser:
    """The parser of keys and of the path through maps and lists; the variants below parse values."""

    key_stops = "=[,."
    escapes = True

    def __init__(self, text: str, read_file: ReadFile | None) -> None:
        self.text = text
        self.at = 0
        self.read_file = read_file

    def parse(self, data: JsonObject) -> None:
        try:
            while True:
                self.key(data, 0)
        except _End:
            pass

    # characters

    def next(self) -> str:
        if self.at >= len(self.text):
            raise _End
        self.at += 1
        return self.text[self.at - 1]

    def until(self, stops: str) -> tuple[str, str]:
        """Text up to one of the stops, and that stop.

        ``""`` for the stop when the text ended (a lone ``\\`` is dropped).
        """
        out: list[str] = []
        while self.at < len(self.text):
            char = self.next()
            if char in stops:
                return "".join(out), char
            if char == "\\" and self.escapes:
                if self.at >= len(self.text):
                    break
                char = self.next()
            out.append(char)
        return "".join(out), ""

    # keys

    def key(self, data: JsonObject, level: int) -> None:
        name, stop = self.until(self.key_stops)
        if stop == "":
            if not name:
                raise _End
            raise _ParseError(f"key {_quoted(name)} has no value")
        if stop == "[":
            self.indexed(data, name, level)
        elif stop == "=":
            self.assign(lambda value: _set(data, name, value))
        elif stop == ",":
            raise _ParseError(f"key {_quoted(name)} has no value (cannot end with ,)")
        else:
            self.nested(data, name, level + 1)

    def indexed(self, data: JsonObject, name: str, level: int) -> None:
        index = self.index()
        items = _as_list(data[name]) if name in data else []
        try:
            items = self.item(items, index, level)
        finally:
            _set(data, name, items)

    def nested(self, data: JsonObject, name: str, level: int) -> None:
        if level > MAX_NESTED_NAME_LEVEL:
            raise _ParseError(f"value name nested level is greater than maximum supported nested level of {MAX_NESTED_NAME_LEVEL}")
        inner: Json = data.get(name, {})
        if not isinstance(inner, dict):
            raise _panic(inner, "map[string]interface {}")
        try:
            self.key(inner, level)
            if not inner:
                raise _ParseError(f"key map {_quoted(name)} has no value")
        finally:
            if inner:
                _set(data, name, inner)

    def index(self) -> int:
        digits, stop = self.until("]")
        if stop == "":
            raise _End
        if _INTEGER.match(digits) is None:
            raise _ParseError(f"error parsing index: strconv.Atoi: parsing {_quoted(digits)}: invalid syntax")
        number = int(digits) if len(digits) < 21 else 1 << 64
        if not -(1 << 63) <= number < 1 << 63:
            raise _ParseError(f"error parsing index: strconv.Atoi: parsing {_quoted(digits)}: value out of range")
        return number

    def item(self, items: list[Json] | None, index: int, level: int) -> list[Json]:
        """Parses the text after ``]`` and sets it at the index; returns the list, a longer one where needed."""
        if index < 0:
            raise _ParseError(f"negative {index} index not allowed")
        extra, stop = self.until("[.=")
        if extra:
            raise _ParseError("unexpected data at end of array index: [" + " ".join(_rune(char) for char in extra) + "]")
        if stop == "":
            raise _End
        if stop == "=":
            got: list[Json] = []
            self.assign_item(got.append)
            return _set_index(items, index, got[0])
        below = items[index] if items is not None and index < len(items) else None
        if stop == "[":
            following = self.index()
            return _set_index(items, index, self.item(None if below is None else _as_list(below), following, level))
        if items is not None and index < len(items) and not isinstance(below, dict):
            below = items[index] = {}
        inner = below if isinstance(below, dict) else {}
        self.key(inner, level)
        return _set_index(items, index, inner)

    # values

    def assign(self, put: Callable[[Json], None]) -> None:
        """Reads a value behind ``=`` and puts it; at the end of the text it puts ``""`` and ends."""
        if self.at >= len(self.text):
            put("")
            raise _End
        try:
            value: Json = self.listed()
        except _NotList:
            value = self.convert(self.until(",")[0])
        put(value)

    def assign_item(self, put: Callable[[Json], None]) -> None:
        """As ``assign``; the end of the text shows only at the next key."""
        try:
            self.assign(put)
        except _End:
            pass

    def listed(self) -> list[Json]:
        """``{a,b}`` and a comma behind it."""
        if self.text[self.at] != "{":
            raise _NotList
        self.at += 1
        items: list[Json] = []
        while True:
            item, stop = self.until(",}")
            if stop == "":
                raise _ParseError("list must terminate with '}'")
            items.append(self.convert(item))
            if stop == "}":
                if self.text[self.at : self.at + 1] == ",":
                    self.at += 1
                return items

    def convert(self, text: str) -> Json:
        return text


class _Typed(_Parser):
    def convert(self, text: str) -> Json:
        folded = text.casefold() if len(text) <= 5 else ""
        if folded in ("true", "false") and len(folded) == len(text):
            return folded == "true"
        if folded == "null" and len(folded) == len(text):
            return None
        if text == "0":
            return Int64(0)
        if text and text[0] != "0" and len(text) < 4000 and _INTEGER.match(text) is not None:
            number = int(text)
            if -(1 << 63) <= number < 1 << 63:
                return Int64(number)
        return text


class _Json(_Parser):
    def empty(self) -> bool:
        """Skips blanks and one comma; whether that was all there was."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == ",":
                self.at += 1
                return True
            if not (char.isspace() and not "\x1c" <= char <= "\x1f"):
                return False
            self.at += 1
        return True

    def assign(self, put: Callable[[Json], None]) -> None:
        if self.empty():
            put(None)
            return
        from ..yamlio.gojson import json_loads_prefix

        try:
            value, self.at = json_loads_prefix(self.text, self.at)
        except YamlError as error:
            raise _ParseError(error.message) from None
        put(value)
        self.empty()


class _File(_Parser):
    def convert(self, text: str) -> Json:
        if self.read_file is None:
            raise ValueError("set-file needs read_file")
        content = self.read_file(text)
        return content.decode("utf-8", "surrogateescape") if isinstance(content, bytes) else content


class _Literal(_Parser):
    key_stops = "=[."
    escapes = False

    def assign(self, put: Callable[[Json], None]) -> None:
        value, self.at = self.text[self.at :], len(self.text)
        put(value)


_PARSERS: dict[str, type[_Parser]] = {
    "set": _Typed,
    "set-string": _Parser,
    "set-json": _Json,
    "set-file": _File,
    "set-literal": _Literal,
}


def _quoted(text: str) -> str:
    from ..gotypes.printing import go_quote

    return go_quote(text)


def _rune(char: str) -> str:
    """``%q`` of a rune."""
    return "'\"'" if char == '"' else "'\\''" if char == "'" else "'" + _quoted(char)[1:-1] + "'"
