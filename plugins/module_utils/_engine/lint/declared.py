# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Values against templates, which Helm's linter does not compare: keys that no template reads, keys that are read and nobody declares.

What is said here is meant to be right rather than complete. Where a template hands on a whole table, all of it is read; where a
subchart is declared and not there, its section is left alone. Severities:

* warning: a key of values.yaml, or of the user's values, that nothing reads; a place that is read without any guard although
  values.yaml has nothing there: the render fails (something below it is read), or shows an empty text;
* info: the same, where a guard makes it harmless, where a comment of values.yaml names the key, or where its table is empty in
  values.yaml and so is the user's to fill.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..chart.dependencies import process_dependencies
from ..chart.model import Chart
from ..chart.values import Table, coalesce, merge_values
from ..errors import EngineError
from .message import INFO, WARNING, Message
from .reads import Branch, Reads
from .shapes import GLOBAL, Path, Place, at
from .trees import Trees, all_enabled, trees_of
from .walk import Walk

UNREAD = "value-not-read"
UNKNOWN_KEY = "value-unknown"
UNDECLARED = "value-not-declared"

_COMMENTED = re.compile(r"^[ \t]*#[#\s@]*(?:-\s+)?[\"']?([A-Za-z_][\w./-]*)[\"']?\s*:", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JINJA = "jinja/"
_LARGEST = 1 << 20


def compare(chart: Chart, given: Table) -> list[Message]:
    """:param chart: as loaded. :param given: the user's values. A library reads its user's values: nothing is said of it."""
    if chart.metadata.type.lower() == "library":
        return []
    enabled = all_enabled(chart)
    try:
        processed = process_dependencies(enabled, given, [])
        defaults, _warnings = coalesce(processed, None)
    except EngineError:  # Helm's own rules say what is wrong with them
        return []
    try:
        reads = reads_of(processed, trees_of(processed), merge_values(defaults, given))
    except RecursionError:
        text = "the templates are nested too deeply to be compared with the values"
        return [Message(INFO, "templates/", text, UNREAD, helm=False)]
    comparison = _Comparison(chart, processed, reads, defaults)
    messages = comparison.unread(chart.values)
    messages += comparison.unknown(given)
    messages += comparison.undeclared(merge_values(defaults, given))
    return messages


def reads_of(chart: Chart, trees: Trees, values: Table) -> Reads:
    """All that templates read, subcharts' conditions and imports included. :param chart: processed, all subcharts taking part."""
    walk = Walk(trees)
    walk.run()
    for part, scope in scopes(chart):
        _declarations(part, scope, walk.reads)
        for file in part.files:
            if (walk.contexts or file.name.startswith(_JINJA)) and len(file.data) < _LARGEST and b"Values" in file.data:
                walk.scan(file.data.decode("utf-8", "surrogateescape"), scope)
    for file in (file for part, _scope in scopes(chart) for file in part.templates):
        path = next((path for path in trees.broken if path.endswith(f"/{file.name}")), "")
        if path:
            walk.scan(file.data.decode("utf-8", "surrogateescape"), ())
    if walk.contexts:
        names = {scope for _part, scope in scopes(chart)}
        for where, text in _texts(values, ()):
            walk.text("values.yaml", text, _scope_of(where, names))
    return walk.reads


def scopes(chart: Chart, scope: Path = ()) -> Iterator[tuple[Chart, Path]]:
    """A chart and its subcharts, each with the names that lead to its values."""
    yield chart, scope
    for subchart in chart.dependencies:
        yield from scopes(subchart, (*scope, subchart.name))


def _declarations(chart: Chart, scope: Path, reads: Reads) -> None:
    reads.add(("tags",), deep=True)
    for dependency in chart.metadata.dependencies:
        name = dependency.alias or dependency.name
        for entry in dependency.import_values:
            child = entry.get("child", "") if isinstance(entry, dict) else f"exports.{entry}"
            reads.add(at((*scope, name), tuple(str(child).split("."))), deep=True)


def conditions(chart: Chart, scope: Path, reads: Reads) -> None:
    """The paths that switch subcharts; of the chart as loaded, since ``all_enabled`` has none."""
    for dependency in chart.metadata.dependencies:
        for condition in dependency.condition.strip().split(","):
            if condition:
                reads.add(at(scope, tuple(condition.strip().split("."))), deep=True)
                reads.add(tuple(condition.strip().split(".")), deep=True)
    for subchart in chart.dependencies:
        names = [wanted.alias or wanted.name for wanted in chart.metadata.dependencies if wanted.name == subchart.name]
        for name in names or [subchart.name]:
            conditions(subchart, (*scope, name), reads)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if "{{" in value:
            yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)


