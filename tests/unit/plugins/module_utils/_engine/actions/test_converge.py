# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install, upgrade and repair on a cluster in memory: writes, reports, and costs."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.inputs import ANNOTATION
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

ONE = chart({"a.yaml": config_map("a"), "NOTES.txt": "hi {{ .Release.Name }}"})
TWO = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b")}, version="0.2.0")
SECRET = chart({"s.yaml": 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: "{{ randAlphaNum 8 }}"\n  user: "{{ .Values.k }}"\n'})


def drop_annotation(world: World) -> None:
    """As helm does when it writes a record."""
    for record in world.store.list(NS):
        world.store.update(replace(record, annotations={}, resource_version=""))


def verbs(outcome) -> list[str]:
    return [step.id for step in outcome.plan.operations]


def test_install_writes_as_helm_does(world: World) -> None:
    outcome = world.up(ONE, {"k": "x"}, labels={"team": "red"})
    assert (outcome.changed, outcome.executed, outcome.plan.action, outcome.plan.state) == (True, True, "install", "Absent")
    assert verbs(outcome) == ["record_create:v1", "apply:v1/ConfigMap/apps/a", "record_update:v1:deployed"]
    live = world.cluster.get("ConfigMap", "a")
    assert live["data"] == {"k": "x"}
    assert live["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "Helm"}
    assert live["metadata"]["annotations"] == {"meta.helm.sh/release-name": "demo", "meta.helm.sh/release-namespace": NS}
    (release,) = world.history
    assert (release.info.status, release.info.description, release.info.notes) == (Status.DEPLOYED, "Install complete", "hi demo")
    assert (release.config, release.apply_method, release.labels, release.version) == ({"k": "x"}, "ssa", {"team": "red"}, 1)
    assert release.info.first_deployed == release.info.last_deployed != ""
    assert "app.kubernetes.io" not in release.manifest
    (record,) = world.store.list(NS)
    assert record.labels["status"] == "deployed" and record.labels["modifiedAt"].isdigit() and "createdAt" not in record.labels


def test_second_run_does_nothing_for_two_requests(world: World) -> None:
    world.up(ONE)
    before = world.state()
    outcome = world.up(ONE)
    assert (outcome.changed, outcome.executed, outcome.plan.action, outcome.plan.state, outcome.plan.operations) == (False, False, "none", "InSync", [])
    assert world.cluster.requests == [("list", "records"), ("head", "ConfigMap apps/a")]
    assert world.state() == before


@pytest.mark.parametrize(
    ("template", "extra"),
    [
        ('"{{ .Capabilities.KubeVersion.Version }}"', 1),
        ('"{{ .Capabilities.APIVersions.Has "apps/v1" }}"', 2),
        ('"{{ (lookup "v1" "ConfigMap" "default" "there").data.k }}"', 1),
        ('"{{ randAlphaNum 8 }}"', 0),
    ],
)
def test_what_a_no_op_costs(world: World, template: str, extra: int) -> None:
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there", "namespace": "default"}, "data": {"k": "7"}})
    asking = chart({"a.yaml": config_map("a", template)})
    world.up(asking)
    assert not world.up(asking).changed
    assert len(world.cluster.requests) == 2 + extra, world.cluster.requests


def test_a_changed_answer_is_a_changed_input(world: World) -> None:
    asking = chart({"a.yaml": config_map("a", '"{{ .Capabilities.APIVersions.Has "new/v1" }}"')})
    world.up(asking)
    world.cluster.kinds[("other/v1", "Other")] = ("others", True)
    assert not world.up(asking).changed
    world.cluster.kinds[("new/v1", "New")] = ("news", True)
    assert "Kubernetes version or API versions" in world.up(asking).plan.reason
    assert world.cluster.get("ConfigMap", "a")["data"]["k"] == "true"


def test_a_changed_lookup_is_a_change(world: World) -> None:
    source = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there", "namespace": "default"}, "data": {"k": "7"}}
    world.cluster.put(source)
    asking = chart({"a.yaml": config_map("a", '"{{ (lookup "v1" "ConfigMap" "default" "there").data.k }}"')})
    world.up(asking)
    world.cluster.put({**source, "data": {"k": "8"}})
    assert world.up(asking).changed
    assert world.cluster.get("ConfigMap", "a")["data"]["k"] == "8"


@pytest.mark.parametrize(
    ("what", "values", "options", "reason"),
    [
        (TWO, {}, {}, "its chart is demo-0.1.0, not demo-0.2.0"),
        (ONE, {"k": "2"}, {}, "its values differ"),
        (chart({"a.yaml": config_map("a") + "  z: y\n"}), {}, {}, "the files of its chart differ"),
        (ONE, {}, {"labels": {"team": "blue"}}, "its labels differ"),
    ],
)
def test_upgrade(world: World, what, values, options, reason: str) -> None:
    world.up(ONE)
    outcome = world.up(what, values, **options)
    assert (outcome.plan.action, outcome.plan.state) == ("upgrade", "OutOfDate")
    assert reason in outcome.plan.reason
    assert world.statuses == ["1 superseded", "2 deployed"]
    first, second = world.history
    assert second.info.description == "Upgrade complete" and second.info.first_deployed == first.info.first_deployed
    assert not world.up(what, values, **options).changed


def test_upgrade_deletes_removed_objects_except_those_with_the_keep_policy(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "c.yaml": config_map("c", **{"helm.sh/resource-policy": "keep"})}))
    outcome = world.up(chart({"a.yaml": config_map("a")}, version="2.0.0"))
    assert world.cluster.names() == ["ConfigMap apps/a", "ConfigMap apps/c"]
    assert "delete:v1/ConfigMap/apps/b" in verbs(outcome) and any("ConfigMap apps/c" in text for text in outcome.warnings)


def test_a_field_that_the_chart_drops_is_dropped(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a") + "  gone: soon\n"}))
    live = world.cluster.get("ConfigMap", "a")
    world.cluster.patch(world.cluster.ref(live), {"data": {"foreign": "stays"}})
    outcome = world.up(ONE)
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "v1", "foreign": "stays"}
    (step,) = [step for step in outcome.plan.operations if step.verb == "apply"]
    assert [(change.op, change.path) for change in step.changes] == [("remove", ("data", "gone"))]


@pytest.mark.parametrize("mode", ["run", "check"])
def test_changes_of_a_secret_are_masked(world: World, mode: str) -> None:
    world.up(SECRET)
    outcome = world.up(SECRET, {"k": "other"}, check=mode == "check")
    (step,) = [step for step in outcome.plan.operations if step.verb == "apply"]
    assert {change.path for change in step.changes} == {("stringData", "user"), ("stringData", "password")}
    assert all({change.before, change.after} <= {"********", None} for change in step.changes)
    if mode == "check":
        assert "generated in each run" in step.unverified


def test_a_missing_object_is_repaired_from_the_record(world: World) -> None:
    world.up(SECRET)
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other", "namespace": NS}})
    password = world.cluster.get("Secret", "s")["stringData"]["password"]
    world.cluster.objects = {ref: obj for ref, obj in world.cluster.objects.items() if ref.kind != "Secret"}
    assert world.up(SECRET, check=True).plan.action == "repair" and world.cluster.get("Secret", "s") is None
    outcome = world.up(SECRET)
    assert (outcome.plan.action, outcome.plan.state, verbs(outcome)) == ("repair", "Drifted", ["apply:v1/Secret/apps/s"])
    assert world.cluster.get("Secret", "s")["stringData"]["password"] == password
    assert world.statuses == ["1 deployed"] and not world.up(SECRET).changed


WITH_HOOK = chart({
    "h.yaml": hook("h", "pre-install", kind="ConfigMap"),
    "a.yaml": config_map("a", '"{{ .Release.Revision }}{{ .Release.IsInstall }}"'),
})


@pytest.mark.parametrize("what", [ONE, SECRET, WITH_HOOK])
@pytest.mark.parametrize("revisions", [1, 2])
def test_records_that_helm_wrote_last_are_compared_by_their_contents(world: World, what, revisions: int) -> None:
    for number in range(revisions):
        world.up(what, {"n": str(number)})
    drop_annotation(world)
    assert not world.up(what, {"n": str(revisions - 1)}).changed
    assert "values differ" in world.up(what, {"n": "x"}).plan.reason


def test_another_manifest_in_helms_record_is_a_difference(world: World) -> None:
    world.up(SECRET)
    (record,) = world.store.list(NS)
    release = from_record(record)
    release.manifest = release.manifest.replace("user:", "login:")
    world.store.update(replace(to_record(release, world.clock, old=record, annotations={}), resource_version=""))
    assert "renders different objects" in world.up(SECRET, check=True).plan.reason


@pytest.mark.parametrize("name", ["install", "upgrade", "nothing", "repair"])
def test_check_mode_predicts_the_run_and_writes_nothing(world: World, name: str) -> None:
    if name != "install":
        world.up(ONE)
    if name == "repair":
        world.cluster.delete(next(ref for ref in world.cluster.objects if ref.name == "a"))
    what = TWO if name == "upgrade" else ONE
    before = world.state()
    predicted_plan = world.up(what, check=True)
    assert world.state() == before and not predicted_plan.executed
    done = world.up(what)
    assert (predicted_plan.changed, predicted_plan.plan.action, verbs(predicted_plan)) == (done.changed, done.plan.action, verbs(done))
    predicted = [(step.id, step.changes) for step in predicted_plan.plan.operations]
    assert [(step.id, step.changes) for step in done.plan.operations] == predicted
    if predicted_plan.release and done.release:
        assert (predicted_plan.release.version, predicted_plan.release.info.status) == (done.release.version, done.release.info.status)


# ----------------------------------------------------------------------------------------------- namespaces and owners


def test_a_namespace_that_is_not_there_is_one_sentence(world: World) -> None:
    with pytest.raises(errors.OptionError, match="Namespace nowhere does not exist; create it first, or set create_namespace"):
        world.up(ONE, namespace="nowhere")
    assert not world.store.list(ALL_NAMESPACES)


def test_create_namespace(world: World) -> None:
    predicted_plan = world.up(ONE, namespace="fresh", create_namespace=True, check=True)
    assert [step.unverified for step in predicted_plan.plan.operations if step.verb == "apply"] == ["namespace fresh is created by this task"]
    world.up(ONE, namespace="fresh", create_namespace=True)
    assert world.cluster.get("Namespace", "fresh")["metadata"]["labels"] == {"name": "fresh"}
    assert not world.up(ONE, namespace="fresh", create_namespace=True).changed


def test_an_object_of_another_owner_is_refused_before_any_write(world: World) -> None:
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": NS}, "data": {"k": "theirs"}})
    with pytest.raises(errors.ReleaseError, match="was not created by Helm") as caught:
        world.up(ONE)
    assert caught.value.helm == (
        'unable to continue with install: ConfigMap "a" in namespace "apps" exists and cannot be imported into the current release: '
        'invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; '
        'annotation validation error: missing key "meta.helm.sh/release-name": must be set to "demo"; '
        'annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "apps"'
    )
    assert not world.store.list(ALL_NAMESPACES)
    world.up(ONE, take_ownership=True, force_conflicts=True)
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "v1"}


