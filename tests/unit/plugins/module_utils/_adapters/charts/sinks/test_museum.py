# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults while a chart is pushed to a server with ChartMuseum's API, and servers that are none."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.repositories import HelmPaths
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.sinks.locate import sink_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.sinks.museum import MuseumSink
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import retries
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.push import packed_chart

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "registry")]
from fake_museum import NO_REPLY, FakeMuseum
from fake_registry import archive

CANARY = "canary-09cc"
SMALL = archive()
LARGE = archive(filling=random.Random(7).randbytes(300_000))


@pytest.fixture
def museum() -> Iterator[FakeMuseum]:
    made = FakeMuseum()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(retries.time, "sleep", found.append)
    return found


def sink(museum: FakeMuseum, home: Path, access: Access | None = None) -> MuseumSink:
    given = access or Access(url=museum.url)
    return MuseumSink(museum.url, given, {"HOME": str(home)}, lambda _sentence: None)


def proof(data: bytes) -> bytes:
    return f"name: pier\nversion: 1.0.0\nfiles:\n  pier-1.0.0.tgz: sha256:{hashlib.sha256(data).hexdigest()}\n".encode()


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.slow
def test_cuts(seed: int, museum: FakeMuseum, tmp_path: Path) -> None:
    """Connections end at random bytes, or in place of answers: chart and provenance file are there, once."""
    rng = random.Random(seed)
    museum.may_force = rng.random() < 0.5
    museum.kind = rng.choice(["chartmuseum", "harbor", "gitlab"])
    cuts = rng.randint(1, 4)

    def cut(method: str, _path: str, length: int) -> int | None:
        nonlocal cuts
        if cuts and method == "POST" and rng.random() < 0.7:
            cuts -= 1
            return rng.choice([NO_REPLY, rng.randint(0, length)])
        return None

    museum.cut = cut
    stored = sink(museum, tmp_path).push(packed_chart(LARGE, "x", 0, proof(LARGE)), None)
    assert museum.charts == {("pier", "1.0.0"): LARGE}
    assert museum.proofs == {("pier", "1.0.0"): proof(LARGE)}
    museum.cut = lambda _method, _path, _length: None
    assert sink(museum, tmp_path).find("pier", "1.0.0", proof=True) == stored


def test_a_version_is_not_sent_twice(museum: FakeMuseum, tmp_path: Path) -> None:
    """GitLab would accept a second one."""
    museum.kind = "gitlab"
    cuts = [NO_REPLY]
    museum.cut = lambda method, path, length: cuts.pop() if cuts and method == "POST" else None
    sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    assert [asked for asked in museum.asked if asked.startswith("POST")] == ["POST /api/charts"]


def test_another_task_pushed_the_same_meanwhile(museum: FakeMuseum, tmp_path: Path) -> None:
    museum.charts["pier", "1.0.0"] = SMALL
    stored = sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    assert stored.digest == hashlib.sha256(SMALL).hexdigest() and museum.charts == {("pier", "1.0.0"): SMALL}


def test_another_task_pushed_another_chart_meanwhile(museum: FakeMuseum, tmp_path: Path) -> None:
    museum.charts["pier", "1.0.0"] = LARGE
    with pytest.raises(EngineError, match="has another chart under this name and version"):
        sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    assert museum.charts["pier", "1.0.0"] == LARGE


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_refusals_that_end(status: int, museum: FakeMuseum, tmp_path: Path, pauses: list[float]) -> None:
    replies = [(status, {"Retry-After": "2"}, b""), (status, {}, b"")]
    museum.disturb = lambda method, path: replies.pop(0) if replies and method == "POST" else None
    sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    assert museum.charts
    assert pauses[0] == 2
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"error":"bad chart"}', "did not accept the chart (400: bad chart); check the destination."),
        (401, b"", "requires credentials to push charts (401); set repo_username and repo_password."),
        (403, b'{"message":"quota"}', "requires credentials to push charts (403: quota)"),
        (
            404,
            b"<html>404</html>",
            "is not ChartMuseum's API (404); check the destination. Harbor has no such repositories since 2.8",
        ),
        (405, b"", "is not ChartMuseum's API (405)"),
        (413, b"", "has no room for the chart (413)"),
        (507, b'{"error":"limit"}', "has no room for the chart (507: limit)"),
        (500, b'{"error":"oops"}', "has an error (500: oops); try again later."),
    ],
)
def test_refusals(status: int, body: bytes, says: str, museum: FakeMuseum, tmp_path: Path) -> None:
    museum.disturb = lambda method, path: (status, {}, body) if method == "POST" else None
    with pytest.raises(EngineError) as caught:
        sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    assert says in caught.value.message
    assert museum.charts == {}


