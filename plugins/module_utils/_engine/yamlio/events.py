# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decodes all of YAML from PyYAML's events, as sigs.k8s.io/yaml with go.yaml.in/yaml/v2 does.

PyYAML parses the syntax, with libyaml where it is available; scalars, keys, merges and aliases are decoded here (Go: ``decode.go``).
yaml.v2 is a port of libyaml, so both parse what Helm reads alike (``docs/adr/0004-yaml-and-toml-readers.md``). Values are converted as
in Go: YAML -> JSON -> ``interface{}``. So every number becomes a float, every key a string, the last of two equal keys wins without an
error, and a merge key takes effect at its position.

Go parses a whole document before it decodes it, then converts it to JSON, then encodes that. So the first error reported is a syntax
error, then one of decoding, then of conversion, then of encoding, whatever their positions.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Iterator
from itertools import islice

from ..aliases import Json, JsonObject, PyYaml
from ..gotypes.printing import go_quote
from .errors import YamlError
from .numbers import float_g
from .scalars import AS_WRITTEN, BINARY, FLOAT, FLOATS, INT, MERGE, RESOLVABLE, STR, TIMESTAMP, resolve_plain, short_tag, utf8

try:
    import yaml
    from yaml.events import (
        AliasEvent,
        DocumentEndEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
    )
    from yaml.scanner import ScannerError

    HAS_YAML = True
except ImportError:
    HAS_YAML = False
try:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]  # not exported by name

    _fast: Callable[[bytes], PyYaml] | None = CParser
except ImportError:  # PyYAML without libyaml
    _fast = None
HAS_LIBYAML = _fast is not None

#: Go allows 10000; nothing behind the loader (templates, merging, the API server) can use more than this
MAX_DEPTH = 400

INVALID_KEY = "invalid map key"
_NO_MAP = "map merge requires map or sequence of maps as the value"
_PREFIX = "error converting YAML to JSON: "
_SURROGATE = re.compile("[\ud800-\udfff]")
_MERGE_KEY = object()
_NO_KEY = object()
_LIST, _KEY, _VALUE, _ROOT = 0, 1, 2, 3

#: plain scalars seen before, as value and as key; emptied when full
_VALUES: JsonObject = {}
_KEYS: dict[str, str] = {}
_MEMO_SIZE = 8192


class _BadKey:
    """A key that JSON cannot have: null, or a whole number beyond int64. ``words``: how Go names it."""

    def __init__(self, words: str) -> None:
        self.words = words


class _Fault(Exception):
    """A fault of decoding: Go's words without prefix."""


def first(text: str | bytes, *, numbers: int = FLOATS, strict: bool = False) -> Json:
    """The first document, ``None`` for a text without any. Raises ``YamlError``."""
    for document in documents(text, numbers=numbers, strict=strict):
        return document
    return None


def documents(text: str | bytes, *, numbers: int = FLOATS, strict: bool = False) -> Iterator[Json]:
    """Every document of the stream.

    :param numbers: the types of numbers, see ``scalars``.
    :param strict: a duplicate key in a mapping is an error.
    :raises YamlError: when the reader reaches the fault.
    """
    if not HAS_YAML:
        raise YamlError("yaml: PyYAML is missing", "the Python library PyYAML is required to read YAML, but is not installed")
    data = utf8(text) if isinstance(text, str) else text
    done = 0
    refused: Exception | None = None
    if _fast is not None:
        try:
            for value in _events(_fast(data), _Builder(numbers, strict)):
                done += 1
                yield value
            return
        except yaml.YAMLError as fault:
            if b"\\'" not in data:  # an escape that yaml.v2 accepts and libyaml does not
                raise _syntax_error(fault) from None
            refused = fault
    from .pure import pure_parser

    try:
        yield from islice(_events(pure_parser(data), _Builder(numbers, strict)), done, None)
    except yaml.YAMLError as fault:
        raise _syntax_error(refused or fault) from None


def _events(parser: PyYaml, builder: _Builder) -> Iterator[Json]:
    while True:
        event = parser.get_event()
        if isinstance(event, StreamEndEvent):
            return
        if isinstance(event, DocumentStartEvent):
            if event.version not in (None, (1, 1)):  # libyaml also reads 1.2
                raise _unreadable("found incompatible YAML document", 0, event.start_mark)
            yield builder.document(parser)


