# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The deployer's identity: the service account that releases are made with, and its permissions.

It has the role that Tiller's account had in Helm 2, with the least permissions that suffice. An identity is a namespace, a
ServiceAccount in it, and either one ClusterRoleBinding to ``cluster-admin`` or a Role and a RoleBinding in each target namespace.
Every object has the label ``MANAGED`` and the annotation ``OWNER``; objects without them are never changed and never removed.
Tokens are short-lived and come from TokenRequest. A token that the server still accepts, and that has a third of its life left, is reused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ..aliases import Json, JsonObject, Object
from ..chart.names import validate_namespace, validate_object_name
from ..errors import ClusterError, EngineError, Forbidden, NotFound, OperatorError, OptionError, Rejected
from ..ports import Clock, Cluster, ObjectRef, Reader, Writer

MANAGED = {"app.kubernetes.io/managed-by": "windlass.charts"}
OWNER = "charts.windlass.io/release-manager"
_LAST_SECOND = 253402300799  # of the year 9999
PROOF_SECONDS = 15.0  # how long the server may take to see a new binding

WRITE = ["get", "list", "watch", "create", "update", "patch", "delete"]

#: What deploying ordinary charts into a namespace requires, release records (Secrets) included; and what this collection requires:
#: the lock, reading the namespace, and, for the evidence of a failure, events, logs, and the holders of finalizers.
NAMESPACE_RULES: tuple[dict[str, list[str]], ...] = (
    {
        "apiGroups": [""],
        "resources": [
            "configmaps", "persistentvolumeclaims", "pods", "secrets", "serviceaccounts", "services",
        ],
        "verbs": WRITE,
    },
    {"apiGroups": ["apps"], "resources": ["daemonsets", "deployments", "statefulsets"], "verbs": WRITE},
    {"apiGroups": ["batch"], "resources": ["cronjobs", "jobs"], "verbs": WRITE},
    {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": WRITE},
    {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses", "networkpolicies"], "verbs": WRITE},
    {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"], "verbs": WRITE},
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update", "delete"]},
    {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["list"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]},
    {"apiGroups": [""], "resources": ["namespaces", "pods/log"], "verbs": ["get"]},
)


@dataclass(frozen=True)
class IdentityRequest:
    """``scope``: ``namespaces`` or ``cluster-admin``.

    ``rules``: more RBAC rules for every namespace of ``namespaces``. ``token_seconds``: the token's life. ``token``: the one at hand (a
    secret), empty where there is none.
    """

    name: str
    namespace: str
    scope: str = "namespaces"
    namespaces: tuple[str, ...] = ()
    rules: tuple[JsonObject, ...] = ()
    token_seconds: int = 3600
    token: str = field(default="", repr=False)


@dataclass
class IdentityOutcome:
    """``steps``: one sentence each, what was done or, in check mode, would be.

    ``token`` is a secret; empty in check mode where a new one would be made. ``proved``: what the identity was seen to be allowed, as
    sentences.
    """

    changed: bool
    steps: list[str] = field(default_factory=list)
    token: str = field(default="", repr=False)
    expires: str = ""
    proved: list[str] = field(default_factory=list)


def present(
    request: IdentityRequest, cluster: Cluster, clock: Clock, as_identity: Callable[[str], Writer], *, check: bool = False
) -> IdentityOutcome:
    """Make or mend the identity, get a token, prove it.

    Raises ``OptionError``, ``OperatorError``, ``ClusterError``.

    :param as_identity: token -> the same cluster, seen with that token alone.
    """
    _validate(request)
    outcome = IdentityOutcome(changed=False)
    for wanted in _wanted(request):
        _converge(wanted, request, cluster, outcome, check)
    _refuse_foreign_namespaces(request, cluster)
    if _is_valid(request, cluster, clock):
        outcome.token = request.token
        outcome.expires = datetime.fromtimestamp(_expiry(request.token), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        outcome.changed = True
        outcome.steps.append(f"request a token of {request.token_seconds} seconds for ServiceAccount {request.namespace}/{request.name}")
        if not check:
            answer = cluster.create_token(request.namespace, request.name, request.token_seconds)
            outcome.token = answer["status"]["token"]
            outcome.expires = str(answer["status"].get("expirationTimestamp", ""))
    if outcome.token and not check:
        outcome.proved = _prove(request, as_identity(outcome.token), clock)
    return outcome


def absent(request: IdentityRequest, cluster: Writer, *, check: bool = False) -> IdentityOutcome:
    """Remove what ``present`` made and nothing else. Raises ``ClusterError``."""
    _validate_names(request)
    outcome = IdentityOutcome(changed=False)
    for ref in reversed([_ref(o) for o in _wanted(request)]):
        live = cluster.read(ref)
        if live is None or not _is_managed(live, request):
            continue
        if ref.kind == "Namespace" and (left := _left_in(ref.name, cluster, request)):
            outcome.steps.append(f"keep Namespace {ref.name}: it contains {left}")
            continue
        outcome.changed = True
        outcome.steps.append(f"remove {ref}")
        if not check:
            cluster.delete(ref)
    return outcome


def _validate(request: IdentityRequest) -> None:
    if request.scope not in ("namespaces", "cluster-admin"):
        raise OptionError(f"scope must be 'namespaces' or 'cluster-admin', not {request.scope!r}.", option="scope")
    if request.scope == "namespaces" and not request.namespaces:
        raise OptionError("namespaces must name at least one namespace when scope is 'namespaces'.", option="namespaces")
    _validate_names(request)
    if request.token_seconds < 600:
        raise OptionError(
            "token_duration must be at least 10 minutes: the API server does not issue shorter tokens.", option="token_duration"
        )


def _validate_names(request: IdentityRequest) -> None:
    validate_object_name(request.name, "name")
    validate_namespace(request.namespace, "namespace")
    for index, namespace in enumerate(request.namespaces):
        validate_namespace(namespace, f"namespaces[{index}]")


def _wanted(request: IdentityRequest) -> Iterator[Object]:
    """Every object of the identity, in the order in which they are made."""
    yield _object(request, "v1", "Namespace", "", request.namespace)
    yield _object(request, "v1", "ServiceAccount", request.namespace, request.name)
    subject = {"kind": "ServiceAccount", "name": request.name, "namespace": request.namespace}
    group = "rbac.authorization.k8s.io"
    if request.scope == "cluster-admin":
        role = {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"}
        name = f"{request.namespace}:{request.name}"
        yield _object(request, f"{group}/v1", "ClusterRoleBinding", "", name, roleRef=role, subjects=[subject])
        return
    for namespace in request.namespaces:
        if namespace != request.namespace:
            yield _object(request, "v1", "Namespace", "", namespace)
        rules = [dict(r) for r in (*NAMESPACE_RULES, *request.rules)]
        yield _object(request, f"{group}/v1", "Role", namespace, request.name, rules=rules)
        role = {"apiGroup": group, "kind": "Role", "name": request.name}
        yield _object(request, f"{group}/v1", "RoleBinding", namespace, request.name, roleRef=role, subjects=[subject])


def _object(request: IdentityRequest, api_version: str, kind: str, namespace: str, name: str, **body: Json) -> Object:
    metadata: JsonObject = {"name": name, "labels": dict(MANAGED), "annotations": {OWNER: _owner(request)}}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


def _owner(request: IdentityRequest) -> str:
    return f"{request.namespace}/{request.name}"


def _ref(obj: Object) -> ObjectRef:
    metadata = obj["metadata"]
    return ObjectRef(obj["apiVersion"], obj["kind"], metadata.get("namespace", ""), metadata["name"])


def _is_managed(live: Object, request: IdentityRequest) -> bool:
    return bool((live["metadata"].get("annotations") or {}).get(OWNER) == _owner(request))


def _converge(wanted: Object, request: IdentityRequest, cluster: Writer, outcome: IdentityOutcome, check: bool) -> None:
    ref = _ref(wanted)
    live = cluster.read(ref)
    if live is None:
        outcome.changed = True
        outcome.steps.append(f"create {ref}")
        if not check:
            cluster.create(wanted)
        return
    if ref.kind == "Namespace":
        return  # an existing namespace is used unchanged
    if ref.kind != "ServiceAccount" and not _is_managed(live, request):
        raise OperatorError(
            f"{ref} already exists and was not created by this role; choose another name for the identity, or remove that object.",
            object=str(ref),
        )
    body = {k: v for k, v in wanted.items() if k not in ("apiVersion", "kind", "metadata")}
    if all(live.get(key) == value for key, value in body.items()):
        return
    outcome.changed = True
    outcome.steps.append(f"update {ref}")
    if check:
        return
    if "roleRef" in body and live.get("roleRef") != body["roleRef"]:  # immutable: made again
        cluster.delete(ref)
        cluster.create(wanted)
    else:
        cluster.replace({**live, **body})


def _refuse_foreign_namespaces(request: IdentityRequest, cluster: Reader) -> None:
    """Refuses namespaces that are being deleted, since they accept no objects."""
    for name in dict.fromkeys((request.namespace, *request.namespaces)):
        live = cluster.read(ObjectRef("v1", "Namespace", "", name))
        if live is not None and live["metadata"].get("deletionTimestamp"):
            raise OperatorError(f"Namespace {name} is being deleted; wait until it is gone, or choose another.", namespace=name)


def _claims(token: str) -> JsonObject:
    """The claims of a JSON web token; ``{}`` where the text is not one."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _expiry(token: str) -> float:
    """When the token expires, in seconds since 1970; 0 where it has no valid expiry."""
    found = _claims(token).get("exp")
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 < found < _LAST_SECOND:
        return 0.0
    return float(found)


def _is_valid(request: IdentityRequest, cluster: Writer, clock: Clock) -> bool:
    """Whether an existing token can be reused.

    It is this account's, has a third of its lifetime left, and passes the server's review.
    """
    if not request.token:
        return False
    claims = _claims(request.token)
    user = f"system:serviceaccount:{request.namespace}:{request.name}"
    if claims.get("sub") != user:
        return False
    left = _expiry(request.token) - clock.now().timestamp()
    if left < request.token_seconds / 3:
        return False
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "metadata": {}, "spec": {"token": request.token}}
    status = cluster.create(review).get("status") or {}
    return bool(status.get("authenticated")) and (status.get("user") or {}).get("username") == user


def _prove(request: IdentityRequest, mine: Writer, clock: Clock) -> list[str]:
    """Ask the server, as the identity, whether it may do what it was made for.

    Raises ``Forbidden`` naming what it may not.
    """
    deadline = clock.monotonic() + PROOF_SECONDS
    proved = []
    for attributes in _access_reviews(request):
        while not _may(mine, attributes):
            if clock.monotonic() > deadline:
                where = f" in namespace {attributes['namespace']}" if attributes.get("namespace") else ""
                raise Forbidden(
                    f"ServiceAccount {_owner(request)} still may not {attributes['verb']} {attributes['resource']}{where}; check "
                    "admission policies and other authorizers.",
                    verb=attributes["verb"],
                    resource=attributes["resource"],
                    namespace=attributes.get("namespace", ""),
                )
            clock.sleep(0.2)
        proved.append(_sentence(attributes))
    return proved


def _access_reviews(request: IdentityRequest) -> Iterator[dict[str, str]]:
    if request.scope == "cluster-admin":
        yield {"verb": "*", "group": "*", "resource": "*"}
        return
    for namespace in request.namespaces:
        for rule in (*NAMESPACE_RULES, *request.rules):
            for group in rule.get("apiGroups", [""]):
                for resource in rule.get("resources", []):
                    name, _other, sub = resource.partition("/")
                    verb = "create" if "create" in rule["verbs"] else rule["verbs"][0]
                    review = {"namespace": namespace, "verb": verb, "group": group, "resource": name}
                    yield {**review, "subresource": sub} if sub else review


def _may(mine: Writer, attributes: dict[str, str]) -> bool:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "metadata": {},
        "spec": {"resourceAttributes": attributes},
    }
    return bool((mine.create(review).get("status") or {}).get("allowed"))


def _sentence(attributes: dict[str, str]) -> str:
    if attributes["resource"] == "*":
        return "may do everything"
    resource = "/".join(x for x in (attributes["resource"], attributes.get("subresource", "")) if x)
    return f"may {attributes['verb']} {resource} in {attributes['namespace']}"


#: What every namespace has of itself.
_DEFAULT_OBJECTS = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
_TRANSIENT = {"Event", "Endpoints", "EndpointSlice", "PodMetrics"}


def _left_in(namespace: str, cluster: Reader, request: IdentityRequest) -> str:
    """The objects in a namespace that this identity does not own, as text; empty where there are none."""
    down = sorted(cluster.unavailable_versions())
    if down:
        return f"perhaps objects of {', '.join(down)}, whose API is unavailable"
    left = []
    for api_version, kind in sorted(_namespaced_kinds(cluster)):
        try:
            objects, _other = cluster.list(api_version, kind, namespace)
        except (NotFound, Rejected):
            continue  # a kind that cannot be listed holds nothing
        except ClusterError as error:
            return f"perhaps {kind} objects, which could not be listed ({error})"
        for obj in objects:
            name = obj["metadata"]["name"]
            if (kind, name) in _DEFAULT_OBJECTS or obj["metadata"].get("deletionTimestamp") or _is_managed(obj, request):
                continue
            left.append(f"{kind} {name}")
    shown = sorted(set(left))
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


def _namespaced_kinds(cluster: Reader) -> Iterator[tuple[str, str]]:
    for served in cluster.api_versions():
        parts = served.split("/")
        if len(parts) < 2 or not parts[-1][:1].isupper() or parts[-1] in _TRANSIENT:
            continue
        api_version, kind = "/".join(parts[:-1]), parts[-1]
        try:
            if cluster.resource(api_version, kind).namespaced:
                yield api_version, kind
        except EngineError:
            continue  # deleted since discovery was read
