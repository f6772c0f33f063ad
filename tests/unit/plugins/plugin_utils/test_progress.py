# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines for users: the progress of a wait, and the cause of its failure."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.windlass.charts.plugins.plugin_utils import _progress


def state(ready=0, seconds=0.0, left=(("Pod shop/a", "it runs"),), what="wait"):
    return {"what": what, "ready": ready, "total": 3, "left": list(left), "seconds": seconds, "timeout": 60}


@pytest.fixture
def wanted(monkeypatch):
    monkeypatch.setitem(_progress._WANTED, "progress", False)
    _progress.want_progress()


def test_no_printer_without_the_callback(monkeypatch):
    monkeypatch.setitem(_progress._WANTED, "progress", False)
    assert _progress.progress_printer("shop/web", print) is None


class Clock:
    """A clock that a test moves; functions that become due are called."""

    def __init__(self):
        self.now = 0.0
        self.due = []

    def __call__(self):
        return self.now

    def later(self, seconds, call):
        entry = (self.now + seconds, call)
        self.due.append(entry)
        return lambda: self.due.remove(entry) if entry in self.due else None

    def to(self, at):
        while self.due and min(self.due, key=lambda entry: entry[0])[0] <= at:
            entry = min(self.due, key=lambda entry: entry[0])
            self.due.remove(entry)
            self.now = entry[0]
            entry[1]()
        self.now = at


@pytest.fixture
def clock():
    return Clock()


def test_a_line_when_something_changed_and_not_too_often(wanted, clock):
    printed_lines = []
    report_progress = _progress.progress_printer("shop/web", printed_lines.append, clock, clock.later)
    for at, ready in ((0.0, 0), (2.5, 1), (5.0, 1), (5.1, 3)):
        clock.to(at)
        report_progress(state(ready, at, () if ready == 3 else (("Pod shop/a", "it runs"),)))
    assert printed_lines == [
        "shop/web: 0 of 3 ready after 0 s; Pod shop/a: it runs",
        "shop/web: 1 of 3 ready after 2 s; Pod shop/a: it runs",
        "shop/web: 1 of 3 ready after 5 s; Pod shop/a: it runs",
        "shop/web: 3 of 3 ready after 5 s",
    ]
    assert clock.due == []


def test_a_line_that_comes_too_early_is_printed_later_and_the_newest_counts(wanted, clock):
    printed_lines = []
    report_progress = _progress.progress_printer("a", lambda line: printed_lines.append((clock.now, line.partition(";")[0])), clock, clock.later)
    report_progress(state(0, 0))
    clock.to(0.5)
    report_progress(state(1, 0.5))
    clock.to(1.0)
    report_progress(state(2, 1.0))
    assert len(printed_lines) == 1
    clock.to(30.0)  # nothing else changes for a long time
    assert printed_lines == [(0.0, "a: 0 of 3 ready after 0 s"), (2.0, "a: 2 of 3 ready after 1 s")]


def test_what_is_still_to_be_printed_is_printed_at_the_end(wanted, clock):
    printed_lines = []
    report_progress = _progress.progress_printer("a", printed_lines.append, clock, clock.later)
    report_progress(state(0, 0))
    report_progress(state(1, 1))
    report_progress.close()
    report_progress.close()
    assert [line.partition(";")[0] for line in printed_lines] == ["a: 0 of 3 ready after 0 s", "a: 1 of 3 ready after 1 s"]
    clock.to(9.0)
    assert len(printed_lines) == 2


def test_each_release_of_a_task_has_its_label_and_its_own_pace(wanted, clock):
    printed_lines = []
    report_progress = _progress.progress_printer("", printed_lines.append, clock, clock.later)
    for release in ("shop/web", "shop/db"):
        report_progress({**state(0, 0, ()), "release": release})
    assert printed_lines == ["shop/web: 0 of 3 ready after 0 s", "shop/db: 0 of 3 ready after 0 s"]