def _scope_of(path: Path, names: set[Path]) -> Path:
    return next((path[:length] for length in range(len(path), 0, -1) if path[:length] in names), ())


class _Comparison:
    """One chart's reads beside its values. :param processed: with all subcharts; :param defaults: what a render without values sees."""

    def __init__(self, chart: Chart, processed: Chart, reads: Reads, defaults: Table) -> None:
        conditions(chart, (), reads)
        self.reads = reads
        self.defaults = defaults
        self.chart = chart
        self.subcharts = {scope for _part, scope in scopes(processed) if scope}
        self.absent = set(_absent(processed, ()))
        self.text = next((file.data for file in chart.raw if file.name == "values.yaml"), b"").decode("utf-8", "replace")
        self.commented = {name.rpartition(".")[2] for name in _COMMENTED.findall(self.text)}
        self.lines = self.text.split("\n")
        jinja = (file.data for file in chart.files if file.name.startswith(_JINJA))
        self.words = {word for data in jinja for word in _WORD.findall(data.decode("utf-8", "replace"))}

    # --- keys that nothing reads

    def unread(self, values: Table) -> list[Message]:
        """Of values.yaml."""
        found = []
        for path in self._unread(values, (), [self.reads.tree]):
            line = line_of(self.lines, path)
            if line and re.search(r":\s*&\w", self.lines[line - 1]):  # an anchor: what it names is used where it is pasted
                continue
            found.append(
                Message(WARNING, "values.yaml", f"no template reads {dotted(path)}", UNREAD, helm=False, line=line, key=dotted(path))
            )
        return found

    def _unread(self, values: Table, path: Path, branches: list[Branch]) -> Iterator[Path]:
        for key, value in values.items():
            here = (*path, key)
            if self._is_left_alone(here):
                continue
            if key == GLOBAL and path in self.subcharts:
                continue
            below = self.reads.step(branches, key)
            if any(branch.deep for branch in [*branches, *below]):
                continue
            if here in self.subcharts:
                if isinstance(value, dict):
                    yield from self._unread(value, here, below)
            elif not below:
                if key not in self.words:
                    yield here
            elif isinstance(value, dict):
                yield from self._unread(value, here, below)

    def _is_left_alone(self, path: Path) -> bool:
        return path in self.absent or (bool(self.absent) and path[0] == GLOBAL)

    # --- keys that the user gives

    def unknown(self, given: Table) -> list[Message]:
        return [
            Message(WARNING, "values", self._sentence(path, known), UNKNOWN_KEY, helm=False, key=dotted(path))
            for path, known in self._unknown(given, (), self.defaults)
        ]

    def _unknown(self, given: Table, path: Path, defaults: Any) -> Iterator[tuple[Path, list[str]]]:
        for key, value in given.items():
            here = (*path, key)
            if self._is_left_alone(here) or (key == GLOBAL and path in self.subcharts):
                continue
            declared = isinstance(defaults, dict) and key in defaults
            inner = defaults.get(key) if declared else None
            if not declared and not self.reads.touches(here) and key not in self.words:
                yield here, self._siblings(path, defaults)
            elif isinstance(value, dict) and (isinstance(inner, dict) or not declared):
                yield from self._unknown(value, here, inner)

    def _siblings(self, path: Path, defaults: Any) -> list[str]:
        branches = [self.reads.tree]
        for key in path:
            branches = self.reads.step(branches, key)
        names = {name for branch in branches for name in branch.below}
        return sorted(names | set(defaults if isinstance(defaults, dict) else ()))

    def _sentence(self, path: Path, known: Iterable[str]) -> str:
        near = difflib.get_close_matches(path[-1], list(known), 1, 0.6)
        hint = f"; did you mean {dotted((*path[:-1], near[0]))}?" if near else ""
        return f"{dotted(path)} is given, but values.yaml has no such key and no template reads it{hint}"

    # --- keys that values.yaml lacks

    def undeclared(self, values: Table) -> list[Message]:
        """What templates read and nobody declares; one message a place, the worst that can be said of it."""
        found: dict[Path, Message] = {}
        for path, (place, whole) in self.reads.parents.items():
            if self._is_ours(path, place) and self._lacks(values, path):
                severity = INFO if self._is_named(path) or path[0] == GLOBAL else WARNING
                text = f"reads {dotted(whole)}, but values.yaml has no {dotted(path)}: without a value from the user the render fails there"
                found[path] = self._message(severity, place, path, text)
        for path, place in self.reads.leaves.items():
            if self._is_ours(path, place) and self._lacks(values, path):
                severity = INFO if self._is_named(path) or self._is_open(values, path) or path[0] == GLOBAL else WARNING
                text = f"reads {dotted(path)}, but values.yaml has no such key: without a value from the user it is empty"
                found.setdefault(path, self._message(severity, place, path, text))
        for path, place in self.reads.guarded.items():
            if self._is_ours(path, place) and self._lacks(values, path) and not self._is_named(path) and not self._is_open(values, path):
                text = f"reads {dotted(path)}, which values.yaml does not mention; a guard makes it optional"
                found.setdefault(path, self._message(INFO, place, path, text))
        return sorted(found.values(), key=lambda message: (message.path, message.line, message.text))

    def _message(self, severity: int, place: Place, path: Path, text: str) -> Message:
        file = place.path.partition("/")[2]
        if "/charts/" in place.path:  # a library's helper reads its user's values as it can
            severity = INFO
        return Message(severity, file, text, UNDECLARED, helm=False, line=place.line, key=dotted(path))

    def _is_ours(self, path: Path, place: Place) -> bool:
        """Not what a subchart reads of its own values, and nothing that a template fills or demands."""
        if self.reads.is_given(path) or not path or place.path == "values.yaml":
            return False
        if any(path[: len(scope)] == scope for scope in self.subcharts | self.absent):
            return False
        return not self.absent or path[0] != GLOBAL

    def _lacks(self, values: Table, path: Path) -> bool:
        """Nothing at this place, while what it would lie in is a table that is there."""
        here: Any = values
        for key in path[:-1]:
            here = here.get(key) if isinstance(here, dict) else None
        return isinstance(here, dict) and path[-1] not in here

    def _is_open(self, values: Table, path: Path) -> bool:
        """An empty table, made to be filled."""
        here: Any = values
        for key in path[:-1]:
            here = here.get(key) if isinstance(here, dict) else None
        return len(path) > 1 and here == {}

    def _is_named(self, path: Path) -> bool:
        """A comment of values.yaml shows the key, or it stands there with nothing behind it."""
        here: Any = self.chart.values
        for key in path:
            if not isinstance(here, dict) or key not in here:
                return path[-1] in self.commented
            here = here[key]
        return True


