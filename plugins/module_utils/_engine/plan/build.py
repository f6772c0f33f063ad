# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Builds the ordered steps of a plan from the observed and the wanted state.

Pure: no request, no write. The orders are Helm 4's (``pkg/action`` install.go, upgrade.go, rollback.go, uninstall.go, hooks.go), with two
differences: CRDs and the namespace come after rendering (a chart that does not render leaves nothing behind), and the older revision is
marked superseded before the new one is marked deployed, as a step that must succeed.

    install, upgrade, rollback:
        CRDs, wait for them | namespace | prune history | record pending | pre hooks | migrate managers and apply each object in install
        order | delete what is no longer in the manifest | wait | post hooks | supersede older revisions | record deployed
    uninstall:
        pre hooks | record uninstalling | delete in uninstall order | wait | post hooks | delete the records, or mark them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..aliases import Json, JsonObject, Object
from ..ports import ObjectRef, Record
from ..release.model import Release, Status
from ..render.model import Hook
from .operation import Operation

#: Helm waits this long for a CRD to be established, whatever the task's timeout is
CRD_TIMEOUT = 60.0


@dataclass(frozen=True)
class Target:
    """An object of the new revision.

    ``live``: as the cluster has it, ``None`` without; ``migrate``: client-side managers to take over. ``client_side``: patched from
    ``original``, what the last revision applied; with ``whole`` it is replaced instead. ``force``: take over fields of other managers.
    ``recreate``: delete it first. ``adopted``: its former owner. ``notes``: for the user.
    """

    ref: ObjectRef
    object: JsonObject
    live: Object | None = None
    migrate: bool = False
    unverified: str = ""
    client_side: bool = False
    original: Object | None = None
    whole: bool = False
    force: bool = False
    recreate: bool = False
    adopted: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class Situation:
    """The input of a plan.

    ``event``: install, upgrade or rollback. ``release``: the revision to be made, pending. ``removals``: refs of the older manifest to
    delete. ``pruned``: records to delete first. ``replaced``: the uninstalled record that is superseded before a new install.
    ``superseded``: deployed records that are superseded at the end.
    """

    event: str
    release: Release
    targets: Sequence[Target]
    removals: Sequence[ObjectRef] = ()
    crds: Sequence[Target] = ()
    create_namespace: bool = False
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    namespace_annotations: Mapping[str, str] = field(default_factory=dict)
    pruned: Sequence[Record] = ()
    replaced: Record | None = None
    superseded: Sequence[Record] = ()
    disable_hooks: bool = False
    wait: bool = False
    wait_for_jobs: bool = False
    timeout: float = 300.0
    force_conflicts: bool = False
    description: str = ""
    waiting: Mapping[str, Json] = field(default_factory=dict)


#: what Helm writes when all went well; a rollback keeps what it was born with
_DONE = {"install": "Install complete", "upgrade": "Upgrade complete", "rollback": ""}


def build_release(situation: Situation) -> list[Operation]:
    """The steps of an install, upgrade or rollback."""
    s = situation
    posted = s.release.apply_method == "csa"
    steps: list[Operation] = [step for target in s.crds for step in _crd(target, posted)]
    if s.crds:
        steps.append(wait("wait:crds", [target.ref for target in s.crds], CRD_TIMEOUT, established=True))
    if s.create_namespace:
        steps.append(_namespace(s.release.namespace, s.namespace_labels, s.namespace_annotations, posted))
    steps += [record_delete(record) for record in s.pruned]
    if s.replaced is not None:
        steps.append(record_update(s.replaced.revision, Status.SUPERSEDED, "superseded by new release"))
    record_created = _record(s.release.version, s.release.info.status, "")
    steps.append(Operation(f"record_create:v{s.release.version}", "record_create", detail=record_created))
    steps += hooks(s.release.hooks, f"pre-{s.event}", s.timeout, s.disable_hooks, s.waiting)
    for target in s.targets:
        steps += _apply(target, s.force_conflicts, s.timeout)
    steps += [delete(ref) for ref in s.removals]
    if s.wait:
        refs = [target.ref for target in s.targets if target.ref.name]
        steps.append(wait("wait", refs, s.timeout, jobs=s.wait_for_jobs, rules=s.waiting))
    steps += hooks(s.release.hooks, f"post-{s.event}", s.timeout, s.disable_hooks, s.waiting)
    steps += [record_update(record.revision, Status.SUPERSEDED) for record in s.superseded]
    done = s.description or _DONE[s.event]
    steps.append(record_update(s.release.version, Status.DEPLOYED, done))
    return steps


