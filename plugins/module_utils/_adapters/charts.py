# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""From what a task calls a chart to the chart in memory (Helm: ``ChartPathOptions.LocateChart``).

A reference is, in this order: a path that exists; a chart of the repository whose URL is given; an http(s) URL of an
archive; ``repository/name`` of a configured repository. Archives with a digest in the index are kept in helm's content
cache under that digest, and checked against it: a mirror that serves something else is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from .._engine.chart.index import ChartVersion, load_index, resolve_url
from .._engine.chart.load import load_archive
from .._engine.chart.model import Chart
from .._engine.errors import ChartNotFound, NotBuiltYet, RepositoryError
from .._engine.ports import KeptWork
from .files import read_chart
from .kept_work import kept_work
from .private_files import write_private
from .repo_http import Access, Http, without_secrets
from .repositories import Entry, HelmPaths, Repositories, not_a_repository

ACCEPT = "application/gzip,application/octet-stream"


@dataclass(frozen=True)
class ChartReference:
    """What a task says. ``access.url`` is not read; credentials belong to ``repo_url``, or to the URL itself.

    ``folder``: relative paths are taken from here. ``refresh``: ask the repository for a new index first.
    """

    ref: str
    repo_url: str = ""
    version: str = ""
    access: Access = field(default_factory=Access)
    refresh: bool = False
    folder: str = ""


@dataclass(frozen=True)
class Resolved:
    """The chart, and in words where it came from."""

    chart: Chart
    origin: str


def resolve(reference: ChartReference, environ: Mapping[str, str]) -> Resolved:
    """Find, fetch and load. Raises ``ChartNotFound``, ``ChartLoadError``, ``RepositoryError``, ``NotBuiltYet``."""
    ref = reference.ref.strip()
    store = kept_work(environ)
    if ref.startswith("oci://"):
        raise NotBuiltYet(
            "chart_ref: charts from OCI registries (oci://) are not built yet; use a repository, a URL or a file.", feature="oci"
        )
    if not reference.repo_url:
        path = Path(reference.folder, Path(ref).expanduser()) if reference.folder else Path(ref).expanduser()
        if path.exists():
            return Resolved(read_chart(str(path), store), str(path))
        if ref.startswith(("/", ".", "~")):
            raise ChartNotFound(
                f"chart_ref: there is no chart at {path}; give a chart's folder or .tgz, a URL, or repository/name.",
                helm=f'path "{ref}" not found',
                chart=ref,
            )
    return _Fetch(reference, environ, store).run(ref)


class _Fetch:
    """One look-up over the network, with one HTTP session."""

    def __init__(self, reference: ChartReference, environ: Mapping[str, str], store: KeptWork) -> None:
        self.reference = reference
        self.store = store
        self.paths = HelmPaths.of(environ)
        self.http = Http(environ)
        self.repositories = Repositories(self.paths, self.http)

    def run(self, ref: str) -> Resolved:
        if self.reference.repo_url:
            return self._from_repository_url(ref)
        if urlsplit(ref).scheme in ("http", "https"):
            return self._from_url(ref)
        return self._from_configured(ref)

    def _from_repository_url(self, name: str) -> Resolved:
        url = self.reference.repo_url
        entry = Entry(name=hashlib.sha256(url.encode()).hexdigest()[:20], url=url)
        access = replace(self.reference.access, url=url)
        index_url = resolve_url(url, "index.yaml")
        try:
            index = load_index(self.http.get_cached(index_url, access), without_secrets(url))
        except RepositoryError as error:
            raise not_a_repository(url, error) from error
        return self._archive(index.get(name, self.reference.version), entry.url, access)

    def _from_url(self, url: str) -> Resolved:
        owner = next((e for e in self.repositories.entries() if e.url and url.startswith(e.url.rstrip("/") + "/")), None)
        access = owner.access if owner and not self.reference.access.username else replace(self.reference.access, url=url)
        data = self.http.get(url, access, ACCEPT)
        return Resolved(load_archive(data, without_secrets(url), self.store), without_secrets(url))

    def _from_configured(self, ref: str) -> Resolved:
        repository, _other, name = ref.partition("/")
        entry = self.repositories.get(repository) if name else None
        if entry is None:
            known = ", ".join(e.name for e in self.repositories.entries()) or "none"
            raise ChartNotFound(
                f"chart_ref {ref!r} is neither a path that exists nor a chart of a known repository (known: {known}); "
                "add the repository with chart_repository, or give chart_repo_url.",
                helm=f"repo {repository} not found"
                if name
                else f"non-absolute URLs should be in form of repo_name/path_to_chart, got: {ref}",
                chart=ref,
            )
        index = self.repositories.refresh(entry) if self.reference.refresh else self.repositories.index(entry)
        return self._archive(index.get(name, self.reference.version), entry.url, entry.access)

    def _archive(self, found: ChartVersion, repo_url: str, access: Access) -> Resolved:
        label = f"{found.name}-{found.version}"
        if not found.urls:
            raise RepositoryError(
                f"Repository {without_secrets(repo_url)} lists {label} without a URL to fetch it from.",
                helm=f'chart "{found.name}" has no downloadable URLs',
                url=without_secrets(repo_url),
            )
        url = resolve_url(repo_url, found.urls[0])
        if url.startswith("oci://"):
            raise NotBuiltYet(f"{label} lies in an OCI registry ({url}), which is not built yet.", feature="oci")
        data = self._kept(found.digest) or self._fetched(url, access, found.digest, label)
        return Resolved(load_archive(data, label, self.store), without_secrets(url))

    def _fetched(self, url: str, access: Access, digest: str, label: str) -> bytes:
        data = self.http.get(url, access, ACCEPT)
        real = hashlib.sha256(data).hexdigest()
        if _is_digest(digest) and real != digest:
            raise RepositoryError(
                f"{without_secrets(url)} is not the archive that the index promises for {label}: "
                f"its sha256 is {real}, the index says {digest}.",
                url=without_secrets(url),
            )
        try:
            write_private(self._cache_path(real), data, mode=0o644)
        except OSError:
            return data  # a cache that cannot be written costs time and nothing else
        return data

    def _kept(self, digest: str) -> bytes | None:
        if not _is_digest(digest):
            return None
        try:
            data = self._cache_path(digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def _cache_path(self, digest: str) -> Path:
        return self.paths.content_cache / digest[:2] / f"{digest}.chart"


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)
