# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick reader of plain YAML returns the result of the full reader, or leaves the text to it."""

from __future__ import annotations

import random

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio import events
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.quick import UNUSUAL, quick

#: documents that it must be able to read, or it is of no use
PLAIN = [
    "a: 1\nb: x y  # c\n",
    "---\na:\n  b:\n    c: d\ne: f",
    "# head\n\na:\n- 1\n- b: 2\n  c: 3\n-   d: 4\n    e:\n    - - 5\n      - 6\n    - 7\nf: null\n",
    "a: |\n  x\n    y\n\n  z\n\n\nb: |-\n    q\n\nc: |+\n  r\n\n",
    "a: |\n  no break at the end",
    "- a\n- -b\n- ::1\n- 'it''s'\n- \"q\\n\\\"\\\\\"\n- ~\n- 0x1F\n- 1e3\n- .5\n- 2026-01-01\n- http://x/y#z\n",
    "a: {}\nb: []\nc: [a, \"b c\", 'd', 1,]\nd:\n  {}\ne:\n  text\n\"f g\": 1\n'h': 2\n",
    "x.y/z-1: {}\n_a: \n$b:\n  # nothing\nc: d\n",
    "a: b:c\nb: c#d\nc: $(x)\nd: <e>\ne: 100%\nf: a, b\ng: x{y}\n",
    "  a: 1\n  b: 2\n",
    "# nothing\n\n",
    "e: x ü\n",
    "a: b\n  c d\n   - e\nf: 'g\n  h''s: i\n\n  j'\nk: \"l\\\"\n\n\n m \"\n- n\n".replace("- n\n", ""),
    "- a\n b\n- c: d\n   e\n  f:\n    g\n    h\n",
]

#: documents that it must leave to the other
ODD = [
    "a: b\n\n  c\n", "a: b # c\n  d\n", "a: b\n  c: d\n", "a: b\n  c # d\n  e\n", "a: b\n  c\n\n  d\n", "a: 'b\n---\n'\n", "a: \"b\\\n c\"\n",
    "a: &b 1\n", "a: *b\n", "a: !!str 1\n", "a: >\n  x\n", "a: |2\n  x\n", "a: \"\\x41\"\n", "a:\tb\n", "\ta: b\n",
    "a: 1\n---\nb: 2\n", "a: 1\n...\n", "%YAML 1.1\n---\na: 1\n", "y: 1\n", "null: 1\n", "1: a\n", "? a\n: b\n", "a: b: c\n", "a: 1\n  b: 2\n",
    "a:\n    b: 1\n  c: 2\n",
    "a: 1\n- b\n", "- a\nb: 1\n", "a: [b, [c]]\n", "a: {b: c}\n", "a: [b\n", "<<: {}\n", "a: .inf\n", "a: .nan\n", "text\n", "\ufeffa: 1\n",
    "a: \x07\n", "a: @b\n",
    "a: |\n\nb: 1\n", "a: |\n\tx\n", "a: |\n    \n  x\n", "a: 1\r\n", "- # c\n  a\n", "-\n  a: 1\n", "a: \"b\"c\n", "a: [b] c\n", "a : 1\n",
    "a: 1\n b: 2\n", "a:\n[]\n",
]  # fmt: skip

PIECES = [
    "\n   more", "'a\n  b'", '"c\n\n d"', " x\n    y\n", "\n     - z",
    " ", "  ", "- ", ": ", "#", " #", '"', "'", "|", "|-", "|+", ">", "\n", "\n  ", "\n ", "[", "{}", "[]", "{", "a", "a: b", "- - ", "-", "\t",
    "---", "*", "&a", "!!str ",
    "?", "~", "0x1", "1e3", ".5", "null", "y", "é", "\u2028", "%", "@", "<<: ", "...", '"a": ', "'b': ", "\\n", '\\"', ",", ", ", "]",
]  # fmt: skip


def whole(text: str | bytes, numbers: int) -> str:
    try:
        return repr(events.first(text, numbers=numbers))
    except YamlError as error:
        return f"refused: {error.go_message}"


@pytest.mark.parametrize("text", PLAIN)
def test_plain_documents(text: str) -> None:
    for numbers in (0, 1, 2):
        assert repr(quick(text, numbers)) == repr(quick(text.encode(), numbers)) == whole(text, numbers)
        assert quick(text, numbers) is not UNUSUAL


@pytest.mark.parametrize("text", ODD)
def test_others_are_left_alone(text: str) -> None:
    assert quick(text, 0) is UNUSUAL
    assert quick(text, 1) is UNUSUAL


def test_bytes_that_are_no_text_are_left_alone() -> None:
    assert quick(b"a: \xff\n", 0) is UNUSUAL


def test_deep_documents_are_left_alone() -> None:
    text = "".join(f"{' ' * n}a:\n" for n in range(100))
    assert quick(text, 0) is UNUSUAL


def test_changed_documents_are_read_equally_or_left_to_the_full_parser() -> None:
    chance = random.Random(20260101)
    read = 0
    for _round in range(30_000):
        lines = chance.choice(PLAIN).split("\n")
        start = chance.randrange(len(lines))
        text = "\n".join(lines[start : start + chance.randint(1, 9)]) + chance.choice(["", "\n", "\n\n", "  ", "\n  "])
        for _change in range(chance.randint(0, 4)):
            at = chance.randint(0, len(text))
            if chance.random() < 0.7:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            else:
                text = text[:at] + text[at + chance.randint(1, 4) :]
        for numbers in (0, 1, 2):
            found = quick(text, numbers)
            if found is not UNUSUAL:
                read += 1
                assert repr(found) == whole(text, numbers), text
    assert read > 10_000
