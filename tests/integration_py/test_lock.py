# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock of a release in real playbooks.

Another client holds it, it cannot be created, or the task receives a signal while it holds it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_requests import CONFIG, environment, written  # next to this file

HANG = (
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hang\n  annotations: {helm.sh/hook: 'pre-install,pre-upgrade', windlass.test/outcome: unready}\n"
    "spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: c, image: x}]}\n"
)
WAYS = pytest.mark.parametrize("way", ["auto", "never"])


class Play:
    """Playbooks of one chart_release task, as processes."""

    def __init__(self, plane: Any, folder: Path) -> None:
        self.plane, self.folder = plane, folder
        self.env = environment(folder)

    def start(self, way: str, options: dict[str, Any], module: str = "chart_release", **task: Any) -> subprocess.Popen[str]:
        options = {"kubeconfig": str(self.plane.kubeconfig), **options}
        variables = {"windlass_in_process": way, "ansible_python_interpreter": sys.executable}
        keep = {"ansible.builtin.copy": {"content": "{{ result | to_json }}", "dest": str(self.folder / "result.json")}}
        tasks = [{f"windlass.charts.{module}": options, "register": "result", "ignore_errors": True, **task}, keep]
        book = self.folder / "play.yml"
        book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}]))
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(book)]
        return subprocess.Popen(
            command, env=self.env, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )

    def run(self, way: str, options: dict[str, Any], **task: Any) -> dict[str, Any]:
        process = self.start(way, options, **task)
        text, _none = process.communicate(timeout=300)
        assert process.returncode == 0, text
        return json.loads((self.folder / "result.json").read_text())


@pytest.fixture
def play(plane: Any, tmp_path: Path) -> Play:
    return Play(plane, tmp_path)


@pytest.fixture
def options(namespace: str, tmp_path: Path) -> dict[str, Any]:
    return {"name": "demo", "namespace": namespace, "chart_ref": str(written(tmp_path / "demo", {"a": CONFIG % ("a", "v")}))}


@pytest.fixture
def hanging(namespace: str, tmp_path: Path) -> dict[str, Any]:
    templates = {"a": CONFIG % ("a", "v"), "h": HANG}
    return {"name": "demo", "namespace": namespace, "chart_ref": str(written(tmp_path / "hanging", templates)), "timeout": "60s"}


def lease_of(admin: Any, namespace: str) -> dict[str, Any] | None:
    return admin.read(ObjectRef("coordination.k8s.io/v1", "Lease", namespace, "windlass.release.demo"))


def take(admin: Any, namespace: str, seconds: int) -> None:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    spec = {"holderIdentity": "far/77/abc", "leaseDurationSeconds": seconds, "acquireTime": now, "renewTime": now}
    metadata = {"name": "windlass.release.demo", "namespace": namespace}
    admin.create({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec})


def until(what: Callable[[], Any], seconds: float = 120.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
    return found


def statuses(admin: Any, namespace: str) -> list[str]:
    return [record.status for record in SecretStore(admin).list(namespace, "demo")]


@WAYS
def test_another_client_holds_it(play: Play, admin: Any, namespace: str, options: dict[str, Any], way: str) -> None:
    take(admin, namespace, 3600)
    refused = play.run(way, {**options, "if_busy": "fail"})
    assert refused["failed"]
    assert "is being changed by process 77 on far since 20" in refused["msg"]
    assert refused["error"]["class"] == "ReleaseBusy"
    assert (refused["error"]["fields"]["holder_host"], refused["error"]["fields"]["holder_pid"]) == ("far", "77")
    assert "timed out after 1 s (lock_timeout)" in play.run(way, {**options, "lock_timeout": "1s"})["msg"]
    assert play.run(way, options, check_mode=True)["changed"]
    assert statuses(admin, namespace) == []


@WAYS
def test_its_holder_is_dead(play: Play, admin: Any, namespace: str, options: dict[str, Any], way: str) -> None:
    take(admin, namespace, 3)
    assert play.run(way, options)["changed"]
    assert lease_of(admin, namespace) is None
    assert not play.run(way, options)["changed"]


@pytest.fixture
def without_leases(plane: Any, admin: Any, namespace: str) -> Iterator[str]:
    """A user with all permissions in the namespace except for Leases."""
    rules = [{"apiGroups": ["", "apps", "batch"], "resources": ["*"], "verbs": ["*"]}]
    group = "rbac.authorization.k8s.io"
    admin.create({"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": "r", "namespace": namespace}, "rules": rules})
    subject = {"kind": "User", "name": f"{namespace}-user", "apiGroup": group}
    binding = {"roleRef": {"kind": "Role", "name": "r", "apiGroup": group}, "subjects": [subject]}
    admin.create({"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": "b", "namespace": namespace}, **binding})
    yield subject["name"]


@WAYS
def test_where_leases_are_forbidden_there_is_one_warning(play: Play, options: dict[str, Any], without_leases: str, way: str) -> None:
    done = play.run(way, {**options, "impersonate_user": without_leases})
    assert done["changed"]
    assert len([text for text in done["warnings"] if "without a lock" in text and "leases" in text]) == 1, done["warnings"]
    assert "warnings" not in play.run(way, {**options, "impersonate_user": without_leases})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@WAYS
def test_a_terminated_play_releases_it(
    play: Play, admin: Any, namespace: str, hanging: dict[str, Any], way: str, number: signal.Signals
) -> None:
    process = play.start(way, hanging)
    lease = until(lambda: lease_of(admin, namespace))
    assert lease["spec"]["holderIdentity"].split("/")[0] == os.uname().nodename
    until(lambda: admin.read(ObjectRef("v1", "Pod", namespace, "hang")))
    assert statuses(admin, namespace) == ["pending-install"]
    os.killpg(process.pid, number)
    process.communicate(timeout=120)
    until(lambda: lease_of(admin, namespace) is None)
    assert statuses(admin, namespace) == ["failed"]


@WAYS
def test_ansibles_timeout_releases_it(play: Play, admin: Any, namespace: str, hanging: dict[str, Any], way: str) -> None:
    if way == "never":
        pytest.skip("Ansible leaves the module of a task that timed out alone: it goes on to its end")
    failed = play.run(way, hanging, timeout=5)
    assert failed["failed"]
    until(lambda: lease_of(admin, namespace) is None)
    assert statuses(admin, namespace) == ["failed"]


@WAYS
def test_a_play_that_was_killed_is_recovered(play: Play, admin: Any, namespace: str, hanging: dict[str, Any], options: dict[str, Any], way: str) -> None:
    process = play.start(way, hanging)
    until(lambda: admin.read(ObjectRef("v1", "Pod", namespace, "hang")))
    pid = int(lease_of(admin, namespace)["spec"]["holderIdentity"].split("/")[1])
    os.kill(pid, signal.SIGKILL)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=120)
    assert statuses(admin, namespace) == ["pending-install"]
    lease = lease_of(admin, namespace)
    lease["spec"]["renewTime"] = "2020-01-01T00:00:00.000000Z"  # instead of waiting for a minute
    admin.replace(lease)
    predicted = play.run(way, options, check_mode=True)
    assert (predicted["plan"]["state"], predicted["plan"]["action"]) == ("Interrupted", "upgrade")
    done = play.run(way, options)
    assert done["plan"]["operations"][0]["id"] == predicted["plan"]["operations"][0]["id"] == "record_update:v1:failed"
    assert f"(process {pid} on {os.uname().nodename}) terminated" in done["plan"]["reason"]
    assert statuses(admin, namespace) == ["superseded", "deployed"]
    assert lease_of(admin, namespace) is None
    assert not play.run(way, options)["changed"]
