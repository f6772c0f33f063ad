# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every test asserts something, itself or with a function of the tests that it calls.

A test that cannot fail is worthless.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
#: of pytest; the fixture that compares a case with helm; a parameter that is a function with assertions
ASSERTING = frozenset({"raises", "fail", "warns", "judge", "case"})
#: modules of the tests whose functions are called by module and name
MODULES = frozenset({"contracts"})


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def called(function: ast.FunctionDef) -> set[str]:
    """Names of functions that are called, not of methods, which have names that many share.

    Of those only pytest's and those of modules.
    """
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_module = isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
            found |= {node.func.attr} if of_module else {node.func.attr} & ASSERTING
    return found


def asserts(function: ast.FunctionDef, helpers: set[str]) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or bool(called(function) & helpers)


def test_every_test_asserts() -> None:
    everything = list(functions())
    helpers = set(ASSERTING)
    while True:
        more = {node.name for _path, node in everything if not node.name.startswith("test_") and asserts(node, helpers)} - helpers
        if not more:
            break
        helpers |= more
    tests = [(path, node) for path, node in everything if node.name.startswith("test_")]
    assert len(tests) > 1000
    silent = [f"{path.relative_to(TESTS)}:{node.lineno} {node.name}" for path, node in tests if not asserts(node, helpers)]
    assert silent == []


def test_a_test_without_an_assertion_is_found() -> None:
    (silent, loud) = ast.parse("def test_a():\n    run(1)\ndef test_b():\n    check(1)\n").body
    assert isinstance(silent, ast.FunctionDef)
    assert isinstance(loud, ast.FunctionDef)
    assert (asserts(silent, {"check"}), asserts(loud, {"check"})) == (False, True)
