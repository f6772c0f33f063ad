# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A fast parser for texts without a fault, which parses each distinct action only once.

Charts repeat themselves: of the 20000 actions of a large chart 5000 differ. So this parser handles whole actions only. ``parser``
parses the text between the braces, once for each wording, and the result is remembered: the nodes, the functions that must exist, the
variables that must be in scope, the variables that it declares. What is left to do for every action is to nest it.

The trees are those of ``parser.parse`` except for the offsets, which have no meaning. The compiler generates code from these trees;
errors are worded from the trees of ``parser``, and ``lint.placed`` finds positions. At anything that might be a fault this parser
gives up, and ``parser`` finds and words the fault.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from ..gotypes.printing import go_quote
from ..patterns import late
from . import lexer as lex
from .constants import number
from .lexer import ParseFault
from .nodes import (
    Action,
    Bool,
    Branch,
    Break,
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
    Text,
    Variable,
    is_empty,
)
from .parser import NO_UTF8, Parser

_INNER = late(
    r"""[^"'`}]*(?:(?:"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`|'(?:[^'\\\n]|\\[^\n])*'|\}(?!\}))[^"'`}]*)*"""
)
_BLANK = late(r"[ \t\r\n]*")
WORD = late(r"[ \t\r\n]*(\w+)")
CONTROLS = frozenset(["if", "with", "range", "else", "end", "template", "define", "block", "break", "continue"])
MAX_MEMO = 20_000
MAX_WORDING = 1 << 20  # characters of all actions of a text; where there are more, the parser counts what they hold
_UNKNOWN = object()
_DECLARED = late(r"[ \t\r\n]*(\$\w+)(?:[ \t\r\n]+(?=:?=)|(?=:=))(:?=)", re.ASCII)
#: what most actions consist of; each operand is followed by what ends it
_TOKEN = late(
    r"(?P<space>[ \t\r\n]+)|(?P<pipe>\|)|(?P<open>\()"
    r"|(?:(?P<field>(?:\.[^\W\d]\w*)+|\.)|(?P<variable>\$\w*(?:\.[^\W\d]\w*)*)|(?P<string>\"[^\"\\\n]*\"|`[^`]*`)"
    r"|(?P<number>-?[0-9]+)|(?P<word>[^\W\d]\w*)|(?P<close>\)))(?=[ \t\r\n|)]|\Z)",
    re.ASCII,  # names in other scripts are left to the parser
)

#: what an action is parsed to
Nodes = Any  # Any: the action's word decides: a node, a pipeline, a name, a word and a pipeline, or nothing

