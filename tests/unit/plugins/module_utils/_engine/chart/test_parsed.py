# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A chart whose YAML was read in an earlier run is the same chart."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart import metadata, values
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCache

HEAD = "apiVersion: v2\nversion: 1.0.0\nname: "
VALUES = "b: 1\na: [1.5, true, null, 'x', 0x10]\nm: {z: 1, w: &k {q: 1}, x: *k}\ntext: |\n  é\n"


def archive(name: str, texts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, text in texts.items():
            info = tarfile.TarInfo(f"{name}/{path}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), mtime=0)


def files(**changed: str) -> list[File]:
    texts = {
        "Chart.yaml": HEAD + "root\nannotations: {a: b}\ndependencies: [{name: sub, version: 1.x.x, tags: [t]}]\n",
        "Chart.lock": "dependencies: []\ndigest: x\ngenerated: now\n",
        "values.yaml": VALUES,
        "charts/sub/Chart.yaml": HEAD + "sub\n",
        "charts/sub/values.yaml": VALUES,
        "templates/a.yaml": "a: 1\n",
        **changed,
    }
    packed = archive("packed", {"Chart.yaml": HEAD + "packed\n", "values.yaml": VALUES})
    return [*(File(name, text.encode()) for name, text in texts.items()), File("charts/packed-1.tgz", packed)]


def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    for module, name in ((metadata, "_decoded"), (values, "load_values")):
        real = getattr(module, name)

        def noted(data: bytes, *more: Any, real: Any = real) -> Any:
            seen.append(data)
            return real(data, *more)

        monkeypatch.setattr(module, name, noted)
    from ansible_collections.windlass.charts.plugins.module_utils._engine.chart import load

    monkeypatch.setattr(load, "load_values", values.load_values)
    return seen


def shape(chart: Chart) -> Any:
    kinds = repr(chart.values)  # the order of keys counts, and 1 differs from 1.0
    return chart.metadata, chart.lock, kinds, [shape(one) for one in chart.dependencies]


def test_the_second_run_reads_no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = MemoryCache()
    plain = load_chart(files())
    assert shape(load_chart(files(), cache=shelf)) == shape(plain)
    assert len(shelf.entries) == 1
    seen = reads(monkeypatch)
    again = load_chart(files(), cache=shelf)
    assert seen == []
    assert shape(again) == shape(plain)
    assert shape(plain)[3][0][2] == shape(plain)[2]


def test_changed_texts_are_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = MemoryCache()
    load_chart(files(), cache=shelf)
    seen = reads(monkeypatch)
    assert load_chart(files(**{"values.yaml": "b: 2\n"}), cache=shelf).values == {"b": 2.0}
    assert b"b: 2\n" in seen
    assert len(shelf.entries) == 2


def test_equal_texts_return_separate_values() -> None:
    shelf = MemoryCache()
    for _round in range(2):
        chart = load_chart(files(), cache=shelf)
        sub = chart.dependencies[0]
        assert sub.values == chart.values
        sub.values["m"]["w"]["q"] = "altered"
        chart.metadata.annotations["a"] = "altered"
        assert chart.values["m"]["w"] == {"q": 1.0}
        assert chart.values["m"]["x"] == {"q": 1.0}
    assert load_chart(files(), cache=shelf).metadata.annotations == {"a": "b"}


@pytest.mark.parametrize("name", ["values.yaml", "Chart.yaml", "Chart.lock", "charts/sub/values.yaml"])
def test_errors_are_found_every_time(name: str) -> None:
    shelf = MemoryCache()
    found = []
    for cache in (None, shelf, shelf):
        with pytest.raises(ChartLoadError) as error:
            load_chart(files(**{name: "a: [\n"}), cache=cache)
        found.append((error.value.message, error.value.helm_message))
    assert found[0] == found[1] == found[2]
