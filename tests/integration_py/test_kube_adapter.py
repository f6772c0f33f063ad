# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster adapter, the store and the waits on a real API server with a real scheduler."""

from __future__ import annotations

import base64
import time

import build
import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.builtin_kinds import BUILTIN
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.discovery import Discovery
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, ObjectRef, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.hooks import wait_hook
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.wait import wait_deleted, wait_ready

CLOCK = SystemClock()


def config_map(namespace, name="cm", **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def workload(kind, namespace, name, cpu="10m", **spec):
    container = {"name": "app", "image": "example/app", "resources": {"requests": {"cpu": cpu}}}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    body = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": body}


def test_the_version_and_the_table_of_kinds_agree_with_the_server(admin, environ):
    assert admin.version().git_version == f"v{build.KUBERNETES}"
    versions = admin.api_versions()
    assert {"v1", "v1/Pod", "apps/v1", "apps/v1/Deployment", "apps/v1/Scale"} <= versions
    real_discovery = Discovery(admin.connection, lambda path, accept: admin._transport.json(_get(path, accept), admin._call("get", path)))
    real_discovery.invalidate()
    served = real_discovery._known().resources
    table = {(version, kind): (plural, namespaced) for version, rows in BUILTIN.items() for kind, plural, namespaced in rows}
    assert {key: served.get(key) for key in table} == table


def _get(path, accept):
    from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.transport import Request

    return Request("GET", path, accept=accept)


def test_an_object_from_birth_to_end(admin, namespace):
    ref = ObjectRef("v1", "ConfigMap", namespace, "cm")
    assert admin.read(ref) is None
    assert admin.apply(config_map(namespace, a="1"), dry_run=True)["data"] == {"a": "1"}
    assert admin.read(ref) is None
    made = admin.apply(config_map(namespace, a="ä"))
    assert [(e["manager"], e["operation"]) for e in made["metadata"]["managedFields"]] == [("helm", "Apply")]
    assert set(admin.read(ref, metadata_only=True)) == {"apiVersion", "kind", "metadata"}
    assert [o["metadata"]["name"] for o in admin.list("v1", "ConfigMap", namespace, fields="metadata.name=cm")[0]] == ["cm"]
    assert admin.patch(ref, {"data": {"b": "2"}})["data"] == {"a": "ä", "b": "2"}
    assert admin.patch(ref, [{"op": "remove", "path": "/data/b"}], kind="json")["data"] == {"a": "ä"}
    with pytest.raises(errors.AlreadyExists):
        admin.create(config_map(namespace))
    assert admin.delete(ref, dry_run=True)
    assert admin.delete(ref)
    assert not admin.delete(ref)


def test_two_managers_are_a_conflict_with_both_names(admin, namespace):
    admin.apply(config_map(namespace, a="1"))
    path = f"/api/v1/namespaces/{namespace}/configmaps/cm"
    admin.request("PUT", path, body=config_map(namespace, a="2"), query={"fieldManager": "kubectl"})
    with pytest.raises(errors.Conflict) as caught:
        admin.apply(config_map(namespace, a="3"))
    assert caught.value.fields["conflicts"] == [{"manager": "kubectl", "field": ".data.a"}]
    assert admin.apply(config_map(namespace, a="3"), force=True)["data"] == {"a": "3"}


@pytest.mark.parametrize(
    ("obj", "kind", "words"),
    [
        ({**config_map("", a="1"), "metadata": {"name": "cm", "namespace": "not-there"}}, errors.NotFound, "not-there"),
        ({"apiVersion": "no.such/v1", "kind": "Thing", "metadata": {"name": "x"}}, errors.UnknownKind, "Thing of no.such/v1"),
        ({**config_map("default"), "dat": {}}, errors.Rejected, ".dat"),
        (config_map("default", name="Not_A_Name"), errors.Rejected, "metadata.name"),
    ],
)
def test_what_the_server_rejects(admin, obj, kind, words):
    with pytest.raises(kind) as caught:
        admin.apply(obj)
    assert words in str(caught.value)


def test_forbidden_and_unauthorized(admin, namespace):
    admin.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "nobody", "namespace": namespace}})
    token = admin.create_token(namespace, "nobody", 600)["status"]["token"]
    unprivileged = admin.with_token(token)
    with pytest.raises(errors.Forbidden) as caught:
        unprivileged.apply(config_map(namespace, a="1"))
    facts = caught.value.fields
    assert (facts["verb"], facts["resource"], facts["namespace"]) == ("patch", "configmaps", namespace)
    assert facts["user"] == f"system:serviceaccount:{namespace}:nobody"
    with pytest.raises(errors.Unauthorized):
        admin.with_token("not-a-token").read(ObjectRef("v1", "ConfigMap", namespace, "cm"))


def test_impersonation(plane, environ, namespace):
    params = {"kubeconfig": str(plane.kubeconfig), "impersonate_user": "jane", "impersonate_groups": ["a", "b"]}
    jane = connect(from_params(params, environ))
    review = jane.create({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {}})
    assert review["status"]["userInfo"]["username"] == "jane"
    assert {"a", "b"} <= set(review["status"]["userInfo"]["groups"])


