# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Immutable fields: objects are recreated if the task allows it, for every wording of the server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from module_calls import Modules

TEMPLATE = "template: {metadata: {labels: {app: %s}}, spec: {containers: [{name: c, image: '%s'}]}}"
RBAC = "rbac.authorization.k8s.io"
#: name -> apiVersion, kind, body; v is 1, then 2
CHANGES: dict[str, tuple[str, str, str]] = {
    "StatefulSet": (
        "apps/v1",
        "StatefulSet",
        "spec: {serviceName: x, selector: {matchLabels: {app: s}}, "
        + TEMPLATE % ("s", "x")
        + ", volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: {{ .Values.v }}Gi}}}}]}",
    ),
    "Deployment": ("apps/v1", "Deployment", "spec: {selector: {matchLabels: {app: s{{ .Values.v }}}}, " + TEMPLATE % ("s{{ .Values.v }}", "x") + "}"),
    "DaemonSet": ("apps/v1", "DaemonSet", "spec: {selector: {matchLabels: {app: s{{ .Values.v }}}}, " + TEMPLATE % ("s{{ .Values.v }}", "x") + "}"),
    "Service": ("v1", "Service", "spec: {ports: [{port: 80}], {{ if eq (int .Values.v) 2 }}clusterIP: None{{ end }}}"),
    "Service with a port": (
        "v1",
        "Service",
        "spec: {type: LoadBalancer, loadBalancerClass: 'a/c{{ .Values.v }}', ports: [{port: 80, nodePort: 3{{ .Values.port }}}]}",
    ),
    "ConfigMap": ("v1", "ConfigMap", "immutable: true\ndata: {a: '{{ .Values.v }}'}"),
    "Secret": ("v1", "Secret", "type: example.com/t{{ .Values.v }}"),
    "PersistentVolumeClaim": ("v1", "PersistentVolumeClaim", "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: {{ sub 5 .Values.v }}Gi}}}"),
    "Job": ("batch/v1", "Job", "spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'x:{{ .Values.v }}'}]}}}"),
    "Pod": ("v1", "Pod", "spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: x, env: [{name: A, value: '{{ .Values.v }}'}]}]}"),
    "RoleBinding": (f"{RBAC}/v1", "RoleBinding", f"roleRef: {{kind: Role, name: 'r{{{{ .Values.v }}}}', apiGroup: {RBAC}}}"),
    "Gear": ("cogs.example.com/v1", "Gear", "spec: {fixed: 'a{{ .Values.v }}'}"),
    "Gear with a reason": ("cogs.example.com/v1", "Gear", "spec: {bound: 'a{{ .Values.v }}'}"),
    "Gear with one more field": ("cogs.example.com/v1", "Gear", "spec: {bound: a{{ if eq (int .Values.v) 2 }}, fixed: b{{ end }}}"),
}
#: what is refused for the value itself, alone or with a change that is refused as well
INVALID: dict[str, tuple[str, str, str]] = {
    "replicas": (
        "apps/v1",
        "Deployment",
        "spec: {replicas: {{ if eq (int .Values.v) 2 }}-1{{ else }}1{{ end }}, selector: {matchLabels: {app: s}}, " + TEMPLATE % ("s", "x") + "}",
    ),
    "replicas and a selector": (
        "apps/v1",
        "Deployment",
        "spec: {replicas: {{ if eq (int .Values.v) 2 }}-1{{ else }}1{{ end }}, selector: {matchLabels: {app: s{{ .Values.v }}}}, "
        + TEMPLATE % ("s{{ .Values.v }}", "x")
        + "}",
    ),
    "labels beside the selector": (
        "apps/v1",
        "Deployment",
        "spec: {selector: {matchLabels: {app: s1}}, " + TEMPLATE % ("s{{ .Values.v }}", "x") + "}",
    ),
    "port": ("v1", "Service", "spec: {ports: [{port: {{ if eq (int .Values.v) 2 }}800000{{ else }}80{{ end }}}]}"),
    "family": ("v1", "Service", "spec: {ports: [{port: 80}], {{ if eq (int .Values.v) 2 }}ipFamilies: [IPv6]{{ end }}}"),
    "key": ("v1", "ConfigMap", "data: {'a{{ if eq (int .Values.v) 2 }} {{ end }}b': c}"),
    "role": (
        f"{RBAC}/v1", "RoleBinding",
        f"roleRef: {{kind: {{{{ if eq (int .Values.v) 2 }}}}None{{{{ else }}}}Role{{{{ end }}}}, name: r, apiGroup: {RBAC}}}",
    ),
    "number": ("cogs.example.com/v1", "Gear", "spec: {small: {{ mul 4 .Values.v }}}"),
    "rule": ("cogs.example.com/v1", "Gear", "spec: {odd: {{ .Values.v }}}"),
    "rule and a fixed field": ("cogs.example.com/v1", "Gear", "spec: {odd: {{ .Values.v }}, fixed: 'a{{ .Values.v }}'}"),
}
GEARS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gears.cogs.example.com}
spec:
  group: cogs.example.com
  scope: Namespaced
  names: {kind: Gear, plural: gears, singular: gear}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-validations: [{rule: 'has(self.fixed) == has(oldSelf.fixed)', message: 'is there from the first day, or never'}]
            properties:
              fixed: {type: string, x-kubernetes-validations: [{rule: self == oldSelf}]}
              bound: {type: string, x-kubernetes-validations: [{rule: self == oldSelf, message: one for life, reason: FieldValueForbidden}]}
              small: {type: integer, maximum: 5}
              odd: {type: integer, x-kubernetes-validations: [{rule: self % 2 == 1, message: must be odd}]}
