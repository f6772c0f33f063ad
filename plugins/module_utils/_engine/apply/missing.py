# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Lists the objects of a manifest quickly, and finds those that do not exist.

An unchanged release needs no more than this, and a full parse of a large manifest takes longer than the rest of such a task: so
apiVersion, kind, name and namespace are read off the lines of each document. A document that is not as simple as those of nearly all
charts is parsed in full instead, so that this and ``build.build`` always agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..aliases import Object
from ..errors import UnknownKind
from ..objects.ownership import other_owner
from ..ports import ObjectRef, Reader
from ..release.model import Release

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ..plain import dataclass

_SPLIT = re.compile(r"^---[ \t]*", re.MULTILINE)
_TOP = re.compile(r"^(apiVersion|kind|metadata):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_PLAIN = re.compile(r"^(?:\"([A-Za-z0-9][A-Za-z0-9./:_-]*)\"|'([A-Za-z0-9][A-Za-z0-9./:_-]*)'|([A-Za-z][A-Za-z0-9./:_-]*))$")
_FIELD = re.compile(r"^( +)(name|namespace|generateName):[ \t]*(.*?)[ \t]*$")


def manifest_refs(cluster: Reader, manifest: str, namespace: str) -> list[ObjectRef]:
    """The objects in a manifest, without those whose name the server generates.

    These names are unknown.

    An object of a kind that is not served any more is in the list with the namespace as written: it cannot exist.
    """
    refs: list[ObjectRef] = []
    for document in _SPLIT.split(manifest):
        if not document.strip():
            continue
        metadata = _quick_head(document)
        for api_version, kind, name, where in [metadata] if metadata else _parsed_metadata(document):
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
    """apiVersion, kind, name and namespace of a simple document; ``None``: parse it."""
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
    """The text of a simple scalar; ``None`` for words that YAML reads as other types: parse the document."""
    match = _PLAIN.match(value)
    if not match:
        return None
    if match.group(3) and match.group(3).lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null"):
        return None
    return match.group(1) or match.group(2) or match.group(3)


def _parsed_metadata(document: str) -> Iterator[tuple[str, str, str, str]]:
    from ..render.objects import parse_manifest

    for _path, obj in parse_manifest(document):
        metadata = obj["metadata"]
        yield str(obj["apiVersion"]), str(obj["kind"]), str(metadata.get("name") or ""), str(metadata.get("namespace") or "")


@dataclass(frozen=True)
class RevisionObjects:
    """The result of reading the objects of a revision.

    ``missing``: objects that should exist and do not; ``unserved``: those of them whose kind the server no longer serves.
    ``taken_over``: objects that another release has taken over, with that release.
    """

    missing: list[ObjectRef]
    taken_over: dict[ObjectRef, str]
    unserved: list[ObjectRef]


def find_missing(cluster: Reader, release: Release) -> RevisionObjects:
    """Reads the objects of a revision, one read of metadata for each.

    A Job with a time to live may be missing, since it is deleted when it is done.
    """
    absent: list[ObjectRef] = []
    taken_over: dict[ObjectRef, str] = {}
    unserved: list[ObjectRef] = []
    for ref in manifest_refs(cluster, release.manifest, release.namespace):
        try:
            live = cluster.read(ref, metadata_only=True)
        except UnknownKind:
            live = _moved(cluster, ref, release.namespace)
            if live is None:
                unserved.append(ref)
        if live is None:
            absent.append(ref)
        elif owner := other_owner(live, release.name, release.namespace):
            taken_over[ref] = owner
    return RevisionObjects(_expected(cluster, absent, release.manifest, release.namespace), taken_over, unserved)


def _moved(cluster: Reader, ref: ObjectRef, namespace: str) -> Object | None:
    """An object whose apiVersion is removed, under the one that replaced it. Raises ``KindUnavailable``."""
    from .build import successor

    cluster.invalidate_discovery()
    version = successor(cluster, ref.api_version, ref.kind)
    if not version:
        return None
    where = (ref.namespace or namespace) if cluster.resource(version, ref.kind).namespaced else ""
    return cluster.read(ObjectRef(version, ref.kind, where, ref.name), metadata_only=True)


def _expected(cluster: Reader, absent: list[ObjectRef], manifest: str, namespace: str) -> list[ObjectRef]:
    if not any(ref.kind == "Job" for ref in absent):
        return absent
    from .build import build_known

    known, _unserved = build_known(cluster, manifest, namespace)
    passing = {item.ref for item in known if item.ref.kind == "Job" and "ttlSecondsAfterFinished" in (item.object.get("spec") or {})}
    return [ref for ref in absent if ref not in passing]
