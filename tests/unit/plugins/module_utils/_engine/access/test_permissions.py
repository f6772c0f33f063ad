# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run does what check mode predicts.

What the run would reject is rejected before the first write, in both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    AlreadyExists,
    EngineError,
    Forbidden,
    NotFound,
    OptionError,
    Rejected,
    ReleaseError,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import CountingStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

ONE = chart({"a.yaml": config_map("own")})
CHECK = pytest.mark.parametrize("check", [True, False], ids=["check", "run"])


class Reviewed(World):
    """A world whose records are Secrets, and whose server reviews the permissions of the identity."""

    def __init__(self) -> None:
        super().__init__()
        self.denied: set[str] = set()
        self.verbs: list[str] = []
        self.answers: EngineError | None = None
        create = self.cluster.create

        def reviewing(obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
            if obj["kind"] != "SelfSubjectAccessReview":
                return create(obj, dry_run=dry_run)
            assert dry_run
            attributes = obj["spec"]["resourceAttributes"]
            assert (attributes["resource"], attributes["namespace"]) == ("secrets", NS)
            self.verbs.append(attributes["verb"])
            if self.answers is not None:
                raise self.answers
            return {**obj, "status": {"allowed": attributes["verb"] not in self.denied}}

        self.cluster.create = reviewing  # type: ignore[method-assign]


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> Reviewed:
    monkeypatch.setattr(CountingStore, "kind", "Secret")
    return Reviewed()


ACTS: dict[str, Callable[[Reviewed, bool], Any]] = {
    "install": lambda world, check: world.up(ONE, check=check),
    "upgrade": lambda world, check: world.up(ONE, {"k": "v2"}, check=check),
    "rollback": lambda world, check: world.back(1, check=check),
    "uninstall": lambda world, check: world.down(check=check),
}


@CHECK
@pytest.mark.parametrize(("act", "verb"), [("install", "update"), ("upgrade", "update"), ("rollback", "update"), ("uninstall", "delete")])
def test_records_that_could_not_be_finished_are_not_begun(reviewed: Reviewed, act: str, verb: str, check: bool) -> None:
    if act != "install":
        reviewed.up(ONE)
    if act == "rollback":
        reviewed.up(ONE, {"k": "v2"})
    reviewed.denied = {verb}
    before = reviewed.state()
    with pytest.raises(Forbidden, match=f"may not {verb} secrets in namespace apps, where the records of release demo are; nothing was written"):
        ACTS[act](reviewed, check)
    assert reviewed.state() == before
    reviewed.denied = set()
    assert ACTS[act](reviewed, check).changed


@pytest.mark.parametrize(("act", "verb"), [("install", "create"), ("upgrade", "create"), ("uninstall", "update")])
def test_check_mode_asks_for_the_first_write_as_well(reviewed: Reviewed, act: str, verb: str) -> None:
    if act != "install":
        reviewed.up(ONE)
    reviewed.denied = {verb}
    with pytest.raises(Forbidden):
        ACTS[act](reviewed, True)


def test_one_review_in_a_run_and_none_where_nothing_changes(reviewed: Reviewed) -> None:
    reviewed.up(ONE)
    assert reviewed.verbs == ["update"]
    reviewed.verbs.clear()
    assert not reviewed.up(ONE).changed and not reviewed.up(ONE, check=True).changed
    assert reviewed.verbs == []
    reviewed.up(ONE, {"k": "v2"}, check=True, history_max=1)
    assert reviewed.verbs == ["create", "update"]  # the deployed revision is never pruned
    reviewed.up(ONE, {"k": "v2"})
    reviewed.verbs.clear()
    reviewed.up(ONE, {"k": "v3"}, check=True, history_max=2)
    assert reviewed.verbs == ["create", "update", "delete"]
    reviewed.verbs.clear()
    reviewed.down(keep_history=True)
    assert reviewed.verbs == []


@pytest.mark.parametrize("error", [Forbidden("no"), Rejected("no"), NotFound("no")])
def test_a_server_that_does_not_answer_stops_nothing(reviewed: Reviewed, error: EngineError) -> None:
    reviewed.answers = error
    assert reviewed.up(ONE).changed and reviewed.down().changed


@CHECK
@pytest.mark.parametrize("where", ["template", "hook"])
@pytest.mark.parametrize("act", ["install", "upgrade", "rollback"])
def test_a_namespace_that_nothing_creates(world: World, where: str, act: str, check: bool) -> None:
    event = {"install": "pre-install", "upgrade": "post-upgrade", "rollback": "pre-rollback"}[act]
    text = hook("there", event, kind="ConfigMap") if where == "hook" else config_map("there")
    away = chart({"a.yaml": config_map("own"), "b.yaml": text.replace("  name: there\n", "  name: there\n  namespace: other\n")})
    if act == "rollback":
        world.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}})
        world.up(away)
        world.up(ONE)
        world.cluster.vanish(ObjectRef("v1", "Namespace", "", "other"))
    elif act == "upgrade":
        world.up(ONE)
    before = world.state()
    acts = {"rollback": lambda: world.back(1, check=check)}
    with pytest.raises(NotFound, match="ConfigMap other/there is in namespace other, which does not exist"):
        acts.get(act, lambda: world.up(away, check=check))()
    assert world.state() == before


