# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults between a task and a repository.

Never a wrong or half file, never a hang, one clear sentence.
"""

from __future__ import annotations

import base64
import gzip
import random
import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.content_cache import ContentCache
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import repo_http, retries
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access, Http
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError

sys.path.insert(0, str(Path(__file__).parent))
from scripted_server import Server, ok, redirects, sends

CANARY = "canary-7f3a"
STORED = Access(username="me", password=CANARY, source="repositories.yaml")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.listener.close()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which the tests do not wait for."""
    found: list[float] = []
    monkeypatch.setattr(retries.time, "sleep", found.append)
    return found


def ranges(server: Server) -> list[str]:
    found = [re.search(r"(?im)^range: (.*?)\r?$", head) for head in server.heads]
    return [match[1] if match else "" for match in found]


def serve(data: bytes, cuts: list[int], *, tag: str = '"1"', knows_ranges: bool = True) -> Any:
    """A server of a file, which ends its first answers after some bytes."""

    def script(connection: socket.socket, head: bytes) -> None:
        wanted = re.search(rb"(?im)^range: bytes=(\d+)-", head)
        start = int(wanted[1]) if wanted and knows_ranges else 0
        status = f"206 Partial Content\r\nContent-Range: bytes {start}-{len(data) - 1}/{len(data)}" if start else "200 OK"
        answer = ok(data[start:], f"ETag: {tag}", status=status)
        cut = len(answer) - len(data[start:]) + cuts.pop(0) if cuts else len(answer)
        connection.sendall(answer[:cut])

    return script


# --- broken transfers


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("method", ["get", "get_cached"])
def test_a_connection_that_is_cut_anywhere(method: str, seed: int, server: Server, environ: dict[str, str]) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(200_000)
    cuts = [chance.randrange(0, 60_000) for _cut in range(chance.randrange(1, 5))]
    server.script = serve(data, cuts, knows_ranges=bool(seed % 3), tag='"1"' if seed % 2 else 'W/"1"')
    found = getattr(Http(environ), method)(f"{server.url}/x", Access())
    assert (found if method == "get" else found.data) == data
    assert cuts == []


def test_a_transfer_goes_on_where_it_ended(server: Server, environ: dict[str, str]) -> None:
    data = random.Random(1).randbytes(300_000)
    server.script = serve(data, [150_000, 100_000])
    assert Http(environ).get(f"{server.url}/x", Access()) == data
    assert ranges(server) == ["", "bytes=150000-", "bytes=250000-"]
    assert all('if-range: "1"' in head.lower() for head in server.heads[1:])


@pytest.mark.parametrize("tag", ["", "ETag: W/1"])
def test_without_a_strong_validator_it_begins_again(tag: str, server: Server, environ: dict[str, str]) -> None:
    answers = [ok(b"x" * 1000, *([tag] if tag else []))[:-500], ok(b"y" * 1000, *([tag] if tag else []))]
    server.script = lambda connection, _head: connection.sendall(answers.pop(0))
    assert Http(environ).get(f"{server.url}/x", Access()) == b"y" * 1000
    assert ranges(server) == ["", ""]


def test_a_file_that_was_replaced_meanwhile_is_fetched_whole(server: Server, environ: dict[str, str]) -> None:
    answers = [ok(b"x" * 1000, 'ETag: "1"')[:-500], ok(b"y" * 900, 'ETag: "2"')]
    server.script = lambda connection, _head: connection.sendall(answers.pop(0))
    assert Http(environ).get(f"{server.url}/x", Access()) == b"y" * 900


