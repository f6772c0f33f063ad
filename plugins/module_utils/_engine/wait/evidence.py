# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Collects why objects are not ready: their pods, conditions and containers, and warning events.

Collected once, when a wait has failed: one list of pods for each workload, one list of warnings for each namespace, and the last lines of
containers that do not run as they should, of a few pods each. What the user may not read is skipped, and the result says so
(``evidence``). In every text of the cluster (conditions, events, logs) the data of the release's Secrets is masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from ..aliases import Json, JsonObject, Object
from ..errors import ClusterError
from ..objects.readiness import Readiness, condition, conditions_of, status_of
from ..ports import ObjectRef, Reader
from .logs import Mask, one_line, pod_logs, unmasked
from .pods import controller_of, pods_of

_MOST_PODS = 5
_MOST_EVENTS = 5
#: pods of an object whose logs are read, and how many lines of each container
_MOST_LOGS = 2
_LOG_LINES = 10
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job")

Left = tuple[ObjectRef, Readiness, Optional[Object]]


def gather(cluster: Reader, left: Sequence[Left], mask: Mask = unmasked) -> list[JsonObject]:
    """Collects the evidence for each object. Raises nothing.

    ``object``, ``status``, ``reason`` (the most useful message), ``message``, ``rule``, ``conditions``, ``pods`` (with ``containers`` and
    ``logs``), ``events``.
    """
    warnings: dict[str, list[Object] | str] = {}
    for ref, _readiness, _object in left:
        if ref.namespace and ref.namespace not in warnings:
            warnings[ref.namespace] = _warnings_in(cluster, ref.namespace)
    return [_entry(cluster, ref, state, obj, warnings.get(ref.namespace, []), mask) for ref, state, obj in left]


def _warnings_in(cluster: Reader, namespace: str) -> list[Object] | str:
    """The warnings about objects of a namespace; a text: why they could not be read."""
    try:
        return cluster.list("v1", "Event", namespace, fields="type=Warning")[0]
    except ClusterError as error:
        return error.message


def _entry(cluster: Reader, ref: ObjectRef, state: Readiness, obj: Object | None, warnings: list[Object] | str, mask: Mask) -> JsonObject:
    line = one_line(mask)
    entry: JsonObject = {"object": str(ref), "status": state.state, "message": line(state.message), "pods": [], "events": []}
    entry["rule"] = state.rule or f"built-in rule for {ref.api_version} {ref.kind}"
    entry["conditions"] = [
        {key: line(str(found.get(key) or "")) for key in ("type", "status", "reason", "message")} for found in conditions_of(obj or {})
    ]
    unread = [warnings] if isinstance(warnings, str) else []
    pods: list[Object] = []
    if ref.kind in _WORKLOADS and obj is not None:
        found = _pods_of(cluster, ref, obj)
        if isinstance(found, str):
            unread.append(found)
        else:
            pods = found
    shown = [obj] if ref.kind == "Pod" and obj is not None else pods[:_MOST_PODS]
    entry["pods"] = [_pod(pod, line) for pod in shown]
    for pod, pod_entry in zip(shown[:_MOST_LOGS], entry["pods"], strict=False):
        pod_entry["logs"] = _last_logs(cluster, pod, mask)
    if not isinstance(warnings, str):
        about = {(ref.kind, ref.name): _uid(obj), **{("Pod", str(pod["metadata"]["name"])): _uid(pod) for pod in pods}}
        owners = (controller_of(pod) for pod in pods)
        sets = {str(owner.get("name")) for owner in owners if owner.get("kind") == "ReplicaSet"} | _owned_names(ref, warnings)
        about.update((("ReplicaSet", name), "") for name in sets)
        placed = {str(pod["metadata"]["name"]) for pod in pods if condition(pod, "PodScheduled").get("status") == "True"}
        entry["events"] = _events([event for event in warnings if not _is_past(event, placed)], about, line)
    if unread:
        entry["evidence"] = "; ".join(unread)
    entry["reason"] = _reason(entry["message"], entry, own_pod=ref.kind == "Pod")
    return entry


def _pods_of(cluster: Reader, ref: ObjectRef, obj: Object) -> list[Object] | str:
    """The workload's pods that are not ready, newest first; a text: why they could not be read."""
    try:
        found = pods_of(cluster, ref, obj)
    except ClusterError as error:
        return error.message
    lacking = [pod for pod in found if not status_of(pod).ready or (pod.get("status") or {}).get("phase") == "Failed"]
    return sorted(lacking, key=lambda pod: str(pod["metadata"].get("creationTimestamp") or ""), reverse=True)


