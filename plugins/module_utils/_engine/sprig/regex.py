# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's regular expressions (``regex.go``), with Go's syntax, matches and replacements.

Patterns are checked by ``re2_syntax`` and run by RE2 itself where the Python library ``google-re2`` is installed (linear time),
else by ``re`` on the rewritten pattern, or, where ``re`` might backtrack forever or differ, by this collection's own matcher (``linear``).
A pattern that Python's tables cannot match is refused by name (``Unmatchable``).

A byte that is not UTF-8 is U+FFFD to a pattern, and unchanged in a match.
A surprising rule of Go's templates: ``$1W`` is the group *named* ``1W``; write ``${1}W``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from ..gotypes.limits import joined, room, tick
from ..gotypes.values import GoError, Slice, Unmatchable
from .convert import replacement_runes, strings, to_bytes, to_text
from .linear import Found, Machine, dangerous, repeats_nothing, work
from .re2_syntax import Translated, syntax_error, translate

_STEPS = 3  # that a match counts as
#: so many characters times instructions of RE2 count as one step: it runs in C, where nothing looks at the time
_WORK = 2000
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")

Match = Any  # Any: of ``re``, of RE2, which has no types, or ``Found``: all have ``span`` and ``group``
Search = Callable[[str, int], Match]


class Expression:
    """A compiled pattern.

    ``on(text)`` searches a text, ``names`` are the names of its groups by number.
    """

    __slots__ = ("_pattern", "_re2", "_search", "_size", "names")

    def __init__(self, pattern: str) -> None:
        translated = translate(pattern)
        self.names = translated.names
        self._pattern = pattern
        self._re2 = _with_re2(pattern, translated)
        self._size = 0 if self._re2 is None else 1 + self._re2.programsize
        self._search = _re_search(pattern, translated.pattern) if self._re2 is None else None

    def on(self, text: str) -> _Subject:
        """Raises ``Unmatchable``."""
        if not text.isascii():
            text = to_text(to_bytes(text))
            if "\\B" in self._pattern and self._search is None:  # RE2 finds one between the bytes of a character
                raise Unmatchable("the regular expression uses both \\B and a Unicode script, which cannot be matched exactly")
        if self._search is not None:
            return _Subject(text, self._search)
        return _Re2Subject(text, self._re2.search, self._size, len(self.names))

    def search(self, text: str, position: int = 0) -> Match:
        """The leftmost match from ``position``, with ``span`` and ``group`` as ``re`` has them, or ``None``."""
        return self.on(text).search(position)

    def matches(self, text: str, limit: int) -> Iterator[Match]:
        """Successive matches, at most ``limit`` (below 0: all); no empty one right behind another."""
        subject = self.on(text)
        position, count, previous_end = 0, 0, -1
        while (limit < 0 or count < limit) and position <= len(subject.text):
            found = subject.search(position)
            if found is None:
                return
            tick(_STEPS)
            start, end = found.span()
            accepted = not (end == position and start == previous_end)
            position = position + 1 if end == position else end
            previous_end = end
            if accepted:
                count += 1
                yield found

    def replaced(self, text: str, replacement: Callable[[Match], str]) -> str:
        subject = self.on(text)
        text = subject.text
        out: list[str] = []
        last_end = position = size = 0
        while position <= len(text):
            found = subject.search(position)
            if found is None:
                break
            tick(_STEPS)
            start, end = found.span()
            out.append(text[last_end:start])
            if end > last_end or start == 0:
                out.append(replacement(found))
                size += len(out[-1])
                room(size)
            last_end = end
            position = max(position + 1, end)
        out.append(text[last_end:])
        return joined(out)


class _Subject:
    """A text that is searched again and again, from the front to the back.

    ``text`` is what spans and groups belong to.
    """

    __slots__ = ("_search", "_seen", "text")

    def __init__(self, text: str, search: Callable[..., Match]) -> None:
        self.text = text
        self._seen = replacement_runes(text)
        self._search = search

    def search(self, position: int) -> Match:
        found = self._search(self._seen, position)
        if found is None or self._seen is self.text or isinstance(found, Found):
            return found if found is None or self._seen is self.text else found.of(self.text)
        return Found(self.text, [place for group in range(found.re.groups + 1) for place in found.span(group)])