def _syntax_error(fault: Exception) -> YamlError:
    """A fault of syntax.

    The line in Go's words is the one that yaml.v2's ``parser.fail`` names, which is not always the true one.
    """
    mark = getattr(fault, "problem_mark", None)
    context = getattr(fault, "context_mark", None)
    problem = getattr(fault, "problem", None) or getattr(fault, "reason", None) or "unknown problem parsing YAML content"
    if mark is not None and mark.line:
        return _unreadable(problem, mark.line + isinstance(fault, ScannerError), mark)
    return _unreadable(problem, context.line if context is not None else 0, mark)


def _unreadable(problem: str, go_line: int, mark: PyYaml) -> YamlError:
    go_message = f"{_PREFIX}yaml: {f'line {go_line}: ' if go_line else ''}{problem}"
    if mark is None:
        return YamlError(go_message, f"not valid YAML: {problem}")
    line, column = mark.line + 1, mark.column + 1
    return YamlError(go_message, f"not valid YAML: line {line}, column {column}: {problem}", line, column)


def _too_deep() -> YamlError:
    return YamlError(f"{_PREFIX}yaml: exceeded max depth of {MAX_DEPTH}", f"this YAML is nested deeper than {MAX_DEPTH} levels")


class _Builder:
    """Builds values from events, one document for each call of ``document``.

    The stack holds the open containers. There is no recursion, so this class sets the limit of depth. ``count`` and ``aliased`` are
    yaml.v2's ``decodeCount`` and ``aliasCount``, its limit on documents that grow exponentially by aliases.
    """

    def __init__(self, numbers: int, strict: bool = False) -> None:
        self.numbers = numbers
        self.strict = strict
        self.values: JsonObject = {} if numbers else _VALUES
        if len(_VALUES) > _MEMO_SIZE:
            _VALUES.clear()
        if len(_KEYS) > _MEMO_SIZE:
            _KEYS.clear()

    def document(self, parser: PyYaml) -> Json:
        """Reads to the end of the document whose start has just been read."""
        self.fault = ""  # the first one of decoding
        self.repeated: list[str] = []  # keys, if ``strict``
        self.no_json = False  # has there been something that JSON cannot have?
        self.anchors: JsonObject = {}
        self.scalars: JsonObject = {}
        self.counts: dict[str, int] = {}
        self.count = 1
        self.aliased = 0
        self.typed_keys: dict[int, set[tuple[type, Json]]] = {}
        self.merging: dict[int, str] = {}  # sequences being merged: the fault that there was before
        value = self._build(parser)
        if self.fault:
            raise YamlError(_PREFIX + "yaml: " + self.fault, "not valid YAML: " + self.fault)
        if self.repeated:
            words = "\n  ".join(self.repeated)
            raise YamlError(f"{_PREFIX}yaml: unmarshal errors:\n  {words}", "not valid YAML: " + "; ".join(self.repeated))
        what = self.no_json and (_bad_key(value) or _no_number(value))  # the last of equal keys may have replaced it
        if what:
            raise YamlError(_PREFIX + what, "this YAML has no form in JSON: " + what)
        return value

    def _build(self, parser: PyYaml) -> Json:
        values, keys = self.values, _KEYS
        stack: list[tuple[int, Json, Json, type[PyYaml], str | None, int]] = []
        mode = _ROOT
        box: Json = None
        key: Json = _NO_KEY
        root: Json = None
        get_event = parser.get_event
        count = 1
        while True:
            event = get_event()
            kind = event.__class__
            count += 1
            anchor: str | None
            from_alias = False
            if kind is ScalarEvent:
                anchor = event.anchor
                if mode is _KEY:
                    text = event.value
                    if event.tag is None and event.implicit[0]:
                        if text == "<<":
                            key = _MERGE_KEY
                        else:
                            key = keys.get(text, _NO_KEY)
                            if key is _NO_KEY or self.strict:
                                key = self._key(event, box)
                    elif event.tag is None and not self.strict:
                        key = text
                    elif text == "<<" and (event.tag == MERGE or event.implicit[0]):
                        key = _MERGE_KEY
                    else:
                        key = self._key(event, box)
                    if anchor is not None:
                        self._remember(anchor, event)
                    mode = _VALUE
                    continue
                if event.tag is None:
                    value = event.value
                    if event.implicit[0]:
                        try:
                            value = values[value]
                        except KeyError:
                            value = self._plain(value)
                else:
                    value = self._scalar(event) if key is not _MERGE_KEY else None
                if anchor is not None:
                    self._remember(anchor, event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    raise _too_deep()
                anchor = event.anchor
                stack.append((mode, box, key, kind, anchor, count))
                box = {} if kind is MappingStartEvent else []
                if key is _MERGE_KEY and kind is SequenceStartEvent:
                    self.merging[id(box)] = self.fault
                mode = _KEY if kind is MappingStartEvent else _LIST
                key = _NO_KEY
                if anchor is not None:
                    self.anchors[anchor] = box
                    self.scalars.pop(anchor, None)
                    self.counts.pop(anchor, None)
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = box
                self.typed_keys.pop(id(value), None)
                mode, box, key, kind, anchor, started = stack.pop()
                count -= 1
                if anchor is not None and self.anchors.get(anchor) is value:
                    self.counts[anchor] = count - started + 1
            elif kind is AliasEvent:
                from_alias = True
                if key is _MERGE_KEY and mode is _VALUE and isinstance(self.anchors.get(event.anchor), list):
                    self._decoding(_NO_MAP)  # before anything else is found wrong with it
                self.count = count
                value = self._alias(event)
                count = self.count
            elif kind is DocumentEndEvent:
                self.count = count
                return root
            else:
                raise YamlError(_PREFIX + "yaml: unexpected event", f"not valid YAML: unexpected {kind.__name__}")
            if mode is _VALUE:
                if key is _MERGE_KEY:
                    self._merge(box, value, from_alias, event)
                elif key is not _NO_KEY:
                    box[key] = value
                mode = _KEY
            elif mode is _LIST:
                box.append(value)
            elif mode is _KEY:
                key = self._complex_key(value, box, event)
                mode = _VALUE
            else:
                root = value

    # scalars

    def _plain(self, text: str) -> Json:
        tag, value = resolve_plain(text)
        if tag is INT or tag is FLOAT:
            value = self._number(value)
        if len(text) < 64 and not self.no_json:
            self.values[text] = value
        return value

    def _number(self, value: int | float) -> Json:
        if not math.isfinite(value):
            self.no_json = True
            return value
        if self.numbers == FLOATS:
            return float(value)
        if self.numbers == AS_WRITTEN:
            return value
        if value == int(value) and abs(value) < 1e21 and -(1 << 63) <= int(value) < 1 << 63:
            return int(value)
        return float(value)

    def _scalar(self, event: PyYaml) -> Json:
        """A scalar with a tag (or, for anchors on keys, any)."""
        try:
            tag, value = self._resolve(event)
        except _Fault as fault:
            self._decoding(str(fault))
            return None
        if tag in (INT, FLOAT):
            return self._number(value)
        return _SURROGATE.sub("\ufffd", value) if tag == BINARY else value

    def _resolve(self, event: PyYaml) -> tuple[str, Json]:
        tag, text = event.tag or "", event.value
        if not tag and not event.implicit[0]:
            return STR, text
        if tag == BINARY:
            return BINARY, _binary(text)
        if tag == STR or tag not in RESOLVABLE:
            return STR, text
        found, value = resolve_plain(text, tag)
        if tag and found != tag:
            if tag == FLOAT and found == INT and value < 1 << 63:
                return FLOAT, float(value)
            raise _Fault(f"cannot decode {short_tag(found)} `{text}` as a {short_tag(tag)}")
        return found, value

    # keys

    def _key(self, event: PyYaml, box: JsonObject) -> Json:
        try:
            tag, value = self._resolve(event)
        except _Fault as fault:
            self._decoding(str(fault))
            return _NO_KEY
        if tag == TIMESTAMP:
            value = event.value
        key = self._key_text(value)
        if self.strict and isinstance(key, str):
            seen = self.typed_keys.setdefault(id(box), set())
            if (type(value), value) in seen:
                self.repeated.append(f"line {event.start_mark.line + 1}: key {_shown(value)} already set in map")
            seen.add((type(value), value))
        elif event.tag is None and isinstance(key, str) and event.implicit[0] and len(key) < 64:
            _KEYS[event.value] = key
        return key

    def _key_text(self, value: Json) -> Json:
        """sigs.k8s.io/yaml's text for a key that is none."""
        if isinstance(value, str):
            return _SURROGATE.sub("\ufffd", value)
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, int) and value < 1 << 63:
            return str(value)
        if isinstance(value, float):
            from .numbers import float32_g

            return float32_g(value)
        self.no_json = True
        return _BadKey("%!s(<nil>), key: <nil>" if value is None else f"uint64, key: {hex(value)}")

    def _complex_key(self, value: Json, box: JsonObject, event: PyYaml) -> Json:
        """A key that is an alias, a mapping or a sequence."""
        if isinstance(value, (dict, list)):
            self._decoding(f"{INVALID_KEY}: a {'mapping' if isinstance(value, dict) else 'sequence'} in line {event.start_mark.line + 1}")
            return _NO_KEY
        scalar = self.scalars.get(event.anchor)
        return _NO_KEY if scalar is None else self._key(scalar, box)

    # aliases and merges

    def _alias(self, event: PyYaml) -> Json:
        name = event.anchor
        if name not in self.anchors:
            where = f"unknown anchor '{name}' referenced"
            mark = event.start_mark
            raise YamlError(f"{_PREFIX}yaml: {where}", f"not valid YAML: line {mark.line + 1}: {where}", mark.line + 1, mark.column + 1)
        size = self.counts.get(name)
        if size is None:
            self._decoding(f"anchor '{name}' value contains itself")
            return {} if isinstance(self.anchors[name], dict) else None
        self.count += size
        self.aliased += size
        if self.aliased > 100 and self.count > 1000 and self.aliased / self.count > _allowed_ratio(self.count):
            self._decoding("document contains excessive aliasing")
            return None
        if self.fault:
            return None
        scalar = self.scalars.get(name)
        return self._scalar(scalar) if scalar is not None else _copy(self.anchors[name])

    def _remember(self, anchor: str, event: PyYaml) -> None:
        """Records a scalar with an anchor: its type depends on its use, as key or as value."""
        self.anchors[anchor] = None
        self.scalars[anchor] = event
        self.counts[anchor] = 1

    def _merge(self, box: JsonObject, value: Json, from_alias: bool, event: PyYaml) -> None:
        if isinstance(value, list) and not self.merging.pop(id(value), "") and value and not isinstance(value[-1], dict):
            self.fault = _NO_MAP  # a sequence is merged from its end: found before what is wrong with the others
        maps = [value] if isinstance(value, dict) else value[::-1] if isinstance(value, list) and not from_alias else [None]
        for one in maps:
            if not isinstance(one, dict):
                self._decoding(_NO_MAP)
                return
            if self.strict:
                for key in one:
                    if key in box:
                        line = event.start_mark.line + 1
                        self.repeated.append(f"line {line}: key {_shown(key)} already set in map")
            box.update(one)

    # faults

    def _decoding(self, fault: str) -> None:
        self.fault = self.fault or fault