def build_repair(
    targets: Sequence[Target],
    wait_for: Sequence[ObjectRef],
    jobs: bool,
    timeout: float,
    force: bool,
    rules: Mapping[str, Json] | None = None,
) -> list[Operation]:
    """The steps that create missing objects again; no revision is made, since none of its text changes."""
    steps = [step for target in targets for step in _apply(target, force, timeout)]
    if wait_for:
        steps.append(wait("wait", wait_for, timeout, jobs=jobs, rules=rules))
    return steps


@dataclass
class Removal:
    """The input of an uninstall plan.

    ``records``: all of the release; ``deployed``: those that would stay deployed next to the newest.
    """

    release: Release
    refs: Sequence[ObjectRef]
    records: Sequence[Record]
    deployed: Sequence[Record] = ()
    keep_history: bool = False
    disable_hooks: bool = False
    wait: bool = False
    timeout: float = 300.0
    cascade: str = ""
    description: str = ""
    waiting: Mapping[str, Json] = field(default_factory=dict)


def build_uninstall(removal: Removal) -> list[Operation]:
    """The steps of an uninstall."""
    r = removal
    steps = hooks(r.release.hooks, "pre-delete", r.timeout, r.disable_hooks, r.waiting)
    steps.append(record_update(r.release.version, Status.UNINSTALLING, "Deletion in progress (or silently failed)"))
    steps += [delete(ref, r.cascade.capitalize() or _propagation(ref, r.wait)) for ref in r.refs]
    if r.wait and r.refs:
        steps.append(Operation("wait_deleted", "wait_deleted", detail={"refs": refs_data(r.refs), "timeout": r.timeout}))
    steps += hooks(r.release.hooks, "post-delete", r.timeout, r.disable_hooks, r.waiting)
    if not r.keep_history:
        return steps + [record_delete(record) for record in r.records]
    steps += [record_update(record.revision, Status.SUPERSEDED) for record in r.deployed if record.revision != r.release.version]
    steps.append(record_update(r.release.version, Status.UNINSTALLED, r.description or "Uninstallation complete"))
    return steps


# ------------------------------------------------------------------------------------------------------- single steps


def hooks(
    all_hooks: Sequence[Hook], event: str, timeout: float, disabled: bool, waiting: Mapping[str, Json] | None = None
) -> list[Operation]:
    """One step a hook, by weight, then name; the last one of an event also deletes objects of all of them.

    :param waiting: the task's own rules for waits; their rules about failures hold for hooks too.
    """
    if disabled:
        return []
    failing = {key: value for key, value in (waiting or {}).items() if key not in ("ready_when", "strategy")}
    rules = {"rules": failing} if failing else {}
    chosen = sorted((hook for hook in all_hooks if event in hook.events), key=lambda hook: (hook.weight, hook.name))
    return [
        Operation(
            f"hook:{event}:{hook.path}:{hook.kind}/{hook.name}",
            "hook",
            detail={
                "event": event,
                "path": hook.path,
                "kind": hook.kind,
                "name": hook.name,
                "weight": hook.weight,
                "timeout": timeout,
                "last": index == len(chosen) - 1,
                **rules,
            },
        )
        for index, hook in enumerate(chosen)
    ]


#: a step that makes its object by a plain create: what Helm does for releases that it applies client-side
_POSTED = {"posted": True}


def _crd(target: Target, posted: bool) -> list[Operation]:
    if target.live is None:
        detail = dict(_POSTED) if posted else {}
        return [Operation(f"create_crd:{target.ref.name}", "create_crd", target.ref, target.object, detail=detail)]
    migration = [Operation(f"migrate_managers:{object_id(target.ref)}", "migrate_managers", target.ref)] if target.migrate else []
    detail = {"force": True, "exists": True}
    return [*migration, Operation(f"replace_crd:{target.ref.name}", "apply", target.ref, target.object, detail=detail)]


