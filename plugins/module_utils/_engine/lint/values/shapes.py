# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Abstract values of the linter: where in the values a value comes from, not its content.

``Ref`` is a place in the values, written from the root chart: a subchart's own ``image.tag`` is ``("sub", "image", "tag")``, and
``global`` is one place for all. ``ANY`` represents an unknown key or position. ``Root`` is a file's dot, ``Table`` the result of ``dict``,
``Items`` that of ``list``. ``Either`` is one of several. Everything else is ``UNKNOWN``, about which nothing is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Union

ANY = "*"
GLOBAL = "global"
Path = tuple[str, ...]

_WIDEST = 24
_DEEPEST = 4


@dataclass(frozen=True)
class Place:
    """Where a value is read: a file and its line."""

    path: str
    line: int


@dataclass(frozen=True)
class Ref:
    """A place in the values. ``soft``: it may be missing (``default``, ``coalesce``, ``get`` ...)."""

    path: Path
    scope: Path
    soft: bool = False
    place: Place | None = field(default=None, compare=False)

    def below(self, key: str, place: Place) -> Ref:
        path = at(self.scope, (key,)) if self.path == self.scope else (*self.path, key)
        return Ref(path, self.scope, self.soft, place)


def at(scope: Path, path: Path) -> Path:
    """A place in a chart's values, from the root; what is global is nobody's own."""
    return path if path[:1] == (GLOBAL,) else (*scope, *path)


@dataclass(frozen=True)
class Root:
    """The dot of a chart's files."""

    scope: Path


@dataclass(frozen=True)
class Subcharts:
    scope: Path


@dataclass(frozen=True)
class Literal:
    """A text that is in the template."""

    text: str


@dataclass(frozen=True)
class Pattern:
    """A text that is only partly known, as a regular expression.

    For example a name that ``print`` or ``printf`` puts together.
    """

    text: str


class Table:
    """A map that the template made. ``set`` changes it.

    ``more``: what was merged into it, or is under unknown keys.
    """

    __slots__ = ("entries", "more")

    def __init__(self, entries: dict[str, Shape]) -> None:
        self.entries = entries
        self.more: list[Shape] = []

    def add(self, shape: Shape) -> None:
        """Something that is merged into it; what it has already, or is itself, adds nothing."""
        for one in alternatives(shape):
            if one is not self and not isinstance(one, Unknown) and len(self.more) < _WIDEST:
                key = key_of(one)
                if all(key != key_of(present) for present in self.more):
                    self.more.append(one)


@dataclass(frozen=True)
class Items:
    items: tuple[Shape, ...]


@dataclass(frozen=True)
class Either:
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Unknown:
    pass


Shape = Union[Ref, Root, Subcharts, Literal, Pattern, Table, Items, Either, Unknown]
UNKNOWN = Unknown()


def either(*shapes: Shape) -> Shape:
    """One of several shapes. Too many of them become an unknown one, after the known alternatives."""
    if len({id(shape) for shape in shapes}) == 1:
        return shapes[0]
    found: dict[object, Shape] = {}
    for shape in shapes:
        for one in alternatives(shape):
            found.setdefault(key_of(one), one)
    if len(found) > 1:
        found.pop(key_of(UNKNOWN), None)
    distinct = list(found.values())[:_WIDEST]
    if not distinct:
        return UNKNOWN
    if len(distinct) == 1:
        return distinct[0]
    # which of them it is at run time is unknown, so none of them is required to have the key
    return Either(tuple(replace(one, soft=True) if isinstance(one, Ref) else one for one in distinct))


def alternatives(shape: Shape) -> tuple[Shape, ...]:
    return shape.shapes if isinstance(shape, Either) else (shape,)


def is_literal(shape: Shape) -> bool:
    """Whether it is a text that is in the template, or one of several."""
    return all(isinstance(one, Literal) for one in alternatives(shape))


def key_of(shape: Shape, depth: int = 0) -> object:
    """A key that is equal for equivalent shapes."""
    if depth > _DEEPEST:
        return "..."
    if isinstance(shape, Ref):
        return ("ref", shape.path, shape.scope, shape.soft)
    if isinstance(shape, Root):
        return ("root", shape.scope)
    if isinstance(shape, Subcharts):
        return ("subcharts", shape.scope)
    if isinstance(shape, Literal):
        return ("word", shape.text)
    if isinstance(shape, Pattern):
        return ("pattern", shape.text)
    if isinstance(shape, Table):
        entries = frozenset((key, key_of(value, depth + 1)) for key, value in shape.entries.items())
        return ("table", entries, frozenset(key_of(value, depth + 1) for value in shape.more))
    if isinstance(shape, Items):
        return ("items", tuple(key_of(item, depth + 1) for item in shape.items))
    if isinstance(shape, Either):
        return ("either", frozenset(key_of(one, depth + 1) for one in shape.shapes))
    return "unknown"


def softened(shape: Shape) -> Shape:
    """The same, of which nothing has to be there."""
    if isinstance(shape, Ref):
        return replace(shape, soft=True)
    if isinstance(shape, Either):
        return either(*(softened(one) for one in shape.shapes))
    return shape
