# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Orders releases that need each other, and finds the ones to skip when one fails.

A release with ``state: present`` waits for the releases that it needs. A release with ``state: absent`` is removed before those that it
needed: the order is reversed. A release cannot stay while one that it needs is removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import OptionError

#: namespace, name
Key = tuple[str, str]


@dataclass(frozen=True)
class Node:
    """A release of a task with several releases.

    ``needs``: as the user writes them, ``name`` (of the same namespace, else of the only one) or ``namespace/name``.
    """

    namespace: str
    name: str
    needs: tuple[str, ...] = ()
    absent: bool = False

    @property
    def key(self) -> Key:
        return (self.namespace, self.name)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Graph:
    """What is left to do.

    Raises ``OptionError`` for what cannot be ordered: twice the same, unknown needs, a circle.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = list(nodes)
        known: dict[Key, int] = {}
        for index, node in enumerate(self.nodes):
            if node.key in known:
                first = known[node.key]
                raise OptionError(f"releases[{index}]: {node} is a duplicate of releases[{first}].", option="releases")
            known[node.key] = index
        #: index -> indices that must be done before
        self.before: list[set[int]] = [set() for _node in self.nodes]
        for index, node in enumerate(self.nodes):
            for text in node.needs:
                self._edge(index, self._find(index, text, known))
        self._no_circle()

    def _find(self, index: int, text: str, known: dict[Key, int]) -> int:
        node = self.nodes[index]
        namespace, slash, name = text.rpartition("/")
        if slash:
            found = [known[(namespace, name)]] if (namespace, name) in known else []
        elif (node.namespace, name) in known:
            found = [known[(node.namespace, name)]]
        else:
            found = [place for key, place in known.items() if key[1] == name]
        if len(found) != 1:
            what = "is not in the list" if not found else "is in several namespaces; write namespace/name"
            raise OptionError(f"releases[{index}]: {node} needs {text}, which {what}.", option="releases")
        return found[0]

    def _edge(self, index: int, needed: int) -> None:
        node, other = self.nodes[index], self.nodes[needed]
        if node.absent and other.absent:
            self.before[needed].add(index)
        elif not node.absent and other.absent:
            raise OptionError(f"releases[{index}]: {node} needs {other}, which has the state absent.", option="releases")
        elif not node.absent:
            self.before[index].add(needed)

    def _no_circle(self) -> None:
        left = {index: set(before) for index, before in enumerate(self.before)}
        while True:
            free = [index for index, before in left.items() if not before]
            if not free:
                break
            for index in free:
                del left[index]
            for before in left.values():
                before.difference_update(free)
        if left:
            way = [min(left)]
            while way.count(way[-1]) < 2:
                way.append(min(place for place in self.before[way[-1]] if place in left))
            circle = way[way.index(way[-1]) :]
            names = " -> ".join(str(self.nodes[index]) for index in circle)
            raise OptionError(f"releases: {names} form a dependency cycle.", option="releases")

    def ready(self, done: Iterable[int], begun: Iterable[int]) -> list[int]:
        """The releases that can start now, in the order of the list.

        ``begun``: those under way, done or skipped.
        """
        finished, taken = set(done), set(begun)
        return [index for index, before in enumerate(self.before) if index not in taken and before <= finished]

    def dependents(self, index: int) -> set[int]:
        """All releases that wait for one, directly or indirectly."""
        found: set[int] = set()
        more = {index}
        while more:
            more = {other for other, before in enumerate(self.before) if before & more} - found
            found |= more
        return found

    def ancestors(self, index: int) -> set[int]:
        """All releases that one waits for, directly or indirectly."""
        found: set[int] = set()
        more = set(self.before[index])
        while more:
            found |= more
            more = {before for place in more for before in self.before[place]} - found
        return found
