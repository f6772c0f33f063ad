# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting on an API server in memory, whose watches send the events of a test."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    Conflict,
    Forbidden,
    ServerBusy,
    Unreachable,
    WaitTimeout,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.rules import Rules
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.selector import selector
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.hooks import wait_hook
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.logs import mask_of
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.pods import selector_text
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.wait import wait_deleted, wait_ready
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


def owner(cluster, ref):
    return [{"apiVersion": ref.api_version, "kind": ref.kind, "name": ref.name, "uid": cluster.objects[ref]["metadata"]["uid"], "controller": True}]


def put_pod(cluster, workload, body):
    """A pod as the workload's controller makes it; that of a Deployment by way of a ReplicaSet."""
    labels = body["metadata"].setdefault("labels", {"app": "web"})
    if workload.kind == "Deployment":
        made = ObjectRef("apps/v1", "ReplicaSet", workload.namespace, f"{workload.name}-{labels.get('pod-template-hash', 'x')}")
        if made not in cluster.objects:
            cluster.put(at(made, labels=dict(labels), ownerReferences=owner(cluster, workload)))
        workload = made
    body["metadata"]["ownerReferences"] = owner(cluster, workload)
    cluster.put(body)


@pytest.fixture
def cluster():
    made = MemoryCluster()
    for version, kind, plural in (
        ("v1", "Pod", "pods"),
        ("v1", "Event", "events"),
        ("apps/v1", "Deployment", "deployments"),
        ("apps/v1", "StatefulSet", "statefulsets"),
        ("apps/v1", "ReplicaSet", "replicasets"),
        ("batch/v1", "Job", "jobs"),
    ):
        made.kinds[(version, kind)] = (plural, True)
    return made


def requests(cluster, verb):
    return sum(1 for what, _other in cluster.requests if what == verb)


def test_kinds_that_are_ready_at_once_are_not_read(cluster):
    refs = [ObjectRef("v1", "ConfigMap", "default", "a"), ObjectRef("rbac.authorization.k8s.io/v1", "Role", "default", "b")]
    wait_ready(cluster, cluster.clock, refs, 10)
    assert not cluster.requests


def test_a_watch_event_ends_the_wait(cluster):
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
    with pytest.raises(WaitTimeout, match="will not become ready: Deployment default/web: Progress deadline exceeded: too slow") as caught:
        wait_ready(cluster, cluster.clock, [WEB, SET], 300)
    assert cluster.clock.seconds < 60
    assert "context deadline exceeded" not in caught.value.helm


def test_a_timeout_brings_the_evidence(cluster):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    put_pod(cluster, WEB, {**at(POD), "status": {"phase": "Pending", "conditions": [UNSCHEDULABLE]}})
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
    reported = caught.value
    sentence = "Timed out after 20 s waiting for objects to become ready: Deployment default/web: Available: 0/1; pod pod: Unschedulable: 0/1 nodes"
    assert sentence in str(reported)
    assert reported.helm == (
        "resource Deployment/default/web not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded"
    )
    (found,) = reported.fields["objects"]
    assert found["pods"][0]["conditions"][0]["reason"] == "Unschedulable"
    assert found["events"][0]["message"] == "no node."


def test_a_set_whose_pods_crash_has_failed(cluster):
    cluster.put(at(SET, {"replicas": 1}))
    put_pod(cluster, SET, {**at(POD), "status": {"phase": "Running", "containerStatuses": [CRASHING]}})
    with pytest.raises(WaitTimeout, match=r"1 pods have failed; pod pod: container app: CrashLoopBackOff: back-off 40s .last exit code 3"):
        wait_ready(cluster, cluster.clock, [SET], 300)


def test_evidence_that_may_not_be_read_is_reported(cluster):
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
        wait_hook(cluster, cluster.clock, [cluster.objects[ref]], 5)
        return
    with pytest.raises(WaitTimeout):
        wait_hook(cluster, cluster.clock, [cluster.objects[ref]], 5)


