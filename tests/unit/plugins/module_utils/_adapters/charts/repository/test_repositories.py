# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories over HTTP, against a real server on loopback."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve, source_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access, Http
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartNotFound, EngineError, OptionError, RepositoryError


def chart_archive(name: str, version: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        text = f"apiVersion: v2\nname: {name}\nversion: {version}\n".encode()
        info = tarfile.TarInfo(f"{name}/Chart.yaml")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return gzip.compress(raw.getvalue(), mtime=0)


class Museum:
    """A chart repository of two versions.

    It counts requests, requires a password when one is set, and supports ETags.
    """

    def __init__(self) -> None:
        self.archives = {f"pier-{v}.tgz": chart_archive("pier", v) for v in ("1.0.0", "1.1.0")}
        self.asked: list[str] = []
        self.password = ""
        self.digests = {n: hashlib.sha256(a).hexdigest() for n, a in self.archives.items()}
        museum = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                museum.answer(self)

            def log_message(self, *args: object) -> None:
                return None

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/charts"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def index(self) -> bytes:
        entries = [{"name": "pier", "version": n[5:-4], "urls": [n], "digest": self.digests[n]} for n in self.archives]
        return yaml.safe_dump({"apiVersion": "v1", "entries": {"pier": entries}}).encode()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        name = request.path.rpartition("/")[2]
        body = self.index() if name == "index.yaml" else self.archives.get(name)
        wanted = "Basic " + base64.b64encode(f"me:{self.password}".encode()).decode()
        status, tag = 200, '"1"'
        if self.password and request.headers.get("Authorization") != wanted:
            status, body = 401, b""
        elif body is None:
            status, body = 404, b""
        elif request.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        if name == "index.yaml":
            request.send_header("ETag", tag)
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def museum() -> Iterator[Museum]:
    museum = Museum()
    yield museum
    museum.server.shutdown()
    museum.server.server_close()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def repositories(environ: dict[str, str]) -> Repositories:
    return Repositories(HelmPaths.of(environ), Http(environ))


def test_add_twice_then_remove(museum: Museum, environ: dict[str, str]) -> None:
    ours = repositories(environ)
    assert ours.check_add(Entry("sea", museum.url))
    assert museum.asked == []
    assert ours.add(Entry("sea", museum.url)) is True
    assert ours.add(Entry("sea", museum.url + "/")) is False
    assert [e.name for e in ours.entries()] == ["sea"]
    assert ours.paths.repository_config.stat().st_mode & 0o777 == 0o600
    assert (ours.paths.repository_cache / "sea-index.yaml").read_bytes() == museum.index()
    assert (ours.paths.repository_cache / "sea-charts.txt").read_text() == "pier\n"
    assert ours.remove("sea") is True
    assert ours.remove("sea") is False
    assert not (ours.paths.repository_cache / "sea-index.yaml").exists()


def test_the_file_is_helms(museum: Museum, environ: dict[str, str]) -> None:
    ours = repositories(environ)
    ours.add(Entry("sea", museum.url))
    assert yaml.safe_load(ours.paths.repository_config.read_text()) == {
        "apiVersion": "",
        "generated": "0001-01-01T00:00:00Z",
        "repositories": [
            {
                "caFile": "",
                "certFile": "",
                "insecure_skip_tls_verify": False,
                "keyFile": "",
                "name": "sea",
                "pass_credentials_all": False,
                "password": "",
                "url": museum.url,
                "username": "",
            }
        ],
    }


def test_another_url_for_a_name_is_refused_and_credentials_converge(museum: Museum, environ: dict[str, str]) -> None:
    ours = repositories(environ)
    ours.add(Entry("sea", museum.url))
    with pytest.raises(OptionError, match="already exists with another URL"):
        ours.add(Entry("sea", museum.url + "/other"))
    with pytest.raises(OptionError, match="must not contain '/'"):
        ours.add(Entry("a/b", museum.url))
    assert ours.add(Entry("sea", museum.url, "me", "secret")) is True
    assert ours.add(Entry("sea", museum.url, "me", "secret")) is False


def test_a_refused_repository_writes_nothing_and_shows_no_secret(museum: Museum, environ: dict[str, str]) -> None:
    museum.password = "right"
    ours = repositories(environ)
    with pytest.raises(RepositoryError) as caught:
        ours.add(Entry("sea", museum.url, "me", "wrong-secret"))
    assert "401" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)
    assert not ours.paths.repository_config.exists()


def test_the_index_travels_once(museum: Museum, environ: dict[str, str]) -> None:
    http_client = Http(environ)
    first = http_client.get_cached(museum.url + "/index.yaml", Access())
    again = Http(environ).get_cached(museum.url + "/index.yaml", Access())
    assert first.data == again.data == museum.index()
    body = next(Path(environ["XDG_CACHE_HOME"]).rglob("bodies/*"))
    body.write_bytes(b"cut off")
    assert Http(environ).get_cached(museum.url + "/index.yaml", Access()).data == museum.index()


