# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Looking at the live objects of a release before a plan is made; the rules about what may be touched stand here.

Each object of the new manifest is read once, in full: its presence decides between creation and adoption, its marks who owns
it, its managers whether client-side apply must be migrated first, and its fields what will have changed. Each object of the
older manifests that the new one does not name is read once too: a live annotation ``helm.sh/resource-policy: keep`` keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..plan.build import Target
from ..ports import Cluster, Object, ObjectRef
from .managers import needs_migration
from .objects import Built, build_known
from .ownership import KEEP, own, ownership_fault, policy_of, refusal


@dataclass
class Observed:
    """``lives``: what was read, by object. ``targets``: the new revision's objects, marked as its own. ``removals``: what goes."""

    targets: list[Target] = field(default_factory=list)
    removals: list[ObjectRef] = field(default_factory=list)
    lives: dict[ObjectRef, Object | None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Older:
    """An older revision's manifest. ``certain``: it was deployed, so what it names was ours; a failed one may name what it never made."""

    manifest: str
    certain: bool = True


def observe(
    cluster: Cluster,
    built: Sequence[Built],
    release: str,
    namespace: str,
    older: Iterable[Older] = (),
    *,
    take_ownership: bool = False,
    action: str = "install",
) -> Observed:
    """Read what is there. Raises ``ReleaseError`` for an object that belongs to somebody else, and what the port raises."""
    seen = Observed()
    before: dict[ObjectRef, bool] = {}
    for old in older:
        known, gone = build_known(cluster, old.manifest, namespace)
        for item in known:
            before[item.ref] = before.get(item.ref, False) or old.certain
        seen.warnings += [f"{text} was part of the release, but the server no longer serves its kind; it is left out" for text in gone]
    for item in built:
        seen.targets.append(_target(cluster, item, seen, before, release, namespace, take_ownership, action))
    wanted = {item.ref for item in built}
    for ref, certain in before.items():
        if ref.name and ref not in wanted:
            _removal(cluster, ref, certain, seen, release, namespace)
    return seen


def _target(
    cluster: Cluster,
    item: Built,
    seen: Observed,
    before: dict[ObjectRef, bool],
    release: str,
    namespace: str,
    take_ownership: bool,
    action: str,
) -> Target:
    obj = own(item.object, release, namespace)
    if not item.ref.name:
        return Target(item.ref, obj)
    live = cluster.read(item.ref)
    seen.lives[item.ref] = live
    if live is None:
        return Target(item.ref, obj)
    if not before.get(item.ref, False) and not take_ownership:
        fault = ownership_fault(live, release, namespace)
        if fault:
            raise refusal(item.ref, fault, live, action)
    return Target(item.ref, obj, live, needs_migration(live))


def _removal(cluster: Cluster, ref: ObjectRef, certain: bool, seen: Observed, release: str, namespace: str) -> None:
    live = cluster.read(ref)
    if live is None:
        return
    if policy_of(live) == KEEP:
        seen.warnings.append(f"{ref} is no longer part of the release and was kept: its annotation helm.sh/resource-policy says so")
        return
    if not certain and ownership_fault(live, release, namespace):
        return  # named by a revision that failed, but never made by it
    seen.lives[ref] = live
    seen.removals.append(ref)
