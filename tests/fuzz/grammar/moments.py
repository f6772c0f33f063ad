# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times, months, weekdays, durations and single bytes.

All of their methods, and functions that are called with them.
"""

from __future__ import annotations

from random import Random

from fuzz.case import TEMPLATE, Case
from fuzz.grammar import special

METHODS = (
    "String", "GoString", "Unix", "UnixMilli", "UnixMicro", "UnixNano", "Year", "Month", "Day", "Hour", "Minute", "Second", "Nanosecond",
    "Weekday", "YearDay", "UTC", "Local", "Location",
    "IsDST", "IsZero", "MarshalJSON", "MarshalText", "MarshalBinary", "GobEncode", "ISOWeek", "Zone", "ZoneBounds", "Date", "Clock",
    "GobDecode", "UnmarshalText", "wall", "ext", "Nope",
    "Location.String", "UTC.Location", "Local.Year", "Month.String", "Weekday.String", "Location.name",
)  # fmt: skip
#: with arguments; T is another time, D a duration, L a layout, I a number
CALLS = (
    "Format L", "AppendFormat nil L", "Equal T", "Before T", "After T", "Compare T", "Sub T", "Add D", "Add I", "AddDate I I I",
    "Round D", "Truncate D", "In T.Location", "In nil", "AppendText nil",
    "AppendBinary nil", "Year I", "Sub I", "Add T", "Format", "AddDate I", "Equal nil",
)  # fmt: skip
ONE = (
    "int", "int64", "float64", "toString", "quote", "kindOf", "typeOf", "toJson", "toYaml", "toYamlPretty", "toRawJson",
    "toToml (dict \"a\" X)", "ceil", "floor", "add1", "add1f", "toDecimal", "not", "empty",
    "len", "until", "seq", "toStrings", "list", "durationSeconds", "mustToDuration", "htmlDate", "unixEpoch", "print", "html", "js",
    "urlquery", "b64enc", "upper", "date L", "dateInZone L X \"Europe/Berlin\"",
)  # fmt: skip
TWO = ("add", "sub", "mul", "div", "mod", "max", "min", "addf", "divf", "maxf", "eq", "ne", "lt", "ge", "deepEqual", "has", "index",
    "slice", "repeat", "trunc", "substr 0", "round", "untilStep 0", "default", "cat", "dict", "typeIs",
       "kindIs", "durationRoundTo", "dateModify", "seq", "list", "ternary 1 2", "without", "append (list 1)")  # fmt: skip
VERBS = ("%v", "%d", "%02d", "%s", "%q", "%x", "%#v", "%+v", "%T", "%c", "%5.1f", "%t", "%U", "%-6v|", "%06d", "%b", "%o", "%e")
OTHERS = ("1", "3", "-2", "2.5", '"2"', '"x"', "nil", "true", "(list 1 2 3 4 5)", '(dict "2" 1)', "(int64 2)", '"abcdef"')


def moment(chance: Random) -> str:
    if chance.random() < 0.15:
        return chance.choice(
            (
                '(fromToml "a = 1979-05-27T07:32:00Z").a', '(fromToml "a = 1979-05-27T07:32:00.5+02:00").a',
                '(fromToml "a = 1979-05-27").a', '(fromToml "a = 07:32:00").a', '(toDate "x" "y")',
                '(toDate "2006-01-02 MST" "2024-01-01 CET")', '(toDate "2006-01-02 Z07:00:00" "2024-01-01 -00:01:30")',
                '(toDate "2006-01-02 Z07:00" "2024-01-01 +24:00")',
            )
        )  # fmt: skip
    zone = chance.choice(("", "", " Z", " +02:00", " -03:30", " +05:45", " +00:00"))
    stamp = (
        f"{chance.randint(0, 9999):04}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        f"T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.choice(('00', '59.5', '07.123456789'))}"
    )
    layout = "2006-01-02T15:04:05.999999999" + (" Z07:00" if zone else "")
    made = f'(toDate "{layout}" "{stamp}{zone}")'
    return f"({made}{chance.choice(('.UTC', '.Local', '.AddDate 9000 1 1', '.AddDate -5000 0 3'))})" if chance.random() < 0.2 else made


def number(chance: Random) -> str:
    roll = chance.random()
    if roll < 0.35:
        return f"{moment(chance)}.{chance.choice(('Month', 'Weekday'))}"
    if roll < 0.6:
        return f'(mustToDuration "{chance.choice(("90m", "0", "-1.5s", "36h", "1ns", "999h59m"))}")'
    if roll < 0.9:
        return chance.choice(('(index "abc" 1)', '(index "é" 0)', '(index (.Files.GetBytes "b.bin") 0)', '(index (b64dec "/w==") 0)'))
    return moment(chance)


def expression(chance: Random) -> str:
    roll = chance.random()
    if roll < 0.25:
        return f"{moment(chance)}.{chance.choice(METHODS)}"
    if roll < 0.45:
        call = chance.choice(CALLS).split(" ")
        fill = {"T": moment, "T.Location": lambda c: f"{moment(c)}.Location",
            "D": lambda c: f'(mustToDuration "{c.choice(("90m", "-1s", "24h", "1ns"))}")', "L": lambda c: f'"{special.layout(c)}"',
            "I": lambda c: str(c.choice((0, 1, -1, 12, 40, 3600000000000)))}  # fmt: skip
        return f"{moment(chance)}.{' '.join(fill[part](chance) if part in fill else part for part in call)}"
    if roll < 0.65:
        name, value = chance.choice(ONE), number(chance)
        name = name.replace("L", f'"{special.layout(chance)}"') if " L" in name else name
        return name.replace("X", value) if "X" in name else f"{name} {value}"
    if roll < 0.85:
        pair = [number(chance), chance.choice((chance.choice(OTHERS), number(chance)))]
        chance.shuffle(pair)
        return f"{chance.choice(TWO)} {' '.join(pair)}"
    verb, value = chance.choice(VERBS), number(chance)
    if "toDate" in value and not value.endswith((".Month", ".Weekday")):
        verb = chance.choice(("%v", "%s", "%q", "%x", "%#v", "%T"))  # the others show an address
    return f'printf "{verb}" {value}'


def case(chance: Random) -> Case:
    text = expression(chance)
    if chance.random() < 0.1:
        text = f"range $i, $v := {number(chance)} }}}}{{{{ $i }}}}{{{{ end" if chance.random() < 0.5 else f"range {number(chance)} }}}}{{{{ . }}}},{{{{ end"
        text = text.replace("36h", "3ns").replace("90m", "2ns").replace("999h59m", "5ns")
    return Case("files", {TEMPLATE: "{{ " + text + " }}", "b.bin": "\udcff\udcfe\udc80a"})
