# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What belongs to a manifest in a registry: cosign's tags, and referrers (OCI 1.1).

A registry without the API for referrers has them in an index under a tag that is made of the digest.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from ..aliases import JsonObject
from .manifests import INDEX, MANIFEST
from .signatures import referrers_tag

#: signatures, attestations, bills of materials
_ENDINGS = (".sig", ".att", ".sbom")


def attached_tags(digest: str, tags: Collection[str]) -> list[str]:
    """Tags that cosign has made for a manifest."""
    return [tag for tag in (referrers_tag(digest) + ending for ending in _ENDINGS) if tag in tags]


def media_type_of(document: bytes) -> str:
    """The media type under which a manifest is stored: its own, else that of OCI."""
    facts = _object(document)
    stated = facts.get("mediaType")
    if isinstance(stated, str) and stated:
        return stated
    return INDEX if isinstance(facts.get("manifests"), list) else MANIFEST


def with_referrers(index: bytes | None, entries: Sequence[JsonObject]) -> bytes | None:
    """An index with entries that it does not have yet; ``None``: it has all of them.

    :param index: ``None``: there is none.
    """
    present = _entries(index)
    known = {entry.get("digest") for entry in present}
    fresh = [entry for entry in entries if entry.get("digest") not in known]
    if not fresh:
        return None
    document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*present, *fresh]}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")


def referrer_entries(index: bytes) -> list[JsonObject]:
    """The entries of an index of referrers, with all of their fields."""
    return _entries(index)


def _entries(index: bytes | None) -> list[JsonObject]:
    found = _object(index or b"{}").get("manifests")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _object(document: bytes) -> JsonObject:
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
