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
from functools import partial

from ..chart.parsed import digest_of
from ..errors import TemplateParseError
from ..gotmpl.unit import TPL, Unit
from ..gotypes.limits import LimitExceeded
from ..ports import CompiledCache, Helper

#: compiled texts by name and text; compiling takes most of a render's time, and a release is often rendered twice
_UNITS: dict[tuple[str, str], Unit] = {}
_MAX_UNITS = 2000
#: characters of text that take longer to compile than to give away
_WORTH_HELP = 60_000
#: how much more than what is given away stays here: that has to be begun, written down and read again
_OWN = 1.2
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

    def ahead(self, helper: Helper, compile_unit: Compile) -> None:
        """Compiles missing units, most of them in the helper, if there are many.

        Errors are left for the later compilation in order.
        """
        texts = [file for _key, files in self._missing for file in files if file not in _UNITS]
        size = sum(len(text) for _name, text in texts)
        hands = min(helper.hands(), size // _WORTH_HELP)
        if hands < 2:
            return
        shares = _shares(texts, int(size / (hands - 1 + _OWN)) + 1)
        waiting = [(share, helper.start(partial(self._pack, share, compile_unit))) for share in shares[1:]]
        for file in shares[0]:
            self._try(file, compile_unit)
        for share, finish in waiting:
            data = finish()
            if data is not None:
                for file, made in zip(share, marshal.loads(data), strict=True):  # noqa: S302  of this very process' child
                    if made is not None:
                        self._found[file] = Unit(*file, *made)

    def _pack(self, share: Sequence[tuple[str, str]], compile_unit: Compile) -> bytes:
        units = [self._try(file, compile_unit) for file in share]
        return marshal.dumps([None if unit is None else (unit.code, unit.defines) for unit in units])

    def _try(self, file: tuple[str, str], compile_unit: Compile) -> Unit | None:
        try:
            return self.unit(*file, compile_unit)
        except (TemplateParseError, LimitExceeded):
            return None  # the order of the files decides which of several faults is reported

    def save(self) -> None:
        """Writes new units to the cache on disk. Called when all are compiled."""
        for key, files in self._missing:
            units = [self._found[file] for file in files if file in self._found]
            if self._cache is not None and len(units) == len(files):  # fewer: two files of one name, of which the last counts
                self._cache.put(key, marshal.dumps([(unit.code, unit.defines) for unit in units]))
        self._missing = []


def _shares(texts: Sequence[tuple[str, str]], size: int) -> list[list[tuple[str, str]]]:
    """Splits texts, in order, into shares of about equal length; the first, which stays here, is larger."""
    shares: list[list[tuple[str, str]]] = [[]]
    used = int(size * (1 - _OWN))
    for file in texts:
        if used >= size:
            shares.append([])
            used = 0
        shares[-1].append(file)
        used += len(file[1])
    return shares


def _key(path: str, files: Sequence[tuple[str, str]]) -> str:
    parts = [path, *(part for file in files for part in file)]
    return f"templates {digest_of(part.encode('utf-8', 'surrogateescape') for part in parts).hex()}"
