# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Places that charts are copied from: the index of a repository, a registry, a folder of archives."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ...._engine.chart.archives.bounds import MAX_DECOMPRESSED
from ...._engine.chart.index.load import ChartVersion
from ...._engine.chart.load import load_archive
from ...._engine.chart.places.catalog import ChartCatalog
from ...._engine.chart.places.sink import MAX_PROVENANCE
from ...._engine.chart.places.source import FoundArchive
from ...._engine.chart.versions import parsed
from ...._engine.errors import ChartNotFound, EngineError, OptionError
from ...._engine.oci.manifests import MAX_MANIFEST, Descriptor, Manifest, chart_layer, parse_manifest
from ...._engine.oci.references import Reference, parse_reference, tag_of
from ...._engine.oci.tags import sorted_tags, version_in_config
from ...._engine.web import OCI
from ...credentials.registry_logins import find_login
from ...http.connections import Access
from ...private_files import reason
from ...registry.repository import Repository
from ..files import in_utf8, read_chart_archive
from ..packages import read_provenance
from ..reference import ChartReference
from ..remote import Listed, Remote

Warn = Callable[[str], None]


class IndexCatalog(ChartCatalog):
    """The charts of a repository, whose index is read once.

    :param ref: the name of an added repository; empty: the one whose URL the reference has.
    """

    def __init__(self, reference: ChartReference, environ: Mapping[str, str], ref: str = "") -> None:
        self._remote = Remote(reference, environ)
        self._ref = ref
        self._lock = threading.RLock()
        self._listed: Listed | None = None
        self._entries: dict[str, dict[str, ChartVersion]] = {}

    def names(self) -> Sequence[str]:
        return self._list().index.names

    def versions(self, name: str) -> Sequence[str]:
        return list(self._of(name))

    def find(self, name: str, version: str) -> FoundArchive:
        listed, entry = self._list(), self._of(name).get(version)
        if entry is None:
            raise ChartNotFound(f"The index has no version {version} of the chart {name}.", chart=name, version=version)
        return self._remote.found_archive(entry, listed.url, listed.access)

    def _of(self, name: str) -> dict[str, ChartVersion]:
        """The entries of a chart by version, newest first.

        Of two with the same version, the first counts, as in Helm.
        """
        with self._lock:
            if name not in self._entries:
                found: dict[str, ChartVersion] = {}
                for entry in self._list().index.versions(name):
                    found.setdefault(entry.version, entry)
                self._entries[name] = found
            return self._entries[name]

    def _list(self) -> Listed:
        with self._lock:
            if self._listed is None:
                self._listed = self._remote.listed(f"{self._ref}/index" if self._ref else "")
            return self._listed


class FolderCatalog(ChartCatalog):
    """The archives in a folder and its direct subfolders, as ``helm repo index`` finds them."""

    def __init__(self, folder: Path, warn: Warn) -> None:
        self._folder = folder
        self._warn = warn
        self._lock = threading.Lock()
        self._found: dict[str, dict[str, Path]] | None = None

    def names(self) -> Sequence[str]:
        return sorted(self._archives())

    def versions(self, name: str) -> Sequence[str]:
        found = self._archives().get(name)
        if found is None:
            names = ", ".join(sorted(self._archives())[:8]) or "none"
            raise ChartNotFound(f"{self._folder} has no chart named {name!r}; it has {names}.", chart=name)
        return sorted(found, key=lambda text: (parsed(text) is not None, parsed(text) or text), reverse=True)

    def find(self, name: str, version: str) -> FoundArchive:
        path = self._archives()[name][version]
        data, proof = read_chart_archive(path), path.with_name(f"{path.name}.prov")
        return FoundArchive(path.name, str(path), lambda: data, lambda: read_provenance(proof))

    def _archives(self) -> dict[str, dict[str, Path]]:
        with self._lock:
            if self._found is None:
                self._found = self._scan()
            return self._found

    def _scan(self) -> dict[str, dict[str, Path]]:
        try:
            if not self._folder.is_dir():
                raise OptionError(f"source: there is no directory {self._folder}.", option="source")
            paths = sorted([*self._folder.glob("*.tgz"), *self._folder.glob("*/*.tgz")], key=os.fsencode)
        except OSError as error:
            raise OptionError(f"source: {self._folder} cannot be read: {reason(error)}.", option="source") from None
        found: dict[str, dict[str, Path]] = {}
        for path in paths:
            try:
                metadata = load_archive(read_chart_archive(path), str(path)).metadata
            except EngineError as error:
                self._warn(f"{in_utf8(str(path))} was left out: {error.message}")
                continue
            found.setdefault(metadata.name, {}).setdefault(metadata.version, path)
        return found


