# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role grants everything that the modules request, and nothing more.

Every verb and option with requests of its own is called once; the audit log has the requests.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import audit
import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.access.identity import NAMESPACE_RULES
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

PACKAGE = "ansible_collections.windlass.charts.plugins.module_utils._ansible.faces"
POD = "spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: c, image: example/c}]}"
WORK = "spec:\n  selector: {matchLabels: {app: %s}}\n%s  template: {metadata: {labels: {app: %s}%s}, spec: {containers: [{name: c, image: example/c}]}}\n"
HEAD = "apiVersion: %s\nkind: %s\nmetadata: {name: '{{ .Release.Name }}-x', annotations: {turn: '{{ .Values.turn }}'}}\n"
#: one object of each kind that the role names
KINDS = {
    "ConfigMap": ("v1", "data: {a: b}\n"),
    "Secret": ("v1", "stringData: {a: b}\n"),
    "ServiceAccount": ("v1", ""),
    "Service": ("v1", "spec: {ports: [{port: 80}]}\n"),
    "PersistentVolumeClaim": ("v1", "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"),
    "Pod": ("v1", POD.replace("Never", "Always") + "\n"),
    "Deployment": ("apps/v1", WORK % ("d", "", "d", "")),
    "DaemonSet": ("apps/v1", WORK % ("e", "", "e", "")),
    "StatefulSet": ("apps/v1", WORK % ("s", "  serviceName: s\n", "s", "")),
    "Job": ("batch/v1", f"spec: {{template: {{{POD}}}}}\n"),
    "CronJob": ("batch/v1", f"spec: {{schedule: '0 0 1 1 *', jobTemplate: {{spec: {{template: {{{POD}}}}}}}}}\n"),
    "HorizontalPodAutoscaler": (
        "autoscaling/v2",
        "spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}}\n",
    ),
    "Ingress": ("networking.k8s.io/v1", "spec: {defaultBackend: {service: {name: x, port: {number: 80}}}}\n"),
    "NetworkPolicy": ("networking.k8s.io/v1", "spec: {podSelector: {}}\n"),
    "PodDisruptionBudget": ("policy/v1", "spec: {minAvailable: 0, selector: {matchLabels: {app: d}}}\n"),
}
HOOK = "metadata: {name: '{{ .Release.Name }}-h', annotations: {helm.sh/hook: '%s', helm.sh/hook-output-log-policy: hook-succeeded}}\n"
#: nothing here binds claims, or measures pods
NEVER_READY = {"PersistentVolumeClaim": "true", "HorizontalPodAutoscaler": "true"}
JOB_HOOK = "apiVersion: batch/v1\nkind: Job\n" + HOOK % "pre-install,pre-upgrade,pre-rollback,pre-delete" + f"spec: {{template: {{{POD}}}}}\n"
TEST = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: t, annotations: {{helm.sh/hook: test, windlass.test/outcome: succeeded}}}}\n{POD}\n"
ASKS = "data: {asked: '{{ (lookup \"v1\" \"Secret\" .Release.Namespace \"given\").kind }}', v: '{{ .Capabilities.KubeVersion.Version }}'}\n"
CRASHES = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bad}\n" + WORK % ("bad", "", "bad", ", annotations: {windlass.test/outcome: crash}")
CHARTS = {
    "whole": {
        **{kind: HEAD % (version, kind) + body for kind, (version, body) in KINDS.items()},
        "h": JOB_HOOK,
        "t": TEST,
        "asks": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: asks}\n" + ASKS,
    },
    "light": {kind: HEAD % (version, kind) + body for kind, (version, body) in KINDS.items() if kind in ("ConfigMap", "Service")},
    "bad": {"d": CRASHES},
}


class Deployer:
    """Calls the faces with the kubeconfig of the identity."""

    def __init__(self, plane: Any, folder: Path) -> None:
        self.plane, self.folder = plane, folder
        self.kubeconfig = str(plane.kubeconfig)
        self.environ = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PATH": "/usr/bin:/bin"}

    def __call__(self, module: str, *, check: bool = False, fails: bool = False, **params: Any) -> dict[str, Any]:
        spec = dict(getattr(specs, module)())
        spec.pop("supports_check_mode")
        checked = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate({"kubeconfig": self.kubeconfig, **params})
        assert not checked.error_messages, checked.error_messages
        face = getattr(importlib.import_module(f"{PACKAGE}.{module}"), module)
        result = run(face, checked.validated_parameters, check, True, self.environ)
        assert bool(result.get("failed")) == fails, result.get("msg", result)
        return result


@pytest.fixture
def deployer(plane: Any, namespace: str, tmp_path: Path) -> Deployer:
    made = Deployer(plane, tmp_path)
    path = str(tmp_path / "kubeconfig")
    made("deployer_identity", name="keeper", namespace=namespace, namespaces=[namespace], path=path, token_duration="1h")
    made.kubeconfig = path
    return made


@pytest.fixture
def charts(tmp_path: Path) -> dict[str, str]:
    for name, templates in CHARTS.items():
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {name}, version: 0.1.0}}\n")
        (tmp_path / name / "values.yaml").write_text("turn: first\n")
        for template, text in templates.items():
            (tmp_path / name / "templates" / f"{template}.yaml").write_text(text)
    return {name: str(tmp_path / name) for name in CHARTS}


