# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real helm as the oracle: one chart through ``helm template`` and ``scripts/chart_template``.

``WINDLASS_HELM4`` names the binary; without it the one in the control plane's cache is taken (see ``tests/cluster``). Its
home is a temporary directory, and it is given no cluster. Our side runs inside this process, by the script's own ``main``:
a case then costs what rendering costs. Where helm's own two runs differ (generated passwords), lines on which they agree
must be equal, and the number of lines. Where helm's result depends on the order of a Go map, one of several runs must agree.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import golden

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "chart_template"
LEDGER = Path(__file__).with_name("ledger.yaml")
MORE_RUNS = 12
HINT = re.compile(r"\n*Use --debug flag to render out invalid YAML\s*\Z")


@dataclass(frozen=True)
class Result:
    code: int
    out: bytes
    error: str

    @classmethod
    def of(cls, code: int, out: bytes, err: str) -> Result:
        """The text to compare: the output on success, the error on failure.

        Log lines before the error are not part of it.
        """
        at = err.rfind("Error:")
        error = HINT.sub("", err[at:]).strip() if code and at >= 0 else ""
        # the findings of a schema are in random order in each run of helm
        return cls(code, out, "\n".join(sorted(error.split("\n"))) if "the schema(s)" in error else error)


class Oracle:
    def __init__(self, binary: str, home: Path) -> None:
        self.binary = binary
        self.environment = {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "KUBECONFIG": str(home / "none")}
        self.environment["GOGC"] = "400"  # thousands of short runs: a quarter of their processor time went into collecting garbage
        for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"):
            self.environment[name] = str(home / name.lower())

    def run(self, *args: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.binary, *args], env=self.environment, capture_output=True, timeout=60, check=False)

    def template(self, *args: str, cached: bool = True) -> Result:
        words = ("template", *args)
        done = golden.answer(self.binary, words, None) if cached else None
        if done is None:
            done = self.run(*words)
            golden.answer(self.binary, words, done)
        return Result.of(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def _build() -> ModuleType:
    """The control plane's builder: its cache holds helm, and the Go modules that charts come with."""
    loader = SourceFileLoader("windlass_cluster_build", str(ROOT / "tests" / "cluster" / "build.py"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


def program(name: str) -> str:
    """``helm3`` or ``helm4``."""
    return os.environ.get(f"WINDLASS_{name.upper()}") or str(_build().programs((name,))[name])


def find_helm() -> str:
    return program("helm4")


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    oracle = Oracle(find_helm(), tmp_path_factory.mktemp("helm"))
    version = oracle.run("version", "--short").stdout.decode()
    wanted = f"v{_build().HELM4}"
    assert version.startswith(wanted), f"{oracle.binary} is {version!r}; parity is with {wanted}"
    return oracle


def _load_script() -> ModuleType:
    loader = SourceFileLoader("chart_template_script", str(SCRIPT))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def ours() -> Iterator[ModuleType]:
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    yield _load_script()
    sys.dont_write_bytecode = before


def render(script: ModuleType, *args: str) -> Result:
    """``main`` of ``scripts/chart_template`` in this process."""
    raw, err = io.BytesIO(), io.StringIO()
    argv, stdout = sys.argv, sys.stdout
    sys.argv, sys.stdout = ["chart_template", *args], io.TextIOWrapper(raw, encoding="utf-8")
    try:
        with redirect_stderr(err):
            code = script.main()
        sys.stdout.flush()
        out = raw.getvalue()  # the wrapper closes it when it goes
    finally:
        sys.argv, sys.stdout = argv, stdout
    return Result.of(code, out, err.getvalue())


def difference(first: Result, second: Result, got: Result) -> str:
    """The difference from helm, which ran twice; empty if there is none."""
    if first.code or got.code:
        return (
            ""
            if (first.code, first.error) == (got.code, got.error)
            else f"helm: {first.error or 'renders'}\nours: {got.error or 'renders'}"
        )
    if first.out == got.out:
        return ""
    theirs, again, mine = (result.out.decode("utf-8", "surrogateescape").split("\n") for result in (first, second, got))
    if len(theirs) != len(mine):
        return f"helm prints {len(theirs)} lines, we {len(mine)}\n" + _first(theirs, mine)
    differing = [at for at, line in enumerate(theirs) if line == again[at] and line != mine[at]] if len(theirs) == len(again) else [0]
    return f"line {differing[0] + 1}\nhelm: {theirs[differing[0]]!r}\nours: {mine[differing[0]]!r}" if differing else ""


def _first(theirs: list[str], mine: list[str]) -> str:
    for at, (one, other) in enumerate(zip(theirs, mine, strict=False)):
        if one != other:
            return f"first at line {at + 1}\nhelm: {one!r}\nours: {other!r}"
    return "one is the beginning of the other"


@pytest.fixture(scope="session")
def ledger() -> dict[str, str]:
    return yaml.safe_load(LEDGER.read_text()) or {}


class Judge:
    """Compares one case with the oracle and the ledger.

    A known difference that no longer occurs must be removed from the ledger.
    """

    def __init__(self, helm: Oracle, script: ModuleType, ledger: dict[str, str]) -> None:
        self.helm, self.script, self.ledger = helm, script, ledger

    def __call__(self, case: str, *args: str) -> None:
        found = self.compare(*args)
        if case in self.ledger:
            assert found, f"{case} is listed in ledger.yaml as a known difference, and agrees: remove it"
            if self.ledger[case].startswith("Different messages"):
                assert self.helm.template(*args).code and render(self.script, *args).code, f"{case}: both must refuse: {found}"
            pytest.xfail(self.ledger[case])
        assert not found, found

    def compare(self, *args: str) -> str:
        got = render(self.script, *args)
        first = self.helm.template(*args)
        if first == got:
            return ""
        # a kept answer is no witness of what changes from run to run
        first = self.helm.template(*args, cached=False)
        found = difference(first, first if first.code else self.helm.template(*args, cached=False), got)
        # of two results that are equally likely, a few runs of helm may all have the other one
        again = (self.helm.template(*args, cached=False) for _run in range(MORE_RUNS))
        return "" if not found or any(one == got for one in again) else found


@pytest.fixture(scope="session")
def judge(helm: Oracle, ours: ModuleType, ledger: dict[str, str]) -> Judge:
    return Judge(helm, ours, ledger)


@pytest.fixture(scope="session")
def created(helm: Oracle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart that ``helm create`` makes."""
    folder = tmp_path_factory.mktemp("created")
    done = helm.run("create", str(folder / "demo"))
    assert done.returncode == 0, done.stderr
    return folder / "demo"


@pytest.fixture(scope="session")
def kwok() -> Path:
    """kwok's charts, in the Go module that the control plane is built from."""
    return Path(_build().module_folder("kwok", "sigs.k8s.io/kwok")) / "charts"


@pytest.fixture(scope="session")
def helm_module() -> Path:
    """Helm's own source, with the charts that its tests use."""
    return Path(_build().module_folder("helm4", "helm.sh/helm/v4"))
