# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Before the first write: conflicts by manager and cause, adoption, objects created again."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.preflight import _as_new
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.fields import overlap, released
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.paths import parse_pattern, server_path
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy, Selector
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map

WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: {{ .Values.count }}\n  paused: {{ .Values.p }}\n"
SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  password: "{{ .Values.k }}"\n'
ALL = chart({"a.yaml": config_map("a"), "s.yaml": SECRET, "web.yaml": WEB}, values="k: v1\ncount: 2\np: false\n")
WEB_REF = ObjectRef("apps/v1", "Deployment", NS, "web")
MAP = ObjectRef("v1", "ConfigMap", NS, "a")
SECRET_REF = ObjectRef("v1", "Secret", NS, "s")


@pytest.fixture
def deployed(world: World) -> World:
    world.up(ALL)
    return world


# ------------------------------------------------------------------------------------------------------------ conflicts


def test_an_upgrade_without_other_managers_asks_no_more_than_before(deployed: World) -> None:
    deployed.up(ALL, {"k": "x"})
    assert not [what for verb, what in deployed.cluster.requests if verb == "dry-apply"]


def test_all_conflicts_of_all_objects_before_anything_is_written(deployed: World) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    deployed.cluster.touch(SECRET_REF, "data.password", "hidden", "vault-sync")
    deployed.cluster.touch(WEB_REF, "spec.paused", True, "kubectl-edit")
    before = deployed.state()
    for check in (True, False):
        with pytest.raises(errors.Conflict) as caught:
            deployed.up(ALL, {"k": "new"}, check=check)
        assert deployed.state() == before
        found = [(item["object"], item["field"], item["manager"], item["there"], item["wanted"]) for item in caught.value.fields["conflicts"]]
        assert found == [
            ("Secret apps/s", "data.password", "vault-sync", "********", "********"),
            ("ConfigMap apps/a", "data.k", "kubectl-edit", "theirs", "new"),
            ("Deployment apps/web", "spec.paused", "kubectl-edit", True, False),
        ]
        assert "3 fields are owned by other field managers" in str(caught.value) and "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("manager", "subresource"), [("kube-controller-manager", "scale"), ("kubectl", "scale"), ("vpa-updater", ""), ("keda-operator", "")]
)
def test_what_is_scaled_is_left_with_a_note(deployed: World, manager: str, subresource: str) -> None:
    deployed.cluster.touch(WEB_REF, "spec.replicas", 9, manager, subresource)
    outcome = deployed.up(ALL, {"p": True})
    assert deployed.cluster.objects[WEB_REF]["spec"] == {"replicas": 9, "paused": True}
    (step,) = [step for step in outcome.plan.operations if step.id == "apply:apps/v1/Deployment/apps/web"]
    assert step.detail["notes"] == [f"spec.replicas is left to '{manager}', which scales it (live 9, chart 2)"]
    deployed.up(ALL, {"p": False})
    assert deployed.cluster.objects[WEB_REF]["spec"] == {"replicas": 9, "paused": False}


@pytest.mark.parametrize("server_side", ["auto", "false"])
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("manager", "subresource"), [("kube-controller-manager", "scale"), ("keda-operator", ""), ("kubectl", "scale")])
def test_a_new_value_that_is_left_to_a_scaler_is_warned_of(server_side: str, check: bool, manager: str, subresource: str) -> None:
    world = World()
    world.up(ALL, server_side=server_side)
    world.cluster.touch(WEB_REF, "spec.replicas", 9, manager, subresource)
    found = world.up(ALL, {"count": 3}, check=check).warnings
    there = world.cluster.objects[WEB_REF]["spec"]["replicas"]
    if server_side == "false" and manager == "kubectl":
        assert found == [] and there == (9 if check else 3), "a client-side patch sets it, as Helm's does"
        return
    assert there == 9
    assert found == [
        f"spec.replicas of Deployment apps/web was kept at 9 although the chart has 3, since {manager!r} scales it. To take over the field, add "
        f"spec.replicas to force_conflicts_for.paths or {manager} to force_conflicts_for.managers"
    ]
    for policy in (ApplyPolicy(force_paths=(parse_pattern("spec.replicas", "x"),)), ApplyPolicy(force_managers=(manager,))):
        outcome = world.up(ALL, {"count": 4}, check=check, policy=policy)
        assert outcome.warnings == []
    assert check or world.cluster.objects[WEB_REF]["spec"]["replicas"] == 4


