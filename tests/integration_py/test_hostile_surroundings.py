# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module in both modes in hostile surroundings: it works, or fails with one sentence.

There is never an internal error.

A new kind of surroundings is a line in ``PLACES``; a new module has to have a line in ``TASKS``.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

HOSTILE = Path(__file__).parent / "hostile.py"
MODULES = sorted(path.stem for path in (HOSTILE.parents[2] / "plugins" / "modules").glob("*.py"))
#: modules that contact no cluster, and have no options for one
REPOSITORIES = yaml.safe_load((HOSTILE.parents[2] / "meta" / "runtime.yml").read_text())["action_groups"]["repositories"]

#: what a module is run with. ``writes``: it has to write a file, so that it may fail where nothing can be written; ``check``: in check mode, too.
#: ``{fleet}`` is a new chart with a dependency for each place
TASKS: list[dict[str, Any]] = [
    {"module": "chart_template", "params": {"chart_ref": "{chart}", "values": {"k": "Größe"}}},
    {"module": "chart_template", "params": {"chart_ref": "{chart}", "output_dir": "{out}"}, "writes": True},
    {"module": "chart_template", "params": {"chart_ref": "web", "chart_repo_url": "{url}"}},
    {"module": "chart_template", "params": {"chart_ref": "{archive}", "set_values": [{"value": "k={chart}/values.yaml", "value_type": "file"}]}},
    {"module": "chart_info", "params": {"chart_ref": "{chart}"}},
    {"module": "chart_lint", "params": {"chart_ref": "{chart}"}},
    {"module": "chart_dependency", "params": {"chart_ref": "{chart}", "state": "latest"}},
    {"module": "chart_dependency", "params": {"chart_ref": "{fleet}"}, "writes": True, "check": True},
    {"module": "chart_dependency", "params": {"chart_ref": "{fleet}", "state": "gathered"}},
    {"module": "chart_template", "params": {"chart_ref": "{fleet}", "dependency_update": True}},
    {"module": "chart_package", "params": {"chart_ref": "{chart}", "destination": "{out}"}, "writes": True},
    {"module": "chart_push", "params": {"chart_ref": "{archive}", "destination": "{out}/charts"}, "writes": True},
    {"module": "chart_push", "params": {"chart_ref": "{archive}", "destination": "{out}/charts", "state": "absent"}, "writes": True},
    {"module": "chart_push", "params": {"chart_ref": "{archive}", "destination": "{url}"}},  # it is there
    {"module": "chart_copy", "params": {"source": "{out}", "destination": "{out}/copies"}, "writes": True},
    {"module": "chart_copy", "params": {"source": "{url}", "destination": "{out}/mirror", "images": True}, "writes": True, "check": True},
    {"module": "chart_create", "params": {"chart_ref": "{out}/new-chart"}, "writes": True},
    {"module": "chart_repository_index", "params": {"path": "{out}"}, "writes": True},
    {"module": "chart_repository", "params": {"name": "local", "url": "{url}"}, "writes": True, "check": True},
    {"module": "chart_pull", "params": {"chart_ref": "web", "repo_url": "{url}", "destination": "{out}"}, "writes": True, "check": True},
    {"module": "chart_registry_auth", "params": {"host": "registry.invalid", "state": "absent"}, "writes": True},  # it needs a place for its file
    {"module": "chart_repository_info", "params": {"url": "{url}", "search": ""}},
    {"module": "chart_repository_info", "params": {"update_repo_cache": True, "search": "web"}},
    {"module": "chart_repository_info", "params": {"offline": True, "search": "web"}},
    {"module": "chart_release", "params": {"name": "{name}", "namespace": "{namespace}", "chart_ref": "{chart}"}},
    {"module": "chart_release", "params": {"name": "{name}", "namespace": "{namespace}", "chart_ref": "{chart}", "values": {"k": "2"}}, "check": True},
    {
        "module": "chart_release",
        "params": {"name": "{name}", "namespace": "{namespace}", "chart_ref": "{chart}", "plan_file": "{out}/plan", "plan_mode": "save"},
        "writes": True,
    },
    {"module": "chart_release_info", "params": {"name": "{name}", "namespace": "{namespace}", "drift": True}},
    {"module": "chart_release_info", "params": {"namespace": "{namespace}", "kubeconfig": "{content}"}},
    {"module": "chart_release_rollback", "params": {"name": "{name}", "namespace": "{namespace}"}},
    {"module": "chart_release_test", "params": {"name": "{name}", "namespace": "{namespace}"}},
    {
        "module": "chart_releases",
        "params": {"defaults": {"namespace": "{namespace}", "chart_ref": "{chart}"}, "releases": [{"name": "{name}-a"}, {"name": "{name}-b"}]},
    },
    {"module": "deployer_identity", "params": {"path": "{out}/identity", "name": "{name}", "namespace": "{namespace}", "namespaces": ["{namespace}"]},
     "writes": True},
    {"module": "chart_release", "params": {"name": "{name}", "namespace": "{namespace}", "state": "absent"}},
]  # fmt: skip
ORDINARY = {"HOME": "{home}", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
#: helm's own files are named, so that the home of the user who runs the tests stays as it is
HELM = {"HELM_CONFIG_HOME": "{home}/config", "HELM_CACHE_HOME": "{home}/cache"}
WITHOUT_HOME = {"PATH": os.environ["PATH"], **HELM}

#: environment, and what ``hostile.py`` does in a process. ``works``: every task that writes no file of its own succeeds
PLACES: dict[str, dict[str, Any]] = {
    "ordinary": {"environ": ORDINARY, "works": True, "writes": True},
    "no HOME": {"environ": WITHOUT_HOME, "works": True},
    "empty HOME": {"environ": {**ORDINARY, **HELM, "HOME": ""}, "works": True},
    "relative HOME": {"environ": {**ORDINARY, **HELM, "HOME": "home"}, "works": True},
    "HOME that is not there": {"environ": {**ORDINARY, "HOME": "{home}/none/below"}, "works": True},
    "HOME where nothing can be written": {"environ": {**ORDINARY, "HOME": "/proc"}, "works": True},
    "HOME that is a file": {"environ": {**ORDINARY, "HOME": "/dev/null"}, "works": True},
    "relative XDG_CACHE_HOME": {"environ": {**ORDINARY, "XDG_CACHE_HOME": "cache"}, "works": True},
    "XDG_CACHE_HOME where nothing can be written": {"environ": {**ORDINARY, "XDG_CACHE_HOME": "/proc/cache"}, "works": True},
    "XDG_CACHE_HOME that is a file": {"environ": {**ORDINARY, "XDG_CACHE_HOME": "/dev/null"}, "works": True},
    "helm's folders where nothing can be written": {
        "environ": {**ORDINARY, "HELM_CACHE_HOME": "/proc/helm", "HELM_CONFIG_HOME": "/dev/null/helm", "HELM_DATA_HOME": "/proc"}, "works": True,
    },
    "helm's files that are folders": {
        "environ": {**ORDINARY, "HELM_REPOSITORY_CONFIG": "/tmp", "HELM_REPOSITORY_CACHE": "/dev/null", "HELM_CONTENT_CACHE": "/dev/full"},
    },
    "settings without sense": {
        "environ": {**ORDINARY, "TZ": "Nowhere/At:All", "HELM_DRIVER": "nonsense", "HTTP_PROXY": "http://[bad", "NO_PROXY": "[", "KUBECONFIG": "/tmp"},
    },
    "a proxy that is not an address": {"environ": {**ORDINARY, "HTTP_PROXY": "http://[bad", "HTTPS_PROXY": "::::", "no_proxy": "*"}},
    "deleted working directory": {"environ": ORDINARY, "surroundings": ["deleted folder"], "works": True, "writes": True},
    "deleted working directory, no HOME": {"environ": WITHOUT_HOME, "surroundings": ["deleted folder"], "works": True},
    "working directory where nothing can be written": {"environ": ORDINARY, "surroundings": ["read-only folder"], "works": True, "writes": True},
    "full disk": {"environ": {**ORDINARY, "HOME": "{full}", "TMPDIR": "{full}"}, "full": True, "works": True},
    "files of no length": {"environ": ORDINARY, "surroundings": ["no space"]},
    "few files": {"environ": ORDINARY, "surroundings": ["few files"]},
    "umask 077": {"environ": ORDINARY, "surroundings": ["umask 077"], "works": True, "writes": True},
    "umask 777": {"environ": ORDINARY, "surroundings": ["umask 777"]},
    "TMPDIR that is not there": {"environ": {**ORDINARY, "TMPDIR": "/nonexistent"}, "works": True, "writes": True},
    "LANG=C": {"environ": {**ORDINARY, "LANG": "C"}, "start": {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
               "works": True, "writes": True},
    "a user without a passwd entry": {"environ": ORDINARY, "user": 54321, "works": True},
    "a user without a passwd entry, no HOME": {"environ": {"PATH": os.environ["PATH"]}, "user": 54321, "works": True},
    "a user without a passwd entry, deleted folder": {
        "environ": WITHOUT_HOME, "user": 54321, "surroundings": ["deleted folder", "umask 077"], "works": True,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart, its archive and a repository that another user may read."""
    folder = tmp_path_factory.mktemp("hostile")
    for above in (folder, *folder.parents[:3]):
        if above.name.startswith(("pytest-", "hostile")):
            above.chmod(0o755)
    chart = folder / "web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 0.1.0, description: Größe}\n", encoding="utf-8")
    (chart / "values.yaml").write_text("k: Größe\n", encoding="utf-8")
    body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\ndata: {k: {{ .Values.k | quote }}, ü: ü}\n"
    (chart / "templates" / "größe.yaml").write_text(body.replace(", ü: ü", ""), encoding="utf-8")
    served = folder / "served"
    served.mkdir()
    with tarfile.open(served / "web-0.1.0.tgz", "w:gz") as archive:
        archive.add(chart, "web")
    index = "apiVersion: v1\nentries: {web: [{name: web, version: 0.1.0, urls: [web-0.1.0.tgz]}]}\n"
    (served / "index.yaml").write_text(index)
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture(scope="module")
def url(place: Path) -> Any:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(place / "served")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def full_disk(tmp_path: Path) -> Any:
    """A file system without space, at ``full``."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a file system of its own needs the right to mount one")
    with contextlib.suppress(OSError), (folder / "filling").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def filled(value: Any, facts: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in facts.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {key: filled(inner, facts) for key, inner in value.items()}
    return [filled(inner, facts) for inner in value] if isinstance(value, list) else value


def command(found: dict[str, Any]) -> list[str]:
    if "user" not in found:
        return [sys.executable, str(HOSTILE)]
    # it may read everything, as an execution environment's user does, and write nothing that is root's
    rights = ["--reuid", str(found["user"]), "--regid", str(found["user"]), "--clear-groups", "--inh-caps", "+dac_read_search",
              "--ambient-caps", "+dac_read_search", "--bounding-set", "-all,+dac_read_search"]  # fmt: skip
    return ["setpriv", *rights, sys.executable, str(HOSTILE)]


def test_each_module_has_a_task() -> None:
    assert sorted({task["module"] for task in TASKS}) == MODULES


@pytest.mark.parametrize("mode", ["in-process", "module"])
@pytest.mark.parametrize("name", PLACES)
def test_no_internal_error(request: Any, place: Path, url: str, namespace: str, tmp_path: Path, name: str, mode: str) -> None:
    found, plane = PLACES[name], request.getfixturevalue("plane")
    if "user" in found and (os.geteuid() != 0 or shutil.which("setpriv") is None):
        pytest.skip("another user id needs root and setpriv")
    kubeconfig = place / "kubeconfig"
    kubeconfig.write_bytes(Path(plane.kubeconfig).read_bytes())
    kubeconfig.chmod(0o644)
    for folder in ("home", "out", "fleet"):
        (tmp_path / folder).mkdir()
    needs = f"dependencies: [{{name: web, version: 0.1.0, repository: '{url}'}}]\n"
    (tmp_path / "fleet" / "Chart.yaml").write_text(f"apiVersion: v2\nname: fleet\nversion: 0.1.0\n{needs}")
    facts = {
        "chart": str(place / "web"), "archive": str(place / "served" / "web-0.1.0.tgz"), "url": url, "namespace": namespace, "name": "r",
        "out": str(tmp_path / "out"), "fleet": str(tmp_path / "fleet"), "home": str(tmp_path / "home"), "full": str(tmp_path / "full"),
    }  # fmt: skip
    if found.get("full"):
        facts["out"] = facts["full"]
        request.getfixturevalue("full_disk")
    cases, tasks = [], []
    for task in TASKS:
        params = filled(task["params"], facts)
        if params.get("kubeconfig"):
            params["kubeconfig"] = json.loads(kubeconfig.read_text())
        elif task["module"] not in REPOSITORIES:
            params["kubeconfig"] = str(kubeconfig)
        facts_of_case = {"environ": filled(found["environ"], facts), "surroundings": found.get("surroundings", []), "folder": str(place)}
        for check in (True, False) if task.get("check") else (False,):
            cases.append({"mode": mode, "module": task["module"], "params": params, "check": check, **facts_of_case})
            tasks.append(task)
    (tmp_path / "ansible").mkdir()
    (tmp_path / "ansible").chmod(0o777)  # also of another user
    start = {**os.environ, "ANSIBLE_HOME": str(tmp_path / "ansible"), "ANSIBLE_LOCAL_TEMP": str(tmp_path / "ansible"), **found.get("start", {})}
    text = "".join(json.dumps(case) + "\n" for case in cases)
    run = subprocess.run(command(found), input=text, capture_output=True, text=True, env=start, cwd=place, timeout=300, check=False)
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(results) == len(cases), run.stderr
    counts: Counter[str] = Counter()
    faults = []
    for case, task, result in zip(cases, tasks, results, strict=True):
        counts["failed" if result.get("failed") else "worked"] += 1
        words = str(result.get("msg") or "")
        bad = bool(result.get("raised")) or "Internal error" in words or result.get("exception")
        bad = bad or bool(result.get("failed") and (not words or "Traceback" in words or "\n" in words.strip() or "[Errno" in words))
        must = found.get("writes" if task.get("writes") else "works", False)
        if bad or (result.get("failed") and must and not case["check"]):
            faults.append((case["module"], case["params"], "check" if case["check"] else "run", words, result.get("raised"), result.get("error")))
    request.node.user_properties.append(("counts",
        f"{name}, {mode}: {counts['worked']} worked, {counts['failed']} failed with a sentence, {len(faults)} faults"))
    assert not faults, "\n".join(map(str, faults))
