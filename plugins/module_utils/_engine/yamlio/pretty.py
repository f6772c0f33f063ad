# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``toYamlPretty``: go.yaml.in/yaml/v3 with an indent of two, directly from Go's values.

Differences to ``dump``: no detour through JSON (floats print as ``%g``, infinities pass, nil slices are ``[]``, bytes a list of numbers,
structs have lower-case keys in their own order), sequences are two columns right of their key, nothing is folded, text with
tabs may be literal, and after a digit letters sort before the rest.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from functools import cmp_to_key

from ..aliases import GoValue, Json
from ..gotypes.values import GoError, GoObject
from .dump import BREAK, INDICATOR, MAX_DEPTH, OBVIOUS, compare_keys, escape_all, literal, natural_order, reads_as_text, single_quoted
from .errors import YamlError
from .numbers import float_g
from .scalars import HINTS, utf8

_SURROGATES = re.compile("[\ud800-\udfff]")
#: as in ``dump``, but a tab is none here
_SPECIAL = re.compile("[\0-\x08\v-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe-\U0010ffff]")
_BROKEN_SPACE = re.compile("[\r\n\u2028\u2029] | [\r\n\u2028\u2029]")
_SPACE_BEFORE_BREAK = re.compile(" [\r\n\u2028\u2029]")
#: octal numbers of YAML 1.2 with a sign behind the prefix, which only yaml.v3 reads
_ODD_OCTAL = re.compile(r"0o[-+][0-7]+\Z")
_NEVER = 1 << 31  # a width that no line reaches


def dumps_pretty(value: Json) -> str:
    """The value as YAML, ending in a newline.

    :raises YamlError: for what has no form in YAML (``toYamlPretty`` makes it ``""``).
    :raises GoError: for a complex number.
    """
    out: list[str] = []
    _node(value, 0, 0, out.append)
    return "".join(out)


def _natural(left: str, right: str) -> int:
    return compare_keys(left, right, True)


_NATURAL = cmp_to_key(_natural)


def _node(value: Json, indent: int, depth: int, put: Callable[[str], None]) -> None:
    """Writes a value whose line has been begun, up to the column ``indent``; ends the line."""
    if depth > MAX_DEPTH:
        raise YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}", f"a value is nested deeper than {MAX_DEPTH} levels")
    margin = " " * indent
    if isinstance(value, str):
        put(_text(value, indent or 2) + "\n" * (not _ends_its_line(value)))
    elif isinstance(value, (list, bytes)):
        for index, one in enumerate(value):
            put(f"{margin if index else ''}- ")
            _node(one, indent + 2, depth + 1, put)
        if not value:
            put("[]\n")
    elif isinstance(value, dict):
        keys = natural_order(value, _NATURAL)
        _mapping([(key, value[key]) for key in keys], indent, depth, put)
    elif isinstance(value, GoObject):
        _object(value, indent, depth, put)
    else:
        put(_simple(value) + "\n")


def _object(value: GoObject, indent: int, depth: int, put: Callable[[str], None]) -> None:
    if value.GO_TYPE == "time.Time":
        put(f"{value.rfc3339()}\n")  # type: ignore[attr-defined]  # every time has one
    elif value.GO_FIELDS:
        _mapping([(name.lower(), getattr(value, attribute)) for name, attribute in value.GO_FIELDS.items()], indent, depth, put)
    else:
        hook = getattr(value, "go_json", None)
        if hook is None:
            raise YamlError(f"cannot marshal type: {value.GO_TYPE}")
        _node(hook(), indent, depth, put)


def _mapping(members: list[tuple[str, GoValue]], indent: int, depth: int, put: Callable[[str], None]) -> None:
    margin = " " * indent
    for index, (key, value) in enumerate(members):
        if index:
            put(margin)
        if BREAK.search(key) is not None or "\x85" in key or len(utf8(key)) > 128:
            put(f"? {_text(key, indent + 2)}" + "\n" * (not _ends_its_line(key)) + f"{margin}: ")
            _node(value, indent + 2, depth + 1, put)
            continue
        put(f"{_text(key, indent + 2)}:")
        below = isinstance(value, GoObject) and value.GO_TYPE not in ("time.Time", "*time.Location")
        if below or (value and isinstance(value, (dict, list, bytes))):
            put(f"\n{' ' * (indent + 2)}")
        else:
            put(" ")
        _node(value, indent + 2, depth + 1, put)
    if not members:
        put("{}\n")


def _simple(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        duration = getattr(value, "GO_TYPE", "") == "time.Duration"  # the only named integer that is written as text
        return str(value.go_string() if duration else int(value))  # type: ignore[attr-defined]
    if isinstance(value, float):
        if math.isnan(value):
            return ".nan"
        if value in (float("inf"), float("-inf")):
            return ".inf" if value > 0 else "-.inf"
        return float_g(value)
    if isinstance(value, complex):  # yaml.v3 panics with a text, which toYamlPretty does not catch
        raise GoError("cannot marshal type: complex128")
    raise YamlError(f"cannot marshal type: {getattr(value, 'GO_TYPE', type(value).__name__)}")


def _ends_its_line(text: str) -> bool:
    """Whether the scalar is literal text whose last character ends the line."""
    return "\n" in text and _SURROGATES.search(text) is None and _is_literal(text) and BREAK.match(text[-1]) is not None


def _is_literal(text: str) -> bool:
    return "\n" in text and text[-1] != " " and _SPACE_BEFORE_BREAK.search(text) is None and _SPECIAL.search(text) is None


def _text(text: str, indent: int) -> str:
    """A scalar; literal text without the newline behind it that it may need."""
    if _SURROGATES.search(text) is not None:
        return _binary(text, indent)
    if OBVIOUS.match(text) is not None and text[0] not in HINTS:
        return text
    if "\n" in text:
        if not _is_literal(text):
            return '"' + escape_all(text) + '"'
        body = literal(text, indent)
        return body if BREAK.match(text[-1]) is not None else body[:-1]
    if not reads_as_text(text) or _ODD_OCTAL.match(text.replace("_", "")) is not None:
        return '"' + escape_all(text) + '"'
    if "\t" in text or _SPECIAL.search(text) is not None or _BROKEN_SPACE.search(text) is not None:
        return '"' + escape_all(text) + '"'
    if BREAK.search(text) is not None or text[0] == " " or text[-1] == " " or INDICATOR.search(text) is not None:
        return single_quoted(text, 0, indent, _NEVER)
    return text


def _binary(text: str, indent: int) -> str:
    """Bytes that are no UTF-8, in lines of 70."""
    encoded = base64.b64encode(utf8(text)).decode("ascii")
    if len(encoded) < 70:
        return f"!!binary {encoded}"
    lines = [encoded[at: at + 70] for at in range(0, len(encoded), 70)]
    margin = " " * indent
    return "!!binary |\n" + "\n".join(margin + line for line in lines)
