# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads the signatures that cosign stored with a manifest.

``_engine/oci/signatures.py`` verifies them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..._engine.errors import ChartNotFound, VerificationError
from ..._engine.oci.manifests import Descriptor
from ..._engine.oci.references import Reference
from ..._engine.oci.signatures import (
    MAX_SIGNATURE,
    TOO_MANY,
    attached_signatures,
    bundle_layer,
    bundle_manifests,
    referrers_tag,
    signature_tag,
)
from .repository import Repository

#: signatures that are read; more are an attempt to keep the task busy
_MOST = 100


def stored_signatures(repository: Repository, digest: str) -> Iterator[tuple[bytes, str]]:
    """The signatures of a manifest, bundles first, each read when it is wanted.

    Each is the signed payload and its signature in base64, or a Sigstore bundle and an empty text.

    :raises RepositoryError: the registry fails or refuses. ``VerificationError``: there are too many.
    """
    place = repository.reference
    shown = str(Reference(place.registry, place.repository, "", digest))
    read = 0
    for described in _bundles(repository, digest, shown):
        read = _counted(read, shown)
        try:
            layer = bundle_layer(repository.manifest(described.digest).data, shown)
            bundle = repository.blob(layer, MAX_SIGNATURE) if layer else b""
        except ChartNotFound:  # it was deleted, so it is not a signature any more
            continue
        yield bundle, ""
    try:
        manifest = repository.manifest(signature_tag(digest))
    except ChartNotFound:
        return
    for attached in attached_signatures(manifest.data, shown):
        read = _counted(read, shown)
        yield repository.blob(attached.payload, MAX_SIGNATURE), attached.signature


def _bundles(repository: Repository, digest: str, shown: str) -> Iterator[Descriptor]:
    """The manifests of bundles, by the referrers API, or by its tag where a registry has no such API."""
    try:
        for page in repository.referrers(digest):
            yield from bundle_manifests(page, shown)
    except ChartNotFound:
        try:
            index = repository.manifest(referrers_tag(digest))
        except ChartNotFound:
            return
        yield from bundle_manifests(index.data, shown)


def _counted(read: int, shown: str) -> int:
    if read >= _MOST:
        raise VerificationError(
            f"{shown} has more than {_MOST} cosign signatures, and none of the first {_MOST} is valid; remove those that are not needed.",
            reason=TOO_MANY,
            chart=shown,
        )
    return read + 1
