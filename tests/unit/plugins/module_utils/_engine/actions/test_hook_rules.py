# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task's own rules for waits, applied to hooks."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import WaitTimeout
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import chart, config_map, hook


def waiting_pod(name, reason):
    state = {"waiting": {"reason": reason, "message": "no such image"}}
    return {"phase": "Pending", "containerStatuses": [{"name": "c", "state": state}]}


@pytest.mark.parametrize("act", ["up", "back", "down"])
def test_fail_fast_holds_for_hooks_too(world, act):
    event = {"up": "pre-install", "back": "pre-rollback", "down": "pre-delete"}[act]
    what = chart({"a.yaml": config_map("a"), "h.yaml": hook("h", event, kind="Pod")})
    if act != "up":
        world.up(what)
        world.up(what, {"k": "2"})
    world.cluster.on_create = lambda cluster, ref: cluster.set_status(ref, waiting_pod(ref.name, "ImagePullBackOff")) if ref.kind == "Pod" else None
    began = world.clock.monotonic()
    options = {"timeout": 600.0, "waiting": {"fail_fast": 20.0}}
    with pytest.raises(WaitTimeout, match=r"ImagePullBackOff for \d+ s: no such image"):
        {"up": lambda: world.up(what, **options), "back": lambda: world.back(1, **options), "down": lambda: world.down(**options)}[act]()
    assert world.clock.monotonic() - began < 100


def test_failed_when_holds_for_hooks_and_ready_when_does_not(world):
    """A hook has to end; a rule for readiness does not decide that."""
    world.cluster.on_create = lambda cluster, ref: cluster.set_status(ref, {"failed": 2, "startTime": "x"}) if ref.kind == "Job" else None
    what = chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "pre-install,pre-upgrade")})
    began = world.clock.monotonic()
    with pytest.raises(WaitTimeout, match=r"failed_when is true: status\.failed > 1"):
        world.up(what, timeout=600.0, waiting={"failed_when": {"Job": "status.failed > 1"}, "ready_when": {"Job": "true"}})
    assert world.clock.monotonic() - began < 100
    with pytest.raises(WaitTimeout, match="Timed out after 60 s waiting for objects"):
        world.up(what, waiting={"ready_when": {"Job": "true"}})


@pytest.mark.parametrize("kind", ["Job", "Pod"])
def test_a_hook_that_has_failed_ends_its_wait_at_once(world, kind):
    world.failing_jobs = {"h"}
    began = world.clock.monotonic()
    with pytest.raises(WaitTimeout, match="and will not become ready"):
        world.up(chart({"h.yaml": hook("h", "pre-install", kind=kind)}), timeout=600.0)
    assert world.clock.monotonic() - began < 30
