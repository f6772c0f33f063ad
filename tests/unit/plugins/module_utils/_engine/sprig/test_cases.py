# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cases of functions: each line of ``cases/*.txt`` is a template with Helm 4's result.

The form is ``EXPRESSION  ==>  RESULT``, or ``==!`` and the error.

Results are JSON strings. An error is the part behind ``error calling F:``, or Go's complaint about an argument. The part of a
file's name behind ``@`` is the local time zone, with ``_`` for ``/``. Adding a case is adding a line; lines are made by a run of
``helm template`` over ``VALUES``, never manually.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import TemplateError
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.template import TemplateSet
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes import limits
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Clock, Random
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig import regex
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.context import Context
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.table import functions

CASES = Path(__file__).parent / "cases"
SCRIPT = re.compile(r"\{\^?(Greek|Han|han|Latin)\}")
#: i: 5, l: [1, 2], m: {b: 1}, s: text, big: 12345678
VALUES = {"i": 5.0, "l": [1.0, 2.0], "m": {"b": 1.0}, "s": "text", "big": 12345678.0}


class FixedClock(Clock):
    def __init__(self, zone: str) -> None:
        self._zone = timezone.utc if zone == "UTC" else ZoneInfo(zone)

    def now(self) -> datetime:
        return datetime(2026, 5, 4, 3, 2, 1, tzinfo=self._zone)

    def monotonic(self) -> float:
        return 1.5

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"no function sleeps, least of all {seconds} seconds")


class CountingRandom(Random):
    """Bytes that repeat after a while; only the shape of results from them is compared."""

    def __init__(self) -> None:
        self._next = 0

    def bytes(self, count: int) -> bytes:
        out = bytes((self._next + index * 37) % 256 for index in range(count))
        self._next = (self._next + 101 * count) % 256
        return out


def _cases(path: Path) -> list[pytest.param]:
    out = []
    zone = path.stem.partition("@")[2].replace("_", "/") or "UTC"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        expression, sign, expected = re.split("  (==[>!])  ", line)
        out.append(pytest.param(zone, expression, sign == "==>", json.loads(expected), id=f"{path.stem}:{number}"))
    return out


def _all_cases() -> list[pytest.param]:
    return [case for path in sorted(CASES.glob("*.txt")) for case in _cases(path)]


def _answer(zone: str, expression: str) -> tuple[bool, str]:
    templates = TemplateSet(functions(Context(FixedClock(zone), CountingRandom())))
    try:
        templates.parse("t", "{{ " + expression + " }}")
        return True, templates.execute("t", {"Values": VALUES})
    except TemplateError as error:
        return False, _last_words(error.helm_message)


def _last_words(message: str) -> str:
    found = re.search(r"error calling [^ :]+: (.*)", message, re.DOTALL) or re.search(r">:\s+(.*)", message, re.DOTALL)
    return (found[1] if found else message.rpartition("): ")[2]).strip()


@pytest.mark.parametrize(("zone", "expression", "succeeds", "expected"), _all_cases())
def test_as_helm_answers(zone: str, expression: str, succeeds: bool, expected: str) -> None:
    assert _answer(zone, expression) == (succeeds, expected)


@pytest.mark.parametrize(("zone", "expression", "succeeds", "expected"), _cases(CASES / "regex.txt"))
@pytest.mark.slow
def test_regular_expressions_without_re2(monkeypatch: pytest.MonkeyPatch, zone: str, expression: str, succeeds: bool, expected: str) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    regex.compiled.cache_clear()
    try:
        answer = _answer(zone, expression)
    finally:
        regex.compiled.cache_clear()
    if SCRIPT.search(expression) and succeeds:
        assert not answer[0] and "requires the Python library google-re2" in answer[1]
    else:
        assert answer == (succeeds, expected)


#: every function that takes a pattern, which is written P
PATTERNED = [
    f"{must}{{}}egex{rest}".format("R" if must else "r")
    for must in ("", "must")
    for rest in (
        'Match P "a"', 'Find P "a"', 'FindAll P "a" -1', 'ReplaceAll P "a" "b"', 'ReplaceAllLiteral P "a" "b"', 'Split P "a" -1',
    )
]  # fmt: skip


@pytest.mark.parametrize("expression", PATTERNED)
def test_a_script_without_re2_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, expression: str) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    regex.compiled.cache_clear()
    try:
        succeeds, words = _answer("UTC", expression.replace("P", '"x[\\\\p{Han}]"', 1))
    finally:
        regex.compiled.cache_clear()
    assert not succeeds
    assert words == (
        "the regular expression uses \\p{Han}, a Unicode script, which requires the Python library google-re2 on the host that renders the chart"
    )


@pytest.mark.parametrize("with_re2", [True, False])
def test_a_long_text_is_matched_as_a_short_one(monkeypatch: pytest.MonkeyPatch, with_re2: bool) -> None:
    if not with_re2:
        monkeypatch.setitem(sys.modules, "re2", None)
    regex.compiled.cache_clear()
    try:
        expression = regex.compiled("(?i)[^a-z0-9-]+")
        assert [found.span() for found in expression.matches("x" * 20000 + "ış\udcffk-İz", -1)] == [(20000, 20003), (20005, 20006)]
        assert expression.replaced("ab\udcff" * 9000, lambda found: f"<{found.group(0)}>") == "ab<\udcff>" * 9000
    finally:
        regex.compiled.cache_clear()


@pytest.mark.slow
def test_many_matches_in_a_long_text_are_charged_by_its_length() -> None:
    for text in ("ab" * 100_000, "aé" * 100_000):
        limits.begin()
        assert sum(1 for _found in regex.compiled("a").matches(text, -1)) == 100_000
