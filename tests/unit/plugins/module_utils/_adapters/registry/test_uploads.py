# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults while a chart is pushed to a registry.

Never a tag without all of its blobs, never a hang, one clear sentence, and no credentials where they do not belong.
"""

from __future__ import annotations

import base64
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.sinks.registry import RegistrySink
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import retries
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.sink import StoredChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, OperatorError, OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import CHART, CONFIG, PROVENANCE
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.push import packed_chart

sys.path.insert(0, str(Path(__file__).parent))
from fake_registry import NO_REPLY, Asked, FakeRegistry, Reply, archive, errors, sha256

PLAIN = Access(plain_http=True)
CANARY = "canary-51b0"
USER = Access(username="robot$ci+build", password=f"pä:{CANARY}", plain_http=True)
BASIC = "Basic " + base64.b64encode(f"robot$ci+build:pä:{CANARY}".encode()).decode()
SMALL = archive()
#: more than what sockets buffer, so that a cut is inside the body
LARGE = archive(filling=random.Random(7).randbytes(600_000))


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


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which the tests do not wait for."""
    found: list[float] = []
    monkeypatch.setattr(retries.time, "sleep", found.append)
    return found


class Pusher:
    """Pushes charts to a fake registry."""

    def __init__(self, registry: FakeRegistry, home: Path) -> None:
        self.registry = registry
        self.environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        self.warnings: list[str] = []

    def sink(self, access: Access = PLAIN) -> RegistrySink:
        return RegistrySink(f"oci://{self.registry.host}/a", access, self.environ, self.warnings.append)

    def push(self, data: bytes, access: Access = PLAIN, provenance: bytes | None = None) -> StoredChart:
        return self.sink(access).push(packed_chart(data, "pier.tgz", 0, provenance), None)

    def refused(self, access: Access = PLAIN, data: bytes | None = None) -> EngineError:
        """The error; nothing is under the tag afterwards."""
        with pytest.raises(EngineError) as caught:
            self.push(SMALL if data is None else data, access)
        assert CANARY not in str(caught.value) + str(caught.value.helm) + repr(caught.value.fields)
        assert str(caught.value).isprintable()
        assert "1.0.0" not in self.registry.manifests
        return caught.value


@pytest.fixture
def pusher(registry: FakeRegistry, tmp_path: Path) -> Pusher:
    return Pusher(registry, tmp_path)


def is_whole(registry: FakeRegistry, data: bytes) -> bool:
    """Whether the tag leads to the archive, and all blobs have their digests."""
    manifest = json.loads(registry.manifests["1.0.0"])
    chart = next(layer for layer in manifest["layers"] if layer["mediaType"] == CHART)
    assert all(sha256(blob) == digest for digest, blob in registry.blobs.items())
    return registry.blobs[chart["digest"]] == data and manifest["config"]["digest"] in registry.blobs


def test_what_is_sent(registry: FakeRegistry, pusher: Pusher) -> None:
    data = SMALL
    stored = pusher.push(data)
    assert is_whole(registry, data)
    assert stored.manifest == sha256(registry.manifests["1.0.0"])
    assert [(asked.method, asked.path.partition("sha256")[0].partition("?")[0]) for asked in registry.asked] == [
        ("HEAD", "/v2/a/pier/blobs/"),
        ("POST", "/v2/a/pier/blobs/uploads/"),
        ("PUT", "/v2/a/pier/blobs/uploads/s0"),
        ("HEAD", "/v2/a/pier/blobs/"),
        ("POST", "/v2/a/pier/blobs/uploads/"),
        ("PUT", "/v2/a/pier/blobs/uploads/s0"),
        ("PUT", "/v2/a/pier/manifests/1.0.0"),
    ]
    assert pusher.sink().find("pier", "1.0.0") == stored


def test_blobs_that_are_there_are_not_sent(registry: FakeRegistry, pusher: Pusher) -> None:
    pusher.push(LARGE)
    registry.asked.clear()
    pusher.push(LARGE)
    assert [asked.method for asked in registry.asked] == ["HEAD", "HEAD", "PUT"]


def test_a_provenance_file_goes_along(registry: FakeRegistry, pusher: Pusher) -> None:
    proof = sha256(SMALL).encode()
    stored = pusher.push(SMALL, provenance=proof)
    assert pusher.sink().find("pier", "1.0.0") == stored
    manifest = json.loads(registry.manifests["1.0.0"])
    assert sorted(layer["mediaType"] for layer in manifest["layers"]) == sorted([CHART, PROVENANCE])
    assert manifest["config"]["mediaType"] == CONFIG
    assert registry.blobs[sha256(proof)] == proof


