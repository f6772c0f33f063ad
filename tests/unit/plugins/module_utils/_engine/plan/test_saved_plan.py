# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that are saved and applied later: applied exactly, or rejected with each reason.

They are rejected before anything is written.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import ApplyPolicy
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Outcome
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.saved import refusals, saved_plan
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: "{{ .Values.password }}"\n'
RANDOM = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: "{{ randAlphaNum 8 }}"\n'
ALL = chart({"a.yaml": config_map("a"), "s.yaml": SECRET, "h.yaml": hook("h", "pre-install,pre-upgrade")}, values="k: v1\npassword: hunter2\n")
NEXT = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b")}, version="0.2.0")
MAP = ObjectRef("v1", "ConfigMap", NS, "a")
SALT = "00ff"


class Refused(Exception):
    """The reasons."""


def plan_of(outcome: Outcome, salt: str = SALT, uid: str = "one") -> dict[str, Any]:
    found = saved_plan(
        outcome.plan, outcome.before, outcome.release, name="demo", namespace=NS, regenerated=outcome.regenerated, cluster={"uid": uid}, salt=salt
    )
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def save(world: World, what: Any, values: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    before = world.state()
    plan = plan_of(world.up(what, values, check=True, **options))
    assert world.state() == before
    return plan


def apply(world: World, plan: dict[str, Any], what: Any, values: dict[str, Any] | None = None, uid: str = "one", **options: Any) -> Outcome:
    def approve(outcome: Outcome) -> None:
        reasons = refusals(plan, plan_of(outcome, plan["salt"], uid))
        if reasons:
            raise Refused("; ".join(reasons))

    return world.up(what, values, approve=approve, **options)


@pytest.mark.parametrize("first", [True, False])
def test_what_was_saved_is_done(world: World, first: bool) -> None:
    if not first:
        world.up(ALL)
    plan = save(world, ALL if first else NEXT, {"k": "x"})
    outcome = apply(world, plan, ALL if first else NEXT, {"k": "x"})
    assert outcome.executed and world.history[-1].config == {"k": "x"}
    assert not apply(world, plan, ALL if first else NEXT, {"k": "x"}).changed  # again: it is done already


def test_no_secret_is_in_the_file(world: World) -> None:
    world.up(ALL)
    text = json.dumps(save(world, ALL, {"password": "correct-horse", "k": "y"}))
    for secret in ("correct-horse", "hunter2", "Y29ycmVjdC1ob3JzZQ", "aHVudGVyMg"):
        assert secret not in text
    assert '"path": "data.k"' in text and "********" in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("values", "the chart, the values or the labels have changed"),
        ("chart", "the chart, the values or the labels have changed"),
        ("secret", "Secrets of the chart have different values"),
        ("labels", "the chart, the values or the labels have changed"),
        ("revision", "it was saved for revision 1 (deployed), but there is now revision 2"),
        ("removed", "saved for revision 1 (deployed), but there is now no revision"),
        ("cluster", "another cluster"),
        ("live", "live objects have changed, which affects these steps: apply:v1/ConfigMap/apps/a"),
        ("gone", "which affects these steps: apply:v1/ConfigMap/apps/a"),
        ("hooks", "hook:pre-upgrade:demo/templates/h.yaml:Job/h"),
    ],
)
def test_anything_else_is_refused_before_a_write(world: World, change: str, reason: str) -> None:
    world.up(ALL)
    plan = save(world, ALL, {"k": "x"})
    what, values, options, uid = ALL, {"k": "x"}, {}, "one"
    if change == "values":
        values = {"k": "y"}
    elif change == "secret":
        values = {"k": "x", "password": "other"}
    elif change == "chart":
        what = NEXT
    elif change == "labels":
        options = {"labels": {"team": "red"}}
    elif change == "revision":
        world.up(ALL, {"k": "z"})
    elif change == "removed":
        world.down()
    elif change == "cluster":
        uid = "two"
    elif change == "live":
        world.cluster.touch(MAP, "data.k", "theirs", "helm")
    elif change == "gone":
        world.cluster.objects.pop(MAP)
    elif change == "hooks":
        options = {"disable_hooks": True}
    before = world.state()
    with pytest.raises(Refused) as caught:
        apply(world, plan, what, values, uid, **options)
    assert reason in str(caught.value)
    assert world.state() == before


def test_generated_values_do_not_stand_in_the_way(world: World) -> None:
    regenerated = chart({"a.yaml": config_map("a"), "s.yaml": RANDOM})
    world.up(regenerated)
    plan = save(world, regenerated, {"k": "x"})
    assert plan["drawn_anew"] == ["v1/Secret/s"] and plan["objects"]["v1/Secret/s"] == "drawn anew"
    assert apply(world, plan, regenerated, {"k": "x"}).executed


def test_a_repair_and_a_correction(world: World) -> None:
    world.up(ALL)
    world.cluster.touch(MAP, "data.k", "theirs")
    policy = ApplyPolicy(drift="correct")
    plan = save(world, ALL, policy=policy)
    world.cluster.touch(MAP, "data.k", "theirs again")
    with pytest.raises(Refused, match="live objects have changed"):
        apply(world, plan, ALL, policy=policy)
    plan = save(world, ALL, policy=policy)
    assert apply(world, plan, ALL, policy=policy).executed
    assert world.cluster.objects[MAP]["data"]["k"] == "v1"


def test_two_plans_of_one_change_cannot_be_compared(world: World) -> None:
    outcome = world.up(ALL, check=True)
    one, two = plan_of(outcome, "00"), plan_of(outcome, "01")
    assert one["inputs"] != two["inputs"] and one["secrets"] != two["secrets"]