@pytest.mark.parametrize(("manager", "warned"), [("kube-controller-manager", False), ("kubectl", True)])
def test_a_value_that_is_not_new_is_an_autoscalers_without_a_warning(deployed: World, manager: str, warned: bool) -> None:
    """A manual scaling conflicts with the chart, an autoscaler does not."""
    deployed.cluster.touch(WEB_REF, "spec.replicas", 9, manager, "scale")
    assert len(deployed.up(ALL, {"p": True}).warnings) == int(warned)
    assert deployed.cluster.objects[WEB_REF]["spec"] == {"replicas": 9, "paused": True}


def test_a_rollback_warns_of_a_value_that_is_left_too(deployed: World) -> None:
    deployed.up(ALL, {"count": 3})
    deployed.cluster.touch(WEB_REF, "spec.replicas", 9, "kube-controller-manager", "scale")
    (found,) = deployed.back(1).warnings
    assert "spec.replicas of Deployment apps/web was kept at 9 although the chart has 2" in found


def test_force_takes_what_is_scaled_too(deployed: World) -> None:
    deployed.cluster.touch(WEB_REF, "spec.replicas", 9, "kube-controller-manager", "scale")
    deployed.up(ALL, {"p": True}, force_conflicts=True)
    assert deployed.cluster.objects[WEB_REF]["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("policy", "goes"),
    [
        (ApplyPolicy(), False),
        (ApplyPolicy(force_managers=("kubectl-edit",)), True),
        (ApplyPolicy(force_managers=("kubectl-*",)), True),
        (ApplyPolicy(force_managers=("argo",)), False),
        (ApplyPolicy(force_paths=(parse_pattern("data", "x"),)), True),
        (ApplyPolicy(force_paths=(parse_pattern("/data/k", "x"),)), True),
        (ApplyPolicy(force_paths=(parse_pattern("spec.replicas", "x"),)), False),
    ],
)
def test_only_what_is_named_is_taken_over(deployed: World, policy: ApplyPolicy, goes: bool) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    if goes:
        outcome = deployed.up(ALL, {"k": "new"}, policy=policy)
        assert deployed.cluster.objects[MAP]["data"]["k"] == "new"
        assert any("taken over from 'kubectl-edit'" in note for step in outcome.plan.operations for note in step.detail.get("notes", []))
    else:
        with pytest.raises(errors.Conflict):
            deployed.up(ALL, {"k": "new"}, policy=policy)


def test_a_manager_that_is_named_does_not_take_another_along(deployed: World) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs", "first")
    deployed.cluster.touch(MAP, "metadata.labels", {"app.kubernetes.io/managed-by": "me"}, "second")
    with pytest.raises(errors.Conflict) as caught:
        deployed.up(ALL, {"k": "new"}, policy=ApplyPolicy(force_managers=("first",)))
    assert [item["manager"] for item in caught.value.fields["conflicts"]] == ["second"]


@pytest.mark.parametrize("manager", ["helm", "kubectl-client-side-apply", "before-first-apply"])
def test_old_managers_are_migrated_and_what_is_dropped_goes(world: World, manager: str) -> None:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": NS}, "data": {"k": "old", "gone": "x"}}
    world.cluster.put(made, manager)
    only = chart({"a.yaml": config_map("a")})
    predicted = world.up(only, policy=ApplyPolicy(adopt="any"), check=True)
    outcome = world.up(only, policy=ApplyPolicy(adopt="any"))
    assert world.cluster.objects[MAP]["data"] == {"k": "v1"}
    planned = [[(change.op, change.path) for step in plan.operations for change in step.changes] for plan in (predicted.plan, outcome.plan)]
    assert planned[0] == planned[1] and ("remove", ("data", "gone")) in planned[0]


