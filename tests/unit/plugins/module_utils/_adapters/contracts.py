# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contracts of the ports Cluster and Store, as cases for each implementation.

These are the one on a real API server (``tests/integration_py/test_contracts.py``) and those in memory (``test_contracts.py`` next to
this file).

A case is a line: its name, what it does with an implementation and a fresh namespace, and the value that it must return or the error that
it must raise. ``prepare`` puts three ConfigMaps into the namespace first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, Cluster, ObjectRef, Record, Store

Outcome = Any
Case = tuple[str, Callable[[Any, str], Any], Outcome]


def cm(namespace: str, name: str = "a") -> ObjectRef:
    return ObjectRef("v1", "ConfigMap", namespace, name)


def body(namespace: str, name: str = "a", **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": "v"}, **more}


NOTHING = ObjectRef("no.such/v1", "Thing", "", "x")
LABELS = {"a": {"app": "x", "tier": "web"}, "b": {"app": "y"}, "c": {}}


def prepare(cluster: Cluster, namespace: str) -> None:
    for name, labels in LABELS.items():
        cluster.create(body(namespace, name, metadata={"labels": labels} if labels else {}))


def names(cluster: Cluster, namespace: str | None, **selectors: str) -> list[str]:
    found, version = cluster.list("v1", "ConfigMap", namespace, **selectors)
    assert version
    assert all(item["kind"] == "ConfigMap" for item in found)
    return sorted(item["metadata"]["name"] for item in found if item["metadata"]["name"] in LABELS)


def version_of(cluster: Cluster, ref: ObjectRef) -> str:
    found = cluster.read(ref)
    assert found is not None
    return str(found["metadata"]["resourceVersion"])


def twice(act: Callable[[], Any]) -> list[Any]:
    return [act(), act()]


def refused(cluster: Cluster, namespace: str, selector: str) -> Any:
    return cluster.list("v1", "ConfigMap", namespace, labels=selector)


def generated(cluster: Cluster, namespace: str) -> bool:
    made = cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "g-", "namespace": namespace}})
    return str(made["metadata"]["name"]).startswith("g-") and cluster.read(cm(namespace, made["metadata"]["name"])) is not None


def deletions(cluster: Cluster, namespace: str) -> list[str]:
    found = cluster.read(cm(namespace))
    assert found is not None
    version = str(found["metadata"]["resourceVersion"])
    cluster.delete(cm(namespace))
    for event in cluster.watch("v1", "ConfigMap", namespace, fields="metadata.name=a", resource_version=version, seconds=5):
        if event.type == "DELETED":
            return [event.object["metadata"]["name"]]
    return []


#: namespaces and names that never become part of a path
NOT_NAMES = ["", ".", "..", "a/b", "../x", "a%2fb", "n/secrets?x=", "a\nb", "a\0b"]
NOT_NAMESPACES = ["", "..", "../x", "A", "a_b", "a/b", "-a", "a.b", "x" * 64, "n/secrets?x=", "a b", "ä"]

