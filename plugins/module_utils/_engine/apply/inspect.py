# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Inspects a release without changing it.

The state of its objects, orphans, and APIs that will be removed.

Orphans are objects with the release's labels and annotations that none of its manifests contains. The search covers the kinds in any
retained revision and the usual built-in ones, in the namespaces of these revisions: the server has no request for all objects, and a
release creates none elsewhere. An object with an owner reference belongs to that owner.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..aliases import JsonObject, Object
from ..errors import EngineError, Forbidden, KindUnavailable, NotFound, UnknownKind
from ..lint.rules.removed import lifecycle
from ..objects.ownership import ownership_fault
from ..objects.readiness import NOT_FOUND, status_of
from ..ports import Clock, ObjectRef, Reader
from ..release.model import Release
from ..render.objects import parse_manifest
from .build import build_known, read_known, with_fresh_kinds

MARK = "app.kubernetes.io/managed-by=Helm"

#: kinds that charts make, looked through whatever the manifests name
USUAL = (
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Pod"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("batch/v1", "CronJob"),
    ("batch/v1", "Job"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("policy/v1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
)


def resources(cluster: Reader, clock: Clock, release: Release) -> tuple[list[JsonObject], list[str]]:
    """The objects of a revision with their state, in its manifest's order, and warnings.

    One request an object. Each ``{object, api_version, kind, namespace, name, source, exists, ready, state, message}``; ``state`` is
    kstatus's word.
    """
    return with_fresh_kinds(cluster, lambda fresh: _resources(cluster, clock, release, fresh))


def _resources(cluster: Reader, clock: Clock, release: Release, fresh: bool) -> tuple[list[JsonObject], list[str]]:
    skipped: list[str] = []
    known, gone = build_known(cluster, release.manifest, release.namespace, skipped=skipped)
    warnings = [f"{text} (its state is unknown)" for text in skipped]
    found: list[JsonObject] = []
    for old in gone:
        warnings.append(f"{old} is gone: the server no longer serves its kind")
        gone_state = {"exists": False, "ready": False, "state": NOT_FOUND, "message": "the server no longer serves its kind"}
        found.append({**_named(old.ref), "source": old.path, **gone_state})
    for item in known:
        if not item.ref.name:
            continue
        try:
            live = read_known(cluster, item.ref, fresh)
        except (Forbidden, KindUnavailable) as error:
            warnings.append(f"{item.ref} cannot be read: {error.message}")
            continue
        state = status_of(live, jobs=True, now=clock.now())
        found.append(
            {
                **_named(item.ref),
                "source": item.path,
                "exists": live is not None,
                "ready": state.ready,
                "state": state.state,
                "message": state.message,
            }
        )
    return found, warnings


def _named(ref: ObjectRef) -> JsonObject:
    return {"object": str(ref), "api_version": ref.api_version, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


# ----------------------------------------------------------------------------------------------------------------- orphans


def orphans(cluster: Reader, release: Release, revisions: Sequence[Release]) -> tuple[list[JsonObject], list[str]]:
    """Objects with the release's labels that are in no manifest and no hook of ``release``, and warnings.

    One request a kind and namespace. :param revisions: all retained ones, for the kinds and namespaces that they name.
    """
    wanted = {_same(ref) for ref in _refs(cluster, release)}
    places: list[tuple[str, str, str]] = []
    namespaces = {release.namespace}
    kinds: dict[tuple[str, str], str] = {(version.rpartition("/")[0], kind): version for version, kind in USUAL}
    for revision in revisions:
        for ref in _refs(cluster, revision):
            kinds.setdefault((ref.api_version.rpartition("/")[0], ref.kind), ref.api_version)
            namespaces |= {ref.namespace} - {""}
    found: list[JsonObject] = []
    warnings: list[str] = []
    for (_group, kind), version in sorted(kinds.items()):
        try:
            namespaced = cluster.resource(version, kind).namespaced
        except UnknownKind:
            continue
        except KindUnavailable as error:
            warnings.append(f"{kind} objects cannot be listed: {error.message}")
            continue
        places += [(version, kind, namespace) for namespace in (sorted(namespaces) if namespaced else [""])]
    for version, kind, namespace in places:
        try:
            marked = cluster.list_metadata(version, kind, namespace, labels=MARK)
        except (Forbidden, KindUnavailable, NotFound, UnknownKind) as error:
            warnings.append(f"{kind} objects{f' in {namespace}' if namespace else ''} cannot be listed: {error.message}")
            continue
        for obj in marked:
            ref = ObjectRef(version, kind, namespace, str(obj["metadata"].get("name") or ""))
            if _same(ref) not in wanted and _belongs_to(obj, release):
                found.append({**_named(ref), "created": str(obj["metadata"].get("creationTimestamp") or "")})
    return found, warnings


def _belongs_to(obj: Object, release: Release) -> bool:
    return not ownership_fault(obj, release.name, release.namespace) and not obj["metadata"].get("ownerReferences")


def _same(ref: ObjectRef) -> tuple[str, str, str, str]:
    return (ref.api_version.rpartition("/")[0], ref.kind, ref.namespace, ref.name)


def _refs(cluster: Reader, release: Release) -> Iterable[ObjectRef]:
    for text in (release.manifest, *(hook.manifest for hook in release.hooks)):
        try:
            known, _gone = build_known(cluster, text, release.namespace, skipped=[])
        except EngineError:
            continue  # an old revision that cannot be read names nothing
        for item in known:
            yield item.ref


# -------------------------------------------------------------------------------------------------------------- deprecated

_VERSION = re.compile(r"v?(\d+)\.(\d+)")


def deprecated_apis(release: Release, server: str) -> list[JsonObject]:
    """Objects of a revision whose API is deprecated or removed, hooks included. No request.

    :param server: its version, ``v1.36.3``.
    :return: ``{kind, name, api_version, source, deprecated_in, removed_in, replacement, removed, removed_next}``: whether the server of
        that version, or the next minor one, does not serve it.
    """
    here = _number(server)
    found: list[JsonObject] = []
    for text in (release.manifest, *(hook.manifest for hook in release.hooks)):
        for path, obj in parse_manifest(text):
            known = lifecycle(str(obj["apiVersion"]), str(obj["kind"]))
            if known is None or here < _number(known[0]):
                continue
            since, gone, instead = known
            found.append(
                {
                    "kind": obj["kind"],
                    "name": str(obj["metadata"].get("name") or ""),
                    "api_version": obj["apiVersion"],
                    "source": path,
                    "deprecated_in": since,
                    "removed_in": gone,
                    "replacement": instead,
                    "removed": bool(gone) and here >= _number(gone),
                    "removed_next": bool(gone) and (here[0], here[1] + 1) >= _number(gone),
                }
            )
    return found


def _number(text: str) -> tuple[int, int]:
    match = _VERSION.match(text)
    return (int(match[1]), int(match[2])) if match else (0, 0)
