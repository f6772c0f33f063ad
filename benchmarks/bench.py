# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench``: measures tasks in both modes and ``kubernetes.core.helm`` in the same run.

All of them use the same control plane.

The figure is the seconds of one more item of a loop: (a play with 11 items - the same play with 1) / 10, so that starting
Ansible does not count. Contestants take turns within each round, and of each play the quickest of all rounds is taken: what else
runs on the machine makes plays slower, never quicker. An empty module and an empty action plugin are the floor of both ways.

Twenty releases at once: one task of ``chart_releases`` compared with a loop of the peer over the same twenty, in seconds of the whole play less
those of a play that does nothing.

Also: the import time of the engine from source, as a module has it (AnsiballZ ships no bytecode), and the size of what is sent.

``ROUNDS`` (3): the number of runs. ``KUBERNETES_CORE=folder`` takes a checkout of the peer in place of the one that the ansible package holds, which
does not support helm 4. ``HELM_DIFF=folder``, a folder of helm plugins, gives the peer helm-diff. Exit 1 when an aim is missed,
unless a page below ``docs/adr`` accepts it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "cluster"))
import build
from places import BUILD, collection, environment, say, venv

FOLDER = BUILD / "bench"
#: what this collection may cost, in parts of the peer's. A module's are measured and not judged: docs/adr/0002 has the reason for one that misses.
AIMS = {
    "no-op: ours, controller's process": 0.10,
    "no-op: ours, module": None,
    "changed: ours, controller's process": 0.40,
    "changed: ours, module": None,
    "twenty, no-op: ours, controller's process": 0.05,
    "twenty, no-op: ours, module": None,
    "twenty, install: ours, controller's process": 0.15,
    "twenty, install: ours, module": None,
}
MANY = 20
MORE = 10  # items of the long play beyond the one of the short play
BYTES_AIM, CORE_AIM = 260_000, 0.120


@dataclass(frozen=True)
class Contestant:
    """A contestant.

    ``task``: module and options as YAML lines, ``{item}`` replaced by an expression that differs from item to item.
    """

    name: str
    task: str
    variables: str = ""
    loop: bool = True


def _release(module: str, namespace: str, changes: bool, chart: Path) -> str:
    lines = [f"{module}:", f"  name: {namespace}", f"  namespace: {namespace}", f"  chart_ref: {chart}", "  kubeconfig: '{{ kubeconfig }}'"]
    if changes:
        lines += ["  values:", "    podAnnotations: {turn: 'n{{ salt }}-{{ item }}'}"]
    return "\n".join(lines)


def contestants(chart: Path, changes: bool) -> list[Contestant]:
    word = "changed" if changes else "no-op"
    ours = "windlass.charts.chart_release"
    return [
        Contestant(f"{word}: ours, controller's process", _release(ours, "bench-ours", changes, chart), "windlass_in_process: auto"),
        Contestant(f"{word}: ours, module", _release(ours, "bench-module", changes, chart), "windlass_in_process: never"),
        Contestant(f"{word}: kubernetes.core.helm", _release("kubernetes.core.helm", "bench-peer", changes, chart)),
    ]


def twenty(chart: Path, install: bool) -> list[Contestant]:
    """The same twenty releases in one task, and in a loop of the peer's.

    An installation's names are new in every play.
    """
    word = "twenty, install" if install else "twenty, no-op"
    name = "t{{ salt }}-" if install else "t-"

    def ours(namespace: str) -> str:
        lines = ["windlass.charts.chart_releases:", "  kubeconfig: '{{ kubeconfig }}'", "  releases:"]
        for number in range(MANY):
            entry = {"name": f"{name}{number}", "namespace": namespace, "chart_ref": str(chart), "create_namespace": True}
            lines.append(f"    - {json.dumps(entry)}")
        return "\n".join(lines)

    peer = [
        "kubernetes.core.helm:", f"  name: '{name}{{{{ item }}}}'", "  namespace: bench-many-peer", f"  chart_ref: {chart}",
        "  create_namespace: true", "  kubeconfig: '{{ kubeconfig }}'",
    ]  # fmt: skip
    return [
        Contestant(f"{word}: ours, controller's process", ours("bench-many-ours"), "windlass_in_process: auto", loop=False),
        Contestant(f"{word}: ours, module", ours("bench-many-module"), "windlass_in_process: never", loop=False),
        Contestant(f"{word}: kubernetes.core.helm", "\n".join(peer)),
    ]


FLOORS = [Contestant("floor: empty action plugin", "bench.floor.empty_action: {}"), Contestant("floor: empty module", "bench.floor.empty: {}")]