def _namespace(name: str, labels: Mapping[str, str], annotations: Mapping[str, str], posted: bool) -> Operation:
    metadata: JsonObject = {"name": name, "labels": {"name": name, **labels}}
    if annotations:
        metadata["annotations"] = dict(annotations)
    obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    detail = dict(_POSTED) if posted else {}
    return Operation(f"create_namespace:{name}", "create_namespace", ObjectRef("v1", "Namespace", "", name), obj, detail=detail)


def _apply(target: Target, force: bool, timeout: float) -> list[Operation]:
    where = object_id(target.ref) if target.ref.name else f"{object_id(target.ref)}/{target.object['metadata'].get('generateName', '')}*"
    if not target.ref.name:
        return [Operation(f"create:{where}", "create", target.ref, target.object, unverified="the server generates its name")]
    steps = []
    if target.recreate:
        steps.append(Operation(f"delete:{where}", "delete", target.ref, detail={"recreate": True}))
        gone = {"refs": refs_data([target.ref]), "timeout": timeout}
        steps.append(Operation(f"wait_deleted:{where}", "wait_deleted", detail=gone))
    elif target.migrate:
        steps.append(Operation(f"migrate_managers:{where}", "migrate_managers", target.ref))
    detail: JsonObject = {"force": force or target.force, "exists": target.live is not None and not target.recreate}
    if target.client_side:
        detail["client_side"] = True
        detail["original"] = target.original
        if target.whole and not target.recreate:
            detail["whole"] = True
    if target.adopted:
        detail["adopted"] = target.adopted
    if target.notes:
        detail["notes"] = list(target.notes)
    steps.append(Operation(f"apply:{where}", "apply", target.ref, target.object, unverified=target.unverified, detail=detail))
    return steps


#: objects of these kinds have no dependents, so no wait for the garbage collector is needed
_ALONE = frozenset(
    {"ConfigMap", "Secret", "ServiceAccount", "Service", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler"}
    | {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "PriorityClass", "StorageClass", "IngressClass", "LimitRange"}
)


def _propagation(ref: ObjectRef, wait: bool) -> str:
    """The propagation policy: an uninstall that waits deletes an object only after its dependents."""
    return "Foreground" if wait and ref.kind not in _ALONE else "Background"


def delete(ref: ObjectRef, propagation: str = "Background") -> Operation:
    """A step that deletes an object.

    :param propagation: Background, Foreground (the object is deleted last, after its dependents) or Orphan.
    """
    detail = {} if propagation == "Background" else {"propagation": propagation}
    return Operation(f"delete:{object_id(ref)}", "delete", ref, detail=detail)


def wait(
    name: str,
    refs: Sequence[ObjectRef],
    timeout: float,
    *,
    jobs: bool = False,
    established: bool = False,
    rules: Mapping[str, Json] | None = None,
) -> Operation:
    """:param rules: the task's own, as ``actions.rules.Rules`` reads them."""
    detail: JsonObject = {"refs": refs_data(refs), "timeout": timeout, "jobs": jobs, "crds": established}
    if rules:
        detail["rules"] = dict(rules)
    return Operation(name, "wait", detail=detail)


def record_update(revision: int, status: Status, description: str = "") -> Operation:
    return Operation(f"record_update:v{revision}:{status.value}", "record_update", detail=_record(revision, status, description))


def record_delete(record: Record) -> Operation:
    return Operation(f"record_delete:v{record.revision}", "record_delete", detail={"revision": record.revision})


def _record(revision: int, status: Status, description: str) -> JsonObject:
    return {"revision": revision, "status": status.value, "description": description}


def object_id(ref: ObjectRef) -> str:
    """``apps/v1/Deployment/ns/name``; without the namespace for cluster-wide kinds."""
    return "/".join(part for part in (ref.api_version, ref.kind, ref.namespace, ref.name) if part)


def refs_data(refs: Sequence[ObjectRef]) -> list[list[str]]:
    """Refs as JSON."""
    return [[ref.api_version, ref.kind, ref.namespace, ref.name] for ref in refs]


def refs_of(data: Sequence[Sequence[str]]) -> list[ObjectRef]:
    """Refs out of JSON."""
    return [ObjectRef(*item) for item in data]
