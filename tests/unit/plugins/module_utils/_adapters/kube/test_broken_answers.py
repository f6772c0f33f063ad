# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server or proxy that sends invalid bytes: truncated, foreign and endless answers.

The server writes the bytes of a case to a socket; the client is the real one.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import answers, transport
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import client as client_module
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

REF = ObjectRef("v1", "ConfigMap", "ns", "cm")
OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm", "namespace": "ns"}, "data": {"k": "v"}}
LIST = {"apiVersion": "v1", "kind": "ConfigMapList", "metadata": {"resourceVersion": "7"}, "items": [OBJECT]}
NAMELESS = {**OBJECT, "metadata": {"generateName": "cm-", "namespace": "ns"}}
EVENT = json.dumps({"type": "ADDED", "object": OBJECT}).encode() + b"\n"
TOKEN = "s3cret-token"
#: how much longer than its time a request may take
OVER_SECONDS = 5.0


def http(body, head=b"HTTP/1.1 200 OK\r\n", **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close", **headers}
    return head + b"".join(f"{key}: {value}\r\n".encode() for key, value in lines.items() if value) + b"\r\n" + data


GOOD = http(OBJECT)


class Pieces:
    """Bytes that are sent one piece after the other.

    ``pause``: seconds between two; ``endless``: the last piece comes again and again.
    """

    def __init__(self, *pieces, pause=0.0, endless=False):
        self.pieces = pieces
        self.pause = pause
        self.endless = endless


def _is_whole(request):
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


class RawServer:
    """Sends the answers of a list in order, the last one repeatedly.

    Each is sent on a connection that is closed afterwards.
    """

    def __init__(self):
        self.answers = []
        self.seen = []
        self.times = []
        self.stopped = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopped.is_set():
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(30)
            request = b""
            while not _is_whole(request):
                piece = connection.recv(65536)
                if not piece:
                    return
                request += piece
            self.times.append(time.monotonic())
            self.seen.append(request.split(b"\r\n")[0].decode())
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                self._send(connection, answer)
            except OSError:
                return  # the client has had enough

    def _send(self, connection, answer):
        if isinstance(answer, bytes):
            connection.sendall(answer)
            return
        for piece in answer.pieces:
            connection.sendall(piece)
            self.stopped.wait(answer.pause)
        while answer.endless and not self.stopped.is_set():
            connection.sendall(answer.pieces[-1])
            self.stopped.wait(answer.pause)

    def close(self):
        self.stopped.set()
        self.socket.close()


@pytest.fixture
def server():
    made = RawServer()
    yield made
    made.close()


def client(server, tmp_path, seconds=30.0):
    return connect(from_params({"host": server.url, "api_key": TOKEN}, {"XDG_CACHE_HOME": str(tmp_path)}), seconds)


@pytest.fixture
def cluster(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transport, "pause_seconds", lambda attempt, retry_after: 0.001)
    return client(server, tmp_path)


def chunked(*pieces):
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)


#: Answers with a good status line that are not the answer of an API server about one object.
FOREIGN = {
    "cut inside the headers": b"HTTP/1.1 200 OK\r\nContent-Type: appl",
    "cut after the status line": b"HTTP/1.1 200 OK\r\n",
    "cut inside the status line": b"HTTP/1.1 2",
    "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "empty body": http(b""),
    "blank body": http(b" \r\n"),
    "HTML": http(b"<!DOCTYPE html><html><body>Please log in</body></html>"),
    "XML": http(b"<?xml version='1.0'?><error/>"),
    "plain text": http(b"OK"),
    "cut JSON with its length": http(OBJECT)[:-10],
    "cut JSON, length hidden": http(json.dumps(OBJECT).encode()[:-10]),
    "cut JSON, no length": b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps(OBJECT).encode()[:-10],
    "cut chunk": chunked(json.dumps(OBJECT).encode())[:-20],
    "no last chunk": chunked(json.dumps(OBJECT).encode()[:-10]),
    "bad chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a JSON list": http([OBJECT]),
    "JSON null": http(b"null"),
    "a JSON text": http(b'"logged in"'),
    "a JSON number": http(b"1"),
    "an object of something else": http({"error": "login required"}),
    "an empty object": http({}),
    "a list of objects": http(LIST),
    "no metadata": http({"kind": "ConfigMap"}),
    "metadata that is a text": http({"kind": "ConfigMap", "metadata": "x"}),
    "a Status that failed": http({"kind": "Status", "status": "Failure", "metadata": {}}),
    "deep JSON": http(b"[" * 200_000),
    "a long number": http(b'{"kind":"ConfigMap","metadata":{},"data":' + b"1" * 10_000 + b"}"),
    "bytes that are no UTF-8": http(b'{"kind":"ConfigMap","metadata":{"name":"\xff\xfe"}}'),
    "zeros": http(b"\0" * 100),
    "gzip that is none": http(json.dumps(OBJECT).encode(), **{"Content-Encoding": "gzip"}),
    "gzip that is cut off": http(gzip.compress(json.dumps(OBJECT).encode())[:-12], **{"Content-Encoding": "gzip"}),
    "a redirect": http(b"", b"HTTP/1.1 302 Found\r\n", Location="https://login.example/"),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "a length that is no number": http(OBJECT, **{"Content-Length": "many"})[:-10],
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    "reset": b"",
}
READS = [
    ("read", lambda c: c.read(REF)),
    ("head", lambda c: c.read(REF, metadata_only=True)),
]
WRITES = [
    ("apply", lambda c: c.apply(OBJECT)),
    ("replace", lambda c: c.replace(OBJECT)),
    ("patch", lambda c: c.patch(REF, {"data": {}})),
    ("delete", lambda c: c.delete(REF)),
    ("create", lambda c: c.create(OBJECT)),
]
ONCE = {"a redirect"}