def _bad_key(value: Json) -> str:
    """Go's error for the first key that JSON cannot have; keys of outer mappings come first."""
    if isinstance(value, dict):
        for key in value:
            if isinstance(key, _BadKey):
                return f"unsupported map key of type: {key.words}, value: {_source(value[key])}"
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_bad_key, inner)), "")


def _source(value: Json) -> str:
    """``%#v`` of a value as yaml.v2 decodes it.

    Keys of inner mappings as text, the form that they have in JSON.
    """
    if isinstance(value, _BadKey):
        return _source(None) if value.words.endswith("<nil>") else value.words.partition("key: ")[2]
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_g(value) if math.isfinite(value) else "NaN" if math.isnan(value) else f"{value:+}".title()
    if isinstance(value, str):
        return go_quote(value)
    if isinstance(value, dict):
        parts = []
        for key in sorted(value, key=str):  # a loop, so that a level takes one frame of the stack
            parts.append(f"{_source(key)}:{_source(value[key])}")
        return f"map[interface {{}}]interface {{}}{{{', '.join(parts)}}}"
    return "[]interface {}{" + ", ".join(map(_source, value)) + "}"


def _no_number(value: Json) -> str:
    """Go's words for the first number that JSON cannot have."""
    if isinstance(value, float) and not math.isfinite(value):
        return "json: unsupported value: " + ("NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_no_number, inner)), "")


def _shown(key: Json) -> str:
    return go_quote(key) if isinstance(key, str) else str(key).lower()


def _allowed_ratio(count: int) -> float:
    """How much of a document may come from aliases: 99% of a small one, 10% of a large one."""
    if count <= 400_000:
        return 0.99
    if count >= 4_000_000:
        return 0.10
    return 0.99 - 0.89 * ((count - 400_000) / 3_600_000)


def _copy(value: Json) -> Json:
    """A deep copy: Go decodes each alias again, so no two places share a map."""
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_copy(one) for one in value]
    return value


def _binary(text: str) -> str:
    """Go's ``base64.StdEncoding``: line breaks are skipped, anything else odd is refused."""
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        raise _Fault("!!binary value contains invalid base64 data") from None
