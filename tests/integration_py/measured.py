# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts the requests of each action to the API server, for this collection and the real helm 4.

Chart by chart: for the test and docs/requests.md.

The faces are called as both execution modes call them, with empty caches; each run has a separate user agent. ``budget`` returns the limits.
The requests are counted in the control plane's audit log, without those of the control plane itself.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import audit
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release import chart_release
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_info import chart_release_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_rollback import chart_release_rollback
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

ROOT = Path(__file__).resolve().parents[2]
FACES = {"chart_release": chart_release, "chart_release_rollback": chart_release_rollback, "chart_release_info": chart_release_info}

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-%s'}\ndata: {k: %s, turn: '{{ .Values.turn }}'}\n"
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: '{{ .Release.Name }}-%s', annotations: {turn: '{{ .Values.turn }}'}}\n"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: '{{ .Release.Name }}-%s', annotations: {turn: '{{ .Values.turn }}'}}\nspec: {ports: [{port: 80}]}\n"
JOB = """apiVersion: batch/v1
kind: Job
metadata: {name: '{{ .Release.Name }}-%s', annotations: {helm.sh/hook: '%s'}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: example/c}]}}}
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: '{{ .Release.Name }}-%s', annotations: {turn: '{{ .Values.turn }}'}}
spec:
  selector: {matchLabels: {app: '{{ .Release.Name }}-%s'}}
  template: {metadata: {labels: {app: '{{ .Release.Name }}-%s'}}, spec: {containers: [{name: c, image: example/c}]}}
"""
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: buoys.requests.test}
spec:
  group: requests.test
  scope: Namespaced
  names: {plural: buoys, singular: buoy, kind: Buoy}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
