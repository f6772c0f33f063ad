# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order releases go that need each other."""

from __future__ import annotations

import random

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.graph import Graph, Node


def walk(graph: Graph) -> list[list[str]]:
    """The names of the nodes by round; a round has all nodes that are ready."""
    rounds, done = [], []
    while len(done) < len(graph.nodes):
        ready = graph.ready(done, done)
        assert ready, "nothing may go, and something is left"
        rounds.append([graph.nodes[index].name for index in ready])
        done += ready
    return rounds


@pytest.mark.parametrize(
    ("nodes", "rounds"),
    [
        ([Node("n", "a"), Node("n", "b")], [["a", "b"]]),
        ([Node("n", "web", ("db", "n/cache")), Node("n", "db"), Node("n", "cache", ("db",))], [["db"], ["cache"], ["web"]]),
        ([Node("n", "web", ("db",), True), Node("n", "db", (), True)], [["web"], ["db"]]),
        ([Node("n", "a", ("b",), True), Node("n", "b")], [["a", "b"]]),
        ([Node("x", "a", ("b",)), Node("y", "b")], [["b"], ["a"]]),
        ([Node("x", "a", ("b",)), Node("y", "b"), Node("x", "b")], [["b", "b"], ["a"]]),
    ],
)
def test_order(nodes: list[Node], rounds: list[list[str]]) -> None:
    assert walk(Graph(nodes)) == rounds


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([Node("n", "a"), Node("n", "a")], r"releases\[1\]: n/a is a duplicate of releases"),
        ([Node("n", "a", ("b",))], "needs b, which is not in the list"),
        ([Node("n", "a", ("m/b",)), Node("n", "b")], "needs m/b, which is not in the list"),
        ([Node("n", "a", ("b",)), Node("x", "b"), Node("y", "b")], "in several namespaces"),
        ([Node("n", "a", ("a",))], "n/a -> n/a form a dependency cycle"),
        ([Node("n", "z"), Node("n", "a", ("b",)), Node("n", "b", ("c",)), Node("n", "c", ("a",))], "n/a -> n/b -> n/c -> n/a"),
        ([Node("n", "a", ("b",)), Node("n", "b", (), True)], "which has the state absent"),
    ],
)
def test_what_cannot_be_ordered(nodes: list[Node], sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence):
        Graph(nodes)


def test_the_waits_of_a_graph() -> None:
    graph = Graph([Node("n", "a"), Node("n", "b", ("a",)), Node("n", "c", ("b",)), Node("n", "d")])
    assert graph.dependents(0) == {1, 2}
    assert graph.ancestors(2) == {0, 1}
    assert graph.dependents(3) == graph.ancestors(3) == set()


@pytest.mark.parametrize("seed", range(20))
def test_everything_goes_once_and_after_what_it_needs(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"r{index}" for index in range(30)]
    nodes = [Node("n", name, tuple(chance.sample(names[:index], chance.randint(0, min(index, 4))))) for index, name in enumerate(names)]
    chance.shuffle(nodes)
    went = [name for one_round in walk(Graph(nodes)) for name in one_round]
    assert sorted(went) == sorted(names)
    assert all(went.index(need) < went.index(node.name) for node in nodes for need in node.needs)
