# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of hooks that are deleted during the wait: by another client, or because they have ended."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import WaitTimeout
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.hooks import wait_hook
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, chart, config_map, hook

JOB = ObjectRef("batch/v1", "Job", "default", "job")
POD = ObjectRef("v1", "Pod", "default", "pod")
RUNNING = {POD: {"phase": "Running"}, JOB: {"startTime": "2026-05-01T12:00:00Z", "active": 1}}
WELL = {POD: {"phase": "Succeeded"}, JOB: {"conditions": [{"type": "Complete", "status": "True"}]}}
BADLY = {POD: {"phase": "Failed"}, JOB: {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}}
BOTH = pytest.mark.parametrize("ref", [JOB, POD], ids=["Job", "Pod"])


@pytest.fixture
def cluster():
    made = MemoryCluster()
    for version, kind, plural in (("v1", "Pod", "pods"), ("v1", "Event", "events"), ("batch/v1", "Job", "jobs")):
        made.kinds[(version, kind)] = (plural, True)
    return made


def make(cluster, ref, status=None):
    """The answer of the server to the creation of an object."""
    body = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": ref.name, "namespace": ref.namespace}, "spec": {}}
    cluster.put({**body, "status": status or {}}, "helm")
    return copy.deepcopy(cluster.objects[ref])


def failure(cluster, made, timeout=300):
    before = cluster.clock.monotonic()
    with pytest.raises(WaitTimeout) as caught:
        wait_hook(cluster, cluster.clock, made, timeout)
    assert cluster.clock.monotonic() - before < 60, "the deletion did not end the wait"
    return caught.value


@BOTH
def test_one_that_is_deleted_while_it_runs_ends_the_wait(cluster, ref):
    made = make(cluster, ref)
    cluster.on_watch = [lambda c: c.set_status(ref, RUNNING[ref]), lambda c: c.vanish(ref)]
    error = failure(cluster, [made])
    was = "the Pod was Running" if ref is POD else "the Job was not complete"
    assert error.message.startswith(f"Objects failed and will not become ready: {ref}: another client deleted it before it ended ({was}); keep ")
    assert "deadline" not in error.helm_message


@BOTH
def test_one_that_is_deleted_before_the_first_read(cluster, ref):
    made = make(cluster, ref)
    cluster.vanish(ref)
    assert "another client deleted it before it ended" in failure(cluster, [made]).message


@BOTH
def test_one_that_has_ended_well_and_is_gone_has_succeeded(cluster, ref):
    """A Job with ``ttlSecondsAfterFinished: 0`` may be deleted before the first read."""
    made = make(cluster, ref)
    cluster.set_status(ref, WELL[ref])
    cluster.vanish(ref)
    wait_hook(cluster, cluster.clock, [made], 300)
    assert [verb for verb, _what in cluster.requests] == ["watch"]


@BOTH
def test_one_that_has_failed_and_is_gone_has_failed(cluster, ref):
    made = make(cluster, ref)
    cluster.set_status(ref, BADLY[ref])
    cluster.vanish(ref)
    error = failure(cluster, [made])
    assert "failed" in error.message.lower() and "before it ended" not in error.message


@BOTH
def test_a_deletion_during_a_broken_connection_is_read_from_the_history(cluster, ref):
    made = make(cluster, ref)
    cluster.on_watch = [lambda c: None]  # the stream ends without an event; the object is deleted before the next one

    def away(seconds):
        if ref in cluster.objects:
            cluster.set_status(ref, WELL[ref])
            cluster.vanish(ref)

    pause = cluster.clock.sleep
    cluster.clock.sleep = lambda seconds: (away(seconds), pause(seconds))[1]
    wait_hook(cluster, cluster.clock, [made], 300)
    assert "list" in [verb for verb, _what in cluster.requests]


@BOTH
def test_one_of_which_the_server_remembers_nothing(cluster, ref):
    made = make(cluster, ref)
    cluster.vanish(ref)
    cluster.forgotten = True
    assert "its result is unknown" in failure(cluster, [made]).message


@BOTH
def test_another_of_its_name_is_not_it(cluster, ref):
    made = make(cluster, ref)

    def replace(c):
        c.vanish(ref)
        make(c, ref, WELL[ref])

    cluster.on_watch = [replace]
    assert "another client deleted it before it ended" in failure(cluster, [made]).message


def test_a_pod_that_fails_because_it_is_deleted_has_both_reasons(cluster):
    made = make(cluster, POD)

    def kill(c):
        c.touch(POD, "metadata.deletionTimestamp", "2026-05-01T12:00:30Z")
        c.set_status(POD, {"phase": "Failed"})

    cluster.on_watch = [kill]
    assert "the Pod has failed; another client has deleted it" in failure(cluster, [made]).message


def test_of_two_objects_the_one_that_ended_may_go(cluster):
    made = [make(cluster, POD), make(cluster, JOB)]
    cluster.set_status(POD, WELL[POD])

    def finish(c):
        c.vanish(POD)
        c.set_status(JOB, WELL[JOB])

    cluster.on_watch = [finish]
    wait_hook(cluster, cluster.clock, made, 300)
    assert cluster.on_watch == []
    assert cluster.clock.seconds < 300


def test_a_task_names_the_deleted_hook_and_its_template(world):
    world.cluster.on_create = lambda cluster, ref: None
    world.cluster.on_watch = [lambda c: c.vanish(ObjectRef("v1", "Pod", NS, "h"))]
    what = chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "pre-install", kind="Pod")})
    with pytest.raises(WaitTimeout, match=r"pre-install hook Pod h \(demo/templates/h.yaml\) failed: .*another client deleted it"):
        world.up(what)
    assert [(h.name, h.last_run.phase) for h in world.history[-1].hooks] == [("h", "Failed")] and world.statuses == ["1 failed"]