class _Re2Subject(_Subject):
    """A subject for RE2, which gets the bytes once: it would copy a text for each match."""

    __slots__ = ("_byte", "_char", "_data", "_groups", "_size")

    def __init__(self, text: str, search: Callable[..., Match], size: int, groups: int) -> None:
        super().__init__(text, search)
        self._data = self._seen.encode()
        self._size = size
        self._groups = range(groups)
        self._byte = self._char = 0

    def search(self, position: int) -> Match:
        start = self._offset(position)
        rest = len(self._data) - start
        if rest * self._size > 500_000 * _WORK:
            tick(rest * self._size // _WORK)
        found = self._search(self._data, start)
        if found is None:
            tick(rest * self._size // _WORK)
            return None
        spans = [found.span(group) for group in self._groups]
        tick((spans[0][1] - start) * self._size // _WORK)
        if len(self._data) == len(self.text):
            return Found(self.text, [place for span in spans for place in span])
        places = self._characters(sorted({place for span in spans for place in span}), spans[0][0])
        return Found(self.text, [places[place] for span in spans for place in span])

    def _offset(self, position: int) -> int:
        if len(self._data) == len(self.text):
            return position
        if position < self._char:  # never for those who go forward
            self._byte = self._char = 0
        self._byte += len(self._seen[self._char : position].encode())
        self._char = position
        return self._byte

    def _characters(self, offsets: list[int], start: int) -> dict[int, int]:
        """The place of the character for each offset of a byte; remembers that of ``start``."""
        byte, char = self._byte, self._char
        out = {-1: -1}
        for offset in offsets:
            if offset >= byte:
                char += len(self._data[byte:offset].decode())
                byte = out[offset] = offset
                out[offset] = char
        self._byte, self._char = start, out[start]
        return out


def _with_re2(pattern: str, translated: Translated) -> Any:  # Any: a pattern of RE2, which has no types
    """RE2's own, or ``None`` where ``re`` has to do. Raises ``Unmatchable`` where it cannot."""
    try:
        import re2
    except ImportError:
        if translated.scripts:
            raise Unmatchable(
                f"the regular expression uses {translated.scripts[0]}, a Unicode script, which requires the Python library "
                "google-re2 on the host that renders the chart"
            ) from None
        return None
    if "\\B" in pattern and not translated.scripts:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(translated.re2, options)
    except re2.error:
        if translated.scripts:
            raise Unmatchable(
                f"the regular expression uses {translated.scripts[0]}, a Unicode script, and is too large for RE2 or uses features "
                "that RE2 does not support"
            ) from None
        return None


@lru_cache(maxsize=256)
def _re_search(pattern: str, rewritten: str) -> Search:
    try:
        search = re.compile(rewritten).search
        exponent = work(rewritten)
        otherwise = repeats_nothing(rewritten)
    except (re.error, OverflowError, RecursionError):
        raise syntax_error("expression too large", pattern) from None
    odd = r"\B" in rewritten  # ``re`` does not match it in an empty text
    if exponent <= 1 and not odd and not otherwise:
        return search
    machines: list[Machine] = []

    def guarded(text: str, position: int) -> Match:
        if not otherwise and not dangerous(exponent, text) and (text or not odd):
            return search(text, position)
        if not machines:
            try:
                machines.append(Machine(rewritten))
            except (OverflowError, RecursionError):
                raise syntax_error("expression too large", pattern) from None
        return machines[0].search(text, position)

    return guarded


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Expression:
    """A compiled pattern.

    :raises GoError: invalid, in the words of ``regexp.Compile``. :raises Unmatchable: valid, but not supported here.
    """
    tick(_STEPS)
    return Expression(pattern)


def _must(pattern: str) -> Expression:
    """``regexp.MustCompile``."""
    try:
        return compiled(pattern)
    except Unmatchable:
        raise
    except GoError as error:
        from ..gotypes.printing import go_quote

        plain = all(char == "\t" or (char >= " " and char not in "`\x7f\ufeff" and not "\udc80" <= char <= "\udcff") for char in pattern)
        quoted = f"`{pattern}`" if plain else go_quote(pattern)
        raise GoError(f"regexp: Compile({quoted}): {error}") from None


def match(pattern: str, text: str) -> bool:
    try:
        return must_match(pattern, text)
    except Unmatchable:
        raise
    except GoError:
        return False


def must_match(pattern: str, text: str) -> bool:
    return compiled(pattern).search(text) is not None


def _find(expression: Expression, text: str) -> str:
    found = expression.search(text)
    return found.group(0) if found is not None else ""


def find(pattern: str, text: str) -> str:
    return _find(_must(pattern), text)


def must_find(pattern: str, text: str) -> str:
    return _find(compiled(pattern), text)


def _find_all(expression: Expression, text: str, limit: int) -> Slice:
    found = [item.group(0) for item in expression.matches(text, limit)]
    return Slice(found, "string", is_nil=not found)


def find_all(pattern: str, text: str, limit: int) -> Slice:
    return _find_all(_must(pattern), text, limit)


def must_find_all(pattern: str, text: str, limit: int) -> Slice:
    return _find_all(compiled(pattern), text, limit)


def _replace(expression: Expression, text: str, template: str) -> str:
    parts = _template(template)

    def expand(found: Match) -> str:
        return "".join(part if literal else _group_text(expression, found, part) for literal, part in parts)

    return expression.replaced(text, expand)


def _group_text(expression: Expression, found: Match, name: str) -> str:
    if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0"):
        numbers = [int(name)] if len(name) < 9 and int(name) < len(expression.names) else []
    else:
        numbers = [number for number, known in enumerate(expression.names) if known == name]
    texts = (found.group(number) for number in numbers)
    return next((text for text in texts if text is not None), "")


def _template(template: str) -> list[tuple[bool, str]]:
    """The parts of a replacement: literal texts (``True``) and names of groups (``False``)."""
    parts: list[tuple[bool, str]] = []
    while template:
        before, dollar, after = template.partition("$")
        parts.append((True, before))
        if not dollar:
            break
        template = after
        if after.startswith("$"):
            parts.append((True, "$"))
            template = after[1:]
            continue
        name, rest = _variable(after)
        if name:
            parts.append((False, name))
            template = rest
        else:
            parts.append((True, "$"))
    return parts


def _variable(text: str) -> tuple[str, str]:
    """A leading ``name`` or ``{name}``, and the rest; no name, no variable."""
    braced = text.startswith("{")
    start = end = 1 if braced else 0
    while end < len(text) and (text[end].isalpha() or text[end].isdecimal() or text[end] == "_"):
        end += 1
    name = text[start:end]
    if braced and not text.startswith("}", end):
        return "", text
    return name, text[end + 1 if braced else end :]


def replace_all(pattern: str, text: str, replacement: str) -> str:
    return _replace(_must(pattern), text, replacement)


def must_replace_all(pattern: str, text: str, replacement: str) -> str:
    return _replace(compiled(pattern), text, replacement)


def replace_all_literal(pattern: str, text: str, replacement: str) -> str:
    return _must(pattern).replaced(text, lambda _found: replacement)


def must_replace_all_literal(pattern: str, text: str, replacement: str) -> str:
    return compiled(pattern).replaced(text, lambda _found: replacement)


def _split(expression: Expression, pattern: str, text: str, limit: int) -> Slice:
    if limit == 0:
        return Slice((), "string", is_nil=True)
    if pattern and not text:
        return strings([""])
    parts: list[str] = []
    begin = end = 0
    for found in expression.matches(text, limit):
        if 0 < limit <= len(parts) + 1:
            break
        end, after = found.span()
        if after != 0:
            parts.append(text[begin:end])
        begin = after
    if end != len(text):
        parts.append(text[begin:])
    return strings(parts)


def split(pattern: str, text: str, limit: int) -> Slice:
    return _split(_must(pattern), pattern, text, limit)


def must_split(pattern: str, text: str, limit: int) -> Slice:
    return _split(compiled(pattern), pattern, text, limit)


def quote_meta(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
