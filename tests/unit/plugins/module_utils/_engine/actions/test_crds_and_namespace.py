# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CRDs by their three modes, APIs that were removed, and the namespace in one request."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.build import build_known, successor
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map

CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.example.com
  labels:
    level: "{level}"
spec:
  group: example.com
  scope: Namespaced
  names: {{kind: {kind}, plural: {plural}}}
  versions:
    - {{name: v1, served: true, storage: true}}
"""
SHIP = "apiVersion: example.com/v1\nkind: Ship\nmetadata:\n  name: one\n"
BOAT = "apiVersion: example.com/v1\nkind: Boat\nmetadata:\n  name: two\n"


def crd(kind: str, level: int = 1) -> str:
    return CRD.format(kind=kind, plural=f"{kind.lower()}s", level=level)


ONE = chart({"ship.yaml": SHIP}, files={"crds/ship.yaml": crd("Ship")})
NEXT = chart({"ship.yaml": SHIP}, files={"crds/ship.yaml": crd("Ship", 2), "crds/boat.yaml": crd("Boat")}, version="0.2.0")
USES = chart({"ship.yaml": SHIP, "boat.yaml": BOAT}, files={"crds/ship.yaml": crd("Ship", 2), "crds/boat.yaml": crd("Boat")}, version="0.2.0")


def level(world: World) -> str:
    live = world.cluster.get("CustomResourceDefinition", "ships.example.com")
    return live["metadata"]["labels"]["level"] if live else ""


@pytest.mark.parametrize(
    ("mode", "ships", "boats"), [("", "1", False), ("skip", "1", False), ("create", "1", True), ("create_replace", "2", True)]
)
def test_an_upgrade(world: World, mode: str, ships: str, boats: bool) -> None:
    world.up(ONE)
    before = world.state()
    predicted = world.up(NEXT, policy=ApplyPolicy(crds=mode), check=True)
    assert world.state() == before
    outcome = world.up(NEXT, policy=ApplyPolicy(crds=mode))
    assert [step.id for step in predicted.plan.operations] == [step.id for step in outcome.plan.operations]
    assert (level(world), world.cluster.get("CustomResourceDefinition", "boats.example.com") is not None) == (ships, boats)
    assert any(step.id == "wait:crds" for step in outcome.plan.operations) is (mode.startswith("create"))
    assert not world.up(NEXT, policy=ApplyPolicy(crds=mode)).changed


def test_a_kind_that_comes_with_an_upgrade_can_be_used_at_once(world: World) -> None:
    world.up(ONE)
    world.up(USES, policy=ApplyPolicy(crds="create_replace"))
    assert world.cluster.get("Boat", "two") is not None and world.cluster.get("Ship", "one") is not None


def test_what_replaces_shows_what_it_changes(world: World) -> None:
    world.up(ONE)
    outcome = world.up(NEXT, policy=ApplyPolicy(crds="create_replace"), check=True)
    (step,) = [step for step in outcome.plan.operations if step.id == "replace_crd:ships.example.com"]
    assert [(change.path, change.before, change.after) for change in step.changes] == [(("metadata", "labels", "level"), "1", "2")]


def test_the_namespace_comes_with_labels_and_annotations_in_one_request(world: World) -> None:
    policy = ApplyPolicy(namespace_labels={"pod-security.kubernetes.io/enforce": "baseline"}, namespace_annotations={"owner": "me"})
    world.up(chart({"a.yaml": config_map("a")}), namespace="fresh", create_namespace=True, policy=policy)
    live = world.cluster.get("Namespace", "fresh")
    assert live["metadata"]["labels"] == {"name": "fresh", "pod-security.kubernetes.io/enforce": "baseline"}
    assert live["metadata"]["annotations"] == {"owner": "me"}
    assert len([what for verb, what in world.cluster.requests if what == "Namespace fresh" and verb not in ("get", "head")]) == 1


# ------------------------------------------------------------------------------------------------------------ removed APIs

PDB = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: p\n"
PSP = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: p\n"


def cluster_upgrade(world: World) -> None:
    """policy/v1beta1 is removed; stored objects are served as policy/v1."""
    for kind in ("PodDisruptionBudget", "PodSecurityPolicy"):
        world.cluster.kinds.pop(("policy/v1beta1", kind))
        live = world.cluster.objects.pop(ObjectRef("policy/v1beta1", kind, NS, "p"))
        if kind == "PodDisruptionBudget":
            world.cluster.objects[ObjectRef("policy/v1", kind, NS, "p")] = {**live, "apiVersion": "policy/v1"}


@pytest.fixture
def old(world: World) -> World:
    world.cluster.kinds[("policy/v1", "PodDisruptionBudget")] = ("poddisruptionbudgets", True)
    for kind in ("PodDisruptionBudget", "PodSecurityPolicy"):
        world.cluster.kinds[("policy/v1beta1", kind)] = (kind.lower(), True)
    world.up(chart({"pdb.yaml": PDB, "psp.yaml": PSP}))
    cluster_upgrade(world)
    return world


def test_an_upgrade_to_the_successor_keeps_the_object(old: World) -> None:
    outcome = old.up(chart({"pdb.yaml": PDB.replace("v1beta1", "v1")}))
    assert not [step for step in outcome.plan.operations if step.verb == "delete"]
    assert any("PodSecurityPolicy" in text for text in outcome.warnings)
    assert old.statuses[-1] == "2 deployed"


def test_what_is_dropped_goes_under_its_new_version(old: World) -> None:
    outcome = old.up(chart({"a.yaml": config_map("a")}))
    assert [step.id for step in outcome.plan.operations if step.verb == "delete"] == ["delete:policy/v1/PodDisruptionBudget/apps/p"]
    assert old.cluster.get("PodDisruptionBudget", "p") is None


@pytest.mark.parametrize("mode", ["missing", "report", "correct", "ignore"])
def test_the_same_task_again_is_not_stopped_by_what_cannot_be(old: World, mode: str) -> None:
    outcome = old.up(chart({"pdb.yaml": PDB, "psp.yaml": PSP}), policy=ApplyPolicy(drift=mode))
    assert not outcome.changed
    assert [text for text in outcome.warnings if "PodSecurityPolicy" in text] if mode != "ignore" else not outcome.warnings


def test_removal(old: World) -> None:
    old.down()
    assert old.cluster.get("PodDisruptionBudget", "p") is None


@pytest.mark.parametrize(
    ("api_version", "kind", "found"),
    [
        ("policy/v1beta1", "PodDisruptionBudget", "policy/v1"),
        ("extensions/v1beta1", "Deployment", "apps/v1"),
        ("example.com/v1", "Deployment", ""),
        ("policy/v1beta1", "PodSecurityPolicy", ""),
    ],
)
def test_successor(old: World, api_version: str, kind: str, found: str) -> None:
    assert successor(old.cluster, api_version, kind) == found


def test_known_returns_missing_objects_as_text(old: World) -> None:
    known, gone = build_known(old.cluster, f"---\n{PDB}---\n{PSP}", NS, successors=False)
    assert (known, [str(item) for item in gone]) == ([], ["PodDisruptionBudget p (policy/v1beta1)", "PodSecurityPolicy p (policy/v1beta1)"])


def test_from_the_clients_side_namespace_and_definitions_are_created(world: World) -> None:
    """As in Helm, each is created; none is applied."""
    options = {"namespace": "fresh", "create_namespace": True, "server_side": "false"}
    predicted = world.up(ONE, check=True, **options)
    requested = [verb for verb, what in world.cluster.requests if "Namespace fresh" in what and verb != "head"]
    assert requested == ["dry-create"]
    outcome = world.up(ONE, **options)
    assert [step.changes for step in predicted.plan.operations[:3]] == [step.changes for step in outcome.plan.operations[:3]]
    assert [what for verb, what in world.cluster.requests if verb == "apply"] == []
    for kind, name in (("Namespace", "fresh"), ("CustomResourceDefinition", "ships.example.com")):
        managers = [(entry["manager"], entry["operation"]) for entry in world.cluster.get(kind, name)["metadata"]["managedFields"]]
        assert managers == [("helm", "Update")]
