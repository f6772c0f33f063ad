# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Walks templates without running them and records which values they read.

Every branch is taken. A file is walked with its chart's dot, a definition with the argument of each caller. What a condition reads
guards its branch; so do ``default``, ``required``, ``with``, ``range``, earlier operands of ``and`` and ``or``, and a condition whose
branch calls ``fail``. Texts in values that look like templates are walked where the chart calls ``tpl``. Definitions without a caller
count as if a file called them, but their missing values are not reported.

The walk is bounded: a definition that is called with too many different arguments is walked again, unguarded, and then skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...gotmpl.lexer import ParseFault
from ...gotmpl.nodes import (
    Action,
    Branch,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    ListNode,
    Node,
    Pipe,
    String,
    Template,
    Text,
    Variable,
)
from ..trees import Body, Source, Trees, nodes_below, parse_text, source_of
from .reads import Reads
from .shapes import (
    ANY,
    UNKNOWN,
    Either,
    Items,
    Literal,
    Path,
    Place,
    Ref,
    Root,
    Shape,
    Subcharts,
    Table,
    alternatives,
    at,
    either,
    is_literal,
    key_of,
)

_MOST_CALLS = 80  # of one definition, before nothing that it reads has to be there
_MAX_CALLS = 10000  # of all of them, before the arguments of a call count as read
_MOST_ROUNDS = 2000
_DEEPEST = 30
#: what texts in values are called in place of a template's path
VALUES_FILE = "values.yaml"
_VALUES = re.compile(r"\bValues((?:\.[A-Za-z_][A-Za-z0-9_]*)+)")


class Cell:
    """A variable: what it may hold."""

    __slots__ = ("shape",)

    def __init__(self, shape: Shape) -> None:
        self.shape = shape


@dataclass(eq=False)
class Frame:
    """The position of the walk; immutable. ``guards``: places that an enclosing condition has read.

    ``soft``: every place may be missing. ``certain``: the code here always runs, so that an assignment replaces the value of a variable.
    """

    source: Source
    dot: Shape
    cells: dict[str, Cell] = field(default_factory=dict)
    guards: frozenset[Path] = frozenset()
    soft: bool = False
    depth: int = 0
    certain: bool = True

    def place(self, node: Node) -> Place:
        return Place(self.source.path, self.source.line(node.pos))

    def within(self, guards: Iterable[Path] = (), dot: Shape | None = None, certain: bool = False) -> Frame:
        """A block: variables declared in it end with it.

        :param certain: it runs whenever the block around it does.
        """
        all_guards = self.guards.union(guards) if guards else self.guards
        inside = self.certain and certain
        return Frame(self.source, self.dot if dot is None else dot, dict(self.cells), all_guards, self.soft, self.depth, inside)

    def softly(self) -> Frame:
        """The same, where nothing has to be there."""
        return self if self.soft else Frame(self.source, self.dot, self.cells, self.guards, True, self.depth, self.certain)

    def is_guarded(self, path: Path) -> bool:
        return self.soft or any(guard[: len(path)] == path for guard in self.guards)


