# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick parser returns the trees of the full one, or leaves the text to it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.lexer import ParseFault
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.nodes import ListNode, Text
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.parser import parse
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.quickparse import quick_parse
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.placed import placed_parse

FUNCTIONS = frozenset(["print", "include", "toYaml", "nindent", "eq", "not", "and"])

GOOD = [
    "",
    "text alone }} } {",
    "a {{ .b }} c {{- .d -}}  e {{-  .f }}\n{{ `}}` }}{{ \"}}\\\"\" }}{{ '}' }}",
    "{{/* c */}}a{{- /* d */ -}} b {{ $x = 1 }}",
    "{{ if .a }}1{{ else if .b }}2{{ else if and .c (not .d) }}3{{ else }}4{{ end }}",
    "{{ with $x := .a }}{{ $x.b }}{{ else with .c }}{{ . }}{{ else }}{{ $x }}{{ end }}",
    "{{ range $i, $e := .a }}{{ if $i }}{{ break }}{{ end }}{{ continue }}{{ else }}none{{ end }}",
    "{{ $x := 1 }}{{ if .a }}{{ $y := 2 }}{{ $x = $y }}{{ else }}{{ $y }}{{ end }}{{ $x }}{{ $.z }}",
    '{{ define "a" }}{{ $q := . }}{{ $q }}{{ end }}{{ template "a" . }}{{ block "b" .c }}{{ .d }}{{ end }}{{ define `c` }}{{ end }}{{ template "c" }}',
    '{{ define "a" }} {{ end }}{{ define "a" }}full{{ end }}{{ define "a" }} {{ end }}',
    '{{- include "x" . | nindent 4 }}\n{{ (toYaml .a).b }}{{ print 1 -2 .5 0x1F 1e3 \'a\' nil true | print }}',
    "{{ (($z := 1)) }}{{ $z }}",
]

BAD = [
    "{{ if .a }}", "{{ end }}", "{{ else }}", "{{ if .a }}{{ else }}{{ else }}{{ end }}", "{{ $x }}", "{{ if $x := 1 }}{{ end }}{{ $x }}",
    "{{ break }}", "{{ nope }}",
    "{{ range .a }}{{ else }}{{ break }}{{ end }}", "{{ with .a }}{{ else if .b }}{{ end }}", "{{ range .a }}{{ else if .b }}{{ end }}{{ end }}",
    "{{ .a", "{{ /* a */ }}",
    "{{ if .a }}{{ define `b` }}{{ end }}{{ end }}", "{{ define `a` }}x{{ end }}{{ define `a` }}y{{ end }}", "{{- - 1 }}", "{{ .a - -}}",
    "{{ \"a }}", "{{}}", "{{ -}}",
    "{{ define `a` }}{{ $x := 1 }}{{ end }}{{ $x }}", "{{ $x := 1 }}{{ define `a` }}{{ $x }}{{ end }}", "{{ end .a }}", "{{ else .a }}",
    "{{ template .a }}", "{{/* a }}",
]  # fmt: skip

PIECES = [
    "{{", "}}", "{{-", " -}}", "{{ end }}", "{{ else }}", "{{ else if .x }}", "{{ else with .x }}", "{{ if .x }}", "{{ with $x := .y }}",
    "{{ range $i, $e := .z }}",
    "{{ break }}", "{{/* c */}}", "{{- /* c */ -}}", '"', "`", "'", "$x", "$i", "(", ")", "|", '{{ define "a" }}', '{{ block "b" . }}', " ", "\n",
    "-", "{{ $x := 1 }}", "nope", ".", ":=",
]  # fmt: skip


def shape(node: Any) -> Any:
    """A tree without its offsets."""
    if isinstance(node, (list, tuple)):
        return [shape(one) for one in node]
    if hasattr(node, "source"):
        names = {name for cls in type(node).__mro__ for name in getattr(cls, "__slots__", ())} - {"pos"}
        return [type(node).__name__, *((name, shape(getattr(node, name))) for name in sorted(names))]
    return repr(node)


def places(node: Any) -> Any:
    """The positions of everything in actions."""
    if isinstance(node, (list, tuple)):
        return [places(one) for one in node]
    if hasattr(node, "source"):
        names = sorted({name for cls in type(node).__mro__ for name in getattr(cls, "__slots__", ())} - {"pos"})
        own = () if isinstance(node, (ListNode, Text)) else (node.pos,)
        return [*own, *(places(getattr(node, name)) for name in names)]
    return None


def trees(found: Any) -> Any:
    return None if found is None else [(name, shape(tree)) for name, tree in found.items()]


def parsed(text: str) -> Any:
    try:
        return parse("t", text, FUNCTIONS)
    except ParseFault:
        return None


@pytest.mark.parametrize("text", GOOD)
def test_the_same_trees(text: str) -> None:
    for _round in range(2):  # and again from memory
        assert trees(quick_parse("t", text, FUNCTIONS)) == trees(parse("t", text, FUNCTIONS))


@pytest.mark.parametrize("text", GOOD)
def test_and_the_position_of_each_node(text: str) -> None:
    for _round in range(2):
        assert_placed(f"some text\n{text}", parsed(f"some text\n{text}"))


def assert_placed(text: str, wanted: Any) -> None:
    found = placed_parse(text, FUNCTIONS)
    if wanted is None:
        assert found is None, text
        return
    assert found is not None, text
    root, defines = found
    own = wanted.pop("t")
    assert (shape(root), places(root)) == (shape(own), places(own)), text
    assert [(name, shape(tree), places(tree)) for name, tree in defines.items()] == [
        (name, shape(tree), places(tree)) for name, tree in wanted.items()
    ], text


@pytest.mark.parametrize("text", BAD)
def test_faults_are_left_to_the_parser(text: str) -> None:
    assert parsed(text) is None
    assert quick_parse("t", text, FUNCTIONS) is None
    assert placed_parse(text, FUNCTIONS) is None


def test_what_is_remembered_is_held_against_the_functions_of_this_set() -> None:
    assert quick_parse("t", "{{ toYaml .only }}", FUNCTIONS) is not None
    assert quick_parse("t", "{{ toYaml .only }}", frozenset(["print"])) is None


@pytest.mark.slow
def test_changed_texts_are_parsed_equally() -> None:
    chance = random.Random(20260102)
    good = 0
    for _round in range(12_000):
        text = "".join(chance.choices(GOOD, k=chance.randint(1, 2)))
        for _change in range(chance.randint(0, 3)):
            at = chance.randint(0, len(text))
            text = text[:at] + (chance.choice(PIECES) + text[at:] if chance.random() < 0.7 else text[at + chance.randint(1, 6) :])
        found, wanted = quick_parse("t", text, FUNCTIONS), parsed(text)
        assert found is None or trees(found) == trees(wanted), text
        good += found is not None
        assert wanted is None or found is not None, text
        assert_placed(text, wanted)
    assert good > 1000