@pytest.mark.parametrize("seed", range(100))
def test_cuts(seed: int, registry: FakeRegistry, pusher: Pusher, pauses: list[float]) -> None:
    """Connections end at random bytes of requests, or in place of answers: the chart is there whole."""
    rng = random.Random(seed)
    registry.keeps = rng.random() < 0.7
    cuts = rng.randint(1, 4)

    def cut(method: str, _path: str, length: int) -> int | None:
        nonlocal cuts
        if cuts and rng.random() < 0.6:
            cuts -= 1
            return rng.choice([NO_REPLY, rng.randint(0, length)]) if method != "HEAD" else 0
        return None

    registry.cut = cut
    stored = pusher.push(LARGE, provenance=sha256(LARGE).encode())
    assert is_whole(registry, LARGE)
    registry.cut = lambda _method, _path, _length: None
    assert pusher.sink().find("pier", "1.0.0") == stored
    assert pusher.warnings == []


def test_the_rest_is_sent_after_a_cut(registry: FakeRegistry, pusher: Pusher) -> None:
    cuts = [400_000]
    registry.cut = lambda method, path, length: (
        cuts.pop() if method == "PUT" and "/uploads/" in path and length > 500_000 and cuts else None
    )
    pusher.push(LARGE)
    sent = [
        (asked.method, len(asked.body), asked.headers.get("content-range"))
        for asked in registry.asked
        if asked.headers.get("content-length", "0") != "0"
    ]
    assert sent[:2] == [("PUT", 400_000, None), ("PATCH", len(LARGE) - 400_000, f"400000-{len(LARGE) - 1}")]
    assert is_whole(registry, LARGE)


@pytest.mark.parametrize("status", [400, 404, 405, 416, 501])
def test_a_registry_that_takes_no_parts(status: int, registry: FakeRegistry, pusher: Pusher) -> None:
    cuts = [400_000]
    registry.cut = lambda method, path, length: cuts.pop() if method == "PUT" and length > 500_000 and cuts else None
    registry.disturb = lambda asked: Reply(status) if asked.method == "PATCH" else None
    pusher.push(LARGE)
    assert is_whole(registry, LARGE)
    assert [len(asked.body) for asked in registry.asked if asked.method == "PUT"][:2] == [400_000, len(LARGE)]


def test_a_server_that_always_cuts(registry: FakeRegistry, pusher: Pusher, pauses: list[float]) -> None:
    registry.cut = lambda method, path, length: 0 if method == "PUT" else None
    assert "cannot be reached" in pusher.refused().message
    assert len(pauses) == retries.TRIES - 1


def test_a_cut_after_the_manifest_was_stored(registry: FakeRegistry, pusher: Pusher) -> None:
    """The registry does not allow to replace a tag, and the answer to the first request was lost."""
    cuts = [NO_REPLY]
    registry.cut = lambda method, path, length: cuts.pop() if cuts and method == "PUT" and "/manifests/" in path else None
    registry.disturb = lambda asked: (
        Reply(412, errors("PRECONDITION", "immutable")) if asked.method == "PUT" and "/manifests/" in asked.path else None
    )
    assert pusher.push(SMALL).manifest == sha256(registry.manifests["1.0.0"])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_refusals_that_end(method: str, status: int, registry: FakeRegistry, pusher: Pusher, pauses: list[float]) -> None:
    replies = [Reply(status, headers={"Retry-After": "2"}), Reply(status)]
    registry.disturb = lambda asked: replies.pop(0) if asked.method == method and replies else None
    pusher.push(SMALL)
    assert is_whole(registry, SMALL)
    assert pauses[0] == 2
    assert len(pauses) == 2


def test_refusals_that_do_not_end(registry: FakeRegistry, pusher: Pusher, pauses: list[float]) -> None:
    registry.disturb = lambda asked: (
        Reply(429, errors("TOOMANYREQUESTS", "slow down"), {"Retry-After": "3600"}) if asked.method == "POST" else None
    )
    assert pusher.refused().message == (f"The registry {registry.host} limits the number of requests (429: slow down); try again later.")
    assert pauses == []


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (
            401,
            "UNAUTHORIZED",
            "requires credentials for pushing to oci://{host}/a/pier (401: why); set repo_username and repo_password.",
        ),
        (403, "DENIED", "requires credentials for pushing to oci://{host}/a/pier (403: why)"),
        (404, "NAME_UNKNOWN", "has no repository a/pier (404: why); create it there first"),
        (405, "UNSUPPORTED", "did not accept oci://{host}/a/pier"),
        (412, "PRECONDITION", "must not be changed in the registry (412: why)"),
        (413, "DENIED", "has no room for oci://{host}/a/pier (413: why)"),
        (507, "DENIED", "has no room for"),
        (501, "X", "has an error (501: why)"),
        (200, "X", "did not say where to upload to"),
    ],
)
def test_refusals(status: int, code: str, says: str, registry: FakeRegistry, pusher: Pusher, pauses: list[float]) -> None:
    registry.disturb = lambda asked: Reply(status, errors(code, "why")) if asked.method == "POST" else None
    assert says.format(host=registry.host) in pusher.refused().message
    assert pauses == []


