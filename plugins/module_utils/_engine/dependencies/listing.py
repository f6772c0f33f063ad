# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Which dependencies of a chart are in ``charts/`` (Helm: ``pkg/action/dependency.go``).

The states have Helm's names. Different from Helm, an archive that cannot be loaded is a state, and the other dependencies are listed too.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..chart.gomatch import BadPattern, match
from ..chart.load import load_archive
from ..chart.model import Chart, Dependency
from ..errors import EngineError
from ..gotypes.printing import go_quote
from ..sprig.semver import Constraint, SemverError, Version

_ARCHIVE = ".tgz"
#: characters of a column in Helm's table
_COLUMN = 80


@dataclass(frozen=True)
class ChartsFolder:
    """What is in ``charts/``: charts in archives and in folders, by name of the file.

    ``None`` stands for what is not a chart.
    """

    archives: Mapping[str, Chart | None]
    folders: Mapping[str, Chart | None]

    @classmethod
    def of(cls, files: Mapping[str, bytes], folders: Mapping[str, Chart | None]) -> ChartsFolder:
        """The same from the content of the files."""
        return cls({name: _loaded(data, name) for name, data in files.items() if name.endswith(_ARCHIVE)}, folders)

    @property
    def charts(self) -> list[Chart]:
        """All that can be loaded; names that begin with a dot or an underscore are not."""
        found = {**self.archives, **self.folders}
        return [chart for name, chart in sorted(found.items()) if chart is not None and name[0] not in "._"]


def _loaded(data: bytes, name: str) -> Chart | None:
    try:
        return load_archive(data, name)
    except EngineError:
        return None


def status(dependency: Dependency, folder: ChartsFolder) -> str:
    """The state of a dependency (Helm: ``dependencyStatus``)."""
    try:
        found = [name for name in sorted(folder.archives) if match(f"{dependency.name}-*{_ARCHIVE}", name)]
    except BadPattern:
        return "bad pattern"
    if len(found) > 1:
        found = [name for name in found if _is_strict(name.removesuffix(_ARCHIVE).removeprefix(f"{dependency.name}-"))]
        if len(found) > 1:
            return "too many matches"
    if found:
        return _archive_status(dependency, folder.archives[found[0]])
    charts = [chart for chart in folder.charts if chart.name == dependency.name]
    return (_version_status(dependency, charts[-1].metadata.version) or "unpacked") if charts else "missing"


def _archive_status(dependency: Dependency, chart: Chart | None) -> str:
    if chart is None:
        return "corrupt"
    if chart.name != dependency.name:
        return "misnamed"
    return _version_status(dependency, chart.metadata.version) or "ok"


def _version_status(dependency: Dependency, version: str) -> str:
    """Why a version does not fit; empty if it does."""
    if version == dependency.version:
        return ""
    try:
        return "" if Constraint.parse(dependency.version).check(Version.parse(version)) else "wrong version"
    except SemverError:
        return "invalid version"


def _is_strict(text: str) -> bool:
    try:
        Version.strict(text)
    except SemverError:
        return False
    return True


def strays(required: Sequence[Dependency], folder: ChartsFolder) -> list[tuple[str, bool]]:
    """Files and folders in ``charts/`` that belong to no dependency, and whether they are charts."""
    names = {dependency.name for dependency in required}
    found = {**folder.archives, **folder.folders}
    return [(name, chart is not None) for name, chart in sorted(found.items()) if chart is None or chart.name not in names]


def listing(path: str, required: Sequence[Dependency] | None, folder: ChartsFolder, unknown: Sequence[tuple[str, bool]]) -> str:
    """The output of ``helm dependency list``.

    :param path: the chart, as the task names it. :param required: ``None`` for a chart without a list of dependencies.
    :param unknown: the result of ``strays``.
    """
    if required is None:
        return f"WARNING: no dependencies at {posixpath.join(path, 'charts')}\n"
    rows = [("NAME", "VERSION", "REPOSITORY", "STATUS")]
    rows += [(one.name, one.version, one.repository, status(one, folder)) for one in required]
    lines = _table(rows)
    lines.append("")
    for name, is_chart in unknown:
        shown = go_quote(posixpath.join(path, "charts", name))
        lines.append(f"WARNING: {shown} is not in Chart.yaml." if is_chart else f"WARNING: {shown} is not a chart.")
    return "".join(f"{line}\n" for line in lines)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width, with a tab between them (``gosuri/uitable``)."""
    widths = [min(_COLUMN, max(_width(row[column]) for row in rows)) for column in range(len(rows[0]))]
    return ["\t".join(_resized(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _resized(text: str, width: int) -> str:
    if _width(text) <= width:
        return text + " " * (width - _width(text))
    out, used = "", 0
    for rune in text:
        out += rune
        if used + _width(rune) >= width - 3:
            break
        used += _width(rune)
    return f"{out}..."


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(rune) else 2 if unicodedata.east_asian_width(rune) in "WF" else 1 for rune in text)
