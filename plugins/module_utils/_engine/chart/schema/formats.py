# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Formats of JSON Schema as Helm's library checks them (santhosh-tekuri/jsonschema v6 ``format.go``).

A check takes a text and returns why it does not have the format, in the library's words, or ``None``. Lengths are in bytes, as in Go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Optional

from ...aliases import Json
from ...gotypes.printing import go_quote
from ...gotypes.values import GoError, Unmatchable
from ...patterns import late

_INTEGER = late(r"[+-]?[0-9]+\Z")
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~")
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
_GROUP = late("[0-9a-fA-F]{1,5}")
_HEX = frozenset("0123456789abcdefABCDEF")


def format_fault(name: str, value: Json) -> str | None:
    """Why a value does not have a format; ``None`` when it has, is not a string, or the format is unknown."""
    judge = FORMATS.get(name)
    return judge(value) if judge is not None and isinstance(value, str) else None


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _rune(char: str) -> str:
    return go_quote(char, "'")


def _number(text: str) -> int | None:
    """``strconv.Atoi``; ``None`` for what it refuses."""
    return int(text) if _INTEGER.match(text) is not None and len(text) < 19 else None


def _regex(text: str) -> str | None:
    from ...sprig.regex import compiled

    try:
        compiled(text)
    except Unmatchable:  # a right one
        return None
    except GoError as error:
        return str(error)
    return None


def _ipv4(text: str) -> str | None:
    parts = text.split(".")
    if len(parts) != 4:
        return "expected four decimals"
    for part in parts:
        if len(part) > 1 and part[0] == "0":
            return "leading zeros"
        number = _number(part)
        if number is None:
            reason = "value out of range" if _INTEGER.match(part) is not None else "invalid syntax"
            return f"strconv.Atoi: parsing {go_quote(part)}: {reason}"
        if not 0 <= number <= 255:
            return "decimal must be between 0 and 255"
    return None


def _ipv6(text: str) -> str | None:
    if ":" not in text:
        return "missing colon"
    fault, at = _address_fault(text)
    if fault:
        return f"ParseAddr({go_quote(text)}): {fault}" + (f" (at {go_quote(at)})" if at else "")
    return "zone id is not a part of ipv6 address" if "%" in text else None


def _address_fault(text: str) -> tuple[str, str]:
    """The error of ``netip.ParseAddr`` for an address with a colon.

    Also returns the rest of the text from the fault on.
    """
    if "." in text[: text.index(":")]:
        return _dotted_fault(text)
    rest, percent, zone = text.partition("%")
    if percent and not zone:
        return "zone must be a non-empty string", ""
    gap, size = -1, 0
    if rest.startswith("::"):
        gap, rest = 0, rest[2:]
        if not rest:
            return "", ""
    while size < 16:
        digits = _GROUP.match(rest)
        length = digits.end() if digits else 0
        if length > 4:
            return "each group must have 4 or less digits", rest
        if not length:
            return "each colon-separated field must have at least one digit", rest
        if rest[length : length + 1] == ".":
            if gap < 0 and size != 12:
                return "embedded IPv4 address must replace the final 2 fields of the address", rest
            if size + 4 > 16:
                return "too many hex fields to fit an embedded IPv4 at the end of the address", rest
            fault = _dotted_fault(rest)
            if fault[0]:
                return fault
            rest, size = "", size + 4
            break
        size, rest = size + 2, rest[length:]
        if not rest:
            break
        if rest[0] != ":":
            return "unexpected character, want colon", rest
        if len(rest) == 1:
            return "colon must be followed by more characters", rest
        rest = rest[1:]
        if rest[0] == ":":
            if gap >= 0:
                return "multiple :: in address", rest
            gap, rest = size, rest[1:]
            if not rest:
                break
    if rest:
        return "trailing garbage after address", rest
    if size < 16 and gap < 0:
        return "address string too short", ""
    return ("the :: must expand to at least one field of zeros", "") if size == 16 and gap >= 0 else ("", "")


def _dotted_fault(text: str) -> tuple[str, str]:
    """The same for the dotted form."""
    value = fields = length = 0
    for place, char in enumerate(text):
        if "0" <= char <= "9":
            if length == 1 and value == 0:
                return "IPv4 field has octet with leading zero", ""
            value, length = value * 10 + int(char), length + 1
            if value > 255:
                return "IPv4 field has value >255", ""
        elif char == ".":
            if place in (0, len(text) - 1) or text[place - 1] == ".":
                return "IPv4 field must have at least one digit", text[place:]
            if fields == 3:
                return "IPv4 address too long", ""
            fields, value, length = fields + 1, 0, 0
        else:
            return "unexpected character", text[place:]
    return ("IPv4 address too short", "") if fields < 3 else ("", "")


