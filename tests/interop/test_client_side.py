# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client-side apply compared with ``helm --server-side=false``.

The same steps in two namespaces, the same objects afterwards.
"""

from __future__ import annotations

import importlib.util
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.patches.patch_keys import KINDS, TYPES
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.wait import wait_ready

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = ("apps/v1", "Deployment", "web")
SERVICE = ("v1", "Service", "web")
MAP = ("v1", "ConfigMap", "settings")
QUOTA = ("v1", "ResourceQuota", "limits")
PDB = ("policy/v1", "PodDisruptionBudget", "web")
SHIP = ("tests.example.com/v1", "Ship", "one")
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "ships.tests.example.com"},
    "spec": {
        "group": "tests.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Ship", "plural": "ships"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}},
            }
        ],
    },
}


def web(**spec: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "app", "image": "example.com/app:1"}], **spec.pop("pod", {})}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", **spec.pop("metadata", {})},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec},
    }


def app(**more: Any) -> dict[str, Any]:
    return {"pod": {"containers": [{"name": "app", "image": "example.com/app:1", **more}]}}


def service(*ports: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": list(ports), **spec}}


def settings(data: dict[str, Any] | None, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", **metadata}, "data": data}


def budget(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}


def ship(spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "tests.example.com/v1", "kind": "Ship", "metadata": {"name": "one"}, "spec": spec}


def env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def spread(when: str, skew: int = 1) -> dict[str, Any]:
    return {"topologyKey": "zone", "maxSkew": skew, "whenUnsatisfiable": when, "labelSelector": {"matchLabels": {"app": "web"}}}


SIDE = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "example.com/side:1"}, {"name": "app"}]}}}}
HTTP, HTTPS = {"name": "http", "port": 80, "targetPort": 8080}, {"name": "https", "port": 443}
UDP, TCP = {"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53}
#: what each revision applies, and what another client changes after it (object, strategic merge patch)
CASES: dict[str, list[tuple[list[dict[str, Any]], tuple[Any, dict[str, Any]] | None]]] = {
    "keys of a map": [
        ([settings({"a": "1", "b": "1", "c": "1"})], (MAP, {"data": {"b": "theirs", "d": "theirs"}})),
        ([settings({"a": "2", "b": "1", "e": "1"})], None),
    ],
    "an edit is set back though nothing of it changed": [
        ([settings({"a": "1"}), web(replicas=1)], (MAP, {"data": {"a": "theirs"}})),
        ([settings({"a": "1"}), web(replicas=2)], None),
    ],
    "labels, annotations and finalizers": [
        ([settings({"a": "1"}, labels={"x": "1", "y": "1"}, annotations={"n": "1"})], (MAP, {"metadata": {"labels": {"theirs": "1"}}})),
        ([settings({"a": "1"}, labels={"y": "2"})], None),
    ],
    "environment": [
        ([web(**app(env=env(a="1", b="1", c="1")))], (DEPLOYMENT, {"spec": {"template": {"spec": {"containers": [{"name": "app", "env": env(t="1")}]}}}})),
        ([web(**app(env=env(c="2", a="1", d="1")))], None),
    ],
    "a container of somebody else's": [
        ([web()], (DEPLOYMENT, SIDE)),
        ([web(**app(image="example.com/app:2"))], None),
    ],
    "a container comes and another goes": [
        ([web(pod={"containers": [{"name": "app", "image": "a:1"}, {"name": "old", "image": "o:1"}]})], None),
        ([web(pod={"containers": [{"name": "new", "image": "n:1"}, {"name": "app", "image": "a:2"}]})], None),
    ],
    "order of containers": [
        ([web(pod={"containers": [{"name": "one", "image": "a:1"}, {"name": "two", "image": "b:1"}]})], None),
        ([web(pod={"containers": [{"name": "two", "image": "b:1"}, {"name": "one", "image": "a:1"}]})], None),
    ],
    "strategy": [
        ([web(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 2}})], None),
        ([web(strategy={"type": "Recreate"})], None),
        ([web()], None),
    ],
    "a volume changes its kind": [
        ([web(pod={"volumes": [{"name": "v", "emptyDir": {}}], "containers": [{"name": "app", "image": "a:1"}]})], None),
        ([web(pod={"volumes": [{"name": "v", "configMap": {"name": "settings"}}], "containers": [{"name": "app", "image": "a:1"}]})], None),
    ],
    "lists that are replaced": [
        ([web(**app(args=["a", "b"], command=["run"]))], None),
        ([web(**app(args=["b", "c"]))], None),
    ],
    "tolerations and a security context": [
        ([web(pod={**app()["pod"], "tolerations": [{"key": "a", "operator": "Exists"}], "securityContext": {"runAsUser": 1, "fsGroup": 2}})], None),
        ([web(pod={**app()["pod"], "tolerations": [{"key": "b", "operator": "Exists"}], "securityContext": {"runAsUser": 3}})], None),
    ],
    "resources and probes": [
        ([web(**app(resources={"limits": {"cpu": "1000m", "memory": "1Gi"}}, readinessProbe={"httpGet": {"path": "/", "port": 80}}))], None),
        ([web(**app(resources={"limits": {"cpu": "1"}}, readinessProbe={"tcpSocket": {"port": 80}}))], None),
    ],
    "ports of a service": [
        ([service(HTTP, HTTPS)], (SERVICE, {"spec": {"ports": [{"name": "theirs", "port": 9000}]}})),
        ([service({**HTTP, "targetPort": 9090}, {"name": "metrics", "port": 9100})], None),
    ],
    "a port under two protocols, and nothing of it changes": [
        ([service(HTTP, UDP, TCP), settings({"a": "1"})], None),
        ([service(HTTP, UDP, TCP), settings({"a": "2"})], None),
    ],
    "a port under two protocols, of which one changes": [
        ([service(UDP, TCP)], None),
        ([service(UDP, {**TCP, "targetPort": 1053})], None),
    ],
    "a port under two protocols, of which one goes": [([service(HTTP, UDP, TCP)], None), ([service(HTTP, UDP)], None)],
    "a port gets another protocol too": [([service(HTTP, UDP)], None), ([service(HTTP, UDP, TCP)], None)],
    "ports of a container under two protocols": [
        ([web(**app(ports=[{"containerPort": 53, "name": "u", "protocol": "UDP"}, {"containerPort": 53, "name": "t", "protocol": "TCP"}]))], None),
        ([web(**app(image="a:2", ports=[{"containerPort": 53, "name": "u", "protocol": "UDP"}, {"containerPort": 53, "name": "t", "protocol": "TCP"}]))], None),
        ([web(**app(ports=[{"containerPort": 53, "name": "t", "protocol": "TCP"}]))], None),
    ],
    "a variable twice": [
        ([web(**app(env=[*env(a="1"), *env(a="2"), *env(b="1")]))], None),
        ([web(**app(env=[*env(a="1"), *env(a="3"), *env(b="2")]))], None),
        ([web(**app(env=[*env(b="2"), *env(a="1")]))], None),
    ],
    "a variable twice among many": [
        ([web(**app(env=[*env(**{f"v{number}": "1" for number in range(20)}), *env(v3="2")]))], None),
        ([web(**app(env=[*env(**{f"v{number}": "1" for number in range(21)}), *env(v3="3")]))], None),
    ],
    "a topology key twice": [
        ([web(pod={**app()["pod"], "topologySpreadConstraints": [spread("DoNotSchedule"), spread("ScheduleAnyway")]})], None),
        ([web(pod={**app()["pod"], "topologySpreadConstraints": [spread("DoNotSchedule", 2), spread("ScheduleAnyway", 3)]})], None),
    ],
    "fields of a service that the server fills in": [
        ([service(HTTP, type="NodePort")], None),
        ([service(HTTP, sessionAffinity="ClientIP")], None),
    ],
    "an object goes and another comes": [
        ([settings({"a": "1"}), service(HTTP)], None),
        ([service(HTTP), web()], None),
    ],
    "one that somebody deleted": [([settings({"a": "1"}), service(HTTP)], (MAP, {})), ([settings({"a": "2"}), service(HTTP)], None)],
    "a quota and a budget": [
        (
            [
                {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "limits"}, "spec": {"hard": {"pods": "10", "secrets": "20"}}},
                budget(minAvailable=1, selector={"matchLabels": {"a": "b"}}),
            ],
            (QUOTA, {"spec": {"hard": {"configmaps": "5"}}}),
        ),
        (
            [
                {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "limits"}, "spec": {"hard": {"pods": "12"}}},
                budget(maxUnavailable="50%", selector={"matchLabels": {"c": "d"}}),
            ],
            None,
        ),
    ],
    "a custom kind": [
        ([ship({"crew": 1, "sails": ["a", "b"], "old": {"x": 1, "y": 2}})], (SHIP, {"spec": {"crew": 5, "theirs": True, "sails": ["z"]}})),
        ([ship({"crew": 1, "sails": ["a", "b"], "old": {"x": 1}})], None),
        ([ship({"crew": 2, "sails": ["c"]})], None),
    ],
}


def written(folder: Path, objects: list[dict[str, Any]]) -> Path:
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: steps\nversion: 0.1.0\n")
    (folder / "templates" / "all.yaml").write_text(yaml.safe_dump_all(objects))
    return folder


def edit(side: Any, what: tuple[str, str, str], patch: dict[str, Any]) -> None:
    api_version, kind, name = what
    ref = ObjectRef(api_version, kind, side.namespace, name)
    if patch:
        side.cluster.patch(ref, deepcopy(patch), kind="merge" if kind == "Ship" else "strategic")
    else:
        side.cluster.delete(ref)


def everything(side: Any) -> dict[str, Any]:
    found = {}
    for api_version, kind, name in (DEPLOYMENT, SERVICE, MAP, QUOTA, PDB, SHIP):
        live = side.cluster.read(ObjectRef(api_version, kind, side.namespace, name))
        if live is not None:
            found[f"{kind}/{name}"] = plain(live)
    return found


def plain(obj: dict[str, Any]) -> dict[str, Any]:
    """Without what is another in every namespace, and what controllers write when they come to it."""
    metadata = {key: value for key, value in obj["metadata"].items() if key in ("name", "labels", "annotations", "finalizers")}
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if "revision" not in key and "namespace" not in key}
    tree = {key: value for key, value in obj.items() if key not in ("metadata", "status")}
    if obj["kind"] == "Service":
        spec = {key: value for key, value in obj["spec"].items() if not key.startswith("clusterIP")}
        tree["spec"] = {**spec, "ports": [{key: value for key, value in port.items() if key != "nodePort"} for port in spec["ports"]]}
    return {**tree, "metadata": {**metadata, "annotations": annotations}}


@pytest.mark.parametrize("case", CASES)
def test_the_same_objects_as_helms(two_sides: Any, tmp_path: Path, case: str) -> None:
    helms, ours = two_sides
    helms.cluster.apply(CRD, force=True)
    for number, (objects, change) in enumerate(CASES[case]):
        folder = written(tmp_path / f"{number}", objects)
        helms.helm(4, "upgrade", "--install", "demo", str(folder), "--server-side=false")
        ours.up(read_chart(str(folder)), server_side="false")
        assert everything(ours) == everything(helms), f"revision {number + 1}"
        assert [json.loads(side.record(number + 1)[1])["apply_method"] for side in two_sides] == ["csa", "csa"]
        if change is not None:
            for side in two_sides:
                edit(side, *change)
    assert everything(ours)
    if len(CASES[case]) > 1:
        helms.helm(4, "rollback", "demo", "1")
        ours.back(1)
        assert everything(ours) == everything(helms), "back to revision 1"


def test_the_merge_keys_are_those_of_the_server(two_sides: Any) -> None:
    spec = importlib.util.spec_from_file_location("patch_keys", ROOT / "tools" / "patch_keys.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cluster = two_sides[0].cluster
    paths = cluster.request("GET", "/openapi/v3")["paths"]
    documents = {}
    for path, entry in paths.items():
        if path.startswith(("api/", "apis/")) and ".example.com" not in path:
            url, _mark, query = entry["serverRelativeURL"].partition("?")
            documents[path] = cluster.request("GET", url, query=dict([query.split("=", 1)]))
    kinds, types = module.table_of(documents)
    assert (kinds, types) == (KINDS, TYPES)


def test_an_item_that_the_patch_loses_is_warned_of(sides: Any, tmp_path: Path) -> None:
    """The server changes the first port 53 where the second one was meant.

    Helm's patch does the same without a warning.
    """
    sides.up(read_chart(str(written(tmp_path / "1", [service(UDP, TCP)]))), server_side="false")
    chart = read_chart(str(written(tmp_path / "2", [service(UDP, {**TCP, "targetPort": 1053})])))
    for check in (True, False):
        found = sides.up(chart, server_side="false", check=check).warnings
        assert len(found) == 1
        assert "Service" in found[0]
        assert "spec.ports: item 2 (port 53)" in found[0]
        assert "server_side set to true" in found[0]
    assert [port["targetPort"] for port in sides.object("Service", "web")["spec"]["ports"]] == [1053, 53]
    assert sides.up(chart, {"again": 1}, server_side="true", force_conflicts=True).warnings == []
    assert [port["targetPort"] for port in sides.object("Service", "web")["spec"]["ports"]] == [53, 1053]


@pytest.mark.parametrize("check", [True, False])
def test_where_the_server_refuses_helms_patch_the_list_is_replaced(two_sides: Any, tmp_path: Path, check: bool) -> None:
    """A deletion has only the merge key.

    So the server drops both ports 53, and then rejects the Service.
    """
    first, second = (written(tmp_path / name, [service(*ports)]) for name, ports in (("1", [UDP, TCP]), ("2", [{**TCP, "name": "other"}])))
    helms, ours = two_sides
    for side in two_sides:
        side.helm(4, "upgrade", "--install", "demo", str(first), "--server-side=false")
    with pytest.raises(AssertionError, match="Required value"):
        helms.helm(4, "upgrade", "demo", str(second), "--server-side=false")
    before = ours.object("Service", "web")
    assert ours.up(read_chart(str(second)), server_side="false", check=check).warnings == []
    found = ours.object("Service", "web")["spec"]["ports"]
    assert found == (before["spec"]["ports"] if check else [{"name": "other", "port": 53, "protocol": "TCP", "targetPort": 53}])


def test_where_the_order_of_equal_keys_contradicts_itself_the_list_is_replaced(two_sides: Any, tmp_path: Path) -> None:
    ports = [{"name": f"n{number}{protocol}", "port": number, "protocol": protocol.upper()} for number, protocol in ((53, "udp"), (80, "tcp"), (53, "tcp"))]
    chart = written(tmp_path / "2", [service(*({**port, "targetPort": 9000 + at} for at, port in enumerate(ports)))])
    helms, ours = two_sides
    for side in two_sides:
        side.helm(4, "upgrade", "--install", "demo", str(written(tmp_path / "1", [service(*ports)])), "--server-side=false")
    with pytest.raises(AssertionError, match="doesn't match"):
        helms.helm(4, "upgrade", "demo", str(chart), "--server-side=false")
    ours.up(read_chart(str(chart)), server_side="false")
    found = ours.object("Service", "web")["spec"]["ports"]
    assert [(port["name"], port["targetPort"]) for port in found] == [("n53udp", 9000), ("n80tcp", 9001), ("n53tcp", 9002)]


def test_an_adopted_object_is_brought_to_the_chart_as_helm_does(two_sides: Any, tmp_path: Path) -> None:
    folder = written(tmp_path / "1", [ship({"crew": 1, "sails": ["a"]}), settings({"a": "1"}), service(HTTP)])
    helms, ours = two_sides
    helms.cluster.apply(CRD, force=True)
    wait_ready(helms.cluster, SystemClock(), [ObjectRef(CRD["apiVersion"], CRD["kind"], "", CRD["metadata"]["name"])], 30)
    for side in two_sides:
        side.cluster.invalidate_discovery()
        for obj in (ship({"crew": 5, "sails": ["z"], "theirs": True}), settings({"a": "9", "theirs": "x"}), service(HTTPS)):
            side.cluster.create({**obj, "metadata": {**obj["metadata"], "namespace": side.namespace}})
    helms.helm(4, "install", "demo", str(folder), "--server-side=false", "--take-ownership")
    ours.up(read_chart(str(folder)), server_side="false", take_ownership=True)
    assert everything(ours) == everything(helms)
    assert ours.object("Ship", "one", "tests.example.com/v1")["spec"] == {"crew": 1, "sails": ["a"], "theirs": True}


def test_an_object_that_needs_no_patch_gets_none(sides: Any, tmp_path: Path) -> None:
    sides.up(read_chart(str(written(tmp_path / "1", [service(HTTP, UDP, TCP), settings({"a": "1"})]))), server_side="false")
    before = sides.object("Service", "web")
    found = sides.up(read_chart(str(written(tmp_path / "2", [service(HTTP, UDP, TCP), settings({"a": "2"})]))), server_side="false")
    assert sides.object("Service", "web") == before
    assert (found.changed, found.warnings) == (True, [])
