# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decides what is to be written so that ``charts/`` holds the dependencies of a chart.

Helm: ``pkg/downloader/manager.go``. Nothing is written here. Different from Helm:

* Repositories need not be added before their charts can be downloaded from a lock.
* An archive is compared before it is replaced: by its digest, or by the content of its files if it is packaged from a folder.
* Two dependencies with the same name of an archive and different content are refused. Helm writes one over the other.
* An archive that holds another chart than the dependency names is refused. Helm writes it, and the dependency stays missing.
* A broken archive in ``charts/`` is not an obstacle. Helm cannot load the chart that it is to repair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..chart.archives.archive import read_archive
from ..chart.compatible import is_compatible_range
from ..chart.load import load_archive
from ..chart.model import Chart, Dependency, Lock
from ..chart.places.source import FoundArchive
from ..errors import ChartError, ChartLoadError, EngineError
from ..plain_text import plain_text
from .lock import check_lock, given, lock_digest, lock_file, lock_name
from .names import shown_repository, with_urls
from .resolve import Locked, Sources, resolve

#: bytes of the name of a file
_LONGEST_NAME = 250


@dataclass(frozen=True)
class Update:
    """What is to be done, and what is there already.

    ``lock``: the lock that applies; ``None``: the chart declares no dependencies. ``lock_data``: the text of a lock that is to be written.
    ``files``: the content of all archives that are to be in ``charts/``, by name; ``write`` and ``remove``: the names of those that are to
    be written and removed. ``file_of``: position of a dependency -> the name of its archive.
    """

    locked: Sequence[Locked] = ()
    lock: Lock | None = None
    lock_name: str = ""
    lock_data: bytes | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    file_of: Mapping[int, str] = field(default_factory=dict)
    write: Sequence[str] = ()
    remove: Sequence[str] = ()
    warnings: Sequence[str] = ()

    @property
    def changed(self) -> bool:
        return bool(self.write or self.remove or self.lock_data is not None)


@dataclass(frozen=True)
class Surroundings:
    """What an update reads.

    ``present``: the content of the files in ``charts/`` by name. ``known``: name of a repository -> its URL. ``fetch`` reads an
    archive and checks that it is what the task requires. ``generated``: the present time for a new lock.
    """

    sources: Sources
    present: Mapping[str, bytes]
    known: Mapping[str, str]
    fetch: Callable[[FoundArchive], bytes]
    generated: str


def plan_update(chart: Chart, around: Surroundings, *, again: bool) -> Update:
    """What is to be done for a chart.

    :param again: resolve the ranges again, whether there is a lock or not.
    :raises EngineError: a dependency cannot be resolved or fetched, or the lock is out of sync.
    """
    metadata = chart.metadata
    required = with_urls(metadata.dependencies, around.known)
    from_lock = chart.lock is not None and not again
    if from_lock:
        check_lock(chart, required)
        locked = resolve(with_urls((chart.lock or Lock()).dependencies, around.known), around.sources, from_lock=True)
    elif not metadata.has_dependencies:
        return Update()
    else:
        locked = resolve(required, around.sources, from_lock=False)
    contents = _Contents(around)
    for position, one in enumerate(locked):
        if one.archive is not None:
            contents.add(position, one, one.archive, required)
    lock, lock_data = chart.lock, None
    if not from_lock:
        items = [one.dependency for one in locked]
        digest = lock_digest(given(metadata, required), items)
        if lock is None or lock.digest != digest:
            lock = Lock(around.generated, digest, items, True)
            lock_data = lock_file(lock)
    return Update(
        locked,
        lock,
        lock_name(metadata),
        lock_data,
        contents.files,
        contents.file_of,
        [name for name, data in contents.files.items() if around.present.get(name) != data],
        _stale(locked, contents.files, around.present),
        contents.warnings,
    )


class _Contents:
    """The archives that are to be in ``charts/``."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.files: dict[str, bytes] = {}
        self.file_of: dict[int, str] = {}
        self.warnings: list[str] = []

    def add(self, position: int, locked: Locked, archive: FoundArchive, required: Sequence[Dependency]) -> None:
        """Raises ``EngineError``."""
        dependency = locked.dependency
        name = _file_name(archive, dependency)
        data = self._data(name, locked, archive)
        if self.files.get(name, data) != data:
            raise ChartLoadError(
                f"Two dependencies have the archive {name} with different content, the second one from "
                f"{shown_repository(dependency.repository)}. A chart cannot have both; remove one of them.",
                file=name,
            )
        self.files[name] = data
        self.file_of[position] = name
        self._check(name, data, dependency, required)
        self.warnings += [sentence for sentence in archive.warnings if sentence not in self.warnings]

    def _data(self, name: str, locked: Locked, archive: FoundArchive) -> bytes:
        """The bytes of an archive: those that are there, if they are the same."""
        present = self._around.present.get(name)
        if present is not None and archive.digest and hashlib.sha256(present).hexdigest() == archive.digest:
            return self._around.fetch(replace(archive, read=lambda: present))
        data = self._around.fetch(archive)
        if present is not None and archive.is_local and _same_files(present, data):
            return present
        return data

    def _check(self, name: str, data: bytes, dependency: Dependency, required: Sequence[Dependency]) -> None:
        chart = load_archive(data, name)
        if chart.name != dependency.name:
            raise ChartLoadError(
                f"The archive {name} from {shown_repository(dependency.repository)} contains the chart {plain_text(chart.name, 100)}, but "
                f"the dependency is {plain_text(dependency.name, 100)}. Correct the name of the dependency, or the repository.",
                chart=dependency.name,
                file=name,
            )
        version = chart.metadata.version
        ranges = [one.version for one in required if one.name == dependency.name]
        if ranges and not any(is_compatible_range(text, version) for text in ranges):
            self.warnings.append(
                f"{name} contains version {plain_text(version, 60)} of {chart.name}, which the chart does not allow. Its condition, "
                "tags and alias have no effect."
            )


def _file_name(archive: FoundArchive, dependency: Dependency) -> str:
    """The name that Helm gives the file, as long as Helm would load it under that name."""
    name = archive.file_name
    plain = name.endswith(".tgz") and name[0] not in "._" and "/" not in name and "\0" not in name
    if plain and len(name.encode("utf-8", "replace")) < _LONGEST_NAME:
        return name
    return f"{dependency.name}-{dependency.version}.tgz"


def _same_files(first: bytes, second: bytes) -> bool:
    """Whether two archives contain the same files."""
    try:
        one, other = ({file.name: file.data for file in read_archive(data)} for data in (first, second))
    except ChartError:
        return False
    return one == other


def _stale(locked: Sequence[Locked], wanted: Mapping[str, bytes], present: Mapping[str, bytes]) -> list[str]:
    """Archives of charts that are not to be in ``charts/``, as Helm removes them.

    Files that are not charts stay, and so do charts with the name of a dependency that has no repository.
    """
    local = {one.dependency.name for one in locked if one.archive is None}
    return [name for name in sorted(present) if name not in wanted and _chart_name(present[name]) not in (None, *local)]


def _chart_name(data: bytes) -> str | None:
    try:
        return load_archive(data).name
    except EngineError:
        return None
