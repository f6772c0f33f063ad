# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench-scale``: a namespace of 1,000 releases, and releases of 50 revisions.

This collection compared with the real helm 4.

Measured with 10 other releases in the namespace and again with 1,000: a task that changes nothing, an upgrade, ``chart_release_info`` of one
release, each for a release of two revisions and one of fifty; then the list of all. Of both sides: seconds, requests (from the
server's own audit log); of this collection also the received KiB. Its faces are called as by the action plugin, in this process;
helm is a process each time. The list is a separate process for both, so that its memory can be measured.

The cost of one release must not grow with the number of other releases: requests and bytes must be equal, and processor seconds of this
collection have a limit above noise; elapsed seconds include those of the server and of other programs. ``OTHERS`` (1000) and
``ROUNDS`` (5) make it smaller. Exit 1 where something grows.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "cluster")]
from places import BUILD, environment, say, venv

FOLDER = BUILD / "bench-scale"
FEW, REVISIONS = 10, 50
OTHERS, ROUNDS = int(os.environ.get("OTHERS") or "1000"), int(os.environ.get("ROUNDS") or "5")
NAMESPACE = "scale"
FEW_MORE = 4  # releases in the namespace in addition to the others
INSTALL = "installation"
#: processor seconds may differ by so much between 10 others and all of them before that counts as growth
NOISE = 1.5
#: releases of one task of chart_releases, so that what it returns stays small
BATCH = 250


@dataclass
class Figures:
    """Of one thing measured: the least seconds of all rounds, requests and received bytes of one run."""

    seconds: float = float("inf")
    processor: float = float("inf")
    requests: int = 0
    received: int = 0
    memory: int = 0  # KiB


@dataclass
class Row:
    name: str
    ours: list[Figures] = field(default_factory=list)
    helm: list[Figures] = field(default_factory=list)


class Ours:
    """The faces of this collection in this process."""

    def __init__(self, plane: Any) -> None:
        _importable()
        from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
        from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.transport import Transport
        from ansible_collections.windlass.charts.plugins.module_utils._ansible import runner
        from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

        self.plane, self.options, self.runner, self.validator = plane, specs, runner, ArgumentSpecValidator
        self.requests = self.received = 0
        once = Transport._once

        def counted(transport: Any, *arguments: Any) -> Any:
            answer = once(transport, *arguments)
            self.requests += 1
            self.received += len(answer.data) if answer is not None else 0
            return answer

        Transport._once = counted  # type: ignore[method-assign]

    def run(self, face: str, params: dict[str, Any]) -> tuple[dict[str, Any], Figures]:
        spec = dict(getattr(self.options, face)())
        spec.pop("supports_check_mode")
        checked = self.validator(spec.pop("argument_spec"), **spec).validate({**params, "kubeconfig": str(self.plane.kubeconfig)})
        if checked.error_messages:
            raise SystemExit(f"{face}: {checked.error_messages}")
        self.requests = self.received = 0
        started, worked = time.perf_counter(), time.process_time()
        result = self.runner.run(_face(face), checked.validated_parameters, False, False, os.environ)
        figures = Figures(time.perf_counter() - started, time.process_time() - worked, self.requests, self.received)
        if result.get("failed"):
            raise SystemExit(f"{face} failed: {result['msg']}")
        return result, figures


