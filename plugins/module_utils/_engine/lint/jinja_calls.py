# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``calls`` for charts with Jinja2 templates.

Lists what these call, and which definitions of Go templates they reach. A call is a name that is called, a filter, or either below
``sprig.``; a plain filter that Jinja2 has itself is Jinja2's. Calls in a file whose name begins with ``_`` count for every file that
reaches it by ``include``, ``import``, ``from`` or ``extends``; where the name is computed at run time, for all of the chart. Nothing is
run. Jinja2 is imported only where a chart has such files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..aliases import Jinja
from ..chart.model import Chart
from ..errors import ChartLoadError
from ..render.jinja_files import FOLDER, jinja_texts, uses_jinja
from .calls import CAPABILITIES, Call, calls_of
from .trees import Trees

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:
    from ..plain import dataclass, field

_ROOM = "sprig"


@dataclass
class _File:
    """``found``: calls, as function, line and macro.

    ``partials``: names of Jinja2 files that it leads to, ``None``: any. ``includes``: definitions of Go templates.
    """

    found: list[tuple[str, int, str]] = field(default_factory=list)
    partials: list[str | None] = field(default_factory=list)
    includes: set[str] = field(default_factory=set)


def chart_calls(chart: Chart, trees: Trees, names: Iterable[str]) -> tuple[list[Call], dict[str, str]]:
    """Calls in all templates of a chart and its subcharts, and the files that cannot be parsed.

    The latter are a dictionary from path to reason.

    :param trees: of its Go templates. :param names: as for ``calls_of``.
    """
    wanted = frozenset(names)
    calls: list[Call] = []
    leads: dict[str, set[str]] = {}
    broken = dict(trees.broken)
    for part in chart.walk():
        if not any(file.name.startswith(FOLDER) for file in part.files):
            continue
        try:
            if uses_jinja(part):
                _collect(part, wanted, calls, leads, broken)
        except ChartLoadError as error:
            broken[f"{part.full_path}/{FOLDER.rstrip('/')}"] = error.message
    found = [*calls_of(trees, wanted, leads), *calls]
    return sorted(found, key=lambda call: (call.template, call.line, call.function)) if calls else found, broken


def jinja_paths(chart: Chart) -> list[str]:
    """The Jinja2 files of one chart, partials too, by the names in ``# Source:`` lines.

    None where the chart does not enable Jinja2.
    """
    try:
        return [f"{chart.full_path}/{FOLDER}{name}" for name in sorted(jinja_texts(chart))] if uses_jinja(chart) else []
    except ChartLoadError:
        return []


def _collect(chart: Chart, wanted: frozenset[str], calls: list[Call], leads: dict[str, set[str]], broken: dict[str, str]) -> None:
    folder = f"{chart.full_path}/{FOLDER}"
    files: dict[str, _File] = {}
    for name, text in jinja_texts(chart).items():
        try:
            files[name] = _read(text, folder + name, wanted)
        except _Unread as unread:
            broken[folder + name] = str(unread)
    users: dict[str, set[str]] = {}
    for name in files:
        if posixpath.basename(name).startswith("_") or chart.metadata.type.lower() == "library":
            continue
        for reached in _reach(name, files):
            users.setdefault(reached, set()).add(folder + name)
            leads.setdefault(folder + name, set()).update(files[reached].includes)
    for name, file in files.items():
        runs = tuple(sorted(users.get(name, ())))
        calls += [Call(function, folder + name, line, macro, runs) for function, line, macro in sorted(set(file.found))]


def _reach(name: str, files: dict[str, _File]) -> set[str]:
    """The file, and those that it leads to."""
    found = {name}
    waiting = [name]
    while waiting:
        for partial in files[waiting.pop()].partials:
            new = {other for other in ([posixpath.normpath(partial)] if partial is not None else files) if other in files} - found
            found |= new
            waiting += new
    return found


class _Unread(Exception):
    """The reason why a file cannot be analysed."""


def _read(text: str, path: str, wanted: frozenset[str]) -> _File:
    try:
        import jinja2
    except ImportError as error:
        raise _Unread(f"analyzing Jinja2 templates requires the Python library Jinja2, which is not installed: {error}") from error
    from ..jinja.faults import parse_error

    try:
        tree = jinja2.Environment().parse(text)  # noqa: S701  nothing is rendered
    except (jinja2.TemplateError, RecursionError) as error:
        raise _Unread(parse_error(path, error, ()).message) from error
    file = _File()
    for node, macro in _below(tree, "", jinja2.nodes.Macro):
        for function in _called(node, jinja2):
            if function in wanted:
                file.found.append((function, node.lineno, macro))
            if function == "include" and isinstance(node, jinja2.nodes.Call) and node.args and isinstance(node.args[0], jinja2.nodes.Const):
                file.includes.add(str(node.args[0].value))
        if isinstance(node, (jinja2.nodes.Include, jinja2.nodes.Import, jinja2.nodes.FromImport, jinja2.nodes.Extends)):
            file.partials += _names(node.template, jinja2.nodes)
    return file


def _below(node: Jinja, macro: str, macros: Jinja) -> Iterator[tuple[Jinja, str]]:
    """Every node, and the macro that it is in."""
    yield node, macro
    inner = node.name if isinstance(node, macros) else macro
    for child in node.iter_child_nodes():
        yield from _below(child, inner, macros)


def _called(node: Jinja, jinja2: Jinja) -> Iterator[str]:
    """Names of Helm's that a node calls or reads."""
    nodes = jinja2.nodes
    if isinstance(node, nodes.Filter):
        room, _dot, name = node.name.rpartition(".")
        if room == _ROOM or (not room and name not in jinja2.filters.FILTERS):
            yield name
    elif isinstance(node, nodes.Call):
        if isinstance(node.node, nodes.Name):
            yield node.node.name
        elif _is_named(node.node, nodes, _ROOM):
            yield str(node.node.attr if isinstance(node.node, nodes.Getattr) else getattr(node.node.arg, "value", ""))
    elif isinstance(node, nodes.Name):
        yield from [CAPABILITIES] if node.name == CAPABILITIES and node.ctx == "load" else []
    elif isinstance(node, nodes.Getattr) and node.attr == CAPABILITIES and _is_named(node, nodes, "dot"):
        yield CAPABILITIES


def _is_named(node: Jinja, nodes: Jinja, name: str) -> bool:
    """``name.x`` or ``name['x']``."""
    return isinstance(node, (nodes.Getattr, nodes.Getitem)) and isinstance(node.node, nodes.Name) and node.node.name == name


def _names(template: Jinja, nodes: Jinja) -> list[str | None]:
    """The name after ``include``: one, several possible ones, or one that only a run can determine."""
    if isinstance(template, nodes.Const):
        value = template.value
        return list(value) if isinstance(value, (list, tuple)) else [str(value)]
    if isinstance(template, (nodes.List, nodes.Tuple)):
        return [name for item in template.items for name in _names(item, nodes)]
    if isinstance(template, nodes.CondExpr):
        return [*_names(template.expr1, nodes), *(_names(template.expr2, nodes) if template.expr2 is not None else [])]
    return [None]
