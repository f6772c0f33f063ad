# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``sigs.k8s.io/yaml.Marshal`` (Helm's ``toYaml``), byte for byte.

Go encodes the value as JSON, parses that as YAML, and emits it with yaml.v2 (``encode.go``, ``sorter.go``, ``emitterc.go``).
The detour has effects: whole floats become integers, bytes base64, and characters that YAML's reader refuses are an error. This
file writes the same result directly: no events, no states; block collections only, since yaml.v2 writes flow style for
empty ones alone. The rules that remain:

- a sequence has the column of its key, a mapping two more; ``- `` and ``? `` are two columns wide, so a node after them on the line has
  the same column as on a line of its own;
- a scalar is plain where possible; double-quoted where it would read as another type or needs escapes;
  single-quoted otherwise; literal when it holds a line feed and no line ends in a space;
- text is broken at a space after column 80, never within a word;
- a key longer than 128 bytes or of several lines is written as ``? key`` and ``: value``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key

from ..aliases import Json, JsonObject, SortKey
from ..gotypes.values import Members
from ..patterns import late
from .errors import YamlError
from .gojson import check_float, plain_type
from .numbers import float_g, float_json
from .scalars import HINTS, STR, is_base60, resolve_plain

WIDTH = 80
MAX_DEPTH = 400

#: characters that YAML's reader does not let through, or that JSON replaces, or (U+0085) that fold on the way
_DETOUR = late("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN = late("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATES = late("[\ud800-\udfff]")
#: behind a line break of YAML 1.1, what begins or ends a document
_DOCUMENT = late("\x85(?:---|\\.\\.\\.)(?=[ \x85])")
_NEXT_LINE = late(" *\x85(?: *\x85)* *")
#: what only an escape can write: control characters, U+FEFF, everything beyond the basic plane
_SPECIAL = late("[\0-\t\v-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe-\U0010ffff]")  # its opposite takes ten times as long to compile
BREAK = late("[\r\n\u2028\u2029]")
INDICATOR = late(
    "\\A(?:---|\\.\\.\\.|[#,\\[\\]{}&*!|>'\"%@`]|[?-](?:[ \t]|\\Z))|:(?:[ \t]|\\Z)|[ \t\r\n\x85\u2028\u2029\0]#"
)
_ESCAPED = late("[\0-\x1f\"\\\\\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe-\U0010ffff]")
#: text that is plain beyond doubt, unless it is one of the words or numbers
OBVIOUS = late(r"[A-Za-z/_(<=$^;][A-Za-z0-9_./()=<>;~+$^|*@-]*\Z")
_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r", "\x1b": "\\e",
    '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip

_PLAIN, _SINGLE, _DOUBLE, _LITERAL = "plain", "single", "double", "literal"

#: one-line texts of short strings seen before; emptied when full
_MEMO: dict[str, str] = {}
_MEMO_SIZE = 8192


def dumps(value: Json) -> str:
    """The value as YAML, ending in a newline.

    >>> dumps({"b": ["yes", "no", 1.0], "a": "true"})
    'a: "true"\\nb:\\n- "yes"\\n- "no"\\n- 1\\n'

    :raises YamlError: for NaN, infinities, functions, and characters that YAML cannot carry (``toYaml`` makes them ``""``).
    """
    if len(_MEMO) > _MEMO_SIZE:
        _MEMO.clear()
    out: list[str] = []
    try:
        _nested(value, 0, -1, 0, out.append)
    except YamlError as error:
        if error.go_message.startswith("json: "):
            raise YamlError("error marshaling into JSON: " + error.go_message, error.message) from None
        raise
    return "".join(out)


def _simple(value: Json) -> str | None:
    """null, booleans and numbers; ``None`` for everything else."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    kind = type(value)
    if kind is int:
        return _integer(value)
    if kind is float:
        return _float(check_float(value))
    return None


def _integer(value: int) -> str:
    """JSON's digits, read again: beyond 64 bits they are a float."""
    return str(value) if -(1 << 63) <= value < 1 << 64 else float_g(float(value))


def _float(value: float) -> str:
    if value == int(value) and -(1 << 63) <= value < 1 << 64:
        text = float_json(value)
        return "0" if text == "-0" else str(int(text)) if -(1 << 63) <= int(text) < 1 << 64 else float_g(value)
    return float_g(value)


def _sequence(items: list[Json], indent: int, depth: int, inline: bool, put: Callable[[str], None]) -> None:
    if depth > MAX_DEPTH:
        raise YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}", f"a value is nested deeper than {MAX_DEPTH} levels")
    start = " " * indent + "- "
    for one in items:
        put("- " if inline else start)
        inline = False
        if one.__class__ is str:
            _string(one, indent + 1, indent + 2, put)
        else:
            _nested(one, indent + 2, indent + 1, depth, put)


