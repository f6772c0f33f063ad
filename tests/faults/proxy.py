# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy on loopback between the engine and a real API server, that does one thing wrong, once.

It speaks plain HTTP to us and TLS, with an administrator's certificate, to the server. It numbers nothing: a request is identified by its method,
its path and how many of these came before, so that a fault meets the same request in every run, however waits go. Watches are
streamed. Every request that passes is noted.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import ssl
import struct
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import damage
from damage import Damage

WRITES = ("POST", "PUT", "PATCH", "DELETE")
DELAY_SECONDS = 5.0
REASONS = {409: "Conflict", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable"}
_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive")


@dataclass(frozen=True)
class Point:
    """One request of a run: ``DELETE /apis/.../leases/x`` for the third time."""

    method: str
    path: str
    turn: int

    @property
    def writes(self) -> bool:
        return self.method in WRITES

    def __str__(self) -> str:
        return f"{self.method} {self.path} #{self.turn}"


@dataclass(frozen=True)
class Fault:
    """A fault at a point.

    ``kind``: drop (no answer, the connection is closed), reset (by RST), delay, refuse (with ``status``), twice (the write is sent twice, the
    second answer is given), kill (the process gets SIGKILL), gone (this and every later request is reset). ``after``: the server has
    done it first.
    """

    kind: str
    after: bool = False
    status: int = 0

    def __str__(self) -> str:
        return f"{self.kind}{self.status or ''} {'after' if self.after else 'before'}"


class Upstream:
    """The API server of a kubeconfig with embedded certificates."""

    def __init__(self, kubeconfig: Path) -> None:
        config = json.loads(kubeconfig.read_text())
        server = config["clusters"][0]["cluster"]
        user = config["users"][0]["user"]
        self.host, self.port = server["server"].removeprefix("https://").split(":")
        self.context = ssl.create_default_context(cadata=base64.b64decode(server["certificate-authority-data"]).decode())
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for key in ("client-certificate-data", "client-key-data"):
                file = Path(folder) / key
                file.write_bytes(base64.b64decode(user[key]))
                files.append(str(file))
            self.context.load_cert_chain(*files)

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.host, int(self.port), context=self.context, timeout=90)


class Proxy:
    """:param victim: the process that a fault kills; set before the first request."""

    def __init__(self, upstream: Upstream, names: Callable[[str], str]) -> None:
        self.upstream = upstream
        self.names = names
        self.fault: tuple[Point, Fault | Damage] | None = None
        self.fired = False
        self.gone = False
        #: seconds and path without its query, of every request
        self.times: list[tuple[float, str]] = []
        #: paths of the watches that a lasting fault has met
        self.watched: set[str] = set()
        self.victim = 0
        self.points: list[Point] = []
        self._turns: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def begin(self, fault: tuple[Point, Fault | Damage] | None) -> None:
        with self._lock:
            self.fault, self.fired, self.gone, self.victim = fault, False, False, 0
            self.points, self.times, self.watched = [], [], set()
            self._turns.clear()

    def meet(self, method: str, target: str) -> Fault | Damage | None:
        """Records a request; returns its fault."""
        path = self.names(re.sub(r"(resourceVersion|timeoutSeconds|limit)=[^&]*&?", "", target)).rstrip("?&")
        with self._lock:
            key = (method, path)
            self._turns[key] += 1
            point = Point(method, path, self._turns[key])
            self.points.append(point)
            self.times.append((time.monotonic(), f"{method} {path.partition('?')[0]}"))
            what = self.fault[1] if self.fault else None
            if isinstance(what, Damage) and what.lasting:
                if "watch=true" not in path:
                    return None
                self.fired = True
                self.watched.add(path)
                return what
            if self.gone:
                return Fault("reset")
            if self.fault is None or self.fired or self.fault[0] != point:
                return None
            self.fired = True
            self.gone = self.fault[1].kind == "gone"
            return self.fault[1]

    def kill(self) -> None:
        os.kill(self.victim, signal.SIGKILL)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores errors, since connections break on purpose and processes are killed."""


class _Handler(BaseHTTPRequestHandler):
    owner: Proxy
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._up: http.client.HTTPSConnection | None = None

    def finish(self) -> None:
        if self._up is not None:
            self._up.close()
        super().finish()

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.owner.meet(self.command, self.path)
        if fault is None:
            self._pass(body)
            return
        if isinstance(fault, Damage):
            self._damaged(fault, body)
            return
        if fault.kind == "delay":
            time.sleep(DELAY_SECONDS)
            self._pass(body)
            return
        if fault.kind == "twice":
            self._ask(body).read()
            self._pass(body)
            return
        if fault.after:
            self._ask(body).read()
        if fault.kind == "kill":
            self.owner.kill()
        if fault.kind == "refuse":
            self._refuse(fault.status)
            return
        self._break(fault.kind != "drop")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def _ask(self, body: bytes) -> http.client.HTTPResponse:
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "accept-encoding", "connection")}
        for fresh in (False, True):
            if self._up is None or fresh:
                self._up = self.owner.upstream.connect()
            try:
                self._up.request(self.command, self.path, body or None, headers)
                return self._up.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError):
                if fresh:
                    raise
        raise AssertionError

    def _pass(self, body: bytes) -> None:
        answer = self._ask(body)
        if "watch=true" in self.path:
            self._stream(answer)
            return
        data = answer.read()
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in _HOP:
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, answer: http.client.HTTPResponse) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type") or "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while data := answer.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.write(b"0\r\n\r\n")
        finally:
            self.close_connection = True

    def _damaged(self, fault: Damage, body: bytes) -> None:
        self.close_connection = True
        if fault.kind == "wrong":
            if fault.after and "watch=true" not in self.path:
                self._ask(body).read()
            self.wfile.write(damage.wrong(fault.what))
        elif "watch=true" in self.path:
            damage.stream(self.connection, fault, lambda: self._ask(body).read1(65536))
        else:
            answer = self._ask(body)
            headers = [(key, value) for key, value in answer.getheaders() if key.lower() not in _HOP]
            damage.send(self.connection, damage.whole(answer.status, headers, answer.read()), fault)

    def _refuse(self, status: int) -> None:
        reason = REASONS[status]
        body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status, "message": f"a fault: {reason}"}
        data = json.dumps(body).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _break(self, reset: bool) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RD) if not reset else self.connection.close()

    def log_message(self, *args: object) -> None:
        """Prints nothing, since the proxy records the request."""
