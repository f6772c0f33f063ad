# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each write of each action fails, in three ways.

``refused``: the write does not happen, the next ones work. ``lost``: it happens, its answer does not arrive. ``dead``: it and all after
it fail, as when the process is killed. After each: history is readable, at most one revision is deployed, and the next run, or
the way out that its refusal names, brings the release to the requested state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Optional

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import Faults
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import World, chart, config_map, hook

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
HOOKS = {
    "h1.yaml": hook("before", "pre-install,pre-upgrade,pre-rollback,pre-delete", policy="before-hook-creation,hook-succeeded"),
    "h2.yaml": hook("after", "post-install,post-upgrade,post-rollback,post-delete"),
}
ONE = chart({"a.yaml": config_map("a"), "b.yaml": config_map("b"), **HOOKS}, files={"crds/w.yaml": CRD})
TWO = chart({"a.yaml": config_map("a"), "c.yaml": config_map("c"), **HOOKS}, version="0.2.0")
OBJECTS = {"one": ["a", "b"], "two": ["a", "c"], "none": []}

Action = Callable[[World, Optional[Faults]], Any]


def nothing(world: World) -> None:
    pass


def one_revision(world: World) -> None:
    world.up(ONE)


def two_revisions(world: World) -> None:
    world.up(ONE)
    world.up(TWO)


def uninstalled(world: World) -> None:
    world.up(TWO)
    world.down(keep_history=True)


#: name -> (what was before, the action, which objects are there at its end)
ACTIONS: dict[str, tuple[Callable[[World], None], Action, str]] = {
    "install": (nothing, lambda world, faults: world.up(ONE, faults=faults), "one"),
    "install, undone": (nothing, lambda world, faults: world.up(ONE, faults=faults, on_failure="rollback"), "one"),
    "install again": (uninstalled, lambda world, faults: world.up(ONE, faults=faults), "one"),
    "upgrade": (one_revision, lambda world, faults: world.up(TWO, faults=faults), "two"),
    "upgrade, undone": (one_revision, lambda world, faults: world.up(TWO, faults=faults, on_failure="rollback"), "two"),
    "upgrade, pruning": (two_revisions, lambda world, faults: world.up(ONE, faults=faults, history_max=2), "one"),
    "rollback": (two_revisions, lambda world, faults: world.back(1, faults=faults), "one"),
    "uninstall": (two_revisions, lambda world, faults: world.down(faults=faults), "none"),
    "uninstall, history kept": (two_revisions, lambda world, faults: world.down(faults=faults, keep_history=True), "none"),
}
WAYS: dict[str, dict[str, bool]] = {"refused": {}, "lost": {"lost": True}, "dead": {"dead": True}}


def cases() -> Iterator[Any]:
    for name, (before, action, _end) in ACTIONS.items():
        world = World()
        before(world)
        faults = Faults()
        action(world, faults)
        for number, what in enumerate(faults.writes, 1):
            for way in WAYS:
                yield pytest.param(name, number, way, id=f"{name}: {number} {what}: {way}")


def recover(world: World, action: Action) -> None:
    """The next run; if it is refused, the remedy of the error runs first."""
    try:
        action(world, None)
    except errors.ReleaseBusy as busy:
        assert "roll back" in busy.message and "state: absent" in busy.message
        good = [release.version for release in world.history if release.info.status.value in ("superseded", "deployed")]
        if good:
            world.back(good[-1])
        else:
            world.down()
        action(world, None)


def test_there_are_writes_to_fail() -> None:
    assert len(list(cases())) > 200


@pytest.mark.parametrize(("name", "number", "way"), list(cases()))
def test_a_write_fails(name: str, number: int, way: str) -> None:
    before, action, end = ACTIONS[name]
    world = World()
    before(world)
    faults = Faults(number, **WAYS[way])
    try:
        action(world, faults)
    except errors.EngineError as error:
        assert error.message and "Traceback" not in error.message
    else:
        # tidying up after hooks may be refused in silence; a record that was written although the answer is lost is found
        found = way == "lost" and "sh.helm.release" in faults.writes[number - 1]
        assert way == "refused" or found, "an action that met a dead network must report it"
        if found:
            assert [name for name in "abc" if world.cluster.get("ConfigMap", name)] == OBJECTS[end], "the action went on to its end"
    assert len(faults.writes) >= number
    deployed = [text for text in world.statuses if text.endswith(" deployed")]
    assert len(deployed) <= 1, world.statuses
    recover(world, action)
    assert len([text for text in world.statuses if text.endswith(" deployed")]) == (0 if end == "none" else 1)
    assert [name for name in "abc" if world.cluster.get("ConfigMap", name)] == OBJECTS[end]
    if end != "none" and "rollback" not in name:
        assert not action(world, None).changed
