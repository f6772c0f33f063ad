# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``verify`` and ``chart_digest`` for charts in a registry.

The provenance file is a layer, as ``helm push`` writes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import servers
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import openpgp
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FetchedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pgp_packets import read_keyring
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, sign
from real_helm import Helm

ROOT = Path(__file__).resolve().parents[2]
RECORDED = json.loads((ROOT / "tests/unit/plugins/module_utils/_adapters/openpgp/recorded.json").read_text())


class Place:
    """A repository in a registry to which charts are pushed, and a keyring."""

    def __init__(self, registry: servers.Registry, helm: Helm, project: str, home: Path) -> None:
        self.registry = registry
        self.helm = helm
        self.url = f"oci://{registry.host}/{project}"
        self.home = home
        self.keyring = home / "ring.gpg"
        self.keyring.write_bytes(b"".join(read_keyring((RECORDED["ed"]["public"] + RECORDED["rsa"]["public"]).encode())))

    def push(self, archive: Path, key: str = "ed") -> str:
        """The digest of the manifest."""
        if key:
            secret = Keyring.read(RECORDED[key]["secret"].encode(), "secret")
            prov = sign(archive.read_bytes(), archive.name, secret, "", "", openpgp(os.environ))
            archive.with_name(f"{archive.name}.prov").write_bytes(prov)
        said = self.helm.must("push", archive, self.url, *self.registry.flags)
        return said.split("Digest: ")[1].split()[0]

    def fetch(self, verify: str = "never", digest: str = "", ref: str = "pier", version: str = "1.0.0") -> FetchedChart:
        trust = Trust(verify, str(self.keyring), digest)
        access = Access(plain_http=True)
        reference = ChartReference(f"{self.url}/{ref}", version=version, access=access, trust=trust)
        return resolve(reference, {"HOME": str(self.home), "PATH": os.environ["PATH"]})

    def helm_accepts(self, helm: Helm) -> bool:
        folder = self.home / "pulled"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        options = ["--version", "1.0.0", "--verify", "--keyring", str(self.keyring), "-d", folder, *self.registry.flags]
        return helm.run("pull", f"{self.url}/pier", *options).returncode == 0


@pytest.fixture
def place(plain_registry: servers.Registry, helm: Helm, project: str, tmp_path: Path) -> Place:
    return Place(plain_registry, helm, project, tmp_path)


@pytest.mark.parametrize("key", ["ed", "rsa"])
def test_a_signed_chart(place: Place, helm: Helm, helm3: Helm, packaged: Callable[..., Path], key: str) -> None:
    archive = packaged()
    digest = place.push(archive, key)
    found = place.fetch("always")
    assert found.provenance is not None
    assert found.provenance["signed_by"] == [f"{key} <{key}@example.com>"]
    assert found.provenance["file"] == "pier-1.0.0.tgz"
    assert found.archive_digest == f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
    assert place.helm_accepts(helm)
    assert place.helm_accepts(helm3)
    assert place.fetch("always", version=digest).provenance == found.provenance
    assert place.fetch("always", version=">=1.0.0").provenance == found.provenance


def test_a_chart_signed_with_another_key(place: Place, helm: Helm, packaged: Callable[..., Path]) -> None:
    place.push(packaged(), "nist")
    assert not place.helm_accepts(helm)
    for verify in ("always", "if_possible"):
        with pytest.raises(VerificationError, match="is not a signing key of the keyring"):
            place.fetch(verify)


def test_a_chart_without_a_signature(place: Place, helm: Helm, packaged: Callable[..., Path]) -> None:
    place.push(packaged(), "")
    assert not place.helm_accepts(helm)
    assert len(place.fetch("if_possible").warnings) == 1
    with pytest.raises(VerificationError, match="has no provenance file") as caught:
        place.fetch("always")
    assert caught.value.fields["reason"] == "missing"


def test_the_checksum_of_the_archive(place: Place, packaged: Callable[..., Path]) -> None:
    archive = packaged()
    place.push(archive, "")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert place.fetch(digest=digest).archive_digest == f"sha256:{digest}"
    with pytest.raises(VerificationError, match="it is another archive"):
        place.fetch(digest="0" * 64)
