# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random TOML.

Most documents are valid, and some have one letter too many, too few or changed.
"""

from __future__ import annotations

from random import Random

from fuzz.case import Case

_TEMPLATE = '{{ $t := fromToml (.Files.Get "a.toml") }}{{ $t }}\n{{ toJson $t }}\n{{ toToml $t }}\n{{ range $k, $v := $t }}{{ typeOf $v }} {{ end }}'
_PARTS = ["a", "b", "c", "d", "a-b", "1", "x_y", '"a"', '"q r"', "'l'", '""', "''", '"\\u00e9"', '"a.b"', "é", "true", "2020-01-01"]
_SCALARS = [
    "1", "0", "-0", "+7", "1_000", "0x1F", "0xdead_beef", "0o17", "0b101", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "01", "1__0", "1_", "0x", "0o8", "0b2", "+0x1", "-", "+", "1.5", "1.", ".5", "1.e3", "1e5", "1e+5", "1E-7", "1_0.0_1", "00.1", "-0.0", "1e999", "1e5.5",
    "inf", "-inf", "+nan", "nan", "in", "nax", "nnf", "ian", "true", "false", "True", "truex", "null", "é",
    "1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5-07:00", "1979-05-27t07:32z", "1979-05-27T07:32:00.123456789123", "07:32", "07:32:00.999",
    "1979-13-01", "1979-02-29", "2000-02-29", "7:32:00", "25:00:00", "1979-05-27T", "0000-01-01", "1979-05-27T07:32:00+24:60", "1979-05-27T07:32:00+25:00",
    '"a"', '""', '"a\\tb\\n\\"\\\\"', '"\\u00e9\\U0001F600\\x41\\e"', '"\\ud800"', '"\\q"', '"\\u12"', '"\\ "', '"a', '"a\nb"', "'a'", "''", "'a\\b'", "'a",
    '"""a\nb"""', '"""\na"""', '"""a\\\n   b"""', '"""a""b"""', '"""a"""""', '"""a""""""', '"""a\\"""', '"""\\\\\\\n x"""', "'''a\n'b'''",
    "'''a'''''", "'''a''''''", "'''a",
]  # fmt: skip
_NOISE = ["[", "]", "{", "}", ",", ".", "=", '"', "'", "#", "\n", "\r\n", "\r", " ", "\t", "\\", "\0", "\x7f", "\x1f", "\udc80", "_", "-",
    "é", "\ufeff", "1", "a", ":"]


def document(chance: Random) -> Case:
    lines = [_line(chance) for _number in range(chance.randint(1, 7))]
    text = ("\r\n" if chance.random() < 0.05 else "\n").join(lines) + chance.choice(["", "\n", "\n\n", " ", "# c"])
    while chance.random() < 0.25:
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice([*_NOISE, ""]) + text[at + chance.randint(0, 1) :]
    if chance.random() < 0.02:
        text = chance.choice(["\ufeff", "\udcff\udcfe", "\udcfe\udcff", "a\0"]) + text
    return Case(kind="files", files={"templates/t.yaml": _TEMPLATE, "a.toml": text})


def _line(chance: Random) -> str:
    what = chance.random()
    if what < 0.08:
        return chance.choice(["", "# c", "  ", "\t# é", "#\x01"])
    blank = chance.choice(["", "", "", " ", "\t"])
    if what < 0.22:
        return f"{blank}[{blank}{_key(chance)}{blank}]{_tail(chance)}"
    if what < 0.32:
        return f"[[{_key(chance)}]]{_tail(chance)}"
    return f"{blank}{_key(chance)}{blank}={blank}{_value(chance, 0)}{_tail(chance)}"


def _tail(chance: Random) -> str:
    return chance.choice(["", "", "", "", "", "", "", " ", " # c", "#", " x"])


def _key(chance: Random) -> str:
    parts = [chance.choice(_PARTS[:4]) if chance.random() < 0.75 else chance.choice(_PARTS)]
    while chance.random() < 0.25:
        parts.append(chance.choice(_PARTS[:6]))
    return chance.choice([".", ".", ".", " . ", ". ", ".."] if chance.random() < 0.2 else ["."]).join(parts)


def _value(chance: Random, depth: int) -> str:
    what = chance.random()
    if depth < 3 and what < 0.12:
        gap = chance.choice(["", "", " ", "\n", "\n # c\n"])
        items = f",{gap}".join(_value(chance, depth + 1) for _number in range(chance.randint(0, 3)))
        return f"[{gap}{items}{chance.choice(['', '', '', ',', gap, ',,'])}]"
    if depth < 3 and what < 0.25:
        gap = chance.choice(["", "", " ", "\n", "\n # c\n"])
        pairs = f",{gap}".join(f"{_key(chance)}={_value(chance, depth + 1)}" for _number in range(chance.randint(0, 3)))
        return f"{{{gap}{pairs}{chance.choice(['', '', '', ',', gap, ', }', ',,'])}}}"
    return chance.choice(_SCALARS) if chance.random() < 0.6 else str(chance.randint(0, 99))
