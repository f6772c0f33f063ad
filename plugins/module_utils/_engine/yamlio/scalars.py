# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The type of a plain scalar in yaml.v2, for reading and for quoting.

Go: ``go.yaml.in/yaml/v2``, ``resolve.go``.

It is YAML 1.1 with Go's own numbers: ``y`` and ``on`` are booleans, ``0755`` and ``0o755`` are octal, underscores are allowed
anywhere in a number, ``08`` is the float 8, base 60 is text, and so is a number too large for its type.
"""

from __future__ import annotations

from ..aliases import Json
from ..patterns import late

TAG = "tag:yaml.org,2002:"
STR, BOOL, INT, FLOAT, NULL, TIMESTAMP, BINARY, MERGE = (
    TAG + name for name in ("str", "bool", "int", "float", "null", "timestamp", "binary", "merge")
)
RESOLVABLE = frozenset(("", STR, BOOL, INT, FLOAT, NULL, TIMESTAMP))

_INF = float("inf")
WORDS: dict[str, tuple[str, Json]] = {}
for _value, _tag, _words in (
    (True, BOOL, "y Y yes Yes YES true True TRUE on On ON"),
    (False, BOOL, "n N no No NO false False FALSE off Off OFF"),
    (None, NULL, "~ null Null NULL"),
    (_INF - _INF, FLOAT, ".nan .NaN .NAN"),
    (_INF, FLOAT, ".inf .Inf .INF +.inf +.Inf +.INF"),
    (-_INF, FLOAT, "-.inf -.Inf -.INF"),
):
    for _word in _words.split():
        WORDS[_word] = (_tag, _value)
WORDS[""] = (NULL, None)

#: what numbers become: floats as in JSON; whole ones ``int`` where they fit int64; what YAML took them for
FLOATS, WHOLE, AS_WRITTEN = 0, 1, 2

#: first characters of scalars that can be anything but text
HINTS = frozenset("+-0123456789yYnNtTfFoO~.")

#: handed to ParseFloat as it is, which allows underscores between digits
_DOT_FLOAT = late(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?\Z")
_FLOAT = late(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INT = late(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z")
#: yaml.v2 passes what follows 0b to ParseInt a second time, which accepts another sign
_ODD_BINARY = late(r"0b([-+][01]+)\Z")
_BASE60 = late(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_DATE = late(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+]([0-9]{2}):([0-9]{2})))"
    r"|(?: +([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?))?\Z"
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


#: surrogates that stand for no byte; they come from outside of Go's world (a JSON escape that Python has read)
_NO_BYTE = late("[\ud800-\udc7f\udd00-\udfff]")


def utf8(text: str) -> bytes:
    """A Go string's bytes; bytes that were not UTF-8 are restored."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return _NO_BYTE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def short_tag(tag: str) -> str:
    """``!!int`` for the long form; other tags as they are."""
    return "!!" + tag[len(TAG):] if tag.startswith(TAG) else tag


def is_timestamp(text: str) -> bool:
    """Whether yaml.v2 takes the text for a time.

    Four layouts, checked as Go's ``time.Parse`` checks ranges.
    """
    match = _DATE.match(text)
    if match is None:
        return False
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not 1 <= month <= 12:
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS[month - 1] + leap:
        return False
    hour, minute, second = match[4] or match[9], match[5] or match[10], match[6] or match[11]
    if hour is not None and (int(hour) > 23 or int(minute) > 59 or int(second) > 59):
        return False
    return match[7] is None or (int(match[7]) <= 24 and int(match[8]) <= 60)


def is_base60(text: str) -> bool:
    """Whether YAML 1.1 would read a base 60 number; yaml.v2 does not, but quotes it for readers that do."""
    return ":" in text and _BASE60.match(text) is not None


def _integer(plain: str) -> int | None:
    """Go's ``ParseInt(plain, 0, 64)``, then ``ParseUint``."""
    match = _INT.match(plain)
    if match is None:
        odd = _ODD_BINARY.match(plain)
        return int(odd[1], 2) if odd is not None and len(odd[1]) < 65 else None
    sign, hexadecimal, binary, octal, decimal = match.groups()
    if len(plain) > 90:  # far beyond 64 bits in any base; and int() refuses thousands of digits
        return None
    if decimal is not None:
        number = int(decimal)
    elif octal is not None:
        number = int(octal, 8)
    elif hexadecimal is not None:
        number = int(hexadecimal, 16)
    else:
        number = int(binary, 2)
    if sign == "-":
        return -number if number <= 1 << 63 else None
    if number < 1 << 63 or (not sign and number < 1 << 64):
        return number
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return None if number in (_INF, -_INF) else number


def resolve_plain(text: str, tag: str = "") -> tuple[str, Json]:
    """The tag and the value of an untagged plain scalar (or of one whose tag requires a typed reading).

    A timestamp is returned as its own text, which is what yaml.v2 puts into an ``interface{}``.
    """
    if text and text[0] not in HINTS:
        return STR, text
    word = WORDS.get(text)
    if word is not None:
        return word
    first = text[0]
    if first == ".":
        number = _finite(text) if _DOT_FLOAT.match(text) is not None else None
        return (FLOAT, number) if number is not None else (STR, text)
    if first not in "+-0123456789":
        return STR, text
    if tag in ("", TIMESTAMP) and is_timestamp(text):
        return TIMESTAMP, text
    plain = text.replace("_", "")
    integer = _integer(plain)
    if integer is not None:
        return INT, integer
    if _FLOAT.match(plain) is not None:
        number = _finite(plain)
        if number is not None:
            return FLOAT, number
    return STR, text
