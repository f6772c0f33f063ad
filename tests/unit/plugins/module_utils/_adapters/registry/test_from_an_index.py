# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of a repository's index that lead to an OCI registry, as those of Bitnami do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FetchedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, RepositoryError

sys.path.insert(0, str(Path(__file__).parent))
from fake_registry import Asked, FakeRegistry, Reply, archive, sha256


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    yield made
    made.stop()


@pytest.fixture
def museum(registry: FakeRegistry) -> Iterator[FakeRegistry]:
    """The repository, on a host of its own."""
    made = FakeRegistry()
    yield made
    made.stop()


def lists(museum: FakeRegistry, url: str, digest: str = "") -> None:
    entry = {"name": "pier", "version": "1.0.0", "urls": [url], "digest": digest}
    index = json.dumps({"apiVersion": "v1", "entries": {"pier": [entry]}}).encode()
    museum.disturb = lambda asked: Reply(body=index) if asked.path == "/index.yaml" else None


def fetch(museum: FakeRegistry, tmp_path: Path, **more: bool) -> FetchedChart:
    access = Access(username="me", password="canary", plain_http=True, **more)
    return resolve(ChartReference("pier", repo_url=f"http://{museum.host}", access=access), {"HOME": str(tmp_path)})


@pytest.mark.parametrize("tag", [":1.0.0", ""])
def test_it_is_fetched_from_there(tag: str, registry: FakeRegistry, museum: FakeRegistry, tmp_path: Path) -> None:
    digest = registry.add("1.0.0", archive())
    for index_digest in ("", sha256(archive()), digest):
        lists(museum, f"oci://{registry.host}/a/pier{tag}", index_digest)
        assert fetch(museum, tmp_path).chart.name == "pier"


def test_the_digest_of_the_index_counts(registry: FakeRegistry, museum: FakeRegistry, tmp_path: Path) -> None:
    registry.add("1.0.0", archive())
    lists(museum, f"oci://{registry.host}/a/pier:1.0.0", sha256(b"other"))
    with pytest.raises(RepositoryError, match="does not match the index entry that leads to it"):
        fetch(museum, tmp_path)
    assert not any("/blobs/" in path for path in registry.paths)


def wants_basic(registry: FakeRegistry) -> None:
    def disturb(asked: Asked) -> Reply | None:
        return None if asked.authorization else Reply(401, headers={"WWW-Authenticate": "Basic"})

    registry.disturb = disturb


def test_credentials_of_the_repository_are_for_its_own_host(registry: FakeRegistry, museum: FakeRegistry, tmp_path: Path) -> None:
    registry.add("1.0.0", archive())
    lists(museum, f"oci://{registry.host}/a/pier:1.0.0")
    wants_basic(registry)
    with pytest.raises(RepositoryError, match="cannot be read without credentials"):
        fetch(museum, tmp_path)
    assert [asked.authorization for asked in registry.asked] == [""]
    assert fetch(museum, tmp_path, pass_credentials=True).chart.name == "pier"


def test_a_reference_that_is_not_valid(museum: FakeRegistry, tmp_path: Path) -> None:
    lists(museum, "oci://h/Upper:1.0.0")
    with pytest.raises(EngineError, match=r"The URL of pier in the index .* upper-case letters"):
        fetch(museum, tmp_path)
