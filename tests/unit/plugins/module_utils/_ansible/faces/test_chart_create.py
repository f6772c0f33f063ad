# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_create``: what a new chart contains, and that nothing is ever overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_create import chart_create
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_lint import chart_lint
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.specs import chart_lint as lint_options
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run


def call(folder: Path | str, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    return run(chart_create, {"chart_ref": str(folder), **options}, check, diff, {})


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_check_mode_predicts_and_the_second_run_changes_nothing(tmp_path: Path) -> None:
    predicted = call(tmp_path / "a" / "shop", check=True, diff=True)
    assert list(tmp_path.iterdir()) == []
    done = call(tmp_path / "a" / "shop", diff=True)
    assert {**predicted, "stdout": ""} == {**done, "stdout": ""}
    assert done["changed"]
    assert sorted(tree(tmp_path / "a" / "shop")) == sorted(done["files"])
    before = tree(tmp_path)
    for check in (True, False):
        again = call(tmp_path / "a" / "shop", check=check, diff=True)
        assert (again["changed"], again["files"], again["diff"], again["stdout"]) == (False, [], [], "")
    assert tree(tmp_path) == before
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["shop"]


@pytest.mark.parametrize("name", ["shop", "my-app-2", "true", "n" * 250])
def test_the_linter_has_no_remark(name: str, tmp_path: Path) -> None:
    call(tmp_path / name)
    params = {option: rules.get("default") for option, rules in lint_options()["argument_spec"].items()}
    linted = run(chart_lint, {**params, "chart_ref": str(tmp_path / name), "strict": True}, False, False, {})
    assert linted["messages"] == []
    assert read_chart(str(tmp_path / name)).name == name
    assert not any(b"<CHARTNAME>" in data for data in tree(tmp_path).values())


def test_every_value_is_in_the_readme(tmp_path: Path) -> None:
    call(tmp_path / "shop")
    chart = read_chart(str(tmp_path / "shop"))
    readme = (tmp_path / "shop" / "README.md").read_text()

    def leaves(table: dict[str, Any], path: str = "") -> list[str]:
        found = []
        for key, value in table.items():
            found += leaves(value, f"{path}{key}.") if isinstance(value, dict) and value and key != "resources" else [f"{path}{key}"]
        return found

    assert [path for path in leaves(chart.values) if f"`{path}`" not in readme] == []


def test_a_starter_of_the_user(tmp_path: Path) -> None:
    starter = write(
        tmp_path / "starter",
        {
            "Chart.yaml": "# our chart\napiVersion: v2\nname: <CHARTNAME>\nversion: 3.0.0\nmaintainers: [{name: us}]\n",
            "values.yaml": "# values of <CHARTNAME>\nname: <CHARTNAME>\n",
            "templates/a.yaml": 'a: {{ include "<CHARTNAME>.b" . }}\n',
            "README.md": "<CHARTNAME>\n",
            "logo.png": b"\0<CHARTNAME>",
            ".helmignore": "secret\n",
            "secret": "x",
        },
    )
    result = call(tmp_path / "shop", starter=str(starter))
    assert tree(tmp_path / "shop") == {
        ".helmignore": b"secret\n",
        "Chart.yaml": b"# our chart\napiVersion: v2\nname: shop\nversion: 3.0.0\nmaintainers: [{name: us}]\n",
        "README.md": b"shop\n",
        "logo.png": b"\0<CHARTNAME>",
        "templates/a.yaml": b'a: {{ include "shop.b" . }}\n',
        "values.yaml": b"# values of shop\nname: shop\n",
    }
    assert result["command"] == f"helm create {tmp_path}/shop --starter {starter}"


def test_the_name_of_a_starter_is_replaced(tmp_path: Path) -> None:
    starter = write(tmp_path / "starter", {"Chart.yaml": "apiVersion: v2\nversion: 1.0.0\nname: starter # its name\nmaintainers:\n- name: us\n"})
    call(tmp_path / "shop", starter=str(starter))
    assert (tmp_path / "shop" / "Chart.yaml").read_text() == "apiVersion: v2\nversion: 1.0.0\nname: shop\nmaintainers:\n- name: us\n"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "The starter is not a valid chart"),
        ({"Chart.yaml": "name: ["}, "The starter is not a valid chart"),
        ({"Chart.yaml": "{apiVersion: v2, name: x, version: 1.0.0}\n"}, "has no line 'name: <CHARTNAME>'"),
        (None, "starter: there is no directory"),
    ],
)
def test_starters_that_cannot_be_used(files: dict[str, str] | None, words: str, tmp_path: Path) -> None:
    starter = tmp_path / "starter"
    if files is not None:
        starter.mkdir()
        write(starter, files)
    for check in (True, False):
        failed = call(tmp_path / "shop", check=check, starter=str(starter))
        assert words in failed["msg"], failed
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("name", ["Shop", "7", "my_app", "a.b", "-a", "a-", "größe", "a b", "n" * 251])
def test_names_that_are_refused(name: str, tmp_path: Path) -> None:
    failed = call(tmp_path / name)
    assert "is not a valid name of a chart" in failed["msg"]
    assert list(tmp_path.iterdir()) == []


def test_other_files_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path / "shop", {"notes.txt": "x"})
    for check in (True, False):
        assert "exists, is not empty and contains no Chart.yaml" in call(tmp_path / "shop", check=check)["msg"]
    write(tmp_path, {"file": "x"})
    assert "cannot be read: Not a directory" in call(tmp_path / "file")["msg"]
    assert "is not a directory" in call(tmp_path / "file" / "shop")["msg"]
    assert tree(tmp_path) == {"file": b"x", "shop/notes.txt": b"x"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert call(tmp_path / "shop", check=True)["changed"]
    assert call(tmp_path / "shop")["changed"]
    assert (tmp_path / "shop" / "Chart.yaml").is_file()


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def full(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) > 4:
            raise OSError(28, "No space left on device")
        with path.open("wb") as file:
            file.write(data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        failed = call(tmp_path / "shop")
    assert "cannot be written: No space left on device" in failed["msg"]
    assert list(tmp_path.iterdir()) == []


def test_of_two_tasks_at_once_one_creates_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        assert call(tmp_path / "shop")["changed"]
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    assert call(tmp_path / "shop")["changed"] is False
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]
