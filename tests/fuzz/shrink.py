# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a case smaller while a property holds, text by text.

Whole pieces first, then words, then characters.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.case import Case

Holds = Callable[[Case], bool]
_ACTIONS = re.compile(r"(\{\{.*?\}\}|\n)", re.DOTALL)
_WORDS = re.compile(r"(\s+|[(){}\[\]|,:=]|\"(?:\\.|[^\"\\])*\"|`[^`]*`)")


def shrink(case: Case, holds: Holds, seconds: float = 20.0) -> Case:
    """The smallest case found in the time for which ``holds`` is true, as it is for ``case``."""
    deadline = time.monotonic() + seconds
    changed = True
    while changed and time.monotonic() < deadline:
        changed = False
        for smaller in _smaller(case):
            if time.monotonic() > deadline:
                break
            if holds(smaller):
                case, changed = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    yield from _fewer(case)
    for name, text in case.files.items():
        for less in _less(text):
            yield replace(case, files={**case.files, name: less})
    for at, text in enumerate(case.values):
        for less in _less(text):
            yield replace(case, values=(*case.values[:at], less, *case.values[at + 1 :]))
    for at, (kind, text) in enumerate(case.sets):
        for less in _less(text):
            yield replace(case, sets=(*case.sets[:at], (kind, less), *case.sets[at + 1 :]))
    for less in _less(case.text):
        yield replace(case, text=less)


def _fewer(case: Case) -> Iterator[Case]:
    for name in case.files:
        yield replace(case, files={other: text for other, text in case.files.items() if other != name})
    for at in range(len(case.values)):
        yield replace(case, values=case.values[:at] + case.values[at + 1 :])
    for at in range(len(case.sets)):
        yield replace(case, sets=case.sets[:at] + case.sets[at + 1 :])


def _less(text: str) -> Iterator[str]:
    """Texts that lack a part: long runs of pieces before short ones."""
    seen = set()
    for pieces in (_ACTIONS.split(text), _WORDS.split(text), list(text) if len(text) <= 160 else []):
        pieces = [piece for piece in pieces if piece]
        size = max(1, len(pieces) // 2)
        while pieces:
            for start in range(0, len(pieces), max(1, size // 2)):
                less = "".join(pieces[:start] + pieces[start + size :])
                if less != text and less not in seen:
                    seen.add(less)
                    yield less
            if size == 1:
                break
            size = max(1, size // 2)
