# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The port ``Cluster`` over HTTP.

Writes are Helm 4's: field manager ``helm``; server-side apply is a PATCH of ``application/apply-patch+yaml`` with strict field
validation and ``force`` said aloud (JSON is YAML, so JSON is sent). Reads of metadata alone ask for ``PartialObjectMetadata``. Lists
come in pages; a list whose continuation has run out is begun anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ..._engine.errors import AlreadyExists, Conflict, NotFound, OptionError, UnknownKind
from ..._engine.plain import replace
from ..._engine.ports import Cluster, Event, Object, ObjectRef, Objects, Resource, ServerVersion
from .config import Connection, Credentials, resolve
from .discovery import Discovery
from .options import ConnectionOptions
from .status import Call, error_of
from .transport import Request, Transport

MANAGER = "helm"
PAGE = 250
_PARTIAL = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
_PARTIAL_LIST = _PARTIAL.replace("PartialObjectMetadata;", "PartialObjectMetadataList;")
_PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}
_APPLY = "application/apply-patch+yaml"
_GRACE_SECONDS = 15.0

_shared: dict[tuple[int, Connection, frozenset[tuple[str, str]]], tuple[Transport, Discovery]] = {}


def connect(options: ConnectionOptions) -> KubeCluster:
    """A cluster to talk to; nothing is sent yet. Tasks of one process with the same options share its connections.

    :raises ClusterConfigError: there is no way to a cluster, or a kubeconfig, certificate or plugin is faulty.
    """
    return KubeCluster(resolve(options))


