# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds values of the user that no template reads and no file of the chart mentions.

A finding has to be right, so every doubt makes a value known: a template that passes a whole table on, a condition that only checks
whether a table is empty, a commented key in a ``values.yaml``, a property or an open map in a ``values.schema.json``, a word in a file
that ``tpl`` or Jinja2 may expand. ``global`` is shared between charts, and keys such as ``x-common`` or ``_anchors`` hold YAML anchors:
neither is checked.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...aliases import Json, Table
from ...chart.dependencies import process_dependencies
from ...chart.model import Chart
from ...chart.values import coalesce, merge_values
from ...errors import EngineError
from ..trees import all_enabled, trees_of
from .reads import Branch, Reads
from .schema_names import SchemaNames
from .shapes import ANY, GLOBAL, Path
from .value_reads import JINJA, absent_scopes, conditions, reads_of, scopes

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ...plain import dataclass

COMMENTED = re.compile(r"^[ \t]*#[#\s@]*(?:-\s+)?[\"']?([A-Za-z_][\w./-]*)[\"']?\s*:", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
#: keys at the top of a values file that hold anchors for other keys
_ANCHORS = ("x-", "_", ".")
_SIMILAR = 0.6


@dataclass(frozen=True)
class UnknownValue:
    """``path``: keys from the top of the values, items of lists as ``[0]``.

    ``near``: the known path that is most like it, or empty.
    """

    path: Path
    near: Path


def unknown_values(chart: Chart, given: Table) -> list[UnknownValue]:
    """The values of ``given`` that the chart does not know, in the order of ``given``.

    :param chart: as loaded. :param given: the user's values, without the chart's own.

    Empty for a library chart, which reads the values of its user, and for a chart that cannot be analysed: rendering reports its errors.
    """
    own = {key: value for key, value in given.items() if key != GLOBAL and not key.startswith(_ANCHORS)}
    if not own or chart.metadata.type.lower() == "library":
        return []
    try:
        processed = process_dependencies(all_enabled(chart), given, [])
        defaults, _warnings = coalesce(processed, None)
        reads = reads_of(processed, trees_of(processed), merge_values(defaults, given), whole=True)
    except (EngineError, RecursionError):
        return []
    conditions(chart, (), reads)
    return list(Unknown(chart, processed, reads, defaults).find(own))


class Unknown:
    """The values that one chart knows.

    :param processed: with all subcharts enabled; :param defaults: the values of a render without the user's.
    """

    def __init__(self, chart: Chart, processed: Chart, reads: Reads, defaults: Table) -> None:
        self.reads = reads
        self.defaults = defaults
        self.subcharts = {scope: part for part, scope in scopes(processed)}
        self.absent = set(absent_scopes(processed, ()))
        self.schemas = {scope: SchemaNames(part.schema) for scope, part in self.subcharts.items() if part.schema is not None}
        self.own = {scope: part.values for scope, part in self.subcharts.items()}
        self.own[()] = chart.values
        self.mentioned = {word for part in self.subcharts.values() for word in _mentioned(part)}

    def find(self, given: Table) -> Iterator[UnknownValue]:
        yield from self._table(given, (), (), self.defaults, [self.reads.tree])

    def _table(self, given: Table, path: Path, shown: Path, defaults: Json, branches: list[Branch]) -> Iterator[UnknownValue]:
        """The unknown values of a table.

        :param path: with ``ANY`` for the items of lists, as in ``reads``.
        :param shown: with the positions of items.
        """
        for key, value in given.items():
            here = (*path, key)
            if here in self.absent or (key == GLOBAL and path in self.subcharts and (path or self.absent)):
                continue
            below = self.reads.step(branches, key)
            if any(branch.deep for branch in [*branches, *below]):
                continue
            declared = isinstance(defaults, dict) and key in defaults
            if not declared and not below and not self._is_mentioned(here):
                yield UnknownValue((*shown, key), self._near(path, shown, key, defaults, branches))
                continue
            if declared or any(branch.below for branch in below) or here in self.subcharts:
                yield from self._value(value, here, (*shown, key), defaults[key] if declared else None, below)

    def _value(self, value: Json, path: Path, shown: Path, default: Json, branches: list[Branch]) -> Iterator[UnknownValue]:
        if isinstance(value, dict):
            is_table = default is None or isinstance(default, dict)
            if is_table and (default or path in self.subcharts or any(branch.below for branch in branches)):
                yield from self._table(value, path, shown, default, branches)
        elif isinstance(value, list):
            below = self.reads.step(branches, ANY)
            if not any(branch.below for branch in below) or any(branch.deep for branch in below):
                return
            known: Table = {}
            for item in default if isinstance(default, list) else []:
                known.update(item if isinstance(item, dict) else {})
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield from self._table(item, (*path, ANY), (*shown, f"[{index}]"), known, below)

    def _is_mentioned(self, path: Path) -> bool:
        """Whether a file of the chart mentions the place although no template is seen to read it."""
        if path[-1] in self.mentioned:
            return True
        for scope, values in self.own.items():
            if path[: len(scope)] == scope and len(path) > len(scope):
                if _stands_in(values, path[len(scope) :]):
                    return True
                if scope in self.schemas and self.schemas[scope].allows(path[len(scope) :]):
                    return True
        return False

    def _near(self, path: Path, shown: Path, key: str, defaults: Json, branches: list[Branch]) -> Path:
        elsewhere = [place for place in _places(self.defaults, ()) if place[-1] == key]
        if len(elsewhere) == 1:
            return elsewhere[0]
        names = {name for branch in branches for name in branch.below if name != ANY}
        names -= set() if path else {"tags"}  # which every chart reads
        names |= set(defaults if isinstance(defaults, dict) else ())
        names |= set(self.schemas[path].top) if path in self.schemas else set()
        near = difflib.get_close_matches(key, sorted(names), 1, _SIMILAR)
        return (*shown, near[0]) if near else ()


def _mentioned(chart: Chart) -> Iterator[str]:
    """Keys that comments of ``values.yaml`` show, and words of files that a template may expand."""
    for file in chart.raw:
        if file.name == "values.yaml":
            for name in COMMENTED.findall(file.data.decode("utf-8", "replace")):
                yield name.rpartition(".")[2]
    for file in chart.files:
        if file.name.startswith(JINJA) or b"{{" in file.data:
            yield from _WORD.findall(file.data.decode("utf-8", "replace"))


def _stands_in(values: Json, path: Path) -> bool:
    """Whether the key exists, perhaps without a value."""
    for key in path:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def _places(values: Json, path: Path) -> Iterator[Path]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield (*path, key)
            yield from _places(value, (*path, key))


def path_of(path: Path) -> str:
    """A path as ``set_values`` writes it: ``image.tag``, ``hosts[0].name``; a dot in a key as ``\\.``."""
    text = ""
    for key in path:
        text += key if re.fullmatch(r"\[\d+\]", key) else ("." if text else "") + key.replace(".", "\\.")
    return text
