# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every sink does alike: a folder, a registry, and each server with ChartMuseum's API."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.sinks.locate import sink_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.sink import ChartSink, PackedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, OperatorError, OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.push import packed_chart

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "registry")]
from fake_museum import FakeMuseum
from fake_registry import FakeRegistry, archive

ACCOUNT = ("robot$ci+build", "p:w$rd")
MUSEUMS = {
    "chartmuseum": {},
    "chartmuseum without force": {},
    "chartmuseum with tenants": {"root": "/org/repo"},
    "chartmuseum below a path": {"root": "/museum/org/repo", "context": "/museum"},
    "harbor": {"kind": "harbor", "root": "/chartrepo/library"},
    "gitea": {"kind": "gitea", "root": "/api/packages/owner/helm", "context": "/api/packages/owner/helm"},
    "gitea with another spelling of the owner": {"kind": "gitea", "root": "/api/packages/OWNER/helm", "context": "/api/packages/Owner/helm"},
    "gitlab": {"kind": "gitlab", "root": "/api/v4/projects/7/packages/helm/stable", "context": "/api/v4/projects/7/packages/helm"},
}
SMALL, OTHER = archive(), archive(filling=b"other")


class Place:
    """A sink, and what a server does not have."""

    def __init__(self, sink: ChartSink, kind: str, warnings: list[str]) -> None:
        self.sink, self.kind, self.warnings = sink, kind, warnings
        self.has_proofs = "gitea" not in kind
        self.deletes = "git" not in kind
        self.replaces = kind != "chartmuseum without force"


@pytest.fixture(params=["folder", "registry", *MUSEUMS])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    environ, warnings, access = {"HOME": str(tmp_path)}, [], Access(username=ACCOUNT[0], password=ACCOUNT[1], plain_http=True)
    if request.param == "folder":
        yield Place(sink_of(str(tmp_path / "new" / "folder"), access, environ, warnings.append), "folder", warnings)
        return
    server = FakeRegistry() if request.param == "registry" else FakeMuseum(**MUSEUMS[request.param], account=ACCOUNT)
    url = f"oci://{server.host}/a" if isinstance(server, FakeRegistry) else server.url
    if isinstance(server, FakeMuseum):
        server.may_force = request.param != "chartmuseum without force"
    yield Place(sink_of(url, access, environ, warnings.append), request.param, warnings)
    server.stop()


def packed(data: bytes, proof: bool = False) -> PackedChart:
    """A chart; its provenance file names the chart, as ChartMuseum reads it there."""
    digest = hashlib.sha256(data).hexdigest()
    return packed_chart(
        data, "pier-1.0.0.tgz", 0, f"name: pier\nversion: 1.0.0\nfiles:\n  pier-1.0.0.tgz: sha256:{digest}\n".encode() if proof else None
    )


def test_pushed_and_found(place: Place) -> None:
    assert place.sink.find("pier", "1.0.0") is None
    place.sink.check("pier", "1.0.0")
    stored = place.sink.push(packed(SMALL), None)
    assert place.sink.find("pier", "1.0.0") == stored
    assert stored.digest == hashlib.sha256(SMALL).hexdigest()
    assert place.sink.find("pier", "1.0.1") is None
    assert place.sink.find("quay", "1.0.0") is None
    assert "pier" in place.sink.address("pier", "1.0.0")
    assert place.warnings == []


def test_with_provenance(place: Place) -> None:
    if not place.has_proofs:
        with pytest.raises(
            OperatorError, match=r"has no API for provenance files .404: 404 page not found.; nothing was pushed. Set provenance to false"
        ):
            place.sink.push(packed(SMALL, proof=True), None)
        assert place.sink.find("pier", "1.0.0") is None
        return
    stored = place.sink.push(packed(SMALL, proof=True), None)
    assert stored.proof
    assert place.sink.find("pier", "1.0.0", proof=True) == stored


def test_provenance_is_added_to_what_is_there(place: Place) -> None:
    if not place.has_proofs:
        pytest.skip("no API for provenance files")
    first = place.sink.push(packed(SMALL), None)
    assert place.sink.find("pier", "1.0.0", proof=True) == first
    second = place.sink.push(packed(SMALL, proof=True), first)
    assert place.sink.find("pier", "1.0.0", proof=True) == second
    assert second.digest == first.digest


def test_replaced(place: Place) -> None:
    first = place.sink.push(packed(SMALL, proof=place.has_proofs), None)
    if not place.replaces:
        with pytest.raises(
            EngineError, match=r"has another chart under this name and version and does not allow to replace it .409: file already exists"
        ):
            place.sink.push(packed(OTHER), first)
        return
    second = place.sink.push(packed(OTHER, proof=place.has_proofs), first)
    assert place.sink.find("pier", "1.0.0", proof=place.has_proofs) == second
    assert second.digest != first.digest


def test_replaced_by_a_chart_without_provenance(place: Place) -> None:
    if not (place.replaces and place.has_proofs):
        pytest.skip("no API for it")
    first = place.sink.push(packed(SMALL, proof=True), None)
    second = place.sink.push(packed(OTHER), first)
    found = place.sink.find("pier", "1.0.0", proof=True)
    assert found is not None
    if place.kind in ("folder", "registry"):
        assert found == second
    else:
        assert replace(found, proof="") == second
        assert "the provenance file of the old archive is still there" in place.warnings[0]


def test_removed(place: Place) -> None:
    stored = place.sink.push(packed(SMALL, proof=place.has_proofs), None)
    if not place.deletes:
        with pytest.raises(
            OperatorError, match=r"does not allow to delete pier 1.0.0 .404: 404 page not found.; delete it with the tools of the server"
        ):
            place.sink.delete("pier", "1.0.0", stored)
        return
    place.sink.delete("pier", "1.0.0", stored)
    assert place.sink.find("pier", "1.0.0", proof=True) is None
    again = place.sink.push(packed(SMALL), None)
    assert place.sink.find("pier", "1.0.0", proof=True) == again


@pytest.mark.parametrize(
    ("destination", "says"),
    [
        ("", "destination is empty"),
        ("s3://bucket", "has the scheme 's3'; use oci://"),
        ("https://me:secret@h/x", "destination https://h/x contains credentials"),
        ("https://h/x?a=b", "contains credentials, a query or a fragment"),
        ("a\0b", "null byte"),
    ],
)
def test_destinations_that_are_none(destination: str, says: str) -> None:
    with pytest.raises(OptionError, match=says) as caught:
        sink_of(destination, Access(), {}, lambda _sentence: None)
    assert "secret" not in str(caught.value)
