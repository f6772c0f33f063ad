# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readiness by the rules of Helm 3 (``--wait=legacy``): one line a rule.

``None``: it is ready; a text: the reason to wait.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import WaitTimeout
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.readiness import FAILED
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.rules import Rules
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.legacy import covers, legacy_status
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.wait import wait_ready
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster

REVISION = "deployment.kubernetes.io/revision"


def served() -> MemoryCluster:
    cluster = MemoryCluster()
    for where in (("apps/v1", "ReplicaSet"), ("v1", "ReplicationController"), ("example.com/v1", "Odd")):
        cluster.kinds[where] = (where[1].lower() + "s", True)
    return cluster


def obj(api_version: str, kind: str, spec: dict[str, Any] | None = None, status: dict[str, Any] | None = None, seen: bool = True) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "default", "uid": "u1", "generation": 2, "annotations": {REVISION: "3"}}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": metadata,
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **(spec or {})},
        "status": {"observedGeneration": 2 if seen else 1, **(status or {})},
    }


def replica_set(ready: int, *, revision: str = "3", uid: str = "u1", seen: bool = True) -> dict[str, Any]:
    body = obj("apps/v1", "ReplicaSet", {}, {"readyReplicas": ready}, seen)
    body["metadata"] = {
        **body["metadata"],
        "name": f"web-{revision}-{uid}",
        "labels": {"app": "web"},
        "annotations": {REVISION: revision},
        "ownerReferences": [{"uid": uid, "controller": True, "kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}],
    }
    return body


def condition(kind: str, status: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status}]}


