# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories that helm added with more than this collection has options for, over TLS.

Odd files of helm's; digests of an index.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
import http.server
import io
import ssl
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Access, Http
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository import chart_repository
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, OperatorError, OptionError, RepositoryError

OPTIONS = {"repo_state": "present", "force_update": False, "repo_name": "sea"}


def archive() -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        text = b"apiVersion: v2\nname: pier\nversion: 1.0.0\n"
        info = tarfile.TarInfo("pier/Chart.yaml")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return gzip.compress(raw.getvalue(), mtime=0)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "repository")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "ca.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    return paths


class Museum:
    """A repository over TLS; ``client``: whether it wants a client certificate."""

    def __init__(self, folder: Path, client: bool = False) -> None:
        self.ca, self.key = certificate(folder)
        self.wants_certificate = client
        self.digest = hashlib.sha256(archive()).hexdigest()
        self.requested: list[tuple[str, str]] = []
        museum = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                museum.requested.append((self.path, self.headers.get("Authorization", "")))
                body = museum.index() if self.path.endswith("index.yaml") else archive()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                return None

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, self.key)
        if client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        self.url = f"https://127.0.0.1:{self.server.server_port}/charts"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def index(self) -> bytes:
        entry = {"name": "pier", "version": "1.0.0", "urls": ["pier-1.0.0.tgz"], "digest": self.digest}
        return yaml.safe_dump({"apiVersion": "v1", "entries": {"pier": [entry]}}).encode()


@pytest.fixture(params=[False, True], ids=["authority", "client certificate"])
def museum(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Museum]:
    made = Museum(tmp_path, request.param)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def added(environ: dict[str, str], museum: Museum, **fields: Any) -> dict[str, Any]:
    """The file as helm writes it after ``helm repo add --ca-file ... --cert-file ...``."""
    entry: dict[str, Any] = {
        "caFile": str(museum.ca),
        "certFile": str(museum.ca),
        "insecure_skip_tls_verify": False,
        "keyFile": str(museum.key),
        "name": "sea",
        "pass_credentials_all": False,
        "password": "",
        "url": museum.url,
        "username": "",
    }
    entry.update(fields)
    path = HelmPaths.of(environ).repository_config
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"apiVersion": "", "generated": "0001-01-01T00:00:00Z", "repositories": [entry]}))
    return entry


def entries(environ: dict[str, str]) -> list[dict[str, Any]]:
    return list(yaml.safe_load(HelmPaths.of(environ).repository_config.read_text())["repositories"])


@pytest.mark.parametrize("how", ["name", "name with a new index", "repository's URL", "archive's URL"])
def test_charts_of_such_a_repository(how: str, museum: Museum, environ: dict[str, str]) -> None:
    added(environ, museum, username="me", password="pass")
    reference = {
        "name": ChartReference("sea/pier"),
        "name with a new index": ChartReference("sea/pier", refresh=True),
        "repository's URL": ChartReference("pier", repo_url=museum.url),
        "archive's URL": ChartReference(f"{museum.url}/pier-1.0.0.tgz"),
    }[how]
    assert resolve(reference, environ).chart.metadata.version == "1.0.0"
    assert {authorization for _path, authorization in museum.requested} == {"Basic bWU6cGFzcw=="}


def test_without_its_authority_it_is_not_trusted(museum: Museum, environ: dict[str, str]) -> None:
    with pytest.raises(RepositoryError, match=r"is not trusted|cannot be reached"):
        resolve(ChartReference("pier", repo_url=museum.url), environ)


@pytest.mark.parametrize("options", [{}, {"search": ""}, {"force_update": True}, {"repo_url": "with a slash"}])
def test_the_module_keeps_what_helm_added(options: dict[str, Any], museum: Museum, environ: dict[str, str]) -> None:
    before = added(environ, museum, pass_credentials_all=True)
    params = {**OPTIONS, "repo_url": museum.url, **options}
    if options.get("repo_url"):
        params["repo_url"] = f"{museum.url}/"
    result = chart_repository(Task(params=params, environ=environ))
    assert result["changed"] is bool(options.get("force_update"))
    after = entries(environ)[0]
    assert {**after, "pass_credentials_all": True} == before
    assert after["pass_credentials_all"] is not bool(options.get("force_update"))
    if "search" in options:
        assert [found["name"] for found in result["charts"]] == ["sea/pier"]


def files_of(museum: Museum) -> dict[str, str]:
    """The options that name the files of TLS."""
    return {"chart_repo_ca_cert": str(museum.ca), "chart_repo_client_cert": str(museum.ca), "chart_repo_client_key": str(museum.key)}


