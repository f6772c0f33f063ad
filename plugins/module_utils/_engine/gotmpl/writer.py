# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes the Python lines of one template.

Bodies that are nested too deeply become separate functions.

Python compiles at most 20 nested loops and 100 levels of indentation; Go has no such bound. A body below ``DEEP`` levels or ``LOOPS``
loops therefore becomes a separate function (``d0_1``, ``d0_2``). It receives the variables in scope and returns those that it assigned.
``break`` and ``continue`` of an outer loop are returned as a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..gotypes.limits import MAX_CODE
from ..patterns import late
from .lexer import TooLarge
from .nodes import Nil, Node, OneOf

DEEP = 60
LOOPS = 12
INDENTS = [" " * depth for depth in range(101)]  # Python takes no more
_PYTHON = frozenset(["None", "True", "False"])
_TAKEN = "\0"  # repr() writes it otherwise
_COUNTED = "\1"
_COUNT = late("\1(\\w+)(.*)")
_MAX_TAKEN = 12  # lines of one expression; Python's parser has bounds
_MAX_TEXT = 4000
_NOTHING_WRITTEN = (-1, 0, False)
#: what a function that holds a deep body answers first
_JUMPS = {"break": 1, "continue": 2}


class Mark(NamedTuple):
    """The node of a line, the function or method that it calls, if any, and a method's arguments."""

    node: Node
    callee: str
    args: tuple[Node, ...] = ()


Lines = list[str]
Marks = list[Mark]


class Size:
    """The characters that may still be written for one text.

    Python's compiler takes several hundred times as many bytes.
    """

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_CODE

    def take(self, characters: int) -> None:
        """Raises ``TooLarge``."""
        self.left -= characters
        if self.left < 0:
            raise TooLarge(1, "more actions than a template may have")


#: what a line, and what a function costs next to its characters
_LINE, _FUNCTION = 20, 500


