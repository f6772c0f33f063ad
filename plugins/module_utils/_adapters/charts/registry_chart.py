# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds, fetches, verifies and loads a chart in an OCI registry.

Helm: ``Client.ValidateReference``, ``Client.Pull``.

One exact version costs one request for the manifest and one for the archive, which is not fetched if Helm's content cache has it. A range
lists the tags first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..._engine.chart.archives.bounds import MAX_DECOMPRESSED
from ..._engine.chart.places.source import ArchiveSource, FoundArchive
from ..._engine.chart.versions import constraint
from ..._engine.errors import ChartNotFound, OptionError, RepositoryError
from ..._engine.oci.manifests import Descriptor, Manifest, candidates, chart_layer, parse_manifest
from ..._engine.oci.references import Reference, exact_tag, is_digest, is_tag, parse_reference, version_of
from ..._engine.oci.tags import some, sorted_tags
from ..._engine.plain_text import plain_text
from ..._engine.sprig.semver import Constraint, SemverError
from ..._engine.web import OCI
from ..credentials.registry_logins import find_login
from ..http.connections import Access
from ..registry.manifest_cache import ManifestCache
from ..registry.repository import Fetched, Repository
from .content_cache import ContentCache
from .repository.repositories import HelmPaths

#: what ``devel`` asks for; it says nothing about a tag that is named
_ANY = ">0.0.0-0"
#: bytes of a provenance file
MAX_PROVENANCE = 1 << 20
_MAX_INDEX = 16  # manifests of an index that are looked at


@dataclass(frozen=True)
class Wanted:
    """What a reference and a version name together.

    ``tag``: a tag that is named. ``digest``: the manifest's. ``allowed``: the text of a range, for the newest tag in it, or for what a
    digest leads to.
    """

    tag: str = ""
    digest: str = ""
    allowed: str = ""


def wanted(reference: Reference, version: str) -> Wanted:
    """What the two options name.

    :param version: a version, a range, a tag, or a digest (``sha256:...``), or a version or tag with a digest (``1.2.3@sha256:...``).
    :raises OptionError: they do not agree, or the digest is not valid.
    """
    text, at, digest = version.strip().rpartition("@")
    if not at and digest.startswith("sha256:"):
        text = ""
    elif not at:
        text, digest = digest, ""
    if digest and not is_digest(digest):
        raise OptionError(
            f"chart_version {plain_text(version, 120)!r} does not end with a digest (sha256: and 64 hexadecimal digits in lower case).",
            option="chart_version",
        )
    if reference.digest and digest and reference.digest != digest:
        raise OptionError(f"chart_ref names {reference.digest} and chart_version {digest}; remove one of them.", option="chart_version")
    digest = reference.digest or digest
    if text == _ANY and (reference.tag or digest):
        text = ""
    tag = exact_tag(text) if text else ""
    if not tag and text and not _is_range(text) and is_tag(text):
        tag = text
    if reference.tag and text and tag != reference.tag:
        raise OptionError(
            f"chart_ref names the tag {reference.tag!r} and chart_version is {plain_text(text, 100)!r}; remove one of them.",
            helm=f"chart reference and version mismatch: {text} is not {reference.tag}",
            option="chart_version",
        )
    return Wanted(tag or reference.tag, digest, "" if tag or reference.tag else text)


def _is_range(text: str) -> bool:
    try:
        Constraint.parse(text)
    except SemverError:
        return False
    return True


