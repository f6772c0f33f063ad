# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The charts that a linter reads, from disk or from an archive.

Helm 4: ``pkg/cmd/lint.go``, ``pkg/action/lint.go``. A folder includes the files that ``.helmignore`` excludes; an archive is read as if it
had been unpacked. ``below`` lists the charts in ``charts/``, at any depth, in the order of Helm's ``--with-subcharts``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..._engine.chart.archives.archive import read_archive
from ..._engine.chart.ignore import Ignore
from ..._engine.chart.load import load_files
from ..._engine.chart.model import Chart, File
from ..._engine.chart.parsed import Parsed
from ..._engine.errors import ChartLoadError, ChartNotFound
from ..._engine.lint.folder import FILE, FOLDER, NOTHING, ChartFolder
from ..._engine.ports import CompiledCache
from ..private_files import reason
from ..user_paths import exists
from .files import read_chart_archive, read_chart_directory

_ARCHIVES = (".tgz", ".tar.gz")
_BOM = b"\xef\xbb\xbf"


def lint_folder(path: str, cache: CompiledCache | None = None, data: bytes | None = None) -> ChartFolder:
    """What is at a path.

    :param data: the bytes of an archive that was read already.

    Raises ``ChartNotFound`` where no Chart.yaml is, ``ChartLoadError`` for an archive that cannot be read.
    """
    if path.endswith(_ARCHIVES):
        try:
            data = read_chart_archive(Path(path)) if data is None else data
        except ChartLoadError as error:
            helm = f"unable to open tarball: {error.helm_message}"
            raise ChartNotFound(f"There is no chart at {path}: {error.message}", helm=helm, chart=path) from None
        return ArchivedChart(path, _unpacked(data, path), cache)
    try:
        full = os.path.abspath(path)  # noqa: PTH100  links stay as they are
    except OSError as error:  # the current folder was deleted
        raise ChartNotFound(f"There is no chart at {path}: {reason(error)}.", chart=path) from None
    if not exists(Path(full, "Chart.yaml")):
        raise ChartNotFound(
            f"There is no chart at {path}: it has no Chart.yaml.",
            helm=f"unable to check Chart.yaml file in chart: stat {os.path.normpath(path)}/Chart.yaml: no such file or directory",
            chart=path,
        )
    return FolderOnDisk(full, cache)


def _unpacked(data: bytes, path: str) -> list[File]:
    try:
        files = read_archive(data, path)
    except ChartLoadError as error:
        reason = error.helm_message
        if not data.startswith(b"\x1f\x8b"):
            reason = "gzip: invalid header" if data else "EOF"
        error.helm = f"unable to extract tarball: {reason}"
        raise
    if not any(file.name == "Chart.yaml" for file in files):
        helm = "unable to extract tarball: chart name not specified"
        raise ChartNotFound(f"The archive {path} contains no Chart.yaml.", helm=helm, chart=path)
    return files


def below(path: str) -> Iterator[str]:
    """Paths of the charts below a chart's ``charts/``; none for an archive."""
    yield from _walk(os.path.join(path, "charts"))  # noqa: PTH118  as Helm joins it


def _walk(folder: str) -> Iterator[str]:
    try:
        names = sorted(os.listdir(folder), key=os.fsencode)  # noqa: PTH208  names only
    except OSError:
        return
    for name in names:
        full = os.path.join(folder, name)  # noqa: PTH118  as above
        if name == "Chart.yaml":
            yield folder
        elif name.endswith(_ARCHIVES):
            yield full
        if Path(full).is_dir() and not Path(full).is_symlink():  # Go's Walk follows no links
            yield from _walk(full)


class FolderOnDisk:
    """A chart's folder. It is loaded once."""

    def __init__(self, path: str, cache: CompiledCache | None) -> None:
        self.shown = path
        self._cache = cache
        self._chart: Chart | ChartLoadError | None = None

    def kind(self, path: str) -> str:
        full = Path(self.shown, path)
        return FOLDER if full.is_dir() else FILE if exists(full) else NOTHING

    def read(self, path: str) -> bytes:
        full = Path(self.shown, path)
        try:
            return full.read_bytes()
        except OSError as error:
            message = reason(error).lower()
            verb = "read" if full.is_dir() else "open"
            raise ChartLoadError(f"{full} cannot be read: {message}.", helm=f"{verb} {full}: {message}", file=path) from None

    def load(self) -> Chart:
        if self._chart is None:
            try:
                self._chart = _loaded(read_chart_directory(self.shown), self._cache)
            except ChartLoadError as error:
                self._chart = error
        if isinstance(self._chart, ChartLoadError):
            raise self._chart
        return self._chart


class LoadedFolder:
    """A folder whose chart was loaded in another way: with other dependencies than those in ``charts``."""

    def __init__(self, folder: ChartFolder, chart: Chart) -> None:
        self.shown = folder.shown
        self.kind = folder.kind
        self.read = folder.read
        self._chart = chart

    def load(self) -> Chart:
        return self._chart


class ArchivedChart:
    """A chart in an archive, or one that was fetched."""

    def __init__(self, shown: str, files: list[File], cache: CompiledCache | None = None) -> None:
        self.shown = shown
        self._files = {file.name: file for file in files}
        self._cache = cache

    def kind(self, path: str) -> str:
        if path in self._files:
            return FILE
        return FOLDER if any(name.startswith(f"{path}/") for name in self._files) else NOTHING

    def read(self, path: str) -> bytes:
        file = self._files.get(path)
        if file is None:
            raise ChartLoadError(f"{path} is not in {self.shown}.", helm=f"open {path}: no such file or directory", file=path)
        return file.data

    def load(self) -> Chart:
        rules = self._files.get(".helmignore")
        ignore = Ignore(rules.data.decode("utf-8", "surrogateescape")) if rules else Ignore()
        files = [file for file in self._files.values() if not _ignored(ignore, file.name)]
        return _loaded(files, self._cache)


def _loaded(files: list[File], cache: CompiledCache | None) -> Chart:
    """The loaded chart.

    Helm's linter has one format: a chart of another format is loaded as if it were of that.
    """
    parsed = Parsed(cache, files)
    chart = load_files(files, parsed)
    parsed.save()
    return chart


def _ignored(ignore: Ignore, name: str) -> bool:
    parts = name.split("/")
    return ignore.matches(name, False) or any(ignore.matches("/".join(parts[:depth]), True) for depth in range(1, len(parts)))
