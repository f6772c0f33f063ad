# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small ChartMuseum on loopback, written to its documented API, and other servers with a part of it.

ChartMuseum: README.md ("API"), multitenancy and context path included. Harbor (before 2.8) has it below ``/chartrepo/PROJECT``, and says of a
version what ChartMuseum says below ``metadata``. Gitea has an upload, which replaces without being asked, and an index without digests, whose
paths are in lower case; GitLab accepts a version twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import yaml
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive

#: of ``FakeMuseum.cut``: the request was done, and is not answered
NO_REPLY = -1


class FakeMuseum:
    """``kind``: ``chartmuseum``, ``harbor``, ``gitea``, ``gitlab``.

    ``root``: path of the repository, without a slash at its end.

    ``context``: of ``serverInfo``. ``cut`` as in the fake registry; ``disturb``: method, path -> status, headers and body, in place of an answer.
    """

    def __init__(self, kind: str = "chartmuseum", root: str = "", context: str = "", account: tuple[str, str] | None = None) -> None:
        self.kind, self.root, self.context, self.account = kind, root, context, account
        self.charts: dict[tuple[str, str], bytes] = {}
        self.proofs: dict[tuple[str, str], bytes] = {}
        self.may_force = True
        self.cut: Callable[[str, str, int], int | None] = lambda _method, _path, _length: None
        self.disturb: Callable[[str, str], tuple[int, dict[str, str], bytes] | None] = lambda _method, _path: None
        self.asked: list[str] = []
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{self.root}"

    @property
    def api(self) -> str:
        rest = self.root[len(self.context) :]
        return f"{self.context}/api{rest}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # --- the API

    def reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        path, _mark, query = path.partition("?")
        path = unquote(path)
        if self.account and headers.get("authorization") != "Basic " + base64.b64encode(":".join(self.account).encode()).decode():
            return 401, b'{"error":"unauthorized"}'
        force = self.may_force and "force" in query.split("&")
        if path == f"{self.api}/charts" and method == "POST":
            return self.upload(headers, body, force)
        if path == f"{self.api}/prov" and method == "POST" and self.kind != "gitea":
            name, version = re.findall(rb"^(?:name|version): *(\S+)", body, re.MULTILINE)
            return self.save(self.proofs, (name.decode(), version.decode()), body, force)
        found = re.fullmatch(re.escape(self.api) + "/charts/([^/]+)/([^/]+)", path)
        if found and self.kind in ("chartmuseum", "harbor"):
            return self.version(method, found[1], found[2])
        if method == "GET" and path.startswith(self.root):
            return self.file(path.removeprefix(self.root).lstrip("/"))
        return 404, b"404 page not found"

    def upload(self, headers: dict[str, str], body: bytes, force: bool) -> tuple[int, bytes]:
        if headers.get("content-type", "").startswith("multipart/form-data"):
            form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + headers["content-type"].encode() + b"\r\n\r\n" + body)
            parts = {str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True) for part in form.iter_parts()}
            assert list(parts) == ["chart"]
            body = parts["chart"]
        try:
            chart = load_archive(body)
        except Exception:
            return 400, b'{"error":"chart is not valid"}'
        return self.save(self.charts, (chart.name, chart.metadata.version), body, force)

    def save(self, store: dict[tuple[str, str], bytes], key: tuple[str, str], data: bytes, force: bool) -> tuple[int, bytes]:
        if key in store and not force and self.kind not in ("gitea", "gitlab"):
            return 409, b'{"error":"file already exists"}'
        store[key] = data
        return 201, b'{"saved":true}'

    def version(self, method: str, name: str, version: str) -> tuple[int, bytes]:
        data = self.charts.get((name, version))
        if data is None:
            return 404, json.dumps({"error": f"no chart version found for {name}-{version}"}).encode()
        if method == "DELETE":
            del self.charts[name, version]
            self.proofs.pop((name, version), None)
            return 200, b'{"deleted":true}'
        entry = self.entry(name, version, data)
        return 200, json.dumps({"metadata": entry} if self.kind == "harbor" else entry).encode()

    def entry(self, name: str, version: str, data: bytes) -> dict[str, Any]:
        archive = f"{name}-{version}.tgz"
        if self.kind == "gitea":
            archive = archive.lower()
        entry: dict[str, Any] = {
            "apiVersion": "v2",
            "name": name,
            "version": version,
            "urls": [archive if self.kind == "gitea" else f"charts/{archive}"],
        }
        return entry if self.kind == "gitea" else {**entry, "digest": hashlib.sha256(data).hexdigest()}

    def file(self, path: str) -> tuple[int, bytes]:
        if path == "index.yaml":
            entries: dict[str, list[Any]] = {}
            for (name, version), data in self.charts.items():
                entries.setdefault(name, []).append(self.entry(name, version, data))
            index: dict[str, Any] = {"apiVersion": "v1", "entries": entries}
            if self.context:
                index["serverInfo"] = {"contextPath": self.context}
            return 200, yaml.safe_dump(index).encode()
        for store, ending in ((self.charts, ".tgz"), (self.proofs, ".tgz.prov")):
            for (name, version), data in store.items():
                if path.rpartition("/")[2].lower() == f"{name}-{version}{ending}".lower():
                    return 200, data
        return 404, b"404 page not found"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests close connections as they like."""


def _handler(museum: FakeMuseum) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body may wait 40 ms for the acknowledgement of its headers

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            cut = museum.cut(self.command, self.path, length)
            body = self.rfile.read(length if cut is None or cut == NO_REPLY else cut)
            museum.asked.append(f"{self.command} {self.path}")
            headers = {name.lower(): value for name, value in self.headers.items()}
            if cut is not None:
                if cut == NO_REPLY:
                    museum.reply(self.command, self.path, headers, body)
                self.close_connection = True
                return
            more: dict[str, str] = {}
            disturbed = museum.disturb(self.command, self.path)
            if disturbed is not None:
                status, more, data = disturbed
            else:
                status, data = museum.reply(self.command, self.path, headers, body)
            self.send_response_only(status)
            for name, value in {**more, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *_arguments: Any) -> None:
            """Nothing is printed: requests are recorded."""

    return Handler