def test_deleted_at_once_costs_one_request(cluster):
    wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert cluster.requests == [("head", str(WEB))]


def test_deleted_while_watched(cluster):
    cluster.put(at(WEB))
    cluster.on_watch = [lambda c: c.objects.pop(WEB)]
    wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert WEB not in cluster.objects
    assert (requests(cluster, "watch"), cluster.clock.seconds < 10) == (1, True)


def test_one_that_comes_back_as_another_was_gone(cluster):
    cluster.put(at(WEB))
    uid = cluster.objects[WEB]["metadata"]["uid"]
    cluster.on_watch = [lambda c: c.put(at(WEB))]
    wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert cluster.objects[WEB]["metadata"]["uid"] != uid
    assert cluster.clock.seconds < 10


def test_what_holds_a_leftover_is_named(cluster):
    cluster.put(at(WEB, deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["ex.io/hold"]))
    with pytest.raises(WaitTimeout, match=r"Timed out after 10 s waiting for deletion: Deployment default/web \(held by the finalizers ex.io/hold\)") as caught:
        wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert "still exists. status: Terminating" in caught.value.helm


THING = ObjectRef("example.com/v1", "Thing", "default", "t")


def rules(**data):
    return Rules(data)


@pytest.fixture
def things(cluster):
    cluster.kinds[("example.com/v1", "Thing")] = ("things", True)
    cluster.kinds[("v1", "ConfigMap")] = ("configmaps", True)
    return cluster


def test_a_rule_of_a_task_decides_when_a_kind_is_ready(things):
    things.put(at(THING, {"phase": "Starting"}, generation=2))
    things.on_watch = [
        lambda c: c.set_status(THING, {"phase": "Up", "observedGeneration": 1}),  # of an older generation: it does not count
        lambda c: c.set_status(THING, {"phase": "Up", "observedGeneration": 2}),
    ]
    wait_ready(things, things.clock, [THING], 300, rules=rules(ready_when={"Thing.example.com": "status.phase == 'Up'", "Thing": "false"}))
    assert requests(things, "watch") == 2


def test_a_rule_of_a_task_decides_when_a_kind_has_failed(things):
    things.put(at(THING, {"phase": "Starting", "conditions": [{"type": "Ready", "status": "False"}]}))
    things.on_watch = [lambda c: c.set_status(THING, {"phase": "Lost", "conditions": [{"type": "Ready", "status": "False", "message": "disk"}]})]
    with pytest.raises(WaitTimeout, match=r"will not become ready: Thing default/t: failed_when is true: status.phase in \['Lost'\]") as caught:
        wait_ready(things, things.clock, [THING], 300, rules=rules(failed_when={"Thing": "status.phase in ['Lost']"}))
    (found,) = caught.value.fields["objects"]
    assert found["rule"] == "failed_when: status.phase in ['Lost']" and found["conditions"][0]["message"] == "disk"
    assert things.clock.seconds < 60


def test_a_rule_makes_the_wait_include_kinds_that_are_ready_at_once(things):
    ref = ObjectRef("v1", "ConfigMap", "default", "c")
    things.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "default"}, "data": {"done": "no"}})
    with pytest.raises(WaitTimeout, match=r"ready_when is not true yet: data.done == 'yes'"):
        wait_ready(things, things.clock, [ref], 5, rules=rules(ready_when={"ConfigMap": "data.done == 'yes'"}))


def test_a_kind_can_be_passed_over(cluster):
    cluster.put(at(WEB))
    wait_ready(cluster, cluster.clock, [WEB], 5, rules=rules(ready_when={"Deployment": "true"}))
    assert requests(cluster, "watch") == 0
    with pytest.raises(WaitTimeout):
        wait_ready(cluster, cluster.clock, [WEB], 5, rules=rules(ready_when={"StatefulSet": "true"}))


