# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generates expressions of the template language.

Operands, calls of every function with plausible and implausible arguments, pipelines.

Functions whose results differ from call to call are used within ``kindOf`` or ``len``, or not at all. Where a number decides how long a
result gets (``repeat``, ``until``, widths of ``printf``), it is small: what a gigabyte does is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fuzz import ours  # puts the engine on the path
from fuzz.grammar import pool, special
from module_utils._engine.render.functions import functions as helm_functions
from module_utils._engine.sprig.table import functions as sprig_functions

RELEASE = ours.RELEASE
#: parameters of functions that the tables do not describe
_MORE = {
    "and": "any ...any", "or": "any ...any", "not": "any", "len": "any", "index": "any ...any", "slice": "any ...int", "html": "...any",
    "js": "...any", "print": "...any",
    "println": "...any", "printf": "string ...any", "urlquery": "...any", "eq": "any ...any", "ne": "any any", "lt": "any any",
    "le": "any any", "gt": "any any", "ge": "any any",
    "call": "any ...any", "required": "string any", "lookup": "string string string string", "fail": "string", "tpl": "string any", "include": "string any",
    "env": "string", "getHostByName": "string",
}  # fmt: skip
_SLOW = {"genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
    "genPrivateKey", "bcrypt", "htpasswd", "derivePassword"}
_CHANCE = {"now", "ago", "shuffle", "uuidv4", "encryptAES", *(name for name, function in sprig_functions().items() if not function.repeatable)} - _SLOW
#: which of its arguments make a result long
_SIZES = {"repeat": (0,), "until": (0,), "untilStep": (0, 1), "seq": (0, 1, 2), "indent": (0,), "nindent": (0,), "randAlphaNum": (0,),
    "randAlpha": (0,), "randAscii": (0,),
          "randNumeric": (0,), "randBytes": (0,), "wrap": (0,), "wrapWith": (0,)}  # fmt: skip


def signatures() -> dict[str, tuple[str, ...]]:
    out = {name: tuple(text.split()) for name, text in _MORE.items()}
    for name, function in {**sprig_functions(), **helm_functions()}.items():
        if name not in _SLOW and name not in _CHANCE and name not in ("slice", "fail"):
            out[name] = function.params
    return out


SIGNATURES = signatures()
NAMES = sorted(SIGNATURES)
FIELDS = {
    "string": (".Values.s", ".Values.t", ".Values.d.a", ".Release.Name", ".Chart.Version", ".Chart.Name", ".Template.Name",
    ".Capabilities.KubeVersion.Version", '(index .Values "d" "x-y")'),
    "int": (".Values.i", ".Values.j", ".Release.Revision", "(len .Values.l)", "(int .Values.i)", "(int64 .Values.j)"),
    "float64": (".Values.f", ".Values.j", "(float64 .Values.i)", "(float64 .Values.f)"),
    "bool": (".Values.b", ".Release.IsInstall", ".Chart.IsRoot", '(.Capabilities.APIVersions.Has "v1")'),
    "list": (".Values.l", ".Values.ls", ".Values.li", ".Capabilities.APIVersions", ".Chart.Keywords", "(list)", ".Chart.Maintainers"),
    "map": (".Values.m", ".Values.d", ".Values.d.b", ".Chart.Annotations", ".Values", ".Release", ".Chart", "(dict)", ".Subcharts", ".Files"),
    "any": (".", "$", ".Values.n", ".Values.any", ".Values.e", ".Values.missing", ".Values.d.b.c", ".Values.d.nope", ".Values.m.foo",
    ".Files", ".Capabilities", ".Capabilities.KubeVersion", ".Capabilities.HelmVersion", ".Chart.Dependencies"),
}  # fmt: skip
_ODD_FIELDS = (
    ".Values.n.x", ".Values.s.x", ".Values.l.x", ".Values.missing.deeper", ".Values.d.b.d.e", ".nope", ".Values.d.nope.deeper",
    "$.Values.d.a.b", "(.Values.d).a", "(.Values.d).b.c", "(.Values.l).x",
    '(.Files.Get "a.txt")', '(.Files.Get "none")', '(.Files.Lines "a.txt")', '(.Files.Glob "*.txt").AsConfig',
    '(.Files.Glob "d/*").AsSecrets', ".Files.AsConfig", '(.Files.GetBytes "a.txt")', '(.Files.Glob "**")',
    ".Capabilities.KubeVersion.Major", ".Capabilities.KubeVersion.GitVersion", ".Capabilities.KubeVersion.String",
    ".Capabilities.HelmVersion.Version", ".Capabilities.APIVersions.Has", ".Files.Get",
    '(semver "1.2.3-a").Minor', '(semver "1.2.3").Compare', '(urlParse "http://a/b").host', ".Values.foo.bar", ".Chart.Foo",
    ".Release.Nope", ".Capabilities.Nope", ".Template.BasePath", '(.Capabilities.APIVersions.Has)', '(.Values.Has "x")', ".Values.AsMap",
    ".Values.YAML", '(.Values.PathValue "s")', '(.Values.Table "d")',
)  # fmt: skip
_RAW_INTEGERS = ("0", "1", "-1", "+2", "3", "0x1F", "0b101", "0o17", "017", "1_000", "'a'", "'\\n'", "'☺'", "9223372036854775807",
    "-9223372036854775808", "1e3", "1e6", "0x_ff", "007", "00")