def test_a_conflict_is_reported_before_any_write_and_force_takes_the_field(world: World) -> None:
    world.up(ONE)
    live = world.cluster.get("ConfigMap", "a")
    world.cluster.put({**live, "data": {"k": "scaled"}}, "autoscaler")
    with pytest.raises(errors.Conflict) as caught:
        world.up(ONE, {"k": "new"})
    assert caught.value.fields["conflicts"][0]["manager"] == "autoscaler" and world.statuses == ["1 deployed"]
    world.up(ONE, {"k": "new"}, force_conflicts=True)
    assert world.statuses == ["1 superseded", "2 deployed"]


# --------------------------------------------------------------------------------------------------- failure and repair


def test_a_rejected_object_fails_the_release_and_the_next_run_repairs_it(world: World) -> None:
    world.cluster.rejects = lambda obj: "too big" if obj["metadata"]["name"] == "b" else ""
    with pytest.raises(errors.Rejected, match="Release demo failed: ConfigMap apps/b: too big"):
        world.up(TWO)
    (release,) = world.history
    assert release.info.status is Status.FAILED
    assert release.info.description == (
        'Release "demo" failed: server-side apply failed for object apps/b /v1, Kind=ConfigMap: ConfigMap apps/b: too big'
    )
    world.cluster.rejects = lambda obj: ""
    outcome = world.up(TWO)
    assert (outcome.plan.action, outcome.plan.state) == ("upgrade", "Failed") and "too big" in outcome.plan.reason
    assert world.statuses == ["1 superseded", "2 deployed"] and world.cluster.names() == ["ConfigMap apps/a", "ConfigMap apps/b"]