def pod(name, reason, *, made="2026-01-01T00:00:00Z", hashed="new", message=""):
    body = at(ObjectRef("v1", "Pod", "default", name), creationTimestamp=made, labels={"app": "web", "pod-template-hash": hashed}, uid=f"uid-{name}")
    state = {"running": {}} if reason == "" else {"waiting": {"reason": reason, "message": message}}
    return {**body, "status": {"phase": "Pending", "containerStatuses": [{"name": "app", "state": state}]}}


def test_an_image_that_cannot_be_ends_the_wait_of_a_deployment(cluster):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    put_pod(cluster, WEB, pod("new", "InvalidImageName", message="bad name"))
    with pytest.raises(WaitTimeout, match=r"will not become ready: Deployment default/web: .*container app of pod new: InvalidImageName: bad name"):
        wait_ready(cluster, cluster.clock, [WEB], 300)
    assert cluster.clock.seconds < 60


@pytest.mark.parametrize(("fail_fast", "seconds"), [(None, 300), (40, 60), (0, 20)])
def test_a_failed_image_pull_uses_the_whole_timeout_unless_a_task_limits_it(cluster, fail_fast, seconds):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    put_pod(cluster, WEB, pod("new", "ImagePullBackOff"))
    with pytest.raises(WaitTimeout) as caught:
        wait_ready(cluster, cluster.clock, [WEB], 300, rules=rules(**({} if fail_fast is None else {"fail_fast": fail_fast})))
    assert seconds - 12 <= cluster.clock.seconds <= seconds + 12
    assert ("will not become ready" in str(caught.value)) == (fail_fast is not None)


def test_a_rollout_is_not_blamed_for_the_pods_that_it_replaces(cluster):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    put_pod(cluster, WEB, pod("old", "CrashLoopBackOff", hashed="old"))
    put_pod(cluster, WEB, pod("new", "", made="2026-01-02T00:00:00Z"))
    with pytest.raises(WaitTimeout, match="after 60 s"):
        wait_ready(cluster, cluster.clock, [WEB], 60, rules=rules(fail_fast=5))


@pytest.mark.parametrize(("status", "made"), [({"replicas": 1}, "2026-01-02T00:00:00Z"), ({"updatedReplicas": 1}, "2026-01-01T00:00:00Z")])
def test_fail_fast_ignores_pods_of_other_or_unknown_revisions(cluster, status, made):
    cluster.put(at(WEB, status))
    put_pod(cluster, WEB, pod("old", "CrashLoopBackOff", hashed="old", made="2026-01-02T00:00:00Z" if "replicas" in status else made))
    if "updatedReplicas" in status:
        put_pod(cluster, WEB, pod("new", "", made=made))
    with pytest.raises(WaitTimeout, match="after 60 s"):
        wait_ready(cluster, cluster.clock, [WEB], 60, rules=rules(fail_fast=5))


def test_a_container_that_runs_again_restarts_the_fail_fast_time(cluster):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    put_pod(cluster, WEB, pod("new", "CrashLoopBackOff"))
    cluster.on_watch = [
        lambda c: c.clock.sleep(10),
        lambda c: (c.clock.sleep(10), put_pod(c, WEB, pod("new", ""))),
        lambda c: (c.clock.sleep(10), put_pod(c, WEB, pod("new", "CrashLoopBackOff"))),
        lambda c: (c.clock.sleep(10), c.set_status(WEB, READY)),
    ]
    wait_ready(cluster, cluster.clock, [WEB], 300, rules=rules(fail_fast=25))
    assert cluster.on_watch == []
    assert 40 <= cluster.clock.seconds < 300


