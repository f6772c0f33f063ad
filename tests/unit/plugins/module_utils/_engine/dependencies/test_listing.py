# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of dependencies; ``tests/interop`` compares them with helm's."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, Dependency, Metadata
from ansible_collections.windlass.charts.plugins.module_utils._engine.dependencies.listing import ChartsFolder, listing, status, strays


def chart(name: str, version: str) -> Chart:
    return Chart(Metadata("v2", name, version))


A = Dependency("a", "1.x", "https://h")
CASES: list[tuple[str, dict[str, Chart | None], dict[str, Chart | None], str]] = [
    ("nothing", {}, {}, "missing"),
    ("an archive", {"a-1.2.0.tgz": chart("a", "1.2.0")}, {}, "ok"),
    ("another version", {"a-2.0.0.tgz": chart("a", "2.0.0")}, {}, "wrong version"),
    ("a version that is none", {"a-x.tgz": chart("a", "x")}, {}, "invalid version"),
    ("a broken archive", {"a-1.2.0.tgz": None}, {}, "corrupt"),
    ("another chart", {"a-1.2.0.tgz": chart("b", "1.2.0")}, {}, "misnamed"),
    ("two archives", {"a-1.2.0.tgz": chart("a", "1.2.0"), "a-1.3.0.tgz": chart("a", "1.3.0")}, {}, "too many matches"),
    ("one of another name", {"a-1.2.0.tgz": chart("a", "1.2.0"), "a-b-1.0.0.tgz": chart("a-b", "1.0.0")}, {}, "ok"),
    ("one without its name", {"other.tgz": chart("a", "1.2.0")}, {}, "unpacked"),
    ("a folder", {}, {"a": chart("a", "1.2.0")}, "unpacked"),
    ("a folder of another name", {}, {"x": chart("a", "1.2.0")}, "unpacked"),
    ("another version in a folder", {}, {"a": chart("a", "2.0.0")}, "wrong version"),
    ("a folder that is ignored", {}, {"_a": chart("a", "1.2.0"), ".a": chart("a", "1.2.0")}, "missing"),
    ("a folder without a chart", {}, {"a": None}, "missing"),
    ("two that are not versions", {"a-x.tgz": chart("a", "1.2.0"), "a-y.tgz": chart("a", "1.2.0")}, {"a": chart("a", "1.0.0")}, "unpacked"),
]


@pytest.mark.parametrize(("archives", "folders", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_status(archives: dict[str, Chart | None], folders: dict[str, Chart | None], wanted: str) -> None:
    assert status(A, ChartsFolder(archives, folders)) == wanted


def test_names_and_ranges_that_are_not_valid() -> None:
    folder = ChartsFolder({}, {"a": chart("a", "1.0.0")})
    assert status(Dependency("[", "1"), folder) == "missing"
    assert status(Dependency("[", "1"), ChartsFolder({"a-1.tgz": None}, {})) == "bad pattern"
    assert status(Dependency("a", "new"), folder) == "invalid version"
    assert status(Dependency("a", "new"), ChartsFolder({}, {"a": chart("a", "new")})) == "unpacked"


def test_what_belongs_to_no_dependency() -> None:
    folder = ChartsFolder({"x.tgz": None, "a-1.0.0.tgz": chart("a", "1.0.0"), "b-1.0.0.tgz": chart("b", "1.0.0")}, {"c": None})
    assert strays([A], folder) == [("b-1.0.0.tgz", True), ("c", False), ("x.tgz", False)]
    assert ChartsFolder.of({"x.tgz": b"broken", "README.md": b""}, {}).archives == {"x.tgz": None}


def test_the_table() -> None:
    folder = ChartsFolder({"b.tgz": chart("b", "1.0.0"), 'x".tgz': None}, {})
    wide = Dependency("größe", "1", "x" * 90)
    assert listing("/c", [A, wide], folder, strays([A, wide], folder)) == (
        "NAME \tVERSION\tREPOSITORY" + " " * 70 + "\tSTATUS \n"
        "a    \t1.x    \thttps://h" + " " * 71 + "\tmissing\n"
        "größe\t1      \t" + "x" * 77 + "...\tmissing\n"
        "\n"
        'WARNING: "/c/charts/b.tgz" is not in Chart.yaml.\n'
        'WARNING: "/c/charts/x\\".tgz" is not a chart.\n'
    )
    assert listing("/c", None, folder, []) == "WARNING: no dependencies at /c/charts\n"
