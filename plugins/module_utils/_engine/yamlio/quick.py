# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A fast reader for plain YAML, line by line: nearly all values files and manifests consist of it.

It reads block mappings and sequences, plain and quoted scalars, literal text (``|``), flow sequences of plain words on one line, and
comments. For such a document it returns the same value as ``events``, without PyYAML. It never reports an error and never
guesses: at the first construct that it does not know (anchors, tags, folded text, tabs, a second document, an indentation that
fits no container, a key that is not a string) it gives up, and ``events`` reads the document from its start.
"""

from __future__ import annotations

import re

from ..aliases import Json, JsonObject
from ..patterns import late
from .scalars import AS_WRITTEN, FLOAT, FLOATS, INT, WORDS, resolve_plain

#: the document is not that plain
UNUSUAL: Json = object()

#: characters of which YAML refuses some and others are line breaks or marks; and tabs, which are no indentation
_ODD = late("[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_PLAIN = r"(?:[A-Za-z0-9_/.$(<^~+;\\=]|[-:](?=[^ \n]))[^ \n:#]*(?:(?::(?=[^ \n])|\#| +(?=[^ \n:#]))[^ \n:#]*)*"
_WORD = r"[A-Za-z0-9_/.$(<^~+;\\=][A-Za-z0-9_/.$(<^~+;\\=@%*-]*"
_ITEM = rf'(?:"[^"\\\n]*"|\'[^\'\n]*\'|{_WORD})'
_LINE = late(
    r"( *)((?:- +)*)"  # 1 the margin, 2 dashes
    r"(?:(?:([A-Za-z_/$][A-Za-z0-9_./$-]*)|\"([^\"\\\n]*)\"|'([^'\n]*)'):(?: +|(?=\n)))?"  # 3 to 5 the key
    rf"(?:(?:({_PLAIN})"  # 6 plain
    r"|\"([^\"\\\n]*(?:\\[\"\\nt][^\"\\\n]*)*)\""  # 7 in double quotes
    r"|'([^'\n]*(?:''[^'\n]*)*)'"  # 8 in single quotes
    r"|\|([+-]?)"  # 9 literal text on the lines that follow
    rf"|(\{{\}}|\[(?: *{_ITEM}(?: *, *{_ITEM})* *,?)? *\])"  # 10 in flow style
    r")(?: +#[^\n]*)?|#[^\n]*)? *\n"
    r"(?(9)|(?: *(?:#[^\n]*)?\n)*)"  # comments and blank lines that follow
)
#: one more line of a plain scalar
_MORE = late(r"( +)((?:[^ \n:#]|:(?=[^ \n]))[^ \n:#]*(?:(?::(?=[^ \n])|\#| +(?=[^ \n:#]))[^ \n:#]*)*) *\n")
#: a key or a dash, and a scalar in quotes that ends on a later line
_QUOTED = late(
    r"( *)((?:- +)*)(?:([A-Za-z_/$][A-Za-z0-9_./$-]*): +)?"
    r"(?:'([^'\n]*(?:''[^'\n]*)*\n[^']*(?:''[^']*)*)'|\"([^\"\\\n]*(?:\\[\"\\nt][^\"\\\n]*)*\n[^\"\\]*(?:\\[\"\\nt][^\"\\]*)*)\")"
    r" *\n"
)
_MARKER = late(r"\n(?:---|\.\.\.)")
_COMMENTS = late(r"(?: *(?:#[^\n]*)?\n)*")
_ITEMS = late(rf"\"([^\"\\\n]*)\"|'([^'\n]*)'|({_WORD})")
_BLANK_LINES = late(r"(?: *\n)*")
_ESCAPE = late(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t"}
_MAX_KEY = 120
_MAX_DEPTH = 60
_MEMO_SIZE = 8192

#: literal text by its indentation
_BODIES: dict[int, re.Pattern[str]] = {}
#: plain scalars seen before, by what numbers become
_MEMOS: tuple[JsonObject, ...] = ({}, {}, {})


def quick(text: str | bytes, numbers: int) -> Json:
    """The first document, or ``UNUSUAL``.

    :param numbers: what they become, see ``scalars``.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            return UNUSUAL
    if _ODD.search(text) is not None:
        return UNUSUAL
    memo = _MEMOS[numbers]
    if len(memo) > _MEMO_SIZE:
        memo.clear()
    try:
        return _read(text, memo, numbers)
    except _GiveUp:
        return UNUSUAL


