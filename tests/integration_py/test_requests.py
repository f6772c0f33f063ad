# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of a task to the API server, counted in the server's audit log.

A task that changes nothing may send two requests, and one for each object; one more for the version and two more for discovery where a
template uses them, and one for each different lookup. Real playbooks check both modes. The example chart has its own target:
request_budget.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import audit
import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-%s'}\ndata: {k: %s}\n"
#: name, templates of the chart, number of objects, and the requests allowed beyond 2 and one for each object
CHARTS: list[tuple[str, dict[str, str], int, int]] = [
    ("one-object", {"a": CONFIG % ("a", "v")}, 1, 0),
    ("ten-objects", {f"m{n}": CONFIG % (f"m{n}", "v") for n in range(10)}, 10, 0),
    ("a-password", {"a": CONFIG % ("a", "{{ randAlphaNum 12 }}")}, 1, 0),
    ("asks-the-version", {"a": CONFIG % ("a", "{{ .Capabilities.KubeVersion.Version | quote }}")}, 1, 1),
    ("asks-for-an-api", {"a": CONFIG % ("a", '{{ .Capabilities.APIVersions.Has "batch/v1/Job" | quote }}')}, 1, 2),
    (
        "looks-up-twice-the-same",
        {"a": CONFIG % ("a", '{{ (lookup "v1" "Namespace" "" "default").metadata.name }}{{ (lookup "v1" "Namespace" "" "default").kind }}')},
        1,
        1,
    ),
]


def written(folder: Path, templates: dict[str, str]) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {folder.name}, version: 0.1.0}}\n")
    for name, text in templates.items():
        (folder / "templates" / f"{name}.yaml").write_text(text)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """An environment with these variables only, without those of the user."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "K8S_AUTH_", "HELM_")) and k != "KUBECONFIG"}
    given = os.environ.get("ANSIBLE_COLLECTIONS_PATH")  # as it is built: make integration
    if not given:  # as it lies here
        (folder / "ansible_collections" / "windlass").mkdir(parents=True)
        (folder / "ansible_collections" / "windlass" / "charts").symlink_to(ROOT)
    own = {"HOME": folder, "ANSIBLE_HOME": folder / ".ansible", "XDG_CACHE_HOME": folder / "cache"}
    return {**env, "ANSIBLE_COLLECTIONS_PATH": given or str(folder), "LC_ALL": "C.UTF-8", **{k: str(v) for k, v in own.items()}}


@pytest.fixture
def play(plane: Any, tmp_path: Path) -> Callable[..., tuple[list[dict[str, Any]], list[audit.Window]]]:
    """``play(way, *tasks)``: chart_release tasks in one playbook, their results and their requests.

    Each has a separate user agent. A task is its options, and ``check`` for check mode.
    """
    env, out, book = environment(tmp_path), tmp_path / "results.json", tmp_path / "play.yml"

    def run(way: str, *tasks: dict[str, Any]) -> tuple[list[dict[str, Any]], list[audit.Window]]:
        written = [_task(plane, number, dict(options)) for number, options in enumerate(tasks)]
        names = ", ".join(task["register"] for task in written)
        keep = {"content": f"{{{{ [{names}] | to_json }}}}", "dest": str(out)}
        variables = {"windlass_in_process": way, "ansible_python_interpreter": sys.executable}
        head = {"hosts": "localhost", "gather_facts": False, "vars": variables}
        book.write_text(json.dumps([{**head, "tasks": [*written, {"ansible.builtin.copy": keep}]}]))
        with contextlib.ExitStack() as stack:
            windows = [stack.enter_context(audit.watching(plane.audit_log, agent=f"task-{n}-")) for n in range(len(tasks))]
            command = [str(Path(sys.executable).with_name("ansible-playbook")), str(book)]
            done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(out.read_text()), windows

    return run


def _task(plane: Any, number: int, options: dict[str, Any]) -> dict[str, Any]:
    check = options.pop("check", False)
    options.update(kubeconfig=str(plane.kubeconfig), proxy_headers={"user_agent": f"task-{number}-"})
    return {"windlass.charts.chart_release": options, "check_mode": check, "register": f"result_{number}"}


def shown(window: audit.Window) -> str:
    return "\n".join(str(request) for request in window)


@pytest.mark.parametrize("way", ["auto", "never"])
def test_a_task_that_changes_nothing_asks_little(play, namespace, tmp_path, way):
    tasks = [{"name": name, "namespace": namespace, "chart_ref": str(written(tmp_path / name, templates))} for name, templates, _, _ in CHARTS]
    results, windows = play(way, *tasks, *tasks)
    for number, (name, _, objects, more) in enumerate(CHARTS):
        assert results[number]["changed"], name
        assert any(request.verb == "patch" for request in windows[number]), f"{name}: nothing was counted"
        again, window = results[len(CHARTS) + number], windows[len(CHARTS) + number]
        assert not again["changed"], name
        assert again["status"]["revision"] == "1"
        assert {request.verb for request in window} <= {"get", "list"}, f"{name}:\n{shown(window)}"
        assert 1 <= len(window) <= 2 + objects + more, f"{name}:\n{shown(window)}"


@pytest.mark.parametrize("way", ["auto", "never"])
def test_check_mode_writes_nothing(play, namespace, tmp_path, way):
    """A dry run is a write request that the server does not carry out.

    Its URL contains ``dryRun``.
    """
    options = {"name": "checked", "namespace": namespace, "chart_ref": str(written(tmp_path / "checked", {"a": CONFIG % ("a", "v")}))}
    other = {**options, "values": {"x": 1}}
    results, windows = play(way, {**options, "check": True}, options, {**other, "check": True}, other)
    assert [result["changed"] for result in results] == [True] * 4
    assert results[3]["status"]["revision"] == "2"
    for window in (windows[0], windows[2]):
        assert len(window)
        assert [str(r) for r in window if r.verb not in ("get", "list") and "dryRun=All" not in r.uri] == []
    for window in (windows[1], windows[3]):
        assert [r for r in window if r.verb == "create" and r.uri.partition("?")[0].endswith("/secrets")], shown(window)