def _plain(value: Json) -> Json:
    """As JSON has it; a struct's members lose their order on that way."""
    plain = plain_type(value)
    return dict(plain) if plain.__class__ is Members else plain


def _nested(value: Json, indent: int, column: int, depth: int, put: Callable[[str], None]) -> None:
    """A value behind ``- ``, or ``: `` of a long key, or at the top: collections go on in the same line.

    Ends the line.

    :param column: where the line stands before the space that precedes a scalar.
    """
    kind = type(value)
    while kind not in (dict, list, str, int, float, bool, type(None)):
        value = _plain(value)
        kind = type(value)
    if kind is str:
        _string(value, column, indent or 2, put)
    elif kind is dict and value:
        _mapping(value, indent, depth + 1, True, put)
    elif kind is list and value:
        _sequence(value, indent, depth + 1, True, put)
    elif kind is dict or kind is list:
        put("{}\n" if kind is dict else "[]\n")
    else:
        put(f"{_simple(value)}\n")


def _mapping(value: JsonObject, indent: int, depth: int, inline: bool, put: Callable[[str], None]) -> None:
    if depth > MAX_DEPTH:
        raise YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}", f"a value is nested deeper than {MAX_DEPTH} levels")
    margin = " " * indent
    for key in natural_order(value):
        one = value[key]
        if not inline:
            put(margin)
        inline = False
        text = _MEMO.get(key)
        if text is None:
            if "\x85" in key:  # a line break to YAML's reader, and a key in flow style has to stay in its line
                raise YamlError("yaml: did not find expected ',' or '}'", "a key holds U+0085, which YAML takes for a line break")
            key = _detour(key)
            if BREAK.search(key) is not None or len(key.encode("utf-8")) > 128:
                _long_key(key, one, indent, depth, put)
                continue
            text = _one_line(key)
        put(text)
        kind = type(one)
        if kind is str:
            put(":")
            _string(one, indent + len(text) + 1, indent + 2, put, True)
        else:
            _value_of_key(one, indent, depth, put)


def _value_of_key(one: Json, indent: int, depth: int, put: Callable[[str], None]) -> None:
    kind = type(one)
    if kind is dict and one:
        put(":\n")
        _mapping(one, indent + 2, depth + 1, False, put)
    elif kind is list and one:
        put(":\n")
        _sequence(one, indent, depth + 1, False, put)
    elif kind is dict or kind is list:
        put(": {}\n" if kind is dict else ": []\n")
    else:
        text = _simple(one)
        if text is not None:
            put(f": {text}\n")
            return
        plain = _plain(one)
        if plain.__class__ is str:
            put(": " + _one_line(_detour(plain)) + "\n")
        else:
            _value_of_key(plain, indent, depth, put)


def _long_key(key: str, value: Json, indent: int, depth: int, put: Callable[[str], None]) -> None:
    if len(key.encode("utf-8")) > 1020:  # the JSON in between is one line, and there YAML finds no key that is longer
        raise YamlError("yaml: did not find expected ',' or '}'", "a key is longer than 1024 bytes")
    put("?")
    _scalar(key, indent + 1, indent + 2, put)
    put(" " * indent + ": ")
    _nested(value, indent + 2, indent + 1, depth, put)


# strings


def _detour(text: str) -> str:
    """What the way through JSON and YAML's reader makes of a string."""
    if (text.isascii() and "\x7f" not in text) or _DETOUR.search(text) is None:
        return text
    if _FORBIDDEN.search(text) is not None:
        raise YamlError("yaml: control characters are not allowed")
    text = _SURROGATES.sub("\ufffd", text)
    if "\x85" not in text:
        return text
    indicator = _DOCUMENT.search(text)
    if indicator is not None:
        raise YamlError(f"yaml: line {text.count(chr(0x85), 0, indicator.end()) + 1}: found unexpected document indicator")
    return _NEXT_LINE.sub(_folded, text)


