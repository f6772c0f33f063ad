# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Provenance files: writes and verifies ``chart-1.2.3.tgz.prov``.

Helm 4: ``pkg/provenance/sign.go``. The file is a clearsigned OpenPGP message: the chart's metadata as YAML, a line ``...``, and the
SHA-256 checksums of files by name. Helm compares the signature, the name and the checksum of the archive; so does this file, and it refuses
what Helm refuses. In one case it is stricter: a signature, or a key, that relies on MD5, SHA-1 or RIPEMD-160 is refused.

The cryptography is behind the port ``OpenPgp``.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from ..aliases import JsonObject
from ..errors import ChartLoadError, OptionError, VerificationError
from ..plain_text import plain_text
from .pgp_packets import WEAK, BrokenContainer, read_clearsigned, read_keyring, signature_facts

#: why a chart is refused (field ``reason`` of the error)
UNSIGNED = "unsigned"
UNKNOWN_KEY = "unknown_key"
ALTERED = "altered"
EXPIRED = "expired"
REVOKED = "revoked"
WEAK_HASH = "weak_hash"
UNKNOWN_HASH = "unknown_hash"
NOT_LISTED = "not_listed"
CHECKSUM = "checksum"
KEYRING = "keyring"

_SEPARATOR = b"\n...\n"


@dataclass(frozen=True)
class Key:
    """A key of a keyring.

    :param fingerprint: of its primary key, in upper case.
    :param names: its user ids, the primary one first where the backend knows it.
    """

    fingerprint: str
    names: tuple[str, ...]