CLUSTER: list[Case] = [
    ("read", lambda c, ns: c.read(cm(ns))["data"], {"k": "v"}),
    ("read: none", lambda c, ns: c.read(cm(ns, "none")), None),
    ("read: no namespace of that name", lambda c, ns: c.read(cm("no-such-namespace")), None),
    ("read: metadata alone", lambda c, ns: sorted(c.read(cm(ns), metadata_only=True)), ["apiVersion", "kind", "metadata"]),
    ("read: unknown kind", lambda c, ns: c.read(NOTHING), errors.UnknownKind),
    ("read: of the cluster", lambda c, ns: c.read(ObjectRef("v1", "Namespace", "", ns))["metadata"]["name"], "NAMESPACE"),
    ("list", names, ["a", "b", "c"]),
    ("list: no namespace of that name", lambda c, ns: names(c, "no-such-namespace"), []),
    ("list: unknown kind", lambda c, ns: c.list("no.such/v1", "Thing", None), errors.UnknownKind),
    ("list: a kind of the cluster", lambda c, ns: ns in [o["metadata"]["name"] for o in c.list("v1", "Namespace", "")[0]], True),
    ("list: all namespaces", lambda c, ns: ns in {o["metadata"]["namespace"] for o in c.list("v1", "ConfigMap", None)[0]}, True),
    ("list: metadata", lambda c, ns: [set(o) >= HEAD for o in c.list_metadata("v1", "ConfigMap", ns, labels="app")], [True, True]),
    ("labels: =", lambda c, ns: names(c, ns, labels="app=x"), ["a"]),
    ("labels: ==", lambda c, ns: names(c, ns, labels="app==x"), ["a"]),
    ("labels: !=", lambda c, ns: names(c, ns, labels="app!=x"), ["b", "c"]),
    ("labels: in", lambda c, ns: names(c, ns, labels="app in (x,y)"), ["a", "b"]),
    ("labels: notin", lambda c, ns: names(c, ns, labels="app notin (x)"), ["b", "c"]),
    ("labels: exists", lambda c, ns: names(c, ns, labels="app"), ["a", "b"]),
    ("labels: does not exist", lambda c, ns: names(c, ns, labels="!tier"), ["b", "c"]),
    ("labels: several", lambda c, ns: names(c, ns, labels="app in (x, y),tier=web"), ["a"]),
    ("labels: an empty value", lambda c, ns: names(c, ns, labels="app="), []),
    ("labels: metadata", lambda c, ns: [o["metadata"]["name"] for o in c.list_metadata("v1", "ConfigMap", ns, labels="app=y")], ["b"]),
    ("labels: malformed", lambda c, ns: refused(c, ns, "app=(x"), errors.Rejected),
    ("labels: no key", lambda c, ns: refused(c, ns, "=x"), errors.Rejected),
    ("fields: the name", lambda c, ns: names(c, ns, fields="metadata.name=b"), ["b"]),
    ("fields: not the name", lambda c, ns: names(c, ns, fields="metadata.name!=b"), ["a", "c"]),
    ("fields: name and namespace", lambda c, ns: names(c, None, fields=f"metadata.name=b,metadata.namespace={ns}"), ["b"]),
    ("fields: another", lambda c, ns: c.list("v1", "ConfigMap", ns, fields="data.k=v"), errors.Rejected),
    ("fields and labels", lambda c, ns: names(c, ns, fields="metadata.name!=a", labels="app"), ["b"]),
    ("create", lambda c, ns: bool(c.create(body(ns, "new"))["metadata"]["uid"]), True),
    ("create: it is there", lambda c, ns: c.create(body(ns)), errors.AlreadyExists),
    ("create: no namespace of that name", lambda c, ns: c.create(body("no-such-namespace")), errors.NotFound),
    (
        "create: unknown kind",
        lambda c, ns: c.create({"apiVersion": "no.such/v1", "kind": "Thing", "metadata": {"name": "x"}}),
        errors.UnknownKind,
    ),
    ("create: a dry run keeps nothing", lambda c, ns: (c.create(body(ns, "new"), dry_run=True), c.read(cm(ns, "new")))[1], None),
    ("create: a generated name", generated, True),
    ("apply: new", lambda c, ns: c.apply(body(ns, "new"))["data"], {"k": "v"}),
    ("apply: a dry run keeps nothing", lambda c, ns: (c.apply(body(ns, "new"), dry_run=True), c.read(cm(ns, "new")))[1], None),
    ("apply: no namespace of that name", lambda c, ns: c.apply(body("no-such-namespace")), errors.NotFound),
    (
        "apply: unknown kind",
        lambda c, ns: c.apply({"apiVersion": "no.such/v1", "kind": "Thing", "metadata": {"name": "x"}}),
        errors.UnknownKind,
    ),
    (
        "apply: twice changes nothing",
        lambda c, ns: len({o["metadata"]["resourceVersion"] for o in twice(lambda: c.apply(body(ns, "new")))}),
        1,
    ),
    (
        "apply: fields that are left out go",
        lambda c, ns: (c.apply(body(ns, "new")), c.apply(body(ns, "new", data={"o": "p"})))[1]["data"],
        {"o": "p"},
    ),
    ("replace", lambda c, ns: c.replace(body(ns, data={"n": "w"}))["data"], {"n": "w"}),
    ("replace: it is not there", lambda c, ns: c.replace(body(ns, "none")), errors.NotFound),
    ("replace: its version", lambda c, ns: c.replace(body(ns, metadata={"resourceVersion": version_of(c, cm(ns))}))["data"], {"k": "v"}),
    ("replace: another version", lambda c, ns: c.replace(body(ns, metadata={"resourceVersion": "1"})), errors.Conflict),
    ("replace: a dry run keeps nothing", lambda c, ns: (c.replace(body(ns, data={}), dry_run=True), c.read(cm(ns)))[1]["data"], {"k": "v"}),
    ("patch: merge", lambda c, ns: c.patch(cm(ns), {"data": {"k": None, "n": "w"}})["data"], {"n": "w"}),
    ("patch: it is not there", lambda c, ns: c.patch(cm(ns, "none"), {"data": {}}), errors.NotFound),
    ("patch: unknown kind", lambda c, ns: c.patch(NOTHING, {}), errors.UnknownKind),
    ("patch: json", lambda c, ns: c.patch(cm(ns), [{"op": "replace", "path": "/data/k", "value": "w"}], kind="json")["data"], {"k": "w"}),
    (
        "patch: a dry run keeps nothing",
        lambda c, ns: (c.patch(cm(ns), {"data": {"k": "w"}}, dry_run=True), c.read(cm(ns)))[1]["data"],
        {"k": "v"},
    ),
    ("delete: then it is gone", lambda c, ns: twice(lambda: c.delete(cm(ns))), [True, False]),
    ("delete: unknown kind", lambda c, ns: c.delete(NOTHING), errors.UnknownKind),
    ("delete: a dry run keeps it", lambda c, ns: (c.delete(cm(ns), dry_run=True), c.read(cm(ns)) is not None), (True, True)),
    ("delete: its version", lambda c, ns: c.delete(cm(ns), version=version_of(c, cm(ns))), True),
    ("delete: another version", lambda c, ns: c.delete(cm(ns), version="1"), errors.Conflict),
    ("watch: unknown kind", lambda c, ns: list(c.watch("no.such/v1", "Thing", "", seconds=1)), errors.UnknownKind),
    ("watch: what was deleted since", deletions, ["a"]),
    (
        "resource",
        lambda c, ns: (c.resource("apps/v1", "Deployment").plural, c.resource("v1", "Namespace").namespaced),
        ("deployments", False),
    ),
    ("resource: unknown", lambda c, ns: c.resource("no.such/v1", "Thing"), errors.UnknownKind),
    ("versions", lambda c, ns: {"v1", "v1/ConfigMap", "apps/v1/Deployment"} <= c.api_versions(), True),
    ("version", lambda c, ns: c.version().git_version.startswith("v1."), True),
    ("token: no such account", lambda c, ns: c.create_token(ns, "none", 600), errors.NotFound),
    ("log: no such pod", lambda c, ns: c.logs(ns, "none", ""), errors.NotFound),
    *((f"read: the name {n!r}", lambda c, ns, n=n: c.read(cm(ns, n)), errors.Rejected) for n in NOT_NAMES),
    *((f"delete: the name {n!r}", lambda c, ns, n=n: c.delete(cm(ns, n)), errors.Rejected) for n in NOT_NAMES),
    *((f"patch: the name {n!r}", lambda c, ns, n=n: c.patch(cm(ns, n), {}), errors.Rejected) for n in NOT_NAMES),
    *((f"apply: the name {n!r}", lambda c, ns, n=n: c.apply(body(ns, n)), errors.Rejected) for n in NOT_NAMES),
    *((f"replace: the name {n!r}", lambda c, ns, n=n: c.replace(body(ns, n)), errors.Rejected) for n in NOT_NAMES),
    *((f"read: the namespace {n!r}", lambda c, ns, n=n: c.read(cm(n)), errors.Rejected) for n in NOT_NAMESPACES),
    *((f"list: the namespace {n!r}", lambda c, ns, n=n: c.list("v1", "ConfigMap", n), errors.Rejected) for n in NOT_NAMESPACES),
    *((f"metadata: the namespace {n!r}", lambda c, ns, n=n: c.list_metadata("v1", "ConfigMap", n), errors.Rejected) for n in NOT_NAMESPACES),
    *((f"delete: the namespace {n!r}", lambda c, ns, n=n: c.delete(cm(n)), errors.Rejected) for n in NOT_NAMESPACES),
    *((f"create: the namespace {n!r}", lambda c, ns, n=n: c.create(body(n)), errors.Rejected) for n in NOT_NAMESPACES),
    *(
        (f"watch: the namespace {n!r}", lambda c, ns, n=n: list(c.watch("v1", "ConfigMap", n, seconds=1)), errors.Rejected)
        for n in NOT_NAMESPACES
    ),
]
HEAD = {"apiVersion", "kind", "metadata"}