class Writer:
    """Writes the function of one template. ``marks`` has an entry for each of ``lines``, or none at all.

    :param marked: record ``marks``, from which an error message finds the node of a line.
    :param size: the bound on generated code, shared by all templates of the text.
    """

    def __init__(self, marked: bool, size: Size) -> None:
        self.marked = marked
        self.size = size
        self.lines: Lines = []
        self.marks: Marks = []
        self.indent = 0
        self.loops = 0
        #: within ``else`` of a loop that can be left by ``break``: the local that says that the loop around it is to go on
        self.flag = ""
        self.count = 0
        self.name = ""
        self.node: Node = Nil(0)
        #: names that the function being written assigned to
        self.assigned: set[str] = set()
        #: places of its lines that return, with what they say first
        self.returns: list[tuple[int, int]] = []
        self.moved: list[tuple[Lines, Marks]] = []
        self.moves = 0
        #: the local that was kept last, and where its lines begin and end
        self.cached_expression = ("", 0, 0)
        #: expressions on their way to their place, by number: their lines and marks
        self.taken: dict[str, tuple[Lines, Marks]] = {}
        #: locals whose value tells which node of a line is meant
        self.needed: set[str] = set()
        #: how many lines there were when output was written last, how deep it stands, and whether it ends with text
        self.written = _NOTHING_WRITTEN

    def line(self, code: str, node: Node | None = None, callee: str = "", args: tuple[Node, ...] = ()) -> None:
        """Writes one line, or several.

        An expression in it keeps its own lines, which Python names in errors.
        """
        lines = self.lines
        self.size.take(len(code) + _LINE)
        if args or isinstance(node, OneOf):
            self.need(node, *args)
        if self.marked:
            self.marks.append(Mark(node or self.node, callee, args))
        if _TAKEN not in code:
            lines.append(INDENTS[self.indent] + code)
            return
        text, *taken = code.split(_TAKEN)
        lines.append(INDENTS[self.indent] + text)
        for number, after in zip(taken[::2], taken[1::2], strict=True):
            inner, marks = self.taken.pop(number)
            lines += inner
            self.marks += marks
            lines[-1] += after

    def need(self, *nodes: Node | None) -> None:
        """Has the indices of ``OneOf`` among the nodes counted."""
        for node in nodes:
            if isinstance(node, OneOf):
                self.needed.update(node.needs)

    def local(self, letter: str = "t") -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def keep(self, code: str, node: Node | None = None, callee: str = "", args: tuple[Node, ...] = ()) -> str:
        """Assigns an expression to a separate local."""
        name = self.local()
        start = len(self.lines)
        self.line(f"{name} = {code}", node, callee, args)
        self.cached_expression = (name, start, len(self.lines))
        return name

    def whole(self, before: str, code: str, after: str = "", node: Node | None = None) -> None:
        """A statement around one expression. A local that was just written is put into it, with its own mark."""
        name, start, end = self.cached_expression
        indent = INDENTS[self.indent]
        lead = f"{indent}{name} = "
        if code != name or end != len(self.lines) or not self.lines[start].startswith(lead):
            self.line(f"{before}{code}{after}", node)
            return
        self.lines[start] = f"{indent}{before}{self.lines[start][len(lead) :]}"
        self.lines[-1] += after

    def put(self, target: str, code: str, after: str = "", node: Node | None = None) -> None:
        """An assignment. ``after``: what follows in its line."""
        self.whole(f"{target} = ", code, after, node)

    def counted(self, index: str, value: str) -> str:
        """The end of a line that also sets an index of ``OneOf``.

        ``finished`` removes it if no error needs the index.
        """
        return f"{_COUNTED}{index} = {value}"

    def declare(self, code: str) -> str:
        """Declares a variable: a local that lives as long as its scope."""
        name = self.local()
        self.line(f"{name} = {code}")
        return name

    def take(self, code: str) -> str:
        """The expression of a local that was just written and is used once, to be inserted in parentheses.

        Other code is returned unchanged. The order of evaluation must not change by this.
        """
        name, start, end = self.cached_expression
        if code != name or end != len(self.lines) or end - start > _MAX_TAKEN:
            return code
        lead = f"{INDENTS[self.indent]}{name} = "
        if not self.lines[start].startswith(lead):
            return code
        self.count += 1
        self.taken[str(self.count)] = [self.lines[start][len(lead) :], *self.lines[start + 1 :]], self.marks[start:]
        del self.lines[start:], self.marks[start:]
        return f"{_TAKEN}{self.count}{_TAKEN}"

    def write(self, code: str, node: Node | None = None) -> None:
        """Output: a constant, or what ``node`` gives.

        What follows upon each other is written at once, without parentheses: those, and statements, are what Python's own compiler takes
        longest for.
        """
        end, indent, after_text = self.written
        last = self.lines[-1]
        if end != len(self.lines) or indent != self.indent or len(last) > _MAX_TEXT:
            self.line(f"w += {code},", node)
        elif node is not None:
            self.lines[-1] = last + "\\"
            self.line(f"{code},", node)
        else:  # nothing of it can fail: it needs no line of its own
            self.size.take(len(code))
            self.lines[-1] = f"{last[:-1] if after_text else last} {code},"
        self.written = len(self.lines), self.indent, node is None

    def write_string(self, code: str, node: Node) -> None:
        """Output that is text for certain."""
        name, start, end = self.cached_expression
        goes_on = code == name and end == len(self.lines) and self.written[:2] == (start, self.indent)
        self.whole("" if goes_on else "w += ", code, ",", node)
        if goes_on:
            self.lines[start - 1] += "\\"
        self.written = len(self.lines), self.indent, False

    def jump(self, word: str) -> None:
        """``break`` or ``continue``."""
        if self.loops and self.flag and word == "continue":
            self.line(f"{self.flag} = True")
            self.line("break")
        elif self.loops:
            self.line(word)
        else:
            self.undo_lines(_JUMPS[word])

    def undo_lines(self, first: int) -> None:
        self.returns.append((len(self.lines), first))
        self.line("return")

    def too_deep(self) -> bool:
        return self.indent >= DEEP or self.loops >= LOOPS

    def moved_out(self, names: Iterable[str], write: Callable[[], str]) -> str:
        """What ``write`` writes becomes a function that is called here.

        :param names: the locals that it may read.
        :param write: writes the body and returns the expression of its value; empty for none.
        :returns: the value's local.
        """
        given = sorted({name for name in names if is_local(name)} - {"dot"})
        self.moves += 1
        name = f"{self.name}_{self.moves}"
        outer = self.lines, self.marks, self.indent, self.loops, self.assigned, self.returns
        self.lines, self.marks, self.indent, self.loops, self.assigned, self.returns = [], [], 0, 0, set(), []
        self.written = _NOTHING_WRITTEN
        self.size.take(_FUNCTION)
        self.line(f"def {name}({', '.join(['S', 'F', 'dot', 'w', 'depth', *given])}):")
        self.indent = 1
        value = write()
        self.undo_lines(0)
        changed = [one for one in given if one in self.assigned]
        jumps = {first for _place, first in self.returns if first}
        for place, first in self.returns:
            code = self.lines[place]
            self.lines[place] = f"{code} {', '.join([str(first), (value if not first else '') or 'None', *changed])}"
        self.moved.append((self.lines, self.marks))
        self.lines, self.marks, self.indent, self.loops, self.assigned, self.returns = outer
        self.written = _NOTHING_WRITTEN
        jump, result = self.local(), self.local()
        self.line(f"{', '.join([jump, result, *changed])} = {name}({', '.join(['S', 'F', 'dot', 'w', 'depth', *given])})")
        self.assigned.update(changed)
        for word, first in _JUMPS.items():
            if first in jumps:
                self.line(f"if {jump} == {first}:")
                self.indent += 1
                self.jump(word)
                self.indent -= 1
        return result

    def finished(self) -> tuple[Lines, Marks]:
        """All functions, the template's own first."""
        for lines, marks in self.moved:
            self.lines += lines
            self.marks += marks
        return [_COUNT.sub(self.count_of, line) if _COUNTED in line else line for line in self.lines], self.marks

    def count_of(self, found: re.Match[str]) -> str:
        return f"; {found[1]}{found[2]}" if found[1] in self.needed else ""


def is_local(code: str) -> bool:
    return code.isidentifier() and code not in _PYTHON
