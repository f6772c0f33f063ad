# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chart repositories on nginx.

The requests are helm's; in addition, ETags, gzip, ranges and 429 are used.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve, source_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.index_cache import index_cache
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import retries
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access, Http
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError
from real_helm import Helm
from recorder import Answer, Recorder
from servers import PASSWORD, USER
from web_server import WebServer

Package = Callable[..., Path]


@pytest.fixture
def web(web_server: WebServer, helm: Helm, packaged: Package, tmp_path: Path) -> Iterator[WebServer]:
    """The server with two versions of a chart, whose index helm has made."""
    for version in ("1.0.0", "1.1.0+b"):
        packaged(version=version, more=f"description: {'long ' * 40}\n")
    helm.must("repo", "index", tmp_path / "packages")
    shutil.rmtree(web_server.charts)
    shutil.copytree(tmp_path / "packages", web_server.charts)
    web_server.clear()
    yield web_server


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "own"), "PATH": "/usr/bin:/bin"}


def add(environ: dict[str, str], entry: Entry) -> None:
    Repositories(HelmPaths.of(environ), Http(environ), index_cache(environ)).add(entry)


ACCESS: dict[str, tuple[str, str, list[str]]] = {
    "password": ("http", "private", ["user"]),
    "tls": ("https", "charts", ["ca"]),
    "tls and password": ("https", "private", ["ca", "user"]),
    "client certificate": ("mutual", "charts", ["ca", "client"]),
    "all": ("mutual", "private", ["ca", "client", "user"]),
}


def access_of(web: WebServer, parts: list[str]) -> Access:
    files = web.authority
    access = Access(username=USER, password=PASSWORD) if "user" in parts else Access()
    access = replace(access, ca_file=str(files.ca)) if "ca" in parts else access
    return replace(access, cert_file=str(files.client), key_file=str(files.client_key)) if "client" in parts else access


@pytest.mark.parametrize("kind", ACCESS)
def test_what_is_missing_is_one_sentence(kind: str, web: WebServer, environ: dict[str, str]) -> None:
    port, path, parts = ACCESS[kind]
    for missing in parts:
        access = access_of(web, [part for part in parts if part != missing])
        with pytest.raises(RepositoryError) as caught:
            resolve(ChartReference("pier", repo_url=web.url(path, port), access=access), environ)
        expected = {"user": "returned 401 Unauthorized: it requires credentials", "ca": "is not trusted: specify its CA", "client": "returned 400"}
        assert expected[missing] in str(caught.value)
        assert PASSWORD not in str(caught.value)


def test_an_index_travels_compressed_and_once(web: WebServer, environ: dict[str, str]) -> None:
    for _round in range(2):
        assert resolve(ChartReference("pier", repo_url=web.url()), environ).chart.name == "pier"
    log = web.log()
    assert [line.split()[:3] for line in log] == [
        ["GET", "/charts/index.yaml", "200"],
        ["GET", "/charts/pier-1.1.0+b.tgz", "200"],
        ["GET", "/charts/index.yaml", "304"],
    ]
    assert "coding=gzip" in log[0] and "coding=-" in log[1]
    assert 'match=W/\\x22' in log[2] or 'match=W/"' in log[2]
    time.sleep(1.1)  # the date of the file, which is a part of nginx's ETag, has a resolution of a second
    index = web.charts / "index.yaml"
    index.write_text(index.read_text().replace("1.1.0+b", "1.3.0"))
    listed = source_of(ChartReference("pier", repo_url=web.url()), environ).versions()
    assert list(listed) == ["1.3.0", "1.0.0"]


def test_an_archive_of_a_url_is_revalidated(web: WebServer, environ: dict[str, str]) -> None:
    reference = ChartReference(f"{web.url()}/pier-1.0.0.tgz")
    for _round in range(2):
        assert resolve(reference, environ).chart.metadata.version == "1.0.0"
    assert [line.split()[2] for line in web.log()] == ["200", "304"]
    web.clear()
    assert resolve(replace(reference, offline=True), environ).chart.metadata.version == "1.0.0"
    assert web.log() == []


