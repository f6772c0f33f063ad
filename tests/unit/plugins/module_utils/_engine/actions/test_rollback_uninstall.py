# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Going back and going away, on a cluster in memory."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

ONE = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "h.yaml": hook("h", "pre-rollback,post-rollback", kind="ConfigMap")})
TWO = chart({"a.yaml": config_map("a"), "c.yaml": config_map("c")}, version="0.2.0")


def verbs(outcome) -> list[str]:
    return [step.id for step in outcome.plan.operations]


def pending(world: World, status: Status) -> None:
    record = world.store.list(NS)[-1]
    world.store.update(to_record(from_record(record).with_status(status), world.clock, old=record))


@pytest.fixture
def two(world: World) -> World:
    world.up(ONE, {"k": "1"}, labels={"team": "red"})
    world.up(TWO, {"k": "2"})
    return world


@pytest.mark.parametrize("revision", [0, 1])
def test_rollback(two: World, revision: int) -> None:
    outcome = two.back(revision)
    assert (outcome.changed, outcome.plan.action) == (True, "rollback")
    assert two.statuses == ["1 superseded", "2 superseded", "3 deployed"]
    assert two.cluster.names() == ["ConfigMap apps/a", "ConfigMap apps/b", "ConfigMap apps/h"]
    assert two.cluster.get("ConfigMap", "a")["data"] == {"k": "1"}
    first, _second, third = two.history
    assert (third.manifest, third.config, third.chart, third.labels) == (first.manifest, first.config, first.chart, {"team": "red"})
    assert (third.info.description, third.info.rollback_revision, third.info.first_deployed) == ("Rollback to 1", 1, first.info.first_deployed)
    assert [step.detail["event"] for step in outcome.plan.operations if step.verb == "hook"] == ["pre-rollback", "post-rollback"]


def test_a_requested_revision_is_restored_once(two: World) -> None:
    two.back(1)
    before = two.state()
    again = two.back(1)
    assert (again.changed, again.plan.action, two.state() == before) == (False, "none", True)
    assert not two.back(3).changed
    two.cluster.delete(next(ref for ref in two.cluster.objects if ref.name == "b"))
    assert two.back(1).changed and two.cluster.get("ConfigMap", "b")


def test_after_a_rollback_present_knows_the_inputs_of_its_target(two: World) -> None:
    two.back(1)
    assert not two.up(ONE, {"k": "1"}, labels={"team": "red"}).changed
    assert len(two.cluster.requests) == 3, "history and two objects: nothing was rendered"
    assert two.up(TWO, {"k": "2"}).changed


def test_check_mode_predicts_a_rollback(two: World) -> None:
    before = two.state()
    predicted_plan = two.back(1, check=True)
    assert two.state() == before
    done = two.back(1)
    assert [(step.id, step.changes) for step in predicted_plan.plan.operations] == [(step.id, step.changes) for step in done.plan.operations]
    assert predicted_plan.release.info.status is Status.DEPLOYED and predicted_plan.release.version == done.release.version


@pytest.mark.parametrize("status", [Status.PENDING_UPGRADE, Status.PENDING_ROLLBACK])
def test_rollback_ends_a_pending_release(two: World, status: Status) -> None:
    pending(two, status)
    two.back(1)
    assert two.statuses == ["1 superseded", f"2 {status.value}", "3 deployed"] and "ConfigMap apps/c" not in two.cluster.names()
    assert not two.up(ONE, {"k": "1"}, labels={"team": "red"}).changed


@pytest.mark.parametrize(
    ("revision", "error", "words", "helm"),
    [
        (9, errors.ReleaseNotFound, "has no revision 9; its history contains 1, 2", "release has no 9 version"),
        (-1, errors.OptionError, "cannot be negative", "invalid release revision"),
    ],
)
def test_no_such_revision(two: World, revision: int, error, words: str, helm: str) -> None:
    with pytest.raises(error, match=words) as caught:
        two.back(revision)
    assert caught.value.helm == helm


def test_no_such_release(world: World) -> None:
    with pytest.raises(errors.ReleaseNotFound, match="Release demo does not exist in namespace apps"):
        world.back(1)


def test_a_rollback_that_fails_is_recorded_and_tried_again(two: World) -> None:
    two.cluster.rejects = lambda obj: "no" if obj["metadata"]["name"] == "b" else ""
    with pytest.raises(errors.Rejected):
        two.back(1)
    assert two.statuses == ["1 superseded", "2 deployed", "3 failed"]
    assert two.history[2].info.description == 'Rollback "demo" failed: server-side apply failed for object apps/b /v1, Kind=ConfigMap: ConfigMap apps/b: no'
    two.cluster.rejects = lambda obj: ""
    two.back(1)
    assert two.statuses == ["1 superseded", "2 superseded", "3 failed", "4 deployed"]


# ------------------------------------------------------------------------------------------------------------ removal


