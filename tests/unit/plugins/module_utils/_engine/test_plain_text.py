# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of other programs in messages: one line, printable, bounded."""

from __future__ import annotations

import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain_text import LIMIT, plain_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("denied", "denied"),
        ("", ""),
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ("\x1b[31mred\x1b[0m text", "red text"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\x00b\x7fc\x85d", "a b c d"),
        ("left \u202eright", "left right"),
        ("one\u2028two", "one two"),
        ("\udcff bytes", "bytes"),
        ("caf\u00e9 \U0001f6a2 \u6e2f", "caf\u00e9 \U0001f6a2 \u6e2f"),
        (b"bytes \xff\n", "bytes \ufffd"),
        (ValueError("x\ny"), "x y"),
        (None, "None"),
    ],
)
def test_one_printable_line(text: object, expected: str) -> None:
    assert plain_text(text) == expected


@pytest.mark.parametrize("length", [LIMIT - 1, LIMIT, LIMIT + 1, 20_000])
def test_long_texts_are_cut(length: int) -> None:
    got = plain_text("x" * length)
    assert len(got) <= LIMIT
    assert got.endswith("...") is (length > LIMIT)


def test_a_limit_can_be_given() -> None:
    assert plain_text("one two three four", 11) == "one two..."


@pytest.mark.parametrize("piece", ["x", "\x1b[", "\x1b]", "\x1b[31m", " ", "\x00", "\x1b"])
def test_megabytes_cost_no_more_than_a_line(piece: str) -> None:
    start = time.process_time()
    assert len(plain_text(piece * 4_000_000)) <= LIMIT
    assert time.process_time() - start < 0.5
