# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Copies charts from a catalog to a sink, one version at a time.

What the sink has with the same digest is not fetched: a copy that was interrupted goes on where it ended.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..chart.places.catalog import ChartCatalog
from ..chart.places.sink import MAX_PROVENANCE, ChartSink, PackedChart, StoredChart
from ..chart.places.source import FoundArchive
from ..chart.versions import constraint, parsed
from ..errors import ChartNotFound, RepositoryError
from .push import WRITES, decide, packed_chart

FAILED, SIGNATURES = "failed", "signatures_added"
#: statuses of a version that was written
COPIED = (*WRITES, SIGNATURES)


@dataclass(frozen=True)
class Item:
    """One version of a chart to copy."""

    name: str
    version: str


@dataclass(frozen=True)
class Policy:
    """How versions are copied.

    ``provenance`` and ``signatures``: whether they travel along. ``check``: nothing is written. ``inspect``: called with the bytes of each
    archive and its origin, for what the caller wants to know of it.
    """

    on_exists: str
    provenance: bool = True
    signatures: bool = True
    check: bool = False
    inspect: Callable[[bytes, str], list[str]] | None = None


@dataclass(frozen=True)
class Copied:
    """What became of one version.

    ``status``: one of ``decide``, or ``signatures_added``, or ``failed`` with a ``message``. ``signatures``: how many were copied.
    """

    name: str
    version: str
    status: str
    address: str = ""
    digest: str = ""
    manifest: str = ""
    provenance: bool = False
    signatures: int = 0
    message: str = ""
    found: list[str] = field(default_factory=list)


class Transfer(ABC):
    """Copies single versions. One thread uses one transfer."""

    @abstractmethod
    def copy(self, item: Item) -> Copied:
        """Copy a version. Raises ``EngineError``."""


class ArchiveTransfer(Transfer):
    """From any catalog to any sink.

    :param warn: takes sentences for the user.
    """

    def __init__(self, catalog: ChartCatalog, sink: ChartSink, policy: Policy, warn: Callable[[str], None]) -> None:
        self._catalog = catalog
        self._sink = sink
        self._policy = policy
        self._warn = warn

    def copy(self, item: Item) -> Copied:
        archive = self._catalog.find(item.name, item.version)
        item = replace(item, version=archive.chart_version or item.version)
        address = self._sink.address(item.name, item.version)
        data = None if archive.digest else archive.read()
        digest = archive.digest if data is None else hashlib.sha256(data).hexdigest()
        proof = self._proof(archive, digest) if self._policy.provenance else None
        like = StoredChart(digest, "" if proof is None else hashlib.sha256(proof).hexdigest())
        present = self._sink.find(item.name, item.version, proof=proof is not None)
        status = decide(like, present, self._policy.on_exists, address)
        stored = present or like
        if status in WRITES and self._policy.check:
            stored = self._predicted(item, archive, data, proof, like)
        elif status in WRITES:
            data = archive.read() if data is None else data
            stored = self._sink.push(_packed(item, archive, data, proof), present)
        found: list[str] = []
        if self._policy.inspect is not None:
            found = self._policy.inspect(archive.read() if data is None else data, archive.origin)
        return Copied(item.name, item.version, status, address, stored.digest, stored.manifest, bool(stored.proof), found=found)

    def _predicted(self, item: Item, archive: FoundArchive, data: bytes | None, proof: bytes | None, like: StoredChart) -> StoredChart:
        """What pushing would store.

        The manifest is known if the archive is read already. It is not downloaded for that.
        """
        if data is not None:
            return self._sink.predict(_packed(item, archive, data, proof))
        self._sink.check(item.name, item.version)
        return like

    def _proof(self, archive: FoundArchive, digest: str) -> bytes | None:
        proof = archive.provenance()
        if proof is not None and (len(proof) > MAX_PROVENANCE or digest.encode() not in proof):
            self._warn(f"The provenance file of {archive.origin} is about another archive, and was not copied.")
            return None
        return proof


def _packed(item: Item, archive: FoundArchive, data: bytes, proof: bytes | None) -> PackedChart:
    chart = packed_chart(data, archive.origin, None, proof)
    if (chart.name, chart.version) != (item.name, item.version):
        raise RepositoryError(
            f"{archive.origin} contains {chart.name} {chart.version}, where {item.name} {item.version} is expected; it was not copied."
        )
    return chart


def chosen(catalog: ChartCatalog, name: str, allowed: str) -> list[Item]:
    """The versions of a chart that are copied: all, or one exactly, or those that a constraint allows.

    Raises ``ChartNotFound``.
    """
    versions = list(catalog.versions(name))
    if not allowed:
        found: Sequence[str] = versions
    elif catalog.has(name, allowed):
        found = [allowed]
    else:
        wanted = constraint(allowed, name)
        found = [text for text in versions if (version := parsed(text)) is not None and wanted.check(version)]
    if not found:
        what = f"a version that {allowed!r} allows" if allowed else "a version"
        shown = ", ".join(versions[:8]) or "none"
        raise ChartNotFound(f"The source does not have {what} of the chart {name!r}; it has {shown}.", chart=name, version=allowed)
    return [Item(name, version) for version in dict.fromkeys(found)]
