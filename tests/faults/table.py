# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault table: every request of every scenario, each possible fault, and the expected state.

    1. helm reads the history, and at most one revision is deployed
    2. another run of the same task succeeds
    3. the cluster then has exactly the objects of the release, and no lock
    4. a third run reports no change
    5. for damaged answers (``damage``): no path is requested more than 20 times a second, and the run keeps its deadline

A process that is killed after its last record and before it releases the lock leaves a Lease without an owner. A run that changes nothing
does not read the Lease. It must block no other run: the next change must succeed, and delete it.
"""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from damage import Damage, damages
from proxy import Fault, Point, Proxy, Upstream
from scenes import SCENARIOS, SHORT_TIMEOUT, TIMEOUT, TWO, Answer, KubeCluster, Scenario, Task, cluster_of, finish, present, start

REFUSALS = (409, 429, 500, 503)
PATIENCE = 15.0
NAMESPACES = 8
RATE = 20  # requests a second for one path
OVER_SECONDS = 5.0  # how much longer than `timeout` a request or a wait may take
SHARED = 3.0  # how much slower than alone a run is next to the others


def faults_of(point: Point) -> Iterator[Fault]:
    """Everything that can go wrong with a request."""
    yield from (Fault("drop"), Fault("reset"), Fault("delay"), Fault("gone"))
    yield from (Fault("refuse", status=status) for status in REFUSALS)
    if point.writes:
        yield from (Fault("kill"), Fault("kill", after=True), Fault("twice"))
        yield from (Fault("drop", after=True), Fault("reset", after=True), Fault("gone", after=True))
        yield from (Fault("refuse", after=True, status=status) for status in REFUSALS)


@dataclass(frozen=True)
class Case:
    number: int
    scenario: Scenario
    point: Point | None = None
    fault: Fault | Damage | None = None
    #: seconds that the scenario takes undisturbed
    usual: float = 0.0

    @property
    def timeout(self) -> float:
        return SHORT_TIMEOUT if isinstance(self.fault, Damage) else TIMEOUT

    def __str__(self) -> str:
        return f"{self.scenario.name}: {self.fault} {self.point}"


@dataclass
class Result:
    case: Case
    first: Answer
    fired: bool
    points: list[Point] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    #: seconds that the run took longer than its timeouts and its undisturbed run together
    over: float = -math.inf


class Bench:
    """What one worker needs: a proxy, a way around it, helm. :param kubeconfig: an administrator's."""

    def __init__(self, kubeconfig: Path, helm: Path, folder: Path) -> None:
        self.cache = folder / "cache"
        self.direct = {"kubeconfig": str(kubeconfig)}
        self.cluster: KubeCluster = cluster_of(self.direct, self.cache)
        self.name = ""
        self.proxy = Proxy(Upstream(kubeconfig), lambda path: path.replace(self.name, "REL").replace(self.namespace, "NS"))
        self.namespace = ""
        self._helm = helm
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        self._env = {"HOME": str(home), "KUBECONFIG": str(kubeconfig), "PATH": "/usr/bin:/bin"}
        self._env |= {f"HELM_{what}_HOME": str(home) for what in ("CACHE", "CONFIG", "DATA")}

    def run(self, case: Case) -> Result:
        began = time.monotonic()
        self.name, self.namespace = f"r{case.number}-{os.getpid()}", f"faults-{case.number % NAMESPACES}"
        try:
            for task in case.scenario.stage:
                answer = self.undisturbed(task)
                if answer.status != "ok":
                    return Result(case, answer, False, problems=[f"the stage could not be set: {answer.message}"])
            result = self.disturbed(case)
            self.judge(case, result)
            result.seconds = time.monotonic() - began
            return result
        finally:
            self.tidy()

    def disturbed(self, case: Case) -> Result:
        self.proxy.begin((case.point, case.fault) if case.point and case.fault else None)
        pid, pipe = start(case.scenario.task, {"host": self.proxy.url}, self.cache, self.namespace, self.name, timeout=case.timeout)
        self.proxy.victim = pid
        answer = finish(pid, pipe)
        return Result(case, answer, self.proxy.fired, list(self.proxy.points))

    def undisturbed(self, task: Task) -> Answer:
        return finish(*start(task, self.direct, self.cache, self.namespace, self.name))

    def judge(self, case: Case, result: Result) -> None:
        problems = result.problems
        killed = case.fault is not None and case.fault.kind == "kill" and result.fired
        if isinstance(case.fault, Damage):
            problems += self.pace(case, result)
        if result.first.status not in (("killed",) if killed else ("ok", "failed")):
            problems.append(f"the run itself: {result.first.status}: {result.first.message}")
        problems += self.history("after the fault")
        again = self.undisturbed(case.scenario.task)
        if again.status != "ok":
            problems.append(f"the next run: {again.status}: {again.message}")
        problems += self.history("after the next run", absent=case.scenario.name == "uninstall")
        left = [] if again.changed or case.scenario.name == "uninstall" else self._leases()
        problems += self.objects(case.scenario, locked=bool(left))
        third = self.undisturbed(case.scenario.task)
        if third.status != "ok" or third.changed:
            problems.append(f"the run after the next: {third.status} changed={third.changed}: {third.message}")
        if left:
            later = self.undisturbed(present(TWO, "later", quick=True))
            if later.status != "ok" or self._leases():
                problems.append(f"a lock was left, and it is in the way: {later.status}: {later.message}")

    def pace(self, case: Case, result: Result) -> list[str]:
        """Whether a run with a fault sent too many requests or took too long.

        ``timeout`` is that of each wait, and a lasting fault affects all of them.
        """
        problems = []
        by_path: dict[str, list[float]] = {}
        for moment, path in self.proxy.times:
            by_path.setdefault(path, []).append(moment)
        for path, moments in by_path.items():
            most = max(sum(begin <= moment < begin + 1 for moment in moments) for begin in moments)
            if most > RATE:
                problems.append(f"{most} requests a second: {path}")
        lasting = isinstance(case.fault, Damage) and case.fault.lasting
        waits = len(self.proxy.watched) if lasting else 1
        waits = max(1, waits)
        result.over = result.first.seconds - waits * case.timeout - case.usual
        limit = waits * (case.timeout + OVER_SECONDS) + SHARED * case.usual
        if result.first.seconds > limit:
            problems.append(f"it took {result.first.seconds:.1f} s; the limit is {limit:.1f} s")
        return problems

    def history(self, when: str, *, absent: bool | None = None) -> list[str]:
        """:param absent: whether the release must be deleted; ``None``: both are accepted."""
        command = [str(self._helm), "history", self.name, "-n", self.namespace, "-o", "json"]
        done = subprocess.run(command, env=self._env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            gone = "release: not found" in done.stderr
            return [] if gone and absent is not False and (absent or absent is None) else [f"{when}: helm history: {done.stderr.strip()}"]
        statuses = [entry["status"] for entry in json.loads(done.stdout)]
        deployed = statuses.count("deployed")
        if absent:
            return [f"{when}: the release is still there: {statuses}"]
        if deployed > 1 or (absent is False and (deployed != 1 or statuses[-1] != "deployed")):
            return [f"{when}: {statuses}"]
        return []

    def objects(self, scenario: Scenario, *, locked: bool = False) -> list[str]:
        wanted = {f"{text.split()[0]} {self.name}-{text.split()[1]}" for text in scenario.objects}
        deadline = time.monotonic() + PATIENCE  # what was deleted may be on its way
        while True:
            found = set(self._objects())
            leases = [lease["metadata"]["name"] for lease in self._leases()]
            if (found == wanted and (locked or not leases)) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        problems = [f"missing: {name}" for name in sorted(wanted - found)]
        problems += [f"left over: {name}" for name in sorted(found - wanted)]
        return problems + [f"a lock is left: {name}" for name in leases if not locked]

    def _objects(self) -> Iterator[str]:
        for api_version, kind in (("v1", "ConfigMap"), ("v1", "Pod"), ("apps/v1", "Deployment"), ("batch/v1", "Job")):
            for obj in self.cluster.list(api_version, kind, self.namespace, labels=f"case={self.name}")[0]:
                if not obj["metadata"].get("ownerReferences"):
                    yield f"{kind} {obj['metadata']['name']}"

    def _leases(self) -> list[dict[str, dict[str, str]]]:
        return self.cluster.list("coordination.k8s.io/v1", "Lease", self.namespace, labels=f"charts.windlass.io/release={self.name}")[0]

    def tidy(self) -> None:
        for path, label in (
            ("/apis/apps/v1/namespaces/{}/deployments", "case"),
            ("/apis/batch/v1/namespaces/{}/jobs", "case"),
            ("/api/v1/namespaces/{}/pods", "case"),
            ("/api/v1/namespaces/{}/configmaps", "case"),
            ("/api/v1/namespaces/{}/secrets", "name"),
        ):
            query = {"labelSelector": f"{label}={self.name}", "propagationPolicy": "Background"}
            self.cluster.request("DELETE", path.format(self.namespace), query=query)


def damaged(plain: list[Result], count: int, seed: int) -> list[Case]:
    """That many cases of damaged answers, at requests of the undisturbed runs chosen by a seed."""
    chance = random.Random(seed)
    cases = []
    for number in range(count):
        usual = chance.choice(plain)
        point = chance.choice(list(dict.fromkeys(usual.points)))
        cases.append(Case(100_000 + number, usual.case.scenario, point, damages(point, chance), usual.first.seconds))
    return cases


def record(bench: Bench) -> tuple[list[Case], list[Result]]:
    """Runs each scenario without faults and makes the table from it.

    Twice, so that no request is made for the first time.
    """
    cases: list[Case] = []
    plain: list[Result] = []
    for place, scenario in enumerate(SCENARIOS):
        bench.run(Case(place, scenario))
        result = bench.run(Case(10 + place, scenario))
        if result.first.status != "ok":
            result.problems.append(f"undisturbed, it fails: {result.first.message}")
        plain.append(result)
        for point in dict.fromkeys(result.points):
            cases += [Case(100 + len(cases), scenario, point, fault) for fault in faults_of(point)]
    return [Case(100 + number, case.scenario, case.point, case.fault) for number, case in enumerate(cases)], plain
