# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of the port for charts, on every source.

Each returns the same chart and versions, and raises errors of the engine only.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import source_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import ChartSource
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError

from ..registry.fake_registry import FakeRegistry, archive, sha256

CHART = archive()


def _tar(**files: bytes) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"pier/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), 1, mtime=0)


#: archives that hold no chart
BROKEN = {
    "empty": b"",
    "text": b"<html>not a chart</html>",
    "cut": CHART[: len(CHART) // 2],
    "changed": CHART[:20] + bytes([CHART[20] ^ 0xFF]) + CHART[21:],
    "zip": b"PK\x03\x04" + bytes(100),
    "no archive within": gzip.compress(b"text" * 1000, mtime=0),
    "no files": _tar(),
    "no Chart.yaml": _tar(**{"values.yaml": b""}),
    "broken Chart.yaml": _tar(**{"Chart.yaml": b"name: [\n"}),
    "bytes as Chart.yaml": _tar(**{"Chart.yaml": bytes(range(256))}),
    "no name": _tar(**{"Chart.yaml": b"apiVersion: v2\nversion: 1.0.0\n"}),
    "a list": _tar(**{"Chart.yaml": b"- 1\n"}),
    "outside": _tar(**{"Chart.yaml": b"apiVersion: v2\nname: pier\nversion: 1.0.0\n", "../../x": b"1"}),
}


class Web:
    """Serves the bytes of a dictionary, path to body."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = web.bodies.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_arguments: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Places:
    """Puts the bytes of an archive where each kind of source finds them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web = Web()
        self.registry = FakeRegistry()
        self.environ = {"HOME": str(folder), "PATH": os.environ["PATH"]}

    def file(self, data: bytes) -> ChartReference:
        (self.folder / "pier-1.0.0.tgz").write_bytes(data)
        return ChartReference(str(self.folder / "pier-1.0.0.tgz"))

    def url(self, data: bytes) -> ChartReference:
        self.web.bodies["/pier-1.0.0.tgz"] = data
        return ChartReference(f"{self.web.url}/pier-1.0.0.tgz")

    def repository(self, data: bytes) -> ChartReference:
        self.web.bodies["/pier-1.0.0.tgz"] = data
        entry = f"{{apiVersion: v2, name: pier, version: 1.0.0, urls: [pier-1.0.0.tgz], digest: '{sha256(data)[7:]}'}}"
        self.web.bodies["/index.yaml"] = f"apiVersion: v1\nentries:\n  pier:\n  - {entry}\n".encode()
        return ChartReference("pier", repo_url=self.web.url)

    def oci(self, data: bytes) -> ChartReference:
        self.registry.add("1.0.0", data)
        return ChartReference(f"oci://{self.registry.host}/a/pier", access=Access(plain_http=True))

    def stop(self) -> None:
        self.web.stop()
        self.registry.stop()


KINDS: dict[str, Callable[[Places, bytes], ChartReference]] = {
    "file": Places.file,
    "url": Places.url,
    "repository": Places.repository,
    "registry": Places.oci,
}


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(tmp_path)
    yield made
    made.stop()


def _source(places: Places, kind: str, data: bytes = CHART) -> ChartSource:
    return source_of(KINDS[kind](places, data), places.environ)


@pytest.mark.parametrize("version", ["", "1.0.0", "^1.0.0"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_chart(kind: str, version: str, places: Places) -> None:
    fetched = _source(places, kind).fetch(version)
    assert (fetched.chart.name, fetched.chart.metadata.version) == ("pier", "1.0.0")
    assert fetched.archive_digest == sha256(CHART)
    assert fetched.origin
    assert list(_source(places, kind).versions()) == ["1.0.0"]


@pytest.mark.parametrize("version", ["2.0.0", ">1.0.0", "not a version", "\udce4"])
@pytest.mark.parametrize("kind", KINDS)
def test_another_version_is_refused(kind: str, version: str, places: Places) -> None:
    with pytest.raises(EngineError) as caught:
        _source(places, kind).fetch(version)
    assert caught.value.message


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_chart_is_refused(kind: str, data: bytes, places: Places) -> None:
    source = _source(places, kind, data)
    for call in (source.fetch, source.fetch):  # the second finds what the first has cached
        with pytest.raises(EngineError) as caught:
            call()
        assert "pier" in caught.value.message or "Chart.yaml" in caught.value.message


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_is_gone(kind: str, places: Places) -> None:
    reference = KINDS[kind](places, CHART)
    (places.folder / "pier-1.0.0.tgz").unlink(missing_ok=True)
    places.stop()
    with pytest.raises(EngineError):
        source_of(reference, places.environ).fetch()
    places.web, places.registry = Web(), FakeRegistry()