@pytest.mark.parametrize(
    "second",
    [
        ok(b"", status="416 Range Not Satisfiable"),
        ok(b"z" * 10, "Content-Range: bytes 5-14/1000", status="206 Partial Content"),
        ok(b"z" * 10, status="206 Partial Content"),
        ok(b"x" * 500, "Content-Range: bytes 500-999/2000", status="206 Partial Content"),
    ],
)
def test_a_wrong_part_is_never_put_together(second: bytes, server: Server, environ: dict[str, str]) -> None:
    answers = [ok(b"x" * 1000, 'ETag: "1"')[:-500], second, ok(b"y" * 1000, 'ETag: "1"')]
    server.script = lambda connection, _head: connection.sendall(answers.pop(0))
    assert Http(environ).get(f"{server.url}/x", Access()) == b"y" * 1000


def test_a_part_that_was_not_requested_is_refused(server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(b"z" * 10, "Content-Range: bytes 0-9/10", status="206 Partial Content"))
    with pytest.raises(RepositoryError, match="returned 206"):
        Http(environ).get(f"{server.url}/x", Access())


def test_an_index_that_is_cut_within_its_compression(server: Server, environ: dict[str, str], pauses: list[float]) -> None:
    packed = gzip.compress(random.Random(1).randbytes(100_000))
    server.script = sends(ok(packed, "Content-Encoding: gzip")[:-50])
    with pytest.raises(RepositoryError, match="was interrupted"):
        Http(environ).get_cached(f"{server.url}/index.yaml", Access())
    assert len(pauses) == retries.TRIES - 1
    for damaged, says in ((packed[:-50], "has no end"), (packed[:50] + packed[60:], "is damaged"), (b"text", "is damaged")):
        server.script = sends(ok(damaged, "Content-Encoding: gzip"))  # whole by its length
        with pytest.raises(RepositoryError, match=f"was interrupted: .*{says}"):
            Http(environ).get_cached(f"{server.url}/index.yaml", Access())
    assert not list(Path(environ["XDG_CACHE_HOME"]).rglob("bodies/*"))


def test_an_index_in_several_compressed_parts(server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(gzip.compress(b"a" * 200_000) + gzip.compress(b"b"), "Content-Encoding: x-gzip"))
    assert Http(environ).get_cached(f"{server.url}/index.yaml", Access()).data == b"a" * 200_000 + b"b"


# --- refusals that may end soon


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_transient_refusal_is_tried_again(status: int, server: Server, environ: dict[str, str], pauses: list[float]) -> None:
    answers = [ok(b"", status=f"{status} X")] * 3 + [ok(b"here")]
    server.script = lambda connection, _head: connection.sendall(answers.pop(0))
    assert Http(environ).get(f"{server.url}/x", Access()) == b"here"
    assert len(pauses) == 3
    assert all(0.75 * 0.25 * 2**n <= wait <= 1.25 * 0.25 * 2**n for n, wait in enumerate(pauses))
    assert len({round(wait / 2**n, 6) for n, wait in enumerate(pauses)}) == 3, "the pauses have a random part"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 501])
def test_a_lasting_refusal_is_not(status: int, server: Server, environ: dict[str, str], pauses: list[float]) -> None:
    server.script = sends(ok(b"", status=f"{status} X"))
    with pytest.raises(RepositoryError, match=f"returned {status}"):
        Http(environ).get(f"{server.url}/x", Access())
    assert (len(server.heads), pauses) == (1, [])


def test_retry_after_is_honoured(server: Server, environ: dict[str, str], pauses: list[float]) -> None:
    soon = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
    answers = [ok(b"", "Retry-After: 7", status="429 X"), ok(b"", f"Retry-After: {soon}", status="503 X"), ok(b"here")]
    server.script = lambda connection, _head: connection.sendall(answers.pop(0))
    assert Http(environ).get(f"{server.url}/x", Access()) == b"here"
    assert pauses[0] == 7
    assert 25 < pauses[1] <= 30


