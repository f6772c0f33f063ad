# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Fetches archives that were found, and loads their charts.

All archives pass through ``fetch_archive``: it compares them with what the task requires, wherever they come from and whatever they are
for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..._engine.chart.load import load_archive
from ..._engine.chart.model import Chart
from ..._engine.chart.places.source import ArchiveSource, ChartSource, FetchedArchive, FetchedChart, FoundArchive
from ..._engine.ports import CompiledCache
from .reference import ChartReference


def fetch_archive(found: FoundArchive, reference: ChartReference, environ: Mapping[str, str]) -> FetchedArchive:
    """The bytes of an archive. Raises as ``ChartSource.fetch``.

    :raises VerificationError: it is not what the task requires. It is not fetched if its source states another checksum, or if its manifest
        has no valid signature of cosign.
    """
    if reference.trust.requires_nothing:
        data = found.read()
        return FetchedArchive(data, hashlib.sha256(data).hexdigest())
    from .trust import check_archive, check_found  # late: few tasks verify their chart

    cosign = check_found(found, reference, environ)
    return replace(check_archive(found, found.read(), reference, environ), cosign=cosign)


def load_chart_of(found: FoundArchive, data: bytes, cache: CompiledCache | None) -> Chart:
    """The chart in the bytes of an archive.

    Raises ``ChartLoadError``, and ``ChartNotFound`` for a version that is not allowed.
    """
    chart = load_archive(data, found.label or found.origin, cache)
    if found.allowed:
        from ..._engine.chart.versions import check_version  # late: few tasks name the version of a chart that they have

        check_version(chart.name, chart.metadata.version, found.allowed, found.origin)
    return chart


class ArchivedCharts(ChartSource):
    """The charts in the archives of a source.

    :param reference: what the task requires of an archive.
    """

    def __init__(self, archives: ArchiveSource, reference: ChartReference, environ: Mapping[str, str], cache: CompiledCache | None) -> None:
        self._archives = archives
        self._reference = reference
        self._environ = environ
        self._cache = cache

    def versions(self) -> Sequence[str]:
        return self._archives.versions()

    def fetch(self, version: str = "") -> FetchedChart:
        found = self._archives.find(version)
        archive = fetch_archive(found, self._reference, self._environ)
        chart = load_chart_of(found, archive.data, self._cache)
        warnings = (*found.warnings, *archive.warnings)
        return FetchedChart(chart, found.origin, warnings, f"sha256:{archive.digest}", archive.provenance, archive.cosign)
