# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the fault table and the races on a separate control plane.

    run.py [--part N/M] [--damaged N] [--rounds N] [--jobs N] [--only TEXT]

``--part 3/10`` runs each tenth case, from the third on: the table takes too long for every commit. It ends with figures and, where one
fails, with the case and what was wrong.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cluster"))
import build
import controlplane
import table
from races import Races, race
from table import NAMESPACES, OVER_SECONDS, Bench, Case, Result

_setup: tuple[Path, Path, Path] | None = None
_bench: Bench | None = None


def work(case: Case) -> tuple[int, Result]:
    """One case, in a worker that keeps its proxy."""
    global _bench
    assert _setup is not None
    if _bench is None:
        _bench = Bench(*_setup)
    try:
        result = _bench.run(case)
    except Exception as error:  # the test's own fault must not end the table
        result = Result(case, table.Answer("bug"), True, problems=[f"the test itself: {type(error).__name__}: {error}"])
    result.points = []
    result.case = None  # type: ignore[assignment]  # tasks are functions, which do not travel
    return case.number, result


def chosen(cases: list[Case], part: str, only: str) -> list[Case]:
    number, _slash, of = part.partition("/")
    wanted = [case for case in cases[int(number) - 1 :: int(of or 1)] if only in str(case)]
    random.Random(0).shuffle(wanted)  # what is known after a while is then known of all of it
    return wanted


def report(cases: dict[int, Case], results: dict[int, Result], whole: int, plain: list[Result], races: Races, seconds: float) -> int:
    by_kind: Counter[str] = Counter()
    survived: Counter[str] = Counter()
    for number, result in results.items():
        kind = f"{cases[number].scenario.name:10} {cases[number].fault.kind if cases[number].fault else ''}"
        by_kind[kind] += 1
        survived[kind] += result.first.status == "ok"
    for kind in sorted(by_kind):
        print(f"{kind:20} {by_kind[kind]:5} cases, {survived[kind]:5} survived within the run")
    bad = {number: result for number, result in results.items() if result.problems}
    for number, result in bad.items():
        print(f"FAILED {cases[number]} (fired: {result.fired}, the run: {result.first.status} {result.first.message[:300]})")
        print("".join(f"    {problem}\n" for problem in result.problems), end="")
    problems = [problem for result in plain for problem in result.problems] + races.problems
    missed = sum(not result.fired for result in results.values())
    if missed > max(3, len(results) // 20):
        problems.append(f"{missed} of {len(results)} faults met no request: the table does not fit the runs")
    for problem in problems:
        print(f"FAILED {problem}")
    print(f"requests of the undisturbed runs: {', '.join(f'{r.case.scenario.name} {len(r.points)}' for r in plain)}")
    print(f"fault table: {len(results)} of {whole} cases, {len(bad)} failures, {missed} met no request")
    late = sorted((result.over, number) for number, result in results.items())[-1:]
    for over, number in late:
        beyond = sum(result.over > OVER_SECONDS for result in results.values())
        print(f"beyond its timeouts and its undisturbed run, the slowest took {over:.1f} s ({cases[number]}); {beyond} took over {OVER_SECONDS:.0f} s")
    counts = ", ".join(f"{count} {what}" for what, count in sorted(races.outcomes.items()))
    print(f"races: {races.rounds} rounds of 8 processes, {len(races.problems)} failures; {counts}; the slowest took {races.slowest:.1f} s")
    print(f"in {seconds:.0f} s", flush=True)
    return 1 if bad or problems else 0


def run(plane: controlplane.ControlPlane, helm: Path, folder: Path, options: argparse.Namespace) -> int:
    global _setup
    began = time.monotonic()
    _setup = (plane.kubeconfig, helm, folder)
    bench = Bench(*_setup)
    for number in range(NAMESPACES):
        bench.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"faults-{number}"}})
    cases, plain = table.record(bench)
    wanted = chosen(cases, options.part, options.only)
    spoiled = [case for case in table.damaged(plain, options.damaged, options.seed) if options.only in str(case)]
    whole = len(cases) + len(spoiled)
    wanted = [case for pair in itertools.zip_longest(wanted, spoiled) for case in pair if case]
    known = {case.number: case for case in wanted}
    results: dict[int, Result] = {}
    for number, result in _spread(wanted, options.jobs):
        results[number] = result
        if result.problems:
            print(f"failed: {known[number]}: {'; '.join(result.problems)[:500]}", flush=True)
        if options.json:
            with options.json.open("a") as file:
                file.write(json.dumps([str(known[number]), result.first.status, result.fired, result.problems, result.first.message]) + "\n")
        if len(results) % 100 == 0:
            print(f"{len(results)} of {len(wanted)} after {time.monotonic() - began:.0f} s", flush=True)
    races = race(bench, options.rounds)
    bench.proxy.close()
    return report(known, results, whole, plain, races, time.monotonic() - began)


def _spread(cases: list[Case], jobs: int) -> Iterator[tuple[int, Result]]:
    """Runs cases by number in forked workers that share the table."""
    global _cases
    _cases = {case.number: case for case in cases}
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_by_number, list(_cases))


_cases: dict[int, Case] = {}


def _by_number(number: int) -> tuple[int, Result]:
    return work(_cases[number])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--damaged", type=int, default=520, help="cases of damaged answers")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--only", default="", help="cases whose description holds this text")
    parser.add_argument("--plane", type=Path, help="the folder of a control plane that runs")
    parser.add_argument("--json", type=Path, help="add a line for each case to this file")
    options = parser.parse_args()
    helm = Path(os.environ.get("WINDLASS_HELM4") or build.programs(("helm4",))["helm4"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.plane:
            return run(controlplane.ControlPlane(options.plane), helm, folder, options)
        plane = controlplane.up(folder / "plane")
        try:
            return run(plane, helm, folder, options)
        finally:
            controlplane.down(folder / "plane")


if __name__ == "__main__":
    sys.exit(main())
