# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Converts a refusal of the API server to an error of the engine.

The message is a sentence that says what to do, without secrets. A refusal is a ``Status`` object (``reason``, ``message``,
``details.causes``); from a proxy in between it is any text. The message of a refused Secret may quote its data (field validation does), so
every sent value is removed from the message of a Secret.

Every text of the server is one printable line of bounded length: a webhook may answer with anything.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..._engine.aliases import Json, JsonObject
from ..._engine.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    Forbidden,
    KindUnavailable,
    NotFound,
    Rejected,
    ServerBusy,
    Unauthorized,
    UnknownKind,
)
from ..._engine.go_words import without_structures
from ..._engine.plain_text import plain_text
from ..._engine.secret_texts import MASK, Searcher

LIMIT = 1000  # characters of a server's text
_MOST_CAUSES = 100

_RBAC = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) (?:resource "(?P<resource>[^"]*)"|path "(?P<path>[^"]*)")'
    r'(?: in API group "(?P<group>[^"]*)")?(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_WEBHOOK = re.compile(r'admission webhook "(?P<webhook>[^"]+)" denied the request(?:: )?(?P<words>.*)', re.S)
_MANAGER = re.compile(r'conflict with "(?P<manager>[^"]*)"(?: with subresource "(?P<subresource>[^"]*)")?(?: using (?P<version>\S+))?')
_QUOTED_VALUE = re.compile(
    r"(?P<field>(?:metadata\.(?!annotations)[a-zA-Z]+|type)[^\s:]*: )?"
    r'(?:(?P<words>(?:Invalid|Unsupported) value: )"(?:[^"\\]|\\.)*"|(?P<got>got )"[^"]*"|(?P<value>Value:)\S+)'
)
_UNKNOWN_RESOURCE = "the server could not find the requested resource"


@dataclass(frozen=True)
class Call:
    """The facts about one request for an error message. ``what``: the object or the kind, as text."""

    verb: str
    what: str
    host: str
    api_version: str = ""
    kind: str = ""
    name: str = ""
    sent: Mapping[str, Json] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def is_about_the_object(status: int, answer: Json) -> bool:
    """Whether a status 500 is about the object, not the server.

    The server's decoder reports errors like this, without ``reason``.
    """
    return status == 500 and isinstance(answer, Mapping) and answer.get("kind") == "Status" and not answer.get("reason")


def is_a_race(answer: Json) -> bool:
    """Whether a status 409 means a concurrent write.

    Otherwise a name is taken, or another manager owns a field.
    """
    if not isinstance(answer, Mapping) or answer.get("reason") != "Conflict":
        return False
    details = answer.get("details")
    return not any(cause.get("reason") == "FieldManagerConflict" for cause in _causes(details))


def _causes(details: Json) -> list[Mapping[str, Json]]:
    """The causes of a Status; what is none is left out."""
    causes = details.get("causes") if isinstance(details, Mapping) else None
    return [cause for cause in causes if isinstance(cause, Mapping)] if isinstance(causes, list) else []


def error_of(status: int, answer: Json, call: Call) -> ClusterError:
    """The error of an answer that is no success.

    :param status: the HTTP status.
    :param answer: the parsed body, or its text.
    """
    body: Mapping[str, Json] = answer if isinstance(answer, Mapping) else {}
    reason = plain_text(body.get("reason") or "", 100)
    message = _clean(str(body.get("message") or (answer if isinstance(answer, str) else "")), call)
    if message.lstrip().startswith("<"):
        message = "an HTML page"
    make = _Maker(status, reason, message, body, call)
    webhook = _WEBHOOK.search(message)
    if webhook:
        return make.webhook(webhook)
    by_status = {401: make.unauthorized, 403: make.forbidden, 404: make.not_found, 409: make.conflict, 410: make.gone}
    if status in by_status:
        return by_status[status]()
    if (status == 429 or status >= 500) and not is_about_the_object(status, answer):
        return make.busy()
    return make.rejected()


