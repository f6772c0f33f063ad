# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A late pattern is compiled once, when it is first used, and does what the pattern does."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import patterns


def test_it_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[tuple[str, int]] = []

    def counting(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append((pattern, flags))
        return re.compile(pattern, flags)

    monkeypatch.setattr(patterns, "re", SimpleNamespace(compile=counting))
    late = patterns.late("A(b)", re.IGNORECASE)
    assert compiled == []
    found = late.search("xab")
    assert found is not None and found.group(1) == "b"
    assert (late.match("b"), late.findall("abAB"), late.sub("-", "ab"), late.split("1ab2")) == (None, ["b", "B"], "-", ["1", "b", "2"])
    assert compiled == [("A(b)", re.IGNORECASE)]


def test_what_is_rarely_asked() -> None:
    assert patterns.late("a(?P<n>b)").groupindex == {"n": 1}