def test_uninstall(two: World) -> None:
    outcome = two.down()
    assert (outcome.changed, outcome.plan.action, outcome.release) == (True, "uninstall", None)
    assert two.history == [] and two.cluster.names() == []
    assert verbs(outcome)[-2:] == ["record_delete:v1", "record_delete:v2"]
    again = two.down()
    assert (again.changed, again.plan.state) == (False, "Absent")


def test_uninstall_uses_helms_order(world: World) -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n"
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n"
    world.up(chart({"a.yaml": config_map("a"), "s.yaml": service, "r.yaml": role}))
    assert [step.ref.kind for step in world.down().plan.operations if step.verb == "delete"] == ["Service", "ClusterRole", "ConfigMap"]


def test_uninstall_with_retained_history(two: World) -> None:
    two.down(keep_history=True)
    assert two.statuses == ["1 superseded", "2 uninstalled"] and two.history[1].info.description == "Uninstallation complete"
    assert not two.down(keep_history=True).changed
    assert two.down().changed and two.history == []


def test_check_mode_predicts_an_uninstall(two: World) -> None:
    before = two.state()
    predicted_plan = two.down(check=True)
    assert two.state() == before and verbs(predicted_plan) == verbs(two.down())


@pytest.mark.parametrize(("policy", "words"), [("keep", "was kept"), (" Keep ", "was kept"), ("delete", "is not a policy of Helm")])
def test_what_has_a_policy_stays(world: World, policy: str, words: str) -> None:
    world.up(chart({"a.yaml": config_map("a", **{"helm.sh/resource-policy": policy}), "b.yaml": config_map("b")}))
    outcome = world.down()
    assert world.cluster.names() == ["ConfigMap apps/a"] and any(words in text for text in outcome.warnings)


def test_objects_of_another_owner_stay(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a"), "b.yaml": config_map("b")}))
    live = world.cluster.get("ConfigMap", "a")
    world.cluster.patch(world.cluster.ref(live), {"metadata": {"annotations": {"meta.helm.sh/release-name": "other"}}})
    outcome = world.down()
    assert world.cluster.names() == ["ConfigMap apps/a"] and any("belongs to release other" in text for text in outcome.warnings)


def test_hooks_of_a_removal_and_their_failure(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "pre-delete")}))
    world.failing_jobs.add("h")
    with pytest.raises(errors.WaitTimeout, match="only partly uninstalled: The pre-delete hook Job h"):
        world.down()
    assert world.statuses == ["1 uninstalling"] and "ConfigMap apps/a" in world.cluster.names()
    world.failing_jobs.clear()
    world.down()
    assert world.history == []


def test_present_after_a_removal_that_stopped(world: World) -> None:
    what = chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "post-delete")})
    world.up(what)
    world.failing_jobs.add("h")
    with pytest.raises(errors.WaitTimeout):
        world.down()
    outcome = world.up(what)
    assert (outcome.plan.action, outcome.plan.state) == ("upgrade", "Interrupted")
    assert world.statuses == ["1 superseded", "2 deployed"] and not world.up(what).changed


SET = (
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\nspec:\n  volumeClaimTemplates:\n  - metadata:\n      name: data\n"
)
CRD = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  labels:\n    a: b\n  name: boats.ex.io\n"
    "spec:\n  group: ex.io\n  scope: Namespaced\n  names: {kind: Boat, plural: boats}\n  versions: [{name: v1}]\n"
)


