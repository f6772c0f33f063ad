# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ignore rules and Go's path.Match."""

from __future__ import annotations

import random

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.gomatch import BadPattern, match
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.ignore import Ignore, _Rule
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "abc", True),
        ("*", "a/b", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a?b", "a/b", False),
        ("a[^b]c", "a/c", True),
        ("[a-c]x", "bx", True),
        ("[a-c]x", "dx", False),
        ("[^a-c]x", "dx", True),
        ("[c-a]", "b", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"[\-]", "-", True),
        ("", "", True),
        ("e*[", "abc", False),
        ("*b*", "abc", True),
        ("a*c*e", "abcde", True),
        ("a*b", "abab", True),
        ("*.bak", "x/a.bak", False),
        ("[*]x", "*x", True),
        ("a\nb", "a\nb", True),
    ],
)
def test_match(pattern: str, name: str, fits: bool) -> None:
    assert match(pattern, name) is fits


@pytest.mark.parametrize("pattern", ["[", "[]a]", "[-]", "[a", "[a-]", "\\", "[x-"])
def test_bad_patterns(pattern: str) -> None:
    with pytest.raises(BadPattern, match="syntax error in pattern"):
        match(pattern, "a")


@pytest.mark.parametrize(
    ("text", "path", "is_dir", "ignored"),
    [
        ("*.txt", "a.txt", False, True),
        ("*.txt", "deep/down/a.txt", False, True),
        ("/a.txt", "a.txt", False, True),
        ("/a.txt", "d/a.txt", False, False),
        ("d/*.txt", "d/a.txt", False, True),
        ("d/*.txt", "x/d/a.txt", False, False),
        ("d/", "d", True, True),
        ("d/", "d", False, False),
        ("# d", "# d", False, False),
        ("  a  ", "a", False, True),
        ("!keep", "keep", False, False),
        ("!keep", "Chart.yaml", False, True),
        ("!keep/", "keep", False, True),
        ("", "templates/.hidden", False, True),
        ("", "templates/.", True, False),
        ("", ".hidden", False, False),
        ("\ufeffa", "a", False, True),
        ("*", "", True, False),
        ("e*[", "exit", False, False),
    ],
)
def test_ignore(text: str, path: str, is_dir: bool, ignored: bool) -> None:
    assert Ignore(text).matches(path, is_dir) is ignored


@pytest.mark.parametrize(("text", "helm"), [("a\n**/x", "double-star (**) syntax is not supported"), ("a\n[x", "syntax error in pattern")])
def test_refused_rules_name_their_line(text: str, helm: str) -> None:
    with pytest.raises(ChartLoadError, match=r"\.helmignore line 2") as refused:
        Ignore(text)
    assert refused.value.helm == helm


def test_the_short_ways_agree_with_match() -> None:
    """Names, ``*x`` and ``x*`` are compared directly; that is a matter of speed alone."""
    chance = random.Random(7)
    for _round in range(20_000):
        pattern = "".join(chance.choices("ab*?[/\\.]-", k=chance.randint(0, 5)))
        path = "".join(chance.choices("ab/.-*\\", k=chance.randint(0, 6)))
        for whole in (True, False):
            try:
                wanted = match(pattern, path if whole else path.rpartition("/")[2])
            except BadPattern:
                wanted = False
            assert _Rule(pattern, whole, False, False).fits(path) is wanted, (pattern, path, whole)
