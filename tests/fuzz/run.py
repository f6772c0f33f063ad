# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The differential fuzzer: random cases through Helm's packages and through the engine.

    run.py [--minutes 10 | --cases N] [--seed N] [--only FAMILY,...] [--at N] [--keep-going]

A case is its seed, its family and its number, so that one can be run again (``--only FAMILY --at N``). What differs is made as
small as it goes and printed as a row for ``cases/*.yaml``. Exit code 1 when anything differed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

import yaml
from fuzz import ours
from fuzz.case import Answer, Case
from fuzz.grammar import moments, patterns, schemas, sets, templates, toml, trees
from fuzz.oracle import Oracle
from fuzz.shrink import shrink
from fuzz.verdict import excuses, same, signature, verdict

FAMILIES: dict[str, tuple[int, Callable[[Random], Case]]] = {
    "template": (30, templates.template),
    "function": (30, templates.function),
    "printf": (10, templates.printf),
    "written": (8, templates.written),
    "tree": (10, trees.case),
    "set": (12, sets.case),
    "yaml": (14, trees.documents_case),
    "values": (5, trees.values_file),
    "json": (5, trees.written),
    "schema": (16, schemas.case),
    "toml": (8, toml.document),
    "moment": (10, moments.case),
    "pattern": (10, patterns.case),
    "bytes": (6, patterns.bytes_case),
}
BATCH = 40
SLOW = 2.0


@dataclass
class Found:
    family: str
    number: int
    case: Case
    theirs: Answer
    ours: Answer


@dataclass
class Tally:
    cases: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    classes: dict[str, Found] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)


def case_of(seed: int, family: str, number: int) -> Case:
    return FAMILIES[family][1](Random(f"{seed}/{family}/{number}"))


def numbered(seed: int, families: list[str]) -> Iterator[tuple[str, int]]:
    """Families in turn by their weights, each with its own count."""
    order = [name for name in families for _ in range(FAMILIES[name][0])]
    chance = Random(seed)
    counts: Counter[str] = Counter()
    while True:
        name = chance.choice(order)
        yield name, counts[name]
        counts[name] += 1


def batches(source: Iterator[tuple[str, int]], limit: int, until: float) -> Iterator[list[tuple[str, int]]]:
    done = 0
    while done < limit and time.monotonic() < until:
        batch = [next(source) for _ in range(min(BATCH, limit - done))]
        done += len(batch)
        yield batch


def run(args: argparse.Namespace, oracle: Oracle) -> Tally:
    tally, known = Tally(), excuses()
    families = args.only.split(",") if args.only else list(FAMILIES)
    limit = args.cases or sys.maxsize
    until = time.monotonic() + (args.minutes * 60 if not args.cases else 86400)
    source: Iterator[tuple[str, int]] = iter([(families[0], args.at)]) if args.at is not None else numbered(args.seed, families)
    for batch in batches(source, 1 if args.at is not None else limit, until):
        cases = [case_of(args.seed, family, number) for family, number in batch]
        sent = oracle.send(cases)
        mine = []
        for (family, number), case in zip(batch, cases, strict=True):
            started = time.monotonic()
            mine.append(ours.answer(case))
            took = time.monotonic() - started
            tally.times[family] += took
            if took > SLOW:
                print(f"slow: {family} {number} took us {took:.1f} s", flush=True)
        for (family, number), case, theirs, own in zip(batch, cases, oracle.collect(sent), mine, strict=True):
            _count(tally, Found(family, number, case, theirs, own), verdict(case, theirs, own, oracle, ours.answer, known))
    return tally


def _count(tally: Tally, found: Found, what: str) -> None:
    if found.theirs.state == "late":
        print(f"slow: {found.family} {found.number} took Helm too long", flush=True)
    tally.cases[found.family] += 1
    tally.states[found.theirs.state] += 1
    tally.verdicts[what] += 1
    if what == "differ":
        tally.classes.setdefault(signature(found.theirs, found.ours, found.family), found)


def smallest(found: Found, oracle: Oracle, seconds: float) -> Found:
    """The smallest case with the same difference that is found in that time."""
    known = excuses()

    def holds(case: Case) -> bool:
        theirs, own = oracle.ask([case])[0], ours.answer(case)
        if same(theirs, own) or (theirs.state, own.state) != (found.theirs.state, found.ours.state):
            return False
        return verdict(case, theirs, own, oracle, ours.answer, known) == "differ"

    small = shrink(found.case, holds, seconds) if seconds else found.case
    return replace(found, case=small, theirs=oracle.ask([small])[0], ours=ours.answer(small))


def show(found: Found) -> None:
    """A row of a table, with Helm's answer, then the engine's."""
    row = {"case": found.case.as_row(), "helm": found.theirs.as_row()}
    print(f"\n## {found.family} {found.number}")
    print(yaml.safe_dump([row], sort_keys=False, allow_unicode=True, width=1000, default_flow_style=None), end="")
    print(f"# ours: {yaml.safe_dump(found.ours.as_row(), allow_unicode=True, width=1000).rstrip()}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", default="")
    parser.add_argument("--at", type=int, default=None)
    parser.add_argument("--shrink", type=float, default=15.0, help="seconds for each difference; 0 shows the case as it is")
    parser.add_argument("--show", type=int, default=40, help="how many differences are shown")
    args = parser.parse_args()
    if args.seed is None:
        args.seed = time.time_ns() % 1_000_000_000
    print(f"seed {args.seed}", flush=True)
    started = time.monotonic()
    with Oracle() as oracle:
        tally = run(args, oracle)
        took = time.monotonic() - started
        seen = set()
        for found in list(tally.classes.values())[: args.show]:
            small = smallest(found, oracle, args.shrink)
            kind = signature(small.theirs, small.ours, small.family)
            if kind not in seen:
                seen.add(kind)
                show(small)
    total = sum(tally.cases.values())
    print(f"\nseed {args.seed}: {total} cases in {took:.0f} s, {total / took * 60:.0f} a minute")
    for family, count in tally.cases.most_common():
        print(f"  {family:10} {count:7}   ours {tally.times[family] / count * 1000:.2f} ms a case")
    print("helm: " + ", ".join(f"{state} {count}" for state, count in tally.states.most_common()))
    print("verdicts: " + ", ".join(f"{name} {count}" for name, count in tally.verdicts.most_common()))
    print(f"disagreements: {tally.verdicts['differ']} in {len(tally.classes)} classes")
    return 1 if tally.verdicts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
