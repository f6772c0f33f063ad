# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""OpenPGP by the library ``pysequoia`` (Sequoia-PGP).

Sequoia asks whether a key was valid when it signed. Helm asks whether it is valid now, and so does this file.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime, timezone

from ..._engine.aliases import PySequoia
from ..._engine.errors import OptionError
from ..._engine.publish.pgp_packets import WEAK, packets, signature_facts
from ..._engine.publish.provenance import ALTERED, EXPIRED, REVOKED, UNKNOWN_KEY, WEAK_HASH, Key, OpenPgp, SignatureRefused, unusable_key

#: packets that hold a secret key: of the primary key, of a subkey
_SECRET = (5, 7)


class Sequoia(OpenPgp):
    """Raises ``ImportError`` where the library is missing."""

    def __init__(self) -> None:
        import pysequoia
        import pysequoia.packet

        self._library = pysequoia
        self._kinds = pysequoia.packet.SignatureType
        self._subkeys = (pysequoia.packet.Tag.PublicSubkey, pysequoia.packet.Tag.SecretSubkey)

    def verify(self, signed: bytes, signature: bytes, issuer: str, certificates: Sequence[bytes]) -> Key:
        refused = SignatureRefused(UNKNOWN_KEY)
        for raw in certificates:
            cert = self._certificate(raw)
            if cert is None or issuer not in (part.key_id for part in self._parts(raw)):
                continue
            try:
                return self._confirm(signed, signature, cert, raw)
            except SignatureRefused as error:
                refused = error
            except RuntimeError:  # a packet of the key or of the signature that the library cannot read
                refused = SignatureRefused(ALTERED, self._key(cert, raw))
        raise refused

    def keys(self, certificates: Sequence[bytes]) -> list[Key | None]:
        found = []
        for raw in certificates:
            cert = self._certificate(raw)
            found.append(self._key(cert, raw) if cert is not None and self._is_usable(cert) else None)
        return found

    def clear_sign(self, text: bytes, certificate: bytes, passphrase: str) -> bytes:
        fingerprint = self._certificate(certificate).fingerprint.upper()
        if not any(tag in _SECRET for tag, _body in packets(certificate)):
            raise OptionError(
                f"The keyring has only the public part of the key {fingerprint}; use a keyring with secret keys.",
                helm="provided key is not a private key. Try providing a keyring with secret keys",
                option="keyring",
            )
        try:
            key = self._secret_key(certificate)
            signer = self._signer(key, passphrase)
            return bytes(self._library.sign(signer, text, mode=self._library.SignatureMode.CLEAR))
        except OptionError:
            raise
        except Exception as error:  # the library raises RuntimeError, and other classes for a wrong passphrase
            raise _not_signed(fingerprint, passphrase, _first_line(error)) from None

    def _secret_key(self, certificate: bytes) -> PySequoia:
        """Since version 0.1.35 secret keys have a class of their own."""
        if hasattr(self._library, "Tsk") and hasattr(self._library.Tsk, "from_bytes"):
            return self._library.Tsk.from_bytes(certificate)
        return self._library.Cert.from_bytes(certificate).secrets

    def _signer(self, key: PySequoia, passphrase: str) -> PySequoia:
        """A key without a passphrase signs whatever passphrase is given, as in Helm."""
        try:
            return key.signer(passphrase) if passphrase else key.signer()
        except RuntimeError as error:
            if passphrase and "not encrypted" in _first_line(error):
                return key.signer()
            raise

    def _certificate(self, raw: bytes) -> PySequoia:
        """The certificate as the library reads it.

        ``None``: it is of a kind that the library does not support. The others of the keyring are used.
        """
        try:
            self._parts(raw)
            return self._library.Cert.from_bytes(raw)
        except RuntimeError:
            return None

    def _parts(self, raw: bytes) -> list[PySequoia]:
        """The packets of a certificate that are keys."""
        return [part for part in self._library.packet.PacketPile.from_bytes(raw) if part.key_id]

    def _key(self, cert: PySequoia, raw: bytes) -> Key:
        try:
            names = [str(name) for name in cert.user_ids]
        except RuntimeError:  # its self-signature is not safe
            names = [part.user_id for part in self._library.packet.PacketPile.from_bytes(raw) if part.user_id]
        return Key(cert.fingerprint.upper(), tuple(names))

    @staticmethod
    def _is_usable(cert: PySequoia) -> bool:
        try:
            cert.expiration  # noqa: B018  raises where no self-signature is safe
        except RuntimeError:
            return False
        return True

    def _confirm(self, signed: bytes, signature: bytes, cert: PySequoia, raw: bytes) -> Key:
        key = self._key(cert, raw)
        facts = signature_facts(signature)
        if facts is None or facts.hash in WEAK or not self._is_usable(cert):
            raise SignatureRefused(WEAK_HASH, key)
        if cert.is_revoked:
            raise SignatureRefused(REVOKED, key)
        now = datetime.now(timezone.utc)
        if cert.expiration is not None and cert.expiration <= now:
            raise SignatureRefused(EXPIRED, key)
        subkey = self._subkey(raw, facts.issuer)
        if subkey:
            self._check_subkey(subkey, key, now)
        detached = self._library.Sig.from_bytes(signature)
        if detached.expiration is not None and detached.expiration <= now:
            raise SignatureRefused(EXPIRED, key)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                result = self._library.verify(bytes=signed, store=lambda _ids: [cert], signature=detached)
        except RuntimeError:
            raise SignatureRefused(ALTERED, key) from None
        if not result.valid_sigs:
            raise SignatureRefused(ALTERED, key)
        return key

    def _subkey(self, raw: bytes, issuer: str) -> list[PySequoia]:
        """The packets of the subkey with that id: the key, then its signatures; empty: it is the primary key."""
        found: list[PySequoia] = []
        for part in self._library.packet.PacketPile.from_bytes(raw):
            if part.key_id:
                if found:
                    break
                if part.tag in self._subkeys and part.key_id == issuer:
                    found.append(part)
            elif found:
                found.append(part)
        return found

    def _check_subkey(self, subkey: list[PySequoia], key: Key, now: datetime) -> None:
        """Raises ``SignatureRefused`` for a subkey that is revoked or expired now, or that may not sign."""
        if any(part.signature_type == self._kinds.SubkeyRevocation for part in subkey[1:]):
            raise SignatureRefused(REVOKED, key)
        bindings = [part for part in subkey[1:] if part.signature_type == self._kinds.SubkeyBinding]
        newest = max(bindings, key=lambda part: part.signature_created or now, default=None)
        if newest is None or newest.key_flags is None or not newest.key_flags.signing:
            raise SignatureRefused(UNKNOWN_KEY)
        if newest.key_validity_period is not None and subkey[0].key_created + newest.key_validity_period <= now:
            raise SignatureRefused(EXPIRED, key)


def _first_line(error: BaseException) -> str:
    """The library's own sentence, without the list of calls that follows it."""
    return str(error).split("\n", 1)[0][:200]


def _not_signed(fingerprint: str, passphrase: str, reason: str) -> OptionError:
    if "No suitable signing" in reason:
        return unusable_key(fingerprint)
    if passphrase:
        return OptionError(
            f"The passphrase does not unlock the key {fingerprint}.",
            helm="openpgp: invalid data: private key checksum failure",
            option="passphrase",
        )
    return OptionError(
        f"The key {fingerprint} is protected by a passphrase; set passphrase.",
        helm="openpgp: invalid data: private key checksum failure",
        option="passphrase",
    )