#: an action's wording -> what it is: a word ("" for a pipeline), its nodes, functions, variables it needs, variables it declares
Meaning = tuple[str, Nodes, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_MEMO: dict[str, Meaning] = {}


class GiveUp(Exception):
    """The text may have a fault, or holds what is too rare to be handled here."""


class Seen:
    """The names that the parser looked up: it treats every name as known."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __contains__(self, name: object) -> bool:
        self.names.append(str(name))
        return True


class Variables(list[str]):
    """Those that an action declares; any other is taken to be in scope and noted."""

    def __init__(self) -> None:
        super().__init__()
        self.needed: list[str] = []

    def __contains__(self, name: object) -> bool:
        if not super().__contains__(name):
            self.needed.append(str(name))
        return True


def quick_parse(name: str, text: str, functions: Container[str]) -> dict[str, ListNode] | None:
    """Every tree of a text by name, ordered as by ``parser.parse``; ``None``: use that parser."""
    if len(_MEMO) > MAX_MEMO:
        _MEMO.clear()
    try:
        return Nesting(functions).read(name, text)
    except (GiveUp, ParseFault, RecursionError, ValueError):
        return None


class Nesting:
    """Actions and texts put into each other."""

    def __init__(self, functions: Container[str]) -> None:
        self.functions = functions
        self.trees: dict[str, ListNode] = {}
        self.variables = ["$"]
        self.loops = 0
        self.wording = 0
        self.body: list[Node] = []
        #: what is open: word, pipeline, variables in scope before, the body it is in, its own body once ``else`` was met
        self.open: list[list[Any]] = []  # Any: a row whose places have different types and change

    def read(self, name: str, text: str) -> dict[str, ListNode]:
        at = 0
        while True:
            start = text.find("{{", at)
            if start < 0:
                if at < len(text):
                    self.body.append(Text(0, text[at:]))
                break
            marked = text.startswith("-", start + 2) and start + 3 < len(text) and text[start + 3] in lex.SPACES
            before = text[at:start].rstrip(lex.SPACES) if marked else text[at:start]
            if before:
                self.body.append(Text(0, before))
            at = self.action(text, start + (4 if marked else 2))
        if self.open:
            raise GiveUp
        self.add(name, ListNode(0, self.body))
        return self.trees

    def action(self, text: str, start: int) -> int:
        """Nests one action and returns the offset behind it."""
        comment = text.startswith("/*", start)
        if comment:
            end = text.find("*/", start + 2) + 2
            if end < 2:
                raise GiveUp
            trim = text.startswith("-}}", end + 1) and text[end] in lex.SPACES
            end += 2 * trim
        else:
            found = _INNER.match(text, start)
            end = found.end() if found is not None else start
            trim = end - 2 >= start and text[end - 1] == "-" and text[end - 2] in lex.SPACES
        if not text.startswith("}}", end):
            raise GiveUp
        if not comment:
            self.nest(text[start : end - 2 if trim else end], start)
        if trim:
            blank = _BLANK.match(text, end + 2)
            return blank.end() if blank is not None else end + 2
        return end + 2

    def nest(self, wording: str, start: int) -> None:
        """Nests an action that begins at ``start``, which only ``lint.placed`` uses."""
        self.wording += len(wording)
        if self.wording > MAX_WORDING:
            raise GiveUp
        meaning = _MEMO.get(wording)
        if meaning is None:
            meaning = _MEMO[wording] = _meaning(wording)
        self.put(*meaning)

    def put(self, word: str, nodes: Nodes, functions: tuple[str, ...], needs: tuple[str, ...], declares: tuple[str, ...]) -> None:
        for one in functions:
            if one not in self.functions:
                raise GiveUp
        scope = len(self.variables)
        if needs:
            for one in needs:
                if one not in self.variables:
                    raise GiveUp
        if declares:
            self.variables += declares
        if not word:
            self.body.append(nodes)
        elif word == "end":
            self.end()
        elif word in ("if", "with", "range"):
            self.begin(word, nodes, scope)
        elif word == "else":
            self.otherwise(nodes, scope)
        elif word == "break" or word == "continue":
            if not self.loops:
                raise GiveUp
            self.body.append(nodes)
        elif word == "template":
            self.body.append(nodes)
        else:
            self.definition(word, nodes)

    def begin(self, word: str, pipe: Pipe, scope: int) -> None:
        self.open.append([word, pipe, scope, self.body, None, False])
        self.loops += word == "range"
        self.body = []

    def otherwise(self, nested: tuple[str, Pipe] | None, scope: int) -> None:
        """``else``, and ``else if``, which opens a branch within that ends where this one does."""
        if not self.open or self.open[-1][4] is not None:
            raise GiveUp
        last = self.open[-1]
        if last[0] not in ("if", "with", "range") or (nested is not None and nested[0] != last[0]):
            raise GiveUp
        last[4] = self.body
        self.loops -= last[0] == "range"
        self.body = []
        if nested is not None:
            self.begin(nested[0], nested[1], scope)
            self.open[-1][5] = True

    def end(self) -> None:
        while True:
            if not self.open:
                raise GiveUp
            word, nodes, scope, outer, first, chained = self.open.pop()
            if word in ("define", "block"):
                self.variables, self.loops = scope
                self.add(nodes, ListNode(0, self.body))
                self.body = outer
                return
            if first is None:
                self.loops -= word == "range"
                branch = Branch(nodes.pos, word, nodes, ListNode(0, self.body), None)
            else:
                branch = Branch(nodes.pos, word, nodes, ListNode(0, first), ListNode(0, self.body))
            del self.variables[scope:]
            outer.append(branch)
            self.body = outer
            if not chained:
                return

    def definition(self, word: str, nodes: Nodes) -> None:
        name = nodes
        if word == "define":
            if self.open:
                raise GiveUp
        else:
            name = nodes.name
            self.body.append(nodes)
        self.open.append([word, name, (self.variables, self.loops), self.body, None, False])
        self.variables, self.loops, self.body = ["$"], 0, []

    def add(self, name: str, body: ListNode) -> None:
        present = self.trees.get(name)
        if present is None or is_empty(present):
            self.trees[name] = body
        elif not is_empty(body):
            raise GiveUp


def _meaning(wording: str) -> Meaning:
    """The parsed action: parsed here if it consists of common parts, otherwise by ``parser``.

    Raises ``ParseFault``, ``GiveUp``.
    """
    functions, variables = Seen(), Variables()
    found = WORD.match(wording)
    word = found.group(1) if found is not None and found.group(1) in CONTROLS else ""
    nodes: Nodes = _UNKNOWN
    if found is None or not word:
        pipe = _pipeline(wording, functions, variables)
        nodes = _UNKNOWN if pipe is None else Action(0, pipe)
    elif word in ("if", "with", "range"):
        pipe = _pipeline(wording[found.end() :], functions, variables) if wording[found.end() : found.end() + 1] in lex.SPACES else None
        nodes = _UNKNOWN if pipe is None else pipe
    elif word in ("end", "else") and wording.strip(lex.SPACES) == word:
        nodes = None
    if nodes is _UNKNOWN:
        functions, variables = Seen(), Variables()
        nodes = parsed(wording, word, functions, variables)
    return word, nodes, tuple(functions.names), tuple(variables.needed), tuple(variables)


def _pipeline(text: str, functions: Seen, variables: Variables) -> Pipe | None:
    """Commands of fields, variables, plain constants, functions and parentheses.

    ``None``: the pipeline has other parts too.
    """
    pipe = Pipe(0)
    declared = _DECLARED.match(text)
    at, size = 0, len(text)
    if declared is not None:
        pipe.is_assign = declared.group(2) == "="
        pipe.decl.append(Variable(0, [declared.group(1)]))
        variables.append(declared.group(1))
        at = declared.end()
    outer: list[tuple[Pipe, Command]] = []
    command = Command(0)
    while at < size:
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        at = token.end()
        kind, value = token.lastgroup, token.group()
        if kind == "space":
            continue
        if kind == "pipe" or kind == "close":
            if not _ends(pipe, command) or (kind == "close" and not outer):
                return None
            if kind == "pipe":
                command = Command(0)
            else:
                inner = pipe
                pipe, command = outer.pop()
                command.args.append(inner)
        elif kind == "open":
            outer.append((pipe, command))
            pipe, command = Pipe(0), Command(0)
            if len(outer) > 50 or _DECLARED.match(text, at):
                return None
        else:
            node = _operand(kind, value, functions, variables)
            if node is None:
                return None
            command.args.append(node)
    return pipe if _ends(pipe, command) and not outer else None


def _ends(pipe: Pipe, command: Command) -> bool:
    """Adds a command to its pipeline; ``False`` where Go does not allow the command at that position."""
    if not command.args or (pipe.cmds and isinstance(command.args[0], (Bool, Dot, Nil, Number, String))):
        return False
    pipe.cmds.append(command)
    return True


def _operand(kind: str | None, value: str, functions: Seen, variables: Variables) -> Node | None:
    if kind == "field":
        return Field(0, value[1:].split(".")) if value != "." else Dot(0)
    if kind == "variable":
        idents = value.split(".")
        return Variable(0, idents) if idents[0] in variables else None
    if kind == "string":
        return None if "\r" in value or (not value.isascii() and NO_UTF8.search(value)) else String(0, value, value[1:-1])
    if kind == "number":
        return number(0, value)
    if value in lex.KEYWORDS:
        return None
    if value in ("true", "false"):
        return Bool(0, value == "true")
    if value == "nil":
        return Nil(0)
    return Identifier(0, value) if value in functions else None


def parsed(wording: str, word: str, functions: Seen, variables: Variables) -> Nodes:
    parser = Parser("", "{{ " + wording + " }}", functions)  # spaces, lest a dash at its start or end be a trim marker
    parser.vars = variables
    parser.next()
    if not word:
        pipe = parser.pipeline("command", lex.RIGHT)
        nodes: Nodes = Action(pipe.pos, pipe)
    else:
        nodes = _control(parser, word, parser.next_non_space().pos)
    if parser.peek().kind != lex.EOF:
        raise GiveUp
    return nodes


def _control(parser: Parser, word: str, pos: int) -> Nodes:
    if word in ("if", "with", "range"):
        return parser.pipeline(word, lex.RIGHT)
    if word == "template":
        return parser.template()
    if word in ("define", "block"):
        token = parser.next_non_space()
        name = parser.template_name(token, f"{word} clause")
        if word == "define":
            parser.expect(lex.RIGHT, "define clause")
            return name
        return Template(token.pos, name, go_quote(name), parser.pipeline("block clause", lex.RIGHT))
    if word == "else" and parser.peek_non_space().kind == lex.KEYWORD:
        inner = parser.next_non_space().value
        if inner not in ("if", "with"):
            raise GiveUp
        return inner, parser.pipeline(inner, lex.RIGHT)
    parser.expect(lex.RIGHT, word)
    return {"break": Break(pos), "continue": Continue(pos)}.get(word)