def message_of(caught):
    text = f"{caught.value} {caught.value.helm} {caught.value.fields}"
    assert "\n" not in str(caught.value)
    assert TOKEN not in text
    assert len(str(caught.value)) < 1000
    return str(caught.value)


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize(("verb", "send"), READS + WRITES, ids=[name for name, _send in READS + WRITES])
def test_a_foreign_answer_is_repeated_then_one_sentence(server, cluster, verb, send, what):
    server.answers = [FOREIGN[what]]
    with pytest.raises(errors.ClusterError) as caught:
        send(cluster)
    assert isinstance(caught.value, errors.Unreachable), message_of(caught)
    assert message_of(caught)
    assert cluster.requests_sent == (1 if what in ONCE else 5)  # the server may have closed the connection of one of them


@pytest.mark.parametrize("what", sorted(set(FOREIGN) - ONCE))
@pytest.mark.parametrize(("verb", "send"), READS + WRITES, ids=[name for name, _send in READS + WRITES])
def test_one_foreign_answer_does_no_harm(server, cluster, verb, send, what):
    server.answers = [FOREIGN[what], GOOD]
    assert send(cluster)
    assert len(server.seen) == 2


@pytest.mark.parametrize("what", sorted(set(FOREIGN) - ONCE))
def test_the_error_of_an_unrepeatable_write_says_that_its_outcome_is_unknown(server, cluster, what):
    server.answers = [FOREIGN[what]]
    with pytest.raises(errors.Unreachable) as caught:
        cluster.create(NAMELESS)
    assert message_of(caught)
    assert len(server.seen) == 1


def test_a_deletion_whose_answer_was_lost_has_deleted(server, cluster):
    missing = {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "details": {"name": "cm"}}
    server.answers = [FOREIGN["empty body"], http(missing, b"HTTP/1.1 404 Not Found\r\n")]
    assert cluster.delete(REF) is True
    server.answers = [http(missing, b"HTTP/1.1 404 Not Found\r\n")]
    assert cluster.delete(REF) is False


FOREIGN_LISTS = {
    "an object": http(OBJECT),
    "items that are a mapping": http({**LIST, "items": {"a": 1}}),
    "items that are texts": http({**LIST, "items": ["a"]}),
    "items that are null": http({**LIST, "items": [None]}),
    "an empty object": http({}),
    "HTML": FOREIGN["HTML"],
    "cut JSON": http(json.dumps(LIST).encode()[:-5]),
}


@pytest.mark.parametrize("what", FOREIGN_LISTS)
def test_a_list_that_is_none(server, cluster, what):
    server.answers = [FOREIGN_LISTS[what]]
    with pytest.raises(errors.Unreachable) as caught:
        cluster.list("v1", "ConfigMap", "ns")
    assert message_of(caught)
    server.answers = [FOREIGN_LISTS[what], http(LIST)]
    assert len(cluster.list("v1", "ConfigMap", "ns")[0]) == 1