_RAW_ODD = ("9223372036854775808", "18446744073709551615", "1e19", "08", "1__0", "0x", "1i", "2.5i", "1+2i", "'ab'", "0x1p-2", ".5", "5.",
    "1e400", "0xZ", "1.2.3")  # fmt: skip


def quoted(chance: Random, value: str) -> str:
    """A Go literal of the text."""
    if "`" not in value and "\r" not in value and chance.random() < 0.3:
        return f"`{value}`"
    out = []
    for char in value:
        if char in '"\\':
            out.append("\\" + char)
        elif char in "\n\t\r":
            out.append({"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char])
        elif ord(char) < 0x20 or ord(char) in (0x7F, 0xFEFF):
            out.append(f"\\x{ord(char):02x}" if ord(char) < 0x80 else f"\\u{ord(char):04x}")
        elif ord(char) > 0x7F and chance.random() < 0.2:
            out.append(f"\\U{ord(char):08x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def literal(chance: Random, kind: str) -> str:
    if kind == "string":
        if chance.random() < 0.02:
            return chance.choice(['"\\xff"', '"a\\xc3"', '"\\377\\101"', '"\\u00e9\\x80"', '"\\q"', '"\\\'"'])
        return quoted(chance, pool.text(chance))
    if kind == "int":
        return chance.choice(_RAW_INTEGERS) if chance.random() < 0.5 else str(chance.randint(-20, 60))
    if kind == "float64":
        return repr(chance.choice(pool.FLOATS)).replace("inf", "1.0") if chance.random() < 0.7 else f"{chance.uniform(-100, 100):.{chance.randint(1, 5)}f}"
    if kind == "bool":
        return chance.choice(("true", "false"))
    return chance.choice(("nil", "true", "false", literal(chance, "string"), literal(chance, "int"), literal(chance, "float64"), chance.choice(_RAW_ODD)))


class Expressions:
    """:param variables: the names in scope, kept by who makes statements."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.variables: list[str] = ["$"]
        self.templates: list[str] = []
        self._makers: dict[str, Callable[[int], str]] = {"list": self._list, "map": self._dict, "time": self._time, "...any": self._any}

    def operand(self, kind: str = "any", depth: int = 2) -> str:
        """An argument, usually of the kind."""
        chance = self.chance
        if chance.random() < 0.12:
            kind = chance.choice(("string", "int", "float64", "bool", "list", "map", "any"))
        roll = chance.random()
        if roll < 0.03 and len(self.variables) > 1:
            return chance.choice(self.variables)
        if roll < 0.06:
            return chance.choice(_ODD_FIELDS)
        if kind in self._makers and roll < 0.6:
            return self._makers[kind](depth)
        if depth > 0 and roll < 0.25:
            return f"({self.pipeline(depth - 1)})"
        if roll < 0.65 and kind in FIELDS:
            return chance.choice(FIELDS[kind])
        if kind in ("string", "int", "float64", "bool"):
            return literal(chance, kind)
        return self._any(depth)

    def _any(self, depth: int) -> str:
        kind = self.chance.choice(("string", "string", "int", "float64", "bool", "list", "map", "field", "nil"))
        if kind == "field":
            return self.chance.choice(FIELDS["any"])
        if kind in ("list", "map"):
            return self._makers[kind](depth) if depth > 0 else self.chance.choice(FIELDS[kind])
        return literal(self.chance, kind)

    def _list(self, depth: int) -> str:
        items = " ".join(self.operand("any", depth - 1) for _ in range(self.chance.randint(0, 3)))
        return f"(list {items})" if depth > 0 else self.chance.choice(FIELDS["list"])

    def _dict(self, depth: int) -> str:
        if depth <= 0:
            return self.chance.choice(FIELDS["map"])
        pairs = " ".join(f"{quoted(self.chance, pool.word(self.chance))} {self.operand('any', depth - 1)}" for _ in range(self.chance.randint(0, 3)))
        return f"(dict {pairs})"

    def _time(self, depth: int) -> str:
        return f"(toDate {quoted(self.chance, '2006-01-02 15:04')} {quoted(self.chance, special.moment(self.chance))})"

    def call(self, name: str, depth: int, piped: bool = False) -> str:
        """A call without parentheses; ``piped``: the last argument comes from the left."""
        chance = self.chance
        params = list(SIGNATURES[name])
        if params and params[-1].startswith("..."):
            last = params.pop().removeprefix("...")
            params += [last] * chance.choice((0, 1, 1, 2, 2, 3, 4))
            if name == "dict":
                params = ["string" if at % 2 == 0 else "any" for at in range(len(params))]
        if chance.random() < 0.02:
            params = params[:-1] if chance.random() < 0.5 else [*params, "any"]
        if piped and params:
            params.pop()
        arguments = [self._argument(name, at, kind, depth) for at, kind in enumerate(params)]
        return " ".join([name, *arguments])

    def _argument(self, name: str, at: int, kind: str, depth: int) -> str:
        chance = self.chance
        if at in _SIZES.get(name, ()):
            return chance.choice(("0", "1", "2", "3", "5", "8", "20", "40", "-1", "-3", '"x"', "nil", "2.7", '"4"'))
        made = special.argument(chance, name, at)
        if made is not None and chance.random() < 0.85:
            return made if made[:1] in "(" else quoted(chance, made) if isinstance(made, str) and not made.startswith("\0") else made[1:]
        return self.operand(kind, depth - 1)

    def pipeline(self, depth: int = 2) -> str:
        chance = self.chance
        roll = chance.random()
        if depth <= 0 or roll < 0.1:
            return self.operand("any", depth)
        if roll < 0.16:
            return f"printf {self.printf(depth)}"
        name = chance.choice(NAMES)
        text = self.call(name, depth)
        if name in ("keys", "values") and chance.random() < 0.9:
            text += " | sortAlpha"
        while chance.random() < 0.3:
            name = chance.choice(NAMES)
            if name in _SIZES or name in ("include", "call"):
                continue
            text += f" | {self.call(name, depth - 1, piped=True)}"
        return text

    def printf(self, depth: int) -> str:
        chance = self.chance
        arguments = [self.operand(chance.choice(("any", "int", "float64", "string", "bool", "list", "map")), depth - 1) for _ in range(chance.randint(0, 3))]
        layout = "".join(special.verb(chance) if chance.random() < 0.85 else chance.choice((" ", "x", "é", "%%")) for _ in range(max(1,
            len(arguments) + chance.choice((-1, 0, 0, 0, 1)))))
        return " ".join([quoted(chance, layout), *arguments])
