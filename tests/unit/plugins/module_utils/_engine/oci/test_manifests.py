# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manifests: reading, refusing and writing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.artifacts import (
    annotations_of,
    config_of,
    descriptor_of,
    manifest_of,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import (
    CHART,
    CONFIG,
    INDEX,
    MANIFEST,
    OLD_CHART,
    PROVENANCE,
    candidates,
    chart_layer,
    parse_manifest,
)


def descriptor(media_type: str = CHART, fill: str = "0", **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": "sha256:" + fill * 64, "size": 10, **more}


def manifest(*layers: dict[str, Any], config: str = CONFIG, **more: Any) -> bytes:
    return json.dumps({"schemaVersion": 2, "config": descriptor(config), "layers": list(layers), **more}).encode()


def test_the_layers_of_a_chart() -> None:
    found = parse_manifest(manifest(descriptor("image/png", "1"), descriptor(PROVENANCE, "2"), descriptor(CHART, "3")), "x")
    assert chart_layer(found, "x").digest == "sha256:" + "3" * 64
    assert found.provenance is not None
    assert found.provenance.digest == "sha256:" + "2" * 64
    assert (found.is_chart, found.is_index) == (True, False)


def test_the_old_type_of_a_layer_counts_where_the_new_one_is_missing() -> None:
    both = parse_manifest(manifest(descriptor(OLD_CHART, "1"), descriptor(CHART, "2")), "x")
    assert chart_layer(both, "x").digest == "sha256:" + "2" * 64
    assert chart_layer(parse_manifest(manifest(descriptor(OLD_CHART, "1")), "x"), "x").digest == "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "schema version"),
        (b'{"schemaVersion":1,"fsLayers":[]}', "schema version 1"),
        (b'{"schemaVersion":2}', "has no config"),
        (b'{"schemaVersion":2,"config":3}', "has no config"),
        (b'{"schemaVersion":2,"config":{}}', "a descriptor has the digest None"),
        (manifest(descriptor(digest="sha256:12")), "a descriptor has the digest sha256:12"),
        (manifest(descriptor(digest="md5:" + "0" * 32)), "a descriptor has the digest md5"),
        (manifest(descriptor(size=-1)), "the size -1"),
        (manifest(descriptor(size="10")), "the size 10"),
        (manifest(descriptor(size=True)), "the size True"),
        (manifest(descriptor(size=1.5)), "the size 1.5"),
        (manifest(*[descriptor()] * 1001), "not a list of at most 1000"),
        (json.dumps({"schemaVersion": 2, "config": descriptor(), "layers": {"a": 1}}).encode(), "not a list"),
        (manifest(descriptor(digest="sha256:\n\x1b[31m" + "z" * 5000)), "a descriptor has the digest"),
    ],
)
def test_malformed_manifests(data: bytes, message: str) -> None:
    with pytest.raises(RepositoryError, match=message) as caught:
        parse_manifest(data, "oci://h/c:1")
    assert "oci://h/c:1" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_what_is_not_a_chart_is_named() -> None:
    image = parse_manifest(manifest(descriptor(), config="application/vnd.oci.image.config.v1+json"), "x")
    with pytest.raises(RepositoryError, match=r"x is not a chart: its config has the type application/vnd\.oci\.image\.config"):
        chart_layer(image, "x")
    with pytest.raises(RepositoryError, match="has no chart archive"):
        chart_layer(parse_manifest(manifest(descriptor(PROVENANCE)), "x"), "x")


def index(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}).encode()


@pytest.mark.parametrize(
    ("entries", "chosen"),
    [
        ([descriptor(MANIFEST, "1", artifactType=CONFIG), descriptor(MANIFEST, "2")], ["1"]),
        ([descriptor(MANIFEST, "1", artifactType="application/x"), descriptor(MANIFEST, "2")], ["2"]),
        ([descriptor(MANIFEST, "1"), descriptor(MANIFEST, "2")], ["1", "2"]),
        ([descriptor(INDEX, "1")], []),
        ([], []),
    ],
)
def test_candidates_of_an_index(entries: list[dict[str, Any]], chosen: list[str]) -> None:
    found = parse_manifest(index(*entries), "x")
    assert found.is_index
    assert [entry.digest[-1] for entry in candidates(found)] == chosen


# --- writing: tests/registry compares these with what the real helm pushes

METADATA = {
    "name": "pier",
    "home": "https://example.org",
    "sources": ["https://example.org/a", "https://example.org/b"],
    "version": "1.0.0+b",
    "description": "a <pier> & more",
    "maintainers": [{"name": "A", "email": "a@example.org"}, {"name": "B"}, {"email": "c@example.org"}],
    "apiVersion": "v2",
    "annotations": {"z": "1", "a": "2", "org.opencontainers.image.title": "other", "org.opencontainers.image.url": "own"},
    "dependencies": [{"name": "d", "version": "1.0.0", "repository": "", "import-values": [{"parent": "p", "child": "c"}]}],
}


def test_annotations() -> None:
    assert annotations_of(METADATA, "2026-01-02T03:04:05Z") == {
        "org.opencontainers.image.title": "pier",
        "org.opencontainers.image.version": "1.0.0+b",
        "org.opencontainers.image.description": "a <pier> & more",
        "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
        "org.opencontainers.image.source": "https://example.org/a",
        "org.opencontainers.image.authors": "A (a@example.org), B,  (c@example.org)",
        "org.opencontainers.image.url": "own",
        "z": "1",
        "a": "2",
    }


def test_empty_fields_create_no_annotation() -> None:
    assert set(annotations_of({"name": "n", "version": "1.0.0", "description": " ", "maintainers": [{}]}, "t")) == {
        "org.opencontainers.image.title",
        "org.opencontainers.image.version",
        "org.opencontainers.image.created",
    }


def test_the_config_keeps_the_order_of_the_fields_and_escapes_as_go() -> None:
    text = config_of(METADATA).decode()
    assert text.startswith('{"name":"pier","home":"https://example.org","sources":[')
    assert '"description":"a \\u003cpier\\u003e \\u0026 more"' in text
    assert '"annotations":{"a":"2","org.opencontainers' in text
    assert '"import-values":[{"child":"c","parent":"p"}]' in text


def test_a_manifest_does_not_depend_on_the_order_of_its_parts() -> None:
    config, chart, proof = descriptor_of(CONFIG, b"{}"), descriptor_of(CHART, b"chart"), descriptor_of(PROVENANCE, b"proof")
    first = manifest_of(config, [chart, proof], {"a": "1", "b": "2"})
    assert first == manifest_of(config, [proof, chart], {"b": "2", "a": "1"})
    found = parse_manifest(first, "x")
    assert chart_layer(found, "x") == chart
    assert found.annotations == {"a": "1", "b": "2"}
    assert first.startswith(b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType"')
