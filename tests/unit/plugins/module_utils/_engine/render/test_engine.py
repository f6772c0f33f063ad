# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole renders without an oracle: recorded queries, unchanged inputs, error messages.

Parity is in ``tests/parity``.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartError,
    SchemaError,
    TemplateExecError,
    TemplateParseError,
    Unreachable,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Clock, Random
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.capabilities import Capabilities
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.engine import render
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ReleaseOptions, Rendered

HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
SUB = "apiVersion: v2\nname: s\nversion: 0.1.0\n"


class Counting(Random):
    """The same chance each time it is made."""

    def __init__(self) -> None:
        self.calls = 0

    def bytes(self, count: int) -> bytes:
        self.calls += 1
        return hashlib.sha512(str(self.calls).encode()).digest()[:count]


class Still(Clock):
    def now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing waits here")


def chart(texts: dict[str, str]) -> Chart:
    return load_files([File(name, text.encode()) for name, text in {"Chart.yaml": HEAD, **texts}.items()])


def run(template: str, given: dict[str, Any] | None = None, files: dict[str, str] | None = None, **options: Any) -> Rendered:
    options = {"random": Counting(), "clock": Still(), **options}
    made = chart({"templates/t.yaml": template, **(files or {})})
    return render(made, given, ReleaseOptions("r", "ns"), options.pop("capabilities", Capabilities.default()), **options)


def text(rendered: Rendered) -> str:
    return rendered.files["c/templates/t.yaml"]


def test_queries_are_recorded() -> None:
    seen = []

    def lookup(*query: str) -> dict[str, Any]:
        seen.append(query)
        return {"data": {"k": "v"}} if query[3] else {"items": []}

    template = """
    {{- $_ := .Capabilities.APIVersions.Has "apps/v1" }}{{ $_ = .Capabilities.APIVersions.Has "nope/v1" -}}
    # {{ (lookup "v1" "Secret" "ns" "one").data.k }}{{ (lookup "v1" "Secret" "ns" "one").data.k }}{{ len (lookup "v1" "Pod" "" "").items }}
    """
    queries = run(template, lookup=lookup).queries
    assert queries.api_versions == {"apps/v1": True, "nope/v1": False}
    assert queries.kube_version is False
    assert queries.lookups == [("v1", "Secret", "ns", "one"), ("v1", "Pod", "", "")]
    assert len(seen) == 3
    assert queries.unrepeatable == set()


@pytest.mark.parametrize(
    ("template", "kube_version", "everything", "unrepeatable"),
    [
        ("# {{ .Capabilities.KubeVersion.Minor }}", True, False, set()),
        ("# {{ range .Capabilities.APIVersions }}{{ end }}", False, True, set()),
        ("# {{ .Capabilities.HelmVersion.Version }}", False, False, set()),
        ("# {{ randAlphaNum 5 }} {{ uuidv4 }}", False, False, {"randAlphaNum", "uuidv4"}),
        ("# {{ if false }}{{ randAlphaNum 5 }}{{ end }}", False, False, set()),
        ('# {{ tpl "{{ randAlpha 3 }}" . }}', False, False, {"randAlpha"}),
    ],
)
def test_recorded_queries(template: str, kube_version: bool, everything: bool, unrepeatable: set[str]) -> None:
    queries = run(template).queries
    assert (queries.kube_version, "*" in queries.api_versions, queries.unrepeatable) == (kube_version, everything, unrepeatable)


def test_the_kubeversion_of_a_chart_is_a_query_too() -> None:
    assert run("a: 1", files={"Chart.yaml": HEAD + 'kubeVersion: ">=1.20-0"\n'}).queries.kube_version is True
    with pytest.raises(ChartError, match=r"requires Kubernetes >=1\.99") as refused:
        run("a: 1", files={"Chart.yaml": HEAD + 'kubeVersion: ">=1.99"\n'})
    assert refused.value.helm == "chart requires kubeVersion: >=1.99 which is incompatible with Kubernetes v1.37.0"


def test_chance_and_time_come_through_the_ports() -> None:
    template = '# {{ randAlphaNum 12 }} {{ now | date "2006-01-02" }}'
    assert text(run(template)) == text(run(template))
    assert text(run(template)).endswith("2026-01-02")