@dataclass(frozen=True)
class _Maker:
    status: int
    reason: str
    message: str
    body: Mapping[str, Json]
    call: Call

    def _facts(self, **more: Json) -> JsonObject:
        call = self.call
        return {"host": call.host, "verb": call.verb, "object": call.what, "status": self.status, "reason": self.reason, **more}

    def _causes(self) -> list[Mapping[str, Json]]:
        return _causes(self.body.get("details"))

    def _cause(self, where: str, words: str) -> dict[str, str]:
        """A cause without secrets: its field shows whether the message quotes a value of a Secret."""
        head = f"{where}: "
        whole = _clean(head + words, self.call)
        return {"field": where, "message": whole[len(head) :] if whole.startswith(head) else _clean(words, self.call)}

    def _plain_message(self) -> str:
        """The server's message without printed Go structures and without secrets. ``helm`` has the whole."""
        message = self.body.get("message")
        return _clean(without_structures(message[: 16 * LIMIT]), self.call) if isinstance(message, str) and message else self.message

    def webhook(self, match: re.Match[str]) -> ClusterError:
        words = match["words"].strip().removesuffix(".") or "it gave no reason"
        return Rejected(
            f"The admission webhook {match['webhook']} refuses {self.call.what}: {words}.",
            helm=self.message,
            **self._facts(webhook=match["webhook"], causes=[{"field": "", "message": words}]),
        )

    def unauthorized(self) -> ClusterError:
        return Unauthorized(
            f"The API server {self.call.host} rejected the credentials (401): the token has expired or belongs to another cluster; "
            "specify a valid api_key, client certificate or kubeconfig.",
            helm="Kubernetes cluster unreachable: the server has asked for the client to provide credentials",
            **self._facts(),
        )

    def forbidden(self) -> ClusterError:
        match = _RBAC.search(self.message)
        if match is None:
            words = self.message.partition(" is forbidden: ")[2] or self.message or "it gave no reason"
            return Rejected(
                f"The API server does not allow {self.call.what}: {words.removesuffix('.')}.",
                helm=self.message,
                **self._facts(causes=[{"field": "", "message": words}]),
            )
        what = match["resource"] or match["path"]
        where = f"in namespace {match['namespace']}" if match["namespace"] else "in the whole cluster"
        group = f".{match['group']}" if match["group"] else ""
        return Forbidden(
            f"{match['user']} may not {match['verb']} {what}{group} {where} (403): grant the verb {match['verb']} on {what}{group} "
            "there (the role release_manager creates such an identity), or use another identity.",
            helm=self.message,
            **{
                **self._facts(),
                "verb": match["verb"],
                "resource": what,
                "group": match["group"] or "",
                "namespace": match["namespace"] or "",
                "user": match["user"],
            },
        )

    def not_found(self) -> ClusterError:
        call = self.call
        details = self.body.get("details")
        details = details if isinstance(details, Mapping) else {}
        of_an_object = details.get("name") or self.reason == "NotFound"
        if call.kind and (_UNKNOWN_RESOURCE in self.message or not of_an_object):
            return unknown_kind(call.api_version, call.kind, call.host)
        if details.get("kind") == "namespaces" and call.kind != "Namespace":
            name = plain_text(details.get("name"), 253)
            return NotFound(
                f"The namespace {name} of {call.what} does not exist; create it first, or set create_namespace: true.",
                helm=self.message,
                **self._facts(namespace=name),
            )
        return NotFound(f"{call.what} does not exist.", helm=self.message, **self._facts())

    def conflict(self) -> ClusterError:
        call = self.call
        if self.reason == "AlreadyExists":
            return AlreadyExists(f"{call.what} exists already.", helm=self.message, **self._facts())
        conflicts = []
        for cause in self._causes():
            match = _MANAGER.search(plain_text(cause.get("message", "")))
            if cause.get("reason") == "FieldManagerConflict" and match:
                found = {"manager": match["manager"], "field": plain_text(cause.get("field", ""))}
                conflicts.append({**found, "subresource": match["subresource"]} if match["subresource"] else found)
        if conflicts:
            by_manager: dict[str, list[str]] = {}
            for item in conflicts:
                by_manager.setdefault(item["manager"], []).append(item["field"])
            whose = "; ".join(f"{', '.join(names)} by {manager!r}" for manager, names in by_manager.items())
            return Conflict(
                f"{call.what} has fields of other field managers: {plain_text(whose, LIMIT)}. Set force_conflicts: true to take them over, "
                "or remove them from the chart.",
                helm=self.message,
                **self._facts(conflicts=conflicts),
            )
        words = self._plain_message() or "the server gave no reason"
        return Conflict(
            f"{call.what} was changed by another client at the same time, or its state does not allow the change: "
            f"{words.removesuffix('.')}; run the task again.",
            helm=self.message,
            **self._facts(conflicts=[]),
        )

    def gone(self) -> ClusterError:
        sentence = f"The resource version of {self.call.what} is too old; list again."
        return Conflict(sentence, helm=self.message, **self._facts(conflicts=[]))

    def busy(self) -> ClusterError:
        words = f": {self.message.removesuffix('.')}" if self.message else ""
        broken = "failed calling webhook" in self.message
        advice = "repair the webhook's service" if broken else "try again later"
        return ServerBusy(
            f"The API server {self.call.host} could not {self.call.verb} {self.call.what} ({self.status}){words}; {advice}.",
            helm=self.message,
            **self._facts(),
        )

    def rejected(self) -> ClusterError:
        causes = [
            self._cause(plain_text(c.get("field") or ""), without_structures(str(c.get("message") or "")[: 16 * LIMIT]))
            for c in self._causes()[:_MOST_CAUSES]
        ]
        if causes:
            words = plain_text("; ".join(f"{c['field']}: {c['message']}" if c["field"] else c["message"] for c in causes), 2 * LIMIT)
        else:
            words = self._plain_message() or f"it answered {self.status}"
        if self.status == 413 or "Too long: may not be more than" in words or "Request entity too large" in words:
            words += " (it is too large for the API server)"
        return Rejected(
            f"The API server refuses {self.call.what}: {words.removesuffix('.')}.",
            helm=self.message,
            **self._facts(causes=causes or [{"field": "", "message": words}]),
        )


