# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The bounds on time and memory of a render. Helm has no such bounds and runs until memory is used up.

All bounds are far above what charts need (``docs/limits.md``). A render shares its process with other work of the controller, so a
template beyond a bound ends with one sentence and not with a killed process. Templates cannot wait, so time and memory grow only by

- texts: code that makes a text much longer than its input calls ``room`` first, and passes the result through ``made``;
- lists: ``items`` before a list is made, ``copied`` where a list is copied to add to it;
- rounds of loops, calls of templates, visited values: ``tick``. Every ``EVERY`` steps it reads the resource usage of the process.

The resource usage (``getrusage``) is not behind a port: no result depends on it except the refusal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..aliases import GoValue

MIB = 1 << 20
MAX_TEXT = 16 * MIB  # characters of one text
MAX_MADE = 512 * MIB  # characters of all texts of a render that are longer than LARGE
MAX_RANDOM = MIB  # characters of one random text
MAX_ITEMS = 1_000_000  # of one list
MAX_STEPS = 3_000_000  # turns of loops, calls of templates, values visited
MAX_TEMPLATE = 4 * MIB  # characters of a text given to tpl
MAX_PARTS = 500_000  # words, marks and spaces in the actions of one template file
MAX_CODE = 4_000_000  # characters that one template file is compiled to, its own text aside
MAX_MEMORY = 768 * MIB  # bytes that the process may grow by
MAX_SECONDS = 30.0  # of computing
LARGE = 1 << 16
EVERY = 1000
_HUGE = MIB
#: a copied item costs this part of a step
_COPIES = 256
#: so many characters of a long text count as a step, when it is made, parsed or digested
_CHARACTERS = 256
_DEEPEST = 400  # as yamlio
_SCALARS = frozenset([str, int, float, bool, bytes, type(None)])


class LimitExceeded(Exception):
    """A template exceeds a bound. The message is this collection's, since Helm has no bounds.

    It is not a ``GoError``: functions that swallow those must not swallow this.
    """


class _Budget:
    """What is left of one render."""

    __slots__ = ("check_at", "every", "left", "made", "memory", "seconds")

    def __init__(self) -> None:
        self.left = MAX_STEPS
        self.every = EVERY
        self.check_at = self.left - self.every
        self.made = 0
        self.seconds, self.memory = _accounts()


def _accounts() -> tuple[float, int]:
    """Seconds of CPU time and peak memory in bytes; zeros on a system without ``getrusage``."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return 0.0, 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


#: the budget of the render that runs in this thread
_current: ContextVar[_Budget] = ContextVar("budget")


def begin() -> None:
    """Start a render: the budget is full again."""
    _current.set(_Budget())


def _budget() -> _Budget:
    budget = _current.get(None)
    if budget is None:  # functions that are called outside of a render
        budget = _Budget()
        _current.set(budget)
    return budget


@contextmanager
def uncharged() -> Iterator[None]:
    """Does not charge the render for time and memory within this context.

    Other threads compute while it lasts.
    """
    budget = _budget()
    seconds, memory = _accounts()
    try:
        yield
    finally:
        now, held = _accounts()
        budget.seconds += now - seconds
        budget.memory += held - memory


def used() -> tuple[int, float]:
    """Steps and seconds that the render has taken."""
    budget = _budget()
    return MAX_STEPS - budget.left, _accounts()[0] - budget.seconds


def tick(steps: int = 1) -> None:
    """So many steps are about to be taken. Raises ``LimitExceeded``."""
    budget = _current.get(None) or _budget()
    budget.left -= steps
    if budget.left < budget.check_at:
        _check(budget)


def _check(budget: _Budget) -> None:
    budget.check_at = budget.left - budget.every
    if budget.left < 0:
        raise LimitExceeded(f"the templates take more than {MAX_STEPS} steps (loop iterations, calls, visited values)")
    seconds, memory = _accounts()
    if seconds - budget.seconds > MAX_SECONDS:
        raise LimitExceeded(f"the templates run for more than {MAX_SECONDS:.0f} seconds")
    if memory - budget.memory > MAX_MEMORY:
        raise LimitExceeded(f"the templates take more than {MAX_MEMORY // MIB} MiB of memory")


def room(size: int) -> None:
    """A text of that many characters is about to be made. Raises ``LimitExceeded``."""
    if size > MAX_TEXT:
        raise LimitExceeded(f"a string of {size} characters exceeds the limit of {MAX_TEXT}")


def made(value: str) -> str:
    """A text that was made, charged where it is long.

    Bytes that were no characters in its parts may be one together, as in Go, where a string is bytes.

    >>> first, second = (byte.decode("utf-8", "surrogateescape") for byte in (b"\\xc3", b"\\xa9"))
    >>> made(first + second) == b"\\xc3\\xa9".decode()
    True
    """
    if len(value) > LARGE:
        _charge(len(value))
    if not value.isascii():
        try:
            value.encode()  # faster than a search for surrogates
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    return value


def visited(text: str, weight: int = 1) -> str:
    """The same text, counted as visited character by character.

    ``weight``: cost relative to a simple walk.
    """
    tick(len(text) * weight // _CHARACTERS)
    return text


def _charge(size: int) -> None:
    room(size)
    tick(size // _CHARACTERS)
    budget = _budget()
    budget.made += size
    if budget.made > MAX_MADE:
        raise LimitExceeded(f"the templates create more than {MAX_MADE // MIB} MiB of long strings")
    if size > _HUGE:
        budget.every = EVERY // 50
        budget.check_at = max(budget.check_at, budget.left - budget.every)


def joined(parts: list[str], separator: str = "") -> str:
    """``separator.join(parts)``, within bounds."""
    if len(parts) > 100 or len(separator) > LARGE:
        room(sum(map(len, parts)) + len(separator) * len(parts))
    return made(separator.join(parts))


def sized(parts: Iterable[str]) -> list[str]:
    """The same texts, which are made one by one, as long as they fit into one."""
    out: list[str] = []
    size = 0
    for part in parts:
        out.append(part)
        size += len(part)
        if size > MAX_TEXT:
            room(size)
    return out


def items(count: int) -> None:
    """A list of that many items is about to be made. Raises ``LimitExceeded``."""
    if count > MAX_ITEMS:
        raise LimitExceeded(f"a list of {count} items exceeds the limit of {MAX_ITEMS}")


def copied(count: int) -> None:
    """A list of that many items is about to be copied. Raises ``LimitExceeded``."""
    if count > _COPIES:
        items(count)
        tick(count // _COPIES)


def watched(values: Iterable[GoValue]) -> Iterator[GoValue]:
    """The same values, each counted as one step, for loops that may be too long."""
    waiting = 0
    for value in values:
        waiting += 1
        if waiting == 100:
            tick(100)
            waiting = 0
        yield value


def weigh(*values: GoValue) -> None:
    """Counts the maps and lists within values, each occurrence of them.

    This is the work of a function that visits all of them.

    A map that holds another twice, and that one a third twice, is small in memory and huge when it is written. Levels below the bound of
    writing are not counted.
    """
    level = [value for value in values if isinstance(value, (dict, list))]
    count = depth = 0
    while level and depth < _DEEPEST:
        count += len(level)
        if count > MAX_ITEMS // 2:
            raise LimitExceeded(f"a value exceeds the limit of {MAX_ITEMS // 2} maps and lists")
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if inner.__class__ not in _SCALARS and isinstance(inner, (dict, list))
        ]
        depth += 1
    if count > _COPIES:
        tick(count // 10)