def _importable() -> None:
    """The checkout as the collection, as in the unit tests."""
    spec = importlib.util.spec_from_file_location("windlass_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
    if spec is None or spec.loader is None:
        raise SystemExit("tests/unit/conftest.py is missing")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _face(name: str) -> Any:
    package = "ansible_collections.windlass.charts.plugins.module_utils._ansible.faces"
    return getattr(importlib.import_module(f"{package}.{name}"), name)


class Bench:
    def __init__(self, plane: Any, helm: Path, chart: Path) -> None:
        self.plane, self.helm_binary, self.chart = plane, helm, chart
        self.ours = Ours(plane)
        self.turn = 0
        home = FOLDER / "home"
        self.env = environment(venv("dev"), KUBECONFIG=str(plane.kubeconfig), HOME=str(home))
        self.env.update({f"HELM_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA")})

    # ------------------------------------------------------------------------------------------------------- releases

    def params(self, name: str, turn: str, keep: int) -> dict[str, Any]:
        values = {"replicaCount": 0, "podAnnotations": {"turn": turn}}
        base = {"name": name, "namespace": NAMESPACE, "chart_ref": str(self.chart), "create_namespace": True, "history_max": keep}
        return {**base, "values": values}

    def revisions(self, name: str, count: int) -> None:
        for number in range(count):
            self.ours.run("chart_release", self.params(name, f"r{number}", count))

    def others(self, first: int, last: int) -> float:
        """Installs the releases ``other-first`` to ``other-last``; seconds."""
        seconds = 0.0
        for start in range(first, last, BATCH):
            defaults = {key: value for key, value in self.params("", "one", 10).items() if key != "name"}
            entries = [{"name": f"other-{number:04}"} for number in range(start, min(start + BATCH, last))]
            result, figures = self.ours.run("chart_releases", {"defaults": defaults, "releases": entries})
            assert result["changed"], result
            seconds += figures.seconds
        return seconds

    def unchanged(self, last: int) -> Figures:
        """All others in tasks that change nothing."""
        whole = Figures(0.0)
        for start in range(0, last, BATCH):
            defaults = {key: value for key, value in self.params("", "one", 10).items() if key != "name"}
            entries = [{"name": f"other-{number:04}"} for number in range(start, min(start + BATCH, last))]
            result, figures = self.ours.run("chart_releases", {"defaults": defaults, "releases": entries})
            assert not result["changed"], result
            whole.seconds += figures.seconds
            whole.requests += figures.requests
        return whole

    # ------------------------------------------------------------------------------------------------------ one release

    def helm(self, *words: str) -> Figures:
        import audit

        with audit.watching(self.plane.audit_log, agent="Helm/") as window:
            figures = self.process([str(self.helm_binary), *words])
        figures.requests = len(window)
        return figures

    def process(self, command: list[str]) -> Figures:
        """The resources that a process takes.

        Its memory is read while it runs, since the figure at its end includes that of this process.
        """
        started, memory = time.perf_counter(), 0
        with (FOLDER / "said").open("w+") as output:
            child = subprocess.Popen(command, env=self.env, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=output)
            while True:
                memory = max(memory, _peak(child.pid))
                pid, status, usage = os.wait4(child.pid, os.WNOHANG)
                if pid:
                    break
                time.sleep(0.005)
            seconds, child.returncode = time.perf_counter() - started, os.waitstatus_to_exitcode(status)
            output.seek(0)
            if child.returncode:
                raise SystemExit(f"{' '.join(command[:3])} failed: {output.read()[-1500:]}")
        return Figures(seconds, usage.ru_utime + usage.ru_stime, memory=memory)

    def one_release(self, rows: dict[str, Row]) -> None:
        """Adds a column to the rows: contestants by turns, the least of all rounds."""
        best: dict[tuple[str, str], Figures] = {}

        def keep(side: str, name: str, figures: Figures) -> None:
            before = best.get((side, name))
            if before is not None:
                figures.seconds, figures.processor = min(figures.seconds, before.seconds), min(figures.processor, before.processor)
            best[side, name] = figures

        for _round in range(ROUNDS):
            for count in (2, REVISIONS):
                self.turn += 1
                label = f"{count} revisions"
                ours, theirs = f"ours-{count}", f"helms-{count}"
                base = ["upgrade", "--install", theirs, str(self.chart), "--namespace", NAMESPACE, "--history-max", str(count)]
                new = self.params(ours, f"turn-{self.turn}", count)
                keep("ours", f"upgrade, {label}", self.changed("chart_release", new, True))
                keep("ours", f"nothing to do, {label}", self.changed("chart_release", new, False))
                keep("ours", f"info, {label}", self.changed("chart_release_info", {"name": ours, "namespace": NAMESPACE}, False))
                words = [*base, "--set", f"replicaCount=0,podAnnotations.turn=turn-{self.turn}"]
                keep("helm", f"upgrade, {label}", self.helm(*words))
                keep("helm", f"nothing to do, {label}", self.helm(*words))
                keep("helm", f"info, {label}", self.helm("status", theirs, "--namespace", NAMESPACE))
        for (side, name), figures in best.items():
            getattr(rows.setdefault(name, Row(name)), side).append(figures)

    def installs(self, rows: dict[str, Row]) -> None:
        """The mean time of helm for another release; the releases are deleted afterwards."""
        spent = []
        for number in range(ROUNDS):
            name = f"more-{number}"
            spent.append(self.helm("install", name, str(self.chart), "--namespace", NAMESPACE, "--set", "replicaCount=0").seconds)
            self.helm("uninstall", name, "--namespace", NAMESPACE)
        rows[INSTALL] = Row(INSTALL, [], [Figures(sum(spent) / len(spent))])

    def changed(self, face: str, params: dict[str, Any], wanted: bool) -> Figures:
        result, figures = self.ours.run(face, params)
        assert result["changed"] == wanted, (params["name"], result)
        return figures

    # ------------------------------------------------------------------------------------------------------------- list

    def lists(self, rows: dict[str, Row], total: int) -> None:
        """The list of the namespace, and of its metadata: a process each, so that memory can be measured."""
        program = [sys.executable, str(Path(__file__).resolve()), "--list", str(self.plane.folder), str(total)]
        for name, ours, theirs in (
            ("list", [*program, "{}"], ["list", "--namespace", NAMESPACE, "--max", "0"]),
            ("list, metadata only", [*program, '{"metadata_only": true}'], None),
            ("nothing but starting", [*program, "null"], ["version"]),
        ):
            best: dict[str, Figures] = {}
            for _round in range(ROUNDS):
                for side, figures in (("ours", self.process(ours)), *([("helm", self.helm(*theirs))] if theirs else [])):
                    before = best.get(side)
                    if before is None or figures.seconds < before.seconds:
                        best[side] = figures
            row = rows.setdefault(name, Row(name))
            for side, figures in best.items():
                getattr(row, side).append(figures)


