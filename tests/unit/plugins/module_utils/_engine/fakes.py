# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ports in memory with the contracts of the real ones, and wrappers that fail when configured to.

``MemoryCluster`` is an API server small enough to read: namespaces must exist, objects have uids and resource versions, server-side apply
knows managers (fields that the last apply had and this one has not are removed unless another manager holds them; a
field that another manager holds with another value is a conflict), a dry run answers and keeps nothing, a kind that is not
served is unknown until its CRD is created. Every request is counted. It does not default, validate or run controllers:
``rejects`` and ``on_watch`` replace those.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.paths import collection_path, object_path
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    AlreadyExists,
    Conflict,
    EngineError,
    KindUnavailable,
    NotFound,
    Rejected,
    UnknownKind,
    Unreachable,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import (
    Clock,
    Cluster,
    CompiledCache,
    Event,
    ObjectRef,
    Random,
    Record,
    Resource,
    ServerVersion,
    Store,
)

from .selectors import has_fields, has_labels

KINDS = {
    ("v1", "ConfigMap"): ("configmaps", True),
    ("v1", "Secret"): ("secrets", True),
    ("v1", "Service"): ("services", True),
    ("v1", "ServiceAccount"): ("serviceaccounts", True),
    ("v1", "Pod"): ("pods", True),
    ("v1", "Namespace"): ("namespaces", False),
    ("apps/v1", "Deployment"): ("deployments", True),
    ("batch/v1", "Job"): ("jobs", True),
    ("coordination.k8s.io/v1", "Lease"): ("leases", True),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"): ("clusterroles", False),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): ("customresourcedefinitions", False),
}

Path = tuple[str, ...]


class FakeClock(Clock):
    """Time that passes only in sleep, and one second at each reading."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        self.seconds += 1
        return datetime(2026, 5, 1, 12, 0, 0, 123456, timezone(timedelta(hours=2))) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FakeRandom(Random):
    """Chance that is the same in every run and never the same twice within one."""

    def __init__(self) -> None:
        self.calls = 0

    def bytes(self, count: int) -> bytes:
        self.calls += 1
        return bytes((self.calls * 37 + place * 11) % 256 for place in range(count))


class MemoryCache(CompiledCache):
    """A cache in memory; ``hits`` counts the results that it had."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}
        self.hits = 0

    def get(self, key: str) -> bytes | None:
        self.hits += key in self.entries
        return self.entries.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.entries[key] = data


def field_paths(obj: dict[str, Any]) -> dict[Path, Any]:
    """Leaves by path, without the fields that identify the object; lists are atomic."""
    found: dict[Path, Any] = {}

    def walk(value: Any, path: Path) -> None:
        if isinstance(value, dict) and value:
            for key, item in value.items():
                walk(item, (*path, key))
        else:
            found[path] = value

    walk(obj, ())
    skipped = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}
    return {path: value for path, value in found.items() if path not in skipped and path[:2] != ("metadata", "managedFields")}


