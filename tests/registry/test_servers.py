# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registries of the tests work as described.

The real helm 3 and 4 push to each and pull from each, and what should be rejected is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import servers
from real_helm import Helm
from recorder import Recorder

KINDS = ["plain_registry", "tls_registry", "mtls_registry", "htpasswd_registry", "token_registry"]


def _access(registry: servers.Registry, kind: str) -> list[str]:
    words = list(registry.flags)
    if kind == "mtls_registry":
        assert registry.authority is not None
        words += ["--cert-file", str(registry.authority.client), "--key-file", str(registry.authority.client_key)]
    if kind in ("htpasswd_registry", "token_registry"):
        words += ["--username", servers.USER, "--password", servers.PASSWORD]
    return words


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_helm_pushes_and_pulls(
    kind: str, version: str, request: pytest.FixtureRequest, project: str, packaged: Callable[..., Path], tmp_path: Path
) -> None:
    registry, helm = request.getfixturevalue(kind), request.getfixturevalue(version)
    archive, access = packaged(), _access(registry, kind)
    output = helm.must("push", archive, f"oci://{registry.host}/{project}", *access)
    assert f"Pushed: {registry.host}/{project}/pier:1.0.0" in output
    helm.must("pull", f"oci://{registry.host}/{project}/pier", "--version", "1.0.0", "-d", tmp_path, *access)
    assert (tmp_path / "pier-1.0.0.tgz").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("kind", ["htpasswd_registry", "token_registry"])
@pytest.mark.parametrize("words", [[], ["--username", servers.USER, "--password", "wrong"]])
def test_wrong_credentials_are_refused(
    kind: str, words: list[str], request: pytest.FixtureRequest, helm: Helm, project: str, packaged: Callable[..., Path]
) -> None:
    registry = request.getfixturevalue(kind)
    done = helm.run("push", packaged(), f"oci://{registry.host}/{project}", *registry.flags, *words)
    assert done.returncode == 1
    assert "401" in done.stderr or "credential not found" in done.stderr or "unauthorized" in done.stderr.lower()


def test_a_reader_cannot_push(token_registry: servers.Registry, helm: Helm, project: str, packaged: Callable[..., Path]) -> None:
    words = ["--username", servers.READER, "--password", servers.READ_PASSWORD]
    done = helm.run("push", packaged(), f"oci://{token_registry.host}/{project}", *token_registry.flags, *words)
    assert done.returncode == 1
    assert "401" in done.stderr or "403" in done.stderr, done.stderr


def test_tokens_without_credentials(token_registry: servers.Registry, helm: Helm, project: str, packaged: Callable[..., Path], tmp_path: Path) -> None:
    host, flags = token_registry.host, token_registry.flags
    user = ["--username", servers.USER, "--password", servers.PASSWORD]
    for place in (f"public/{project}", project):
        helm.must("push", packaged(), f"oci://{host}/{place}", *flags, *user)
    helm.must("pull", f"oci://{host}/public/{project}/pier", "--version", "1.0.0", "-d", tmp_path, *flags)
    assert helm.run("pull", f"oci://{host}/{project}/pier", "--version", "1.0.0", "-d", tmp_path, *flags).returncode == 1


def test_tls_needs_the_authority(tls_registry: servers.Registry, helm: Helm) -> None:
    done = helm.run("pull", f"oci://{tls_registry.host}/x/pier", "--version", "1.0.0")
    assert done.returncode == 1
    assert "certificate signed by unknown authority" in done.stderr


def test_client_certificates_are_wanted(mtls_registry: servers.Registry, helm: Helm) -> None:
    done = helm.run("pull", f"oci://{mtls_registry.host}/x/pier", "--version", "1.0.0", *mtls_registry.flags)
    assert done.returncode == 1
    assert "certificate" in done.stderr


def test_a_start_takes_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    made = servers.plain(tmp_path / "registry")
    made.stop()
    assert time.monotonic() - started < 10


def test_the_recorder_passes_everything_on(
    plain_registry: servers.Registry, recorded: Callable[[Any], Recorder], helm: Helm, project: str, packaged: Callable[..., Path], tmp_path: Path
) -> None:
    recorder = recorded(plain_registry)
    archive = packaged()
    helm.must("push", archive, f"oci://{recorder.host}/{project}", "--plain-http")
    assert [request.method for request in recorder.taken()].count("PUT") == 4  # chart, config, and the manifest by digest and by tag
    helm.must("pull", f"oci://{recorder.host}/{project}/pier", "--version", "1.0.0", "-d", tmp_path, "--plain-http")
    assert (tmp_path / "pier-1.0.0.tgz").read_bytes() == archive.read_bytes()
    assert {request.method for request in recorder.taken()} == {"GET"}