class RegistryChart(ArchiveSource):
    """The chart of one repository in a registry.

    :param reference: the reference, with a tag or a digest or none.
    :param access: TLS and the task's credentials.
    :param offline: nothing is requested; what is not in the caches is an error.
    """

    def __init__(self, reference: Reference, access: Access, environ: Mapping[str, str], *, offline: bool = False) -> None:
        self._reference = reference
        self._offline = offline
        self._warnings: list[str] = []
        self._archives = ContentCache(HelmPaths.of(environ).content_cache)
        self._manifests = ManifestCache(environ, (reference.host, reference.repository, access.username, access.password))
        self._repository = Repository(
            reference,
            access,
            environ,
            lambda: find_login(reference.host, reference.repository, environ, self._warn),
            self._warn,
        )

    def versions(self) -> Sequence[str]:
        return sorted_tags(self._tags()).versions

    def _tags(self) -> list[str]:
        """All tags of the repository. They are cached for tasks that are offline."""
        if self._offline:
            known = self._manifests.tags()
            if known is None:
                raise self._not_cached(f"The list of tags of {self._reference.place}")
            return known
        found = self._repository.tags()
        self._manifests.put_tags(found)
        return found

    def _manifest(self, at: str) -> Fetched:
        """The manifest with a tag or a digest. It is cached for tasks that are offline."""
        digest = at if is_digest(at) else self._manifests.digest_of(at) if self._offline else ""
        data = self._manifests.get(digest) if digest else None
        if data is not None:
            return Fetched(data, digest)
        if self._offline:
            raise self._not_cached(f"The manifest of {self._reference.place}{'@' if is_digest(at) else ':'}{at}")
        found = self._repository.manifest(at)
        self._manifests.put(found.digest, found.data)
        if not is_digest(at):
            self._manifests.put_tag(at, found.digest)
        return found

    def _not_cached(self, what: str) -> RepositoryError:
        return RepositoryError(
            f"{what} is not in the cache, and offline is set; run the task once without offline on this host.", url=self._reference.place
        )

    def find(self, version: str = "") -> FoundArchive:
        return self.find_with_digest(version, "")

    def find_with_digest(self, version: str, expected: str) -> FoundArchive:
        """As ``find``, for an entry of an index.

        :param expected: the digest in the index, of the archive or of the manifest, in hex; empty: the index has none.
        """
        named = wanted(self._reference, version)
        tag = named.tag if named.tag or named.digest else self._newest(named.allowed)
        fetched = self._fetched(tag, named.digest)
        shown = str(Reference(self._reference.registry, self._reference.repository, tag, named.digest))
        manifest = parse_manifest(fetched.data, shown)
        if manifest.is_index:
            manifest = self._in_index(manifest, shown)
        layer = chart_layer(manifest, shown)
        digest = layer.digest.partition(":")[2]
        if expected and expected not in (digest, fetched.digest.partition(":")[2]):
            raise RepositoryError(
                f"{shown} does not match the index entry that leads to it: its SHA-256 digest is {digest}, but the index has {expected}.",
                url=shown,
            )
        last = f"{self._reference.name}@{named.digest}" if named.digest else f"{self._reference.name}:{version_of(tag)}"
        return FoundArchive(
            "-".join(last.rsplit(":", 1)) + ".tgz",
            shown,
            lambda: self._archive(layer),
            lambda: self._provenance(manifest),
            digest,
            fetched.digest,
            version=next(iter(sorted_tags([tag]).versions), ""),
            signed_as=f"{self._reference.name}-{version_of(tag)}.tgz" if tag else "",
            allowed=named.allowed if named.digest else "",
            signatures=lambda: self._signatures(fetched.digest),
            warnings=self._warnings,
        )

    def _archive(self, layer: Descriptor) -> bytes:
        digest = layer.digest.partition(":")[2]
        data = self._archives.get(digest)
        if data is None and self._offline:
            raise self._not_cached(f"The archive of {self._reference.place} with {layer.digest}")
        if data is None:
            data = self._repository.blob(layer, MAX_DECOMPRESSED)
            self._archives.put(digest, data)
        return data

    def _provenance(self, manifest: Manifest) -> bytes | None:
        if manifest.provenance and self._offline:
            raise self._not_cached(f"The provenance file of {self._reference.place}")
        return self._repository.blob(manifest.provenance, MAX_PROVENANCE) if manifest.provenance else None

    def _signatures(self, digest: str) -> Iterator[tuple[bytes, str]]:
        if self._offline:
            raise self._not_cached(f"The list of signatures of {self._reference.place}@{digest}")
        from ..registry.signatures import stored_signatures  # late: few tasks verify them

        return stored_signatures(self._repository, digest)

    def _newest(self, allowed: str) -> str:
        """The tag of the newest version that a range allows; without a range the newest stable one."""
        found = self._tags()
        range_of_versions = constraint(allowed or "*", self._reference.name)
        tags = sorted_tags(found)
        tag = tags.newest(range_of_versions)
        if tag is not None:
            return tag
        place = self._reference.place
        if not found:
            sentence = f"{place} does not exist or has no tags; check chart_ref."
            helm = f"unable to locate any tags in provided repository: {place}"
        else:
            others = f" {len(tags.others)} tags that are not versions were ignored: {some(tags.others, 4)}." if tags.others else ""
            what = f"no version that chart_version {allowed!r} allows" if allowed else "no stable version"
            sentence = f"{place} has {what}; it has {some(tags.versions)}.{others}"
            helm = f"could not locate a version matching provided version string {allowed}"
            if not tags.versions:
                helm = f"unable to locate any tags in provided repository: {place}"
        raise ChartNotFound(sentence, helm=helm, chart=self._reference.name, version=allowed, repository=place)

    def _fetched(self, tag: str, digest: str) -> Fetched:
        """The manifest's bytes.

        A tag and a digest must agree; as in Helm, the tag need not exist.
        """
        if not digest:
            return self._missing_version(tag)
        if tag and not self._offline:
            try:
                found = self._manifest(tag)
            except ChartNotFound:
                return self._manifest(digest)
            if found.digest != digest:
                raise RepositoryError(
                    f"{self._reference.place} has {found.digest} under the tag {tag!r}, where {digest} is expected; the tag has been "
                    "moved.",
                    helm=f"chart reference digest mismatch: {found.digest} is not {digest}",
                    url=self._reference.place,
                )
            return found
        return self._manifest(digest)

    def _missing_version(self, tag: str) -> Fetched:
        """The manifest of a tag.

        An incomplete version may have been meant as a range, which Helm does not read it as.
        """
        try:
            return self._manifest(tag)
        except ChartNotFound as error:
            if tag.count(".") < 2 and tag[:1].isdigit():
                error.message += f" For the newest {tag}.x, write chart_version as '~{tag}'."
            raise

    def _in_index(self, index: Manifest, shown: str) -> Manifest:
        """The chart among the manifests of an index, which may have an image under the same tag."""
        found = []
        for entry in candidates(index)[:_MAX_INDEX]:
            manifest = parse_manifest(self._manifest(entry.digest).data, shown)
            if manifest.is_chart:
                found.append(manifest)
        if len(found) != 1:
            raise RepositoryError(
                f"{shown} is an index with {len(found) or 'no'} chart{'s' if len(found) != 1 else ''}, where one is expected; "
                "specify the digest of the chart's manifest.",
                url=shown,
            )
        return found[0]

    def _warn(self, sentence: str) -> None:
        if sentence not in self._warnings:
            self._warnings.append(sentence)


def registry_chart(ref: str, repo_url: str, access: Access, environ: Mapping[str, str], *, offline: bool = False) -> RegistryChart:
    """The source that ``chart_ref``, or ``chart_repo_url`` and ``chart_ref``, name.

    :raises OptionError: they are not a valid reference.
    """
    if not repo_url:
        return RegistryChart(parse_reference(ref), access, environ, offline=offline)
    base = parse_reference(f"{repo_url.rstrip('/')}/x", "chart_repo_url")
    if base.tag or base.digest or not ref or OCI in ref:
        raise OptionError("With an oci:// URL in chart_repo_url, chart_ref is the name of a chart below it.", option="chart_ref")
    return RegistryChart(parse_reference(f"{repo_url.rstrip('/')}/{ref}"), access, environ, offline=offline)
