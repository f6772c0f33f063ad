# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Matches regular expressions in time linear in the text's length, where ``re`` may backtrack forever.

``re`` tries one path after another: ``(a+)+$`` doubles its work with each letter. RE2 follows all paths at once, and so does ``Machine``:
a list of threads in the order in which a backtracking engine would try them, advanced one character at a time (Pike's machine).
Its matches are Go's, group by group. It is slower than ``re`` on harmless patterns, so ``work`` decides which patterns are harmless:
the exponent of the text's length in the time that ``re`` may take, infinite for nested repetitions.

The patterns are those that ``re2_syntax`` wrote for ``re``, and are parsed by ``re``'s own parser.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, Optional

from ..gotypes.limits import tick

_NAMES = ("re._parser", "re._constants") if sys.version_info >= (3, 11) else ("sre_parse", "sre_constants")
sre_parser, sre = (importlib.import_module(name) for name in _NAMES)

#: steps of a machine that count as one of a render
_STEPS = 4
_MAX_PROGRAM = 20000
#: so many characters tried one after another are taken for granted
_FREE = 1_000_000
_ENDLESS = float("inf")

CHAR, SPLIT, SAVE, ASSERT, MATCH = range(5)
#: of a pattern: items, one of them, its operator or its value
Parsed = Any  # Any: what Python's own parser of patterns returns has no public types
Test = Callable[[str], object]
Check = Callable[[str, int], bool]
#: a number, ``Test``, ``Check`` or nothing
Extra = Any  # Any: the instruction's operator decides, which a type checker cannot follow


def work(pattern: str) -> float:
    """The exponent of the text's length in the worst time of ``re``.

    1 without repetitions, infinite for nested ones.
    """
    return 1 + _exponent(sre_parser.parse(pattern))


def _exponent(items: Parsed) -> float:
    total = 0.0
    for operator, value in items:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            inner = _exponent(value[2])
            many = value[1] > 1
            if many and (inner or _has_choice(value[2])):
                return _ENDLESS
            total += inner + (1 if many and value[1] != value[0] else 0)
        elif operator is sre.SUBPATTERN:
            total += _exponent(value[3])
        elif operator is sre.BRANCH:
            total += max(_exponent(branch) for branch in value[1])
    return total


def _has_choice(items: Parsed) -> bool:
    """Whether a repetition has more than one path: alternatives, or optional parts."""
    return any(
        operator is sre.BRANCH
        or (operator in (sre.MAX_REPEAT, sre.MIN_REPEAT) and (value[0] != value[1] or _has_choice(value[2])))
        or (operator is sre.SUBPATTERN and _has_choice(value[3]))
        for operator, value in items
    )


def repeats_nothing(pattern: str) -> bool:
    """Whether a repeated part can match the empty text: ``re`` and Go then differ in the last repetition."""
    return _repeats_nothing(sre_parser.parse(pattern))


def _repeats_nothing(items: Parsed) -> bool:
    for operator, value in items:
        repeats = operator in (sre.MAX_REPEAT, sre.MIN_REPEAT)
        if repeats and value[1] > 1 and value[2].getwidth()[0] == 0:
            return True
        parts = [value[2]] if repeats else [value[3]] if operator is sre.SUBPATTERN else value[1] if operator is sre.BRANCH else []
        if any(map(_repeats_nothing, parts)):
            return True
    return False


def dangerous(exponent: float, text: str) -> bool:
    """Whether ``re`` may take too long on this text."""
    length = len(text)
    if length < 16:
        return False
    return exponent == _ENDLESS or (exponent > 1 and length**exponent > _FREE)


class Found:
    """A match, with the methods of ``re.Match`` that ``Expression`` uses."""

    __slots__ = ("_places", "_text")

    def __init__(self, text: str, places: Sequence[int]) -> None:
        self._text = text
        self._places = places

    def of(self, text: str) -> Found:
        """The same places in another text."""
        return Found(text, self._places)

    def span(self, group: int = 0) -> tuple[int, int]:
        return self._places[2 * group], self._places[2 * group + 1]

    def group(self, group: int = 0) -> Optional[str]:
        start, end = self.span(group)
        return None if start < 0 or end < 0 else self._text[start:end]


class Machine:
    """A compiled pattern. Raises ``OverflowError`` for one that is too large."""

    def __init__(self, pattern: str) -> None:
        tree = sre_parser.parse(pattern)
        self._groups: int = tree.state.groups
        #: of each instruction: what it is, the next, and what it tests, saves or tries next
        self.program: list[tuple[int, int, Extra]] = []
        writer = _Writer(self.program)
        writer.add(SAVE, 0)
        writer.sequence(tree, 0)
        writer.add(SAVE, 1)
        writer.add(MATCH, None)

    def search(self, text: str, position: int = 0) -> Optional[Found]:
        """The leftmost match, of those the one a backtracking engine would find first."""
        program = self.program
        found: Optional[tuple[int, ...]] = None
        threads: list[tuple[int, tuple[int, ...]]] = []
        nothing = (-1,) * (2 * self._groups)
        spent = 0
        for at in range(position, len(text) + 1):
            if found is None:
                self._follow(threads, {pc for pc, _places in threads}, 0, nothing, text, at)
            elif not threads:
                break
            spent += len(threads) + 1
            if spent > 1000:
                tick(spent // _STEPS)
                spent = 0
            char = text[at : at + 1]
            ahead: list[tuple[int, tuple[int, ...]]] = []
            seen: set[int] = set()
            for pc, places in threads:
                operator, following, test = program[pc]
                if operator == MATCH:
                    found = places
                    break
                if char and test(char):
                    self._follow(ahead, seen, following, places, text, at + 1)
            threads = ahead
        return None if found is None else Found(text, found)

    def _follow(
        self, threads: list[tuple[int, tuple[int, ...]]], seen: set[int], start: int, places: tuple[int, ...], text: str, at: int
    ) -> None:
        """Adds where one can be without a further character, the preferred first."""
        program = self.program
        waiting = [(start, places)]
        while waiting:
            pc, places = waiting.pop()
            while pc not in seen:
                seen.add(pc)
                operator, following, extra = program[pc]
                if operator == SPLIT:
                    waiting.append((extra, places))
                elif operator == SAVE:
                    places = (*places[:extra], at, *places[extra + 1 :])
                elif operator == ASSERT:
                    if not extra(text, at):
                        break
                else:
                    threads.append((pc, places))
                    break
                pc = following


class _Writer:
    """Writes a parsed pattern as instructions."""

    def __init__(self, program: list[tuple[int, int, Extra]]) -> None:
        self.program = program

    def add(self, operator: int, extra: Extra) -> int:
        if len(self.program) >= _MAX_PROGRAM:
            raise OverflowError
        self.program.append((operator, len(self.program) + 1, extra))
        return len(self.program) - 1

    def patch(self, place: int, *, following: Optional[int] = None, extra: Optional[int] = None) -> None:
        operator, was_following, was_extra = self.program[place]
        self.program[place] = (operator, was_following if following is None else following, was_extra if extra is None else extra)

    @property
    def here(self) -> int:
        return len(self.program)

    def sequence(self, items: Parsed, flags: int) -> None:
        for operator, value in items:
            self.one(operator, value, flags)

    def one(self, operator: Parsed, value: Parsed, flags: int) -> None:
        if operator is sre.SUBPATTERN:
            group, added, removed, inner = value
            if group is not None:
                self.add(SAVE, 2 * group)
            self.sequence(inner, (flags | added) & ~removed)
            if group is not None:
                self.add(SAVE, 2 * group + 1)
        elif operator is sre.BRANCH:
            self.branches(value[1], flags)
        elif operator in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            self.repetition(value, operator is sre.MIN_REPEAT, flags)
        elif operator is sre.AT:
            self.add(ASSERT, _assertion(value, flags))
        else:
            self.add(CHAR, _test(operator, value, flags))

    def branches(self, branches: Parsed, flags: int) -> None:
        last_states = []
        for branch in branches[:-1]:
            split = self.add(SPLIT, 0)
            self.sequence(branch, flags)
            last_states.append(self.jump())
            self.patch(split, extra=self.here)
        self.sequence(branches[-1], flags)
        for end in last_states:
            self.patch(end, following=self.here, extra=self.here)

    def jump(self) -> int:
        """An instruction that only leads on; where to is patched."""
        return self.add(SPLIT, 0)

    def repetition(self, value: Parsed, lazy: bool, flags: int) -> None:
        least, most, inner = value
        for _round in range(least if most is not sre.MAXREPEAT or not least else least - 1):
            self.sequence(inner, flags)
        if most is not sre.MAXREPEAT:
            splits = []
            for _round in range(most - least):
                splits.append(self.choice(lazy))
                self.sequence(inner, flags)
            for split in splits:
                self.leave(split, lazy)
            return
        # a loop is entered at its body: what can match nothing takes its last turn that took something, as in Go
        skip = self.choice(lazy) if not least else None
        body = self.here
        self.sequence(inner, flags)
        again = self.add(SPLIT, 0)
        if lazy:
            self.patch(again, extra=body)
        else:
            self.patch(again, following=body, extra=self.here)
        if skip is not None:
            self.leave(skip, lazy)

    def choice(self, lazy: bool) -> int:
        """Go on with what follows, or leave: the place to patch by ``leave``."""
        place = self.add(SPLIT, 0)
        if lazy:
            self.patch(place, extra=place + 1)
        return place

    def leave(self, place: int, lazy: bool) -> None:
        if lazy:
            self.patch(place, following=self.here)
        else:
            self.patch(place, extra=self.here)


def _test(operator: Parsed, value: Parsed, flags: int) -> Test:
    """A test of one character."""
    if operator is sre.ANY:
        return (lambda _char: True) if flags & re.DOTALL else (lambda char: char != "\n")
    if operator is sre.LITERAL and not flags & re.IGNORECASE:
        return chr(value).__eq__
    if operator is sre.IN:
        text = "".join(map(_class_part, value))
    else:
        text = ("^" if operator is sre.NOT_LITERAL else "") + f"\\U{value:08x}"
    matches = re.compile(f"[{text}]", flags & re.IGNORECASE).match
    known: dict[str, bool] = {}

    def test(char: str) -> bool:
        answer = known.get(char)
        if answer is None:
            answer = known[char] = matches(char) is not None
        return answer

    return test


def _class_part(part: Parsed) -> str:
    operator, value = part
    if operator is sre.NEGATE:
        return "^"
    if operator is sre.LITERAL:
        return f"\\U{value:08x}"
    if operator is sre.RANGE:
        return f"\\U{value[0]:08x}-\\U{value[1]:08x}"
    raise OverflowError  # re2_syntax writes no other


def _assertion(value: Parsed, flags: int) -> Check:
    multi = flags & re.MULTILINE
    if value is sre.AT_BEGINNING and multi:
        return lambda text, at: at == 0 or text[at - 1] == "\n"
    if value in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
        return lambda _text, at: at == 0
    if value is sre.AT_END and multi:
        return lambda text, at: at == len(text) or text[at] == "\n"
    if value in (sre.AT_END, sre.AT_END_STRING):
        return lambda text, at: at == len(text)
    wanted = value is sre.AT_BOUNDARY
    return lambda text, at: (_is_word(text, at - 1) != _is_word(text, at)) is wanted


def _is_word(text: str, at: int) -> bool:
    char = text[at : at + 1] if at >= 0 else ""
    return char.isascii() and (char.isalnum() or char == "_")
