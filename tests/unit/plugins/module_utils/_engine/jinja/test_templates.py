# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jinja2 in a chart.

The context of templates, the meaning of functions and filters, errors, and what is not reachable.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.digest import chart_digest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartLoadError,
    OperatorError,
    TemplateExecError,
    TemplateParseError,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.jinja import templates
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Clock, Random
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.capabilities import Capabilities
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.engine import render
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ReleaseOptions, Rendered
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.table import functions
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCache

OPT_IN = 'annotations: {charts.windlass.io/jinja: "true"}\n'
HEAD = f"apiVersion: v2\nname: c\nversion: 1.0.0\n{OPT_IN}"
VALUES = """
replicas: 3
huge: 1000000
ratio: 0.5
flag: true
name: web
image: {repository: nginx, tag: "1.2"}
ports: [80, 443]
b: {z: 1, a: 2}
items: {items: held}
"""
HELPERS = """
{{- define "c.labels" -}}
app: {{ .Release.Name }}-{{ .Values.name }}
{{- end -}}
{{- define "c.given" -}}{{ .x }}/{{ .root.Values.name }}{{- end -}}
{{- define "c.fails" -}}{{ fail "not like this" }}{{- end -}}
"""


class Same(Random):
    def bytes(self, count: int) -> bytes:
        return hashlib.sha512(b"x").digest()[:count]


class Still(Clock):
    def now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing waits here")


def chart(texts: dict[str, str]) -> Chart:
    base = {"Chart.yaml": HEAD, "values.yaml": VALUES, "templates/_h.tpl": HELPERS}
    return load_files([File(name, text.encode()) for name, text in {**base, **texts}.items()])


def rendered(files: dict[str, str], given: dict[str, Any] | None = None, **options: Any) -> Rendered:
    return render(chart(files), given, ReleaseOptions("r", "ns"), Capabilities.default(), **{"random": Same(), "clock": Still(), **options})


