# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``cosign_public_key``: which signatures are found, and what is refused before the chart is fetched.

``tests/registry`` has the real cosign.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FetchedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    OperatorError,
    OptionError,
    RepositoryError,
    VerificationError,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import INDEX, MANIFEST
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.signatures import (
    BUNDLE,
    SIMPLE_SIGNING,
    envelope_bytes,
    referrers_tag,
    signature_tag,
)

sys.path.insert(0, str(Path(__file__).parent))
from fake_registry import Asked, FakeRegistry, Reply, archive, sha256

pytest.importorskip("cryptography")

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OWN, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _key in range(2))
ONE = archive()  # once: an archive has the time in it


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    yield made
    made.stop()


def signed(data: bytes, key: ec.EllipticCurvePrivateKey = OWN) -> str:
    return base64.b64encode(key.sign(data, ec.ECDSA(hashes.SHA256()))).decode()


def described(data: bytes, media_type: str, **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": sha256(data), "size": len(data), **more}


def manifest(layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"schemaVersion": 2, "mediaType": MANIFEST, "config": described(b"{}", "text/plain"), "layers": layers}


def add_attached(registry: FakeRegistry, digest: str, *keys: ec.EllipticCurvePrivateKey, of: str = "") -> None:
    """Signatures of the format with a tag."""
    layers = []
    for number, key in enumerate(keys):
        critical = {"image": {"docker-manifest-digest": of or digest}, "identity": {"docker-reference": "harbour"}}
        payload = json.dumps({"critical": critical, "optional": {"number": number}}).encode()
        registry.blobs[sha256(payload)] = payload
        layers.append(described(payload, SIMPLE_SIGNING, annotations={"dev.cosignproject.cosign/signature": signed(payload, key)}))
    registry.put(signature_tag(digest), manifest(layers))


def bundle_entry(registry: FakeRegistry, digest: str, key: ec.EllipticCurvePrivateKey, kind: str = "https://sigstore.dev/cosign/sign/v1") -> Any:
    """A bundle as its index describes it."""
    subject = [{"digest": {"sha256": digest.partition(":")[2]}, "annotations": {"env": "prod"}}]
    text = json.dumps({"predicateType": kind, "subject": subject}).encode()
    signature = signed(envelope_bytes("application/vnd.in-toto+json", text), key)
    envelope = {"payload": base64.b64encode(text).decode(), "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": signature}]}
    media_type = f"{BUNDLE}.v0.3+json"
    bundle = json.dumps({"mediaType": media_type, "dsseEnvelope": envelope}).encode()
    registry.blobs[sha256(bundle)] = bundle
    place = registry.put(f"bundle-{len(registry.manifests)}", manifest([described(bundle, media_type)]))
    data = registry.manifests[place]
    return described(data, MANIFEST, artifactType=media_type)


def index(*entries: Any) -> bytes:
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}).encode()


def add_bundles(registry: FakeRegistry, digest: str, *entries: Any, by: str = "api") -> None:
    """An index of bundles, by the referrers API, on several pages of it, or by its tag."""
    if by == "tag":
        registry.manifests[referrers_tag(digest)] = index(*entries)
        return
    pages = [index(*entries)] if by == "api" else [index(entry) for entry in entries]

    def reply(asked: Asked) -> Reply | None:
        path, _mark, query = asked.path.partition("?")
        if path != f"/v2/a/pier/referrers/{digest}":
            return None
        number = int(query.partition("=")[2] or 0)
        more = {"Link": f'<{path}?page={number + 1}>; rel="next"'} if number + 1 < len(pages) else {}
        return Reply(body=pages[number], headers={"Content-Type": INDEX, **more})

    registry.disturb = reply


def fetch(registry: FakeRegistry, folder: Path, ref: str = "", version: str = "1.0.0", **more: Any) -> FetchedChart:
    public = OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "cosign.pub").write_bytes(public)
    trust = Trust(cosign_key=more.pop("key", "cosign.pub"), **more)
    reference = ChartReference(
        ref or f"oci://{registry.host}/a/pier", version=version, access=Access(plain_http=True), trust=trust, folder=str(folder)
    )
    return resolve(reference, {"HOME": str(folder), "PATH": "/usr/bin"})


def blobs(registry: FakeRegistry) -> int:
    return sum(path.endswith(sha256(ONE)) for path in registry.paths)


