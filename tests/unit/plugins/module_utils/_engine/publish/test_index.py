# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Indexes that are read to be written again, and the URLs in them.

``tests/interop`` compares them with helm.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.index import (
    IndexText,
    archive_url,
    combine,
    new_entry,
    parse_index,
    write_index,
)

GOOD = "- {name: web, version: 1.0.0, apiVersion: v2, digest: abc, urls: [web-1.0.0.tgz], created: '2026-01-02T03:04:05Z'}"


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("", "web-1.0.0.tgz", "web-1.0.0.tgz"),
        ("", "sub/web-1.0.0.tgz", "sub/web-1.0.0.tgz"),
        ("", "web-1.0.0+a.tgz", "web-1.0.0%2Ba.tgz"),
        ("", "a b/Größe.tgz", "a%20b/Gr%C3%B6%C3%9Fe.tgz"),
        ("https://x.example", "web-1.0.0.tgz", "https://x.example/web-1.0.0.tgz"),
        ("https://x.example/", "web-1.0.0.tgz", "https://x.example/web-1.0.0.tgz"),
        ("https://x.example/a//b/../", "c/web-1.0.0.tgz", "https://x.example/a/c/web-1.0.0.tgz"),
        ("https://x.example:8443/a+b", "web-1.0.0+a.tgz", "https://x.example:8443/a+b/web-1.0.0%2Ba.tgz"),
        ("https://x.example/a%20b", "web-1.0.0.tgz", "https://x.example/a%20b/web-1.0.0.tgz"),
        ("/charts", "web-1.0.0.tgz", "/charts/web-1.0.0.tgz"),
        ("charts", "web-1.0.0.tgz", "charts/web-1.0.0.tgz"),
        ("http://[", "web-1.0.0.tgz", "http:/[/web-1.0.0.tgz"),
    ],
)
def test_urls(base: str, path: str, url: str) -> None:
    assert archive_url(base, path) == url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("entries: {}\n", "has no apiVersion"),
        ("- a\n", "has no apiVersion"),
        ("apiVersion: v1\nentries: [a]\n", "entries are not a map"),
        ("apiVersion: [\n", "is not valid"),
        ("apiVersion: v1\nannotations: {a: [b]}\nentries: {}\n", "is not valid"),
        ("{", "is not valid"),
        ('{"entries": {}}', "has no apiVersion"),
    ],
)
def test_what_is_not_an_index(text: str, words: str) -> None:
    with pytest.raises(RepositoryError, match=words):
        parse_index(text.encode(), "index.yaml", as_json=False)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("-", "empty entry"),
        ("- {version: 1.0.0}", "chart.metadata.name is required"),
        ("- {name: web}", "chart.metadata.version is required"),
        ("- {name: web, version: one}", "chart.metadata.version"),
        ("- {name: web, version: 1.0.0, keywords: a}", "cannot unmarshal string"),
        ("- {name: web, version: 1.0.0, maintainers: [null]}", "maintainers must not contain empty or null nodes"),
        ("- {name: web, version: 1.0.0, dependencies: [null]}", "dependencies must not contain empty or null nodes"),
        ("- text", "cannot unmarshal string"),
    ],
)
def test_a_wrong_entry_is_left_out(entry: str, words: str) -> None:
    found = parse_index(f"apiVersion: v1\nentries:\n  web:\n  {entry}\n  {GOOD}\n".encode(), "index.yaml", as_json=False)
    assert [one.version for one in found.entries()] == ["1.0.0"]
    assert len(found.skipped) == 1
    assert words in found.skipped[0]


def test_entries_are_read_as_helm_reads_them() -> None:
    text = "apiVersion: v1\nentries:\n  x:\n  - {name: web, version: 1.10, appVersion: 2.50, deprecated: true, unknown: 1, tags: null}\n"
    found = parse_index(text.encode(), "index.yaml", as_json=False)
    assert write_index(found.charts, {}, "now", as_json=False).decode() == (
        'apiVersion: v1\nentries:\n  web:\n  - apiVersion: v1\n    appVersion: "2.5"\n    created: "0001-01-01T00:00:00Z"\n'
        '    deprecated: true\n    name: web\n    urls: []\n    version: "1.1"\ngenerated: "now"\n'
    )


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", ["web", "true", "1", "a b", "n", "Größe", 'a"b', "x: y"])
def test_what_was_written_is_read_again(name: str, as_json: bool) -> None:
    metadata = {"name": name, "version": "1.0.0", "description": "<a> & 'b' \"c\": #d", "apiVersion": "v2"}
    charts = {name: [new_entry(metadata, "ab" * 32, "x.tgz", "2026-01-02T03:04:05Z", as_json=as_json)]}
    extra = {"annotations": {"b": "1", "a": "true"}, "publicKeys": ["k"], "serverInfo": {"contextPath": "/"}}
    data = write_index(charts, extra, "2026-01-02T03:04:05Z", as_json=as_json)
    found = parse_index(data, "index.yaml", as_json=as_json)
    assert write_index(found.charts, found.extra, "2026-01-02T03:04:05Z", as_json=as_json).split() == data.split()
    assert found.extra == extra
    assert [(entry.name, entry.digest, entry.url) for entry in found.entries()] == [(name, "ab" * 32, "x.tgz")]


def test_an_index_without_charts() -> None:
    for as_json in (False, True):
        data = write_index({}, {}, "now", as_json=as_json)
        assert parse_index(data, "index.yaml", as_json=as_json).charts == {}


def versions(*names: str) -> list[str]:
    entries = [new_entry({"name": "web", "version": name}, name, f"{name}.tgz", "now", as_json=False) for name in names]
    return [entry.version for entry in combine(entries, [], IndexText())["web"]]


def test_versions_are_sorted_newest_first() -> None:
    assert versions("1.9.0", "1.10.0", "1.10.0-rc.1", "2", "1.0.0") == ["2", "1.10.0", "1.10.0-rc.1", "1.9.0", "1.0.0"]


def test_archives_take_precedence_over_a_merged_index() -> None:
    own = [new_entry({"name": "web", "version": "1.0.0"}, "own", "own.tgz", "now", as_json=False)]
    merged = [
        new_entry({"name": "web", "version": version}, "other", "other.tgz", "then", as_json=False) for version in ("1.0.0", "1.0.0+a", "0.9.0")
    ]
    found = combine(own, merged, IndexText())["web"]
    assert sorted((entry.version, entry.digest) for entry in found) == [("0.9.0", "other"), ("1.0.0", "own"), ("1.0.0+a", "other")]