class _GiveUp(Exception):
    """Something that is not plain."""


def _read(text: str, memo: JsonObject, numbers: int) -> Json:
    """Keeps the open containers with their columns; ``waiting`` says that the last key still has no value."""
    at = 4 if text.startswith("---\n") else 0
    ended = text.endswith("\n")
    if not ended:
        text += "\n"
    size = len(text)
    line_at = _LINE.match
    columns: list[int] = []
    boxes: list[Json] = []
    column, box, is_map = -1, UNUSUAL, False
    root: Json = UNUSUAL
    key = ""
    waiting = False
    comments = _COMMENTS.match(text, at)
    at = comments.end() if comments is not None else at
    while at < size:
        line = line_at(text, at)
        if line is None:
            line = _QUOTED.match(text, at)
            if line is None or _MARKER.search(line[0]) is not None:
                raise _GiveUp
            margin, dashes, plain_key, single, double = line.groups()
            single, double = _folded(single), _folded(double)
            double_key = single_key = plain = literal = flow = None
            kind = 8
        else:
            kind = line.lastindex or 0
            margin, dashes, plain_key, double_key, single_key, plain, double, single, literal, flow = line.groups()
        at = line.end()
        indent = len(margin)
        name = plain_key if plain_key is not None else double_key if double_key is not None else single_key
        if kind == 2:
            if dashes:
                raise _GiveUp
            continue
        if dashes:
            if waiting and indent >= column:
                fresh: list[Json] = []
                box[key] = fresh
                columns.append(column)
                boxes.append(box)
                column, box, is_map = indent, fresh, False
            elif root is UNUSUAL:
                root = box = []
                column, is_map = indent, False
            else:
                while column > indent or (column == indent and is_map):
                    if not columns:
                        raise _GiveUp
                    column, box = columns.pop(), boxes.pop()
                    is_map = box.__class__ is dict
                if column != indent or is_map:
                    raise _GiveUp
            waiting = False
            # every further dash opens a sequence within, and a key a mapping
            start = indent
            for part in dashes[1:].split("-")[:-1]:
                inner: list[Json] = []
                box.append(inner)
                columns.append(column)
                boxes.append(box)
                start += 1 + len(part)
                column, box = start, inner
            if name is not None:
                table: JsonObject = {}
                box.append(table)
                columns.append(column)
                boxes.append(box)
                column, box, is_map = indent + len(dashes), table, True
            if len(columns) > _MAX_DEPTH:
                raise _GiveUp
        elif name is None:
            if not waiting or indent <= column or literal is not None:
                raise _GiveUp
            name = key  # its value is on a separate line
        elif waiting and indent > column:
            table = {}
            box[key] = table
            columns.append(column)
            boxes.append(box)
            column, box = indent, table
            if len(columns) > _MAX_DEPTH:
                raise _GiveUp
        elif root is UNUSUAL:
            root = box = {}
            column, is_map = indent, True
        else:
            while column > indent or (column == indent and not is_map):
                if not columns:
                    raise _GiveUp
                column, box = columns.pop(), boxes.pop()
                is_map = box.__class__ is dict
            if column != indent:
                raise _GiveUp
        waiting = False
        value: Json
        if plain is not None:
            if text.startswith(" ", at):
                plain, at = _continued(plain, text, line, at, column)
            try:
                value = memo[plain]
            except KeyError:
                value = _plain(plain, memo, numbers)
        elif kind <= 5:
            value = None
            waiting = True
        elif double is not None:
            value = _ESCAPE.sub(_unescaped, double) if "\\" in double else double
        elif single is not None:
            value = single.replace("''", "'")
        elif literal is not None:
            value, at = _literal(text, at, literal, column, ended)
        else:
            value = _flow(flow or "[]", memo, numbers)
        if name is None:
            box.append(value)
        else:
            if (plain_key is not None and name in WORDS) or len(name) > _MAX_KEY:
                raise _GiveUp
            box[name] = value
            key = name
    return None if root is UNUSUAL else root


