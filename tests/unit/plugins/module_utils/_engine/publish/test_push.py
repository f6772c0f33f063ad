# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a push does, and where ChartMuseum's API is."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.sink import PackedChart, StoredChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError, OperatorError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.museum import (
    api_url,
    archive_url,
    context_path,
    error_text,
    reports_missing,
    stated_digest,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.push import decide, moment_text, packed_chart

PLAIN = PackedChart(b"data", {"name": "web", "version": "1.0.0"}, "")
SIGNED = PackedChart(b"data", {"name": "web", "version": "1.0.0"}, "", b"proof")
SAME, SAME_SIGNED = StoredChart(PLAIN.digest), StoredChart(PLAIN.digest, SIGNED.proof)
OTHER_PROOF, OTHER = StoredChart(PLAIN.digest, "0" * 64), StoredChart("1" * 64)


@pytest.mark.parametrize(
    ("chart", "present", "fail", "skip", "replace"),
    [
        (PLAIN, None, "pushed", "pushed", "pushed"),
        (PLAIN, SAME, "present", "present", "present"),
        (PLAIN, SAME_SIGNED, "present", "present", "present"),
        (SIGNED, SAME, "provenance_added", "provenance_added", "provenance_added"),
        (SIGNED, SAME_SIGNED, "present", "present", "present"),
        (SIGNED, OTHER_PROOF, "exists with another provenance file", "skipped", "replaced"),
        (PLAIN, OTHER, "exists with other content", "skipped", "replaced"),
        (SIGNED, OTHER, "exists with other content", "skipped", "replaced"),
    ],
)
def test_decisions(chart: PackedChart, present: StoredChart | None, fail: str, skip: str, replace: str) -> None:
    assert decide(chart, present, "skip", "there") == skip
    assert decide(chart, present, "replace", "there") == replace
    if fail.startswith("exists"):
        with pytest.raises(OperatorError, match=f"there {fail}.*Push another version, or set on_exists to replace or skip"):
            decide(chart, present, "fail", "there")
    else:
        assert decide(chart, present, "fail", "there") == fail


def test_what_is_no_chart() -> None:
    with pytest.raises(ChartLoadError):
        packed_chart(b"no archive", "x.tgz", 0)


def test_times() -> None:
    assert moment_text(0) == "1970-01-01T00:00:00Z"
    assert moment_text(1764500000.9) == "2025-11-30T10:53:20Z"
    with pytest.raises(ChartLoadError, match="out of range"):
        moment_text(1e30)


@pytest.mark.parametrize(
    ("repository", "context", "api"),
    [
        ("http://h", "", "http://h/api"),
        ("http://h/", "/", "http://h/api"),
        ("http://h/org/repo", "", "http://h/api/org/repo"),
        ("http://h/museum/org/repo/", "/museum", "http://h/museum/api/org/repo"),
        ("https://h:8443/chartrepo/library", "", "https://h:8443/api/chartrepo/library"),
        ("https://h/api/packages/o/helm", "/api/packages/o/helm", "https://h/api/packages/o/helm/api"),
        ("https://h/api/packages/O/helm", "/api/packages/o/helm", "https://h/api/packages/o/helm/api"),
        (
            "https://h/api/v4/projects/7/packages/helm/stable",
            "/api/v4/projects/7/packages/helm",
            "https://h/api/v4/projects/7/packages/helm/api/stable",
        ),
        (
            "https://h/api/v4/projects/g%2Fp/packages/helm/stable",
            "/api/v4/projects/7/packages/helm",
            "https://h/api/v4/projects/7/packages/helm/api/stable",
        ),
        ("https://h/a", "/other/context", "https://h/api/a"),
    ],
)
def test_where_the_api_is(repository: str, context: str, api: str) -> None:
    assert api_url(repository, context) == api


@pytest.mark.parametrize(
    ("repository", "stated", "url"),
    [
        ("https://h/a/o/helm", "http://inside:3000/a/o/helm/x.tgz", "https://h/a/o/helm/x.tgz"),
        ("https://h/a/O/helm/", "http://inside/a/o/helm/x.tgz", "https://h/a/o/helm/x.tgz"),
        ("https://h/a", "https://h/a/x.tgz?b=c", "https://h/a/x.tgz?b=c"),
        ("https://h/a", "https://cdn/ab/x.tgz", "https://cdn/ab/x.tgz"),
        ("https://h", "https://cdn/charts/x.tgz", "https://cdn/charts/x.tgz"),
        ("https://h/", "https://cdn/charts/x.tgz", "https://cdn/charts/x.tgz"),
    ],
)
def test_where_an_archive_is(repository: str, stated: str, url: str) -> None:
    assert archive_url(repository, stated) == url


@pytest.mark.parametrize(
    ("index", "context"),
    [
        (b"apiVersion: v1\nentries: {}\nserverInfo:\n  contextPath: /museum\n", "/museum"),
        (b'{"apiVersion":"v1","serverInfo":{"contextPath":"/museum"},"entries":{}}', "/museum"),
        (b"serverInfo: {contextPath: /museum}\n", "/museum"),
        (b"serverInfo: {}\n", ""),
        (b"", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_the_context_path(index: bytes, context: str) -> None:
    assert context_path(index) == context


def test_answers() -> None:
    assert stated_digest(b'{"digest":"ABC"}') == "abc"
    assert stated_digest(b'{"metadata":{"digest":"sha256:abc"}}') == "abc"
    for body in (b"", b"[]", b"{", b'{"digest":3}', b'{"metadata":[]}', b"{" * 100_000):
        assert stated_digest(body) == ""
        assert not reports_missing(body)
    assert reports_missing(b'{"error":"no chart version found for x-1"}')
    assert not reports_missing(b'{"error":"404 Not Found"}')
    assert error_text(b'{"error":"a\\nb"}') == "a b"
    assert error_text(b"<html>") == ""
    assert error_text(b"plain words") == "plain words"
