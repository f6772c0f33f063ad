# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Waits until objects are deleted, by watching them, and finds what holds those that stay.

Objects are watched one after the other, each until its deletion. One that returns under its name with another uid counts as deleted. For
objects that are left at the timeout, each finalizer is reported with its likely owner: the manager that wrote it, from the object's managed
fields; for ``foregroundDeletion`` the dependents that still exist; for a claim in use the pods that use it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..aliases import JsonObject, Object
from ..errors import ClusterError, Conflict, ServerBusy, UnknownKind, Unreachable, WaitTimeout
from ..ports import Clock, ObjectRef, Reader, ReportProgress, Watcher

#: Helm's own, where a task says 0.
DEFAULT_SECONDS = 30.0
_ALONE_SECONDS = 60.0
_PAUSE_SECONDS = 0.5
_LATE_SECONDS = 1.0  # after its end, in which the last answer may arrive
_EVIDENCE_SECONDS = 3.0
_RETRY_SECONDS = 2.0
_MAX_FAILURES = 30
_SHORT_SECONDS = 1.0
_MOST_NAMED = 5

#: which kinds a workload makes, where the garbage collector waits for them
_DEPENDENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "Deployment": (("apps/v1", "ReplicaSet"), ("v1", "Pod")),
    "ReplicaSet": (("v1", "Pod"),),
    "StatefulSet": (("v1", "Pod"),),
    "DaemonSet": (("v1", "Pod"),),
    "Job": (("v1", "Pod"),),
    "CronJob": (("batch/v1", "Job"), ("v1", "Pod")),
}


def wait_deleted(
    cluster: Watcher, clock: Clock, refs: Iterable[ObjectRef], timeout: float, report_progress: ReportProgress | None = None
) -> None:
    """Returns when the objects are deleted.

    :raises WaitTimeout: ``fields["objects"]`` lists the objects that are left (``object``, ``status``, ``reason``, ``finalizers``: each
        ``name`` and ``holder``). The status is ``Unknown`` for those that could not be read at the end.
    :raises Unreachable, ServerBusy: nothing could be read, so nothing is known about any of them.
    """
    timeout = timeout or DEFAULT_SECONDS
    started = clock.monotonic()
    deadline = started + timeout
    wanted = list(dict.fromkeys(refs))
    left: list[tuple[ObjectRef, Object]] = []
    unread: list[tuple[ObjectRef, ClusterError]] = []
    with cluster.within(timeout + _LATE_SECONDS):
        for number, ref in enumerate(wanted):
            if report_progress is not None:
                waiting = [(str(other), "it is being deleted") for other in wanted[number:]]
                done, spent = number - len(left) - len(unread), clock.monotonic() - started
                report_progress(
                    {"what": "delete", "ready": done, "total": len(wanted), "left": waiting, "seconds": spent, "timeout": timeout}
                )
            try:
                obj = _until_gone(cluster, clock, ref, deadline)
            except (Unreachable, ServerBusy) as error:
                if clock.monotonic() < deadline:
                    raise
                unread.append((ref, error))
                continue
            if obj is not None:
                left.append((ref, obj))
    if not left:
        if unread:
            raise unread[0][1]
        return
    with cluster.within(_EVIDENCE_SECONDS):
        found = [_leftover(cluster, ref, obj) for ref, obj in left]
    found += [_unknown(ref, error) for ref, error in unread]
    raise WaitTimeout(
        f"""Timed out after {timeout:g} s waiting for deletion: {"; ".join(f"{item['object']} ({item['reason']})" for item in found)}.""",
        helm="\n".join(
            [
                *(
                    f"resource {ref.kind}/{ref.namespace}/{ref.name} still exists. status: {item['status']}, message: {item['reason']}"
                    for (ref, _other), item in zip([*left, *unread], found, strict=True)
                ),
                "context deadline exceeded",
            ]
        ),
        objects=found,
    )


def _until_gone(cluster: Watcher, clock: Clock, ref: ObjectRef, deadline: float) -> Object | None:
    """The object at the timeout; ``None``: it is deleted."""
    identity = ""
    failures = 0
    obj: Object | None = None
    while True:
        began = clock.monotonic()
        try:
            obj = cluster.read(ref, metadata_only=True)
            if obj is None:
                return None
            metadata = obj.get("metadata") or {}
            identity = identity or str(metadata.get("uid") or "")
            left = deadline - clock.monotonic()
            if identity and metadata.get("uid") != identity:
                return None
            if left <= 0:
                return obj
            if _deleted_within(cluster, ref, str(metadata.get("resourceVersion") or ""), watch_seconds(left, _ALONE_SECONDS)):
                return None
            if clock.monotonic() - began < _PAUSE_SECONDS:  # a server or proxy that ends watches at once: pause
                clock.sleep(min(_PAUSE_SECONDS, left))
            failures = 0
        except UnknownKind:
            return None  # its definition went, and the object with it
        except Conflict:
            clock.sleep(_PAUSE_SECONDS)  # the version is too old for a watch: read again
        except (Unreachable, ServerBusy):
            failures += 1
            if clock.monotonic() >= deadline and obj is not None:
                return obj  # as it was seen last
            if failures > _MAX_FAILURES or clock.monotonic() >= deadline:
                raise
            clock.sleep(min(_RETRY_SECONDS, deadline - clock.monotonic()))


