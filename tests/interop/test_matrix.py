# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb of helm 3 and 4 on releases of this collection, and the reverse, and mixed histories.

The cells are made from two lists: how a release came to be (who wrote its last revision, and what state that is in), and what is done to it
(by whom). After each: all three read every record and report the same history, at most one revision is deployed, the
live objects are those of the deployed revision, and a request that is repeated changes nothing the second time.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.history import History

MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-%s\ndata:\n  k: "{{ .Values.k }}"\n'
JOB = (
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{ .Release.Name }}-%s\n  annotations:\n    helm.sh/hook: %s\n"
    "    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\nspec:\n  backoffLimit: 0\n  template:\n    spec:\n"
    "      restartPolicy: Never\n      containers: [{name: c, image: x}]\n"
)
TEST = (
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}-test\n  annotations:\n    helm.sh/hook: test\n"
    "    windlass.test/outcome: succeeded\nspec:\n  restartPolicy: Never\n  containers: [{name: c, image: x}]\n"
)
FILES = {
    "Chart.yaml": "apiVersion: v2\nname: matrix\nversion: 0.1.0\n",
    "values.yaml": "k: none\nbroken: false\nmore: false\n",
    "templates/a.yaml": MAP % "a",
    "templates/b.yaml": "{{ if .Values.more }}\n" + MAP % "b" + "{{ end }}\n",
    "templates/broken.yaml": "{{ if .Values.broken }}\n" + MAP % "A_bad" + "{{ end }}\n",
    "templates/hook.yaml": JOB % ("hook", "post-install,post-upgrade,post-rollback"),
    "templates/test.yaml": TEST,
    "templates/NOTES.txt": "k is {{ .Values.k }}\n",
}
WHO = ("ours", "helm3", "helm4")


class Turns:
    """One release, and three clients that can run each verb on it."""

    def __init__(self, sides: Any, folder: Path) -> None:
        self.sides = sides
        self.folder = folder
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.chart = read_chart(str(folder))
        self.looks = 0

    def put(self, who: str, k: str, **more: Any) -> None:
        """Install or upgrade."""
        if who == "ours":
            self.sides.up(self.chart, {"k": k, **more})
        else:
            values = ",".join(f"{key}={str(value).lower()}" for key, value in {"k": k, **more}.items())
            self.sides.helm(int(who[-1]), "upgrade", "--install", "demo", str(self.folder), "--set", values)

    def break_it(self, who: str, k: str, *, more: bool = False) -> None:
        """A revision that fails."""
        with pytest.raises((AssertionError, errors.EngineError)):
            self.put(who, k, broken=True, more=more)

    def back(self, who: str, revision: int) -> None:
        if who == "ours":
            self.sides.back(revision)
        else:
            self.sides.helm(int(who[-1]), "rollback", "demo", str(revision))

    def away(self, who: str, *, keep: bool = False) -> None:
        if who == "ours":
            self.sides.down(keep_history=keep)
        else:
            self.sides.helm(int(who[-1]), "uninstall", "demo", *(["--keep-history"] if keep else []))

    def test(self, who: str) -> None:
        if who == "ours":
            run_tests(ReleaseTestRequest("demo", self.sides.namespace, timeout=60.0), self.sides.ports)
        else:
            self.sides.helm(int(who[-1]), "test", "demo")

    # what all three see

    def revisions(self) -> list[tuple[int, str, str]]:
        history = History.read(self.sides.ports.store, self.sides.namespace, "demo")
        found = [history.decode(record) for record in history.records]
        return [(release.version, release.info.status.value, release.info.description) for release in found]

    def agreed(self) -> list[tuple[int, str, str]]:
        """The history, which is the same for all three."""
        ours = self.revisions()
        for version in (3, 4):
            if ours:
                rows = self.sides.table(version, "history", "demo", "--max=50")
                assert [(row["revision"], row["status"], row["description"]) for row in rows] == ours, f"helm {version}"
            else:
                assert [row for row in self.sides.table(version, "list") if row["name"] == "demo"] == []
        return ours

    def settled(self, k: str | None, *, more: bool = False) -> None:
        """One deployed revision with these values, live.

        ``None``: no revision is deployed and nothing is there.
        """
        deployed = [row for row in self.agreed() if row[1] == "deployed"]
        live = {name: self.sides.object("ConfigMap", f"demo-{name}") for name in ("a", "b")}
        if k is None:
            assert deployed == [] and not any(live.values())
            return
        assert len(deployed) == 1
        assert live["a"]["data"] == {"k": k} and bool(live["b"]) == more
        self.looks += 1
        version = 3 + self.looks % 2  # helm 3 and helm 4 in turns: each look costs three processes
        status = self.sides.table(version, "status", "demo")
        assert (status["info"]["status"], status["config"]["k"]) == ("deployed", k)
        everything = self.sides.helm(version, "get", "all", "demo")
        assert f'k: "{k}"' in everything and f"k is {k}" in everything and "demo-hook" in everything
        assert json.loads(self.sides.helm(version, "get", "values", "demo", "-o", "json"))["k"] == k


