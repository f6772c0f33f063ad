# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generates YAML documents, some of them damaged.

Every style of scalar and collection, anchors, merge keys, directives, several documents.
"""

from __future__ import annotations

from random import Random
from typing import Any

from fuzz.grammar import pool

_TAGS = ("!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!!timestamp", "!!map", "!!seq", "!!set", "!local",
    "!<tag:yaml.org,2002:str>", "!", "!!merge", "!!omap")
_PLAIN = (
    "a", "foo bar", "1", "-1", "+1", "0", "00", "010", "0o10", "0x1f", "0X1F", "0b11", "0B1", "1_000", "_1", "1__0", "1.5", ".5", "5.",
    "-.5", "+.5", "1e3", "1E3", "1e+3", "1.e3", ".e3", "1e", "0.0", "-0", "-0.0", "+0", ".inf", "-.INF", "+.inf", ".NaN", ".nan", "inf", "NaN",
    "true", "True", "TRUE", "tRue", "false", "yes", "Yes", "no", "NO", "on", "Off", "y", "n", "Y", "N", "null", "Null", "NULL", "~", "",
    "2001-01-01", "2001-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-12-15 2:59:43.10", "2001-99-99", "1:30",
    "190:20:30", "1:2:3.5",
    "12345678901234567890", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
    "-9223372036854775808", "-9223372036854775809", "1e400", "123456789012345678901234567890", "0x7fffffffffffffff", "0xffffffffffffffff",
    "0x10000000000000000", "0777777777777777777777", "0b1010101010101010101010101010101010101010101010101010101010101010", "1.0", "1.10",
    "100000000000000000000.0", "1e21",
    "<<", "=", "a:b", "a#b", "-a", "?a", ":a", "a-", "http://x/y", "a, b", "[", "a]", "a{b", "%x", "@x", "`x", "&", "*", "!", "|x", ">x",
    "a\n  b", "a\n\n  b", "é日本", "🎉", "\u00a0", "\u2028",
)  # fmt: skip
_ODD = ("---\n", "...\n", "%YAML 1.2\n---\n", "%YAML 1.1\n---\n", "%TAG ! tag:x,2000:\n---\n", "# comment\n", "\n", "\ufeff",
    "%FOO bar\n---\n", "--- a\n", "--- |\n", "---\n---\n", "%YAML 2.0\n---\n", "- ", "\t")
_BREAKERS = (":", "-", " ", "\n", "\t", "#", "&", "*", "!", "|", ">", "'", '"', "%", "@", "`", "{", "}", "[", "]", ",", "?", "<<", "\\",
    "\r", "\x00", "\x07", "\x85", "\u2028", "\ufeff", "\udcff", "\udcc3", "é", "  ", "---\n", "...\n", "- ", ": ", "&a ", "*a", "*b", "!!int ", "0", "1e9")


def damaged(chance: Random, text: str) -> str:
    """One to three small accidents."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randint(0, len(text))
        roll = chance.random()
        if roll < 0.35:
            text = text[:at] + text[at + chance.choice((1, 1, 2, 5)) :]
        elif roll < 0.85:
            text = text[:at] + chance.choice(_BREAKERS) + text[at:]
        else:
            start = chance.randint(0, len(text))
            text = text[:at] + text[start : start + chance.randint(1, 12)] + text[at:]
    return text