def test_objects_that_only_a_failed_revision_made_go_with_the_next_one(world: World) -> None:
    world.up(ONE)
    world.cluster.rejects = lambda obj: "no" if obj["metadata"]["name"] == "z" else ""
    with pytest.raises(errors.Rejected):
        world.up(chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "z.yaml": config_map("z")}, version="9.0.0"))
    assert world.cluster.names() == ["ConfigMap apps/a", "ConfigMap apps/b"]
    world.up(ONE)
    assert world.cluster.names() == ["ConfigMap apps/a"] and world.statuses == ["1 superseded", "2 failed", "3 deployed"]


DEPLOYMENT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  image: "{{ .Values.k }}"\n'


def ready_deployments(world: World) -> None:
    def ready(cluster, ref):
        if ref.kind == "Deployment":
            cluster.set_status(ref, {"readyReplicas": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "conditions": [
                {"type": "Available", "status": "True"}, {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]})

    world.cluster.on_create = ready


def test_a_first_install_that_does_not_become_ready_is_uninstalled_on_request(world: World) -> None:
    with pytest.raises(errors.WaitTimeout) as caught:
        world.up(chart({"d.yaml": DEPLOYMENT}), on_failure="rollback", timeout=3.0)
    assert caught.value.fields["rollback"] == {"done": True, "action": "uninstall"} and caught.value.fields["objects"]
    assert "has been uninstalled due to rollback-on-failure being set" in caught.value.helm
    assert world.history == [] and world.cluster.names() == []


def test_an_upgrade_that_does_not_become_ready_is_rolled_back_on_request(world: World) -> None:
    ready_deployments(world)
    web = chart({"d.yaml": DEPLOYMENT})
    world.up(web, {"k": "1"}, wait=True)
    apply = world.cluster.apply

    def apply_and_break(obj, *, force=False, dry_run=False):  # a Deployment with the new image never gets ready
        answer = apply(obj, force=force, dry_run=dry_run)
        if obj["kind"] == "Deployment" and not dry_run:
            good = obj["spec"]["image"] == "1"
            world.cluster.set_status(world.cluster.ref(obj), {"readyReplicas": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "conditions": [
                {"type": "Available", "status": "True"},
                {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]} if good else {"readyReplicas": 0})
        return answer

    world.cluster.apply = apply_and_break
    with pytest.raises(errors.WaitTimeout) as caught:
        world.up(web, {"k": "2"}, on_failure="rollback", timeout=3.0)
    assert caught.value.fields["rollback"] == {"done": True, "action": "rollback", "to": 1, "revision": 3}
    assert world.statuses == ["1 superseded", "2 failed", "3 deployed"]
    assert world.history[2].info.description == "Rollback to 1" and world.history[2].info.rollback_revision == 1
    assert world.cluster.get("Deployment", "web")["spec"]["image"] == "1"
    assert not world.up(web, {"k": "1"}).changed


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_a_pending_release_is_refused_with_the_ways_out(world: World, status: str) -> None:
    world.up(ONE)
    (record,) = world.store.list(NS)
    world.store.update(to_record(from_record(record).with_status(Status(status)), world.clock, old=record))
    with pytest.raises(errors.ReleaseBusy, match=rf"is {status} \(revision 1, since 2026.*roll back.*chart_release_rollback.*state: absent"):
        world.up(TWO)
    world.down()
    assert world.history == []


def test_a_second_writer_is_noticed_when_the_record_is_made(world: World) -> None:
    world.up(ONE)
    ports = world.ports()
    listed = world.store.list(NS)
    ports.store.list = lambda *args, **more: listed  # what we read before the other one wrote
    world.up(TWO)
    from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
    from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import ReleaseRequest

    with pytest.raises(errors.ReleaseBusy, match="another operation has just started revision 2"):
        converge(ReleaseRequest("demo", NS, TWO, {"k": "z"}), ports)
    assert world.statuses == ["1 superseded", "2 deployed"]


def test_history_is_pruned_but_never_the_deployed_revision(world: World) -> None:
    for number in range(5):
        world.up(ONE, {"k": str(number)}, history_max=3)
    assert world.statuses == ["3 superseded", "4 superseded", "5 deployed"]
    world.cluster.rejects = lambda obj: "no"
    for number in range(4):
        with pytest.raises(errors.Rejected):
            world.up(ONE, {"k": f"bad{number}"}, history_max=3)
    assert world.statuses == ["5 deployed", "8 failed", "9 failed"]


# ------------------------------------------------------------------------------------------------ hooks, CRDs, values


def test_hooks_run_by_weight_and_name_and_are_noted(world: World) -> None:
    what = chart(
        {
            "a.yaml": config_map("a"),
            "h1.yaml": hook("late", "pre-install", weight=5),
            "h2.yaml": hook("b-early", "pre-install", weight=-1, policy="hook-succeeded"),
            "h3.yaml": hook("a-early", "pre-install,post-install", weight=-1),
            "h4.yaml": hook("never", "pre-delete"),
        }
    )
    outcome = world.up(what)
    ran = [step.detail["name"] for step in outcome.plan.operations if step.verb == "hook"]
    assert ran == ["a-early", "b-early", "late", "a-early"]
    assert world.cluster.names() == ["ConfigMap apps/a", "Job apps/a-early", "Job apps/late"]
    by_name = {item.name: item for item in world.history[0].hooks}
    assert by_name["late"].last_run.phase == "Succeeded" and by_name["late"].last_run.started_at < by_name["late"].last_run.completed_at
    assert by_name["late"].delete_policies == ["before-hook-creation"] and by_name["never"].delete_policies == []
    assert by_name["never"].last_run.phase == ""
    assert "labels" not in world.cluster.get("Job", "late")["metadata"]
    world.down()
    assert sorted(world.cluster.names()) == ["Job apps/a-early", "Job apps/late", "Job apps/never"]


@pytest.mark.parametrize("kind", ["Job", "Pod"])
@pytest.mark.parametrize(("policy", "left"), [("", True), ("hook-failed", False), ("hook-succeeded", True)])
def test_a_failed_hook_fails_the_release(world: World, kind: str, policy: str, left: bool) -> None:
    world.failing_jobs.add("h")
    with pytest.raises(errors.WaitTimeout, match=f"The pre-install hook {kind} h") as caught:
        world.up(chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "pre-install", kind=kind, policy=policy)}))
    assert caught.value.fields["event"] == "pre-install"
    (release,) = world.history
    assert release.info.description.startswith('Release "demo" failed: failed pre-install: ') and release.hooks[0].last_run.phase == "Failed"
    assert world.cluster.names() == ([f"{kind} apps/h"] if left else [])