def test_a_wait_reports_changed_progress(cluster):
    cluster.put(at(WEB, {"replicas": 1}))
    cluster.put(at(JOB, {}))
    cluster.on_watch = [lambda c: c.set_status(JOB, {"startTime": "x"}), lambda c: c.set_status(WEB, READY)]
    reported = []
    wait_ready(cluster, cluster.clock, [WEB, JOB], 300, report_progress=reported.append)
    assert next((item["ready"], item["total"], len(item["left"])) for item in reported) == (0, 2, 2)
    assert reported[-1]["left"] == [] and reported[-1]["ready"] == 2 and len({repr(item["left"]) for item in reported}) == len(reported)


def test_the_last_words_of_a_container_are_evidence_with_secrets_masked(cluster):
    cluster.put(at(WEB, {"replicas": 1}))
    body = at(POD, labels={"app": "web"})
    put_pod(cluster, WEB, {**body, "spec": {"containers": [{"name": "app"}]}, "status": {"phase": "Running", "containerStatuses": [CRASHING]}})
    cluster.printed = {("pod", "app"): "".join(f"line {n}\n" for n in range(30)) + "cannot log in with tide-4711\n"}
    with pytest.raises(WaitTimeout) as caught:
        wait_ready(cluster, cluster.clock, [WEB], 5, mask=lambda text: text.replace("tide-4711", "********"))
    (log,) = caught.value.fields["objects"][0]["pods"][0]["logs"]
    assert log["log"].splitlines()[-1] == "cannot log in with ********" and len(log["log"].splitlines()) == 10


def test_a_name_is_not_masked_and_a_secret_is_masked_in_every_part_of_the_evidence(cluster):
    """The Secrets of a release also hold words that its objects are named by."""
    manifest = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {user: quay, host: web-quay, password: tide-4711!}\n"
    manifest += "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-quay}\n"
    release = Release("harbour", "shop", 1, Info(status=Status.DEPLOYED), {"metadata": {"name": "c"}}, {}, manifest, [])
    words = 'ReplicaSet "web-quay-6976d88967" has timed out: web-quay says tide-4711!'
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": words}
    cluster.put(at(WEB, {"replicas": 1, "conditions": [late]}))
    body = at(POD, labels={"app": "web"})
    waiting = {"name": "app", "ready": False, "state": {"waiting": {"reason": "CreateContainerError", "message": "bad key tide-4711!"}}}
    put_pod(cluster, WEB, {**body, "spec": {"containers": [{"name": "app"}]}, "status": {"phase": "Pending", "containerStatuses": [waiting]}})
    reported = []
    with pytest.raises(WaitTimeout) as caught:
        wait_ready(cluster, cluster.clock, [WEB], 5, mask=mask_of(release), report_progress=reported.append)
    texts = json.dumps([str(caught.value), caught.value.helm, caught.value.fields, reported], default=str)
    assert "tide-4711!" not in texts and "bad key ********" in texts
    (condition,) = caught.value.fields["objects"][0]["conditions"]
    assert condition["message"] == 'ReplicaSet "web-quay-6976d88967" has timed out: web-quay says ********'


def test_the_manager_of_a_finalizer_is_named(cluster):
    cluster.put(at(WEB, deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["ex.io/hold"]))
    entry = {"manager": "harbour-controller", "fieldsV1": {"f:metadata": {"f:finalizers": {".": {}, 'v:"ex.io/hold"': {}}}}}
    cluster.objects[WEB]["metadata"]["managedFields"] = [entry]
    with pytest.raises(WaitTimeout, match=r"held by the finalizers ex.io/hold \(set by harbour-controller\)") as caught:
        wait_deleted(cluster, cluster.clock, [WEB], 10)
    assert caught.value.fields["objects"][0]["finalizers"] == [{"name": "ex.io/hold", "holder": "set by harbour-controller"}]


