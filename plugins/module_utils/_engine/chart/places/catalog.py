# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The port for places that hold many charts, each in many versions: what a copy reads from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from .source import FoundArchive


class ChartCatalog(ABC):
    """Several threads may use one catalog.

    Every method may raise ``RepositoryError``, ``ChartNotFound`` and ``OperatorError``.
    """

    @abstractmethod
    def names(self) -> Sequence[str]:
        """The names of all charts, sorted. Raises ``OptionError`` where the place cannot list them."""

    @abstractmethod
    def versions(self, name: str) -> Sequence[str]:
        """All versions of a chart, newest first."""

    def has(self, name: str, version: str) -> bool:
        """Whether there is exactly this version of a chart."""
        return version in self.versions(name)

    @abstractmethod
    def find(self, name: str, version: str) -> FoundArchive:
        """The archive of exactly this version, before it is fetched."""
