# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every test asserts something, itself or with a function of the tests that it calls.

A test that cannot fail is worthless.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
#: of pytest; the fixture that compares a case with helm; a parameter that is a function with assertions
ASSERTING = frozenset({"raises", "fail", "warns", "judge", "case"})
#: modules of the tests whose functions are called by module and name
MODULES = frozenset({"contracts"})


@dataclass(frozen=True)
class Function:
    """What of a function decides whether it asserts. Without its tree, which is large."""

    name: str
    has_assertion: bool
    called: set[str]


def functions() -> Iterator[tuple[str, Function]]:
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(TESTS)}:{node.lineno} {node.name}", read(node)


def read(function: ast.FunctionDef) -> Function:
    """The names that are called are those of functions, not of methods, which have names that many share.

    Of those only pytest's and those of modules.
    """
    called = set()
    has_assertion = False
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_module = isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
            called |= {node.func.attr} if of_module else {node.func.attr} & ASSERTING
        elif isinstance(node, ast.Assert):
            has_assertion = True
    return Function(function.name, has_assertion, called)


def asserts(function: Function, helpers: set[str]) -> bool:
    return function.has_assertion or bool(function.called & helpers)


def test_every_test_asserts() -> None:
    everything = list(functions())
    helpers = set(ASSERTING)
    while True:
        more = {found.name for _place, found in everything if not found.name.startswith("test_") and asserts(found, helpers)} - helpers
        if not more:
            break
        helpers |= more
    tests = [(place, found) for place, found in everything if found.name.startswith("test_")]
    assert len(tests) > 1000
    silent = [place for place, found in tests if not asserts(found, helpers)]
    assert silent == []


def test_a_test_without_an_assertion_is_found() -> None:
    (silent, loud) = ast.parse("def test_a():\n    run(1)\ndef test_b():\n    check(1)\n").body
    assert isinstance(silent, ast.FunctionDef)
    assert isinstance(loud, ast.FunctionDef)
    assert (asserts(read(silent), {"check"}), asserts(read(loud), {"check"})) == (False, True)
