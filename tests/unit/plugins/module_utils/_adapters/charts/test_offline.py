# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks with ``offline``: what was fetched before needs no request, and what was not is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts import content_cache
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.content_cache import ContentCache
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.index_cache import index_cache
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access, Http
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartNotFound, EngineError, RepositoryError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "registry"))
from fake_registry import Asked, FakeRegistry, Reply, archive, sha256

PLAIN = Access()
ME = Access(username="me", password="canary-7f3a", plain_http=True)


class Place:
    """A registry, and a repository under ``/charts``, on one host."""

    prefix = ""

    def __init__(self, folder: Path) -> None:
        self.server = FakeRegistry()
        self.environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        self.archive = archive(filling=b"data")
        self.digest = sha256(self.archive).partition(":")[2]
        self.server.add("1.0.0", self.archive)
        self.server.disturb = self.answer

    @property
    def url(self) -> str:
        return f"http://{self.server.host}/charts"

    def answer(self, asked: Asked) -> Reply | None:
        if asked.path.startswith("/charts/"):
            if asked.path == "/charts/index.yaml":
                entries = {
                    "pier": [{"name": "pier", "version": "1.0.0", "urls": [f"{self.prefix}pier-1.0.0.tgz"], "digest": self.digest}],
                    "bare": [{"name": "pier", "version": "1.0.0", "urls": ["pier-1.0.0.tgz"]}],
                    "quay": [{"name": "quay", "version": "1.0.0", "urls": ["quay-1.0.0.tgz"], "digest": "0" * 64}],
                }
                return Reply(body=json.dumps({"apiVersion": "v1", "entries": entries}).encode())
            return Reply(body=self.archive) if asked.path.startswith("/charts/pier") else Reply(404)
        return None

    def add(self, access: Access = PLAIN) -> None:
        entry = Entry("sea", self.url, access.username, access.password)
        Repositories(HelmPaths.of(self.environ), Http(self.environ), index_cache(self.environ)).add(entry)

    def references(self) -> dict[str, ChartReference]:
        access = Access(plain_http=True)
        host = self.server.host
        found = {
            "repository": ChartReference("sea/pier"),
            "url of the repository": ChartReference("pier", repo_url=self.url),
            "no digest in the index": ChartReference("bare", repo_url=self.url),
            "archive": ChartReference(f"{self.url}/pier-1.0.0.tgz"),
            "tag": ChartReference(f"oci://{host}/a/pier", version="1.0.0"),
            "range": ChartReference(f"oci://{host}/a/pier", version="^1"),
            "newest": ChartReference(f"oci://{host}/a/pier"),
            "digest": ChartReference(f"oci://{host}/a/pier", version=sha256(self.server.manifests["1.0.0"])),
        }
        return {name: replace(reference, access=access) for name, reference in found.items()}


KINDS = ["repository", "url of the repository", "no digest in the index", "archive", "tag", "range", "newest", "digest"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.server.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_fetched_needs_no_request(kind: str, place: Place) -> None:
    place.add()
    reference = place.references()[kind]
    assert resolve(reference, place.environ).chart.name == "pier"
    place.server.stop()
    place.server.asked.clear()
    found = resolve(replace(reference, offline=True, refresh=True), place.environ)
    assert (found.chart.metadata.version, place.server.asked) == ("1.0.0", [])


@pytest.mark.parametrize("urls", ["http://other:canary-7f3a@{host}/charts/", "pier.tgz?token=canary-7f3a#"])
def test_an_index_with_credentials_in_its_urls_is_not_cached(urls: str, place: Place, tmp_path: Path) -> None:
    place.prefix = urls.format(host=place.server.host)
    reference = place.references()["url of the repository"]
    assert resolve(reference, place.environ).chart.name == "pier"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"canary-7f3a" in path.read_bytes()]
    with pytest.raises(RepositoryError, match=r"/charts/index.yaml is not in the cache, and offline is set"):
        resolve(replace(reference, offline=True), place.environ)
    assert resolve(reference, place.environ).chart.name == "pier"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "repository"])
def test_what_was_not_fetched_is_named(kind: str, place: Place) -> None:
    reference = place.references()[kind]
    with pytest.raises(RepositoryError, match="is not in the cache, and offline is set; run the task once without offline") as caught:
        resolve(replace(reference, offline=True), place.environ)
    named = {
        "url of the repository": "/charts/index.yaml",
        "no digest in the index": "/charts/index.yaml",
        "archive": "/charts/pier-1.0.0.tgz",
    }
    named |= {"tag": "The manifest of", "digest": "The manifest of", "range": "The list of tags of", "newest": "The list of tags of"}
    assert named[kind] in str(caught.value)
    assert place.server.asked == []


def test_signatures_of_cosign_are_not_requested(place: Place) -> None:
    """They are not cached, so a task that requires one fails."""
    key = Path(place.environ["HOME"], "cosign.pub")
    private = ec.generate_private_key(ec.SECP256R1())
    key.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    reference = place.references()["tag"]
    resolve(reference, place.environ)
    place.server.asked.clear()
    with pytest.raises(RepositoryError, match=r"The list of signatures of .*/a/pier@sha256:[0-9a-f]{64} is not in the cache, and offline is set"):
        resolve(replace(reference, offline=True, trust=Trust(cosign_key=str(key))), place.environ)
    assert place.server.asked == []


