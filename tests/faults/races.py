# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Races: processes that change one release at once. Each must succeed, or name who holds the lock."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from scenes import TWO, Answer, Locking, finish, present, start
from table import Bench

PROCESSES = 8
#: every process here is alive, and eight of them share two cores
LEASE_SECONDS = 30.0


@dataclass
class Races:
    rounds: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)


def race(bench: Bench, rounds: int) -> Races:
    """Odd rounds wait for each other, even ones give up at once."""
    races = Races()
    bench.name, bench.namespace = "race", "faults-0"
    first = bench.undisturbed(present(TWO, "start", quick=True))
    if first.status != "ok":
        races.problems.append(f"the stage could not be set: {first.message}")
    for number in range(1, rounds + 1):
        waits = number % 2 == 1
        locking = Locking(if_busy="wait" if waits else "fail", lock_timeout=90.0)
        tasks = [present(TWO, f"{number}-{runner}", quick=True, locking=locking) for runner in range(PROCESSES)]
        children = [start(task, bench.direct, bench.cache, bench.namespace, bench.name, lease=LEASE_SECONDS) for task in tasks]
        answers = [finish(*child) for child in children]
        races.rounds += 1
        races.slowest = max([races.slowest, *(answer.seconds for answer in answers)])
        races.problems += [f"round {number}: {problem}" for problem in _judge(bench, answers, waits, races.outcomes, number)]
    bench.tidy()
    return races


def _judge(bench: Bench, answers: list[Answer], waits: bool, outcomes: Counter[str], number: int) -> list[str]:
    problems = bench.history("history", absent=False)
    done = 0
    for answer in answers:
        if answer.status == "ok":
            done += 1
            outcomes["succeeded"] += 1
        elif answer.kind == "ReleaseBusy" and answer.fields.get("holder_pid") and not waits:
            outcomes["named the holder"] += 1
        else:
            outcomes["failed otherwise"] += 1
            problems.append(f"{answer.status} {answer.kind}: {answer.message}")
    if waits and done != PROCESSES:
        problems.append(f"{done} of {PROCESSES} succeeded")
    if not done:
        problems.append("no process succeeded")
    found = bench.cluster.list("v1", "ConfigMap", bench.namespace, labels=f"case={bench.name}")[0]
    values = {json.dumps(obj["data"]) for obj in found}
    if len(found) != 2 or len(values) != 1 or not next(iter(values)).startswith(f'{{"k": "{number}-'):
        problems.append(f"objects of several revisions: {sorted(values)}")
    if bench._leases():
        problems.append("a lock is left")
    return problems
