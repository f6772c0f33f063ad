# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_package``: when it writes, what it writes, what it refuses.

``tests/interop`` compares what is packed with helm.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

HEAD = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    write(folder, {"Chart.yaml": HEAD, "values.yaml": "a: 1\n", "templates/b.yaml": "b: 1\n", "templates/a.yaml": "a: 1\n", "README.md": "x\n"})
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def call(chart: Path, *, check: bool = False, diff: bool = False, environ: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
    params = {"chart_ref": str(chart), "destination": str(chart.parent / "dist"), **options}
    return run(chart_package, params, check, diff, environ or {})


def names(archive: str) -> list[str]:
    with tarfile.open(archive) as tar:
        return tar.getnames()


def test_the_second_run_changes_nothing(chart: Path) -> None:
    first = call(chart)
    before = Path(first["path"]).stat()
    second = call(chart)
    assert (first["changed"], second["changed"]) == (True, False)
    assert Path(first["path"]).stat() == before
    assert {key: first[key] for key in ("path", "digest", "size")} == {key: second[key] for key in ("path", "digest", "size")}
    assert (first["stdout"], second["stdout"]) == (f"Successfully packaged chart and saved it to: {first['path']}\n", "")


def test_check_mode_predicts_and_writes_nothing(chart: Path) -> None:
    predicted = call(chart, check=True, diff=True)
    assert not (chart.parent / "dist").exists()
    done = call(chart, diff=True)
    assert {**predicted, "stdout": ""} == {**done, "stdout": ""}
    assert call(chart, check=True)["changed"] is False
    (chart / "values.yaml").write_text("a: 2\n")
    assert call(chart, check=True)["changed"] is True
    assert call(chart)["changed"] is True


def test_the_bytes_depend_on_nothing_but_the_files(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = call(chart)
    copy = chart.parent / "elsewhere" / "web"
    for file in sorted((path for path in chart.rglob("*") if path.is_file()), reverse=True):  # other order, mode, time and umask
        target = copy / file.relative_to(chart)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        target.chmod(0o600)
        os.utime(target, (1, 1))
    before = os.umask(0o077)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    try:
        second = call(copy)
    finally:
        os.umask(before)
    assert second["digest"] == first["digest"]
    assert Path(second["path"]).stat().st_mode & 0o777 == 0o644


def test_chart_yaml_is_first_and_the_rest_is_sorted(chart: Path) -> None:
    write(chart, {"charts/z/Chart.yaml": HEAD.replace("web", "z"), "charts/y/Chart.yaml": HEAD.replace("web", "y"), "Zebra": "x"})
    found = names(call(chart)["path"])
    assert found[0] == "web/Chart.yaml"
    assert found[1:] == sorted(found[1:])


@pytest.mark.parametrize(("given", "moment"), [("", 315532800), ("0", 0), ("1700000000", 1700000000)])
def test_source_date_epoch(given: str, moment: int, chart: Path) -> None:
    with tarfile.open(call(chart, environ={"SOURCE_DATE_EPOCH": given})["path"]) as tar:
        assert {member.mtime for member in tar} == {moment}


@pytest.mark.parametrize("given", ["-1", "yesterday", "1.5", "9" * 18, "٣"])
def test_source_date_epoch_that_is_no_time(given: str, chart: Path) -> None:
    failed = call(chart, environ={"SOURCE_DATE_EPOCH": given})
    assert failed["msg"].startswith("SOURCE_DATE_EPOCH is ")
    assert not (chart.parent / "dist").exists()


def test_versions_are_replaced_in_the_package_only(chart: Path) -> None:
    result = call(chart, version="1.1.0", app_version="7")
    assert (Path(result["path"]).name, result["version"], result["app_version"]) == ("web-1.1.0.tgz", "1.1.0", "7")
    with tarfile.open(result["path"]) as tar:
        assert tar.extractfile("web/Chart.yaml").read().decode() == 'apiVersion: v2\nappVersion: "7"\nname: web\nversion: 1.1.0\n'
    assert (chart / "Chart.yaml").read_text() == HEAD


def test_a_package_in_the_folder_of_its_chart_does_not_contain_itself(chart: Path) -> None:
    first = call(chart, destination=str(chart))
    assert call(chart, destination=str(chart))["changed"] is False
    assert "web/web-1.0.0.tgz" not in names(first["path"])
    again = call(chart, destination=str(chart / "charts"))
    assert call(chart, destination=str(chart / "charts"))["changed"] is False
    assert "web/charts/web/Chart.yaml" not in names(again["path"])
    assert again["warnings"] == ["The package contains web-1.0.0.tgz. If this is not intended, exclude it with .helmignore."]


def test_the_diff_lists_the_files(chart: Path) -> None:
    first = call(chart, diff=True)
    assert first["diff"]["before_header"] == "absent"
    (chart / "values.yaml").write_text("a: 22\n")
    diff = call(chart, diff=True)["diff"]
    before, after = diff["before"].splitlines(), diff["after"].splitlines()
    assert [line.split(",")[0] for line in set(after) - set(before) if line.startswith("values")] == ["values.yaml: 6 bytes"]
    assert len(set(after) - set(before)) == 2  # the archive as a whole, and that file


def test_a_file_that_is_no_archive_is_replaced(chart: Path) -> None:
    write(chart.parent, {"dist/web-1.0.0.tgz": "hello"})
    result = call(chart, diff=True)
    assert result["changed"]
    assert "not a chart archive" in result["diff"]["before"]


def test_names_of_repositories_are_warned_about(chart: Path) -> None:
    (chart / "Chart.yaml").write_text(HEAD + "dependencies: [{name: a, version: 1.0.0, repository: '@private'}]\n")
    write(chart, {"charts/a/Chart.yaml": HEAD.replace("web", "a")})
    assert ["@private" in sentence for sentence in call(chart)["warnings"]] == [True]


def test_a_dependency_that_helmignore_excludes(chart: Path) -> None:
    (chart / "Chart.yaml").write_text(HEAD + "dependencies: [{name: a, version: 1.0.0}]\n")
    write(chart, {".helmignore": "*.tgz\n", "charts/a-1.0.0.tgz": "x"})
    failed = call(chart)
    assert failed["error"]["helm"] == "found in Chart.yaml, but missing in charts/ directory: a"
    assert "charts/a-1.0.0.tgz exists, but .helmignore excludes it" in failed["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"chart_ref": ""}, "chart_ref is empty"),
        ({"destination": " "}, "destination is empty"),
        ({"chart_ref": "/nowhere"}, "chart_ref: there is no directory /nowhere."),
        ({"chart_ref": __file__}, "is not a directory; only the directory of a chart can be packaged"),
        ({"destination": __file__}, f"cannot be written: {__file__} is not a directory."),
        ({"destination": "a\0b"}, "contains a null byte"),
        ({"version": "one"}, "version is 'one', which is not a semantic version"),
    ],
)
def test_refusals(options: dict[str, str], words: str, chart: Path) -> None:
    for check in (True, False):
        failed = call(chart, check=check, **options)
        assert words in failed["msg"], failed
        assert failed["error"]["class"] != "InternalError"


def test_a_folder_in_place_of_the_archive(chart: Path) -> None:
    (chart.parent / "dist" / "web-1.0.0.tgz").mkdir(parents=True)
    assert "is not a regular file" in call(chart)["msg"]


def test_a_failed_write_leaves_the_old_archive(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(call(chart)["path"])
    before = path.read_bytes()
    (chart / "values.yaml").write_text("a: 3\n")

    def full(*_words: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        failed = call(chart)
    assert "cannot be written: No space left on device" in failed["msg"]
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
