# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The objects in a stored manifest, each with the file it comes from."""

from __future__ import annotations

import re

from ..aliases import Json, Object
from ..errors import ManifestError
from .manifests import split

_SOURCE = re.compile(r"# Source: (.+)")


def parse_manifest(text: str) -> list[tuple[str, Object]]:
    """(path, object) of every object in a manifest, in order, with exact integers.

    ``List`` kinds are replaced by their items.

    :param text: as a release stores it; also a hook's own text, whose path is empty.
    :raises ManifestError: a document that is not YAML, or no object: apiVersion, kind or name is missing.
    """
    from ..yamlio.errors import YamlError
    from ..yamlio.load import loads_object

    objects: list[tuple[str, Object]] = []
    for document in split(text):
        source = _SOURCE.match(document)
        path = source.group(1) if source else ""
        try:
            found = loads_object(document)
        except YamlError as error:
            raise ManifestError(
                f"A document {_of(path)} is not YAML: {error.message}.", helm=error.go_message, template=path, line=error.line
            ) from None
        if found is None or found == {}:
            continue  # a comment alone
        objects += [(path, item) for item in _expand(found, path)]
    return objects


def _expand(found: Json, path: str) -> list[Object]:
    if not isinstance(found, dict):
        raise ManifestError(f"A document {_of(path)} is a {type(found).__name__} instead of a Kubernetes object.", template=path)
    kind = found.get("kind")
    if not isinstance(kind, str) or not kind:
        raise ManifestError(
            f"An object {_of(path)} has no kind.",
            helm='unable to build kubernetes objects from release manifest: error validating "": error validating data: kind not set',
            template=path,
        )
    if not isinstance(found.get("apiVersion"), str) or not found["apiVersion"]:
        raise ManifestError(
            f"The {kind} {_of(path)} has no apiVersion.",
            helm='unable to build kubernetes objects from release manifest: error validating "": error validating data: apiVersion not set',
            template=path,
        )
    # a list is recognized by its items, as apimachinery does: PodList has them, a custom kind may only be called so
    if kind.endswith("List") and isinstance(found.get("items"), list):
        return [item for entry in found["items"] if entry is not None for item in _expand(entry, path)]
    metadata = found.get("metadata")
    if not isinstance(metadata, dict) or not (metadata.get("name") or metadata.get("generateName")):
        raise ManifestError(f"The {kind} {_of(path)} has no metadata.name.", template=path)
    return [found]


def _of(path: str) -> str:
    return f"of {path}" if path else "of the manifest"
