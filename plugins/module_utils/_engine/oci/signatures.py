# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Signatures that cosign makes with a key for a manifest in an OCI registry.

There are two formats. Both sign the digest of the manifest, so a chart is what was signed if its manifest has that digest.

* A manifest with the tag ``sha256-<hex>.sig``: each layer is a payload ("simple signing"), and its signature is an annotation of the layer.
* A Sigstore bundle, the default of cosign 3: a manifest that refers to the signed one (referrers API, or the tag ``sha256-<hex>``). Its
  layer is a JSON document with a DSSE envelope, which holds an in-toto statement.

cosign 3: ``pkg/cosign/{verify,verifiers}.go``; DSSE: ``protocol.md``. As with ``cosign verify --key``, one valid signature is enough. The
transparency log is not queried. This file is stricter in one point: an attestation (an SBOM, the result of a scan) is not a signature, also
if the same key made it.

The library ``cryptography`` verifies. It has no Ed25519ph, with which cosign signs where the key is an Ed25519 key; signatures with plain
Ed25519, which other programs make, are verified. Nothing here sends a request.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aliases import Cryptography, Json, JsonObject
from ..errors import OperatorError, OptionError, VerificationError
from ..plain_text import plain_text
from .manifests import Descriptor, parse_manifest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
#: media and artifact type of a bundle begin with this; the versions 0.1 and 0.2 add ``+json;version=0.1``
BUNDLE = "application/vnd.dev.sigstore.bundle"
#: bytes; payloads and bundles are far smaller
MAX_SIGNATURE = 4 << 20
_ANNOTATION = "dev.cosignproject.cosign/signature"
_STATEMENT = "application/vnd.in-toto+json"
_SIGNED = "https://sigstore.dev/cosign/sign/v1"
_SMALLEST_RSA = 2048

#: why a signature does not count (field ``reason`` of the error)
MISSING = "missing"
MALFORMED = "malformed"
OTHER_KEY = "unknown_key"
OTHER_DIGEST = "other_manifest"
NOT_A_SIGNATURE = "attestation"
TOO_MANY = "too_many"


@dataclass(frozen=True)
class AttachedSignature:
    """A layer of a signature manifest.

    :param payload: the blob that is signed.
    :param signature: the signature, in base64.
    """

    payload: Descriptor
    signature: str


@dataclass(frozen=True)
class Signature:
    """A valid signature.

    :param digest: of the manifest that was signed.
    :param identity: the name under which it was signed; empty in a bundle.
    :param annotations: what the signer added (``cosign sign -a key=value``).
    """

    digest: str
    identity: str
    annotations: Mapping[str, Json]


def signature_tag(digest: str) -> str:
    """The tag of the manifest with the signatures of another one.

    >>> signature_tag("sha256:" + "0" * 64) == "sha256-" + "0" * 64 + ".sig"
    True
    """
    return f"{referrers_tag(digest)}.sig"


def referrers_tag(digest: str) -> str:
    """The tag of the index of referrers, where a registry has no referrers API."""
    return digest.replace(":", "-", 1)


def attached_signatures(manifest: bytes, shown: str) -> list[AttachedSignature]:
    """The signatures in the manifest at ``signature_tag``.

    :param shown: its reference, for messages.
    :raises RepositoryError: it is not a manifest.
    """
    layers = parse_manifest(manifest, shown).layers
    raw = json.loads(manifest).get("layers") or []
    found = []
    for layer, entry in zip(layers, raw, strict=True):
        annotations = entry.get("annotations")
        signature = annotations.get(_ANNOTATION) if isinstance(annotations, dict) else None
        if layer.media_type == SIMPLE_SIGNING and isinstance(signature, str):
            found.append(AttachedSignature(layer, signature))
    return found


def bundle_manifests(index: bytes, shown: str) -> list[Descriptor]:
    """The manifests of bundles in an answer of the referrers API, or in the index at ``referrers_tag``.

    Raises ``RepositoryError``.
    """
    return [entry for entry in parse_manifest(index, shown).manifests if entry.artifact_type.startswith(BUNDLE)]


def bundle_layer(manifest: bytes, shown: str) -> Descriptor | None:
    """The layer with the bundle; ``None``: there is none. Raises ``RepositoryError``."""
    return next((layer for layer in parse_manifest(manifest, shown).layers if layer.media_type.startswith(BUNDLE)), None)


