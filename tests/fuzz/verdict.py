# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether two answers agree, and what may excuse that they do not (``known.yaml``).

Helm's answer may differ from run to run (a random order in Go, the clock). So Helm runs again before a difference counts, and each of
its answers is right. Where Helm crashes (a panic ends the program) or takes too long, this collection must refuse, with any message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from fuzz.case import Answer, Case
from fuzz.oracle import Oracle

KNOWN = Path(__file__).with_name("known.yaml")
#: a map of two keys may have the same order in seven of eight runs
AGAIN = 72


@dataclass(frozen=True)
class Excuse:
    """A known difference.

    ``theirs`` (Helm) and ``ours`` are patterns that a whole answer matches: ``state`` and text joined by a line break.

    ``but``: a pattern; without its matches both answers are equal.
    """

    name: str
    theirs: re.Pattern[str]
    ours: re.Pattern[str]
    kinds: tuple[str, ...]
    case: re.Pattern[str]
    but: re.Pattern[str] | None


def excuses() -> list[Excuse]:
    rows = yaml.safe_load(KNOWN.read_text()) or []
    return [
        Excuse(
            row["name"],
            re.compile(row.get("theirs", ".*"), re.DOTALL),
            re.compile(row.get("ours", ".*"), re.DOTALL),
            tuple(row.get("kinds", ())),
            re.compile(row.get("case", ""), re.DOTALL),
            re.compile(row["but"], re.DOTALL) if "but" in row else None,
        )
        for row in rows
    ]


def same(theirs: Answer, ours: Answer) -> bool:
    if theirs.state in ("crashed", "late"):
        return ours.state == "refused"
    return theirs.state == ours.state and _settled(theirs) == _settled(ours)


def _settled(answer: Answer) -> str:
    """The findings of a schema are in random order in each run of helm."""
    if answer.state == "refused" and "the schema(s)" in answer.text:
        return "\n".join(sorted(answer.text.split("\n")))
    return answer.text


def verdict(
    case: Case, theirs: Answer, ours: Answer, oracle: Oracle, repeat: Callable[[Case], Answer], known: Sequence[Excuse]
) -> str:
    """``agree``, ``unrepeatable`` (Helm's answers differ), ``known: NAME`` or ``differ``.

    :param repeat: renders the case again, since a template that prints the time can render just before a new second.
    """
    if same(theirs, ours):
        return "agree"
    if theirs.state == "late":
        return "unrepeatable"
    if theirs.state == "crashed":
        return "differ"
    again = oracle.ask([case] * AGAIN)
    if any(same(one, ours) for one in again):
        return "agree"
    ours_again = repeat(case)
    if ours_again != ours and any(same(one, ours_again) for one in [*again, *oracle.ask([case])]):
        return "agree"
    if len({(one.state, _settled(one)) for one in [theirs, *again]}) > 1:
        return "unrepeatable"
    name = excused(case, theirs, ours, known)
    return f"known: {name}" if name else "differ"


def excused(case: Case, theirs: Answer, ours: Answer, known: Sequence[Excuse]) -> str:
    """The name of the row that explains the difference, or ``""``."""
    return next((excuse.name for excuse in known if _excused(excuse, case, theirs, ours)), "")


def _excused(excuse: Excuse, case: Case, theirs: Answer, ours: Answer) -> bool:
    if excuse.kinds and case.kind not in excuse.kinds:
        return False
    matched = all(
        pattern.fullmatch(f"{answer.state}\n{answer.text}") for pattern, answer in ((excuse.theirs, theirs), (excuse.ours, ours))
    )
    if excuse.but is not None:
        pair = [_settled(Answer(one.state, excuse.but.sub("", one.text))) for one in (theirs, ours)]
        matched = matched and theirs.state == ours.state and pair[0] == pair[1]
    return matched and bool(excuse.case.search(str(case.as_row())))


def signature(theirs: Answer, ours: Answer, family: str) -> str:
    """A key that differences with one cause usually share; it only limits how many are shown."""
    parts = [theirs.state, ours.state, family if theirs.state == ours.state == "out" else ""]
    for answer in (theirs, ours):
        text = answer.text if answer.state != "out" else ""
        lines = text.strip().split("\n")
        tail = lines[-1] if answer.state == "crashed" else text
        parts.append(re.sub(r"\"[^\"]*\"|'[^']*'|<[^>]*>|`[^`]*`|values file \S+|(?<=open ).*(?=: no such)|\d+", "#", tail)[-70:])
    return " | ".join(parts)