def test_the_requests_are_helms(web: WebServer, environ: dict[str, str], helm: Helm, tmp_path: Path) -> None:
    helm.must("pull", "pier", "--repo", web.url("private"), "--username", USER, "--password", PASSWORD, "-d", tmp_path)
    theirs = [line.split()[:3] + line.split()[-1:] for line in web.log()]
    web.clear()
    resolve(ChartReference("pier", repo_url=web.url("private"), access=Access(username=USER, password=PASSWORD)), environ)
    assert [line.split()[:3] + line.split()[-1:] for line in web.log()] == theirs
    assert len(theirs) == 2


def test_credentials_do_not_follow_a_redirect_to_another_host(web: WebServer, environ: dict[str, str], recorded: Any) -> None:
    recorder = Recorder(web.host)
    recorder.disturb = lambda request: Answer(302, headers={"Location": f"http://localhost:{web.ports['http']}{request.path}"})
    try:
        url = f"http://{recorder.host}/charts"
        access = Access(username=USER, password=PASSWORD)
        assert resolve(ChartReference("pier", repo_url=url, access=access), environ).chart.name == "pier"
        assert all(request.scheme == "Basic" for request in recorder.requests)
        assert {line.rpartition(" ")[2] for line in web.log()} == {"user=-"}
    finally:
        recorder.stop()


def test_a_transfer_that_breaks_is_resumed_by_range(
    web: WebServer, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries.time, "sleep", lambda _seconds: None)
    data = random.Random(1).randbytes(500_000)
    (web.charts / "big.tgz").write_bytes(data)
    recorder = Recorder(web.host)
    cuts = [200_000, 150_000]
    recorder.disturb = lambda _request: Answer(cut=cuts.pop(0)) if cuts else None
    try:
        assert Http(environ).get(f"http://{recorder.host}/charts/big.tgz", Access()) == data
        ranges = [request.headers.get("range") for request in recorder.requests]
        assert ranges == [None, "bytes=200000-", "bytes=350000-"]
        assert [request.status for request in recorder.requests] == [200, 206, 206]
    finally:
        recorder.stop()


@pytest.mark.parametrize("seed", range(100))
def test_connections_cut_anywhere(seed: int, web: WebServer, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Index and archive are whole in the end, or there is one sentence, and never a half file in a cache."""
    monkeypatch.setattr(retries.time, "sleep", lambda _seconds: None)
    chance = random.Random(seed)
    recorder = Recorder(web.host)
    cuts = chance.randrange(1, 6)

    def disturb(_request: Any) -> Answer | None:
        nonlocal cuts
        if not cuts or chance.random() < 0.3:
            return None
        cuts -= 1
        return Answer(cut=chance.randrange(0, 1200))

    recorder.disturb = disturb
    try:
        found = resolve(ChartReference("pier", repo_url=f"http://{recorder.host}/charts"), environ)
        assert found.chart.metadata.version == "1.1.0+b"
    finally:
        recorder.stop()
    caches = Path(environ["HOME"], ".cache")
    stored = [*caches.rglob("*.chart"), *caches.rglob("bodies/*")]
    assert len(stored) == 2
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name.partition(".")[0] for path in stored)


def test_too_many_requests(web: WebServer, environ: dict[str, str]) -> None:
    """nginx answers 429 without saying for how long; the pauses grow until it lets the request pass."""
    http = Http(environ)
    for _round in range(3):
        assert http.get_cached(f"{web.url('limited')}/index.yaml", Access()).data == (web.charts / "index.yaml").read_bytes()
    statuses = [line.split()[2] for line in web.log()]
    assert statuses.count("429") >= 1
    assert statuses[-1] in ("200", "304")
