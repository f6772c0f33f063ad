# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of little languages that functions read.

Layouts of dates, regular expressions, versions, URLs, durations, verbs of ``printf``.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Optional

from fuzz.grammar import documents, pool

_LAYOUT = ("2006", "06", "01", "1", "Jan", "January", "02", "2", "_2", "__2", "002", "Mon", "Monday", "15", "03", "3", "04", "4", "05",
    "5", "PM", "pm", "MST", "Z0700", "Z07:00", "Z07", "-0700", "-07:00", "-07",
           "Z070000", "-07:00:00", ".000", ".999", ",000", ".000000000", "T", "-", "/", ":", " ", " of ", "Jane", "Z", "é")  # fmt: skip
_ATOMS = ("a", "b", "foo", ".", "\\d", "\\w+", "\\s*", "[a-z]", "[^0-9]", "[[:alpha:]]", "[\\d_]", "(a|b)", "(foo)?", "(?:x|yz)",
    "(?P<n>a+)", "(?<m>b)", "(?i)x", "(?i:Foo)", "^", "$", "\\b", "\\B", "\\A", "\\z",
          "a{2}", "a{1,3}", "[a-f]{0,2}", "x*?", "a+?", "\\.", "\\/", "é", "\\p{L}", "\\pN", "\\P{Greek}", "[\\p{Lu}a]", "\\x41",
          "\\x{1F600}", "\\Qa.b\\E", "(?s).", "(?m)^", "|", "()", "[.-]", "[]a]", "\\t", "(?U)a+")  # fmt: skip
_BROKEN = ("(", ")", "[", "a{1001}", "*", "a**", "a++", "\\", "(?<x", "(?P<1>a)", "[z-a]", "\\8", "(?=a)", "(?!a)", "\\1", "[[:foo:]]",
    "\\pX", "(?P<n>a)(?P<n>b)", "a{2,1}", "\\Z", "(?z)", "x{,3}", "\\C", "\\x{110000}", "{1}", "a{", "(?#c)", "\\k<n>", "(?>a)",
    "\\p{Foo}", "((a{100}){100}){100}")  # fmt: skip
_VERSION = ("1", "1.2", "1.2.3", "v1.2.3", "0.0.1", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-0.beta", "1.2.3+build", "1.2.3-rc.1+b.5",
    "01.2.3", "1.2.3.4", "x", "1.x", "1.2.x", "*", "", "1.2.3-", "1.2.3-01", "latest", "v", "1.29.4-gke.1043002", "10.20.30",
    "99999999999999999999.0.0", " 1.2.3", "1.2.3 ", "1..2", "-1.0.0")  # fmt: skip
_OPERATORS = ("", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "^", "~>", ">= ", "== ", " > ")
_URLS = ("http", "https", "", "ftp", "1x", "mailto", "a+b")
_UNITS = ("ns", "us", "µs", "ms", "s", "m", "h", "d", "", "x")

Maker = Callable[[Random], str]


