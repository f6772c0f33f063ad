# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record that is too large is refused before anything is written."""

from __future__ import annotations

import random

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ReleaseError
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.codec import encode
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.size import check_size, packed_size
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import World, chart, config_map


class SmallStore(MemoryStore):
    kind = "Secret"
    limit = 30_000


def noise(count: int) -> str:
    """Text that does not pack."""
    return "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=count))


@pytest.fixture
def world() -> World:
    world = World()
    world.store = SmallStore()
    world.ports = lambda faults=None: _ports(world)  # type: ignore[method-assign]
    return world


def _ports(world):
    from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Ports

    return Ports(world.store, world.cluster, world.clock, world.random)


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_written_and_the_biggest_part_is_named(world: World, check: bool) -> None:
    big = chart({"a.yaml": config_map("a")}, files={"dashboards/wide.json": noise(40_000), "little.txt": noise(500)})
    before = world.cluster.snapshot()
    with pytest.raises(ReleaseError) as caught:
        world.up(big, {"k": "secret-tide"}, check=check)
    error = caught.value
    assert world.cluster.snapshot() == before
    assert world.store.list(ALL_NAMESPACES) == []
    assert "dashboards/wide.json" in error.message
    assert [part["name"] for part in error.fields["parts"][:2]] == ["dashboards/wide.json", "little.txt"]
    assert "little.txt" not in error.message, "a part that hardly counts is no help"
    assert error.fields["parts"][0]["bytes"] > 40_000
    assert error.fields["size"] > error.fields["limit"] == 30_000
    assert "secret-tide" not in str(error.fields) + error.message


def test_the_values_and_the_manifest_are_parts_too(world: World) -> None:
    with pytest.raises(ReleaseError) as caught:
        world.up(chart({"a.yaml": config_map("a")}), {"k": noise(40_000)})
    assert {part["part"] for part in caught.value.fields["parts"][:2]} == {"values", "manifest"}


def test_what_packs_well_is_not_refused(world: World) -> None:
    assert world.up(chart({"a.yaml": config_map("a")}, files={"zeros.txt": "0" * 300_000})).changed


def test_an_upgrade_that_does_not_fit_leaves_the_release_as_it_is(world: World) -> None:
    small = chart({"a.yaml": config_map("a")})
    world.up(small)
    with pytest.raises(ReleaseError):
        world.up(small, {"k": noise(40_000)})
    assert world.statuses == ["1 deployed"]


def test_a_store_without_a_limit_takes_everything() -> None:
    world = World()
    world.up(chart({"a.yaml": config_map("a")}), {"k": noise(2_000_000)})
    assert world.statuses == ["1 deployed"]
    check_size(world.history[0], world.store)


@pytest.mark.parametrize("count", [10, 1_000, 100_000])
def test_bounds_are_never_below_the_true_size(count: int) -> None:
    world = World()
    world.up(chart({"a.yaml": config_map("a")}), {"k": noise(count), "zeros": "0" * count})
    release = world.history[0]
    true = len(encode(release))
    assert packed_size(release, 0) == true
    for enough in (true // 2, true, true * 2, true * 100):
        size = packed_size(release, enough)
        assert size >= true
        assert size == true or size <= enough