def test_neither_chart_nor_values_change() -> None:
    given = {"a": {"b": 1}, "s": {"k": None}}
    made = chart(
        {
            "templates/t.yaml": '# {{ $_ := set .Values "x" 1 }}{{ $_ := set .Values.a "y" 2 }}{{ $_ := set .Values.d "z" 3 }}{{ .Values | toJson }}',
            "values.yaml": "d: {}\ns: {on: true}\n",
            "Chart.yaml": HEAD + "dependencies: [{name: s, version: '*', alias: z}]\n",
            "charts/s/Chart.yaml": SUB,
        }
    )
    before = repr(made)
    texts = {render(made, given, ReleaseOptions("r"), Capabilities.default()).files["c/templates/t.yaml"] for _round in range(2)}
    assert len(texts) == 1
    assert given == {"a": {"b": 1}, "s": {"k": None}}
    assert repr(made) == before


def test_the_rendered_chart_is_the_one_to_record() -> None:
    made = {"Chart.yaml": HEAD + "dependencies: [{name: s, version: '*', alias: z, import-values: [x]}]\n", "charts/s/Chart.yaml": SUB}
    rendered = run("a: {{ .Values.k }}", files={**made, "charts/s/values.yaml": "exports: {x: {k: 5}}"})
    assert rendered.chart is not None
    assert [(one.name, one.alias, one.enabled) for one in rendered.chart.metadata.dependencies] == [("z", "z", True)]
    assert rendered.chart.values["k"] == 5
    assert text(rendered) == "a: 5"


def test_errors_have_place_and_reason() -> None:
    with pytest.raises(TemplateExecError) as failed:
        run("a: 1\nb: {{ .Values.a.b }}")
    assert (
        failed.value.helm
        == 'c/templates/t.yaml:2:13\n  executing "c/templates/t.yaml" at <.Values.a.b>:\n    nil pointer evaluating interface {}.b'
    )
    assert (failed.value.fields["template"], failed.value.fields["line"]) == ("c/templates/t.yaml", 2)
    with pytest.raises(TemplateParseError) as unparsed:
        run("a: {{ nope }}")
    assert unparsed.value.helm == 'parse error at (c/templates/t.yaml:1): function "nope" not defined'
    with pytest.raises(TemplateExecError) as refused:
        run('a: {{ include "x" . }}', files={"templates/_x.tpl": '{{ define "x" }}{{ required "say who" .Values.who }}{{ end }}'})
    assert refused.value.helm == "execution error at (c/templates/t.yaml:1:6): say who"
    assert str(refused.value) == "The chart failed at c/templates/t.yaml:1:6: say who"


def test_what_a_port_raises_passes_through() -> None:
    def lookup(*_query: str) -> dict[str, Any]:
        raise Unreachable("connection refused")

    with pytest.raises(Unreachable, match="connection refused"):
        run(
            'a: {{ include "x" . }}',
            files={"templates/_x.tpl": '{{ define "x" }}{{ tpl "{{ lookup \\"v1\\" \\"Pod\\" \\"\\" \\"\\" }}" . }}{{ end }}'},
            lookup=lookup,
        )


def test_schemas_are_validated_unless_skipped() -> None:
    files = {"values.schema.json": '{"properties": {"n": {"type": "integer"}}}'}
    with pytest.raises(SchemaError):
        run("a: 1", {"n": "x"}, files)
    assert text(run("a: 1", {"n": "x"}, files, skip_schema_validation=True)) == "a: 1"


def test_crds_tests_and_notes_are_chosen() -> None:
    files = {
        "crds/x.yaml": "kind: X",
        "templates/h.yaml": "kind: Pod\nmetadata: {name: p, annotations: {helm.sh/hook: test}}",
        "templates/NOTES.txt": "hello {{ .Release.Name }}",
    }
    plain = run("kind: A", files=files)
    assert (plain.crds, [hook.name for hook in plain.hooks], plain.notes) == ([], ["p"], "hello r")
    assert plain.manifest == "---\n# Source: c/templates/t.yaml\nkind: A\n"
    other = run("kind: A", files=files, include_crds=True, skip_tests=True)
    assert (other.crds, other.hooks) == ([("c/crds/x.yaml", "kind: X")], [])
    assert other.manifest.startswith("---\n# Source: c/crds/x.yaml\nkind: X\n---\n# Source: c/templates/t.yaml\n")


def test_a_template_that_includes_itself_ends_in_an_error() -> None:
    with pytest.raises(TemplateExecError, match="nested reference name: x") as failed:
        run('a: {{ include "x" . }}', files={"templates/_x.tpl": '{{ define "x" }}{{ include "x" . }}{{ end }}'})
    assert len(str(failed.value)) < 1000
    assert len(failed.value.fields["chain"]) == 7
