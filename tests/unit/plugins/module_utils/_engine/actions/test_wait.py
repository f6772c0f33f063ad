# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting over an API server in memory, whose watches tell what a test makes happen."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.wait import wait_deleted, wait_hook, wait_ready
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ServerBusy, WaitTimeout
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster

WEB = ObjectRef("apps/v1", "Deployment", "default", "web")
SET = ObjectRef("apps/v1", "StatefulSet", "default", "set")
JOB = ObjectRef("batch/v1", "Job", "default", "job")
POD = ObjectRef("v1", "Pod", "default", "pod")
READY = {
    "replicas": 1,
    "updatedReplicas": 1,
    "readyReplicas": 1,
    "availableReplicas": 1,
    "conditions": [{"type": "Available", "status": "True"}, {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}],
}
LATE = {"conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}]}
UNSCHEDULABLE = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "Unschedulable",
    "message": "0/1 nodes are available: 1 Insufficient cpu.",
}
CRASHING = {
    "name": "app",
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
    "lastState": {"terminated": {"exitCode": 3}},
}


def at(ref, status=None, **metadata):
    spec = {"replicas": 1, "progressDeadlineSeconds": 600, "selector": {"matchLabels": {"app": "web"}}}
    body = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": ref.name, "namespace": ref.namespace, **metadata}}
    return {**body, "spec": spec, "status": status or {}}


@pytest.fixture
def cluster():
    made = MemoryCluster()
    for version, kind, plural in (
        ("v1", "Pod", "pods"),
        ("v1", "Event", "events"),
        ("apps/v1", "Deployment", "deployments"),
        ("apps/v1", "StatefulSet", "statefulsets"),
        ("batch/v1", "Job", "jobs"),
    ):
        made.kinds[(version, kind)] = (plural, True)
    return made


def requests(cluster, verb):
    return sum(1 for what, _other in cluster.requests if what == verb)


def test_nothing_is_asked_about_kinds_that_are_ready_at_once(cluster):
    refs = [ObjectRef("v1", "ConfigMap", "default", "a"), ObjectRef("rbac.authorization.k8s.io/v1", "Role", "default", "b")]
    wait_ready(cluster, cluster.clock, refs, 10)
    assert not cluster.requests


def test_a_watch_tells_when_it_is_ready(cluster):
    cluster.put(at(WEB))
    cluster.on_watch = [lambda c: c.set_status(WEB, {"replicas": 1}), lambda c: c.set_status(WEB, READY)]
    wait_ready(cluster, cluster.clock, [WEB], 300)
    assert requests(cluster, "watch") == 2
    assert cluster.clock.seconds < 60


def test_what_was_ready_first_is_ready_last(cluster):
    cluster.put(at(SET, {"replicas": 1, "readyReplicas": 1, "currentReplicas": 1}))
    cluster.put(at(WEB))

    def ready_and_the_other_gone(made):
        made.set_status(WEB, READY)
        made.set_status(SET, {"replicas": 1})

    cluster.on_watch = [ready_and_the_other_gone]
    with pytest.raises(WaitTimeout, match="StatefulSet default/set: Ready: 0/1"):
        wait_ready(cluster, cluster.clock, [SET, WEB], 30)


def test_a_failure_ends_it_at_once(cluster):
    cluster.put(at(WEB))
    cluster.put(at(SET))
    cluster.on_watch = [lambda c: c.set_status(WEB, LATE)]
    with pytest.raises(WaitTimeout, match="will not be: Deployment default/web: Progress deadline exceeded: too slow") as caught:
        wait_ready(cluster, cluster.clock, [WEB, SET], 300)
    assert cluster.clock.seconds < 60
    assert "context deadline exceeded" not in caught.value.helm


