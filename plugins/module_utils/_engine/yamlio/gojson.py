# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``encoding/json``: the output of ``json.Marshal``, and ``json.Unmarshal`` into ``interface{}``.

Writing: keys sorted by bytes, ``<``, ``>``, ``&`` and the line separators escaped, bytes that are not UTF-8 as ``\\ufffd``,
floats without a superfluous ``.0``. Reading uses Python's own scanner, which is fast and nearly as strict; only when
it refuses a text, a second parser finds Go's message.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from json.encoder import encode_basestring

from ..aliases import Json, JsonObject
from ..gotypes.values import Members, Slice
from ..patterns import late
from .errors import YamlError
from .numbers import float_json

MAX_DEPTH = 900

_HTML = late("[<>&\u2028\u2029\ud800-\udfff]")
_PLAIN = late("[\u2028\u2029\ud800-\udfff]")
_SURROGATES = late("[\ud800-\udfff]")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return "\\ufffd" if "\ud800" <= char <= "\udfff" else f"\\u{ord(char):04x}"


def quote(text: str, escape_html: bool = True) -> str:
    """A JSON string as Go writes it."""
    return (_HTML if escape_html else _PLAIN).sub(_escape, encode_basestring(text))


def plain_value(value: Json) -> Json:
    """The value that Go's reflection would pass to an encoder.

    Hooks are called, bytes are base64, nil slices are nil.

    :raises YamlError: for a value that has no JSON form.
    """
    if getattr(value, "GO_NIL", False):
        return None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Slice) and value.is_nil:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    hook = getattr(value, "go_json", None)
    if hook is not None:
        return hook()
    if isinstance(value, (dict, list, int, float)) or value is None:
        return value
    kind = "complex128" if isinstance(value, complex) else getattr(value, "GO_TYPE", None) or type(value).__name__
    raise YamlError(f"json: unsupported type: {kind}")


def check_float(value: float) -> float:
    """:raises YamlError: for NaN and the infinities."""
    if math.isnan(value) or value in (float("inf"), float("-inf")):
        raise YamlError("json: unsupported value: " + ("NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"))
    return value


def json_dumps(value: Json, *, escape_html: bool = True, indent: str | int | None = None) -> str:
    """``json.Marshal``, or ``json.MarshalIndent`` with an indent and no prefix.

    The indent is a text or a number of spaces.

    :raises YamlError: ``json: unsupported value: NaN`` and the like, as Go words it.
    """
    out: list[str] = []
    step = " " * indent if isinstance(indent, int) else indent
    _encode(value, out.append, quote if escape_html else _quote_plain, step, "\n" if step is not None else "", 0)
    return "".join(out)


def _quote_plain(text: str) -> str:
    return quote(text, False)


