# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates that need too much end with one sentence, soon, and without using much.

See docs/limits.md.

Each runs in a separate process with a memory limit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors

pytestmark = pytest.mark.slow

PLUGINS = Path(errors.__file__ or "").resolve().parents[2]
SECONDS = 25  # of computing; most take less than one
MIB = 1000

DOUBLED = '{{ $s := repeat 10 "x\\"" }}{{ range until 60 }}{{ $s = %s }}{{ end }}'
SHARED = '{{ $d := dict }}{{ $e := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ $e = dict "a" $e "b" $e }}{{ end }}{{ %s }}'
DEEP = '{{ $d := dict }}{{ $e := dict }}{{ range until 20000 }}{{ $d = dict "a" $d }}{{ $e = dict "a" $e }}{{ end }}{{ %s }}'
LENGTH, ITEMS, STEPS, VALUES = "a string of ", "a list of ", "the templates take more than ", "a value exceeds the limit of "

REFUSED = {
    "a long text": ('{{ repeat 10000000000 "x" }}', LENGTH),
    "a long list": ("{{ until 10000000000 }}", ITEMS),
    "the longest list": ("{{ until 9223372036854775807 }}", ITEMS),
    "a list by steps": ("{{ untilStep 0 10000000000 1 }}", ITEMS),
    "a sequence": ("{{ seq 1 1 10000000000 }}", ITEMS),
    "chance": ("{{ randAlphaNum 10000000000 }}", "random characters"),
    "random bytes": ("{{ randBytes 10000000000 }}", LENGTH),
    "indentation": ('{{ indent 1000000000 "a\\nb" }}', LENGTH),
    "indented lines": ('{{ nindent 100000 (repeat 100000 "a\\n") }}', LENGTH),
    "wrapped with much": ('{{ wrapWith 1 (repeat 100000 "z") (repeat 1000000 "a b ") }}', LENGTH),
    "widths": ('{{ printf "%1000000d" (until 1000000) }}', LENGTH),
    "many widths": ('{{ printf (repeat 100000 "%[1]1000000d") 1 }}', LENGTH),
    "a turning number": ("{{ range 10000000000 }}x{{ end }}", STEPS),
    "loops in loops": ("{{ range until 100000 }}{{ range until 100000 }}xxxxxx{{ end }}{{ end }}", STEPS),
    "empty loops in loops": ("{{ range 100000 }}{{ range 100000 }}{{ range list }}{{ end }}{{ end }}{{ end }}", STEPS),
    "lists doubled": ("{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}", ITEMS),
    "printf doubled": (DOUBLED % 'printf "%s%s" $s $s', LENGTH),
    "print doubled": (DOUBLED % "print $s $s", LENGTH),
    "cat doubled": (DOUBLED % "cat $s $s", LENGTH),
    "join doubled": (DOUBLED % 'join "," (list $s $s)', LENGTH),
    "replace doubled": (DOUBLED % 'replace "x" "xx" $s', LENGTH),
    "quote doubled": (DOUBLED % "quote $s", LENGTH),
    "toJson doubled": (DOUBLED % "toJson $s", LENGTH),
    "regexReplaceAll doubled": (DOUBLED % 'regexReplaceAll "x" $s "xx"', ""),
    "b64enc again and again": ("{{ $s := `x` }}{{ range until 200 }}{{ $s = b64enc $s }}{{ end }}", LENGTH),
    "kept in a list": ('{{ $l := list }}{{ range until 100000 }}{{ $l = append $l (repeat 1000000 "x") }}{{ end }}', ""),
    "kept in a map": (
        '{{ $d := dict }}{{ range until 100000 }}{{ $_ := set $d (print .) (repeat 60000 "x" | print .) }}{{ end }}',
        "MiB of memory",
    ),
    "kept in the output": ('{{ $x := repeat 60000 "x" }}{{ range until 100000 }}{{ upper $x }}{{ end }}', "MiB of memory"),
    "written again and again": ('{{ $x := repeat 1000000 "x" }}{{ range until 10000 }}{{ $x }}{{ end }}', LENGTH),
    "shared maps, toYaml": (SHARED % "toYaml $d", VALUES),
    "shared maps, toJson": (SHARED % "toJson $d", VALUES),
    "shared maps, toToml": (SHARED % "toToml $d", VALUES),
    "shared maps, deepCopy": (SHARED % "deepCopy $d", VALUES),
    "shared maps, merge": (SHARED % "merge $d $e", VALUES),
    "shared maps, printed": (SHARED % "$d", STEPS),
    "shared maps, printf": (SHARED % 'printf "%s" $d', STEPS),
    "shared maps, deepEqual": (SHARED % "deepEqual $d $e", STEPS),
    "deep, printed": (DEEP % "$d", "nested too deeply"),
    "deep, printf": (DEEP % 'printf "%v" $d', "nested too deeply"),
    "deep, deepCopy": (DEEP % "deepCopy $d", "nested too deeply"),
    "deep, merge": (DEEP % "merge $d $e", "nested too deeply"),
    "deep, deepEqual": (DEEP % "deepEqual $d $e", "nested too deeply"),
    "itself, printed": ('{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}', "nested too deeply"),
    "template without end": (
        '{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}',
        "exceeded maximum template depth (100000)",
    ),
    "include without end": ('{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}', "nested reference name: r"),
    "includes of each other": (
        "".join(f'{{{{ define "r{i}" }}}}{{{{ include "r{(i + 1) % 7}" . }}}}{{{{ end }}}}' for i in range(7)) + '{{ include "r0" . }}',
        "nested reference name: r",
    ),
    "tpl without end": ("{{ tpl .Values.t . }}", "calls of tpl are nested"),
    "a tree of templates": (
        '{{ define "t" }}{{ if . }}{{ template "t" (sub . 1) }}{{ template "t" (sub . 1) }}{{ end }}{{ end }}{{ template "t" 60 }}',
        STEPS,
    ),
    "a tree of includes": (
        '{{ define "t" }}{{ if . }}{{ include "t" (sub . 1) }}{{ include "t" (sub . 1) }}{{ end }}{{ end }}{{ include "t" 60 }}',
        STEPS,
    ),
    "a long text for tpl": ('{{ tpl (repeat 400000 "{{ .Values.i }}") . }}', "passed to tpl"),
    "parentheses": ("{{ " + "(" * 50000 + "1" + ")" * 50000 + " }}", "does not parse"),
}


