# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which version of a dependency is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Dependency
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FoundArchive
from ansible_collections.windlass.charts.plugins.module_utils._engine.dependencies.resolve import Archives, Sources, resolve
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartLoadError,
    ChartNotFound,
    EngineError,
    RepositoryError,
)


class Listed:
    def __init__(self, versions: Sequence[str]) -> None:
        self.all = versions
        self.lists = 0

    def versions(self) -> Sequence[str]:
        self.lists += 1
        return self.all

    def find(self, version: str) -> FoundArchive:
        return FoundArchive(f"x-{version}.tgz", "somewhere", lambda: b"", lambda: None)


class FakeSources(Sources):
    def __init__(self, versions: Sequence[str] = (), inside: str = "") -> None:
        self.listed = Listed(versions)
        self.inside = inside
        self.asked: list[str] = []

    def archives(self, dependency: Dependency) -> Archives:
        self.asked.append(dependency.repository)
        if dependency.repository == "https://broken":
            raise RepositoryError("https://broken returned 500.", helm="failed to fetch", url="https://broken")
        return self.listed

    def version_in_charts(self, name: str) -> str:
        return self.inside


VERSIONS = ["2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.5+b", "1.9.5", "v1.2.0", "1.1", "latest"]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("^1", "1.10.0"),
        ("*", "2.0.0"),
        (">=2.0.0-0 <2.0.0", "2.0.0-rc.1"),
        ("~1.9", "1.9.5+b"),
        ("1.9.5", "1.9.5"),  # the same text comes first
        ("1.9.5+b", "1.9.5+b"),
        ("1.9.5+c", "1.9.5+b"),  # build metadata is not compared
        ("1.2.0", "v1.2.0"),
        ("v1.2.0", "v1.2.0"),
        ("1.1.0", "1.1"),
        ("1.1", "1.1"),
    ],
)
def test_the_newest_that_is_allowed(wanted: str, chosen: str) -> None:
    found = resolve([Dependency("x", wanted, "https://h", alias="y", tags=["z"])], FakeSources(VERSIONS), from_lock=False)
    assert [(one.dependency, one.archive and one.archive.file_name) for one in found] == [(Dependency("x", chosen, "https://h"), f"x-{chosen}.tgz")]


@pytest.mark.parametrize(("wanted", "lists"), [("1.9.5", 0), ("1.9", 0), ("v1.2.3+b", 0), ("^1", 1), ("1.x", 1)])
def test_an_exact_version_in_a_registry_lists_no_tags(wanted: str, lists: int) -> None:
    sources = FakeSources(["1.10.0"])
    found = resolve([Dependency("x", wanted, "oci://h/a")], sources, from_lock=False)
    assert sources.listed.lists == lists
    assert found[0].dependency.version == ("1.10.0" if lists else wanted)


def test_all_that_are_missing_are_named() -> None:
    given = [Dependency("one", "^7", "https://u:secret@h/a"), Dependency("two", ">9", "oci://h/b"), Dependency("x", "1.x", "https://h")]
    with pytest.raises(ChartNotFound) as caught:
        resolve(given, FakeSources(VERSIONS), from_lock=False)
    assert caught.value.message == (
        "There is not an allowed version of 2 of the dependencies: one '^7' in https://h/a, which has 2.0.0, 2.0.0-rc.1, 1.10.0, 1.9.5+b, 1.9.5 "
        "and 3 more; two '>9' in oci://h/b, which has 2.0.0, 2.0.0-rc.1, 1.10.0, 1.9.5+b, 1.9.5 and 3 more. Publish the version, or change the "
        "range in the chart."
    )
    assert caught.value.helm == (
        "can't get a valid version for 2 subchart(s): \"one\" (repository \"https://h/a\", version \"^7\"), \"two\" (repository \"oci://h/b\", "
        "version \">9\"). Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml"
    )
    with pytest.raises(ChartNotFound, match=r"There is not the locked version of 1 .* which has none. .* with state: latest"):
        resolve(given[:1], FakeSources(), from_lock=True)


def test_a_chart_in_the_folder() -> None:
    sources = FakeSources(inside="1.5.0")
    found = resolve([Dependency("x", ">=1")], sources, from_lock=False)
    assert (found[0].dependency, found[0].archive, sources.asked) == (Dependency("x", ">=1"), None, [])
    for version in ("0.9.0", "new"):
        with pytest.raises(ChartLoadError, match=f"charts/x contains version {version}, which '>=1' does not allow") as caught:
            resolve([Dependency("x", ">=1")], FakeSources(inside=version), from_lock=False)
        assert caught.value.helm == f"dependency x at version {version} does not satisfy the constraint >=1"


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0b"])
def test_a_name_that_would_be_a_path_is_refused(name: str) -> None:
    sources = FakeSources(["1.0.0"])
    with pytest.raises(ChartLoadError, match="Its name is not the name of a chart"):
        resolve([Dependency(name, "1.x", "https://h")], sources, from_lock=False)
    assert sources.asked == []


@pytest.mark.parametrize(
    ("dependency", "error", "message"),
    [
        (Dependency("x", "", "https://h"), ChartLoadError, "The dependency x cannot be resolved. It has no version; set a version"),
        (Dependency("x", "new", "https://h"), ChartLoadError, "The dependency x cannot be resolved. Its version 'new' is not a version or a range"),
        (Dependency("x", "1", "https://broken"), RepositoryError, "The dependency x cannot be resolved. https://broken returned 500."),
    ],
)
def test_errors_name_the_dependency(dependency: Dependency, error: type[EngineError], message: str) -> None:
    with pytest.raises(error) as caught:
        resolve([dependency], FakeSources(), from_lock=False)
    assert caught.value.message.startswith(message)
    assert caught.value.fields["dependency"] == "x"