@pytest.mark.parametrize("version", ["1.0.0", "", "~1.0.0", "digest"])
@pytest.mark.parametrize("by", ["api", "pages", "tag", "attached"])
def test_a_signed_chart(registry: FakeRegistry, tmp_path: Path, by: str, version: str) -> None:
    digest = registry.add("1.0.0", ONE)
    if by == "attached":
        add_attached(registry, digest, OTHER, OWN)
    else:
        add_bundles(registry, digest, bundle_entry(registry, digest, OTHER), bundle_entry(registry, digest, OWN), by=by)
    found = fetch(registry, tmp_path, version=digest if version == "digest" else version)
    assert found.chart.name == "pier"
    expected = ("harbour", {"number": 1}) if by == "attached" else ("", {"env": "prod"})
    assert found.cosign == {"digest": digest, "identity": expected[0], "annotations": expected[1]}


def test_the_signature_is_that_of_the_index_under_the_tag(registry: FakeRegistry, tmp_path: Path) -> None:
    chart = registry.add("chart", ONE)
    digest = registry.put("1.0.0", json.loads(index(described(registry.manifests[chart], MANIFEST))))
    add_attached(registry, digest, OWN)
    found = fetch(registry, tmp_path)
    assert found.cosign is not None
    assert found.cosign["digest"] == digest


@pytest.mark.parametrize(
    ("make", "reason", "says"),
    [
        (lambda _registry, _digest: None, "missing", "has no cosign signature; sign it with cosign sign --key"),
        (lambda registry, digest: add_attached(registry, digest, OTHER), "unknown_key", "was not made with this public key"),
        (lambda registry, digest: add_attached(registry, digest, OWN, of="sha256:" + "0" * 64), "other_manifest", "for another manifest"),
        (
            lambda registry, digest: add_bundles(registry, digest, bundle_entry(registry, digest, OWN, "https://slsa.dev/provenance/v1")),
            "attestation",
            "does not count as a signature",
        ),
        (lambda registry, digest: add_attached(registry, digest, *[OTHER] * 101), "too_many", "has more than 100 cosign signatures"),
    ],
)
def test_what_is_refused_before_the_chart_is_fetched(registry: FakeRegistry, tmp_path: Path, make: Any, reason: str, says: str) -> None:
    make(registry, registry.add("1.0.0", ONE))
    with pytest.raises(VerificationError, match=says) as caught:
        fetch(registry, tmp_path)
    assert caught.value.fields["reason"] == reason
    assert blobs(registry) == 0


def test_the_signature_of_another_tag_does_not_count(registry: FakeRegistry, tmp_path: Path) -> None:
    add_attached(registry, registry.add("1.0.0", ONE), OWN)
    registry.add("1.1.0", archive(version="1.1.0"))
    assert fetch(registry, tmp_path, version="1.0.0").cosign
    with pytest.raises(VerificationError, match="has no cosign signature"):
        fetch(registry, tmp_path, version="1.1.0")


def test_a_tag_in_lower_case(registry: FakeRegistry, tmp_path: Path) -> None:
    """Gitea lists tags so; nothing but the case may differ."""
    for tag in ("2.0.0-rc.1", "2.0.0-rc.2"):
        add_attached(registry, registry.add(tag, archive(version="2.0.0-RC.1")), OWN)
    assert fetch(registry, tmp_path, version="2.0.0-rc.1").cosign
    with pytest.raises(VerificationError, match=r"is the chart pier 2\.0\.0-RC\.1: the tag was moved to another chart"):
        fetch(registry, tmp_path, version="2.0.0-rc.2")


@pytest.mark.parametrize("tag", ["2.0.0", "1.0.0_b"])
def test_a_signed_chart_under_the_tag_of_another_version(registry: FakeRegistry, tmp_path: Path, tag: str) -> None:
    """Who can write to the registry offers an old chart as a new one; ``latest`` may be moved."""
    digest = registry.add(tag, ONE)
    add_attached(registry, digest, OWN)
    version = tag.replace("_", "+")
    with pytest.raises(VerificationError, match=r"is the chart pier 1\.0\.0: the tag was moved to another chart") as caught:
        fetch(registry, tmp_path, version=version)
    assert caught.value.fields["reason"] == "other_tag"
    assert fetch(registry, tmp_path, version=digest).cosign
    assert fetch(registry, tmp_path, version=version, key="").cosign is None
    for moving in ("latest", "v1.0.0"):
        registry.add(moving, ONE)
        assert fetch(registry, tmp_path, version=moving).cosign


def test_a_cached_chart_is_verified_as_well(registry: FakeRegistry, tmp_path: Path) -> None:
    digest = registry.add("1.0.0", ONE)
    assert fetch(registry, tmp_path, key="").cosign is None
    for version in ("1.0.0", digest):
        with pytest.raises(VerificationError, match="has no cosign signature"):
            fetch(registry, tmp_path, version=version)


