# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that no template reads: what is found, and everything that makes a value known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.values.unknown import path_of, unknown_values

HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"


def chart_of(files: dict[str, str]) -> Chart:
    return load_files([File(name, text.encode()) for name, text in {"Chart.yaml": HEAD, **files}.items()])


def found(files: dict[str, str], given: dict[str, Any]) -> dict[str, str]:
    """Path -> the nearest known path."""
    return {path_of(one.path): path_of(one.near) for one in unknown_values(chart_of(files), given)}


PLAIN = {
    "templates/x.yaml": "{{ .Values.replicaCount }}{{ .Values.image.tag }}{{ range .Values.hosts }}{{ .name }}{{ end }}",
    "values.yaml": "replicaCount: 1\nimage: {tag: x}\nhosts: []\nempty:\n# documented: 1\n",
}
TYPOS = [
    ({"replicaCuont": 2}, {"replicaCuont": "replicaCount"}),
    ({"replicacount": 2}, {"replicacount": "replicaCount"}),
    ({"image": {"tga": "y", "tag": "z"}}, {"image.tga": "image.tag"}),
    ({"tag": "y"}, {"tag": "image.tag"}),
    ({"hosts": [{"name": "a"}, {"nmae": "b"}]}, {"hosts[1].nmae": "hosts[1].name"}),
    ({"wholly": {"other": 1}}, {"wholly": ""}),
    ({"a.b": 1}, {"a\\.b": ""}),
    ({"image": {"pullSecrets": None}}, {"image.pullSecrets": ""}),
    ({"replicaCount": 3, "image": {"tag": 1}, "hosts": [{"name": 1}, "x"], "empty": {"a": 1}, "documented": 1}, {}),
    ({"global": {"any": 1}, "x-shared": {"a": 1}, "_anchors": [1], ".hidden": 1}, {}),
]


@pytest.mark.parametrize(("given", "wanted"), TYPOS)
def test_what_is_found(given: dict[str, Any], wanted: dict[str, str]) -> None:
    assert found(PLAIN, given) == wanted


# template and values.yaml of charts that know the value ``odd``
KNOWING = [
    ("{{ toYaml .Values }}", ""),
    ("{{ range $k, $v := .Values }}{{ $k }}={{ $v }}{{ end }}", "a: 1"),
    ("{{ range .Values }}{{ . }}{{ end }}", ""),
    ("{{ toYaml . }}", ""),
    ("{{ index .Values .Release.Name }}", ""),
    ("{{ $v := .Values }}{{ range $k := keys $v }}{{ get $v $k }}{{ end }}", ""),
    ('{{ include "h" .Values }}{{ define "h" }}{{ toJson . }}{{ end }}', ""),
    ("{{ $all := merge (dict) .Values }}{{ toYaml $all }}", ""),
    ("{{ if .Values.odd }}x{{ end }}", ""),
    ('{{ .Values.odd | default "x" }}', ""),
    ('{{ with (get .Values "odd") }}{{ . }}{{ end }}', ""),
    ('{{ dig "odd" "x" .Values }}', ""),
    ('{{ tpl "{{ .Values.odd }}" . }}', ""),
    ("{{ tpl .Values.text . }}", "text: '{{ .Values.odd }}'"),
    ('{{ $key := printf "o%s" "dd" }}{{ index .Values $key }}', ""),
    ('{{ $part := .Values }}{{ range splitList "." "odd.key" }}{{ $part = index $part . }}{{ end }}{{ $part }}', ""),
    ('{{ define "h.odd" }}{{ .Values.odd }}{{ end }}{{ include (printf "h.%s" .Values.kind) . }}', "kind: x"),
    ('{{ define "h" }}{{ .Values.odd }}{{ end }}{{ include .Values.helper . }}', "helper: h"),
    ('{{ define "h" }}odd{{ end }}{{ index .Values (include "h" .) }}', ""),
    ('{{ tpl (.Files.Get "conf/a.tpl") . }}', ""),
    ("{{ .Values.a }", ""),
    ("{{ .Values.a }}", "odd:"),
    ("{{ .Values.a }}", "# odd: 1"),
    ("{{ .Values.a }}", "#odd:\n#  - 1"),
]


@pytest.mark.parametrize(("template", "values"), KNOWING)
def test_every_doubt_makes_a_value_known(template: str, values: str) -> None:
    files = {"templates/x.yaml": template, "values.yaml": values, "conf/a.tpl": '{{ index .Values "odd" }}'}
    if "conf/" not in template:
        del files["conf/a.tpl"]
    if template.endswith("}") and not template.endswith("}}"):
        files["templates/x.yaml"] = "{{ .Values.odd }}{{ end }}"
    assert found(files, {"odd": {"key": 1}}) == {}


SUB = {"charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n", "charts/s/templates/x.yaml": "{{ .Values.a }}"}


def _depends(more: str) -> str:
    return HEAD + f"dependencies: [{{name: s, version: 1.x{more}}}]\n"


SUBCHARTS = [
    ("", {"s": {"a": 1}, "b": 1}, ["b"]),
    ("", {"s": {"aa": 1, "global": {"x": 1}}}, ["s.aa"]),
    (", alias: t", {"t": {"a": 1}, "s": {"a": 1}}, ["s"]),
    (", condition: on.this", {"on": {"this": False}, "s": {"a": 1}}, []),
    (", tags: [back]", {"tags": {"back": False}}, []),
    (", import-values: [data]", {"s": {"exports": {"data": {"x": 1}}}}, []),
    (", import-values: [{child: c.d, parent: p}]", {"s": {"c": {"d": {"x": 1}}}}, []),
]


