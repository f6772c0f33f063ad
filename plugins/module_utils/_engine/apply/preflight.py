# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the objects that the server would refuse, before the first write, and decides what to do.

An object is tried by a dry run when another manager owns a field that the apply would write, or when it may have to be recreated; all
others cost no request. Field conflicts are handled by ``conflicts``. A change of an immutable field, on an object of a kind that may be
recreated (or with a live annotation that allows it), turns the apply into a deletion and a new object. Everything that stops a release is
reported at once, before anything is written.

A field is immutable when the server refuses the object as an update and accepts it as a new one. The server's answers show this: it
validates a dry run of a create before it checks whether the name is taken, so that a valid object is ``AlreadyExists`` and an invalid one
``Invalid``. This holds for every kind, custom kinds with transition rules (``self == oldSelf``) included, and does not depend on the
server's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..aliases import Json, JsonObject, Object
from ..errors import AlreadyExists, Conflict, Rejected
from ..objects.fields import overlap
from ..objects.managers import MANAGER, OLD_MANAGERS
from ..objects.paths import path_text
from ..objects.policy import ApplyPolicy
from ..plain import replace
from ..plan.build import Target
from ..ports import Writer
from .conflicts import FieldConflict, field_conflicts, left_out, left_warning, refusal
from .observe import Observed, is_new

#: fields of a Service that the server allocates
_ALLOCATED = ("clusterIP", "clusterIPs", "healthCheckNodePort")
#: an object may say for itself that it can be made again
ON_IMMUTABLE = "charts.windlass.io/on-immutable"
#: what holds data that goes with it
_DATA = ("StatefulSet", "PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition")
#: words for a field that cannot be changed, where a quota or a webhook refuses the trial that shows it
_IMMUTABLE = re.compile(
    r"immutable|may not be (?:changed|updated|modified)|cannot be (?:changed|updated|modified)|cannot change roleRef|once set"
    r"|updates to .* are forbidden|Forbidden: may not|can not be (?:changed|updated|unset)|updates may not change",
    re.DOTALL,
)


def preflight(cluster: Writer, observed: Observed, policy: ApplyPolicy, *, force: bool) -> list[Target]:
    """The targets, with the results of the dry runs.

    Fields that are left to a scaler although the chart sets them are added to ``warnings``.

    :param force: take over every field of every manager, as ``helm --force-conflicts`` does.
    :raises Conflict: fields of other managers, of all objects; ``conflicts`` as ``FieldConflict.data``.
    :raises Rejected: an object that the server refuses for another reason.
    """
    result: list[Target] = []
    foreign: list[FieldConflict] = []
    for target in observed.targets:
        if target.live is None or not target.ref.name or not _worth_trying(target, policy, force):
            result.append(target)
            continue
        found, conflicts = _tried(cluster, target, policy, force, observed)
        foreign += conflicts
        result.append(found)
    if foreign:
        raise refusal(foreign)
    return result


def _worth_trying(target: Target, policy: ApplyPolicy, force: bool) -> bool:
    live = target.live or {}
    if target.client_side:
        return _may_recreate(target, policy)
    return _may_recreate(target, policy) or (not force and owned_by_other(live, target.object))


def owned_by_other(live: Mapping[str, Json], obj: Mapping[str, Json]) -> bool:
    """Whether another manager owns a field of a live object that is also in the object to apply."""
    for entry in (live.get("metadata") or {}).get("managedFields") or []:
        applied_by_helm = entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
        old = entry.get("manager") in OLD_MANAGERS and entry.get("operation") == "Update"
        foreign = entry.get("subresource") or not (applied_by_helm or old)
        if foreign and entry.get("subresource") != "status" and overlap(entry.get("fieldsV1") or {}, obj):
            return True
    return False


def _may_recreate(target: Target, policy: ApplyPolicy) -> bool:
    if target.live is not None and ((target.live.get("metadata") or {}).get("annotations") or {}).get(ON_IMMUTABLE) == "recreate":
        return True
    return policy.on_immutable == "recreate" and target.ref.kind in policy.recreate_kinds


@dataclass
class Trial:
    """The result of a dry run.

    ``object``: what to send so that other managers keep their fields. ``answer``: the object as it would be, from the server.
    """

    object: JsonObject
    conflicts: list[FieldConflict]
    answer: JsonObject | None = None
    refused: Rejected | None = None


def _scaled(conflict: FieldConflict) -> bool:
    return conflict.cause == "scaled"


