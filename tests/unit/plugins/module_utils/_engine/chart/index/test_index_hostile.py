# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Indexes that are damaged, or in which a part is anything: answers, or one sentence."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.load import load_index, resolve_url
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.search import Query, search
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.hostile import TEXTS, damaged, refusal, variants

ENTRY = {
    "name": "pier",
    "version": "1.0.0",
    "urls": ["a.tgz"],
    "digest": "0" * 64,
    "appVersion": "1",
    "description": "d",
    "keywords": ["k"],
}
INDEX = {"apiVersion": "v1", "entries": {"pier": [ENTRY, {"name": "pier", "version": "1.1.0-a"}]}}


def use(data: bytes) -> None:
    """Everything that an index is asked."""
    index = load_index(data, "http://h/x")
    for keyword in ("", "k", "pier"):
        refusal(search, [("sea", index)], Query(keyword))
    for version in ("", "1.0.0", ">1", "x", "~1", "\x1b[31m"):
        refusal(index.get, "pier", version)
    refusal(index.get, "none")
    if "pier" in index.names:
        for entry in index.versions("pier"):
            for url in entry.urls:
                refusal(resolve_url, "http://h/x", url)


def test_the_index_itself_is_good() -> None:
    assert load_index(json.dumps(INDEX).encode(), "http://h").get("pier").version == "1.0.0"


def test_every_part_may_be_anything() -> None:
    refused = [refusal(use, json.dumps(tree).encode()) for tree in variants(INDEX)]
    assert any(refused) and not all(refused)


@pytest.mark.parametrize("text", [json.dumps(INDEX).encode(), yaml.safe_dump(INDEX).encode()], ids=["json", "yaml"])
def test_damaged_texts(text: bytes) -> None:
    refused = [refusal(use, data) for data in damaged(text, 1000)]
    assert any(refused) and not all(refused)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_texts_that_are_no_index(number: int) -> None:
    assert refusal(use, TEXTS[number])
