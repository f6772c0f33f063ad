# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Charts on this host: directories and archives."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..._engine.chart.load import load_archive
from ..._engine.chart.places.source import ArchiveSource, ChartSource, FetchedChart, FoundArchive
from ..._engine.errors import VerificationError
from ..._engine.ports import CompiledCache
from .files import read_bounded, read_chart, read_chart_archive
from .reference import Trust


class LocalDirectory(ChartSource):
    """The chart in a directory.

    :param trust: what the task requires of the chart. A directory has neither a checksum nor a signature.
    """

    def __init__(self, path: Path, trust: Trust, cache: CompiledCache | None) -> None:
        self._path = str(path)
        self._trust = trust
        self._cache = cache

    def versions(self) -> Sequence[str]:
        return [self.fetch().chart.metadata.version]

    def fetch(self, version: str = "") -> FetchedChart:
        if not self._trust.requires_nothing:
            from .trust import check_directory  # late: few tasks verify their chart

            check_directory(self._trust, self._path)
        chart = read_chart(self._path, self._cache)
        if version:
            from ..._engine.chart.versions import check_version  # late: few tasks name the version of a chart that they have

            check_version(chart.name, chart.metadata.version, version, self._path)
        return FetchedChart(chart, self._path)


class LocalArchive(ArchiveSource):
    """An archive, with its provenance file next to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def versions(self) -> Sequence[str]:
        return [load_archive(read_chart_archive(self._path), str(self._path)).metadata.version]

    def find(self, version: str = "") -> FoundArchive:
        path = self._path
        return FoundArchive(
            path.name,
            str(path),
            lambda: read_chart_archive(path),
            lambda: _provenance(path),
            signed_as=path.name,
            label=os.path.abspath(path),  # noqa: PTH100  links stay
            allowed=version,
            is_local=True,
        )


def _provenance(path: Path) -> bytes | None:
    """The provenance file next to an archive. Raises ``VerificationError`` where it cannot be read."""
    from ..private_files import reason

    file = path.with_name(f"{path.name}.prov")
    try:
        return read_bounded(file) or b""
    except FileNotFoundError:
        return None
    except OSError as error:
        raise VerificationError(
            f"The provenance file {file} cannot be read: {reason(error)}.",
            helm=f"failed to read provenance file: open {file}: {reason(error).lower()}",
            reason="missing",
            chart=str(path),
        ) from None