def test_a_namespace_of_the_chart_or_of_a_hook_is_created(world: World) -> None:
    away = config_map("there").replace("  name: there\n", "  name: there\n  namespace: other\n")
    space = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: other\n"
    assert world.up(chart({"b.yaml": away, "n.yaml": space})).changed
    world.down()
    hooked = space + '  annotations:\n    "helm.sh/hook": pre-install\n'
    assert world.cluster.get("Namespace", "other") is None
    assert world.up(chart({"b.yaml": away, "n.yaml": hooked})).changed


def test_no_review_for_namespaces_of_objects_that_exist(world: World) -> None:
    world.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}})
    away = chart({"b.yaml": config_map("there").replace("  name: there\n", "  name: there\n  namespace: other\n")})
    world.up(away)
    assert ("head", "Namespace other") in world.cluster.requests
    world.up(away, {"k": "v2"})
    assert ("head", "Namespace other") not in world.cluster.requests


@CHECK
@pytest.mark.parametrize("own", [True, False])
def test_a_namespace_that_is_being_deleted(world: World, own: bool, check: bool) -> None:
    name = NS if own else "other"
    world.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "deletionTimestamp": "2026-05-01T12:00:00Z"}})
    what = ONE if own else chart({"b.yaml": config_map("there").replace("  name: there\n", "  name: there\n  namespace: other\n")})
    before = world.state()
    with pytest.raises(ReleaseError, match="is being deleted"):
        world.up(what, check=check, create_namespace=True)
    assert world.state() == before


@CHECK
@pytest.mark.parametrize(
    "labels",
    [{"bad key": "x"}, {"a/b/c": "x"}, {"": "x"}, {"-a": "x"}, {"A.b/": "x"}, {"é": "x"},
     {"k" * 64: "x"}, {"a": "bad value"}, {"a": "-"}, {"a": "v" * 64}, {"a": "x\n"}],
)
def test_labels_that_the_server_would_refuse(world: World, labels: dict[str, str], check: bool) -> None:
    before = world.state()
    with pytest.raises(OptionError, match=r"release_labels: the (key|value) ") as caught:
        world.up(ONE, labels=labels, check=check)
    assert repr(next(iter(labels))) in caught.value.message and world.state() == before


def test_labels_that_are_valid(world: World) -> None:
    world.up(ONE, labels={"team": "shop", "example.com/Tier_1.a": "", "x": "null", "y": "A.b-c_1"})
    assert world.history[-1].labels == {"team": "shop", "example.com/Tier_1.a": "", "y": "A.b-c_1"}


@pytest.mark.parametrize("act", ["upgrade", "uninstall"])
def test_a_deletion_that_is_refused(world: World, act: str) -> None:
    """Check mode sends a review for each deletion."""
    world.up(chart({"a.yaml": config_map("own"), "b.yaml": config_map("kept")}))
    delete = world.cluster.delete

    def refusing(ref: ObjectRef, **options: Any) -> bool:
        if ref.name == "kept":
            raise Rejected("a webhook says no", status=403, causes=[])
        return delete(ref, **options)

    world.cluster.delete = refusing  # type: ignore[method-assign]
    before = world.state()
    with pytest.raises(Rejected):
        world.up(ONE, check=True) if act == "upgrade" else world.down(check=True)
    assert world.state() == before


def test_tests_note_how_they_went(reviewed: Reviewed) -> None:
    reviewed.up(chart({"a.yaml": config_map("own"), "t.yaml": hook("t", "test")}))
    reviewed.denied = {"update"}
    with pytest.raises(Forbidden):
        run_tests(ReleaseTestRequest("demo", NS), reviewed.ports(), check=True)


@CHECK
def test_a_hook_that_is_there_already_in_a_release_that_is_applied_client_side(world: World, check: bool) -> None:
    world.up(ONE, server_side="false")
    hooked = chart({"a.yaml": config_map("own"), "h.yaml": hook("left", "pre-upgrade", kind="ConfigMap", policy="hook-succeeded")})
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "left", "namespace": NS}})
    before = world.state()
    with pytest.raises(AlreadyExists, match="ConfigMap apps/left already exists"):
        world.up(hooked, check=check)
    assert world.state() == before
    assert world.up(hooked, server_side="true", check=check).changed