def run(template: str, given: dict[str, Any] | None = None, files: dict[str, str] | None = None, **options: Any) -> str:
    """The text of one template, written as a comment so that it need not be an object."""
    found = rendered({"jinja/t.yaml": "#" + template.replace("\n", "\n#"), **(files or {})}, given, **options)
    return found.files["c/jinja/t.yaml"].removeprefix("#").replace("\n#", "\n")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        # values, printed as YAML wants them
        ("{{ Values.replicas }} {{ Values.huge }} {{ Values.ratio }} {{ Values.flag }} {{ none }}", "3 1000000 0.5 true "),
        ("{{ Values.replicas + 1 }} {{ Values.replicas / 3 }} {{ Values.replicas * 2.5 }}", "4 1 7.5"),
        ("{{ Values.ports }} {{ Values.b }}", '[80,443] {"a":2,"z":1}'),
        ("{{ 'v' ~ Values.replicas ~ Values.flag ~ Values.b }}", 'v3true{"a":2,"z":1}'),
        ("{% for k in Values.b %}{{ k }}{% endfor %}{% for k, v in Values.b.items() %} {{ k }}={{ v }}{% endfor %}", "az a=2 z=1"),
        ("{{ Values.items }} {{ Values['items'].items }} {{ Values.image['tag'] }} {{ Values.ports[1] }}", '{"items":"held"} held 1.2 443'),
        ("{% for p in Values.none | default(none) %}x{% endfor %}.", "."),
        ("{{ range(Values.replicas) | list }} {{ loops | default('none') }}", "[0,1,2] none"),
        ("{{ Values.ports[Values.replicas / 3] }}", "443"),
        # Helm's objects
        ("{{ Release.Name }} {{ Release.Namespace }} {{ Chart.Name }} {{ Chart.Version }} {{ Release.IsInstall }}", "r ns c 1.0.0 true"),
        ("{{ Capabilities.KubeVersion.Version.startswith('v1.') }} {{ Capabilities.APIVersions.Has('apps/v1') }}", "true true"),
        ("{{ Files.Get('x.txt') }} {{ Files.Glob('*.txt').AsConfig() }} {{ Files['x.txt'] }}", "data x.txt: data data"),
        ("{{ Template.Name }} {{ Template.BasePath }}", "c/jinja/t.yaml c/jinja"),
        ("{{ dot.Release.Name }} {{ dot.Values.replicas }}", "r 3"),
        # functions: plain, as filters with the piped value last, below sprig
        ("{{ quote('a') }} {{ 'a' | quote }} {{ trunc(2, 'abc') }} {{ 'abc' | trunc(2) }}", '"a" "a" ab ab'),
        ("{{ {'a': [1, none]} | toYaml | nindent(2) }}", "\n  a:\n  - 1\n  - null"),
        ("{{ 'abc' | sprig.replace('b', 'x') }} {{ 'abc' | replace('b', 'x') }}", "axc axc"),
        ("{{ '' | default('d') }}|{{ '' | sprig.default('d') }}|{{ default('d', '') }}", "|d|d"),
        ("{{ [3, 1] | sort | join('-') }} {{ [3, 1] | sprig.join('-') }} {{ list(1, 2) }}", "1-3 3-1 [1,2]"),
        ("{{ dict(a=1) }} {{ sprig.dict('a', 1) }} {{ until(Values.replicas) }}", '{"a":1} {"a":1} [0,1,2]'),
        ("{{ printf('%05d %s', 7, 'x') }} {{ eq(1, 1) }} {{ ternary('y', 'n', Values.flag) }} {{ Values.flag | ternary('y', 'n') }}",
         "00007 x true y y"),
        ("{{ semverCompare('>=1.2', '1.3.0') }} {{ semver('1.2.3').Minor() }} {{ 'a,b' | splitList(',') | last }}", "true 2 b"),
        ("{{ default('d', Values.missing.deeper) }} {{ empty(Values.missing) }} {{ coalesce(Values.missing, 'c') }}", "d true c"),
        ("{{ Values.missing.deeper | default('j') }} {{ Values.missing is defined }} {{ 'x' if Values.image.tag is defined }}", "j false x"),
        ("{{ randAlphaNum(4) | length }} {{ dig('image', 'tag', 'd', Values) }} {{ (1, 2) | toJson }}", "4 1.2 [1,2]"),
        ("{{ Values.ports | map('toString') | list | toJson }} {{ Values.ports | select('gt', 100) | toJson }}", '["80","443"] [443]'),
        ("{{ get(genCA('x', 1), 'Cert') if false else genCA('x', 1).Cert | trunc(10) }}", "-----BEGIN"),
        # the other templates of the chart
        ("{{ include('c.labels') }} {{ dot | include('c.labels') }}", "app: r-web app: r-web"),
        ("{{ include('c.given', {'x': 'y', 'root': dot}) }} {{ tpl('{{ .Values.name }}') }}", "y/web web"),
        ("{% from '_m.j2' import m %}{{ m(1) }}{% import '_m.j2' as lib %}{{ lib.m(2) }}{{ lib.kept }}", "<1web><2web>kept"),
        ("{% include 'sub/_i.j2' %}|{% include ['nope', 'sub/_i.j2'] %}|{% include 'nope' ignore missing %}", "in 3|in 3|"),
        # Jinja2 itself
        ("{% set ns = namespace(n=0) %}{% for p in Values.ports %}{% set ns.n = ns.n + p %}{% endfor %}{{ ns.n }}", "523"),
        ("{% for p in Values.ports %}{{ loop.index }}/{{ loop.length }}{{ '' if loop.last else ',' }}{% endfor %}", "1/2,2/2"),
        ("{% for a in [[1, [2]], 3] recursive %}{% if a is iterable %}({{ loop(a) }}){% else %}{{ a }}{% endif %}{% endfor %}", "(1(2))3"),
        ("{% macro m() %}{{ caller() }}!{% endmacro %}{% call m() %}hi{% endcall %}{% filter upper %}x{% endfilter %}", "hi!X"),
        ("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }} {% set j = joiner(',') %}{{ j() }}x{{ j() }}", "aba x,"),
        ("{{ '%s-%03d' | format('a', 5) }} {{ '%s' % 'b' }} {{ 'A,B'.lower().split(',') }} {{ '-'.join(['a', 'b']) }}", 'a-005 b ["a","b"] a-b'),
        ("{{ [[1], [2, 3]] | sum(start=[]) }} {{ Values.ports | sum }} {{ Values.image | attr('tag') }}", "[1,2,3] 523 1.2"),
        ("{{ '<' | e }} {{ 'a' in 'abc' }} {{ 2 in [1, 2] }} {{ [1, 2, 3][1:] }} {{ 2 ** 10 }} {{ 7 // 2 }} {{ -Values.replicas }}",
         "&lt; true true [2,3] 1024 3 -3"),
        ("{{ Values | dictsort | length > 3 }} {{ Values.b | tojson }} {{ {'a': '<'} | tojson }}", 'true {"a": 2, "z": 1} {"a": "<"}'),
    ],
)  # fmt: skip
def test_what_templates_can_do(template: str, text: str) -> None:
    files = {
        "x.txt": "data",
        "jinja/_m.j2": "{% macro m(x) %}<{{ x }}{{ Values.name }}>{% endmacro %}{% set kept = 'kept' %}",
        "jinja/sub/_i.j2": "in {{ Values.replicas }}",
        "jinja/_base.j2": "base {% block b %}inner{% endblock %}\n",
    }
    assert run(template, files=files) == text