class KubeCluster(Cluster):
    """One API server, as one identity."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # A credential plugin answers by its environment, so two environments share nothing.
        ambient = frozenset(connection.environ.items()) if connection.credentials.plugin else frozenset()
        key = (os.getpid(), connection, ambient)
        if key not in _shared:
            transport = Transport(connection)
            _shared[key] = transport, Discovery(connection, lambda path, accept: _discover(transport, path, accept))
        self._transport, self._discovery = _shared[key]
        self._version: ServerVersion | None = None

    def with_token(self, token: str) -> KubeCluster:
        """The same server, as another identity."""
        return KubeCluster(replace(self.connection, credentials=Credentials(token=token), impersonate=()))

    def kubeconfig_cluster(self) -> dict[str, Any]:
        """The cluster as an entry of a kubeconfig: server, authority, no credentials."""
        import base64

        connection = self.connection
        entry: dict[str, Any] = {"server": connection.server}
        if not connection.verify:
            entry["insecure-skip-tls-verify"] = True
        elif connection.ca:
            entry["certificate-authority-data"] = base64.b64encode(connection.ca).decode()
        if connection.server_name:
            entry["tls-server-name"] = connection.server_name
        return entry

    @property
    def namespace(self) -> str:
        """The namespace of the kubeconfig's context, or of the pod; empty where none is said."""
        return self.connection.namespace

    @property
    def requests_sent(self) -> int:
        """Requests over this connection so far, repeated ones counted each time."""
        return self._transport.sent

    def request(self, method: str, path: str, *, body: Any = None, query: dict[str, str] | None = None) -> Any:
        """Any path of the API; the parsed answer."""
        call = self._call(method.lower(), path)
        return self._transport.json(Request(method, path, tuple((query or {}).items()), body), call)

    def version(self) -> ServerVersion:
        if self._version is None:
            answer = self._transport.json(Request("GET", "/version"), self._call("get", "/version"))
            digits = {key: "".join(c for c in str(answer.get(key, "")) if c.isdigit()) for key in ("major", "minor")}
            self._version = ServerVersion(str(answer.get("gitVersion", "")), digits["major"], digits["minor"])
        return self._version

    def api_versions(self) -> frozenset[str]:
        return self._discovery.api_versions()

    def unavailable_versions(self) -> frozenset[str]:
        return self._discovery.unavailable_versions()

    def resource(self, api_version: str, kind: str) -> Resource:
        return self._discovery.resource(api_version, kind)

    def forget_discovery(self) -> None:
        self._discovery.forget()

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        accept = _PARTIAL if metadata_only else "application/json"
        try:
            found: Object = self._transport.json(Request("GET", self._path(ref), accept=accept), self._about("get", ref))
        except NotFound:
            return None
        if metadata_only:
            return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": found.get("metadata") or {}}
        return found

    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> tuple[list[Object], str]:
        return self._list(api_version, kind, namespace, labels, fields, "application/json")

    def list_heads(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "") -> Objects:
        found, _version = self._list(api_version, kind, namespace, labels, "", _PARTIAL_LIST)
        return [{"apiVersion": api_version, "kind": kind, "metadata": item.get("metadata") or {}} for item in found]

    def _list(self, api_version: str, kind: str, namespace: str | None, labels: str, fields: str, accept: str) -> tuple[Objects, str]:
        resource = self.resource(api_version, kind)
        path = _path(resource, namespace or "")
        where = f" in {namespace}" if namespace else ""
        call = self._call("list", f"{resource.plural}{where}", api_version, kind)
        selectors = tuple((key, value) for key, value in (("labelSelector", labels), ("fieldSelector", fields)) if value)
        found: list[Object] = []
        going_on = ""
        while True:
            more = (("continue", going_on),) if going_on else ()
            try:
                page = self._transport.json(Request("GET", path, (*selectors, ("limit", str(PAGE)), *more), accept=accept), call)
            except Conflict:
                if not going_on:
                    raise
                found, going_on = [], ""
                continue
            for item in page.get("items") or ():
                item.setdefault("apiVersion", api_version)
                item.setdefault("kind", kind)
                found.append(item)
            metadata = page.get("metadata") or {}
            going_on = str(metadata.get("continue") or "")
            if not going_on:
                return found, str(metadata.get("resourceVersion") or "")

    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        ref = ref_of(obj)
        query = (("fieldManager", MANAGER), *_dry(dry_run))
        request = Request("POST", self._path(replace(ref, name="")), query, obj, idempotent=bool(ref.name))
        try:
            return self._write(request, "create", ref, obj)
        except AlreadyExists as error:
            live = self.read(ref) if error.fields.get("repeated") else None
            if live is None or not holds(live, obj):
                raise
            return live  # the first answer was lost, the object was made

    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        ref = ref_of(obj)
        query = (*_dry(dry_run), ("fieldManager", MANAGER), ("fieldValidation", "Strict"), ("force", "true" if force else "false"))
        request = Request("PATCH", self._path(ref), query, obj, content_type=_APPLY, idempotent=True)
        return self._write(request, "patch", ref, obj)

    def replace(self, obj: Object, *, dry_run: bool = False) -> Object:
        ref = ref_of(obj)
        query = (("fieldManager", MANAGER), ("fieldValidation", "Strict"), *_dry(dry_run))
        versioned = bool((obj.get("metadata") or {}).get("resourceVersion"))
        return self._write(Request("PUT", self._path(ref), query, obj, idempotent=True, versioned=versioned), "update", ref, obj)

    def patch(self, ref: ObjectRef, body: Any, *, kind: str = "merge", dry_run: bool = False) -> Object:
        if kind not in _PATCHES:
            raise OptionError(f"There is no patch of the kind {kind!r}; use one of {', '.join(sorted(_PATCHES))}.", option="kind")
        query = (("fieldManager", MANAGER), *_dry(dry_run))
        sent = body if isinstance(body, dict) else None
        # A JSON patch that names the version is a conflict, and no second patch, when it is sent twice.
        versioned = kind == "json" and any(step.get("path") == "/metadata/resourceVersion" for step in body)
        request = Request(
            "PATCH", self._path(ref), query, body, content_type=_PATCHES[kind], idempotent=versioned or kind != "json", versioned=versioned
        )
        return self._write(request, "patch", ref, sent)

    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if dry_run:
            body["dryRun"] = ["All"]
        if version:
            body["preconditions"] = {"resourceVersion": version}
        try:
            request = Request("DELETE", self._path(ref), body=body, idempotent=True, versioned=bool(version))
            self._transport.json(request, self._about("delete", ref))
        except NotFound:
            return False
        return True

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        resource = self.resource(api_version, kind)
        call = self._call("watch", resource.plural, api_version, kind)
        query = [("watch", "true"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", str(max(1, round(seconds))))]
        query += [(key, value) for key, value in (("fieldSelector", fields), ("resourceVersion", resource_version)) if value]
        request = Request("GET", _path(resource, namespace), tuple(query), seconds=seconds + _GRACE_SECONDS)
        for line in self._transport.lines(request, call):
            event = _event(line)
            if event is None:
                return  # cut off in the middle of a line
            if event.type == "ERROR":
                raise error_of(int(event.object.get("code") or 500), event.object, call)
            yield event

    def create_token(self, namespace: str, service_account: str, seconds: int) -> Object:
        path = _path(Resource("v1", "ServiceAccount", "serviceaccounts", True), namespace, service_account) + "/token"
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": seconds}}
        ref = ObjectRef("v1", "ServiceAccount", namespace, service_account)
        answer: Object = self._transport.json(Request("POST", path, body=body, idempotent=True), self._about("create a token for", ref))
        return answer

    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        ref = ObjectRef("v1", "Pod", namespace, pod)
        query = (("container", container), ("tailLines", str(lines))) if container else (("tailLines", str(lines)),)
        return self._transport.text(Request("GET", f"{self._path(ref)}/log", query, accept="*/*"), self._about("read the log of", ref))

    def _write(self, request: Request, verb: str, ref: ObjectRef, sent: Object | None) -> Object:
        answer: Object = self._transport.json(request, replace(self._about(verb, ref), sent=sent))
        return answer

    def _path(self, ref: ObjectRef) -> str:
        return _path(self.resource(ref.api_version, ref.kind), ref.namespace, ref.name)

    def _about(self, verb: str, ref: ObjectRef) -> Call:
        return self._call(verb, str(ref), ref.api_version, ref.kind, ref.name)

    def _call(self, verb: str, what: str, api_version: str = "", kind: str = "", name: str = "") -> Call:
        return Call(verb, what, self.connection.host, api_version, kind, name)


def ref_of(obj: Object) -> ObjectRef:
    """Which object this is. Raises ``UnknownKind`` for one without apiVersion or kind."""
    metadata = obj.get("metadata") or {}
    api_version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
    if not api_version or not kind:
        raise UnknownKind("An object to send has no apiVersion or no kind.", api_version=api_version, kind=kind)
    return ObjectRef(api_version, kind, str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def holds(live: Any, sent: Any) -> bool:
    """Whether an object that is there has all that was sent; the server adds to it."""
    if isinstance(sent, dict):
        return isinstance(live, dict) and all(holds(live.get(key), value) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(live, list) and len(live) == len(sent) and all(holds(one, two) for one, two in zip(live, sent, strict=True))
    return bool(live == sent)


def _path(resource: Resource, namespace: str, name: str = "") -> str:
    root = "/apis" if "/" in resource.api_version else "/api"
    parts = [root, resource.api_version]
    if resource.namespaced and namespace:
        parts += ["namespaces", quote(namespace, safe="")]
    parts.append(resource.plural)
    if name:
        parts.append(quote(name, safe=""))
    return "/".join(parts)


def _dry(dry_run: bool) -> tuple[tuple[str, str], ...]:
    return (("dryRun", "All"),) if dry_run else ()


def _event(line: bytes) -> Event | None:
    try:
        body = json.loads(line)
        return Event(str(body["type"]), body["object"])
    except (ValueError, KeyError, TypeError):
        return None


def _discover(transport: Transport, path: str, accept: str) -> Any:
    return transport.json(Request("GET", path, accept=accept), Call("discover", path, transport.connection.host))