def test_a_rollback_is_looked_at_as_well(deployed: World) -> None:
    deployed.up(ALL, {"k": "x"})
    deployed.cluster.touch(MAP, "data.k", "theirs")
    before = deployed.state()
    with pytest.raises(errors.Conflict):
        deployed.back(1)
    assert deployed.state() == before
    deployed.back(1, policy=ApplyPolicy(force_managers=("kubectl-edit",)))
    assert deployed.cluster.objects[MAP]["data"]["k"] == "v1"


# ------------------------------------------------------------------------------------------------------------- adoption


@pytest.mark.parametrize(
    ("policy", "goes"),
    [
        (ApplyPolicy(), False),
        (ApplyPolicy(adopt="any"), True),
        (ApplyPolicy(adopt="listed", adopt_objects=(Selector("ConfigMap", "a"),)), True),
        (ApplyPolicy(adopt="listed", adopt_objects=(Selector("Config*"),)), True),
        (ApplyPolicy(adopt="listed", adopt_objects=(Selector("ConfigMap", "b"),)), False),
        (ApplyPolicy(adopt="listed", adopt_objects=(Selector("ConfigMap", "a", "elsewhere"),)), False),
    ],
)
def test_adoption(world: World, policy: ApplyPolicy, goes: bool) -> None:
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": NS}, "data": {"own": "stays"}})
    before = world.state()
    if not goes:
        with pytest.raises(errors.ReleaseError, match="exists and was not created by Helm"):
            world.up(ALL, policy=policy)
        assert world.state() == before
        return
    outcome = world.up(ALL, policy=policy)
    steps = {step.id: step.detail.get("adopted") for step in outcome.plan.operations}
    assert steps["apply:v1/ConfigMap/apps/a"] == "was not created by Helm" and steps["apply:v1/Secret/apps/s"] is None
    assert world.cluster.objects[MAP]["data"] == {"k": "v1", "own": "stays"}