def _peak(pid: int) -> int:
    """The peak memory of a process since its last ``exec``, in KiB.

    0 if it has ended.
    """
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def list_alone(folder: str, total: str, more: str) -> int:
    """Runs the list of the namespace in a separate process.

    ``more`` of ``null``: only the start of such a process.
    """
    import controlplane

    ours = Ours(controlplane.ControlPlane(Path(folder)))
    _face("chart_release_info")
    if json.loads(more) is None:
        return 0
    result, _figures = ours.run("chart_release_info", {"namespace": NAMESPACE, **json.loads(more)})
    assert len(result["releases"]) == int(total), (len(result["releases"]), total)
    return 0


# --------------------------------------------------------------------------------------------------------------------- report


def report(rows: dict[str, Row], installed: float, unchanged: Figures, commit: str) -> list[str]:
    """Prints the tables; returns the figures that have grown."""
    print(f"\ncommit {commit}; least of {ROUNDS} rounds; {FEW} and {OTHERS} other releases in the namespace\n")
    print(f"{'':28}{'ours: s':>16}{'processor s':>16}{'requests':>10}{'KiB received':>14}{'helm: s':>16}{'requests':>10}{'of helm':>9}")
    grown: list[str] = []
    for row in rows.values():
        if len(row.ours) != 2:
            continue
        few, many = row.ours
        print(
            f"{row.name:28}{_pair(row.ours, 'seconds', '.3f'):>16}{_pair(row.ours, 'processor', '.3f'):>16}"
            f"{_pair(row.ours, 'requests', 'd'):>10}{few.received / 1024:>7.0f}{many.received / 1024:>7.0f}"
            f"{_pair(row.helm, 'seconds', '.3f'):>16}{_pair(row.helm, 'requests', 'd'):>10}{many.seconds / row.helm[1].seconds:>9.2f}"
        )
        if few.requests != many.requests or abs(few.received - many.received) > 0.05 * few.received:
            grown.append(f"{row.name}: {few.requests} requests and {few.received} bytes became {many.requests} and {many.received}")
        if many.processor > NOISE * few.processor:
            grown.append(f"{row.name}: {few.processor:.3f} processor seconds became {many.processor:.3f}")
    heading = f"all {OTHERS + FEW_MORE} releases, a process each"
    print(f"\n{heading:38}{'ours: s':>9}{'processor':>11}{'MiB':>6}{'helm: s':>9}{'processor':>11}{'MiB':>6}")
    for row in rows.values():
        if len(row.ours) == 1:
            cells = "".join(f"{f.seconds:9.2f}{f.processor:11.2f}{f.memory / 1024:6.0f}" for side in (row.ours, row.helm) for f in side)
            print(f"{row.name:38}{cells}")
    new, theirs = OTHERS - FEW, rows[INSTALL].helm[0].seconds
    print(f"\n{new} releases installed by chart_releases: {installed:.1f} s, {installed / new:.3f} s each; helm, one by one: {theirs:.3f} s each")
    print(f"{OTHERS} releases unchanged by chart_releases: {unchanged.seconds:.1f} s, {unchanged.requests} requests")
    print("".join(f"\ngrows: {line}" for line in grown) or "\nnothing grows with releases that are not concerned")
    return grown


