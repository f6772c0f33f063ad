# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compares values with templates: reports keys that no template reads, and keys that no file declares.

Helm's linter has no such check. It prefers no finding to a wrong one. Where a template passes a whole table on, all of the table counts
as read; where a declared subchart is missing, its section is skipped. Severities:

* warning: a key of values.yaml, or of the user's values, that nothing reads; a place that is read without any guard although
  values.yaml has no value for it: the render fails (something below it is read), or shows an empty text;
* info: the same, where a guard makes it harmless, where a comment of values.yaml names the key, or where its table is empty in
  values.yaml and so is for the user to fill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...aliases import Json, Table
from ...chart.dependencies import process_dependencies
from ...chart.model import Chart
from ...chart.values import coalesce, merge_values
from ...errors import EngineError
from ..message import INFO, WARNING, Message
from ..trees import all_enabled, trees_of
from .reads import Branch, Reads
from .shapes import GLOBAL, Path, Place
from .unknown import COMMENTED, Unknown, UnknownValue
from .value_reads import JINJA, absent_scopes, conditions, dotted, reads_of, scopes

UNREAD = "value-not-read"
UNKNOWN_KEY = "value-unknown"
UNDECLARED = "value-not-declared"

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def compare(chart: Chart, given: Table) -> list[Message]:
    """Compares values with the templates of a chart.

    Nothing is reported about a library, which reads the values of its user.

    :param chart: as loaded.
    :param given: the user's values.
    """
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


class _Comparison:
    """One chart's reads next to its values.

    :param processed: with all subcharts; :param defaults: what a render without values sees.
    """

    def __init__(self, chart: Chart, processed: Chart, reads: Reads, defaults: Table) -> None:
        conditions(chart, (), reads)
        self.reads = reads
        self.processed = processed
        self.defaults = defaults
        self.chart = chart
        self.subcharts = {scope for _part, scope in scopes(processed) if scope}
        self.absent = set(absent_scopes(processed, ()))
        self.text = next((file.data for file in chart.raw if file.name == "values.yaml"), b"").decode("utf-8", "replace")
        self.commented = {name.rpartition(".")[2] for name in COMMENTED.findall(self.text)}
        self.lines = self.text.split("\n")
        jinja = (file.data for file in chart.files if file.name.startswith(JINJA))
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
        found = Unknown(self.chart, self.processed, self.reads, self.defaults).find(given)
        return [Message(WARNING, "values", _sentence(one), UNKNOWN_KEY, helm=False, key=dotted(one.path)) for one in found]

    # --- keys that values.yaml lacks

    def undeclared(self, values: Table) -> list[Message]:
        """Places that templates read and values.yaml does not declare; one message a place, the most severe."""
        found: dict[Path, Message] = {}
        for path, (place, whole) in self.reads.parents.items():
            if self._belongs_to_chart(path, place) and self._lacks(values, path):
                severity = INFO if self._is_named(path) or path[0] == GLOBAL else WARNING
                text = f"reads {dotted(whole)}, but values.yaml has no {dotted(path)}: unless the user sets a value, rendering fails there"
                found[path] = self._message(severity, place, path, text)
        for path, place in self.reads.leaves.items():
            if self._belongs_to_chart(path, place) and self._lacks(values, path):
                severity = INFO if self._is_named(path) or self._is_open(values, path) or path[0] == GLOBAL else WARNING
                text = f"reads {dotted(path)}, but values.yaml has no such key: unless the user sets a value, it is empty"
                found.setdefault(path, self._message(severity, place, path, text))
        for path, place in self.reads.guarded.items():
            if (
                self._belongs_to_chart(path, place)
                and self._lacks(values, path)
                and not self._is_named(path)
                and not self._is_open(values, path)
            ):
                text = f"reads {dotted(path)}, which values.yaml does not mention; a guard makes it optional"
                found.setdefault(path, self._message(INFO, place, path, text))
        return sorted(found.values(), key=lambda message: (message.path, message.line, message.text))

    def _message(self, severity: int, place: Place, path: Path, text: str) -> Message:
        file = place.path.partition("/")[2]
        if "/charts/" in place.path:  # a library's helper reads its user's values as it can
            severity = INFO
        return Message(severity, file, text, UNDECLARED, helm=False, line=place.line, key=dotted(path))

    def _belongs_to_chart(self, path: Path, place: Place) -> bool:
        """Whether a place is the chart's own: no subchart's values, and not set or required by a template."""
        if self.reads.is_given(path) or not path or place.path == "values.yaml":
            return False
        if any(path[: len(scope)] == scope for scope in self.subcharts | self.absent):
            return False
        return not self.absent or path[0] != GLOBAL

    def _lacks(self, values: Table, path: Path) -> bool:
        """Whether the table that would contain this key exists and lacks the key."""
        here: Json = values
        for key in path[:-1]:
            here = here.get(key) if isinstance(here, dict) else None
        return isinstance(here, dict) and path[-1] not in here

    def _is_open(self, values: Table, path: Path) -> bool:
        """An empty table, made to be filled."""
        here: Json = values
        for key in path[:-1]:
            here = here.get(key) if isinstance(here, dict) else None
        return len(path) > 1 and here == {}

    def _is_named(self, path: Path) -> bool:
        """Whether values.yaml names the key: in a comment, or as a key without a value."""
        here: Json = self.chart.values
        for key in path:
            if not isinstance(here, dict) or key not in here:
                return path[-1] in self.commented
            here = here[key]
        return True


def _sentence(found: UnknownValue) -> str:
    hint = f"; did you mean {dotted(found.near)}?" if found.near else ""
    return f"{dotted(found.path)} is set, but values.yaml has no such key and no template reads it{hint}"


def line_of(lines: list[str], path: Path) -> int:
    """The line of a key in values.yaml, from 1; 0 where it has no line of its own."""
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
