# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies deeper than Python compiles: variables, jumps and errors work through every level, as in Go."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import TemplateExecError, TemplateParseError
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.template import TemplateSet
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.function import Function

DEPTHS = [1, 11, 12, 13, 20, 21, 25, 60, 99, 150]


def run(text: str, **data: object) -> str:
    templates = TemplateSet({"add": Function.of("add", ("any", "any"), lambda a, b: a + b)})
    templates.parse("t", text)
    return templates.execute("t", data)


def nested(depth: int, head: str, body: str) -> str:
    return head * depth + body + "{{end}}" * depth


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_is_assigned_within_is_seen_without(depth: int) -> None:
    text = "{{ $x := 0 }}" + nested(depth, "{{ if true }}{{ $x = add $x 1 }}", "{{ $x }}") + "{{ $x }}"
    assert run(text) == f"{depth}{depth}"


@pytest.mark.parametrize("depth", DEPTHS)
def test_loops_within_loops(depth: int) -> None:
    text = "{{ $n := 0 }}" + nested(depth, "{{ range $i, $e := $.l }}{{ $n = add $n $e }}", ".") + "{{ $n }}"
    assert run(text, l=[1]) == f".{depth}"


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("word", "expected"), [("break", "12|2"), ("continue", "123|3")])
def test_a_jump_leaves_every_level_up_to_its_loop(depth: int, word: str, expected: str) -> None:
    body = "{{ $seen = . }}{{ . }}{{ if eq . 2 }}{{ WORD }}{{ end }}".replace("WORD", word)
    text = "{{ $seen := 0 }}{{ range .l }}" + nested(depth, "{{ if $.t }}", body) + "{{ end }}|{{ $seen }}"
    assert run(text, l=[1, 2, 3], t=True) == expected


@pytest.mark.parametrize("depth", DEPTHS)
def test_operands_within_operands(depth: int) -> None:
    assert run("{{ " + "and 1 (" * depth + ".v" + ")" * depth + " }}", v="last") == "last"
    assert run("{{ and " + "1 " * depth + ".v }}{{ or " + "0 " * depth + ".v }}{{ .v | and " + "1 " * depth + "}}", v="x") == "xxx"
    assert run("{{ or 1 " + "(and 1 " * depth + "(index .v 5)" + ")" * depth + " }}", v=[]) == "1"


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_error_names_the_template_and_the_place(depth: int) -> None:
    head = "{{ if true }}" * depth
    with pytest.raises(TemplateExecError) as raised:
        run('{{ define "inner" }}' + nested(depth, "{{ if true }}", "{{ index .v 5 }}") + '{{ end }}{{ template "inner" . }}', v=[])
    assert raised.value.go_message == (
        f'template: t:1:{20 + len(head) + 3}: executing "inner" at <index .v 5>: error calling index: index out of range: 5'
    )


def test_the_root_can_be_assigned_to_and_dot_stays() -> None:
    assert run('{{ $ = "q" }}{{ $ }}{{ .v }}{{ with .v }}{{ $ }}{{ . }}{{ end }}', v=1) == "q1q1"


@pytest.mark.parametrize("text", ["{{ " + "(" * 20000 + "1" + ")" * 20000 + " }}", nested(50000, "{{ if true }}", "x")])
def test_deeper_than_can_be_read_is_an_error_like_any_other(text: str) -> None:
    with pytest.raises(TemplateParseError):
        run(text)
