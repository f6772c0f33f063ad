# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Charts of repositories and of URLs: found in an index, fetched, checked, loaded.

Archives with a digest in the index are kept in helm's content cache under that digest, and checked against it: a mirror that serves
something else is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..._engine.chart.index import ChartVersion, load_index, resolve_url
from ..._engine.chart.load import load_archive
from ..._engine.chart.model import Chart
from ..._engine.errors import ChartNotFound, NotBuiltYet, OperatorError, RepositoryError
from ..._engine.plain_text import plain_text
from ..._engine.ports import KeptWork
from ..._engine.web import is_web
from ..http.repo_http import Access, Http, without_secrets
from ..private_files import write_private
from .reference import ChartReference
from .repositories import Entry, HelmPaths, Repositories, not_a_repository

ACCEPT = "application/gzip,application/octet-stream"


class RemoteCharts:
    """One look-up over the network, with one HTTP session. Gives a chart, and in words where it came from."""

    def __init__(self, reference: ChartReference, environ: Mapping[str, str], store: KeptWork) -> None:
        self.reference = reference
        self.store = store
        self.paths = HelmPaths.of(environ)
        self.http = Http(environ)
        self.repositories = Repositories(self.paths, self.http)

    def run(self, ref: str) -> tuple[Chart, str]:
        if self.reference.repo_url:
            return self._from_repository_url(ref)
        if is_web(ref):
            return self._from_url(ref)
        return self._from_configured(ref)

    def _from_repository_url(self, name: str) -> tuple[Chart, str]:
        url = self.reference.repo_url
        entry = Entry(name=hashlib.sha256(url.encode()).hexdigest()[:20], url=url)
        access = self._access(url)
        index_url = resolve_url(url, "index.yaml")
        try:
            index = load_index(self.http.get_cached(index_url, access), without_secrets(url))
        except RepositoryError as error:
            raise not_a_repository(url, error) from error
        return self._archive(index.get(name, self.reference.version), entry.url, access)

    def _from_url(self, url: str) -> tuple[Chart, str]:
        data = self.http.get(url, self._access(url), ACCEPT)
        return load_archive(data, without_secrets(url), self.store), without_secrets(url)

    def _access(self, url: str) -> Access:
        """What the task says; without credentials of its own, that of the configured repository that the URL belongs to (Helm:
        ``scanReposForURL``): its authority, certificates and credentials."""
        given = self.reference.access
        if given.username:
            return replace(given, url=url)
        try:
            entries = self.repositories.entries()
        except OperatorError:  # a chart that is named by URL needs no repositories.yaml
            entries = []
        owner = next((e for e in entries if e.url and f"{url}/".startswith(e.url.rstrip("/") + "/")), None)
        return self._with_task(owner.access) if owner else replace(given, url=url)

    def _with_task(self, access: Access) -> Access:
        return replace(access, insecure_skip_tls_verify=True) if self.reference.access.insecure_skip_tls_verify else access

    def _from_configured(self, ref: str) -> tuple[Chart, str]:
        repository, _other, name = ref.partition("/")
        entry = self.repositories.get(repository) if name else None
        if entry is None:
            known = ", ".join(e.name for e in self.repositories.entries()) or "none"
            raise ChartNotFound(
                f"chart_ref {plain_text(ref, 200)!r} is neither an existing path nor a chart in an added repository (added: "
                f"{known}); add the repository with chart_repository, or set chart_repo_url.",
                helm=f"repo {repository} not found"
                if name
                else f"non-absolute URLs should be in form of repo_name/path_to_chart, got: {ref}",
                chart=ref,
            )
        entry = replace(entry, insecure_skip_tls_verify=self._with_task(entry.access).insecure_skip_tls_verify)
        index = self.repositories.refresh(entry) if self.reference.refresh else self.repositories.index(entry)
        return self._archive(index.get(name, self.reference.version), entry.url, entry.access)

    def _archive(self, found: ChartVersion, repo_url: str, access: Access) -> tuple[Chart, str]:
        label = plain_text(f"{found.name}-{found.version}", 200)
        if found.digest and not _is_digest(found.digest):
            raise RepositoryError(
                f"The index of repository {without_secrets(repo_url)} has an invalid digest for {label}: "
                f"{plain_text(found.digest, 100)!r} is not a SHA-256 checksum (64 hexadecimal digits); the index must be corrected.",
                helm=_helm_digest(found.digest),
                url=without_secrets(repo_url),
            )
        if not found.urls:
            raise RepositoryError(
                f"Repository {without_secrets(repo_url)} lists {label} without a download URL.",
                helm=f'chart "{found.name}" has no downloadable URLs',
                url=without_secrets(repo_url),
            )
        url = resolve_url(repo_url, found.urls[0])
        if url.startswith("oci://"):
            raise NotBuiltYet(f"{label} is in an OCI registry ({without_secrets(url)}), which is not supported yet.", feature="oci")
        data = self._kept(found.digest) or self._fetched(url, access, found.digest, label)
        return load_archive(data, label, self.store), without_secrets(url)

    def _fetched(self, url: str, access: Access, digest: str, label: str) -> bytes:
        data = self.http.get(url, access, ACCEPT)
        real = hashlib.sha256(data).hexdigest()
        if digest and real != digest:
            raise RepositoryError(
                f"{without_secrets(url)} does not match the index entry for {label}: its SHA-256 checksum is {real}, but the index "
                f"has {digest}.",
                url=without_secrets(url),
            )
        try:
            write_private(self._cache_path(real), data, 0o644, parents=True)
        except OSError:
            return data  # a cache that cannot be written costs time and nothing else
        return data

    def _kept(self, digest: str) -> bytes | None:
        if not digest:
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


def _helm_digest(text: str) -> str:
    """Helm's words for a digest that is none."""
    try:
        return f"invalid digest length: {len(bytes.fromhex(text.rpartition(':')[2]))}"
    except ValueError:
        return "unable to decode digest"
