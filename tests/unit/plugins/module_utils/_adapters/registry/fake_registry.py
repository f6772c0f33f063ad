# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small registry on loopback that does what a test says, also what no real registry does.

``tests/registry`` has the real one.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import CHART, CONFIG, MANIFEST


@dataclass
class Reply:
    """An answer.

    ``cut``: bytes of the body after which the connection ends. ``write``: what writes the body in place of ``body``.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    write: Callable[[Any], None] | None = None


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def archive(name: str = "pier", version: str = "1.0.0", filling: bytes = b"") -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for path, data in (("Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: {version}\n".encode()), ("data.bin", filling)):
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), 1, mtime=0)  # the same bytes each time


def errors(code: str, message: str = "") -> bytes:
    return json.dumps({"errors": [{"code": code, "message": message}]}).encode()


#: what ``FakeRegistry.cut`` returns for a request that is answered by nothing, after it was done
NO_REPLY = -1


class FakeRegistry:
    """``disturb`` sees each request first, and may reply in place of the registry.

    ``cut``: method, path and length of a body -> how many of its bytes are read before the connection ends, ``NO_REPLY``, or ``None``.
    ``keeps``: whether the bytes of an upload that was cut are there afterwards.
    """

    def __init__(self) -> None:
        self.cut: Callable[[str, str, int], int | None] = lambda _method, _path, _length: None
        self.keeps = True
        self.has_referrers = False
        self.deletes: tuple[str, ...] = ("tag", "digest")
        self.sessions: dict[str, bytearray] = {}
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, bytes] = {}
        self.tags: Any = []
        self.asked: list[Asked] = []
        self.disturb: Callable[[Asked], Reply | None] = lambda _asked: None
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def add(self, tag: str, chart: bytes, config: bytes = b"{}", **more: Any) -> str:
        """Store a chart; returns the digest of its manifest."""
        for blob in (config, chart):
            self.blobs[sha256(blob)] = blob
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": sha256(config), "size": len(config)},
            "layers": [{"mediaType": CHART, "digest": sha256(chart), "size": len(chart)}],
            **more,
        }
        return self.put(tag, manifest)

    def put(self, tag: str, manifest: dict[str, Any]) -> str:
        data = json.dumps(manifest).encode()
        self.manifests[tag] = self.manifests[sha256(data)] = data
        if isinstance(self.tags, list):
            self.tags.append(tag)
        return sha256(data)

    def reply(self, asked: Asked) -> Reply:
        prefix = "/v2/a/pier/"
        kind, _slash, name = asked.path.removeprefix(prefix).partition("/")
        if not asked.path.startswith(prefix):
            return Reply(404, errors("NAME_UNKNOWN", "repository name not known to registry"))
        if name.startswith("uploads/"):
            return self.upload(asked, *name.removeprefix("uploads/").partition("?")[::2])
        if asked.method in ("PUT", "DELETE") and kind == "manifests":
            return self.changed(asked, name)
        if kind == "tags":
            return Reply(body=json.dumps({"name": "a/pier", "tags": self.tags}).encode())
        if kind == "referrers":
            return self.referrers(name)
        data = (self.manifests if kind == "manifests" else self.blobs).get(name)
        if data is None:
            return Reply(404, errors("MANIFEST_UNKNOWN", "manifest unknown"))
        if kind == "manifests":
            return Reply(body=data, headers={"Docker-Content-Digest": sha256(data), "Content-Type": MANIFEST})
        wanted = asked.headers.get("range", "")
        if wanted:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                return Reply(416)
            return Reply(206, data[start:], {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})
        return Reply(body=data)

    def changed(self, asked: Asked, name: str) -> Reply:
        """A manifest is stored or removed."""
        digest = sha256(asked.body)
        if asked.method == "DELETE":
            if ("digest" if name.startswith("sha256:") else "tag") not in self.deletes:
                return Reply(405, errors("UNSUPPORTED", "The operation is unsupported."))
            data = self.manifests.pop(name, None)
            if name.startswith("sha256:"):
                self.manifests = {tag: other for tag, other in self.manifests.items() if other != data}
            return Reply(202) if data is not None else Reply(404, errors("MANIFEST_UNKNOWN", "manifest unknown"))
        document = json.loads(asked.body)
        blobs = [document["config"], *document["layers"]] if "config" in document else []
        missing = [blob["digest"] for blob in blobs if blob["digest"] not in self.blobs]
        if missing:
            return Reply(404, errors("MANIFEST_BLOB_UNKNOWN", f"blob unknown to registry: {missing}"))
        self.manifests[name] = self.manifests[digest] = asked.body
        if name not in self.tags and name != digest:
            self.tags.append(name)
        subject = {"OCI-Subject": document["subject"]["digest"]} if self.has_referrers and "subject" in document else {}
        return Reply(201, headers={"Docker-Content-Digest": digest, **subject})

    def referrers(self, digest: str) -> Reply:
        """The manifests whose subject is another; a registry without this API does not know the path."""
        if not self.has_referrers:
            return Reply(404, errors("NOT_FOUND", "no such path"))
        found = []
        for name, data in self.manifests.items():
            document = json.loads(data)
            if name == sha256(data) and document.get("subject", {}).get("digest") == digest:
                found.append({"mediaType": MANIFEST, "digest": name, "size": len(data), "artifactType": document.get("artifactType", "")})
        return Reply(body=json.dumps({"schemaVersion": 2, "manifests": found}).encode())

    def upload(self, asked: Asked, session: str, query: str) -> Reply:
        """A part of an upload, as distribution answers it."""
        if asked.method == "POST":
            session = f"s{len(self.sessions)}"
            self.sessions[session] = bytearray()
        there = self.sessions.get(session)
        if there is None:
            return Reply(404, errors("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"))
        first = asked.headers.get("content-range", "").partition("-")[0]
        if first and int(first) != len(there):
            return Reply(416, errors("RANGE_INVALID", "invalid content range"))
        there += asked.body
        if asked.method == "PUT":
            digest = unquote(query.rpartition("digest=")[2])
            del self.sessions[session]
            if sha256(bytes(there)) != digest:
                return Reply(400, errors("DIGEST_INVALID", "provided digest did not match uploaded content"))
            self.blobs[digest] = bytes(there)
            return Reply(201, headers={"Docker-Content-Digest": digest})
        headers = {"Location": f"/v2/a/pier/blobs/uploads/{session}?_state={len(there)}", "Range": f"0-{max(len(there) - 1, 0)}"}
        return Reply(204 if asked.method == "GET" else 202, headers=headers)

    def part(self, path: str, body: bytes) -> None:
        """What arrived of an upload that was cut."""
        session = self.sessions.get(path.rpartition("/")[2].partition("?")[0])
        if session is not None and self.keeps:
            session += body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests close connections as they like."""


def _handler(registry: FakeRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body may wait 40 ms for the acknowledgement of its headers

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            cut = registry.cut(self.command, self.path, length)
            body = self.rfile.read(length if cut is None or cut == NO_REPLY else cut)
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            registry.asked.append(asked)
            if cut is not None:
                if cut == NO_REPLY:
                    registry.reply(asked)
                elif self.command in ("PUT", "PATCH"):
                    registry.part(self.path, body)
                self.close_connection = True
                return
            reply = registry.disturb(asked) or registry.reply(asked)
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.write is None and "Content-Length" not in reply.headers and reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body)))
            if reply.write is not None or reply.cut is not None:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            if reply.write is not None:
                reply.write(self.wfile)
            elif self.command != "HEAD":
                self.wfile.write(reply.body[: reply.cut])

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_arguments: Any) -> None:
            """Nothing is printed: requests are recorded."""

    return Handler
