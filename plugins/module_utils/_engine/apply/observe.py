# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads the live objects of a release before a plan is made, and decides which of them may be changed.

Each object of the new manifest is read once, in full: its presence decides between creation and adoption, its labels and annotations who
owns it, its managers whether client-side apply must be migrated first, and its fields what will change. Each object of the older
manifests that the new one does not name is read once too: a live annotation ``helm.sh/resource-policy: keep`` keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..aliases import JsonObject, Object
from ..objects.managers import needs_migration
from ..objects.ownership import KEEP, other_owner, owner_text, ownership_fault, policy_of, refusal, with_ownership
from ..objects.paths import Path, value_at
from ..objects.policy import ApplyPolicy
from ..plain import replace
from ..plan.build import Target
from ..ports import ObjectRef, Reader
from .build import Built, build_known, read_known, with_fresh_kinds

#: group, kind, namespace, name
Key = tuple[str, str, str, str]


@dataclass
class Observed:
    """The observed objects of a release.

    ``live_objects``: the live objects, by reference. ``targets``: the new revision's objects, with labels of ownership. ``removals``:
    objects to delete. ``originals``: the text of an object in the older manifests, the first that names it.
    """

    targets: list[Target] = field(default_factory=list)
    removals: list[ObjectRef] = field(default_factory=list)
    live_objects: dict[ObjectRef, Object | None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    originals: dict[Key, JsonObject] = field(default_factory=dict)


def same(ref: ObjectRef) -> Key:
    """Whether two references name one object, whatever the version of its API (Helm: ``isMatchingInfo``)."""
    return (ref.api_version.rpartition("/")[0], ref.kind, ref.namespace, ref.name)


def is_new(observed: Observed, target: Target, path: Path) -> bool:
    """Whether the chart's value of a field differs from that of the older manifests, or those have none."""
    original = observed.originals.get(same(target.ref))
    return original is None or value_at(original, path) != value_at(target.object, path)


@dataclass(frozen=True)
class Older:
    """The manifest of an older revision.

    ``certain``: it was deployed, so its objects belong to the release; a failed revision may name objects that it never created.
    """

    manifest: str
    certain: bool = True


def observe(
    cluster: Reader,
    built: Sequence[Built],
    release: str,
    namespace: str,
    older: Iterable[Older] = (),
    *,
    policy: ApplyPolicy | None = None,
    take_ownership: bool = False,
    unowned: bool = False,
    action: str = "install",
) -> Observed:
    """Reads the live objects.

    Raises ``ReleaseError`` for objects of another owner, and what the port raises. An object of an older manifest that now belongs to
    another release is not deleted, with a warning.

    :param policy: what may be adopted. :param take_ownership: everything may.
    :param unowned: unowned objects may be adopted, and owned ones are skipped (a rollback: Helm adopts there without a check).
    """
    manifests = list(older)

    def run(fresh: bool) -> Observed:
        return _observe(cluster, built, release, namespace, manifests, policy, take_ownership, unowned, action, fresh)

    return with_fresh_kinds(cluster, run)


def _observe(
    cluster: Reader,
    built: Sequence[Built],
    release: str,
    namespace: str,
    older: Sequence[Older],
    policy: ApplyPolicy | None,
    take_ownership: bool,
    unowned: bool,
    action: str,
    fresh: bool,
) -> Observed:
    observed = Observed()
    before: dict[Key, tuple[ObjectRef, bool]] = {}
    for old in older:
        known, gone = build_known(cluster, old.manifest, namespace)
        for item in known:
            key = same(item.ref)
            before[key] = (item.ref, old.certain or (key in before and before[key][1]))
            observed.originals.setdefault(key, item.object)
        observed.warnings += [f"{item} was part of the release and is gone: the server no longer serves its kind" for item in gone]
    faults: list[tuple[ObjectRef, str, Object]] = []
    for item in built:
        target = _target(cluster, item, observed, before, release, namespace)
        may_adopt = take_ownership or (policy is not None and policy.may_adopt(item.ref))
        owner = other_owner(target.live or {}, release, namespace)
        if owner and not may_adopt and (unowned or _part(item.ref, before)):
            del observed.live_objects[item.ref]
            observed.warnings.append(f"{item.ref} is not modified: it belongs to {owner} (take_ownership takes it over)")
            continue
        if target.adopted and not (may_adopt or unowned):
            faults.append((item.ref, target.adopted, target.live or {}))
        elif target.adopted:
            target = replace(target, adopted=owner_text(target.live or {}, release, namespace))
        observed.targets.append(target)
    if faults:
        raise refusal(faults, action, release, namespace)
    wanted = {same(item.ref) for item in built}
    for key, (ref, certain) in before.items():
        if ref.name and key not in wanted:
            _removal(cluster, ref, certain, observed, release, namespace, fresh)
    return observed


def _target(
    cluster: Reader,
    item: Built,
    observed: Observed,
    before: dict[Key, tuple[ObjectRef, bool]],
    release: str,
    namespace: str,
) -> Target:
    """A target. ``adopted``: which labels are wrong on an object that was not part of the release."""
    obj = with_ownership(item.object, release, namespace)
    if not item.ref.name:
        return Target(item.ref, obj)
    live = cluster.read(item.ref)
    observed.live_objects[item.ref] = live
    if live is None:
        return Target(item.ref, obj)
    part = _part(item.ref, before) and not other_owner(live, release, namespace)
    fault = "" if part else ownership_fault(live, release, namespace)
    return Target(item.ref, obj, live, needs_migration(live), adopted=fault)


def _part(ref: ObjectRef, before: dict[Key, tuple[ObjectRef, bool]]) -> bool:
    """Whether an object was part of the release, by a manifest that was deployed."""
    return before.get(same(ref), (ref, False))[1]


def _removal(cluster: Reader, ref: ObjectRef, certain: bool, observed: Observed, release: str, namespace: str, fresh: bool) -> None:
    live = read_known(cluster, ref, fresh)
    if live is None:
        return
    if policy_of(live) == KEEP:
        observed.warnings.append(f"{ref} is no longer part of the release and was kept because of its annotation helm.sh/resource-policy")
        return
    owner = other_owner(live, release, namespace)
    if owner:
        observed.warnings.append(f"{ref} is no longer part of the release and is not deleted: it belongs to {owner}")
        return
    if not certain and ownership_fault(live, release, namespace):
        return  # named by a revision that failed, but never made by it
    observed.live_objects[ref] = live
    observed.removals.append(ref)
