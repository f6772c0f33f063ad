# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_pull``: what is fetched, what is written, and what is accepted as it is.

``tests/registry`` compares it with the real helm.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import openpgp
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_pull import chart_pull
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartLoadError,
    ChartNotFound,
    OperatorError,
    OptionError,
    RepositoryError,
    VerificationError,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, sign

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_adapters" / "registry"))
from fake_registry import Asked, FakeRegistry, Reply, archive, sha256


class Place:
    """A registry and a repository on one host, and a task's folder. ``/charts`` is the repository."""

    def __init__(self, folder: Path) -> None:
        self.server = FakeRegistry()
        self.folder = folder / "destination"
        self.folder.mkdir()
        self.environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        self.archive = archive(filling=b"data")
        self.digest = hashlib.sha256(self.archive).hexdigest()
        self.index_digest = self.digest
        self.provenance = b""
        self.server.disturb = self.repository

    def repository(self, asked: Asked) -> Reply | None:
        if asked.path == "/charts/index.yaml":
            entry = {"name": "pier", "version": "1.0.0", "urls": ["pier-1.0.0.tgz"], "digest": self.index_digest}
            return Reply(body=json.dumps({"apiVersion": "v1", "entries": {"pier": [entry]}}).encode())
        if asked.path.partition("?")[0] in ("/charts/pier-1.0.0.tgz", "/some/pier%2Bx.tgz"):
            return Reply(body=self.archive)
        if asked.path == "/charts/pier-1.0.0.tgz.prov" and self.provenance:
            return Reply(body=self.provenance)
        return Reply(404) if not asked.path.startswith("/v2/") else None

    def task(self, check_mode: bool = False, diff: bool = False, **params: Any) -> Task:
        given = {"destination": str(self.folder), "plain_http": True, **params}
        checked = ArgumentSpecValidator(specs.chart_pull()["argument_spec"]).validate(given)
        assert checked.error_messages == []
        return Task(params=checked.validated_parameters, environ=self.environ, check_mode=check_mode, diff=diff)

    def pull(self, **params: Any) -> Result:
        return chart_pull(self.task(**params))

    def tree(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    @property
    def fetched(self) -> int:
        return sum(path.endswith(".tgz") or "/blobs/" in path for path in self.server.paths)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.server.stop()


def sources(place: Place) -> dict[str, dict[str, str]]:
    place.server.add("1.0.0", place.archive)
    host = place.server.host
    return {
        "repository": {"chart_ref": "pier", "repo_url": f"http://{host}/charts"},
        "url": {"chart_ref": f"http://{host}/charts/pier-1.0.0.tgz"},
        "registry": {"chart_ref": f"oci://{host}/a/pier"},
        "tag": {"chart_ref": f"oci://{host}/a/pier:1.0.0"},
        "below": {"chart_ref": "pier", "chart_repo_url": f"oci://{host}/a", "chart_version": "^1"},
    }


@pytest.mark.parametrize("kind", ["repository", "url", "registry", "tag", "below"])
def test_check_write_check_write(kind: str, place: Place) -> None:
    given = sources(place)[kind]
    for changed in (True, False):
        assert place.pull(**given, check_mode=True)["changed"] is changed
        result = place.pull(**given)
        assert result["changed"] is changed
        assert place.tree() == {"pier-1.0.0.tgz": place.archive}
        assert (result["path"], result["digest"]) == (f"{place.folder}/pier-1.0.0.tgz", f"sha256:{place.digest}")
        assert result["chart"] == {"name": "pier", "version": "1.0.0", "app_version": ""}
        assert ("msg" in result) is not changed
        assert ("manifest_digest" in result) is (kind in ("registry", "tag", "below"))
    assert Path(result["path"]).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("kind", ["repository", "registry"])
def test_an_archive_that_is_there_is_not_fetched(kind: str, place: Place) -> None:
    given = sources(place)[kind]
    (place.folder / "pier-1.0.0.tgz").write_bytes(place.archive)
    assert place.pull(**given)["changed"] is False
    assert place.fetched == 0
    assert place.pull(**given, force=True)["changed"] is False  # fetched, and the same


@pytest.mark.parametrize("kind", ["repository", "url", "registry"])
@pytest.mark.parametrize("content", [b"", b"damaged", None])
def test_a_file_that_is_not_the_chart_is_replaced(kind: str, content: bytes | None, place: Place) -> None:
    given = sources(place)[kind]
    (place.folder / "pier-1.0.0.tgz").write_bytes(place.archive[:-1] if content is None else content)
    assert place.pull(**given)["changed"] is True
    assert place.tree() == {"pier-1.0.0.tgz": place.archive}


def test_a_digest_that_does_not_match_writes_nothing(place: Place) -> None:
    given = sources(place)
    place.index_digest = "0" * 64
    with pytest.raises(RepositoryError, match="does not match the index entry"):
        place.pull(**given["repository"])
    place.server.blobs[f"sha256:{place.digest}"] = b"x" * len(place.archive)
    with pytest.raises(RepositoryError, match="does not match its digest"):
        place.pull(**given["registry"])
    assert place.tree() == {}


def test_an_archive_that_is_no_chart_is_not_written(place: Place) -> None:
    place.archive = b"no chart"
    with pytest.raises(ChartLoadError):
        place.pull(**sources(place)["url"])
    assert place.tree() == {}


# --- unpacked


FILES = {"pier/Chart.yaml": b"apiVersion: v2\nname: pier\nversion: 1.0.0\n", "pier/data.bin": b"data"}


def test_unpacked(place: Place) -> None:
    given = {**sources(place)["registry"], "untar_chart": True}
    for changed in (True, False):
        assert place.pull(**given, check_mode=True)["changed"] is changed
        result = place.pull(**given)
        assert (result["changed"], result["path"]) == (changed, f"{place.folder}/pier")
        assert place.tree() == FILES


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "data.bin").write_bytes(b"other"),
        lambda folder: (folder / "data.bin").unlink(),
        lambda folder: (folder / "more").write_bytes(b""),
        lambda folder: (folder / "Chart.yaml").rename(folder / "chart.yaml"),
    ],
)
def test_a_folder_with_other_content_stays_without_force(spoil: Any, place: Place) -> None:
    given = {**sources(place)["registry"], "untar_chart": True}
    place.pull(**given)
    spoil(place.folder / "pier")
    before = place.tree()
    for check_mode in (True, False):
        with pytest.raises(OperatorError, match=r"exists and is not the chart pier 1\.0\.0; set force to replace it") as caught:
            place.pull(**given, check_mode=check_mode)
        assert "already exists" in str(caught.value.helm)
    assert place.tree() == before
    assert place.pull(**given, force=True, check_mode=True)["changed"] is True
    assert place.tree() == before
    assert place.pull(**given, force=True)["changed"] is True
    assert place.tree() == FILES
    assert place.pull(**given, force=True)["changed"] is False
    assert sorted(path.name for path in place.folder.iterdir()) == ["pier"]


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b"file"), lambda path: path.symlink_to("/nowhere")])
def test_something_else_in_place_of_the_folder(make: Any, place: Place) -> None:
    given = {**sources(place)["registry"], "untar_chart": True}
    make(place.folder / "pier")
    with pytest.raises(OperatorError):
        place.pull(**given)
    assert place.pull(**given, force=True)["changed"] is True
    assert place.tree() == FILES


