# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's functions of text (``strings.go``, ``github.com/Masterminds/goutils``).

Lengths and offsets are in bytes.
"""

from __future__ import annotations

from ..aliases import GoValue
from ..gotypes.limits import LARGE, items, joined, made, room, tick, visited
from ..gotypes.runes import category, to_lower, to_title, to_upper
from ..gotypes.values import GoError, Map, Slice
from .convert import SPACES, runes, strings, text_of, texts_of, to_bytes, to_text

WIDE = 100  # an indentation, a replacement: what is wider is worth a look at what it makes
_NEGATIVE_REPEAT = "strings: negative Repeat count"


def hello() -> str:
    return "Hello!"


def trim(text: str) -> str:
    return text.strip(SPACES)


def upper(text: str) -> str:
    return text.upper() if text.isascii() else "".join(map(to_upper, runes(text)))


def lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(map(to_lower, runes(text)))


def title(text: str) -> str:
    """Capitalizes the first letter of each word.

    In ASCII every sign ends a word, beyond it only a space does.
    """
    out, before = [], " "
    for char in runes(visited(text, _WEIGHT)):
        out.append(to_title(char) if _separates(before) else char)
        before = char
    return "".join(out)


def _separates(char: str) -> bool:
    if char < "\x80":
        return not (char.isalnum() or char == "_")
    return char in SPACES


def untitle(text: str) -> str:
    out, next_lower = [], True
    for char in runes(visited(text, _WEIGHT)):
        if char in SPACES:
            next_lower = True
        elif next_lower:
            char, next_lower = to_lower(char), False
        out.append(char)
    return "".join(out)


#: how much longer than a simple walk the loops over characters take
_WEIGHT = 4
#: what Go decodes as U+FFFD: that itself, and every byte that is no UTF-8
_NO_UTF8 = "\ufffd" + "".join(map(chr, range(0xDC80, 0xDD00)))


def trim_all(cut: str, text: str) -> str:
    if "\ufffd" in runes(cut):  # bytes that are no UTF-8 are all alike
        cut += _NO_UTF8
    return text.strip(cut) if cut else text


def trim_prefix(prefix: str, text: str) -> str:
    return text[len(prefix) :] if prefix and text.startswith(prefix) else text


def trim_suffix(suffix: str, text: str) -> str:
    return text[: -len(suffix)] if suffix and text.endswith(suffix) else text


def repeat(count: int, text: str) -> str:
    if count < 0:
        raise GoError(_NEGATIVE_REPEAT)
    room(len(text) * count)
    return made(text * count)


def substr(start: int, end: int, text: str) -> str:
    data = to_bytes(text)
    size = len(data)
    if start < 0:
        if end < 0:
            raise GoError(f"runtime error: slice bounds out of range [:{end}]")
        if end > size:
            raise GoError(f"runtime error: slice bounds out of range [:{end}] with length {size}")
        return to_text(data[:end])
    if end < 0 or end > size:
        end = size
    if start > end:
        raise GoError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return to_text(data[start:end])


def trunc(count: int, text: str) -> str:
    data = to_bytes(text)
    if count < 0 and len(data) + count > 0:
        return to_text(data[count:])
    if 0 <= count < len(data):
        return to_text(data[:count])
    return text


def abbrev(width: int, text: str) -> str:
    return text if width < 4 else _abbreviate(text, 0, width)


def abbrevboth(left: int, right: int, text: str) -> str:
    if right < 4 or (left > 0 and right < 7):
        return text
    return _abbreviate(text, left, right)


def _abbreviate(text: str, offset: int, width: int) -> str:
    data = to_bytes(text)
    size = len(data)
    if not text or width < 4:
        return ""
    if size <= width:
        return text
    offset = min(offset, size)
    if (size - offset + 2**63) % 2**64 - 2**63 < width - 3:  # Go's difference of two integers is one of 64 bits
        offset = size - (width - 3)
    if offset <= 4:
        return to_text(data[: width - 3]) + "..."
    if width < 7:
        return ""
    if offset + width - 3 < size:
        return "..." + _abbreviate(to_text(data[offset:]), 0, width - 3)
    return "..." + to_text(data[size - (width - 3) :])


def initials(text: str) -> str:
    """goutils walks over bytes and takes each for a rune."""
    out, gap = [], True
    for char in to_bytes(visited(text, _WEIGHT)).decode("latin-1"):
        if char in SPACES:
            gap = True
        elif gap:
            out.append(char)
            gap = False
    return "".join(out)


def nospace(text: str) -> str:
    """goutils walks over bytes: where it deletes any, the others become runes of their own."""
    chars = to_bytes(visited(text, _WEIGHT)).decode("latin-1")
    visible = "".join(char for char in chars if char not in SPACES)
    return text if len(visible) == len(chars) else visible


def swapcase(text: str) -> str:
    """Upper and title case become lower, lower becomes upper, or title case at the start of a word."""
    out, at_start = [], True
    for char in runes(visited(text, _WEIGHT)):
        sort = category(char)
        if sort in ("Lu", "Lt"):
            char, at_start = to_lower(char), False
        elif sort == "Ll":
            char, at_start = (to_title if at_start else to_upper)(char), False
        else:
            at_start = char in SPACES
        out.append(char)
    return "".join(out)


def wrap(width: int, text: str) -> str:
    return _wrap(text, width, "\n", False)


def wrap_with(width: int, separator: str, text: str) -> str:
    return _wrap(text, width, separator or "\n", True)


def _wrap(text: str, width: int, newline: str, break_words: bool) -> str:
    data, line_end, width = to_bytes(visited(text, _WEIGHT)), to_bytes(newline), max(width, 1)
    if len(newline) > 1:
        room(len(data) + len(line_end) * (len(data) // width + 1))
    out, offset = bytearray(), 0
    while len(data) - offset > width:
        if data[offset : offset + 1] == b" ":
            offset += 1
            continue
        at = data.rfind(b" ", offset, offset + width + 1)
        if at < 0 and break_words:
            out += data[offset : offset + width] + line_end
            offset += width
            continue
        if at < 0:
            at = data.find(b" ", offset + width)
        if at < 0:
            out += data[offset:]
            offset = len(data)
        else:
            out += data[offset:at] + line_end
            offset = at + 1
    return made(to_text(bytes(out + data[offset:])))


def contains(part: str, text: str) -> bool:
    return part in text


def has_prefix(prefix: str, text: str) -> bool:
    return text.startswith(prefix)


def has_suffix(suffix: str, text: str) -> bool:
    return text.endswith(suffix)


def quote(*values: GoValue) -> str:
    from ..gotypes.printing import go_quote

    return made(" ".join(go_quote(visited(text_of(value))) for value in values if value is not None))


def squote(*values: GoValue) -> str:
    from ..gotypes.printing import sprint

    return made(" ".join(f"'{sprint(value)}'" for value in values if value is not None))


def cat(*values: GoValue) -> str:
    from ..gotypes.printing import sprint

    return joined([sprint(value) for value in values if value is not None], " ")


def indent(spaces: int, text: str) -> str:
    if spaces < 0:
        raise GoError(_NEGATIVE_REPEAT)
    if spaces > WIDE or len(text) > LARGE:
        room(spaces * (text.count("\n") + 1) + len(text))
    pad = " " * spaces
    return made(pad + text.replace("\n", "\n" + pad))


def nindent(spaces: int, text: str) -> str:
    return "\n" + indent(spaces, text)


def replace(old: str, new: str, text: str) -> str:
    if len(new) > len(old) and (len(text) > LARGE or len(new) > WIDE):
        room(len(text) + (text.count(old) if old else len(text) + 1) * (len(new) - len(old)))
    return made(text.replace(old, new))


def plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def to_strings(value: GoValue) -> Slice:
    return texts_of(value)


def to_string(value: GoValue) -> str:
    return text_of(value)


def join(separator: str, value: GoValue) -> str:
    return joined(texts_of(value), separator)


def _parts(separator: str, text: str, limit: int = -1) -> list[str]:
    """``strings.SplitN``."""
    if limit == 0:
        return []
    if len(text) > LARGE:
        count = text.count(separator) + 1
        items(count if limit < 0 else min(count, limit))
        visited(text)
    if separator:
        return text.split(separator, limit - 1 if limit > 0 else -1)
    if limit < 0 or limit >= len(text):
        return list(text)
    return [*text[: limit - 1], text[limit - 1 :]]


def split(separator: str, text: str) -> Map:
    return Map((f"_{index}", part) for index, part in enumerate(_parts(separator, text)))


def splitn(separator: str, limit: int, text: str) -> Map:
    return Map((f"_{index}", part) for index, part in enumerate(_parts(separator, text, limit)))


def split_list(separator: str, text: str) -> Slice:
    return strings(_parts(separator, text))


def sort_alpha(value: GoValue) -> Slice:
    """Sorted by bytes; a ``[]string`` is sorted in place, as Go's is."""
    if not isinstance(value, (list, bytes)):
        return strings([text_of(value)])
    texts = texts_of(value)
    tick(len(texts) // 16)
    texts.sort(key=to_bytes)
    return texts