def _folded(match: re.Match[str]) -> str:
    breaks = match[0].count("\x85")
    return " " if breaks == 1 else "\n" * (breaks - 1)


def _string(text: str, column: int, indent: int, put: Callable[[str], None], gap: bool = False) -> None:
    """A string as a value.

    :param column: where the line stands before the space that precedes the scalar.
    :param indent: column of continuation lines and of literal text.
    :param gap: that space is still to be written.
    """
    short = _MEMO.get(text)
    if short is None:
        text = _detour(text)
        if "\n" in text or (len(text) + column > WIDTH and " " in text) or BREAK.search(text) is not None:
            _scalar(text, column, indent, put, not gap)
            return
        short = _one_line(text)
    elif len(short) + column > WIDTH and " " in short:
        _scalar(_detour(text), column, indent, put, not gap)
        return
    put(f" {short}\n" if gap else short + "\n")


def _one_line(text: str) -> str:
    """The scalar without breaking it, as keys and short values are written."""
    style = _style(text)
    if style is _PLAIN:
        short = text
    elif style is _SINGLE:
        short = "'" + text.replace("'", "''") + "'"
    else:
        short = '"' + escape_all(text) + '"'
    if len(text) <= (64 if text.isascii() else 32) and BREAK.search(text) is None:
        _MEMO[text] = short
    return short


def _style(text: str) -> str:
    if OBVIOUS.match(text) is not None and text[0] not in HINTS:
        return _PLAIN
    special = _SPECIAL.search(text) is not None
    if "\n" in text:
        return _DOUBLE if special or text[-1] == " " or " \n" in text or " \u2028" in text or " \u2029" in text else _LITERAL
    if special or not reads_as_text(text):
        return _DOUBLE
    breaks = BREAK.search(text) is not None
    if breaks and re.search("[\u2028\u2029] | [\u2028\u2029]", text) is not None:
        return _DOUBLE
    if breaks or text[0] == " " or text[-1] == " " or INDICATOR.search(text) is not None:
        return _SINGLE
    return _PLAIN


def reads_as_text(text: str) -> bool:
    return text != "" and (text[0] not in HINTS or (resolve_plain(text)[0] == STR and not is_base60(text)))


def _escape(match: re.Match[str]) -> str:
    return _escape_char(match[0])


def _escape_char(char: str) -> str:
    short = _ESCAPES.get(char)
    if short is not None:
        return short
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def escape_all(text: str) -> str:
    if text[:1] == "\ufeff":  # yaml.v2 looks for the mark at the start whichever character it is at
        return "".join(_escape_char(char) for char in text)
    return _ESCAPED.sub(_escape, text)


def _scalar(text: str, column: int, indent: int, put: Callable[[str], None], spaced: bool = False) -> None:
    """A scalar that may need several lines, character by character where it matters; ends the line."""
    style = _style(text)
    lead = "" if spaced else " "
    if style is _LITERAL:
        put(lead + literal(text, indent))
    elif style is _PLAIN:
        put(lead + _fold_words(text, column + 1, indent) + "\n")
    elif style is _SINGLE:
        put(lead + single_quoted(text, column + 2, indent) + "\n")
    else:
        put(lead + _double(text, column + 2, indent) + "\n")


def literal(text: str, indent: int) -> str:
    margin = " " * indent
    head = "|2" if text[0] in " \n\u2028\u2029" else "|"
    if BREAK.match(text[-1]) is None:
        head += "-"
    elif len(text) == 1 or BREAK.match(text[-2]) is not None:
        head += "+"
    lines = re.split("(?<=[\n\u2028\u2029])", text)
    body = "".join(line if line in ("", "\n", "\u2028", "\u2029") else margin + line for line in lines)
    return f"{head}\n{body}" if head[-1] != "-" else f"{head}\n{body}\n"


def _fold_words(text: str, column: int, indent: int) -> str:
    """Breaks at single spaces behind the width; ``column`` is that of the first character."""
    if len(text) + column <= WIDTH + 1:
        return text
    out: list[str] = []
    margin = "\n" + " " * indent
    start, size = 0, len(text)
    while True:
        # the first single space at a column after the width
        at = text.find(" ", start + max(WIDTH + 1 - column, 0))
        while at != -1 and (text[at - 1: at] == " " or text[at + 1: at + 2] == " " or at == 0 or at == size - 1):
            at = text.find(" ", at + 1)
        if at == -1:
            out.append(text[start:])
            return "".join(out)
        out.append(text[start:at])
        out.append(margin)
        start, column = at + 1, indent


