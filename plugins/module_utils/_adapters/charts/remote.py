# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Charts of repositories and of URLs: finds them in an index, fetches, verifies and loads them.

Archives with a digest in the index are stored in helm's content cache under that digest, and verified against it: a mirror that serves
another archive is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from ..._engine.chart.index.load import ChartVersion, Index, resolve_url
from ..._engine.chart.load import load_archive
from ..._engine.chart.places.source import ArchiveSource, FoundArchive
from ..._engine.errors import ChartNotFound, RepositoryError
from ..._engine.oci.references import parse_reference
from ..._engine.plain_text import plain_text
from ..._engine.web import is_oci, is_web, split_web
from ..http.repo_http import Access, Http, without_secrets
from .content_cache import ContentCache
from .reference import ChartReference
from .repository.index_cache import index_cache
from .repository.repositories import HelmPaths, Repositories, with_task

ACCEPT = "application/gzip,application/octet-stream"
#: statuses of a file that does not exist; object storage answers 403 where listing is not allowed
_ABSENT = (403, 404, 410)


def remote_source(reference: ChartReference, environ: Mapping[str, str]) -> ArchiveSource:
    """The source of a chart that is not on this machine."""
    remote = Remote(reference, environ)
    ref = reference.ref.strip()
    return ArchiveUrl(remote, ref) if not reference.repo_url and is_web(ref) else RepositoryChart(remote, ref)


class ArchiveUrl(ArchiveSource):
    """The archive at a URL."""

    def __init__(self, remote: Remote, url: str) -> None:
        self._remote = remote
        self._url = url

    def versions(self) -> Sequence[str]:
        found = self.find()
        return [load_archive(found.read(), found.origin).metadata.version]

    def find(self, version: str = "") -> FoundArchive:
        return replace(self._remote.found_at(self._url), allowed=version)


class RepositoryChart(ArchiveSource):
    """A chart of a repository: of the one whose URL the task gives, or of a configured one."""

    def __init__(self, remote: Remote, ref: str) -> None:
        self._remote = remote
        self._ref = ref

    def versions(self) -> Sequence[str]:
        listed = self._remote.listed(self._ref)
        return [entry.version for entry in listed.index.versions(listed.name)]

    def find(self, version: str = "") -> FoundArchive:
        listed = self._remote.listed(self._ref)
        return self._remote.found_archive(self._remote.entry(listed, version), listed.url, listed.access)


@dataclass(frozen=True)
class Listed:
    """The index that lists a chart; ``url`` and ``access`` of its repository."""

    index: Index
    name: str
    url: str
    access: Access


class Remote:
    """The task's access to repositories and URLs, with one HTTP session."""

    def __init__(self, reference: ChartReference, environ: Mapping[str, str]) -> None:
        self.reference = reference
        self.environ = environ
        self.paths = HelmPaths.of(environ)
        self.warnings: list[str] = []
        self.http = Http(environ, offline=reference.offline, warn=self._warn)
        self.repositories = Repositories(self.paths, self.http, index_cache(environ))
        self.archives = ContentCache(self.paths.content_cache)

    def listed(self, ref: str) -> Listed:
        """The index that lists a chart. Raises ``ChartNotFound``, ``RepositoryError``."""
        return self._of_repository_url(ref) if self.reference.repo_url else self._of_configured(ref)

    def entry(self, listed: Listed, version: str) -> ChartVersion:
        """The entry of a version, with warnings about those that are not valid. Raises ``ChartNotFound``."""
        try:
            return listed.index.get(listed.name, version)
        finally:
            for sentence in listed.index.skipped:
                self._warn(sentence)

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _of_repository_url(self, name: str) -> Listed:
        url = self.reference.repo_url
        access = self._access(url)
        return Listed(self.repositories.index_at(url, access), name, url, access)

    def found_at(self, url: str) -> FoundArchive:
        """The archive at a URL, whose digest is not known before it is fetched."""
        access, name = self._access(url), file_name(url)
        return FoundArchive(
            name,
            without_secrets(url),
            lambda: self.http.get_archive(url, access, ACCEPT, self.archives).data,
            lambda: self._provenance(url, access),
            signed_as=name,
            warnings=self.warnings,
        )

    def _access(self, url: str) -> Access:
        return self.repositories.access_to(url, self.reference.access)

    def _of_configured(self, ref: str) -> Listed:
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
        access = with_task(entry.access, self.reference.access)
        refresh = self.reference.refresh and not self.reference.offline
        index = self.repositories.refresh(entry, access) if refresh else self.repositories.index(entry, access)
        return Listed(index, name, entry.url, access)

    def found_archive(self, found: ChartVersion, repo_url: str, access: Access) -> FoundArchive:
        """The archive of an entry of an index, from the cache or fetched.

        It is checked against the digest of the entry.
        """
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
        if is_oci(url):
            return self._in_registry(url, repo_url, access, found)
        name = file_name(url)
        return FoundArchive(
            name,
            without_secrets(url),
            lambda: self.archives.get(found.digest) or self._fetched(url, access, found.digest, label),
            lambda: self._provenance(url, access),
            found.digest,
            signed_as=name,
            label=label,
            warnings=self.warnings,
        )

    def _provenance(self, url: str, access: Access) -> bytes | None:
        """The provenance file next to an archive; a query in the URL (a token, for example) applies to both."""
        parts = split_web(url)
        try:
            return self.http.get(parts._replace(path=f"{parts.path}.prov").geturl(), access)
        except RepositoryError as error:
            if error.fields.get("status") in _ABSENT:
                return None
            raise

    def _in_registry(self, url: str, repo_url: str, access: Access, found: ChartVersion) -> FoundArchive:
        """The chart of an entry that leads to a registry, as the entries of Bitnami's index do.

        Credentials of the repository are sent to its own host only.
        """
        from .registry_chart import registry_chart

        reference = parse_reference(url, f"The URL of {plain_text(found.name, 100)} in the index")
        if not access.pass_credentials and reference.host != split_web(repo_url).netloc.rpartition("@")[2]:
            access = replace(access, username="", password="", cert_file="", key_file="")
        access = replace(access, plain_http=self.reference.access.plain_http)
        version = "" if reference.tag or reference.digest else found.version
        offline = self.reference.offline
        return registry_chart(url, "", access, self.environ, offline=offline).find_with_digest(version, found.digest)

    def _fetched(self, url: str, access: Access, digest: str, label: str) -> bytes:
        if not digest:
            return self.http.get_archive(url, access, ACCEPT, self.archives).data
        data = self.http.get(url, access, ACCEPT)
        real = hashlib.sha256(data).hexdigest()
        if real != digest:
            raise RepositoryError(
                f"{without_secrets(url)} does not match the index entry for {label}: its SHA-256 checksum is {real}, but the index "
                f"has {digest}.",
                url=without_secrets(url),
            )
        self.archives.put(real, data)
        return data


def file_name(url: str) -> str:
    """The name of the file that Helm writes for a URL: the last part of its path."""
    return unquote(split_web(url).path).rstrip("/").rpartition("/")[2] or "chart.tgz"


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)


def _helm_digest(text: str) -> str:
    """Helm's error for an invalid digest."""
    try:
        return f"invalid digest length: {len(bytes.fromhex(text.rpartition(':')[2]))}"
    except ValueError:
        return "unable to decode digest"
