# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values compared with templates: one line per rule.

``unread``: keys of values.yaml that nothing reads. ``lacking``: what is read and does not exist, with ``!`` where that is a warning.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.message import WARNING
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.values.declared import (
    UNDECLARED,
    UNKNOWN_KEY,
    UNREAD,
    compare,
    line_of,
)

HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"


def chart_of(files: dict[str, str]) -> Chart:
    return load_files([File(name, text.encode()) for name, text in {"Chart.yaml": HEAD, **files}.items()])


def found(files: dict[str, str], given: dict[str, Any] | None = None) -> tuple[list[str], list[str]]:
    messages = compare(chart_of(files), given or {})
    unread = [message.key for message in messages if message.rule == UNREAD]
    lacking = [("!" if message.severity == WARNING else "") + message.key for message in messages if message.rule == UNDECLARED]
    return unread, lacking


# template, values.yaml, keys unread, places lacking
RULES = [
    ("{{ .Values.a }}", "a: 1", [], []),
    ("{{ .Values.a }}", "a: 1\nb: 2", ["b"], []),
    ("{{ .Values.a }}", "b: 2", ["b"], ["!a"]),
    ("{{ .Values.a.b }}", "a: {b: 1, c: 2}", ["a.c"], []),
    ("{{ .Values.a.b }}", "a: {c: 2}", ["a.c"], ["!a.b"]),
    ("{{ .Values.a.b.c }}", "", [], ["!a"]),
    ("{{ .Values.a.b.c }}", "a: {x: 1}", ["a.x"], ["!a.b"]),
    ("{{ toYaml .Values.a }}", "a: {b: {c: 1}}", [], []),
    ("{{ toYaml .Values }}", "a: {b: {c: 1}}", [], []),
    ("{{ toYaml . }}", "a: 1", [], []),
    # what a caller or a comment promises is no warning
    ("{{ .Values.a.b }}", "a: {}", [], ["a.b"]),
    ("{{ .Values.a }}", "# a: 1", [], ["a"]),
    ("{{ .Values.a.b }}", "a:", [], ["a"]),
    # guards
    ("{{ if .Values.a }}{{ .Values.a.b }}{{ end }}", "x: 1", ["x"], ["a"]),
    ("{{ if .Values.a.b }}x{{ end }}", "a: {c: 1}", ["a.c"], ["a.b"]),
    ("{{ if .Values.a }}{{ .Values.b }}{{ end }}", "a: 1", [], ["!b"]),
    ("{{ with .Values.a }}{{ .b }}{{ end }}", "a: {b: 1, c: 2}", ["a.c"], []),
    ("{{ with .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}", "a: {b: 1}", [], ["!c"]),
    ("{{ if and .Values.a .Values.a.b }}x{{ end }}", "x: 1", ["x"], ["a"]),
    ("{{ .Values.a | default 3 }}{{ default 3 .Values.b }}", "", [], ["a", "b"]),
    ("{{ coalesce .Values.a .Values.b }}", "", [], ["a", "b"]),
    ('{{ required "give a" .Values.a }}{{ .Values.a }}', "", [], []),
    ('{{ if not .Values.a }}{{ fail "no a" }}{{ end }}{{ .Values.a }}', "", [], []),
    ('{{ if hasKey .Values "a" }}{{ .Values.a }}{{ end }}', "", [], ["a"]),
    ("{{ (.Values.a).b }}", "x: 1", ["x"], ["a", "!a.b"][:1]),
    ('{{ dig "a" "b" 1 .Values }}', "a: {b: 1, c: 2}", ["a.c"], []),
    ('{{ get .Values "a" }}', "b: 1", ["b"], ["a"]),
    # other ways to a value
    ('{{ index .Values "a" "b" }}', "a: {b: 1, c: 2}", ["a.c"], []),
    ("{{ index .Values .Release.Name }}", "a: {b: 1}", [], []),
    ("{{ $v := .Values.a }}{{ $v.b }}", "a: {b: 1, c: 2}", ["a.c"], []),
    ("{{ $v := .Values }}{{ $v.a }}", "a: 1\nb: 2", ["b"], []),
    ("{{ $v := .Values.a }}{{ if .Values.x }}{{ $v = .Values.b }}{{ end }}{{ $v.k }}", "a: {k: 1}\nb: {k: 1, m: 2}\nx: 1", ["b.m"], []),
    ("{{ range .Values.a }}{{ .name }}{{ end }}", "a: [{name: x, other: y}]\nb: 1", ["b"], []),
    ("{{ range $k, $v := .Values.a }}{{ $v.here }}{{ end }}", "a: {x: {here: 1, there: 2}}", ["a.x.there"], []),
    ('{{ range $k := list "a" "b" }}{{ (index $.Values $k).here }}{{ end }}', "a: {here: 1, there: 1}\nb: {here: 1}", ["a.there"], []),
    ('{{ define "h" }}{{ .Values.a }}{{ end }}{{ include "h" . }}', "a: 1\nb: 1", ["b"], []),
    (
        '{{ define "h" }}{{ .v.a }}{{ .ctx.Values.b }}{{ end }}{{ include "h" (dict "v" .Values.x "ctx" $) }}',
        "x: {a: 1, c: 1}\nb: 1",
        ["x.c"],
        [],
    ),
    ('{{ define "h" }}{{ .a }}{{ end }}{{ template "h" .Values.x }}', "x: {a: 1, c: 1}", ["x.c"], []),
    ('{{ define "h" }}{{ (index . 0).Values.a }}{{ end }}{{ include "h" (list . 1) }}', "a: 1\nb: 1", ["b"], []),
    ('{{ define "h" }}{{ .Values.gone }}{{ end }}', "gone: 1", [], []),
    ('{{ include "nobody.knows" . }}', "a: 1", [], []),
    ("{{ $m := merge (dict) .Values.a .Values.b }}{{ $m.k }}", "a: {k: 1, m: 1}\nb: {k: 1}", ["a.m"], []),
    ('{{ $m := dict }}{{ $_ := set $m "k" .Values.a }}{{ $m.k.b }}', "a: {b: 1, c: 1}", ["a.c"], []),
    ('{{ $_ := set .Values "late" 1 }}{{ .Values.late }}', "", [], []),
    ("{{ tpl .Values.text . }}", "text: '{{ .Values.a }}'\na: 1\nb: 1", ["b"], []),
    ('{{ tpl "{{ .Values.a }}" . }}', "a: 1\nb: 1", ["b"], []),
    ("{{ range keys .Values.a }}{{ . }}{{ end }}", "a: {x: 1, y: 2}", [], []),
    ('{{ (pick .Values.a "x").x }}', "a: {x: 1, z: 2}", ["a.z"], []),
    ("{{ (ternary .Values.a .Values.b true).k }}", "a: {k: 1}\nb: {k: 1, m: 1}", ["b.m"], []),
    # anchors are pasted elsewhere
    ("{{ .Values.a }}", "base: &base {x: 1}\na: 1", [], []),
]


