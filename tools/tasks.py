# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of ``make test``, each runnable alone:
``tasks.py lint|unit|quick|sanity|parity|integration|faults|fuzz|compatibility|test``."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import docsite  # next to this file
import sanity as sanity_run
from places import BUILD, ROOT, collection, environment, locked, run, say, venv

sys.path.insert(0, str(ROOT / "tests" / "cluster"))


#: so that a suite that becomes slow shows where
SLOWEST = ("--durations=12", "--durations-min=5")
#: the longest files of the integration tests; they are begun first, so that none of them is left to one worker at the end
LONGEST = (
    "tests/integration_py/test_canary.py",
    "tests/interop/test_matrix.py",
    "tests/integration_py/test_hostile_surroundings.py",
    "tests/integration_py/test_guides.py",
    "tests/integration_py/test_lock.py",
    "tests/integration_py/test_lock_many.py",
    "tests/integration_py/test_requests.py",
)


def lint() -> bool:
    """ruff, mypy, import-linter, changelog, documentation, licences, ansible-lint."""
    bin_folder = venv("dev")
    env = environment(bin_folder, PYTHONPATH=str(ROOT / "plugins"))
    good = _step("ruff", ["ruff", "check", "--quiet", "."], env)
    good &= _step("mypy, strict", ["mypy", "--config-file", str(ROOT / "pyproject.toml")], env, ROOT / "plugins")
    importable = {**env, "PYTHONPATH": str(_importable(BUILD / "importlinter"))}
    good &= _step("import-linter", ["lint-imports", "--config", str(ROOT / "pyproject.toml"), "--no-cache"], importable)
    good &= _step("antsibull-changelog", ["antsibull-changelog", "lint"], env)
    good &= _step("words to avoid", ["python", "tools/words.py"], env)
    good &= _step("a reason for each Any", ["python", "tools/any_reasons.py"], env)
    copy = sanity_run.copy(BUILD / "lint")  # a real ansible_collections folder, with the files of the archive only
    env.update(ANSIBLE_COLLECTIONS_PATH=str(BUILD / "lint"), XDG_CACHE_HOME=str(BUILD / "home" / ".cache"))
    good &= _step("docs/compatibility.md", ["python", "tools/compatibility.py", "--check"], env)
    good &= docsite.lint(copy)
    return good & _step("ansible-lint, profile production", ["ansible-lint", "--offline", "-q"], env, copy)


def _importable(folder: Path) -> Path:
    """A folder for PYTHONPATH in which this checkout is ``ansible_collections.windlass.charts``."""
    link = folder / "ansible_collections" / "windlass" / "charts"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)
    return folder


def _step(label: str, command: list[str], env: dict[str, str], cwd: Path = ROOT) -> bool:
    say(label)
    good = run(command, env, cwd) == 0
    if not good:
        say(f"{label}: FAILED")
    return good


def unit() -> bool:
    bin_folder = venv("dev")
    command = [str(bin_folder / "python"), "-m", "pytest", "-n", "2", *SLOWEST, "tests/unit", "tests/fuzz/test_recorded.py"]
    return _step("unit tests", command, environment(bin_folder))


def quick() -> bool:
    """``ROOM``: lint and unit tests of one folder below ``plugins/``."""
    import quick as quick_run

    return quick_run.quick(os.environ.get("ROOM", ""))


def sanity() -> bool:
    return sanity_run.sanity()


def docs() -> bool:
    """The documentation site."""
    return docsite.docs()


def parity() -> bool:
    import build

    bin_folder = venv("dev")
    programs = build.programs(("helm3", "helm4", "oracle"))
    env = environment(bin_folder, **{f"WINDLASS_{name.upper()}": str(path) for name, path in programs.items()})
    env["WINDLASS_KWOK_CHARTS"] = str(build.module_folder("kwok", "sigs.k8s.io/kwok") / "charts")
    command = [str(bin_folder / "python"), "-m", "pytest", "-n", "2", *SLOWEST, "tests/parity", "tests/fuzz/test_oracle.py"]
    good = _step("parity with the real helm", command, env)
    return good & _registry(bin_folder)


