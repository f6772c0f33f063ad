# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Go's values: kinds, types, truth, printing, and the limits of a render."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes import limits
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.kinds import is_integer, kind_of, truth, type_of
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.printing import format_float, go_quote, sprint
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.values import GoObject, Int64, Map, Slice, Uint8


class Pointer(GoObject):
    GO_TYPE = "*p.T"
    GO_KIND = "ptr"
    GO_FIELDS: ClassVar[dict[str, str]] = {"A": "a"}

    def __init__(self) -> None:
        self.a = [1]


VALUES: list[tuple[Any, str, str, bool, str]] = [
    (None, "invalid", "<nil>", False, "<nil>"),
    (True, "bool", "bool", True, "true"),
    (0, "int", "int", False, "0"),
    (Int64(-3), "int64", "int64", True, "-3"),
    (Uint8(255), "uint8", "uint8", True, "255"),
    (0.0, "float64", "float64", False, "0"),
    (1e21, "float64", "float64", True, "1e+21"),
    (1j, "complex128", "complex128", True, "(0+1i)"),
    ("", "string", "string", False, ""),
    (b"\x01\x02", "slice", "[]uint8", True, "[1 2]"),
    ([], "slice", "[]interface {}", False, "[]"),
    (Slice(["a"], "string"), "slice", "[]string", True, "[a]"),
    ({"b": None, "a": [1.5]}, "map", "map[string]interface {}", True, "map[a:[1.5] b:<nil>]"),
    (Map({"k": "v"}), "map", "map[string]string", True, "map[k:v]"),
    (Pointer(), "ptr", "*p.T", True, "&{[1]}"),
]


@pytest.mark.parametrize(("value", "kind", "name", "true", "text"), VALUES)
def test_kind_type_truth_text(value: Any, kind: str, name: str, true: bool, text: str) -> None:
    assert (kind_of(value), type_of(value), truth(value), sprint(value)) == (kind, name, true, text)


def test_a_bool_is_no_integer() -> None:
    assert [is_integer(value) for value in (1, Int64(1), True, 1.0, "1")] == [True, True, False, False, False]


FLOATS = [
    (1.0, "1"),
    (1e6, "1e+06"),
    (123456.0, "123456"),
    (1e-4, "0.0001"),
    (1e-5, "1e-05"),
    (-0.0, "-0"),
    (float("inf"), "+Inf"),
    (5e-324, "5e-324"),
]


@pytest.mark.parametrize(("value", "text"), FLOATS)
def test_floats(value: float, text: str) -> None:
    assert format_float(value) == text


QUOTED = [('a"b\\\n', r'"a\"b\\\n"'), ("é", '"é"'), ("\x00\x7f\u200b", r'"\x00\x7f\u200b"'), ("\udcff", r'"\xff"'), ("😀", '"😀"')]


@pytest.mark.parametrize(("text", "quoted"), QUOTED)
def test_quotes(text: str, quoted: str) -> None:
    assert go_quote(text) == quoted


def test_steps_end_and_begin_again() -> None:
    limits.begin()
    limits.tick(limits.MAX_STEPS - 1)
    with pytest.raises(limits.LimitExceeded, match="steps"):
        limits.tick(2000)
    limits.begin()
    limits.tick(2000)


def test_threads_have_budgets_of_their_own() -> None:
    limits.begin()
    limits.tick(5)
    seen: list[int] = []

    def other() -> None:
        limits.tick(3)
        seen.append(limits.used()[0])

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [3]
    assert limits.used()[0] == 5


def test_long_texts_add_up() -> None:
    limits.begin()
    text = "x" * (limits.LARGE + 1)
    with pytest.raises(limits.LimitExceeded, match="long strings"):
        for _round in range(limits.MAX_MADE // limits.LARGE + 1):
            limits.made(text)
    limits.begin()
    assert limits.made("x" * limits.LARGE) is not None


def test_what_is_too_long_is_refused_before_it_is_made() -> None:
    limits.begin()
    for call in (lambda: limits.room(limits.MAX_TEXT + 1), lambda: limits.items(limits.MAX_ITEMS + 1)):
        with pytest.raises(limits.LimitExceeded):
            call()
    with pytest.raises(limits.LimitExceeded):
        limits.joined(["x" * limits.LARGE] * 300)
    with pytest.raises(limits.LimitExceeded):
        limits.sized("x" * limits.LARGE for _round in range(10**9))


def test_a_value_that_holds_itself_many_times_is_weighed_soon() -> None:
    limits.begin()
    value: Any = {}
    for _round in range(60):
        value = {"a": value, "b": value}
    with pytest.raises(limits.LimitExceeded, match="maps and lists"):
        limits.weigh(value)
    itself: list[Any] = []
    itself.append(itself)
    limits.weigh(itself, {"plain": [1, "a", None]})