def test_objects_that_stay_by_design_are_reported(world: World) -> None:
    world.cluster.kinds[("apps/v1", "StatefulSet")] = ("statefulsets", True)
    world.cluster.kinds[("v1", "PersistentVolumeClaim")] = ("persistentvolumeclaims", True)
    for name in ("data-db-0", "data-db-x", "other-db-0"):
        world.cluster.put({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": NS}})
    templates = {"s.yaml": SET, "h.yaml": hook("stays", "post-install"), "g.yaml": hook("goes", "post-install", policy="hook-succeeded")}
    world.up(chart({**templates, "n.yaml": hook("never", "post-rollback")}, files={"crds/boat.yaml": CRD}))
    predicted = world.down(check=True)
    outcome = world.down()
    assert predicted.leftovers == outcome.leftovers
    assert outcome.leftovers == [
        {"object": "Job apps/stays", "reason": "object of a hook (post-install) without a matching delete policy"},
        {
            "object": "CustomResourceDefinition boats.ex.io",
            "reason": "definition of the chart; deleting it would delete all objects of its kind",
        },
        {"object": "PersistentVolumeClaim apps/data-db-0", "reason": "holds data of StatefulSet db, which Kubernetes keeps"},
    ]
    assert world.down().leftovers == []


@pytest.mark.parametrize(
    ("policy", "options", "left"),
    [
        ("", {}, ["Job apps/h"]),
        ("hook-failed", {}, ["Job apps/h"]),
        ("hook-succeeded", {}, []),
        ("", {"disable_hooks": True}, []),
        ("", {"keep_history": True}, ["Job apps/h"]),
    ],
)
@pytest.mark.parametrize("event", ["pre-delete", "post-delete"])
def test_hooks_of_the_uninstall_are_predicted(world: World, event: str, policy: str, options, left: list[str]) -> None:
    world.up(chart({"a.yaml": config_map("a"), "h.yaml": hook("h", event, policy=policy)}))
    predicted = world.down(check=True, **options)
    assert predicted.leftovers == world.down(**options).leftovers
    assert [item["object"] for item in predicted.leftovers] == left


def test_objects_that_a_hook_of_the_uninstall_deletes_are_not_predicted_to_stay(world: World) -> None:
    """It ran before, and still exists; the removal runs it again and then deletes it."""
    both = hook("h", "post-install,pre-delete", policy="before-hook-creation,hook-succeeded")
    world.up(chart({"a.yaml": config_map("a"), "h.yaml": both}))
    world.cluster.put({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "h", "namespace": NS}})
    assert world.down(check=True).leftovers == world.down().leftovers == []


def test_what_a_policy_keeps_is_left_too(world: World) -> None:
    gone = config_map("gone", **{"helm.sh/resource-policy": "keep"})
    world.up(chart({"a.yaml": config_map("a", **{"helm.sh/resource-policy": "keep"}), "b.yaml": config_map("b"), "g.yaml": gone}))
    world.cluster.objects.pop(ObjectRef("v1", "ConfigMap", NS, "gone"))
    predicted, outcome = world.down(check=True), world.down()
    assert predicted.leftovers == outcome.leftovers
    assert outcome.leftovers == [{"object": "ConfigMap apps/a", "reason": "kept because of its annotation helm.sh/resource-policy"}]


def test_volume_claims_deleted_with_their_set_are_not_predicted_to_stay(world: World) -> None:
    world.cluster.kinds[("apps/v1", "StatefulSet")] = ("statefulsets", True)
    world.cluster.kinds[("v1", "PersistentVolumeClaim")] = ("persistentvolumeclaims", True)
    world.cluster.put({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-db-0", "namespace": NS}})
    world.up(chart({"s.yaml": SET + "  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}\n"}))
    assert world.down(check=True).leftovers == []


def test_a_removal_of_a_plain_release_asks_for_nothing_more(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a")}))
    outcome = world.down()
    assert outcome.leftovers == [] and sum(1 for verb, _what in world.cluster.requests if verb == "head") == 0


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, ["Background", "Background"]),
        ({"wait": True}, ["Foreground", "Background"]),
        ({"wait": True, "cascade": "orphan"}, ["Orphan", "Orphan"]),
        ({"cascade": "foreground"}, ["Foreground", "Foreground"]),
    ],
)
def test_a_removal_that_waits_waits_for_dependents_too(world: World, options, wanted: list[str]) -> None:
    job = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n"
    world.up(chart({"a.yaml": config_map("a"), "j.yaml": job}))
    seen = []
    delete = world.cluster.delete
    world.cluster.delete = lambda ref, **more: (seen.append(more.get("propagation", "Background")), delete(ref, **more))[1]
    world.down(**options)
    assert seen == wanted


@pytest.mark.parametrize("check", [True, False])
def test_a_single_revision_has_nothing_before_it(world: World, check: bool) -> None:
    world.up(chart({"a.yaml": config_map("a")}))
    before = world.state()
    with pytest.raises(errors.ReleaseNotFound, match=r"^Release demo has only one revision, there is nothing to roll back to[.]$"):
        world.back(check=check)
    for revision, error in ((7, errors.ReleaseNotFound), (-1, errors.OptionError)):
        with pytest.raises(error, match="revision"):
            world.back(revision, check=check)
    assert world.state() == before


def test_a_single_revision_that_is_not_the_first(world: World) -> None:
    for value in ("1", "2"):
        world.up(chart({"a.yaml": config_map("a")}), {"k": value}, history_max=1)
    world.store.delete(world.store.list(NS, "demo")[0])
    with pytest.raises(errors.ReleaseNotFound, match="has only one revision"):
        world.back()


CRDS = """# a comment
---
apiVersion: apiextensions.k8s.io/v1
kind: "CustomResourceDefinition"
metadata: {labels: {name: no.example.com}, name: flow.example.com}
spec: {group: example.com, names: {kind: Flow, plural: flow}, scope: Namespaced, versions: []}
---
kind: CustomResourceDefinition
spec: {group: example.com, names: {kind: Last, plural: last}, scope: Namespaced, versions: []}
metadata:
    annotations:
        text: |
          kind: CustomResourceDefinition
          metadata:
            name: text.example.com
    name: &anchor last.example.com
apiVersion: apiextensions.k8s.io/v1
"""


def test_definitions_are_read_as_yaml(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a")}, files={"crds/all.yaml": CRDS, "crds/notes.txt": "kind: CustomResourceDefinition\n}"}))
    left = world.down(check=True).leftovers
    assert [item["object"] for item in left] == ["CustomResourceDefinition flow.example.com", "CustomResourceDefinition last.example.com"]
