# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The encodings in which a secret text can appear.

Base64 within longer data, hexadecimal, URL, JSON, YAML, HTML, other letter case. Each form is a literal text to search for. Old syntax
only: modules read this file before they check the version of Python.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, quote_plus

#: shorter texts are part of many words by chance and are never searched for
SHORTEST = 4
#: shorter texts are searched for as whole words only
SHORTEST_INSIDE = 6
#: shorter encoded forms are searched for as whole words only
SHORTEST_CODED = 8
#: words that every result contains; they identify no secret
VOCABULARY = frozenset(
    (
        "true", "false", "null", "none", "default", "present", "absent", "latest", "deployed", "failed", "superseded", "uninstalled",
        "uninstalling", "unknown", "pending", "running", "ready", "active", "enabled", "disabled", "localhost", "http", "https", "info",
        "debug", "warning", "error", "value", "values", "name", "namespace", "release", "create", "delete",
    )
)
_NAME_LIKE = re.compile(r"[a-z0-9](?:[-.a-z0-9]{0,13}[a-z0-9])?")
_PLAIN_WORD = re.compile(r"[A-Za-z]{1,11}")
#: what a line break inside a folded, indented or escaped text may look like
GAP = re.compile(r"(?:\\?\s|\\[nrt])+")
_JSON_ESCAPE = re.compile(r"\\u(?:00([0-9a-f]{2})|([0-9a-f]{4}))")
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_UNRESERVED = re.compile(r"[A-Za-z0-9_-]+")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_GO_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_HTML_QUOTES: tuple[dict[str, str], ...] = ({'"': "&quot;", "'": "&#x27;"}, {'"': "&#34;", "'": "&#39;"}, {'"': "&quot;", "'": "&#39;"})
#: characters that some escaping functions leave as they are: path segment, path, user part of a URL, JavaScript's two
_URL_SAFE = ("", "/", "$&+=:@", "$&+,;=", "-_.!~*'()", ";,/?:@&=+$-_.!~*'()#")


class Form(NamedTuple):
    """A text to search for. ``whole``: only where no letter or digit is next to it.

    ``named``: not inside of a public name.
    """

    text: str
    whole: bool
    named: bool


def is_searched(text: str) -> bool:
    """Whether a text is distinct enough to be searched for."""
    bare = text.strip()
    return len(bare) >= SHORTEST and bare.lower() not in VOCABULARY


def is_word(text: str) -> bool:
    """Whether a text could be an ordinary word or a number: such a text is masked only as a whole word."""
    return len(text) < SHORTEST_INSIDE or text.isdigit() or _PLAIN_WORD.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether a text could be the name of an object: such a text is not masked inside of a public name."""
    return is_word(text) or _NAME_LIKE.fullmatch(text) is not None


def squeezed(text: str) -> str:
    """A text without white space and escaped line breaks, so that a folded text equals the original."""
    return GAP.sub("", text)


@functools.lru_cache(maxsize=8192)
def forms(text: str) -> tuple[Form, ...]:
    """All forms of one secret text; empty where the text is too short or too common to be searched for."""
    if not is_searched(text):
        return ()
    found: dict[str, Form] = {}
    for plain in (text, text.strip()):
        word, name = is_word(plain), is_name(plain)
        for shown in _plain(plain):
            found.setdefault(shown, Form(shown, word, name))
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > 1:
        for line in lines:
            if len(line) >= SHORTEST_CODED and line.lower() not in VOCABULARY:
                word, name = is_word(line), is_name(line)
                for shown in (line, _json(line)):
                    found.setdefault(shown, Form(shown, word, name))
    for shown in _coded(text):
        found.setdefault(shown, Form(shown, len(shown) < SHORTEST_CODED, False))
    return tuple(form for form in found.values() if len(form.text) >= SHORTEST)


def folded_forms(text: str) -> tuple[str, ...]:
    """Forms that are searched for after white space was removed on both sides; none for words."""
    bare = squeezed(text.strip())
    if len(bare) < SHORTEST_CODED or is_name(text.strip()):
        return ()
    data = _bytes(text.strip())
    found = {bare, *(squeezed(shown) for shown in _escaped(text.strip()))}
    if len(data) >= 12:
        found.update(_inside(data))
    return tuple(form for form in found if len(form) >= SHORTEST_CODED)


def _plain(text: str) -> Iterator[str]:
    """A text unchanged, escaped, and in other letter case."""
    yield from (text, text.upper(), text.lower(), text.capitalize())
    if _UNRESERVED.fullmatch(text):
        return  # no encoding of texts changes it
    for shown in (text, text.upper()):
        yield from _escaped(shown)
        yield _json(_json(shown))  # JSON inside JSON, as annotations hold it
        yield shown.replace("'", "'\"'\"'")
        for quotes in _HTML_QUOTES:
            yield "".join(quotes.get(char) or _HTML.get(char, char) for char in shown)
        yield _SPECIAL.sub(r"\\\g<0>", shown)
        data = _bytes(shown)
        for safe in _URL_SAFE:
            quoted = quote(data, safe=safe)
            yield quoted
            yield _PERCENT.sub(lambda found: found[0].lower(), quoted)
        yield quote_plus(data)


def _escaped(text: str) -> Iterator[str]:
    """A text between the quotes of JSON, YAML and Python."""
    yield _json(text)
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield _go_json(text)
    if not text.isascii():  # PyYAML's escapes
        yield _JSON_ESCAPE.sub(lambda found: f"\\x{found[1].upper()}" if found[1] else f"\\u{found[2].upper()}", _json(text))
    yield repr(text)[1:-1]
    yield text.replace("'", "''")


def _coded(text: str) -> Iterator[str]:
    """Base64, alone and inside longer data, once and twice; hexadecimal."""
    texts = {text, text.strip(), _json(text.strip()), _go_json(text.strip())}
    for shown in sorted(texts):
        data = _bytes(shown)
        whole = base64.b64encode(data).decode()
        yield whole
        yield whole.rstrip("=")
        yield from _inside(data)
        if len(data) >= 8:
            for inner in list(_inside(data)):
                yield from _inside(inner.encode())
        yield data.hex()
        yield data.hex().upper()
    for cased in (text.strip().upper(), text.strip().lower()):
        yield base64.b64encode(_bytes(cased)).decode().rstrip("=")


def _inside(data: bytes) -> Iterator[str]:
    """The characters of the base64 of longer data that these bytes alone determine.

    One text for each of the three positions; also in the URL-safe alphabet.
    """
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + data).decode()
        core = coded[-(-offset * 8 // 6) : (offset + len(data)) * 8 // 6]
        if len(core) >= SHORTEST_CODED:
            yield core
            if "+" in core or "/" in core:
                yield core.replace("+", "-").replace("/", "_")


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _go_json(text: str) -> str:
    shown = json.dumps(text, ensure_ascii=False)[1:-1]
    return "".join(_GO_HTML.get(char, char) for char in shown)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
