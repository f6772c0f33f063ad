# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compares an archive with the checksum and the signature that the task requires.

Helm 4: ``VerifyChart`` in ``pkg/downloader/chart_downloader.go``. The bytes that are checked are the bytes that are loaded.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from ..._engine.aliases import JsonObject
from ..._engine.chart.load import load_archive
from ..._engine.chart.places.source import FetchedArchive, FoundArchive
from ..._engine.errors import OptionError, VerificationError
from ..._engine.plain_text import plain_text
from ..._engine.web import is_oci
from ..private_files import reason
from ..user_paths import user_path
from .content_cache import ContentCache
from .reference import ALWAYS, NEVER, ChartReference, Trust
from .repository.repositories import HelmPaths

#: why a chart is refused (field ``reason``), besides the constants in ``_engine/publish/provenance.py``
DIGEST = "digest"
MISSING = "missing"
NOT_AN_ARCHIVE = "not_an_archive"
OTHER_TAG = "other_tag"
#: bytes of a file with a public key
_MAX_KEY = 1 << 20


def pinned(text: str) -> str:
    """A checksum as 64 hexadecimal digits in lower case.

    ``sha256:`` before them and upper case are accepted.

    >>> pinned("SHA256:" + "AB" * 32) == "ab" * 32
    True

    :raises OptionError: the text is not a SHA-256 checksum.
    """
    digits = text.strip().lower().removeprefix("sha256:")
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise OptionError(
            f"chart_digest {plain_text(text, 100)!r} is not a SHA-256 checksum; use 64 hexadecimal digits, with or without sha256: before "
            "them.",
            option="chart_digest",
        )
    return digits


def check_directory(trust: Trust, path: str) -> None:
    """Raises an error where the task requires what a directory cannot have.

    ``VerificationError``, and ``OptionError`` for ``cosign_public_key``.
    """
    if trust.cosign_key:
        raise _not_in_registry(path)
    if trust.digest:
        raise VerificationError(
            f"{path} is a directory, so it cannot be compared with chart_digest; use a .tgz archive, or remove chart_digest.",
            reason=NOT_AN_ARCHIVE,
            chart=path,
        )
    if trust.verify == ALWAYS:
        raise VerificationError(
            f"{path} is a directory, which has no signature; use a signed .tgz archive, or set {trust.option} to if_possible or never.",
            helm="unpacked charts cannot be verified",
            reason=NOT_AN_ARCHIVE,
            chart=path,
        )


def check_found(found: FoundArchive, reference: ChartReference, environ: Mapping[str, str]) -> JsonObject | None:
    """Compare what a source says of an archive with what the task requires; the archive is not fetched.

    Returns the signature of cosign, if one is required.

    :raises VerificationError: it is not what the task requires. ``OptionError``: the public key cannot be used.
    """
    if found.digest:
        check_digest(reference.trust, found.digest, found.origin)
    if not reference.trust.cosign_key:
        return None
    if not found.manifest:
        raise _not_in_registry(found.origin)
    from ..._engine.oci.signatures import PublicKey, first_valid  # late: few tasks verify them

    path = Path(reference.folder, user_path(reference.trust.cosign_key, "cosign_public_key", environ))
    key = PublicKey.load(_public_key(path), f"cosign_public_key: {path}")
    signature = first_valid(found.signatures(), found.manifest, key, found.origin)
    return {"digest": signature.digest, "identity": signature.identity, "annotations": dict(signature.annotations)}


def _public_key(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_KEY)
    except (OSError, ValueError) as error:
        words = reason(error) if isinstance(error, OSError) else "it is not a valid path"
        raise OptionError(f"cosign_public_key: {plain_text(str(path))} cannot be read: {words}.", option="cosign_public_key") from None


def _not_in_registry(shown: str) -> OptionError:
    return OptionError(
        f"cosign_public_key applies to charts in an OCI registry only, and {shown} is not in one; use a chart_ref with oci://, or remove "
        "cosign_public_key.",
        option="cosign_public_key",
    )


