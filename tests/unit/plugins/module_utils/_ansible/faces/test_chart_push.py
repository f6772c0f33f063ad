# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_push``: what is sent, what is left, and what is refused.

``tests/registry`` compares it with the real helm.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_push import chart_push
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartLoadError,
    ChartNotFound,
    EngineError,
    OperatorError,
    OptionError,
)

ADAPTERS = Path(__file__).resolve().parents[2] / "_adapters"
sys.path[:0] = [str(ADAPTERS / "registry"), str(ADAPTERS / "charts")]
from fake_museum import FakeMuseum
from fake_registry import FakeRegistry, archive

FIRST, OTHER = archive(version="1.0.0+b"), archive(version="1.0.0+b", filling=b"other")


class Place:
    """An archive on disk, and a destination."""

    def __init__(self, kind: str, folder: Path, server: FakeRegistry | FakeMuseum | None) -> None:
        self.kind, self.folder, self.server = kind, folder, server
        self.environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        self.archive = folder / "pier-1.0.0+b.tgz"
        self.archive.write_bytes(FIRST)
        self.proof = folder / "pier-1.0.0+b.tgz.prov"
        os.utime(self.archive, (1_700_000_000, 1_700_000_000))
        self.destination = str(folder / "charts")
        if isinstance(server, FakeRegistry):
            self.destination = f"oci://{server.host}/a"
        elif server is not None:
            self.destination = server.url

    def sign(self, text: str = "") -> None:
        digest = hashlib.sha256(self.archive.read_bytes()).hexdigest()
        self.proof.write_text(f"name: pier\nversion: 1.0.0+b\nfiles:\n  x: sha256:{digest}\n{text}")

    def task(self, check_mode: bool = False, diff: bool = False, **params: Any) -> Task:
        given = {
            "destination": self.destination,
            "plain_http": True,
            **({} if "chart_name" in params else {"chart_ref": str(self.archive)}),
            **params,
        }
        checked = ArgumentSpecValidator(specs.chart_push()["argument_spec"]).validate(given)
        assert checked.error_messages == []
        return Task(params=checked.validated_parameters, environ=self.environ, check_mode=check_mode, diff=diff)

    def push(self, **params: Any) -> Result:
        return chart_push(self.task(**params))

    def both(self, **params: Any) -> Result:
        """The result, which check mode predicts without a write."""
        before = self.stored()
        predicted = self.push(check_mode=True, diff=True, **params)
        assert self.stored() == before
        result = self.push(diff=True, **params)
        for key in ("changed", "status", "diff", "address", "digest", "provenance", "name", "version"):
            assert predicted.get(key) == result.get(key), key
        assert (self.stored() != before) is result["changed"]
        return result

    def stored(self) -> Any:
        if isinstance(self.server, FakeRegistry):
            return dict(self.server.manifests), dict(self.server.blobs)
        if self.server is not None:
            return dict(self.server.charts), dict(self.server.proofs)
        folder = Path(self.destination)
        return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture(params=["folder", "registry", "museum"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    made: dict[str, Callable[[], Any]] = {"folder": lambda: None, "registry": FakeRegistry, "museum": FakeMuseum}
    server = made[request.param]()
    yield Place(request.param, tmp_path, server)
    if server is not None:
        server.stop()


def test_pushed_once(place: Place) -> None:
    result = place.both()
    assert (result["changed"], result["status"], result["name"], result["version"]) == (True, "pushed", "pier", "1.0.0+b")
    digest = f"sha256:{hashlib.sha256(FIRST).hexdigest()}"
    assert (result["digest"], result["provenance"]) == (digest, False)
    assert result["diff"]["before"] == ""
    assert result["diff"]["after"] == f"{digest}\n"
    os.utime(place.archive)  # a new time is no new chart
    again = place.both()
    assert (again["changed"], again["status"]) == (False, "present")
    assert again["diff"]["before"] == again["diff"]["after"]
    assert again.get("manifest_digest") == result.get("manifest_digest")


def test_another_archive(place: Place) -> None:
    place.push()
    place.archive.write_bytes(OTHER)
    for check_mode in (True, False):
        with pytest.raises(
            OperatorError, match=r"exists with other content: its archive has the digest sha256:[0-9a-f]{64}, and the new one"
        ):
            place.push(check_mode=check_mode)
    assert place.both(on_exists="skip")["status"] == "skipped"
    result = place.both(on_exists="replace")
    assert (result["changed"], result["status"]) == (True, "replaced")
    assert result["diff"]["before"] == f"sha256:{hashlib.sha256(FIRST).hexdigest()}\n"
    assert place.both(on_exists="replace")["changed"] is False


def test_provenance(place: Place) -> None:
    place.push()
    place.sign()
    result = place.both()
    assert (result["changed"], result["status"], result["provenance"]) == (True, "provenance_added", True)
    assert place.both()["changed"] is False
    place.sign("again\n")
    with pytest.raises(OperatorError, match="exists with another provenance file"):
        place.push()
    assert place.both(on_exists="replace")["status"] == "replaced"
    assert place.both(provenance=False)["changed"] is False


def test_provenance_of_another_archive(place: Place) -> None:
    place.sign()
    place.archive.write_bytes(OTHER)
    with pytest.raises(OperatorError, match="prov does not belong to the archive: it does not contain its digest"):
        place.push()
    assert place.push(provenance=False)["status"] == "pushed"


def test_removed(place: Place) -> None:
    named = {"chart_name": "pier", "chart_version": "1.0.0+b", "state": "absent"}
    assert place.both(**named)["status"] == "absent"
    place.sign()
    place.push()
    result = place.both(**named)
    assert (result["changed"], result["status"], result["command"]) == (True, "removed", "")
    assert result["diff"]["after"] == ""
    assert place.both(state="absent")["changed"] is False
    place.push()
    assert place.both(state="absent")["status"] == "removed"


def test_several_at_once_see_one_archive(place: Place) -> None:
    """What another task pushes between the two steps is not an error if it is the same."""
    place.push()
    from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.sinks.locate import sink_of
    from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
    from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.push import packed_chart

    sink = sink_of(place.destination, Access(url=place.destination, plain_http=True), place.environ, lambda _sentence: None)
    sink.push(packed_chart(FIRST, "x", 0), None)
    assert place.push()["changed"] is False


# --- what helm prints, and what it refuses


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Place]:
    server = FakeRegistry()
    yield Place("registry", tmp_path, server)
    server.stop()


def test_what_helm_prints(registry: Place) -> None:
    result = registry.push(repo_username="me", repo_password="secret")
    host = registry.destination.removeprefix("oci://")
    assert result["address"] == f"oci://{host}/pier:1.0.0+b"
    assert result["stdout"].startswith(
        f"Pushed: {host}/pier:1.0.0_b\nDigest: {result['manifest_digest']}\n{host}/pier:1.0.0_b contains an underscore.\n"
    )
    assert result["command"] == f"helm push {registry.archive} {registry.destination} --username me --password ******** --plain-http"
    assert registry.push()["stdout"] == ""


def test_the_time_in_the_manifest(registry: Place) -> None:
    digest = registry.push()["manifest_digest"]
    assert isinstance(registry.server, FakeRegistry)
    assert b'"org.opencontainers.image.created":"2023-11-14T22:13:20Z"' in registry.server.manifests[digest]
    registry.environ["SOURCE_DATE_EPOCH"] = "86400"
    registry.archive.write_bytes(OTHER)
    digest = registry.push(on_exists="replace")["manifest_digest"]
    assert b'"org.opencontainers.image.created":"1970-01-02T00:00:00Z"' in registry.server.manifests[digest]


@pytest.mark.parametrize(
    ("params", "kind", "says", "helm"),
    [
        ({"chart_ref": "{folder}/none.tgz"}, ChartNotFound, "there is no file {folder}/none.tgz", "{folder}/none.tgz: no such file"),
        (
            {"chart_ref": "{folder}"},
            ChartLoadError,
            "is a directory; package the chart",
            "cannot push directory, must provide chart archive (.tgz)",
        ),
        ({"chart_ref": "{folder}/text.tgz"}, ChartLoadError, "text.tgz", None),
        ({"chart_ref": ""}, OptionError, "chart_ref is missing", None),
        ({"chart_ref": "/dev/zero"}, ChartLoadError, "is a device", None),
        ({"destination": ""}, OptionError, "destination is empty", None),
        ({"destination": "http2://x"}, OptionError, "has the scheme 'http2'", 'scheme "http2" not supported'),
        (
            {"destination": "oci://h/UPPER"},
            OptionError,
            "upper-case letters",
            "invalid reference: its path has upper-case letters, which registries do not allow",
        ),
        ({"chart_version": "2.0.0"}, OptionError, "chart_version is '2.0.0', but the archive in chart_ref has '1.0.0+b'", None),
        ({"chart_name": "quay", "chart_version": "1", "state": "present"}, OptionError, "chart_ref is missing", None),
        (
            {"chart_name": "quay", "state": "absent"},
            OptionError,
            "chart_version is ''; with state=absent, set chart_name and chart_version",
            None,
        ),
        ({"chart_name": "../quay", "chart_version": "1", "state": "absent"}, OptionError, "chart_name is '../quay'", None),
        ({"repo_username": "me"}, OptionError, "repo_username is specified without repo_password", None),
        ({"chart_ssl_key_file": "/x"}, OptionError, "chart_ssl_key_file is specified without chart_ssl_cert_file", None),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_refused(check_mode: bool, params: dict[str, str], kind: type[EngineError], says: str, helm: str | None, registry: Place) -> None:
    (registry.folder / "text.tgz").write_text("no archive")
    given = {key: value.format(folder=registry.folder) for key, value in params.items()}
    with pytest.raises(kind) as caught:
        registry.push(check_mode=check_mode, **given)
    assert says.format(folder=registry.folder) in caught.value.message
    if helm is not None:
        assert caught.value.helm == helm.format(folder=registry.folder)
    assert isinstance(registry.server, FakeRegistry)
    assert registry.server.asked == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    place = Place("folder", tmp_path, None)
    (tmp_path / "charts").write_text("a file")
    for check_mode in (True, False):
        with pytest.raises(OptionError, match=r"destination: .*/charts/pier-1\.0\.0\+b\.tgz cannot be written"):
            place.push(check_mode=check_mode)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    place = Place("folder", tmp_path, None)
    (tmp_path / "charts" / "pier-1.0.0+b.tgz").mkdir(parents=True)
    with pytest.raises(OptionError, match="is not a regular file"):
        place.push()


def test_a_large_provenance_file(registry: Place) -> None:
    registry.proof.write_bytes(b"x" * 2_000_000)
    with pytest.raises(OperatorError, match="has more than 1048576 bytes, so it is not a provenance file"):
        registry.push()