def test_wrong_credentials(museum: FakeMuseum, tmp_path: Path) -> None:
    museum.account = ("me", "right")
    museum.disturb = lambda method, path: None if path == "/index.yaml" else (403, {}, b'{"error":"no"}')
    access = Access(url=museum.url, username="me", password=CANARY)
    museum.disturb = lambda method, path: (200, {}, b"apiVersion: v1\nentries: {}\n") if path == "/index.yaml" else None
    with pytest.raises(EngineError, match="The credentials from repo_username do not allow to push charts of") as caught:
        sink(museum, tmp_path, access).push(packed_chart(SMALL, "x", 0), None)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(("url", "sent"), [("{host}/org", True), ("{host}", True), ("{host}/organisation", False), ("http://other.test", False)])
def test_the_credentials_of_an_added_repository_are_its_own(url: str, sent: bool, tmp_path: Path) -> None:
    """What the server repeats of them is masked."""
    museum = FakeMuseum(root="/org", account=("me", CANARY))
    host = museum.url.removesuffix("/org")
    environ = {"HOME": str(tmp_path)}
    config = HelmPaths.of(environ).repository_config
    config.parent.mkdir(parents=True)
    entry = {"name": "added", "url": url.format(host=host), "username": "me", "password": CANARY}
    config.write_text(yaml.safe_dump({"repositories": [entry]}))
    try:
        made = sink_of(museum.url, Access(), environ, lambda _sentence: None)
        if sent:
            made.push(packed_chart(SMALL, "x", 0), made.find("pier", "1.0.0"))
            assert list(museum.charts) == [("pier", "1.0.0")]
            museum.disturb = lambda method, _path: (403, {}, f'{{"error":"not {CANARY}"}}'.encode()) if method == "POST" else None
            with pytest.raises(EngineError, match=r"The credentials from repositories\.yaml do not allow to push") as caught:
                made.push(packed_chart(LARGE, "x", 0), None)
            assert CANARY not in str(caught.value)
        else:
            with pytest.raises(EngineError, match="401"):
                made.find("pier", "1.0.0")
        with pytest.raises(EngineError, match="401"):
            sink_of(museum.url, Access(username="me", password="wrong"), environ, lambda _sentence: None).find("pier", "1.0.0")
    finally:
        museum.stop()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_uploads_are_not_redirected(status: int, museum: FakeMuseum, tmp_path: Path) -> None:
    other = FakeMuseum()
    museum.disturb = lambda method, path: (status, {"Location": f"{other.url}/x?y"}, b"") if method == "POST" else None
    with pytest.raises(EngineError, match=f"leads to {other.url}/x .{status}., which is not followed"):
        sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    other.stop()
    assert other.asked == []


def test_an_endless_answer(museum: FakeMuseum, tmp_path: Path) -> None:
    museum.disturb = lambda method, path: (400, {}, b"x" * (20 << 20)) if method == "POST" else None
    with pytest.raises(EngineError, match="did not accept the chart"):
        sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)


def test_no_index_yet(museum: FakeMuseum, tmp_path: Path) -> None:
    """Some servers have no index before the first chart."""
    museum.disturb = lambda method, path: (404, {}, b"none") if path == "/index.yaml" else None
    assert sink(museum, tmp_path).find("pier", "1.0.0") is None
    sink(museum, tmp_path).push(packed_chart(SMALL, "x", 0), None)
    assert museum.charts
