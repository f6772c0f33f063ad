# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane is a real one.

It reports its release's version, checks permissions, runs controllers, and schedules.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import audit
import build
import pytest

POD = {"containers": [{"name": "main", "image": "registry.example/none:1"}]}


def conditions(thing: dict[str, Any]) -> dict[str, str]:
    return {c["type"]: c["status"] for c in (thing.get("status") or {}).get("conditions") or ()}


# --- versions


def test_the_api_server_reports_its_version(api: Any) -> None:
    version = api.get("/version")
    major, minor, _ = build.KUBERNETES.split(".")
    assert (version["gitVersion"], version["major"], version["minor"]) == (f"v{build.KUBERNETES}", major, minor)


def test_helm_reports_its_version(helm: Callable[..., str]) -> None:
    assert helm("version", "--template", "{{ .Version }}") == "v" + {"helm3": build.HELM3, "helm4": build.HELM4}[helm.__name__]


def test_helm_believes_in_the_kubernetes_of_its_release(helm: Callable[..., str], tmp_path: Path) -> None:
    """Without a cluster; a plain build of helm 3 says v1.20.0 here."""
    chart = tmp_path / "asks"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("{apiVersion: v2, name: asks, version: 0.1.0}")
    (chart / "templates" / "x.yaml").write_text("is: {{ .Capabilities.KubeVersion }}\n")
    major, minor = build.kubernetes_of({"helm3": "helm3", "helm4": build.HELM4_FOLDER}[helm.__name__])
    assert f"is: v{major}.{minor}.0" in helm("template", str(chart))


# --- rights and tokens


def test_a_token_has_the_rights_of_its_account_and_no_more(api: Any, namespace: str, login: Callable[..., Any]) -> None:
    api.create(f"{namespace}/serviceaccounts", {"metadata": {"name": "reader"}})
    wish = {"spec": {"expirationSeconds": 600}}
    token = api.create(f"{namespace}/serviceaccounts/reader/token", wish)["status"]["token"]
    reader = login(token=token)
    name = namespace.rpartition("/")[2]
    review = reader.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", {"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"})
    assert review["status"]["userInfo"]["username"] == f"system:serviceaccount:{name}:reader"
    assert reader.ask("GET", f"{namespace}/configmaps")[0] == 403
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{name}"
    api.create(f"{rbac}/roles", {"metadata": {"name": "read"}, "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}]})
    api.create(
        f"{rbac}/rolebindings",
        {
            "metadata": {"name": "read"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "read"},
            "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": name}],
        },
    )
    reader.until(f"{namespace}/configmaps", lambda found: found["kind"] == "ConfigMapList")
    assert reader.ask("GET", f"{namespace}/secrets")[0] == 403
    assert reader.ask("GET", "/api/v1/configmaps")[0] == 403


def test_a_wrong_token_is_unauthorized(login: Callable[..., Any]) -> None:
    assert login(token="none").ask("GET", "/api/v1/namespaces")[0] == 401


def test_every_namespace_gets_the_root_certificate(api: Any, plane: Any, namespace: str) -> None:
    found = api.until(f"{namespace}/configmaps/kube-root-ca.crt", lambda o: o["data"]["ca.crt"])
    assert found == (plane.folder / "ca.crt").read_text()
    config = json.loads(plane.kubeconfig.read_text())
    assert base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode() == found


# --- controllers and the scheduler


def test_the_node_has_room_for_500_pods_and_keeps_its_lease(api: Any) -> None:
    (node,) = api.get("/api/v1/nodes")["items"]
    assert node["status"]["allocatable"]["pods"] == "500"
    assert conditions(node)["Ready"] == "True"
    assert api.get(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node['metadata']['name']}")["spec"]["renewTime"]


def test_a_deployment_becomes_available_and_its_service_finds_the_pods(api: Any, namespace: str) -> None:
    name = namespace.rpartition("/")[2]
    labels = {"app": "web"}
    apps = f"/apis/apps/v1/namespaces/{name}/deployments"
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": POD}}
    api.create(f"{namespace}/services", {"metadata": {"name": "web"}, "spec": {"selector": labels, "ports": [{"port": 80}]}})
    api.create(apps, {"metadata": {"name": "web"}, "spec": spec})
    api.until(f"{apps}/web", lambda o: conditions(o).get("Available") == "True" and o["status"].get("availableReplicas") == 3)
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{name}/endpointslices"

    def ready(found: Any) -> list[str]:
        points = [p for s in found["items"] for p in s["endpoints"] or ()]
        names = [p["targetRef"]["name"] for p in points if p["conditions"]["ready"]]
        return names if len(names) == len(points) == 3 else []

    names = api.until(slices, ready)
    pods = api.get(f"{namespace}/pods")["items"]
    assert sorted(names) == sorted(pod["metadata"]["name"] for pod in pods)