#: every method of the port with arguments that are in order, for failures of the network and of the operating system
CLUSTER_CALLS: dict[str, Callable[[Any], Any]] = {
    "version": lambda c: c.version(),
    "api_versions": lambda c: c.api_versions(),
    "resource": lambda c: c.resource("ex.io/v1", "Foo"),
    "read": lambda c: c.read(cm("ns")),
    "head": lambda c: c.read(cm("ns"), metadata_only=True),
    "list": lambda c: c.list("v1", "ConfigMap", "ns"),
    "list_metadata": lambda c: c.list_metadata("v1", "ConfigMap", "ns"),
    "create": lambda c: c.create(body("ns")),
    "apply": lambda c: c.apply(body("ns")),
    "replace": lambda c: c.replace(body("ns")),
    "patch": lambda c: c.patch(cm("ns"), {}),
    "delete": lambda c: c.delete(cm("ns")),
    "watch": lambda c: list(c.watch("v1", "ConfigMap", "ns", seconds=1)),
    "create_token": lambda c: c.create_token("ns", "default", 600),
    "logs": lambda c: c.logs("ns", "pod", "app"),
}


def record(namespace: str, revision: int = 1, **more: Any) -> Record:
    labels = {"owner": "helm", "name": "demo", "version": str(revision), "status": more.get("status", "deployed"), **more.pop("labels", {})}
    return Record("demo", namespace, revision, labels["status"], payload="cGF5bG9hZA==", labels=labels, annotations={"a": "b"})


