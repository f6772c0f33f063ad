# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures of cosign 3.1.3, and others made by the library ``cryptography``.

``cosign.json`` holds what cosign wrote into a registry.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")

from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    OperatorError,
    OptionError,
    RepositoryError,
    VerificationError,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.signatures import (
    PublicKey,
    Signature,
    attached_signatures,
    bundle_layer,
    bundle_manifests,
    envelope_bytes,
    first_valid,
    referrers_tag,
    signature_tag,
    verify_bundle,
    verify_payload,
)
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

RECORDED: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("cosign.json").read_text())
KINDS = ["p256", "rsa", "p384", "p521"]
DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
PRIVATE = ec.generate_private_key(ec.SECP256R1())
SHOWN = "oci://registry/charts/demo:1.0.0"


def public(private: Any) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


KEY = PublicKey.load(public(PRIVATE), "cosign.pub")


def key_of(kind: str) -> PublicKey:
    return PublicKey.load(RECORDED[kind]["public"].encode(), f"{kind}.pub")


def signed(data: bytes) -> str:
    return base64.b64encode(PRIVATE.sign(data, ec.ECDSA(hashes.SHA256()))).decode()


def payload(digest: object = DIGEST, **optional: str) -> bytes:
    image = {"docker-manifest-digest": digest}
    critical = {"identity": {"docker-reference": "registry/charts/demo"}, "image": image, "type": "cosign container image signature"}
    return json.dumps({"critical": critical, "optional": optional or None}).encode()


def statement(digest: str = DIGEST, kind: str = "https://sigstore.dev/cosign/sign/v1", **more: object) -> bytes:
    subject = [{"digest": {"sha256": digest.partition(":")[2]}, "annotations": {"env": "prod"}}]
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": kind, "predicate": {}, **more}).encode()


def bundle(text: bytes, **changes: Any) -> bytes:
    envelope = {
        "payload": base64.b64encode(text).decode(),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"sig": signed(envelope_bytes("application/vnd.in-toto+json", text))}],
    }
    document = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {}, "dsseEnvelope": envelope}
    for name, value in changes.items():
        (envelope if name in envelope else document)[name] = value
    return json.dumps(document).encode()


def reason_of(function: Any, *arguments: Any) -> tuple[str, str]:
    with pytest.raises(VerificationError) as caught:
        function(*arguments, SHOWN)
    return caught.value.fields["reason"], str(caught.value)


