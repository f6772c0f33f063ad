# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Stores packaged charts in a folder, with their provenance files next to them.

An ``index.yaml`` there is not changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...._engine.chart.places.sink import ChartSink, PackedChart, StoredChart
from ...._engine.errors import OptionError
from ...private_files import reason
from ..files import on_disk
from ..packages import read_package, write_package


class FolderSink(ChartSink):
    """:param folder: it is created if it does not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def address(self, name: str, version: str) -> str:
        return str(self._archive(name, version))

    def check(self, name: str, version: str) -> None:
        write_package(self._archive(name, version), b"", check=True)

    def find(self, name: str, version: str, *, proof: bool = False) -> StoredChart | None:
        archive = self._archive(name, version)
        data = read_package(archive)
        if data is None:
            return None
        provenance = read_package(_proof(archive)) if proof else None
        return StoredChart(_digest(data), "" if provenance is None else _digest(provenance))

    def push(self, chart: PackedChart, present: StoredChart | None) -> StoredChart:
        """The provenance file is written first: an archive is never next to that of another one."""
        archive = self._archive(chart.name, chart.version)
        replaced = present is not None and present.digest != chart.digest
        if chart.provenance is not None:
            write_package(_proof(archive), chart.provenance, check=False)
        elif replaced:
            self._remove(_proof(archive))
        if present is None or replaced:
            write_package(archive, chart.data, check=False)
        return StoredChart(chart.digest, chart.proof)

    def delete(self, name: str, version: str, present: StoredChart) -> None:
        archive = self._archive(name, version)
        self._remove(archive)
        self._remove(_proof(archive))

    def _archive(self, name: str, version: str) -> Path:
        return self._folder / f"{name}-{version}.tgz"

    def _remove(self, path: Path) -> None:
        try:
            Path(on_disk(str(path))).unlink(missing_ok=True)
        except OSError as error:
            raise OptionError(f"destination: {path} cannot be removed: {reason(error)}.", option="destination") from None


def _proof(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.prov")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