def test_a_bundle_that_was_deleted_is_left_out(registry: FakeRegistry, tmp_path: Path) -> None:
    digest = registry.add("1.0.0", ONE)
    gone = bundle_entry(registry, digest, OWN)
    add_bundles(registry, digest, gone, bundle_entry(registry, digest, OWN))
    del registry.manifests[gone["digest"]]
    assert fetch(registry, tmp_path).cosign
    add_bundles(registry, digest, gone)
    with pytest.raises(VerificationError, match="has no cosign signature"):
        fetch(registry, tmp_path)


@pytest.mark.parametrize("status", [401, 403, 500])
@pytest.mark.parametrize("path", ["/referrers/", "/manifests/sha256-"])
def test_a_registry_that_fails_is_not_one_without_signatures(registry: FakeRegistry, tmp_path: Path, path: str, status: int) -> None:
    registry.add("1.0.0", ONE)
    registry.disturb = lambda asked: Reply(status, headers={"Retry-After": "0"}) if path in asked.path else None
    with pytest.raises(RepositoryError, match=str(status)):
        fetch(registry, tmp_path)
    assert blobs(registry) == 0


def test_a_payload_that_is_not_what_its_layer_says(registry: FakeRegistry, tmp_path: Path) -> None:
    digest = registry.add("1.0.0", ONE)
    add_attached(registry, digest, OWN)
    layer = json.loads(registry.manifests[signature_tag(digest)])["layers"][0]
    registry.blobs[layer["digest"]] = b"x" * layer["size"]
    with pytest.raises(RepositoryError, match="does not match its digest"):
        fetch(registry, tmp_path)


@pytest.mark.parametrize("kind", ["directory", "archive", "url", "repository"])
def test_a_chart_that_is_not_in_a_registry(registry: FakeRegistry, tmp_path: Path, kind: str) -> None:
    (tmp_path / "pier").mkdir()
    (tmp_path / "pier" / "Chart.yaml").write_text("apiVersion: v2\nname: pier\nversion: 1.0.0\n")
    (tmp_path / "pier.tgz").write_bytes(ONE)
    listed = {"name": "pier", "version": "1.0.0", "urls": ["pier.tgz"]}
    files = {"/pier.tgz": ONE, "/index.yaml": json.dumps({"apiVersion": "v1", "entries": {"pier": [listed]}}).encode()}
    registry.disturb = lambda asked: Reply(body=files[asked.path])
    ref = {"directory": "pier", "archive": "pier.tgz", "url": f"http://{registry.host}/pier.tgz", "repository": "pier"}[kind]
    trust = Trust(cosign_key="cosign.pub")
    repository = f"http://{registry.host}" if kind == "repository" else ""
    with pytest.raises(OptionError, match=r"cosign_public_key applies to charts in an OCI registry only, and .* is not in one"):
        resolve(ChartReference(ref, repo_url=repository, trust=trust, folder=str(tmp_path)), {"HOME": str(tmp_path)})
    assert "/pier.tgz" not in registry.paths


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r"cosign_public_key: .*/none\.pub cannot be read: No such file or directory\."),
        (b"", "cosign_public_key: .* is not a public key in PEM format"),
        (b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----", "is a private key; specify the public key"),
    ],
)
def test_a_key_that_cannot_be_used(registry: FakeRegistry, tmp_path: Path, content: bytes | None, says: str) -> None:
    registry.add("1.0.0", ONE)
    if content is not None:
        (tmp_path / "none.pub").write_bytes(content)
    with pytest.raises(OptionError, match=says) as caught:
        fetch(registry, tmp_path, key="none.pub")
    assert caught.value.fields["option"] == "cosign_public_key"


def test_the_missing_library_is_named(registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.add("1.0.0", ONE)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(OperatorError, match=r"requires the Python library cryptography, which is not installed on the host"):
        fetch(registry, tmp_path)


def test_together_with_a_checksum_and_a_provenance_file(registry: FakeRegistry, tmp_path: Path) -> None:
    digest = registry.add("1.0.0", ONE)
    add_attached(registry, digest, OWN)
    assert fetch(registry, tmp_path, digest=sha256(ONE).partition(":")[2]).cosign
    with pytest.raises(VerificationError, match="it is another archive"):
        fetch(registry, tmp_path, digest="0" * 64)
    with pytest.raises(VerificationError, match="has no provenance file"):
        fetch(registry, tmp_path, verify="always")
