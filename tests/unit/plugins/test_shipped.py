# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible ships with a module: every file that an import statement names, late imports included.

Some rooms must not be among them.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
PREFIX = "ansible_collections.windlass.charts.plugins."


def _imports(path: Path) -> set[Path]:
    found: set[Path] = set()
    package = path.relative_to(PLUGINS).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            parts = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
        elif (node.module or "").startswith(PREFIX):
            parts = (node.module or "").removeprefix(PREFIX).split(".")
        else:
            continue
        base = PLUGINS.joinpath(*(part for part in parts if part))
        candidates = [base.with_suffix(".py"), *((base / alias.name).with_suffix(".py") for alias in node.names)]
        found |= {candidate for candidate in candidates if candidate.is_file()}
    return found


def shipped(module: str) -> set[str]:
    waiting, seen = [PLUGINS / "modules" / f"{module}.py"], set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += _imports(path)
    return {path.relative_to(PLUGINS / "module_utils").as_posix() for path in seen if "module_utils" in path.parts}


LEFT_OUT = [
    ("chart_release_rollback", ["_engine/sprig/table.py", "_engine/render/engine.py", "_engine/lint/values/interpreter.py", "_engine/actions/converge.py"]),
    ("chart_template", ["_engine/actions/converge.py", "_engine/actions/rollback.py", "_engine/actions/execute.py"]),
]


@pytest.mark.parametrize(("module", "files"), LEFT_OUT)
def test_what_is_not_needed_is_not_shipped(module: str, files: list[str]) -> None:
    found = shipped(module)
    assert len(found) > 50
    assert all((PLUGINS / "module_utils" / file).is_file() for file in files), "the files have other names now"
    assert not found & set(files)