def _pod(pod: Mapping[str, Json], mask: Mask) -> JsonObject:
    status = pod.get("status") or {}
    return {
        "name": str(pod["metadata"]["name"]),
        "phase": str(status.get("phase") or ""),
        "conditions": [
            {key: mask(str(found.get(key) or "")) for key in ("type", "reason", "message")}
            for found in conditions_of(pod)
            if found.get("status") == "False" and found.get("reason") != "PodCompleted"
        ],
        "containers": [
            container_entry
            for key in ("initContainerStatuses", "containerStatuses")
            for container in status.get(key) or ()
            if (container_entry := _container(container, mask)) is not None
        ],
    }


def _last_logs(cluster: Reader, pod: Object, mask: Mask) -> list[JsonObject]:
    """The last log lines of the pod's containers that run, or ran, and are not ready."""
    status = pod.get("status") or {}
    names = []
    for key in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(key) or ():
            state, last = container.get("state") or {}, container.get("lastState") or {}
            ended = state.get("terminated") or {}
            well = bool(container.get("ready")) and condition(pod, "Ready").get("status") == "True"
            if ("running" in state and not well) or ended.get("exitCode") or "terminated" in last:
                names.append(str(container.get("name") or ""))
    return pod_logs(cluster, pod, mask, lines=_LOG_LINES, init=True, only=names) if names else []


def _container(status: Mapping[str, Json], mask: Mask) -> dict[str, str] | None:
    """The reason why a container does not run; ``None``: it runs."""
    state = status.get("state") or {}
    waiting, ended = state.get("waiting"), state.get("terminated")
    name = str(status.get("name") or "")
    if waiting:
        last = ((status.get("lastState") or {}).get("terminated") or {}).get("exitCode")
        crashed = f" (last exit code {last})" if last is not None else ""
        return {
            "name": name,
            "reason": str(waiting.get("reason") or "Waiting"),
            "message": mask(f"{waiting.get('message') or ''}{crashed}".strip()),
        }
    if ended and ended.get("exitCode"):
        return {"name": name, "reason": str(ended.get("reason") or "Error"), "message": f"exit code {ended['exitCode']}"}
    return None


def _owned_names(ref: ObjectRef, warnings: Sequence[Object]) -> set[str]:
    """A Deployment's ReplicaSets that warnings name: a quota that refuses pods reports on those."""
    if ref.kind != "Deployment":
        return set()
    about = (event.get("involvedObject") or {} for event in warnings)
    return {str(o.get("name")) for o in about if o.get("kind") == "ReplicaSet" and str(o.get("name")).rpartition("-")[0] == ref.name}


def _is_past(event: Mapping[str, Json], placed: set[str]) -> bool:
    """Whether an event is an outdated one of the scheduler, about a pod that has a node by now."""
    return event.get("reason") == "FailedScheduling" and str((event.get("involvedObject") or {}).get("name")) in placed


def _uid(obj: Object | None) -> str:
    return str(((obj or {}).get("metadata") or {}).get("uid") or "")


def _is_about(event: Mapping[str, Json], objects: Mapping[tuple[str, str], str]) -> bool:
    """Whether an event is about one of the objects.

    Not about another kind, or an earlier object of its name.

    :param objects: kind and name -> uid, empty where it is not known.
    """
    found = event.get("involvedObject") or {}
    uid = objects.get((str(found.get("kind")), str(found.get("name"))))
    return uid is not None and (not uid or not found.get("uid") or found["uid"] == uid)


def _events(warnings: Sequence[Object], objects: Mapping[tuple[str, str], str], mask: Mask) -> list[JsonObject]:
    mine = [event for event in warnings if _is_about(event, objects)]
    mine.sort(key=_moment)
    entries = []
    for event in mine[-_MOST_EVENTS:]:
        about = event.get("involvedObject") or {}
        entries.append(
            {
                "object": f"{about.get('kind')} {about.get('name')}",
                "reason": str(event.get("reason") or ""),
                "message": mask(str(event.get("message") or "")),
                "count": event.get("count") or (event.get("series") or {}).get("count") or 1,
            }
        )
    return entries


def _moment(event: Mapping[str, Json]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or (event.get("metadata") or {}).get("creationTimestamp") or "")


def _reason(message: str, entry: Mapping[str, Json], *, own_pod: bool) -> str:
    """The object's own message, and the first helpful message of its pods or events."""
    for pod in entry["pods"]:
        where = "" if own_pod else f"pod {pod['name']}: "
        for container in pod["containers"]:
            if container["reason"] not in ("ContainerCreating", "PodInitializing"):
                words = f": {container['message']}" if container["message"] else ""
                return f"{message}; {where}container {container['name']}: {container['reason']}{words}"
        for found in pod["conditions"]:
            if found["type"] == "PodScheduled" and found["message"] not in message:
                return f"{message}; {where}{found['reason']}: {found['message'].rstrip('.')}"
    if entry["events"]:
        last = entry["events"][-1]
        if last["message"].rstrip(".") not in message:
            return f"{message}; {last['object']}: {last['reason']}: {last['message'].rstrip('.')}"
    return message
