# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``verify``, ``keyring`` and ``chart_digest`` for archives on disk and on a server.

The server is a real one on loopback: the archives are at a URL, and in a repository.
"""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.trust import pinned
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import openpgp
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError, RepositoryError, VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, sign

RECORDED = json.loads((Path(__file__).resolve().parents[1] / "openpgp" / "recorded.json").read_text())
NAME = "pier-1.0.0.tgz"


def archive(text: str = "") -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        data = f"apiVersion: v2\nname: pier\nversion: 1.0.0\ndescription: x{text}\n".encode()
        info = tarfile.TarInfo("pier/Chart.yaml")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


def signed(data: bytes, key: str = "ed", name: str = NAME) -> bytes:
    return sign(data, name, Keyring.read(RECORDED[key]["secret"].encode(), "secret"), "", "", openpgp({"PATH": "/usr/bin"}))


class Server:
    """A folder over HTTP. ``statuses``: what is answered in place of a file."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                path = self.path.partition("?")[0]
                body = server.files.get(path, b"")
                self.send_response(server.statuses.get(path, 200 if path in server.files else 404))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                return None

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def put(self, data: bytes, prov: bytes | None, digest: str | None = None) -> None:
        self.files[f"/{NAME}"] = data
        if prov is not None:
            self.files[f"/{NAME}.prov"] = prov
        entry = {"name": "pier", "version": "1.0.0", "urls": [NAME]}
        entry.update({"digest": hashlib.sha256(data).hexdigest()} if digest is None else {"digest": digest} if digest else {})
        self.files["/index.yaml"] = yaml.safe_dump({"apiVersion": "v1", "entries": {"pier": [entry]}}).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "ring.asc").write_text(RECORDED["ed"]["public"] + RECORDED["rsa"]["public"])
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": "/usr/bin"}


class Place:
    """One archive with its provenance file in one of the three places."""

    def __init__(self, kind: str, server: Server, folder: Path, environ: dict[str, str]) -> None:
        self.kind = kind
        self.server = server
        self.folder = folder
        self.environ = environ

    def put(self, data: bytes, prov: bytes | None) -> None:
        self.server.put(data, prov)
        (self.folder / NAME).write_bytes(data)
        if prov is not None:
            (self.folder / f"{NAME}.prov").write_bytes(prov)

    def reference(self, verify: str = "never", digest: str = "", keyring: str = "ring.asc") -> ChartReference:
        trust = Trust(verify, keyring, digest)
        if self.kind == "repository":
            return ChartReference("pier", repo_url=self.server.url, trust=trust, folder=str(self.folder))
        ref = f"{self.server.url}/{NAME}?token=secret" if self.kind == "url" else str(self.folder / NAME)
        return ChartReference(ref, trust=trust, folder=str(self.folder))

    def fetch(self, verify: str = "never", digest: str = "", keyring: str = "ring.asc") -> object:
        return resolve(self.reference(verify, digest, keyring), self.environ)


@pytest.fixture(params=["path", "url", "repository"])
def place(request: pytest.FixtureRequest, server: Server, tmp_path: Path, environ: dict[str, str]) -> Place:
    return Place(request.param, server, tmp_path, environ)


def test_a_signed_archive_is_accepted_and_says_by_whom(place: Place) -> None:
    data = archive()
    place.put(data, signed(data))
    for verify in ("always", "if_possible"):
        found = place.fetch(verify)
        assert found.chart.name == "pier"
        assert found.warnings == ()
        assert found.archive_digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert found.provenance == {
            "signed_by": ["ed <ed@example.com>"],
            "fingerprint": found.provenance["fingerprint"],
            "digest": found.archive_digest,
            "file": NAME,
            "keyring": str(place.folder / "ring.asc"),
        }


def test_without_verification_nothing_is_read(place: Place) -> None:
    place.put(archive(), b"not a provenance file")
    assert place.fetch(keyring="missing").provenance is None
    assert not any(path.endswith(".prov") for path in place.server.asked)


