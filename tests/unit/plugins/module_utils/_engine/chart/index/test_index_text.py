# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Charts found in the text of an index are those that parsing the whole index finds."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index import load as module
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.load import Index, load_index
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.index.text import chart_in, outline
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import CompiledCache

HELM = """apiVersion: v1
entries:
  alpine:
  - annotations:
      artifacthub.io/changes: |
        - kind: added
          description: "says: [no
        # not a comment
    apiVersion: v2
    created: "2026-01-01T00:00:00Z"
    description: 'Runs alpine: with a text
      of two lines'
    digest: 705ebc5d83fd6c1b9e1d0f3a8f1f4f3b705ebc5d83fd6c1b9e1d0f3a8f1f4f3b
    keywords:
    - os
    name: alpine
    urls:
    - alpine-1.2.0.tgz
    version: 1.2.0
  - name: alpine
    version: 1.10
    urls: [alpine-1.1.tgz]
  "1.quoted":
  - name: quoted
    version: 1.0.0

    urls: []
  # a comment
  empty: []
  none:
  web:
    - name: web
      version: 2.0.0-rc.1
    - name: web
      version: 1.9.0
generated: "2026-01-01T00:00:00Z"
serverInfo: {}
"""


class Cache(CompiledCache):
    """Entries in memory, and which were read."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}
        self.hits: list[str] = []

    def get(self, key: str) -> bytes | None:
        if key in self.found:
            self.hits.append(key)
        return self.found.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.found[key] = data


def facts(index: Index) -> Any:
    """All that an index says."""
    return {name: [(entry.version, entry.urls, entry.digest, entry.metadata) for entry in index.versions(name)] for name in index.names}


def by_parsing(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same without an outline, or the error."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "outline", lambda _data: None)
        try:
            return facts(load_index(data, "here"))
        except EngineError as error:
            return type(error)


def test_the_text_of_helm_has_an_outline() -> None:
    data = HELM.encode()
    found = outline(data)
    assert found is not None
    assert sorted(found) == ["1.quoted", "alpine", "empty", "none", "web"]
    assert [entry["version"] for entry in chart_in(data, found["web"], "web") or []] == ["2.0.0-rc.1", "1.9.0"]
    assert chart_in(data, found["none"], "none") == []


@pytest.mark.parametrize(
    "text",
    [
        HELM,
        "---\n" + HELM,
        "# made by hand\n" + HELM,
        HELM.replace("entries:\n", "entries:\n\n  # first\n"),
        HELM.removesuffix("\n"),
        "generated: x\n" + HELM.replace("generated: ", "publicKeys:\n- a\n- b\n#"),
        HELM.replace("  web:", "  yes:"),
        HELM.replace("  web:", "  1:"),
        HELM.replace("  web:", "  0x1F:"),
        "apiVersion: v1\nentries:\n    deep:\n        - name: deep\n          version: 1.0.0\n    other:\n    - name: other\n      version: 1.0.0\n",
        "apiVersion: v1\nentries:\n a:\n - name: a\n   version: 1.0.0\n",
        "apiVersion: v1\nentries:\n",
    ],
)
def test_these_texts_are_read_by_chart(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = text.encode()
    assert outline(data) is not None
    assert facts(load_index(data, "here")) == by_parsing(data, monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        HELM.replace("\n", "\r\n"),
        "\ufeff" + HELM,
        HELM.replace("entries:", "entries: &all"),
        HELM.replace("entries:", "entries: {}"),
        HELM.replace("apiVersion: v1\n", "", 1),
        HELM.replace("apiVersion: v1\n", "apiVersion: ''\n", 1),
        HELM + "more: 1\n",
        HELM + "apiVersion: v1\n",
        HELM + "...\n",
        HELM + "---\na: b\n",
        HELM.replace("  web:", "  ? web\n  :"),
        HELM.replace("  web:", "  alpine:"),
        HELM.replace("  web:", " web:"),
        HELM.replace("  web:", "\tweb:"),
        HELM.replace("of two lines", "of\u2028two lines"),
        "apiVersion: v1\nentries: {web: [{name: web, version: 1.0.0}]}\n",
        "{apiVersion: v1, entries: {}}",
    ],
)
def test_these_texts_are_parsed_as_a_whole(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = text.encode()
    assert outline(data) is None
    try:
        found = facts(load_index(data, "here"))
    except EngineError as error:
        found = type(error)
    assert found == by_parsing(data, monkeypatch)


def test_a_quoted_text_that_looks_like_a_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helm's libraries accept it; the chart that it is in is then found by parsing the whole index."""
    text = 'apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    description: "x\n  b:\n  - y"\n  c:\n  - name: c\n    version: 1.0.0\n'
    index = load_index(text.encode(), "here")
    assert index.get("a").metadata["description"] == "x b: - y"
    assert index.get("c").version == "1.0.0"


