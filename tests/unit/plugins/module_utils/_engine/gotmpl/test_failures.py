# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""This collection's messages for failing templates.

A sentence, the line with the underlined failing part, and the calls that led there; never a value.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import TemplateError
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.files import Values
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ClusterQueries
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.scope import Scope

DATA = {"m": {"b": 1.0, "none": None, "password": "hunter2"}, "s": "hunter2", "l": ["hunter2"], "nest": [{"k": {}}]}
HELPERS = '{{ define "outer" }}\n{{ include "inner" . }}{{ end }}{{ define "inner" }}{{ template "leaf" . }}{{ end }}{{ define "leaf" }}{{ .V.m.x.y }}{{ end }}'


def failure(text: str) -> TemplateError:
    scope = Scope.of(ClusterQueries(), None, None, None)
    try:
        scope.parse("c/templates/_h.tpl", HELPERS)
        scope.parse("c/templates/t.yaml", text)
        scope.run_file("c/templates/t.yaml", Values({"V": DATA}))
    except TemplateError as error:
        return error
    raise AssertionError("this does not fail")


MISSING = [
    ("{{ .V.m.x.y }}", ".V.m.x is nil, so it has no y: .V.m has no key x"),
    ("{{ .V.m.none.y.z }}", ".V.m.none is nil, so it has no y: .V.m holds null there"),
    ("{{ .V.mm.x }}", ".V.mm is nil, so it has no x: .V has no key mm (is m meant?)"),
    ("{{ $m := .V }}{{ $m.q.r }}", "$m.q is nil, so it has no r: $m has no key q"),
    ("{{ range .V.nest }}{{ .k.a.b }}{{ end }}", ".k.a is nil, so it has no b: .k has no key a"),
    ("{{ range list nil }}{{ .a }}{{ end }}", ". is nil, so it has no a"),
    ("{{ (index .V.nest 0).k.a.b }}", "(...).k.a is nil, so it has no b: (...).k has no key a"),
]


@pytest.mark.parametrize(("text", "reason"), MISSING)
def test_the_parent_of_a_missing_value(text: str, reason: str) -> None:
    error = failure(text)
    assert error.fields["reason"] == reason
    assert reason in error.message.partition("\n")[0]


def test_the_line_and_what_fails_in_it() -> None:
    assert failure("a: 1\n\timage: é{{ .V.m.x.y | quote }} # end").message.split("\n")[1:] == [
        "    2 | image: é{{ .V.m.x.y | quote }} # end",
        "      |            ^^^^^^^^",
    ]
    assert failure("{{ if and .V.m (index .V.l 7) }}{{ end }}").message.split("\n")[1:] == [
        "    1 | {{ if and .V.m (index .V.l 7) }}{{ end }}",
        "      |                 ^^^^^^^^^^^^",
    ]
    long = failure("x" * 400 + "{{ .V.m.x.y }}" + "y" * 400).message.split("\n")
    assert len(long[1]) < 140
    assert long[1][long[2].index("^") : long[2].rindex("^") + 1] == ".V.m.x.y"


def test_the_way_that_led_there() -> None:
    error = failure('\n{{ include "outer" . }}')
    assert error.message.split("\n")[3:] == [
        '  called at c/templates/_h.tpl:2:64 by {{ template "leaf" . }}',
        '  called at c/templates/_h.tpl:2:3 by {{ include "inner" . }}',
        '  called at c/templates/t.yaml:2:3 by {{ include "outer" . }}',
    ]
    assert error.fields["chain"] == ["c/templates/_h.tpl:2:3", "c/templates/t.yaml:2:3"]


SECRETIVE = [
    "{{ eq .V.m .V.m }}",
    "{{ eq .V.m .V.l }}",
    "{{ range .V.s }}{{ end }}",
    "{{ tpl (printf `{{ index (list %q) 5 }}` .V.s) . }}",
    "{{ tpl (printf `{{ %q | nope }}` .V.s) . }}",
    "{{ tpl (printf `{{ index %q 99 }}` .V.s) . }}",
    "{{ call .V.m }}",
    "{{ semver .V.s }}",
]


@pytest.mark.parametrize("text", SECRETIVE)
def test_no_value_is_shown(text: str) -> None:
    error = failure(text)
    assert "hunter2" not in error.message
    assert "hunter2" not in str(error.fields)


def test_a_text_that_does_not_parse_is_shown() -> None:
    assert failure("a: 1\n  b: {{ nope 1 }}").message == (
        'Template c/templates/t.yaml, line 2, does not parse: function "nope" not defined.\n    2 | b: {{ nope 1 }}'
    )
