# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Parses the text of a manifest to objects that can be sent (Helm: ``kube.Client.Build``).

An object of a namespaced kind without a namespace gets the release's; one of a cluster-wide kind has none. The cluster says which kinds
are namespaced (a table does for built-in kinds).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..aliases import JsonObject, Object
from ..chart.names import path_fault
from ..errors import KindUnavailable, ManifestError, UnknownKind
from ..ports import ObjectRef, Reader

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Built:
    """One object of a manifest.

    ``ref.name`` is empty where the server generates the name (``generateName``).
    """

    ref: ObjectRef
    object: JsonObject
    path: str = ""


@dataclass(frozen=True)
class Gone:
    """An object whose kind the server no longer serves.

    ``ref``: as it was written. ``successor``: the apiVersion under which it is served now.
    """

    ref: ObjectRef
    object: JsonObject
    path: str = ""
    successor: str = ""

    def __str__(self) -> str:
        return f"{self.ref.kind} {self.ref.name} ({self.ref.api_version})"


def build(cluster: Reader, manifest: str, namespace: str, *, source: str = "") -> list[Built]:
    """Parses a manifest to objects, in its order.

    :param source: the file to name in errors where the text does not name one.
    :raises ManifestError: a document is not an object.
    :raises UnknownKind: the server does not serve a kind.
    """
    from ..render.objects import parse_manifest

    return [_built(cluster, obj, path or source, namespace) for path, obj in parse_manifest(manifest)]


def build_known(
    cluster: Reader, manifest: str, namespace: str, *, successors: bool = True, skipped: list[str] | None = None
) -> tuple[list[Built], list[Gone]]:
    """As ``build``, but objects whose kind the server no longer serves are returned separately.

    :param successors: an object whose apiVersion is removed is read under the one that replaced it: it is the same object.
    :param skipped: objects whose API is down are added here and left out; ``None``: they are an error.
    :raises KindUnavailable: the API of a kind is down, so that objects of it may exist.
    """
    from ..render.objects import parse_manifest

    known: list[Built] = []
    gone: list[Gone] = []
    for path, obj in parse_manifest(manifest):
        if _segment_fault(obj["metadata"]):
            continue  # no server has an object of such a name
        try:
            _sort(cluster, obj, path, namespace, successors, known, gone)
        except KindUnavailable as error:
            if skipped is None:
                raise
            skipped.append(f"{obj.get('kind')} {obj['metadata'].get('name')}: {error.message}")
    return known, gone


def _sort(
    cluster: Reader, obj: Object, path: str, namespace: str, successors: bool, known: list[Built], gone: list[Gone]
) -> None:
    try:
        known.append(_built(cluster, obj, path, namespace))
    except UnknownKind:
        version = successor(cluster, obj["apiVersion"], obj["kind"])
        if version and successors:
            known.append(_built(cluster, {**obj, "apiVersion": version}, path, namespace))
            return
        metadata = obj["metadata"]
        ref = ObjectRef(str(obj["apiVersion"]), str(obj["kind"]), str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))
        gone.append(Gone(ref, obj, path, version))


def with_fresh_kinds(cluster: Reader, action: Callable[[bool], Answer]) -> Answer:
    """Calls an action without writes; a second time where the server does not serve a cached kind.

    The second call has fresh discovery, which finds a removed kind or apiVersion, and its replacement.

    :param action: is passed whether discovery is fresh; while it is not, an ``UnknownKind`` must be raised.
    """
    try:
        return action(False)
    except UnknownKind:
        cluster.invalidate_discovery()
        return action(True)


def read_known(cluster: Reader, ref: ObjectRef, fresh: bool) -> Object | None:
    """A live object; ``None`` where it or its kind does not exist.

    :param fresh: as ``with_fresh_kinds`` passes it.
    """
    try:
        return cluster.read(ref)
    except UnknownKind:
        if not fresh:
            raise
        return None


#: where the kinds of a group went
_MOVED = {"extensions": ("apps", "networking.k8s.io", "policy")}
#: characters of a name that a message quotes
_LONGEST = 80
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")


def successor(cluster: Reader, api_version: str, kind: str) -> str:
    """The apiVersion under which a kind is served now; empty: there is none. Two requests, the first time.

    :raises KindUnavailable: there may be one, but an API of the group is down.
    """
    group = api_version.rpartition("/")[0]
    groups = (group, *_MOVED.get(group, ()))
    found = []
    for text in cluster.api_versions():
        version, _slash, what = text.rpartition("/")
        where, _slash, number = version.rpartition("/")
        match = _VERSION.fullmatch(number)
        if what == kind and match and where in groups:
            found.append((not match[2], match[2] == "beta", int(match[1]), int(match[3] or 0), version))
    down = sorted(version for version in cluster.unavailable_versions() if version.rpartition("/")[0] in groups)
    if not found and down:
        raise KindUnavailable(
            f"The API {', '.join(down)} is unavailable, so objects of the kind {kind} cannot be read; repair the API or its "
            "APIService first",
            api_version=api_version,
            kind=kind,
        )
    return max(found)[4] if found else ""


def check_segments(path: str, obj: Object) -> None:
    """Raises ``ManifestError`` for a name or namespace that cannot be part of a request's path.

    :param path: the object's template.
    """
    fault = _segment_fault(obj["metadata"])
    if fault:
        raise ManifestError(f"{path}: {obj['kind']} has {fault}", template=path)


def _segment_fault(metadata: JsonObject) -> str:
    for key in ("name", "namespace"):
        value = str(metadata.get(key) or "")
        why = path_fault(value)
        if why:
            return f"metadata.{key} {value[:_LONGEST]!r}, which is not valid: {why}"
    return ""


def _built(cluster: Reader, obj: Object, path: str, namespace: str) -> Built:
    metadata = obj["metadata"]
    name = metadata.get("name")
    if name and metadata.get("generateName"):
        raise ManifestError(
            f"{path}: {obj['kind']} {name} has both metadata.name and metadata.generateName; only one is allowed",
            helm="metadata.name and metadata.generateName cannot both be set",
            template=path,
        )
    check_segments(path, obj)
    where, sent = _placed(cluster, obj["apiVersion"], obj["kind"], metadata, namespace)
    return Built(ObjectRef(obj["apiVersion"], obj["kind"], where, str(name or "")), {**obj, "metadata": sent}, path)


def _placed(cluster: Reader, api_version: str, kind: str, metadata: JsonObject, namespace: str) -> tuple[str, JsonObject]:
    if cluster.resource(api_version, kind).namespaced:
        where = str(metadata.get("namespace") or namespace)
        return where, {**metadata, "namespace": where}
    return "", {key: value for key, value in metadata.items() if key != "namespace"}
