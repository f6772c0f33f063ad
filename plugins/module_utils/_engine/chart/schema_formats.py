# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Formats of JSON Schema that Helm's library knows. Whether a text passes is decided as there; the reason is worded in short."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from ..gotypes.values import GoError

_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[zZ]|([-+])([0-9]{2}):([0-9]{2}))\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_DURATION = re.compile(r"P(?!\Z)(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)\Z")
_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_SEMVER = re.compile(
    r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
    r"(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z"
)


def format_fault(name: str, value: Any) -> str | None:
    """Why the value is not of that format; ``None`` when it is, is no text, or the format is unknown."""
    judge = _FORMATS.get(name)
    return judge(value) if judge is not None and isinstance(value, str) else None


def _regex(text: str) -> str | None:
    from .schema_walk import compiled

    try:
        compiled(text)
    except GoError as error:
        return str(error)
    return None


def _ipv4(text: str) -> str | None:
    parts = text.split(".")
    if len(parts) != 4:
        return "expected four decimals"
    for part in parts:
        if not (part.isascii() and part.isdigit()):
            return f"{part!r} is no decimal"
        if len(part) > 1 and part[0] == "0":
            return "leading zeros"
        if int(part) > 255:
            return "decimal must be between 0 and 255"
    return None


def _ipv6(text: str) -> str | None:
    if ":" not in text:
        return "missing colon"
    try:
        ipaddress.IPv6Address(text)
    except ValueError as error:
        return str(error)
    return "must not contain a zone" if "%" in text else None


def _hostname(text: str) -> str | None:
    text = text.removesuffix(".")
    if len(text) > 253:
        return "more than 253 characters long"
    for label in text.split("."):
        if not 1 <= len(label) <= 63:
            return "label must be 1 to 63 characters long"
        if label[0] == "-" or label[-1] == "-":
            return "label starts or ends with hyphen"
        for char in label:
            if not (char.isascii() and (char.isalnum() or char == "-")):
                return f"invalid character {char!r}"
    return None


def _email(text: str) -> str | None:
    local, at, domain = text.rpartition("@")
    if not at:
        return "missing @"
    if not 0 < len(local) <= 64:
        return "local part must be 1 to 64 characters long"
    if local[0] != '"' and ("@" in local or ".." in local or local[0] == "." or local[-1] == "." or " " in local):
        return "invalid local part"
    if domain[:1] == "[" and domain[-1:] == "]":
        address = domain[1:-1]
        return _ipv6(address[5:]) if address.startswith("IPv6:") else _ipv4(address)
    fault = _hostname(domain)
    return f"invalid domain: {fault}" if fault is not None else None


def _date(text: str) -> str | None:
    fault = f'parsing time "{text}" as "2006-01-02"'
    if _DATE.match(text) is None:
        return fault
    try:
        date.fromisoformat(text)
    except ValueError:
        return fault
    return None


def _time(text: str) -> str | None:
    if len(text) < 9:
        return "less than 9 characters long"
    match = _TIME.match(text)
    if match is None:
        return "not of the form hh:mm:ss with a zone"
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if hour > 23 or minute > 59 or second > 60:
        return "hour/min/sec out of range"
    if match[4] and (int(match[5]) > 23 or int(match[6]) > 59):
        return "hour/min in zone offset out of range"
    if second == 60:  # a leap second is one only at 23:59 UTC
        offset = (int(match[5]) * 60 + int(match[6])) * (1 if match[4] == "+" else -1) if match[4] else 0
        if (hour * 60 + minute - offset) % 1440 != 1439:
            return "invalid leap second"
    return None


def _date_time(text: str) -> str | None:
    if len(text) < 20:
        return "less than 20 characters long"
    if text[10] not in "tT":
        return "11th character must be t or T"
    fault = _date(text[:10])
    if fault is not None:
        return f"invalid date element: {fault}"
    fault = _time(text[11:])
    return f"invalid time element: {fault}" if fault is not None else None


def _uri(text: str) -> str | None:
    fault = _uri_reference(text)
    if fault is not None:
        return fault
    return None if urlsplit(text).scheme else "relative url"


def _uri_reference(text: str) -> str | None:
    try:
        urlsplit(text)
    except ValueError as error:
        return f'parse "{text}": {error}'
    if _ESCAPE.search(text) is not None:
        return f'parse "{text}": invalid URL escape'
    if "\\" in text or any(char <= " " or char == "\x7f" for char in text):
        return f'parse "{text}": invalid character'
    return None


def _pointer(text: str) -> str | None:
    if text and text[0] != "/":
        return "not starting with /"
    return "~ must be followed by 0 or 1" if re.search("~(?![01])", text) is not None else None


def _relative_pointer(text: str) -> str | None:
    match = re.match("(0|[1-9][0-9]*)", text)
    if match is None:
        return "must start with a number"
    rest = text[match.end():]
    return None if rest == "#" else _pointer(rest)


def _by(pattern: re.Pattern[str], fault: str) -> Callable[[str], str | None]:
    return lambda text: None if pattern.match(text) is not None else fault


_FORMATS: dict[str, Callable[[str], str | None]] = {
    "regex": _regex,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "hostname": _hostname,
    "email": _email,
    "date": _date,
    "time": _time,
    "date-time": _date_time,
    "uri": _uri,
    "iri": _uri,
    "uri-reference": _uri_reference,
    "iri-reference": _uri_reference,
    "json-pointer": _pointer,
    "relative-json-pointer": _relative_pointer,
    "uuid": _by(_UUID, "not of the form 8-4-4-4-12"),
    "duration": _by(_DURATION, "not an ISO 8601 duration"),
    "semver": _by(_SEMVER, "not a semantic version"),
}
