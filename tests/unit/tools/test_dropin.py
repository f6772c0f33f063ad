# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How ``tools/dropin.py`` changes names, and how it judges the outcome of a task."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
import dropin

LINES = [
    ("    helm:", "    windlass.charts.chart_release:"),
    ("- helm:", "- windlass.charts.chart_release:"),
    ("      kubernetes.core.helm_info:", "      windlass.charts.chart_release_info:"),
    ("  helm_repository:", "  windlass.charts.chart_repository:"),
    ("  helm_template: ", "  windlass.charts.chart_template: "),
    ("  helm_pull:", "  windlass.charts.chart_pull:"),
    ("      kubernetes.core.helm_registry_auth:", "      windlass.charts.chart_registry_auth:"),
    ("  helm_plugin:", "  kubernetes.core.helm_plugin:"),
    ("  k8s_info:", "  kubernetes.core.k8s_info:"),
    ("  helm_binary: helm", "  helm_binary: helm"),
    ("  - helm", "  - helm"),
    ("  helm_test_pending:", "  helm_test_pending:"),
    ("    url: https://charts.test/x", "    url: http://127.0.0.1:1/x"),
]


@pytest.mark.parametrize(("theirs", "ours"), LINES)
def test_a_line(theirs: str, ours: str) -> None:
    assert dropin.rewritten(theirs, {"https://charts.test": "http://127.0.0.1:1"}) == ours


def test_every_line_stays_where_it_is() -> None:
    text = "\n".join(theirs for theirs, _ours in LINES)
    assert dropin.rewritten(text, {}).count("\n") == text.count("\n")


def test_refused_options_of_a_repository_become_comments() -> None:
    text = "helm_repository:\n  name: a\n  kubeconfig: b\n\nhelm:\n  kubeconfig: b"
    assert dropin.rewritten(text, {}).split("\n")[2::3] == ["#  kubeconfig: b", "  kubeconfig: b"]


LEDGER = [{"file": "a.yml", "task": "known", "why": "on purpose"}, {"file": "a.yml", "task": "passes", "why": "no longer"}]


def _task(task: str, outcome: str, module: str = "assert") -> dict[str, str]:
    return {"file": "a.yml", "task": task, "outcome": outcome, "module": module}


def test_verdicts() -> None:
    tasks = [
        _task("new", "failed"),
        _task("known", "failed"),
        _task("passes", "ok"),
        _task("foreseen there", "foreseen"),
        _task("a plugin", "failed", "kubernetes.core.helm_plugin"),
    ]
    dropin.judged(tasks, LEDGER)  # type: ignore[arg-type]
    assert [task["verdict"] for task in tasks] == ["failed", "difference", "passed", "passed", "elsewhere"]
    assert [entry["task"] for entry in dropin.stale(tasks, LEDGER)] == ["passes"]  # type: ignore[arg-type]


def test_an_entry_for_one_of_several_tasks_with_a_name() -> None:
    ledger = [{"file": "a.yml", "task": "asserted", "after": "first", "why": "on purpose"}]
    tasks = [{**_task("asserted", "failed"), "after": name} for name in ("first", "second")]
    dropin.judged(tasks, ledger)  # type: ignore[arg-type]
    assert [task["verdict"] for task in tasks] == ["difference", "failed"]
    tasks[0]["outcome"] = "ok"
    assert dropin.stale(tasks, ledger) == ledger  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("raise SystemExit('Traceback\\n90 seconds were not enough')", "The control plane did not start: 90 seconds were not enough"),
        ("raise SystemExit(3)", "The control plane did not start: it ended with 3"),
        ("", "The control plane did not start: it ended with 0"),
    ],
)
def test_a_control_plane_that_does_not_start(program: str, sentence: str, tmp_path: Path) -> None:
    script = tmp_path / "controlplane.py"
    script.write_text(f"import sys\nif sys.argv[1] == 'up':\n    {program or 'pass'}\nelse:\n    open({str(tmp_path / 'down')!r}, 'w')\n")
    with pytest.raises(dropin.RunError) as caught, dropin.control_plane({}, Path(sys.executable).parent, script):
        pass
    assert str(caught.value) == sentence
    assert (tmp_path / "down").exists()  # nothing of it is left


def test_a_program_that_fails_is_one_sentence() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        subprocess.run([sys.executable, "-c", "raise SystemExit('no\\nsuch chart')"], check=True, capture_output=True)
    assert dropin._sentence(caught.value) == f"{Path(sys.executable).name} -c ended with 1: such chart"


def test_an_entry_whose_task_did_not_run_is_not_stale() -> None:
    assert dropin.stale([_task("passes", "skipped")], LEDGER) == []  # type: ignore[list-item]