@pytest.mark.parametrize("after", ["121", "9" * 40, "Fri, 31 Dec 2199 23:59:59 GMT"])
def test_a_pause_beyond_the_limit_is_not_waited_for(after: str, server: Server, environ: dict[str, str], pauses: list[float]) -> None:
    server.script = sends(ok(b"", f"Retry-After: {after}", status="429 Too Many Requests"))
    with pytest.raises(RepositoryError, match="returned 429 Too Many Requests: the server limits the number of requests; try again later"):
        Http(environ).get(f"{server.url}/x", Access())
    assert pauses == []


# --- bounds


@pytest.mark.parametrize("packed", [False, True])
def test_an_endless_body_and_a_bomb(packed: bool, server: Server, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repo_http, "MAX_BYTES", 1 << 20)
    data = gzip.compress(bytes(50 << 20)) if packed else bytes(2 << 20)
    server.script = sends(ok(data, *(["Content-Encoding: gzip"] if packed else [])))
    with pytest.raises(RepositoryError, match="returned more than 1048576 bytes, which is too much"):
        Http(environ).get_cached(f"{server.url}/index.yaml", Access())
    assert len(server.heads) == 1
    assert not list(Path(environ["XDG_CACHE_HOME"]).rglob("*"))


# --- credentials


def test_a_stale_stored_login_does_not_hide_a_public_repository(server: Server, environ: dict[str, str]) -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        refused = b"authorization:" in head.lower()
        connection.sendall(ok(b"", status="403 Forbidden") if refused else ok(b"public"))

    server.script = script
    warnings: list[str] = []
    http = Http(environ, warn=warnings.append)
    access = Access(**{**vars(STORED), "url": server.url})
    assert http.get(f"{server.url}/x", access) == b"public"
    assert http.get_cached(f"{server.url}/index.yaml", access).data == b"public"
    assert set(warnings) == {
        f"{server.url} refused the credentials from repositories.yaml, and was read without them; update or remove them."
    }
    with pytest.raises(RepositoryError, match="the credentials from the task do not allow this"):
        http.get(f"{server.url}/x", Access(server.url, "me", CANARY))


def test_a_stored_login_that_is_wrong_is_named(server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(b"", status="401 Unauthorized"))
    warnings: list[str] = []
    with pytest.raises(RepositoryError, match=r"check the credentials from repositories\.yaml, which it does not accept"):
        Http(environ, warn=warnings.append).get(f"{server.url}/x", Access(**{**vars(STORED), "url": server.url}))
    assert (len(server.heads), warnings) == (2, [])


@pytest.mark.parametrize(
    ("status", "access", "says"),
    [
        (401, Access(), "it requires credentials; set user name and password"),
        (401, Access("{url}", "me", CANARY), "check the credentials from the task, which it does not accept"),
        (401, Access("http://other.example", "me", CANARY), "the credentials belong to another host and are not sent to this one"),
        (403, Access(), "this is not allowed without credentials"),
        (403, Access("{url}", "me", CANARY), "the credentials from the task do not allow this"),
        (404, Access(), "the file does not exist; check the URL and the version"),
        (429, Access(), "the server limits the number of requests; try again later"),
        (503, Access(), "try again later"),
    ],
)
def test_a_sentence_for_each_refusal(status: int, access: Access, says: str, server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(b"", status=f"{status} No {CANARY} {base64.b64encode(CANARY.encode()).decode()}"))
    with pytest.raises(RepositoryError) as caught:
        Http(environ).get(f"{server.url}/x", Access(**{**vars(access), "url": access.url.format(url=server.url)}))
    assert f": {says}" in str(caught.value)
    assert caught.value.fields["status"] == status
    assert not access.password or CANARY not in str(caught.value) + str(caught.value.helm)


def test_a_removed_path_of_harbor_is_explained(server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(b"", status="404 Not Found"))
    with pytest.raises(RepositoryError, match=r"Harbor 2\.8 and later have charts at oci://HOST/PROJECT only"):
        Http(environ).get(f"{server.url}/chartrepo/library/index.yaml", Access())


# --- the cache


