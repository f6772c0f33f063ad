# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The readiness of an object by Helm 3's rules, Helm 4's ``--wait=legacy`` (``pkg/kube/ready.go``).

They cover fewer kinds than kstatus does, and they accept a workload that has as many ready pods as its update strategy allows: a
Deployment with ``maxUnavailable: 25%`` and four replicas is ready with three. Custom resources, budgets and other kinds are ready at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..aliases import Json, Object
from ..errors import Forbidden
from ..objects.readiness import CURRENT, FAILED, IN_PROGRESS, NOT_FOUND, Readiness, condition, kind_of
from ..ports import ObjectRef, Reader
from .pods import controller_of, selector_text

#: value of ``strategy`` in the rules of a wait
LEGACY = "legacy"
_REVISION = "deployment.kubernetes.io/revision"
_AGAIN_SECONDS = 2.0  # Helm's interval, for changes that an object's own status may not show
_READY = Readiness(CURRENT, "ready")


def covers(ref: ObjectRef, *, jobs: bool) -> bool:
    """Whether the rules cover a kind. Any other object is ready at once, also a deleted one."""
    kind = f"{ref.api_version.rpartition('/')[0]}/{ref.kind}"
    return kind in _RULES or (jobs and kind == "batch/Job")


def legacy_status(cluster: Reader, obj: Object | None, *, jobs: bool = False) -> Readiness:
    """The state of a live object.

    :param cluster: for the ReplicaSet of a Deployment and the pods of ReplicaSets and ReplicationControllers.
    :param obj: as the server returned it; ``None``: it does not exist. :param jobs: Jobs must have completed.
    """
    if obj is None:
        return Readiness(NOT_FOUND, "it does not exist")
    kind = kind_of(obj)
    if kind == "batch/Job":
        return _job(obj) if jobs else _READY
    rule = _RULES.get(kind)
    return _READY if rule is None else rule(cluster, obj)


def _waiting(message: str, again: float | None = None) -> Readiness:
    return Readiness(IN_PROGRESS, message, again)


def _table(obj: Mapping[str, Json], *path: str) -> Mapping[str, Json]:
    for key in path:
        obj = obj.get(key) or {}
    return obj


def _unseen(obj: Object) -> bool:
    """Whether its controller has not seen the newest generation."""
    return int(_table(obj, "status").get("observedGeneration") or 0) != int(_table(obj, "metadata").get("generation") or 0)


_UNSEEN = "its controller has not seen the newest generation"


def _pod(cluster: Reader, obj: Object) -> Readiness:
    return _READY if condition(obj, "Ready").get("status") == "True" else _waiting("its condition Ready is not True")


def _job(obj: Object) -> Readiness:
    spec, status = _table(obj, "spec"), _table(obj, "status")
    if int(status.get("failed") or 0) > int(spec.get("backoffLimit", 6)):
        return Readiness(FAILED, f"{status['failed']} pods have failed")
    wanted, done = spec.get("completions"), int(status.get("succeeded") or 0)
    return _waiting(f"Completed: {done}/{wanted}") if wanted is not None and done < int(wanted) else _READY


def _deployment(cluster: Reader, obj: Object) -> Readiness:
    spec = _table(obj, "spec")
    if spec.get("paused"):
        return Readiness(CURRENT, "it is paused, so it is not waited for")
    if _unseen(obj):
        return _waiting(_UNSEEN)
    try:
        newest = _newest_set(cluster, obj)
    except Forbidden:  # then of the Deployment itself, which counts all of its pods
        status = _table(obj, "status")
        ready = min(int(status.get("updatedReplicas") or 0), int(status.get("readyReplicas") or 0))
    else:
        if newest is None or _unseen(newest):
            return _waiting("its newest ReplicaSet is not there yet", _AGAIN_SECONDS)
        ready = int(_table(newest, "status").get("readyReplicas") or 0)
    wanted = int(spec.get("replicas", 1)) - _max_unavailable(spec)
    return _READY if ready >= wanted else _waiting(f"Ready: {ready}/{wanted}", _AGAIN_SECONDS)


def _newest_set(cluster: Reader, obj: Object) -> Object | None:
    """The ReplicaSet of the newest template, by the revision that the controller notes on both."""
    metadata = _table(obj, "metadata")
    revision = _table(metadata, "annotations").get(_REVISION)
    labels = selector_text(obj)
    if not revision or labels is None:
        return None
    found = cluster.list("apps/v1", "ReplicaSet", str(metadata.get("namespace") or ""), labels=labels)[0]
    own = (item for item in found if controller_of(item).get("uid") == metadata.get("uid"))
    return next((item for item in own if _table(item, "metadata", "annotations").get(_REVISION) == revision), None)


