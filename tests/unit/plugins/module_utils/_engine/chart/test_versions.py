# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions of charts: a loaded chart is allowed exactly if a repository with only this one chooses it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.load import Index
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.versions import check_version, parsed
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartNotFound

CASES = [
    ("1.2.3", "1.2.3", True), ("1.2.3", "v1.2.3", True), ("v1.2.3", "1.2.3", True), ("1.2.3", "1.2", True), ("1.2.3", "1", True),
    ("1.2.3", "^1.0.0", True), ("1.2.3", "~1.2", True), ("1.2.3", ">=1 <2", True), ("1.2.3", "1.x", True), ("1.2.3", "*", True),
    ("1.2.3", "1.2.4", False), ("1.2.3", "^2", False), ("1.2.3", "<1.2.3", False), ("1.2.3", "1.1", False),
    ("1.2.3-rc.1", "1.2.3-rc.1", True), ("1.2.3-rc.1", "^1.2.0", False), ("1.2.3-rc.1", "^1.2.0-0", True), ("1.2.3-rc.1", "*", False),
    ("1.2.3+build.5", "1.2.3", True), ("1.2.3+build.5", "1.2.3+build.5", True), ("not-a-version", "not-a-version", True),
    ("not-a-version", "1", False), ("1.2.3", "none", False), ("1.2.3", ">=", False), ("1.2.3", "", True),
]  # fmt: skip


@pytest.mark.parametrize(("version", "wanted", "allowed"), CASES)
def test_a_chart_at_hand(version: str, wanted: str, allowed: bool) -> None:
    if allowed:
        check_version("web", version, wanted, "/charts/web")
    else:
        with pytest.raises(ChartNotFound, match="chart_version"):
            check_version("web", version, wanted, "/charts/web")


@pytest.mark.parametrize(("version", "wanted", "allowed"), [case for case in CASES if case[1]])
def test_a_repository_chooses_the_same(version: str, wanted: str, allowed: bool) -> None:
    entry = {"apiVersion": "v2", "name": "web", "version": version, "urls": ["web.tgz"]}
    index = Index(json.dumps({"apiVersion": "v1", "entries": {"web": [entry]}}).encode(), "https://charts.test")
    if allowed and parsed(version):  # an entry whose version is not a semantic version is left out, as in helm
        assert index.get("web", wanted).version == version
    else:
        with pytest.raises(ChartNotFound):
            index.get("web", wanted)


def test_the_sentence() -> None:
    with pytest.raises(ChartNotFound) as caught:
        check_version("web", "1.2.3", "^2", "/charts/web")
    assert str(caught.value) == (
        "The chart at /charts/web is web 1.2.3, which chart_version '^2' does not allow; change or remove chart_version."
    )
