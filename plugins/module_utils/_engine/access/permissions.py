# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks before the first write what a dry run of the plan's objects does not show.

Check mode does the same.

* Verbs on the release's records. An identity that may create a record and not update it leaves a revision pending forever.
* Namespaces of objects: one that does not exist, or is being deleted, and that nothing in the plan creates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..aliases import Object
from ..apply.build import Built, build_known
from ..errors import Forbidden, NotFound, Rejected, ReleaseError, UnknownKind
from ..plan.model import Ports
from ..ports import ObjectRef, Reader
from ..render.model import Hook

_PLURALS = {"Secret": "secrets", "ConfigMap": "configmaps"}
_REVIEW = ("authorization.k8s.io/v1", "SelfSubjectAccessReview")


def check_records(ports: Ports, namespace: str, release: str, verbs: Sequence[str]) -> None:
    """Raises ``Forbidden`` where the identity lacks a verb on the records of a release.

    One request for each verb. If a cluster does not answer, no further request is sent: the write itself then shows it.
    """
    plural = _PLURALS.get(ports.store.kind)
    if plural is None:
        return
    for verb in verbs:
        attributes = {"namespace": namespace, "verb": verb, "resource": plural}
        review: Object = {"apiVersion": _REVIEW[0], "kind": _REVIEW[1], "metadata": {}, "spec": {"resourceAttributes": attributes}}
        try:
            status = ports.cluster.create(review, dry_run=True).get("status") or {}
        except (Forbidden, NotFound, Rejected, UnknownKind):
            return
        if status.get("allowed") is False:
            raise Forbidden(
                f"This identity may not {verb} {plural} in namespace {namespace}, where the records of release {release} are; "
                f"nothing was written. Grant the verb {verb} on {plural} there (the role release_manager creates such an "
                "identity), or use another identity.",
                verb=verb,
                resource=plural,
                namespace=namespace,
                status=403,
            )


def record_verbs(*, check: bool, pruned: bool) -> tuple[str, ...]:
    """The verbs on records to check before a new revision: those that would fail halfway.

    In check mode also those of the run's first write.

    :param pruned: whether old revisions are deleted.
    """
    if not check:
        return ("update",)
    return ("create", "update", "delete") if pruned else ("create", "update")


def events_of(hooks: Sequence[Hook], event: str) -> list[Hook]:
    """The hooks that an install, upgrade or rollback runs."""
    return [hook for hook in hooks if {f"pre-{event}", f"post-{event}"} & set(hook.events)]


def check_namespaces(
    cluster: Reader, built: Iterable[Built], there: Iterable[ObjectRef], hooks: Sequence[Hook], namespace: str
) -> None:
    """Raises ``NotFound`` for an object whose namespace does not exist and is not created by the plan.

    One read of metadata for each namespace except the release's and those of objects that exist.

    :param there: objects that exist. :param hooks: those that run.
    """
    items = list(built)
    for hook in hooks:
        items += build_known(cluster, hook.manifest, namespace, successors=False, skipped=[])[0]
    made = {item.ref.name for item in items if (item.ref.api_version, item.ref.kind) == ("v1", "Namespace")}
    known = made | {ref.namespace for ref in there} | {namespace, ""}
    for item in items:
        where = item.ref.namespace
        if where in known:
            continue
        known.add(where)
        try:
            live = cluster.read(ObjectRef("v1", "Namespace", "", where), metadata_only=True)
        except Forbidden:
            continue  # the write itself shows it
        source = f"{item.path}: " if item.path else ""
        if live is None:
            raise NotFound(
                f"{source}{item.ref} is in namespace {where}, which does not exist; create it first, or add it to the chart.",
                object=str(item.ref),
                namespace=where,
                status=404,
            )
        if (live.get("metadata") or {}).get("deletionTimestamp"):
            raise ReleaseError(
                f"{source}{item.ref} is in namespace {where}, which is being deleted; wait until it is gone, and create it again.",
                object=str(item.ref),
                namespace=where,
            )


def check_not_ending(live: Object | None, namespace: str) -> None:
    """Raises ``ReleaseError`` if the namespace of a release is being deleted.

    It then accepts no new object.
    """
    if live is not None and (live.get("metadata") or {}).get("deletionTimestamp"):
        raise ReleaseError(f"Namespace {namespace} is being deleted; wait until it is gone, then run the task again.", namespace=namespace)