@pytest.mark.parametrize(("template", "values", "unread", "lacking"), RULES)
def test_rule(template: str, values: str, unread: list[str], lacking: list[str]) -> None:
    wanted = [f".Values.{key}" for key in unread], [f"!.Values.{key[1:]}" if key.startswith("!") else f".Values.{key}" for key in lacking]
    assert found({"templates/x.yaml": template, "values.yaml": values}) == wanted


SUB = {"charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n", "charts/s/values.yaml": "a: 1\n"}
DEPENDENCY = HEAD + "dependencies: [{name: s, version: 1.x, condition: t.enabled, alias: t}]\n"
SUBCHARTS = [
    ({**SUB, "charts/s/templates/x.yaml": "{{ .Values.a }}", "values.yaml": "s: {a: 2, b: 3}"}, ["s.b"]),
    ({**SUB, "charts/s/templates/x.yaml": "{{ .Values.global.g }}", "values.yaml": "global: {g: 1, h: 2}"}, ["global.h"]),
    (
        {**SUB, "Chart.yaml": DEPENDENCY, "charts/s/templates/x.yaml": "{{ .Values.a }}", "values.yaml": "t: {enabled: false, a: 1, b: 1}"},
        ["t.b"],
    ),
    ({"Chart.yaml": DEPENDENCY, "values.yaml": "t: {enabled: true, x: 1}\nglobal: {k: 1}\nz: 1"}, ["z"]),
    ({**SUB, "templates/x.yaml": "{{ .Values.s.b }}{{ .Subcharts.s.Values.c }}", "values.yaml": "s: {b: 1, c: 1, d: 1}"}, ["s.d"]),
]


