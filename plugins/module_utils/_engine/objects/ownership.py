# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Which release owns an object (Helm: ``pkg/action/validate.go``): one label and two annotations.

Every object of a release except its hooks has them. An object that exists and was not part of the release is adopted only when these
three already name the release. Any other object has another owner, and the release is refused before anything is written, unless
``take_ownership`` is set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aliases import Json, JsonObject, Object
from ..errors import ReleaseError
from ..ports import ObjectRef

MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER_NAME = "Helm"
RELEASE_NAME = "meta.helm.sh/release-name"
RELEASE_NAMESPACE = "meta.helm.sh/release-namespace"
POLICY = "helm.sh/resource-policy"
KEEP = "keep"


def with_ownership(obj: Object, release: str, namespace: str) -> JsonObject:
    """The object with the label and annotations of its release; a copy of the parts that differ."""
    metadata = dict(obj.get("metadata") or {})
    metadata["labels"] = {**(metadata.get("labels") or {}), MANAGED_BY: MANAGER_NAME}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), RELEASE_NAME: release, RELEASE_NAMESPACE: namespace}
    return {**obj, "metadata": metadata}


def ownership_fault(live: Mapping[str, Json], release: str, namespace: str) -> str:
    """The fault of a live object's labels and annotations, in Helm's words.

    Empty: it belongs to the release.
    """
    metadata = live.get("metadata") or {}
    wanted = (
        ("label", metadata.get("labels") or {}, MANAGED_BY, MANAGER_NAME),
        ("annotation", metadata.get("annotations") or {}, RELEASE_NAME, release),
        ("annotation", metadata.get("annotations") or {}, RELEASE_NAMESPACE, namespace),
    )
    faults = []
    for what, found, key, value in wanted:
        if key not in found:
            faults.append(f'{what} validation error: missing key "{key}": must be set to "{value}"')
        elif found[key] != value:
            faults.append(f'{what} validation error: key "{key}" must equal "{value}": current value is "{found[key]}"')
    return "invalid ownership metadata; " + "; ".join(faults) if faults else ""


def other_owner(live: Mapping[str, Json], release: str, namespace: str) -> str:
    """The other release that a live object's annotations name, as ``release R in namespace N``.

    Empty: none.

    An object without annotations has no owner. Helm does not check the owner of an object that the last revision made; this collection
    does, since another release may have adopted it.
    """
    annotations = (live.get("metadata") or {}).get("annotations") or {}
    name, where = annotations.get(RELEASE_NAME), annotations.get(RELEASE_NAMESPACE, namespace)
    return f"release {name} in namespace {where}" if name and (name, where) != (release, namespace) else ""


def taken_over_warning(ref: ObjectRef, owner: str) -> str:
    """The warning about an object of a release that another release has taken over."""
    return f"{ref} no longer belongs to this release, but to {owner} (take_ownership takes it back)"


def owner_text(live: Mapping[str, Json], release: str, namespace: str) -> str:
    """The other owner of a live object, as text; or the wrong label, where it names this release."""
    metadata = live.get("metadata") or {}
    annotations = metadata.get("annotations") or {}
    owner = annotations.get(RELEASE_NAME)
    if not owner:
        return "was not created by Helm"
    other = other_owner(live, release, namespace)
    if other:
        return f"belongs to {other}"
    if RELEASE_NAMESPACE not in annotations:
        return f"names this release, but its annotation {RELEASE_NAMESPACE} is missing"
    label = (metadata.get("labels") or {}).get(MANAGED_BY)
    found = "is missing" if label is None else f"is {label!r}"
    return f"names this release, but its label {MANAGED_BY} {found}, not {MANAGER_NAME!r} (does an admission webhook change it?)"


def refusal(
    faults: Sequence[tuple[ObjectRef, str, Mapping[str, Json]]], action: str, release: str, namespace: str
) -> ReleaseError:
    """The error for objects of other owners: names all of them, with Helm's words for the first.

    :param faults: object, fault as ``ownership_fault`` words it, live. :param action: install or update, as Helm calls it.
    """
    ref, fault, live = faults[0]
    what = f"{ref} exists and {owner_text(live, release, namespace)}"
    if len(faults) > 1:
        each = "; ".join(f"{one} {owner_text(there, release, namespace)}" for one, _fault, there in faults)
        what = f"{len(faults)} objects exist and do not belong to this release: {each}"
    advice = "rename it in the chart, remove it, or set take_ownership to take it over"
    return ReleaseError(
        f"{what}: {advice} (adopt_objects takes over only the listed objects)",
        helm=f'unable to continue with {action}: {ref.kind} "{ref.name}" in namespace "{ref.namespace}" exists and cannot be '
        f"imported into the current release: {fault}",
        object=str(ref),
        objects=[{"object": str(one), "owner": owner_text(there, release, namespace)} for one, _fault, there in faults],
    )


def policy_of(obj: Mapping[str, Json]) -> str | None:
    """The annotation ``helm.sh/resource-policy`` unchanged, ``None`` without one."""
    value = ((obj.get("metadata") or {}).get("annotations") or {}).get(POLICY)
    return None if value is None else str(value)
