# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench-render [CHARTS=folder]``: rendering compared with ``helm template``, in turns.

Whole process: ``scripts/chart_template`` from start to end, with an empty cache of compiled templates (cold), with a full one (warm), and
without any cache and bytecode of this collection (fresh). In-process: loading and rendering in a process that has imported the engine, which is
what a task in the controller's process pays; cold and warm as above. All of them are compared with helm's whole process, which a task that uses
helm pays.

The charts are those below CHARTS that helm renders by default, sorted by path, shuffled by ``random.Random(7)``: the first ``SAMPLE`` (60) of
them, and ``kube-prometheus-stack`` if it is there with its dependencies. Without CHARTS the example charts and the charts of Helm's own tests
are used, and no aim is checked.

Of every figure the smallest of all rounds counts (``ROUNDS``, 3): what else runs on the machine makes runs slower, never faster. Aims are
ratios of processor time. Exit 1 when an aim is missed.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "cluster")]
import build
from places import BUILD, environment, say, venv

FOLDER = BUILD / "bench-render"
SCRIPT = ROOT / "scripts" / "chart_template"
LARGE = "kube-prometheus-stack"
KINDS = ("in-process, cold", "in-process, warm", "process, cold", "process, warm", "process, fresh")
#: (kind, figure) -> the largest ratio to helm's processor time that is wanted
AIMS = {
    ("in-process, cold", "geometric mean"): 1.0,
    ("in-process, cold", "sum"): 1.0,
    ("in-process, cold", "worst"): 2.0,
    ("process, cold", "geometric mean"): 1.5,
    ("process, cold", "sum"): 1.2,
    ("process, warm", "geometric mean"): 1.1,
    ("process, warm", "sum"): 0.9,
    ("process, cold", LARGE): 1.5,
    ("process, warm", LARGE): 0.7,
    ("process, cold", "memory"): 1.0,
    ("process, warm", "memory"): 1.0,
}


@dataclass
class Figures:
    """The least seconds and processor seconds of all rounds, and the least peak size in KiB."""

    wall: float = math.inf
    busy: float = math.inf
    size: float = math.inf

    def take(self, wall: float, busy: float, size: float) -> None:
        self.wall, self.busy, self.size = min(self.wall, wall), min(self.busy, busy), min(self.size, size)


def charts_below(folder: Path) -> list[Path]:
    """Every chart that is not a subchart of another."""
    found = []
    for head in sorted(folder.rglob("Chart.yaml")):
        above = head.parent.parent
        if above.name == "charts" and (above.parent / "Chart.yaml").exists():
            continue
        found.append(head.parent)
    return found


def measured(command: list[str], env: dict[str, str], into: Figures) -> bool:
    """Runs a process; whether it succeeded."""
    started = time.perf_counter()
    with Path(os.devnull).open("w") as nothing:
        child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=nothing, stderr=nothing)
        _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode == 0:
        into.take(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
    return child.returncode == 0


class Engine:
    """The engine in a process of its own.

    A process begins with the peak size of the one that starts it, so the one that measures sizes has to stay small.
    """

    def __init__(self, cache: Path) -> None:
        self.pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _Renderer.make, (cache,))

    def render(self, chart: Path, cold: bool, into: Figures) -> bool:
        """Whether the chart renders."""
        found = self.pool.submit(_Renderer.once, chart, cold).result()
        if found is not None:
            into.take(*found, math.inf)
        return found is not None


class _Renderer:
    """What the process of ``Engine`` holds."""

    made: ClassVar[_Renderer]

    @classmethod
    def make(cls, cache: Path) -> None:
        cls.made = cls(cache)

    @classmethod
    def once(cls, chart: Path, cold: bool) -> tuple[float, float] | None:
        return cls.made.render(chart, cold)

    def __init__(self, cache: Path) -> None:
        sys.path.insert(0, str(ROOT / "plugins"))
        from module_utils._adapters import clock, compiled_cache
        from module_utils._adapters.charts import files
        from module_utils._engine.chart import dependencies
        from module_utils._engine.chart.schema import evaluate  # noqa: F401  as the action plugin imports it
        from module_utils._engine.errors import EngineError
        from module_utils._engine.gotmpl import quickparse
        from module_utils._engine.render import capabilities, engine, model, units

        self.parts: Any = (files, compiled_cache, clock, dependencies, capabilities, engine, model)
        self.error = EngineError
        self.memories = (units._UNITS, quickparse._MEMO)
        self.cache = cache

    def render(self, chart: Path, cold: bool) -> tuple[float, float] | None:
        """Seconds and processor seconds; ``None`` where it is refused."""
        files, compiled_cache, clock, dependencies, capabilities, engine, model = self.parts
        for memory in self.memories:
            memory.clear()
        if cold:
            shutil.rmtree(self.cache, ignore_errors=True)
        started, busy = time.perf_counter(), time.process_time()
        try:
            cache = compiled_cache.compiled_cache({"XDG_CACHE_HOME": str(self.cache)})
            loaded = files.read_chart(str(chart), cache)
            dependencies.check_installable(loaded)
            dependencies.check_dependencies(loaded)
            engine.render(
                loaded,
                {},
                model.ReleaseOptions("release-name", "default"),
                capabilities.Capabilities.default(),
                random=clock.SystemRandom(),
                clock=clock.SystemClock(),
                cache=cache,
            )
        except self.error:
            return None
        return time.perf_counter() - started, time.process_time() - busy


