# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine is pure: it reads the clock, files, the network and chance through ports only.

Import-linter checks the imports between rooms; this checks calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors

ENGINE = Path(errors.__file__ or "").parent
#: modules through which files, sockets, processes, the environment and chance come in
DOORS = {"os", "io.open", "socket", "ssl", "subprocess", "random", "secrets", "tempfile", "shutil", "pathlib", "requests", "urllib3", "http", "ansible"}
#: calls by their written name
CALLS = {"open", "input", "print", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic", "time.sleep", "uuid.uuid4"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda p: str(p.relative_to(ENGINE)))
def test_no_door_but_the_ports(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert DOORS.isdisjoint(imported(tree))
    assert CALLS.isdisjoint(called(tree))


def test_the_test_sees_them() -> None:
    tree = ast.parse("import os.path\nfrom random import choice\nopen('x')\ndatetime.now()\n")
    assert DOORS & set(imported(tree)) == {"os", "random"}
    assert CALLS & set(called(tree)) == {"open", "datetime.now"}