def _continued(plain: str, text: str, line: re.Match[str], at: int, column: int) -> tuple[str, int]:
    """A plain scalar with its continuation lines, and the offset behind it.

    Continuation lines are indented further than the container of the scalar (``column``).
    """
    more = _MORE.match(text, at)
    if more is None or len(more[1]) <= column:
        return plain, at
    if text[line.end(6) : at].strip(" ") != "\n":
        raise _GiveUp  # a comment or a blank line in between
    parts = [plain]
    while more is not None and len(more[1]) > column:
        parts.append(more[2])
        at = more.end()
        more = _MORE.match(text, at)
    comments = _COMMENTS.match(text, at)
    if comments is not None and comments.end() > at:
        at = comments.end()
        if text[at : at + column + 1].strip(" ") == "" and at < len(text):
            raise _GiveUp  # the scalar may go on behind a blank line
    return " ".join(parts), at


def _folded(text: str | None) -> str | None:
    """The folded content of quotes over several lines: a line break is a space, a blank line a line break."""
    if text is None:
        return None
    first, *rest = text.split("\n")
    out = first.rstrip(" ")
    breaks = 0
    for number, one in enumerate(rest, 1):
        bare = one.lstrip(" ") if number == len(rest) else one.strip(" ")
        if not bare and number < len(rest):
            breaks += 1
            continue
        out += ("\n" * breaks if breaks else " ") + bare
        breaks = 0
    return out


def _plain(text: str, memo: JsonObject, numbers: int) -> Json:
    tag, value = resolve_plain(text)
    if tag is INT or tag is FLOAT:
        if value.__class__ is float and not -1e300 < value < 1e300:  # infinities and NaN are errors, which ``events`` reports
            raise _GiveUp
        if numbers == FLOATS:
            value = float(value)
        elif numbers == AS_WRITTEN:
            pass
        elif value == int(value) and abs(value) < 1e21 and -(1 << 63) <= int(value) < 1 << 63:
            value = int(value)
        else:
            value = float(value)
    if len(text) < 64:
        memo[text] = value
    return value


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[1], match[1])


def _flow(text: str, memo: JsonObject, numbers: int) -> Json:
    if text == "{}":
        return {}
    out = []
    for double, single, plain in _ITEMS.findall(text):
        if not plain:
            out.append(double or single)
        else:
            out.append(memo[plain] if plain in memo else _plain(plain, memo, numbers))
    return out


def _literal(text: str, at: int, chomp: str, column: int, ended: bool) -> tuple[str, int]:
    """The text of a literal block (``|``) and the offset behind it. ``column``: that of the container."""
    blank = _BLANK_LINES.match(text, at)
    first = blank.end() if blank is not None else at
    stop = first
    while text.startswith(" ", stop):
        stop += 1
    indent = stop - first
    if indent <= column or stop >= len(text):
        raise _GiveUp  # no text at all
    if first > at and max(map(len, text[at:first].split("\n"))) > indent:
        raise _GiveUp  # blank lines that are longer than the first line's margin
    pattern = _BODIES.get(indent)
    if pattern is None:
        pattern = _BODIES[indent] = re.compile(rf"(?: {{{indent}}}[^\n]*\n| *\n)*")
    found = pattern.match(text, at)
    end = found.end() if found is not None else at
    body = "\n".join([line[indent:] for line in text[at:end].split("\n")])
    if end == len(text) and not ended:
        body = body[:-1]  # the caller added this line break
    if chomp == "+":
        return body, end
    bare = body.rstrip("\n")
    return (bare if chomp == "-" or body == bare else bare + "\n"), end