def _other_tag(found: FoundArchive, data: bytes) -> VerificationError:
    """The error for a signed chart under the tag of another one: a signature does not cover the tag."""
    metadata = load_archive(data, found.origin).metadata
    return VerificationError(
        f"{found.origin} has a valid signature, but it is the chart {metadata.name} {metadata.version}: the tag was moved to another "
        "chart. To accept it, use the digest of its manifest in place of the tag.",
        reason=OTHER_TAG,
        chart=found.origin,
    )


def check_digest(trust: Trust, digest: str, shown: str) -> None:
    """Raises ``VerificationError`` where an archive has another checksum than the required one.

    :param digest: the archive's, 64 hexadecimal digits.
    """
    if trust.digest and trust.digest != digest:
        raise VerificationError(
            f"The SHA-256 checksum of {shown} is {digest}, but chart_digest is {trust.digest}: it is another archive.",
            reason=DIGEST,
            chart=shown,
        )


def check_archive(found: FoundArchive, data: bytes, reference: ChartReference, environ: Mapping[str, str]) -> FetchedArchive:
    """An archive that was fetched, compared with what the task requires.

    :param data: the bytes of the archive.
    :raises VerificationError: it is not what the task requires.
    """
    trust, shown = reference.trust, found.origin
    digest = hashlib.sha256(data).hexdigest()
    check_digest(trust, digest, shown)
    if trust.cosign_key and found.version and _own_name(data, shown).lower() != found.signed_as.lower():
        raise _other_tag(found, data)
    if trust.verify == NEVER:
        return FetchedArchive(data, digest)
    name = _signed_name(found, data)
    if not name.lower().endswith(".tgz"):
        raise VerificationError(
            f"{shown} is not a .tgz file, so it has no provenance file; set {trust.option} to {trust.off}.",
            helm="chart must be a tgz file",
            reason=NOT_AN_ARCHIVE,
            chart=shown,
        )
    cache = None if found.is_local else ContentCache(HelmPaths.of(environ).content_cache)
    cached = cache.provenance(digest) if cache else None
    if cached is not None:
        with contextlib.suppress(VerificationError):  # it is fetched again
            return FetchedArchive(data, digest, _verified(reference, data, cached, name, shown, environ), cached)
    signed = found.provenance()
    if signed is None:
        if trust.verify == ALWAYS:
            raise _missing(shown, trust)
        return FetchedArchive(data, digest, warnings=(f"{shown} has no provenance file ({name}.prov); it was not verified.",))
    proof = _verified(reference, data, signed, name, shown, environ)
    if cache:
        cache.put_provenance(digest, signed)
    return FetchedArchive(data, digest, proof, signed)


def _signed_name(found: FoundArchive, data: bytes) -> str:
    """The name of an archive in its provenance file.

    Tags may be listed in lower case (Gitea): the letters are those of the chart.
    """
    named = found.signed_as
    if named and found.version.lower() == found.version.upper():
        return named
    own = _own_name(data, found.origin)
    return own if not named or own.lower() == named.lower() else named


def _own_name(data: bytes, shown: str) -> str:
    """The file name that Helm gives an archive when it packages the chart."""
    metadata = load_archive(data, shown).metadata
    return f"{metadata.name}-{metadata.version}.tgz"


def _missing(shown: str, trust: Trust) -> VerificationError:
    """The error for an archive without a provenance file."""
    web = "://" in shown
    where = "the registry must have it with the chart" if is_oci(shown) else "it must be next to the archive, with .prov added to its name"
    return VerificationError(
        f"{shown} has no provenance file; {where}. To accept charts that are not signed, set {trust.option} to {trust.lenient}.",
        helm=f'failed to fetch provenance "{shown}.prov"' if web else f"could not load provenance file {shown}.prov",
        reason=MISSING,
        chart=shown,
    )


def _verified(reference: ChartReference, data: bytes, signed: bytes, file_name: str, shown: str, environ: Mapping[str, str]) -> JsonObject:
    from ..._engine.publish.provenance import verify  # late: few tasks verify their chart
    from ..openpgp.keyrings import openpgp, read_keyring_file

    keyring = read_keyring_file(reference.trust.keyring, environ, reference.folder)
    return verify(data, signed, file_name, keyring, openpgp(environ), shown).facts(keyring)