def _hostname(text: str) -> str | None:
    text = text.removesuffix(".")
    if _size(text) > 253:
        return "more than 253 characters long"
    for label in text.split("."):
        if not 1 <= _size(label) <= 63:
            return "label must be 1 to 63 characters long"
        if label[0] == "-":
            return "label starts with hyphen"
        if label[-1] == "-":
            return "label ends with hyphen"
        odd = next((char for char in label if char not in _LABEL), None)
        if odd is not None:
            return f"invalid character {_rune(odd)}"
    return None


def _email(text: str) -> str | None:
    if _size(text) > 254:
        return "more than 255 characters long"
    local, at, domain = text.rpartition("@")
    if not at:
        return "missing @"
    fault = _local_part(local)
    if fault is not None:
        return fault
    if domain[:1] == "[" and domain[-1:] == "]":
        address = domain[1:-1]
        if address.startswith("IPv6:"):
            fault, kind = _ipv6(address[5:]), "invalid ipv6 address"
        else:
            fault, kind = _ipv4(address), "invalid ipv4 address"
    else:
        fault, kind = _hostname(domain), "invalid domain"
    return f"{kind}: {fault}" if fault is not None else None


def _local_part(local: str) -> str | None:
    if _size(local) > 64:
        return "local part more than 64 characters long"
    if len(local) > 1 and local[0] == local[-1] == '"':
        inner = local[1:-1]
        return "backslash and quote are not allowed within quoted local part" if "\\" in inner or '"' in inner else None
    if local.startswith("."):
        return "starts with dot"
    if local.endswith("."):
        return "ends with dot"
    if ".." in local:
        return "consecutive dots"
    odd = next((char for char in local if char not in _LOCAL), None)
    return f"invalid character {_rune(odd)}" if odd is not None else None


def _date(text: str) -> str | None:
    from ...sprig.time_parser import parse_time
    from ...sprig.zones import UTC

    try:
        parse_time("2006-01-02", text, UTC)
    except GoError as error:
        return str(error)
    return None


def _time(text: str) -> str | None:
    if _size(text) < 9:
        return "less than 9 characters long"
    if text[2] != ":" or text[5] != ":":
        return "missing colon in correct place"
    clock = [_number(part) for part in text[:8].split(":", 2)]
    hour, minute, second = (-1 if number is None else number for number in clock)
    if None in clock:
        return "invalid hour/min/sec"
    if min(hour, minute, second) < 0:
        return "non-positive hour/min/sec"
    if hour > 23 or minute > 59 or second > 60:
        return "hour/min/sec out of range"
    rest = text[8:]
    if rest.startswith("."):
        fraction = re.match("[0-9]*", rest[1:])
        digits = fraction.end() if fraction else 0
        if not digits:
            return "no digits in second fraction"
        rest = rest[1 + digits :]
    shift, fault = _offset(rest)
    if fault is not None:
        return fault
    moment = hour * 60 + minute + shift
    if moment < 0:
        moment += 24 * 60
    return "invalid leap second" if second >= 60 and moment != 23 * 60 + 59 else None


def _offset(text: str) -> tuple[int, Optional[str]]:
    """Minutes to add for UTC, and what is wrong."""
    if text in ("z", "Z"):
        return 0, None
    if _size(text) != 6:
        return 0, "offset must be 6 characters long"
    if text[0] not in "+-":
        return 0, "offset must begin with plus/minus"
    if text[3:4] != ":":
        return 0, "missing colon in offset in correct place"
    parts = [_number(part) for part in text[1:].split(":", 1)]
    if None in parts:
        return 0, "invalid hour/min in offset"
    hours, minutes = (number or 0 for number in parts)
    if hours < 0 or minutes < 0:
        return 0, "non-positive hour/min in offset"
    if hours > 23 or minutes > 59:
        return 0, "hour/min in offset out of range"
    return (hours * 60 + minutes) * (-1 if text[0] == "+" else 1), None


def _date_time(text: str) -> str | None:
    if _size(text) < 20:
        return "less than 20 characters long"
    if text[10] not in "tT":
        return "11th character must be t or T"
    fault = _date(text[:10])
    if fault is not None:
        return f"invalid date element: {fault}"
    fault = _time(text[11:])
    return f"invalid time element: {fault}" if fault is not None else None


def _period(text: str) -> str | None:
    start, slash, end = text.partition("/")
    if not slash:
        return "missing slash"
    judges = ((start, "start"), (end, "end"))
    both_times = not start.startswith("P") and not end.startswith("P")
    for part, which in judges:
        lasts = part.startswith("P") and not (which == "end" and start.startswith("P"))
        fault = _duration(part) if lasts and not both_times else _date_time(part)
        if fault is not None:
            return f"invalid {which} {'duration' if lasts and not both_times else 'date-time'}: {fault}"
    return None


def _duration(text: str) -> str | None:
    if not text.startswith("P"):
        return "must start with P"
    text = text[1:]
    if not text:
        return "nothing after P"
    if text.endswith("W"):
        if text == "W":
            return "no number in week"
        return None if re.fullmatch("[0-9]+", text[:-1]) else "invalid week"
    for place, part in enumerate(text.split("T")):
        if place and not part:
            return "no time elements"
        if place > 1:
            return "more than one T"
        fault = _elements(part, ("YMD", "HMS")[place])
        if fault is not None:
            return fault
    return None


