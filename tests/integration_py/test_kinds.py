# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A definition that is deleted, or serves another version, under a release.

And an aggregated API that is down: real server, real discovery.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ClusterError
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from module_calls import Modules

GROUP = "pumps.example.com"
CRD = ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", f"pumps.{GROUP}")
API = ObjectRef("apiregistration.k8s.io/v1", "APIService", "", f"v1.{GROUP}")
SCHEMA = "{openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}"
DEFINITION = f"""apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: pumps.{GROUP}}}
spec:
  group: {GROUP}
  scope: Namespaced
  names: {{kind: Pump, plural: pumps, singular: pump}}
  versions:
  - {{name: v1, served: true, storage: true, schema: {SCHEMA}}}
  - {{name: v1beta1, served: true, storage: false, schema: {SCHEMA}}}
"""
PUMP = "apiVersion: %s/%s\nkind: Pump\nmetadata: {name: x}\nspec: {v: '{{ .Values.v }}'}\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {v: '{{ .Values.v }}'}\n"


def until(found: Callable[[], Any], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.2)


@pytest.fixture
def modules(plane: Any, admin: Any, tmp_path: Path) -> Iterator[Modules]:
    made = Modules(plane.kubeconfig, tmp_path)
    yield made
    admin.delete(CRD)
    until(lambda: admin.read(CRD) is None)


def installed(modules: Modules, namespace: str, version: str = "v1") -> dict[str, Any]:
    chart = modules.chart("pump", {"own": MAP, "pump": PUMP % (GROUP, version)}, {"crd": DEFINITION}, values="v: 1\n")
    modules.chart("plain", {"own": MAP}, values="v: 1\n")
    options = {"name": "demo", "namespace": namespace}
    modules("chart_release", **options, chart_ref=chart)
    modules("chart_release_info", **options, resources=True)  # discovery is cached from now on
    return {**options, "chart_ref": chart}


def gone(admin: Any) -> None:
    admin.delete(CRD)
    until(lambda: admin.read(CRD) is None)


def revisions(modules: Modules, options: dict[str, Any]) -> list[tuple[int, str]]:
    info = modules("chart_release_info", name=options["name"], namespace=options["namespace"])
    return [(int(item["revision"]), item["status"]) for item in info["history"]]


def test_a_deleted_definition(modules: Modules, admin: Any, namespace: str) -> None:
    options = installed(modules, namespace)
    gone(admin)
    info = modules("chart_release_info", name="demo", namespace=namespace, resources=True, drift=True)
    assert {item["kind"]: item["exists"] for item in info["status"]["resources"]} == {"ConfigMap": True, "Pump": False}
    assert any("Pump" in text and "is gone" in text for text in info["warnings"])
    assert [item["missing"] for item in info["status"]["drift"]] == [True]
    for check in (True, False):
        for more in ({}, {"values": {"v": 2}}):
            result = modules("chart_release", check=check, fails=True, **options, **more)
            assert result["error"]["class"] == "UnknownKind" and not result["changed"], result["msg"]
    assert revisions(modules, options) == [(1, "deployed")]
    for check in (True, False):
        result = modules("chart_release", check=check, **{**options, "chart_ref": str(modules.folder / "plain")})
        assert result["changed"] and any("is gone" in text for text in result["warnings"])
    assert revisions(modules, options) == [(1, "superseded"), (2, "deployed")]
    for check in (True, False):
        result = modules("chart_release_rollback", check=check, fails=True, name="demo", namespace=namespace, revision=1)
        assert result["error"]["class"] == "UnknownKind"
    back = modules("chart_release", **options, crds="create")
    assert back["changed"] and admin.read(CRD) is not None
    gone(admin)
    again = modules("chart_release", **options, crds="create")
    assert again["changed"] and admin.read(ObjectRef(f"{GROUP}/v1", "Pump", namespace, "x")) is not None
    gone(admin)
    for check in (True, False):
        result = modules("chart_release", check=check, name="demo", namespace=namespace, state="absent")
        assert result["changed"] and any("Pump" in text and "is gone" in text for text in result["warnings"])
    assert revisions(modules, options) == [] and admin.read(ObjectRef("v1", "ConfigMap", namespace, "own")) is None


@pytest.mark.parametrize("act", ["upgrade", "absent"])
def test_a_version_that_is_no_longer_served(modules: Modules, admin: Any, namespace: str, act: str) -> None:
    options = installed(modules, namespace, "v1beta1")
    new = yaml.safe_load(DEFINITION)
    new["spec"]["versions"][1]["served"] = False
    admin.apply(new, force=True)
    pump = ObjectRef(f"{GROUP}/v1", "Pump", namespace, "x")

    def refused() -> bool:
        admin.invalidate_discovery()
        return f"{GROUP}/v1beta1" not in admin.api_versions()

    until(refused)
    assert admin.read(pump) is not None
    assert not modules("chart_release", **options)["changed"]
    change = {"state": "absent"} if act == "absent" else {"chart_ref": str(modules.folder / "plain")}
    assert modules("chart_release", **{**options, **change})["changed"]
    assert admin.read(pump) is None


@pytest.fixture
def down(modules: Modules, admin: Any, namespace: str) -> Iterator[dict[str, Any]]:
    """A release whose custom kind is served by an aggregated API that is down."""
    options = installed(modules, namespace)
    admin.invalidate_discovery()
    live = admin.read(API)
    broken = copy.deepcopy(live)
    broken["metadata"]["labels"] = {}
    broken["spec"]["service"] = {"namespace": "default", "name": "nowhere", "port": 443}
    broken["spec"]["insecureSkipTLSVerify"] = True
    admin.replace(broken)

    def is_down() -> bool:
        admin.invalidate_discovery()
        return f"{GROUP}/v1" in admin.unavailable_versions()

    until(is_down)
    yield options
    admin.delete(API)  # the server registers its own again

    def is_up() -> bool:
        admin.invalidate_discovery()
        try:
            return f"{GROUP}/v1" in admin.api_versions() and admin.read(ObjectRef(f"{GROUP}/v1", "Pump", namespace, "x")) is not None
        except ClusterError:
            return False

    until(is_up)


@pytest.mark.parametrize("cached", [True, False])
def test_an_api_that_is_down(modules: Modules, admin: Any, namespace: str, down: dict[str, Any], cached: bool) -> None:
    """Nothing is written; the record stays."""
    if not cached:
        modules.environ["XDG_CACHE_HOME"] = str(modules.folder / "cold")
    plain = {**down, "chart_ref": str(modules.folder / "plain")}
    for check in (True, False):
        for options in ({**down, "state": "absent"}, plain, {**down, "values": {"v": 2}}):
            result = modules("chart_release", check=check, fails=True, **options)
            assert result["error"]["class"] in ("KindUnavailable", "ServerBusy") and not result["changed"], result
    assert revisions(modules, down) == [(1, "deployed")]
    assert admin.read(ObjectRef("v1", "ConfigMap", namespace, "own")) is not None
    info = modules("chart_release_info", name="demo", namespace=namespace, resources=True, drift=True, orphans=True)
    assert "ConfigMap" in {item["kind"] for item in info["status"]["resources"]} and info["warnings"]
