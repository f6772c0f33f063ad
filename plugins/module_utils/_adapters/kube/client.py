# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The port ``Cluster`` over HTTP.

Writes are Helm 4's: field manager ``helm``; server-side apply is a PATCH of ``application/apply-patch+yaml`` with strict field
validation and an explicit ``force`` (JSON is YAML, so JSON is sent). Reads of metadata alone request ``PartialObjectMetadata``. Lists
come in pages; a list whose continuation has expired starts again.

No path is made of an empty or invalid name: an empty namespace of a namespaced kind would name the collection of all namespaces, and an
empty name the whole collection (``paths``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

from ..._engine.aliases import Json, JsonObject, Object
from ..._engine.errors import AlreadyExists, Conflict, NotFound, OptionError, UnknownKind
from ..._engine.plain import replace
from ..._engine.ports import Cluster, Event, ObjectRef, Objects, Resource, ServerVersion
from .answers import LIST, OBJECT
from .config.config import Connection, Credentials, resolve
from .config.options import ConnectionOptions
from .discovery import Discovery
from .paths import collection_path, object_path
from .status import Call, error_of, kind_unavailable
from .transport import REQUEST_SECONDS, Request, Transport

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
_GRACE_SECONDS = 2.0  # a watch that the server does not end in time is ended here
_MAX_LOG = 1 << 20

_shared: dict[tuple[int, Connection, frozenset[tuple[str, str]]], tuple[Transport, Discovery]] = {}


def connect(options: ConnectionOptions, seconds: float = REQUEST_SECONDS) -> KubeCluster:
    """A cluster to talk to; nothing is sent yet.

    Tasks of one process with the same options share its connections.

    :param seconds: the longest time of one request, its retries included.
    :raises ClusterConfigError: there is no way to a cluster, or a kubeconfig, certificate or plugin is faulty.
    """
    made = KubeCluster(resolve(options))
    made.set_seconds(seconds)
    return made


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

    def set_seconds(self, seconds: float) -> None:
        """The longest time of one request over this connection, its retries included."""
        self._transport.seconds = min(seconds, REQUEST_SECONDS)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return self._transport.within(seconds)

    def with_token(self, token: str) -> KubeCluster:
        """The same server, as another identity."""
        return KubeCluster(replace(self.connection, credentials=Credentials(token=token), impersonate=()))

    def kubeconfig_cluster(self) -> JsonObject:
        """The cluster as an entry of a kubeconfig: server, authority, no credentials."""
        import base64

        connection = self.connection
        entry: JsonObject = {"server": connection.server}
        if not connection.verify:
            entry["insecure-skip-tls-verify"] = True
        elif connection.ca:
            entry["certificate-authority-data"] = base64.b64encode(connection.ca).decode()
        if connection.server_name:
            entry["tls-server-name"] = connection.server_name
        return entry

    @property
    def namespace(self) -> str:
        """The namespace of the kubeconfig's context, or of the pod; empty where none is set."""
        return self.connection.namespace

    @property
    def requests_sent(self) -> int:
        """Requests over this connection so far, repeated ones counted each time."""
        return self._transport.sent

    def request(self, method: str, path: str, *, body: Json = None, query: dict[str, str] | None = None) -> Json:
        """Any path of the API; the parsed answer."""
        call = self._call(method.lower(), path)
        if any(part in (".", "..") for part in path.split("/")):
            raise OptionError(f"{path!r} is not a valid API path.", option="path")
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

    def invalidate_discovery(self) -> None:
        self._discovery.invalidate()

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        accept = _PARTIAL if metadata_only else "application/json"
        try:
            found = self._object(Request("GET", self._path(ref), accept=accept, expected=OBJECT), self._about("get", ref))
        except NotFound:
            return None
        if metadata_only:
            return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": found.get("metadata") or {}}
        return found

    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> tuple[list[Object], str]:
        return self._list(api_version, kind, namespace, labels, fields, "application/json")

    def list_metadata(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "") -> Objects:
        found, _version = self._list(api_version, kind, namespace, labels, "", _PARTIAL_LIST)
        return [{"apiVersion": api_version, "kind": kind, "metadata": item.get("metadata") or {}} for item in found]

    def _list(self, api_version: str, kind: str, namespace: str | None, labels: str, fields: str, accept: str) -> tuple[Objects, str]:
        resource = self.resource(api_version, kind)
        path = collection_path(resource, namespace)
        where = f" in {namespace}" if namespace else ""
        call = self._call("list", f"{resource.plural}{where}", api_version, kind)
        selectors = tuple((key, value) for key, value in (("labelSelector", labels), ("fieldSelector", fields)) if value)
        found: list[Object] = []
        going_on = ""
        while True:
            more = (("continue", going_on),) if going_on else ()
            try:
                request = Request("GET", path, (*selectors, ("limit", str(PAGE)), *more), accept=accept, expected=LIST)
                page = self._object(request, call)
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
        path = collection_path(self.resource(ref.api_version, ref.kind), ref.namespace)
        if ref.name:
            self._path(ref)  # refuses a name that is none
        request = Request("POST", path, query, obj, idempotent=bool(ref.name), expected=OBJECT)
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
        request = Request("PATCH", self._path(ref), query, obj, content_type=_APPLY, idempotent=True, expected=OBJECT)
        return self._write(request, "patch", ref, obj)

    def replace(self, obj: Object, *, dry_run: bool = False) -> Object:
        ref = ref_of(obj)
        query = (("fieldManager", MANAGER), ("fieldValidation", "Strict"), *_dry(dry_run))
        versioned = bool((obj.get("metadata") or {}).get("resourceVersion"))
        request = Request("PUT", self._path(ref), query, obj, idempotent=True, versioned=versioned, expected=OBJECT)
        return self._write(request, "update", ref, obj)

    def patch(self, ref: ObjectRef, body: Json, *, kind: str = "merge", dry_run: bool = False) -> Object:
        if kind not in _PATCHES:
            raise OptionError(f"{kind!r} is not a valid patch type; use one of {', '.join(sorted(_PATCHES))}.", option="kind")
        query = (("fieldManager", MANAGER), *_dry(dry_run))
        sent = body if isinstance(body, dict) else None
        # A JSON patch that names the version is a conflict, and no second patch, when it is sent twice.
        versioned = kind == "json" and any(step.get("path") == "/metadata/resourceVersion" for step in body)
        safe = versioned or kind != "json"
        path = self._path(ref)
        request = Request("PATCH", path, query, body, _PATCHES[kind], idempotent=safe, versioned=versioned, expected=OBJECT)
        return self._write(request, "patch", ref, sent)

    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if dry_run:
            body["dryRun"] = ["All"]
        if version:
            body["preconditions"] = {"resourceVersion": version}
        try:
            request = Request("DELETE", self._path(ref), body=body, idempotent=True, versioned=bool(version), expected=OBJECT)
            self._object(request, self._about("delete", ref))
        except NotFound as error:
            return bool(error.fields.get("repeated"))  # the answer to the first try was lost
        return True

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        resource = self.resource(api_version, kind)
        call = self._call("watch", resource.plural, api_version, kind)
        query = [("watch", "true"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", str(max(1, round(seconds))))]
        query += [(key, value) for key, value in (("fieldSelector", fields), ("resourceVersion", resource_version)) if value]
        request = Request("GET", collection_path(resource, namespace), tuple(query), seconds=seconds + _GRACE_SECONDS)
        for line in self._lines(request, call):
            event = _event(line)
            if event is None:
                return  # truncated in the middle of a line
            if event.type == "ERROR":
                code = event.object.get("code")
                raise error_of(code if isinstance(code, int) else 500, event.object, call)
            yield event

    def create_token(self, namespace: str, service_account: str, seconds: int) -> Object:
        path = f"{object_path(Resource('v1', 'ServiceAccount', 'serviceaccounts', True), namespace, service_account)}/token"
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": seconds}}
        ref = ObjectRef("v1", "ServiceAccount", namespace, service_account)
        call = self._about("create a token for", ref)
        answer = self._object(Request("POST", path, body=body, idempotent=True, expected=OBJECT), call)
        status = answer.get("status")
        if not isinstance(status, dict) or not isinstance(status.get("token"), str):
            raise self._transport.foreign(call, "a response without a token")
        return answer

    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        ref = ObjectRef("v1", "Pod", namespace, pod)
        query = (("container", container),) if container else ()
        query = (*query, ("tailLines", str(lines)), ("limitBytes", str(_MAX_LOG)))
        return self._transport.text(Request("GET", f"{self._path(ref)}/log", query, accept="*/*"), self._about("read the log of", ref))

    def _write(self, request: Request, verb: str, ref: ObjectRef, sent: Object | None) -> Object:
        return self._object(request, replace(self._about(verb, ref), sent=sent))

    def _object(self, request: Request, call: Call) -> Object:
        try:
            answer: Object = self._transport.json(request, call)
        except UnknownKind as error:
            raise self._confirmed(error, call) from error
        return answer

    def _lines(self, request: Request, call: Call) -> Iterator[bytes]:
        try:
            yield from self._transport.lines(request, call)
        except UnknownKind as error:
            raise self._confirmed(error, call) from error

    def _confirmed(self, error: UnknownKind, call: Call) -> Exception:
        """Whether a 404 means that the kind is not served: only if the API server sent it.

        Discovery decides about other 404 answers.
        """
        if error.fields.pop("certain", True):
            return error
        self._discovery.invalidate()
        try:
            self._discovery.listed(call.api_version, call.kind)
        except UnknownKind:
            return error
        except NotFound as none:
            return self._transport.no_api(none)
        return kind_unavailable(call.api_version, call.kind, self.connection.host)

    def _path(self, ref: ObjectRef) -> str:
        return object_path(self.resource(ref.api_version, ref.kind), ref.namespace, ref.name)

    def _about(self, verb: str, ref: ObjectRef) -> Call:
        return self._call(verb, str(ref), ref.api_version, ref.kind, ref.name)

    def _call(self, verb: str, what: str, api_version: str = "", kind: str = "", name: str = "") -> Call:
        return Call(verb, what, self.connection.host, api_version, kind, name)


def ref_of(obj: Object) -> ObjectRef:
    """The reference of an object. Raises ``UnknownKind`` for one without apiVersion or kind."""
    metadata = obj.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise UnknownKind("The metadata of an object to send is not a mapping.", api_version="", kind="")
    api_version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
    if not api_version or not kind:
        raise UnknownKind("An object to send has no apiVersion or no kind.", api_version=api_version, kind=kind)
    return ObjectRef(api_version, kind, str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def holds(live: Json, sent: Json) -> bool:
    """Whether a live object has all fields that were sent; the server adds others."""
    if isinstance(sent, dict):
        return isinstance(live, dict) and all(holds(live.get(key), value) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(live, list) and len(live) == len(sent) and all(holds(one, two) for one, two in zip(live, sent, strict=True))
    return bool(live == sent)


def _dry(dry_run: bool) -> tuple[tuple[str, str], ...]:
    return (("dryRun", "All"),) if dry_run else ()


def _event(line: bytes) -> Event | None:
    try:
        body = json.loads(line)
        found = body["object"]
        return Event(str(body["type"]), found) if isinstance(found, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _discover(transport: Transport, path: str, accept: str) -> Json:
    return transport.json(Request("GET", path, accept=accept), Call("discover", path, transport.connection.host))
