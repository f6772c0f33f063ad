# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds generated values in a rendered text, and the live values in the same places of the live text.

A text contains a generated value as it is, in base64, escaped for JSON or a URL, or indented. The text around it comes from the chart.
The live text is matched with the same text around. Where that text has changed (another host in a connection string), the match uses
the line of the value, then the characters next to it. A text that could be read in two ways is not read at all (``None``).

This file does not decide which values are preserved; ``preserve/keep_generated`` does, and checks the result afterwards.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote, unquote_plus

from .recorded_calls import LONG, RecordedCall, parts

#: a part of a generated value: the index of its call, and ``cert``, ``key`` or ``""``
Owner = tuple[int, str]

_PEM = r"-----BEGIN [A-Z0-9 ]+-----[\s\S]+?-----END [A-Z0-9 ]+-----"
_ANY = r"[\s\S]+?"
_LINE = r"[^\n]+?"


@dataclass(frozen=True)
class Piece:
    """One form in which a text can contain a generated value.

    ``sign``: a part that every such text contains. ``decode``: converts the form back to the value.
    """

    owners: tuple[Owner, ...]
    sign: str
    pattern: str
    shape: str
    decode: Callable[[str], str]


@dataclass(frozen=True)
class Place:
    """A piece that was found, and its position in the text."""

    piece: Piece
    start: int
    end: int


class Pieces:
    """All values that a render generated, in the forms to search texts for.

    :param calls: the calls whose results count.
    """

    def __init__(self, calls: Sequence[RecordedCall]) -> None:
        owners: dict[str, list[Owner]] = {}
        for call in calls:
            for part, text in parts(call.result).items():
                owners.setdefault(text, []).append((call.index, part))
        self.short: dict[str, tuple[Owner, ...]] = {text: tuple(found) for text, found in owners.items() if len(text) < LONG}
        long = {text: tuple(found) for text, found in owners.items() if len(text) >= LONG}
        # the longer first: what one is within the other would be found in it, too
        self._pieces = sorted((piece for text in long for piece in _forms(text, long[text])), key=lambda piece: -len(piece.pattern))

    def places(self, text: str) -> list[Place]:
        """The generated values in a text, from left to right.

        Values shorter than ``LONG`` are not searched for.
        """
        there = [piece for piece in self._pieces if piece.sign in text]  # far quicker than a pattern of all of them
        if not there:
            return []
        pattern = "|".join(f"({piece.pattern})" for piece in there)
        return [Place(there[(found.lastindex or 1) - 1], found.start(), found.end()) for found in re.finditer(pattern, text)]


def _forms(text: str, owners: tuple[Owner, ...]) -> list[Piece]:
    core = text.rstrip("\n")
    end = text[len(core) :]

    def whole(found: str) -> str:
        return found if found.endswith("\n") else found + end

    found = [Piece(owners, core, re.escape(core), _shape(core), whole)]
    if "\n" in core:
        lines = core.split("\n")
        indented = r"\n[ \t]+".join(re.escape(line) for line in lines)
        found.append(Piece(owners, max(lines, key=len), indented, _PEM, lambda there: whole(re.sub(r"\n[ \t]+", "\n", there))))
    plain = json.dumps(core)[1:-1]
    for escaped in sorted({plain, _as_go(plain)} - {core}):
        shape = _PEM if core.startswith("-----BEGIN ") else _shape(escaped)
        found.append(Piece(owners, escaped, re.escape(escaped), shape, lambda there: whole(_from_json(there))))
    for url in sorted({quote_plus(core), quote_plus(core).replace("+", "%20")} - {core}):
        found.append(Piece(owners, url, re.escape(url), r"[A-Za-z0-9_.~%+-]+", lambda there: whole(unquote_plus(there))))
    for coded in sorted({_base64(text), _base64(core)}):
        shape = r"[A-Za-z0-9+/]+={0,2}"
        found.append(Piece(owners, coded, re.escape(coded), shape, lambda there: whole(_from_base64(there))))
    return found


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _from_base64(text: str) -> str:
    return base64.b64decode(text, validate=True).decode("utf-8", "surrogateescape")


