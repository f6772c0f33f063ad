# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``gotmpl.quickparse`` with positions, since the linter names lines.

An action that was parsed before is copied and moved to its new position. Offsets are those of ``parser.parse`` in everything that
is in an action; texts and lists of nodes have none.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from ..gotmpl import lexer as lex
from ..gotmpl.lexer import ParseFault
from ..gotmpl.nodes import (
    Action,
    Bool,
    Break,
    Chain,
    Command,
    Continue,
    Dot,
    Field,
    Identifier,
    ListNode,
    Nil,
    Node,
    Number,
    Pipe,
    String,
    Template,
    Variable,
)
from ..gotmpl.quickparse import CONTROLS, MAX_MEMO, WORD, GiveUp, Meaning, Nesting, Seen, Variables, parsed

#: what ``parsed`` puts before an action
_LEAD = len("{{ ")
#: no file bears this name
_ROOT = "\0"
_MEMO: dict[str, Meaning] = {}


def placed_parse(text: str, functions: Container[str]) -> tuple[ListNode, dict[str, ListNode]] | None:
    """The tree of a text, and those of the definitions in it; ``None``: use ``parser``."""
    if len(_MEMO) > MAX_MEMO:
        _MEMO.clear()
    try:
        trees = _Placing(functions).read(_ROOT, text)
    except (GiveUp, ParseFault, RecursionError, ValueError):
        return None
    return trees.pop(_ROOT), trees


class _Placing(Nesting):
    def nest(self, wording: str, start: int) -> None:
        meaning = _MEMO.get(wording)
        if meaning is None:
            meaning = _MEMO[wording] = _meaning(wording)
        word, nodes, functions, needs, declares = meaning
        by = start - _LEAD
        if isinstance(nodes, Node):
            nodes = _MOVED[nodes.__class__](nodes, by)
        elif isinstance(nodes, tuple):
            nodes = nodes[0], _pipe(nodes[1], by)
        self.put(word, nodes, functions, needs, declares)


def _meaning(wording: str) -> Meaning:
    found = WORD.match(wording)
    word = found.group(1) if found is not None and found.group(1) in CONTROLS else ""
    functions, variables = Seen(), Variables()
    nodes = None
    if word not in ("end", "else") or wording.strip(lex.SPACES) != word:
        nodes = parsed(wording, word, functions, variables)
    return word, nodes, tuple(functions.names), tuple(variables.needed), tuple(variables)


def _pipe(node: Pipe, by: int) -> Pipe:
    decl = [Variable(one.pos + by, one.idents) for one in node.decl] if node.decl else []
    return Pipe(node.pos + by, node.is_assign, decl, [_command(one, by) for one in node.cmds])


def _command(node: Command, by: int) -> Command:
    return Command(node.pos + by, [_MOVED[one.__class__](one, by) for one in node.args])


def _number(node: Number, by: int) -> Number:
    return Number(node.pos + by, node.text, node.int_value, node.uint_value, node.float_value, node.complex_value)


_MOVED: dict[type[Node], Callable[[Any, int], Node]] = {  # Any: a node of the key's class
    Action: lambda node, by: Action(node.pos + by, _pipe(node.pipe, by)),
    Bool: lambda node, by: Bool(node.pos + by, node.value),
    Break: lambda node, by: Break(node.pos + by),
    Chain: lambda node, by: Chain(node.pos + by, _MOVED[node.node.__class__](node.node, by), node.fields),
    Continue: lambda node, by: Continue(node.pos + by),
    Dot: lambda node, by: Dot(node.pos + by),
    Field: lambda node, by: Field(node.pos + by, node.idents),
    Identifier: lambda node, by: Identifier(node.pos + by, node.name),
    Nil: lambda node, by: Nil(node.pos + by),
    Number: _number,
    Pipe: _pipe,
    String: lambda node, by: String(node.pos + by, node.quoted, node.text),
    Template: lambda node, by: Template(node.pos + by, node.name, node.quoted, None if node.pipe is None else _pipe(node.pipe, by)),
    Variable: lambda node, by: Variable(node.pos + by, node.idents),
}
