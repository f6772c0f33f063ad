# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regular expressions with odd classes, folds and empty turns on odd texts.

And bytes that are no UTF-8 through every function of texts.
"""

from __future__ import annotations

from random import Random

from fuzz.case import TEMPLATE, Case

_ATOMS = (
    "a", "b", "foo", ".", r"\d", r"\w+", r"\s*", "[a-z]", "[^0-9]", "[[:alpha:]]", "(a|b)", "(foo)?", "(?:x|yz)", "(?P<n>a+)", "(?i)x",
    "(?i:Foo)", "^", "$", r"\b", r"\A", r"\z", "a{2}", "x*?", "é", r"\p{L}", r"\pN",
    "(?s).", "(?m)^", "|", "()", "[]a]", "(?U)a+", "(?i)ſ", "(?i)K", "(?i)[k-s]", "(?i)İ", "(?i)ı", "(?i)ß", "(?i)[^i]", "(?i)σ", "(?i)µ",
    "(?i)[à-ö]", r"(?i)\W", r"(?i)[^\W]", "(?i)[[:upper:]]", "(?i)[[:^lower:]]",
    r"(?i)\p{Lu}", r"(?i)\P{Ll}", r"\p{Letter}", r"\p{lu}", r"\p{^L}", r"\P{^Nd}", "(?i)ǆ", "(?i)Σ+", "(b?)*", "(|a)*", "(a|b?)+",
    "(a*)*", "((a?)b?)*", "(a?){2,}", "(?:|x){3}", "(?:a?)*?", r"\x{fffd}", r"[^\x{fffd}]",
    r"\p{Cn}", r"\p{Any}", r"\p{ASCII}", r"[^\p{L}]", r"\p{Greek}", r"\p{Han}", r"\p{^Latin}", r"[\p{Hiragana}x]", r"(?i)\p{Greek}",
    r"\p{OldItalic}", r"\p{Nope}", r"\pC", r"[\P{Any}a]", r"\p{LC}", r"[\p{ASCII}é]", r"\p{Assigned}",
)  # fmt: skip
_PIECES = ("a", "b", "foo", "x", "yz", "1", " ", ".", "A", "é", "É", "\n", "-", "aa", "Foo", "ſ", "s", "S", "K", "k", "İ", "i", "I", "ı",
    "ß", "ẞ", "σ", "ς", "Σ", "µ", "μ", "漢", "ά", "я", "ǆ", "ǅ", "😀", "\ufffd", "\udcff", "\udce4", "$",
           "ひ", "\u0345", "ι", "ᾳ", "Å", "å", "\u0378", "\x01")  # fmt: skip
_CALLS = ('Match P S', 'Find P S | quote', 'FindAll P S -1 | toJson', 'FindAll P S 2 | toJson', 'ReplaceAll P S "<$0|${1}|$n>"',
    'ReplaceAllLiteral P S "$1"', "Split P S -1 | toJson", "Split P S 2 | toJson")
_BYTES = (
    "js", "html", "urlquery", "quote", "squote", "upper", "lower", "title", "untitle", "trim", "nospace", "initials", "swapcase",
    "snakecase", "camelcase", "kebabcase", "toJson", "toYaml", "toYamlPretty", "b32enc", "sha256sum",
    "len", "base", "dir", "regexQuoteMeta", "fromJson", "fromYaml", "urlParse", "trunc 1", "trunc -2", "substr 1 3", "abbrev 5", "wrap 2",
    "indent 2", "trimAll T", "trimPrefix T", "trimSuffix T", "contains T", "hasPrefix T",
    "replace T \"x\"", "replace \"a\" T", "splitList T", "splitList \"\"", "printf \"%q\"", "printf \"%+q\"", "printf \"%x\"",
    "printf \"%5s|\"", "printf \"%.1s\"", "cat T", "eq T", "lt T", "ge T", "list T", "sortAlpha", "list T | sortAlpha",
    "dict T 1 | toJson", "dict T | toString", "toString", "atoi", "int", "semver", "slice \"abc\"", "print T", "has (list T)",
    "plural T \"b\"", "date", "toDate \"2006\"", "mustToDuration", "adler32sum", "b64dec", "toToml",
)  # fmt: skip


def _literal(text: str) -> str:
    """A Go literal; bytes that are no UTF-8 as escapes."""
    return '"' + "".join(f"\\x{ord(char) - 0xDC00:02x}" if "\udc80" <= char <= "\udcff"
                         else "\\" + char if char in '"\\' else "\\n" if char == "\n" else char for char in text) + '"'


def _text(chance: Random, most: int) -> str:
    text = "".join(chance.choice(_PIECES) for _ in range(chance.randint(0, most)))
    return text * chance.choice((40, 700)) if chance.random() < 0.1 else text


def case(chance: Random) -> Case:
    pattern = "".join(chance.choice(_ATOMS) for _ in range(chance.randint(1, 4)))
    if chance.random() < 0.2:
        pattern = f"({pattern}){chance.choice(('*', '+', '?', '{2}', '*?', '{0,3}'))}"
    must, call = chance.choice(("regex", "mustRegex")), chance.choice(_CALLS)
    words = [{"P": _literal(pattern), "S": _literal(_text(chance, 10))}.get(word, word) for word in call.split(" ")]
    return Case("files", {TEMPLATE: "{{ " + must + " ".join(words) + " }}"})


def bytes_case(chance: Random) -> Case:
    text = bytes(chance.choice(b"ab <&'\"=\xff\xfe\xc3\xa9\xe2\x82\xac\xf0\x9f\x80\xed\xa0\n") for _ in range(chance.randint(0, 8)))
    words = [_literal(_text(chance, 2)) if word == "T" else word for word in chance.choice(_BYTES).split(" ")]
    return Case("files", {TEMPLATE: f'{{{{ .Files.Get "b.bin" | {" ".join(words)} }}}}', "b.bin": text.decode("utf-8", "surrogateescape")})