def _as_go(escaped: str) -> str:
    """As Go writes JSON for pages of HTML."""
    return escaped.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _from_json(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _shape(text: str) -> str:
    """The pattern of other values of the same kind."""
    if text.startswith("-----BEGIN "):
        return _PEM
    for signs in ("A-Za-z0-9", "A-Za-z0-9-", "A-Za-z0-9+/=", "!-~", " -~"):
        if re.fullmatch(f"[{signs}]+", text):
            return f"[{signs}]{{{len(text)}}}"
    return _ANY


# ------------------------------------------------------------------------------------------------------------- the live text


@dataclass(frozen=True)
class LiveValues:
    """The live values in a text, and whether all of the text around them is the same."""

    values: dict[Owner, str]
    whole: bool


def match_live_values(fresh: str, places: Sequence[Place], live: str) -> LiveValues | None:
    """The live values in the places of the generated ones; ``None`` where there is no clear match.

    :param places: those of ``fresh``, at least one.
    """
    whole = _whole(fresh, places, live)
    if whole is not None:
        return LiveValues(whole, True)
    found: dict[Owner, str] = {}
    for number, place in enumerate(places):
        start = places[number - 1].end if number else 0
        end = places[number + 1].start if number + 1 < len(places) else len(fresh)
        text = _nearby(fresh, place, (start, end), live)
        if text is None or not _add(found, place.piece, text):
            return None
    return LiveValues(found, False)


def readings(text: str) -> list[str]:
    """Other readings of a live text: unescaped from JSON, or from a URL.

    A fresh text without a character to escape does not show whether the chart escapes its values.
    """
    found = []
    with suppress(ValueError):  # not the content of a JSON string, so there is no such reading
        found.append(_from_json(text))
    found += [unquote_plus(text), unquote(text)]
    return [item for index, item in enumerate(found) if item != text and item not in found[:index]]


def _whole(fresh: str, places: Sequence[Place], live: str) -> dict[Owner, str] | None:
    """A match with all of the text around."""
    loose = [_ANY if len(places) == 1 or "\n" in fresh[place.start : place.end] else _LINE for place in places]
    for shapes in ([place.piece.shape for place in places], loose):
        lazy = _matched(fresh, places, shapes, live)
        if lazy is not None:
            greedy = _matched(fresh, places, [shape.replace("+?", "+") for shape in shapes], live)
            return lazy if greedy == lazy else None
    return None


def _matched(fresh: str, places: Sequence[Place], shapes: Sequence[str], live: str) -> dict[Owner, str] | None:
    pattern, last = "", 0
    groups: dict[str, tuple[int, Piece]] = {}
    for place, shape in zip(places, shapes, strict=True):
        pattern += re.escape(fresh[last : place.start])
        if place.piece.pattern in groups:
            pattern += f"(?P=p{groups[place.piece.pattern][0]})"
        else:
            name = len(groups)
            groups[place.piece.pattern] = (name, place.piece)
            pattern += f"(?P<p{name}>{shape})"
        last = place.end
    tail = fresh[last:]
    # whether a text ends with a newline is how its YAML was written, and no difference
    pattern += re.escape(tail.rstrip("\n")) + r"\n*"
    match = re.fullmatch(pattern, live)
    if match is None:
        return None
    found: dict[Owner, str] = {}
    for name, piece in groups.values():
        if not _add(found, piece, match[f"p{name}"]):
            return None
    return found


def _nearby(fresh: str, place: Place, room: tuple[int, int], live: str) -> str | None:
    """A match with the rest of the value's line, then with the character on either side, if it is unique."""
    line = fresh.rfind("\n", room[0], place.start) + 1 or room[0]
    stop = fresh.find("\n", place.end, room[1])
    stop = room[1] if stop < 0 else stop
    before, after = fresh[line : place.start], fresh[place.end : stop]
    begin = "^" if line == 0 or fresh[line - 1] == "\n" else ""
    end = "$" if stop == len(fresh) or fresh[stop] == "\n" else ""
    loose = _LINE if "\n" not in fresh[place.start : place.end] else _ANY
    attempts = [(f"{begin}{re.escape(before)}", shape, f"{re.escape(after)}{end}") for shape in (place.piece.shape, loose)]
    if not (before.strip() and after.strip()) and not (begin and end):
        attempts = attempts[:1]
    left = re.escape(fresh[place.start - 1]) if place.start else r"\A"
    right = re.escape(fresh[place.end]) if place.end < len(fresh) else r"\Z"
    attempts.append((f"(?:{left})", place.piece.shape, f"(?={right})"))
    for head, shape, foot in attempts:
        found = {match[1] for match in re.finditer(f"{head}({shape}){foot}", live, re.MULTILINE)}
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None


def _add(found: dict[Owner, str], piece: Piece, there: str) -> bool:
    """Adds a live text as the value of a piece. ``False``: wrong form, or different from another place."""
    try:
        text = piece.decode(there)
    except (ValueError, binascii.Error):
        return False
    return bool(text) and all(found.setdefault(owner, text) == text for owner in piece.owners)


def contains_all(text: str, values: Mapping[Owner, str]) -> bool:
    """Whether a text holds each of these values, in any of its forms."""
    return all(any(re.search(piece.pattern, text) for piece in _forms(value, (owner,))) for owner, value in values.items())