def _registry(bin_folder: Path) -> bool:
    """The same charts and requests on a real OCI registry, on nginx and on Gitea.

    The real helm 3 and 4 and cosign take part.
    """
    import build

    try:
        programs = build.programs(("helm3", "helm4", "registry", "cosign", "gitea"))
    except build.CompilerMissing as error:
        say(f"repositories and registries: FAILED: {error}")
        return False
    env = environment(bin_folder, WINDLASS_ALL_SERVERS="1", **{f"WINDLASS_{name.upper()}": str(path) for name, path in programs.items()})
    return _step("repositories and registries", [str(bin_folder / "python"), "-m", "pytest", "-n", "2", *SLOWEST, "tests/registry"], env)


def fuzz() -> bool:
    """Random cases through Helm's packages and the engine.

    ``MINUTES`` long, ``SEED`` to run one again.
    """
    import build

    bin_folder = venv("dev")
    env = environment(bin_folder, WINDLASS_ORACLE=str(build.programs(("oracle",))["oracle"]))
    command = [str(bin_folder / "python"), "tests/fuzz/run.py", "--minutes", os.environ.get("MINUTES") or "10"]
    if os.environ.get("SEED"):
        command += ["--seed", os.environ["SEED"]]
    return _step("differential fuzzer", command, env)


def compatibility() -> bool:
    """Writes docs/compatibility.md; ``CORPUS``: folders with charts to compare with helm."""
    import build

    bin_folder = venv("dev")
    env = environment(bin_folder, WINDLASS_HELM4=str(build.programs(("helm4",))["helm4"]))
    command = [str(bin_folder / "python"), "tools/compatibility.py", "--corpus", *os.environ.get("CORPUS", "").split()]
    return _step("compatibility", command, env)


def integration() -> bool:
    """A control plane of its own; the targets both ways, and the tests in which real helm takes part."""
    import build

    bin_folder = venv("dev")
    programs = build.programs()
    build.stages(programs["kwok"])
    folder = BUILD / "integration"
    env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(collection("collections-integration")))
    plane = [str(bin_folder / "python"), str(ROOT / "tests" / "cluster" / "controlplane.py")]
    say("starting a control plane")
    where = ["--dir", str(folder / "cluster")]
    subprocess.run([*plane, "down", *where], env=env, check=True)
    subprocess.run([*plane, "up", *where], env=env, check=True, stdout=subprocess.DEVNULL)
    try:
        good = _targets(folder, bin_folder, env, programs)
        if not os.environ.get("TARGETS", "").split():
            env["WINDLASS_CLUSTER"] = str(folder / "cluster")
            # three workers for two processors, since half of their time is spent on waiting for a server
            command = [str(bin_folder / "python"), "-m", "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", *SLOWEST]
            rooms = ["tests/cluster", "tests/interop", "tests/integration_py"]
            good &= _step("tests of the control plane, of interop and of the adapters", [*command, *LONGEST, *rooms], env)
    finally:
        subprocess.run([*plane, "down", *where], env=env, check=False)
    return good


