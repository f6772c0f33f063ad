# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The search of indexes. ``tests/registry/test_search.py`` compares it with the real helm."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.load import load_index
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.search import Query, search
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError

INDEX = b"""apiVersion: v1
entries:
  pier:
  - {name: pier, version: 2.0.0-rc.1, description: A pier, keywords: [Wharf]}
  - {name: pier, version: 1.10.0, description: A place for ships}
  - {name: pier, version: 1.2.0, description: A place for ferries, keywords: [old, boat]}
  quay:
  - {name: quay, version: 0.1.0, description: Longer than a pier}
  rc:
  - {name: rc, version: 1.0.0-rc.1}
"""


def found(query: Query) -> list[tuple[str, str]]:
    index = load_index(INDEX, "here")
    return [(hit.name, hit.entry.version) for hit in search([("sea", index)], query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), [("sea/pier", "1.10.0"), ("sea/quay", "0.1.0")]),
        (Query("PIER"), [("sea/pier", "1.10.0"), ("sea/quay", "0.1.0")]),  # in a name before in a description
        (Query("sea"), [("sea/pier", "1.10.0"), ("sea/quay", "0.1.0")]),
        (Query("ferries"), [("sea/pier", "1.2.0")]),  # only an old version has it
        (Query("wharf"), []),
        (Query("wharf", devel=True), [("sea/pier", "2.0.0-rc.1")]),
        (Query("", devel=True), [("sea/pier", "2.0.0-rc.1"), ("sea/quay", "0.1.0"), ("sea/rc", "1.0.0-rc.1")]),
        (Query("", version="<1.10"), [("sea/pier", "1.2.0"), ("sea/quay", "0.1.0")]),
        (Query("pier", version="^1", all_versions=True), [("sea/pier", "1.10.0"), ("sea/pier", "1.2.0")]),
        (Query("^p", regexp=True), [("sea/pier", "1.10.0")]),
        (Query("^P", regexp=True), []),
        (Query("(?i)SHIPS|LONGER", regexp=True), [("sea/pier", "1.10.0"), ("sea/quay", "0.1.0")]),
        (Query(keywords=("BOAT",)), [("sea/pier", "1.2.0")]),
        (Query(keywords=("boat", "wharf"), all_versions=True, devel=True), []),
        (Query("nothing"), []),
    ],
)
def test_what_is_found(query: Query, expected: list[tuple[str, str]]) -> None:
    assert found(query) == expected


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (Query(version="what?"), "chart_version 'what\\?' is not a version or a constraint"),
        (Query("(", regexp=True), "search '\\(' is not a valid regular expression: error parsing regexp: missing closing \\)"),
    ],
)
def test_what_cannot_be_searched_for(query: Query, says: str) -> None:
    with pytest.raises(OptionError, match=says):
        found(query)


def test_repositories_are_sorted_together() -> None:
    index = load_index(INDEX, "here")
    names = [hit.name for hit in search([("z", index), ("a", index), ("", index)], Query("pier"))]
    assert names == ["a/pier", "pier", "z/pier", "a/quay", "quay", "z/quay"]