def keep(store: Store, namespace: str, *revisions: int) -> list[Record]:
    return [store.create(record(namespace, revision)) for revision in revisions]


def stale_update(store: Store, namespace: str) -> Any:
    made = keep(store, namespace, 1)[0]
    store.update(replace(made, status="failed", labels={**made.labels, "status": "failed"}))
    return store.update(replace(record(namespace), resource_version=made.resource_version))


STORE: list[Case] = [
    ("create", lambda s, ns: [bool(text) for made in keep(s, ns, 1) for text in (made.uid, made.resource_version)], [True, True]),
    ("create: it is there", lambda s, ns: keep(s, ns, 1, 1), errors.AlreadyExists),
    ("get", lambda s, ns: (keep(s, ns, 1), s.get(ns, "demo", 1).payload)[1], "cGF5bG9hZA=="),
    ("get: labels and annotations", lambda s, ns: (keep(s, ns, 1), s.get(ns, "demo", 1))[1].annotations, {"a": "b"}),
    ("get: none", lambda s, ns: s.get(ns, "demo", 1), errors.ReleaseNotFound),
    ("list: by revision", lambda s, ns: (keep(s, ns, 10, 2, 1), [r.revision for r in s.list(ns)])[1], [1, 2, 10]),
    ("list: of a release", lambda s, ns: (keep(s, ns, 1), s.list(ns, "other"))[1], []),
    ("list: by labels", lambda s, ns: (keep(s, ns, 1, 2), [r.revision for r in s.list(ns, "demo", {"version": "2"})])[1], [2]),
    ("list: all namespaces", lambda s, ns: (keep(s, ns, 1), ns in {r.namespace for r in s.list(ALL_NAMESPACES)})[1], True),
    ("list: none", lambda s, ns: s.list(ns), []),
    (
        "metadata",
        lambda s, ns: (keep(s, ns, 2, 1), [(r.release, r.revision, r.status) for r in s.list_metadata(ns)])[1],
        [("demo", 1, "deployed"), ("demo", 2, "deployed")],
    ),
    ("update", lambda s, ns: (keep(s, ns, 1), s.update(record(ns, status="failed")), s.get(ns, "demo", 1).status)[2], "failed"),
    ("update: none", lambda s, ns: s.update(record(ns)), errors.ReleaseNotFound),
    ("update: another version", stale_update, errors.Conflict),
    ("delete", lambda s, ns: (keep(s, ns, 1), s.delete(record(ns)), s.list(ns))[2], []),
    ("delete: none", lambda s, ns: s.delete(record(ns)), None),
    *((f"list: the namespace {n!r}", lambda s, ns, n=n: s.list(n), errors.EngineError) for n in NOT_NAMESPACES),
    *((f"metadata: the namespace {n!r}", lambda s, ns, n=n: s.list_metadata(n), errors.EngineError) for n in NOT_NAMESPACES),
    *((f"get: the namespace {n!r}", lambda s, ns, n=n: s.get(n, "demo", 1), errors.EngineError) for n in NOT_NAMESPACES),
    *((f"create: the namespace {n!r}", lambda s, ns, n=n: s.create(record(n)), errors.EngineError) for n in NOT_NAMESPACES),
    *((f"update: the namespace {n!r}", lambda s, ns, n=n: s.update(record(n)), errors.EngineError) for n in NOT_NAMESPACES),
    *((f"delete: the namespace {n!r}", lambda s, ns, n=n: s.delete(record(n)), errors.EngineError) for n in NOT_NAMESPACES),
]


