# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Parses tokens to a tree (Go: ``text/template/parse/parse.go``).

One text yields the tree of the file itself and of every ``define`` and ``block`` in it. Each method is one rule of the grammar, which is
in its docstring.
"""

from __future__ import annotations

import re
from collections.abc import Container

from ..gotypes.printing import go_quote
from . import lexer as lex
from .constants import number, unquote
from .lexer import ParseFault, Token
from .nodes import (
    Action,
    Bool,
    Branch,
    Break,
    Chain,
    Command,
    Continue,
    Dot,
    Else,
    End,
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

MAX_PARENTHESES = 10000
NO_UTF8 = re.compile("[\udc80-\udcff]")
_OPERANDS = {lex.BOOL, lex.RUNE, lex.DOT, lex.FIELD, lex.IDENTIFIER, lex.NUMBER, lex.NIL, lex.RAW, lex.STRING, lex.VARIABLE, lex.OPEN}


class Parser:
    """:param functions: the names that may be called."""

    def __init__(self, name: str, text: str, functions: Container[str]) -> None:
        self.name = name
        self.tokens = lex.tokens(text)
        self.at = 0
        self.furthest = 0
        self.functions = functions
        self.vars = ["$"]
        self.range_depth = 0
        self.parentheses = 0
        self.action_line = 0
        self.trees: dict[str, ListNode] = {}

    # --- tokens

    def fail(self, message: str) -> ParseFault:
        return ParseFault(self.tokens[self.furthest].line, message)

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.furthest = max(self.furthest, self.at)
        if self.at < len(self.tokens) - 1:
            self.at += 1
        return token

    def peek(self) -> Token:
        self.furthest = max(self.furthest, self.at)
        return self.tokens[self.at]

    def peek_non_space(self) -> Token:
        if self.tokens[self.at].kind == lex.SPACE:
            self.at += 1
        return self.peek()

    def next_non_space(self) -> Token:
        self.peek_non_space()
        return self.next()

    def is_keyword(self, token: Token, word: str) -> bool:
        return token.kind == lex.KEYWORD and token.value == word

    def unexpected(self, token: Token, context: str) -> ParseFault:
        if token.kind == lex.ERROR:
            extra = ""
            if self.action_line not in (0, token.line):
                extra = f" in action started at {self.name}:{self.action_line}"
                if token.value.endswith(" action"):
                    extra = extra[len(" in action") :]
            return self.fail(token.value + extra)
        return self.fail(f"unexpected {shown(token)} in {context}")

    def expect(self, kind: str, context: str) -> Token:
        token = self.next_non_space()
        if token.kind != kind:
            raise self.unexpected(token, context)
        return token

    # --- grammar

    def parse(self) -> ListNode:
        """template: (define | textOrAction)* EOF"""
        root = ListNode(self.peek().pos)
        while self.peek().kind != lex.EOF:
            if self.peek().kind == lex.LEFT:
                start = self.at
                self.next()
                if self.is_keyword(self.next_non_space(), "define"):
                    self.definition()
                    continue
                self.at = start
            node = self.text_or_action()
            if isinstance(node, (End, Else)):
                raise self.fail(f"unexpected {node.source()}")
            root.nodes.append(node)
        return root

    def definition(self) -> None:
        """define: "define" string "}}" itemList "end" """
        context = "define clause"
        token = self.next_non_space()
        if token.kind not in (lex.STRING, lex.RAW):
            raise self.unexpected(token, context)
        name = self.string(token)
        self.expect(lex.RIGHT, context)
        self.nested(name, context)

    def nested(self, name: str, context: str) -> None:
        """The body of a definition: variables, loops and parentheses start again."""
        saved = self.vars, self.range_depth, self.parentheses
        if context == "block clause":
            self.action_line = 0
        line = self.tokens[self.furthest].line
        self.vars, self.range_depth, self.parentheses = ["$"], 0, 0
        body, end = self.item_list()
        if not isinstance(end, End):
            fault = self.fail(f"unexpected {end.source()} in {context}")
            # Go parses a block's body with a separate parser, and the outer one has read no further than the start of the block
            raise ParseFault(line, fault.message) if context == "block clause" else fault
        self.vars, self.range_depth, self.parentheses = saved
        self.add(name, body)

    def add(self, name: str, body: ListNode) -> None:
        present = self.trees.get(name)
        if present is None or is_empty(present):
            self.trees[name] = body
        elif not is_empty(body):
            raise self.fail(f"template: multiple definition of template {go_quote(name)}")

    def item_list(self) -> tuple[ListNode, Node]:
        """itemList: textOrAction* ("end" | "else")"""
        out = ListNode(self.peek_non_space().pos)
        while self.peek_non_space().kind != lex.EOF:
            node = self.text_or_action()
            if isinstance(node, (End, Else)):
                return out, node
            out.nodes.append(node)
        raise self.fail("unexpected EOF")

    def text_or_action(self) -> Node:
        """textOrAction: text | action"""
        token = self.next_non_space()
        if token.kind == lex.TEXT:
            return Text(token.pos, token.value)
        if token.kind != lex.LEFT:
            raise self.unexpected(token, "input")
        self.action_line = token.line
        node = self.action()
        self.action_line = 0
        return node

    def action(self) -> Node:
        """action: control | pipeline"""
        start = self.at
        token = self.next_non_space()
        if token.kind == lex.KEYWORD and token.value != "define":
            return self.control(token)
        self.at = start
        pos = self.peek_non_space().pos
        return Action(pos, self.pipeline("command", lex.RIGHT))

    def control(self, token: Token) -> Node:
        word = token.value
        if word in ("if", "range", "with"):
            return self.branch(word)
        if word == "block":
            return self.block()
        if word == "template":
            return self.template()
        if word == "else":
            peek = self.peek_non_space()
            if self.is_keyword(peek, "if") or self.is_keyword(peek, "with"):
                return Else(peek.pos)
            return Else(self.expect(lex.RIGHT, "else").pos)
        if word == "end":
            return End(self.expect(lex.RIGHT, "end").pos)
        close = self.next_non_space()
        if close.kind != lex.RIGHT:
            raise self.unexpected(close, "{{" + word + "}}")
        if self.range_depth == 0:
            raise self.fail("{{" + word + "}} outside {{range}}")
        return Break(token.pos) if word == "break" else Continue(token.pos)

    def branch(self, word: str) -> Branch:
        """branch: word pipeline "}}" itemList ("else" (branch | "}}" itemList "end") | "end")"""
        scope = len(self.vars)
        pipe = self.pipeline(word, lex.RIGHT)
        self.range_depth += word == "range"
        body, end = self.item_list()
        self.range_depth -= word == "range"
        otherwise = None
        if isinstance(end, Else):
            if word in ("if", "with") and self.is_keyword(self.peek(), word):
                self.next()
                otherwise = ListNode(end.pos, [self.branch(word)])
            else:
                otherwise, end = self.item_list()
                if not isinstance(end, End):
                    raise self.fail(f"expected end; found {end.source()}")
        del self.vars[scope:]
        return Branch(pipe.pos, word, pipe, body, otherwise)

    def block(self) -> Template:
        """block: string pipeline "}}" itemList "end" """
        context = "block clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = self.pipeline(context, lex.RIGHT)
        self.nested(name, context)
        return Template(token.pos, name, go_quote(name), pipe)

    def template(self) -> Template:
        """template: string pipeline? "}}" """
        context = "template clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        start = self.at
        pipe = None
        if self.next_non_space().kind != lex.RIGHT:
            self.at = start
            pipe = self.pipeline(context, lex.RIGHT)
        return Template(token.pos, name, go_quote(name), pipe)

    def template_name(self, token: Token, context: str) -> str:
        if token.kind not in (lex.STRING, lex.RAW):
            raise self.unexpected(token, context)
        return self.string(token)

    def string(self, token: Token) -> str:
        try:
            text = token.value
            if token.kind == lex.STRING:  # there Go reads characters, and a byte that is none is the replacement character
                text = NO_UTF8.sub("\ufffd", text)
            return unquote(text)
        except ValueError as error:
            raise self.fail(str(error)) from None

    def pipeline(self, context: str, end: str) -> Pipe:
        """pipeline: (variables ("=" | ":="))? command ("|" command)*"""
        pipe = Pipe(self.peek_non_space().pos)
        self.declarations(pipe, context)
        while True:
            token = self.next_non_space()
            if token.kind == end:
                self.check(pipe, context)
                return pipe
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, context)
            self.at -= 1
            pipe.cmds.append(self.command())

    def declarations(self, pipe: Pipe, context: str) -> None:
        """variables: variable ("," variable)?; the second only in a range"""
        while self.peek_non_space().kind == lex.VARIABLE:
            start = self.at
            variable = self.next()
            following = self.peek_non_space()
            if following.kind in (lex.ASSIGN, lex.DECLARE):
                self.next()
                pipe.is_assign = following.kind == lex.ASSIGN
                self.declare(pipe, variable)
                return
            if following.kind != lex.CHAR or following.value != ",":
                self.at = start
                return
            self.next()
            self.declare(pipe, variable)
            if context != "range" or len(pipe.decl) >= 2:
                raise self.fail(f"too many declarations in {context}")
            if self.peek_non_space().kind not in (lex.VARIABLE, lex.RIGHT, lex.CLOSE):
                raise self.fail("range can only initialize variables")

    def declare(self, pipe: Pipe, token: Token) -> None:
        pipe.decl.append(Variable(token.pos, [token.value]))
        self.vars.append(token.value)

    def check(self, pipe: Pipe, context: str) -> None:
        if not pipe.cmds:
            raise self.fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.cmds[1:], 2):
            if isinstance(command.args[0], (Bool, Dot, Nil, Number, String)):
                raise self.fail(f"non executable command in pipeline stage {stage}")

    def command(self) -> Command:
        """command: operand (space operand)* "|"?"""
        command = Command(self.peek_non_space().pos)
        while True:
            self.peek_non_space()
            operand = self.operand()
            if operand is not None:
                command.args.append(operand)
            token = self.next()
            if token.kind == lex.SPACE:
                continue
            if token.kind in (lex.RIGHT, lex.CLOSE):
                self.at -= 1
            elif token.kind != lex.PIPE:
                raise self.unexpected(token, "operand")
            break
        if not command.args:
            raise self.fail("empty command")
        return command

    def operand(self) -> Node | None:
        """operand: term field*"""
        node = self.term()
        if node is None or self.peek().kind != lex.FIELD:
            return node
        pos = self.peek().pos
        fields = []
        while self.peek().kind == lex.FIELD:
            fields.append(self.next().value[1:])
        if isinstance(node, Field):
            return Field(pos, node.idents + fields)
        if isinstance(node, Variable):
            return Variable(pos, node.idents + fields)
        if isinstance(node, (Bool, String, Number, Nil, Dot)):
            raise self.fail(f"unexpected . after term {go_quote(node.source())}")
        return Chain(pos, node, fields)

    def term(self) -> Node | None:
        """term: constant | function | "." | field | variable | "(" pipeline ")" """
        start = self.at
        token = self.next_non_space()
        kind, pos, value = token.kind, token.pos, token.value
        if kind == lex.FIELD:
            return Field(pos, [value[1:]])
        if kind == lex.IDENTIFIER:
            if value not in self.functions:
                raise self.fail(f"function {go_quote(value)} not defined")
            return Identifier(pos, value)
        if kind in (lex.STRING, lex.RAW):
            return String(pos, value, self.string(token))
        if kind == lex.VARIABLE:
            if value not in self.vars:
                raise self.fail(f"undefined variable {go_quote(value)}")
            return Variable(pos, [value])
        if kind == lex.OPEN:
            return self.parenthesized()
        if kind in (lex.NUMBER, lex.RUNE):
            try:
                return number(pos, value)
            except ValueError as error:
                raise self.fail(str(error)) from None
        simple: dict[str, Node] = {lex.DOT: Dot(pos), lex.NIL: Nil(pos), lex.BOOL: Bool(pos, value == "true")}
        if kind in simple:
            return simple[kind]
        self.at = start
        return None

    def parenthesized(self) -> Pipe:
        if self.parentheses >= MAX_PARENTHESES:
            raise self.fail("max expression depth exceeded")
        self.parentheses += 1
        pipe = self.pipeline("parenthesized pipeline", lex.CLOSE)
        self.parentheses -= 1
        return pipe


def shown(token: Token) -> str:
    """How Go prints a token in an error."""
    if token.kind == lex.EOF:
        return "EOF"
    if token.kind in (lex.KEYWORD, lex.DOT, lex.NIL):
        return f"<{token.value}>"
    if len(token.value.encode("utf-8", "surrogateescape")) > 10:
        return go_quote(token.value[:10]) + "..."
    return go_quote(token.value)


def parse(name: str, text: str, functions: Container[str]) -> dict[str, ListNode]:
    """Every tree of a text by name; its own under ``name``. Raises ``ParseFault``."""
    parser = Parser(name, text, functions)
    try:
        root = parser.parse()
        parser.add(name, root)
    except RecursionError:
        raise parser.fail("the template is nested too deeply") from None
    return parser.trees
