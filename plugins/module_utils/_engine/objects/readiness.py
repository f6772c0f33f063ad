# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The readiness of an object by the rules of Helm 4's watcher (kstatus).

It is a pure function of the object and the time. The first of these that applies decides:

1. marked for deletion: Terminating; a generation that its controller has not seen: InProgress;
2. a condition ``Reconciling`` (InProgress) or ``Stalled`` (Failed) that is True;
3. the rules of its kind (``_KINDS``), for built-in kinds;
4. a condition ``Ready``: True is Current, anything else InProgress;
5. Current.

A running Job is Current, unless the task waits for Jobs; for a hook a Pod is done only when it has ended. A paused Deployment is
skipped, as in Helm. The messages are worded here; the states and their conditions are kstatus's (``pkg/kstatus/status``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..aliases import Json

CURRENT = "Current"
IN_PROGRESS = "InProgress"
FAILED = "Failed"
TERMINATING = "Terminating"
NOT_FOUND = "NotFound"
UNKNOWN = "Unknown"

#: A Pod may be unschedulable for so long before that is a failure.
SCHEDULE_SECONDS = 15.0
_NO_DEADLINE = 2**31 - 1

#: Kinds of which nothing has to be waited for once the server has taken them: kstatus finds each Current whatever it holds.
READY_AT_ONCE = frozenset(
    f"{group}/{kind}"
    for group, kinds in {
        "": ("ConfigMap", "Secret", "ServiceAccount", "LimitRange", "Endpoints", "Event", "PodTemplate"),
        "batch": ("CronJob",),
        "rbac.authorization.k8s.io": ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"),
        "networking.k8s.io": ("Ingress", "IngressClass", "NetworkPolicy"),
        "scheduling.k8s.io": ("PriorityClass",),
        "storage.k8s.io": ("StorageClass", "CSIDriver"),
        "admissionregistration.k8s.io": ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        "coordination.k8s.io": ("Lease",),
        "node.k8s.io": ("RuntimeClass",),
    }.items()
    for kind in kinds
)


@dataclass(frozen=True)
class Readiness:
    """``again``: seconds after which time alone may change the answer.

    ``None``: only a change of the object can.

    ``rule``: the task's own rule that decided, empty: the rule of the kind.
    """

    state: str
    message: str
    again: float | None = None
    rule: str = ""

    @property
    def ready(self) -> bool:
        return self.state == CURRENT


def status_of(obj: Mapping[str, Json] | None, *, jobs: bool = False, hook: bool = False, now: datetime | None = None) -> Readiness:
    """The state of a live object.

    :param obj: as the server gave it; ``None``: it is not there.
    :param jobs: a Job is ready when it is complete, not when it runs.
    :param hook: a Job or Pod is ready when it has succeeded, anything else at once.
    :param now: an aware time, for rules that look at an object's age; without it such an object counts as young.
    """
    if obj is None:
        return Readiness(NOT_FOUND, "it does not exist")
    kind = kind_of(obj)
    if hook and kind not in ("batch/Job", "/Pod"):
        return Readiness(CURRENT, "a hook of this kind is done when it exists")
    if hook and kind == "/Pod":
        return _finished_pod(obj)
    if (jobs or hook) and kind == "batch/Job":
        return _finished_job(obj)
    if kind == "apps/Deployment" and _at(obj, "spec", "paused") is True:
        return Readiness(CURRENT, "it is paused, so it is not waited for")
    decided = _generic(obj)
    if decided is not None:
        return decided
    if kind == "/Pod":
        return _pod(obj, now)
    rule = _KINDS.get(kind)
    if rule is not None:
        return rule(obj)
    return _by_ready_condition(obj)


def kind_of(obj: Mapping[str, Json]) -> str:
    """``group/Kind``; the group of the core is empty."""
    return f"{str(obj.get('apiVersion') or '').rpartition('/')[0]}/{obj.get('kind')}"