class Bench:
    def __init__(self, helm: Path) -> None:
        self.helm = str(helm)
        self.env = environment(venv("dev"), HOME=str(FOLDER), HELM_CACHE_HOME=str(FOLDER / "helm"), HELM_CONFIG_HOME=str(FOLDER / "helm"))
        self.cache = FOLDER / "cache" / "windlass-charts"
        self.own = {**self.env, "XDG_CACHE_HOME": str(FOLDER / "cache")}
        self.engine = Engine(FOLDER / "inside")
        self.python = str(venv("dev") / "python")

    def renders(self, chart: Path) -> bool:
        """Whether helm renders it by default."""
        return measured([self.helm, "template", "release-name", str(chart)], self.env, Figures())

    def chart(self, chart: Path, rounds: int) -> dict[str, Figures]:
        """The figures of helm and of each of ``KINDS``.

        Exits where this collection does not render what helm renders.
        """
        found = {name: Figures() for name in ("helm", *KINDS)}
        for _round in range(rounds):
            good = measured([self.helm, "template", "release-name", str(chart)], self.env, found["helm"])
            for kind in ("process, fresh", "process, cold", "process, warm"):
                if kind != "process, warm":
                    shutil.rmtree(self.cache if kind == "process, fresh" else self.cache / "compiled", ignore_errors=True)
                good &= measured([self.python, str(SCRIPT), "release-name", str(chart)], self.own, found[kind])
            good &= self.engine.render(chart, True, found["in-process, cold"])
            good &= self.engine.render(chart, False, found["in-process, warm"])
            if not good:
                raise SystemExit(f"{chart} does not render each time; a figure of a failure is none")
        return found


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(math.log(value) for value in values) / len(values))


def summed_up(figures: dict[str, dict[str, Figures]], large: str) -> dict[tuple[str, str], float]:
    """(kind, figure) -> ratio to helm."""
    ratios = {}
    sample = {chart: found for chart, found in figures.items() if chart != large} or figures
    for kind in KINDS:
        busy = [found[kind].busy / found["helm"].busy for found in sample.values()]
        ratios[kind, "geometric mean"] = geometric_mean(busy)
        ratios[kind, "sum"] = sum(found[kind].busy for found in sample.values()) / sum(found["helm"].busy for found in sample.values())
        ratios[kind, "worst"] = max(busy)
        ratios[kind, "wall: geometric mean"] = geometric_mean([found[kind].wall / found["helm"].wall for found in sample.values()])
        ratios[kind, "wall: sum"] = sum(found[kind].wall for found in sample.values()) / sum(found["helm"].wall for found in sample.values())
        if large in figures:
            ratios[kind, LARGE] = figures[large][kind].busy / figures[large]["helm"].busy
        if kind.startswith("process"):
            ratios[kind, "memory"] = max(found[kind].size / found["helm"].size for found in figures.values())
    return ratios


def report(figures: dict[str, dict[str, Figures]], ratios: dict[tuple[str, str], float]) -> None:
    columns = ("geometric mean", "sum", "worst", LARGE, "wall: geometric mean", "wall: sum", "memory")
    print(f"\n{len(figures)} charts; ratios to helm of processor time, of elapsed time (wall), of the largest resident size (memory)")
    print(f"{'':20}" + "".join(f"{column:>23}" for column in columns))
    for kind in KINDS:
        print(f"{kind:20}" + "".join(f"{ratios[kind, c]:23.2f}" if (kind, c) in ratios else f"{'':23}" for c in columns))
    for kind in KINDS:
        worst = sorted(figures, key=lambda chart, kind=kind: -figures[chart][kind].busy / figures[chart]["helm"].busy)[:5]
        named = (f"{Path(c).name} {figures[c][kind].busy / figures[c]['helm'].busy:.2f} ({figures[c][kind].busy:.2f} s)" for c in worst)
        print(f"slowest, {kind}: {', '.join(named)}")


def main() -> int:
    rounds, size = int(os.environ.get("ROUNDS") or "3"), int(os.environ.get("SAMPLE") or "60")
    given = os.environ.get("CHARTS", "")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    bench = Bench(Path(os.environ.get("WINDLASS_HELM4") or build.programs(("helm4",))["helm4"]))
    if given:
        charts = charts_below(Path(given).expanduser().resolve())
    else:
        charts = charts_below(ROOT / "examples" / "charts") + charts_below(build.module_folder("helm4", "helm.sh/helm/v4"))
        say(f"CHARTS is not set: no aim is checked. It is a folder with charts, {LARGE} with its dependencies among them")
    charts = [chart for chart in charts if bench.renders(chart)]
    if not charts:
        raise SystemExit(f"there is no chart below {given} that helm renders")
    large = next((chart for chart in charts if chart.name == LARGE), None)
    random.Random(7).shuffle(charts)  # noqa: S311  the same sample in each run
    sample = [chart for chart in charts if chart != large][:size]
    figures: dict[str, dict[str, Figures]] = {}
    for number, chart in enumerate([*([large] if large else []), *sample]):
        figures[str(chart)] = bench.chart(chart, rounds)
        if number % 20 == 19:
            say(f"{number + 1} of {len(sample) + bool(large)} charts")
    ratios = summed_up(figures, str(large))
    report(figures, ratios)
    kept = {chart: {kind: asdict(one) for kind, one in found.items()} for chart, found in figures.items()}
    (BUILD / "bench-render.json").write_text(json.dumps({"charts": kept, "ratios": {" ".join(k): v for k, v in ratios.items()}}, indent=1))
    missed = 0
    print()
    for (kind, figure), aim in AIMS.items():
        ratio = ratios.get((kind, figure))
        if ratio is not None and given:
            missed += ratio > aim
            print(f"{kind}, {figure}: {ratio:.2f}, at most {aim} is wanted{'' if ratio <= aim else ': MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except build.BuildError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
