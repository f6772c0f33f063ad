# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Client-side apply, as in Helm 3 and in Helm 4 with ``--server-side=false``.

Decides which releases use it, computes the patch, and applies it. ``auto`` continues with the method of the last revision (a rollback:
with its target's); records of Helm 3 do not name one and mean client-side. The patch of an object starts from its text in the older
manifests; for an object that none names, from its own manifest, so that no field is removed. There are no conflicts of field managers
here, fields are simply set; only replicas that an autoscaler has set are not changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aliases import JsonObject, Object
from ..errors import Rejected
from ..objects.patches.lost import lists_with_equal_keys, lost_items
from ..objects.patches.merge import patch_between, whole_patch_between
from ..objects.patches.patch_keys import KINDS
from ..objects.paths import value_at, without
from ..objects.policy import ApplyPolicy
from ..plain import replace
from ..plan.build import Target
from ..ports import ObjectRef, Writer
from .conflicts import left_warning, scaled_path
from .observe import Observed, is_new, same

_REPLICAS = ("spec", "replicas")
_CURE = "Give each item its own key in the chart; one port under several protocols can be applied with server_side set to true"


def client_side(
    observed: Observed, plain: Mapping[ObjectRef, JsonObject], policy: ApplyPolicy, *, force: bool, install: bool = False
) -> list[Target]:
    """The targets of an observation as patches.

    A field that an autoscaler keeps although the chart has a new value is added to ``warnings``.

    :param plain: the manifest's objects, without labels and annotations of ownership. :param force: take over every field of every manager.
    :param install: an adopted object of a custom kind gets all of the chart's fields (Helm: a three-way patch for ``--take-ownership``).
    """
    result = []
    for target in observed.targets:
        original = observed.originals.get(same(target.ref)) or plain.get(target.ref)
        if install and target.adopted and f"{target.ref.api_version}/{target.ref.kind}" not in KINDS:
            original = None
        target = replace(target, client_side=True, original=original, migrate=False)
        result.append(_unscaled(target, observed, policy) if target.live is not None and not force else target)
    return result


def _unscaled(target: Target, observed: Observed, policy: ApplyPolicy) -> Target:
    live, wanted = target.live or {}, value_at(target.object, _REPLICAS)
    there, scaler = value_at(live, _REPLICAS), scaled_path(live, _REPLICAS)
    if wanted is None or wanted == there or not scaler or policy.may_take(scaler, _REPLICAS):
        return target
    if is_new(observed, target, _REPLICAS):
        observed.warnings.append(left_warning(target.ref, _REPLICAS, scaler, there, wanted))
    note = f"spec.replicas is left to an autoscaler (live {there!r}, chart {wanted!r})"
    original = without(target.original, _REPLICAS) if target.original else None
    return replace(target, object=without(target.object, _REPLICAS), original=original, notes=(*target.notes, note))


def replaced(targets: Sequence[Target]) -> list[Target]:
    """Targets that are sent whole (Helm: ``--force-replace``).

    Fields of other managers are removed, replicas of an autoscaler included.
    """
    return [replace(target, client_side=True, whole=target.live is not None, original=None, migrate=False) for target in targets]


def apply_client_side(
    cluster: Writer, ref: ObjectRef, obj: Object, original: Object | None, *, whole: bool = False, dry_run: bool = False
) -> Object:
    """Creates or patches an object. Returns the answer, or the live object where it needs no patch.

    One request, two for a patch.

    :param whole: replace the object, do not patch it.
    :raises AlreadyExists, Conflict, Rejected, NotFound, UnknownKind: as the port.
    """
    live = cluster.read(ref)
    if live is None:
        return cluster.create(obj, dry_run=dry_run)
    if whole:
        version = (live.get("metadata") or {}).get("resourceVersion")
        return cluster.replace({**obj, "metadata": {**obj["metadata"], "resourceVersion": version}}, dry_run=dry_run)
    kind, patch = patch_between(original, obj, live)
    if not patch:
        return live
    try:
        return cluster.patch(ref, patch, kind=kind, dry_run=dry_run)
    except Rejected:
        if kind != "strategic" or not lists_with_equal_keys(obj, original, live):
            raise
        # The patch is Helm's, and Helm fails here: items with equal merge keys were mixed up. Another patch replaces the lists.
        return cluster.patch(ref, whole_patch_between(original, obj, live), kind="merge", dry_run=dry_run)


def lost_warning(ref: ObjectRef, wanted: Object, answer: Object, original: Object | None, live: Object | None) -> str:
    """A sentence about list items that the patch did not bring to the server; empty where there are none.

    :param answer: the object as the server answered. :param original: as it was applied last. :param live: as it was before the patch.
    """
    lost = lost_items(wanted, answer, original, live)
    if not lost:
        return ""
    return (
        f"{ref} differs from the chart after the patch: {'; '.join(lost)}. Items of the list have, or had, equal merge keys. A "
        f"client-side patch, including Helm's, cannot distinguish them. {_CURE}"
    )


def method_of(server_side: str, last: str | None) -> str:
    """``ssa`` or ``csa``.

    :param last: the apply method of the revision that decides for ``auto``; ``None``: there is none.
    """
    if server_side == "auto":
        return "ssa" if last in (None, "ssa") else "csa"
    return "ssa" if server_side == "true" else "csa"


def repaired(targets: Sequence[Target], method: str) -> list[Target]:
    """The objects that a repair sends, by the apply method of the revision."""
    if method == "ssa":
        return list(targets)
    return [target if target.client_side else replace(target, client_side=True, original=target.object) for target in targets]
