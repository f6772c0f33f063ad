# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After a failed upgrade or rollback: ``cleanup_on_fail``, ``on_failure`` and ``force`` of a rollback."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

OLD = chart({"a.yaml": config_map("a")})
NEW = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "c.yaml": config_map("c")}, values="k: v2\n")


@pytest.fixture
def world() -> World:
    return World()


def _maps(world: World) -> list[str]:
    return sorted(ref.name for ref in world.cluster.objects if ref.kind == "ConfigMap")


def _reject(world: World, name: str) -> None:
    world.cluster.rejects = lambda obj: "no" if obj["metadata"].get("name") == name and obj["kind"] == "ConfigMap" else ""


def _failure(call: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call()
    return caught.value


def test_a_failed_upgrade_leaves_nothing_new(world: World) -> None:
    world.up(OLD)
    _reject(world, "c")
    error = _failure(lambda: world.up(NEW, cleanup_on_fail=True))
    assert _maps(world) == ["a"] and world.statuses == ["1 deployed", "2 failed"]
    assert error.fields["cleanup"] == {"done": True, "deleted": [f"ConfigMap {NS}/b"]}
    assert f"Objects that it had created were deleted: ConfigMap {NS}/b" in error.message
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "v2"}, "what was there before is not set back"


def test_without_the_option_it_stays(world: World) -> None:
    world.up(OLD)
    _reject(world, "c")
    error = _failure(lambda: world.up(NEW))
    assert _maps(world) == ["a", "b"] and "cleanup" not in error.fields


def test_a_first_installation_keeps_its_objects(world: World) -> None:
    _reject(world, "c")
    error = _failure(lambda: world.up(NEW, cleanup_on_fail=True))
    assert _maps(world) == ["a", "b"] and "cleanup" not in error.fields


def test_an_upgrade_whose_hook_fails_is_cleaned_up_too(world: World) -> None:
    world.up(OLD)
    world.failing_jobs.add("h")
    failing = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "h.yaml": hook("h", "post-upgrade")})
    error = _failure(lambda: world.up(failing, cleanup_on_fail=True))
    assert _maps(world) == ["a"] and error.fields["cleanup"]["deleted"] == [f"ConfigMap {NS}/b"]


def test_before_anything_was_created_there_is_nothing_to_delete(world: World) -> None:
    world.up(OLD)
    world.failing_jobs.add("h")
    failing = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "h.yaml": hook("h", "pre-upgrade")})
    error = _failure(lambda: world.up(failing, cleanup_on_fail=True))
    assert error.fields["cleanup"] == {"done": True, "deleted": []} and "had created" not in error.message


def test_an_adopted_object_stays(world: World) -> None:
    world.up(OLD)
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b", "namespace": NS}, "data": {"theirs": "x"}})
    _reject(world, "c")
    error = _failure(lambda: world.up(NEW, cleanup_on_fail=True, take_ownership=True))
    assert _maps(world) == ["a", "b"] and error.fields["cleanup"]["deleted"] == []


def test_an_object_that_cannot_be_deleted_is_named(world: World) -> None:
    world.up(OLD)
    _reject(world, "c")

    def refuse(ref: ObjectRef, **_options: object) -> bool:
        raise EngineError(f"{ref} is protected.")

    world.cluster.delete = refuse
    error = _failure(lambda: world.up(NEW, cleanup_on_fail=True))
    assert error.fields["cleanup"] == {"done": False, "deleted": [], "error": f"ConfigMap {NS}/b: ConfigMap {NS}/b is protected"}
    assert "Deleting objects that it had created failed" in error.message
    assert error.helm_message.startswith("an error occurred while cleaning up resources. original error:")


def test_it_is_rolled_back_after_that(world: World) -> None:
    world.up(OLD)
    _reject(world, "c")
    error = _failure(lambda: world.up(NEW, cleanup_on_fail=True, on_failure="rollback"))
    assert error.fields["cleanup"]["deleted"] and error.fields["rollback"]["to"] == 1
    assert world.statuses == ["1 superseded", "2 failed", "3 deployed"] and _maps(world) == ["a"]
    assert world.cluster.get("ConfigMap", "a")["data"] == {"k": "v1"}


def _two(world: World) -> None:
    """Revision 1 has an object that revision 2 lacks."""
    world.up(NEW)
    world.up(OLD)
    assert _maps(world) == ["a"]


def test_a_failed_rollback_leaves_nothing_new(world: World) -> None:
    _two(world)
    _reject(world, "c")
    error = _failure(lambda: world.back(1, cleanup_on_fail=True))
    assert _maps(world) == ["a"] and error.fields["cleanup"]["deleted"] == [f"ConfigMap {NS}/b"]
    assert world.statuses == ["1 superseded", "2 deployed", "3 failed"]


def test_a_rollback_whose_hook_fails_is_not_cleaned_up_as_with_helm(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), "h.yaml": hook("h", "post-rollback")}))
    world.up(OLD)
    world.failing_jobs.add("h")
    error = _failure(lambda: world.back(1, cleanup_on_fail=True))
    assert _maps(world) == ["a", "b"] and "cleanup" not in error.fields


def test_a_failed_rollback_goes_forward_again(world: World) -> None:
    _two(world)
    _reject(world, "c")
    error = _failure(lambda: world.back(1, on_failure="rollback"))
    assert error.fields["rollback"]["to"] == 2 and error.fields["rollback"]["done"]
    assert "It has been rolled back to revision 2" in error.message
    assert world.statuses == ["1 superseded", "2 superseded", "3 failed", "4 deployed"] and _maps(world) == ["a"]


def test_no_second_rollback_to_a_revision_that_just_failed(world: World) -> None:
    world.up(OLD)
    _reject(world, "c")
    _failure(lambda: world.up(NEW))
    _reject(world, "a")
    world.cluster.delete(ObjectRef("v1", "ConfigMap", NS, "a"))
    error = _failure(lambda: world.back(1, on_failure="rollback"))
    assert error.fields["rollback"] == {
        "done": False,
        "error": "revision 1 is the last successful revision, and is the one that was rolled back to",
    }
    assert world.statuses[-1] == "3 failed"


def test_on_failure_of_a_rollback_is_one_of_two(world: World) -> None:
    world.up(OLD)
    assert "on_failure" in _failure(lambda: world.back(1, on_failure="uninstall")).message


def test_a_forced_rollback_replaces_objects(world: World) -> None:
    _two(world)
    ref = ObjectRef("v1", "ConfigMap", NS, "a")
    world.cluster.touch(ref, "data.theirs", "x")
    assert world.back(1).changed
    assert world.cluster.objects[ref]["data"] == {"k": "v2", "theirs": "x"}
    world.cluster.requests.clear()
    assert world.back(2, force=True).changed
    assert world.cluster.objects[ref]["data"] == {"k": "v1"}
    assert world.history[-1].apply_method == "csa"
