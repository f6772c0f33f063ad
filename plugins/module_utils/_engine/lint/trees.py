# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Parses every template of a chart and its subcharts, in the order in which Helm parses them.

Nothing is run here. A file that does not parse is left out and named; all findings then cover the rest of the chart. Of two definitions of
one name the later wins, unless it is empty, as when a chart is rendered.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Container, Iterator
from functools import cache
from typing import TYPE_CHECKING

from ..chart.model import Chart
from ..gotmpl.builtins import BUILTINS
from ..gotmpl.lexer import ParseFault
from ..gotmpl.nodes import ListNode, Node, is_empty
from ..gotmpl.parser import Parser
from ..render.functions import functions as helm_functions
from ..sprig.table import functions as sprig_functions
from .placed import placed_parse

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    from ..plain import dataclass, field, replace

#: those that belong to one render
OWN = ("include", "tpl", "required", "fail", "lookup")


@cache
def function_names() -> frozenset[str]:
    """What a template may call."""
    return frozenset([*BUILTINS, *sprig_functions(), *helm_functions(), *OWN])


@dataclass(frozen=True)
class Source:
    """A file below ``templates/``.

    Its path as Helm prints it, the chart that it belongs to, and where its lines begin.
    """

    path: str
    scope: tuple[str, ...]  # names of the subcharts on the way from the root
    starts: tuple[int, ...]
    is_run: bool

    def line(self, pos: int) -> int:
        """The line, from 1, of an offset."""
        return bisect_right(self.starts, pos)


@dataclass(frozen=True)
class Body:
    """A named template: a ``define``, or a file as a whole."""

    name: str
    source: Source
    nodes: ListNode


@dataclass
class Trees:
    """``files``: the files that are run, in order. ``defines``: by name.

    ``broken``: path to Go's words of what does not parse.
    """

    files: list[Body] = field(default_factory=list)
    defines: dict[str, Body] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def bodies(self) -> Iterator[Body]:
        yield from self.files
        yield from self.defines.values()


def source_of(path: str, scope: tuple[str, ...], text: str, is_run: bool = True) -> Source:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return Source(path, scope, tuple(starts), is_run)


def parse_text(name: str, text: str, functions: Container[str] | None = None) -> tuple[ListNode, dict[str, ListNode]]:
    """The tree of a text and those of the definitions in it. Raises ``ParseFault``."""
    known = functions if functions is not None else function_names()
    found = placed_parse(text, known)
    if found is not None:
        return found
    parser = Parser(name, text, known)
    return parser.parse(), parser.trees


def trees_of(chart: Chart) -> Trees:
    """The trees of all templates of a chart.

    :param chart: its subcharts are the enabled ones, under their final names (after aliases).
    """
    found = sorted(_sources(chart, ()), key=lambda entry: (entry[0].path.count("/"), entry[0].path.encode("utf-8", "surrogateescape")))
    trees = Trees()
    known: dict[str, tuple[ListNode, dict[str, ListNode]]] = {}  # subcharts often contain copies of one library
    for source, text in reversed(found):
        try:
            if text not in known:
                known[text] = parse_text(source.path, text)
            root, defines = known[text]
        except ParseFault as fault:
            trees.broken[source.path] = f"{source.path}:{fault.line}: {fault.message}"
            continue
        except RecursionError:
            trees.broken[source.path] = f"{source.path}: nested too deeply"
            continue
        for name, nodes in defines.items():
            if name not in trees.defines or not is_empty(nodes):
                trees.defines[name] = Body(name, source, nodes)
        if source.is_run:
            trees.files.append(Body(source.path, source, root))
    return trees


def _sources(chart: Chart, scope: tuple[str, ...]) -> Iterator[tuple[Source, str]]:
    library = chart.metadata.type.lower() == "library"
    for file in chart.templates:
        partial = posixpath.basename(file.name).startswith("_")
        if library and not partial:
            continue
        text = file.data.decode("utf-8", "surrogateescape")
        path = posixpath.normpath(f"{chart.full_path}/{file.name}")
        yield source_of(path, scope, text, not partial), text
    for subchart in chart.dependencies:
        yield from _sources(subchart, (*scope, subchart.name))


def all_enabled(chart: Chart, parent: Chart | None = None) -> Chart:
    """The same chart, in which neither a condition nor a tag can switch a subchart off."""
    metadata = replace(
        chart.metadata, dependencies=[replace(dependency, condition="", tags=[]) for dependency in chart.metadata.dependencies]
    )
    copied = replace(chart, metadata=metadata, parent=parent)
    copied.dependencies = [all_enabled(dependency, copied) for dependency in chart.dependencies]
    return copied


def nodes_below(node: Node | None) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    waiting = [] if node is None else [node]
    while waiting:
        here = waiting.pop()
        yield here
        names = _HOLDING.get(here.__class__)
        if names is None:
            names = _HOLDING[here.__class__] = tuple(name for name in here.__class__.__slots__ if name not in _PLAIN)
        below: list[Node] = []
        for name in names:
            value = getattr(here, name)
            if isinstance(value, Node):
                below.append(value)
            elif isinstance(value, list):
                below += [item for item in value if isinstance(item, Node)]
        below.reverse()
        waiting += below


#: attributes that hold no nodes, and by class those that may
_PLAIN = frozenset(["fields", "idents", "is_assign", "keyword", "name", "quoted", "text", "value"])
_HOLDING: dict[type[Node], tuple[str, ...]] = {}