def test_a_missing_destination(place: Place) -> None:
    given = {**sources(place)["registry"], "destination": str(place.folder / "new" / "below")}
    for check_mode in (True, False):
        with pytest.raises(OperatorError, match=r"the directory .*/new/below does not exist"):
            place.pull(**given, check_mode=check_mode)
    assert place.pull(**given, untar_chart=True, check_mode=True)["changed"] is True
    assert not (place.folder / "new").exists()
    assert place.pull(**given, untar_chart=True)["changed"] is True
    assert (place.folder / "new" / "below" / "pier" / "Chart.yaml").is_file()


def test_a_full_disk_leaves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts import destination

    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(destination, "_write", full)
    with pytest.raises(OperatorError, match="cannot be written: No space left on device"):
        place.pull(**sources(place)["registry"], untar_chart=True)
    assert list(place.folder.iterdir()) == []


# --- verified


RECORDED = json.loads((Path(__file__).resolve().parents[2] / "_adapters" / "openpgp" / "recorded.json").read_text())
COSIGN = Path(__file__).resolve().parents[2] / "_engine" / "oci" / "cosign.json"
NAME = "pier-1.0.0.tgz"


def signed(data: bytes, key: str = "ed", name: str = NAME) -> bytes:
    return sign(data, name, Keyring.read(RECORDED[key]["secret"].encode(), "secret"), "", "", openpgp({"PATH": "/usr/bin"}))