def test_a_timeout_brings_the_evidence(cluster):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    cluster.put({**at(POD), "status": {"phase": "Pending", "conditions": [UNSCHEDULABLE]}})
    about = {"kind": "Pod", "name": "pod"}
    event = {
        "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": about,
        "reason": "FailedScheduling",
        "message": "no node.",
    }
    cluster.put({"apiVersion": "v1", "kind": "Event", "type": "Warning", **event})
    with pytest.raises(WaitTimeout) as caught:
        wait_ready(cluster, cluster.clock, [WEB], 20)
    told = caught.value
    assert "Not ready after 20 s: Deployment default/web: Available: 0/1; pod pod: Unschedulable: 0/1 nodes" in str(told)
    assert told.helm == (
        "resource Deployment/default/web not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded"
    )
    (found,) = told.fields["objects"]
    assert found["pods"][0]["conditions"][0]["reason"] == "Unschedulable"
    assert found["events"][0]["message"] == "no node."


def test_a_set_whose_pods_crash_has_failed(cluster):
    cluster.put(at(SET, {"replicas": 1}))
    cluster.put({**at(POD), "status": {"phase": "Running", "containerStatuses": [CRASHING]}})
    with pytest.raises(WaitTimeout, match=r"1 pods have failed; pod pod: container app: CrashLoopBackOff: back-off 40s .last exit code 3"):
        wait_ready(cluster, cluster.clock, [SET], 300)


def test_evidence_that_may_not_be_read_is_said(cluster):
    cluster.put(at(WEB))
    del cluster.kinds[("v1", "Event")]
    with pytest.raises(WaitTimeout) as caught:
        wait_ready(cluster, cluster.clock, [WEB], 5)
    assert "Event" in caught.value.fields["objects"][0]["evidence"]


class Shaky(MemoryCluster):
    """Busy for some requests."""

    busy = 0

    def list(self, *args, **kwargs):
        if self.busy:
            self.busy -= 1
            raise ServerBusy("busy", status=503)
        return super().list(*args, **kwargs)


def test_a_server_that_is_away_for_a_moment():
    cluster = Shaky()
    cluster.kinds[("batch/v1", "Job")] = ("jobs", True)
    cluster.put(at(JOB, {"conditions": [{"type": "Complete", "status": "True"}]}))
    cluster.busy = 3
    wait_ready(cluster, cluster.clock, [JOB], 100, jobs=True)
    cluster.busy = 1000
    with pytest.raises(ServerBusy):
        wait_ready(cluster, cluster.clock, [JOB], 100, jobs=True)


@pytest.mark.parametrize(
    ("ref", "status", "good"),
    [
        (POD, {"phase": "Succeeded"}, True),
        (POD, {"phase": "Failed"}, False),
        (POD, {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, False),
        (JOB, {"conditions": [{"type": "Complete", "status": "True"}]}, True),
        (JOB, {"conditions": [{"type": "Failed", "status": "True"}]}, False),
        (JOB, {"startTime": "x"}, False),
        (WEB, {}, True),
    ],
)
def test_hooks(cluster, ref, status, good):
    cluster.put(at(ref, status))
    if good:
        wait_hook(cluster, cluster.clock, [ref], 5)
        return
    with pytest.raises(WaitTimeout):
        wait_hook(cluster, cluster.clock, [ref], 5)


def test_deleted_at_once_costs_one_request(cluster):
    wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert cluster.requests == [("head", str(WEB))]


def test_deleted_while_watched(cluster):
    cluster.put(at(WEB))
    cluster.on_watch = [lambda c: c.objects.pop(WEB)]
    wait_deleted(cluster, cluster.clock, [WEB], 10)


def test_one_that_comes_back_as_another_was_gone(cluster):
    cluster.put(at(WEB))
    cluster.on_watch = [lambda c: c.put(at(WEB))]
    wait_deleted(cluster, cluster.clock, [WEB], 10)


def test_what_holds_a_leftover_is_named(cluster):
    cluster.put(at(WEB, deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["ex.io/hold"]))
    with pytest.raises(WaitTimeout, match=r"Not gone after 10 s: Deployment default/web \(held by the finalizers ex.io/hold\)") as caught:
        wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert "still exists. status: Terminating" in caught.value.helm
