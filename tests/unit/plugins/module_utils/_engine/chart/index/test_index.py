# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.load import load_index, resolve_url
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartNotFound, RepositoryError

INDEX = b"""
apiVersion: v1
entries:
  pier:
  - {name: pier, version: 1.2.0, urls: [pier-1.2.0.tgz], digest: 'sha256:AB'}
  - {name: pier, version: 1.10.0, urls: [pier-1.10.0.tgz]}
  - {name: pier, version: 2.0.0-rc.1, urls: [https://elsewhere.example/pier.tgz]}
  - null
  - {name: pier, version: not-a-version, urls: [x]}
  - {name: pier, version: v0.9, urls: [y]}
"""


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (">0.0.0-0", "2.0.0-rc.1"),  # what devel means
        ("", "1.10.0"),  # the newest that is no prerelease, by number and not by letter
        ("1.2.0", "1.2.0"),
        ("^1.2", "1.10.0"),
        ("<1.5", "1.2.0"),
        (">=2.0.0-0", "2.0.0-rc.1"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("0.9", "v0.9"),
    ],
)
def test_the_version_wanted(wanted: str, found: str) -> None:
    assert load_index(INDEX, "here").get("pier", wanted).version == found


@pytest.mark.parametrize(
    ("chart", "version", "says"),
    [
        ("quay", "", "has no chart named 'quay'; it has pier"),
        ("pier", ">=3", "has no version '>=3' of chart 'pier'; it has 2.0.0-rc.1, 1.10.0, 1.2.0"),
        ("pier", "what?", "is not a version or a constraint"),
        ("pier", "not-a-version", "is not a version or a constraint"),  # an entry that Helm leaves out
    ],
)
def test_what_there_is_not(chart: str, version: str, says: str) -> None:
    with pytest.raises(ChartNotFound) as caught:
        load_index(INDEX, "here").get(chart, version)
    assert says in str(caught.value)


def test_json_is_read_too() -> None:
    index = load_index(b'{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0","urls":["a.tgz"],"digest":"ff"}]}}', "here")
    assert index.get("a").digest == "ff"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"<html></html>", "no apiVersion"),
        (b"a: [", "is not YAML"),
        (b"apiVersion: v1\nentries: 5\n", "entries are not a map"),
    ],
)
def test_no_index(data: bytes, says: str) -> None:
    with pytest.raises(RepositoryError) as caught:
        load_index(data, "https://charts.example")
    assert says in str(caught.value)
    assert "https://charts.example" in str(caught.value)


@pytest.mark.parametrize(
    ("base", "reference", "url"),
    [
        ("https://h/charts", "a.tgz", "https://h/charts/a.tgz"),
        ("https://h/charts/", "a.tgz", "https://h/charts/a.tgz"),
        ("https://h/charts?key=1", "a.tgz", "https://h/charts/a.tgz?key=1"),
        ("https://h/charts", "../a.tgz", "https://h/a.tgz"),
        ("https://h/charts", "https://other/a.tgz", "https://other/a.tgz"),
    ],
)
def test_where_an_archive_lies(base: str, reference: str, url: str) -> None:
    assert resolve_url(base, reference) == url
