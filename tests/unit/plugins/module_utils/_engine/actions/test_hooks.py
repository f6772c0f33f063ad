# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hooks of every event: order, delete policies, logs, and what is masked in them."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import AlreadyExists, Rejected, WaitTimeout
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, chart, config_map, hook

SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: tide-4711\n  short: abc\n"


def logged(name: str, events: str, log: str, *, kind: str = "Pod", policy: str = "", weight: int = 0) -> str:
    annotation = f'    "helm.sh/hook-output-log-policy": {log}\n'
    return hook(name, events, kind=kind, policy=policy, weight=weight) + annotation + "spec:\n  containers:\n  - name: c\n"


def hooks_run(world):
    return [what.rpartition("/")[2] for verb, what in world.cluster.requests if verb == "apply" and what.startswith(("Job", "Pod"))]


@pytest.mark.parametrize(
    ("event", "act"),
    [
        ("pre-install", lambda world, it: world.up(it)),
        ("post-install", lambda world, it: world.up(it)),
        ("pre-upgrade", lambda world, it: (world.up(it), world.up(it, {"k": "2"}))),
        ("post-upgrade", lambda world, it: (world.up(it), world.up(it, {"k": "2"}))),
        ("pre-rollback", lambda world, it: (world.up(it), world.up(it, {"k": "2"}), world.back(1))),
        ("post-rollback", lambda world, it: (world.up(it), world.up(it, {"k": "2"}), world.back(1))),
        ("pre-delete", lambda world, it: (world.up(it), world.down())),
        ("post-delete", lambda world, it: (world.up(it), world.down())),
    ],
)
def test_the_hooks_of_each_event_run_by_weight_then_name(world, event, act):
    what = chart(
        {
            "a.yaml": config_map("a"),
            "1.yaml": hook("late", event, weight=5),
            "2.yaml": hook("bb", event, weight=-1),
            "3.yaml": hook("aa", event, kind="Pod", weight=-1),
            "4.yaml": hook("other", "test"),
        }
    )
    act(world, what)
    assert hooks_run(world) == ["aa", "bb", "late"]


def test_hooks_of_one_name_in_two_namespaces_both_run(world):
    world.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}})
    text = hook("same", "pre-install").replace("  name: same\n", "  name: same\n  namespace: {{ . }}\n")
    world.up(chart({"h.yaml": '{{ range list "apps" "other" }}---\n' + text + "{{ end }}"}))
    assert {ref.namespace for ref in world.cluster.objects if ref.name == "same"} == {NS, "other"}


def test_logs_of_hooks_that_succeeded_come_back_last_first_before_they_are_deleted(world):
    world.cluster.printed = {("one", "c"): "first\n", ("two", "c"): "second tide-4711 abc\n"}
    what = chart(
        {
            "s.yaml": SECRET,
            "1.yaml": logged("one", "pre-install", "hook-succeeded", policy="hook-succeeded"),
            "2.yaml": logged("two", "pre-install", "hook-succeeded,hook-failed", weight=1),
            "3.yaml": logged("three", "pre-install", "hook-failed", weight=2),
        }
    )
    outcome = world.up(what)
    assert outcome.hook_logs == [
        {"event": "pre-install", "hook": "Pod two", "pod": "two", "container": "c", "log": "second ******** abc\n"},
        {"event": "pre-install", "hook": "Pod one", "pod": "one", "container": "c", "log": "first\n"},
    ]
    assert world.cluster.get("Pod", "one") is None and world.cluster.get("Pod", "two") is not None


def test_a_failed_hook_leaves_its_log_and_policies_apply(world):
    world.failing_jobs = {"two"}
    world.cluster.printed = {("two", "c"): "no route to tide-4711\n"}
    what = chart(
        {
            "s.yaml": SECRET,
            "1.yaml": logged("one", "pre-install", "hook-succeeded", policy="hook-succeeded"),
            "2.yaml": logged("two", "pre-install", "hook-failed", policy="hook-failed", weight=1),
            "3.yaml": hook("three", "pre-install", weight=2),
        }
    )
    with pytest.raises(WaitTimeout, match="The pre-install hook Pod two") as caught:
        world.up(what)
    (log,) = caught.value.fields["hook_logs"]
    assert log == {"event": "pre-install", "hook": "Pod two", "pod": "two", "container": "c", "log": "no route to ********\n"}
    assert world.cluster.get("Pod", "one") is None and world.cluster.get("Pod", "two") is None and world.cluster.get("Job", "three") is None
    assert [(h.name, h.last_run.phase) for h in world.history[-1].hooks] == [("one", "Succeeded"), ("two", "Failed"), ("three", "")]