"""
BUOY = "apiVersion: requests.test/v1\nkind: Buoy\nmetadata: {name: '{{ .Release.Name }}'}\nspec: {turn: '{{ .Values.turn }}'}\n"


@dataclass(frozen=True)
class Scenario:
    """A chart, and the requests that its templates need beyond the objects.

    ``asks`` of a no-op (1 a version, 2 discovery, 1 a lookup).
    """

    name: str
    templates: dict[str, str]
    crds: dict[str, str] = field(default_factory=dict)
    wait: bool = False
    asks: int = 0

    def written(self, folder: Path) -> Path:
        chart = folder / self.name.replace(" ", "-")
        for place, files in (("templates", self.templates), ("crds", self.crds)):
            (chart / place).mkdir(parents=True)
            for name, text in files.items():
                (chart / place / f"{name}.yaml").write_text(text)
        (chart / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {chart.name}, version: 0.1.0}}\n")
        (chart / "values.yaml").write_text("turn: first\n")
        return chart


SCENARIOS = [
    Scenario("one object", {"a": CONFIG % ("a", "v")}),
    Scenario("ten of one kind", {f"m{n}": CONFIG % (f"m{n}", "v") for n in range(10)}),
    Scenario(
        "thirty of three kinds",
        {f"{kind}{n}": text for n in range(10) for kind, text in (("m", CONFIG % (f"m{n}", "v")), ("a", ACCOUNT % f"a{n}"), ("s", SERVICE % f"s{n}"))},
    ),
    Scenario("a password", {"a": CONFIG % ("a", "{{ randAlphaNum 12 }}")}),
    Scenario("reads the version", {"a": CONFIG % ("a", "{{ .Capabilities.KubeVersion.Version | quote }}")}, asks=1),
    Scenario("reads the APIs", {"a": CONFIG % ("a", '{{ .Capabilities.APIVersions.Has "batch/v1/Job" | quote }}')}, asks=2),
    Scenario("a lookup", {"a": CONFIG % ("a", '{{ (lookup "v1" "Namespace" "" "default").kind }}')}, asks=1),
    Scenario("two hooks", {"a": CONFIG % ("a", "v"), "b": JOB % ("b", "pre-install,pre-upgrade"), "c": JOB % ("c", "post-install,post-upgrade")}),
    Scenario("waits for readiness", {"a": CONFIG % ("a", "v"), "d": DEPLOYMENT % ("d", "d", "d"), "e": DEPLOYMENT % ("e", "e", "e")}, wait=True),
    Scenario("a CRD and its object", {"a": BUOY}, crds={"buoy": CRD}, asks=2),
]

VERBS = ("install, check mode", "install", "unchanged", "unchanged, check mode", "upgrade, check mode", "upgrade", "rollback", "info", "uninstall")
LOCK_VERBS = ("get", "update", "patch")


@dataclass
class Row:
    chart: str
    verb: str
    objects: int
    ours: int
    allowed: int
    helm: int | None
    asked: list[str]


class Plan:
    """The steps of a result that count for the budget."""

    def __init__(self, result: dict[str, Any]) -> None:
        verbs = [operation["verb"] for operation in (result.get("plan") or {}).get("operations", [])]
        self.hooks = verbs.count("hook")
        self.crds = verbs.count("create_crd")
        self.kinds = len({op["object"].split()[0] for op in result["plan"]["operations"] if op["verb"] in ("apply", "create", "delete")})


def budget(scenario: Scenario, verb: str, objects: int, plan: Plan) -> int:
    """The limit of a verb. Each object is read with one request.

    A list of the whole kind would grow with other releases.
    """
    if verb == "info":
        return 1
    if verb.startswith("unchanged"):
        return 2 + objects + scenario.asks
    waits = 2 * plan.kinds if scenario.wait else 0
    left = sum("helm.sh/hook" in text for text in scenario.templates.values()) if verb == "uninstall" else 0
    return 2 * objects + 10 + left + waits + 6 * plan.hooks + (4 if scenario.crds else 0) + scenario.asks


class Counter:
    """Both sides on one control plane; ``folder`` is for charts, homes and caches."""

    def __init__(self, plane: Any, helm: Path, folder: Path) -> None:
        self.plane, self.helm_binary, self.folder = plane, helm, folder
        self.turn = 0

    def ours(self, face: str, params: dict[str, Any], check: bool = False) -> tuple[dict[str, Any], list[audit.Request]]:
        self.turn += 1
        spec = dict(getattr(specs, face)())
        spec.pop("supports_check_mode")
        agent = f"turn-{self.turn}-"
        given = {**params, "kubeconfig": str(self.plane.kubeconfig), "proxy_headers": {"user_agent": agent}}
        checked = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given)
        assert not checked.error_messages, checked.error_messages
        home = self.folder / f"home-{self.turn}"
        home.mkdir()
        environ = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PATH": os.environ["PATH"]}
        with audit.watching(self.plane.audit_log, agent=agent) as window:
            result = run(FACES[face], checked.validated_parameters, check, False, environ)
        assert not result.get("failed"), (face, params, result["msg"])
        return result, [request for request in window if not ("/leases/" in request.uri and request.verb in LOCK_VERBS)]

    def helm(self, *words: str) -> int:
        home = self.folder / "helm"
        env = {f"HELM_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
        env.update(HOME=str(home), PATH=os.environ["PATH"], KUBECONFIG=str(self.plane.kubeconfig))
        with audit.watching(self.plane.audit_log, agent="Helm/") as window:
            done = subprocess.run([str(self.helm_binary), *words], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return len(window)

    def rows(self, scenario: Scenario, *, with_helm: bool) -> Iterator[Row]:
        """Runs every verb in order.

        Helm's first, in a separate namespace, so that both find the same cluster.
        """
        chart = scenario.written(self.folder)
        space = chart.name.lower()
        theirs = self._helms(scenario, chart, f"{space}-helm") if with_helm else {}
        base = {"name": "demo", "namespace": f"{space}-ours", "chart_ref": str(chart), "create_namespace": True, "wait": scenario.wait}
        second = {**base, "values": {"turn": "second"}}
        brief = {"name": "demo", "namespace": base["namespace"]}
        calls: list[tuple[str, str, dict[str, Any], bool]] = [
            ("install, check mode", "chart_release", base, True),
            ("install", "chart_release", base, False),
            ("unchanged", "chart_release", base, False),
            ("unchanged, check mode", "chart_release", base, True),
            ("upgrade, check mode", "chart_release", second, True),
            ("upgrade", "chart_release", second, False),
            ("rollback", "chart_release_rollback", {**brief, "wait": scenario.wait}, False),
            ("info", "chart_release_info", brief, False),
            ("uninstall", "chart_release", {**brief, "state": "absent", "wait": scenario.wait}, False),
        ]
        objects = sum(1 for _ in scenario.templates.values()) - sum("helm.sh/hook" in text for text in scenario.templates.values())
        for verb, face, params, check in calls:
            result, asked = self.ours(face, params, check)
            assert verb == "info" or result["changed"] != verb.startswith("unchanged"), (scenario.name, verb, result)
            plan = Plan(result) if verb != "info" else Plan({"plan": {"operations": []}})
            yield Row(
                scenario.name, verb, objects, len(asked), budget(scenario, verb, objects, plan), theirs.get(verb), [str(r) for r in asked]
            )

    def _helms(self, scenario: Scenario, chart: Path, namespace: str) -> dict[str, int]:
        wait = ["--wait"] if scenario.wait else []
        where = ["--namespace", namespace]
        install = ["upgrade", "--install", "demo", str(chart), *where, "--create-namespace", *wait]
        counts = {"install": self.helm(*install), "unchanged": self.helm(*install)}
        counts["upgrade"] = self.helm(*install, "--set", "turn=second")
        counts["rollback"] = self.helm("rollback", "demo", *where, *wait)
        counts["info"] = self.helm("get", "all", "demo", *where)
        counts["uninstall"] = self.helm("uninstall", "demo", *where, *wait)
        return counts
