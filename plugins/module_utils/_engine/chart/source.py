# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The port for charts that are fetched: by path, by URL, or from a repository."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .model import Chart


@dataclass(frozen=True)
class FetchedChart:
    """A chart, its origin as text, and what the user should know of how it was fetched."""

    chart: Chart
    origin: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundArchive:
    """A packaged chart at its source, before it is fetched.

    ``digest``: SHA-256 of the archive in hex; empty where the source does not say it. ``manifest``: digest of its manifest in a registry.
    ``file_name``: as Helm names the file. ``read`` fetches the archive and verifies its digest; ``provenance`` fetches the provenance file,
    ``None`` where there is none. Both may raise as ``ChartSource.fetch``. ``warnings`` may grow with each of them.
    """

    file_name: str
    origin: str
    read: Callable[[], bytes]
    provenance: Callable[[], bytes | None]
    digest: str = ""
    manifest: str = ""
    warnings: Sequence[str] = ()


class ChartSource(ABC):
    """A place that holds one chart in one or more versions.

    Both methods may raise ``ChartNotFound``, ``ChartLoadError``, ``RepositoryError``, and ``OptionError`` for a version that does not
    agree with the reference.
    """

    @abstractmethod
    def versions(self) -> Sequence[str]:
        """The versions that can be fetched, newest first."""

    @abstractmethod
    def fetch(self, version: str = "") -> FetchedChart:
        """Fetch and load the chart.

        :param version: a version or a constraint such as ``>=1.2 <2``; empty: the newest stable version.
        """


class ArchiveSource(ChartSource):
    """A place that holds a chart as archives: a URL, a repository, a registry."""

    @abstractmethod
    def find(self, version: str = "") -> FoundArchive:
        """Find the archive of a version without fetching it, as far as that is possible. Raises as ``fetch``."""


class SingleChart(ChartSource):
    """A place that holds one version. A subclass loads it; a version that is requested must allow it."""

    @abstractmethod
    def load(self) -> FetchedChart:
        """Load the chart."""

    def versions(self) -> Sequence[str]:
        return [self.load().chart.metadata.version]

    def fetch(self, version: str = "") -> FetchedChart:
        found = self.load()
        if version:
            from .versions import check_version  # late: few tasks name the version of a chart that they have

            check_version(found.chart.name, found.chart.metadata.version, version, found.origin)
        return found