def _pair(side: list[Figures], name: str, form: str) -> str:
    return "  ".join(format(getattr(figures, name), form) for figures in side)




def main() -> int:
    import build
    import controlplane

    programs = build.programs()
    build.stages(programs["kwok"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.environ["XDG_CACHE_HOME"] = str(FOLDER / "cache")
    chart = FOLDER / "demo"
    subprocess.run([str(programs["helm4"]), "create", str(chart)], env=environment(venv("dev")), check=True, stdout=subprocess.DEVNULL)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    say("starting a control plane")
    plane = controlplane.up(FOLDER / "cluster", programs)
    try:
        bench, rows = Bench(plane, programs["helm4"], chart), {}
        steps: list[tuple[str, Callable[[], Any]]] = [
            (f"releases of {REVISIONS} revisions", lambda: [bench.revisions(f"{who}-{n}", n) for who in ("ours", "helms") for n in (2, REVISIONS)]),
            (f"{FEW} others", lambda: bench.others(0, FEW)),
            ("measuring", lambda: bench.one_release(rows)),
            (f"{OTHERS} others", lambda: bench.others(FEW, OTHERS)),
            ("measuring again", lambda: bench.one_release(rows)),
            ("helm's installations", lambda: bench.installs(rows)),
            ("tasks that change nothing over all of them", lambda: bench.unchanged(OTHERS)),
            ("the list", lambda: bench.lists(rows, OTHERS + FEW_MORE)),
        ]
        answers = {}
        for name, step in steps:
            say(name)
            answers[name] = step()
    finally:
        controlplane.down(FOLDER / "cluster")
    grown = report(rows, answers[f"{OTHERS} others"], answers["tasks that change nothing over all of them"], commit)
    facts = {name: {side: [vars(f) for f in getattr(row, side)] for side in ("ours", "helm")} for name, row in rows.items()}
    (BUILD / "bench-scale.json").write_text(json.dumps({"commit": commit, "rows": facts}, indent=1))
    return 1 if grown else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--list"]:
        sys.exit(list_alone(*sys.argv[2:]))
    if Path(sys.executable).parent != venv("dev"):  # the faces need ansible-core and their libraries
        python = str(venv("dev") / "python")
        sys.exit(subprocess.run([python, str(Path(__file__).resolve())], check=False).returncode)
    sys.exit(main())
