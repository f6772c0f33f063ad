# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's regular expressions (``regex.go``): Go's language, Go's walk over the matches, Go's replacement templates.

Patterns are checked by ``re2_syntax`` and run by RE2 itself where the Python library ``google-re2`` is installed (linear time),
else by ``re`` on the rewritten pattern, or, where ``re`` might take for ever, by a machine of our own (``linear``). The one known
difference: in a repeated group that can match nothing, such as ``(b?)*``, ``re`` reports the last empty round as the group's text, Go
the last that took something.

Go's template rule that surprises: ``$1W`` is the group *named* ``1W``; write ``${1}W``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from ..gotypes.limits import joined, room, tick
from ..gotypes.values import GoError, Slice
from .convert import strings
from .linear import Machine, dangerous, work
from .re2_syntax import syntax_error, translate

_SHORT = 5000  # characters
_STEPS = 3  # that a match counts as
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


class Expression:
    """A compiled pattern: ``search(text, position)`` of whichever engine runs it, and the names of its groups by number."""

    __slots__ = ("_search", "names")

    def __init__(self, pattern: str) -> None:
        translated = translate(pattern)
        self.names = translated.names
        # RE2 finds ``\B`` between the bytes of one character, Go does not
        search = None if "\\B" in pattern and not translated.needs_re2 else _re2_search(pattern)
        if search is None and translated.needs_re2:
            raise syntax_error("expression too large", pattern)
        if search is None or translated.needs_re2:
            self._search = search or _re_search(pattern, translated.pattern)
        else:
            self._search = _either(search, pattern, translated.pattern)

    def search(self, text: str, position: int = 0) -> Any:
        """The leftmost match from ``position``, with ``span`` and ``group`` as ``re`` has them, or ``None``."""
        return self._search(text, position)

    def matches(self, text: str, limit: int) -> Iterator[Any]:
        """Successive matches, at most ``limit`` (below 0: all); no empty one right behind another."""
        position, count, previous_end = 0, 0, -1
        while (limit < 0 or count < limit) and position <= len(text):
            found = self.search(text, position)
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

    def replaced(self, text: str, replacement: Callable[[Any], str]) -> str:
        out: list[str] = []
        last_end = position = size = 0
        while position <= len(text):
            found = self.search(text, position)
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


def _re2_search(pattern: str) -> Callable[[str, int], Any] | None:
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except re2.error:
        return None

    def guarded(text: str, position: int) -> Any:
        try:
            return search(text, position)
        except UnicodeEncodeError:  # bytes that are no UTF-8: RE2 cannot take them
            return _re_search(pattern, translate(pattern).pattern)(text, position)

    return guarded


def _either(short: Callable[[str, int], Any], pattern: str, rewritten: str) -> Callable[[str, int], Any]:
    """RE2 for short texts: it copies the whole text for each match that it looks for."""

    def search(text: str, position: int) -> Any:
        return (short if len(text) < _SHORT else _re_search(pattern, rewritten))(text, position)

    return search


@lru_cache(maxsize=256)
def _re_search(pattern: str, rewritten: str) -> Callable[[str, int], Any]:
    try:
        search = re.compile(rewritten).search
        exponent = work(rewritten)
    except (re.error, OverflowError, RecursionError):
        raise syntax_error("expression too large", pattern) from None
    odd = r"\B" in rewritten  # which ``re`` finds nowhere in an empty text
    if exponent <= 1 and not odd:
        return search
    machines: list[Machine] = []

    def guarded(text: str, position: int) -> Any:
        if not dangerous(exponent, text) and (text or not odd):
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
    """Raises ``GoError`` as ``regexp.Compile`` words it."""
    return Expression(pattern)


def _must(pattern: str) -> Expression:
    """``regexp.MustCompile``."""
    try:
        return compiled(pattern)
    except GoError as error:
        from ..gotypes.printing import go_quote

        plain = all(char == "\t" or (char >= " " and char not in "`\x7f\ufeff" and not "\udc80" <= char <= "\udcff") for char in pattern)
        quoted = f"`{pattern}`" if plain else go_quote(pattern)
        raise GoError(f"regexp: Compile({quoted}): {error}") from None


def match(pattern: str, text: str) -> bool:
    try:
        return must_match(pattern, text)
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

    def expand(found: Any) -> str:
        return "".join(part if literal else _group_text(expression, found, part) for literal, part in parts)

    return expression.replaced(text, expand)


def _group_text(expression: Expression, found: Any, name: str) -> str:
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
