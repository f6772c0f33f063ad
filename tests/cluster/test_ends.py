# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pods of the test cluster end according to their annotation, and their containers have logs."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ends
import pytest


def phase_and_state(pod: dict[str, Any]) -> tuple[str, str]:
    status = pod.get("status") or {}
    state = (status.get("containerStatuses") or [{}])[0].get("state") or {}
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ())
    ended = next((f"{name} {what.get('reason', '')}".strip() for name, what in state.items()), "")
    return str(status.get("phase")), f"{ended} {'ready' if ready else 'not ready'}"


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ("", ("Running", "running ready")),
        ("succeeded", ("Succeeded", "terminated Completed ready")),
        ("failed", ("Failed", "terminated Error ready")),
        ("crash", ("Running", "waiting CrashLoopBackOff not ready")),
        ("unready", ("Running", "running not ready")),
        ("image", ("Pending", "waiting ImagePullBackOff not ready")),
    ],
)
def test_an_annotation_decides_how_a_pod_ends(api: Any, namespace: str, outcome: str, wanted: tuple[str, str]) -> None:
    annotations = {"windlass.test/outcome": outcome} if outcome else {}
    body = {"metadata": {"name": "one", "annotations": annotations}, "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "x"}]}}
    api.create(f"{namespace}/pods", body)
    pod = api.until(f"{namespace}/pods/one", lambda pod: pod if phase_and_state(pod) == wanted else None)
    assert phase_and_state(pod) == wanted


def test_every_container_has_written_something_but_a_silent_one(api: Any, namespace: str) -> None:
    body = {"metadata": {"name": "one"}, "spec": {"containers": [{"name": "c", "image": "x"}, {"name": "silent", "image": "x"}]}}
    api.create(f"{namespace}/pods", body)
    api.until(f"{namespace}/pods/one", lambda pod: phase_and_state(pod)[0] == "Running")
    log = api.session.get(f"{api.url}{namespace}/pods/one/log?container=c&tailLines=2", timeout=30)
    assert (log.status_code, log.text.splitlines()) == (200, list(ends.LOG[1:]))
    assert api.session.get(f"{api.url}{namespace}/pods/one/log?container=silent", timeout=30).status_code >= 400


@pytest.mark.parametrize(("outcome", "phase"), [("", "Running"), ("succeeded", "Succeeded")])
def test_a_recreated_pod_of_the_same_name_stays(login: Callable[..., Any], namespace: str, outcome: str, phase: str) -> None:
    """kwok's own stage deletes by name, and some of its deletions come late.

    They then delete the next pod: several of a hundred at a time.
    """

    def again_and_again(name: str) -> list[str]:
        api, lost = login(agent=name), []
        path, annotations = f"{namespace}/pods/{name}", {"windlass.test/outcome": outcome} if outcome else {}
        body = {"metadata": {"name": name, "annotations": annotations}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
        for number in range(10):
            uid = api.create(f"{namespace}/pods", body)["metadata"]["uid"]
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                code, pod = api.ask("GET", path)
                if code != 200 or pod["metadata"]["uid"] != uid or pod["metadata"].get("deletionTimestamp"):
                    lost.append(f"{name}, number {number}")
                    break
                if pod["status"].get("phase") == phase:
                    break
            api.ask("DELETE", path)
            while api.ask("GET", path)[0] == 200:
                assert time.monotonic() < deadline + 30, f"{path} does not go"
        return lost

    with ThreadPoolExecutor(6) as pool:
        assert [lost for found in pool.map(again_and_again, [f"pod-{number}" for number in range(6)]) for lost in found] == []