# --- what cosign wrote


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_of_cosign_with_a_tag(kind: str) -> None:
    entry = RECORDED[kind]
    [found] = attached_signatures(entry["simple"]["manifest"].encode(), SHOWN)
    text = entry["simple"]["payload"].encode()
    assert found.payload.digest == f"sha256:{hashlib.sha256(text).hexdigest()}"
    signature = verify_payload(text, found.signature, entry["digest"], key_of(kind), SHOWN)
    assert signature.digest == entry["digest"]
    assert signature.annotations == {"env": "prod"}
    assert signature.identity.endswith(f"/charts/d{kind if kind != 'p256' else 'cosign'}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_of_cosign(kind: str) -> None:
    entry = RECORDED[kind]
    described = bundle_manifests(entry["index"].encode(), SHOWN)
    assert [one.digest for one in described] == [f"sha256:{hashlib.sha256(one['manifest'].encode()).hexdigest()}" for one in entry["bundles"]]
    first = entry["bundles"][0]
    layer = bundle_layer(first["manifest"].encode(), SHOWN)
    assert layer is not None
    assert layer.digest == f"sha256:{hashlib.sha256(first['bundle'].encode()).hexdigest()}"
    assert verify_bundle(first["bundle"].encode(), entry["digest"], key_of(kind), SHOWN) == Signature(entry["digest"], "", {"env": "prod"})


def test_an_attestation_of_cosign_is_no_signature() -> None:
    entry = RECORDED["p256"]
    reason, words = reason_of(verify_bundle, entry["bundles"][1]["bundle"].encode(), entry["digest"], key_of("p256"))
    assert reason == "attestation"
    assert "(https://cosign.sigstore.dev/attestation/v1), which does not count as a signature" in words


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_another_key_confirms_nothing(kind: str, other: str) -> None:
    entry = RECORDED[kind]
    [found] = attached_signatures(entry["simple"]["manifest"].encode(), SHOWN)
    if other == kind:
        assert verify_bundle(entry["bundles"][0]["bundle"].encode(), entry["digest"], key_of(other), SHOWN)
        return
    text = entry["simple"]["payload"].encode()
    assert reason_of(verify_payload, text, found.signature, entry["digest"], key_of(other))[0] == "unknown_key"
    assert reason_of(verify_bundle, entry["bundles"][0]["bundle"].encode(), entry["digest"], key_of(other))[0] == "unknown_key"


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_for_another_manifest(kind: str) -> None:
    entry = RECORDED[kind]
    [found] = attached_signatures(entry["simple"]["manifest"].encode(), SHOWN)
    reason, words = reason_of(verify_payload, entry["simple"]["payload"].encode(), found.signature, OTHER, key_of(kind))
    assert reason == "other_manifest"
    assert f"is valid, but was made for another manifest ({entry['digest']})" in words
    assert reason_of(verify_bundle, entry["bundles"][0]["bundle"].encode(), OTHER, key_of(kind))[0] == "other_manifest"


def test_ed25519_signatures_of_cosign_are_named() -> None:
    """It signs with Ed25519ph, which no Python library offers."""
    entry = RECORDED["ed"]
    [found] = attached_signatures(entry["simple"]["manifest"].encode(), SHOWN)
    reason, words = reason_of(verify_payload, entry["simple"]["payload"].encode(), found.signature, entry["digest"], key_of("ed"))
    assert reason == "unknown_key"
    assert words.endswith("cosign signs with Ed25519ph, which is not supported; sign with an ECDSA key.")


# --- what others write


def test_plain_ed25519() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    key = PublicKey.load(public(private), "ed.pub")
    text = payload(env="prod")
    signature = base64.b64encode(private.sign(text)).decode()
    assert verify_payload(text, signature, DIGEST, key, SHOWN) == Signature(DIGEST, "registry/charts/demo", {"env": "prod"})
    assert reason_of(verify_payload, text + b" ", signature, DIGEST, key)[0] == "unknown_key"


@pytest.mark.parametrize("curve, algorithm", [(ec.SECP384R1(), hashes.SHA256()), (ec.SECP521R1(), hashes.SHA512()), (ec.SECP521R1(), hashes.SHA256())])
def test_ecdsa_with_both_hash_algorithms(curve: ec.EllipticCurve, algorithm: hashes.HashAlgorithm) -> None:
    private = ec.generate_private_key(curve)
    text = payload()
    signature = base64.b64encode(private.sign(text, ec.ECDSA(algorithm))).decode()
    assert verify_payload(text, signature, DIGEST, PublicKey.load(public(private), "k"), SHOWN).annotations == {}


def test_the_bytes_of_an_envelope_are_those_of_the_specification() -> None:
    assert envelope_bytes("tÿpe", b"\0\xff") == b"DSSEv1 5 t\xc3\xbfpe 2 \0\xff"


def test_every_byte_of_a_payload_counts() -> None:
    text = payload()
    signature = signed(text)
    for at in range(len(text)):
        changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        assert reason_of(verify_payload, changed, signature, DIGEST, KEY)[0] == "unknown_key"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (payload(None), "other_manifest"),
        (payload(""), "other_manifest"),
        (payload(DIGEST.upper()), "other_manifest"),
        (payload([DIGEST]), "other_manifest"),
        (b"{}", "other_manifest"),
        (b'{"critical": []}', "other_manifest"),
        (b"[]", "malformed"),
        (b"not json", "malformed"),
        (b"\xff", "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
)
def test_a_signed_payload_that_names_no_such_manifest(text: bytes, reason: str) -> None:
    assert reason_of(verify_payload, text, signed(text), DIGEST, KEY)[0] == reason


@pytest.mark.parametrize("signature", ["", "%%%", "AAAA", "é", "MEUCIQ=="])
def test_a_signature_that_is_none(signature: str) -> None:
    assert reason_of(verify_payload, payload(), signature, DIGEST, KEY)[0] in ("unknown_key", "malformed")


def test_a_bundle_with_several_subjects() -> None:
    other, wanted = json.loads(statement(OTHER))["subject"][0], json.loads(statement())["subject"][0]
    text = statement(subject=[other, None, {}, {"digest": {"sha512": "ab" * 32}}, wanted])
    assert verify_bundle(bundle(text), DIGEST, KEY, SHOWN).digest == DIGEST


@pytest.mark.parametrize("media_type", ["application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle.v0.3+json"])
def test_versions_of_the_bundle(media_type: str) -> None:
    assert verify_bundle(bundle(statement(), mediaType=media_type), DIGEST, KEY, SHOWN).annotations == {"env": "prod"}


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (bundle(statement(OTHER)), "other_manifest", f"for another manifest ({OTHER})"),
        (bundle(statement(subject=[])), "other_manifest", "for another manifest (none)"),
        (bundle(statement(subject="text")), "other_manifest", "for another manifest (none)"),
        (bundle(statement(kind="https://slsa.dev/provenance/v1")), "attestation", "has an attestation (https://slsa.dev/provenance/v1)"),
        (bundle(statement(kind="")), "attestation", "does not count as a signature"),
        (bundle(statement(), payload=base64.b64encode(statement(OTHER)).decode()), "unknown_key", "not made with this public key"),
        (bundle(statement(), payloadType="text/plain"), "malformed", "has a payload of the type 'text/plain'"),
        (bundle(statement(), payload="%%"), "malformed", "is not base64"),
        (bundle(statement(), payload=None), "malformed", "has a payload of the type"),
        (bundle(statement(), signatures=[]), "malformed", "does not have exactly one signature"),
        (bundle(statement(), signatures=[{"sig": "AA=="}, {"sig": "AA=="}]), "malformed", "does not have exactly one signature"),
        (bundle(statement(), signatures=["AA=="]), "malformed", "does not have exactly one signature"),
        (bundle(statement(), signatures=[{}]), "unknown_key", "not made with this public key"),
        (bundle(statement(), dsseEnvelope=None, messageSignature={}), "malformed", "contains no DSSE envelope"),
        (bundle(statement(), mediaType="application/json"), "malformed", "which is not a Sigstore bundle's"),
        (bundle(statement(), mediaType=None), "malformed", "which is not a Sigstore bundle's"),
        (bundle(b"[]"), "malformed", "has a statement that is not a JSON object"),
        (bundle(b"text"), "malformed", "has a statement that is not JSON"),
        (b"text", "malformed", "has a bundle that is not JSON"),
        (b"[]", "malformed", "has a bundle that is not a JSON object"),
    ],
)
def test_a_bundle_that_does_not_count(data: bytes, reason: str, words: str) -> None:
    found, sentence = reason_of(verify_bundle, data, DIGEST, KEY)
    assert found == reason
    assert words in sentence
    assert SHOWN in sentence