@pytest.mark.parametrize("verify", ["always", "if_possible"])
@pytest.mark.parametrize(
    ("other", "key", "reason"),
    [("", "nist", "unknown_key"), ("other", "ed", "checksum")],
)
def test_what_is_not_confirmed_is_refused(place: Place, verify: str, other: str, key: str, reason: str) -> None:
    place.put(archive(other), signed(archive(), key))
    with pytest.raises(VerificationError) as caught:
        place.fetch(verify)
    assert caught.value.fields["reason"] == reason
    assert "token=secret" not in str(caught.value)


def test_an_archive_without_a_provenance_file(place: Place) -> None:
    place.put(archive(), None)
    found = place.fetch("if_possible")
    assert found.provenance is None
    assert len(found.warnings) == 1
    assert found.warnings[0].endswith(f"has no provenance file ({NAME}.prov); it was not verified.")
    with pytest.raises(VerificationError, match="has no provenance file; it must be next to the archive") as caught:
        place.fetch("always")
    assert caught.value.fields["reason"] == "missing"


def test_a_missing_keyring_is_named(place: Place) -> None:
    place.put(archive(), signed(archive()))
    with pytest.raises(VerificationError, match=r"The keyring .*/none\.gpg cannot be read: No such file"):
        place.fetch("always", keyring="none.gpg")
    with pytest.raises(VerificationError, match=r"The keyring .*/\.gnupg/pubring\.gpg cannot be read: .* Set keyring to a file"):
        place.fetch("always", keyring="")


def test_the_wanted_checksum_is_accepted_and_another_refused(place: Place) -> None:
    place.put(archive(), None)
    assert place.fetch(digest=hashlib.sha256(archive()).hexdigest()).archive_digest
    with pytest.raises(VerificationError, match=f"but chart_digest is {'0' * 64}: it is another archive") as caught:
        place.fetch(digest="0" * 64)
    assert caught.value.fields["reason"] == "digest"


@pytest.mark.parametrize("text", ["{}", "sha256:{}", "SHA256:{}", "  sha256:{}\n"])
@pytest.mark.parametrize("upper", [True, False])
def test_every_spelling_of_a_checksum_is_the_same(text: str, upper: bool) -> None:
    digits = "0123456789abcdef" * 4
    assert pinned(text.format(digits.upper() if upper else digits)) == digits


@pytest.mark.parametrize("text", ["", "sha256:", "abc", "g" * 64, "a" * 63, "a" * 65, "sha512:" + "a" * 64, "sha256:sha256:" + "a" * 64, "é" * 64])
def test_what_is_no_checksum_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="is not a SHA-256 checksum"):
        pinned(text)


# --- files


def test_a_directory(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "pier").mkdir()
    (tmp_path / "pier/Chart.yaml").write_text("apiVersion: v2\nname: pier\nversion: 1.0.0\n")

    def fetch(trust: Trust) -> object:
        return resolve(ChartReference(str(tmp_path / "pier"), trust=trust), environ)

    assert fetch(Trust("if_possible")).warnings == ()
    with pytest.raises(VerificationError, match="is a directory, which has no signature") as caught:
        fetch(Trust("always"))
    assert caught.value.helm == "unpacked charts cannot be verified"
    with pytest.raises(VerificationError, match="is a directory, so it cannot be compared with chart_digest"):
        fetch(Trust(digest="0" * 64))


def test_an_archive_with_another_extension(tmp_path: Path, environ: dict[str, str]) -> None:
    path = tmp_path / "pier-1.0.0.tar.gz"
    path.write_bytes(archive())
    with pytest.raises(VerificationError, match=r"is not a \.tgz file") as caught:
        resolve(ChartReference(str(path), trust=Trust("always")), environ)
    assert caught.value.helm == "chart must be a tgz file"


def test_a_provenance_file_that_cannot_be_read(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / NAME).write_bytes(archive())
    (tmp_path / f"{NAME}.prov").mkdir()
    with pytest.raises(VerificationError, match="cannot be read: Is a directory"):
        resolve(ChartReference(str(tmp_path / NAME), trust=Trust("if_possible")), environ)