def test_an_unreadable_log_is_reported_and_fails_nothing(world):
    outcome = world.up(chart({"1.yaml": logged("one", "pre-install", "hook-succeeded")}))
    assert outcome.hook_logs[0]["error"] == "container c in pod one is waiting to start" and world.statuses == ["1 deployed"]


def test_a_hook_that_the_server_refuses_is_not_deleted(world):
    """It was never part of the release: an object of another owner may have its name."""
    world.cluster.put({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "theirs", "namespace": NS}})
    world.cluster.rejects = lambda obj: "no" if obj["metadata"]["name"] == "theirs" else ""
    with pytest.raises(Rejected):
        world.up(chart({"1.yaml": hook("theirs", "pre-install", kind="Pod", policy="hook-failed")}))
    assert world.cluster.get("Pod", "theirs") is not None


def test_a_hook_with_a_generated_name_is_awaited_and_deleted(world):
    text = hook("x", "pre-install", kind="Pod", policy="hook-succeeded").replace("  name: x\n", "  generateName: x-\n")
    world.up(chart({"1.yaml": text}))
    assert world.cluster.names() == []
    world.cluster.on_create = lambda cluster, ref: cluster.set_status(ref, {"phase": "Failed"}) if ref.kind == "Pod" else None
    with pytest.raises(WaitTimeout):
        world.up(chart({"1.yaml": text.replace("pre-install", "pre-upgrade")}))


def test_what_a_job_has_printed_comes_from_its_pods(world):
    metadata = {"name": "j-x", "namespace": NS, "labels": {"job-name": "j"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [{"name": "c"}]}}
    finish = world.cluster.on_create

    def create_pod(cluster, ref):
        finish(cluster, ref)
        if ref == ObjectRef("batch/v1", "Job", NS, "j"):
            owner = {"kind": "Job", "name": "j", "uid": cluster.objects[ref]["metadata"]["uid"], "controller": True}
            cluster.put({**pod, "metadata": {**metadata, "ownerReferences": [owner]}})
            cluster.put({**pod, "metadata": {**metadata, "name": "j-y", "ownerReferences": [{**owner, "uid": "of an earlier one"}]}})

    world.cluster.on_create = create_pod
    world.cluster.printed = {("j-x", "c"): "done\n"}
    outcome = world.up(chart({"1.yaml": logged("j", "post-install", "hook-succeeded", kind="Job")}))
    assert outcome.hook_logs == [{"event": "post-install", "hook": "Job j", "pod": "j-x", "container": "c", "log": "done\n"}]


def made_by(world, kind, name):
    return [(entry["manager"], entry["operation"]) for entry in world.cluster.get(kind, name)["metadata"]["managedFields"]]


@pytest.mark.parametrize(
    ("method", "event", "act"),
    [
        ("Update", "pre-install", lambda world, it: world.up(it, server_side="false")),
        ("Update", "post-upgrade", lambda world, it: (world.up(it, server_side="false"), world.up(it, {"k": "2"}))),
        ("Update", "pre-rollback", lambda world, it: (world.up(it, server_side="false"), world.up(it, {"k": "2"}), world.back(1))),
        ("Apply", "pre-delete", lambda world, it: (world.up(it, server_side="false"), world.down())),
        ("Apply", "pre-install", lambda world, it: world.up(it)),
        ("Apply", "post-upgrade", lambda world, it: (world.up(it, server_side="false"), world.up(it, {"k": "2"}, server_side="true"))),
    ],
)
def test_hooks_are_made_in_the_way_of_their_revision(world, method, event, act):
    """As in Helm: by one create where the release is applied client-side.

    Hooks of an uninstall are always applied.
    """
    act(world, chart({"a.yaml": config_map("a"), "h.yaml": hook("h", event)}))
    assert made_by(world, "Job", "h") == [("helm", method)]


def test_a_hook_from_the_clients_side_takes_over_nothing_that_is_there(world):
    world.cluster.put({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "theirs", "namespace": NS}})
    what = chart({"1.yaml": hook("theirs", "pre-install", kind="Pod", policy="hook-failed")})
    with pytest.raises(AlreadyExists, match="before-hook-creation"):
        world.up(what, server_side="false")
    assert world.cluster.get("Pod", "theirs") is not None and world.statuses == []  # nothing was written