def test_records(admin, namespace):
    store, release = SecretStore(admin), f"of-{namespace}"  # other tests have releases in this cluster
    labels = {"name": release, "owner": "helm", "status": "deployed", "version": "1"}
    made = store.create(Record(release, namespace, 1, "deployed", "H4sI", labels, {"a": "b"}))
    ten = store.create(Record(release, namespace, 10, "failed", "H4sI", {**labels, "version": "10", "status": "failed"}))
    assert store.list(namespace) == [made, ten]
    assert store.list(ALL_NAMESPACES, release, {"status": "failed"}) == [ten]
    assert store.get(namespace, release, 1) == made
    secret = admin.read(ObjectRef("v1", "Secret", namespace, f"sh.helm.release.v1.{release}.v1"))
    assert (secret["type"], base64.b64decode(secret["data"]["release"])) == ("helm.sh/release.v1", b"H4sI")
    with pytest.raises(errors.AlreadyExists, match="another operation"):
        store.create(made)
    changed = store.update(made)
    with pytest.raises(errors.Conflict):
        store.update(Record(release, namespace, 1, "failed", "H4sJ", labels, {}, made.uid, "1"))
    with pytest.raises(errors.Rejected, match="a Secret can contain at most 1 MiB"):
        store.create(Record(release, namespace, 11, "failed", "A" * 1_200_000, {**labels, "version": "11"}))
    store.delete(changed)
    store.delete(changed)
    with pytest.raises(errors.ReleaseNotFound):
        store.get(namespace, release, 1)
    with pytest.raises(errors.ReleaseNotFound):
        store.update(made)


def test_workloads_become_ready(admin, namespace):
    refs = []
    for kind, extra in (("Deployment", {}), ("StatefulSet", {"serviceName": "x"})):
        made = admin.apply(workload(kind, namespace, kind.lower(), **extra))
        refs.append(ObjectRef("apps/v1", kind, namespace, made["metadata"]["name"]))
    before = admin.requests_sent
    wait_ready(admin, CLOCK, refs, 60)
    assert admin.requests_sent - before < 15
    for ref in refs:
        admin.delete(ref, propagation="Foreground")
    wait_deleted(admin, CLOCK, refs, 60)


def test_an_unschedulable_pod_is_reported(admin, namespace):
    admin.apply(workload("Deployment", namespace, "giant", cpu="9999"))
    started = time.monotonic()
    with pytest.raises(errors.WaitTimeout) as caught:
        wait_ready(admin, CLOCK, [ObjectRef("apps/v1", "Deployment", namespace, "giant")], 3)
    assert time.monotonic() - started < 6
    assert "Unschedulable" in str(caught.value)
    assert "Insufficient cpu" in str(caught.value)
    (found,) = caught.value.fields["objects"]
    assert found["pods"][0]["conditions"][0]["type"] == "PodScheduled"


@pytest.mark.parametrize("kind", ["StatefulSet", "Deployment"])
def test_a_pod_of_another_workload_is_not_blamed_on_this_one(admin, namespace, kind):
    """Both have the label ``app``.

    The selector's expressions and the owner references distinguish their pods.
    """

    def made(kind, name, tier, outcome, operator):
        selector = {"matchLabels": {"app": "shop"}, "matchExpressions": [{"key": "tier", "operator": operator, "values": ["back"]}]}
        labels, annotations = {"app": "shop", "tier": tier}, {"windlass.test/outcome": outcome}
        pod = {"containers": [{"name": "app", "image": "example/app"}]}
        spec = {"replicas": 1, "selector": selector, "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": pod}}
        metadata = {"name": name, "namespace": namespace}
        admin.apply({"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec})
        return ObjectRef("apps/v1", kind, namespace, name)

    theirs = made("StatefulSet", "theirs", "back", "crash", "In")
    with pytest.raises(errors.WaitTimeout, match="theirs-0: container app: CrashLoopBackOff"):
        wait_ready(admin, CLOCK, [theirs], 30)
    mine = made(kind, "mine", "front", "unready", "NotIn")
    with pytest.raises(errors.WaitTimeout, match="Timed out after 11 s waiting for objects") as caught:
        wait_ready(admin, CLOCK, [mine], 11)
    (found,) = caught.value.fields["objects"]
    assert [pod["name"].startswith("mine") for pod in found["pods"]] == [True]
    assert "CrashLoop" not in str(found)


def test_a_job_of_a_hook(admin, namespace):
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "example/app"}]}}}
    made = admin.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job", "namespace": namespace}, "spec": spec})
    wait_hook(admin, CLOCK, [made], 60)
    job = admin.read(ObjectRef("batch/v1", "Job", namespace, "job"))
    assert [found["type"] for found in job["status"]["conditions"] if found["status"] == "True"][-1] == "Complete"


def test_a_definition_and_an_object_of_its_kind(admin, namespace):
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    spec = {"group": "test.example", "names": {"kind": "Boat", "plural": "boats"}, "scope": "Namespaced", "versions": [version]}
    name = ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "boats.test.example")
    admin.api_versions()
    admin.apply({"apiVersion": name.api_version, "kind": name.kind, "metadata": {"name": name.name}, "spec": spec})
    wait_ready(admin, CLOCK, [name], 60)
    boat = ObjectRef("test.example/v1", "Boat", namespace, "one")
    metadata = {"name": "one", "namespace": namespace, "finalizers": ["test.example/moored"]}
    admin.apply({"apiVersion": boat.api_version, "kind": boat.kind, "metadata": metadata})
    wait_ready(admin, CLOCK, [boat], 10)
    admin.delete(boat)
    with pytest.raises(errors.WaitTimeout, match=r"test.example/moored"):
        wait_deleted(admin, CLOCK, [boat], 1)
    admin.patch(boat, {"metadata": {"finalizers": None}})
    wait_deleted(admin, CLOCK, [boat], 10)
    admin.delete(name)
