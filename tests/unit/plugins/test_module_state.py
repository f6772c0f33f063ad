# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No process-global mutable state outside ``_adapters``.

The engine's budgets are passed in arguments or in a ``ContextVar``.

Found are module-level names that functions rebind (``global``) or change (``name[...] =``, ``name.append()`` ...). What remains is listed
with its reason, by file and name.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"

_MEMO = "remembers the result of a pure function, and is bounded"
ALLOWED = {
    "quickparse._MEMO": _MEMO,
    "metaschemas._QUICK": _MEMO,
    "placed._MEMO": _MEMO,
    "trees._HOLDING": _MEMO,
    "codec._written": "remembers the text of the charts that were written last; stored charts do not change",
    "units._UNITS": _MEMO,
    "zones._UNNAMED": "fixed zones compare by identity, as Go's do",
    "dump._MEMO": _MEMO,
    "events._VALUES": _MEMO,
    "events._KEYS": _MEMO,
    "quick._BODIES": _MEMO,
    "_progress._WANTED": "a callback plugin and the workers that Ansible forks share nothing else",
    "_vaulted._decrypted": "remembers the result of a pure function; a worker process ends with its task",
    "_vaulted._of_files": "remembers encrypted files; a worker process ends with its task",
}

_CHANGING = frozenset(
    [
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
        "appendleft",
        "move_to_end",
    ]
)


def changed_names(text: str) -> set[str]:
    """Module-level names of a source that its functions rebind or change."""
    tree = ast.parse(text)
    names = {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    found: set[str] = set()
    for function in functions:
        own = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                found.update(node.names)
            found.update(name for name in _changed(node) if name in names - own)
    return found


def _changed(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        places: list[ast.expr] = [node.func.value]
    elif isinstance(node, (ast.Assign, ast.Delete)):
        places = [target.value for target in node.targets if isinstance(target, (ast.Subscript, ast.Attribute))]
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and isinstance(node.target, (ast.Subscript, ast.Attribute)):
        places = [node.target.value]
    else:
        places = []
    return [place.id for place in places if isinstance(place, ast.Name)]


def test_state_of_modules_is_listed() -> None:
    sources = [path for path in sorted(PLUGINS.rglob("*.py")) if "_adapters" not in path.parts]
    assert len(sources) > 200
    found = {f"{path.stem}.{name}" for path in sources for name in changed_names(path.read_text(encoding="utf-8"))}
    assert found - set(ALLOWED) == set(), "module-level state that functions change"
    assert set(ALLOWED) - found == set(), "no longer there: remove it from the list"


@pytest.mark.parametrize(
    "text",
    [
        "x = 0\ndef f():\n    global x\n    x = 1\n",
        "x = {}\ndef f(key):\n    x[key] = 1\n",
        "x: dict[str, int] = {}\ndef f(key):\n    x.setdefault(key, 1)\n",
        "x = [0]\ndef f():\n    x[0] += 1\n",
        "x = []\ndef f():\n    del x[:-4]\n",
        "x = C()\ndef f():\n    x.left -= 1\n",
        "x = []\nclass C:\n    def f(self):\n        x.append(self)\n",
        "x = []\nf = lambda y: x.append(y)\n",
    ],
)
def test_every_form_of_a_change_is_found(text: str) -> None:
    assert changed_names(text) == {"x"}


@pytest.mark.parametrize("text", ["x = []\ndef f():\n    return [*x]\n", "x = {}\nx[1] = 2\n", "def f():\n    x = []\n    x.append(1)\n"])
def test_reading_and_building_are_no_changes(text: str) -> None:
    assert changed_names(text) == set()
