# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of a release that another release has taken over: every action leaves and reports them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.drift import find_drift
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, ReleaseError
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.ownership import owner_text, with_ownership
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import ReleaseRequest
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

BOTH = chart({"a.yaml": config_map("own"), "b.yaml": config_map("moved")})
WITHOUT = chart({"a.yaml": config_map("own")}, version="0.2.0")
OTHERS = chart({"b.yaml": config_map("moved", "theirs")})
NAME = "meta.helm.sh/release-name"


def other(world: World, what: Any = OTHERS, **options: Any) -> Any:
    """Another release, which takes over."""
    return converge(ReleaseRequest("other", NS, what, take_ownership=True, **options), world.ports())


def owner(world: World, name: str = "moved") -> str:
    found = world.cluster.get("ConfigMap", name)
    return found["metadata"]["annotations"].get(NAME, "") if found else "gone"


@pytest.fixture(params=["ssa", "csa"])
def taken(request: Any) -> World:
    """Release demo has made two objects, release other has taken over one of them."""
    world = World()
    world.up(BOTH, server_side="auto" if request.param == "ssa" else "false")
    other(world, server_side="auto" if request.param == "ssa" else "false")
    assert owner(world) == "other"
    return world


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("what", [WITHOUT, BOTH], ids=["without the object", "with it"])
def test_an_upgrade_leaves_it(taken: World, what: Any, check: bool) -> None:
    outcome = taken.up(what, {"k": "v2"}, check=check)
    assert outcome.changed and any("ConfigMap apps/moved" in text and "release other in namespace apps" in text for text in outcome.warnings)
    assert owner(taken) == "other" and taken.cluster.get("ConfigMap", "moved")["data"] == {"k": "theirs"}
    assert not [step for step in outcome.plan.operations if step.ref and step.ref.name == "moved"]


@pytest.mark.parametrize("options", [{"take_ownership": True}, {"policy": ApplyPolicy(adopt="any")}])
def test_an_upgrade_that_takes_ownership_takes_it_back(taken: World, options: Any) -> None:
    assert taken.up(BOTH, {"k": "v2"}, **options).changed
    assert owner(taken) == "demo" and taken.cluster.get("ConfigMap", "moved")["data"] == {"k": "v2"}


def test_the_other_release_reports_the_loss(taken: World) -> None:
    taken.up(BOTH, {"k": "v2"}, take_ownership=True)
    for drift in ("missing", "report", "correct"):
        outcome = other_again(taken, policy=ApplyPolicy(drift=drift))
        assert not outcome.changed and owner(taken) == "demo"
        assert any("no longer belongs to this release, but to release demo" in text for text in outcome.warnings), drift
    release = other_again(taken).release
    found, _warnings = find_drift(taken.cluster, release, ApplyPolicy(drift="report"))
    assert [item.data["owner"] for item in found] == ["release demo in namespace apps"]
    assert other_again(taken, policy=ApplyPolicy(drift="correct", adopt="any")).changed and owner(taken) == "other"


def other_again(world: World, **options: Any) -> Any:
    return converge(ReleaseRequest("other", NS, OTHERS, **options), world.ports())


def test_without_drift_correction_taking_ownership_repairs_too(taken: World) -> None:
    taken.up(BOTH, {"k": "v2"}, take_ownership=True)
    outcome = other(taken)
    assert outcome.changed and outcome.plan.action == "repair" and owner(taken) == "other"
    assert not other(taken).changed


def test_a_rollback_leaves_it(taken: World) -> None:
    taken.up(WITHOUT)
    for revision in (1, 2):  # once the target names the object, once the newest revision does
        outcome = taken.back(revision)
        assert outcome.changed and owner(taken) == "other"
        assert any("ConfigMap apps/moved" in text and "release other" in text for text in outcome.warnings)


def test_an_uninstall_leaves_it(taken: World) -> None:
    outcome = taken.down()
    assert outcome.changed and owner(taken) == "other" and owner(taken, "own") == "gone"
    assert any("ConfigMap apps/moved" in text for text in outcome.warnings)


