# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``verify`` and ``chart_digest`` for charts in a registry, and what a registry may do against them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import openpgp
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FetchedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import CHART, PROVENANCE
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, sign

sys.path.insert(0, str(Path(__file__).parent))
from fake_registry import FakeRegistry, Reply, archive, sha256

RECORDED = json.loads((Path(__file__).resolve().parents[1] / "openpgp" / "recorded.json").read_text())
PATH = {"PATH": "/usr/bin"}
ONE = archive()  # once: an archive has the time in it


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    yield made
    made.stop()


def add(registry: FakeRegistry, tag: str, chart: bytes, prov: bytes | None) -> str:
    """A chart with its provenance file; returns the digest of its manifest."""
    layers = [{"mediaType": CHART, "digest": sha256(chart), "size": len(chart)}]
    if prov is not None:
        registry.blobs[sha256(prov)] = prov
        layers.append({"mediaType": PROVENANCE, "digest": sha256(prov), "size": len(prov)})
    return registry.add(tag, chart, layers=layers)


def signed(chart: bytes, name: str, key: str = "ed") -> bytes:
    return sign(chart, name, Keyring.read(RECORDED[key]["secret"].encode(), "secret"), "", "", openpgp(PATH))


def fetch(
    registry: FakeRegistry, tmp_path: Path, verify: str = "always", digest: str = "", version: str = "1.0.0", ref: str = "pier"
) -> FetchedChart:
    (tmp_path / "ring.asc").write_text(RECORDED["ed"]["public"])
    trust = Trust(verify, "ring.asc", digest)
    reference = ChartReference(
        f"oci://{registry.host}/a/{ref}", version=version, access=Access(plain_http=True), trust=trust, folder=str(tmp_path)
    )
    return resolve(reference, {"HOME": str(tmp_path), **PATH})


@pytest.mark.parametrize("version", ["1.0.0", "", "~1.0.0", "digest"])
def test_a_signed_chart(registry: FakeRegistry, tmp_path: Path, version: str) -> None:
    digest = add(registry, "1.0.0", ONE, signed(ONE, "pier-1.0.0.tgz"))
    found = fetch(registry, tmp_path, version=digest if version == "digest" else version)
    assert found.provenance is not None
    assert found.provenance["signed_by"] == ["ed <ed@example.com>"]
    assert found.archive_digest == sha256(ONE)


def test_build_metadata_is_part_of_the_name(registry: FakeRegistry, tmp_path: Path) -> None:
    chart = archive(version="1.0.0+build.1")
    add(registry, "1.0.0_build.1", chart, signed(chart, "pier-1.0.0+build.1.tgz"))
    assert fetch(registry, tmp_path, version="1.0.0+build.1").provenance


@pytest.mark.parametrize("version", ["2.0.0-rc.1", ">1-0"])
def test_a_tag_in_lower_case(registry: FakeRegistry, tmp_path: Path, version: str) -> None:
    """Gitea lists tags so. The signed name has the letters of the chart."""
    chart = archive(version="2.0.0-RC.1")
    add(registry, "2.0.0-rc.1", chart, signed(chart, "pier-2.0.0-RC.1.tgz"))
    assert fetch(registry, tmp_path, version=version).provenance
    add(registry, "2.0.0-rc.2", chart, signed(chart, "pier-2.0.0-RC.1.tgz"))
    with pytest.raises(VerificationError, match=r"was signed for pier-2\.0\.0-RC\.1\.tgz, not for pier-2\.0\.0-rc\.2\.tgz"):
        fetch(registry, tmp_path, version="2.0.0-rc.2")


def test_a_signed_chart_under_the_tag_of_another_version(registry: FakeRegistry, tmp_path: Path) -> None:
    """Who can write to the registry offers an old chart as a new one."""
    add(registry, "2.0.0", ONE, signed(ONE, "pier-1.0.0.tgz"))
    with pytest.raises(VerificationError, match=r"was signed for pier-1\.0\.0\.tgz, not for pier-2\.0\.0\.tgz") as caught:
        fetch(registry, tmp_path, version="2.0.0")
    assert caught.value.fields["reason"] == "not_listed"


@pytest.mark.parametrize(
    ("chart", "key", "reason"), [(ONE, "nist", "unknown_key"), (archive(filling=b"other"), "ed", "checksum"), (ONE, None, "missing")]
)
def test_what_is_not_confirmed_is_refused(registry: FakeRegistry, tmp_path: Path, chart: bytes, key: str | None, reason: str) -> None:
    add(registry, "1.0.0", chart, None if key is None else signed(ONE, "pier-1.0.0.tgz", key))
    with pytest.raises(VerificationError) as caught:
        fetch(registry, tmp_path)
    assert caught.value.fields["reason"] == reason


def test_without_a_provenance_file_and_if_possible(registry: FakeRegistry, tmp_path: Path) -> None:
    add(registry, "1.0.0", ONE, None)
    found = fetch(registry, tmp_path, verify="if_possible")
    assert found.provenance is None
    assert len(found.warnings) == 1
    assert "has no provenance file (pier-1.0.0.tgz.prov); it was not verified." in found.warnings[0]


def test_a_provenance_layer_that_is_not_delivered_is_not_a_missing_one(registry: FakeRegistry, tmp_path: Path) -> None:
    prov = signed(ONE, "pier-1.0.0.tgz")
    add(registry, "1.0.0", ONE, prov)
    del registry.blobs[sha256(prov)]
    with pytest.raises(EngineError):
        fetch(registry, tmp_path, verify="if_possible")
    registry.blobs[sha256(prov)] = prov + b"altered"
    with pytest.raises(EngineError):
        fetch(registry, tmp_path, verify="if_possible")


def test_another_checksum_is_refused_before_the_archive_is_fetched(registry: FakeRegistry, tmp_path: Path) -> None:
    add(registry, "1.0.0", ONE, None)
    with pytest.raises(VerificationError, match="it is another archive"):
        fetch(registry, tmp_path, "never", "0" * 64)
    assert not any("/blobs/" in path for path in registry.paths)
    assert fetch(registry, tmp_path, "never", sha256(ONE).partition(":")[2]).chart.name == "pier"


def test_an_entry_of_an_index_that_leads_to_a_registry_is_verified(registry: FakeRegistry, tmp_path: Path) -> None:
    add(registry, "1.0.0", ONE, None)
    entry = {"name": "pier", "version": "1.0.0", "urls": [f"oci://{registry.host}/a/pier:1.0.0"]}
    (tmp_path / "ring.asc").write_text(RECORDED["ed"]["public"])
    index = json.dumps({"apiVersion": "v1", "entries": {"pier": [entry]}}).encode()
    registry.disturb = lambda asked: Reply(body=index) if asked.path == "/index.yaml" else None
    trust = Trust("always", "ring.asc", "")
    reference = ChartReference(
        "pier", repo_url=f"http://{registry.host}", access=Access(plain_http=True), trust=trust, folder=str(tmp_path)
    )
    with pytest.raises(VerificationError, match="has no provenance file"):
        resolve(reference, {"HOME": str(tmp_path), **PATH})
