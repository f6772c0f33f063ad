# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Which places of the values are read: a tree of keys, and the places that must exist.

A *deep* read takes a value with all that is below (``toYaml``, printing, an unknown function). A *shallow* one checks whether it exists, or
passes through it. ``ANY`` matches every key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .shapes import ANY, Path, Place


class Branch:
    """One place: what is below, and whether all of it is read."""

    __slots__ = ("below", "deep")

    def __init__(self) -> None:
        self.below: dict[str, Branch] = {}
        self.deep = False


@dataclass
class Reads:
    """The reads of a chart. ``parents``: places that must hold a table, since a value below is read.

    Each with the first place of such a read, and what it reads. ``leaves``: places that are used as a value without a guard. ``guarded``:
    places that may be missing. ``given``: places that a template sets, or requires from the user by a message; at and below them nothing is
    missing.
    """

    tree: Branch = field(default_factory=Branch)
    parents: dict[Path, tuple[Place, Path]] = field(default_factory=dict)
    leaves: dict[Path, Place] = field(default_factory=dict)
    guarded: dict[Path, Place] = field(default_factory=dict)
    given: set[Path] = field(default_factory=set)

    def add(self, path: Path, deep: bool) -> None:
        here = self.tree
        for key in path:
            if here.deep:
                return
            below = here.below.get(key)
            if below is None:
                below = here.below[key] = Branch()
            here = below
        here.deep = here.deep or deep

    def is_given(self, path: Path) -> bool:
        return any(path[:length] in self.given for length in range(len(path) + 1))

    def step(self, branches: Iterable[Branch], key: str) -> list[Branch]:
        """The branches one key further down."""
        names = (ANY,) if key == ANY else (key, ANY)
        return [below for branch in branches for name in names if (below := branch.below.get(name)) is not None]

    def touches(self, path: Path) -> bool:
        """Whether a template reads this place, one above it as a whole, or one below it."""
        branches = [self.tree]
        for key in path:
            if any(branch.deep for branch in branches):
                return True
            branches = self.step(branches, key)
        return bool(branches)