@pytest.fixture
def turns(sides: Any, tmp_path: Path) -> Turns:
    return Turns(sides, tmp_path / "matrix")


def deployed(turns: Turns, who: str) -> None:
    turns.put(who, "one")
    turns.put(who, "two", more=True)


def failed_first(turns: Turns, who: str) -> None:
    turns.break_it(who, "x")


def failed_upgrade(turns: Turns, who: str) -> None:
    turns.put(who, "one")
    turns.put(who, "two", more=True)
    turns.break_it(who, "x", more=True)  # all of it: helm forgets what only the deployed revision below a failed one has


def rolled_back(turns: Turns, who: str) -> None:
    turns.put(who, "two", more=True)
    turns.put(who, "one")
    turns.back(who, 1)


def uninstalled(turns: Turns, who: str) -> None:
    turns.put(who, "one")
    turns.put(who, "two", more=True)
    turns.away(who, keep=True)


STATES: list[Callable[[Turns, str], None]] = [deployed, failed_first, failed_upgrade, rolled_back, uninstalled]
VERBS = ("upgrade", "rollback", "uninstall", "keep history", "test")


def _cells() -> list[Any]:
    """(who wrote, in which state it left the release, who acts, what).

    At least one of the two is this collection; helm on its own releases is not tested.
    """
    cells = []
    for writer, state, actor, verb in itertools.product(WHO, STATES, WHO, VERBS):
        if "ours" in (writer, actor) and writer != actor:
            cells.append(pytest.param(writer, state, actor, verb, id=f"{actor}-{verb.replace(' ', '-')}-on-{writer}-{state.__name__}"))
    return cells


@pytest.mark.parametrize(("writer", "state", "actor", "verb"), _cells())
def test_each_verb_on_what_the_other_wrote(turns: Turns, writer: str, state: Callable[[Turns, str], None], actor: str, verb: str) -> None:
    state(turns, writer)
    before = turns.agreed()
    gone = state is uninstalled
    if verb == "upgrade":
        turns.put(actor, "three")
        turns.settled("three")
        assert turns.agreed()[-1][0] == before[-1][0] + 1
        assert not turns.sides.up(turns.chart, {"k": "three"}).changed, "what was asked for is there, whoever made it"
    elif verb == "rollback":
        good = next((row[0] for row in before if row[1] in ("superseded", "deployed")), 0)
        if not good:
            pytest.skip("no revision to go back to: refused by all, see test_turns")
        turns.back(actor, good)
        turns.settled("two" if state is rolled_back else "one", more=state is rolled_back)
    elif verb in ("uninstall", "keep history"):
        keep = verb == "keep history"
        if gone and keep and actor != "ours":
            with pytest.raises(AssertionError, match="already deleted"):
                turns.away(actor, keep=True)
            return
        turns.away(actor, keep=keep)
        turns.settled(None)
        assert len(turns.agreed()) == (len(before) if keep else 0)
        assert not turns.sides.down(keep_history=keep).changed
    else:
        if gone:
            with pytest.raises((AssertionError, errors.ReleaseError)) if actor == "ours" else _nothing():
                turns.test(actor)
            return
        turns.test(actor)
        assert turns.agreed() == before
        for version in (3, 4):
            assert re.search(r"TEST SUITE: +demo-test\n.*\n.*\nPhase: +Succeeded", turns.sides.helm(version, "status", "demo"))


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_args: object) -> None: ...


def test_twenty_operations_on_one_release(turns: Turns) -> None:
    """Each action runs after each other one, with each verb that changes a release.

    The record of the release stays complete.
    """
    k, more = "t0", False
    turns.put("ours", k)
    turns.settled(k)
    script = list(itertools.islice(itertools.cycle([*itertools.permutations(WHO)]), 7))
    actors = [who for order in script for who in order][:20]
    kept: dict[int, tuple[str, bool]] = {1: (k, more)}
    for number, who in enumerate(actors, 1):
        verb = ("upgrade", "upgrade", "rollback", "test", "fail")[number % 5]
        newest = turns.revisions()[-1][0]
        if verb == "upgrade":
            k, more = f"t{number}", number % 2 == 0
            turns.put(who, k, more=more)
        elif verb == "rollback":
            good = [row[0] for row in turns.revisions() if row[1] == "superseded"][-1]
            k, more = kept[good]
            turns.back(who, good)
        elif verb == "fail":
            turns.break_it(who, "x", more=more)
        else:
            turns.test(who)
        now = turns.revisions()[-1][0]
        if verb in ("upgrade", "rollback"):
            assert now == newest + 1, (number, who, verb)
            kept[now] = (k, more)
        assert [row[1] for row in turns.agreed()].count("deployed") == 1, (number, who, verb)
        if verb != "fail" and turns.revisions()[-1][1] == "deployed":
            turns.settled(k, more=more)
    turns.away(actors[-1])
    turns.settled(None)