# --- several, and none


def stored(*kinds: str) -> Iterator[tuple[bytes, str]]:
    """Signatures as a registry has them."""
    for kind in kinds:
        if kind == "end":
            pytest.fail("a signature after a valid one was read")
        yield {
            "valid": (payload(), signed(payload())),
            "valid bundle": (bundle(statement()), ""),
            "other manifest": (payload(OTHER), signed(payload(OTHER))),
            "other key": (payload() + b" ", signed(payload())),
            "malformed": (b"", ""),
        }[kind]


@pytest.mark.parametrize("kind", ["valid", "valid bundle"])
def test_one_valid_signature_is_enough(kind: str) -> None:
    assert first_valid(stored("other key", "malformed", "other manifest", kind, "end"), DIGEST, KEY, SHOWN).digest == DIGEST


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        (("other manifest", "other key"), "other_manifest"),
        (("other key",), "unknown_key"),
        (("other key", "malformed"), "malformed"),
        ((), "missing"),
    ],
)
def test_without_a_valid_signature_the_error_of_this_key_is_preferred(kinds: tuple[str, ...], reason: str) -> None:
    assert reason_of(first_valid, stored(*kinds), DIGEST, KEY)[0] == reason


# --- places


def test_tags() -> None:
    assert signature_tag(DIGEST) == f"sha256-{'ab' * 32}.sig"
    assert referrers_tag(DIGEST) == f"sha256-{'ab' * 32}"


def test_layers_without_a_signature_are_left_out() -> None:
    document = json.loads(RECORDED["p256"]["simple"]["manifest"])
    layer = document["layers"][0]
    document["layers"] = [
        {**layer, "annotations": None},
        {**layer, "annotations": {"dev.cosignproject.cosign/signature": 1}},
        {**layer, "mediaType": "text/plain"},
        {key: value for key, value in layer.items() if key != "annotations"},
        layer,
    ]
    assert len(attached_signatures(json.dumps(document).encode(), SHOWN)) == 1


def test_an_index_is_searched_for_bundles_only() -> None:
    document = json.loads(RECORDED["p256"]["index"])
    entry = document["manifests"][0]
    document["manifests"] = [{**entry, "artifactType": "application/spdx+json"}, {**entry, "artifactType": ""}, entry]
    assert len(bundle_manifests(json.dumps(document).encode(), SHOWN)) == 1
    assert bundle_manifests(b'{"schemaVersion": 2, "manifests": []}', SHOWN) == []


@pytest.mark.parametrize("function", [attached_signatures, bundle_manifests, bundle_layer])
@pytest.mark.parametrize("data", [b"", b"text", b"[]", b'{"schemaVersion": 1}', b'{"schemaVersion": 2, "config": {"digest": 1}}'])
def test_what_is_no_manifest_is_refused(function: Any, data: bytes) -> None:
    with pytest.raises(RepositoryError):
        function(data, SHOWN)


def test_a_manifest_without_a_bundle() -> None:
    assert bundle_layer(RECORDED["p256"]["simple"]["manifest"].encode(), SHOWN) is None


# --- keys


def _private(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        (_private(PRIVATE), "is a private key; specify the public key"),
        (b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n", "is a private key"),
        (b"", "is not a public key in PEM format"),
        (b"ssh-ed25519 AAAA", "is not a public key in PEM format"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is not a public key in PEM format"),
        (public(rsa.generate_private_key(65537, 1024)), "is an RSA key of 1024 bits; at least 2048 are required"),  # noqa: S505
        (public(ec.generate_private_key(ec.SECP256K1())), "is a key of an unsupported kind"),
        (public(dsa.generate_private_key(2048)), "is a key of an unsupported kind"),
    ],
)
def test_a_key_that_cannot_be_used_is_named(pem: bytes, words: str) -> None:
    with pytest.raises(OptionError, match=r"^cosign\.pub ") as caught:
        PublicKey.load(pem, "cosign.pub")
    assert words in str(caught.value)


def test_without_the_library_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(OperatorError, match="requires the Python library cryptography, which is not installed") as caught:
        PublicKey.load(public(PRIVATE), "cosign.pub")
    assert caught.value.fields["library"] == "cryptography"