def _absent(chart: Chart, scope: Path) -> Iterator[Path]:
    """Sections of subcharts that are declared and not there."""
    present = {subchart.name for subchart in chart.dependencies}
    for dependency in chart.metadata.dependencies:
        name = dependency.alias or dependency.name
        if name not in present:
            yield (*scope, name)
    for subchart in chart.dependencies:
        yield from _absent(subchart, (*scope, subchart.name))


def dotted(path: Path) -> str:
    """As a template writes it; a key that is no identifier in brackets."""
    return ".Values" + "".join(f".{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f"[{key!r}]" for key in path)


def line_of(lines: list[str], path: Path) -> int:
    """The line of a key in values.yaml, from 1; 0 where it does not stand on a line of its own."""
    start, end, line = 0, len(lines), 0
    outer = -1
    for key in path:
        wanted = re.compile(rf"(\s*)[\"']?{re.escape(key)}[\"']?\s*:(\s|$)")
        inner = -1
        for index in range(start, end):
            found = wanted.match(lines[index])
            text = lines[index].strip()
            indent = len(lines[index]) - len(lines[index].lstrip())
            if text and not text.startswith("#") and indent <= outer and index >= start and line:
                break
            if inner < 0 and text and not text.startswith("#") and indent > outer:
                inner = indent
            if found and indent == inner:
                line, start, outer = index + 1, index + 1, indent
                break
        else:
            return 0
        if line != start:
            return 0
    return line