def test_awaited_dependents_are_named(cluster):
    cluster.kinds[("apps/v1", "ReplicaSet")] = ("replicasets", True)
    cluster.put(at(WEB, deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["foregroundDeletion"]))
    uid = cluster.objects[WEB]["metadata"]["uid"]
    cluster.put(at(ObjectRef("apps/v1", "ReplicaSet", "default", "web-1"), ownerReferences=[{"uid": uid}]))
    inner = cluster.objects[ObjectRef("apps/v1", "ReplicaSet", "default", "web-1")]["metadata"]["uid"]
    cluster.put(at(POD, ownerReferences=[{"uid": inner}], finalizers=["ex.io/drain"]))
    cluster.put(at(ObjectRef("v1", "Pod", "default", "other")))
    with pytest.raises(WaitTimeout, match=r"waits for its dependents ReplicaSet web-1, Pod pod held by ex.io/drain\)"):
        wait_deleted(cluster, cluster.clock, [WEB], 10)


class BusyLater(MemoryCluster):
    """Answers no request that comes after the given second."""

    end = 0.0

    def read(self, ref, **kwargs):
        if self.clock.seconds >= self.end:
            raise Unreachable("The API server did not respond in time.")
        return super().read(ref, **kwargs)


@pytest.mark.parametrize(("held", "error"), [([WEB, POD], WaitTimeout), ([POD, WEB], WaitTimeout), ([], Unreachable)])
def test_a_server_that_stops_answering_at_the_end_hides_nothing_that_was_seen(held, error):
    cluster = BusyLater()
    cluster.kinds |= {("apps/v1", "Deployment"): ("deployments", True), ("v1", "Pod"): ("pods", True)}
    cluster.end = 9.0 if held else 0.0
    for ref in (WEB, POD):
        cluster.put(at(ref, deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["ex.io/hold"]))
    with pytest.raises(error) as caught:
        wait_deleted(cluster, cluster.clock, held or [WEB, POD], 10)
    if held:
        first, second = caught.value.fields["objects"]
        assert (first["object"], first["finalizers"][0]["name"]) == (str(held[0]), "ex.io/hold")
        reason = "it could not be read: The API server did not respond in time"
        assert second == {"object": str(held[1]), "status": "Unknown", "reason": reason, "finalizers": []}
        assert f"{held[1]} ({reason})" in caught.value.message
        assert "status: Unknown" in caught.value.helm


class Broken(MemoryCluster):
    """Watches fail with the given faults, one after the other; then they work."""

    faults: tuple = ()

    def watch(self, *args, seconds, **kwargs):
        if self.faults:
            fault, self.faults = self.faults[0], self.faults[1:]
            self.clock.sleep(1)
            self.requests.append(("watch", "broken"))
            if fault is not None:
                raise fault
            return
        yield from super().watch(*args, seconds=seconds, **kwargs)


@pytest.mark.parametrize(
    "fault",
    [None, Conflict("too old", status=410), Unreachable("cut off"), ServerBusy("busy", status=503)],
    ids=["ends early", "410", "cut off", "busy"],
)
def test_a_watch_that_ends_is_resumed_from_a_new_list(fault):
    cluster = Broken()
    cluster.kinds[("apps/v1", "Deployment")] = ("deployments", True)
    cluster.put(at(WEB))
    cluster.faults = (fault, fault)
    cluster.on_watch = [lambda c: c.set_status(WEB, READY)]
    wait_ready(cluster, cluster.clock, [WEB], 300)
    assert requests(cluster, "watch") == 3 and requests(cluster, "list") >= 3 and cluster.clock.seconds < 30


class Stalled(MemoryCluster):
    """Watches send no event until their time is over."""

    def watch(self, *args, seconds, **kwargs):
        self.requests.append(("watch", "stalled"))
        for change in self.on_watch:
            change(self)
        self.on_watch = []
        self.clock.sleep(seconds)
        yield from ()


@pytest.mark.parametrize("timeout", [3, 20, 60, 300])
def test_a_watch_that_stalls_does_not_use_up_the_time_of_the_wait(timeout):
    cluster = Stalled()
    cluster.kinds[("apps/v1", "Deployment")] = ("deployments", True)
    cluster.put(at(WEB))
    cluster.on_watch = [lambda c: c.set_status(WEB, READY)]
    wait_ready(cluster, cluster.clock, [WEB], timeout)
    cluster.on_watch = [lambda c: c.objects.pop(WEB)]
    wait_deleted(cluster, cluster.clock, [WEB], timeout)
    assert cluster.clock.seconds <= timeout + 2 and requests(cluster, "watch") == 2  # the double takes some time for each request