def _max_unavailable(spec: Mapping[str, Json]) -> int:
    """Pods that may be missing while a Deployment is updated.

    Kubernetes: ``deploymentutil.MaxUnavailable``.
    """
    replicas = int(spec.get("replicas", 1))
    strategy = _table(spec, "strategy")
    if strategy.get("type", "RollingUpdate") != "RollingUpdate" or replicas == 0:
        return 0
    rolling = _table(strategy, "rollingUpdate")
    surge = _scaled(rolling.get("maxSurge", "25%"), replicas, up=True)
    missing = _scaled(rolling.get("maxUnavailable", "25%"), replicas, up=False)
    return min(max(missing, 1) if surge == 0 else missing, replicas)


def _scaled(value: Json, total: int, *, up: bool) -> int:
    """A number, or a percentage of ``total``. A text that is neither counts as all of them, as in Helm."""
    text = str(value)
    if not text.endswith("%"):
        return int(text) if text.isdigit() else total
    if not text[:-1].isdigit():
        return total
    share = int(text[:-1]) * total
    return -(-share // 100) if up else share // 100


def _daemon_set(cluster: Reader, obj: Object) -> Readiness:
    if _unseen(obj):
        return _waiting(_UNSEEN)
    strategy, status = _table(obj, "spec", "updateStrategy"), _table(obj, "status")
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return _READY
    desired, updated = int(status.get("desiredNumberScheduled") or 0), int(status.get("updatedNumberScheduled") or 0)
    if updated != desired:
        return _waiting(f"Updated: {updated}/{desired}")
    wanted = desired - _scaled(_table(strategy, "rollingUpdate").get("maxUnavailable", 1), desired, up=True)
    ready = int(status.get("numberReady") or 0)
    return _READY if ready >= wanted else _waiting(f"Ready: {ready}/{wanted}")


def _stateful_set(cluster: Reader, obj: Object) -> Readiness:
    if _unseen(obj):
        return _waiting(_UNSEEN)
    spec, status = _table(obj, "spec"), _table(obj, "status")
    strategy = _table(spec, "updateStrategy")
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return _READY
    replicas, partition = int(spec.get("replicas", 1)), int(_table(strategy, "rollingUpdate").get("partition") or 0)
    updated, ready = int(status.get("updatedReplicas") or 0), int(status.get("readyReplicas") or 0)
    if updated < replicas - partition:
        return _waiting(f"Updated: {updated}/{replicas - partition}")
    if ready != replicas:
        return _waiting(f"Ready: {ready}/{replicas}")
    if partition == 0 and status.get("currentRevision") != status.get("updateRevision"):
        return _waiting("its update is not complete")
    return _READY


def _replica_set(cluster: Reader, obj: Object) -> Readiness:
    """The state of a ReplicaSet or ReplicationController: all pods of the selector must be ready."""
    if _unseen(obj):
        return _waiting(_UNSEEN)
    labels = selector_text(obj)
    if labels is None:
        return _READY
    try:
        pods = cluster.list("v1", "Pod", str(_table(obj, "metadata").get("namespace") or ""), labels=labels)[0]
    except Forbidden:
        return _READY
    late = sum(condition(pod, "Ready").get("status") != "True" for pod in pods)
    return _waiting(f"{late} pods are not ready", _AGAIN_SECONDS) if late else _READY


def _volume_claim(cluster: Reader, obj: Object) -> Readiness:
    phase = _table(obj, "status").get("phase")
    return _READY if phase == "Bound" else _waiting(f"its phase is {phase or 'not set'}, not Bound")


def _service(cluster: Reader, obj: Object) -> Readiness:
    spec = _table(obj, "spec")
    if spec.get("type") == "ExternalName":
        return _READY
    if not spec.get("clusterIP"):
        return _waiting("it has no cluster IP")
    balanced = spec.get("externalIPs") or _table(obj, "status", "loadBalancer").get("ingress")
    return _READY if spec.get("type") != "LoadBalancer" or balanced else _waiting("its load balancer has no address")


def _definition(cluster: Reader, obj: Object) -> Readiness:
    refused = condition(obj, "NamesAccepted").get("status") == "False"  # Helm ends its wait for such a one
    return _READY if refused or condition(obj, "Established").get("status") == "True" else _waiting("it is not established")


_RULES: dict[str, Callable[[Reader, Object], Readiness]] = {
    "/Pod": _pod,
    "/PersistentVolumeClaim": _volume_claim,
    "/Service": _service,
    "/ReplicationController": _replica_set,
    "apps/Deployment": _deployment,
    "apps/DaemonSet": _daemon_set,
    "apps/StatefulSet": _stateful_set,
    "apps/ReplicaSet": _replica_set,
    "apiextensions.k8s.io/CustomResourceDefinition": _definition,
}