"""


@pytest.fixture
def modules(plane: Any, tmp_path: Path) -> Modules:
    return Modules(plane.kubeconfig, tmp_path)


@pytest.fixture(scope="module")
def gears(admin: Any) -> None:
    import yaml

    admin.apply(yaml.safe_load(GEARS))
    admin.invalidate_discovery()
    ref = ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gears.cogs.example.com")
    deadline = time.monotonic() + 30
    while not any(c["type"] == "Established" and c["status"] == "True" for c in (admin.read(ref).get("status") or {}).get("conditions") or []):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(2)


_port = iter(range(1100, 2000))


def release(modules: Modules, namespace: str, change: tuple[str, str, str], server_side: str) -> dict[str, Any]:
    """Options of a release with one object, which is installed."""
    api_version, kind, body = change
    text = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x}}\n{body}\n"
    chart = modules.chart("one", {"x": text}, values=f"v: 1\nport: {next(_port)}\n")
    options = {"name": "one", "namespace": namespace, "chart_ref": chart, "server_side": server_side}
    modules("chart_release", **options)
    return options


@pytest.mark.parametrize("server_side", ["true", "false"])
@pytest.mark.parametrize("change", CHANGES)
def test_recreated_where_the_task_allows_it(modules: Modules, admin: Any, namespace: str, gears: None, change: str, server_side: str) -> None:
    options = release(modules, namespace, CHANGES[change], server_side)
    ref = ObjectRef(CHANGES[change][0], CHANGES[change][1], namespace, "x")
    uid = admin.read(ref)["metadata"]["uid"]
    new = {**options, "values": {"v": 2}}
    recreate = {"on_immutable": "recreate", "recreate_kinds": [ref.kind], "timeout": "60s"}
    for others in ({}, {"on_immutable": "recreate", "recreate_kinds": ["Lease"]}):
        modules("chart_release", check=True, fails=True, **new, **others)
    assert admin.read(ref)["metadata"]["uid"] == uid
    check = modules("chart_release", check=True, **new, **recreate)
    assert check["changed"] and admin.read(ref)["metadata"]["uid"] == uid
    result = modules("chart_release", **new, **recreate)
    assert result["changed"] and admin.read(ref)["metadata"]["uid"] != uid
    assert not modules("chart_release", **new, **recreate)["changed"]


@pytest.mark.parametrize("server_side", ["true", "false"])
@pytest.mark.parametrize("change", INVALID)
def test_an_invalid_value_deletes_nothing(modules: Modules, admin: Any, namespace: str, gears: None, change: str, server_side: str) -> None:
    options = release(modules, namespace, INVALID[change], server_side)
    ref = ObjectRef(INVALID[change][0], INVALID[change][1], namespace, "x")
    uid = admin.read(ref)["metadata"]["uid"]
    for check in (True, False):
        result = modules(
            "chart_release", check=check, fails=True, **options, values={"v": 2}, on_immutable="recreate", recreate_kinds=[ref.kind]
        )
        assert result["error"]["class"] == "Rejected" and not result["changed"]
    assert admin.read(ref)["metadata"]["uid"] == uid
