# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine finds the same matches as ``re``, in linear time also where ``re`` does not.

A pattern's work decides which one is used.
"""

from __future__ import annotations

import random
import re
import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes import limits
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.linear import Machine, dangerous, work
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.re2_syntax import translate
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.regex import _re_search

ATOMS = ["a", "b", ".", "[ab]", "[^a]", r"\b", r"\B", "^", "$", "(?i:A)", r"\w", "(?m:^)", "(?m:$)", "(?s:.)", "é"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}", "{0,2}?"]


def pattern(chance: random.Random, depth: int) -> str:
    """No repetition within a repetition, where ``re`` and Go treat an empty repetition differently."""
    kind = chance.random()
    if depth == 0 or kind < 0.3:
        return chance.choice(ATOMS)
    if kind < 0.5:
        return pattern(chance, depth - 1) + pattern(chance, depth - 1)
    if kind < 0.65:
        return f"({pattern(chance, depth - 1)}|{pattern(chance, depth - 1)})"
    if kind < 0.8:
        return f"({pattern(chance, depth - 1)})"
    return f"(?:{chance.choice(ATOMS)}{chance.choice(ATOMS)}){chance.choice(REPEATS)}"


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_what_re_finds(seed: int) -> None:
    chance = random.Random(seed)
    for _round in range(200):
        written = translate(pattern(chance, 4)).pattern
        expression, machine = re.compile(written), Machine(written)
        text = "".join(chance.choice("abA \né") for _letter in range(chance.randint(1, 9)))
        start = chance.randint(0, len(text))
        theirs, ours = expression.search(text, start), machine.search(text, start)
        assert (theirs is None) == (ours is None), (written, text, start)
        if theirs is not None and ours is not None:
            groups = range(expression.groups + 1)
            assert [theirs.span(group) for group in groups] == [ours.span(group) for group in groups], (written, text, start)
            assert [theirs.group(group) for group in groups] == [ours.group(group) for group in groups]


#: as Go's regexp answers: the text of the last turn that took something
REPETITIONS = [("(b?)*", "bb", "b"), ("(b?)+", "bb", "b"), ("(a|b?)*", "ab", "b"), ("(a*)+", "aab", "aa"), ("(a|ab)(c|bcd)(d*)", "abcd", "a")]


@pytest.mark.parametrize(("written", "text", "group"), REPETITIONS)
def test_the_last_repetition_that_matched_text(written: str, text: str, group: str) -> None:
    found = Machine(translate(written).pattern).search(text)
    assert found is not None
    assert found.group(1) == group


EXPLODING = [
    ("^(a+)+$", "a" * 5000 + "b"),
    ("(a|aa)+$", "a" * 5000 + "b"),
    ("^(a|a?)+$", "a" * 5000 + "b"),
    ("a*a*a*a*a*a*b", "a" * 3000),
    ("(.*)(.*)(.*)(.*)x", "a" * 3000),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 3000),
    ("(?:x+x+)+y", "x" * 3000),
    ("(.*,){20}P", "1," * 1000),
]


@pytest.mark.parametrize(("written", "text"), EXPLODING)
def test_what_makes_re_explode_does_not_take_long(written: str, text: str) -> None:
    limits.begin()
    before = time.process_time()
    assert _re_search(written, translate(written).pattern)(text, 0) is None
    assert time.process_time() - before < 5


@pytest.mark.slow
def test_a_text_too_long_for_its_pattern_is_refused_in_time() -> None:
    limits.begin()
    limits.tick(limits.MAX_STEPS * 9 // 10)  # of the steps of a render a tenth is left, so a tenth of the time is allowed
    before = time.process_time()
    with pytest.raises(limits.LimitExceeded, match="the templates take more than"):
        _re_search("(a+)+$", translate("(a+)+$").pattern)("a" * 8_000_000 + "b", 0)
    assert time.process_time() - before < 6  # a shared processor may take thrice its own time


WORK = [
    ("abc", 1),
    ("[a-z]+", 2),
    ("a+b+", 3),
    ("a{3}", 1),
    ("(a|b)*", 2), ("(ab|c)*", float("inf")),
    ("(a+)+", float("inf")),
    ("(ab)*c*", 3),
    ("(a?b)*", float("inf")),
]


@pytest.mark.parametrize(("written", "exponent"), WORK)
def test_work(written: str, exponent: float) -> None:
    assert work(translate(written).pattern) == exponent


def test_short_texts_and_plain_patterns_are_left_to_re() -> None:
    assert not dangerous(float("inf"), "a" * 10)
    assert dangerous(float("inf"), "a" * 40)
    assert not dangerous(2, "a" * 500)
    assert dangerous(3, "a" * 500)
    assert not dangerous(1, "a" * 10**7)
