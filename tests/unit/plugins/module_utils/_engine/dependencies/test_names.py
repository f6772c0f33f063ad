# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories of dependencies: URLs, and names for them."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Dependency
from ansible_collections.windlass.charts.plugins.module_utils._engine.dependencies.names import (
    is_within,
    name_of,
    shown_repository,
    unknown_repositories,
    with_urls,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError

URLS = ["", "file://../near", "oci://h/a", "https://h/a", "http://h"]


def test_names_become_urls() -> None:
    given = [Dependency("a", "1", text, alias="x") for text in [*URLS, "@one", "alias:one", "alias:two words"]]
    found = with_urls(given, {"one": "https://one/", "two words": "https://two"})
    assert [one.repository for one in found] == [*URLS, "https://one/", "https://one/", "https://two"]
    assert {(one.name, one.version, one.alias) for one in found} == {("a", "1", "x")}
    assert given[-1].repository == "alias:two words"
    assert [name_of(text) for text in ("@", "@a", "alias:a", "a", "https://@a")] == ["", "a", "a", "", ""]


def test_unknown_repositories_are_all_named() -> None:
    given = [Dependency("a", "1", text) for text in ("@one", "@", "stable", "git://u:secret@h/x", "https://h")]
    assert unknown_repositories(given, {"one": ""}) == ["@", "stable", "git://u:secret@h/x"]
    with pytest.raises(OptionError) as caught:
        with_urls(given, {"two": "https://two"})
    assert caught.value.message.startswith("There is no repository for @one, @, stable, git://h/x of the dependencies (known: @two).")
    assert "secret" not in caught.value.message + str(caught.value.helm) + str(caught.value.fields)
    assert "Note that repositories must be URLs or aliases." in str(caught.value.helm)
    with pytest.raises(OptionError, match=r"\(known: none\)") as caught:
        with_urls(given[:1], {})
    assert caught.value.helm == "no repository definition for @one. Please add them via 'helm repo add'"


@pytest.mark.parametrize(
    ("url", "base", "wanted"),
    [
        ("https://h/a", "https://h/a", True),
        ("https://h/a/", "https://h/a", True),
        ("https://h/a", "https://h/a/", True),
        ("https://h/a/../b", "https://h/b", True),
        ("https://h/a/b", "https://h/a", True),
        ("https://h", "https://h/", True),
        ("https://H/a", "https://h/a", True),
        ("https://h/ab", "https://h/a", False),
        ("https://h/a", "https://h/a/b", False),
        ("https://h.evil/a", "https://h", False),
        ("https://h@evil/a", "https://h", False),
        ("http://h/a", "https://h/a", False),
        ("https://h:8443/a", "https://h/a", False),
        ("https://h/a/../../b", "https://h/a", False),
        ("oci://h/a/b", "oci://h/a", True),
        ("oci://h/ab", "oci://h/a", False),
        ("https://[h", "https://[h", True),
        ("https://[h/a", "https://[h", False),
    ],
)
def test_a_url_within_a_repository(url: str, base: str, wanted: bool) -> None:
    assert is_within(url, base) is wanted


def test_what_is_shown_of_a_repository() -> None:
    assert [shown_repository(text) for text in [*URLS, "@one", "alias:one"]] == [*URLS, "@one", "alias:one"]
    assert shown_repository("https://u:secret@h/a") == "https://h/a"
    assert shown_repository("https://h/a?token=secret") == "https://h/a"