def test_the_timer_is_a_real_one(wanted, monkeypatch):
    monkeypatch.setattr(_progress, "_INTERVAL", 0.05)
    printed_lines, printed = [], threading.Event()
    report_progress = _progress.progress_printer("a", lambda line: (printed_lines.append(line), len(printed_lines) == 2 and printed.set()))
    report_progress(state(0, 0))
    report_progress(state(1, 1))
    assert printed.wait(5) and len(printed_lines) == 2


def test_without_a_thread_the_line_comes_at_the_end(wanted, clock):
    def later(_seconds, _call):
        raise RuntimeError("can't start new thread")

    printed_lines = []
    report_progress = _progress.progress_printer("a", printed_lines.append, clock, later)
    report_progress(state(0, 0))
    report_progress(state(1, 1))
    report_progress.close()
    assert len(printed_lines) == 2


def test_a_long_list_is_cut():
    line = _progress.progress_line("a", state(left=[(f"Pod p{n}", "x") for n in range(9)], what="delete"))
    assert line == "a: 0 of 3 gone after 0 s; Pod p0: x; Pod p1: x; Pod p2: x; and 6 more"


EVIDENCE = {
    "error": {
        "class": "WaitTimeout",
        "fields": {
            "namespace": "shop",
            "release": "web",
            "revision": 4,
            "objects": [
                {
                    "object": "Deployment shop/web",
                    "status": "InProgress",
                    "message": "Available: 0/1",
                    "rule": "built-in rule for apps/v1 Deployment",
                    "conditions": [{"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable", "message": ""}],
                    "pods": [
                        {
                            "name": "web-1",
                            "phase": "Running",
                            "conditions": [],
                            "containers": [{"name": "app", "reason": "CrashLoopBackOff", "message": "back-off"}],
                            "logs": [{"pod": "web-1", "container": "app", "log": "no database\nbye\n"}, {"container": "side", "error": "gone"}],
                        }
                    ],
                    "events": [{"object": "Pod web-1", "reason": "BackOff", "message": "again", "count": 7}],
                    "evidence": "pods may not be read",
                }
            ],
            "hook_logs": [{"event": "pre-upgrade", "hook": "Job m", "pod": "m-1", "container": "c", "log": "42\n"}],
            "rollback": {"done": True, "action": "rollback", "to": 3, "revision": 5},
        },
    }
}


def test_evidence_is_printed_as_lines():
    assert _progress.evidence_lines(EVIDENCE) == [
        "windlass.charts: why shop/web, revision 4 failed",
        "  Deployment shop/web: InProgress, Available: 0/1",
        "      rule: built-in rule for apps/v1 Deployment",
        "      condition Available is False (MinimumReplicasUnavailable)",
        "      pod web-1 is Running",
        "          container app: CrashLoopBackOff back-off",
        "          last lines of container app",
        "              | no database",
        "              | bye",
        "          last lines of container side",
        "              (not available: gone)",
        "      event on Pod web-1: BackOff: again (7 times)",
        "      incomplete: pods may not be read",
        "  log of Job m, container c (pre-upgrade)",
        "      | 42",
        "  then rolled back to revision 3, as revision 5",
    ]


@pytest.mark.parametrize(
    "result",
    [{}, {"error": "text"}, {"error": {}}, {"error": {"class": "OptionError", "fields": {"option": "x"}}}, {"error": {"class": "X", "fields": []}}],
)
def test_results_without_evidence_have_no_lines(result):
    assert _progress.evidence_lines(result) == []


def test_the_evidence_of_each_release_of_a_task():
    releases = [
        {"name": "web", "namespace": "shop", "failed": True, "error": EVIDENCE["error"]},
        {"name": "db", "namespace": "shop", "changed": True},
        {"name": "late", "namespace": "shop", "failed": True, "error": {"class": "WaitTimeout", "fields": {"objects": [{"object": "Pod shop/x"}]}}},
    ]
    lines = _progress.evidence_lines({"failed": True, "msg": "2 of 3 releases failed.", "releases": releases})
    headings = [line for line in lines if line.startswith("windlass.charts")]
    assert headings == ["windlass.charts: why shop/web, revision 4 failed", "windlass.charts: why shop/late failed"]
    assert "  Pod shop/x: None, None" in lines