def test_files_extend_each_other() -> None:
    files = {
        "jinja/_base.j2": "# base {% block b %}inner{% endblock %}{{ self.b() }}",
        "jinja/t.yaml": "{% extends '_base.j2' %}{% block b %}[{{ super() }}]{% endblock %}",
    }
    assert rendered(files).files == {"c/jinja/t.yaml": "# base [inner][inner]"}


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{{ Values.image.tagg }}", r"c/jinja/t\.yaml, line 1: Values\.image\.tagg is not set; did you mean tag\?\."),
        ("\n\n{{ Values.image.tag ~ Values.imag.tag }}", r"line 3: Values\.imag is not set; did you mean image\?\."),
        ("{{ Values['a.b'] | quote }}", r"Values\['a\.b'\] is not set"),
        ("{{ Values.name.first }}", r"Values\.name\.first is not set, since its parent is a text"),
        ("{{ Values.ports[7] }}", r"Values\.ports\[7\] is not set: there are 2 elements"),
        ("{{ replicas }}", r"'replicas' is not defined; the chart's values are below Values"),
        ("{{ {'a': Values.nope} | toYaml }}", r"Values\.nope is not set"),
        ("{% set n = namespace(size=1) %}{{ n.size + Values.image.size }}", r"line 1: n\.size or Values\.image\.size is not set"),
        ("{% if Values.nope %}{% endif %}", r"Values\.nope is not set"),
        ("{% for x in Values.nope %}{% endfor %}", r"Values\.nope is not set"),
        ("{{ required('give an image', Values.nope) }}", r"The chart failed at c/jinja/t\.yaml:1: give an image"),
        ("{{ include('c.fails') }}", r"The chart failed at c/jinja/t\.yaml:1: not like this"),
        ("{{ include('c.nope') }}", r"include: .*c\.nope"),
        ("{{ 5 | trunc(2) }}", r"line 1: trunc requires a text, not a number"),
        ("{{ trunc(5) }}", r"trunc takes 2 values; it got 1"),
        ("{{ quote(value=5) }}", r"quote accepts positional arguments only; value= is not supported"),
        ("{{ until('x') }}", r"until requires a whole number, not a text"),
        ("{{ [1] | map('upper') }}", r"a generator \(append `\| list`\) cannot be written"),
        ("{{ quote }}", r"a function \(append `\(\)` to call it"),
        ("{{ 1 + 'a' }}", r"line 1: unsupported operand"),
        ("{{ 1 / 0 }}", r"line 1: division by zero"),
        ("{% include 'nope.j2' %}", r"there is no template 'nope\.j2' in the chart's jinja folder"),
        ("{% include '../templates/_h.tpl' %}", r"there is no template"),
        ("{% include '_deep.j2' %}", r"c/jinja/_deep\.j2, line 2: Values\.nope is not set \(reached from c/jinja/t\.yaml:1\)"),
        ("{{ mustRegexMatch('(', 'x') }}", r"mustRegexMatch: .*missing closing \)"),
    ],
)
def test_an_error_has_place_and_reason(template: str, sentence: str) -> None:
    with pytest.raises(TemplateExecError, match=sentence) as caught:
        run(template, files={"jinja/_deep.j2": "\n#{{ Values.nope }}"})
    assert caught.value.fields["template"].startswith("c/jinja/")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("x\n{% if %}", r"c/jinja/t\.yaml, line 2, does not parse: Expected an expression"),
        ("{{ x | to_yaml }}", r"line 1, does not parse: there is no filter 'to_yaml'; did you mean toYaml\?"),
        ("{{ x | random }}", r"there is no filter 'random'"),
        ("{% for %}", r"does not parse"),
        ("{{ " + "(" * 5000 + ")" * 5000 + " }}", r"does not parse"),
        ("{{ " + "9" * 5000 + " }}", r"does not parse"),
    ],
)
def test_what_does_not_parse(template: str, sentence: str) -> None:
    with pytest.raises(TemplateParseError, match=sentence):
        run(template)


