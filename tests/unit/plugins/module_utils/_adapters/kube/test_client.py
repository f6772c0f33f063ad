# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client on a real socket: requests, repetitions, the errors of refusals, and masked secrets."""

from __future__ import annotations

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import discovery as kinds
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import transport
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.status import Call, error_of
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.secret_texts import MASK

ROOT = Path(__file__).resolve().parents[6]
CONFIG_MAP = ObjectRef("v1", "ConfigMap", "ns", "cm")
OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm", "namespace": "ns"}}


class Server:
    """Answers in the order they were put in, the last one repeatedly; records the requests."""

    def __init__(self):
        self.answers = []
        self.reply = None  # path -> status and answer, in place of the list
        self.seen = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else a body may wait 40 ms for the acknowledgement of its headers

            def _answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.seen.append((self.command, self.path, dict(self.headers), body))
                if outer.reply is not None:
                    outer.answers = [(*outer.reply(self.path), {})[:3]]
                status, answer, headers = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if status == 0:  # the connection breaks
                    self.close_connection = True
                    self.connection.close()
                    return
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for key, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def say(self, *answers):
        self.answers = [(status, body, headers[0] if headers else {}) for status, body, *headers in answers]


@pytest.fixture
def server():
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def cluster(server, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    return connect(from_params({"host": server.url, "api_key": "s3cret-token"}, {"XDG_CACHE_HOME": str(tmp_path)}))


def status(code, reason, message, **details):
    return {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message, "details": details}


def rbac(verb, resource, where):
    return f'{resource} "cm" is forbidden: User "bob" cannot {verb} resource "{resource}" in API group "apps" {where}'


CASES = [
    ("401", 401, status(401, "Unauthorized", "Unauthorized"), errors.Unauthorized, ["401", "api_key"]),
    (
        "403",
        403,
        status(403, "Forbidden", rbac("patch", "deployments", 'in the namespace "ns"')),
        errors.Forbidden,
        ["bob", "patch", "deployments.apps", "namespace ns"],
    ),
    (
        "403 cluster",
        403,
        status(403, "Forbidden", rbac("get", "nodes", "at the cluster scope")),
        errors.Forbidden,
        ["in the whole cluster"],
    ),
    ("403 quota", 403, status(403, "Forbidden", 'configmaps "cm" is forbidden: exceeded quota: q'), errors.Rejected, ["exceeded quota: q"]),
    (
        "404 namespace",
        404,
        status(404, "NotFound", 'namespaces "ns" not found', name="ns", kind="namespaces"),
        errors.NotFound,
        ["namespace ns", "create_namespace"],
    ),
    ("404 kind", 404, status(404, "NotFound", "the server could not find the requested resource"), errors.UnknownKind, ["ConfigMap", "v1"]),
    ("409 exists", 409, status(409, "AlreadyExists", "exists"), errors.AlreadyExists, ["ConfigMap ns/cm exists"]),
    ("409 version", 409, status(409, "Conflict", "the object has been modified"), errors.Conflict, ["run the task again"]),
    (
        "409 manager",
        409,
        status(
            409,
            "Conflict",
            "Apply failed",
            causes=[{"reason": "FieldManagerConflict", "message": 'conflict with "kubectl" using v1', "field": ".data.x"}],
        ),
        errors.Conflict,
        [".data.x", "'kubectl'", "force_conflicts"],
    ),
    (
        "422",
        422,
        status(422, "Invalid", "is invalid", causes=[{"field": "a.b", "message": "Required value"}, {"field": "c", "message": "Bad"}]),
        errors.Rejected,
        ["a.b: Required value", "c: Bad"],
    ),
    (
        "webhook",
        400,
        status(400, "", 'admission webhook "w.example" denied the request: no latest tags'),
        errors.Rejected,
        ["w.example", "no latest tags"],
    ),
    ("500 of the decoder", 500, status(500, "", ".dat: field not declared in schema"), errors.Rejected, [".dat: field not declared"]),
    ("503", 503, b"upstream down", errors.ServerBusy, ["503", "upstream down", "try again later"]),
    ("429", 429, status(429, "TooManyRequests", "slow down"), errors.ServerBusy, ["429"]),
    ("413", 413, status(413, "RequestEntityTooLarge", "limit is 3145728"), errors.Rejected, ["too large"]),
]


@pytest.mark.parametrize(("code", "body", "kind", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_refusal_is_a_sentence(server, cluster, code, body, kind, words):
    server.say((code, body))
    with pytest.raises(errors.ClusterError) as caught:
        cluster.apply(OBJECT)
    assert caught.value.__class__ is kind
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert caught.value.fields["host"] == server.url


def serving(answer, headers):
    """Discovery that lists ex.io/v1 Foo, and one answer to everything else."""

    def reply(path):
        if path == "/api":
            return 200, EMPTY, {}
        return (200, AGGREGATED, {}) if path == "/apis" else (404, answer, headers)

    return reply


FOO = ObjectRef("ex.io/v1", "Foo", "ns", "f")
PAGE = b"404 page not found\n"


@pytest.mark.parametrize(
    ("ref", "answer", "headers", "kind"),
    [
        (FOO, PAGE, {"Audit-Id": "1"}, errors.UnknownKind),  # the API server's own page
        (FOO, PAGE, {}, errors.KindUnavailable),  # a proxy's page, and discovery has the kind
        (FOO, b"default backend - 404", {}, errors.KindUnavailable),
        (FOO, b"<html>not here</html>", {"Audit-Id": "1"}, errors.KindUnavailable),  # the backend of an aggregated API
        (ObjectRef("autoscaling/v2", "HorizontalPodAutoscaler", "ns", "a"), PAGE, {}, errors.UnknownKind),  # discovery lacks it
    ],
)
def test_a_404_of_something_else_does_not_make_a_kind_unknown(server, cluster, ref, answer, headers, kind):
    server.reply = serving(answer, headers)
    for send_request in (lambda: cluster.read(ref), lambda: cluster.delete(ref), lambda: list(cluster.watch(*place_of(ref), seconds=1))):
        with pytest.raises(errors.ClusterError) as caught:
            send_request()
        assert caught.value.__class__ is kind
        assert "certain" not in caught.value.fields


def place_of(ref):
    return ref.api_version, ref.kind, ref.namespace


def test_a_server_that_answers_404_to_everything_is_no_api_server(server, cluster):
    server.say((404, b"not here"))
    with pytest.raises(errors.Unreachable, match="is not an API server"):
        cluster.read(CONFIG_MAP)


def test_facts_of_a_403(server, cluster):
    server.say((403, status(403, "Forbidden", rbac("patch", "deployments", 'in the namespace "ns"'))))
    with pytest.raises(errors.Forbidden) as caught:
        cluster.apply(OBJECT)
    facts = caught.value.fields
    assert (facts["user"], facts["verb"], facts["resource"], facts["namespace"]) == ("bob", "patch", "deployments", "ns")


def test_an_apply_is_helms(server, cluster):
    server.say((200, OBJECT))
    cluster.apply(OBJECT)
    method, path, headers, body = server.seen[0]
    assert (method, path) == ("PATCH", "/api/v1/namespaces/ns/configmaps/cm?fieldManager=helm&fieldValidation=Strict&force=false")
    assert headers["Content-Type"] == "application/apply-patch+yaml"
    assert headers["Authorization"] == "Bearer s3cret-token"
    assert headers["User-Agent"].startswith("windlass.charts/")
    assert json.loads(body) == OBJECT


def test_a_replacement_is_helms(server, cluster):
    server.say((200, OBJECT))
    cluster.replace(OBJECT)
    method, path, _headers, body = server.seen[0]
    assert (method, path) == ("PUT", "/api/v1/namespaces/ns/configmaps/cm?fieldManager=helm&fieldValidation=Strict")
    assert json.loads(body) == OBJECT


def test_the_version_is_the_collections():
    galaxy = (ROOT / "galaxy.yml").read_text()
    assert f"\nversion: {transport.VERSION}\n" in galaxy


RACE = status(409, "Conflict", "the object has been modified")
VERSIONED = [{"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}]
NAMELESS = {**OBJECT, "metadata": {"generateName": "cm-", "namespace": "ns"}}


def test_a_retried_creation_fails_when_the_existing_object_differs(server, cluster):
    server.say((0, b""), (409, status(409, "AlreadyExists", "exists")), (200, {**OBJECT, "data": {"k": "other"}}))
    with pytest.raises(errors.AlreadyExists):
        cluster.create({**OBJECT, "data": {"k": "ours"}})


def test_a_deletion_of_one_version_has_a_precondition(server, cluster):
    server.say((200, OBJECT))
    cluster.delete(CONFIG_MAP, version="7")
    assert json.loads(server.seen[0][3])["preconditions"] == {"resourceVersion": "7"}


@pytest.mark.parametrize(
    ("send", "answers", "tries"),
    [
        (lambda c: c.read(CONFIG_MAP), [(503, b""), (502, b""), (200, OBJECT)], 3),
        (lambda c: c.read(CONFIG_MAP), [(0, b""), (200, OBJECT)], 2),
        (lambda c: c.apply(OBJECT), [(0, b""), (504, b""), (200, OBJECT)], 3),
        (lambda c: c.delete(CONFIG_MAP), [(500, b""), (200, OBJECT)], 2),
        (lambda c: c.create(OBJECT), [(429, b"", {"Retry-After": "1"}), (201, OBJECT)], 2),
        (lambda c: c.create(OBJECT), [(503, b"", {"Retry-After": "1"}), (201, OBJECT)], 2),
        (lambda c: c.create(OBJECT), [(503, b""), (201, OBJECT)], 2),
        (lambda c: c.create(OBJECT), [(0, b""), (409, status(409, "AlreadyExists", "exists")), (200, OBJECT)], 3),
        (lambda c: c.create(OBJECT), [(409, status(409, "Conflict", "the quota was changed meanwhile")), (201, OBJECT)], 2),
        (lambda c: c.replace(OBJECT), [(0, b""), (200, OBJECT)], 2),
        (lambda c: c.apply(OBJECT), [(409, status(409, "Conflict", "the object has been modified")), (200, OBJECT)], 2),
        (lambda c: c.delete(CONFIG_MAP), [(409, status(409, "Conflict", "the object has been modified")), (200, OBJECT)], 2),
        (lambda c: c.patch(CONFIG_MAP, VERSIONED, kind="json"), [(0, b""), (200, OBJECT)], 2),
        (lambda c: c.patch(CONFIG_MAP, {"data": {"k": "v"}}, kind="strategic"), [(0, b""), (200, OBJECT)], 2),
    ],
)
def test_what_is_safe_is_repeated(server, cluster, send, answers, tries):
    server.say(*answers)
    assert send(cluster)
    assert len(server.seen) == tries


@pytest.mark.parametrize(
    ("send", "answer", "kind", "tries"),
    [
        (lambda c: c.create(OBJECT), (503, b""), errors.ServerBusy, 5),
        (lambda c: c.create(OBJECT), (0, b""), errors.Unreachable, 5),
        (lambda c: c.create(NAMELESS), (0, b""), errors.Unreachable, 1),
        (lambda c: c.create(NAMELESS), (503, b""), errors.ServerBusy, 1),
        (lambda c: c.create(OBJECT), (409, status(409, "AlreadyExists", "exists")), errors.AlreadyExists, 1),
        (lambda c: c.replace({**OBJECT, "metadata": {**OBJECT["metadata"], "resourceVersion": "7"}}), (409, RACE), errors.Conflict, 1),
        (lambda c: c.delete(CONFIG_MAP, version="7"), (409, RACE), errors.Conflict, 1),
        (lambda c: c.patch(CONFIG_MAP, VERSIONED, kind="json"), (409, RACE), errors.Conflict, 1),
        (lambda c: c.patch(CONFIG_MAP, [{"op": "add", "path": "/a/-", "value": 1}], kind="json"), (0, b""), errors.Unreachable, 1),
        (lambda c: c.apply(OBJECT), (409, RACE), errors.Conflict, 5),
        (lambda c: c.read(CONFIG_MAP), (0, b""), errors.Unreachable, 5),
        (lambda c: c.read(CONFIG_MAP), (500, b""), errors.ServerBusy, 5),
        (lambda c: c.apply(OBJECT), (500, status(500, "", "bad field")), errors.Rejected, 1),
    ],
)
def test_other_answers_are_errors_after_a_number_of_tries(server, cluster, send, answer, kind, tries):
    server.say(answer)
    with pytest.raises(kind):
        send(cluster)
    assert len(server.seen) == tries


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s", "namespace": "ns"},
    "data": {"p": "aHVudGVyMjI="},
    "stringData": {"q": "swordfish"},
}


@pytest.mark.parametrize(
    ("field", "words", "shown"),
    [
        ("metadata.labels", 'Invalid value: "bad key!": name part must consist of alphanumeric characters', '"bad key!"'),
        ("metadata.name", 'Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain', '"Bad_Name"'),
        ("type", 'Invalid value: "other": field is immutable', '"other"'),
        ("data[k]", 'Invalid value: "aHVudGVyMjI=": bad', MASK),
        ("metadata.annotations", 'Invalid value: "hunter22": too long', MASK),
    ],
)
def test_a_refused_secret_shows_names_and_labels(field, words, shown):
    """An error about a label whose key is masked would not show what to correct."""
    status = {"kind": "Status", "reason": "Invalid", "message": f'Secret "s" is invalid: {field}: {words}'}
    status["details"] = {"causes": [{"field": field, "message": words}]}
    call = Call("apply", "Secret shop/s", "host", "v1", "Secret", "s", sent=SECRET)
    for answer in (status, {**status, "details": {}}):
        error = error_of(422, answer, call)
        assert shown in str(error) and shown in str(error.helm) and "hunter22" not in f"{error} {error.helm} {error.fields}"


def test_a_value_that_equals_a_word_of_the_error_does_not_hide_it():
    """A Secret with the text ``type``: the field that is wrong stays readable, the value stays hidden."""
    sent = {**SECRET, "stringData": {"kind": "type", "q": "value"}}
    status = {"kind": "Status", "reason": "Invalid", "message": 'Secret "s" is invalid: type: Invalid value: "other": field is immutable'}
    status["details"] = {"causes": [{"field": "type", "message": 'Invalid value: "other": field is immutable'}]}
    call = Call("apply", "Secret shop/s", "host", "v1", "Secret", "s", sent=sent)
    for answer in (status, {**status, "details": {}}):
        error = error_of(422, answer, call)
        assert 'type: Invalid value: "other": field is immutable' in str(error) and "type: Invalid value" in str(error.helm)
    quoted = error_of(422, {"reason": "Invalid", "message": "the password type is too easy"}, call)
    assert f"the password {MASK} is too easy" in str(quoted)


SELECTOR = 'v1.LabelSelector{MatchLabels:map[string]string{"app":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}'


def test_a_message_has_no_printed_go_structure_and_helms_wording_has_it():
    words = f"Invalid value: {SELECTOR}: field is immutable"
    status = {"kind": "Status", "reason": "Invalid", "message": f'Deployment.apps "d" is invalid: spec.selector: {words}'}
    status["details"] = {"causes": [{"field": "spec.selector", "message": words}]}
    call = Call("apply", "Deployment shop/d", "host", "apps/v1", "Deployment", "d")
    for answer in (status, {**status, "details": {}}):
        error = error_of(422, answer, call)
        assert "spec.selector: Invalid value: (LabelSelector): field is immutable" in str(error)
        assert SELECTOR in str(error.helm) and "map[" not in f"{error} {error.fields}"
    large = words.replace('"app":"b"', f'"app":"{"b" * 3000}"')
    error = error_of(422, {**status, "details": {"causes": [{"field": "spec.selector", "message": large}]}}, call)
    assert str(error).endswith("spec.selector: Invalid value: (LabelSelector): field is immutable.")


@pytest.mark.parametrize(
    "message",
    [
        'data[p]: Invalid value: "aHVudGVyMjI=": bad',
        "p: hunter22 is too easy",
        'got "swordfish", want int',
        "token s3cret-token is bad",
        'Value:"swordfish"',
    ],
)
def test_a_refused_secret_stays_secret(server, cluster, message):
    server.say((422, status(422, "Invalid", message, causes=[{"field": "data", "message": message}])))
    with pytest.raises(errors.Rejected) as caught:
        cluster.apply(SECRET)
    texts = f"{caught.value} {caught.value.helm} {caught.value.fields}"
    assert not any(word in texts for word in ("aHVudGVyMjI=", "hunter22", "swordfish", "s3cret-token"))


def test_pages_and_a_restarted_list(server, cluster):
    page = {"metadata": {"continue": "more", "resourceVersion": "7"}, "items": [{"metadata": {"name": "a"}}]}
    last = {"metadata": {"resourceVersion": "8"}, "items": [{"metadata": {"name": "b"}}]}
    server.say((200, page), (410, status(410, "Expired", "too old")), (200, page), (200, last))
    found, version = cluster.list("v1", "ConfigMap", "ns", labels="a=b")
    assert [item["metadata"]["name"] for item in found] == ["a", "b"]
    assert (version, found[0]["kind"]) == ("8", "ConfigMap")
    assert "continue=more" in server.seen[-1][1]


def test_a_watch_that_is_too_old_and_one_that_is_cut_off(server, cluster):
    event = {"type": "ADDED", "object": OBJECT}
    server.say((200, json.dumps(event).encode() + b'\n{"type":"MODI'))
    assert [e.type for e in cluster.watch("v1", "ConfigMap", "ns", seconds=1)] == ["ADDED"]
    server.say((200, {"type": "ERROR", "object": status(410, "Expired", "too old resource version")}))
    with pytest.raises(errors.Conflict):
        list(cluster.watch("v1", "ConfigMap", "ns", resource_version="1", seconds=1))


AGGREGATED = {
    "kind": "APIGroupDiscoveryList",
    "items": [
        {
            "metadata": {"name": "ex.io"},
            "versions": [
                {
                    "version": "v1",
                    "resources": [
                        {
                            "resource": "foos",
                            "scope": "Namespaced",
                            "responseKind": {"kind": "Foo"},
                            "subresources": [{"subresource": "scale", "responseKind": {"kind": "Scale"}}],
                        }
                    ],
                },
            ],
        }
    ],
}
EMPTY = {"kind": "APIGroupDiscoveryList", "items": []}


def test_discovery_is_cached_on_disk_and_a_changed_cache_is_ignored(server, cluster, tmp_path):
    server.say((200, EMPTY), (200, AGGREGATED), (200, EMPTY), (200, AGGREGATED))
    assert cluster.resource("ex.io/v1", "Foo").plural == "foos"
    assert cluster.api_versions() == {"ex.io/v1", "ex.io/v1/Foo", "ex.io/v1/Scale"}
    (file,) = tmp_path.glob("windlass-charts/discovery/*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(server.seen) == 2
    assert "s3cret" not in file.read_text() + file.name
    whole = file.read_bytes()
    for bad in (whole[:-20], b"[]", b'{"form": 1}', whole.replace(b'"form":1', b'"form":99')):
        file.write_bytes(bad)
        assert kinds.read_cache(file) is None
    file.write_bytes(whole)
    assert kinds.read_cache(file) is not None
    file.chmod(0o666)
    assert kinds.read_cache(file) is None
    os.utime(file)


def test_discovery_runs_again_for_an_unknown_kind(server, cluster):
    server.say((200, EMPTY), (200, EMPTY), (200, EMPTY), (200, AGGREGATED), (200, EMPTY), (200, EMPTY))
    cluster.api_versions()
    assert cluster.resource("ex.io/v1", "Foo").namespaced
    with pytest.raises(errors.UnknownKind):
        cluster.resource("ex.io/v1", "Old")
    assert len(server.seen) == 6


def test_a_server_with_the_old_discovery(server, cluster):
    server.say(
        (200, {"kind": "APIVersions", "versions": ["v1"]}),
        (200, {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]}),
        (200, {"kind": "APIGroupList", "groups": [{"versions": [{"groupVersion": "ex.io/v1"}, {"groupVersion": "gone/v1"}]}]}),
        (200, {"resources": [{"name": "foos", "kind": "Foo", "namespaced": False}]}),
        (404, status(404, "NotFound", "no")),
    )
    assert cluster.api_versions() == {"v1", "v1/Pod", "ex.io/v1", "ex.io/v1/Foo", "gone/v1"}


STALE = {
    "kind": "APIGroupDiscoveryList",
    "items": [
        {"metadata": {"name": "metrics.ex"}, "versions": [{"version": "v1", "freshness": "Stale", "resources": []}]},
        *AGGREGATED["items"],
    ],
}


def test_a_kind_whose_api_is_down_is_not_unknown(server, cluster, tmp_path):
    server.say((200, EMPTY), (200, STALE))
    with pytest.raises(errors.KindUnavailable) as caught:
        cluster.resource("metrics.ex/v1", "Usage")
    assert caught.value.fields["api_version"] == "metrics.ex/v1"
    assert "metrics.ex/v1" in str(caught.value)
    assert "metrics.ex/v1" not in cluster.api_versions()
    assert cluster.resource("ex.io/v1", "Foo").plural == "foos"
    assert not list(tmp_path.glob("windlass-charts/discovery/*")), "partial discovery is not cached"
    server.say((200, EMPTY), (200, AGGREGATED))
    with pytest.raises(errors.UnknownKind):
        cluster.resource("metrics.ex/v1", "Usage")


@pytest.mark.parametrize(
    ("status_code", "answer"),
    [(503, b"service unavailable"), (500, b""), (403, status(403, "Forbidden", "no")), (429, b"slow down")],
)
def test_a_group_that_old_discovery_cannot_read_is_not_unknown(server, cluster, status_code, answer):
    groups = [{"versions": [{"groupVersion": "down.ex/v1"}]}, {"versions": [{"groupVersion": "ex.io/v1"}]}]

    def reply(path):
        if path == "/api":
            return 200, {"kind": "APIVersions", "versions": []}
        if path == "/apis":
            return 200, {"kind": "APIGroupList", "groups": groups}
        return (status_code, answer) if "down.ex" in path else (200, {"resources": [{"name": "foos", "kind": "Foo", "namespaced": True}]})

    server.reply = reply
    with pytest.raises(errors.KindUnavailable):
        cluster.resource("down.ex/v1", "Bar")
    assert cluster.resource("ex.io/v1", "Foo").namespaced


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "APIGroupDiscoveryList"},
        {"kind": "APIGroupDiscoveryList", "items": {"a": 1}},
        {
            "kind": "APIGroupDiscoveryList",
            "items": [1, None, {"metadata": [], "versions": [3, {}, {"version": "v1", "resources": [{}, "x"]}]}],
        },
        {
            "kind": "APIGroupDiscoveryList",
            "items": [{"versions": [{"version": "v1", "resources": [{"responseKind": "Foo", "resource": 5}]}]}],
        },
        {"kind": "APIGroupList", "groups": [{"versions": [{}, 7]}, 9]},
        {"groups": "none"},
    ],
)
def test_a_malformed_discovery_serves_nothing(server, cluster, answer):
    server.say((200, answer))
    with pytest.raises(errors.UnknownKind):
        cluster.resource("ex.io/v1", "Foo")


def test_old_files_of_the_discovery_cache_are_removed(server, cluster, tmp_path, monkeypatch):
    folder = tmp_path / "windlass-charts" / "discovery"
    folder.mkdir(parents=True)
    for number in range(kinds.MAX_FILES + 20):
        (folder / f"{number}.json").write_text("{}")
    old = folder / "old.json"
    old.write_text("{}")
    os.utime(old, (1, 1))
    server.say((200, EMPTY), (200, AGGREGATED))
    cluster.api_versions()
    left = list(folder.iterdir())
    assert len(left) == kinds.MAX_FILES
    assert old not in left
    assert any(kinds.read_cache(file) for file in left), "the newest file stays"


def spoil_missing_home(tmp_path):
    return {"XDG_CACHE_HOME": "", "HOME": ""}


def spoil_relative(tmp_path):
    return {"XDG_CACHE_HOME": "relative/cache", "HOME": "also/relative"}


def spoil_file(tmp_path):
    (tmp_path / "file").write_text("")
    return {"XDG_CACHE_HOME": str(tmp_path / "file")}


def spoil_full(tmp_path):
    return {"XDG_CACHE_HOME": "/dev/full"}


def spoil_pipe(tmp_path):
    return {"XDG_CACHE_HOME": str(tmp_path), "pipe": "yes"}


@pytest.mark.parametrize("spoil", [spoil_missing_home, spoil_relative, spoil_file, spoil_full, spoil_pipe])
def test_discovery_works_without_a_cache(server, tmp_path, monkeypatch, spoil):
    monkeypatch.chdir(tmp_path)
    environ = spoil(tmp_path)
    made = connect(from_params({"host": server.url, "api_key": "a-token"}, environ))
    if "pipe" in environ:
        file = kinds.cache_file(made.connection)
        file.parent.mkdir(parents=True)
        os.mkfifo(file)
    server.say((200, EMPTY), (200, AGGREGATED))
    assert made.resource("ex.io/v1", "Foo").plural == "foos"
    assert not (tmp_path / "relative").exists()


def test_an_unreachable_server(tmp_path):
    with pytest.raises(errors.Unreachable, match="No server is listening at"):
        connect(from_params({"host": "http://127.0.0.1:1", "api_key": "t"}, {})).version()
