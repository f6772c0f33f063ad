# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Text of a manifest -> objects that can be sent (Helm: ``kube.Client.Build``), and, quicker, only which objects they are.

An object of a namespaced kind without a namespace gets the release's; one of a cluster-wide kind has none. Which is which the
cluster says (a table for built-in kinds). ``heads`` reads just apiVersion, kind, name and namespace off the lines of a
document: an unchanged release needs no more, and a full parse of a large manifest costs more than the rest of such a task.
Whatever does not look as plain as what nearly all charts write is parsed in full instead, so the two always agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import ManifestError, UnknownKind
from ..ports import Cluster, ObjectRef


@dataclass(frozen=True)
class Built:
    """One object of a manifest. ``ref.name`` is empty where the server makes the name (``generateName``)."""

    ref: ObjectRef
    object: dict[str, Any]
    path: str = ""


def build(cluster: Cluster, manifest: str, namespace: str, *, source: str = "") -> list[Built]:
    """Objects in the manifest's order.

    :param source: the file to name in errors where the text does not name one.
    :raises ManifestError: a document is not an object.
    :raises UnknownKind: the server does not serve a kind.
    """
    from ..render.objects import parse_manifest

    return [_built(cluster, obj, path or source, namespace) for path, obj in parse_manifest(manifest)]


def build_known(cluster: Cluster, manifest: str, namespace: str) -> tuple[list[Built], list[str]]:
    """As ``build``, but leaving out what the server no longer serves; also gives these, as text."""
    from ..render.objects import parse_manifest

    known: list[Built] = []
    gone: list[str] = []
    for path, obj in parse_manifest(manifest):
        try:
            known.append(_built(cluster, obj, path, namespace))
        except UnknownKind:
            gone.append(f"{obj.get('kind')} {(obj.get('metadata') or {}).get('name')} ({obj.get('apiVersion')})")
    return known, gone


def _built(cluster: Cluster, obj: dict[str, Any], path: str, namespace: str) -> Built:
    metadata = obj["metadata"]
    name = metadata.get("name")
    if name and metadata.get("generateName"):
        raise ManifestError(
            f"{path}: {obj['kind']} {name} has both metadata.name and metadata.generateName; only one can be",
            helm="metadata.name and metadata.generateName cannot both be set",
            template=path,
        )
    where, sent = _placed(cluster, obj["apiVersion"], obj["kind"], metadata, namespace)
    return Built(ObjectRef(obj["apiVersion"], obj["kind"], where, str(name or "")), {**obj, "metadata": sent}, path)


def _placed(cluster: Cluster, api_version: str, kind: str, metadata: dict[str, Any], namespace: str) -> tuple[str, dict[str, Any]]:
    if cluster.resource(api_version, kind).namespaced:
        where = str(metadata.get("namespace") or namespace)
        return where, {**metadata, "namespace": where}
    return "", {key: value for key, value in metadata.items() if key != "namespace"}


# ------------------------------------------------------------------------------------------------------------ heads

_SPLIT = re.compile(r"^---[ \t]*", re.MULTILINE)
_TOP = re.compile(r"^(apiVersion|kind|metadata):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_PLAIN = re.compile(r"^(?:\"([A-Za-z0-9][A-Za-z0-9./:_-]*)\"|'([A-Za-z0-9][A-Za-z0-9./:_-]*)'|([A-Za-z][A-Za-z0-9./:_-]*))$")
_FIELD = re.compile(r"^( +)(name|namespace|generateName):[ \t]*(.*?)[ \t]*$")


def heads(cluster: Cluster, manifest: str, namespace: str) -> list[ObjectRef]:
    """Which objects a manifest names; those whose name the server makes are left out, for nobody knows them.

    An object of a kind that is not served any more stands in the list with the namespace as written: it cannot be there.
    """
    refs: list[ObjectRef] = []
    for document in _SPLIT.split(manifest):
        head = _quick_head(document)
        for api_version, kind, name, where in [head] if head else _full_heads(document):
            if not name:
                continue
            try:
                namespaced = cluster.resource(api_version, kind).namespaced
            except UnknownKind:
                refs.append(ObjectRef(api_version, kind, where, name))
                continue
            refs.append(ObjectRef(api_version, kind, (where or namespace) if namespaced else "", name))
    return refs


def _quick_head(document: str) -> tuple[str, str, str, str] | None:
    """apiVersion, kind, name, namespace where all are as plain as can be; ``None``: parse it."""
    found: dict[str, str] = {}
    body = -1
    for match in _TOP.finditer(document):
        key, value = match.group(1), match.group(2)
        if key in found:
            return None
        found[key] = value
        if key == "metadata":
            body = match.end()
    if set(found) != {"apiVersion", "kind", "metadata"} or found["metadata"]:
        return None
    api_version, kind = _plain(found["apiVersion"]), _plain(found["kind"])
    if not api_version or not kind or kind.endswith("List"):
        return None
    fields = _metadata_fields(document[body:])
    if fields is None or "generateName" in fields:
        return None
    name, where = _plain(fields.get("name", "")), _plain(fields["namespace"]) if "namespace" in fields else ""
    if not name or where is None:
        return None
    return api_version, kind, name, where


def _metadata_fields(text: str) -> dict[str, str] | None:
    fields: dict[str, str] = {}
    indent = ""
    for line in text.split("\n")[1:]:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith(" "):
            break
        if not indent:
            indent = line[: len(line) - len(line.lstrip(" "))]
        match = _FIELD.match(line)
        if match and match.group(1) == indent:
            if match.group(2) in fields:
                return None
            fields[match.group(2)] = match.group(3)
        elif line[len(indent) :].startswith(("<<", '"', "'", "? ", "{", "&", "*", "!")):
            return None
    return fields


def _plain(value: str) -> str | None:
    """A scalar that every YAML reader takes for this very text; words that YAML takes for other things are parsed."""
    match = _PLAIN.match(value)
    if not match:
        return None
    if match.group(3) and match.group(3).lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null"):
        return None
    return match.group(1) or match.group(2) or match.group(3)


def _full_heads(document: str) -> Iterator[tuple[str, str, str, str]]:
    from ..render.objects import parse_manifest

    for _path, obj in parse_manifest(document):
        metadata = obj["metadata"]
        yield str(obj["apiVersion"]), str(obj["kind"]), str(metadata.get("name") or ""), str(metadata.get("namespace") or "")