def layout(chance: Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(("2006-01-02", "2006-01-02T15:04:05Z07:00", "Mon, 02 Jan 2006 15:04:05 MST", "Jan _2 15:04:05.000", "3:04PM",
            "20060102150405", "2006-01-02 15:04"))
    return "".join(chance.choice(_LAYOUT) for _ in range(chance.randint(1, 6)))


def moment(chance: Random) -> str:
    if chance.random() < 0.85:
        return f"{chance.randint(1, 2500):04}-{chance.randint(1, 12):02}-{chance.randint(1, 29):02} {chance.randint(0, 23):02}:{chance.randint(0, 59):02}"
    return chance.choice(("2024-02-30 10:00", "2024-13-01 00:00", "x", "", "2024-01-02", "2024-1-2 3:4", "10000-01-01 00:00"))


def pattern(chance: Random) -> str:
    atoms = [chance.choice(_ATOMS) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.12:
        atoms.insert(chance.randint(0, len(atoms)), chance.choice(_BROKEN))
    return "".join(atoms)


def subject(chance: Random) -> str:
    if chance.random() < 0.5:
        return "".join(chance.choice(("a", "b", "foo", "x", "yz", "1", " ", ".", "A", "é", "\n", "-", "_", "aa", "Foo")) for _ in range(chance.randint(0, 10)))
    return pool.text(chance)


def replacement(chance: Random) -> str:
    return "".join(chance.choice(("$1", "${1}", "$0", "$n", "${n}x", "$1x", "$$", "$", "${", "\\1", "a", "-", "${2}", "$m",
        "$9")) for _ in range(chance.randint(0, 3)))


def version(chance: Random) -> str:
    if chance.random() < 0.6:
        return chance.choice(_VERSION)
    tail = chance.choice(("", "", "", "-alpha", "-alpha.1", "-beta.2", "-rc1", "+b"))
    return f"{chance.choice(('', '', 'v'))}{chance.randint(0, 3)}.{chance.randint(0, 3)}.{chance.randint(0, 3)}{tail}"


def constraint(chance: Random) -> str:
    def one() -> str:
        if chance.random() < 0.1:
            return f"{version(chance)} - {version(chance)}"
        return chance.choice(_OPERATORS) + chance.choice((version(chance), f"{chance.randint(0, 3)}.{chance.choice('x*X2')}",
            f"{chance.randint(0, 2)}", "1.2.3-0", "*"))

    return chance.choice((" || ", ", ", " ", ",", "||")).join(one() for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))


def url(chance: Random) -> str:
    if chance.random() < 0.2:
        return pool.text(chance)
    scheme = chance.choice(_URLS)
    user = chance.choice(("", "", "u@", "u:p@", "u:@", ":p@", "a%40b:c%3Ad@", "ü@"))
    host = chance.choice(("a", "example.com", "a.b:80", "[::1]", "[fe80::1%25en0]:8", "a:x", "A B", "ex%41mple", "日本.jp", "a:", "", "[::1", "1.2.3.4:99999"))
    path = chance.choice(("", "/", "/a/b", "/a b", "/%2F/x", "/%zz", "//x", "/é", "a/b", "/a;b", "/../c", "/*"))
    query = chance.choice(("", "?", "?a=1&b=2", "?a b", "?%", "?é=ü", "?a=1#"))
    fragment = chance.choice(("", "", "#f", "#", "#a b", "#%41", "#é"))
    return f"{scheme}{chance.choice((':', '://', '//', ':/', '://')) if scheme else chance.choice(('', '//'))}{user}{host}{path}{query}{fragment}"


def duration(chance: Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(("0", "", "1", "-", "+5s", "1.5h", ".5s", "1.s", "1h-1m", "9223372036854775807ns", "9223372036854775808ns",
            "1e3s", "3000000h", "1h 2m", "90", "123.456", "-90"))
    return chance.choice(("", "",
        "-")) + "".join(f"{chance.randint(0, 400)}{chance.choice(('', '', '.5', '.25'))}{chance.choice(_UNITS[:8])}" for _ in range(chance.randint(1, 3)))


def verb(chance: Random) -> str:
    if chance.random() < 0.03:
        return chance.choice(("%", "%!", "%z", "%[", "%[x]d", "%[0]d", "%[5]d", "%*d", "%.*f", "%-*d", "%[2]*[1]d", "%w", "%é", "%[1]",
            "%.[1]*f", "%!d", "% ", "%.", "%-"))
    flags = "".join(chance.choice("+-# 0") for _ in range(chance.choice((0, 0, 0, 1, 1, 2))))
    width = chance.choice(("", "", "", "1", "3", "8", "20"))
    precision = chance.choice(("", "", "", ".", ".0", ".1", ".2", ".5", ".12"))
    index = chance.choice(("", "", "", "", "", "", "[1]", "[2]", "[3]"))
    return f"%{flags}{width}{precision}{index}{chance.choice('vvvsssqdddtfgGeExXboOcUTF')}"


def _base64(chance: Random) -> str:
    return chance.choice(("aGVsbG8=", "aGVsbG8", "aGVs bG8=", "aGVs\nbG8=", "4pi6", "//79", "_-8=", "====", "YQ==", "YR==", "Y",
        "NBSWY3DP", "nbswy3dp", "GE======", "GE", "\u00e9"))


def _json(chance: Random) -> str:
    text = pool.as_json(pool.value(chance, 2))
    return documents.damaged(chance, text) if chance.random() < 0.3 else text


def _toml(chance: Random) -> str:
    text = "".join(chance.choice(_TOML) for _ in range(chance.randint(0, 5)))
    return documents.damaged(chance, text) if chance.random() < 0.15 else text


_TOML = ("a = 1\n", "b = \"x\"\n", "c = 'y'\n", "[t]\n", "[t.u]\n", "[[arr]]\n", "d = 1.5\n", "e = [1, 2]\n", "f = {x = 1, y = \"z\"}\n",
    "g = true\n", "h = 1979-05-27T07:32:00Z\n", "i = 1979-05-27\n", "j = 07:32:00\n",
         "k.l = 3\n", "\"q r\" = 4\n", "m = \"\"\"\nlong\n\"\"\"\n", "# c\n", "n = 0xff\n", "o = inf\n", "p = 1_000\n", "q = -0\n",
         "r = 1979-05-27T07:32:00\n", "s = [[1], [\"a\"]]\n", "a = 2\n", "u = \"\\u00e9\"\n", "v = 1e3\n")  # fmt: skip


def _path(chance: Random) -> str:
    return chance.choice(("", "/", "a", "a/b", "/a/b/", "a//b", "./a", "../a", "a/../..", "/..", "a/b.c.d", ".hidden", "a.", "a/.b", "//",
        "x.tar.gz", "é/ü.ß", "a b", "C:\\x\\y", "..."))


def _kind(chance: Random) -> str:
    return chance.choice(("string", "int", "int64", "float64", "map", "slice", "bool", "invalid", "ptr", "struct", "func",
        "[]interface {}", "map[string]interface {}", "interface", "*chart.Metadata", "nil", "<nil>"))


def _sum(chance: Random) -> str:
    return chance.choice(("Sunday", "Z", "x"))


def _zone(chance: Random) -> str:
    return chance.choice(("UTC", "", "Local", "America/New_York", "Europe/Berlin", "Nope/Where", "Asia/Kolkata", "utc", "EST"))


def _dated(chance: Random) -> str:
    """No text, since ``date`` uses the present for a value that is not a time."""
    return chance.choice(("\x000", "\x001700000000", "\x00-62135596800", "\x00(int64 951782400)", "\x00(int 86399)",
        f'(toDate "2006-01-02 15:04" "{chance.randint(1, 2500):04}-0{chance.randint(1, 9)}-28 {chance.randint(10, 23)}:05")'))


_MAKERS: dict[tuple[str, int], Maker] = {}


def _register(maker: Maker, at: int, *names: str) -> None:
    for name in names:
        _MAKERS[name, at] = maker


_TYPES = ("typeIs", "typeIsLike", "kindIs")
_REGEX = ("Match", "FindAll", "Find", "ReplaceAll", "ReplaceAllLiteral", "Split")
for _name in _REGEX:
    for _full in (f"regex{_name}", f"mustRegex{_name}"):
        _register(pattern, 0, _full)
        _register(subject, 1, _full)
        if _name.startswith("Replace"):
            _register(replacement, 2, _full)
_register(layout, 0, "date", "dateInZone", "date_in_zone", "toDate", "mustToDate")
_register(moment, 1, "toDate", "mustToDate")
_register(_zone, 2, "dateInZone", "date_in_zone")
_register(_zone, 1, "htmlDateInZone")
_register(_dated, 1, "date", "dateInZone", "date_in_zone")
_register(_dated, 0, "htmlDate", "htmlDateInZone")
_register(duration, 0, "dateModify", "date_modify", "mustDateModify", "must_date_modify", "duration", "durationRound", "mustToDuration",
    *(f"duration{unit}" for unit in ("Seconds", "Milliseconds", "Microseconds", "Nanoseconds", "Minutes", "Hours", "Days", "Weeks", "RoundTo", "TruncateTo")))
_register(duration, 1, "durationRoundTo", "durationTruncateTo")
_register(constraint, 0, "semverCompare")
_register(version, 1, "semverCompare")
_register(version, 0, "semver")
_register(url, 0, "urlParse")
_register(_base64, 0, "b64dec", "b32dec", "decryptAES")
_register(_json, 0, "fromJson", "mustFromJson", "fromJsonArray")
_register(_toml, 0, "fromToml")
_register(documents.document, 0, "fromYaml", "fromYamlArray")
_register(_path, 0, "base", "dir", "clean", "ext", "isAbs", "osBase", "osDir", "osClean", "osExt", "osIsAbs")
_register(_kind, 0, *_TYPES)
_register(lambda chance: chance.choice(("x", "n1", "n2", "none", "x y")), 0, "include")
_register(lambda chance: chance.choice(("{{ . }}", "{{ .Values.s }}", "a{{ .x }}b", "{{ . | quote }}", "{{ include \"x\" . }}", "{{",
    "{{ nope }}", "plain", "{{ fail \"no\" }}", "{{ define \"x\" }}re{{ end }}{{ include \"x\" . }}", "{{ .a.b.c }}", "{{ tpl \"{{ . }}\" . }}", "")), 0, "tpl")


def argument(chance: Random, name: str, at: int) -> Optional[str]:
    """A text for the argument of a function.

    With ``\\0`` in front, or an opening parenthesis, an expression. None: nothing special.
    """
    maker = _MAKERS.get((name, at))
    return maker(chance) if maker else None
