# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reverse proxy in front of a registry: it records each request, and can disturb the answers.

The ``Host`` header is passed on as it came, so that the URLs in the registry's answers lead through the proxy again.
"""

from __future__ import annotations

import http.client
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


@dataclass
class Request:
    """One request, and the answer's status. ``headers`` have lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = 0

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def scheme(self) -> str:
        """Of the credentials: ``Basic``, ``Bearer``, or empty."""
        return self.headers.get("authorization", "").partition(" ")[0]


@dataclass
class Answer:
    """The answer that the client gets instead of the registry's, or of a part of it.

    ``cut``: the connection ends after that many bytes of the body. ``replace``: the body. ``status``: without asking the registry.
    """

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    replace: Callable[[bytes], bytes] | None = None


Disturb = Callable[[Request], Answer | None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that closes its connection is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Recorder:
    """``host`` replaces that of the registry."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.requests: list[Request] = []
        self.disturb: Disturb = lambda _request: None
        self.rewrite: Callable[[str], str] = lambda path: path
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def taken(self) -> list[Request]:
        """The requests since the last call."""
        found, self.requests = self.requests, []
        return found

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body may wait 40 ms for the acknowledgement of its headers

        def answer(self) -> None:
            body = self._body()
            request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
            recorder.requests.append(request)
            wanted = recorder.disturb(request)
            if wanted is not None and wanted.status:
                request.status = wanted.status
                self._send(wanted.status, wanted.headers, wanted.body, wanted.cut)
                return
            connection = http.client.HTTPConnection(recorder.upstream, timeout=30)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
                connection.request(self.command, recorder.rewrite(self.path), body, headers)
                answer = connection.getresponse()
                data = answer.read()
            finally:
                connection.close()
            request.status = answer.status
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
            if wanted is not None:
                headers |= wanted.headers
                if wanted.replace is not None:
                    data = wanted.replace(data)
                    headers["Content-Length"] = str(len(data))
            self._send(answer.status, headers, data, wanted.cut if wanted else None)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _send(self, status: int, headers: dict[str, str], body: bytes, cut: int | None) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if not any(name.lower() == "content-length" for name in headers):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body if cut is None else body[:cut])
            if cut is not None:
                self.close_connection = True

        def log_message(self, *_arguments: Any) -> None:
            """Nothing is printed: requests are recorded."""

    return Handler