def conditions_of(obj: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    found = _at(obj, "status", "conditions")
    return [condition for condition in found if isinstance(condition, Mapping)] if isinstance(found, list) else []


def condition(obj: Mapping[str, Json], kind: str) -> Mapping[str, Json]:
    """One condition of an object; ``{}`` where it has none of that type."""
    return next((c for c in conditions_of(obj) if c.get("type") == kind), {})


def is_unschedulable(pod: Mapping[str, Json]) -> bool:
    scheduled = condition(pod, "PodScheduled")
    return scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"


def _at(obj: Mapping[str, Json], *path: str) -> Json:
    value: Json = obj
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _number(obj: Mapping[str, Json], default: int, *path: str) -> int:
    value = _at(obj, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _progress(message: str) -> Readiness:
    return Readiness(IN_PROGRESS, message)


def _words(found: Mapping[str, Json]) -> str:
    return ": ".join(text for text in (str(found.get("reason") or ""), str(found.get("message") or "")) if text)


def unsettled(obj: Mapping[str, Json]) -> Readiness | None:
    """The state that precedes every rule: a deletion, or a status of an older generation.

    ``None``: neither.
    """
    if _at(obj, "metadata", "deletionTimestamp"):
        return Readiness(TERMINATING, "it is being deleted")
    wanted, seen = _at(obj, "metadata", "generation"), _at(obj, "status", "observedGeneration")
    if isinstance(wanted, int) and isinstance(seen, int) and wanted != seen:
        return _progress(f"its controller has observed generation {seen} of {wanted}")
    return None


def _generic(obj: Mapping[str, Json]) -> Readiness | None:
    before = unsettled(obj)
    if before is not None:
        return before
    for found in conditions_of(obj):
        if found.get("type") == "Reconciling" and found.get("status") == "True":
            return _progress(_words(found) or "it is being reconciled")
        if found.get("type") == "Stalled" and found.get("status") == "True":
            return Readiness(FAILED, _words(found) or "it has stalled")
    return None


def _by_ready_condition(obj: Mapping[str, Json]) -> Readiness:
    found = condition(obj, "Ready")
    if found.get("status") in ("False", "Unknown"):
        return _progress(_words(found) or "its condition Ready is not True")
    return Readiness(CURRENT, "ready")


def _deployment(obj: Mapping[str, Json]) -> Readiness:
    progressing = condition(obj, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Readiness(FAILED, f"Progress deadline exceeded: {progressing.get('message') or 'no new pod became ready in time'}")
    wanted, have = _number(obj, 1, "spec", "replicas"), _number(obj, 0, "status", "replicas")
    updated, ready = _number(obj, 0, "status", "updatedReplicas"), _number(obj, 0, "status", "readyReplicas")
    available = _number(obj, 0, "status", "availableReplicas")
    lacking = _first(
        (wanted > have, f"Replicas: {have}/{wanted}"),
        (wanted > updated, f"Updated: {updated}/{wanted}"),
        (have > wanted, f"Pending termination: {have - wanted}"),
        (updated > available, f"Available: {available}/{updated}"),
        (wanted > ready, f"Ready: {ready}/{wanted}"),
    )
    if lacking:
        return _progress(lacking)
    no_deadline = _number(obj, _NO_DEADLINE, "spec", "progressDeadlineSeconds") == _NO_DEADLINE
    rolled_out = progressing.get("status") == "True" and progressing.get("reason") == "NewReplicaSetAvailable"
    if not no_deadline and not rolled_out:
        return _progress("ReplicaSet not Available")
    if condition(obj, "Available").get("status") != "True":
        return _progress("Deployment not Available")
    return Readiness(CURRENT, f"Replicas: {have}")


def _first(*rules: tuple[bool, str]) -> str:
    return next((message for applies, message in rules if applies), "")


def _stateful_set(obj: Mapping[str, Json]) -> Readiness:
    if _at(obj, "spec", "updateStrategy", "type") == "OnDelete":
        return Readiness(CURRENT, "its update strategy is OnDelete")
    wanted, have = _number(obj, 1, "spec", "replicas"), _number(obj, 0, "status", "replicas")
    ready, updated = _number(obj, 0, "status", "readyReplicas"), _number(obj, 0, "status", "updatedReplicas")
    lacking = _first(
        (wanted > have, f"Replicas: {have}/{wanted}"),
        (wanted > ready, f"Ready: {ready}/{wanted}"),
        (have > wanted, f"Pending termination: {have - wanted}"),
    )
    if lacking:
        return _progress(lacking)
    partition = _number(obj, -1, "spec", "updateStrategy", "rollingUpdate", "partition")
    if partition != -1:
        if updated < wanted - partition:
            return _progress(f"Updated: {updated}/{wanted - partition}")
        return Readiness(CURRENT, f"partition rolled out, updated: {updated}")
    current = _number(obj, 0, "status", "currentReplicas")
    if wanted > current:
        return _progress(f"Current: {current}/{wanted}")
    if (_at(obj, "status", "currentRevision") or "") != (_at(obj, "status", "updateRevision") or ""):
        return _progress("the new revision is not the current one yet")
    return Readiness(CURRENT, f"Replicas: {have}")


def _daemon_set(obj: Mapping[str, Json]) -> Readiness:
    if not isinstance(_at(obj, "metadata", "generation"), int) or not isinstance(_at(obj, "status", "observedGeneration"), int):
        return _progress("its controller has not observed it yet")
    wanted = _number(obj, -1, "status", "desiredNumberScheduled")
    if wanted == -1:
        return _progress("its controller has not counted the nodes yet")
    for word, key in (
        ("Current", "currentNumberScheduled"),
        ("Updated", "updatedNumberScheduled"),
        ("Available", "numberAvailable"),
        ("Ready", "numberReady"),
    ):
        have = _number(obj, 0, "status", key)
        if wanted > have:
            return _progress(f"{word}: {have}/{wanted}")
    return Readiness(CURRENT, f"Replicas: {wanted}")


def _replica_set(obj: Mapping[str, Json]) -> Readiness:
    failure = condition(obj, "ReplicaFailure")
    if failure.get("status") == "True":
        return _progress(f"Pods cannot be created: {_words(failure) or 'see its events'}")
    wanted, have = _number(obj, 1, "spec", "replicas"), _number(obj, 0, "status", "replicas")
    for word, key in (("Labelled", "fullyLabeledReplicas"), ("Available", "availableReplicas"), ("Ready", "readyReplicas")):
        got = _number(obj, 0, "status", key)
        if wanted > got:
            return _progress(f"{word}: {got}/{wanted}")
    if have > wanted:
        return _progress(f"Pending termination: {have - wanted}")
    return Readiness(CURRENT, f"Replicas: {have}")


def _pod(obj: Mapping[str, Json], now: datetime | None) -> Readiness:
    phase = str(_at(obj, "status", "phase") or "")
    if phase in ("Succeeded", "Failed"):
        return Readiness(CURRENT, f"the Pod has ended: {phase}")
    if phase == "Running":
        if condition(obj, "Ready").get("status") == "True":
            return Readiness(CURRENT, "the Pod is ready")
        crashing = crash_looping(obj)
        if crashing:
            return Readiness(FAILED, f"Containers in CrashLoop state: {', '.join(crashing)}")
        return _progress("the Pod runs but is not ready")
    if phase == "Pending" and is_unschedulable(obj):
        words = str(condition(obj, "PodScheduled").get("message") or "no node has room for it")
        age = _age(obj, now)
        if age is None or age < SCHEDULE_SECONDS:
            return Readiness(IN_PROGRESS, f"Unschedulable: {words}", SCHEDULE_SECONDS - (age or 0.0))
        return Readiness(FAILED, f"Unschedulable: {words}")
    return _progress(f"the Pod is {phase}" if phase else "the Pod has not been seen by a node yet")


def crash_looping(pod: Mapping[str, Json]) -> list[str]:
    """Names of the containers that crash again and again."""
    statuses = _at(pod, "status", "containerStatuses")
    return [
        str(status.get("name"))
        for status in (statuses if isinstance(statuses, list) else ())
        if isinstance(status, Mapping) and _at(status, "state", "waiting", "reason") == "CrashLoopBackOff"
    ]


def _age(obj: Mapping[str, Json], now: datetime | None) -> float | None:
    text = _at(obj, "metadata", "creationTimestamp")
    if now is None or not isinstance(text, str):
        return None
    try:
        made = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (now - made).total_seconds()


def _finished_pod(obj: Mapping[str, Json]) -> Readiness:
    phase = str(_at(obj, "status", "phase") or "")
    if phase == "Succeeded":
        return Readiness(CURRENT, "the Pod has succeeded")
    if phase == "Failed":
        return Readiness(FAILED, "the Pod has failed")
    if _at(obj, "metadata", "deletionTimestamp"):
        return Readiness(TERMINATING, "it is being deleted")
    return _progress(f"the Pod is {phase}" if phase else "the Pod has not been seen by a node yet")


def _finished_job(obj: Mapping[str, Json]) -> Readiness:
    ended = _ended_job(obj)
    if ended is not None:
        return ended
    if _at(obj, "metadata", "deletionTimestamp"):
        return Readiness(TERMINATING, "it is being deleted")
    return _progress(f"the Job is not complete, succeeded: {_number(obj, 0, 'status', 'succeeded')}")


def _ended_job(obj: Mapping[str, Json]) -> Readiness | None:
    wanted = _number(obj, _number(obj, 1, "spec", "parallelism"), "spec", "completions")
    for found in conditions_of(obj):
        if found.get("status") != "True":
            continue
        if found.get("type") == "Complete":
            return Readiness(CURRENT, f"Job Completed. succeeded: {_number(obj, 0, 'status', 'succeeded')}/{wanted}")
        if found.get("type") == "Failed":
            why = _words(found)
            return Readiness(FAILED, f"Job Failed. failed: {_number(obj, 0, 'status', 'failed')}/{wanted}{f' ({why})' if why else ''}")
    return None


def _job(obj: Mapping[str, Json]) -> Readiness:
    ended = _ended_job(obj)
    if ended is not None:
        return ended
    if not _at(obj, "status", "startTime"):
        return _progress("the Job has not started")
    return Readiness(CURRENT, "the Job runs")


def _volume_claim(obj: Mapping[str, Json]) -> Readiness:
    phase = _at(obj, "status", "phase") or "unknown"
    return Readiness(CURRENT, "it is bound") if phase == "Bound" else _progress(f"PVC is not Bound. phase: {phase}")


def _service(obj: Mapping[str, Json]) -> Readiness:
    if _at(obj, "spec", "type") == "LoadBalancer" and not _at(obj, "spec", "clusterIP"):
        return _progress("the Service has no clusterIP yet")
    return Readiness(CURRENT, "ready")


def _definition(obj: Mapping[str, Json]) -> Readiness:
    for found in conditions_of(obj):
        kind, state = found.get("type"), found.get("status")
        if kind == "NamesAccepted" and state == "False":
            return Readiness(FAILED, _words(found) or "its names are not accepted")
        if kind == "Established" and state == "False" and found.get("reason") != "Installing":
            return Readiness(FAILED, _words(found) or "it cannot be established")
        if kind == "Established" and state == "True":
            return Readiness(CURRENT, "it is established")
    return _progress("it is being established")


def _at_once(obj: Mapping[str, Json]) -> Readiness:
    return Readiness(CURRENT, "ready")


_KINDS: dict[str, Callable[[Mapping[str, Json]], Readiness]] = {
    "/Service": _service,
    "/Secret": _at_once,
    "/ConfigMap": _at_once,
    "/PersistentVolumeClaim": _volume_claim,
    "apps/StatefulSet": _stateful_set,
    "apps/DaemonSet": _daemon_set,
    "apps/Deployment": _deployment,
    "apps/ReplicaSet": _replica_set,
    "extensions/DaemonSet": _daemon_set,
    "extensions/Deployment": _deployment,
    "extensions/ReplicaSet": _replica_set,
    "policy/PodDisruptionBudget": _at_once,
    "batch/CronJob": _at_once,
    "batch/Job": _job,
    "apiextensions.k8s.io/CustomResourceDefinition": _definition,
}