def test_a_refusal_of_the_credentials(registry: FakeRegistry, pusher: Pusher) -> None:
    def disturb(asked: Asked) -> Reply | None:
        if asked.authorization != BASIC:
            return Reply(401, headers={"WWW-Authenticate": "Basic"})
        return Reply(403, errors("DENIED", f"{BASIC} may not")) if asked.method == "POST" else None

    registry.disturb = disturb
    message = pusher.refused(USER).message
    assert message.startswith(f"The credentials from repo_username do not allow pushing to oci://{registry.host}/a/pier (403: ")
    assert BASIC not in message


def test_an_answer_to_head_that_says_nothing(registry: FakeRegistry, pusher: Pusher) -> None:
    registry.disturb = lambda asked: Reply(405) if asked.method == "HEAD" else None
    pusher.push(SMALL)
    assert is_whole(registry, SMALL)


def test_a_registry_that_changes_a_blob(registry: FakeRegistry, pusher: Pusher) -> None:
    """A proxy changes the bytes on their way."""
    registry.disturb = lambda asked: (
        setattr(asked, "body", b"x" + asked.body[1:]) if asked.method == "PUT" and "/uploads/" in asked.path else None
    )  # type: ignore[func-returns-value]
    assert "provided digest did not match" in pusher.refused().message


def test_a_registry_that_changes_the_manifest(registry: FakeRegistry, pusher: Pusher) -> None:
    wrong = sha256(b"other")
    registry.disturb = lambda asked: Reply(201, headers={"Docker-Content-Digest": wrong}) if "/manifests/" in asked.path else None
    assert f"was stored with the digest {wrong} in place of" in pusher.refused().message


# --- where uploads go


def test_uploads_at_another_host_get_no_credentials(registry: FakeRegistry, other: FakeRegistry, pusher: Pusher) -> None:
    def start(asked: Asked) -> Reply | None:
        if asked.authorization != BASIC:
            return Reply(401, headers={"WWW-Authenticate": "Basic"})
        if asked.method == "POST":
            other.sessions["s"] = bytearray()
            return Reply(202, headers={"Location": f"http://{other.host}/v2/a/pier/blobs/uploads/s?sig=1"})
        return None

    registry.disturb = start
    other.blobs = registry.blobs
    pusher.push(SMALL, USER)
    assert is_whole(registry, SMALL)
    assert {asked.authorization for asked in other.asked} == {""}
    assert all("?sig=1&digest=sha256%3A" in asked.path for asked in other.asked)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_writes_are_not_redirected(method: str, status: int, registry: FakeRegistry, other: FakeRegistry, pusher: Pusher) -> None:
    registry.disturb = lambda asked: Reply(status, headers={"Location": f"http://{other.host}/x"}) if asked.method == method else None
    assert f"redirects an upload to http://{other.host}/x ({status}), which is not followed" in pusher.refused(USER).message
    assert other.asked == []


@pytest.mark.parametrize("to", ["file:///etc/passwd", "http://[", "ftp://h/x"])
def test_uploads_that_lead_nowhere(to: str, registry: FakeRegistry, pusher: Pusher) -> None:
    registry.disturb = lambda asked: Reply(202, headers={"Location": to}) if asked.method == "POST" else None
    assert "is not " in pusher.refused().message


# --- tokens


def with_tokens(registry: FakeRegistry, count: list[str], good: Callable[[Asked, str], bool]) -> None:
    def disturb(asked: Asked) -> Reply | None:
        if asked.path.startswith("/token"):
            count.append(asked.path)
            return Reply(body=json.dumps({"token": f"t{len(count)}", "expires_in": 300}).encode())
        if good(asked, asked.authorization):
            return None
        return Reply(401, errors("UNAUTHORIZED"), {"WWW-Authenticate": f'Bearer realm="http://{registry.host}/token",service="s"'})

    registry.disturb = disturb