def test_the_bytes_that_are_verified_are_loaded(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another archive that is put in place after the check is not read."""
    from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts import trust

    data = archive()
    (tmp_path / NAME).write_bytes(data)
    (tmp_path / f"{NAME}.prov").write_bytes(signed(data))
    real = trust.check_archive

    def check(*arguments: object) -> dict[str, object]:
        found = real(*arguments)
        (tmp_path / NAME).write_bytes(archive(" swapped"))
        return found

    monkeypatch.setattr(trust, "check_archive", check)
    found = resolve(ChartReference(str(tmp_path / NAME), trust=Trust("always", str(tmp_path / "ring.asc"))), environ)
    assert found.chart.metadata.description == "x"


# --- servers


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_server_that_has_no_provenance_file(server: Server, tmp_path: Path, environ: dict[str, str], status: int) -> None:
    place = Place("url", server, tmp_path, environ)
    server.put(archive(), None)
    server.statuses[f"/{NAME}.prov"] = status
    assert len(place.fetch("if_possible").warnings) == 1
    assert server.asked == [f"/{NAME}?token=secret", f"/{NAME}.prov?token=secret"]


@pytest.mark.parametrize("verify", ["always", "if_possible"])
@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.slow
def test_a_provenance_file_that_cannot_be_fetched_is_not_a_missing_one(
    server: Server, tmp_path: Path, environ: dict[str, str], status: int, verify: str
) -> None:
    """Or who can disturb the connection could switch verification off."""
    server.put(archive(), signed(archive()))
    server.statuses[f"/{NAME}.prov"] = status
    with pytest.raises(RepositoryError, match=str(status)):
        Place("url", server, tmp_path, environ).fetch(verify)


def test_a_provenance_file_is_cached_next_to_the_archive(server: Server, tmp_path: Path, environ: dict[str, str]) -> None:
    """In helm's content cache, under helm's name."""
    place = Place("repository", server, tmp_path, environ)
    place.put(archive(), signed(archive()))
    place.fetch("always")
    digest = hashlib.sha256(archive()).hexdigest()
    assert (tmp_path / "cache/helm/content" / digest[:2] / f"{digest}.prov").read_bytes() == server.files[f"/{NAME}.prov"]
    server.asked.clear()
    assert place.fetch("always").provenance
    assert server.asked == ["/index.yaml"]


def test_a_cached_provenance_file_that_is_not_confirmed_is_fetched_again(server: Server, tmp_path: Path, environ: dict[str, str]) -> None:
    place = Place("repository", server, tmp_path, environ)
    digest = hashlib.sha256(archive()).hexdigest()
    cache = tmp_path / "cache/helm/content" / digest[:2] / f"{digest}.prov"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(signed(archive(), "nist"))
    place.put(archive(), signed(archive()))
    assert place.fetch("always").provenance["signed_by"] == ["ed <ed@example.com>"]
    assert cache.read_bytes() == server.files[f"/{NAME}.prov"]
    server.files[f"/{NAME}.prov"] = signed(archive(), "nist")
    cache.write_bytes(b"damaged")
    with pytest.raises(VerificationError, match="is not a signing key"):
        place.fetch("always")
    assert cache.read_bytes() == b"damaged"


def test_an_index_that_lists_another_archive_is_refused_before_a_download(server: Server, tmp_path: Path, environ: dict[str, str]) -> None:
    place = Place("repository", server, tmp_path, environ)
    place.put(archive(), None)
    with pytest.raises(VerificationError, match="it is another archive"):
        place.fetch(digest="0" * 64)
    assert server.asked == ["/index.yaml"]


def test_an_index_without_checksums_does_not_weaken_the_wanted_one(server: Server, tmp_path: Path, environ: dict[str, str]) -> None:
    place = Place("repository", server, tmp_path, environ)
    server.put(archive(), None, digest="")
    with pytest.raises(VerificationError, match="it is another archive"):
        place.fetch(digest="0" * 64)
    assert place.fetch(digest=hashlib.sha256(archive()).hexdigest()).chart.name == "pier"