def trial(cluster: Writer, target: Target, policy: ApplyPolicy, force: bool, leave: Callable[[FieldConflict], bool] = _scaled) -> Trial:
    """Tries an object by a dry run, without the fields that ``leave`` selects (scaled ones).

    At most two requests.

    :raises Conflict: a conflict that is not about field managers.
    """
    live = target.live or {}
    try:
        return Trial(target.object, [], cluster.apply(target.object, force=force, dry_run=True))
    except Rejected as error:
        return Trial(target.object, [], refused=error)
    except Conflict as error:
        conflicts = field_conflicts(error, target.ref, target.object, live, policy)
        if not conflicts:
            raise
    obj = left_out(target.object, [conflict for conflict in conflicts if leave(conflict)])
    try:
        return Trial(obj, conflicts, cluster.apply(obj, force=True, dry_run=True))
    except Rejected as error:
        return Trial(obj, conflicts, refused=error)


def _tried(cluster: Writer, target: Target, policy: ApplyPolicy, force: bool, observed: Observed) -> tuple[Target, list[FieldConflict]]:
    if target.client_side:
        return _tried_patch(cluster, target, policy), []
    found = trial(cluster, target, policy, force)
    notes = list(target.notes)
    for conflict in found.conflicts:
        if conflict.cause == "scaled":
            values = f"live {conflict.there!r}, chart {conflict.wanted!r}"
            notes.append(f"{path_text(conflict.path)} is left to {conflict.manager!r}, which scales it ({values})")
            if conflict.is_manual or is_new(observed, target, conflict.path):
                observed.warnings.append(left_warning(target.ref, conflict.path, conflict.manager, conflict.there, conflict.wanted))
        elif conflict.cause == "allowed":
            notes.append(f"{path_text(conflict.path)} is taken over from {conflict.manager!r}, as the task allows")
    if found.refused is not None:
        return _recreated(cluster, target, found.refused, policy, notes), []
    foreign = [conflict for conflict in found.conflicts if conflict.cause == "other"]
    forced = force or any(conflict.cause in ("allowed", "old") for conflict in found.conflicts)
    return replace(target, object=found.object, force=forced, notes=tuple(notes)), foreign


def _tried_patch(cluster: Writer, target: Target, policy: ApplyPolicy) -> Target:
    """Tries a patch by the apply of the same object: the server refuses both for the same reasons."""
    try:
        cluster.apply(target.object, force=True, dry_run=True)
    except Rejected as error:
        return _recreated(cluster, target, error, policy, list(target.notes))
    return target


def _fields(error: Rejected) -> list[str]:
    """The fields in the server's structured causes; none for a webhook, a policy or a quota."""
    return sorted({str(cause.get("field") or "") for cause in error.fields.get("causes") or []} - {""})


def _is_immutable(cluster: Writer, target: Target, error: Rejected) -> bool:
    """Whether an update was refused because a field is immutable, not because its value is invalid.

    One dry run. Raises what the port raises.
    """
    try:
        cluster.create(_as_new(target.object, target.live or {}), dry_run=True)
    except AlreadyExists:
        return True
    except Rejected as refused:
        return not _fields(refused) and any(_IMMUTABLE.search(str(cause.get("message", ""))) for cause in error.fields.get("causes") or [])
    return True  # it has just been deleted


def _as_new(obj: Object, live: Mapping[str, Json]) -> JsonObject:
    """An object without the addresses and ports of the live one, which are free only after its deletion."""
    there = live.get("spec")
    if obj.get("kind") != "Service" or not isinstance(obj.get("spec"), dict) or not isinstance(there, dict):
        return obj
    held = {port.get("nodePort") for port in there.get("ports") or []} - {None}
    spec = {key: value for key, value in obj["spec"].items() if key not in _ALLOCATED or value != there.get(key)}
    if isinstance(spec.get("ports"), list):
        spec["ports"] = [_without_node_port(port, held) for port in spec["ports"]]
    return {**obj, "spec": spec}


def _without_node_port(port: Json, held: set[Json]) -> Json:
    if not isinstance(port, dict) or port.get("nodePort") not in held:
        return port
    return {key: value for key, value in port.items() if key != "nodePort"}


def _recreated(cluster: Writer, target: Target, error: Rejected, policy: ApplyPolicy, notes: list[str]) -> Target:
    if not _fields(error) or not _may_recreate(target, policy) or not _is_immutable(cluster, target, error):
        raise error
    fields = ", ".join(_fields(error))
    notes.append(f"it is deleted and created again, since {fields} is immutable")
    if target.ref.kind in _DATA:
        notes.append(f"data of this {target.ref.kind} may be lost")
    return replace(target, recreate=True, notes=tuple(notes))