def test_a_job_completes(api: Any, namespace: str) -> None:
    jobs = namespace.replace("/api/v1", "/apis/batch/v1") + "/jobs"
    api.create(jobs, {"metadata": {"name": "once"}, "spec": {"template": {"spec": {**POD, "restartPolicy": "Never"}}}})
    job = api.until(f"{jobs}/once", lambda o: o if conditions(o).get("Complete") == "True" else None)
    assert job["status"]["succeeded"] == 1


def test_a_pod_that_is_too_large_stays_pending_with_a_reason(api: Any, namespace: str) -> None:
    container = {**POD["containers"][0], "resources": {"requests": {"cpu": "1000"}}}
    api.create(f"{namespace}/pods", {"metadata": {"name": "giant"}, "spec": {"containers": [container]}})

    def why(pod: Any) -> list[dict[str, str]]:
        return [c for c in (pod["status"].get("conditions") or ()) if c["type"] == "PodScheduled" and c["status"] == "False"]

    (condition,) = api.until(f"{namespace}/pods/giant", why)
    assert condition["reason"] == "Unschedulable"
    assert "Insufficient cpu" in condition["message"]
    events = api.until(f"{namespace}/events", lambda o: [e for e in o["items"] if e["involvedObject"]["name"] == "giant"])
    assert {e["reason"] for e in events} == {"FailedScheduling"}


def test_deleting_a_namespace_takes_what_is_in_it(api: Any, namespace: str) -> None:
    api.create(f"{namespace}/pods", {"metadata": {"name": "short"}, "spec": POD})
    api.until(f"{namespace}/pods/short", lambda o: o["status"].get("phase") == "Running")
    assert api.ask("DELETE", namespace)[0] in (200, 202)
    api.until("/api/v1/namespaces", lambda o: namespace.rpartition("/")[2] not in {n["metadata"]["name"] for n in o["items"]})


# --- helm


def test_helm_installs_the_chart_that_it_makes_and_waits_for_it(helm: Callable[..., str], api: Any, namespace: str, tmp_path: Path) -> None:
    name = namespace.rpartition("/")[2]
    helm("create", str(tmp_path / "made"))
    helm("install", "made", str(tmp_path / "made"), "--namespace", name, "--wait", "--timeout", "60s")
    (row,) = json.loads(helm("list", "--namespace", name, "-o", "json"))
    assert (row["name"], row["status"], row["chart"]) == ("made", "deployed", "made-0.1.0")
    assert api.get(f"/apis/apps/v1/namespaces/{name}/deployments/made")["status"]["availableReplicas"] == 1
    helm("uninstall", "made", "--namespace", name, "--wait")
    assert json.loads(helm("list", "--namespace", name, "--all", "-o", "json") if helm.__name__ == "helm3" else helm("list",
        "--namespace", name, "-o", "json")) == []


# --- the audit log


@pytest.mark.parametrize("agent", ["counted/1.0", "counted"])
def test_the_audit_log_counts_what_one_agent_asks(plane: Any, namespace: str, agent: str) -> None:
    config = json.loads(plane.kubeconfig.read_text())["users"][0]["user"]
    session = _as_admin(plane, config, agent)
    url = json.loads(plane.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    bystander = _as_admin(plane, config, "bystander/1.0")
    with audit.watching(plane.audit_log, agent="counted") as window:
        session.get(f"{url}{namespace}/configmaps", timeout=10)
        bystander.get(f"{url}{namespace}/configmaps", timeout=10)
        session.get(f"{url}{namespace}/configmaps/none", timeout=10)
        session.post(f"{url}{namespace}/configmaps", json={"metadata": {"name": "one"}}, timeout=10)
        session.delete(f"{url}{namespace}/configmaps/one", timeout=10)
    assert [str(request) for request in window] == [
        f"list {namespace}/configmaps 200",
        f"get {namespace}/configmaps/none 404",
        f"create {namespace}/configmaps 201",
        f"delete {namespace}/configmaps/one 200",
    ]
    assert {request.user for request in window} == {"admin"}


def _as_admin(plane: Any, config: dict[str, str], agent: str) -> Any:
    import requests

    for part in ("certificate", "key"):
        file = plane.folder / f"admin-{part}.pem"
        file.touch(mode=0o600)
        file.write_bytes(base64.b64decode(config[f"client-{part}-data"]))
    session = requests.Session()
    session.trust_env = False
    session.verify = str(plane.folder / "ca.crt")
    session.cert = (str(plane.folder / "admin-certificate.pem"), str(plane.folder / "admin-key.pem"))
    session.headers["User-Agent"] = agent
    return session