def test_an_object_that_stays_is_looked_at_until_the_time_is_over(cluster):
    cluster.put(at(WEB))
    with pytest.raises(WaitTimeout, match="Timed out after 100 s"):
        wait_deleted(cluster, cluster.clock, [WEB], 100)
    assert 100 <= cluster.clock.seconds < 101 and requests(cluster, "watch") < 12


@pytest.mark.parametrize("fault", [Conflict("too old", status=410), Unreachable("cut off")], ids=["410", "cut off"])
def test_so_is_one_for_a_deletion(fault):
    cluster = Broken()
    cluster.kinds[("apps/v1", "Deployment")] = ("deployments", True)
    cluster.put(at(WEB))
    cluster.faults = (fault,)
    cluster.on_watch = [lambda c: c.objects.pop(WEB)]
    wait_deleted(cluster, cluster.clock, [WEB], 100)
    assert requests(cluster, "watch") == 2


def test_without_permission_to_read_pods_the_workload_decides(cluster):
    class Blind(MemoryCluster):
        def list(self, api_version, kind, *args, **kwargs):
            if kind == "Pod":
                raise Forbidden("no pods", status=403)
            return super().list(api_version, kind, *args, **kwargs)

    blind = Blind()
    blind.kinds = cluster.kinds
    blind.put(at(SET, {"replicas": 1}))
    done = {"replicas": 1, "readyReplicas": 1, "currentReplicas": 1, "updatedReplicas": 1}
    blind.on_watch = [lambda c: c.set_status(SET, done)]
    wait_ready(blind, blind.clock, [SET], 60)
    assert (requests(blind, "watch"), blind.clock.seconds < 60) == (1, True)


def crash(name, **labels):
    return {**at(ObjectRef("v1", "Pod", "default", name), labels=labels), "status": {"phase": "Running", "containerStatuses": [CRASHING]}}


EXPRESSIONS = [
    {"key": "app", "operator": "In", "values": ["web", "shop"]},
    {"key": "tier", "operator": "NotIn", "values": ["test"]},
    {"key": "app.kubernetes.io/part-of", "operator": "Exists"},
    {"key": "canary", "operator": "DoesNotExist"},
]


class Selecting(MemoryCluster):
    """Lists the objects that a label selector matches, and records the selectors."""

    def list(self, api_version, kind, namespace, *, labels="", fields=""):
        matches = selector(labels)
        self.selectors = [*getattr(self, "selectors", ()), labels]
        found, version = super().list(api_version, kind, namespace, fields=fields)
        return [obj for obj in found if matches(obj["metadata"].get("labels") or {})], version


