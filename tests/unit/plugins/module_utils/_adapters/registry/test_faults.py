# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults between a task and a registry.

Never a wrong or half chart, never a hang, one clear sentence, and no credentials where they do not belong.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve, source_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import retries
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._adapters.registry import repository as adapter
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FetchedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartNotFound, EngineError, RepositoryError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.logins import NO_LOGIN
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.references import parse_reference

sys.path.insert(0, str(Path(__file__).parent))
from fake_registry import Asked, FakeRegistry, Reply, archive, errors, sha256

PLAIN = Access(plain_http=True)
CANARY = "canary-7f3a"
USER = Access(username="robot$ci+build", password=f"pä:{CANARY}", plain_http=True)
BASIC = "Basic " + base64.b64encode(f"robot$ci+build:pä:{CANARY}".encode()).decode()


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    yield made
    made.stop()


@pytest.fixture
def other() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    yield made
    made.stop()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which the tests do not wait for."""
    found: list[float] = []
    client, sleep = threading.current_thread(), time.sleep

    def pause(seconds: float) -> None:
        if threading.current_thread() is client:
            found.append(seconds)
        else:  # a server of an earlier test
            sleep(seconds)

    monkeypatch.setattr(adapter.time, "sleep", pause)
    return found


def pull(registry: FakeRegistry, environ: dict[str, str], access: Access = PLAIN, version: str = "1.0.0") -> FetchedChart:
    return resolve(ChartReference(f"oci://{registry.host}/a/pier", version=version, access=access), environ)


def refusal(registry: FakeRegistry, environ: dict[str, str], access: Access = PLAIN, version: str = "1.0.0") -> EngineError:
    with pytest.raises(EngineError) as caught:
        pull(registry, environ, access, version)
    assert CANARY not in str(caught.value) + str(caught.value.helm) + repr(caught.value.fields)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 700
    return caught.value


def at(path: str, reply: Callable[[Asked], Reply | None]) -> Callable[[Asked], Reply | None]:
    return lambda asked: reply(asked) if path in asked.path else None


def once(path: str, *replies: Reply | None) -> Callable[[Asked], Reply | None]:
    """The replies one after another for requests with a text in their path, then none."""
    left = list(replies)
    return lambda asked: left.pop(0) if path in asked.path and left else None


# --- transfers


@pytest.mark.parametrize("seed", range(100))
def test_a_connection_that_is_cut_anywhere(seed: int, registry: FakeRegistry, environ: dict[str, str]) -> None:
    """The archive is whole in the end, also where the server knows no ranges."""
    chance = random.Random(seed)
    chart = archive(filling=chance.randbytes(300_000))
    registry.add("1.0.0", chart)
    cuts = chance.randrange(1, 5)
    knows_ranges = bool(seed % 3)

    def disturb(asked: Asked) -> Reply | None:
        nonlocal cuts
        if not knows_ranges:
            asked.headers.pop("range", None)
        if cuts and chance.random() < 0.7:
            cuts -= 1
            reply = registry.reply(asked)
            reply.cut = chance.randrange(len(reply.body) + 1)
            reply.headers["Content-Length"] = str(len(reply.body))
            return reply if reply.cut < len(reply.body) else None
        return None

    registry.disturb = disturb
    assert pull(registry, environ).chart.name == "pier"
    cached = list(Path(environ["HOME"], ".cache", "helm", "content").rglob("*.chart"))
    assert [sha256(file.read_bytes()) for file in cached] == [sha256(chart)]


def test_a_transfer_goes_on_where_it_ended(registry: FakeRegistry, environ: dict[str, str]) -> None:
    chart = archive(filling=random.Random(1).randbytes(200_000))
    registry.add("1.0.0", chart)
    registry.disturb = once("/blobs/", Reply(body=chart, cut=150_000, headers={"Content-Length": str(len(chart))}))
    assert pull(registry, environ).chart.name == "pier"
    assert [asked.headers.get("range") for asked in registry.asked if "/blobs/" in asked.path] == [None, "bytes=150000-"]


def test_a_manifest_is_never_put_together_from_two_answers(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    whole = registry.manifests["1.0.0"]
    registry.disturb = once("/manifests/", Reply(body=whole, cut=20, headers={"Content-Length": str(len(whole))}))
    assert pull(registry, environ).chart.name == "pier"
    assert [asked.headers.get("range") for asked in registry.asked] == [None, None, None]


def test_a_server_that_cuts_every_connection(registry: FakeRegistry, environ: dict[str, str], pauses: list[float]) -> None:
    registry.add("1.0.0", archive())
    registry.disturb = at("/blobs/", lambda asked: Reply(body=b"x", cut=0, headers={"Content-Length": "10"}))
    assert "interrupted" in refusal(registry, environ).message
    assert len(pauses) == retries.TRIES - 1
    assert not list(Path(environ["HOME"]).rglob("*.chart"))


def test_parts_that_do_not_fit_together_are_fetched_again(registry: FakeRegistry, environ: dict[str, str]) -> None:
    chart = archive(filling=random.Random(1).randbytes(1000))
    registry.add("1.0.0", chart)
    wrong = Reply(206, b"\0" * (len(chart) - 100), {"Content-Range": f"bytes 100-{len(chart) - 1}/{len(chart)}"})
    registry.disturb = once("/blobs/", Reply(body=chart, cut=100, headers={"Content-Length": str(len(chart))}), wrong)
    assert pull(registry, environ).chart.name == "pier"
    assert [asked.headers.get("range") for asked in registry.asked if "/blobs/" in asked.path] == [None, "bytes=100-", None]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda chart: b"\0" * len(chart), "does not match its digest"),
        (lambda chart: chart[:-1], "does not match its digest"),
        (lambda chart: b"", "does not match its digest"),
        (lambda chart: chart + b"x", "which is too much"),
        (lambda chart: archive("other"), "does not match its digest|which is too much"),
    ],
)
def test_bytes_that_do_not_match_the_digest(damage: Any, expected: str, registry: FakeRegistry, environ: dict[str, str]) -> None:
    import re

    chart = archive()
    registry.add("1.0.0", chart)
    registry.disturb = at("/blobs/", lambda asked: Reply(body=damage(chart)))
    assert re.search(expected, refusal(registry, environ).message)
    assert not list(Path(environ["HOME"]).rglob("*.chart"))


def test_a_damaged_file_in_the_cache_is_fetched_again(registry: FakeRegistry, environ: dict[str, str]) -> None:
    chart = archive()
    digest = registry.add("1.0.0", chart)
    pull(registry, environ, version=digest)
    for file in [*Path(environ["HOME"]).rglob("*.chart"), *Path(environ["HOME"]).rglob("oci/*.json")]:
        file.write_bytes(b"damaged")
    registry.asked.clear()
    assert pull(registry, environ, version=digest).chart.name == "pier"
    assert len(registry.asked) == 2


def test_manifests_that_do_not_match(registry: FakeRegistry, environ: dict[str, str]) -> None:
    digest = registry.add("1.0.0", archive())
    good = registry.manifests[digest]
    registry.disturb = at("/manifests/", lambda asked: Reply(body=good + b" ", headers={"Docker-Content-Digest": digest}))
    assert "does not match its digest" in refusal(registry, environ).message
    registry.disturb = at("/manifests/", lambda asked: Reply(body=good + b" "))
    assert "does not match its digest" in refusal(registry, environ, version=digest).message
    assert pull(registry, environ).chart.name == "pier"  # a tag, and a server that does not say the digest


# --- bounds


def endless(stream: Any) -> None:
    piece = b" " * (1 << 20)
    while True:
        stream.write(piece)


@pytest.mark.parametrize("path", ["/manifests/", "/blobs/", "/tags/"])
def test_a_body_without_an_end(path: str, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    registry.disturb = at(path, lambda asked: Reply(write=endless))
    assert "which is too much" in refusal(registry, environ, version="^1" if path == "/tags/" else "1.0.0").message


def test_an_error_without_an_end(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = lambda asked: Reply(403, write=endless)
    assert refusal(registry, environ).fields["status"] == 403


def test_an_archive_that_is_too_large(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    manifest = json.loads(registry.manifests["1.0.0"])
    manifest["layers"][0]["size"] = 1 << 40
    registry.put("1.0.0", manifest)
    assert "1099511627776 bytes" in refusal(registry, environ).message
    assert not any("/blobs/" in path for path in registry.paths)


def slow(stream: Any) -> None:
    for _byte in range(400):
        stream.write(b" ")
        stream.flush()
        time.sleep(0.01)


def test_a_slow_server_ends_at_the_timeout(registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # real pauses
    registry.disturb = lambda asked: Reply(write=slow)
    reference = parse_reference(f"oci://{registry.host}/a/pier")
    started = time.monotonic()
    with pytest.raises(RepositoryError, match=r"timed out after 0\.5 s"):
        adapter.Repository(reference, PLAIN, {}, lambda: NO_LOGIN, lambda _text: None, timeout=0.5).manifest("1.0.0")
    assert time.monotonic() - started < 3


# --- refusals that end


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_refusals_that_end(status: int, registry: FakeRegistry, environ: dict[str, str], pauses: list[float]) -> None:
    registry.add("1.0.0", archive())
    registry.disturb = once("/", *[Reply(status)] * 3)
    assert pull(registry, environ).chart.name == "pier"
    assert len(pauses) == 3
    assert 0.18 < pauses[0] < 0.32
    assert 0.37 < pauses[1] < 0.63


@pytest.mark.parametrize("status", [400, 405, 501])
def test_refusals_that_do_not_end(status: int, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = lambda asked: Reply(status, errors("UNSUPPORTED", "no"))
    assert f"{status}: no" in refusal(registry, environ).message
    assert len(registry.asked) == 1


def test_retry_after_is_honoured(registry: FakeRegistry, environ: dict[str, str], pauses: list[float]) -> None:
    registry.add("1.0.0", archive())
    soon = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 20))
    registry.disturb = once("/", Reply(429, headers={"Retry-After": "7"}), Reply(429, headers={"Retry-After": soon}), Reply(429, headers={"Retry-After": "x"}))
    assert pull(registry, environ).chart.name == "pier"
    assert pauses[0] == 7
    assert 15 < pauses[1] <= 20
    assert 0.7 < pauses[2] < 1.3


def test_no_wait_for_a_retry_after_the_timeout(registry: FakeRegistry, environ: dict[str, str], pauses: list[float]) -> None:
    registry.disturb = lambda asked: Reply(429, errors("TOOMANYREQUESTS", "You have reached your pull rate limit."), {"Retry-After": "3600"})
    error = refusal(registry, environ)
    assert error.message == (
        f"The registry {registry.host} limits the number of requests (429: You have reached your pull rate limit.); try again later, or use "
        "credentials with a higher limit."
    )
    assert pauses == []


def test_a_registry_that_is_down(registry: FakeRegistry, environ: dict[str, str], pauses: list[float]) -> None:
    registry.disturb = lambda asked: Reply(503)
    assert refusal(registry, environ).message == f"The registry {registry.host} has an error (503); try again later."
    assert len(pauses) == retries.TRIES - 1


def test_nothing_listens(environ: dict[str, str], pauses: list[float]) -> None:
    with pytest.raises(RepositoryError, match="cannot be reached: Connection refused"):
        resolve(ChartReference("oci://127.0.0.1:1/a/pier", version="1.0.0", access=PLAIN), environ)
    assert pauses == []


# --- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_storage_gets_no_credentials(status: int, registry: FakeRegistry, other: FakeRegistry, environ: dict[str, str]) -> None:
    chart = archive()
    registry.add("1.0.0", chart)
    other.disturb = lambda asked: Reply(body=chart)

    def disturb(asked: Asked) -> Reply | None:
        if asked.authorization != BASIC:
            return Reply(401, headers={"WWW-Authenticate": 'Basic realm="x"'})
        return Reply(status, headers={"Location": f"http://{other.host}/storage?sig=1"}) if "/blobs/" in asked.path else None

    registry.disturb = disturb
    assert pull(registry, environ, USER).chart.name == "pier"
    assert [(asked.path, asked.authorization) for asked in other.asked] == [("/storage?sig=1", "")]


def test_a_challenge_from_another_host_gets_no_credentials(registry: FakeRegistry, other: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = lambda asked: Reply(307, headers={"Location": f"http://{other.host}/x"})
    other.disturb = lambda asked: Reply(401, headers={"WWW-Authenticate": f'Basic realm="x", Bearer realm="http://{other.host}/token"'})
    assert refusal(registry, environ, USER).fields["status"] == 401
    assert [asked.authorization for asked in other.asked] == [""]


def test_redirects_stay_with_their_credentials_on_the_same_host(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    registry.disturb = once("/manifests/", Reply(401, headers={"WWW-Authenticate": "Basic"}), Reply(307, headers={"Location": "/v2/a/pier/manifests/1.0.0"}))
    assert pull(registry, environ, USER).chart.name == "pier"
    assert [asked.authorization for asked in registry.asked] == ["", BASIC, BASIC, BASIC]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("/v2/a/pier/manifests/1.0.0", "has more than 10 redirects"),
        ("file:///etc/passwd", "is not an http or https URL"),
        ("http://[", "is not a valid URL"),
        ("http://127.0.0.1:1/x", "Connection refused"),
    ],
)
def test_redirects_that_lead_nowhere(to: str, expected: str, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = lambda asked: Reply(302, headers={"Location": to})
    assert expected in refusal(registry, environ).message
    assert len(registry.asked) <= 10


# --- authentication


def bearer(registry: FakeRegistry, more: str = "", realm: str = "") -> Reply:
    where = realm or f"http://{registry.host}/token"
    return Reply(401, errors("UNAUTHORIZED", "authentication required"), {"WWW-Authenticate": f'Bearer realm="{where}",service="s"{more}'})


def with_tokens(registry: FakeRegistry, token: Callable[[Asked], Reply], more: str = "") -> None:
    def disturb(asked: Asked) -> Reply | None:
        if asked.path.startswith("/token"):
            return token(asked)
        return None if asked.authorization.startswith("Bearer good") else bearer(registry, more)

    registry.disturb = disturb


def test_the_scope_of_a_challenge_is_merged_with_the_requested_one(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    more = ',scope="repository:a/pier:metadata_read registry:catalog:*"'
    with_tokens(registry, lambda asked: Reply(body=b'{"token":"good"}'), more)
    assert pull(registry, environ, USER, "^1").chart.name == "pier"
    tokens = [asked for asked in registry.asked if asked.path.startswith("/token")]
    assert [asked.path for asked in tokens] == [
        "/token?service=s&scope=registry%3Acatalog%3A%2A&scope=repository%3Aa%2Fpier%3Ametadata_read%2Cpull"
    ]
    assert [asked.authorization for asked in tokens] == [BASIC]


def test_a_token_that_expires_is_replaced(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    count = 0

    def token(asked: Asked) -> Reply:
        nonlocal count
        count += 1
        return Reply(body=json.dumps({"token": f"good-{count}", "expires_in": 300}).encode())

    def disturb(asked: Asked) -> Reply | None:
        if asked.path.startswith("/token"):
            return token(asked)
        return None if asked.authorization == f"Bearer good-{2 if '/blobs/' in asked.path else 1}" else bearer(registry)

    registry.disturb = disturb
    assert pull(registry, environ, USER).chart.name == "pier"
    assert count == 2


def test_a_token_that_is_refused_is_not_requested_forever(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = lambda asked: Reply(body=b'{"token":"bad"}') if asked.path.startswith("/token") else bearer(registry)
    assert refusal(registry, environ, USER).fields["status"] == 401
    assert len(registry.asked) == 3


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(401, b'{"details":"incorrect username or password"}'), "did not accept the credentials from chart_repo_username (401: incorrect"),
        (Reply(403, errors("DENIED", "Your authorization token has expired.")), "since they have expired"),
        (Reply(404, b"<html>"), "returned 404"),
        (Reply(200, b"<html>"), "returned no token"),
        (Reply(200, b'{"token":"a\\nb"}'), "returned no token"),
        (Reply(200, json.dumps({"token": "x" * 20_000}).encode()), "too long for a header"),
        (Reply(200, write=endless), "returned no token"),
        (Reply(302, headers={"Location": "file:///etc/passwd"}), "is not an http or https URL"),
    ],
)
def test_token_servers_that_refuse(reply: Reply, expected: str, registry: FakeRegistry, environ: dict[str, str]) -> None:
    with_tokens(registry, lambda asked: reply)
    assert expected in refusal(registry, environ, USER).message


def test_a_token_server_that_limits_requests(registry: FakeRegistry, environ: dict[str, str], pauses: list[float]) -> None:
    registry.add("1.0.0", archive())
    replies = [Reply(429, headers={"Retry-After": "3"}), Reply(503), Reply(body=b'{"token":"good"}')]
    with_tokens(registry, lambda asked: replies.pop(0))
    assert pull(registry, environ, USER).chart.name == "pier"
    assert pauses[0] == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("realm", ["http://10.0.0.1/token", "http://169.254.169.254/token", "http://localhost:1/token", "ftp://h/token", ""])
def test_a_token_server_that_must_not_get_credentials(realm: str, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = lambda asked: Reply(401, headers={"WWW-Authenticate": f'Bearer realm="{realm}"'})
    assert "token server" in refusal(registry, environ, USER).message
    assert [asked.authorization for asked in registry.asked] == [""]


def test_credentials_do_not_follow_a_redirect_of_the_token_server(registry: FakeRegistry, other: FakeRegistry, environ: dict[str, str]) -> None:
    with_tokens(registry, lambda asked: Reply(302, headers={"Location": f"http://{other.host}/token"}))
    other.disturb = lambda asked: Reply(body=b'{"token":"good"}')
    registry.add("1.0.0", archive())
    assert pull(registry, environ, USER).chart.name == "pier"
    assert [asked.authorization for asked in other.asked] == [""]


def test_a_401_without_a_challenge_is_tried_with_basic(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    registry.disturb = lambda asked: None if asked.authorization == BASIC else Reply(401)
    assert pull(registry, environ, USER).chart.name == "pier"
    assert "cannot be read without credentials (401)" in refusal(registry, environ).message


def test_a_registry_token_is_sent_as_it_is(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    with_tokens(registry, lambda asked: Reply(500))
    file = Path(environ["HOME"], ".docker", "config.json")
    file.parent.mkdir()
    file.write_text(json.dumps({"auths": {registry.host: {"registrytoken": "good-1"}}}))
    assert pull(registry, environ).chart.name == "pier"
    assert not any(path.startswith("/token") for path in registry.paths)


def test_the_credentials_do_not_allow_it(registry: FakeRegistry, environ: dict[str, str]) -> None:
    with_tokens(registry, lambda asked: Reply(body=b'{"token":"good"}'))
    before = registry.disturb
    registry.disturb = lambda asked: before(asked) or Reply(403, errors("DENIED", "requested access to the resource is denied"))
    assert refusal(registry, environ, USER).message == (
        f"The credentials from chart_repo_username do not allow reading oci://{registry.host}/a/pier (403: requested access to the resource is "
        "denied); ask its administrator for the right to pull."
    )


@pytest.mark.parametrize("text", [b"{", b"\xff\xfe", b"{" * 99_999])
def test_a_damaged_login_file_is_a_warning(text: bytes, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    with_tokens(registry, lambda asked: Reply(body=b'{"token":"good"}'))
    file = Path(environ["HOME"], ".docker", "config.json")
    file.parent.mkdir()
    file.write_bytes(text)
    assert "is not valid JSON" in pull(registry, environ).warnings[0]


# --- odd registries


@pytest.mark.parametrize("tags", [None, [], [3, None], "missing"])
def test_no_tags(tags: Any, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = at("/tags/", lambda asked: Reply(body=b"{}" if tags == "missing" else json.dumps({"tags": tags}).encode()))
    assert "does not exist or has no tags" in refusal(registry, environ, version="").message


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"tags":{}}', b'{"tags":"a"}', b""])
def test_no_list_of_tags(body: bytes, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = at("/tags/", lambda asked: Reply(body=body))
    assert "did not return a list of tags" in refusal(registry, environ, version="").message


def test_tags_that_are_not_versions_are_named(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.tags = ["v1.2.3", "latest", "2.0.0-rc.1"]
    message = refusal(registry, environ, version="").message
    assert message.endswith("has no stable version; it has 2.0.0-rc.1. 2 tags that are not versions were ignored: latest, v1.2.3.")


def pages(registry: FakeRegistry, link: Callable[[int], str]) -> Callable[[Asked], Reply | None]:
    """Pages of one tag each; ``link``: the URL of the next page."""

    def reply(asked: Asked) -> Reply:
        number = int(asked.path.partition("last=")[2] or 0)
        more = {"Link": f'<{link(number + 1)}>; rel="next"'} if number < 4 else {}
        return Reply(body=json.dumps({"tags": [f"1.{number}.0"]}).encode(), headers=more)

    return at("/tags/", reply)


@pytest.mark.parametrize(
    "link",
    [
        "/v2/a/pier/tags/list?n=1&last={}",
        "http://internal.example.org:80/v2/a/pier/tags/list?n=1&last={}",
        "list?n=1&last={}",
    ],
)
def test_all_pages_are_read(link: str, registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = pages(registry, link.format)
    source = source_of(ChartReference(f"oci://{registry.host}/a/pier", access=PLAIN), environ)
    assert list(source.versions()) == [f"1.{number}.0" for number in (4, 3, 2, 1, 0)]


def test_pages_in_a_circle_end(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = pages(registry, lambda number: f"/v2/a/pier/tags/list?last={number % 3}")
    source = source_of(ChartReference(f"oci://{registry.host}/a/pier", access=PLAIN), environ)
    assert list(source.versions()) == ["1.2.0", "1.1.0", "1.0.0"]
    assert len(registry.asked) == 4


def test_a_page_of_another_repository(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.disturb = pages(registry, lambda number: "/v2/other/tags/list")
    assert "is not a list of its tags" in refusal(registry, environ, version="").message


def test_an_index_with_an_image_and_a_chart(registry: FakeRegistry, environ: dict[str, str]) -> None:
    chart = registry.add("chart", archive())
    image = registry.put("image", {"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(b""), "size": 0}})
    entries = [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 1} for digest in (image, chart)]
    registry.put("1.0.0", {"schemaVersion": 2, "manifests": entries})
    assert pull(registry, environ).chart.name == "pier"
    registry.put("1.0.0", {"schemaVersion": 2, "manifests": entries[:1]})
    assert "is an index with no charts, where one is expected" in refusal(registry, environ).message
    second = registry.add("second", archive(version="2.0.0"))
    registry.put("1.0.0", {"schemaVersion": 2, "manifests": [*entries, {**entries[0], "digest": second}]})
    assert "is an index with 2 charts" in refusal(registry, environ).message


def test_a_warning_of_a_registry_is_passed_on(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", archive())
    whole = registry.manifests["1.0.0"]
    registry.disturb = at("/manifests/", lambda asked: Reply(body=whole, headers={"Warning": '299 - "moves to another host in May"'}))
    assert pull(registry, environ).warnings == (f"The registry {registry.host} says: moves to another host in May",)


def test_an_unknown_repository_has_its_own_sentence(registry: FakeRegistry, environ: dict[str, str]) -> None:
    with pytest.raises(ChartNotFound, match=r"has no repository none/pier \(404: repository name not known to registry\); check chart_ref"):
        resolve(ChartReference(f"oci://{registry.host}/none/pier", version="1.0.0", access=PLAIN), environ)


def test_a_cache_that_cannot_be_written_costs_time_only(registry: FakeRegistry, environ: dict[str, str]) -> None:
    digest = registry.add("1.0.0", archive())
    Path(environ["HOME"], ".cache").write_bytes(b"")
    for _round in range(2):
        assert pull(registry, environ, version=digest).chart.name == "pier"
    assert len(registry.asked) == 4


def test_an_archive_that_is_not_one(registry: FakeRegistry, environ: dict[str, str]) -> None:
    registry.add("1.0.0", b"no archive")
    assert "1.0.0" in refusal(registry, environ).message