class SignatureRefused(Exception):
    """A signature that the keys of a keyring do not confirm.

    :param reason: one of the constants above.
    :param key: the key that made it, where it is known.
    """

    def __init__(self, reason: str, key: Key | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.key = key


class OpenPgp(ABC):
    """A library or a program that signs and verifies.

    Every method may raise ``OperatorError`` where it cannot be used.
    """

    @abstractmethod
    def verify(self, signed: bytes, signature: bytes, issuer: str, certificates: Sequence[bytes]) -> Key:
        """The key of one of the certificates that made a detached signature. Raises ``SignatureRefused``.

        :param signature: its packet.
        :param issuer: the last 16 hexadecimal digits of the fingerprint of the key that is said to have made it.
        """

    @abstractmethod
    def keys(self, certificates: Sequence[bytes]) -> list[Key | None]:
        """A key for each certificate.

        ``None``: it cannot be used (its self-signature relies on SHA-1, for example).
        """

    @abstractmethod
    def clear_sign(self, text: bytes, certificate: bytes, passphrase: str) -> bytes:
        """The text, clearsigned with SHA-512.

        Raises ``OptionError`` for a wrong passphrase and a key that cannot sign.
        """


@dataclass(frozen=True)
class Keyring:
    """The certificates of a keyring, and its path for messages."""

    certificates: tuple[bytes, ...]
    shown: str

    @classmethod
    def read(cls, data: bytes, shown: str) -> Keyring:
        """Raises ``VerificationError`` for a file that is not a keyring."""
        try:
            return cls(tuple(read_keyring(data)), shown)
        except BrokenContainer as error:
            raise VerificationError(
                f"The keyring {shown} {error}.", helm=f"failed to load keyring: {error}", reason=KEYRING, keyring=shown
            ) from None


@dataclass(frozen=True)
class Verification:
    """A verified archive: the key, the name in the provenance file, and the checksum.

    ``digest`` is ``sha256:`` and hexadecimal digits.
    """

    key: Key
    file_name: str
    digest: str

    def facts(self, keyring: Keyring) -> JsonObject:
        """The verification as a return value of a module."""
        return {
            "signed_by": list(self.key.names),
            "fingerprint": self.key.fingerprint,
            "digest": self.digest,
            "file": self.file_name,
            "keyring": keyring.shown,
        }

    def words(self) -> list[str]:
        """What ``helm verify`` prints."""
        return [
            *(f"Signed by: {name}" for name in self.key.names),
            f"Using Key With Fingerprint: {self.key.fingerprint}",
            f"Chart Hash Verified: {self.digest}",
        ]


def verify(archive: bytes, prov: bytes, file_name: str, keyring: Keyring, pgp: OpenPgp, shown: str) -> Verification:
    """Compare an archive with its provenance file.

    :param file_name: the name under which the provenance file lists the archive: the last part of its path or URL.
    :param shown: the archive's path or URL, for messages.
    :raises VerificationError: the archive is not confirmed by a key of the keyring.
    """
    message = read_clearsigned(prov)
    if message is None:
        raise VerificationError(
            f"The provenance file of {shown} contains no signed message; fetch it again, or ask the publisher to sign the chart again.",
            helm="signature block not found",
            reason=UNSIGNED,
            chart=shown,
        )
    key = _signer(message.signed, message.signatures, keyring, pgp, shown)
    digest = f"sha256:{hashlib.sha256(archive).hexdigest()}"
    _compare(_checksums(message.text, shown), file_name, digest, shown)
    return Verification(key, file_name, digest)


def _signer(signed: bytes, signatures: Sequence[bytes], keyring: Keyring, pgp: OpenPgp, shown: str) -> Key:
    """The key that made the first signature of which the keyring has the key."""
    issuers = []
    for signature in signatures:
        facts = signature_facts(signature)
        if facts is None or not facts.issuer:
            raise _refused(SignatureRefused(UNSIGNED), keyring, shown, "")
        if not facts.hash:
            raise _refused(SignatureRefused(UNKNOWN_HASH), keyring, shown, f"number {facts.hash_number}")
        try:
            return pgp.verify(signed, signature, facts.issuer, keyring.certificates)
        except SignatureRefused as error:
            if error.reason != UNKNOWN_KEY:
                raise _refused(error, keyring, shown, facts.hash) from None
            issuers.append(facts.issuer.upper())
    raise _refused(SignatureRefused(UNKNOWN_KEY), keyring, shown, ", ".join(issuers) or "no key")


def _refused(error: SignatureRefused, keyring: Keyring, shown: str, detail: str) -> VerificationError:
    """The error for a signature that is refused.

    :param detail: the hash algorithm, or the ids of unknown keys.
    """
    key = f"{error.key.fingerprint} ({plain_text(error.key.names[0], 200)})" if error.key and error.key.names else ""
    key = key or (error.key.fingerprint if error.key else "of its signature")
    message, helm = {
        UNSIGNED: (
            f"The signature of {shown} does not name the key that made it; ask the publisher to sign the chart again.",
            "openpgp: invalid data: signature doesn't have an issuer",
        ),
        UNKNOWN_HASH: (
            f"The signature of {shown} uses an unknown hash algorithm ({detail}); ask the publisher to sign it with SHA-256 or SHA-512.",
            f"openpgp: unsupported feature: hash function {detail}",
        ),
        UNKNOWN_KEY: (
            f"The signature of {shown} was made by {detail}, which is not a signing key of the keyring {keyring.shown}.",
            "openpgp: signature made by unknown entity",
        ),
        REVOKED: (
            f"The signature of {shown} was made by the key {key}, which has been revoked.",
            "openpgp: signature made by revoked key",
        ),
        EXPIRED: (
            f"The signature of {shown} was made by the key {key}; the key or the signature has expired. If its owner extended it, "
            f"import the new key into the keyring {keyring.shown}.",
            "openpgp: key expired",
        ),
        WEAK_HASH: (
            f"The signature of {shown} by the key {key} relies on {detail if detail in WEAK else 'SHA-1 or another weak algorithm'}, which "
            "is not safe; ask the publisher for a new key or a new signature with SHA-256 or SHA-512.",
            None,
        ),
    }.get(
        error.reason,
        (
            f"The provenance file of {shown} was altered after the key {key} signed it, or the signature is damaged.",
            "openpgp: invalid signature: hash tag doesn't match",
        ),
    )
    fields = {"key": error.key.fingerprint} if error.key else {}
    return VerificationError(message, helm=helm, reason=error.reason, chart=shown, **fields)


def _checksums(text: bytes, shown: str) -> dict[str, str]:
    from ..yamlio.load import YamlError, loads

    parts = text.split(_SEPARATOR)
    helm = "message block must have at least two parts"
    found = None
    if len(parts) > 1:
        try:
            document = loads(parts[1])
            if document is None or isinstance(document, dict):
                found = (document or {}).get("files") or {}
        except YamlError as error:
            helm = f"error converting YAML to JSON: {error.go_message}"
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise VerificationError(
            f"The provenance file of {shown} is signed, but has no list of checksums; it is not a provenance file of a chart.",
            helm=helm,
            reason=UNSIGNED,
            chart=shown,
        )
    return found


def _compare(checksums: dict[str, str], file_name: str, digest: str, shown: str) -> None:
    found = checksums.get(file_name)
    if found is None:
        others = ", ".join(plain_text(name, 100) for name in list(checksums)[:3]) or "no file"
        raise VerificationError(
            f"The provenance file of {shown} was signed for {others}, not for {file_name}: the archive was renamed, or the file belongs "
            "to another chart.",
            helm=f'provenance does not contain a SHA for a file named "{file_name}"',
            reason=NOT_LISTED,
            chart=shown,
        )
    if found != digest:
        kind, colon, _digits = found.partition(":")
        if kind != "sha256":
            raise VerificationError(
                f"The provenance file of {shown} has a checksum of an unknown kind ({plain_text(kind if colon else found, 40)!r}); "
                "only sha256 is supported.",
                helm=f'sha256 sum does not match for {file_name}: "{found}" != "{digest}"',
                reason=UNKNOWN_HASH,
                chart=shown,
            )
        raise VerificationError(
            f"{shown} was altered after it was signed: its checksum is {digest}, but the provenance file has {plain_text(found, 100)}.",
            helm=f'sha256 sum does not match for {file_name}: "{found}" != "{digest}"',
            reason=CHECKSUM,
            chart=shown,
        )


# --- signing


def message_block(archive: bytes, file_name: str, metadata: bytes) -> bytes:
    """The text that is signed.

    >>> print(message_block(b"", "x-1.tgz", b"name: x\\n").decode(), end="")
    name: x
    <BLANKLINE>
    ...
    files:
      x-1.tgz: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

    :param metadata: the chart's metadata as YAML, one document without document markers.
    """
    from ..yamlio.dump import dumps

    sums = dumps({"files": {file_name: f"sha256:{hashlib.sha256(archive).hexdigest()}"}})
    return metadata + _SEPARATOR + sums.encode("utf-8", "surrogateescape")


def sign(archive: bytes, file_name: str, keyring: Keyring, name: str, passphrase: str, pgp: OpenPgp) -> bytes:
    """The provenance file of an archive.

    :param file_name: the archive's name, without folders. The chart must keep it.
    :param name: a user id of the signing key or a part of one, or a fingerprint; empty: the only key of the keyring.
    :param passphrase: of the key; empty: it has none.
    :raises OptionError: no such key, more than one, or a wrong passphrase. ``ChartLoadError``: not an archive of a chart.
    """
    certificate = signing_key(keyring, name, pgp).certificates[0]
    return pgp.clear_sign(message_block(archive, file_name, _metadata(archive, file_name)), certificate, passphrase)


def unusable_key(fingerprint: str) -> OptionError:
    """The error for a key that may not sign now."""
    return OptionError(
        f"The key {fingerprint} cannot sign: it has expired, is revoked, relies on SHA-1, or is not made for signing.", option="key"
    )


def _metadata(archive: bytes, file_name: str) -> bytes:
    """The archive's Chart.yaml, written as Helm writes it: sorted keys, no comments."""
    from ..chart.archives.archive import read_archive
    from ..yamlio.dump import dumps
    from ..yamlio.load import YamlError, loads_object

    head = next((file.data for file in read_archive(archive, file_name) if file.name == "Chart.yaml"), None)
    if head is None:
        raise ChartLoadError(f"The archive {file_name} contains no Chart.yaml.", helm="Chart.yaml file is missing", chart=file_name)
    try:
        return dumps(loads_object(head)).encode("utf-8", "surrogateescape")
    except YamlError as error:
        helm = f"cannot load Chart.yaml: {error.go_message}"
        raise ChartLoadError(f"The Chart.yaml of {file_name} is not valid YAML.", helm=helm, chart=file_name) from None


def signing_key(keyring: Keyring, name: str, pgp: OpenPgp) -> Keyring:
    """The keyring without its other keys (Helm: ``NewFromKeyring``).

    An equal user id is first, else the only one that contains the text.

    :param name: as for ``sign``.
    :raises OptionError: no such key, or more than one.
    """
    pairs = zip(pgp.keys(keyring.certificates), keyring.certificates, strict=True)
    known = [(key, raw) for key, raw in pairs if key is not None]
    shown = ", ".join(plain_text(other, 100) for key, _raw in known for other in key.names[:1]) or "none"
    if name:
        digits = name.replace(" ", "").removeprefix("0x").upper()
        found = [raw for key, raw in known if name in key.names or (len(digits) >= 16 and key.fingerprint.endswith(digits))]
        found = found[:1] or [raw for key, raw in known if any(name in other for other in key.names)]
    else:
        found = [raw for _key, raw in known]
    if len(found) == 1:
        return Keyring((found[0],), keyring.shown)
    if not found:
        which = f"key {name!r}" if name else "key that can be used"
        raise OptionError(f"The keyring {keyring.shown} has no {which} (keys: {shown}).", helm="private key not found", option="key")
    wanted = f"{len(found)} keys that match {name!r}" if name else f"{len(found)} keys"
    raise OptionError(
        f"The keyring {keyring.shown} has {wanted} ({shown}); name one of them by its whole user id or its fingerprint.",
        helm=f'more than one key contain the id "{name}"',
        option="key",
    )
