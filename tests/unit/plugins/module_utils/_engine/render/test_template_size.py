# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits of parsing and compiling by the size of a template; expensive functions count as many steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock, SystemRandom
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import TemplateError, TemplateParseError
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl import compiler, lexer, writer
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes import limits
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ClusterQueries
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.scope import Scope


def scope() -> Scope:
    return Scope.of(ClusterQueries(), None, SystemRandom(), SystemClock())


def refusal(text: str) -> str:
    with pytest.raises(TemplateParseError) as caught:
        scope().parse("c/templates/t.yaml", text)
    return str(caught.value)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The bounds, a thousand times smaller."""
    monkeypatch.setattr(writer, "MAX_CODE", 4000)
    monkeypatch.setattr(lexer, "MAX_PARTS", 500)
    monkeypatch.setattr(compiler, "MAX_TEXT", 16000)
    yield


@pytest.mark.parametrize(
    "text",
    [
        "{{.}}" * 300,
        "{{ .a.b }}\n" * 120,
        "{{ if .a }}x{{ end }}" * 80,
        "{{ if .a }}" + "{{ else if .b }}" * 80 + "{{ end }}",
        "{{ .a " + "| quote" * 200 + "}}",
        "{{ list " + "1 " * 2000 + "}}",
        "".join(f'{{{{ define "a{number}" }}}}{{{{ end }}}}' for number in range(10)),
        "{{ $x := 1 }}" * 140,
    ],
)
@pytest.mark.usefixtures("small")
def test_too_many_actions(text: str) -> None:
    assert refusal(text).startswith("Template c/templates/t.yaml is too large: it contains more ")


@pytest.mark.usefixtures("small")
def test_faults_do_not_hide_the_size() -> None:
    assert "more than 500 words and marks in its actions" in refusal("{{.}}" * 300 + "{{ end }}")


@pytest.mark.usefixtures("small")
def test_a_long_text() -> None:
    assert refusal("x" * 16001) == "Template c/templates/t.yaml is too large: it contains 16001 characters, but the limit is 16000. Split it."


@pytest.mark.usefixtures("small")
def test_text_and_comments_are_no_actions() -> None:
    one = scope()
    one.parse("t", "a: b\n" * 1500 + "{{/* " + "x" * 3000 + " */}}" + "{{ .a }}" * 5)
    assert one.run_file("t", {"a": 1}).endswith("11111")


def test_what_is_compiled_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_STEPS", 5)
    assert refusal("a: b\n" * 20_000) == (
        "Template c/templates/t.yaml cannot be compiled: the templates take more than 5 steps (loop iterations, calls, visited values)."
    )


DEAR = {
    'derivePassword 1 "long" "a" "b" "c"': 10_000,
    'bcrypt "a"': 6000,
    'htpasswd "a" "b"': 6000,
    'genCA "a" 1': 15_000,
    'genSelfSignedCert "a" nil nil 1': 15_000,
    'genPrivateKey "ecdsa"': 500,
}


@pytest.mark.parametrize("call", DEAR)
def test_dear_functions_count(call: str) -> None:
    one = scope()
    one.parse("t", f"{{{{ {call} }}}}")
    before = limits.used()[0]
    one.run_file("t", {})
    assert DEAR[call] <= limits.used()[0] - before < DEAR[call] + 1000


def test_dear_functions_are_refused_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_STEPS", 15_000)
    one = scope()
    one.parse("t", '{{ range until 100 }}{{ derivePassword 1 "long" "a" "b" "c" }}{{ end }}')
    with pytest.raises(TemplateError, match="the templates take more than 15000 steps"):
        one.run_file("t", {})


TEXTS = "sha512sum .|fromYaml . / len|fromJson . / len|b64dec .|upper .|regexMatch `b` .|snakecase .|camelcase .|initials .|title .|quote .|wrap 3 ."
LISTS = "has -1 .|without . -1 / len|uniq . / len|compact . / len|rest . / len|reverse . / len|deepEqual . (rest .)|sortAlpha . / len|toJson . / len"


def calls(text: str) -> list[str]:
    return [call.replace("/", "|") for call in text.split("|")]


@pytest.mark.parametrize("call", calls(TEXTS))
def test_long_texts_count(call: str) -> None:
    one = scope()
    one.parse("t", f"{{{{ {call} }}}}")
    before = limits.used()[0]
    one.run_file("t", "a" * 100_000)
    assert limits.used()[0] - before >= 100


@pytest.mark.parametrize("call", calls(LISTS))
def test_long_lists_count(call: str) -> None:
    one = scope()
    one.parse("t", f"{{{{ {call} }}}}")
    before = limits.used()[0]
    one.run_file("t", list(range(100_000)))
    assert limits.used()[0] - before >= 100


def test_many_different_elements_are_found_without_comparing_all() -> None:
    one = scope()
    one.parse("t", "{{ uniq . | len }}")
    assert one.run_file("t", [*range(50_000), *map(str, range(50_000)), True, False, *range(50_000)]) == "100002"


@pytest.mark.parametrize("call", ['split "," .', 'splitList "," .', 'splitList "" .', 'splitn "," 2000000 .'])
def test_a_text_is_not_split_into_more_than_a_list_may_hold(call: str) -> None:
    one = scope()
    one.parse("t", f"{{{{ {call} | len }}}}")
    with pytest.raises(TemplateError, match=r"a list of [0-9]+ items exceeds the limit"):
        one.run_file("t", "a," * 1_100_000)