def _targets(folder: Path, bin_folder: Path, env: dict[str, str], programs: dict[str, Path]) -> bool:
    names = os.environ.get("TARGETS", "").split() or sorted(p.name for p in (ROOT / "tests/integration/targets").iterdir() if p.is_dir())
    variables = {
        "windlass_kubeconfig": folder / "cluster" / "kubeconfig",
        "windlass_audit_log": folder / "cluster" / "audit.log",
        "windlass_examples": ROOT / "examples" / "charts",
        "windlass_helm4": programs["helm4"],
        "windlass_helm3": programs["helm3"],
        "windlass_registry": programs["registry"],
        "windlass_cosign": programs["cosign"],
        "windlass_registry_script": ROOT / "tests" / "registry" / "run.py",
    }

    def one(name: str) -> bool:
        work = folder / "work" / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        given = {**variables, "windlass_work": work, "windlass_target": name}
        extra = [word for key, value in given.items() for word in ("-e", f"{key}={value}")]
        started = time.monotonic()
        log = work.parent / f"{name}.log"
        with log.open("w") as file:
            command = [str(bin_folder / "ansible-playbook"), "-v", str(ROOT / "tests/integration/run.yml"), *extra]
            own = {**env, "XDG_CACHE_HOME": str(work / "cache")}  # discovery and charts start cold, and the user's stay as they are
            code = subprocess.run(command, env=own, cwd=work, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode
        tail = "" if code == 0 else "\n" + "\n".join(log.read_text().splitlines()[-60:])
        say(f"target {name}: {'FAILED' if code else 'passed'} in {time.monotonic() - started:.0f} s, all of it in {log}{tail}")
        return code == 0

    with ThreadPoolExecutor(3) as pool:  # each has namespaces of its own, and waits for the server much of its time
        good = list(pool.map(one, names))
    print(f"integration targets: {good.count(True)} passed, {good.count(False)} failed", flush=True)
    return all(good)


def porting() -> bool:
    """Writes the tables of docs/porting.md."""
    bin_folder = venv("dev")
    return _step("docs/porting.md", [str(bin_folder / "python"), "tools/porting.py"], environment(bin_folder))


def faults() -> bool:
    """The fault table and the races: a part of them, or, with ``FAULTS=all``, the whole."""
    import build

    bin_folder = venv("dev")
    programs = build.programs()
    build.stages(programs["kwok"])
    env = environment(bin_folder, WINDLASS_HELM4=str(programs["helm4"]))
    size = ["--rounds", "50"] if os.environ.get("FAULTS") == "all" else ["--part", "1/29", "--damaged", "24", "--rounds", "4"]
    return _step("faults and races", [str(bin_folder / "python"), "tests/faults/run.py", *size], env)


def requests() -> bool:
    """Writes docs/requests.md."""
    import build

    bin_folder = venv("dev")
    programs = build.programs()
    build.stages(programs["kwok"])
    env = environment(bin_folder, WINDLASS_HELM4=str(programs["helm4"]))
    return _step("docs/requests.md", [str(bin_folder / "python"), "tools/requests_table.py"], env)


PARTS: dict[str, Callable[[], bool]] = {"lint": lint, "docs": docs, "unit": unit, "sanity": sanity, "parity": parity}
PARTS |= {"integration": integration, "faults": faults}
ALONE = {"quick": quick, "fuzz": fuzz, "compatibility": compatibility, "porting": porting, "requests": requests}


def _processor() -> float:
    """Seconds of processor time of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run_parts(names: list[str]) -> dict[str, bool]:
    """Runs parts one after another, also after one has failed: a person fixes everything at once.

    Name -> whether it passed.
    """
    outcome = {}
    for name in names:
        started, used = time.monotonic(), _processor()
        with locked(name):  # each part has folders below .build, which it creates again
            outcome[name] = (PARTS | ALONE)[name]()
        seconds, used = time.monotonic() - started, _processor() - used
        say(f"{name}: {'passed' if outcome[name] else 'FAILED'} in {seconds:.0f} s, with {used:.0f} s of processor time")
    return outcome


def _run_all() -> dict[str, bool]:
    """Runs all parts.

    Integration runs at the same time as the others, since it mostly waits for its server. Faults run alone at the end, since they measure
    deadlines.
    """
    BUILD.mkdir(exist_ok=True)
    log = BUILD / "integration.log"
    with log.open("w") as file:
        command = [sys.executable, str(Path(__file__)), "integration"]
        integration = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        say(f"integration runs at the same time as the other parts; its output is in {log} and follows at its end")
        try:
            outcome = _run_parts([name for name in PARTS if name not in ("integration", "faults")])
            while integration.poll() is None:
                say("waiting for integration: " + (log.read_text(errors="replace").strip().splitlines() or ["started"])[-1][:120])
                with contextlib.suppress(subprocess.TimeoutExpired):
                    integration.wait(60)
        finally:
            if integration.poll() is None:
                integration.send_signal(signal.SIGINT)  # it stops its control plane
                integration.wait()
    print(log.read_text(errors="replace"), flush=True)
    outcome["integration"] = integration.returncode == 0
    return outcome | _run_parts(["faults"])


def main() -> int:
    wanted = sys.argv[1:]
    known = {**PARTS, **ALONE}
    if not wanted or (wanted != ["test"] and any(name not in known for name in wanted)):
        print(f"usage: tasks.py {'|'.join(known)}|test", file=sys.stderr)
        return 2
    outcome = _run_all() if wanted == ["test"] else _run_parts(wanted)
    failed = [name for name, good in outcome.items() if not good]
    if len(outcome) > 1:
        print(f"{len(outcome) - len(failed)} passed, {len(failed)} failed" + (f": {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