@pytest.mark.parametrize(("files", "unread"), SUBCHARTS)
def test_subcharts(files: dict[str, str], unread: list[str]) -> None:
    assert found(files)[0] == [f".Values.{key}" for key in unread]


def test_a_library_lends_its_templates() -> None:
    library = {
        "charts/l/Chart.yaml": "apiVersion: v2\nname: l\nversion: 1.0.0\ntype: library\n",
        "charts/l/templates/_h.tpl": '{{ define "l.h" }}{{ .Values.a }}{{ .Values.free }}{{ end }}',
    }
    assert found({**library, "templates/x.yaml": '{{ include "l.h" . }}', "values.yaml": "a: 1\nb: 1"}) == ([".Values.b"], [".Values.free"])


def test_jinja_reads_too() -> None:
    files = {"jinja/x.yaml": "{{ Values.a }}{% for k in Values['b'] %}{% endfor %}", "values.yaml": "a: 1\nb: [1]\nc: 1"}
    assert found(files)[0] == [".Values.c"]


GIVEN = [
    ({"a": 1}, []),
    ({"aa": 1}, [".Values.aa"]),
    ({"t": {"free": {"x": 1}}}, []),
    ({"m": {"k": 1, "kk": 2}}, [".Values.m.kk"]),
    ({"undeclared": 1}, []),
    ({"global": {"anything": 1}}, [".Values.global"]),
]


@pytest.mark.parametrize(("given", "unknown"), GIVEN)
def test_given(given: dict[str, Any], unknown: list[str]) -> None:
    files = {
        "templates/x.yaml": "{{ .Values.a }}{{ toYaml .Values.t }}{{ .Values.m.k }}{{ if .Values.undeclared }}x{{ end }}",
        "values.yaml": "a: 1\nt: {}\nm: {k: 1}\n",
    }
    messages = [message for message in compare(chart_of(files), given) if message.rule == UNKNOWN_KEY]
    assert [message.key for message in messages] == unknown
    assert "hunter2" not in "".join(message.text for message in compare(chart_of(files), {"password": "hunter2"}))


def test_a_near_miss_is_named() -> None:
    files = {"templates/x.yaml": "{{ .Values.image.tag }}", "values.yaml": "image: {tag: x}"}
    (message,) = compare(chart_of(files), {"image": {"tga": "y"}})
    assert message.text.endswith("did you mean .Values.image.tag?")


def test_a_chain_without_end() -> None:
    """Definitions that call each other, and one that is handed ever more."""
    text = '{{ define "a" }}{{ include "b" . }}{{ .Values.x }}{{ end }}{{ define "b" }}{{ include "a" (dict "in" .) }}{{ end }}{{ include "a" . }}'
    assert found({"templates/x.yaml": text, "values.yaml": "x: 1\nz: 1"})[0] == [".Values.z"]


def test_lines() -> None:
    lines = ["# a: no", "a:", "  # b", "  b: 1", "  c:", "    b: 2", "b: 3", "d: {e: 1}", ""]
    places = [("a",), ("a", "b"), ("a", "c", "b"), ("b",), ("d", "e"), ("x",)]
    assert [line_of(lines, path) for path in places] == [2, 4, 6, 7, 0, 0]


def test_a_file_that_does_not_parse_reads_what_it_names() -> None:
    assert found({"templates/x.yaml": "{{ .Values.a }}{{ end }}", "values.yaml": "a: 1\nb: 1"})[0] == [".Values.b"]


BAD = [
    "{{ if .Values.a }}" * 3000 + "{{ end }}" * 3000,
    "{{ " + "(" * 3000 + ".Values.a" + ")" * 3000 + " }}",
    '{{ define "x" }}{{ include "x" (dict "more" . "b" (list . .)) }}{{ end }}{{ include "x" . }}{{ .Values.a }}',
    '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toYaml $d }}{{ $d.d.d.d }}{{ .Values.a }}',
    "{{ tpl (index .Values.texts 0) . }}{{ .Values.a }}",
]


@pytest.mark.parametrize("template", BAD, ids=range(len(BAD)))
def test_bad_input_ends(template: str) -> None:
    started = time.process_time()
    unread, _lacking = found({"templates/x.yaml": template, "values.yaml": "a: 1\ntexts: ['{{ tpl (index .Values.texts 0) . }}']"})
    assert ".Values.a" not in unread
    assert time.process_time() - started < 10