def test_an_alias_leads_to_the_whole_index(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "apiVersion: v1\nentries:\n  a:\n  - &x {name: a, version: 1.0.0}\n  b:\n  - {<<: *x, name: b}\n"
    assert load_index(text.encode(), "here").get("b").version == "1.0.0"


def test_a_broken_chart_does_not_spoil_the_others() -> None:
    text = HELM.replace("    urls: [alpine-1.1.tgz]", "    urls: [alpine-1.1.tgz")
    index = load_index(text.encode(), "here")
    assert index.get("web").version == "1.9.0"
    with pytest.raises(EngineError, match="is not YAML"):
        index.get("alpine")


@pytest.mark.parametrize("seed", range(200))
def test_random_indexes_and_damage(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that can be parsed as a whole has the same charts in both ways, also after damage."""
    chance = random.Random(seed)
    texts = [
        "plain",
        "two\nlines",
        "a: b",
        "'quoted'",
        '"double"',
        "- item",
        "# no comment",
        "  b:",
        "\u00fc\u2028",
        "1.0",
        "true",
        "",
        "x" * 100,
    ]
    entries = {
        chance.choice(["a", "b-1", "c.d", "1", "true", "e f", "\u00e4"]) + str(number): [
            {
                "name": "n",
                "version": f"{chance.randrange(3)}.{number}.{entry}",
                "description": chance.choice(texts),
                "keywords": [chance.choice(texts)],
            }
            for entry in range(chance.randrange(4))
        ]
        for number in range(chance.randrange(1, 5))
    }
    style = {
        "default_flow_style": False,
        "width": chance.choice([20, 80, 1000]),
        "indent": chance.choice([2, 4]),
        "allow_unicode": bool(seed % 2),
    }
    text = yaml.safe_dump({"apiVersion": "v1", "entries": entries, "generated": "x"}, **style)
    data = bytearray(text.encode())
    for _damage in range(chance.choice([0, 0, 1, 3])):
        data[chance.randrange(len(data))] = chance.choice(b" \n:-'\"#[a\xff")
    whole = by_parsing(bytes(data), monkeypatch)
    if isinstance(whole, type):
        return
    try:
        assert facts(load_index(bytes(data), "here")) == whole
    except EngineError as error:
        raise AssertionError(bytes(data)) from error


# --- the cache of parsed charts


def test_a_chart_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, data = Cache(), HELM.encode()
    first = load_index(data, "here", cache).versions("alpine")
    monkeypatch.setattr(module, "outline", None)
    monkeypatch.setattr(module, "chart_in", None)
    monkeypatch.setattr(module, "_parse", None)
    index = load_index(data, "here", cache)
    assert index.versions("alpine") == first
    assert [entry.metadata for entry in index.versions("alpine")] == [entry.metadata for entry in first]
    assert index.names == ["1.quoted", "alpine", "empty", "none", "web"]


@pytest.mark.parametrize("text", [HELM, '{"apiVersion": "v1", "entries": {"web": [{"name": "web", "version": "1.0.0"}, null]}}'])
def test_another_content_is_parsed_again(text: str) -> None:
    cache = Cache()
    assert load_index(text.encode(), "here", cache).get("web", ">0-0").version in ("1.0.0", "2.0.0-rc.1")
    changed = text.replace("1.0.0", "3.0.0").replace("2.0.0-rc.1", "3.0.0")
    assert load_index(changed.encode(), "here", cache).get("web").version == "3.0.0"
    assert cache.hits == []
    assert load_index(text.encode(), "here", cache).names == load_index(text.encode(), "here").names
    assert len(cache.hits) == 1


def test_invalid_entries_are_named_from_the_cache_too() -> None:
    data = b"apiVersion: v1\nentries:\n  a:\n  - null\n  - name: a\n    version: x\n  - version: 1.0.0\n  - name: a\n    version: 1.0.0\n  - 5\n"
    cache = Cache()
    for _round in range(2):
        index = load_index(data, "here", cache)
        assert index.get("a").version == "1.0.0"
        assert len(index.skipped) == 4
        assert index.skipped[0] == "The index of repository here has an invalid entry 1 of chart a, which is ignored: empty entry."
        assert 'chart.metadata.version "x" is invalid' in index.skipped[1]
        assert "chart.metadata.name is required" in index.skipped[2]
    assert cache.hits
