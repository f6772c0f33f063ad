# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check, run, check, run of every module and state: the prediction of check mode equals the result.

``scenarios.py`` is the table. Everything that a result holds is compared, but for what only a run can know: ``OF_A_RUN``, each with its reason.
"""

from __future__ import annotations

import functools
import http.server
import importlib
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "registry")]
import servers
from scenarios import CHARTS, SCENARIOS, VALUES, Scenario, Step

PACKAGE = "ansible_collections.windlass.charts.plugins.module_utils._ansible.faces"
#: what check mode cannot predict
OF_A_RUN = (
    r"stdout(_lines)?",  # what helm would print of what it has done
    r"status\.(updated|description|notes)",  # a time; "Install complete" only after the run; notes may contain either
    r"plan\.operations\[\d+\]\.unverified",  # only where the server cannot check a step in advance
    r"(tests|hook_logs|log)\b.*",  # how a hook went
    r"(proved\b.*|token_expires)",  # what the server grants and issues
    r"copied\[\d+\]\.manifest_digest",  # it depends on the archive, which check mode does not download from a repository
)
_BEFOREHAND = re.compile(r" \(not predictable: [^\n]*\)")
_SKIPPED = re.compile(rf"(releases\[\d+\]\.)?({'|'.join(OF_A_RUN)})$")


def differences(one: Any, two: Any, path: str = "") -> list[str]:
    """Paths of the leaves in which two results differ, but for what only a run can know."""
    if path and _SKIPPED.match(path):
        return []
    if isinstance(one, dict) and isinstance(two, dict):
        keys = [*one, *(key for key in two if key not in one)]
        return [d for key in keys for d in differences(one.get(key), two.get(key), f"{path}.{key}" if path else str(key))]
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [d for index, pair in enumerate(zip(one, two, strict=True)) for d in differences(*pair, f"{path}[{index}]")]
    if path.endswith("diff.prepared"):
        one, two = _BEFOREHAND.sub("", str(one)), _BEFOREHAND.sub("", str(two))
    return [] if one == two else [f"{path}: {json.dumps(one, default=str)[:300]} | {json.dumps(two, default=str)[:300]}"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture(scope="session")
def charts(tmp_path_factory) -> Path:
    top = tmp_path_factory.mktemp("charts")
    for name, files in CHARTS.items():
        folder = top / name
        base, version = name.rstrip("0123456789"), re.sub(r"\D", "", name) or "1"
        head = f"{{apiVersion: v2, name: {base}, version: {version}.0.0}}\n"
        for path, text in {"Chart.yaml": head, "values.yaml": VALUES, **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    return top


@pytest.fixture(scope="session")
def url(tmp_path_factory, charts, programs):
    folder = tmp_path_factory.mktemp("served")
    for command in (["package", str(charts / "plain"), "--destination", str(folder)], ["repo", "index", str(folder)]):
        subprocess.run([str(programs["helm4"]), *command], env={"HOME": str(folder)}, check=True, stdout=subprocess.DEVNULL)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def registry(tmp_path_factory):
    running = servers.with_htpasswd(tmp_path_factory.mktemp("registry"))
    yield running
    running.stop()


class World:
    """A separate namespace, home and folder of a scenario.

    Also functions that change the cluster without the collection.
    """

    def __init__(self, plane: Any, admin: Any, namespace: str, charts: Path, words: dict[str, str], folder: Path) -> None:
        self.plane, self.admin, self.namespace, self.charts = plane, admin, namespace, charts
        self.words = {"{ns}": namespace, "{new}": f"{namespace}-new", "{tmp}": str(folder), **words}
        self.environ = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PATH": os.environ["PATH"]}

    def filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        if not isinstance(value, str):
            return value
        for word, meaning in self.words.items():
            value = value.replace(word, meaning)
        return re.sub(r"\{chart:(\w+)\}", lambda found: str(self.charts / found[1]), value)

    def call(self, module: str, params: dict[str, Any], check: bool = False) -> dict[str, Any]:
        spec = dict(getattr(specs, module)())
        spec.pop("supports_check_mode")
        given = {**self.filled(params)}
        if "kubeconfig" in spec["argument_spec"]:
            given["kubeconfig"] = str(self.plane.kubeconfig)
        checked = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given)
        assert not checked.error_messages, checked.error_messages
        face = getattr(importlib.import_module(f"{PACKAGE}.{module}"), module)
        return run(face, checked.validated_parameters, check, True, self.environ)

    def do(self, step: Step) -> None:
        if step.hand:
            MANUAL_STEPS[step.hand](self)
            return
        result = self.call(step.module, step.params)
        assert bool(result.get("failed")) == step.fails, result.get("msg", "it did not fail")

    def config(self, name: str = "demo-a") -> Any:
        from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

        return ObjectRef("v1", "ConfigMap", self.namespace, name)


def _make(world: World) -> None:
    world.admin.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "demo-a", "namespace": world.namespace}})


def _change(world: World) -> None:
    world.admin.patch(world.config(), {"data": {"turn": "by hand"}})


def _fleet(world: World) -> None:
    """A chart with dependencies in ``{tmp}``: one of the repository, one of a folder."""
    head = "apiVersion: v2\nname: fleet\nversion: 1.0.0\ndependencies:\n"
    downloaded = f"- {{name: plain, version: '>=1', repository: '{world.words['{url}']}'}}\n"
    packaged = f"- {{name: hooks, version: 1.0.0, alias: hooked, repository: 'file://{world.charts}/hooks'}}\n"
    folder = Path(world.words["{tmp}"], "fleet")
    folder.mkdir(exist_ok=True)
    (folder / "Chart.yaml").write_text(head + downloaded + packaged)
    (folder / "values.yaml").write_text("{}\n")


def _stray(world: World) -> None:
    """An archive that no dependency declares, and one that is damaged."""
    charts = Path(world.words["{tmp}"], "fleet", "charts")
    (charts / "plain-1.0.0.tgz").rename(charts / "plain-0.9.0.tgz")
    (charts / "hooks-1.0.0.tgz").write_bytes(b"no archive")


def _others(world: World) -> None:
    """Another archive of the version that is pushed."""
    folder = Path(world.words["{tmp}"], "charts")
    folder.mkdir()
    (folder / "hooks-1.0.0.tgz").write_bytes(b"another archive")


MANUAL_STEPS = {
    "make config": _make,
    "change config": _change,
    "lose config": lambda world: world.admin.delete(world.config()),
    "make fleet": _fleet,
    "damage fleet": _stray,
    "make archive": _others,
}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_four_steps(plane, admin, namespace, charts, url, registry, tmp_path, scenario: Scenario):
    words = {"{url}": url, "{registry}": registry.host, "{user}": servers.USER, "{password}": servers.PASSWORD}
    world = World(plane, admin, namespace, charts, words, tmp_path)
    for step in scenario.before:
        world.do(step)
    steps = []
    for number, check in enumerate((True, False, True, False)):
        result = world.call(scenario.module, scenario.params, check)
        assert not result.get("failed"), f"step {number + 1}: {result['msg']}"
        steps.append({key: value for key, value in result.items() if key != "invocation"})
    assert [step["changed"] for step in steps] == [scenario.first, scenario.first, scenario.again, scenario.again]
    predicted, done, predicted_again, done_again = steps
    assert differences(predicted, done) == []
    assert differences(predicted_again, done_again) == []
    if not scenario.again and isinstance(done.get("status"), dict):
        assert predicted_again["status"] == done["status"] == done_again["status"]  # to the last second: nothing was written


def test_every_module_and_state_has_its_line():
    """A module that lands needs its lines here."""
    modules = {path.stem for path in (Path(__file__).resolve().parents[2] / "plugins" / "modules").glob("*.py")}
    assert modules <= {scenario.module for scenario in SCENARIOS}
    for module in modules:
        state = next((o for o in getattr(specs, module)()["argument_spec"].values() if "absent" in o.get("choices", ())), None)
        if state:
            lines = [scenario.params.get("state", "present") for scenario in SCENARIOS if scenario.module == module]
            assert set(state["choices"]) <= set(lines), module
