# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The config, the annotations and the manifest of a chart in a registry, as Helm writes them.

Helm: ``pkg/registry/{chart,client}.go``.

The manifest has a ``mediaType`` in addition, which the image specification recommends and some registries require.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from ..aliases import Json, JsonObject
from ..yamlio.gojson import json_dumps
from .manifests import MANIFEST, Descriptor

_PREFIX = "org.opencontainers.image."
#: annotations of a chart never replace these
_FIXED = (f"{_PREFIX}version", f"{_PREFIX}title")
#: maps of Go, whose keys are written sorted; the other objects are structs, with fields in their order
_MAPS = ("annotations", "import-values")


def descriptor_of(media_type: str, data: bytes) -> Descriptor:
    return Descriptor(media_type, f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))


def config_of(metadata: Mapping[str, Json]) -> bytes:
    """The config blob: the chart's metadata as JSON.

    :param metadata: Chart.yaml's fields in the order of Helm's struct, empty ones left out, as in the record of a release.
    """
    return _ordered(metadata).encode("utf-8", "surrogateescape")


def annotations_of(metadata: Mapping[str, Json], created: str) -> dict[str, str]:
    """The annotations of the manifest.

    Those of the chart are added, and may replace all but title and version.

    :param created: RFC 3339.
    """
    found = {
        "description": metadata.get("description"),
        "title": metadata.get("name"),
        "version": metadata.get("version"),
        "url": metadata.get("home"),
        "created": created,
        "source": next(iter(metadata.get("sources") or ()), ""),
        "authors": _authors(metadata.get("maintainers") or ()),
    }
    annotations = {f"{_PREFIX}{name}": str(text) for name, text in found.items() if text and str(text).strip()}
    own = metadata.get("annotations") or {}
    return {**annotations, **{name: text for name, text in own.items() if name not in _FIXED}}


def manifest_of(config: Descriptor, layers: Sequence[Descriptor], annotations: Mapping[str, str]) -> bytes:
    """The manifest.

    Layers are sorted by digest and annotations by name, so that the same chart gives the same bytes.
    """
    return _ordered(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _plain(config),
            "layers": [_plain(layer) for layer in sorted(layers, key=lambda layer: layer.digest)],
            "annotations": dict(annotations),
        }
    ).encode("utf-8", "surrogateescape")


def _authors(maintainers: Sequence[Mapping[str, str]]) -> str:
    return ", ".join((one.get("name") or "") + (f" ({one['email']})" if one.get("email") else "") for one in maintainers)


def _plain(one: Descriptor) -> JsonObject:
    return {"mediaType": one.media_type, "digest": one.digest, "size": one.size}


def _ordered(value: Json) -> str:
    """JSON as Go writes a struct: keys in the given order."""
    if isinstance(value, Mapping):
        fields = (f"{json_dumps(key)}:{json_dumps(item) if key in _MAPS else _ordered(item)}" for key, item in value.items())
        return "{" + ",".join(fields) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_ordered, value)) + "]"
    return json_dumps(value)
