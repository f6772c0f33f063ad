# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cheap data classes behave as Python's own do, as far as they are used: every case runs on both."""

from __future__ import annotations

import dataclasses
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import plain

BOTH = pytest.mark.parametrize("tools", [dataclasses, plain], ids=["python's", "ours"])


def classes(tools: Any) -> SimpleNamespace:
    @tools.dataclass
    class Base:
        KIND: ClassVar[str] = "base"
        name: str
        items: list[int] = tools.field(default_factory=list)

    @tools.dataclass
    class Child(Base):
        more: int = 3
        hidden: Any = tools.field(default=None, repr=False, compare=False)

        @property
        def twice(self) -> int:
            return 2 * self.more

    @tools.dataclass(frozen=True, order=True)
    class Point:
        x: int
        y: int = 0

    return SimpleNamespace(Base=Base, Child=Child, Point=Point)


@BOTH
def test_arguments(tools: Any) -> None:
    c = classes(tools)
    child = c.Child("a", more=4)
    assert (child.name, child.items, child.more, child.hidden, child.twice) == ("a", [], 4, None, 8)
    assert c.Base("a").items is not c.Base("a").items
    assert not hasattr(c.Base, "items")
    for args, kwargs in (((), {}), (("a", [], 1, None, 5), {}), (("a",), {"name": "b"}), (("a",), {"other": 1})):
        with pytest.raises(TypeError):
            c.Child(*args, **kwargs)


@BOTH
def test_comparing_showing_and_hashing(tools: Any) -> None:
    c = classes(tools)
    assert c.Child("a", hidden=1) == c.Child("a", hidden=2)
    assert c.Child("a") != c.Child("b")
    assert c.Base("a") != c.Child("a")
    assert repr(c.Child("a", hidden=1)).endswith("Child(name='a', items=[], more=3)")
    assert {c.Point(1): "one"}[c.Point(1, 0)] == "one"
    assert sorted([c.Point(2), c.Point(1, 5), c.Point(1)]) == [c.Point(1), c.Point(1, 5), c.Point(2)]
    with pytest.raises(TypeError):
        hash(c.Child("a"))


@BOTH
def test_frozen_and_replaced(tools: Any) -> None:
    c = classes(tools)
    point = c.Point(1)
    with pytest.raises(AttributeError):
        point.x = 2
    with pytest.raises(AttributeError):
        del point.x
    assert tools.replace(point, y=7) == c.Point(1, 7)
    with pytest.raises(TypeError):
        tools.replace(point, z=1)
    child = c.Child("a", [1])
    assert tools.replace(child, more=9).items is child.items
    assert deepcopy(child) == child
    assert deepcopy(child).items is not child.items


def test_pythons_own_can_be_replaced_too() -> None:
    assert plain.replace(classes(dataclasses).Point(1), y=2).y == 2