def test_one_token_for_a_whole_push(registry: FakeRegistry, pusher: Pusher) -> None:
    tokens: list[str] = []
    with_tokens(registry, tokens, lambda asked, sent: sent == "Bearer t1")
    sink = pusher.sink(USER)
    assert sink.find("pier", "1.0.0") is None
    sink.push(packed_chart(SMALL, "x", 0), None)
    assert tokens == ["/token?service=s&scope=repository%3Aa%2Fpier%3Apull%2Cpush"]


@pytest.mark.parametrize("where", ["POST", "PUT /v2/a/pier/blobs", "PUT /v2/a/pier/manifests"])
def test_a_token_that_ends_in_the_middle(where: str, registry: FakeRegistry, pusher: Pusher) -> None:
    """A 401 within an upload is answered once, with a new token, and the bytes are sent again."""
    tokens: list[str] = []
    ended = False

    def good(asked: Asked, sent: str) -> bool:
        nonlocal ended
        ended = ended or f"{asked.method} {asked.path}".startswith(where)
        return sent == ("Bearer t2" if ended else "Bearer t1")

    with_tokens(registry, tokens, good)
    pusher.push(LARGE, USER)
    assert is_whole(registry, LARGE)
    assert len(tokens) == 2


def test_a_token_that_never_suffices(registry: FakeRegistry, pusher: Pusher) -> None:
    tokens: list[str] = []
    with_tokens(registry, tokens, lambda asked, sent: bool(sent) and asked.method == "HEAD")
    assert pusher.refused(USER).fields["status"] == 401
    assert len(tokens) == 2


def test_a_stored_login_that_is_refused_is_no_reason_to_write_without(registry: FakeRegistry, pusher: Pusher, tmp_path: Path) -> None:
    file = tmp_path / ".docker" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"auths": {registry.host: {"username": "u", "password": CANARY}}}))
    registry.disturb = lambda asked: (
        Reply(401, headers={"WWW-Authenticate": "Basic"}) if asked.authorization or asked.method == "POST" else None
    )
    sink = pusher.sink()
    with pytest.raises(EngineError, match="do not allow pushing"):
        sink.push(packed_chart(SMALL, "x", 0), None)
    assert pusher.warnings == []


# --- what must not be replaced, and removal


def test_an_image_under_the_tag(registry: FakeRegistry, pusher: Pusher) -> None:
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(b""), "size": 0}
    registry.put("1.0.0", {"schemaVersion": 2, "config": config, "layers": []})
    with pytest.raises(EngineError, match="is not a chart: its config has the type"):
        pusher.sink().find("pier", "1.0.0")
    registry.put("1.0.0", {"schemaVersion": 2, "manifests": []})
    with pytest.raises(EngineError, match="is an index of several manifests"):
        pusher.sink().find("pier", "1.0.0")


@pytest.mark.parametrize(("allowed", "asked", "warned"), [(("tag", "digest"), 1, False), (("tag",), 1, False), (("digest",), 2, True)])
def test_removal(allowed: tuple[str, ...], asked: int, warned: bool, registry: FakeRegistry, pusher: Pusher) -> None:
    sink = pusher.sink()
    stored = pusher.push(SMALL)
    registry.deletes = allowed
    registry.asked.clear()
    sink.delete("pier", "1.0.0", stored)
    assert sink.find("pier", "1.0.0") is None
    assert [request.method for request in registry.asked] == ["DELETE"] * asked + ["GET"]
    assert bool(pusher.warnings) is warned


def test_a_registry_that_removes_nothing(registry: FakeRegistry, pusher: Pusher) -> None:
    stored = pusher.push(SMALL)
    registry.deletes = ()
    with pytest.raises(OperatorError) as caught:
        pusher.sink().delete("pier", "1.0.0", stored)
    assert caught.value.message == (
        f"The registry {registry.host} does not allow to delete oci://{registry.host}/a/pier:1.0.0 (405: The operation is unsupported.); delete it "
        "with the tools of the registry, or enable deletion there."
    )
    assert pusher.sink().find("pier", "1.0.0") == stored


@pytest.mark.parametrize(
    ("place", "name", "version", "says"),
    [
        ("oci://h", "Pier", "1.0.0", "upper-case letters"),
        ("oci://u:p@h/a", "pier", "1.0.0", "contains credentials"),
        ("oci://h/a:1.0", "pier", "1.0.0", "is not a valid reference"),
        ("oci://", "pier", "1.0.0", "has no host"),
        ("oci://h", "pier", "1.0.0+" + "x" * 130, "cannot be the tag"),
    ],
)
def test_what_registries_cannot_hold(place: str, name: str, version: str, says: str) -> None:
    with pytest.raises(OptionError, match=says):
        RegistrySink(place, PLAIN, {}, lambda _sentence: None).address(name, version)
