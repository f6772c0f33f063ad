# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench-render [CHARTS=folder]``: measures rendering and ``helm template``, in turns.

Whole process, on one large chart: ``scripts/chart_template`` with an empty store of compiled templates (cold), with a full one (warm), and
helm; wall time and largest resident size. The chart is the ``kube-prometheus-stack`` found below CHARTS, with its dependencies in place.

In process, over all charts: loading and rendering in a process that has imported the engine, with the store full and nothing of the chart
in memory, which is what a task in the controller's process pays; compared with helm's whole process, which is what a task pays that starts helm.

Without CHARTS the example charts and the charts of Helm's own tests are used, and nothing is judged. Of every figure the quickest of all
rounds counts: what else runs on the machine makes runs slower, never quicker. ``ROUNDS`` (7): the number of runs. Exit 1 when a limit is missed.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "cluster"))
import build
from places import BUILD, environment, say, venv

FOLDER = BUILD / "bench-render"
SCRIPT = ROOT / "scripts" / "chart_template"
LARGE = "kube-prometheus-stack"
LIMITS = {"warm": 1.0, "cold": 2.5, "memory": 1.5, "in process": 0.6}
SLOWEST = 20.0


def charts_below(folder: Path) -> list[Path]:
    """Every chart that is not a subchart of another."""
    found = []
    for head in sorted(folder.rglob("Chart.yaml")):
        above = head.parent.parent
        if above.name == "charts" and (above.parent / "Chart.yaml").exists():
            continue
        found.append(head.parent)
    return found


def measured(command: list[str], env: dict[str, str]) -> tuple[float, float, int, int]:
    """Seconds, processor seconds, largest resident size in KiB, exit code."""
    started = time.perf_counter()
    with Path(os.devnull).open("w") as nothing:
        child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=nothing, stderr=nothing)
        _pid, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, child.returncode


def whole_process(chart: Path, helm: Path, env: dict[str, str], rounds: int) -> dict[str, tuple[float, float, int]]:
    """Least seconds, least processor seconds and median size of helm, and of the script cold and warm."""
    cache = FOLDER / "cache"
    own = {**env, "XDG_CACHE_HOME": str(cache)}
    ours = [str(venv("dev") / "python"), str(SCRIPT), "release-name", str(chart)]
    measured(ours, own)  # Python's bytecode, which is not what is measured here
    seconds: dict[str, list[float]] = {"helm": [], "cold": [], "warm": []}
    busy: dict[str, list[float]] = {"helm": [], "cold": [], "warm": []}
    sizes: dict[str, list[int]] = {"helm": [], "cold": [], "warm": []}
    for _round in range(rounds):
        for name in ("helm", "cold", "warm"):
            if name == "cold":
                shutil.rmtree(cache / "windlass-charts" / "compiled", ignore_errors=True)
            command = [str(helm), "template", "release-name", str(chart)] if name == "helm" else ours
            took, used, size, code = measured(command, env if name == "helm" else own)
            if code:
                raise SystemExit(f"{name}: {chart} does not render; a figure of a failure is none")
            seconds[name].append(took)
            busy[name].append(used)
            sizes[name].append(size)
    return {name: (min(seconds[name]), min(busy[name]), int(statistics.median(sizes[name]))) for name in seconds}


class Engine:
    """The engine in this process."""

    def __init__(self, cache: Path) -> None:
        sys.path.insert(0, str(ROOT / "plugins"))
        from module_utils._adapters import clock, compiled_cache
        from module_utils._adapters.charts import files
        from module_utils._engine.chart import dependencies
        from module_utils._engine.errors import EngineError
        from module_utils._engine.gotmpl import quickparse
        from module_utils._engine.render import capabilities, engine, model, units

        self.parts: Any = (files, compiled_cache, clock, dependencies, capabilities, engine, model)
        self.error = EngineError
        self.memories = (units._UNITS, quickparse._MEMO)
        self.environ = {"XDG_CACHE_HOME": str(cache)}

    def once(self, chart: Path) -> float | None:
        """Seconds, ``None`` where it is refused."""
        files, compiled_cache, clock, dependencies, capabilities, engine, model = self.parts
        for memory in self.memories:
            memory.clear()
        started = time.perf_counter()
        try:
            cache = compiled_cache.compiled_cache(self.environ)
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
        return time.perf_counter() - started


