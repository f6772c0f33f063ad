# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Copies single manifests between registries, with cosign's tags and referrers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from ...._engine.aliases import JsonObject
from ...._engine.chart.archives.bounds import MAX_DECOMPRESSED
from ...._engine.errors import ChartNotFound, RepositoryError
from ...._engine.oci.attached import attached_tags, media_type_of, referrer_entries, with_referrers
from ...._engine.oci.manifests import INDEX, parse_manifest
from ...._engine.oci.references import is_digest
from ...._engine.oci.signatures import referrers_tag
from ...._engine.publish.copy import Policy
from ...._engine.publish.push import REPLACE
from ...registry.repository import Fetched, Repository
from ...registry.uploads import Uploads

_MAX_DEPTH = 2  # a signature of a bill of materials of a chart
_MAX_REFERRERS = 100
_NO_API = (400, 405, 406, 501)


@dataclass(frozen=True)
class Ends:
    """The repositories of one chart.

    ``mount_from``: the source's, if the target's registry can take blobs from it.
    """

    source: Repository
    target: Uploads
    mount_from: str = ""

    def copy(self, fetched: Fetched, at: str, *, is_new: bool = True) -> None:
        """Copy a manifest with its blobs, or an index with its manifests, to a tag or a digest.

        :param is_new: the target has no manifest there, and is unlikely to have the blobs.
        """
        manifest = parse_manifest(fetched.data, f"{self.source.reference.place}@{fetched.digest}")
        for entry in manifest.manifests:
            if not self.target.digest_at(entry.digest):
                self.copy(self.source.manifest(entry.digest), entry.digest)
        for blob in (*manifest.layers, *([manifest.config] if manifest.config else [])):
            self.target.upload(blob, partial(self.source.blob, blob, MAX_DECOMPRESSED), self.mount_from, is_new=is_new)
        self.target.put_manifest(at, fetched.data, media_type_of(fetched.data))


class Attachments:
    """What is attached to one manifest of the source.

    :param tags: all tags of the source's repository.
    :param without_api: repositories that have no API for referrers; they are added when that is found out.
    """

    def __init__(
        self, ends: Ends, digest: str, tags: Collection[str], policy: Policy, without_api: set[str], warn: Callable[[str], None]
    ) -> None:
        self._ends = ends
        self._digest = digest
        self._tags = tags
        self._policy = policy
        self._without_api = without_api
        self._warn = warn

    def exist(self) -> bool:
        """Whether anything is attached."""
        return bool(attached_tags(self._digest, self._tags) or self._entries(self._digest))

    def copy(self) -> int:
        """Copy what the target does not have, or count it in check mode. Returns how many manifests that are."""
        count = sum(map(self._copy_tag, attached_tags(self._digest, self._tags)))
        return count + self._copy_referrers(self._digest, 0)

    def _copy_tag(self, tag: str) -> int:
        fetched, there = self._ends.source.manifest(tag), self._ends.target.digest_at(tag)
        if there == fetched.digest:
            return 0
        if there and self._policy.on_exists != REPLACE:
            self._warn(f"{self._ends.target.reference.place}:{tag} has other signatures, and was left as it is; set on_exists to replace.")
            return 0
        if not self._policy.check:
            self._ends.copy(fetched, tag)
        return 1

    def _copy_referrers(self, digest: str, depth: int) -> int:
        entries = self._entries(digest)
        count = 0
        for entry in entries:
            referrer = str(entry["digest"])
            if not self._ends.target.digest_at(referrer):
                count += 1
                if not self._policy.check:
                    self._ends.copy(self._ends.source.manifest(referrer), referrer)
            if depth < _MAX_DEPTH:
                count += self._copy_referrers(referrer, depth + 1)
        listed = self._list(digest, entries) if entries else 0
        return count or listed

    def _list(self, digest: str, entries: list[JsonObject]) -> int:
        """Lists referrers in an index, at a target without an API for them.

        Returns whether it had to be changed.
        """
        target, tag = self._ends.target, referrers_tag(digest)
        if _referrers(target, digest) is not None:
            return 0
        there = target.found(tag)
        index = with_referrers(None if there is None else there.data, entries)
        if index is not None and not self._policy.check:
            target.put_manifest(tag, index, INDEX)
        return 0 if index is None else 1

    def _entries(self, digest: str) -> list[JsonObject]:
        """What refers to a manifest at the source, with all fields of the descriptors."""
        source, found = self._ends.source, None
        if source.reference.place not in self._without_api:
            found = _referrers(source, digest)
        if found is None:
            self._without_api.add(source.reference.place)
            tag = referrers_tag(digest)
            found = [source.manifest(tag).data] if tag in self._tags else []
        entries = [entry for page in found for entry in referrer_entries(page) if is_digest(str(entry.get("digest")))]
        if len(entries) > _MAX_REFERRERS:
            self._warn(f"{source.reference.place}@{digest} has {len(entries)} signatures; the first {_MAX_REFERRERS} are copied.")
        return entries[:_MAX_REFERRERS]


def _referrers(repository: Repository, digest: str) -> list[bytes] | None:
    """The pages of the list of manifests that refer to one; ``None``: the registry has no API for it."""
    try:
        return list(repository.referrers(digest))
    except ChartNotFound:
        return None
    except RepositoryError as error:
        if error.fields.get("status") in _NO_API:
            return None
        raise