def _encode(value: Json, put: Callable[[str], None], quoted: Callable[[str], str], step: str | None, newline: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        put(quoted(value))
    elif value is None or value is True or value is False:
        put("null" if value is None else "true" if value else "false")
    elif kind is float:
        put(float_json(check_float(value)))
    elif kind is int:
        put(str(value))
    elif kind is dict or kind is list or kind is Members:
        if depth > MAX_DEPTH:
            raise YamlError("json: unsupported value: encountered a cycle", f"a value is nested deeper than {MAX_DEPTH} levels")
        if not value:
            put("[]" if kind is list else "{}")
            return
        inner = newline + step if step is not None else ""
        if kind is not list:
            _encode_map(value, put, quoted, step, newline, inner, depth)
        else:
            separator = "[" + inner
            for one in value:
                put(separator)
                _encode(one, put, quoted, step, inner, depth + 1)
                separator = "," + inner
            put(newline + "]")
    else:
        _encode(plain_type(value), put, quoted, step, newline, depth)


def _encode_map(
    value: JsonObject, put: Callable[[str], None], quoted: Callable[[str], str], step: str | None, newline: str, inner: str, depth: int
) -> None:
    separator, colon = "{" + inner, ": " if step is not None else ":"
    for key in value if value.__class__ is Members else sorted_keys(value):
        put(separator + quoted(key) + colon)
        _encode(value[key], put, quoted, step, inner, depth + 1)
        separator = "," + inner
    put(newline + "}")


def sorted_keys(value: JsonObject) -> list[str]:
    """:raises YamlError: for keys that are not text."""
    try:
        if not "".join(value).isascii():  # by bytes, also those that are no UTF-8
            return sorted(value, key=lambda key: key.encode("utf-8", "surrogateescape"))
        return sorted(value)
    except TypeError:
        raise YamlError("json: unsupported type: map[interface {}]interface {}") from None


def plain_type(value: Json) -> Json:
    """A value of one of the exact types that ``_encode`` knows."""
    plain = plain_value(value)
    if isinstance(plain, dict) and plain.__class__ is not dict:
        return plain if plain.__class__ is Members else dict(plain)
    if isinstance(plain, list) and plain.__class__ is not list:
        return list(plain)
    if isinstance(plain, int) and not isinstance(plain, bool):
        return int(plain)
    if isinstance(plain, float):
        return float(plain)
    return plain


# reading


def json_loads(text: str | bytes) -> Json:
    """``json.Unmarshal`` into ``interface{}``: every number a float.

    :raises YamlError: with Go's message.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    value, fault = json_loads_partial(text)
    if fault is not None:
        raise fault
    return value


def json_loads_partial(text: str) -> tuple[Json, YamlError | None]:
    """The value that ``json.Unmarshal`` leaves in an ``interface{}``, and the error that it returns.

    A number beyond float64 is null, and the first is the error.

    :raises YamlError: the text is not JSON. Go looks at that first.
    """
    faults: list[YamlError] = []

    def go_float(number: str) -> float | None:
        value = float(number)
        if value not in _INFINITE:
            return value
        faults.append(YamlError(f"json: cannot unmarshal number {number} into Go value of type float64"))
        return None

    try:
        value = json.JSONDecoder(parse_float=go_float, parse_int=go_float, parse_constant=_no_constant).decode(text)
    except RecursionError:
        raise YamlError("exceeded max depth", "this JSON is nested too deeply") from None
    except ValueError:
        from .jsonfault import json_fault

        raise json_fault(text) from None
    # an unpaired \ud800 and bytes that are no UTF-8 are U+FFFD in Go
    if _SURROGATES.search(text) is not None or "\\ud" in text or "\\uD" in text:
        value = _replace_surrogates(value)
    return value, faults[0] if faults else None


def json_loads_prefix(text: str, at: int) -> tuple[Json, int]:
    """The value that begins at a place, and the place after it, as ``json.Decoder`` reads it.

    White space before it is skipped.

    :raises YamlError: with Go's message.
    """
    try:
        value, end = _FLOATS.raw_decode(text, at)
    except RecursionError:
        raise YamlError("exceeded max depth", "this JSON is nested too deeply") from None
    except YamlError:
        raise
    except ValueError:
        from .jsonfault import json_fault

        raise json_fault(text[at:]) from None
    following = text[end: end + 1]
    if isinstance(value, float) and following in (".", "e", "E") and not set(text[at:end]) & set("eE" if following != "." else ".eE"):
        # Python stops before the half of a fraction or exponent, Go refuses it
        from .jsonfault import json_fault

        raise json_fault(text[at:])
    return _replace_surrogates(value), end


_INFINITE = (float("inf"), float("-inf"))


def _go_float(text: str) -> float:
    number = float(text)
    if number in _INFINITE:
        raise YamlError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return number


def _no_constant(text: str) -> None:
    raise ValueError(text)


_FLOATS = json.JSONDecoder(parse_float=_go_float, parse_int=_go_float, parse_constant=_no_constant)


def _replace_surrogates(value: Json) -> Json:
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_replace_surrogates(one) for one in value]
    if isinstance(value, dict):
        return {_replace_surrogates(key): _replace_surrogates(one) for key, one in value.items()}
    return value
