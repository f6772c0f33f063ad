# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The port for charts that are fetched: by path, by URL, or from a repository."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...aliases import Json
from ..model import Chart


@dataclass(frozen=True)
class FetchedChart:
    """A chart, its origin as text, and what the user should know of how it was fetched.

    ``archive_digest``: ``sha256:`` and the checksum of the archive; empty: it is a directory. ``provenance``, ``cosign``: as in
    ``FetchedArchive``.
    """

    chart: Chart
    origin: str
    warnings: tuple[str, ...] = ()
    archive_digest: str = ""
    provenance: Mapping[str, Json] | None = None
    cosign: Mapping[str, Json] | None = None


@dataclass(frozen=True)
class FoundArchive:
    """A packaged chart at its source, before it is fetched.

    ``file_name``: as Helm names the file. ``read`` fetches the archive and verifies its digest; ``provenance`` fetches the provenance file,
    ``None`` where there is none. Both may raise as ``ChartSource.fetch``. ``digest``: SHA-256 of the archive in hex; empty where the source
    does not say it. ``manifest``: digest of its manifest in a registry; ``version``: the version that its tag is; ``signatures`` reads what
    cosign stored with the manifest, as for ``first_valid`` in ``oci/signatures.py``. ``signed_as``: name of the archive in its provenance
    file; empty: name and version of its chart. ``label``: its name in messages about its content; empty: ``origin``. ``allowed``: the
    version or range that its chart must have; empty: any. ``warnings`` may grow while it is read. ``is_local``: it is a file of this host.
    ``chart_version``: the version in its chart, where the source lists it in other letters.
    """

    file_name: str
    origin: str
    read: Callable[[], bytes]
    provenance: Callable[[], bytes | None]
    digest: str = ""
    manifest: str = ""
    version: str = ""
    signed_as: str = ""
    label: str = ""
    allowed: str = ""
    signatures: Callable[[], Iterable[tuple[bytes, str]]] = tuple
    warnings: Sequence[str] = ()
    is_local: bool = False
    chart_version: str = ""


@dataclass(frozen=True)
class FetchedArchive:
    """The bytes of an archive that meets what the task requires.

    ``digest``: their SHA-256 in hex. ``provenance``: who signed them, where that was verified (``signed_by``, ``fingerprint``, ``digest``,
    ``file``, ``keyring``), and ``provenance_file`` the file that says so. ``cosign``: the valid signature of the manifest in a registry,
    where one is required (``digest``, ``identity``, ``annotations``).
    """

    data: bytes
    digest: str
    provenance: Mapping[str, Json] | None = None
    provenance_file: bytes | None = None
    cosign: Mapping[str, Json] | None = None
    warnings: tuple[str, ...] = ()


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


class ArchiveSource(ABC):
    """A place that holds a chart as archives: a file, a URL, a repository, a registry.

    Both methods may raise as those of ``ChartSource``.
    """

    @abstractmethod
    def versions(self) -> Sequence[str]:
        """The versions that can be fetched, newest first."""

    @abstractmethod
    def find(self, version: str = "") -> FoundArchive:
        """Find the archive of a version without fetching it.

        :param version: as in ``ChartSource.fetch``.
        """