@pytest.mark.parametrize(("version", "found"), [("", "1.1.0"), ("1.0.0", "1.0.0"), ("~1.0", "1.0.0")])
def test_by_repository_url(museum: Museum, environ: dict[str, str], version: str, found: str) -> None:
    resolved = resolve(ChartReference("pier", repo_url=museum.url, version=version), environ)
    assert resolved.chart.metadata.version == found


def test_by_configured_name_and_the_archive_is_fetched_once(museum: Museum, environ: dict[str, str]) -> None:
    repositories(environ).add(Entry("sea", museum.url))
    for _round in range(2):
        assert resolve(ChartReference("sea/pier"), environ).chart.metadata.version == "1.1.0"
    assert museum.asked.count("/charts/pier-1.1.0.tgz") == 1


def test_versions_of_each_kind_of_source(museum: Museum, environ: dict[str, str], tmp_path: Path) -> None:
    repositories(environ).add(Entry("sea", museum.url))
    local = tmp_path / "here"
    local.mkdir()
    (local / "Chart.yaml").write_text("apiVersion: v2\nname: pier\nversion: 3.0.0\n")
    references = {
        ChartReference("pier", repo_url=museum.url): ["1.1.0", "1.0.0"],
        ChartReference("sea/pier"): ["1.1.0", "1.0.0"],
        ChartReference(museum.url + "/pier-1.0.0.tgz"): ["1.0.0"],
        ChartReference(str(local)): ["3.0.0"],
    }
    for reference, versions in references.items():
        source = source_of(reference, environ)
        assert list(source.versions()) == versions
        assert source.fetch(versions[-1]).chart.metadata.version == versions[-1]
        with pytest.raises(ChartNotFound):
            source.fetch(">=7")


def test_by_url(museum: Museum, environ: dict[str, str]) -> None:
    assert resolve(ChartReference(museum.url + "/pier-1.0.0.tgz"), environ).chart.metadata.version == "1.0.0"


def test_an_archive_that_is_not_what_the_index_promises(museum: Museum, environ: dict[str, str]) -> None:
    museum.digests["pier-1.1.0.tgz"] = "0" * 64
    with pytest.raises(RepositoryError, match="does not match the index entry"):
        resolve(ChartReference("pier", repo_url=museum.url), environ)


def test_credentials_go_to_their_own_host_only(museum: Museum, environ: dict[str, str]) -> None:
    museum.password = "right"
    access = Access(url="http://elsewhere.example", username="me", password="right")
    with pytest.raises(RepositoryError, match="401"):
        Http(environ).get(museum.url + "/index.yaml", access)
    everywhere = Access(url=access.url, username="me", password="right", pass_credentials=True)
    assert Http(environ).get(museum.url + "/index.yaml", everywhere) == museum.index()


def test_credentials_of_the_task(museum: Museum, environ: dict[str, str]) -> None:
    museum.password = "right"
    right, wrong = Access(username="me", password="right"), Access(username="me", password="wrong")
    repositories = Repositories(HelmPaths.of(environ), Http(environ))
    repositories.add(Entry("sea", museum.url, username="me", password="right"))
    for ref, url in (("pier", museum.url), (f"{museum.url}/pier-1.1.0.tgz", ""), ("sea/pier", "")):
        assert resolve(ChartReference(ref, repo_url=url, access=right), environ).chart.metadata.version == "1.1.0"
        environ["HELM_CONTENT_CACHE"] = f"{environ['XDG_CACHE_HOME']}/another"  # an archive that is cached needs no credentials
        with pytest.raises(RepositoryError, match="401"):
            resolve(ChartReference(ref, repo_url=url, access=wrong, refresh=True), environ)


@pytest.mark.parametrize(
    ("reference", "error", "says"),
    [
        (ChartReference("./no/such/chart"), ChartNotFound, "no chart found at"),
        (ChartReference("nowhere/pier"), ChartNotFound, "neither an existing path nor a chart in an added repository"),
        (ChartReference("pier"), ChartNotFound, "neither an existing path"),
        (ChartReference("oci://127.0.0.1:1/pier"), RepositoryError, "cannot be reached: Connection refused"),
        (ChartReference("oci://127.0.0.1:1/Pier"), OptionError, "upper-case letters"),
        (ChartReference("pier", repo_url="http://127.0.0.1:1/charts"), RepositoryError, "cannot be reached: Connection refused"),
        (ChartReference("pier", repo_url="ftp://127.0.0.1/charts"), RepositoryError, "is not an http or https URL"),
    ],
)
def test_what_cannot_be_found(environ: dict[str, str], reference: ChartReference, error: type[EngineError], says: str) -> None:
    with pytest.raises(error) as caught:
        resolve(reference, environ)
    assert says in str(caught.value)
