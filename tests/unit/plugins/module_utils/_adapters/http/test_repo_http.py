# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP to repositories, against a real server on loopback.

Who receives what, deadlines, odd answers and odd URLs.
"""

from __future__ import annotations

import base64
import gzip
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.values_source import read_source
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import retries
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.proxies import proxy_for
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access, Http
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, RepositoryError
from ansible_collections.windlass.charts.plugins.module_utils._engine.web import without_secrets

sys.path.insert(0, str(Path(__file__).parent))
from scripted_server import Script, Server, ok, redirects, sends


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.listener.close()


@pytest.fixture
def other() -> Iterator[Server]:
    made = Server()
    yield made
    made.listener.close()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


# --- credentials


def authorization(server: Server) -> list[str]:
    return [line[15:] for head in server.heads for line in head.splitlines() if line.lower().startswith("authorization:")]


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_netrc_is_never_read(server: Server, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password from-netrc\ndefault login any password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    Http(environ).get(f"{server.url}/x", Access(url=server.url))
    Http(environ).get_cached(f"{server.url}/index.yaml", Access())
    assert read_source(f"{server.url}/values.yaml", environ) == b"body"
    assert len(server.heads) == 3
    assert authorization(server) == []


def test_netrc_is_not_read_for_a_redirect(
    server: Server, other: Server, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login any password from-netrc\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    server.script = redirects(f"{other.url}/there")
    assert Http(environ).get(f"{server.url}/x", Access()) == b"body"
    assert authorization(other) == []


@pytest.mark.parametrize(
    ("access", "url", "expected"),
    [
        (Access("{base}", "me", "pass"), "{base}/x", ["me:pass"]),
        (Access("{base}/charts", "me", "pass"), "{base}/elsewhere", ["me:pass"]),
        (Access("http://u:p@127.0.0.1:{port}/charts", "me", "pass"), "{base}/x", ["me:pass"]),
        (Access("{base}", "me", ""), "{base}/x", []),
        (Access("", "me", "pass"), "{base}/x", []),
        (Access("http://127.0.0.1:1", "me", "pass"), "{base}/x", []),
        (Access("https://127.0.0.1:{port}", "me", "pass"), "{base}/x", []),
        (Access("http://127.0.0.1:1", "me", "pass", pass_credentials=True), "{base}/x", ["me:pass"]),
        (Access("{base}", "m\u00e9 \u6e2f", "p\nq"), "{base}/x", ["m\u00e9 \u6e2f:p\nq"]),
        (Access(), "http://u:p%40x@127.0.0.1:{port}/x", ["u:p@x"]),
    ],
)
def test_who_gets_credentials(access: Access, url: str, expected: list[str], server: Server, environ: dict[str, str]) -> None:
    filled = {"base": server.url, "port": server.port}
    access = Access(**{**vars(access), "url": access.url.format(**filled)})
    Http(environ).get(url.format(**filled), access)
    assert authorization(server) == [basic(text) for text in expected]


@pytest.mark.parametrize("pass_credentials", [False, True])
def test_a_redirect_to_another_server_loses_credentials(
    pass_credentials: bool, server: Server, other: Server, environ: dict[str, str]
) -> None:
    server.script = redirects(f"{other.url}/there")
    access = Access(server.url, "me", "pass", pass_credentials=pass_credentials)
    assert Http(environ).get(f"{server.url}/x", access) == b"body"
    assert (authorization(server), authorization(other)) == ([basic("me:pass")], [])


def test_a_redirect_on_the_same_server_keeps_them(server: Server, environ: dict[str, str]) -> None:
    server.script = lambda connection, head: connection.sendall(
        ok(b"", "Location: /b?c=d", status="307 X") if b"GET /a " in head else ok(b"here")
    )
    assert Http(environ).get(f"{server.url}/a", Access(server.url, "me", "pass")) == b"here"
    assert authorization(server) == [basic("me:pass")] * 2
    assert "GET /b?c=d HTTP" in server.heads[1]


def test_redirects_end(server: Server, environ: dict[str, str]) -> None:
    server.script = redirects("/again")
    with pytest.raises(RepositoryError, match="has more than 10 redirects"):
        Http(environ).get(f"{server.url}/x", Access())
    assert len(server.heads) == 10


# --- time


def drip(connection: socket.socket, data: bytes) -> None:
    for byte in data:
        connection.sendall(bytes((byte,)))
        time.sleep(0.05)


SLOW: dict[str, Script] = {
    "silence": lambda _connection, _head: time.sleep(30),
    "headers": lambda connection, _head: drip(connection, ok(b"x" * 1000, "X: " + "y" * 1000)),
    "body": lambda connection, _head: (connection.sendall(ok(b"x" * 1000)[:-1000]), drip(connection, b"x" * 1000))[1],  # type: ignore[func-returns-value]
    "endless line": lambda connection, _head: drip(connection, b"HTTP/1.1 " + b"2" * 10_000),
    "chunks": lambda connection, _head: drip(connection, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 200),
    "until closed": lambda connection, _head: drip(connection, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000),
    "redirects": lambda connection, _head: (time.sleep(0.2), connection.sendall(ok(b"", "Location: /", status="302 X")))[1],  # type: ignore[func-returns-value]
}


@pytest.mark.parametrize("kind", SLOW)
@pytest.mark.parametrize("method", ["get", "get_cached"])
@pytest.mark.slow
def test_one_deadline_for_all_of_a_request(kind: str, method: str, server: Server, environ: dict[str, str]) -> None:
    server.script = SLOW[kind]
    start = time.monotonic()
    with pytest.raises(RepositoryError, match=r"timed out after 0\.7 s"):
        getattr(Http(environ, timeout=0.7), method)(f"{server.url}/x", Access())
    assert time.monotonic() - start < 4


def test_a_later_request_has_its_own_deadline(server: Server, environ: dict[str, str]) -> None:
    http = Http(environ, timeout=1.0)
    server.script = SLOW["body"]
    with pytest.raises(RepositoryError):
        http.get(f"{server.url}/x", Access())
    server.script = sends(ok(b"here"))
    assert http.get(f"{server.url}/x", Access()) == b"here"


# --- answers


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "cannot be reached"),
        (b"garbage\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "was interrupted"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "was interrupted"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "cannot be reached"),
        (ok(b"", status="500 \x1b[31mred\x07"), "returned 500 red: try again later."),
        (ok(b"", status="404 Not Found"), "returned 404 Not Found: the file does not exist"),
        (ok(b"", status="302 Found"), "returned 302 Found: check the URL"),
        (ok(b"", "Location: http://[bad", status="302 X"), "http://[bad is not a valid URL"),
        (ok(b"", "Location: http://host:port/", status="302 X"), "http://host:port/ is not a valid URL"),
        (ok(b"", "Location: ftp://127.0.0.1/x", status="302 X"), "ftp://127.0.0.1/x is not an http or https URL"),
        (ok(b"", "Location: file:///etc/passwd", status="302 X"), "file:///etc/passwd is not an http or https URL"),
        (ok(b"", "Location: http://" + "a" * 70 + ".x/", status="302 X"), "cannot be reached"),
        (ok(b"", "Location: http://..x/", status="302 X"), "cannot be reached"),
    ],
)
def test_odd_answers_are_one_sentence(
    answer: bytes, says: str, server: Server, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "pause", lambda *_arguments: 0.0)
    server.script = sends(answer)
    for method in ("get", "get_cached"):
        with pytest.raises(RepositoryError) as caught:
            getattr(Http(environ, timeout=5), method)(f"{server.url}/x", Access())
        assert says in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_declared_compression_does_not_change_an_archive(server: Server, environ: dict[str, str]) -> None:
    """Some servers declare a .tgz as compressed content; Helm takes it as it is."""
    data = gzip.compress(b"a tar")
    server.script = sends(ok(data, "Content-Encoding: gzip"))
    assert Http(environ).get(f"{server.url}/c.tgz", Access()) == data
    assert Http(environ).get_cached(f"{server.url}/index.yaml", Access()).data == b"a tar"


# --- URLs


BAD = [
    "http://[bad",
    "http://[::1",
    "http://host:port/x",
    "http://host:99999/",
    "http://",
    "http://u:secret-word@[bad/x",
    "https://a\u2100b/",
]


@pytest.mark.parametrize("url", BAD)
def test_malformed_urls(url: str, environ: dict[str, str]) -> None:
    calls: list[Callable[[], object]] = [
        lambda: Http(environ).get(url, Access()),
        lambda: Http(environ).get_cached(url, Access(url=url, username="a", password="b")),
        lambda: resolve(ChartReference(url), environ),
        lambda: resolve(ChartReference("pier", repo_url=url), environ),
        lambda: read_source(url, environ),
    ]
    for call in calls:
        with pytest.raises(EngineError) as caught:
            call()
        assert "is not a valid URL" in str(caught.value)
        assert "secret-word" not in str(caught.value)


def test_credentials_for_a_malformed_url(server: Server, environ: dict[str, str]) -> None:
    with pytest.raises(RepositoryError, match="is not a valid URL"):
        Http(environ).get(f"{server.url}/x", Access("http://[bad", "me", "pass"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h/p?token=secret#frag", "http://h/p"),
        ("http://u:secret@h:80/p", "http://h:80/p"),
        ("http://u:sec/ret@h/p", "http://h/p"),
        ("http://u:secret@[bad/p", "http://[bad/p"),
        ("http://h/charts/@scope/x", "http://h/charts/@scope/x"),
        ("http://h:8080/charts/@scope/x", "http://h:8080/charts/@scope/x"),
        ("user:secret@h/p", "h/p"),
        ("http://h/\x1b[31m\n" + "x" * 1000, "http://h/ " + "x" * 387 + "..."),
        ("", ""),
    ],
)
def test_urls_in_messages(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


# --- proxies


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "http://a/", ""),
        ({"http_proxy": "http://p:1"}, "http://a/", "http://p:1"),
        ({"HTTP_PROXY": "p:1"}, "http://a/", "http://p:1"),
        ({"http_proxy": "http://p:1"}, "https://a/", ""),
        ({"https_proxy": "http://p:1"}, "https://a/", "http://p:1"),
        ({"ALL_PROXY": "socks5://p:1"}, "https://a/", "socks5://p:1"),
        ({"http_proxy": "http://p:1", "no_proxy": "a"}, "http://a/", ""),
        ({"http_proxy": "http://p:1", "NO_PROXY": ".b, a:80"}, "http://a:80/", ""),
        ({"http_proxy": "http://p:1", "no_proxy": "10.0.0.0/8"}, "http://10.1.2.3/", ""),
        ({"http_proxy": "http://p:1", "no_proxy": "*"}, "http://a/", ""),
        ({"http_proxy": "http://p:1", "no_proxy": "b"}, "http://a/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "http://a/", ""),
        ({"http_proxy": "  "}, "http://a/", ""),
    ],
)
def test_which_proxy(environ: dict[str, str], url: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    monkeypatch.setenv("http_proxy", "http://of-the-process:1")
    monkeypatch.setenv("no_proxy", "a")
    assert proxy_for(url, environ, requests) == proxy


def test_a_proxy_of_the_task_is_used(server: Server, environ: dict[str, str]) -> None:
    environ["http_proxy"] = f"http://me:proxy-word@127.0.0.1:{server.port}"
    assert Http(environ).get("http://repository.invalid/x", Access()) == b"body"
    assert "GET http://repository.invalid/x HTTP" in server.heads[0]
    assert f"Proxy-Authorization: {basic('me:proxy-word')}" in server.heads[0]


@pytest.mark.parametrize("proxy", ["http://u:secret-word@[bad", "http://u:secret-word@h:port", "http://", "ftp://u:secret-word@h:1", "://"])
def test_malformed_proxies(proxy: str, environ: dict[str, str]) -> None:
    environ["http_proxy"] = proxy
    with pytest.raises(RepositoryError, match="The environment variable http_proxy") as caught:
        Http(environ).get("http://repository.invalid/x", Access())
    assert "secret-word" not in str(caught.value)


def test_a_proxy_that_is_down(environ: dict[str, str]) -> None:
    environ["http_proxy"] = "http://u:secret-word@127.0.0.1:1"
    with pytest.raises(RepositoryError, match="cannot be reached: Connection refused") as caught:
        Http(environ).get("http://repository.invalid/x", Access())
    assert "secret-word" not in str(caught.value)


# --- files and caches


@pytest.mark.parametrize(
    ("field", "content"), [("ca_file", "CA certificates"), ("cert_file", "client certificate"), ("key_file", "client key")]
)
@pytest.mark.parametrize(
    ("name", "why"), [("missing", "No such file or directory"), ("file/below", "Not a directory"), ("a\0b", "embedded null byte")]
)
def test_files_for_tls_that_cannot_be_read(field: str, content: str, name: str, why: str, environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    access = Access(**{"cert_file": str(tmp_path / "file"), "key_file": str(tmp_path / "file"), field: str(tmp_path / name)})
    with pytest.raises(RepositoryError, match=f"^The file of the {content}, .*, cannot be read: {why}.$"):
        Http(environ).get("https://127.0.0.1:1/x", access)


def file_at(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("variable", ["file", "relative", "none", "long", "zero byte"])
def test_a_cache_that_cannot_be_written(
    variable: str, server: Server, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file_at(tmp_path / "cache")
    if variable != "file":
        environ["XDG_CACHE_HOME"] = {"relative": "relative", "none": "", "long": "/" + "x" * 5000, "zero byte": "/a\0b"}[variable]
        environ["HOME"] = str(tmp_path / "cache")
    server.script = sends(ok(b"body", 'ETag: "1"'))
    for _round in range(2):
        assert Http(environ).get_cached(f"{server.url}/index.yaml", Access()).data == b"body"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]


def test_the_cache_is_private_and_bounded(server: Server, environ: dict[str, str], tmp_path: Path) -> None:
    server.script = sends(ok(b"body", 'ETag: "1"', "X-Other: y"))
    for number in range(260):
        Http(environ).get_cached(f"{server.url}/{number % 2}", Access(username=f"user-{number}", password="p"))
    folder = tmp_path / "cache" / "windlass-charts" / "http"
    files = list(folder.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in files if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, *files) if path.is_dir()} == {0o700}
    assert sum(path.is_file() for path in files) <= 501