@pytest.mark.parametrize("what", sorted(FOREIGN))
def test_a_foreign_version_and_discovery(server, cluster, what):
    server.answers = [FOREIGN[what]]
    if what not in ("an object of something else", "an empty object", "a list of objects", "no metadata", "metadata that is a text"):
        for send_request in (cluster.version, cluster.api_versions, lambda: cluster.resource("ex.io/v1", "Foo")):
            if what != "a Status that failed":
                with pytest.raises(errors.ClusterError) as caught:
                    send_request()
                assert message_of(caught)


EVENTS = {
    "whole": (EVENT * 2, 2),
    "cut in the second line": (EVENT + EVENT[:20], 1),
    "an empty stream": (b"", 0),
    "HTML": (b"<html>\n</html>", 0),
    "a list": (b"[1]\n", 0),
    "an event without object": (b'{"type":"ADDED"}\n', 0),
    "an object that is a text": (b'{"type":"ADDED","object":"x"}\n', 0),
    "deep": (b"[" * 100_000 + b"\n", 0),
    "bytes": (b"\xff\xfe\n", 0),
    "blank lines": (b"\n\n" + EVENT, 1),
}


@pytest.mark.parametrize("what", EVENTS)
def test_what_a_watch_makes_of_broken_streams(server, cluster, what):
    stream, count = EVENTS[what]
    server.answers = [chunked(stream) if stream else chunked()]
    assert len(list(cluster.watch("v1", "ConfigMap", "ns", seconds=5))) == count