def watch_seconds(left: float, most: float) -> float:
    """How long a watch may last, in seconds.

    At most half of the time that is left: a stalled watch (its connection is lost without an end) reports nothing, and only another read
    of the objects shows that they are ready, or deleted. :param left: seconds until the wait ends. :param most: seconds of a working watch.
    """
    return min(left if left <= _SHORT_SECONDS else left / 2, most)


def _deleted_within(cluster: Watcher, ref: ObjectRef, version: str, seconds: float) -> bool:
    events = cluster.watch(
        ref.api_version, ref.kind, ref.namespace, fields=f"metadata.name={ref.name}", resource_version=version, seconds=seconds
    )
    return any(event.type == "DELETED" for event in events)


def _leftover(cluster: Reader, ref: ObjectRef, obj: Object) -> JsonObject:
    metadata = obj.get("metadata") or {}
    marked = bool(metadata.get("deletionTimestamp"))
    finalizers = [{"name": str(name), "holder": _holder(cluster, ref, obj, str(name))} for name in metadata.get("finalizers") or ()]
    holders = ", ".join(item["name"] + (f" ({item['holder']})" if item["holder"] else "") for item in finalizers)
    reason = f"held by the finalizers {holders}" if holders else ("it is being deleted" if marked else "it has not been deleted")
    return {"object": str(ref), "status": "Terminating" if marked else "Current", "reason": reason, "finalizers": finalizers}


def _unknown(ref: ObjectRef, error: ClusterError) -> JsonObject:
    return {"object": str(ref), "status": "Unknown", "reason": f"it could not be read: {error.message.rstrip('.')}", "finalizers": []}


def _holder(cluster: Reader, ref: ObjectRef, obj: Object, finalizer: str) -> str:
    """The owner of a finalizer, as text; empty where it is unknown."""
    try:
        if finalizer == "foregroundDeletion":
            names = _dependents(cluster, ref, obj)
            return f"waits for its dependents {', '.join(names)}" if names else "waits for its dependents"
        if finalizer == "kubernetes.io/pvc-protection":
            names = _users_of_claim(cluster, ref)
            return f"still used by {', '.join(names)}" if names else ""
    except ClusterError as error:
        return f"its users could not be determined: {error.message.rstrip('.')}"
    managers = [
        str(entry.get("manager"))
        for entry in obj["metadata"].get("managedFields") or ()
        if f'v:"{finalizer}"' in (((entry.get("fieldsV1") or {}).get("f:metadata") or {}).get("f:finalizers") or {})
    ]
    return f"set by {', '.join(dict.fromkeys(managers))}" if managers else ""


def _dependents(cluster: Reader, ref: ObjectRef, obj: Object) -> list[str]:
    """The dependents that the garbage collector still waits for, with the finalizers of each."""
    owners = {str(obj["metadata"].get("uid"))}
    found: list[str] = []
    for api_version, kind in _DEPENDENTS.get(ref.kind, ()):
        for item in cluster.list(api_version, kind, ref.namespace)[0]:
            metadata = item["metadata"]
            if not owners & {str(owner.get("uid")) for owner in metadata.get("ownerReferences") or ()}:
                continue
            owners.add(str(metadata.get("uid")))
            held = ", ".join(name for name in metadata.get("finalizers") or () if name != "foregroundDeletion")
            found.append(f"{kind} {metadata.get('name')}" + (f" held by {held}" if held else ""))
    return found[:_MOST_NAMED]


def _users_of_claim(cluster: Reader, ref: ObjectRef) -> list[str]:
    pods = cluster.list("v1", "Pod", ref.namespace)[0]
    used = [
        f"Pod {pod['metadata'].get('name')}"
        for pod in pods
        for volume in (pod.get("spec") or {}).get("volumes") or ()
        if (volume.get("persistentVolumeClaim") or {}).get("claimName") == ref.name
    ]
    return used[:_MOST_NAMED]
