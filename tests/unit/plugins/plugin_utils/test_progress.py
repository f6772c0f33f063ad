# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines for people: how a wait goes, and why it failed."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.plugin_utils import _progress


def state(ready=0, seconds=0.0, left=(("Pod shop/a", "it runs"),), what="wait"):
    return {"what": what, "ready": ready, "total": 3, "left": list(left), "seconds": seconds, "timeout": 60}


@pytest.fixture
def wanted(monkeypatch):
    monkeypatch.setitem(_progress._WANTED, "progress", False)
    _progress.want_progress()


def test_nobody_is_told_where_nobody_asked(monkeypatch):
    monkeypatch.setitem(_progress._WANTED, "progress", False)
    assert _progress.teller("shop/web", print) is None


def test_a_line_when_something_changed_and_not_too_often(wanted):
    now = [0.0]
    said = []
    tell = _progress.teller("shop/web", said.append, lambda: now[0])
    for at, ready in ((0.0, 0), (0.5, 1), (2.5, 1), (5.0, 1), (5.1, 3)):
        now[0] = at
        tell(state(ready, at, () if ready == 3 else (("Pod shop/a", "it runs"),)))
    assert said == [
        "shop/web: 0 of 3 ready after 0 s; Pod shop/a: it runs",
        "shop/web: 1 of 3 ready after 2 s; Pod shop/a: it runs",
        "shop/web: 1 of 3 ready after 5 s; Pod shop/a: it runs",
        "shop/web: 3 of 3 ready after 5 s",
    ]


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
                    "rule": "the rule for apps/v1 Deployment",
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


def test_evidence_is_told_in_lines():
    assert _progress.evidence_lines(EVIDENCE) == [
        "windlass.charts: why shop/web, revision 4 failed",
        "  Deployment shop/web: InProgress, Available: 0/1",
        "      judged by the rule for apps/v1 Deployment",
        "      condition Available is False (MinimumReplicasUnavailable)",
        "      pod web-1 is Running",
        "          container app: CrashLoopBackOff back-off",
        "          last lines of container app",
        "              | no database",
        "              | bye",
        "          last lines of container side",
        "              (not to be had: gone)",
        "      event on Pod web-1: BackOff: again (7 times)",
        "      not seen: pods may not be read",
        "  log of Job m, container c (pre-upgrade)",
        "      | 42",
        "  then rolled back to revision 3, as revision 5",
    ]


@pytest.mark.parametrize(
    "result",
    [{}, {"error": "text"}, {"error": {}}, {"error": {"class": "OptionError", "fields": {"option": "x"}}}, {"error": {"class": "X", "fields": []}}],
)
def test_results_without_evidence_say_nothing(result):
    assert _progress.evidence_lines(result) == []
