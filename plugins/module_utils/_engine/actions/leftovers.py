# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Lists what an uninstall leaves behind by design, for the result of the run and of check mode.

* Objects of hooks that ran: they are not in the manifest, and only their own delete policies remove them. Check mode predicts that the
  removal's own hooks succeed.
* Claims that a StatefulSet has created for its pods: Kubernetes keeps them (unless the set's retention policy says otherwise).
* Custom resource definitions below ``crds/``: removing one would remove every object of that kind in the whole cluster.
* Objects that the annotation ``helm.sh/resource-policy`` keeps.

They are searched for when all else is removed: a read for each hook's object, each definition and each object with that annotation, a
list of claims where there was such a set; a release without any of these costs nothing. What the user may not read is left out. Objects
of other owners are reported as warnings.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from ..aliases import JsonObject
from ..apply.build import build_known
from ..chart.names import path_fault
from ..errors import ClusterError, EngineError
from ..objects.ownership import POLICY, ownership_fault, policy_of
from ..ports import ObjectRef, Reader
from ..release.model import Release
from ..render.model import Hook
from .hooks import SUCCEEDED

_REMOVING = {"pre-delete", "post-delete"}
_BY_POLICY = f"kept because of its annotation {POLICY}"


def leftovers(cluster: Reader, release: Release, *, predicted: bool = False, disable_hooks: bool = False) -> list[dict[str, str]]:
    """The ``object`` and ``reason`` of each leftover. Raises nothing.

    :param predicted: nothing has been removed yet. :param disable_hooks: the removal's own hooks will not run.
    """
    coming = [] if disable_hooks or not predicted else [hook for hook in release.hooks if _REMOVING & set(hook.events)]
    found: list[dict[str, str]] = []
    for ref, reason, certain in _candidates(cluster, release, coming):
        try:
            live = None if certain else cluster.read(ref, metadata_only=True)
        except ClusterError:
            continue  # a kind that is not served any more, or that the user may not read
        if reason == _BY_POLICY and live is not None and ownership_fault(live, release.name, release.namespace):
            continue
        if certain or live is not None:
            found.append({"object": str(ref), "reason": reason})
    return found + _volume_claims(cluster, release, predicted)


def _candidates(cluster: Reader, release: Release, coming: Sequence[Hook]) -> Iterator[tuple[ObjectRef, str, bool]]:
    """Objects that may be left, why, and whether no read is needed (objects of hooks that will run)."""
    for hook in release.hooks:
        runs = any(hook is other for other in coming)
        goes = runs and SUCCEEDED in hook.delete_policies and hook.kind != "CustomResourceDefinition"
        if goes or not (runs or hook.last_run.phase):
            continue
        try:
            known = build_known(cluster, hook.manifest, release.namespace, skipped=[])[0]
        except EngineError:
            continue
        for item in known:
            if item.ref.name:
                events = ", ".join(hook.events)
                yield item.ref, f"object of a hook ({events}) without a matching delete policy", runs
    for name in _definitions(release):
        ref = ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name)
        yield ref, "definition of the chart; deleting it would delete all objects of its kind", False
    if POLICY in release.manifest:
        for item in build_known(cluster, release.manifest, release.namespace, skipped=[])[0]:
            if item.ref.name and policy_of(item.object) is not None:
                yield item.ref, _BY_POLICY, False


def _definitions(release: Release) -> list[str]:
    """Names of the CRDs in a stored chart, whose files Helm keeps as base64.

    Subcharts are not in the record. A file that cannot be decoded or parsed names none, since it has created nothing.
    """
    from ..render.objects import parse_manifest

    names: list[str] = []
    for file in release.chart.get("files") or ():
        if not str(file.get("name") or "").startswith("crds/"):
            continue
        try:
            text = base64.b64decode(str(file.get("data") or "")).decode("utf-8", "replace")
            objects = parse_manifest(text)
        except (ValueError, EngineError):
            continue
        names += [str(obj["metadata"].get("name") or "") for _path, obj in objects if obj.get("kind") == "CustomResourceDefinition"]
    return [name for name in dict.fromkeys(names) if name and not path_fault(name)]


def _volume_claims(cluster: Reader, release: Release, predicted: bool) -> list[dict[str, str]]:
    if "volumeClaimTemplates" not in release.manifest:
        return []
    made: dict[str, list[tuple[str, str]]] = {}
    for item in build_known(cluster, release.manifest, release.namespace, skipped=[])[0]:
        spec = item.object.get("spec") or {} if item.ref.kind == "StatefulSet" else {}
        if predicted and (spec.get("persistentVolumeClaimRetentionPolicy") or {}).get("whenDeleted") == "Delete":
            continue  # visible only after the set is deleted
        for template in spec.get("volumeClaimTemplates") or ():
            prefix = f"{(template.get('metadata') or {}).get('name')}-{item.ref.name}-"
            made.setdefault(item.ref.namespace, []).append((prefix, item.ref.name))
    found: list[dict[str, str]] = []
    for namespace, prefixes in made.items():
        try:
            volume_claims: list[JsonObject] = cluster.list("v1", "PersistentVolumeClaim", namespace)[0]
        except ClusterError:
            continue
        for volume_claim in volume_claims:
            name = str(volume_claim["metadata"].get("name"))
            for prefix, owner in prefixes:
                going = bool(volume_claim["metadata"].get("deletionTimestamp"))
                if name.startswith(prefix) and name[len(prefix) :].isdigit() and not going:
                    ref = ObjectRef("v1", "PersistentVolumeClaim", namespace, name)
                    found.append({"object": str(ref), "reason": f"holds data of StatefulSet {owner}, which Kubernetes keeps"})
    return found