def test_a_mistake_in_an_unused_partial_is_found() -> None:
    with pytest.raises(TemplateParseError, match=r"c/jinja/_p\.j2, line 1"):
        run("x", files={"jinja/_p.j2": "{% if %}"})


@pytest.mark.parametrize(
    "reach",
    [
        "''.__class__", "''['__class__']", "''|attr('__class__')", "Values.__class__", "Values.update", "Values.ports.append", "Values.ports.pop",
        "cycler.__init__.__globals__", "self._TemplateReference__context", "loop_of.__self__", "'{0.__class__}'.format(1)", "''.format_map({})",
        "joiner.__init__", "namespace.__init__", "range.__class__", "quote.__call__", "quote._function", "sprig.functions", "dot.go",
        "Files.__class__", "Capabilities.__class__", "Capabilities._queries", "Release.clear", "m._func", "[m]|map(attribute='_func')|list",
        "m.__class__", "lipsum(9)", "environment", "context", "''.encode", "'x'.ljust", "Values.popitem", "dict.fromkeys",
    ],
)  # fmt: skip
def test_what_is_not_named_cannot_be_reached(reach: str) -> None:
    with pytest.raises(TemplateExecError, match=r"c/jinja/t\.yaml"):
        run("{% macro m() %}{% endmacro %}{{ " + reach + " }}")


# fmt: off
BOMBS = [
    "{{ 'a' * 10 ** 10 }}", "{{ [0] * 10 ** 9 }}", "{{ 10 ** (10 ** 8) }}", "{{ 2 ** 99999 }}", "{{ '%1000000000d' % 1 }}", "{{ '%*d' % (99999999, 1) }}",
    "{{ 'x' | center(10 ** 9) }}", "{{ 'x' | indent(10 ** 9) }}", "{{ '%.1000000000f' | format(1.5) }}", "{{ range(10 ** 9) | list }}",
    "{{ [1] | batch(10 ** 9, 0) | list }}", "{{ [1] | slice(10 ** 9) | list }}", "{{ 1.5 | round(10 ** 9, 'ceil') }}", "{{ [1] | tojson(10 ** 9) }}",
    "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x.replace('', ns.x) %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] | join(ns.x) %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | toYaml }}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | pprint }}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}0123456789{% endfor %}{% endfor %}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(0) }}",
    "{% macro m(x) %}{% for i in range(99999) %}{{ x }}{% endfor %}{% endmacro %}{{ m('0' * 9999) }}",
    "{% set x %}{% for i in range(99999) %}" + "0" * 9999 + "{% endfor %}{% endset %}",
    "{% set big = range(99999) | list %}{% for a in range(99999) %}{% if -1 in big %}{% endif %}{% endfor %}",
    "{% set big = range(99999) | list %}{% for a in range(99999) %}{% if big[1:] == big %}{% endif %}{% endfor %}",
    "{% set d = dict() %}{% set _ = set(d, 'self', d) %}{{ d }}", "{% set d = dict() %}{% set _ = set(d, 'self', d) %}{{ d | toYaml }}",
    "{% include 't.yaml' %}", "{% extends 't.yaml' %}",
    "{{ ('9' * 9999999) | int }}", "{{ ('9' * 99999) | int }}",
    "{% for i in range(99999) %}{{ Values.b | sprig.toYaml | sha256sum | b64enc | repeat(9) | upper | lower }}{% endfor %}",
]
# fmt: on
CHILD = """
import json, resource, sys, time
sys.path[:0] = json.loads(sys.argv[1])
import conftest  # noqa: F401  makes the collection importable
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
def peak():  # in MiB; ru_maxrss would include the peak of the process that started this one
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))
for number, template in enumerate(json.load(sys.stdin)):
    import test_templates
    started = time.process_time()
    try:
        test_templates.run(template)
        said = ""
    except test_templates.TemplateExecError as error:
        said = str(error)
    print(json.dumps([number, time.process_time() - started, peak(), said]), flush=True)
"""