class RegistryCatalog(ChartCatalog):
    """The charts below one path of a registry. Each thread has connections and tokens of its own.

    :param place: ``oci://host/path``, to which the name of a chart is appended.
    """

    def __init__(self, place: str, access: Access, environ: Mapping[str, str], warn: Warn) -> None:
        self.place = OCI + place[len(OCI) :].rstrip("/")
        self._access = access
        self._environ = environ
        self._warn = warn
        self._lock = threading.Lock()
        self._tags: dict[str, list[str]] = {}
        self._own = threading.local()

    def names(self) -> Sequence[str]:
        raise OptionError("A registry does not list its charts; set charts to the names of those to copy.", option="charts")

    def versions(self, name: str) -> Sequence[str]:
        found = sorted_tags(self.tags(name)).versions
        if not found:
            raise ChartNotFound(
                f"{self.place}/{name} does not exist, or has no tag that is a version; check source and charts.", chart=name
            )
        return found

    def find(self, name: str, version: str) -> FoundArchive:
        reference, repository = self.reference(name), self.repository(name)
        fetched = repository.manifest(tag_of(version))
        shown = str(reference.at(tag_of(version)))
        manifest = parse_manifest(fetched.data, shown)
        layer, proof = chart_layer(manifest, shown), manifest.provenance
        return FoundArchive(
            f"{name}-{version}.tgz",
            shown,
            lambda: repository.blob(layer, MAX_DECOMPRESSED),
            lambda: _proof(repository, proof),
            layer.digest.partition(":")[2],
            fetched.digest,
            chart_version=self.chart_version(name, version, manifest),
        )

    def has(self, name: str, version: str) -> bool:
        """Gitea lists its tags in lower case, and finds them in any."""
        found = self.versions(name)
        if version in found or version.lower() not in found:
            return version in found
        try:
            self.repository(name).manifest(tag_of(version))
        except ChartNotFound:
            return False
        return True

    def chart_version(self, name: str, version: str, manifest: Manifest) -> str:
        """The version of a tag in the letters of its chart, since tags may be listed in lower case."""
        if manifest.config is None or version.lower() == version.upper():
            return version
        return version_in_config(self.repository(name).blob(manifest.config, MAX_MANIFEST), version)

    def tags(self, name: str) -> list[str]:
        """All tags of a chart, listed once."""
        with self._lock:
            if name not in self._tags:
                self._tags[name] = self.repository(name).tags()
            return self._tags[name]

    def reference(self, name: str) -> Reference:
        return parse_reference(f"{self.place}/{name}", "source")

    def repository(self, name: str) -> Repository:
        """The repository of a chart, for this thread."""
        own: dict[str, Repository] = self._own.__dict__.setdefault("repositories", {})
        if name not in own:
            reference = self.reference(name)
            own[name] = Repository(
                reference,
                self._access,
                self._environ,
                lambda: find_login(reference.host, reference.repository, self._environ, self._warn),
                self._warn,
            )
        return own[name]


def _proof(repository: Repository, proof: Descriptor | None) -> bytes | None:
    return repository.blob(proof, MAX_PROVENANCE) if proof else None