def test_one_users_answer_is_checked_before_another_gets_it(server: Server, environ: dict[str, str]) -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        right = base64.b64encode(f"me:{CANARY}".encode()) in head
        connection.sendall(ok(b"secret charts", 'ETag: "1"') if right else ok(b"", status="401 Unauthorized"))

    server.script = script
    url = f"{server.url}/index.yaml"
    assert Http(environ).get_cached(url, Access(server.url, "me", CANARY)).data == b"secret charts"
    for access in (Access(), Access(server.url, "you", "x"), Access(server.url, "me", "x")):
        with pytest.raises(RepositoryError, match="returned 401"):
            Http(environ).get_cached(url, access)
        with pytest.raises(RepositoryError, match="is not in the cache"):
            Http(environ, offline=True).get_cached(url, access)
    assert Http(environ, offline=True).get_cached(url, Access(server.url, "me", CANARY)).data == b"secret charts"
    written = b"".join(path.read_bytes() for path in Path(environ["XDG_CACHE_HOME"]).rglob("*") if path.is_file())
    assert CANARY.encode() not in written
    assert server.url.encode() not in written


def test_an_unchanged_answer_is_not_sent_again(server: Server, environ: dict[str, str]) -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        known = b'if-none-match: "1"' in head.lower()
        connection.sendall(ok(b"", status="304 Not Modified") if known else ok(b"body", 'ETag: "1"'))

    server.script = script
    for _round in range(3):
        assert Http(environ).get_cached(f"{server.url}/index.yaml", Access()).data == b"body"
    assert ["if-none-match" in head.lower() for head in server.heads] == [False, True, True]
    assert all("accept-encoding: gzip\r\n" in head.lower() for head in server.heads)


def test_a_304_that_nothing_asked_for_is_refused(server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(b"", status="304 Not Modified"))
    with pytest.raises(RepositoryError, match="returned 304"):
        Http(environ).get_cached(f"{server.url}/index.yaml", Access())


@pytest.mark.parametrize("damage", ["body", "meta", "gone"])
def test_a_damaged_cache_is_filled_again(damage: str, server: Server, environ: dict[str, str]) -> None:
    server.script = sends(ok(b"body", 'ETag: "1"'))
    url = f"{server.url}/index.yaml"
    Http(environ).get_cached(url, Access())
    folder = Path(environ["XDG_CACHE_HOME"], "windlass-charts", "http")
    for path in folder.rglob("bodies/*" if damage != "meta" else "*.json"):
        if damage == "gone":
            path.unlink()
        else:
            path.write_bytes(b"bodY" if damage == "body" else b"{")
    assert Http(environ).get_cached(url, Access()).data == b"body"
    assert "if-none-match" not in server.heads[1].lower()
    assert Http(environ, offline=True).get_cached(url, Access()).data == b"body"


def test_an_archive_of_a_url_is_revalidated(server: Server, environ: dict[str, str], tmp_path: Path) -> None:
    answers = [ok(b"archive", 'ETag: "1"'), ok(b"", status="304 X"), ok(b"newer", 'ETag: "2"')]
    server.script = lambda connection, _head: connection.sendall(answers.pop(0))
    store = ContentCache(tmp_path / "content")
    found = [Http(environ).get_archive(f"{server.url}/x.tgz", Access(), "a/b", store).data for _round in range(3)]
    assert found == [b"archive", b"archive", b"newer"]
    assert 'if-none-match: "1"' in server.heads[1].lower()
    assert Http(environ, offline=True).get_archive(f"{server.url}/x.tgz", Access(), "a/b", store).data == b"newer"


def test_redirects_to_another_host_lose_stored_credentials_too(server: Server, environ: dict[str, str]) -> None:
    other = Server()
    server.script = redirects(f"{other.url}/there")
    assert Http(environ).get(f"{server.url}/x", Access(**{**vars(STORED), "url": server.url})) == b"body"
    assert "authorization" not in "".join(other.heads).lower()
    other.listener.close()
