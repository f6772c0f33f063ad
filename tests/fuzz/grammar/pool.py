# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words, numbers and values that are worth trying.

Limits of Go's types, what YAML reads in more than one way, odd characters.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

WORDS = ("a", "b", "foo", "bar", "name", "x1", "key", "Foo", "fooBar", "foo-bar", "foo_bar", "HTTPServer", "A1B2", "é", "日本", "ǅ", "ß")
TEXTS = (
    "", " ", "a", "foo", "foo bar", "Foo Bar baz", "  padded  ", "fooBar-baz_qux", "HTTPServerID2x", "1", "0", "-1", "1.5", "1e3", "0x1F",
    "010", "0o17", "1_000",
    "true", "false", "null", "~", "yes", "No", "on", "y", "=", "<<", ".inf", "-.Inf", ".nan", "2024-01-31", "2024-01-31T10:20:30Z", "12:30:45", "190:20:30",
    "- a", "a: b", "a: b\nc: [1, 2]\n", "- 1\n- x: y\n", "#c", "a #c", "a:", ":a", "{a", "[a]", "*x", "&x", "!x", "|", ">", "%d", "@a",
    "`b`", "?", "? a", "-", "--", "---",
    "it's", '"q"', "a\\b", "a\tb", "line1\nline2", "line1\nline2\n", "\nlead", "trail \n", "  indented\nnot\n", "a\r\nb", "a\n\n\nb\n\n",
    "x\u2028y", "\ufeff", "\u0085z",
    "<a href='x'>&amp;</a>", "日本語 text", "naïve café", "ÀÉÎ", "ǆ ǅ", "🎉 party", "İstanbul", "straße", "\u0000", "\u0007bell", "\u001b[0m",
    "\u007f", "$1", "${a}", "{{", "}}", "a,b,c", "a.b.c", "a/b/c.tar.gz", "/abs/../path//x", "../x", "c:\\x",
    "The quick brown fox jumps over the lazy dog and then walks slowly home through the wide and windy valley at night.",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "word " * 30, "key: value, and more of it, and more of it, and more of it, and more of it, and more: of it, \"quoted\" too",
    '{"a": 1, "b": [true, null, 1.5]}', "[1, 2.5, \"x\"]", "a = 1\n[b]\nc = \"d\"\n",
    "aGVsbG8=", "aGVsbG8", "NBSWY3DP", "!!!", "1.2.3", "v1.2.3-beta.1+build.5", "1h30m", "1h", "-1.5s", "90",
    "http://user:pass@host.example:8080/path/x?q=1&r=a%20b#frag", "%zz",
)  # fmt: skip
INTEGERS = (
    0, 1, -1, 2, 3, 5, 7, 10, 12, 42, 64, 99, 100, 255, 256, 1000, 65535, 1000000, 2147483647, 2147483648, -2147483648, 4294967296,
    9007199254740991, 9007199254740993, 9223372036854775807, -9223372036854775808,
)  # fmt: skip
FLOATS = (
    0.0, -0.0, 0.5, 1.0, 1.5, -1.5, 2.5, 0.1, 0.3, 3.14159, 2.675, 1e3, 1e6, 123456.0, 1234567.0, 1e20, 1e21, 1.5e21, 1e22, 1e-4, 1e-5,
    1e-7, 1.7976931348623157e308, 5e-324,
    1e15, 1e16, 12345678901234567890.0, 9223372036854775807.0, 4294967295.0, 0.1 + 0.2, 100.0, 33.333333333333336,
)  # fmt: skip
HUGE = (9223372036854775808, 18446744073709551615, 18446744073709551616, -9223372036854775809, 10**25)


def word(chance: Random) -> str:
    return chance.choice(WORDS)


def text(chance: Random) -> str:
    roll = chance.random()
    if roll < 0.65:
        return chance.choice(TEXTS)
    if roll < 0.8:
        return "".join(chance.choice(" abcXYZ019-_.:/,#'\"\\\n\té日\u00a0!?*&%@|>[]{}") for _ in range(chance.randint(0, 12)))
    if roll < 0.9:
        return chance.choice([" ", "\n", "-", ", "]).join(chance.choice(TEXTS) for _ in range(2))
    return " ".join(word(chance) for _ in range(chance.randint(1, 25)))


def number(chance: Random) -> int | float:
    roll = chance.random()
    if roll < 0.45:
        return chance.choice(INTEGERS)
    if roll < 0.75:
        return chance.choice(FLOATS)
    if roll < 0.85:
        return chance.randint(-1000, 1000)
    if roll < 0.95:
        return round(chance.uniform(-1000, 1000), chance.randint(0, 6))
    return chance.choice([chance.random() * 10 ** chance.randint(-320, 300), chance.getrandbits(63), *HUGE])


def value(chance: Random, depth: int = 3) -> Any:
    """Any value that JSON has."""
    roll = chance.random()
    if depth > 0 and roll < 0.25:
        return table(chance, depth - 1)
    if depth > 0 and roll < 0.4:
        return [value(chance, depth - 1) for _ in range(chance.randint(0, 4))]
    if roll < 0.68:
        return text(chance)
    if roll < 0.85:
        return number(chance)
    return chance.choice([True, False, None, None, "", {}, []])


def table(chance: Random, depth: int = 2) -> dict[str, Any]:
    keys = [word(chance) if chance.random() < 0.8 else text(chance) for _ in range(chance.randint(0, 4))]
    return {key: value(chance, depth) for key in keys}


def named_values(chance: Random) -> dict[str, Any]:
    """Values with the names that templates of the grammar use."""
    return {
        "s": text(chance),
        "t": text(chance),
        "i": chance.choice(INTEGERS),
        "j": number(chance),
        "f": chance.choice(FLOATS),
        "n": None,
        "b": chance.random() < 0.5,
        "l": [value(chance, 1) for _ in range(chance.randint(0, 4))],
        "ls": [text(chance) for _ in range(chance.randint(0, 4))],
        "li": [number(chance) for _ in range(chance.randint(0, 4))],
        "m": table(chance, 2),
        "d": {"a": value(chance, 2), "b": {"c": value(chance, 1), "d": None}, "x-y": text(chance)},
        "any": value(chance, 3),
        "e": chance.choice(["", [], {}, 0, None, False]),
    }


def as_json(value: Any) -> str:
    """JSON, which is YAML.

    Characters that YAML forbids are escaped. Numbers that JSON lacks do not occur.
    """
    return json.dumps(value, ensure_ascii=True)
