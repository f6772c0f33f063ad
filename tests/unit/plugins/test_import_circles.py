# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No import circles between the files of ``plugins/``.

Imports in functions and below ``TYPE_CHECKING`` count.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
COLLECTION = ("ansible_collections", "windlass", "charts", "plugins")

Name = tuple[str, ...]
Graph = Mapping[Name, set[Name]]


def imports(root: Path) -> dict[Name, set[Name]]:
    """Each module below a folder -> the modules there that it imports anywhere.

    A package is the module of its ``__init__.py``.
    """
    trees = {_name(path.relative_to(root)): (path, ast.parse(path.read_bytes())) for path in sorted(root.rglob("*.py"))}
    graph: dict[Name, set[Name]] = {}
    for name, (path, tree) in trees.items():
        package = name if path.name == "__init__.py" else name[:-1]
        found = {target for node in ast.walk(tree) for target in _targets(node, package)}
        longest = {_existing(target, trees) for target in found}
        graph[name] = {target for target in longest if target is not None and target != name}
    return graph


def _name(path: Path) -> Name:
    return path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts


def _targets(node: ast.AST, package: Name) -> list[Name]:
    """The modules that an import statement names; ``from a import b`` names ``a.b``."""
    if isinstance(node, ast.Import):
        names = [tuple(alias.name.split(".")) for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        above = COLLECTION + package[: len(package) - node.level + 1] if node.level else ()
        module = tuple(node.module.split(".")) if node.module else ()
        names = [above + module + (alias.name,) for alias in node.names]
    else:
        return []
    return [name[len(COLLECTION) :] for name in names if name[: len(COLLECTION)] == COLLECTION]


def _existing(target: Name, modules: Mapping[Name, object]) -> Name | None:
    return next((target[:size] for size in range(len(target), 0, -1) if target[:size] in modules), None)


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan), each sorted."""
    index: dict[Name, int] = {}
    low: dict[Name, int] = {}
    stack: list[Name] = []
    found: list[list[str]] = []

    def visit(name: Name) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            at = stack.index(name)
            component = stack[at:]
            del stack[at:]
            if len(component) > 1:
                found.append(sorted(".".join(part) for part in component))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return sorted(found)


def test_no_import_circles() -> None:
    graph = imports(PLUGINS)
    assert sum(map(len, graph.values())) > 1000  # it reads the imports
    assert circles(graph) == []


FULL = "from ansible_collections.windlass.charts.plugins.room import b\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("from . import b\n", "from . import a\n"),
        ("from .b import x\n", "from .a import x\n"),
        ("from ..room.b import x\n", "from .a import x\n"),
        (FULL, "from . import a\n"),
        ("def f():\n    from .b import x\n", "from .a import x\n"),
        ("if TYPE_CHECKING:\n    from .b import X\n", "from .a import x\n"),
        ("import ansible_collections.windlass.charts.plugins.room.b\n", "from .a import x\n"),
    ],
)
def test_every_form_of_a_circle_is_found(first: str, second: str, tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    for name, text in {"__init__": "", "a": first, "b": second, "c": "from . import a, b\n"}.items():
        (tmp_path / "room" / f"{name}.py").write_text(text)
    assert circles(imports(tmp_path)) == [["room.a", "room.b"]]


def test_a_circle_of_three_files_is_found_once(tmp_path: Path) -> None:
    for name, text in {"a": "from . import b\n", "b": "from . import c\n", "c": "from . import a\n", "d": "from . import a\n"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    assert circles(imports(tmp_path)) == [["a", "b", "c"]]
