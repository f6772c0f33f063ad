# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compiled templates of charts, kept between renders: in memory by name and text, and chart by chart in a store that outlives the run.

One entry of the store holds all templates of one chart (its subcharts have their own), since reading one file is much quicker than
reading two hundred. Its key is a digest over where the chart stands in its parents and over the names and texts of its templates.
An entry holds code and names and no text: the texts are at hand, and an error that has to be worded compiles its text once more.

Only texts that lie in a chart's ``templates/`` are stored. What ``tpl`` is given may hold what a user keeps secret: it stays in memory.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence

from ..chart.parsed import digest_of
from ..gotmpl.unit import Unit
from ..ports import KeptWork

#: compiled texts by name and text; compiling is the dear part of a render, and a release is often rendered twice
_UNITS: dict[tuple[str, str], Unit] = {}
_MAX_UNITS = 2000

Compile = Callable[[str, str], Unit]


def in_memory(name: str, text: str, compile_unit: Compile) -> Unit:
    """From memory, or compiled now. Raises ``TemplateParseError``."""
    key = (name, text)
    unit = _UNITS.get(key)
    if unit is None:
        unit = compile_unit(name, text)
        if len(_UNITS) >= _MAX_UNITS:
            _UNITS.clear()
        _UNITS[key] = unit
    return unit


class Packs:
    """The templates of one render.

    :param charts: of each chart its path (``root/charts/sub``) and the (name, text) of its templates.
    """

    def __init__(self, store: KeptWork | None, charts: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._store = store
        self._found: dict[tuple[str, str], Unit] = {}
        self._missing: list[tuple[str, Sequence[tuple[str, str]]]] = []
        if store is not None:
            for path, files in charts.items():
                if files and not all(file in _UNITS for file in files):
                    self._load(store, _key(path, files), files)

    def _load(self, store: KeptWork, key: str, files: Sequence[tuple[str, str]]) -> None:
        data = store.get(key)
        if data is None:
            self._missing.append((key, files))
            return
        for file, (code, defines) in zip(files, marshal.loads(data), strict=True):  # noqa: S302  the store vouches for it
            self._found[file] = Unit(*file, code, defines)

    def unit(self, name: str, text: str, compile_unit: Compile) -> Unit:
        """From the store, from memory, or compiled now. Raises ``TemplateParseError``."""
        unit = self._found.get((name, text))
        if unit is None:
            unit = self._found[name, text] = in_memory(name, text, compile_unit)
        return unit

    def save(self) -> None:
        """Once all are compiled."""
        for key, files in self._missing:
            units = [self._found[file] for file in files if file in self._found]
            if self._store is not None and len(units) == len(files):  # fewer: two files of one name, of which the last counts
                self._store.put(key, marshal.dumps([(unit.code, unit.defines) for unit in units]))
        self._missing = []


def _key(path: str, files: Sequence[tuple[str, str]]) -> str:
    parts = [path, *(part for file in files for part in file)]
    return f"templates {digest_of(part.encode('utf-8', 'surrogateescape') for part in parts).hex()}"