@pytest.mark.parametrize("code", [410, "410", "many", None, {}, 3.5])
def test_an_error_event_with_any_code(server, cluster, code):
    status = {"kind": "Status", "code": code, "message": "too old"}
    server.answers = [chunked(json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")]
    with pytest.raises(errors.ClusterError):
        list(cluster.watch("v1", "ConfigMap", "ns", seconds=5))


def test_bytes_are_bounded(server, cluster, monkeypatch):
    monkeypatch.setattr(answers, "MAX_OBJECT", 1 << 20)
    monkeypatch.setattr(answers, "MAX_ANSWER", 1 << 20)
    monkeypatch.setattr(answers, "MAX_LINE", 1 << 20)
    bomb = http(gzip.compress(b" " * (4 << 20) + json.dumps(OBJECT).encode()), **{"Content-Encoding": "gzip"})
    large = http(b" " * (2 << 20) + json.dumps(OBJECT).encode())
    for answer in (bomb, large):
        server.answers = [answer]
        for send_request in (lambda: cluster.read(REF), lambda: cluster.list("v1", "ConfigMap", "ns"), lambda: cluster.apply(OBJECT)):
            with pytest.raises(errors.Unreachable, match="more than 1 MiB") as caught:
                send_request()
            assert message_of(caught)
    server.answers = [Pieces(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"a" * 65536 + b"\r\n", endless=True)]
    with pytest.raises(errors.Unreachable, match="a line of more than 1 MiB"):
        list(cluster.watch("v1", "ConfigMap", "ns", seconds=20))


def test_a_long_log_is_cut(server, cluster, monkeypatch):
    monkeypatch.setattr(answers, "MAX_LOG", 1000)
    server.answers = [http(b"a" * 5000)]
    assert cluster.logs("ns", "pod", "app") == "a" * 1000


STREAM = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#: Answers that do not end in time, though something may come all the while.
SLOW = {
    "silence": Pieces(b"", pause=30),
    "silence after the headers": Pieces(http(OBJECT)[:60], pause=30),
    "silence in the body": Pieces(http(OBJECT)[:-5], pause=30),
    "dripping status line": Pieces(b"H", pause=0.05, endless=True),
    "dripping headers": Pieces(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n", pause=0.05, endless=True),
    "one dripping header": Pieces(b"HTTP/1.1 200 OK\r\nX: ", b"a", pause=0.05, endless=True),
    "dripping body": Pieces(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" ", pause=0.05, endless=True),
    "dripping chunks": Pieces(STREAM, b"1\r\n \r\n", pause=0.05, endless=True),
    "one dripping chunk": Pieces(STREAM + b"ffff\r\n", b" ", pause=0.05, endless=True),
    "dripping chunk size": Pieces(STREAM, b"0", pause=0.05, endless=True),
    "dripping until the end": Pieces(b"HTTP/1.1 200 OK\r\n\r\n", b" ", pause=0.05, endless=True),
    "endless 100 Continue": Pieces(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.05, endless=True),
}


@pytest.mark.parametrize("what", SLOW)
@pytest.mark.parametrize(
    ("verb", "send"),
    [READS[0], WRITES[0], ("list", lambda c: c.list("v1", "ConfigMap", "ns")), ("log", lambda c: c.logs("ns", "pod", "app"))],
    ids=["read", "apply", "list", "log"],
)
@pytest.mark.slow
def test_a_slow_answer_ends_with_the_time_of_the_request(server, tmp_path, verb, send, what):
    server.answers = [SLOW[what]]
    cluster = client(server, tmp_path, 1.0)
    began = time.monotonic()
    with pytest.raises(errors.Unreachable) as caught:
        send(cluster)
    assert time.monotonic() - began < 1 + OVER_SECONDS
    assert message_of(caught)


@pytest.mark.parametrize("what", [*SLOW, "an endless line", "endless events", "dripping events"])
@pytest.mark.slow
def test_a_watch_ends_with_its_time(server, tmp_path, what, monkeypatch):
    more = {
        "an endless line": Pieces(STREAM, b"5\r\naaaaa\r\n", pause=0.02, endless=True),
        "endless events": Pieces(STREAM, b"%x\r\n%s\r\n" % (len(EVENT), EVENT), endless=True),
        "dripping events": Pieces(STREAM, b"%x\r\n%s\r\n" % (len(EVENT), EVENT), pause=0.1, endless=True),
    }
    monkeypatch.setattr(client_module, "_GRACE_SECONDS", 0.5)
    server.answers = [{**SLOW, **more}[what]]
    cluster = client(server, tmp_path)
    began = time.monotonic()
    try:
        for _event in cluster.watch("v1", "ConfigMap", "ns", seconds=0.5):
            pass
    except errors.Unreachable as error:
        assert "in time" in str(error)
    assert time.monotonic() - began < 1 + OVER_SECONDS


@pytest.mark.slow
def test_a_stalled_read_is_tried_again_while_there_is_time(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transport, "_SHORTEST_READ", 1.0)
    server.answers = [SLOW["silence"], GOOD]
    assert client(server, tmp_path, 5.0).read(REF)
    assert len(server.seen) == 2


def test_a_wait_bounds_its_requests(server, tmp_path):
    server.answers = [SLOW["dripping body"]]
    cluster = client(server, tmp_path)
    began = time.monotonic()
    with cluster.within(1.0), cluster.within(50.0), pytest.raises(errors.Unreachable, match="in time"):
        cluster.read(REF)
    with pytest.raises(errors.Unreachable), cluster.within(0.0):
        cluster.read(REF)
    assert time.monotonic() - began < 1 + OVER_SECONDS
    server.answers = [GOOD]
    assert cluster.read(REF), "afterwards there is no bound"


@pytest.mark.slow
def test_at_most_twenty_requests_in_any_second_of_a_wait(server, tmp_path):
    server.answers = [GOOD]
    cluster = client(server, tmp_path)
    end = time.monotonic() + 2.5
    with cluster.within(10.0):
        while time.monotonic() < end:
            cluster.read(REF)
    times = server.times
    assert len(times) > 15
    assert max(sum(1 for other in times if start <= other < start + 1.0) for start in times) <= 20


@pytest.mark.slow
def test_retries_count_too(server, tmp_path):
    server.answers = [http(b"", b"HTTP/1.1 503 Busy\r\n")]
    cluster = client(server, tmp_path)
    end = time.monotonic() + 2.0
    with cluster.within(2.0):
        while time.monotonic() < end:
            with pytest.raises(errors.ClusterError):
                cluster.read(REF)
    assert max(sum(1 for other in server.times if start <= other < start + 1.0) for start in server.times) <= 20


@pytest.mark.parametrize(
    ("params", "few"),
    [({"qps": 5, "burst_limit": 2}, True), ({"qps": "5.0", "burst_limit": "2"}, True), ({}, False), ({"qps": -1, "burst_limit": 1}, False)],
)
@pytest.mark.slow
def test_the_rate_limit_of_the_user(server, tmp_path, params, few):
    server.answers = [GOOD]
    cluster = connect(from_params({"host": server.url, "api_key": TOKEN, **params}, {"XDG_CACHE_HOME": str(tmp_path)}))
    began = time.monotonic()
    for _number in range(8):
        cluster.read(REF)
    assert (time.monotonic() - began > 1.0) is few