def single_quoted(text: str, column: int, indent: int, width: int = WIDTH) -> str:
    """In single quotes, broken behind the width; ``column`` is that of the first character within."""
    margin = " " * indent
    out = ["'"]
    spaces = breaks = False
    last = len(text) - 1
    for at, char in enumerate(text):
        if char == " ":
            if not spaces and column > width and 0 < at < last and text[at + 1] != " ":
                out.append("\n" + margin)
                column = indent
            else:
                out.append(char)
                column += 1
            spaces = True
        elif char in "\u2028\u2029":
            out.append(char)
            column = 0
            breaks = True
        else:
            if breaks:
                out.append(margin)
                column = indent
            out.append("''" if char == "'" else char)
            column += len(out[-1])
            spaces = breaks = False
    out.append("'")
    return "".join(out)


def _double(text: str, column: int, indent: int) -> str:
    margin = "\n" + " " * indent
    out = ['"']
    spaces = False
    last = len(text) - 1
    marked = text[0] == "\ufeff"
    for at, char in enumerate(text):
        if char == " " and not marked:
            if not spaces and column > WIDTH and 0 < at < last:
                out.append(margin + "\\" if text[at + 1] == " " else margin)
                column = indent + (text[at + 1] == " ")
            else:
                out.append(char)
                column += 1
            spaces = True
        else:
            piece = _escape_char(char) if marked or _ESCAPED.match(char) is not None else char
            out.append(piece)
            column += len(piece)
            spaces = False
    out.append('"')
    return "".join(out)


# keys


_LETTERS_LAST = {code: code + 0x80 for code in range(0x80) if chr(code).isalpha()}


def natural_order(value: JsonObject, compare: Callable[[str], SortKey] | None = None) -> list[str]:
    """Keys in yaml.v2's order: numbers inside by their value, letters behind everything else.

    :param compare: another key function for keys with digits or beyond ASCII.
    :raises YamlError: for a key that is not text.
    """
    if len(value) == 1:
        keys = list(value)
        if isinstance(keys[0], str):
            return keys
    try:
        joined = "".join(value)
    except TypeError:
        raise YamlError("json: unsupported type: map[interface {}]interface {}") from None
    if joined.isascii():
        if joined.isalpha():
            return sorted(value)
        if not _DIGITS.search(joined):
            return sorted(value, key=_letters_last)
    # Go's comparison is not a total order (a1 < a01 < a10 < a1x < a01), so Go's result is random; this one depends on the keys alone
    return sorted(sorted(value), key=compare or _NATURAL)


def _letters_last(key: str) -> str:
    return key.translate(_LETTERS_LAST)


_DIGITS = late("[0-9]")


def compare_keys(left: str, right: str, digits_first: bool = False) -> int:
    """``keyList.Less``; decided at the first difference.

    :param digits_first: yaml.v3's rule, by which behind an equal digit a letter comes before what is none.
    """
    for at, (a, b) in enumerate(zip(left, right)):  # noqa: B905  the shorter one ends the comparison
        if a == b:
            continue
        a_letter, b_letter = a.isalpha(), b.isalpha()
        if a_letter and b_letter:
            return -1 if a < b else 1
        if a_letter or b_letter:
            letters_first = digits_first and at > 0 and left[at - 1].isdecimal()
            return -1 if (a_letter if letters_first else b_letter) else 1
        before = 0
        if a == "0" or b == "0":
            back = at - 1
            while back >= 0 and left[back].isdecimal():
                if left[back] != "0":
                    before = 1
                    break
                back -= 1
        a_number, a_end = _run(left, at, before)
        b_number, b_end = _run(right, at, before)
        if a_number != b_number:
            return -1 if a_number < b_number else 1
        if a_end != b_end:
            return -1 if a_end < b_end else 1
        return -1 if a < b else 1
    return (len(left) > len(right)) - (len(left) < len(right))


def _run(text: str, at: int, number: int) -> tuple[int, int]:
    """The digits from here on as an int64 that wraps, as Go's does, and where they end."""
    while at < len(text) and text[at].isdecimal():
        number = (number * 10 + ord(text[at]) - 48 + (1 << 63)) % (1 << 64) - (1 << 63)
        at += 1
    return number, at


_NATURAL = cmp_to_key(compare_keys)
