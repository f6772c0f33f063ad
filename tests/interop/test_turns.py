# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real helm 3 and 4 and this collection take turns on one release, on a real API server."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.lock.holder import HOLDER
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Locking
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, to_record

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "charts" / "harbourmaster-1.0.0"

MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{name}\ndata:\n  k: "{{ .Values.k }}"\n'
FILES = {
    "Chart.yaml": 'apiVersion: v2\nname: turns\nversion: 0.1.0\nappVersion: "1.0"\ndescription: a <small> chart & more\nkeywords: [a, b]\n',
    "values.yaml": "k: v1\nf: 1.5\nbig: 1000000\nm: {b: 1}\n",
    "values.schema.json": '{"type":"object"}',
    "templates/a.yaml": MAP.replace("{name}", "a"),
    "templates/s.yaml": 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-s\nstringData:\n  user: "{{ .Values.k }}"\n',
    "templates/h.yaml": MAP.replace("{name}", "h").replace(
        "\ndata:", '\n  annotations:\n    "helm.sh/hook": pre-install,post-upgrade\n    "helm.sh/hook-weight": "3"\ndata:'
    ),
    "templates/NOTES.txt": "Notes for <{{ .Release.Name }}> & co\n",
    "README.md": "hi\n",
}
PASSWORD = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-p\nstringData:\n  password: "{{ randAlphaNum 12 }}"\n'


