# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds that the server no longer serves are gone.

Kinds whose API is down, or that may not be read, are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.access.identity import IdentityRequest, _wanted, absent
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.leftovers import leftovers
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.drift import find_drift
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.inspect import orphans, resources
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import Forbidden, KindUnavailable, UnknownKind
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gears.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Gear, plural: gears}
  versions:
  - {name: v1, served: true}
  - {name: v1beta1, served: true}
"""
GEAR = "apiVersion: example.com/v1\nkind: Gear\nmetadata: {name: big}\nspec: {teeth: 3}\n"
OLD = GEAR.replace("v1", "v1beta1")
PLAIN = {"a.yaml": config_map("own")}
WITH = chart({**PLAIN, "g.yaml": GEAR}, files={"crds/c.yaml": CRD})
WITHOUT = chart(PLAIN, version="0.2.0")
CACHED = pytest.mark.parametrize("cached", [False, True], ids=["discovery knows", "discovery is cached"])
CHECK = pytest.mark.parametrize("check", [True, False], ids=["check", "run"])


def crd_gone(world: World, *, cached: bool) -> None:
    crd = world.cluster.get("CustomResourceDefinition", "gears.example.com")
    assert crd is not None
    world.cluster.vanish(ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gears.example.com"))
    world.cluster.unserve(crd, cached=cached)


@CACHED
@CHECK
def test_an_uninstall_goes_on(world: World, cached: bool, check: bool) -> None:
    world.up(WITH)
    crd_gone(world, cached=cached)
    outcome = world.down(check=check)
    assert outcome.changed and any("Gear big (example.com/v1) is gone" in text for text in outcome.warnings)
    if not check:
        assert world.history == [] and world.cluster.get("ConfigMap", "own") is None


@CACHED
@CHECK
def test_an_upgrade_without_the_object(world: World, cached: bool, check: bool) -> None:
    world.up(WITH)
    crd_gone(world, cached=cached)
    outcome = world.up(WITHOUT, check=check)
    assert outcome.changed and any("Gear big (example.com/v1) was part of the release and is gone" in text for text in outcome.warnings)
    assert check or world.statuses[-1] == "2 deployed"


@CACHED
@CHECK
@pytest.mark.parametrize("act", ["again", "other values", "drift", "rollback"])
def test_what_would_make_it_again_is_refused_before_a_write(world: World, cached: bool, check: bool, act: str) -> None:
    world.up(WITH)
    if act == "rollback":
        world.up(WITHOUT)
    crd_gone(world, cached=cached)
    before = world.state()
    acts: dict[str, Callable[[], Any]] = {
        "again": lambda: world.up(WITH, check=check),
        "other values": lambda: world.up(WITH, {"k": "v2"}, check=check),
        "drift": lambda: world.up(WITH, check=check, policy=ApplyPolicy(drift="correct")),
        "rollback": lambda: world.back(1, check=check),
    }
    with pytest.raises(UnknownKind):
        acts[act]()
    assert world.state() == before


@CACHED
@CHECK
@pytest.mark.parametrize("drift", ["missing", "correct"])
def test_definitions_that_the_task_creates_bring_it_back(world: World, cached: bool, check: bool, drift: str) -> None:
    policy = ApplyPolicy(crds="create", drift=drift)
    world.up(WITH, policy=policy)
    crd_gone(world, cached=cached)
    outcome = world.up(WITH, policy=policy, check=check)
    assert outcome.changed and outcome.plan.action == "upgrade"
    if not check:
        assert world.cluster.get("Gear", "big") is not None and not world.up(WITH, policy=policy).changed


@CACHED
def test_reports_show_that_the_kind_is_gone(world: World, cached: bool) -> None:
    release = world.up(WITH).release
    crd_gone(world, cached=cached)
    found, warnings = resources(world.cluster, world.clock, release)
    assert [item["exists"] for item in found if item["kind"] == "Gear"] == [False]
    assert any("is gone" in text for text in warnings)
    drifted, warnings = find_drift(world.cluster, release, ApplyPolicy(drift="report"))
    assert [(item.ref.kind, item.missing) for item in drifted] == [("Gear", True)] and any("is gone" in text for text in warnings)


def test_a_report_of_drift_changes_nothing(world: World) -> None:
    world.up(WITH)
    crd_gone(world, cached=False)
    outcome = world.up(WITH, policy=ApplyPolicy(drift="report"))
    assert not outcome.changed and [item["missing"] for item in outcome.drift or []] == [True]


@CACHED
@CHECK
@pytest.mark.parametrize("act", ["uninstall", "upgrade", "again"])
def test_a_version_that_is_no_longer_served(world: World, cached: bool, check: bool, act: str) -> None:
    """The object is there under the version that took its place."""
    world.up(chart({**PLAIN, "g.yaml": OLD}, files={"crds/c.yaml": CRD}))
    live = world.cluster.objects.pop(ObjectRef("example.com/v1beta1", "Gear", NS, "big"))
    world.cluster.objects[ObjectRef("example.com/v1", "Gear", NS, "big")] = {**live, "apiVersion": "example.com/v1"}
    world.cluster.unserve(world.cluster.get("CustomResourceDefinition", "gears.example.com") or {}, "v1beta1", cached=cached)
    if act == "again":
        assert not world.up(chart({**PLAIN, "g.yaml": OLD}, files={"crds/c.yaml": CRD}), check=check).changed
        return
    outcome = world.down(check=check) if act == "uninstall" else world.up(WITHOUT, check=check)
    assert "delete:example.com/v1/Gear/apps/big" in [step.id for step in outcome.plan.operations]
    assert check or world.cluster.get("Gear", "big") is None


def test_a_definition_and_its_object_in_one_release(world: World) -> None:
    """Uninstalling deletes the definition, and the server deletes the object with it."""
    world.up(chart({**PLAIN, "c.yaml": CRD}))
    world.up(chart({**PLAIN, "c.yaml": CRD, "g.yaml": GEAR}))
    world.down()
    assert world.history == [] and world.cluster.get("Gear", "big") is None


# ------------------------------------------------------------------------------------------------ cannot be requested


@pytest.fixture(params=["the recorded version", "the version that took its place"])
def down(request: Any) -> World:
    """The API of a kind of the release is down."""
    world = World()
    recorded = request.param == "the recorded version"
    world.up(chart({**PLAIN, "g.yaml": GEAR if recorded else OLD}, files={"crds/c.yaml": CRD}))
    if not recorded:
        world.cluster.unserve(world.cluster.get("CustomResourceDefinition", "gears.example.com") or {}, "v1beta1")
    world.cluster.unavailable.add("example.com/v1")
    return world


@CHECK
@pytest.mark.parametrize("act", ["uninstall", "upgrade", "again", "rollback"])
def test_an_api_that_is_down_is_not_a_kind_that_is_gone(down: World, check: bool, act: str) -> None:
    before = down.state()
    acts: dict[str, Callable[[], Any]] = {
        "uninstall": lambda: down.down(check=check),
        "upgrade": lambda: down.up(WITHOUT, check=check),
        "again": lambda: down.up(WITHOUT, {"k": "v2"}, check=check),
        "rollback": lambda: down.back(1, check=check),
    }
    with pytest.raises(KindUnavailable):
        acts[act]()
    assert down.state() == before


def test_reports_continue_and_show_what_is_unknown(down: World) -> None:
    release = down.history[-1]
    found, warnings = resources(down.cluster, down.clock, release)
    assert [item["kind"] for item in found] == ["ConfigMap"] and any("Gear big" in text and "unavailable" in text for text in warnings)
    drifted, warnings = find_drift(down.cluster, release, ApplyPolicy(drift="report"))
    assert drifted == [] and any("unavailable" in text for text in warnings)
    known, _warnings = orphans(down.cluster, release, [release])
    assert known == []


@CHECK
def test_an_object_that_may_not_be_read_is_not_gone(world: World, check: bool) -> None:
    world.up(chart({**PLAIN, "b.yaml": config_map("secret")}))
    read = world.cluster.read

    def refusing(ref: ObjectRef, *, metadata_only: bool = False) -> Any:
        if ref.name == "secret":
            raise Forbidden("You may not get configmaps.", verb="get", resource="configmaps", status=403)
        return read(ref, metadata_only=metadata_only)

    world.cluster.read = refusing  # type: ignore[method-assign]
    before = world.state()
    with pytest.raises(Forbidden, match="Release demo is not uninstalled, since the owner of ConfigMap apps/secret cannot be read"):
        world.down(check=check)
    assert world.state() == before


def test_a_namespace_stays_while_an_api_cannot_be_listed(world: World) -> None:
    request = IdentityRequest("me", "ci", namespaces=("ci",), token_seconds=600)
    world.cluster.kinds |= {
        ("rbac.authorization.k8s.io/v1", "Role"): ("roles", True),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"): ("rolebindings", True),
    }
    for wanted in _wanted(request):
        world.cluster.create(wanted)
    world.cluster.unavailable.add("example.com/v1")
    outcome = absent(request, world.cluster)
    assert any("keep Namespace ci" in step and "example.com/v1" in step for step in outcome.steps)
    world.cluster.unavailable.clear()
    assert "remove Namespace ci" in absent(request, world.cluster).steps


def test_leftovers_are_reported_without_the_api(world: World) -> None:
    """Leftovers are read after the release is deleted, so this must not fail."""
    keep = config_map("own", **{"helm.sh/resource-policy": "keep"})
    world.up(chart({"a.yaml": keep, "h.yaml": hook("done", "pre-install")}))
    release = world.history[-1]
    world.cluster.unavailable.add("batch/v1")
    assert [item["object"] for item in leftovers(world.cluster, release)] == ["ConfigMap apps/own"]
