# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the charts in the text of an index without parsing it.

An index has megabytes, and a task needs one chart. In block style, which all generators write, the name of a chart is a line with less
indentation than everything about that chart. ``outline`` finds these lines; ``chart_in`` parses the text between two of them. A text in any
other style has no outline and is parsed as a whole. So is one whose part does not parse, since a quoted text may contain such a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...aliases import Json
from ...yamlio.errors import YamlError
from ...yamlio.load import loads, loads_typed

#: chart -> where its text begins and ends, its name included
Outline = dict[str, tuple[int, int]]

#: characters that are line breaks in YAML, other than the one that is looked for
_OTHER_BREAKS = (b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_TOP = re.compile(rb"\n([^ \n][^\n]*)")
_TOP_KEY = re.compile(rb"(apiVersion|entries|generated|serverInfo|publicKeys|annotations):(?: |\Z)")
_NAME = re.compile(rb"([A-Za-z][A-Za-z0-9._-]*):(?: |\Z)")
_QUOTED = re.compile(rb"""("[^"\\]+"|'[^']+'|[A-Za-z0-9][A-Za-z0-9._-]*):(?: |\Z)""")
_FIRST = re.compile(rb"(?:\n *(?:#[^\n]*)?)*\n( +)[^ \n#]")
#: names that YAML reads as something else than text
_WORDS = frozenset((b"y", b"n", b"yes", b"no", b"on", b"off", b"true", b"false", b"null"))


def outline(data: bytes) -> Outline | None:
    """The charts of an index in block style; ``None`` for a text that must be parsed as a whole."""
    if not (data[:1].isalpha() or data.startswith((b"---\n", b"#"))) or any(line_break in data for line_break in _OTHER_BREAKS):
        return None
    body = _entries(data)
    if body is None:
        return None
    start, end = body
    first = _FIRST.match(data, start, end)
    if first is None:
        return None if data[start:end].strip() else {}
    return _charts(data, start, end, len(first[1]))


def _entries(data: bytes) -> tuple[int, int] | None:
    """Where the text below ``entries:`` begins, with its line break, and ends.

    ``None`` where the top of the index has another form, or no ``apiVersion``.
    """
    seen: set[bytes] = set()
    start = end = -1
    sequence = False
    for place, line in _top_lines(data):
        if line.startswith(b"#") or (place == 0 and line == b"---") or (sequence and line.startswith(b"- ")):
            continue
        key = _TOP_KEY.match(line)
        if key is None or key[1] in seen:
            return None
        seen.add(key[1])
        sequence = key[1] == b"publicKeys"
        if start >= 0 and end < 0:
            end = place
        if key[1] == b"entries":
            if line.rstrip() != b"entries:":
                return None
            start = place + len(line)
    if start < 0 or b"apiVersion" not in seen:
        return None
    try:
        rest = loads(data[:start] + (b"\n" + data[end:] if end >= 0 else b""))
    except YamlError:
        return None
    if not isinstance(rest, dict) or not rest.get("apiVersion"):
        return None
    return start, end if end >= 0 else len(data)


def _top_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines without indentation, and where they begin."""
    yield 0, data[: data.find(b"\n") if b"\n" in data else None]
    for line in _TOP.finditer(data):
        yield line.start() + 1, line[1]


def _charts(data: bytes, start: int, end: int, indent: int) -> Outline | None:
    """The charts between two places.

    :param indent: of their names.
    """
    lines = re.compile(rb"\n {%d}(?!- |-\n)([^ \n][^\n]*)" % indent)
    if any(re.compile(rb"\n {%d}[^ \n]" % less).search(data, start, end) for less in range(1, indent)):
        return None
    places: list[tuple[str, int]] = []
    for line in lines.finditer(data, start, end):
        if line[1].startswith(b"#"):
            continue
        name = _name(line[1])
        if not name:
            return None
        places.append((name, line.start() + 1))
    if not places or not _is_blank(data[start : places[0][1]]):
        return None
    found: Outline = {}
    for name, place in reversed(places):
        found[name] = (place, end)
        end = place
    return found if len(found) == len(places) else None


def _is_blank(text: bytes) -> bool:
    """Whether a text has no lines but comments."""
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in text.split(b"\n"))


def _name(line: bytes) -> str:
    """The name in the line of a chart; empty for a line of another form."""
    plain = _NAME.match(line)
    if plain is not None and plain[1].lower() not in _WORDS:
        return plain[1].decode()
    if not _QUOTED.match(line):
        return ""
    try:
        found = loads(line.partition(b":")[0] + b":")
    except YamlError:
        return ""
    names = list(found) if isinstance(found, dict) else []
    return names[0] if len(names) == 1 and isinstance(names[0], str) else ""


def chart_in(data: bytes, place: tuple[int, int], name: str) -> list[Json] | None:
    """The entries of a chart at its place in an outline; ``None`` where the text is not that chart's."""
    try:
        found = loads_typed(data[place[0] : place[1]])
    except YamlError:
        return None
    if not isinstance(found, dict) or list(found) != [name]:
        return None
    return found[name] if isinstance(found[name], list) else []