def test_the_module_adds_files_of_tls(museum: Museum, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    relative = {option: Path(path).name for option, path in files_of(museum).items()}
    params = {**OPTIONS, "repo_url": museum.url, **relative}
    result = chart_repository(Task(params=params, environ=environ))
    assert result["changed"]
    assert f"--ca-file {museum.ca} --cert-file {museum.ca} --key-file {museum.key}" in result["command"]
    (entry,) = entries(environ)
    assert (entry["caFile"], entry["certFile"], entry["keyFile"]) == tuple(files_of(museum).values())
    monkeypatch.chdir("/")
    assert not chart_repository(Task(params={**params, **files_of(museum)}, environ=environ))["changed"]
    assert resolve(ChartReference("sea/pier"), environ).chart.metadata.version == "1.0.0"


NO_CERTIFICATE = {"chart_repo_client_cert": "", "chart_repo_client_key": ""}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        (NO_CERTIFICATE, {"certFile": "", "keyFile": ""}),
        ({"chart_repo_ca_cert": "", "insecure_skip_tls_verify": True}, {"caFile": "", "insecure_skip_tls_verify": True}),
        ({"chart_repo_ca_cert": "other.pem"}, {"caFile": "other.pem"}),
    ],
)
def test_files_of_tls_that_are_added_are_changed_by_name(
    given: dict[str, Any], expected: dict[str, Any], environ: dict[str, str], tmp_path: Path
) -> None:
    museum = Museum(tmp_path)
    try:
        before = added(environ, museum)
        (tmp_path / "other.pem").write_bytes(museum.ca.read_bytes())
        given, expected = ({key: str(tmp_path / "other.pem") if value == "other.pem" else value for key, value in part.items()} for part in (given, expected))
        for changed in (bool(expected), False):
            result = chart_repository(Task(params={**OPTIONS, "repo_url": museum.url, **given}, environ=environ))
            assert result["changed"] is changed
            assert entries(environ)[0] == {**before, **expected}
    finally:
        museum.server.shutdown()
        museum.server.server_close()


@pytest.mark.parametrize("given", ["chart_repo_client_cert", "chart_repo_client_key"])
def test_a_client_certificate_and_its_key_belong_together(given: str, environ: dict[str, str], museum: Museum) -> None:
    params = {**OPTIONS, "repo_url": museum.url, **NO_CERTIFICATE, given: str(museum.ca)}
    with pytest.raises(OptionError, match=f"^{given} is specified without chart_repo_client_"):
        chart_repository(Task(params=params, environ=environ))


def test_a_file_of_tls_that_is_not_there(environ: dict[str, str], museum: Museum, tmp_path: Path) -> None:
    params = {**OPTIONS, "repo_url": museum.url, "chart_repo_ca_cert": str(tmp_path / "nowhere.pem")}
    with pytest.raises(RepositoryError, match=r"CA certificates, .*nowhere.pem, cannot be read"):
        chart_repository(Task(params=params, environ=environ))
    assert not HelmPaths.of(environ).repository_config.exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"username": "", "password": "", "insecure_skip_tls_verify": True}),
        ({"repo_username": "you", "repo_password": "word"}, {"username": "you", "password": "word"}),
        ({"insecure_skip_tls_verify": False}, {"username": "", "password": "", "insecure_skip_tls_verify": False}),
        ({"pass_credentials": True}, {"username": "", "password": "", "pass_credentials_all": True}),
    ],
)
def test_only_the_options_of_the_task_are_changed(
    given: dict[str, Any], expected: dict[str, Any], museum: Museum, environ: dict[str, str]
) -> None:
    before = added(environ, museum, username="me", password="pass", insecure_skip_tls_verify=True)
    for changed in (True, False):
        result = chart_repository(Task(params={**OPTIONS, "repo_url": museum.url, **given}, environ=environ))
        assert result["changed"] is changed
        assert entries(environ)[0] == {**before, **expected}


@pytest.mark.parametrize(
    ("digest", "helm"),
    [
        ("md5:d41d8cd98f00b204e9800998ecf8427e", "invalid digest length: 16"),
        ("0" * 63, "unable to decode digest"),
        ("x", "unable to decode digest"),
        ("0" * 128, "invalid digest length: 64"),
        ("sha512:" + "0" * 64, "invalid digest length: 32"),
        ("12", "invalid digest length: 1"),
        ("\x1b[31m" + "z" * 500, "unable to decode digest"),
    ],
)
def test_a_digest_that_is_no_sha256_is_refused(digest: Any, helm: str, museum: Museum, environ: dict[str, str]) -> None:
    added(environ, museum)
    museum.digest = digest
    with pytest.raises(RepositoryError, match="is not a SHA-256 checksum") as caught:
        resolve(ChartReference("sea/pier"), environ)
    assert caught.value.helm == helm
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600
    assert not any(path.endswith(".tgz") for path, _authorization in museum.requested)


@pytest.mark.parametrize("write", [str.upper, lambda text: f"sha256:{text}", lambda text: "", lambda text: None])
def test_digests_in_other_forms(write: Any, museum: Museum, environ: dict[str, str]) -> None:
    added(environ, museum)
    museum.digest = write(museum.digest)
    assert resolve(ChartReference("sea/pier"), environ).chart.metadata.name == "pier"