@pytest.mark.slow
def test_what_would_take_the_machine_is_refused() -> None:
    """In a separate process with a gigabyte of address space.

    Each fails within seconds with its sentence, and the next one runs.
    """
    paths = [str(Path(__file__).parent), *(str(above) for above in Path(__file__).parents if above.name == "unit"), *sys.path]
    child = [sys.executable, "-c", CHILD, json.dumps(paths)]
    done = subprocess.run(child, input=json.dumps(BOMBS), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(BOMBS)
    for number, seconds, megabytes, message in found:
        assert "c/jinja/t.yaml" in message and "ran out of memory" not in message, (BOMBS[number], message)
        assert seconds < 20, (BOMBS[number], seconds)
        assert megabytes < 700, (BOMBS[number], megabytes)


def test_every_function_is_a_filter_and_a_global() -> None:
    names = sorted({*functions(), "toYaml", "fromYaml", "toToml", "include", "tpl", "required", "lookup", "fail", "index", "len", "printf"})
    tests = " ".join(f"{{{{ sprig.{name} is defined }}}}" for name in names)
    assert set(run(tests).split()) == {"true"}
    for name in names:  # compiled only: a filter that is not known does not parse
        assert run(f"{{% if false %}}{{{{ 1 | {name} }}}}{{{{ 1 | sprig.{name} }}}}{{% endif %}}") == ""


def test_without_the_annotation_they_are_files() -> None:
    files = {"Chart.yaml": HEAD.replace(OPT_IN, ""), "jinja/t.yaml": "{% nonsense", "templates/go.yaml": '# {{ .Files.Get "jinja/t.yaml" }}'}
    assert rendered(files).files == {"c/templates/go.yaml": "# {% nonsense"}
    assert rendered({**files, "Chart.yaml": HEAD.replace('"true"', '"false"')}).files == {"c/templates/go.yaml": "# {% nonsense"}
    with pytest.raises(ChartLoadError, match=r'says charts\.windlass\.io/jinja: "yes"'):
        rendered({**files, "Chart.yaml": HEAD.replace('"true"', '"yes"')})


def test_their_objects_are_sorted_hooked_and_named_like_any() -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
    files = {
        "jinja/a.yaml.j2": "{% for n in ['p', 'q'] %}\n---\n" + config % "{{ n }}" + "{% endfor %}\n",
        "jinja/hook.yaml": config % 'h, annotations: {helm.sh/hook: test}',
        "jinja/NOTES.txt.j2": "of {{ Release.Name }}\n",
        "templates/NOTES.txt": "go\n",
        "templates/z.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: ns}\n",
    }
    found = rendered(files)
    assert [(m.path, m.name) for m in found.manifests] == [
        ("c/templates/z.yaml", "ns"), ("c/jinja/a.yaml.j2", "p"), ("c/jinja/a.yaml.j2", "q"),
    ]  # fmt: skip
    assert [(hook.path, hook.name) for hook in found.hooks] == [("c/jinja/hook.yaml", "h")]
    assert "---\n# Source: c/jinja/a.yaml.j2\napiVersion" in found.manifest
    assert found.notes == "go\n\nof r\n"


def test_a_subchart_has_its_own_scope_and_opts_in_itself() -> None:
    sub = "apiVersion: v2\nname: s\nversion: 0.1.0\n"
    files = {
        "jinja/t.yaml": "# {{ Values.s.own }} {{ Subcharts.s.Values.own }} {{ Subcharts.s.Chart.Version }}",
        "charts/s/values.yaml": "own: 5\n",
        "charts/s/jinja/t.yaml": "# {{ Values.own }} {{ Chart.Name }} {{ Values.global.g }}",
        "charts/s/jinja/_p.j2": "sub's",
    }
    with_sub = {**files, "charts/s/Chart.yaml": sub + OPT_IN}
    found = rendered(with_sub, {"global": {"g": "shared"}}).files
    assert found == {"c/jinja/t.yaml": "# 5 5 0.1.0", "c/charts/s/jinja/t.yaml": "# 5 s shared"}
    assert list(rendered({**files, "charts/s/Chart.yaml": sub}).files) == ["c/jinja/t.yaml"]
    assert list(rendered({**with_sub, "Chart.yaml": HEAD.replace(OPT_IN, "")}, {"global": {"g": "x"}}).files) == ["c/charts/s/jinja/t.yaml"]
    with pytest.raises(TemplateExecError, match=r"there is no template '_p\.j2'"):
        rendered({**with_sub, "jinja/t.yaml": "{% include '_p.j2' %}"}, {"global": {"g": "x"}})
    library = {**with_sub, "charts/s/Chart.yaml": sub + OPT_IN + "type: library\n"}
    assert list(rendered(library).files) == ["c/jinja/t.yaml"]


def test_they_run_behind_the_go_templates_and_leave_no_value_out() -> None:
    files = {
        "templates/a.yaml": '{{ $_ := set .Values "made" 7 }}',
        "templates/_n.tpl": '{{ define "c.nothing" }}[{{ .Values.nothing }}]{{ end }}',
    }
    assert run("{{ Values.made }} {{ include('c.nothing') }}", files=files) == "7 []"


def test_queries_are_recorded() -> None:
    queries = rendered({"jinja/t.yaml": "#{{ lookup('v1', 'Pod', 'n', 'x') }}{{ uuidv4() | trunc(0) }}{{ Capabilities.APIVersions.Has('a/v1') }}"}).queries
    assert queries.lookups == [("v1", "Pod", "n", "x")]
    assert queries.unrepeatable == {"uuidv4"}
    assert queries.api_versions == {"a/v1": False}


def test_the_order_of_values_does_not_change_the_text() -> None:
    template = "{% for k in Values.b %}{{ k }}{% endfor %}{{ Values.b }}{{ Values.b | dictsort }}"
    one, two = run(template, {"b": {"q": 1, "c": 2}}), run(template, {"b": {"c": 2, "q": 1}})
    assert one == two


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("", "# a\n  # x\n  "),
        ("#jinja2: lstrip_blocks: True\n", "# a\n# x\n"),
        ("#jinja2: trim_blocks: False, lstrip_blocks:True\n", "# a\n\n# x\n\n"),
    ],
)
def test_a_first_line_sets_how_blocks_are_trimmed(header: str, text: str) -> None:
    files = {"jinja/t.yaml": header + "# a\n  {% if true %}\n# x\n  {% endif %}\n"}
    compiled = MemoryCache()
    for _again in range(2):
        assert rendered(files, cache=compiled).files["c/jinja/t.yaml"] == text
    assert compiled.hits >= 1


