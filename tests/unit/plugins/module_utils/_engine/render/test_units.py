# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compiled templates from an earlier run: the same texts, the same errors, and no data of the user."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import TemplateExecError
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl import template as template_file
from ansible_collections.windlass.charts.plugins.module_utils._engine.render import units
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.capabilities import Capabilities
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.engine import render
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ReleaseOptions
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCache

HEAD = "apiVersion: v2\nversion: 1.0.0\nname: "
FILES = {
    "Chart.yaml": HEAD + "root\n",
    "values.yaml": "greeting: hello {{ .Release.Name }}\n",
    "templates/_helpers.tpl": '{{ define "who" }}{{ .Values.who }}{{ end }}',
    "templates/a.yaml": 'a: {{ include "who" . }}\nb: {{ tpl .Values.greeting . }}\n',
    "charts/sub/Chart.yaml": HEAD + "sub\n",
    "charts/sub/templates/b.yaml": "c: 1\n",
}


@pytest.fixture
def shelf() -> MemoryCache:
    return MemoryCache()


def chart(**changed: str) -> Chart:
    files = {**FILES, **{name.replace("__", "/"): text for name, text in changed.items()}}
    return load_chart([File(name, text.encode()) for name, text in files.items()])


def run(shelf: MemoryCache | None, given: Chart, values: dict[str, Any]) -> str:
    units._UNITS.clear()  # another process
    return render(given, values, ReleaseOptions("r", "default"), Capabilities.default(), cache=shelf).manifest


def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the texts that are compiled from now on."""
    names: list[str] = []
    real = template_file.TemplateSet.compile

    def noted(self: Any, name: str, text: str) -> Any:
        names.append(name)
        return real(self, name, text)

    monkeypatch.setattr(template_file.TemplateSet, "compile", noted)
    return names


def test_the_second_run_compiles_no_template(shelf: MemoryCache, monkeypatch: pytest.MonkeyPatch) -> None:
    names = compiled(monkeypatch)
    first = run(shelf, chart(), {"who": "me"})
    assert sorted(names) == ["gotpl", "root/charts/sub/templates/b.yaml", "root/templates/_helpers.tpl", "root/templates/a.yaml"]
    names.clear()
    assert run(shelf, chart(), {"who": "me"}) == first
    assert names == ["gotpl"]
    assert run(None, chart(), {"who": "me"}) == first
    assert "hello r" in first


def test_each_chart_has_an_entry_and_only_changed_ones_are_recreated(shelf: MemoryCache, monkeypatch: pytest.MonkeyPatch) -> None:
    run(shelf, chart(), {})
    assert len(shelf.entries) == 2
    names = compiled(monkeypatch)
    assert "c: 2" in run(shelf, chart(**{"charts/sub/templates/b.yaml": "c: 2\n"}), {})
    assert sorted(set(names) - {"gotpl"}) == ["root/charts/sub/templates/b.yaml"]
    assert len(shelf.entries) == 3


@pytest.mark.parametrize("moved", [{"templates/c.yaml": "c: {{ 1 }}\n"}, {"Chart.yaml": HEAD + "other\n"}])
def test_names_belong_to_the_key(shelf: MemoryCache, monkeypatch: pytest.MonkeyPatch, moved: dict[str, str]) -> None:
    run(shelf, chart(), {})
    names = compiled(monkeypatch)
    run(shelf, chart(**moved), {})
    assert set(names) - {"gotpl"}


def test_no_user_data_is_cached(shelf: MemoryCache) -> None:
    run(shelf, chart(), {"who": "sesame-1", "greeting": "{{ print `sesame-2` }}"})
    assert shelf.entries
    assert not [data for data in shelf.entries.values() if b"sesame" in data]
    assert not [key for key in shelf.entries if "sesame" in key]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a: 1\nb: {{ .Values.x.y }}\n", {}),
        ("a: 1\nb: {{ .Values.x.y }}\n", {"x": 1}),
        ('{{ define "t" }}\n\n  {{ required "why" .x }}{{ end }}\n{{ include "t" .Values }}', {}),
        ("{{ range .Values.items }}\n{{ . | upper }}\n{{ end }}", {"items": ["a", 1]}),
        ("{{ tpl `x\n{{ fail \"no\" }}` . }}", {}),
    ],
)
def test_errors_are_the_same(shelf: MemoryCache, text: str, values: dict[str, Any]) -> None:
    found = []
    for cache in (None, shelf, shelf):
        with pytest.raises(TemplateExecError) as error:
            run(cache, chart(**{"templates/z.yaml": text}), values)
        found.append((error.value.helm_message, error.value.message, error.value.fields))
    assert found[0] == found[1] == found[2]
    assert found[0][2]["line"] >= 1
    assert shelf.entries