class PublicKey:
    """A public key: ECDSA (P-256, P-384, P-521), RSA (2048 bits or more) or Ed25519."""

    def __init__(self, key: PublicKeyTypes) -> None:
        self._key = key

    @classmethod
    def load(cls, pem: bytes, shown: str) -> PublicKey:
        """Load a key from PEM, as ``cosign generate-key-pair`` writes it.

        :param shown: the file's name, for messages.
        :raises OptionError: it is not a public key of a supported kind.
        :raises OperatorError: the library is missing.
        """
        _require_library()
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        if b"PRIVATE KEY" in pem:
            raise _unusable(f"{shown} is a private key; specify the public key (cosign.pub).")
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm):
            raise _unusable(f"{shown} is not a public key in PEM format.") from None
        if isinstance(key, rsa.RSAPublicKey):
            if key.key_size >= _SMALLEST_RSA:
                return cls(key)
            raise _unusable(f"{shown} is an RSA key of {key.key_size} bits; at least {_SMALLEST_RSA} are required.")
        if isinstance(key, ed25519.Ed25519PublicKey) or (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES):
            return cls(key)
        raise _unusable(f"{shown} is a key of an unsupported kind; use ECDSA with P-256, P-384 or P-521, RSA, or Ed25519.")

    def confirms(self, data: bytes, signature: bytes) -> bool:
        """Whether this key made a signature."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

        for algorithm in self._hashes():
            try:
                if isinstance(self._key, ed25519.Ed25519PublicKey):
                    self._key.verify(signature, data)
                elif isinstance(self._key, rsa.RSAPublicKey):
                    self._key.verify(signature, data, padding.PKCS1v15(), algorithm)
                elif isinstance(self._key, ec.EllipticCurvePublicKey):
                    self._key.verify(signature, data, ec.ECDSA(algorithm))
                else:
                    return False
            except InvalidSignature:
                continue
            return True
        return False

    def _hashes(self) -> Sequence[Cryptography]:
        """The hash algorithms with which cosign signs: SHA-256, or the one of the curve's size."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        curve = self._key.curve.name if isinstance(self._key, ec.EllipticCurvePublicKey) else ""
        if curve == "secp384r1":
            return [hashes.SHA384(), hashes.SHA256()]
        return [hashes.SHA512(), hashes.SHA256()] if curve == "secp521r1" else [hashes.SHA256()]

    @property
    def is_ed25519(self) -> bool:
        from cryptography.hazmat.primitives.asymmetric import ed25519

        return isinstance(self._key, ed25519.Ed25519PublicKey)


_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def _unusable(message: str) -> OptionError:
    return OptionError(message, option="cosign_public_key")


def _require_library() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise OperatorError(
            "Verifying signatures of OCI charts requires the Python library cryptography, which is not installed on the host that runs the "
            "task; install it with pip.",
            library="cryptography",
        ) from None


def verify_payload(payload: bytes, signature: str, digest: str, key: PublicKey, shown: str) -> Signature:
    """Verify a signature of the format with a tag.

    :param payload: the blob of the layer. Its own digest must have been compared with the layer's.
    :param signature: the layer's annotation.
    :param digest: of the chart's manifest, as it was received.
    :param shown: the chart's reference, for messages.
    :raises VerificationError: it does not count; ``reason`` says why.
    """
    if not key.confirms(payload, _decoded(signature, shown)):
        raise _other_key(key, shown)
    document = _document(payload, "payload", shown)
    critical = _table(document, "critical")
    signed = _table(critical, "image").get("docker-manifest-digest")
    if signed != digest:
        raise _refused(OTHER_DIGEST, shown, signed)
    identity = _table(critical, "identity").get("docker-reference")
    return Signature(digest, identity if isinstance(identity, str) else "", _table(document, "optional"))


