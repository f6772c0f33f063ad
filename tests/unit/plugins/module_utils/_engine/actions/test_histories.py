# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task reaches its state from every history, and a second run does nothing.

Pending revisions are tested in another file.
"""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map

WANTED = chart({"a.yaml": config_map("a"), "new.yaml": config_map("new")}, version="0.9.0")
SETTLED = ("deployed", "superseded", "failed", "uninstalled", "uninstalling", "unknown")
HISTORIES = [states for length in (0, 1, 2) for states in itertools.product(SETTLED, repeat=length)]
HISTORIES += [pytest.param(states, marks=pytest.mark.slow) for states in itertools.product(SETTLED, repeat=3)]  # hundreds


def with_history(world: World, states: tuple[str, ...]) -> None:
    """Runs each revision with its own map, then sets the states of the records."""
    for number, _state in enumerate(states):
        world.up(chart({"a.yaml": config_map("a"), f"{number}.yaml": config_map(f"r{number}")}, version=f"0.1.{number}"), {"k": f"{number}"})
    for record, state in zip(world.store.list(NS), states, strict=True):
        world.store.update(to_record(from_record(record).with_status(Status(state)), world.clock, old=record))
    if states and states[-1] == "uninstalled":
        for ref in [ref for ref in world.cluster.objects if ref.kind == "ConfigMap"]:
            world.cluster.delete(ref)


@pytest.mark.parametrize("states", HISTORIES, ids="-".join)
def test_present_from_every_history(world: World, states: tuple[str, ...]) -> None:
    with_history(world, states)
    predicted_plan, done = world.up(WANTED, check=True), world.up(WANTED)
    assert done.changed and [step.id for step in predicted_plan.plan.operations] == [step.id for step in done.plan.operations]
    assert [text.split()[1] for text in world.statuses].count("deployed") == 1 and world.statuses[-1] == f"{len(states) + 1} deployed"
    assert not world.up(WANTED).changed
    assert {"ConfigMap apps/a", "ConfigMap apps/new"} <= set(world.cluster.names())


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("states", HISTORIES, ids="-".join)
def test_absent_from_every_history(world: World, states: tuple[str, ...], keep: bool) -> None:
    with_history(world, states)
    predicted_plan, done = world.down(check=True, keep_history=keep), world.down(keep_history=keep)
    already = not states or (keep and states[-1] == "uninstalled")
    assert (predicted_plan.changed, done.changed) == (not already, not already)
    if not states or (states[-1] != "uninstalled" or not keep):
        assert "deployed" not in [text.split()[1] for text in world.statuses]
    assert len(world.statuses) == (len(states) if keep else 0)
    assert not world.down(keep_history=keep).changed
    assert "ConfigMap apps/a" not in world.cluster.names()


def test_a_description_is_in_the_history_and_is_no_change(world: World) -> None:
    world.up(WANTED, description="nightly")
    assert world.history[-1].info.description == "nightly"
    assert not world.up(WANTED, description="another").changed
    world.up(WANTED, {"k": "2"})
    world.back(1, description="by hand")
    assert world.history[-1].info.description == "by hand" and world.history[-1].info.rollback_revision == 1
    world.down(keep_history=True, description="for good")
    assert world.history[-1].info.description == "for good"
    for act in (world.up, lambda *args, **options: world.back(1, **options), lambda *args, **options: world.down(**options)):
        with pytest.raises(errors.OptionError, match="has 257 characters; Helm allows 256"):
            act(WANTED, description="x" * 257)


def test_labels_stay_come_and_go(world: World) -> None:
    world.up(WANTED, labels={"team": "red", "tier": "1"})
    assert not world.up(WANTED).changed and not world.up(WANTED, labels={"team": "red"}).changed
    assert world.up(WANTED, labels={"team": "blue", "tier": "null"}).changed
    assert world.history[-1].labels == {"team": "blue"}
    with pytest.raises(errors.OptionError, match="cannot have the label owner"):
        world.up(WANTED, labels={"owner": "me"})


FAILING = chart({"a.yaml": config_map("a"), "z.yaml": config_map("z")}, version="1.0.0")


def refuse_z(world: World) -> None:
    world.cluster.rejects = lambda obj: "no" if obj["metadata"].get("name") == "z" else ""


@pytest.mark.parametrize(
    ("on_failure", "first", "statuses", "objects"),
    [
        ("keep", True, ["1 failed"], ["ConfigMap apps/a"]),
        ("rollback", True, [], []),
        ("uninstall", True, [], []),
        ("keep", False, ["1 deployed", "2 failed"], ["ConfigMap apps/a", "ConfigMap apps/new"]),
        ("rollback", False, ["1 superseded", "2 failed", "3 deployed"], ["ConfigMap apps/a", "ConfigMap apps/new"]),
        ("uninstall", False, [], []),
    ],
)
def test_what_a_failure_leads_to(world: World, on_failure: str, first: bool, statuses: list[str], objects: list[str]) -> None:
    if not first:
        world.up(WANTED)
    refuse_z(world)
    with pytest.raises(errors.Rejected, match="Release demo failed: ") as caught:
        world.up(FAILING, on_failure=on_failure)
    assert (world.statuses, world.cluster.names()) == (statuses, objects)
    assert caught.value.fields.get("rollback", {}).get("done", False) == (on_failure != "keep")


def test_an_adopted_object_is_not_removed_when_its_first_installation_fails(world: World) -> None:
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": NS}, "data": {"theirs": "1"}})
    refuse_z(world)
    with pytest.raises(errors.Rejected) as caught:
        world.up(FAILING, on_failure="rollback", take_ownership=True)
    assert caught.value.fields["rollback"] == {"done": True, "action": "uninstall", "kept": ["ConfigMap apps/a"]}
    assert world.cluster.get("ConfigMap", "a")["data"]["theirs"] == "1" and world.history == []
    world.cluster.rejects = lambda obj: ""
    world.up(FAILING)
    assert world.statuses == ["1 deployed"]
