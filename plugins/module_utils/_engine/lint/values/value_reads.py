# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""All reads of values in a chart.

By templates, by conditions and imports of subcharts, and by ``tpl``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...aliases import Json, Table
from ...chart.model import Chart
from ..trees import Trees
from .function_effects import EFFECTS
from .interpreter import VALUES_FILE, Interpreter
from .reads import Reads
from .shapes import Path, at

JINJA = "jinja/"
_LARGEST = 1 << 20


def reads_of(chart: Chart, trees: Trees, values: Table, *, whole: bool = False) -> Reads:
    """All that templates read, subcharts' conditions and imports included.

    :param chart: processed, all subcharts taking part. :param whole: it is rendered as it is, not as the subchart of another.
    """
    interpreter = Interpreter(trees, EFFECTS)
    interpreter.complete = whole and not trees.broken and not any(absent_scopes(chart, ()))
    interpreter.run()
    for part, scope in scopes(chart):
        _declarations(part, scope, interpreter.reads)
        for file in part.files:
            if (interpreter.contexts or file.name.startswith(JINJA)) and len(file.data) < _LARGEST and b"Values" in file.data:
                interpreter.scan(file.data.decode("utf-8", "surrogateescape"), scope)
    for file in (file for part, _scope in scopes(chart) for file in part.templates):
        path = next((path for path in trees.broken if path.endswith(f"/{file.name}")), "")
        if path:
            interpreter.scan(file.data.decode("utf-8", "surrogateescape"), ())
    if interpreter.contexts:
        names = {scope for _part, scope in scopes(chart)}
        for where, text in _texts(values, ()):
            interpreter.text(VALUES_FILE, text, _scope_of(where, names))
    return interpreter.reads


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


def _texts(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
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


def absent_scopes(chart: Chart, scope: Path) -> Iterator[Path]:
    """Sections of subcharts that are declared and not there."""
    present = {subchart.name for subchart in chart.dependencies}
    for dependency in chart.metadata.dependencies:
        name = dependency.alias or dependency.name
        if name not in present:
            yield (*scope, name)
    for subchart in chart.dependencies:
        yield from absent_scopes(subchart, (*scope, subchart.name))


def dotted(path: Path) -> str:
    """As a template writes it; a key that is no identifier in brackets."""
    return ".Values" + "".join(_step(key) for key in path)


def _step(key: str) -> str:
    if re.fullmatch(r"\[\d+\]", key):  # an item of a list
        return key
    return f".{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f"[{key!r}]"