@pytest.fixture
def selecting(cluster):
    made = Selecting()
    made.kinds = cluster.kinds
    made.put({**at(SET, {"replicas": 1}), "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}, "matchExpressions": EXPRESSIONS}}})
    return made


def test_the_whole_selector_decides_which_pods_are_a_sets(selecting):
    """Pods of others with some of the same labels crash; the set's own pod is only slow."""
    mine = {"app": "web", "tier": "front", "app.kubernetes.io/part-of": "shop"}
    put_pod(selecting, SET, {**crash("set-0", **mine), "status": {"phase": "Running"}})
    for number, other in enumerate([{"tier": "test"}, {"canary": "yes"}, {"app": "blog"}]):
        put_pod(selecting, SET, crash(f"other-{number}", **{**mine, **other}))
    put_pod(selecting, SET, crash("other-9", app="web", tier="front"))
    with pytest.raises(WaitTimeout, match=r"Timed out after 30 s waiting for objects to become ready: StatefulSet default/set: Ready: 0/1") as caught:
        wait_ready(selecting, selecting.clock, [SET], 30)
    assert [found["name"] for found in caught.value.fields["objects"][0]["pods"]] == ["set-0"]
    wanted = "app=web,app in (web,shop),tier notin (test),app.kubernetes.io/part-of,!canary"
    assert set(selecting.selectors) == {"", wanted}
    put_pod(selecting, SET, crash("set-0", **mine))
    with pytest.raises(WaitTimeout, match="1 pods have failed"):
        wait_ready(selecting, selecting.clock, [SET], 30)


@pytest.mark.parametrize("controller", [None, WEB, "earlier"])
def test_a_pod_that_the_set_does_not_control_is_not_blamed_on_it(cluster, controller):
    """Another workload, nothing at all, and a set of the same name that was deleted."""
    cluster.put(at(SET, {"replicas": 1}))
    cluster.put(at(WEB))
    body = crash("theirs", app="web")
    if controller == "earlier":
        body["metadata"]["ownerReferences"] = [{**owner(cluster, SET)[0], "uid": "another"}]
    if isinstance(controller, ObjectRef):
        put_pod(cluster, controller, body)
    else:
        cluster.put(body)
    with pytest.raises(WaitTimeout, match="after 30 s") as caught:
        wait_ready(cluster, cluster.clock, [SET], 30)
    assert caught.value.fields["objects"][0]["pods"] == []


def test_a_deployments_pods_are_those_of_its_replica_sets(cluster):
    cluster.put(at(WEB, {"replicas": 1, "updatedReplicas": 1}))
    other = ObjectRef("apps/v1", "Deployment", "default", "blog")
    cluster.put(at(other))
    put_pod(cluster, WEB, pod("mine", "ContainerCreating"))
    put_pod(cluster, other, pod("theirs", "InvalidImageName"))

    def names():
        with pytest.raises(WaitTimeout, match="after 30 s") as caught:
            wait_ready(cluster, cluster.clock, [WEB], 30)
        return [found["name"] for found in caught.value.fields["objects"][0]["pods"]]

    assert names() == ["mine"]
    listed = cluster.list

    def forbidden(api_version, kind, namespace, **which):
        if kind == "ReplicaSet":
            raise Forbidden("no", status=403)
        return listed(api_version, kind, namespace, **which)

    cluster.list = forbidden
    assert names() == ["mine"], "by the names that ReplicaSets have"


def test_a_selector_that_selects_nothing_selects_no_pods():
    assert selector_text({"apiVersion": "apps/v1", "spec": {"selector": {}}}) is None
    assert selector_text({"apiVersion": "apps/v1"}) is None
    assert selector_text({"apiVersion": "v1", "kind": "ReplicationController", "spec": {"selector": {"b": "1", "a": "2"}}}) == "a=2,b=1"
    later = {"selector": {"matchExpressions": [{"key": "a", "operator": "Later", "values": ["b"]}]}}
    assert selector_text({"apiVersion": "apps/v1", "spec": later}) is None


def test_a_warning_about_another_object_of_the_name_is_no_evidence(cluster):
    cluster.put(at(WEB))
    uid = cluster.objects[WEB]["metadata"]["uid"]
    for number, (kind, of, words) in enumerate([("Service", "", "a service"), ("Deployment", "earlier", "earlier"), ("Deployment", uid, "mine")]):
        about = {"kind": kind, "name": "web", **({"uid": of} if of else {})}
        event = {"metadata": {"name": f"e{number}", "namespace": "default"}, "involvedObject": about, "reason": "R", "message": words}
        cluster.put({"apiVersion": "v1", "kind": "Event", "type": "Warning", **event})
    with pytest.raises(WaitTimeout) as caught:
        wait_ready(cluster, cluster.clock, [WEB], 5)
    assert [event["message"] for event in caught.value.fields["objects"][0]["events"]] == ["mine"]