def floor_collection(root: Path) -> None:
    """A module and an action plugin that do nothing."""
    plugins = root / "ansible_collections" / "bench" / "floor" / "plugins"
    module = "from ansible.module_utils.basic import AnsibleModule\n\nAnsibleModule(argument_spec={}).exit_json(changed=False)\n"
    action = (
        "from ansible.plugins.action import ActionBase\n\n\nclass ActionModule(ActionBase):\n"
        "    def run(self, tmp=None, task_vars=None):\n        super().run(tmp, task_vars)\n        return {'changed': False}\n"
    )
    for folder, name, text in (("modules", "empty", module), ("modules", "empty_action", module), ("action", "empty_action", action)):
        (plugins / folder).mkdir(parents=True, exist_ok=True)
        (plugins / folder / f"{name}.py").write_text(text)


class Bench:
    def __init__(self, kubeconfig: str, helm: Path, bin_folder: Path, collections: str) -> None:
        self.bin = bin_folder
        self.kubeconfig = kubeconfig
        self.env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=collections)
        self.helm(helm)
        self.turn = 0
        if os.environ.get("HELM_DIFF"):
            self.env["HELM_PLUGINS"] = os.environ["HELM_DIFF"]

    def helm(self, binary: Path) -> None:
        """The peer finds helm on PATH."""
        folder = FOLDER / "helm"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "helm").symlink_to(binary)
        self.env["PATH"] = f"{folder}{os.pathsep}{environment(self.bin)['PATH']}"

    def play(self, contestant: Contestant, items: int) -> tuple[float, str]:
        """Seconds, and the output. Raises ``SystemExit`` when the play fails: a figure of a failure is none."""
        self.turn += 1
        indented = contestant.task.replace("\n", "\n      ")
        book = FOLDER / "play.yml"
        book.write_text(
            "- hosts: localhost\n  connection: local\n  gather_facts: false\n  vars:\n"
            f"    ansible_python_interpreter: '{{{{ ansible_playbook_python }}}}'\n    kubeconfig: {self.kubeconfig}\n    salt: {self.turn}\n"
            + (f"    {contestant.variables}\n" if contestant.variables else "")
            + f"  tasks:\n    - {indented}\n"
            + (f"      loop: '{{{{ range({items}) | list }}}}'\n" if contestant.loop else "")
        )
        started = time.perf_counter()
        done = subprocess.run(
            [str(self.bin / "ansible-playbook"), str(book)], env=self.env, cwd=FOLDER, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"{contestant.name} failed:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
        return seconds, done.stdout

    def slopes(self, group: list[Contestant], rounds: int, expect: str) -> dict[str, float]:
        best: dict[tuple[str, int], float] = {}
        for number in range(rounds):
            for contestant in group:
                for items in (1, 1 + MORE):
                    seconds, out = self.play(contestant, items)
                    if out.count(expect) < items:
                        raise SystemExit(f"{contestant.name}: not every item was {expect!r}:\n{out[-1500:]}")
                    key = (contestant.name, items)
                    best[key] = min(best.get(key, seconds), seconds)
            say(f"round {number + 1} of {rounds}: {', '.join(c.name for c in group)}")
        return {c.name: (best[c.name, 1 + MORE] - best[c.name, 1]) / MORE for c in group}


    def wholes(self, group: list[Contestant], rounds: int, expect: str) -> dict[str, float]:
        """Seconds of a play minus those of one that does nothing."""
        best: dict[str, float] = {}
        for number in range(rounds):
            for contestant in [FLOORS[0], *group]:
                seconds, out = self.play(contestant, MANY if contestant in group else 1)
                if contestant in group and expect not in out:
                    raise SystemExit(f"{contestant.name}: it was not {expect!r}:\n{out[-1500:]}")
                best[contestant.name] = min(best.get(contestant.name, seconds), seconds)
            say(f"round {number + 1} of {rounds}: {', '.join(c.name for c in group)}")
        return {c.name: best[c.name] - best[FLOORS[0].name] for c in group}


def accepted_helm(bench: Bench, programs: dict[str, Path], peer: Contestant) -> str:
    """The newest real helm with which the peer can install."""
    for name in ("helm4", "helm3"):
        bench.helm(programs[name])
        try:
            bench.play(peer, 1)
            bench.play(peer, 1)
        except SystemExit as error:
            say(f"the peer does not get along with {name}: {error}")
            continue
        return name
    raise SystemExit("kubernetes.core.helm works with neither helm")


def payloads(bench: Bench) -> dict[str, int]:
    """Bytes of the program that Ansible sends, by module."""
    sizes = {}
    for module in sorted((ROOT / "plugins" / "modules").glob("*.py")):
        folder = FOLDER / "sent" / module.stem
        shutil.rmtree(folder, ignore_errors=True)
        env = {**bench.env, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(folder)}
        command = [str(bench.bin / "ansible"), "localhost", "-m", f"windlass.charts.{module.stem}", "-e", "windlass_in_process=never"]
        subprocess.run(command, env=env, cwd=FOLDER, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        sizes[module.stem] = max(p.stat().st_size for p in folder.rglob("AnsiballZ_*.py"))
    return sizes


IMPORTS = {
    "engine core": "module_utils._engine.actions.converge",
    "rendering, with YAML": "module_utils._engine.render.engine",
    "all that chart_release starts with": "module_utils._ansible.faces.chart_release",
}


def imports(python: Path, env: dict[str, str]) -> dict[str, float]:
    """Seconds of processor time, median of five.

    This collection from source, and everything else as it is installed.
    """
    out = {}
    copy = FOLDER / "source"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "plugins" / "module_utils", copy / "module_utils", ignore=shutil.ignore_patterns("__pycache__"))
    clean = {k: v for k, v in env.items() if k != "PYTHONPYCACHEPREFIX"} | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    for label, module in IMPORTS.items():
        code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
        times = [float(subprocess.run([str(python), "-c", code], env=clean, capture_output=True, text=True, check=True).stdout) for _ in range(5)]
        out[label] = statistics.median(times)
    return out


def report(seconds: dict[str, float], sizes: dict[str, int], times: dict[str, float], helm: str, rounds: int) -> bool:
    action, module = seconds["floor: empty action plugin"], seconds["floor: empty module"]
    print(f"\nseconds of one more loop item, and of twenty releases; quickest of {rounds} rounds; the peer with {helm}\n")
    print(f"{'':48}{'seconds':>9}{'of peer':>9}{'aim':>7}{'over floor':>12}")
    missed = []
    for name, value in seconds.items():
        peer, aim = seconds.get(f"{name.partition(':')[0]}: kubernetes.core.helm"), AIMS.get(name)
        floor = action if "controller" in name else module
        over = "" if "floor" in name or "twenty" in name else f"{value - floor:+.3f}"
        print(f"{name:48}{value:9.3f}{f'{value / peer:.2f}' if peer else '':>9}{aim or '':>7}{over:>12}")
        if peer and aim and value > aim * peer:
            missed.append(f"{name}: {value / peer:.3f} of the peer's, at most {aim} is wanted")
    print(f"\nprocessor seconds to import from source (aim for the core: {CORE_AIM:.3f})")
    for label, value in times.items():
        print(f"{label:42}{value:9.3f}")
    print(f"\nbytes of the program that is sent, a zip in base64 (aim: {BYTES_AIM})")
    for label, size in sizes.items():
        print(f"{label:42}{size:9d}")
    print("".join(f"\nmissed: {line}" for line in missed) or "\nevery aim is met")
    return not missed


def peer_folder() -> list[str]:
    """A collections folder with the checkout that the user names, if there is one."""
    folder = os.environ.get("KUBERNETES_CORE")
    if not folder:
        return []
    place = FOLDER / "peer" / "ansible_collections" / "kubernetes" / "core"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(Path(folder).expanduser().resolve())
    return [str(FOLDER / "peer")]


def main() -> int:
    rounds = int(os.environ.get("ROUNDS", "3"))
    bin_folder = venv("bench")
    programs = build.programs()
    build.stages(programs["kwok"])
    FOLDER.mkdir(parents=True, exist_ok=True)
    floor_collection(FOLDER / "floor")
    ours = collection("collections-bench")
    plane = [str(venv("dev") / "python"), str(ROOT / "tests" / "cluster" / "controlplane.py")]
    where = ["--dir", str(FOLDER / "cluster")]
    env = environment(venv("dev"))
    chart = FOLDER / "demo"
    if not chart.exists():
        subprocess.run([str(programs["helm4"]), "create", str(chart)], env=env, check=True, stdout=subprocess.DEVNULL)
    say("starting a control plane")
    started = subprocess.run([*plane, "up", *where], env=env, check=True, capture_output=True, text=True)
    try:
        bench = Bench(started.stdout.split()[-1], programs["helm4"], bin_folder, os.pathsep.join([str(ours), str(FOLDER / "floor"), *peer_folder()]))
        quiet, busy = contestants(chart, False), contestants(chart, True)
        for group in (quiet, busy):
            for index, contestant in enumerate(group):
                group[index] = Contestant(contestant.name, contestant.task + "\n  create_namespace: true", contestant.variables)
        helm = accepted_helm(bench, programs, quiet[2])
        for contestant in quiet:
            bench.play(contestant, 1)
        seconds = bench.slopes([*FLOORS, *quiet], rounds, "ok: [localhost]")
        seconds.update(bench.slopes(busy, rounds, "changed: [localhost]"))
        if (ROOT / "plugins" / "modules" / "chart_releases.py").exists():
            still = twenty(chart, False)
            for contestant in still:
                bench.play(contestant, MANY)
            seconds.update(bench.wholes(still, rounds, "ok: [localhost]"))
            seconds.update(bench.wholes(twenty(chart, True), rounds, "changed: [localhost]"))
        sizes, times = payloads(bench), imports(bin_folder / "python", bench.env)
    finally:
        subprocess.run([*plane, "down", *where], env=env, check=False)
    good = report(seconds, sizes, times, helm, rounds)
    (BUILD / "bench.json").write_text(json.dumps({"seconds": seconds, "bytes": sizes, "imports": times, "helm": helm, "rounds": rounds}, indent=1))
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except build.BuildError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
