# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The nodes of a parsed template (Go: ``text/template/parse/node.go``).

Every node knows its offset and can write itself as source text, which error messages quote.
"""

from __future__ import annotations


class Node:
    __slots__ = ("pos",)

    def __init__(self, pos: int) -> None:
        self.pos = pos

    def source(self) -> str:
        """The node in Go's printed form; empty for a node without source text."""
        return ""


class Text(Node):
    __slots__ = ("text",)

    def __init__(self, pos: int, text: str) -> None:
        self.pos = pos
        self.text = text

    def source(self) -> str:
        return self.text


class Field(Node):
    __slots__ = ("idents",)

    def __init__(self, pos: int, idents: list[str]) -> None:
        self.pos = pos
        self.idents = idents

    def source(self) -> str:
        return "".join("." + i for i in self.idents)


class Variable(Node):
    __slots__ = ("idents",)

    def __init__(self, pos: int, idents: list[str]) -> None:
        self.pos = pos
        self.idents = idents  # the first with its dollar

    def source(self) -> str:
        return ".".join(self.idents)


class Dot(Node):
    __slots__ = ()

    def source(self) -> str:
        return "."


class Nil(Node):
    __slots__ = ()

    def source(self) -> str:
        return "nil"


class OneOf(Node):
    """The operand of ``and`` and ``or`` that was evaluated last, which only the run determines.

    ``index``: the local that holds its index in ``nodes``. ``needs``: that local, and those from which it is computed.
    """

    __slots__ = ("index", "needs", "nodes")

    def __init__(self, nodes: tuple[Node, ...], index: str, needs: tuple[str, ...]) -> None:
        self.pos = nodes[-1].pos
        self.nodes = nodes
        self.index = index
        self.needs = needs


class Bool(Node):
    __slots__ = ("value",)

    def __init__(self, pos: int, value: bool) -> None:
        self.pos = pos
        self.value = value

    def source(self) -> str:
        return "true" if self.value else "false"


class Number(Node):
    """A constant, and what it may be taken for: Go decides by the parameter it is given to."""

    __slots__ = ("complex_value", "float_value", "int_value", "text", "uint_value")

    def __init__(
        self,
        pos: int,
        text: str,
        int_value: int | None = None,
        uint_value: int | None = None,
        float_value: float | None = None,
        complex_value: complex | None = None,
    ) -> None:
        self.pos = pos
        self.text = text
        self.int_value = int_value  # within 64 bits, signed
        self.uint_value = uint_value
        self.float_value = float_value
        self.complex_value = complex_value

    def source(self) -> str:
        return self.text


class String(Node):
    __slots__ = ("quoted", "text")

    def __init__(self, pos: int, quoted: str, text: str) -> None:
        self.pos = pos
        self.quoted = quoted
        self.text = text

    def source(self) -> str:
        return self.quoted


class Identifier(Node):
    __slots__ = ("name",)

    def __init__(self, pos: int, name: str) -> None:
        self.pos = pos
        self.name = name

    def source(self) -> str:
        return self.name


class Chain(Node):
    __slots__ = ("fields", "node")

    def __init__(self, pos: int, node: Node, fields: list[str]) -> None:
        self.pos = pos
        self.node = node
        self.fields = fields

    def source(self) -> str:
        inner = self.node.source()
        if isinstance(self.node, Pipe):
            inner = f"({inner})"
        return inner + "".join("." + f for f in self.fields)


class Command(Node):
    __slots__ = ("args",)

    def __init__(self, pos: int, args: list[Node] | None = None) -> None:
        self.pos = pos
        self.args: list[Node] = [] if args is None else args

    def source(self) -> str:
        return " ".join(f"({a.source()})" if isinstance(a, Pipe) else a.source() for a in self.args)


class Pipe(Node):
    __slots__ = ("cmds", "decl", "is_assign")

    def __init__(self, pos: int, is_assign: bool = False, decl: list[Variable] | None = None, cmds: list[Command] | None = None) -> None:
        self.pos = pos
        self.is_assign = is_assign
        self.decl: list[Variable] = [] if decl is None else decl
        self.cmds: list[Command] = [] if cmds is None else cmds

    def source(self) -> str:
        lead = ""
        if self.decl:
            lead = ", ".join(v.source() for v in self.decl) + (" = " if self.is_assign else " := ")
        return lead + " | ".join(c.source() for c in self.cmds)


class Action(Node):
    __slots__ = ("pipe",)

    def __init__(self, pos: int, pipe: Pipe) -> None:
        self.pos = pos
        self.pipe = pipe

    def source(self) -> str:
        return "{{" + self.pipe.source() + "}}"


class ListNode(Node):
    __slots__ = ("nodes",)

    def __init__(self, pos: int, nodes: list[Node] | None = None) -> None:
        self.pos = pos
        self.nodes: list[Node] = [] if nodes is None else nodes

    def source(self) -> str:
        return "".join(n.source() for n in self.nodes)


class Branch(Node):
    """``if``, ``with``, ``range``."""

    __slots__ = ("body", "keyword", "otherwise", "pipe")

    def __init__(self, pos: int, keyword: str, pipe: Pipe, body: ListNode, otherwise: ListNode | None) -> None:
        self.pos = pos
        self.keyword = keyword
        self.pipe = pipe
        self.body = body
        self.otherwise = otherwise

    def source(self) -> str:
        text = "{{" + self.keyword + " " + self.pipe.source() + "}}" + self.body.source()
        if self.otherwise is not None:
            text += "{{else}}" + self.otherwise.source()
        return text + "{{end}}"


class Break(Node):
    __slots__ = ()

    def source(self) -> str:
        return "{{break}}"


class Continue(Node):
    __slots__ = ()

    def source(self) -> str:
        return "{{continue}}"


class Template(Node):
    __slots__ = ("name", "pipe", "quoted")

    def __init__(self, pos: int, name: str, quoted: str, pipe: Pipe | None) -> None:
        self.pos = pos
        self.name = name
        self.quoted = quoted
        self.pipe = pipe

    def source(self) -> str:
        return "{{template " + self.quoted + (" " + self.pipe.source() if self.pipe else "") + "}}"


class End(Node):
    __slots__ = ()

    def source(self) -> str:
        return "{{end}}"


class Else(Node):
    __slots__ = ()

    def source(self) -> str:
        return "{{else}}"


def is_empty(node: Node | None) -> bool:
    """Nothing but space (Go: ``IsEmptyTree``): such a definition never replaces another."""
    if node is None:
        return True
    if isinstance(node, ListNode):
        return all(is_empty(n) for n in node.nodes)
    return isinstance(node, Text) and not node.text.strip()