ROLLING = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}}
DEPLOYMENTS = [
    ({"replicas": 4, **ROLLING}, [replica_set(3)], None),
    ({"replicas": 4, **ROLLING}, [replica_set(2)], "Ready: 2/3"),
    ({"replicas": 1, **ROLLING}, [replica_set(0)], "Ready: 0/1"),  # a quarter of one is none
    ({"replicas": 4}, [replica_set(3)], None),
    ({"replicas": 4, "strategy": {"type": "Recreate"}}, [replica_set(3)], "Ready: 3/4"),
    ({"replicas": 2, "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 0}}}, [replica_set(1)], None),
    ({"replicas": 2, "strategy": {"rollingUpdate": {"maxUnavailable": 5, "maxSurge": 1}}}, [replica_set(0)], None),
    ({"replicas": 0}, [replica_set(0)], None),
    ({"replicas": 4}, [replica_set(4, revision="2")], "its newest ReplicaSet is not there yet"),
    ({"replicas": 4}, [replica_set(4, uid="other")], "its newest ReplicaSet is not there yet"),
    ({"replicas": 4}, [replica_set(4, seen=False)], "its newest ReplicaSet is not there yet"),
    ({"replicas": 4, "paused": True}, [], "it is paused, so it is not waited for"),
]


@pytest.mark.parametrize(("spec", "sets", "wanted"), DEPLOYMENTS)
def test_deployments(spec: dict[str, Any], sets: list[dict[str, Any]], wanted: str | None) -> None:
    cluster = served()
    for body in copy.deepcopy(sets):
        cluster.put(body)
    found = legacy_status(cluster, obj("apps/v1", "Deployment", spec))
    assert (found.ready, found.message) == (wanted is None or bool(spec.get("paused")), wanted or "ready")


ROLLING_SET = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}}
KINDS = [
    (obj("v1", "Pod", {}, condition("Ready", "True")), None),
    (obj("v1", "Pod", {}, {"phase": "Succeeded", **condition("Ready", "False")}), "its condition Ready is not True"),
    (obj("v1", "PersistentVolumeClaim", {}, {"phase": "Bound"}), None),
    (obj("v1", "PersistentVolumeClaim", {}, {"phase": "Pending"}), "its phase is Pending, not Bound"),
    (obj("v1", "Service", {"clusterIP": "None"}), None),
    (obj("v1", "Service", {"type": "ExternalName"}), None),
    (obj("v1", "Service", {"type": "ClusterIP"}), "it has no cluster IP"),
    (obj("v1", "Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}), "its load balancer has no address"),
    (obj("v1", "Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1", "externalIPs": ["1.2.3.4"]}), None),
    (obj("v1", "Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}), None),
    (obj("apps/v1", "DaemonSet", ROLLING_SET, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberReady": 2}), None),
    (obj("apps/v1", "DaemonSet", ROLLING_SET, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 2, "numberReady": 3}), "Updated: 2/3"),
    (obj("apps/v1", "DaemonSet", ROLLING_SET, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberReady": 1}), "Ready: 1/2"),
    (obj("apps/v1", "DaemonSet", {"updateStrategy": {"type": "OnDelete"}}, {"desiredNumberScheduled": 3}), None),
    (obj("apps/v1", "StatefulSet", {"replicas": 3}, {"updatedReplicas": 3, "readyReplicas": 3, "currentRevision": "a", "updateRevision": "a"}), None),
    (
        obj("apps/v1", "StatefulSet", {"replicas": 3}, {"updatedReplicas": 3, "readyReplicas": 3, "currentRevision": "a", "updateRevision": "b"}),
        "its update is not complete",
    ),
    (obj("apps/v1", "StatefulSet", {"replicas": 3}, {"updatedReplicas": 3, "readyReplicas": 2}), "Ready: 2/3"),
    (
        obj(
            "apps/v1",
            "StatefulSet",
            {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
            {"updatedReplicas": 1, "readyReplicas": 3, "currentRevision": "a", "updateRevision": "b"},
        ),
        None,
    ),
    (obj("apps/v1", "StatefulSet", {"updateStrategy": {"type": "OnDelete"}}), None),
    (obj("apps/v1", "StatefulSet", {}, {}, seen=False), "its controller has not seen the newest generation"),
    (obj("batch/v1", "Job", {"completions": 2}, {"succeeded": 1}), None),
    (obj("example.com/v1", "Odd", {}, condition("Ready", "False")), None),
    (obj("policy/v1", "PodDisruptionBudget", {}, {}), None),
]


@pytest.mark.parametrize(("body", "wanted"), KINDS)
def test_kinds(body: dict[str, Any], wanted: str | None) -> None:
    found = legacy_status(MemoryCluster(), body)
    assert (found.ready, found.message) == (wanted is None, wanted or "ready")


def test_jobs_with_wait_for_jobs() -> None:
    def job(**status: int) -> dict[str, Any]:
        return obj("batch/v1", "Job", {"completions": 2, "backoffLimit": 1}, status)

    cluster = MemoryCluster()
    assert legacy_status(cluster, job(succeeded=1), jobs=True).message == "Completed: 1/2"
    assert legacy_status(cluster, job(succeeded=2), jobs=True).ready
    assert legacy_status(cluster, job(failed=2), jobs=True).state == FAILED
    assert not covers(ObjectRef("batch/v1", "Job", "a", "b"), jobs=False) and covers(ObjectRef("batch/v1", "Job", "a", "b"), jobs=True)


def test_pods_of_a_replication_controller() -> None:
    cluster = served()
    for name, status in (("a", "True"), ("b", "False")):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}}}
        cluster.put({**pod, "status": condition("Ready", status)})
    controller = obj("v1", "ReplicationController")
    controller["spec"] = {"selector": {"app": "web"}}
    assert legacy_status(cluster, controller).message == "1 pods are not ready"
    cluster.objects[ObjectRef("v1", "Pod", "default", "b")]["status"] = condition("Ready", "True")
    assert legacy_status(cluster, controller).ready


def test_a_wait_ends_where_the_other_rules_would_go_on() -> None:
    cluster = served()
    refs = [ObjectRef("apps/v1", "Deployment", "default", "web"), ObjectRef("example.com/v1", "Odd", "default", "web")]
    deployment = obj("apps/v1", "Deployment", {"replicas": 4}, {"replicas": 4, "updatedReplicas": 4, "readyReplicas": 3, "availableReplicas": 3})
    uid = cluster.objects[cluster.put(deployment)]["metadata"]["uid"]
    for body in (replica_set(3, uid=uid), obj("example.com/v1", "Odd", {}, condition("Ready", "False"))):
        cluster.put(body)
    wait_ready(cluster, cluster.clock, refs, 30.0, rules=Rules({"strategy": "legacy"}))
    with pytest.raises(WaitTimeout):
        wait_ready(cluster, cluster.clock, refs, 30.0)
    with pytest.raises(WaitTimeout, match="Odd default/web"):
        wait_ready(cluster, cluster.clock, refs, 30.0, rules=Rules({"strategy": "legacy", "ready_when": {"Odd": "condition(Ready)"}}))