def unknown_kind(api_version: str, kind: str, host: str) -> UnknownKind:
    """The server serves no such kind."""
    group, _other, version = api_version.rpartition("/")
    return UnknownKind(
        f"The cluster does not serve the kind {kind} of {api_version}: install its CustomResourceDefinition, or use an apiVersion "
        "that the cluster serves.",
        helm=f'resource mapping not found: no matches for kind "{kind}" in version "{f"{group}/" if group else ""}{version}"',
        host=host,
        api_version=api_version,
        kind=kind,
    )


def kind_unavailable(api_version: str, kind: str, host: str) -> KindUnavailable:
    """The server lists the kind's group, but the API behind it is down."""
    return KindUnavailable(
        f"The API {api_version} of the kind {kind} is unavailable on {host}, so its objects cannot be read or changed: repair its "
        "APIService (kubectl get apiservices shows why), then run the task again.",
        helm=f"unable to retrieve the complete list of server APIs: {api_version}: stale GroupVersion discovery: {api_version}",
        host=host,
        status=503,
        api_version=api_version,
        kind=kind,
    )


def _clean(text: str, call: Call) -> str:
    """The text as one line, without secrets.

    These are the values of a Secret that was sent, and the credentials of this connection.
    """
    text = text[: 16 * LIMIT]
    hidden = set(call.secrets)
    if call.kind == "Secret" and text:
        text = _QUOTED_VALUE.sub(_without_value, text)
        hidden |= set(_secret_values(call.sent or {}))
    return plain_text(Searcher(hidden, _public(call)).masked(text) if hidden and text else text, LIMIT)


def _without_value(match: re.Match[str]) -> str:
    """A value of a Secret is masked; a name, a label or a type is shown, for the error is about it."""
    return match[0] if match["field"] else f"{match['words'] or match['got'] or match['value']}{MASK}"


def _public(call: Call) -> set[str]:
    """Names and labels of the object that was sent."""
    metadata = (call.sent or {}).get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    labels = metadata.get("labels")
    named = {str(metadata.get(key) or "") for key in ("name", "namespace")}
    return {call.name, *named, *(map(str, (*labels, *labels.values())) if isinstance(labels, Mapping) else ())}


def _secret_values(sent: Mapping[str, Json]) -> Iterable[str]:
    for key in ("data", "stringData"):
        for text in _texts(sent.get(key)):
            yield text
            try:
                plain = base64.b64decode(text, validate=True).decode()
            except (binascii.Error, ValueError):
                continue
            if len(plain) > 2:
                yield plain


def _texts(value: Json) -> Iterable[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif len(str(value)) > 2:
        yield str(value)