STORE_CALLS: dict[str, Callable[[Any], Any]] = {
    "create": lambda s: s.create(record("ns")),
    "get": lambda s: s.get("ns", "demo", 1),
    "list": lambda s: s.list("ns"),
    "list_metadata": lambda s: s.list_metadata("ns"),
    "update": lambda s: s.update(record("ns")),
    "delete": lambda s: s.delete(record("ns")),
}


def check(case: Case, port: Any, namespace: str) -> None:
    """Run one case."""
    _name, act, outcome = case
    if isinstance(outcome, type) and issubclass(outcome, errors.EngineError):
        try:
            found = act(port, namespace)
        except errors.EngineError as error:
            assert isinstance(error, outcome), f"{type(error).__name__}: {error}"
            assert not isinstance(error, errors.InternalError)
            assert str(error)
            return
        raise AssertionError(f"{found!r} where {outcome.__name__} was due")
    found = act(port, namespace)
    assert found == (namespace if outcome == "NAMESPACE" else outcome)


def fails(call: Callable[[Any], Any], port: Any) -> errors.EngineError:
    """The error that a call raises: always one of the engine, and no bug."""
    try:
        found = call(port)
    except errors.EngineError as error:
        assert not isinstance(error, errors.InternalError)
        assert "\n" not in str(error)
        return error
    raise AssertionError(f"{found!r} where an error was due")