def test_a_known_index_with_an_unknown_archive(place: Place) -> None:
    place.add()
    with pytest.raises(RepositoryError, match=r"/charts/pier-1\.0\.0\.tgz is not in the cache"):
        resolve(ChartReference("sea/pier", offline=True), place.environ)
    with pytest.raises(ChartNotFound, match="has no chart named 'wharf'"):
        resolve(ChartReference("sea/wharf", offline=True), place.environ)


def test_the_index_of_a_configured_repository_serves_its_url(place: Place) -> None:
    place.add()
    ContentCache(HelmPaths.of(place.environ).content_cache).put(place.digest, place.archive)
    place.server.asked.clear()
    assert resolve(ChartReference("pier", repo_url=f"{place.url}/", offline=True), place.environ).chart.name == "pier"
    assert place.server.asked == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "digest"])
def test_one_users_charts_are_not_another_users(kind: str, place: Place) -> None:
    place.add(ME)
    mine = replace(place.references()[kind], access=ME)
    resolve(mine, place.environ)
    assert resolve(replace(mine, offline=True), place.environ).chart.name == "pier"
    yours = replace(mine, access=replace(ME, username="you"), offline=True)
    with pytest.raises(RepositoryError, match="is not in the cache"):
        resolve(yours, place.environ)
    written = b"".join(path.read_bytes() for path in Path(place.environ["HOME"], ".cache").rglob("*") if path.is_file())
    assert ME.password.encode() not in written


# --- bounds, and many processes


def test_helms_content_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_cache, "MAX_ARCHIVES", 3)
    cache = ContentCache(tmp_path)
    mine = tmp_path / "aa" / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("keep me")
    old = time.time() - 90 * 86400
    datas = [bytes([number]) * 10 for number in range(5)]
    for number, data in enumerate(datas):
        digest = sha256(data).partition(":")[2]
        cache.put(digest, data)
        os.utime(tmp_path / digest[:2] / f"{digest}.chart", (old + number, old + number))
    digests = [sha256(data).partition(":")[2] for data in datas]
    assert [cache.get(digest) is not None for digest in digests] == [False, False, True, True, True]
    assert all(time.time() - path.stat().st_mtime < 60 for path in tmp_path.rglob("*.chart")), "a use is noticed"
    assert mine.read_text() == "keep me"


def test_old_archives_go(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path)
    digest = sha256(b"old").partition(":")[2]
    cache.put(digest, b"old")
    long_ago = time.time() - content_cache.MAX_AGE - 10
    os.utime(tmp_path / digest[:2] / f"{digest}.chart", (long_ago, long_ago))
    cache.put(sha256(b"new").partition(":")[2], b"new")
    assert len(list(tmp_path.rglob("*.chart"))) == 1


WORKER = """
import sys
sys.path.insert(0, {conftest!r})
import conftest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access
environ = {{"HOME": {home!r}}}
for round in range(5):
    for reference in (ChartReference("pier", repo_url={url!r}), ChartReference("sea/pier", refresh=True), ChartReference({url!r} + "/pier-1.0.0.tgz")):
        assert resolve(reference, environ).chart.name == "pier"
        assert resolve(ChartReference("pier", repo_url={url!r}, offline=True), environ).chart.name == "pier"
"""


@pytest.mark.slow
def test_many_processes_on_one_cache(place: Place, tmp_path: Path) -> None:
    place.add()
    conftest = str(Path(__file__).resolve().parents[4])
    text = WORKER.format(conftest=conftest, home=str(tmp_path), url=place.url)
    workers = [subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.PIPE) for _worker in range(8)]
    ends = [(worker.communicate(timeout=300)[1], worker.returncode) for worker in workers]
    assert [code for _text, code in ends] == [0] * 8, ends
    caches = tmp_path / ".cache"
    assert not [path for path in caches.rglob(".*") if path.is_file()], "no file of a write is left behind"
    assert [sha256(path.read_bytes()).partition(":")[2] == path.name.partition(".")[0] for path in caches.rglob("*.chart")] == [True]
    bodies = list(caches.rglob("bodies/*"))
    assert [sha256(path.read_bytes()).partition(":")[2] for path in bodies] == [path.name for path in bodies]


def test_a_cache_that_cannot_be_written_is_no_fault(place: Place) -> None:
    place.environ |= {"XDG_CACHE_HOME": "/dev/null/x", "HELM_CACHE_HOME": "/dev/null/y"}
    for reference in (ChartReference("pier", repo_url=place.url), ChartReference(f"{place.url}/pier-1.0.0.tgz")):
        assert resolve(reference, place.environ).chart.name == "pier"
        with pytest.raises(EngineError, match="is not in the cache"):
            resolve(replace(reference, offline=True), place.environ)