def in_process(charts: list[Path], helm: Path, env: dict[str, str], rounds: int) -> dict[str, tuple[float, float]]:
    """Of every chart that both render: the seconds of the engine and of helm."""
    engine = Engine(FOLDER / "inside")
    found = {}
    for number, chart in enumerate(charts):
        if engine.once(chart) is None:  # it fills the store, too
            continue
        ours, helms = [], []
        for _round in range(rounds):
            took, _used, _size, code = measured([str(helm), "template", "release-name", str(chart)], env)
            if code:
                break
            helms.append(took)
            ours.append(engine.once(chart) or SLOWEST)
        if ours:
            found[str(chart)] = (min(ours), min(helms))
        if number % 100 == 99:
            say(f"{number + 1} of {len(charts)} charts")
    return found


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(math.log(value) for value in values) / len(values))


def report(large: str, whole: dict[str, tuple[float, float, int]], inside: dict[str, tuple[float, float]]) -> dict[str, float]:
    helm_seconds, helm_busy, helm_size = whole["helm"]
    print(f"\nwhole process, {large}")
    print(f"{'':24}{'seconds':>9}{'of helm':>9}{'processor':>11}{'of helm':>9}{'MiB':>8}{'of helm':>9}")
    for name, (seconds, busy, size) in whole.items():
        print(f"{name:24}{seconds:9.3f}{seconds / helm_seconds:9.2f}{busy:11.3f}{busy / helm_busy:9.2f}{size / 1024:8.0f}{size / helm_size:9.2f}")
    ratios = {
        "warm": whole["warm"][0] / helm_seconds,
        "cold": whole["cold"][0] / helm_seconds,
        "memory": max(whole["cold"][2], whole["warm"][2]) / helm_size,
    }
    if inside:
        each = sorted(ours / helm for ours, helm in inside.values())
        ratios["in process"] = geometric_mean(each)
        print(f"\nload and render in process, warm, of helm's whole process: {len(inside)} charts that both render")
        print(f"geometric mean {ratios['in process']:.3f}, median {statistics.median(each):.3f}, nine tenths below {each[len(each) * 9 // 10]:.3f}")
        print(f"median seconds: ours {statistics.median(o for o, _h in inside.values()):.4f}, helm {statistics.median(h for _o, h in inside.values()):.4f}")
        worst = sorted(inside, key=lambda chart: inside[chart][1] / inside[chart][0])[:5]
        print("slowest beside helm: " + ", ".join(f"{Path(c).name} {inside[c][0] / inside[c][1]:.2f}" for c in worst))
    return ratios


def main() -> int:
    rounds = int(os.environ.get("ROUNDS", "7"))
    given = os.environ.get("CHARTS", "")
    helm = Path(os.environ.get("WINDLASS_HELM4") or build.programs(("helm4",))["helm4"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    env = environment(venv("dev"), HOME=str(FOLDER), HELM_CACHE_HOME=str(FOLDER / "helm"), HELM_CONFIG_HOME=str(FOLDER / "helm"))
    if given:
        charts = charts_below(Path(given).expanduser().resolve())
        large = next((chart for chart in charts if chart.name == LARGE and (chart / "charts").is_dir()), None)
    else:
        charts = charts_below(ROOT / "examples" / "charts") + charts_below(build.module_folder("helm4", "helm.sh/helm/v4"))
        large = None
        say(f"CHARTS is not set: nothing is judged. It wants a folder with charts, their dependencies in place, and {LARGE} among them")
    if not charts:
        raise SystemExit(f"there is no chart below {given}")
    if large is None and given:
        say(f"there is no {LARGE} with its dependencies below {given}: the whole process is measured on another chart, and not judged")
    subject = large or charts[0]
    whole = whole_process(subject, helm, env, rounds)
    inside = in_process(charts, helm, env, min(rounds, 3))
    ratios = report(subject.name, whole, inside)
    judged = {name: limit for name, limit in LIMITS.items() if given and (large is not None or name == "in process") and name in ratios}
    missed = [name for name, limit in judged.items() if ratios[name] > limit]
    print("\n" + "\n".join(f"{name}: {ratios[name]:.2f}, at most {limit} is wanted" for name, limit in judged.items()))
    (BUILD / "bench-render.json").write_text(json.dumps({"whole": whole, "inside": inside, "ratios": ratios, "rounds": rounds}, indent=1))
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except build.BuildError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