def written(folder: Path, more: dict[str, str] | None = None) -> Path:
    for name, text in {**FILES, **(more or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path / "turns")


def without_times(text: str) -> str:
    return re.sub(r'"(started_at|completed_at|first_deployed|last_deployed|deleted)":"[^"]+"', r'"\1":"T"', text)


def test_our_records_are_byte_for_byte_helms(sides: Any, small: Path) -> None:
    def user_made(labels: dict[str, str]) -> dict[str, str]:
        return {key: "T" if key in ("createdAt", "modifiedAt") else value for key, value in labels.items()}

    chart = read_chart(str(small))
    sides.up(chart, {"k": "x", "n": 5.0}, labels={"team": "red"})
    sides.up(chart, {"k": "y"})
    sides.back(1)
    ours = [sides.record(revision) for revision in (1, 2, 3)]
    sides.down(keep_history=True)
    ours.append(sides.record(3))
    sides.down()
    sides.helm(4, "install", "demo", str(small), "--set", "k=x,n=5", "--labels", "team=red")
    sides.helm(4, "upgrade", "demo", str(small), "--set", "k=y")
    sides.helm(4, "rollback", "demo", "1")
    theirs = [sides.record(revision) for revision in (1, 2, 3)]
    sides.helm(4, "uninstall", "demo", "--keep-history")
    theirs.append(sides.record(3))
    for (our_labels, our_text), (their_labels, their_text) in zip(ours, theirs, strict=True):
        assert without_times(our_text) == without_times(their_text)
        assert user_made(our_labels) == user_made(their_labels)


@pytest.mark.parametrize("version", [3, 4])
def test_upgrade_here_then_with_helm(sides: Any, small: Path, version: int) -> None:
    chart = read_chart(str(small))
    sides.up(chart, {"k": "x"})
    (row,) = sides.table(version, "list")
    assert (row["name"], row["revision"], row["status"], row["chart"], row["app_version"]) == ("demo", "1", "deployed", "turns-0.1.0", "1.0")
    status = sides.table(version, "status", "demo")
    assert (status["info"]["status"], status["info"]["notes"], status["config"]) == ("deployed", "Notes for <demo> & co\n", {"k": "x"})
    everything = sides.helm(version, "get", "all", "demo")
    assert "# Source: turns/templates/a.yaml" in everything and "HOOKS:" in everything and "COMPUTED VALUES:" in everything
    assert json.loads(sides.helm(version, "get", "values", "demo", "-a", "-o", "json"))["f"] == 1.5
    sides.helm(version, "upgrade", "demo", str(small), "--set", "k=theirs")
    assert sides.object("ConfigMap", "demo-a")["data"] == {"k": "theirs"}
    assert not sides.up(chart, {"k": "theirs"}).changed, "what helm made is what was asked for"
    assert sides.up(chart, {"k": "ours"}).changed
    sides.helm(version, "rollback", "demo", "1")
    assert not sides.up(chart, {"k": "x"}).changed
    assert sides.history(version) == [
        "1 superseded: Install complete",
        "2 superseded: Upgrade complete",
        "3 superseded: Upgrade complete",
        "4 deployed: Rollback to 1",
    ]
    sides.helm(version, "uninstall", "demo")
    assert sides.object("ConfigMap", "demo-a") is None
    assert sides.up(chart, check=True).plan.state == "Absent"


@pytest.mark.parametrize(
    ("version", "extra", "server_side", "operation"),
    [
        (3, (), "auto", "Update"),  # as its last revision was made
        (3, (), "true", "Apply"),
        (4, (), "auto", "Apply"),
        (4, ("--server-side=false",), "auto", "Update"),
        (4, ("--server-side=false",), "true", "Apply"),
    ],
)
def test_upgrade_with_helm_then_here(sides: Any, tmp_path: Path, version: int, extra: tuple[str, ...], server_side: str, operation: str) -> None:
    before = written(tmp_path / "before", {"templates/a.yaml": FILES["templates/a.yaml"] + "  gone: soon\n", "templates/p.yaml": PASSWORD})
    sides.helm(version, "install", "demo", str(before), "--set", "k=x", *extra)
    assert not sides.up(read_chart(str(before)), {"k": "x"}).changed, "a generated password is no change"
    after = read_chart(str(written(tmp_path / "after")))
    predicted = sides.up(after, {"k": "y"}, check=True, server_side=server_side)
    done = sides.up(after, {"k": "y"}, server_side=server_side)
    assert [step.id for step in predicted.plan.operations] == [step.id for step in done.plan.operations]
    live = sides.object("ConfigMap", "demo-a")
    assert live["data"] == {"k": "y"}, "the field that the chart dropped is gone"
    assert {(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]} == {("helm", operation)}
    assert sides.object("Secret", "demo-p") is None and not sides.up(after, {"k": "y"}).changed
    sides.back(1)
    assert sides.object("ConfigMap", "demo-a")["data"] == {"gone": "soon", "k": "x"}
    assert sides.history(version)[-1] == "3 deployed: Rollback to 1"
    sides.helm(version, "upgrade", "demo", str(before), "--set", "k=z")
    assert sides.object("ConfigMap", "demo-a")["data"]["k"] == "z"
    sides.down()
    assert sides.table(version, "list", "-a") == [] if version == 3 else sides.table(version, "list") == []


@pytest.mark.parametrize("version", [3, 4])
def test_each_keeps_off_what_the_other_has_begun(sides: Any, small: Path, version: int) -> None:
    chart = read_chart(str(small))
    sides.up(chart)
    with pytest.raises(AssertionError, match=r"cannot re-?use a name that is still in use"):
        sides.helm(version, "install", "demo", str(small))
    name = "sh.helm.release.v1.demo.v1"
    secret = sides.object("Secret", name)
    labels, text = sides.record(1)
    import base64
    import gzip

    pending = gzip.compress(text.replace('"status":"deployed"', '"status":"pending-upgrade"').encode())
    secret["metadata"]["labels"] = {**labels, "status": "pending-upgrade"}
    secret["data"]["release"] = base64.b64encode(base64.b64encode(pending)).decode()
    sides.cluster.replace(secret)
    with pytest.raises(errors.ReleaseBusy, match="by an operation of helm"):
        sides.up(chart, {"k": "y"}, locking=Locking(if_busy="fail"))
    with pytest.raises(AssertionError, match="another operation"):
        sides.helm(version, "upgrade", "demo", str(small))
    assert sides.up(chart, {"k": "y"}, locking=Locking(pending_expiry=0.001)).plan.state == "Interrupted"
    assert [row.split(":")[0] for row in sides.history(version)] == ["1 superseded", "2 deployed"]
    sides.helm(version, "upgrade", "demo", str(small))


@pytest.mark.parametrize("version", [3, 4])
def test_helm_refuses_a_pending_release_of_this_collection_which_recovers_it(sides: Any, small: Path, version: int) -> None:
    """A killed process: the record is pending and names its writer, whose Lease is deleted."""
    chart = read_chart(str(small))
    sides.up(chart)
    record = sides.ports.store.list(sides.namespace, "demo")[0]
    release = from_record(record).with_status(Status.PENDING_UPGRADE, "Preparing upgrade")
    sides.ports.store.update(to_record(release, sides.ports.clock, annotations={HOLDER: "far/77/abc"}, old=record))
    with pytest.raises(AssertionError, match="another operation"):
        sides.helm(version, "upgrade", "demo", str(small))
    assert sides.up(chart).plan.state == "Interrupted"
    assert [row.split(":")[0] for row in sides.history(version)] == ["1 superseded", "2 deployed"]
    sides.helm(version, "upgrade", "demo", str(small))


def test_a_failed_release_reads_alike_and_is_repaired(sides: Any, tmp_path: Path) -> None:
    broken = read_chart(str(written(tmp_path / "broken", {"templates/z.yaml": MAP.replace("{name}", "A_b")})))
    with pytest.raises(errors.Rejected):
        sides.up(broken)
    ours = sides.history()
    sides.down()
    with pytest.raises(AssertionError):
        sides.helm(4, "install", "demo", str(tmp_path / "broken"))
    assert sides.history() == ours and "failed" in ours[0]
    sides.up(read_chart(str(written(tmp_path / "good"))))
    assert [row.split(":")[0] for row in sides.history()] == ["1 superseded", "2 deployed"]


def test_an_upgrade_that_cannot_become_ready_is_rolled_back(sides: Any, tmp_path: Path) -> None:
    workload = (
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  selector: {matchLabels: {a: b}}\n'
        '  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n      - name: c\n        image: "x:1"\n'
        '        resources: {requests: {cpu: "{{ .Values.cpu | default "10m" }}"}}\n'
    )
    job = (
        'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: before\n  annotations: {"helm.sh/hook": "pre-install,pre-upgrade"}\n'
        "spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}\n"
    )
    chart = read_chart(str(written(tmp_path / "web", {"templates/w.yaml": workload, "templates/j.yaml": job})))
    sides.up(chart, wait=True)
    assert not sides.up(chart, wait=True).changed
    with pytest.raises(errors.WaitTimeout, match=r"Insufficient cpu.*rolled back to revision 1") as caught:
        sides.up(chart, {"cpu": "999"}, on_failure="rollback", timeout=6.0)
    assert caught.value.fields["rollback"] == {"done": True, "action": "rollback", "to": 1, "revision": 3}
    assert [row.split(":")[0] for row in sides.history(3)] == ["1 superseded", "2 failed", "3 deployed"]
    assert not sides.up(chart).changed
    sides.down(wait=True)
    assert sides.object("Deployment", "web", "apps/v1") is None


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example chart is not in this checkout")
def test_the_example_chart_changes_nothing_the_second_time(sides: Any) -> None:
    chart = read_chart(str(EXAMPLE))
    sides.up(chart)
    sent = sides.cluster.requests_sent
    outcome = sides.up(chart)
    assert not outcome.changed
    objects = len(re.findall(r"^kind: ", sides.helm(4, "get", "manifest", "demo"), re.MULTILINE))
    assert sides.cluster.requests_sent - sent <= 2 + objects + 3


@pytest.mark.parametrize("loops", [1, 3])
def test_helm_can_upgrade_between_tasks_in_a_loop(plane: Any, programs: Any, sides: Any, tmp_path: Path, loops: int) -> None:
    """Helm does not wait: without a gap between revisions of this collection it is refused each time."""
    path = written(tmp_path / "fair")
    chart = read_chart(str(path))
    sides.up(chart)
    until = time.monotonic() + 120.0  # a shared processor needs as much; alone it takes ten seconds
    enough = threading.Event()
    done: list[int] = []
    problems: list[Exception] = []

    def loop(number: int) -> None:
        own = type(sides)(plane, programs, sides.namespace, tmp_path)
        try:
            while time.monotonic() < until and not enough.is_set():
                own.up(chart, {"k": f"{number}-{len(done)}"}, disable_hooks=True)
                done.append(number)
        except errors.EngineError as error:
            problems.append(error)

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(loops)]
    for thread in threads:
        thread.start()
    turns = 0
    while time.monotonic() < until and not (turns >= 3 and len(done) >= 6) and not problems:
        try:
            sides.helm(4, "upgrade", "demo", str(path), "--no-hooks", "--set", f"k=helm-{turns}")
            turns += 1
        except AssertionError as refused:
            assert re.search("already exists|in progress|not found", str(refused))
    enough.set()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert len(done) >= 3
    assert turns >= 3, f"helm got {turns} turns, the tasks {len(done)}"
    assert [row["status"] for row in sides.table(4, "history", "demo")].count("deployed") == 1