def child(text: str) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).with_name("bounds_child.py")), str(PLUGINS)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_sentence(name: str) -> None:
    text, words = REFUSED[name]
    answer = child(text)
    assert words in answer["refused"].partition("\n")[0], answer
    assert answer["refused"].startswith(("Template c/templates/t.yaml, line 1", "A string passed to tpl, line 1"))
    assert len(answer["refused"]) < 3000
    assert answer["seconds"] < SECONDS
    assert answer["mib"] < MIB


HARMLESS = {
    "exploding pattern": ('{{ regexMatch "^(a+)+$" (printf "%sb" (repeat 5000 "a")) }}', 5),
    "alternatives": ('{{ regexFind "(a|aa)+$" (printf "%sb" (repeat 5000 "a")) }}', 0),
    "many stars": ('{{ regexMatch "a*a*a*a*a*a*b" (repeat 3000 "a") }}', 5),
    "a wide number": ('{{ printf "%1000000000d" 1 }}', 25),
    "itself, toYaml": ('{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toYaml $d }}', 0),
    "deep, toJson": (DEEP % "toJson $d", 0),
    "a hundred thousand turns": ("{{ range until 100000 }}x{{ end }}", 100000),
    "a long file": ('{{ repeat 8000000 "x" }}', 8000000),
    "deep recursion": ('{{ define "r" }}{{ if . }}{{ template "r" (sub . 1) }}.{{ end }}{{ end }}{{ template "r" 3000 }}', 3000),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_chart_that_looks_dangerous_is_rendered(name: str) -> None:
    text, length = HARMLESS[name]
    answer = child(text)
    assert answer.get("out") == length, answer
    assert answer["seconds"] < SECONDS