@pytest.mark.parametrize("on_failure", ["rollback", "uninstall"])
def test_a_failed_upgrade_is_undone_without_what_it_adopted(world: World, on_failure: str) -> None:
    world.up(WITHOUT)
    other(world)
    world.failing_jobs.add("bad")
    bad = chart({"a.yaml": config_map("own"), "b.yaml": config_map("moved"), "z.yaml": hook("bad", "post-upgrade")})
    with pytest.raises(EngineError) as caught:
        world.up(bad, take_ownership=True, on_failure=on_failure)
    assert caught.value.fields["rollback"]["kept"] == ["ConfigMap apps/moved"]
    assert owner(world) == "demo" and (owner(world, "own") == "gone") is (on_failure == "uninstall")


@pytest.mark.parametrize("policy", ["", "before-hook-creation", "hook-succeeded"])
@pytest.mark.parametrize("check", [True, False])
def test_a_hook_does_not_replace_another_releases_object(world: World, policy: str, check: bool) -> None:
    other(world)
    events = "pre-install,pre-upgrade,pre-delete,test,pre-rollback"
    hooked = chart({"a.yaml": config_map("own"), "h.yaml": hook("moved", events, kind="ConfigMap", policy=policy)})
    before = world.state()
    with pytest.raises(ReleaseError, match=r"of the hook demo/templates/h\.yaml exists and belongs to release other"):
        world.up(hooked, check=check)
    assert world.state() == before
    world.up(hooked, disable_hooks=True)
    world.up(hooked, {"k": "v2"}, disable_hooks=True)
    before = world.state()
    acts = (
        lambda: world.back(1, check=check),
        lambda: world.down(check=check),
        lambda: run_tests(ReleaseTestRequest("demo", NS), world.ports(), check=check),
    )
    for act in acts:
        with pytest.raises(ReleaseError, match="belongs to release other"):
            act()
    assert world.state() == before and world.down(disable_hooks=True).changed


def test_a_crd_of_another_release_is_not_replaced(world: World) -> None:
    text = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: gears.example.com\n  labels: {{v: '{v}'}}\nspec:\n"
        "  group: example.com\n  scope: Namespaced\n  names: {{kind: Gear, plural: gears}}\n  versions:\n  - {{name: v1, served: true}}\n"
    )
    other(world, chart({"crd.yaml": text.format(v=1)}))
    mine = chart({"a.yaml": config_map("own")}, files={"crds/c.yaml": text.format(v=2)})
    outcome = world.up(mine, policy=ApplyPolicy(crds="create_replace"))
    assert any("CustomResourceDefinition gears.example.com is not replaced: it belongs to release other" in text for text in outcome.warnings)
    assert world.cluster.get("CustomResourceDefinition", "gears.example.com")["metadata"]["labels"]["v"] == "1"
    world.down()
    world.up(mine, policy=ApplyPolicy(crds="create_replace", adopt="any"), take_ownership=True)
    assert world.cluster.get("CustomResourceDefinition", "gears.example.com")["metadata"]["labels"]["v"] == "2"


def test_objects_without_marks_are_removed_as_before(world: World) -> None:
    world.up(BOTH)
    ref = next(ref for ref in world.cluster.objects if ref.name == "moved")
    world.cluster.touch(ref, "metadata.annotations", None)
    world.up(WITHOUT)
    assert owner(world) == "gone"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("labels", "app.kubernetes.io/managed-by"), "policy", "names this release, but its label app.kubernetes.io/managed-by is 'policy', not 'Helm'"),
        (("labels", "app.kubernetes.io/managed-by"), None, "its label app.kubernetes.io/managed-by is missing"),
        (("annotations", "meta.helm.sh/release-name"), "other", "belongs to release other in namespace apps"),
        (("annotations", "meta.helm.sh/release-namespace"), "labs", "belongs to release demo in namespace labs"),
        (("annotations", "meta.helm.sh/release-namespace"), None, "names this release, but its annotation meta.helm.sh/release-namespace is missing"),
        (("annotations", "meta.helm.sh/release-name"), None, "was not created by Helm"),
    ],
)
def test_which_mark_differs(world: World, path: tuple[str, str], value: str | None, words: str) -> None:
    live = with_ownership({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "own", "namespace": NS}, "data": {"k": "v1"}}, "demo", NS)
    part = live["metadata"][path[0]]
    part.pop(path[1]) if value is None else part.update({path[1]: value})
    assert words in owner_text(live, "demo", NS)
    world.cluster.put(live)
    with pytest.raises(ReleaseError) as caught:
        world.up(WITHOUT)
    assert words in caught.value.message
