# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache of compiled templates: in memory by name and text, and on disk by chart.

One entry of the cache holds all templates of one chart (its subcharts have their own), since reading one file is much faster than
reading two hundred. Its key is a digest over the position of the chart among its parents and over the names and texts of its templates.
An entry holds code and names but no text: the texts are available, and an error message compiles its text again.

Only texts of a chart's ``templates/`` are stored. Text given to ``tpl`` may hold a user's secret, so it is cached in memory only.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence

from ..chart.parsed import digest_of
from ..gotmpl.unit import TPL, Unit
from ..ports import CompiledCache

#: compiled texts by name and text; compiling takes most of a render's time, and a release is often rendered twice
_UNITS: dict[tuple[str, str], Unit] = {}
_MAX_UNITS = 2000
_LONG = 1 << 16  # characters of a text given to ``tpl`` that is not kept

Compile = Callable[[str, str], Unit]


def in_memory(name: str, text: str, compile_unit: Compile) -> Unit:
    """A unit from memory, or compiled now. Raises ``TemplateParseError``."""
    key = (name, text)
    unit = _UNITS.get(key)
    if unit is None:
        unit = compile_unit(name, text)
        if name == TPL and len(text) > _LONG:
            return unit
        if len(_UNITS) >= _MAX_UNITS:
            _UNITS.clear()
        _UNITS[key] = unit
    return unit


class Packs:
    """The templates of one render.

    :param charts: of each chart its path (``root/charts/sub``) and the (name, text) of its templates.
    """

    def __init__(self, cache: CompiledCache | None, charts: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._cache = cache
        self._found: dict[tuple[str, str], Unit] = {}
        self._missing: list[tuple[str, Sequence[tuple[str, str]]]] = []
        if cache is not None:
            for path, files in charts.items():
                if files and not all(file in _UNITS for file in files):
                    self._load(cache, _key(path, files), files)

    def _load(self, cache: CompiledCache, key: str, files: Sequence[tuple[str, str]]) -> None:
        data = cache.get(key)
        if data is None:
            self._missing.append((key, files))
            return
        for file, (code, defines) in zip(files, marshal.loads(data), strict=True):  # noqa: S302  the cache authenticates its entries
            self._found[file] = Unit(*file, code, defines)

    def unit(self, name: str, text: str, compile_unit: Compile) -> Unit:
        """A unit from disk, from memory, or compiled now. Raises ``TemplateParseError``."""
        unit = self._found.get((name, text))
        if unit is None:
            unit = self._found[name, text] = in_memory(name, text, compile_unit)
        return unit

    def save(self) -> None:
        """Writes new units to the cache on disk. Called when all are compiled."""
        for key, files in self._missing:
            units = [self._found[file] for file in files if file in self._found]
            if self._cache is not None and len(units) == len(files):  # fewer: two files of one name, of which the last counts
                self._cache.put(key, marshal.dumps([(unit.code, unit.defines) for unit in units]))
        self._missing = []


def _key(path: str, files: Sequence[tuple[str, str]]) -> str:
    parts = [path, *(part for file in files for part in file)]
    return f"templates {digest_of(part.encode('utf-8', 'surrogateescape') for part in parts).hex()}"
