# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Text of a manifest -> objects that can be sent (Helm: ``kube.Client.Build``).

An object of a namespaced kind without a namespace gets the release's; one of a cluster-wide kind has none. Which is which the
cluster says (a table for built-in kinds).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..chart.names import path_fault
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


def build_known(cluster: Cluster, manifest: str, namespace: str, *, successors: bool = True) -> tuple[list[Built], list[str]]:
    """As ``build``, but leaving out what the server no longer serves; also gives these, as text.

    :param successors: an object whose apiVersion has gone is looked for under the one that took its place: it is the same object.
    """
    from ..render.objects import parse_manifest

    known: list[Built] = []
    gone: list[str] = []
    for path, obj in parse_manifest(manifest):
        if _segment_fault(obj["metadata"]):
            continue  # no server has an object of such a name
        try:
            known.append(_built(cluster, obj, path, namespace))
        except UnknownKind:
            version = successor(cluster, obj["apiVersion"], obj["kind"]) if successors else ""
            if version:
                known.append(_built(cluster, {**obj, "apiVersion": version}, path, namespace))
                continue
            gone.append(f"{obj.get('kind')} {(obj.get('metadata') or {}).get('name')} ({obj.get('apiVersion')})")
    return known, gone


#: where the kinds of a group went
_MOVED = {"extensions": ("apps", "networking.k8s.io", "policy")}
#: characters of a name that a message quotes
_LONGEST = 80
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")


def successor(cluster: Cluster, api_version: str, kind: str) -> str:
    """The apiVersion under which objects of a kind are found now; empty: there is none. Two requests, the first time."""
    group = api_version.rpartition("/")[0]
    found = []
    for text in cluster.api_versions():
        version, _slash, what = text.rpartition("/")
        where, _slash, number = version.rpartition("/")
        match = _VERSION.fullmatch(number)
        if what == kind and match and (where == group or where in _MOVED.get(group, ())):
            found.append((not match[2], match[2] == "beta", int(match[1]), int(match[3] or 0), version))
    return max(found)[4] if found else ""


def check_segments(path: str, obj: dict[str, Any]) -> None:
    """Nothing, or a ``ManifestError``: the object's name or namespace cannot be part of a request's path. :param path: its template."""
    fault = _segment_fault(obj["metadata"])
    if fault:
        raise ManifestError(f"{path}: {obj['kind']} has {fault}", template=path)


def _segment_fault(metadata: dict[str, Any]) -> str:
    for key in ("name", "namespace"):
        value = str(metadata.get(key) or "")
        why = path_fault(value)
        if why:
            return f"metadata.{key} {value[:_LONGEST]!r}, which no API server accepts: {why}"
    return ""


def _built(cluster: Cluster, obj: dict[str, Any], path: str, namespace: str) -> Built:
    metadata = obj["metadata"]
    name = metadata.get("name")
    if name and metadata.get("generateName"):
        raise ManifestError(
            f"{path}: {obj['kind']} {name} has both metadata.name and metadata.generateName; only one can be",
            helm="metadata.name and metadata.generateName cannot both be set",
            template=path,
        )
    check_segments(path, obj)
    where, sent = _placed(cluster, obj["apiVersion"], obj["kind"], metadata, namespace)
    return Built(ObjectRef(obj["apiVersion"], obj["kind"], where, str(name or "")), {**obj, "metadata": sent}, path)


def _placed(cluster: Cluster, api_version: str, kind: str, metadata: dict[str, Any], namespace: str) -> tuple[str, dict[str, Any]]:
    if cluster.resource(api_version, kind).namespaced:
        where = str(metadata.get("namespace") or namespace)
        return where, {**metadata, "namespace": where}
    return "", {key: value for key, value in metadata.items() if key != "namespace"}
