# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Whether live objects are as our manager applied them, told by the server itself: a dry run of what was applied, next to what is there.

Comparing text with live objects cannot tell: the server defaults, rounds and rewrites (``1000m`` is ``1``). A dry run of the same apply
answers with the object as it would be; where that differs from what is there, somebody has changed a field of ours. Fields that we
do not apply are nobody's drift, nor is what an autoscaler sets, or a rule ignores. A person's ``kubectl scale`` is drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Forbidden, KindUnavailable, UnknownKind
from ..objects.diff import FieldChange, object_changes
from ..objects.ownership import other_owner, own, taken_over
from ..objects.paths import path_text, value_at, with_value, without
from ..objects.policy import ApplyPolicy
from ..plain import replace
from ..plan.build import Target
from ..plan.state import Name, State, after_inputs
from ..ports import ObjectRef, Writer
from ..release.model import Release, Status
from .build import build_known, with_fresh_kinds
from .conflicts import Claim, left_out, scaled_path
from .preflight import trial

_SENTENCE = "Objects of revision {revision} have drifted: {detail}"


@dataclass(frozen=True)
class Drifted:
    """One object that is not as it was applied. ``changes`` lead from what is there to what was applied, masked where secret;
    ``missing``: it is not there. ``target``: what brings it back. ``owner``: the release that has taken it over, and keeps it."""

    ref: ObjectRef
    missing: bool
    changes: tuple[FieldChange, ...]
    managers: Mapping[tuple[str | int, ...], str]
    target: Target
    owner: str = ""
    unserved: bool = False  # the server no longer serves its kind

    @property
    def data(self) -> dict[str, Any]:
        fields = []
        for change in self.changes if not self.missing else ():
            entry = {"path": path_text(change.path), "op": change.op, "there": change.before, "wanted": change.after}
            manager = self.managers.get(change.path)
            fields.append({**entry, "manager": manager} if manager else entry)
        data = {"object": str(self.ref), "api_version": self.ref.api_version, "missing": self.missing, "fields": fields}
        return {**data, "owner": self.owner} if self.owner else data


def find_drift(cluster: Writer, release: Release, policy: ApplyPolicy) -> tuple[list[Drifted], list[str]]:
    """What differs, in the manifest's order, and what could not be looked at. Two requests an object, one more where somebody else
    manages a field of ours; objects whose name the server made are not known and left out."""
    return with_fresh_kinds(cluster, lambda fresh: _find_drift(cluster, release, policy, fresh))


def _find_drift(cluster: Writer, release: Release, policy: ApplyPolicy, fresh: bool) -> tuple[list[Drifted], list[str]]:
    skipped: list[str] = []
    known, gone = build_known(cluster, release.manifest, release.namespace, successors=False, skipped=skipped)
    warnings = [f"{text} (it cannot be compared)" for text in skipped]
    found: list[Drifted] = []
    for old in gone:
        if old.successor:
            warnings.append(f"{old} cannot be compared: the server serves its kind as {old.successor} only")
        elif not policy.ignores(old.ref):
            warnings.append(f"{old} is gone: the server no longer serves its kind")
            found.append(Drifted(old.ref, True, (), {}, Target(old.ref, old.object), unserved=True))
    for item in known:
        if not item.ref.name or policy.ignores(item.ref):
            continue
        target = Target(item.ref, own(item.object, release.name, release.namespace))
        try:
            drifted = _look(cluster, target, policy, release)
        except UnknownKind:
            if not fresh:
                raise
            warnings.append(f"{item.ref} is gone: the server no longer serves its kind")
            found.append(Drifted(item.ref, True, (), {}, target, unserved=True))
            continue
        except (Forbidden, KindUnavailable) as error:
            warnings.append(f"{item.ref} cannot be compared: {error.message}")
            continue
        if drifted is None:
            continue
        if drifted.owner:
            warnings.append(taken_over(item.ref, drifted.owner))
        found.append(drifted)
    return found, warnings


def drift_state(cluster: Writer, release: Release, policy: ApplyPolicy) -> tuple[State, list[Drifted] | None, list[str]]:
    """The state of a deployed revision whose inputs are the same; ``drift: ignore`` looks at nothing."""
    if policy.drift == "ignore":
        return after_inputs(release.name, release.namespace, release.version, "", []), None, []
    found, warnings = find_drift(cluster, release, policy)
    if not found:
        return after_inputs(release.name, release.namespace, release.version, "", []), found, warnings
    if all(item.missing for item in found):
        state = after_inputs(release.name, release.namespace, release.version, "", [item.ref for item in found])
    else:
        detail = ", ".join(f"{item.ref} ({_word(item)})" for item in found)
        state = State(Name.DRIFTED, release.name, release.namespace, release.version, Status.DEPLOYED.value, detail, sentence=_SENTENCE)
    only_told = policy.drift == "report" or all(item.owner for item in found)
    return replace(state, only_told=only_told), found, warnings


def _word(item: Drifted) -> str:
    return f"belongs to {item.owner}" if item.owner else "missing" if item.missing else "changed"


def _look(cluster: Writer, target: Target, policy: ApplyPolicy, release: Release) -> Drifted | None:
    live = cluster.read(target.ref)
    if live is None:
        passing = target.ref.kind == "Job" and "ttlSecondsAfterFinished" in (target.object.get("spec") or {})
        return None if passing else Drifted(target.ref, True, (), {}, target)
    target = replace(target, live=live)
    owner = "" if policy.may_adopt(target.ref) else other_owner(live, release.name, release.namespace)
    found = _look_at(cluster, target, policy, release)
    return replace(found, owner=owner) if found is not None else None


def _look_at(cluster: Writer, target: Target, policy: ApplyPolicy, release: Release) -> Drifted | None:
    live = target.live or {}
    if release.apply_method != "ssa":
        return _look_client_side(cluster, target, policy)
    found = trial(cluster, target, policy, False, leave=lambda claim: claim.cause == "scaled" and not claim.by_hand)
    if found.refused is not None:
        raise found.refused
    changes = object_changes(live, found.answer)
    kept = tuple(change for change in changes if not policy.ignores(target.ref, change.path))
    if not kept:
        return None
    ignored = [change for change in changes if change not in kept]
    managers = {claim.path: claim.manager for claim in found.claims}
    return Drifted(target.ref, False, kept, managers, replace(target, object=_left(found.object, live, ignored, found.claims), force=True))


def _left(obj: dict[str, Any], live: Mapping[str, Any], ignored: list[FieldChange], claims: list[Claim]) -> dict[str, Any]:
    """What to send so that ignored differences stay: left out where somebody else holds the field, as it is there where it is ours."""
    theirs = {claim.path for claim in claims}
    for change in ignored:
        if change.path in theirs:
            obj = left_out(obj, [claim for claim in claims if claim.path == change.path])
        else:
            there = value_at(live, change.path)
            obj = without(obj, change.path) if there is None else with_value(obj, change.path, there)
    return obj


def _look_client_side(cluster: Writer, target: Target, policy: ApplyPolicy) -> Drifted | None:
    """The dry run is server-side all the same: forced, it answers with our values in our fields. The repair is a patch."""
    live = target.live or {}
    changes = object_changes(live, cluster.apply(target.object, force=True, dry_run=True))
    kept = tuple(change for change in changes if not policy.ignores(target.ref, change.path) and not scaled_path(live, change.path))
    if not kept:
        return None
    obj = _left(target.object, live, [change for change in changes if change not in kept], [])
    return Drifted(target.ref, False, kept, {}, replace(target, object=obj, client_side=True, original=obj))