# --- helm's files


def repositories(environ: dict[str, str]) -> Repositories:
    return Repositories(HelmPaths.of(environ), Http(environ))


@pytest.mark.parametrize(
    "text",
    [
        b"[", b"\0", b"- a\n", b"text", b"repositories: 3\n", b"repositories: text\n", b"repositories: {a: b}\n", b"12", b"a: &a [*a]\n",
        b"{" * 100_000, b"- " * 100_000,
    ],
)  # fmt: skip
def test_a_damaged_repositories_file(text: bytes, environ: dict[str, str]) -> None:
    path = HelmPaths.of(environ).repository_config
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    calls = [
        lambda: repositories(environ).entries(),
        lambda: repositories(environ).check_add(Entry("sea", "http://127.0.0.1:1")),
        lambda: repositories(environ).remove("sea"),
        lambda: resolve(ChartReference("sea/pier"), environ),
    ]
    for call in calls:
        with pytest.raises(OperatorError, match=r"repositories\.yaml") as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", [b"", b"repositories:\n", b"repositories: [3, null, text, [a]]\n", b"apiVersion: v1\n", b"repositories: [{}]\n"]
)
def test_an_odd_repositories_file(text: bytes, environ: dict[str, str]) -> None:
    path = HelmPaths.of(environ).repository_config
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    assert repositories(environ).get("sea") is None
    assert repositories(environ).remove("sea") is False


@pytest.mark.parametrize("name", ["", " ", "a/b", "../x", "a\0b", "a\nb", "\x1b[31m", "x" * 300])
def test_names_that_are_none(name: str, environ: dict[str, str]) -> None:
    with pytest.raises(OptionError, match="repo_name"):
        repositories(environ).check_add(Entry(name, "http://127.0.0.1:1"))
    assert repositories(environ).remove(name) is False


@pytest.mark.parametrize("place", ["config", "cache"])
def test_a_file_in_place_of_a_folder(place: str, museum: Museum, environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / place).write_bytes(b"")
    ours = repositories(environ)
    with pytest.raises(OperatorError, match=f"{place}/helm") as caught:
        ours.add(Entry("sea", museum.url, caFile=str(museum.ca), certFile=str(museum.ca), keyFile=str(museum.key)))
    assert "\n" not in str(caught.value)
    assert ours.entries() == []


def test_charts_without_a_cache(museum: Museum, environ: dict[str, str], tmp_path: Path) -> None:
    added(environ, museum)
    (tmp_path / "cache").write_bytes(b"")
    assert resolve(ChartReference("sea/pier"), environ).chart.metadata.name == "pier"
    assert resolve(ChartReference("pier", repo_url=museum.url), environ).chart.metadata.name == "pier"


def test_a_chart_by_url_needs_no_repositories(museum: Museum, environ: dict[str, str]) -> None:
    path = HelmPaths.of(environ).repository_config
    path.parent.mkdir(parents=True)
    path.write_bytes(b"[")
    environ["SSL_CERT_FILE"] = str(museum.ca)
    if museum.wants_certificate:
        pytest.skip("its client certificate is in that file only")
    assert resolve(ChartReference(f"{museum.url}/pier-1.0.0.tgz"), environ).chart.metadata.name == "pier"
    assert resolve(ChartReference("pier", repo_url=museum.url), environ).chart.metadata.name == "pier"


def test_without_a_home_there_are_no_repositories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import pwd

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # as for a user id without an entry
    ours = repositories({})
    assert ours.entries() == []
    with pytest.raises(OperatorError, match=r"There is no home directory for Helm's repositories\.yaml; set HOME"):
        ours.add(Entry("sea", "http://127.0.0.1:1"))
    with pytest.raises(EngineError, match="neither an existing path nor a chart in an added repository"):
        resolve(ChartReference("sea/pier"), {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["/", "", "relative"])
def test_odd_places_for_the_repositories_file(value: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    environ["HELM_REPOSITORY_CONFIG"] = value
    ours = repositories(environ)
    if value == "/":
        with pytest.raises(OperatorError):
            ours.remove("sea")
    else:
        assert ours.remove("sea") is False
    with pytest.raises(EngineError):
        ours.add(Entry("sea", "http://127.0.0.1:1", username="a", password="b"))


def test_the_lock_file_is_another_users_folder(environ: dict[str, str], museum: Museum) -> None:
    added(environ, museum)
    HelmPaths.of(environ).repository_config.with_suffix(".lock").mkdir()
    with pytest.raises(OperatorError, match=r"repositories\.lock cannot be written"):
        repositories(environ).remove("sea")
    assert [entry["name"] for entry in entries(environ)] == ["sea"]


def test_access_of_an_entry_has_everything() -> None:
    entry = Entry("n", "u", "user", "word", "cert", "key", "ca", True, True)
    assert entry.access == Access("u", "user", "word", "ca", "cert", "key", True, True, source="repositories.yaml")