class Interpreter:
    """Walks the templates of a chart whose subcharts are all enabled. Results are in ``reads``.

    :param trees: of that chart.
    :param effects: what functions do with their arguments, by name (``function_effects.EFFECTS``); every other function reads all of them
        whole.
    """

    def __init__(self, trees: Trees, effects: Mapping[str, Effect]) -> None:
        self.trees = trees
        self.reads = Reads()
        self.effects = effects
        self.extras: dict[tuple[Path, str], Shape] = {}
        self.aliases: dict[Path, dict[str, Shape]] = {}  # by place and key: what ``set`` put there
        self.contexts: dict[object, Shape] = {}  # what tpl was given as its dot
        self._touched: list[set[Path]] = [set()]
        self._memo: dict[object, tuple[frozenset[Path], Shape]] = {}
        self._printed: list[Shape] = []  # by the definition under way
        self._calls: dict[str, int] = {}
        self._reached: set[str] = set()
        self._refusing: dict[int, bool] = {}  # by a node's identity, so all trees are held while the walk lasts
        self._texts: list[tuple[ListNode, dict[str, ListNode]]] = []
        self.complete = False  # whether no other chart can add a missing definition
        self.rounds = _MOST_ROUNDS  # of loops that are walked round by round

    # --- what is walked

    def run(self) -> Reads:
        for body in self.trees.files:
            self._visit(body, Root(body.source.scope))
        for name, body in self.trees.defines.items():
            if name not in self._reached:
                self._visit(body, Root(body.source.scope), soft=True)
        return self.reads

    def text(self, name: str, text: str, scope: Path) -> None:
        """A text that ``tpl`` may be given: with each dot that ``tpl`` is given, or the chart's."""
        try:
            root, defines = parse_text(name, text)
        except (ParseFault, RecursionError):
            self.scan(text, scope)
            return
        self._texts.append((root, defines))
        source = source_of(name, scope, text)
        for dot in list(self.contexts.values()) or [Root(scope)]:
            for nodes in (root, *defines.values()):
                self._visit(Body(name, source, nodes), dot, soft=True)

    def scan(self, text: str, scope: Path) -> None:
        """Scans a text that is not a template, or does not parse: every ``.Values.x.y`` in it counts as read."""
        for found in _VALUES.finditer(text):
            self.reads.add(at(scope, tuple(found.group(1)[1:].split("."))), deep=True)

    def _visit(self, body: Body, dot: Shape, soft: bool = False, guards: frozenset[Path] = frozenset(), depth: int = 0) -> None:
        self._reached.add(body.name)
        self.nodes(body.nodes, Frame(body.source, dot, {"$": Cell(dot)}, guards, soft, depth))

    def call(self, name: str, dot: Shape, frame: Frame) -> Shape:
        """Walks an ``include`` or ``template``.

        Returns its text if it is one of a few literals, or ``UNKNOWN``.
        """
        body = self.trees.defines.get(name) or next((file for file in self.trees.files if file.name == name), None)
        if body is None and (self.complete or frame.source.path == VALUES_FILE):
            return UNKNOWN  # such a call fails; a text with one in it is not for this chart's templates
        if body is None or frame.depth > _DEEPEST or len(self._memo) > _MAX_CALLS:
            self.consume(dot, frame)
            return UNKNOWN
        guards, soft = frame.guards, frame.soft
        if self._calls.get(name, 0) > _MOST_CALLS:
            guards, soft = frozenset(), True
        key = (name, key_of(dot), guards, soft)
        known = self._memo.get(key)
        if known is None:
            self._memo[key] = (frozenset(), UNKNOWN)
            self._calls[name] = self._calls.get(name, 0) + 1
            outer, self._printed = self._printed, []
            with self.touching() as found:
                self._visit(body, dot, soft, guards, frame.depth + 1)
            known = self._memo[key] = (frozenset(found), self._printed[0] if len(self._printed) == 1 else UNKNOWN)
            self._printed = outer
        self._touched[-1] |= known[0]
        return known[1] if is_literal(known[1]) else UNKNOWN

    def call_any(self, pattern: str, dot: Shape, frame: Frame) -> None:
        """Walks an ``include`` of a partly known name: every definition and file whose name matches."""
        for name in [*self.trees.defines, *(file.name for file in self.trees.files)]:
            if re.fullmatch(pattern, name, re.DOTALL):
                self.call(name, dot, frame.softly())

    @contextmanager
    def touching(self) -> Iterator[set[Path]]:
        """Collects the places that are read meanwhile."""
        found: set[Path] = set()
        self._touched.append(found)
        try:
            yield found
        finally:
            self._touched.pop()
            self._touched[-1] |= found

    # --- control

    def nodes(self, block: ListNode, frame: Frame) -> None:
        for node in block.nodes:
            if isinstance(node, Action):
                shape = self.pipe(node.pipe, frame)
                if not node.pipe.decl:
                    self._printed.append(shape)
                    self.consume(shape, frame)
            elif isinstance(node, Branch):
                self._branch(node, frame)
            elif isinstance(node, Template):
                self._printed.append(self.call(node.name, self.pipe(node.pipe, frame) if node.pipe else UNKNOWN, frame))
            elif isinstance(node, Text) and node.text.strip():
                self._printed.append(Literal(node.text))

    def _branch(self, node: Branch, frame: Frame) -> None:
        inner = frame.within(certain=node.keyword == "range")
        asking = inner.softly()
        with self.touching() as guards:
            shape = self.pipe(node.pipe, asking if node.keyword != "range" else asking.within())
            self.consume(shape, asking, deep=False)
        if node.keyword == "range":
            self._range(node, shape, inner, guards)
        else:
            self.nodes(node.body, inner.within(guards, shape if node.keyword == "with" else None))
        if node.otherwise is not None:
            self.nodes(node.otherwise, inner.within(guards))
        if node.keyword == "if" and self._calls_fail(node):
            self.reads.given |= {guard for guard in guards if guard}

    def _range(self, node: Branch, shape: Shape, frame: Frame, guards: set[Path]) -> None:
        lists = [one.items for one in alternatives(shape) if isinstance(one, Items)]
        if len(lists) == len(alternatives(shape)) and sum(map(len, lists)) <= self.rounds:
            self._rounds(node, lists, frame, guards)
            return
        self._printed.append(UNKNOWN)
        item = self.get(shape, ANY, frame.softly(), frame.place(node))
        self.consume(item, frame.softly(), deep=False)
        body = frame.within(guards, item)
        self._round(node, item, body)
        if any(isinstance(inner, Pipe) and inner.is_assign for inner in nodes_below(node.body)):
            self.nodes(node.body, body)  # what a round leaves in a variable, the next one reads

    def _rounds(self, node: Branch, lists: list[tuple[Shape, ...]], frame: Frame, guards: set[Path]) -> None:
        """Lists that the template itself made, one of which it is: each round for what it is."""
        before = [(cell, cell.shape) for cell in frame.cells.values()]
        after: dict[Cell, list[Shape]] = {}
        for items in lists:
            self.rounds -= len(items)
            for cell, shape in before:
                cell.shape = shape
            for item in items:
                self._round(node, item, frame.within(guards, item, certain=True))
            for cell, _shape in before:
                after.setdefault(cell, []).append(cell.shape)
        for cell, shapes in after.items():
            cell.shape = either(*shapes)

    def _round(self, node: Branch, item: Shape, body: Frame) -> None:
        names = [variable.idents[0] for variable in node.pipe.decl]
        for name, value in zip(reversed(names), (item, UNKNOWN), strict=False):
            if node.pipe.is_assign and name in body.cells:
                body.cells[name].shape = either(body.cells[name].shape, value)
            else:
                body.cells[name] = Cell(value)
        self.nodes(node.body, body)

    # --- expressions

    def pipe(self, pipe: Pipe, frame: Frame) -> Shape:
        shape: Shape | None = None
        for command in pipe.cmds:
            shape = self._command(command, frame, shape)
        value = UNKNOWN if shape is None else shape
        for variable in pipe.decl:
            name = variable.idents[0]
            if pipe.is_assign and name in frame.cells:
                frame.cells[name].shape = value if frame.certain else either(frame.cells[name].shape, value)
            else:
                frame.cells[name] = Cell(value)
        return value

    def _command(self, command: Command, frame: Frame, piped: Shape | None) -> Shape:
        first = command.args[0]
        if isinstance(first, Identifier):
            return self._function(first, command.args[1:], frame, piped)
        value = self.argument(first, frame)
        rest = [self.argument(arg, frame) for arg in command.args[1:]]
        if not rest and piped is None:
            return value
        for shape in [*rest, *([piped] if piped is not None else [])]:  # a method: .Files.Get, .Capabilities.APIVersions.Has
            self.consume(shape, frame)
        return UNKNOWN

    def _function(self, node: Identifier, args: list[Node], frame: Frame, piped: Shape | None) -> Shape:
        name = node.name
        shapes: list[Shape] = []
        here = frame
        for arg in args:
            if name not in ("and", "or"):
                shapes.append(self.argument(arg, here))
                continue
            with self.touching() as touched:
                shape = self.argument(arg, here)
                self.consume(shape, here.softly(), deep=False)
            here = Frame(here.source, here.dot, here.cells, here.guards | touched, here.soft, here.depth, here.certain)
            shapes.append(shape)
        if piped is not None:
            shapes.append(piped)
        effect = self.effects.get(name)
        if effect is not None:
            return effect(self, here, shapes, frame.place(node))
        for shape in shapes:
            self.consume(shape, frame)
        return UNKNOWN

    def argument(self, node: Node, frame: Frame) -> Shape:
        if isinstance(node, Field):
            return self._chain(frame.dot, node.idents, frame, node)
        if isinstance(node, Variable):
            cell = frame.cells.get(node.idents[0])
            return self._chain(cell.shape if cell else UNKNOWN, node.idents[1:], frame, node)
        if isinstance(node, Dot):
            return frame.dot
        if isinstance(node, String):
            return Literal(node.text)
        if isinstance(node, Pipe):
            return self.pipe(node, frame)
        if isinstance(node, Chain):
            # a field of what is in parentheses may be missing: Go finds nothing there, and says nothing
            return self._chain(self.argument(node.node, frame), node.fields, frame.softly(), node)
        if isinstance(node, Identifier):
            return self._function(node, [], frame, None)
        return UNKNOWN

    def _chain(self, shape: Shape, names: list[str], frame: Frame, node: Node) -> Shape:
        if names:
            place = frame.place(node)
            whole = tuple(names)
            for index, name in enumerate(names):
                shape = self.get(shape, name, frame, place, whole[index + 1 :])
        return shape

    # --- values

    def get(self, shape: Shape, key: str, frame: Frame, place: Place, further: Path = ()) -> Shape:
        """What is below. ``further``: the keys that are read from there, for the sake of the sentence."""
        if isinstance(shape, Ref):
            return self._below(shape, key, frame, place, further)
        if isinstance(shape, Root):
            return self._of_root(shape, key)
        if isinstance(shape, Subcharts):
            return Root((*shape.scope, key))
        if isinstance(shape, Table):
            merged = [self.get(one, key, frame, place) for one in shape.more]
            if key == ANY:
                return either(*shape.entries.values(), *merged)
            own = [value for name, value in shape.entries.items() if name in (key, ANY)]
            return either(*own, *merged)
        if isinstance(shape, Items):
            return either(*shape.items)
        if isinstance(shape, Either):
            return either(*(self.get(one, key, frame, place, further) for one in shape.shapes))
        return UNKNOWN

    def _below(self, ref: Ref, key: str, frame: Frame, place: Place, further: Path) -> Shape:
        if ref.path != ref.scope:
            self._touched[-1].add(ref.path)
            self.reads.add(ref.path, deep=False)
            if ANY not in ref.path:
                if ref.soft or frame.is_guarded(ref.path):
                    self.reads.guarded.setdefault(ref.path, place)
                else:
                    self.reads.parents.setdefault(ref.path, (place, (*ref.path, key, *further)))
        child = ref.below(key, place)
        filled = self.aliases.get(child.path[:-1], {})
        return either(child, *(value for name, value in filled.items() if ANY in (key, name) or key == name))

    def fill(self, path: Path, value: Shape) -> None:
        """Records that a template puts something into the values.

        Whatever reads the place, or any key next to it, may read that.
        """
        filled = self.aliases.setdefault(path[:-1], {})
        filled[path[-1]] = either(filled[path[-1]], value) if path[-1] in filled else value

    def _of_root(self, root: Root, key: str) -> Shape:
        extra = self.extras.get((root.scope, key))
        if key == "Values":
            values = Ref(root.scope, root.scope)
            return values if extra is None else either(values, extra)
        if key == "Subcharts":
            return Subcharts(root.scope)
        if key == ANY:
            return Ref(root.scope, root.scope)
        return UNKNOWN if extra is None else extra

    def consume(self, shape: Shape, frame: Frame, deep: bool = True) -> None:
        """A value is used: printed, compared, or passed to an unknown function."""
        if isinstance(shape, Ref):
            self._consume_ref(shape, frame, deep)
        elif isinstance(shape, Root):
            if deep:
                self.reads.add(shape.scope, deep=True)
        elif isinstance(shape, Table):
            for value in (*shape.entries.values(), *shape.more):
                self.consume(value, frame, deep)
        elif isinstance(shape, (Items, Either)):
            for value in shape.items if isinstance(shape, Items) else shape.shapes:
                self.consume(value, frame, deep)

    def _consume_ref(self, ref: Ref, frame: Frame, deep: bool) -> None:
        self._touched[-1].add(ref.path)
        if ref.path == ref.scope and not deep:
            return
        self.reads.add(ref.path, deep)
        if ref.path == ref.scope or ANY in ref.path or ref.place is None:
            return
        if ref.soft or frame.is_guarded(ref.path):
            self.reads.guarded.setdefault(ref.path, ref.place)
        else:
            self.reads.leaves.setdefault(ref.path, ref.place)

    def mark_given(self, shape: Shape) -> None:
        """Marks places that a template sets, or that it requires from the user by a message."""
        for one in alternatives(shape):
            if isinstance(one, Ref):
                self.reads.given.add(one.path)

    def expand(self, text: Shape, dot: Shape, frame: Frame) -> None:
        """``tpl``."""
        self.contexts.setdefault(key_of(dot), dot)
        for one in alternatives(text):
            if isinstance(one, Literal):
                try:
                    root, defines = parse_text("gotpl", one.text)
                except ParseFault:
                    continue
                self._texts.append((root, defines))
                self.nodes(root, Frame(frame.source, dot, {"$": Cell(dot)}, frame.guards, frame.soft, frame.depth + 1))
            else:
                self.consume(one, frame)

    def _calls_fail(self, node: Branch) -> bool:
        """Whether a branch calls ``fail``: then the user must set the values in its condition."""
        found = self._refusing.get(id(node))
        if found is None:
            found = any(isinstance(inner, Identifier) and inner.name == "fail" for inner in nodes_below(node.body))
            self._refusing[id(node)] = found
        return found


#: the effect of a function on its arguments: the interpreter, the frame, the arguments' shapes, the place of the call -> the result
Effect = Callable[[Interpreter, Frame, list[Shape], Place], Shape]
