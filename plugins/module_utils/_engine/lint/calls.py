# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Lists which functions templates call, where, and for which files.

The list serves above all to find functions whose results differ between renders. A definition counts for every file that reaches it by
``include`` or ``template`` with a literal name. Text given to ``tpl`` is not searched: ``tpl`` itself is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from ..gotmpl.nodes import Command, Field, Identifier, Node, Pipe, String, Template, Variable
from ..sprig.table import functions as sprig_functions
from .trees import Trees, nodes_below

CLUSTER = ("lookup",)
DYNAMIC = ("tpl",)
CAPABILITIES = "Capabilities"


@cache
def unrepeatable() -> frozenset[str]:
    """Functions that never answer the same twice."""
    return frozenset(name for name, function in sprig_functions().items() if not function.repeatable)


@dataclass(frozen=True)
class Call:
    """One call. ``define``: the definition that contains it, empty in a file's own text.

    ``files``: files whose render may reach it.
    """

    function: str
    template: str
    line: int
    define: str = ""
    files: tuple[str, ...] = field(default=(), compare=False)


def calls_of(trees: Trees, names: Iterable[str], leads: Mapping[str, Iterable[str]] | None = None) -> list[Call]:
    """Calls of these functions (and reads of ``Capabilities``, if named), by file and line.

    What no file leads to has no ``files``.

    :param leads: files that are no Go templates, each with the names of the definitions that it includes.
    """
    wanted = frozenset(names)
    reached: dict[str, set[str]] = {}
    for file in trees.files:
        for name in _reach(_includes(file.nodes), trees):
            reached.setdefault(name, set()).add(file.name)
    for path, included in (leads or {}).items():
        for name in _reach(included, trees):
            reached.setdefault(name, set()).add(path)
    found = []
    whole = {id(file) for file in trees.files}
    for body in trees.bodies():
        is_file = id(body) in whole
        files = (body.name,) if is_file else tuple(sorted(reached.get(body.name, ())))
        for function, pos in _called(body.nodes, wanted):
            found.append(Call(function, body.source.path, body.source.line(pos), "" if is_file else body.name, files))
    return sorted(set(found), key=lambda call: (call.template, call.line, call.function))


def _reach(included: Iterable[str], trees: Trees) -> set[str]:
    """Definitions that these names lead to."""
    found: set[str] = set()
    waiting = list(included)
    while waiting:
        name = waiting.pop()
        body = trees.defines.get(name)
        if body is not None and name not in found:
            found.add(name)
            waiting += _includes(body.nodes)
    return found


def _includes(node: Node) -> Iterable[str]:
    for inner in nodes_below(node):
        if isinstance(inner, Template):
            yield inner.name
        elif isinstance(inner, Pipe):
            yield from _piped_names(inner)
        elif isinstance(inner, Command):
            name = _included(inner)
            if name:
                yield name


def _included(command: Command) -> str:
    first, *rest = command.args
    is_include = isinstance(first, Identifier) and first.name == "include"
    return rest[0].text if is_include and rest and isinstance(rest[0], String) else ""


def _piped_names(pipe: Pipe) -> Iterable[str]:
    """Names in a pipeline with ``include``.

    Its name may come from a variable or from ``printf``; it is guessed then.
    """
    for command in pipe.cmds:
        first = command.args[0]
        if isinstance(first, Identifier) and first.name in ("printf", "print", "ternary", "default"):
            yield from (arg.text for arg in command.args[1:] if isinstance(arg, String))


def _called(node: Node, wanted: frozenset[str]) -> Iterable[tuple[str, int]]:
    for inner in nodes_below(node):
        if isinstance(inner, Identifier) and inner.name in wanted:
            yield inner.name, inner.pos
        elif CAPABILITIES in wanted and isinstance(inner, (Field, Variable)) and CAPABILITIES in inner.idents:
            yield CAPABILITIES, inner.pos