def test_all_objects_of_other_owners_are_reported_together(world: World) -> None:
    marks = {"meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "there"}
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": NS, "annotations": marks}})
    world.cluster.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": NS}})
    with pytest.raises(errors.ReleaseError) as caught:
        world.up(ALL)
    assert caught.value.fields["objects"] == [
        {"object": "Secret apps/s", "owner": "was not created by Helm"},
        {"object": "ConfigMap apps/a", "owner": "belongs to release other in namespace there"},
    ]


def test_another_version_of_the_api_is_the_same_object(world: World) -> None:
    world.cluster.kinds[("apps/v1beta9", "Deployment")] = ("deployments", True)
    old = chart({"web.yaml": WEB.replace("apps/v1", "apps/v1beta9")}, values="count: 2\np: false\n")
    world.up(old)
    ref = ObjectRef("apps/v1beta9", "Deployment", NS, "web")
    world.cluster.objects[WEB_REF] = world.cluster.objects.pop(ref)  # one store, two versions
    outcome = world.up(chart({"web.yaml": WEB}, values="count: 3\np: false\n"))
    assert not [step for step in outcome.plan.operations if step.verb == "delete"]
    assert WEB_REF in world.cluster.objects


# ------------------------------------------------------------------------------------------------------------ immutable

JOB = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: once\nspec:\n  template: \"{{ .Values.k }}\"\n"
JOB_REF = ObjectRef("batch/v1", "Job", NS, "once")


@pytest.fixture
def immutable(world: World) -> World:
    """A world in which the template of a Job does not change."""
    world.up(chart({"job.yaml": JOB}))

    world.cluster.immutable = lambda live, obj: "spec" if obj["kind"] == "Job" and live["spec"]["template"] != obj["spec"]["template"] else ""
    return world


def test_a_field_that_cannot_change_fails(immutable: World) -> None:
    with pytest.raises(errors.Rejected, match="spec is refused"):
        immutable.up(chart({"job.yaml": JOB}), {"k": "v2"})


@pytest.mark.parametrize("by", ["kind", "annotation"])
def test_or_the_object_is_recreated(immutable: World, by: str) -> None:
    policy = ApplyPolicy(on_immutable="recreate") if by == "kind" else ApplyPolicy()
    if by == "annotation":
        immutable.cluster.touch(JOB_REF, "metadata.annotations", {"charts.windlass.io/on-immutable": "recreate"})
        policy = ApplyPolicy(force_managers=("kubectl-edit",))
    uid = immutable.cluster.objects[JOB_REF]["metadata"]["uid"]
    predicted = immutable.up(chart({"job.yaml": JOB}), {"k": "v2"}, policy=policy, check=True)
    outcome = immutable.up(chart({"job.yaml": JOB}), {"k": "v2"}, policy=policy)
    ids = [step.id for step in outcome.plan.operations]
    assert ids == [step.id for step in predicted.plan.operations]
    assert ids[1:4] == ["delete:batch/v1/Job/apps/once", "wait_deleted:batch/v1/Job/apps/once", "apply:batch/v1/Job/apps/once"]
    assert "created again" in predicted.plan.operations[3].detail["notes"][-1]
    assert immutable.cluster.objects[JOB_REF]["spec"]["template"] == "v2"
    assert immutable.cluster.objects[JOB_REF]["metadata"]["uid"] != uid


@pytest.mark.parametrize("values", [{"k": "bad"}, {"k": "denied"}])
@pytest.mark.parametrize("server_side", ["true", "false"])
def test_but_not_for_an_invalid_value(immutable: World, values: dict[str, str], server_side: str) -> None:
    """An object is not recreated if the server rejects the new object too, or a webhook rejects it.

    A rejection by a webhook names no field.
    """
    immutable.up(chart({"job.yaml": JOB}), server_side=server_side)
    field = "spec" if values["k"] == "bad" else ""

    def admit(ref: ObjectRef, obj: dict[str, Any]) -> None:
        if obj.get("spec", {}).get("template") == values["k"]:
            raise errors.Rejected("no", status=422, causes=[{"field": field, "message": "must not be so"}])

    immutable.cluster._admit = admit  # type: ignore[method-assign]
    before = immutable.state()
    for check in (True, False):
        with pytest.raises(errors.Rejected):
            immutable.up(chart({"job.yaml": JOB}), values, policy=ApplyPolicy(on_immutable="recreate"), check=check)
    assert immutable.state() == before


def test_a_quota_hides_the_trial_and_words_decide(immutable: World) -> None:
    create = immutable.cluster.create

    def full(obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        if dry_run:
            raise errors.Rejected("exceeded quota", status=403, causes=[{"field": "", "message": "exceeded quota"}])
        return create(obj, dry_run=dry_run)

    immutable.cluster.create = full  # type: ignore[method-assign]
    with pytest.raises(errors.Rejected):
        immutable.up(chart({"job.yaml": JOB}), {"k": "v2"}, policy=ApplyPolicy(on_immutable="recreate"), check=True)
    immutable.cluster._transition = refuse_job  # type: ignore[method-assign]
    assert immutable.up(chart({"job.yaml": JOB}), {"k": "v2"}, policy=ApplyPolicy(on_immutable="recreate"), check=True).changed


def refuse_job(ref: ObjectRef, live: dict[str, Any] | None, new: dict[str, Any]) -> None:
    if ref == JOB_REF and live is not None:
        raise errors.Rejected("no", status=422, causes=[{"field": "spec", "message": "spec is immutable after creation"}])


def test_addresses_of_the_live_service_are_no_reason(world: World) -> None:
    live = {"spec": {"clusterIP": "10.0.0.9", "clusterIPs": ["10.0.0.9"], "ports": [{"port": 80, "nodePort": 30080}]}}
    ports = [{"port": 80, "nodePort": 30080}, {"port": 81, "nodePort": 30081}]
    obj = {"kind": "Service", "spec": {"clusterIP": "10.0.0.9", "type": "NodePort", "ports": ports}}
    assert _as_new(obj, live)["spec"] == {"type": "NodePort", "ports": [{"port": 80}, {"port": 81, "nodePort": 30081}]}
    assert _as_new({"kind": "ConfigMap"}, live) == {"kind": "ConfigMap"}


def test_but_not_one_of_another_kind(immutable: World) -> None:
    with pytest.raises(errors.Rejected):
        immutable.up(chart({"job.yaml": JOB}), {"k": "v2"}, policy=ApplyPolicy(on_immutable="recreate", recreate_kinds=("Service",)))
    assert immutable.statuses == ["1 deployed", "2 failed"]


# --------------------------------------------------------------------------------------------------- fields and their paths


@pytest.mark.parametrize(
    ("text", "obj", "path"),
    [
        (".spec.replicas", {"spec": {"replicas": 1}}, ("spec", "replicas")),
        (".metadata.annotations.a.b/c", {"metadata": {"annotations": {"a.b/c": "x"}}}, ("metadata", "annotations", "a.b/c")),
        ('.c[name="app"].image', {"c": [{"name": "x"}, {"name": "app", "image": "i"}]}, ("c", "app", "image")),
        ('.p[containerPort=80,protocol="TCP"].h', {"p": [{"containerPort": 80, "protocol": "TCP", "h": 1}]}, ("p", 0, "h")),
        ('.f[="a"]', {"f": ["b", "a"]}, ("f", 1)),
        (".f[1].x", {"f": [{}, {"x": 1}]}, ("f", 1, "x")),
        (".spec.unknown", {"spec": {}}, ("spec", "unknown")),
        ('.c[name="no"].image', {"c": [{"name": "x"}]}, ("c", '[name="no"].image')),
    ],
)
def test_paths_as_the_server_writes_them(text: str, obj: Any, path: Any) -> None:
    assert server_path(text, obj) == path


LIVE = {"c": [{"name": "a", "i": 1, "j": 2}, {"name": "b"}], "m": {"x": 1, "y": 2}, "s": ["p", "q"]}


@pytest.mark.parametrize(
    ("fields", "wanted", "others", "left"),
    [
        ({"f:m": {"f:x": {}, "f:y": {}}}, {"m": {"x": 1}}, [], {**LIVE, "m": {"x": 1}}),
        ({"f:m": {"f:x": {}, "f:y": {}}}, {"m": {"x": 1}}, [{"f:m": {"f:y": {}}}], LIVE),
        ({"f:m": {".": {}, "f:x": {}}}, {}, [], {key: value for key, value in LIVE.items() if key != "m"}),
        ({"f:c": {'k:{"name":"b"}': {".": {}, "f:name": {}}}}, {"c": [{"name": "a"}]}, [], {**LIVE, "c": LIVE["c"][:1]}),
        ({"f:c": {'k:{"name":"a"}': {"f:j": {}}}}, {"c": [{"name": "a"}]}, [], {**LIVE, "c": [{"name": "a", "i": 1}, {"name": "b"}]}),
        ({"f:s": {'v:"q"': {}}}, {"s": ["p"]}, [], {**LIVE, "s": ["p"]}),
    ],
)
def test_what_goes_when_a_manager_lets_go(fields: Any, wanted: Any, others: Any, left: Any) -> None:
    before = repr(LIVE)
    assert released(LIVE, fields, wanted, others) == left
    assert repr(LIVE) == before


def test_overlap() -> None:
    assert overlap({"f:c": {'k:{"name":"a"}': {".": {}, "f:i": {}}}}, LIVE)
    assert not overlap({"f:c": {'k:{"name":"a"}': {"f:other": {}}}}, LIVE)
    assert not overlap({"f:m": {".": {}, "f:z": {}}}, LIVE)