def test_disabled_hooks_do_not_run(world: World) -> None:
    outcome = world.up(chart({"h.yaml": hook("h", "pre-install")}), disable_hooks=True)
    assert verbs(outcome) == ["record_create:v1", "record_update:v1:deployed"] and world.cluster.names() == []


CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true}]
"""


def test_crds_come_first_and_are_never_touched_again(world: World) -> None:
    what = chart(
        {
            "w.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n",
            "a.yaml": config_map("a", '"{{ .Capabilities.APIVersions.Has "example.com/v1" }}"'),
        },
        files={"crds/w.yaml": CRD},
    )
    predicted_plan = world.up(what, check=True)
    unverified = {step.ref.kind: step.unverified for step in predicted_plan.plan.operations if step.verb == "apply"}
    assert unverified == {"ConfigMap": "", "Widget": "its kind is created by this task"}
    assert world.cluster.get("CustomResourceDefinition", "widgets.example.com") is None
    outcome = world.up(what)
    assert verbs(outcome)[:3] == ["create_crd:widgets.example.com", "wait:crds", "record_create:v1"] and verbs(outcome) == verbs(predicted_plan)
    assert world.cluster.get("ConfigMap", "a")["data"]["k"] == "true" and world.cluster.get("Widget", "w")
    assert not world.up(what).changed
    world.down()
    assert world.cluster.names() == ["CustomResourceDefinition widgets.example.com"]
    assert "create_crd:widgets.example.com" not in verbs(world.up(what))


def test_skip_crds(world: World) -> None:
    outcome = world.up(chart({"a.yaml": config_map("a")}, files={"crds/w.yaml": CRD}), skip_crds=True)
    assert not [step for step in outcome.plan.operations if step.verb == "create_crd"]


@pytest.mark.parametrize(
    ("mode", "config", "rendered"),
    [("reset", {"b": "2"}, "new"), ("reuse", {"k": "mine", "b": "2"}, "mine"), ("reset_then_reuse", {"k": "mine", "b": "2"}, "mine")],
)
def test_values_modes(world: World, mode: str, config: dict[str, str], rendered: str) -> None:
    world.up(chart({"a.yaml": config_map("a")}, values="k: old\nd: old\n"), {"k": "mine"})
    newer = chart({"a.yaml": config_map("a") + '  d: "{{ .Values.d }}"\n'}, values="k: new\nd: new\n", version="2.0.0")
    world.up(newer, {"b": "2"}, values_mode=mode)
    assert world.history[1].config == config
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": rendered, "d": "old" if mode == "reuse" else "new"}
    assert not world.up(newer, {"b": "2"}, values_mode=mode).changed


@pytest.mark.parametrize("mode", ["reset", "reuse", "reset_then_reuse"])
@pytest.mark.parametrize("digest", [True, False])
def test_reusing_what_is_there_changes_nothing(world: World, mode: str, digest: bool) -> None:
    """The chart and the values are those of the revision in every mode."""
    world.up(ONE, {"k": "mine", "b": "2"})
    if not digest:
        (record,) = world.store.list(NS)
        world.store.update(replace(record, annotations={}, resource_version=""))
    given = {"k": "mine", "b": "2"} if mode == "reset" else {"b": "2"}
    assert not world.up(ONE, given, values_mode=mode).changed
    other = world.up(ONE, {**given, "b": "3"}, values_mode=mode)
    assert other.changed and world.history[1].config == {"k": "mine", "b": "3"}


# ------------------------------------------------------------------------------------------------------ client-side made


def of_helm_3(world: World) -> None:
    """A release as Helm 3 leaves it: its map ``a`` with a key ``gone``."""
    world.up(chart({"a.yaml": config_map("a") + "  gone: soon\n"}))
    live = world.cluster.get("ConfigMap", "a")
    live["metadata"].pop("managedFields")
    world.cluster.put(live, "helm", "Update")
    (record,) = world.store.list(NS)
    world.store.update(replace(to_record(replace(from_record(record), apply_method=""), world.clock, old=record, annotations={}), resource_version=""))
    assert not world.up(chart({"a.yaml": config_map("a") + "  gone: soon\n"})).changed


def test_a_release_of_helm_3_is_migrated_to_server_side_apply(world: World) -> None:
    of_helm_3(world)
    predicted_plan = world.up(ONE, {"k": "2"}, check=True, server_side="true")
    assert any("migration" in step.unverified for step in predicted_plan.plan.operations)
    outcome = world.up(ONE, {"k": "2"}, server_side="true")
    assert "migrate_managers:v1/ConfigMap/apps/a" in verbs(outcome)
    live = world.cluster.get("ConfigMap", "a")
    assert live["data"] == {"k": "2"}
    assert [(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]] == [("helm", "Apply")]
    assert world.history[1].apply_method == "ssa"


def test_force_replaces_what_is_there(world: World) -> None:
    world.up(ONE)
    world.cluster.touch(ObjectRef("v1", "ConfigMap", NS, "a"), "data.theirs", "goes")
    assert not world.up(ONE, force=True).changed
    predicted_plan = world.up(ONE, {"k": "2"}, force=True, check=True)
    assert world.cluster.get("ConfigMap", "a")["data"]["theirs"] == "goes"
    outcome = world.up(ONE, {"k": "2"}, force=True)
    assert any(change.path == ("data", "theirs") for step in predicted_plan.plan.operations for change in step.changes)
    assert outcome.changed
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "2"}
    assert world.history[1].apply_method == "csa"
    assert not world.up(ONE, {"k": "2"}, force=True).changed
    assert not world.up(ONE, {"k": "2"}).changed


def test_or_continues_client_side(world: World) -> None:
    of_helm_3(world)
    world.cluster.touch(ObjectRef("v1", "ConfigMap", NS, "a"), "data.theirs", "stays")
    predicted_plan = world.up(ONE, {"k": "2"}, check=True)
    outcome = world.up(ONE, {"k": "2"})
    steps = ["record_create:v2", "apply:v1/ConfigMap/apps/a", "record_update:v1:superseded", "record_update:v2:deployed"]
    assert [step.id for step in outcome.plan.operations] == steps
    assert [step.changes for step in predicted_plan.plan.operations] == [step.changes for step in outcome.plan.operations]
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "2", "theirs": "stays"}
    assert world.history[1].apply_method == "csa"
    assert not world.up(ONE, {"k": "2"}).changed
    world.cluster.objects.pop(ObjectRef("v1", "ConfigMap", NS, "a"))
    assert world.up(ONE, {"k": "2"}).plan.action == "repair"
    assert not [what for verb, what in world.cluster.requests if verb == "apply" and "Lease" not in what]
    world.back(1)
    assert (world.history[2].apply_method, world.cluster.get("ConfigMap", "a")["data"]["gone"]) == ("csa", "soon")


def test_a_first_revision_from_the_clients_side(world: World) -> None:
    world.up(ONE, server_side="false")
    world.up(ONE, {"k": "2"})
    assert [release.apply_method for release in world.history] == ["csa", "csa"]
    assert not [what for verb, what in world.cluster.requests if verb == "apply" and "Lease" not in what]
    world.cluster.touch(ObjectRef("v1", "ConfigMap", NS, "a"), "data.k", "theirs")
    assert [field["path"] for field in world.up(ONE, {"k": "2"}, policy=ApplyPolicy(drift="report")).drift[0]["fields"]] == ["data.k"]
    world.up(ONE, {"k": "2"}, policy=ApplyPolicy(drift="correct"))
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "2"}
    world.up(ONE, {"k": "2"}, server_side="true")
    assert world.history[-1].apply_method == "ssa"


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"server_side": "maybe"}, errors.OptionError, "auto, true"),
        ({"values_mode": "x"}, errors.OptionError, "values_mode"),
        ({"on_failure": "x"}, errors.OptionError, "on_failure"),
        ({"labels": {"owner": "me"}}, errors.OptionError, "owner"),
        ({"description": "x" * 257}, errors.OptionError, "257 characters"),
    ],
)
def test_options_are_refused_before_anything_is_read(world: World, options, error, words: str) -> None:
    with pytest.raises(error, match=words):
        world.up(ONE, **options)
    assert world.cluster.requests == []


def test_the_annotation_names_the_request(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a", '"{{ .Capabilities.APIVersions.Has "apps/v1" }}{{ .Capabilities.KubeVersion.Version }}"')}))
    (record,) = world.store.list(NS)
    tree = json.loads(record.annotations[ANNOTATION])
    assert (tree["apiVersions"], tree["kubeVersion"]) == ({"apps/v1": True}, "v1.36.3") and tree["digest"].startswith("sha256:")


def test_a_new_install_after_an_uninstall_with_history(world: World) -> None:
    world.up(ONE)
    world.down(keep_history=True)
    assert world.statuses == ["1 uninstalled"] and world.history[0].info.deleted
    outcome = world.up(ONE)
    assert (outcome.plan.action, outcome.plan.state) == ("install", "Uninstalled")
    assert world.statuses == ["1 superseded", "2 deployed"] and world.history[0].info.description == "superseded by new release"


# ---------------------------------------------------------------------------------------------- interruptions, identities


def test_an_interruption_does_not_leave_the_release_pending(world: World) -> None:
    def interrupt(obj):
        raise KeyboardInterrupt

    world.cluster.rejects = interrupt
    with pytest.raises(KeyboardInterrupt):
        world.up(ONE)
    (release,) = world.history
    assert (release.info.status, release.info.description) == (Status.FAILED, 'Release "demo" failed: interrupted (KeyboardInterrupt)')
    world.cluster.rejects = lambda obj: ""
    assert world.up(ONE).changed and world.statuses == ["1 superseded", "2 deployed"]


def test_the_first_error_is_reported_when_undoing_fails_too(world: World) -> None:
    world.up(ONE)
    world.cluster.rejects = lambda obj: "first" if obj["data"]["k"] == "2" else "second"
    with pytest.raises(errors.Rejected, match=r"first\. Undoing it failed as well: .*second") as caught:
        world.up(ONE, {"k": "2"}, on_failure="rollback")
    assert caught.value.fields["rollback"]["done"] is False and "second" in caught.value.fields["rollback"]["error"]
    assert world.statuses == ["1 deployed", "2 failed", "3 failed"]


def forbid_namespaces(world: World) -> None:
    read = world.cluster.read

    def guarded(ref, *, metadata_only=False):
        if ref.kind == "Namespace":
            raise errors.Forbidden("may not", verb="get", resource="namespaces")
        return read(ref, metadata_only=metadata_only)

    world.cluster.read = guarded


@pytest.mark.parametrize("create", [True, False])
def test_install_without_permission_to_read_namespaces(world: World, create: bool) -> None:
    forbid_namespaces(world)
    assert world.up(ONE, create_namespace=create).executed


def test_an_object_whose_name_the_server_makes(world: World) -> None:
    what = chart({"p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: made-\n"})
    outcome = world.up(what, check=True)
    assert [step.unverified for step in outcome.plan.operations if step.verb == "create"] == ["the server generates its name"]
    world.up(what)
    assert len(world.cluster.names()) == 1 and not world.up(what).changed


def test_a_chart_that_does_not_render_leaves_nothing(world: World) -> None:
    before = world.state()
    with pytest.raises(errors.ChartError):
        world.up(chart({"a.yaml": '{{ fail "no" }}'}, files={"crds/w.yaml": CRD}))
    assert world.state() == before


def test_a_kind_that_is_not_served_is_refused_before_anything_is_written(world: World) -> None:
    before = world.state()
    with pytest.raises(errors.UnknownKind):
        world.up(chart({"a.yaml": "apiVersion: no/v1\nkind: Such\nmetadata:\n  name: x\n"}))
    assert world.state() == before


@pytest.mark.parametrize(("ttl", "changed"), [("  ttlSecondsAfterFinished: 60\n", False), ("  parallelism: 1\n", True)])
def test_a_job_that_is_meant_to_go_is_not_missed(world: World, ttl: str, changed: bool) -> None:
    job = chart({"j.yaml": f"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\nspec:\n{ttl}", "a.yaml": config_map("a")})
    world.up(job)
    world.cluster.delete(next(ref for ref in world.cluster.objects if ref.kind == "Job"))
    outcome = world.up(job)
    assert outcome.changed is changed and bool(world.cluster.get("Job", "j")) is changed


def test_a_hook_may_make_the_kind_of_a_later_one(world: World) -> None:
    annotation = '  annotations: {"helm.sh/hook": pre-install, "helm.sh/hook-weight": "%d"}\n'
    definition = CRD.replace("spec:", annotation % 1 + "spec:", 1)
    widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n" + annotation % 2
    world.up(chart({"crd.yaml": definition, "w.yaml": widget}))
    assert world.cluster.get("Widget", "w") and ("forget", "") in world.cluster.requests


def test_notes_of_subcharts_are_recorded_on_request(world: World) -> None:
    files = {
        "templates/NOTES.txt": "top\n",
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
        "charts/sub/templates/NOTES.txt": "below\n",
    }
    what = chart({"cm.yaml": config_map("a")}, files=files)
    world.up(what)
    assert world.history[-1].info.notes == "top\n"
    assert world.up(what, subchart_notes=True).changed
    assert sorted(world.history[-1].info.notes.split()) == ["below", "top"]
    assert not world.up(what, subchart_notes=True).changed
    assert world.up(what).changed
