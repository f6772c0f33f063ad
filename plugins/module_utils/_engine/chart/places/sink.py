# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The port for places that packages are pushed to: a registry, a repository, a folder."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property

from ...aliases import JsonObject

#: bytes of a provenance file
MAX_PROVENANCE = 1 << 20


@dataclass(frozen=True)
class PackedChart:
    """A packaged chart that is pushed.

    ``metadata``: Chart.yaml as ``metadata_tree`` returns it. ``created``: when the archive was written, RFC 3339. ``provenance``: the
    bytes of its provenance file; ``None``: none is pushed.
    """

    data: bytes = field(repr=False)
    metadata: JsonObject
    created: str
    provenance: bytes | None = None

    @property
    def name(self) -> str:
        return str(self.metadata["name"])

    @property
    def version(self) -> str:
        return str(self.metadata["version"])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the archive in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def proof(self) -> str:
        """SHA-256 of the provenance file in hex; empty: none is pushed."""
        return "" if self.provenance is None else hashlib.sha256(self.provenance).hexdigest()


@dataclass(frozen=True)
class StoredChart:
    """One version of a chart in a sink.

    ``digest``: SHA-256 of the archive in hex. ``proof``: that of the provenance file; empty: there is none, or
    it was not requested.
    ``manifest``: digest of the manifest in a registry.
    """

    digest: str
    proof: str = ""
    manifest: str = ""


class ChartSink(ABC):
    """A place that charts are pushed to. Every method may raise ``RepositoryError`` and ``OperatorError``."""

    @abstractmethod
    def address(self, name: str, version: str) -> str:
        """Where a version is or will be, for messages and results.

        Raises ``OptionError`` for a name that the sink cannot hold.
        """

    @abstractmethod
    def find(self, name: str, version: str, *, proof: bool = False) -> StoredChart | None:
        """What the sink has under a name and a version; ``None``: nothing.

        :param proof: whether ``StoredChart.proof`` is needed.
        """

    @abstractmethod
    def check(self, name: str, version: str) -> None:
        """Raise the error of ``push`` or ``delete``, as far as that can be known without writing."""

    def predict(self, chart: PackedChart) -> StoredChart:
        """What ``push`` would return. Raises its error, as ``check`` does."""
        self.check(chart.name, chart.version)
        return StoredChart(chart.digest, chart.proof)

    @abstractmethod
    def push(self, chart: PackedChart, present: StoredChart | None) -> StoredChart:
        """Store a version.

        :param present: what ``find`` has found. Something with another digest is replaced.
        """

    @abstractmethod
    def delete(self, name: str, version: str, present: StoredChart) -> None:
        """Remove a version, with its provenance file."""
