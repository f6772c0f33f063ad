# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``--set`` texts: keys with dots, escapes and indices, lists, all that is read as more than a string.

And accidents.
"""

from __future__ import annotations

from random import Random

from fuzz.case import Case
from fuzz.grammar import documents, pool

KINDS = ("set", "set", "set", "set-string", "set-json", "set-literal", "set-file")
_KEYS = ("a", "b", "a.b", "a.b.c", "l", "l[0]", "l[1]", "l[2].x", "l[0][1]", "a[0].b[1]", "a\\.b", "a\\,b", "a\\=b", "a.", ".a", "",
    "a..b", "l[", "l[]", "l[x]", "l[-1]", "l[1", "[0]", "l[0]x", "l[0].", "é", "a b", "a\\", "l[65536]", "l[65537]", "l[01]", "l[ 1]",
    "l[1]]", "a]", "a{b", "a\\[0]", "a.l[1].y", "null", "1", "m.n.o.p.q")  # fmt: skip
_VALUES = ("1", "0", "-1", "010", "1.5", "true", "false", "null", "", "x", "True", "1e3", "a b", "{a,b}", "{}", "{", "}", "{a", "{a,b",
    "{a,,b}", "{1,null,true}", "{{a}}", "{a}b", "a\\,b", "a\\=b", "a=b", "\\", "a\\", "\\{a}", '"x"', "'x'", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "0x1F", "{a\\,b,c}", "{ a, b }", "[1]", " 1", "1 ", "nullx", "~", "é", "日本", "a\nb",
    "{a=b}", "{null}", "{[0]}", "*", "@x", "none.txt", "a.txt")  # fmt: skip
_JSON = ("1", "1.5", "null", "true", '"x"', "[1, 2]", '{"x": 1}', "[]", "{}", '"a,b"', "[1", "{", "", "x", '{"x": {"y": null}}', "1e400",
    "9223372036854775807", "12345678901234567890", '"é"', " 1 ", "[1,2] x")


def pair(chance: Random, kind: str) -> str:
    key = chance.choice(_KEYS) if chance.random() < 0.85 else pool.text(chance)
    if chance.random() < 0.06:
        return key
    if kind == "set-json" and chance.random() < 0.8:
        return f"{key}={chance.choice(_JSON) if chance.random() < 0.7 else pool.as_json(pool.value(chance, 2))}"
    return f"{key}={chance.choice(_VALUES) if chance.random() < 0.85 else pool.text(chance)}"


def text(chance: Random, kind: str) -> str:
    if kind == "set-json" and chance.random() < 0.25:
        out = pool.as_json({pool.word(chance): pool.value(chance, 2) for _ in range(chance.randint(0, 3))})
    else:
        out = ",".join(pair(chance, kind) for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))))
    return documents.damaged(chance, out) if chance.random() < 0.12 else out


def case(chance: Random) -> Case:
    sets = tuple((kind, text(chance, kind)) for kind in (chance.choice(KINDS) for _ in range(chance.choice((1, 1, 2, 2, 3)))))
    values = () if chance.random() < 0.6 else (pool.as_json({"a": {"b": pool.value(chance, 1)}, "l": [1, [2, 3], {"x": 1}],
        "m": pool.value(chance, 2), "n": None}),)
    return Case("values", {"a.txt": "text of a file\n"}, values, tuple((kind, one.replace("\0", "")) for kind, one in sets))