def verify_bundle(bundle: bytes, digest: str, key: PublicKey, shown: str) -> Signature:
    """Verify a Sigstore bundle with a DSSE envelope.

    :param bundle: the blob of the layer.
    :param digest: of the chart's manifest, as it was received.
    :param shown: the chart's reference, for messages.
    :raises VerificationError: it does not count; ``reason`` says why.
    """
    document = _document(bundle, "bundle", shown)
    media_type = document.get("mediaType")
    if not isinstance(media_type, str) or not media_type.startswith(BUNDLE):
        raise _malformed(f"has the media type {plain_text(media_type, 100)!r}, which is not a Sigstore bundle's", shown)
    envelope = document.get("dsseEnvelope")
    if not isinstance(envelope, dict):
        raise _malformed("contains no DSSE envelope", shown)
    kind, payload, signatures = (envelope.get(name) for name in ("payloadType", "payload", "signatures"))
    if kind != _STATEMENT or not isinstance(payload, str):
        raise _malformed(f"has a payload of the type {plain_text(kind, 100)!r}, where {_STATEMENT} is required", shown)
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise _malformed("does not have exactly one signature", shown)
    statement = _decoded(payload, shown)
    if not key.confirms(envelope_bytes(kind, statement), _decoded(signatures[0].get("sig"), shown)):
        raise _other_key(key, shown)
    return _from_statement(_document(statement, "statement", shown), digest, shown)


def _from_statement(statement: JsonObject, digest: str, shown: str) -> Signature:
    if statement.get("predicateType") != _SIGNED:
        raise _refused(NOT_A_SIGNATURE, shown, statement.get("predicateType"))
    subjects = statement.get("subject")
    others = []
    for subject in subjects if isinstance(subjects, list) else ():
        found = _table(subject, "digest").get("sha256") if isinstance(subject, dict) else None
        if f"sha256:{found}" == digest:
            return Signature(digest, "", _table(subject, "annotations"))
        others.append(f"sha256:{found}")
    raise _refused(OTHER_DIGEST, shown, ", ".join(others[:3]))


def envelope_bytes(kind: str, payload: bytes) -> bytes:
    """The bytes that a DSSE signature covers.

    >>> envelope_bytes("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    return b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(payload), payload)


def first_valid(stored: Iterable[tuple[bytes, str]], digest: str, key: PublicKey, shown: str) -> Signature:
    """The first valid signature of a manifest; the ones after it are not read.

    :param stored: payloads and their signatures as for ``verify_payload``, or bundles with an empty text.
    :param digest: of the chart's manifest, as it was received.
    :param shown: the chart's reference, for messages.
    :raises VerificationError: there is none: the error of the last one that this key made, else of the last one.
    """
    errors: list[VerificationError] = []
    for data, signature in stored:
        try:
            return verify_payload(data, signature, digest, key, shown) if signature else verify_bundle(data, digest, key, shown)
        except VerificationError as error:
            errors.append(error)
    if not errors:
        raise VerificationError(
            f"{shown} has no cosign signature; sign it with cosign sign --key, or remove cosign_public_key.",
            helm="no signatures found",
            reason=MISSING,
            chart=shown,
        )
    own = [error for error in errors if error.fields.get("reason") not in (OTHER_KEY, MALFORMED)]
    raise (own or errors)[-1]


def _decoded(text: Json, shown: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        raise _malformed("is not base64", shown) from None


def _document(data: bytes, what: str, shown: str) -> JsonObject:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise _malformed(f"has a {what} that is not JSON", shown) from None
    if not isinstance(document, dict):
        raise _malformed(f"has a {what} that is not a JSON object", shown)
    return document


def _table(document: Mapping[str, Json], name: str) -> JsonObject:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _malformed(why: str, shown: str) -> VerificationError:
    return VerificationError(f"A signature of {shown} is malformed: it {why}.", reason=MALFORMED, chart=shown)


def _other_key(key: PublicKey, shown: str) -> VerificationError:
    message = f"A signature of {shown} was not made with this public key, or was altered."
    if key.is_ed25519:
        message += " With an Ed25519 key, cosign signs with Ed25519ph, which is not supported; sign with an ECDSA key."
    return VerificationError(message, reason=OTHER_KEY, chart=shown)


def _refused(reason: str, shown: str, detail: object = "") -> VerificationError:
    text = plain_text(detail, 300)
    message = {
        OTHER_DIGEST: f"A signature of {shown} is valid, but was made for another manifest ({text or 'none'}).",
        NOT_A_SIGNATURE: f"{shown} has an attestation ({text}), which does not count as a signature.",
    }[reason]
    return VerificationError(message, reason=reason, chart=shown)