def requests_of(window: audit.Window, user: str) -> tuple[dict[tuple[str, str], set[str]], list[str]]:
    """(group, resource) -> verbs, and the refused requests."""
    requested: dict[tuple[str, str], set[str]] = defaultdict(set)
    refused = []
    for request in window:
        if request.user != user:
            continue
        if request.code == 403:
            refused.append(str(request))
        path = request.uri.partition("?")[0].strip("/").split("/")
        group, rest = ("", path[2:]) if path[0] == "api" else (path[1], path[3:]) if path[0] == "apis" else ("", [])
        if len(rest) > 2 and rest[0] == "namespaces":
            rest = rest[2:]
        if rest:
            requested[(group, "/".join([rest[0], *rest[2:3]]))].add(request.verb)
    return requested, refused


def granted() -> dict[tuple[str, str], set[str]]:
    return {(group, name): set(rule["verbs"]) for rule in NAMESPACE_RULES for group in rule["apiGroups"] for name in rule["resources"]}


def everything(deployer: Deployer, admin: Any, namespace: str, charts: dict[str, str]) -> None:
    given = {"apiVersion": "v1", "metadata": {"name": "given", "namespace": namespace}}
    admin.create({**given, "kind": "Secret", "stringData": {"turn": "secret"}})
    admin.create({**given, "kind": "ConfigMap", "data": {"values.yaml": "more: true\n"}})
    sources = [{"secret": {"name": "given", "key": "turn"}, "target_path": "turn"}, {"config_map": {"name": "given", "key": "values.yaml"}}]
    demo = {"name": "demo", "namespace": namespace}
    whole = {**demo, "chart_ref": charts["whole"], "timeout": "60s", "ready_when": NEVER_READY}
    deployer("chart_release", check=True, **whole)
    deployer("chart_release", **whole, wait=True, values_from=sources)
    admin.patch(ObjectRef("v1", "ConfigMap", namespace, "asks"), {"data": {"asked": "by hand"}})
    for drift in ("report", "correct"):
        deployer("chart_release", **whole, values_from=sources, drift=drift)
    deployer("chart_release", **whole, values={"turn": "second"}, patches=[{"target": {"kind": "Service"}, "patch": {"metadata": {"labels": {"a": "b"}}}}])
    deployer("chart_release_rollback", **demo, revision=1)
    deployer("chart_release_test", **demo, logs=True)
    requested = dict.fromkeys(("resources", "drift", "deprecated_apis"), True)
    deployer("chart_release_info", **demo, **requested)
    old = {"holderIdentity": "far/1/a", "leaseDurationSeconds": 1, "renewTime": "2020-01-01T00:00:00.000000Z"}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "windlass.release.demo", "namespace": namespace}}
    admin.create({**lease, "spec": old})
    deployer("chart_release", **whole, values={"turn": "third"}, server_side="false")
    light = {"name": "light", "namespace": namespace, "chart_ref": charts["light"]}
    deployer("chart_release", **light)
    deployer("chart_release", **light, values={"turn": "forced"}, force=True)
    held = admin.list("apps/v1", "ReplicaSet", namespace)[0][0]["metadata"]["name"]
    ref = ObjectRef("apps/v1", "ReplicaSet", namespace, held)
    admin.patch(ref, {"metadata": {"finalizers": ["windlass.test/held"]}})
    stays = deployer("chart_release", fails=True, **demo, state="absent", wait=True, timeout="8s")
    assert f"ReplicaSet {held} held by windlass.test/held" in stays["msg"]
    admin.patch(ref, {"metadata": {"finalizers": None}})
    deployer("chart_release", **demo, state="absent", wait=True, timeout="60s", cascade="foreground")
    for storage in ("configmap", "secret"):
        bad = {"name": "bad", "namespace": namespace, "chart_ref": charts["bad"], "storage_driver": storage, "wait": True, "timeout": "30s"}
        failed = deployer("chart_release", fails=True, **bad, fail_fast="2s", on_failure="uninstall")
        assert failed["error"]["fields"]["objects"][0]["pods"], failed["msg"]


def test_the_granted_permissions_are_the_requested_ones(
    deployer: Deployer, plane: Any, admin: Any, namespace: str, charts: dict[str, str]
) -> None:
    with audit.watching(plane.audit_log) as window:
        everything(deployer, admin, namespace, charts)
    requested, refused = requests_of(window, f"system:serviceaccount:{namespace}:keeper")
    assert refused == []
    rights = granted()
    requested.pop(("authorization.k8s.io", "selfsubjectaccessreviews"))  # every identity may ask about itself
    # an apply of what is not there is a patch that needs the right to create
    beyond = {what: verbs - rights.get(what, set()) for what, verbs in requested.items()}
    assert {what: verbs for what, verbs in beyond.items() if verbs} == {}
    own = {("coordination.k8s.io", "leases"), ("apps", "replicasets"), ("", "events"), ("", "pods/log"), ("", "namespaces")}
    assert {what: requested[what] for what in own} == {what: rights[what] for what in own}, "the work's own"
    kinds = set(rights) - own
    assert kinds <= set(requested), "kinds that no chart of this test holds"
    assert set().union(*(requested[what] for what in kinds)) == {"get", "list", "watch", "create", "update", "patch", "delete"}