def _elements(text: str, every: str) -> str | None:
    units = every
    while text:
        number = re.match("[0-9]+", text)
        if number is None:
            return "missing number"
        text = text[number.end() :]
        if not text:
            return "missing unit"
        unit, text = text[0], text[1:]
        if unit not in units:
            return f"unit {_rune(unit)} out of order" if unit in every else f"invalid unit {_rune(unit)}"
        units = units[units.index(unit) + 1 :]
    return None


def _url(text: str) -> tuple[Any, Optional[str]]:  # Any: the URL, which is there where there is no fault
    from ...sprig.urls import parse_reference

    try:
        url = parse_reference(text)
    except GoError as error:
        return None, str(error)
    name = url.hostname()
    if ":" in name:
        if "[" not in url.host or "]" not in url.host:
            return None, "ipv6 address not enclosed in brackets"
        fault = _ipv6(name)
        if fault is not None:
            return None, f"invalid ipv6 address: {fault}"
    return url, None


def _uri(text: str) -> str | None:
    url, fault = _url(text)
    if fault is not None:
        return fault
    return None if url.scheme else "relative url"


def _uri_reference(text: str) -> str | None:
    return "contains \\" if "\\" in text else _url(text)[1]


def _uri_template(text: str) -> str | None:
    fault = _url(text)[1]
    if fault is not None:
        return fault
    # Go looks at the path as it is written, which it keeps only where writing it again would give another
    path = re.split("[?#]", re.sub("^[a-zA-Z][a-zA-Z0-9+.-]*:", "", text), maxsplit=1)[0]
    for part in path.split("/"):
        wanted = True
        for char in part:
            if char in "{}":
                if (char == "{") != wanted:
                    return "nested curly braces"
                wanted = not wanted
        if not wanted:
            return "no matching closing brace"
    return None


def _pointer(text: str) -> str | None:
    if text and text[0] != "/":
        return "not starting with /"
    return "~ must be followed by 0 or 1" if re.search("~(?![01])", text) is not None else None


def _relative_pointer(text: str) -> str | None:
    match = re.match("[0-9]+", text)
    if match is None:
        return "must start with non-negative integer"
    if match.end() > 1 and text[0] == "0":
        return "starts with zero"
    rest = text[match.end() :]
    return None if rest == "#" else _pointer(rest)


def _uuid(text: str) -> str | None:
    sizes = (8, 4, 4, 4, 12)
    groups = text.split("-")
    if len(groups) != len(sizes):
        return "must have 5 elements"
    for place, (group, size) in enumerate(zip(groups, sizes, strict=True), 1):
        if _size(group) != size:
            return f"element {place} must be {size} characters long"
        odd = next((char for char in group if char not in _HEX), None)
        if odd is not None:
            return f"non-hex character {_rune(odd)}"
    return None


def _semver(text: str) -> str | None:
    text, plus, build = text.partition("+")
    if plus and not build:
        return "build is empty"
    fault = _identifiers(build, "build") if plus else None
    if fault is not None:
        return fault
    text, dash, release = text.partition("-")
    fault = _identifiers(release, "pre-release") if dash else None
    if fault is not None:
        return fault
    numbers = text.split(".")
    if len(numbers) != 3:
        return "versionCore must have 3 numbers separated by dot"
    for name, number in zip(("major", "minor", "patch"), numbers, strict=True):
        if not number:
            return f"{name} is empty"
        if len(number) > 1 and number[0] == "0":
            return f"{name} starts with zero"
        if not (number.isascii() and number.isdigit()):
            return f"{name} contains non-digit"
    return None


def _identifiers(text: str, kind: str) -> str | None:
    for one in text.split("."):
        if not one:
            return f"{kind} identifier is empty"
        odd = next((char for char in one if char not in _LABEL), None)
        if odd is not None:
            return f"invalid character {_rune(odd)} in {kind} identifier"
        if kind == "pre-release" and one.isdigit() and len(one) > 1 and one[0] == "0":
            return "pre-release numeric identifier starts with zero"
    return None


#: by name: why a text does not have the format, ``None`` if it has
FORMATS: dict[str, Callable[[str], Optional[str]]] = {
    "regex": _regex,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "hostname": _hostname,
    "email": _email,
    "date": _date,
    "time": _time,
    "date-time": _date_time,
    "period": _period,
    "uri": _uri,
    "iri": _uri,
    "uri-reference": _uri_reference,
    "iri-reference": _uri_reference,
    "uri-template": _uri_template,
    "json-pointer": _pointer,
    "relative-json-pointer": _relative_pointer,
    "uuid": _uuid,
    "duration": _duration,
    "semver": _semver,
}
