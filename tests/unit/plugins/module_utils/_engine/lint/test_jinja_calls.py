# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Jinja2 templates call functions, and which definitions of Go templates they lead to."""

from __future__ import annotations

import sys

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.calls import CAPABILITIES, unrepeatable
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.jinja_calls import chart_calls, jinja_paths
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.trees import trees_of

OPT_IN = 'annotations: {charts.windlass.io/jinja: "true"}\n'
HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
HELPERS = '{{ define "c.pw" }}{{ randAlphaNum 8 }}{{ end }}{{ define "c.far" }}{{ include "c.pw" . }}{{ end }}{{ define "c.idle" }}{{ now }}{{ end }}'


def chart(files: dict[str, str], head: str = HEAD + OPT_IN) -> Chart:
    tree = {"Chart.yaml": head, "templates/_h.tpl": HELPERS, **{f"jinja/{name}" if "/" not in name else name: text for name, text in files.items()}}
    return load_files([File(name, text.encode()) for name, text in tree.items()])


def calls_in(files: dict[str, str], head: str = HEAD + OPT_IN):
    made = chart(files, head)
    found, broken = chart_calls(made, trees_of(made), {*unrepeatable(), "lookup", CAPABILITIES})
    return [(call.function, call.template, call.line, call.define, call.files) for call in found if call.files], broken


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("{{ randAlphaNum(8) }}", ["randAlphaNum"]),
        ("{{ 8 | randAlphaNum }}", ["randAlphaNum"]),
        ("{{ sprig.randAlphaNum(8) }}", ["randAlphaNum"]),
        ("{{ sprig['randAlphaNum'](8) }}", ["randAlphaNum"]),
        ("{{ 8 | sprig.randAlphaNum }}", ["randAlphaNum"]),
        ("{% set p = uuidv4() %}{% if now() | date('x') %}{% endif %}", ["now", "uuidv4"]),
        ("{{ lookup('v1', 'Secret', '', 'x') }}", ["lookup"]),
        ("{{ Capabilities.KubeVersion.Version }}", [CAPABILITIES]),
        ("{{ dot.Capabilities.KubeVersion.Version }}", [CAPABILITIES]),
        ("{{ Values.now }}{{ Values.Capabilities }}{{ 'now()' }}{# now() #}", []),
        ("{{ [1, 2] | first }}{{ Values.x | default('y') | indent(4) }}", []),
        ("{{ Values.now | sprig.default('x') }}", []),
        ("{{ include('c.far') }}", ["randAlphaNum"]),
        ("{{ include('c.labels') }}{{ include(Values.which) }}", []),
    ],
)
def test_what_a_file_calls(text: str, functions: list[str]) -> None:
    found, broken = calls_in({"a.yaml": text})
    assert (sorted(name for name, *_rest in found), broken) == (functions, {})
    assert all(files == ("c/jinja/a.yaml",) for *_rest, files in found)


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("{% include '_p.j2' %}", True),
        ("{% import 'sub/../_p.j2' as p %}", True),
        ("{% from '_p.j2' import x %}", True),
        ("{% extends '_p.j2' %}", True),
        ("{% include ['_q.j2', '_p.j2'] %}", True),
        ("{% include '_p.j2' if Values.x else '_q.j2' %}", True),
        ("{% include Values.which %}", True),
        ("{% include '_q.j2' %}", True),
        ("{% include '_r.j2' ignore missing %}", False),
    ],
)
def test_calls_in_a_partial_count_for_the_files_that_include_it(text: str, reached: bool) -> None:
    partials = {"_p.j2": "\n{% macro x() %}{{ now() }}{% endmacro %}", "_q.j2": "{% include '_p.j2' %}"}
    found, _broken = calls_in({"a.yaml": text, "b.yaml": "x", **partials})
    assert found == ([("now", "c/jinja/_p.j2", 2, "x", ("c/jinja/a.yaml",))] if reached else [])


def test_a_chart_that_does_not_opt_in_has_none() -> None:
    for annotation in ("", 'annotations: {charts.windlass.io/jinja: "false"}\n'):
        assert calls_in({"a.yaml": "{{ now() }}"}, HEAD + annotation) == ([], {}) and jinja_paths(chart({"a.yaml": "x"}, HEAD + annotation)) == []
    found, broken = calls_in({"a.yaml": "{{ now() }}"}, HEAD + 'annotations: {charts.windlass.io/jinja: "yes"}\n')
    assert found == [] and '"true"' in broken["c/jinja"]


def test_each_subchart_opts_in_itself() -> None:
    sub = {"charts/s/Chart.yaml": HEAD.replace("name: c", "name: s") + OPT_IN, "charts/s/jinja/x.yaml": "\n{{ uuidv4() }}"}
    found, _broken = calls_in({"a.yaml": "{{ now() }}", **sub})
    assert found == [
        ("uuidv4", "c/charts/s/jinja/x.yaml", 2, "", ("c/charts/s/jinja/x.yaml",)),
        ("now", "c/jinja/a.yaml", 1, "", ("c/jinja/a.yaml",)),
    ]
    assert jinja_paths(chart({"a.yaml": "x", "_p.j2": ""})) == ["c/jinja/_p.j2", "c/jinja/a.yaml"]


def test_a_file_that_does_not_parse_is_named() -> None:
    found, broken = calls_in({"a.yaml": "\n{% if %}", "b.yaml": "{{ now() }}"})
    assert [name for name, *_rest in found] == ["now"]
    assert list(broken) == ["c/jinja/a.yaml"] and "line 2" in broken["c/jinja/a.yaml"]


def test_a_missing_library_is_reported(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    found, broken = calls_in({"a.yaml": "{{ now() }}"})
    assert found == [] and "Jinja2" in broken["c/jinja/a.yaml"]
