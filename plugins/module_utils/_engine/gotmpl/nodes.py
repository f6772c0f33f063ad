# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The nodes of a parsed template (Go: ``text/template/parse/node.go``). Every node knows its offset and writes itself back as
source, which is what an error quotes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Node:
    pos: int

    def source(self) -> str:
        """The node as Go re-prints it; nothing for what has no source of its own."""
        return ""


@dataclass
class Text(Node):
    text: str

    def source(self) -> str:
        return self.text


@dataclass
class Field(Node):
    idents: list[str]

    def source(self) -> str:
        return "".join("." + i for i in self.idents)


@dataclass
class Variable(Node):
    idents: list[str]  # the first with its dollar

    def source(self) -> str:
        return ".".join(self.idents)


@dataclass
class Dot(Node):
    def source(self) -> str:
        return "."


@dataclass
class Nil(Node):
    def source(self) -> str:
        return "nil"


@dataclass
class Bool(Node):
    value: bool

    def source(self) -> str:
        return "true" if self.value else "false"


@dataclass
class Number(Node):
    """A constant, and what it may be taken for: Go decides by the parameter it is given to."""

    text: str
    int_value: int | None = None  # within 64 bits, signed
    uint_value: int | None = None
    float_value: float | None = None
    complex_value: complex | None = None

    def source(self) -> str:
        return self.text


@dataclass
class String(Node):
    quoted: str
    text: str

    def source(self) -> str:
        return self.quoted


@dataclass
class Identifier(Node):
    name: str

    def source(self) -> str:
        return self.name


@dataclass
class Chain(Node):
    node: Node
    fields: list[str]

    def source(self) -> str:
        inner = self.node.source()
        if isinstance(self.node, Pipe):
            inner = f"({inner})"
        return inner + "".join("." + f for f in self.fields)


@dataclass
class Command(Node):
    args: list[Node] = field(default_factory=list)

    def source(self) -> str:
        return " ".join(f"({a.source()})" if isinstance(a, Pipe) else a.source() for a in self.args)


@dataclass
class Pipe(Node):
    is_assign: bool = False
    decl: list[Variable] = field(default_factory=list)
    cmds: list[Command] = field(default_factory=list)

    def source(self) -> str:
        lead = ""
        if self.decl:
            lead = ", ".join(v.source() for v in self.decl) + (" = " if self.is_assign else " := ")
        return lead + " | ".join(c.source() for c in self.cmds)


@dataclass
class Action(Node):
    pipe: Pipe

    def source(self) -> str:
        return "{{" + self.pipe.source() + "}}"


@dataclass
class ListNode(Node):
    nodes: list[Node] = field(default_factory=list)

    def source(self) -> str:
        return "".join(n.source() for n in self.nodes)


@dataclass
class Branch(Node):
    """``if``, ``with``, ``range``."""

    keyword: str
    pipe: Pipe
    body: ListNode
    otherwise: ListNode | None

    def source(self) -> str:
        text = "{{" + self.keyword + " " + self.pipe.source() + "}}" + self.body.source()
        if self.otherwise is not None:
            text += "{{else}}" + self.otherwise.source()
        return text + "{{end}}"


@dataclass
class Break(Node):
    def source(self) -> str:
        return "{{break}}"


@dataclass
class Continue(Node):
    def source(self) -> str:
        return "{{continue}}"


@dataclass
class Template(Node):
    name: str
    quoted: str
    pipe: Pipe | None

    def source(self) -> str:
        return "{{template " + self.quoted + (" " + self.pipe.source() if self.pipe else "") + "}}"


@dataclass
class End(Node):
    def source(self) -> str:
        return "{{end}}"


@dataclass
class Else(Node):
    def source(self) -> str:
        return "{{else}}"


def is_empty(node: Node | None) -> bool:
    """Nothing but space (Go: ``IsEmptyTree``): such a definition never replaces another."""
    if node is None:
        return True
    if isinstance(node, ListNode):
        return all(is_empty(n) for n in node.nodes)
    return isinstance(node, Text) and not node.text.strip()