def to_tree(paths: set[Path]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in sorted(paths):
        node = tree
        for key in path:
            node = node.setdefault(f"f:{key}", {})
    return tree


def from_tree(tree: dict[str, Any], path: Path = ()) -> set[Path]:
    if not tree:
        return {path} if path else set()
    found: set[Path] = set()
    for key, item in tree.items():
        found |= {path} if key == "." else from_tree(item, (*path, key[2:]))
    return found


def put(obj: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = obj.get(key)
        if not isinstance(inner, dict):
            inner = obj[key] = {}
        obj = inner
    obj[path[-1]] = copy.deepcopy(value)


def drop(obj: dict[str, Any], path: Path) -> None:
    inner = obj.get(path[0])
    if len(path) == 1:
        obj.pop(path[0], None)
    elif isinstance(inner, dict):
        drop(inner, path[1:])
        if not inner:
            obj.pop(path[0])


class MemoryCluster(Cluster):
    """An API server in memory. :param namespaces: those that are there at the start."""

    def __init__(self, *namespaces: str, clock: FakeClock | None = None) -> None:
        self.objects: dict[ObjectRef, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.kinds: dict[tuple[str, str], tuple[str, bool]] = dict(KINDS)
        self.fails: Callable[[], EngineError] | None = None  # what every request meets, as when the network is gone
        self.unavailable: set[str] = set()  # apiVersions whose API is down: discovery lists the group, no request is answered
        self.stale: dict[tuple[str, str], tuple[str, bool]] = {}  # kinds that cached discovery lists and the server no longer serves
        self.rejects: Callable[[dict[str, Any]], str] = lambda obj: ""
        #: live, new -> the field that an update may not change, empty: none
        self.immutable: Callable[[dict[str, Any], dict[str, Any]], str] = lambda live, new: ""
        self.on_watch: list[Callable[[MemoryCluster], None]] = []
        self.on_create: Callable[[MemoryCluster, ObjectRef], None] = lambda cluster, ref: None
        self.git_version = "v1.36.3"
        self.printed: dict[tuple[str, str], str] = {}  # (pod, container) -> what it has printed
        self.clock = clock or FakeClock()
        self.deleted: list[tuple[int, dict[str, Any]]] = []  # version, object: events for watches from an older version
        self.forgotten = False  # a server that no longer knows what was before
        self._version = 100
        for name in namespaces or ("default",):
            self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    # what tests use

    def touch(self, ref: ObjectRef, path: str, value: Any, manager: str = "kubectl-edit", subresource: str = "") -> None:
        """Another client changes one field of an object and owns it from then on; ``None``: it is gone."""
        obj = copy.deepcopy(self.objects[ref])
        where = tuple(path.split("."))
        entries = obj["metadata"].setdefault("managedFields", [])
        for entry in entries:
            entry["fieldsV1"] = to_tree({held for held in from_tree(entry["fieldsV1"]) if held[: len(where)] != where})
        if value is None:
            drop(obj, where)
        else:
            put(obj, where, value)
            owned = {(*where, *inner) for inner in field_paths(value)} if isinstance(value, dict) else {where}
            entry = {"manager": manager, "operation": "Update", "apiVersion": ref.api_version, "fieldsV1": to_tree(owned)}
            entries.append({**entry, "subresource": subresource} if subresource else entry)
        self._keep(ref, obj)

    def vanish(self, ref: ObjectRef) -> None:
        """Deletes an object; watches send its last state."""
        self._version += 1
        self.deleted.append((self._version, self.objects.pop(ref)))

    def unserve(self, crd: dict[str, Any], *versions: str, cached: bool = False) -> None:
        """The server no longer serves the kinds of a definition, or those versions of it.

        ``cached``: discovery does not know yet.
        """
        spec = crd["spec"]
        kind = spec["names"]["kind"]
        for version in versions or [item["name"] for item in spec["versions"]]:
            place = (f"{spec['group']}/{version}", kind)
            found = self.kinds.pop(place, None)
            if found and cached:
                self.stale[place] = found
        if not versions:
            for ref in [ref for ref in self.objects if ref.kind == kind and ref.api_version.startswith(spec["group"] + "/")]:
                self.vanish(ref)

    def put(self, obj: dict[str, Any], manager: str = "someone", operation: str = "Update") -> ObjectRef:
        """Set an object aside from any request."""
        ref = self.ref(obj)
        stored = copy.deepcopy(obj)
        entry = {"manager": manager, "operation": operation, "apiVersion": ref.api_version, "fieldsV1": to_tree(set(field_paths(obj)))}
        stored["metadata"] = {**stored["metadata"], "uid": f"uid-{self._version}", "managedFields": [entry]}
        self._keep(ref, stored)
        return ref

    def ref(self, obj: dict[str, Any]) -> ObjectRef:
        metadata = obj["metadata"]
        return ObjectRef(obj["apiVersion"], obj["kind"], metadata.get("namespace", ""), metadata.get("name", ""))

    def names(self) -> list[str]:
        return sorted(str(ref) for ref in self.objects if ref.kind != "Namespace")

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        return next((obj for ref, obj in self.objects.items() if (ref.kind, ref.name) == (kind, name)), None)

    def snapshot(self) -> str:
        return json.dumps({str(ref): obj for ref, obj in self.objects.items()}, sort_keys=True)

    # the port

    def version(self) -> ServerVersion:
        self._count("version", "")
        return ServerVersion(self.git_version, "1", "36")

    def api_versions(self) -> frozenset[str]:
        self._count("discovery", "")
        self._count("discovery", "")
        served = [(version, kind) for version, kind in self.kinds if version not in self.unavailable]
        return frozenset(text for version, kind in served for text in (version, f"{version}/{kind}"))

    def unavailable_versions(self) -> frozenset[str]:
        return frozenset(self.unavailable)

    def resource(self, api_version: str, kind: str) -> Resource:
        found = self.stale.get((api_version, kind))
        return Resource(api_version, kind, *found) if found else self._served(api_version, kind)

    def _served(self, api_version: str, kind: str) -> Resource:
        if api_version in self.unavailable:
            raise KindUnavailable(f"The API {api_version} is unavailable", api_version=api_version, kind=kind, status=503)
        found = self.kinds.get((api_version, kind))
        if found is None:
            raise UnknownKind(f"The server does not serve {kind} of {api_version}", api_version=api_version, kind=kind)
        return Resource(api_version, kind, *found)

    def invalidate_discovery(self) -> None:
        self._count("forget", "")
        self.stale.clear()

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> dict[str, Any] | None:
        self._count("head" if metadata_only else "get", ref)
        self._check(ref)
        obj = self.objects.get(ref)
        if obj is not None and metadata_only:
            obj = {key: obj[key] for key in ("apiVersion", "kind", "metadata")}
        return copy.deepcopy(obj)

    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> Any:
        self._count("list", kind)
        resource = self._served(api_version, kind)
        collection_path(resource, namespace)
        everywhere = namespace is None or not resource.namespaced
        found = []
        sample = {"kind": kind, "metadata": {}}
        has_labels(labels, {}), has_fields(fields, sample)  # a malformed selector is always refused
        for ref, obj in sorted(self.objects.items()):
            if (ref.api_version, ref.kind) != (api_version, kind) or not (everywhere or ref.namespace == namespace):
                continue
            if has_labels(labels, obj["metadata"].get("labels") or {}) and has_fields(fields, obj):
                found.append(copy.deepcopy(obj))
        return found, str(self._version)

    def create(self, obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        obj = copy.deepcopy(obj)
        if "generateName" in obj["metadata"] and not obj["metadata"].get("name"):
            obj["metadata"]["name"] = f"{obj['metadata']['generateName']}{self._version}"
        ref = self.ref(obj)
        self._count("create", ref, dry_run)
        self._admit(ref, obj)
        if ref in self.objects:
            raise AlreadyExists(f"{ref} exists already", object=str(ref), status=409)
        if not dry_run:
            self.put(obj, "helm")
            self._created(ref)
        return copy.deepcopy(obj if dry_run else self.objects[ref])

    def apply(self, obj: dict[str, Any], *, force: bool = False, dry_run: bool = False) -> dict[str, Any]:
        ref = self.ref(obj)
        self._count("apply", ref, dry_run)
        self._admit(ref, obj)
        live = self.objects.get(ref)
        self._transition(ref, live, obj)
        fields = field_paths(obj)
        new = copy.deepcopy(live) if live else {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": {"name": ref.name}}
        if ref.namespace:
            new["metadata"]["namespace"] = ref.namespace
        entries = new["metadata"].pop("managedFields", [])
        mine = next((entry for entry in entries if self._is_own(entry)), None)
        others = [entry for entry in entries if entry is not mine]
        self._take(ref, live or {}, fields, others, force)
        held = {path for entry in others for path in from_tree(entry["fieldsV1"])}
        for path in from_tree(mine["fieldsV1"]) - set(fields) - held if mine else set():
            drop(new, path)
        for path, value in fields.items():
            put(new, path, value)
        entry = {"manager": "helm", "operation": "Apply", "apiVersion": ref.api_version, "fieldsV1": to_tree(set(fields))}
        new["metadata"]["managedFields"] = [*[other for other in others if other["fieldsV1"]], entry]
        if dry_run:
            return new
        if live is None:
            new["metadata"]["uid"] = f"uid-{self._version}"
        if new != live:
            self._keep(ref, new)
        if live is None:
            self._created(ref)
        return copy.deepcopy(self.objects[ref])

    def replace(self, obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        ref = self.ref(obj)
        self._count("replace", ref, dry_run)
        self._admit(ref, obj)
        if ref not in self.objects:
            raise NotFound(f"{ref} is not there", object=str(ref), status=404)
        named = obj["metadata"].get("resourceVersion")
        if named and named != self.objects[ref]["metadata"]["resourceVersion"]:
            raise Conflict(f"{ref} was changed meanwhile", object=str(ref), status=409, conflicts=[])
        self._transition(ref, self.objects[ref], obj)
        if dry_run:
            return copy.deepcopy(obj)
        self.put(obj, "helm")
        return copy.deepcopy(self.objects[ref])

    def patch(self, ref: ObjectRef, body: Any, *, kind: str = "merge", dry_run: bool = False) -> dict[str, Any]:
        self._count("patch", ref, dry_run)
        self._check(ref)
        live = self.objects.get(ref)
        if live is None:
            raise NotFound(f"{ref} is not there", object=str(ref), status=404)
        new = copy.deepcopy(live)
        if kind == "json":
            for step in body:
                assert step["op"] == "replace", step
                path = tuple(step["path"].strip("/").split("/"))
                if path == ("metadata", "resourceVersion") and step["value"] != live["metadata"]["resourceVersion"]:
                    raise Conflict(f"{ref} was changed meanwhile", object=str(ref), status=409)
                put(new, path, step["value"])
        else:
            self._merge(new, body)
        self._transition(ref, live, new)
        if not dry_run:
            self._keep(ref, new)
        return copy.deepcopy(new)

    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        self._count("delete", ref, dry_run)
        self._check(ref)
        if version and ref in self.objects and self.objects[ref]["metadata"]["resourceVersion"] != version:
            raise Conflict(f"{ref} was changed meanwhile", object=str(ref), status=409)
        if dry_run or ref not in self.objects:
            return ref in self.objects
        self.vanish(ref)
        if ref.kind == "CustomResourceDefinition":
            self.unserve(self.deleted[-1][1])
        return True

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        self._count("watch", kind)
        collection_path(self._served(api_version, kind), namespace)
        since = int(resource_version or self._version)
        if self.forgotten and since < self._version:
            raise Conflict("the version is too old", object=kind, status=410)

        def matches(ref: ObjectRef) -> bool:
            obj = {"kind": ref.kind, "metadata": {"name": ref.name, "namespace": ref.namespace}}
            return (ref.api_version, ref.kind, ref.namespace) == (api_version, kind, namespace) and has_fields(fields, obj)

        missed = [obj for version, obj in self.deleted if version > since and matches(self.ref(obj))]
        if missed:
            yield from (Event("DELETED", copy.deepcopy(obj)) for obj in missed)
            return
        if not self.on_watch:
            self.clock.sleep(seconds)
            return
        before = {ref: obj["metadata"]["resourceVersion"] for ref, obj in self.objects.items()}
        known = len(self.deleted)
        self.on_watch.pop(0)(self)
        yield from (Event("DELETED", copy.deepcopy(obj)) for _version, obj in self.deleted[known:] if matches(self.ref(obj)))
        for ref, obj in list(self.objects.items()):
            if matches(ref) and before.get(ref) != obj["metadata"]["resourceVersion"]:
                yield Event("MODIFIED" if ref in before else "ADDED", copy.deepcopy(obj))

    def create_token(self, namespace: str, service_account: str, seconds: int) -> dict[str, Any]:
        self._count("token", service_account)
        if not any((ref.kind, ref.namespace, ref.name) == ("ServiceAccount", namespace, service_account) for ref in self.objects):
            raise NotFound(f'serviceaccounts "{service_account}" not found', object=service_account, status=404)
        until = (self.clock.now() + timedelta(seconds=seconds)).isoformat()
        return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "status": {"token": f"token-{self._version}", "expirationTimestamp": until}}

    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        self._count("logs", pod)
        self.clock.now()
        text = self.printed.get((pod, container))
        if text is None and ObjectRef("v1", "Pod", namespace, pod) not in self.objects:
            raise NotFound(f'pods "{pod}" not found', object=pod, status=404)
        if text is None:
            raise Rejected(f"container {container} in pod {pod} is waiting to start", object=pod, status=400)
        return "".join(text.splitlines(keepends=True)[-lines:])

    # inside

    def set_status(self, ref: ObjectRef, status: dict[str, Any]) -> None:
        obj = copy.deepcopy(self.objects[ref])
        obj["status"] = status
        self._keep(ref, obj)

    def _count(self, verb: str, what: Any, dry_run: bool = False) -> None:
        if self.fails is not None:
            raise self.fails()
        self.requests.append((f"dry-{verb}" if dry_run else verb, str(what)))

    def _check(self, ref: ObjectRef) -> None:
        """Kinds that are not served and names that are none, as the adapter refuses them."""
        object_path(self._served(ref.api_version, ref.kind), ref.namespace, ref.name)

    def _admit(self, ref: ObjectRef, obj: dict[str, Any]) -> None:
        self._check(ref)
        if ref.namespace and not any(there.kind == "Namespace" and there.name == ref.namespace for there in self.objects):
            raise NotFound(f'namespaces "{ref.namespace}" not found', object=str(ref), status=404)
        reason = self.rejects(obj)
        if reason:
            raise Rejected(f"{ref}: {reason}", object=str(ref), status=422, causes=[{"field": "", "message": reason}])

    def _transition(self, ref: ObjectRef, live: dict[str, Any] | None, new: dict[str, Any]) -> None:
        field = self.immutable(live, new) if live is not None else ""
        if field:
            causes = [{"field": field, "message": f"Forbidden: updates to {'any of the fields ' * 20} are not for you"}]
            raise Rejected(f"{ref}: {field} is refused", object=str(ref), status=422, causes=causes)

    def _created(self, ref: ObjectRef) -> None:
        obj = self.objects[ref]
        if ref.kind == "CustomResourceDefinition":
            spec = obj["spec"]
            for version in spec["versions"]:
                self.kinds[(f"{spec['group']}/{version['name']}", spec["names"]["kind"])] = (spec["names"]["plural"], spec["scope"] == "Namespaced")
            self.set_status(ref, {"conditions": [{"type": "Established", "status": "True"}]})
        self.on_create(self, ref)

    def _keep(self, ref: ObjectRef, obj: dict[str, Any]) -> None:
        self._version += 1
        obj["metadata"]["resourceVersion"] = str(self._version)
        self.objects[ref] = obj

    @staticmethod
    def _is_own(entry: dict[str, Any]) -> bool:
        return entry["manager"] == "helm" and entry["operation"] == "Apply"

    @staticmethod
    def _take(ref: ObjectRef, live: dict[str, Any], fields: dict[Path, Any], others: Any, force: bool) -> None:
        there = field_paths(live) if live else {}
        clashes = []
        for entry in others:
            owned = from_tree(entry["fieldsV1"])
            lost = {path for path in owned if path in fields and fields[path] != there.get(path)}
            more = {"subresource": entry["subresource"]} if entry.get("subresource") else {}
            clashes += [{"manager": entry["manager"], "field": "." + ".".join(path), **more} for path in sorted(lost)]
            entry["fieldsV1"] = to_tree(owned - lost)
        if clashes and not force:
            raise Conflict(f"{ref}: {len(clashes)} fields belong to others", object=str(ref), status=409, conflicts=clashes)

    def _merge(self, target: dict[str, Any], body: dict[str, Any]) -> None:
        for key, value in body.items():
            if value is None:
                target.pop(key, None)
            elif key.startswith("$"):
                continue
            elif isinstance(value, dict) and isinstance(target.get(key), dict):
                self._merge(target[key], value)
            else:
                target[key] = copy.deepcopy(value)


class Faults:
    """When to fail: at the write with that number (from 1), before or after it happens.

    With ``answered=False`` after it has happened.

    ``dead``: every later request fails too, as for a process that was killed or a network that is gone.
    """

    def __init__(self, at: int = 0, *, dead: bool = False, lost: bool = False) -> None:
        self.at = at
        self.dead = dead
        self.lost = lost
        self.writes: list[str] = []

    def error(self, what: str) -> EngineError:
        return Unreachable(f"the network is gone at write {len(self.writes)} ({what})")

    def write(self, what: str, act: Callable[[], Any]) -> Any:
        self.writes.append(what)
        number = len(self.writes)
        if number == self.at and self.lost:
            act()
            raise self.error(what)
        if number == self.at or (self.dead and self.at and number > self.at):
            raise self.error(what)
        return act()


class FailingStore(Store):
    """A store whose writes fail according to ``faults``."""

    def __init__(self, inner: Store, faults: Faults) -> None:
        self.inner = inner
        self.faults = faults

    def create(self, record: Record) -> Record:
        return self.faults.write(f"create {record.key}", lambda: self.inner.create(record))  # type: ignore[no-any-return]

    def get(self, namespace: str, release: str, revision: int) -> Record:
        return self.inner.get(namespace, release, revision)

    def list(self, namespace: str | None, release: str | None = None, labels: Any = None) -> Any:
        return self.inner.list(namespace, release, labels)

    def update(self, record: Record) -> Record:
        return self.faults.write(f"update {record.key} {record.status}", lambda: self.inner.update(record))  # type: ignore[no-any-return]

    def delete(self, record: Record) -> None:
        self.faults.write(f"delete {record.key}", lambda: self.inner.delete(record))


class FailingCluster(Cluster):
    """A cluster whose writes fail according to ``faults``; dry runs and reads do not."""

    def __init__(self, inner: Cluster, faults: Faults) -> None:
        self.inner = inner
        self.faults = faults

    def version(self) -> ServerVersion:
        return self.inner.version()

    def api_versions(self) -> frozenset[str]:
        return self.inner.api_versions()

    def unavailable_versions(self) -> frozenset[str]:
        return self.inner.unavailable_versions()

    def resource(self, api_version: str, kind: str) -> Resource:
        return self.inner.resource(api_version, kind)

    def invalidate_discovery(self) -> None:
        self.inner.invalidate_discovery()

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> dict[str, Any] | None:
        return self.inner.read(ref, metadata_only=metadata_only)

    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> Any:
        return self.inner.list(api_version, kind, namespace, labels=labels, fields=fields)

    def create(self, obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        return self._write("create", obj, dry_run, lambda: self.inner.create(obj, dry_run=dry_run))

    def apply(self, obj: dict[str, Any], *, force: bool = False, dry_run: bool = False) -> dict[str, Any]:
        return self._write("apply", obj, dry_run, lambda: self.inner.apply(obj, force=force, dry_run=dry_run))

    def replace(self, obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        return self._write("replace", obj, dry_run, lambda: self.inner.replace(obj, dry_run=dry_run))

    def patch(self, ref: ObjectRef, body: Any, *, kind: str = "merge", dry_run: bool = False) -> dict[str, Any]:
        return self._write("patch", ref, dry_run, lambda: self.inner.patch(ref, body, kind=kind, dry_run=dry_run))

    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        def act() -> bool:
            return self.inner.delete(ref, propagation=propagation, dry_run=dry_run, version=version)

        return self._write("delete", ref, dry_run, act)  # type: ignore[return-value]

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        return self.inner.watch(api_version, kind, namespace, fields=fields, resource_version=resource_version, seconds=seconds)

    def create_token(self, namespace: str, service_account: str, seconds: int) -> dict[str, Any]:
        return self.inner.create_token(namespace, service_account, seconds)

    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        return self.inner.logs(namespace, pod, container, lines=lines)

    def _write(self, verb: str, what: Any, dry_run: bool, act: Callable[[], Any]) -> dict[str, Any]:
        if dry_run:
            return act()  # type: ignore[no-any-return]
        name = str(what) if isinstance(what, ObjectRef) else f"{what['kind']} {what['metadata'].get('name')}"
        return self.faults.write(f"{verb} {name}", act)  # type: ignore[no-any-return]


class CountingStore(FailingStore):
    """A store that counts its requests together with a cluster's, for budgets."""

    def __init__(self, inner: Store, cluster: MemoryCluster) -> None:
        super().__init__(inner, Faults())
        self._cluster = cluster

    def list(self, namespace: str | None, release: str | None = None, labels: Any = None) -> Any:
        self._cluster.requests.append(("list", "records"))
        return self.inner.list(namespace, release, labels)

    def get(self, namespace: str, release: str, revision: int) -> Record:
        self._cluster.requests.append(("get", "record"))
        return self.inner.get(namespace, release, revision)