def test_a_first_line_that_sets_something_else_is_refused_and_counts_as_a_line() -> None:
    with pytest.raises(TemplateParseError, match=r"line 1, does not parse: #jinja2: supports trim_blocks and lstrip_blocks"):
        rendered({"jinja/t.yaml": "#jinja2: variable_start_string: '[['\n"})
    with pytest.raises(TemplateExecError, match=r"line 3: Values\.nope is not set"):
        rendered({"jinja/t.yaml": "#jinja2: lstrip_blocks: True\n\n{{ Values.nope }}"})


def test_compiled_files_are_cached_and_a_change_is_noticed() -> None:
    compiled = MemoryCache()
    files = {"jinja/t.yaml": "#{% include '_p.j2' %}", "jinja/_p.j2": "{{ Values.name }}"}
    keys = set()
    for partial, text in (("{{ Values.name }}", "#web"), ("{{ Values.name }}", "#web"), ("{{ Values.replicas }}", "#3")):
        assert rendered({**files, "jinja/_p.j2": partial}, cache=compiled).files["c/jinja/t.yaml"] == text
        keys |= {key for key in compiled.entries if key.startswith("jinja ")}
    assert len(keys) == 2
    assert compiled.hits >= 1


def test_an_error_of_cached_code_has_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = MemoryCache()
    for _again in range(2):
        with pytest.raises(TemplateExecError, match=r"t\.yaml, line 2: Values\.image\.tagg is not set; did you mean tag"):
            rendered({"jinja/t.yaml": "\n{{ Values.image.tagg }}"}, cache=compiled)


def test_they_count_in_the_digest_of_a_chart() -> None:
    one, two = chart({"jinja/t.yaml": "#1"}), chart({"jinja/t.yaml": "#2"})
    assert chart_digest(one) != chart_digest(two)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MISSING", "No module named 'jinja2'")
    with pytest.raises(OperatorError, match=r"chart c has Jinja2 templates, .* Python library Jinja2 .*not installed"):
        rendered({"jinja/t.yaml": "#"})
    assert rendered({"Chart.yaml": HEAD.replace(OPT_IN, ""), "templates/t.yaml": "# fine"}).files == {"c/templates/t.yaml": "# fine"}
