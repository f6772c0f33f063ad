# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drift: detection, reports, repair, and the number of requests."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.paths import parse_pattern
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy, IgnoreRule, Selector
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map

WEB = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: app
          image: example.com/app:1
"""
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  password: c2VjcmV0\n"
ALL = chart({"a.yaml": config_map("a"), "s.yaml": SECRET, "web.yaml": WEB})
DEPLOYMENT = ObjectRef("apps/v1", "Deployment", NS, "web")
MAP = ObjectRef("v1", "ConfigMap", NS, "a")
SECRET_REF = ObjectRef("v1", "Secret", NS, "s")


def policy(drift: str, *rules: IgnoreRule) -> ApplyPolicy:
    return ApplyPolicy(drift=drift, drift_ignore=rules)


def rule(kind: str, *paths: str) -> IgnoreRule:
    return IgnoreRule(Selector(kind=kind), tuple(parse_pattern(path, "drift_ignore") for path in paths))


@pytest.fixture
def deployed(world: World) -> World:
    world.up(ALL)
    return world


@pytest.mark.parametrize("mode", ["ignore", "report", "missing", "correct"])
def test_nothing_has_changed(deployed: World, mode: str) -> None:
    before = deployed.state()
    outcome = deployed.up(ALL, policy=policy(mode))
    assert (outcome.changed, outcome.plan.state, deployed.state()) == (False, "InSync", before)
    assert outcome.drift == ([] if mode in ("report", "correct") else None)
    verbs = [verb for verb, _what in deployed.cluster.requests]
    assert verbs == ["list", *{"ignore": [], "missing": ["head"] * 3}.get(mode, ["get", "dry-apply"] * 3)]


def test_an_edited_field_is_reported_and_left(deployed: World) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    before = deployed.state()
    outcome = deployed.up(ALL, policy=policy("report"))
    assert (outcome.changed, outcome.plan.action, outcome.plan.state, deployed.state()) == (False, "none", "Drifted", before)
    assert "ConfigMap apps/a (changed)" in outcome.plan.reason
    field = {"path": "data.k", "op": "change", "there": "theirs", "wanted": "v1", "manager": "kubectl-edit"}
    assert outcome.drift == [{"object": "ConfigMap apps/a", "api_version": "v1", "missing": False, "fields": [field]}]


@pytest.mark.parametrize("mode", ["missing", "ignore"])
def test_other_modes_do_not_see_it(deployed: World, mode: str) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    assert not deployed.up(ALL, policy=policy(mode)).changed


def test_correcting_makes_no_revision(deployed: World) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    deployed.cluster.touch(MAP, "data.extra", "stays")
    deployed.cluster.objects.pop(SECRET_REF)
    predicted = deployed.up(ALL, policy=policy("correct"), check=True)
    outcome = deployed.up(ALL, policy=policy("correct"))
    assert [step.id for step in outcome.plan.operations] == [step.id for step in predicted.plan.operations]
    assert [step.changes for step in outcome.plan.operations] == [step.changes for step in predicted.plan.operations]
    assert (outcome.changed, outcome.plan.action, deployed.statuses) == (True, "repair", ["1 deployed"])
    live = deployed.cluster.objects[MAP]
    assert live["data"] == {"k": "v1", "extra": "stays"}
    assert deployed.cluster.get("Secret", "s") is not None
    assert not deployed.up(ALL, policy=policy("correct")).changed


def test_a_removed_field_is_drift(deployed: World) -> None:
    deployed.cluster.touch(MAP, "data.k", None)
    outcome = deployed.up(ALL, policy=policy("report"))
    assert outcome.drift[0]["fields"] == [{"path": "data.k", "op": "add", "there": None, "wanted": "v1"}]


def test_secrets_are_masked(deployed: World) -> None:
    deployed.cluster.touch(SECRET_REF, "data.password", "dGhlaXJz")
    outcome = deployed.up(ALL, policy=policy("report"))
    assert "dGhlaXJz" not in repr(outcome.drift) and "c2VjcmV0" not in repr(outcome.drift)
    assert outcome.drift[0]["fields"][0]["path"] == "data.password"


@pytest.mark.parametrize(
    ("manager", "subresource", "drifts"),
    [
        ("kube-controller-manager", "scale", False),
        ("horizontal-pod-autoscaler", "", False),
        ("keda-operator", "", False),
        ("kubectl", "scale", True),
        ("kubectl-edit", "", True),
        ("some-operator", "", True),
    ],
)
def test_the_manager_of_a_change(deployed: World, manager: str, subresource: str, drifts: bool) -> None:
    deployed.cluster.touch(DEPLOYMENT, "spec.replicas", 7, manager, subresource)
    assert deployed.up(ALL, policy=policy("report")).plan.state == ("Drifted" if drifts else "InSync")
    deployed.up(ALL, policy=policy("correct"))
    assert deployed.cluster.objects[DEPLOYMENT]["spec"]["replicas"] == (2 if drifts else 7)


def test_what_is_scaled_stays_while_another_field_is_corrected(deployed: World) -> None:
    deployed.cluster.touch(DEPLOYMENT, "spec.replicas", 7, "kube-controller-manager", "scale")
    deployed.cluster.touch(DEPLOYMENT, "spec.template.spec.containers", [{"name": "app", "image": "example.com/app:2"}])
    outcome = deployed.up(ALL, policy=policy("correct"))
    spec = deployed.cluster.objects[DEPLOYMENT]["spec"]
    assert (spec["replicas"], spec["template"]["spec"]["containers"][0]["image"]) == (7, "example.com/app:1")
    assert [field["path"] for field in outcome.drift[0]["fields"]] == ["spec.template.spec.containers.app.image"]


@pytest.mark.parametrize(
    ("rules", "drifts"),
    [
        ([rule("ConfigMap", "data.k")], False),
        ([rule("ConfigMap", "/data/k")], False),
        ([rule("ConfigMap", "data")], False),
        ([rule("Config*", "data.*")], False),
        ([rule("ConfigMap")], False),
        ([IgnoreRule(Selector(name="a"))], False),
        ([rule("ConfigMap", "data.other")], True),
        ([rule("Secret", "data.k")], True),
        ([IgnoreRule(Selector(name="b"))], True),
    ],
)
def test_ignore_rules(deployed: World, rules: list[IgnoreRule], drifts: bool) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    assert (deployed.up(ALL, policy=policy("report", *rules)).plan.state == "Drifted") is drifts
    deployed.up(ALL, policy=policy("correct", *rules))
    assert deployed.cluster.objects[MAP]["data"]["k"] == ("v1" if drifts else "theirs")


@pytest.mark.parametrize("by_them", [True, False])
def test_what_is_ignored_stays_while_another_field_is_corrected(deployed: World, by_them: bool) -> None:
    deployed.cluster.touch(MAP, "data.k", "theirs")
    if not by_them:  # another manager's value, this manager's field
        for entry in deployed.cluster.objects[MAP]["metadata"]["managedFields"]:
            entry.update({"manager": "helm", "operation": "Apply"} if entry["manager"] == "kubectl-edit" else {})
        deployed.cluster.objects[MAP]["metadata"]["managedFields"] = deployed.cluster.objects[MAP]["metadata"]["managedFields"][-1:]
    deployed.cluster.touch(MAP, "metadata.labels", {"app.kubernetes.io/managed-by": "me"})
    deployed.up(ALL, policy=policy("correct", rule("ConfigMap", "data.k")))
    live = deployed.cluster.objects[MAP]
    assert (live["data"]["k"], live["metadata"]["labels"]) == ("theirs", {"app.kubernetes.io/managed-by": "Helm"})


def test_a_mode_that_is_none(world: World) -> None:
    with pytest.raises(errors.OptionError, match="drift cannot be 'often'"):
        world.up(ALL, policy=policy("often"))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("spec.replicas", ("spec", "replicas")),
        ("/spec/replicas", ("spec", "replicas")),
        ("/metadata/annotations/a.b~1c", ("metadata", "annotations", "a.b/c")),
        ("metadata.annotations['a.b/c']", ("metadata", "annotations", "a.b/c")),
        ('spec.containers[name="app"].image', ("spec", "containers", "app", "image")),
        ("spec.containers[app].env[*].value", ("spec", "containers", "app", "env", "*", "value")),
        ("a[0].b", ("a", "0", "b")),
    ],
)
def test_paths_as_people_write_them(text: str, steps: Any) -> None:
    assert parse_pattern(text, "x") == steps


@pytest.mark.parametrize("text", ["", ".", "a..b", "/", "/a//b", "a[b", "a]"])
def test_no_paths(text: str) -> None:
    with pytest.raises(errors.OptionError, match=r"x: .* is not a valid path"):
        parse_pattern(text, "x")
