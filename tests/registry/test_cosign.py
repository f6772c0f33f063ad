# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Charts that the real cosign signs in a real registry: the decision of this collection is cosign's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import servers
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference, Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import INDEX, MANIFEST
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.signatures import (
    referrers_tag,
    signature_tag,
)
from real_helm import Helm

#: no transparency log and no list of services on the internet
OFFLINE = ("--use-signing-config=false", "--tlog-upload=false", "--yes")
INSECURE = ("--allow-http-registry", "--allow-insecure-registry")


class Chart:
    """A chart in a registry, and the keys of its signers."""

    def __init__(self, host: str, name: str, digest: str, home: Path) -> None:
        self.url = f"http://{host}/v2/{name}"
        self.image = f"{host}/{name}@{digest}"
        self.digest = digest
        self.home = home
        self.cosign = servers.program("cosign")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        env = {"HOME": str(self.home), "PATH": os.environ["PATH"], "COSIGN_PASSWORD": "secret"}
        return subprocess.run([self.cosign, *words], env=env, cwd=self.home, capture_output=True, text=True, timeout=120, check=False)

    def must(self, *words: str) -> None:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr

    def key(self, name: str, openssl: tuple[str, ...] = ()) -> None:
        if openssl:
            private = subprocess.run(["openssl", *openssl], capture_output=True, check=True).stdout
            (self.home / f"{name}.pem").write_bytes(private)
            self.must("import-key-pair", "--key", f"{name}.pem", "--output-key-prefix", name)
        else:
            self.must("generate-key-pair", "--output-key-prefix", name)

    def sign(self, name: str, *more: str) -> None:
        self.must("sign", *INSECURE, *OFFLINE, "--key", f"{name}.key", *more, self.image)

    def cosign_accepts(self, name: str, *more: str) -> bool:
        return self.run("verify", *INSECURE, "--insecure-ignore-tlog", "--key", f"{name}.pub", *more, self.image).returncode == 0

    def verified(self, name: str) -> Mapping[str, Any]:
        """The return value ``cosign`` of a task. Raises ``VerificationError``."""
        registry, _slash, repository = self.image.partition("@")[0].partition("/")
        reference = ChartReference(
            f"oci://{registry}/{repository}@{self.digest}",
            access=Access(plain_http=True),
            trust=Trust(cosign_key=f"{name}.pub"),
            folder=str(self.home),
        )
        found = resolve(reference, {"HOME": str(self.home), "PATH": os.environ["PATH"]}).cosign
        assert found is not None
        assert found["digest"] == self.digest
        return found


@pytest.fixture
def chart(plain_registry: servers.Registry, helm: Helm, project: str, packaged: Callable[..., Path], tmp_path: Path) -> Chart:
    said = helm.must("push", packaged(), f"oci://{plain_registry.host}/{project}", *plain_registry.flags)
    digest = said.split("Digest: ")[1].split()[0]
    home = tmp_path / "cosign"
    home.mkdir()
    return Chart(plain_registry.host, f"{project}/pier", digest, home)


KEYS = {"p256": (), "rsa": ("genrsa", "2048"), "p384": ("ecparam", "-name", "secp384r1", "-genkey", "-noout")}
OLD = "--new-bundle-format=false"


@pytest.mark.parametrize("more", [(), (OLD,)], ids=["bundle", "tag"])
@pytest.mark.parametrize("kind", KEYS)
def test_what_cosign_signs_is_confirmed(chart: Chart, kind: str, more: tuple[str, ...]) -> None:
    chart.key("own", KEYS[kind])
    chart.key("other")
    chart.sign("own", "-a", "env=prod", *more)
    # cosign signs with the hash algorithm of the curve, and must be told to verify with it
    assert chart.cosign_accepts("own", *(["--signature-digest-algorithm=sha384"] if kind == "p384" else []))
    assert chart.verified("own")["annotations"] == {"env": "prod"}
    assert not chart.cosign_accepts("other")
    with pytest.raises(VerificationError, match="was not made with this public key"):
        chart.verified("other")


@pytest.mark.parametrize("more", [(), (OLD,)], ids=["bundle", "tag"])
def test_signatures_of_several_keys(chart: Chart, more: tuple[str, ...]) -> None:
    for name in ("first", "second"):
        chart.key(name)
        chart.sign(name, *more)
    for name in ("first", "second"):
        assert chart.cosign_accepts(name)
        assert chart.verified(name)["digest"] == chart.digest


def test_without_a_signature(chart: Chart) -> None:
    chart.key("own")
    assert not chart.cosign_accepts("own")
    with pytest.raises(VerificationError, match="has no cosign signature"):
        chart.verified("own")


@pytest.mark.parametrize("more", [(), (OLD,)], ids=["bundle", "tag"])
def test_a_signature_of_another_chart_that_was_copied(
    chart: Chart, plain_registry: servers.Registry, helm: Helm, packaged: Callable[..., Path], project: str, more: tuple[str, ...]
) -> None:
    """Who can write to the registry puts a signature of another chart next to this one."""
    chart.key("own")
    said = helm.must("push", packaged(version="2.0.0"), f"oci://{plain_registry.host}/{project}", *plain_registry.flags)
    other = Chart(plain_registry.host, f"{project}/pier", said.split("Digest: ")[1].split()[0], chart.home)
    other.sign("own", *more)
    source, target = (signature_tag, signature_tag) if more else (referrers_tag, referrers_tag)
    kind = MANIFEST if more else INDEX
    manifest = requests.get(f"{chart.url}/manifests/{source(other.digest)}", headers={"Accept": kind}, timeout=30)
    manifest.raise_for_status()
    place = f"{chart.url}/manifests/{target(chart.digest)}"
    requests.put(place, data=manifest.content, headers={"Content-Type": kind}, timeout=30).raise_for_status()
    assert not chart.cosign_accepts("own")
    with pytest.raises(VerificationError, match="is valid, but was made for another manifest") as caught:
        chart.verified("own")
    assert caught.value.fields["reason"] == "other_manifest"


def test_an_attestation_is_no_signature(chart: Chart) -> None:
    """The one difference: cosign accepts what the key has signed, whatever it says."""
    chart.key("own")
    (chart.home / "predicate").write_text("text")
    chart.must("attest", *INSECURE, *OFFLINE, "--key", "own.key", "--type", "custom", "--predicate", "predicate", chart.image)
    assert chart.cosign_accepts("own")
    with pytest.raises(VerificationError, match="which does not count as a signature"):
        chart.verified("own")
