# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Manifests of charts: media types, descriptors, the chart's layer.

OCI image specification; Helm: ``pkg/registry/client.go``.

Everything in a manifest is what a server says: it is checked before it is used, and its texts are cut for messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..aliases import Json
from ..errors import RepositoryError
from ..plain_text import plain_text
from .references import is_digest

CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
OLD_CHART = "application/tar+gzip"
PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
_DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
#: what a request for a manifest accepts
ACCEPT = ", ".join((MANIFEST, INDEX, _DOCKER_MANIFEST, _DOCKER_INDEX))
#: bytes; registries refuse larger ones
MAX_MANIFEST = 4 << 20
_MAX_ENTRIES = 1000


@dataclass(frozen=True)
class Descriptor:
    """What a manifest says of a blob or of another manifest.

    ``artifact_type`` is empty where it does not say it.
    """

    media_type: str
    digest: str
    size: int
    artifact_type: str = ""


@dataclass(frozen=True)
class Manifest:
    """``manifests`` is empty but in an index; ``config`` is ``None`` there."""

    config: Descriptor | None
    layers: Sequence[Descriptor]
    manifests: Sequence[Descriptor] = ()
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_index(self) -> bool:
        return self.config is None

    @property
    def is_chart(self) -> bool:
        return self.config is not None and self.config.media_type == CONFIG

    @property
    def provenance(self) -> Descriptor | None:
        return next((layer for layer in self.layers if layer.media_type == PROVENANCE), None)


def parse_manifest(data: bytes, shown: str) -> Manifest:
    """Parse a manifest or an index.

    :param shown: the reference, for messages.
    :raises RepositoryError: it is neither.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise RepositoryError(f"The manifest of {shown} is not JSON; check that the host is an OCI registry.", url=shown) from None
    if not isinstance(document, dict):
        raise RepositoryError(f"The manifest of {shown} is not a JSON object; check that the host is an OCI registry.", url=shown)
    if document.get("schemaVersion") != 2:
        raise RepositoryError(
            f"The manifest of {shown} has schema version {plain_text(document.get('schemaVersion'), 20)}, and charts have version 2; "
            "it belongs to an image of an old format.",
            url=shown,
        )
    if isinstance(document.get("manifests"), list):
        return Manifest(None, (), _descriptors(document["manifests"], shown))
    config = document.get("config")
    if not isinstance(config, dict):
        raise RepositoryError(f"The manifest of {shown} has no config, so it is not a chart.", url=shown)
    annotations = document.get("annotations")
    return Manifest(
        _descriptor(config, shown),
        _descriptors(document.get("layers") or [], shown),
        artifact_type=_text(document.get("artifactType")),
        annotations={str(k): str(v) for k, v in annotations.items()} if isinstance(annotations, dict) else {},
    )


def chart_layer(manifest: Manifest, shown: str) -> Descriptor:
    """The descriptor of a chart's archive. Layers of other types do not count.

    :raises RepositoryError: the manifest is not a chart's, or has no archive.
    """
    config = manifest.config
    if config is None or config.media_type != CONFIG:
        found = plain_text(config.media_type, 120) if config else "an index"
        raise RepositoryError(
            f"{shown} is not a chart: its config has the type {found or 'of nothing'}, and a chart's is {CONFIG}.",
            helm=f"could not load config with mediatype {CONFIG}",
            url=shown,
        )
    for media_type in (CHART, OLD_CHART):
        for layer in manifest.layers:
            if layer.media_type == media_type:
                return layer
    raise RepositoryError(
        f"{shown} has no chart archive: its manifest has no layer of the type {CHART}.",
        helm=f"manifest does not contain a layer with mediatype {CHART}",
        url=shown,
    )


def candidates(index: Manifest) -> list[Descriptor]:
    """The manifests of an index that may be the chart's.

    Those whose type says so, else those without a type.
    """
    named = [entry for entry in index.manifests if entry.artifact_type == CONFIG]
    return named or [entry for entry in index.manifests if not entry.artifact_type and entry.media_type in (MANIFEST, "")]


def _descriptors(items: Json, shown: str) -> list[Descriptor]:
    if not isinstance(items, list) or len(items) > _MAX_ENTRIES:
        raise RepositoryError(f"The manifest of {shown} is malformed: its layers are not a list of at most {_MAX_ENTRIES}.", url=shown)
    return [_descriptor(item, shown) for item in items]


def _descriptor(item: Json, shown: str) -> Descriptor:
    facts = item if isinstance(item, dict) else {}
    digest, size = facts.get("digest"), facts.get("size")
    if not isinstance(digest, str) or not is_digest(digest) or not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise RepositoryError(
            f"The manifest of {shown} is malformed: a descriptor has the digest {plain_text(digest, 100)} and the size "
            f"{plain_text(size, 40)}, where a SHA-256 digest and a number of bytes are required.",
            url=shown,
        )
    return Descriptor(_text(facts.get("mediaType")), digest, size, _text(facts.get("artifactType")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
