# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of runes are those of Unicode 15.0 with every version of Python.

Go's results are in ``tests/fuzz/cases``.
"""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes import runes


@pytest.mark.parametrize(
    ("char", "category"),
    [
        ("a", "Ll"),
        ("\u0560", "Ll"),
        ("\ua7d0", "Lu"),  # since 14
        ("\U00010570", "Lu"),  # since 14
        ("\U00031350", "Lo"),  # since 15.0
        ("\U0001e4f0", "Nd"),  # since 15.0
        ("\u2ffc", "Cn"),  # since 15.1
        ("\U0001cc00", "Cn"),  # since 16
        ("\U00032500", "Cn"),  # since 17
        ("\udc80", "Cs"),
        ("\U0010ffff", "Cn"),
    ],
)
def test_a_category_is_that_of_unicode_15(char, category):
    assert runes.category(char) == category


@pytest.mark.parametrize(
    ("small", "capital"), [("a", "A"), ("\u2c5f", "\u2c2f"), ("\ua7d1", "\ua7d0"), ("\U000105bc", "\U00010595"), ("\U00010597", "\U00010570")]
)
def test_letters_have_their_other_case(small, capital):
    assert runes.to_upper(small) == runes.to_title(small) == capital
    assert runes.to_lower(capital) == small


@pytest.mark.parametrize("char", ["\u0264", "\u019b", "\ua7cb", "ß", "\u0149", "1"])
def test_a_letter_without_another_case_in_unicode_15_stays(char):
    assert runes.to_upper(char) == char


def test_the_categories_of_all_code_points_are_those_of_each():
    every = runes.categories()
    assert len(every) == 0x110000
    changed = [code for code in range(0x110000) if every[code] != unicodedata.category(chr(code))]
    places = {*changed, *range(0x3000), *range(0, 0x110000, 97)}
    assert [code for code in places if runes.category(chr(code)) != every[code]] == []
    if unicodedata.unidata_version == runes.VERSION:
        assert changed == []