@pytest.mark.parametrize(("more", "given", "wanted"), SUBCHARTS)
def test_subcharts(more: str, given: dict[str, Any], wanted: list[str]) -> None:
    assert list(found({**SUB, "Chart.yaml": _depends(more)}, given)) == wanted


def test_values_of_a_subchart_that_is_not_there_are_left_alone() -> None:
    assert found({"Chart.yaml": _depends(""), "templates/x.yaml": "{{ .Values.a }}"}, {"s": {"anything": 1}}) == {}


def test_a_library_chart_reads_the_values_of_its_user() -> None:
    library = {
        "charts/l/Chart.yaml": "apiVersion: v2\nname: l\nversion: 1.0.0\ntype: library\n",
        "charts/l/templates/_h.tpl": '{{ define "l.h" }}{{ .Values.lent }}{{ end }}',
    }
    given = {"lent": 1, "l": {"lent": 1}, "lnet": 1}
    assert found({**library, "templates/x.yaml": '{{ include "l.h" . }}'}, given) == {"l.lent": "", "lnet": "lent"}
    alone = {"Chart.yaml": HEAD + "type: library\n", "templates/_h.tpl": ""}
    assert found(alone, {"anything": 1}) == {}


def test_a_library_that_finds_values_by_a_key_does_not_hide_typos() -> None:
    """As the library of Bitnami does: the key is split from a word, and a list of keys is tried in turn."""
    helpers = """
    {{- define "value" }}{{ $v := "" }}{{ $o := .context.Values }}
      {{- range splitList "." .key }}{{ $v = index $o . }}{{ $o = $v }}{{ end }}{{ printf "%v" $v }}{{ end -}}
    {{- define "first" }}{{ $key := first .keys }}
      {{- range reverse .keys }}{{ if include "value" (dict "key" . "context" $.context) }}{{ $key = . }}{{ end }}{{ end }}
      {{- printf "%s" $key }}{{ end -}}
    """
    template = '{{ include "value" (dict "key" (include "first" (dict "keys" (list "auth.one" "two") "context" $)) "context" $) }}'
    files = {"templates/_h.tpl": helpers, "templates/x.yaml": template, "values.yaml": "auth: {one: 1}\n"}
    assert found(files, {"auth": {"one": 1}, "two": 1, "tow": 1, "other": 1}) == {"tow": "two", "other": ""}


SCHEMAS = [
    ({"properties": {"odd": {}}}, ["o.odd"]),
    ({"properties": {"o": {"properties": {"x": {}}}}}, ["odd", "o.odd"]),
    ({"properties": {"o": {"additionalProperties": True}}}, ["odd"]),
    ({"properties": {"o": {"additionalProperties": {"type": "string"}}}}, ["odd"]),
    ({"properties": {"o": {"additionalProperties": False, "properties": {"x": {}}}}}, ["odd", "o.odd"]),
    ({"additionalProperties": {"type": "object", "additionalProperties": {}}}, []),
    ({"patternProperties": {"^o": {"properties": {"odd": {}}}}}, []),
    ({"$ref": "#/definitions/all", "definitions": {"all": {"properties": {"odd": {}, "o": {"$ref": "#/definitions/all"}}}}}, []),
    ({"allOf": [{"$ref": "#"}, {"properties": {"odd": {}}}]}, ["o.odd"]),
    ({"$ref": "https://example.com/schema.json"}, []),
    ({"if": {"properties": {"odd": {}}}, "properties": {"o": {"oneOf": [{"properties": {"odd": {}}}]}}}, []),
]


@pytest.mark.parametrize(("schema", "wanted"), SCHEMAS)
def test_schemas(schema: dict[str, Any], wanted: list[str]) -> None:
    files = {"templates/x.yaml": "{{ .Values.o.x }}", "values.yaml": "o: {x: 1}\n", "values.schema.json": json.dumps(schema)}
    assert sorted(found(files, {"odd": {"a": 1}, "o": {"odd": 1}})) == sorted(wanted)


def test_a_schema_that_cannot_be_read_knows_nothing() -> None:
    files = {"templates/x.yaml": "{{ .Values.x }}", "values.schema.json": "{"}
    assert found(files, {"odd": 1}) == {"odd": ""}


def test_jinja_templates_read_by_words() -> None:
    files = {"jinja/x.yaml.j2": "{% for key in Values['list'] %}{{ Values.plain }}{% endfor %}"}
    assert found(files, {"list": [1], "plain": 1, "pliain": 1}) == {"pliain": "plain"}


def test_what_set_puts_into_the_values_is_read_with_them() -> None:
    """As in the chart of Traefik: its main service becomes one of the additional ones.

    All of these are then iterated over.
    """
    text = """
    {{- $all := .Values.service.more }}{{ $all = set $all "default" (omit .Values.service "more") }}
    {{- range $name, $one := $all }}{{ include "spec" (dict "service" $one) }}{{ end }}
    {{- define "spec" }}{{ with .service.spec }}{{ toYaml . }}{{ end }}{{ end }}"""
    files = {"templates/x.yaml": text, "values.yaml": "service: {more: {}}\n"}
    assert found(files, {"service": {"spec": {"type": "x"}, "spce": 1, "more": {"extra": {"spec": {"a": 1}, "spce": 1}}}}) == {
        "service.spce": "service.spec",
        "service.more.extra.spce": "service.more.extra.spec",
    }


def test_a_map_that_is_only_tested_may_hold_anything() -> None:
    files = {"templates/x.yaml": "{{ if .Values.on }}{{ .Values.in.key }}{{ end }}", "values.yaml": "on: {}\nin: {}\n"}
    assert found(files, {"on": {"any": 1}, "in": {"kye": 1}}) == {"in.kye": "in.key"}
