# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates: every statement of the language around the expressions, with values to render them with.

And damaged ones.
"""

from __future__ import annotations

from random import Random

from fuzz.case import Case
from fuzz.grammar import documents, pool, special
from fuzz.grammar.expressions import NAMES, Expressions, literal

HELPERS = (
    '{{- define "x" -}}[{{ . | toJson }}]{{- end -}}\n'
    '{{ define "n1" }}<{{ include "n2" . }}>{{ end }}\n'
    '{{- define "n2" }}{{ with .Values }}{{ .s }}{{ else }}none{{ end }}{{ end }}\n'
    '{{- define "x y" }}{{ $x := . }}{{ range $i, $e := list 1 2 }}{{ $i }}{{ $e }}{{ $x }}{{ end }}{{ end }}\n'
)
_OPEN = ("{{", "{{", "{{ ", "{{ ", "{{- ", "{{-\n", "{{\t")
_CLOSE = ("}}", "}}", " }}", " }}", " -}}", "\n-}}", " }}\n")
_TEXTS = ("", "", " ", "\n", "a", "x: ", "\n  ", "é ", "}} ", "{ ", "  \n\t", "-", '"', "\r\n", "# ", "{{ /* c */ }}",
    "{{- /* a\nb */ -}}", "{{/* c */}}", "<no value>", "\u00a0\n")
_VARIABLES = ("$x", "$y", "$é", "$_z", "$x1")
_ACCIDENTS = (
    "{{", "}}", "{{ end }}", "{{ else }}", "{{ if }}", "{{ range }}", "{{ with }}", "{{ template }}", "{{ define }}",
    "{{ block \"x\" }}{{ end }}", "{{ break }}", "{{ continue }}", "{{ . }", "{{ \"a }}", "{{ `a }}", "{{ /* }}", "{{/* a */ . }}",
    "{{ -1 }}", "{{-1 }}", "{{ 1-}}", "{{ 'a }}",
    "{{ $nope }}", "{{ $x = 1 }}", "{{ nope }}", "{{ . | 1 }}", "{{ . | }}", "{{ | . }}", "{{ (. }}", "{{ .) }}", "{{ .a.}}", "{{ ..a }}",
    "{{ .a .b }}", "{{ 1.a }}", "{{ nil }}", "{{ nil.x }}", "{{ \"a\" \"b\" }}", "{{ else if . }}", "{{ template \"nope\" . }}", "{{ include \"nope\" . }}",
    "{{ if . }}{{ else }}{{ else }}{{ end }}", "{{ range . }}{{ else if . }}{{ end }}", "{{ $a, $b := . }}",
    "{{ range $a, $b, $c := . }}{{ end }}", "{{ $a := }}", "{{ $a := 1 | }}", "{{ define x }}{{ end }}", "{{ define \"a\" }}", "{{ end",
    "{{ true.x }}", "{{ $.x.y }}", "{{ .x.y.z }}", "{{ \"a\".x }}", "{{ (1).x }}", "{{ 1 | .x }}",
    "{{ @ }}", "{{ ! }}", "{{ a=b }}", "{{ $ }}", "{{ .é }}", "{{ .1 }}", "{{ .a-b }}", "{{ =1 }}", "{{ :=1 }}", "{{ #x }}",
    "{{ if $x := 1 }}{{ $x }}{{ end }}{{ $x }}", "{{ with $x := . }}{{ end }}",
    "{{ define \"q\" }}{{ template \"q2\" }}{{ end }}{{ template \"q\" }}", "{{ template \"x\" 1 2 }}", "{{ template x }}",
    "{{ range 3 }}{{ . }}{{ end }}", "{{ range $i := 3 }}{{ $i }}{{ end }}", "{{ range \"abc\" }}{{ . }}{{ end }}",
    "{{ range $k, $v := \"aé\" }}{{ $k }}{{ $v }}{{ end }}", "{{ range 1.5 }}{{ end }}", "{{ range nil }}{{ end }}",
    "{{ range true }}{{ end }}", "{{ range -1 }}x{{ else }}e{{ end }}", "{{ range $i, $e := 2 }}{{ end }}",
)  # fmt: skip


class Statements:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.expressions = Expressions(chance)
        self.loops = 0
        self.defining = 0

    def action(self, text: str) -> str:
        return self.chance.choice(_OPEN) + text + self.chance.choice(_CLOSE)

    def text(self) -> str:
        return self.chance.choice(_TEXTS)

    def block(self, depth: int) -> str:
        mark = len(self.expressions.variables)
        out = "".join(self.statement(depth) for _ in range(self.chance.choice((0, 1, 1, 2, 3))))
        del self.expressions.variables[mark:]
        return out

    def statement(self, depth: int) -> str:
        chance = self.chance
        roll = chance.random()
        if roll < 0.2:
            return self.text()
        if roll < 0.03 + 0.2:
            return chance.choice(_ACCIDENTS)
        if depth <= 0 or roll < 0.5:
            return self.action(self.expressions.pipeline(2))
        make = chance.choice((self.declare, self.declare, self.assign, self.when, self.when, self.having, self.loop, self.loop, self.loop,
            self.template, self.block_action, self.nested_text, self.jump))
        return make(depth - 1)

    def declare(self, depth: int) -> str:
        name = self.chance.choice(_VARIABLES)
        out = self.action(f"{name} := {self.expressions.pipeline(2)}")
        self.expressions.variables.append(name)
        return out + self.text() + (self.action(name) if self.chance.random() < 0.5 else "")

    def assign(self, depth: int) -> str:
        known = [name for name in self.expressions.variables if name != "$"]
        name = self.chance.choice(known) if known else "$x"
        return ("" if known else self.action("$x := 0")) + self.action(f"{name} = {self.expressions.pipeline(1)}")

    def condition(self) -> str:
        return self.expressions.operand("any", 2) if self.chance.random() < 0.5 else self.expressions.pipeline(2)

    def bound(self) -> tuple[str, str]:
        """A pipeline, perhaps with a declaration, and the name declared."""
        if self.chance.random() < 0.25:
            name = self.chance.choice(_VARIABLES)
            return f"{name} := {self.condition()}", name
        return self.condition(), ""

    def when(self, depth: int) -> str:
        return self._chain("if", depth)

    def having(self, depth: int) -> str:
        return self._chain("with", depth)

    def _chain(self, word: str, depth: int) -> str:
        chance = self.chance
        mark = len(self.expressions.variables)
        head, name = self.bound()
        if name:
            self.expressions.variables.append(name)
        out = self.action(f"{word} {head}") + self.block(depth)
        while chance.random() < 0.25:
            head, name = self.bound()
            out += self.action(f"else {word} {head}") + self.block(depth)
        if chance.random() < 0.4:
            out += self.action("else") + self.block(depth)
        del self.expressions.variables[mark:]
        return out + self.action("end")

    def loop(self, depth: int) -> str:
        chance = self.chance
        mark = len(self.expressions.variables)
        over = chance.choice((self.expressions.operand("list", 2), self.expressions.operand("map", 2), self.expressions.operand("any", 2),
            ".Values.l", ".Values.m", ".Values.ls", str(chance.randint(0, 4)), "(until 3)", ".Values.i" if chance.random() < 0.02 else ".Values.d"))
        names = chance.choice(([], [], ["$x"], ["$k", "$v"], ["$x", "$y"]))
        head = f"range {', '.join(names)}{' := ' if names else ''}{over}"
        self.expressions.variables += names
        self.loops += 1
        out = self.action(head) + self.block(depth) + (self.action(names[-1]) if names else self.action("."))
        if chance.random() < 0.2:
            out += self.action(f"if {self.condition()}") + self.action(chance.choice(("break", "continue"))) + self.action("end")
        self.loops -= 1
        if chance.random() < 0.3:
            out += self.action("else") + self.block(depth)
        del self.expressions.variables[mark:]
        return out + self.action("end")

    def jump(self, depth: int) -> str:
        return self.action(self.chance.choice(("break", "continue"))) if self.loops and self.chance.random() < 0.6 else self.text()

    def template(self, depth: int) -> str:
        if self.defining:  # what runs itself without end is tested elsewhere
            return self.text()
        name = self.chance.choice(("x", "n1", "n2", "x y", "d1"))
        argument = self.chance.choice(("", " .", " $", f" {self.expressions.operand('any', 1)}", f" ({self.expressions.pipeline(1)})"))
        if self.chance.random() < 0.5:
            return self.action(f'template "{name}"{argument}')
        return self.action(f'include "{name}"{argument or " ."}{self.chance.choice(("", " | nindent 2", " | indent 4", " | trim", " | quote", " | b64enc"))}')

    def block_action(self, depth: int) -> str:
        """``block``, which defines and runs; ``define`` at the top alone."""
        name = self.chance.choice(("d1", "d2", "x"))
        outside, self.expressions.variables = self.expressions.variables, ["$"]
        loops, self.loops = self.loops, 0
        self.defining += 1
        out = self.action(f'block "{name}" {self.expressions.operand("any", 1)}') + self.block(depth) + self.action("end")
        self.expressions.variables, self.loops = outside, loops
        self.defining -= 1
        return out

    def nested_text(self, depth: int) -> str:
        """A template within ``tpl``."""
        outside, self.expressions.variables = self.expressions.variables, ["$"]
        loops, self.loops = self.loops, 0
        self.defining += 1
        inner = self.block(depth)
        self.expressions.variables, self.loops = outside, loops
        self.defining -= 1
        if "`" in inner:
            return self.text()
        return self.action(f"tpl `{inner}` {self.chance.choice(('.', '$', self.expressions.operand('any', 1)))}")

    def file(self) -> str:
        out = "".join(self.statement(3) + self.text() for _ in range(self.chance.choice((1, 1, 2, 3, 4))))
        if self.chance.random() < 0.15:
            self.expressions.variables = ["$"]
            self.defining += 1
            out += self.action(f'define "{self.chance.choice(("d1", "d2", "x"))}"') + self.block(2) + self.action("end")
        return out


def _chart(template: str, chance: Random) -> Case:
    files = {"templates/_h.tpl": HELPERS, "templates/t.yaml": template, "a.txt": "one\ntwo\n", "d/b.txt": "é: \x00"}
    return Case("files", files, (pool.as_json(pool.named_values(chance)),))


def template(chance: Random) -> Case:
    text = Statements(chance).file()
    if chance.random() < 0.1:
        text = documents.damaged(chance, text)
    return _chart(text, chance)


def function(chance: Random) -> Case:
    """One call of one function, each as often as the others."""
    expressions = Expressions(chance)
    name = chance.choice(NAMES)
    call = expressions.call(name, 2)
    if name in ("keys", "values"):
        call += " | sortAlpha"
    tail = chance.choice(("", "", " | toJson", " | quote", " | toYaml", " | toString", " | kindOf", ' | printf "%T %v"'))
    return _chart(f"{{{{ {call}{tail} }}}}", chance)


def printf(chance: Random) -> Case:
    expressions = Expressions(chance)
    parts = []
    for _ in range(chance.randint(1, 3)):
        kind = chance.choice(("int", "float64", "string", "bool", "list", "map", "any"))
        layout = "".join(special.verb(chance) for _ in range(chance.choice((1, 1, 2))))
        values = " ".join(literal(chance, kind) if chance.random() < 0.5 and kind not in ("list", "map") else expressions.operand(kind,
            1) for _ in range(chance.choice((0, 1, 1, 2))))
        parts.append("{{ printf " + f'"{layout}" {values}'.rstrip() + " }}")
    return _chart("|".join(parts), chance)


def written(chance: Random) -> Case:
    """A value through every writer."""
    writer = chance.choice(("toYaml", "toYaml", "toYaml", "toJson", "toPrettyJson", "toRawJson", "toYamlPretty", "toYamlPretty", "toToml",
        "toString", "quote", "mustToToml", "mustToYaml", 'printf "%v"', 'printf "%#v"', "print", "html", "js", "urlquery"))
    reader = chance.choice((".Values.any", ".Values.m", ".Values.l", ".Values", ".Values.d", ".Values.ls", ".Values.li", ".Values.s", ".Values.j"))
    tail = chance.choice(("", "", " | indent 2", " | nindent 4"))
    return _chart(f"{{{{ {writer} {reader}{tail} }}}}", chance)
