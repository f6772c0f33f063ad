# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode and the run agree on a real API server.

What cannot be done is rejected in both, before anything is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from module_calls import Modules

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own%s}\ndata: {v: '{{ .Values.v }}'}\n"
RBAC = "rbac.authorization.k8s.io"


@pytest.fixture
def modules(plane: Any, tmp_path: Path) -> Modules:
    return Modules(plane.kubeconfig, tmp_path)


def refused(modules: Modules, admin: Any, namespace: str, **options: Any) -> list[dict[str, Any]]:
    """The results of both, after which all objects of the namespace are as they were."""
    before = contents(admin, namespace)
    results = [modules("chart_release", check=check, fails=True, name="demo", namespace=namespace, **options) for check in (True, False)]
    assert not any(result["changed"] for result in results)
    assert contents(admin, namespace) == before
    return results


def contents(admin: Any, namespace: str) -> list[tuple[str, str, str]]:
    found = []
    for kind in ("ConfigMap", "Secret"):
        for item in admin.list("v1", kind, namespace)[0]:
            if item["metadata"]["name"] == "kube-root-ca.crt":
                continue  # the control plane's own
            found.append((kind, item["metadata"]["name"], item["metadata"]["resourceVersion"]))
    return sorted(found)


def limited(plane: Any, modules: Modules, admin: Any, namespace: str, verbs: list[str]) -> Modules:
    """The modules as an identity with these verbs on Secrets."""
    path = str(modules.folder / "limited")
    modules("deployer_identity", name="limited", namespace=namespace, namespaces=[namespace], path=path, token_duration="1h")
    role = admin.read(ObjectRef(f"{RBAC}/v1", "Role", namespace, "limited"))
    assert role is not None
    for rule in role["rules"]:
        if "secrets" in rule["resources"]:
            rule["resources"] = [name for name in rule["resources"] if name != "secrets"]
    role["rules"].append({"apiGroups": [""], "resources": ["secrets"], "verbs": verbs})
    admin.replace(role)
    return Modules(path, modules.folder)


@pytest.mark.parametrize("lacking", ["create", "update"])
def test_records_that_cannot_be_written(plane: Any, modules: Modules, admin: Any, namespace: str, lacking: str) -> None:
    verbs = [verb for verb in ("get", "list", "create", "update", "delete") if verb != lacking]
    chart = modules.chart("one", {"own": MAP % ""}, values="v: 1\n")
    known = limited(plane, modules, admin, namespace, verbs)
    for result in refused(known, admin, namespace, chart_ref=chart):
        assert result["error"]["class"] == "Forbidden" and f"may not {lacking} secrets" in result["msg"]


def test_records_that_cannot_be_deleted(plane: Any, modules: Modules, admin: Any, namespace: str) -> None:
    chart = modules.chart("one", {"own": MAP % ""}, values="v: 1\n")
    modules("chart_release", name="demo", namespace=namespace, chart_ref=chart)
    known = limited(plane, modules, admin, namespace, ["get", "list", "create", "update"])
    for result in refused(known, admin, namespace, state="absent"):
        assert "may not delete secrets" in result["msg"]
    assert known("chart_release", name="demo", namespace=namespace, state="absent", purge=False)["changed"]


def test_an_object_in_a_namespace_that_nothing_creates(modules: Modules, admin: Any, namespace: str) -> None:
    chart = modules.chart("one", {"own": MAP % "", "away": MAP % ", namespace: nowhere-at-all"}, values="v: 1\n")
    for result in refused(modules, admin, namespace, chart_ref=chart):
        assert "ConfigMap nowhere-at-all/own is in namespace nowhere-at-all, which does not exist" in result["msg"]


@pytest.mark.parametrize("labels", [{"not valid": "x"}, {"key": "not valid"}])
def test_labels(modules: Modules, admin: Any, namespace: str, labels: dict[str, str]) -> None:
    chart = modules.chart("one", {"own": MAP % ""}, values="v: 1\n")
    for result in refused(modules, admin, namespace, chart_ref=chart, release_labels=labels):
        assert "release_labels" in result["msg"] and "'not valid'" in result["msg"]


def test_names(modules: Modules, admin: Any, namespace: str) -> None:
    """An empty namespace is not all namespaces."""
    chart = modules.chart("one", {"own": MAP % ""}, values="v: 1\n")
    modules("chart_release", name="payroll", namespace=namespace, chart_ref=chart)
    before = contents(admin, namespace)
    for bad in ("", f"../{namespace}", f"{namespace}/secrets?x="):
        for check in (True, False):
            result = modules("chart_release", check=check, fails=True, name="payroll", namespace=bad, state="absent")
            assert result["error"]["class"] == "OptionError" and "release_namespace" in result["msg"]
    assert contents(admin, namespace) == before