def verified(place: Place, kind: str, proof: bytes) -> dict[str, Any]:
    """Options for a chart with a provenance file."""
    (place.folder.parent / "ring.asc").write_text(RECORDED["ed"]["public"])
    given = sources(place)[kind]
    place.provenance = proof
    if proof:
        place.server.blobs[sha256(proof)] = proof
        manifest = json.loads(place.server.manifests["1.0.0"])
        layer = {"mediaType": "application/vnd.cncf.helm.chart.provenance.v1.prov", "digest": sha256(proof), "size": len(proof)}
        place.server.put("1.0.0", {**manifest, "layers": [*manifest["layers"], layer]})
    return {**given, "verify_chart": True, "verify_chart_keyring": str(place.folder.parent / "ring.asc")}


KINDS = ["repository", "url", "registry", "tag", "below"]


@pytest.mark.parametrize("untar", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_chart(kind: str, untar: bool, place: Place) -> None:
    proof = signed(place.archive)
    given = {**verified(place, kind, proof), "untar_chart": untar}
    for changed in (True, False):
        assert place.pull(**given, check_mode=True)["changed"] is changed
        result = place.pull(**given)
        assert result["changed"] is changed
        assert result["provenance"]["signed_by"] == ["ed <ed@example.com>"]
        fingerprint = result["provenance"]["fingerprint"]
        assert result["stdout"] == (
            f"Signed by: ed <ed@example.com>\nUsing Key With Fingerprint: {fingerprint}\nChart Hash Verified: sha256:{place.digest}\n"
        )
        assert place.tree() == (FILES if untar else {NAME: place.archive, f"{NAME}.prov": proof})
    assert " --keyring " in result["command"]
    assert " --verify" in result["command"]


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize("untar", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reason", ["unknown_key", "checksum", "not_listed", "unsigned", "missing", "digest"])
def test_a_refused_chart_never_reaches_the_destination(reason: str, kind: str, untar: bool, present: bool, place: Place) -> None:
    """An archive that is there already is refused as well, and stays as it is."""
    proof = {
        "unknown_key": signed(place.archive, "nist"),
        "checksum": signed(archive(filling=b"other")),
        "not_listed": signed(place.archive, name="pier-2.0.0.tgz"),
        "unsigned": b"text",
        "missing": b"",
        "digest": signed(place.archive),
    }[reason]
    given = {**verified(place, kind, proof), "untar_chart": untar}
    if reason == "digest":
        given["chart_digest"] = "0" * 64
    if present:
        place.pull(**sources(place)[kind], untar_chart=untar)
        verified(place, kind, proof)
    before = place.tree()
    for check_mode in (True, False):
        with pytest.raises(VerificationError) as caught:
            place.pull(**given, check_mode=check_mode)
        assert caught.value.fields["reason"] == reason
        assert place.tree() == before
        assert bool(before) is present


@pytest.mark.parametrize("kind", ["repository", "registry"])
def test_another_checksum_is_refused_before_the_download(kind: str, place: Place) -> None:
    with pytest.raises(VerificationError, match="it is another archive"):
        place.pull(**sources(place)[kind], chart_digest="0" * 64)
    assert place.fetched == 0
    assert place.pull(**sources(place)[kind], chart_digest=f"SHA256:{place.digest.upper()}")["changed"] is True


def test_what_is_there_is_verified_without_a_download(place: Place) -> None:
    given = verified(place, "repository", signed(place.archive))
    (place.folder / NAME).write_bytes(place.archive)
    result = place.pull(**given)
    assert result["changed"] is True  # the provenance file
    assert place.fetched == 0
    assert sorted(place.tree()) == [NAME, f"{NAME}.prov"]


def test_signatures_of_cosign_are_for_registries(place: Place) -> None:
    given = sources(place)
    for kind in ("repository", "url"):
        with pytest.raises(OptionError, match="cosign_public_key applies to charts in an OCI registry only"):
            place.pull(**given[kind], cosign_public_key="/nowhere")
    (place.folder.parent / "cosign.pub").write_text(json.loads(COSIGN.read_text())["p256"]["public"])
    with pytest.raises(VerificationError, match="has no cosign signature"):
        place.pull(**given["registry"], cosign_public_key=str(place.folder.parent / "cosign.pub"))
    assert place.fetched == 0
    assert place.tree() == {}


# --- the rest


def test_provenance(place: Place) -> None:
    given = {**sources(place)["repository"], "provenance": True}
    task = place.task(**given)
    assert "provenance_path" not in chart_pull(task)
    assert "has no provenance file" in task.warnings[0]
    place.provenance = b"signed"
    for changed in (True, False):
        assert place.pull(**given, check_mode=True)["changed"] is changed
        assert place.pull(**given)["changed"] is changed
    assert place.tree() == {"pier-1.0.0.tgz": place.archive, "pier-1.0.0.tgz.prov": b"signed"}


def test_provenance_in_a_registry(place: Place) -> None:
    given = sources(place)["registry"]
    place.server.blobs[sha256(b"signed")] = b"signed"
    manifest = json.loads(place.server.manifests["1.0.0"])
    manifest["layers"].append({"mediaType": "application/vnd.cncf.helm.chart.provenance.v1.prov", "digest": sha256(b"signed"), "size": 6})
    place.server.put("1.0.0", manifest)
    assert place.pull(**given, provenance=True)["provenance_path"].endswith("/pier-1.0.0.tgz.prov")
    assert place.tree()["pier-1.0.0.tgz.prov"] == b"signed"


def test_the_name_of_a_file(place: Place) -> None:
    place.pull(chart_ref=f"http://{place.server.host}/some/pier%2Bx.tgz?token=secret-1")
    assert list(place.tree()) == ["pier+x.tgz"]


def test_the_command_and_the_result_hold_no_password(place: Place) -> None:
    given = {**sources(place)["repository"], "username": "me", "password": "pass-word", "chart_version": "1.0.0"}
    result = place.pull(**given)
    assert result["command"] == (
        f"helm pull pier --version 1.0.0 --repo http://{place.server.host}/charts --username me --password ******** "
        f"--destination {place.folder} --plain-http"
    )
    assert "pass-word" not in json.dumps(result)


def test_diff(place: Place) -> None:
    given = sources(place)["registry"]
    after = f"pier 1.0.0\nsha256:{place.digest}\n"
    first, second = (place.pull(**given, diff=True)["diff"] for _turn in range(2))
    assert (first["before"], first["after"], second["before"], second["after"]) == ("", after, after, after)


@pytest.mark.parametrize(
    ("params", "error", "says"),
    [
        ({"verify_chart": True}, VerificationError, "has no provenance file; the registry must have it with the chart. To accept charts that"),
        ({"chart_digest": "1" * 64}, VerificationError, "it is another archive"),
        ({"chart_digest": "1"}, OptionError, "is not a SHA-256 checksum"),
        ({"cosign_public_key": "/nowhere"}, OptionError, "cosign_public_key: /nowhere cannot be read: No such file or directory."),
        ({"repo_username": "me"}, OptionError, "repo_username is specified without repo_password"),
        ({"chart_ssl_key_file": "/k"}, OptionError, "chart_ssl_key_file is specified without chart_ssl_cert_file"),
        ({"chart_ref": " "}, OptionError, "chart_ref is empty"),
        ({"chart_ref": "/a/folder"}, ChartNotFound, "neither an existing path nor a chart"),
        ({"destination": "a\0b"}, OptionError, "null byte"),
        ({"chart_version": "^9"}, ChartNotFound, "chart_version"),
    ],
)
def test_what_is_refused(params: dict[str, Any], error: type[Exception], says: str, place: Place) -> None:
    import re

    with pytest.raises(error, match=re.escape(says)):
        place.pull(**{**sources(place)["registry"], **params})
    assert place.tree() == {}