class _Writer:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.anchors: list[str] = []

    def props(self) -> str:
        chance, out = self.chance, ""
        if chance.random() < 0.06:
            name = chance.choice(("a", "b", "c1", "x-y"))
            self.anchors.append(name)
            out += f"&{name} "
        if chance.random() < 0.05:
            out += chance.choice(_TAGS) + " "
        return out

    def scalar(self, indent: int, flow: bool = False, key: bool = False) -> str:
        chance = self.chance
        if self.anchors and chance.random() < 0.07:
            return f"*{chance.choice(self.anchors)}" + (" " if key else "")
        props = "" if key and chance.random() < 0.9 else self.props()
        roll = chance.random()
        if roll < 0.55:
            plain = pool.word(chance) if key and chance.random() < 0.8 else chance.choice(_PLAIN)
            return props + (plain.replace("\n  ", "\n" + " " * (indent + 2)) if not key else plain.replace("\n  ", " "))
        if roll < 0.7:
            return props + "'" + self.inner(indent, key).replace("'", "''") + "'"
        if roll < 0.88 or flow or key:
            return props + '"' + self.double(indent, key) + '"'
        return props + self.block(indent)

    def inner(self, indent: int, key: bool) -> str:
        text = pool.text(self.chance)
        text = "".join(char for char in text if char >= " " or char == "\n")
        return text.replace("\n", " " if key else "\n" + " " * (indent + 1))[:60]

    def double(self, indent: int, key: bool) -> str:
        chance, out = self.chance, ""
        for char in pool.text(chance)[:60]:
            if char in '"\\':
                out += "\\" + char
            elif char == "\n":
                out += chance.choice(("\\n", "\\n", "\n" + " " * (indent + 1), "\\\n" + " " * (indent + 1))) if not key else "\\n"
            elif char < " " or char == "\x7f":
                out += f"\\x{ord(char):02x}"
            elif ord(char) > 0x7F and chance.random() < 0.3:
                out += f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
            else:
                out += char
        if chance.random() < 0.15:
            out += chance.choice(("\\0", "\\a", "\\b", "\\e", "\\v", "\\_", "\\N", "\\L", "\\P", "\\/", "\\ ", "\\t", "\\x41",
                "\\ud83d\\ude00", "\\ud800", "\\q", "\\xZ", "\\U00110000"))
        return out

    def block(self, indent: int) -> str:
        chance = self.chance
        head = chance.choice("|>") + chance.choice(("", "", "-", "+", "2", "-1", "4+", "+2", "0", "10"))
        lines = [line for _ in range(chance.randint(1, 2)) for line in pool.text(chance).split("\n")]
        pad = " " * (indent + chance.choice((1, 2, 2, 2, 4)))
        body = "".join((pad + chance.choice(("", "", "", " ", "  ")) + line if line else chance.choice(("", pad))) + "\n" for line in lines)
        return f"{head}{chance.choice(('', '', ' # c'))}\n{body}" + chance.choice(("", "", "\n", "\n\n"))

    def flow(self, depth: int, indent: int) -> str:
        chance = self.chance
        if depth <= 0 or chance.random() < 0.4:
            return self.scalar(indent, flow=True)
        gap = chance.choice((" ", "", "\n" + " " * (indent + 2)))
        if chance.random() < 0.5:
            items = [self.flow(depth - 1,
                indent) if chance.random() < 0.9 else f"{self.scalar(indent, True, True)}: {self.flow(depth - 1, indent)}" for _ in range(chance.randint(0, 3))]
            return f"[{f',{gap}'.join(items)}{chance.choice(('', '', ','))}]"
        pairs = [f"{self.scalar(indent, True, True)}{chance.choice((': ', ': ', ':', ' : '))}{self.flow(depth - 1, indent)}"
                 for _ in range(chance.randint(0, 3))]
        return "{" + f",{gap}".join(pairs) + chance.choice(("", "", ",")) + "}"

    def node(self, depth: int, indent: int) -> str:
        """The text after ``key:`` or ``-``, from its blank to its line break."""
        chance = self.chance
        roll = chance.random()
        if depth <= 0 or roll < 0.45:
            text = self.scalar(indent)
        elif roll < 0.6:
            text = self.props() + self.flow(2, indent)
        else:
            pad = " " * (indent + chance.choice((1, 2, 2, 2, 4)))
            body = self.mapping(depth - 1, len(pad)) if chance.random() < 0.65 else self.sequence(depth - 1, len(pad))
            return f" {self.props()}{chance.choice(('', '', '', ' # c'))}\n{body}"
        return f" {text}" + ("" if text.endswith("\n") else chance.choice(("\n", "\n", "\n", " # c\n", " \n")))

    def mapping(self, depth: int, indent: int) -> str:
        chance, pad, out = self.chance, " " * indent, ""
        for _ in range(chance.randint(1, 4)):
            if chance.random() < 0.05:
                out += f"{pad}<<: {chance.choice(('*a', '*b', '[*a, *b]', '{x: 1}', '*c1', '1', '[1]', '[{a: 1}, {a: 2, b: 3}]'))}\n"
            elif chance.random() < 0.04:
                out += f"{pad}?{self.node(depth, indent)}{pad}:{self.node(depth, indent)}"
            else:
                out += f"{pad}{self.scalar(indent, key=True)}:{self.node(depth, indent)}"
        return out

    def sequence(self, depth: int, indent: int) -> str:
        chance, pad, out = self.chance, " " * indent, ""
        for _ in range(chance.randint(1, 3)):
            if depth > 0 and chance.random() < 0.25:
                out += f"{pad}- {self.mapping(depth - 1, indent + 2).lstrip(' ')}"
            else:
                out += f"{pad}-{self.node(depth, indent)}"
        return out


def document(chance: Random) -> str:
    writer = _Writer(chance)
    roll = chance.random()
    if roll < 0.1:
        text = writer.scalar(0)
    elif roll < 0.2:
        text = writer.flow(3, 0)
    elif roll < 0.35:
        text = writer.sequence(2, 0)
    else:
        text = writer.mapping(3, 0)
    if chance.random() < 0.08:
        text = chance.choice(_ODD) + text
    if chance.random() < 0.06:
        text += chance.choice(_ODD) + writer.mapping(1, 0)
    return damaged(chance, text) if chance.random() < 0.3 else text


def as_block(value: Any) -> str:
    """A value as JSON, for where only the value counts."""
    return pool.as_json(value)
