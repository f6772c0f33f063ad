# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists lines of ``plugins/`` that use ``typing.Any`` and give no reason.

Use a type, or a name of ``_engine/aliases.py``, where each name has its reason. Otherwise write the reason at the end of the line, or in a
comment above it: ``# Any: the library has no types``.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import ROOT

#: the file whose names replace ``Any``
ALIASES = "plugins/module_utils/_engine/aliases.py"
_REASON = re.compile(r"# Any: \S")
_ANY = re.compile(r"\bAny\b")


def find(source: str) -> Iterator[int]:
    """Numbers of the lines of a Python file that use ``Any`` without a reason; imports do not count."""
    comments = {}
    alone = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.string
            if token.line[: token.start[1]].isspace() or not token.start[1]:
                alone.add(token.start[0])
    for line in sorted(set(_uses(ast.parse(source)))):
        above = line - 1
        while above in alone and not _REASON.search(comments[above]):
            above -= 1
        if not _REASON.search(comments.get(line, "")) and above not in alone:
            yield line


def _uses(tree: ast.Module) -> Iterator[int]:
    """Lines that name ``Any``, also in an annotation that is text and under another name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "Any":
            yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr == "Any":
            yield node.end_lineno or node.lineno
        elif isinstance(node, ast.alias) and node.name == "Any" and node.asname:
            yield node.lineno
        for text in _annotations(node):
            if _ANY.search(text.value):
                yield text.lineno


def _annotations(node: ast.AST) -> Iterator[ast.Constant]:
    """Texts in the annotations of a node, and the type that is the first argument of ``cast``."""
    roots = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast":
        roots += node.args[:1]
    for root in roots:
        for inner in ast.walk(root) if isinstance(root, ast.AST) else ():
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner


def search(root: Path = ROOT) -> list[str]:
    """``path:line`` of every finding in a checkout."""
    found = []
    for file in sorted((root / "plugins").rglob("*.py")):
        path = file.relative_to(root).as_posix()
        if path != ALIASES:
            found += [f"{path}:{line}" for line in find(file.read_text())]
    return found


def main() -> int:
    found = search()
    for place in found:
        print(f"{place}: Any without a reason: use a type, a name of {ALIASES}, or add a comment '# Any: reason'")
    print(f"Any: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
