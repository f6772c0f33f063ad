# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_repository_index``: what it reads, what it keeps, and what it refuses."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository import index_folder
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import chart_repository_index as face
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pack import pack

HEAD = "apiVersion: v2\nname: %s\nversion: %s\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with two versions of a chart and one of another, of which nothing is cached."""
    found = tmp_path / "repository"
    found.mkdir()
    for name, version in (("web", "1.0.0"), ("web", "1.1.0"), ("sub", "0.1.0")):
        add(found, name, version)
    return found


def add(folder: Path, name: str, version: str, text: str = "") -> Path:
    path = folder / f"{name}-{version}.tgz"
    path.write_bytes(pack([(f"{name}/Chart.yaml", (HEAD % (name, version) + text).encode())], 0))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def call(folder: Path, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    params = {"path": str(folder), "json": False, "rebuild": False, **options}
    environ = {"HOME": str(folder.parent), "SOURCE_DATE_EPOCH": options.pop("epoch", "1700000000")}
    params.pop("epoch", None)
    return run(face.chart_repository_index, params, check, diff, environ)


def entries(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return dict(yaml.safe_load((folder / "index.yaml").read_text())["entries"])


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives that were just written count as old."""
    monkeypatch.setattr(index_folder, "_SETTLED", -1_000_000_000)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read, and what is unpacked."""
    found: list[str] = []
    read, load = index_folder.IndexFolder.read, face.load_archive

    def reads(self: Any, archive: Any) -> Any:
        found.append(f"read {archive.path}")
        return read(self, archive)

    def loads(data: bytes, name: str) -> Any:
        found.append(f"unpack {name}")
        return load(data, name)

    monkeypatch.setattr(index_folder.IndexFolder, "read", reads)
    monkeypatch.setattr(face, "load_archive", loads)
    return found


def test_check_mode_predicts_and_the_second_run_changes_nothing(folder: Path) -> None:
    predicted = call(folder, check=True, diff=True)
    assert not (folder / "index.yaml").exists()
    done = call(folder, diff=True, epoch="1800000000")
    assert predicted == done  # the times differ, and are in no result
    assert done["added"] == ["web-1.1.0", "web-1.0.0", "sub-0.1.0"] or done["added"] == ["sub-0.1.0", "web-1.1.0", "web-1.0.0"]
    before = (folder / "index.yaml").read_bytes()
    for check in (True, False):
        again = call(folder, check=check, diff=True, epoch="1900000000")
        assert (again["changed"], again["added"], again["removed"], again["diff"]["after"]) == (False, [], [], "")
    assert (folder / "index.yaml").read_bytes() == before


def test_only_what_is_new_is_read(folder: Path, settled: None, seen: list[str]) -> None:
    call(folder)
    assert sorted(seen) == sorted(f"{verb} {path.name}" for path in folder.glob("*.tgz") for verb in ("read", "unpack"))
    seen.clear()
    assert call(folder)["changed"] is False
    assert seen == []
    add(folder, "web", "1.2.0")
    assert call(folder)["added"] == ["web-1.2.0"]
    assert seen == ["read web-1.2.0.tgz", "unpack web-1.2.0.tgz"]


def test_an_archive_that_the_index_has_is_not_unpacked(folder: Path, seen: list[str]) -> None:
    call(folder)
    (folder.parent / ".cache").rename(folder.parent / "elsewhere")
    seen.clear()
    assert call(folder)["changed"] is False
    assert sorted(seen) == ["read sub-0.1.0.tgz", "read web-1.0.0.tgz", "read web-1.1.0.tgz"]


def test_an_archive_that_has_just_been_written_is_read_again(folder: Path, seen: list[str]) -> None:
    """It may change again without a change of its times."""
    call(folder)
    seen.clear()
    call(folder)
    assert len(seen) == 3


def test_an_archive_of_the_same_size_and_time_is_noticed(folder: Path, settled: None) -> None:
    call(folder)
    before = entries(folder)["web"][1]["digest"]
    path = folder / "web-1.0.0.tgz"
    size = path.stat().st_size
    data = bytearray(path.read_bytes())
    data[9] ^= 1  # the operating system in the header of gzip
    path.write_bytes(bytes(data))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert path.stat().st_size == size
    result = call(folder)
    assert (result["added"], result["removed"]) == (["web-1.0.0"], ["web-1.0.0"])
    assert entries(folder)["web"][1]["digest"] != before


def test_times_of_known_entries_stay(folder: Path) -> None:
    call(folder, epoch="1700000000")
    add(folder, "web", "1.2.0")
    call(folder, epoch="1800000000")
    assert [entry["created"] for entry in entries(folder)["web"]] == ["2027-01-15T08:00:00Z", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"]
    call(folder, epoch="1900000000", url="https://x.example")
    found = entries(folder)["web"]
    assert [entry["created"] for entry in found] == ["2027-01-15T08:00:00Z", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"]
    assert found[0]["urls"] == ["https://x.example/web-1.2.0.tgz"]


def test_a_removed_archive_is_removed_from_the_index(folder: Path) -> None:
    call(folder)
    (folder / "sub-0.1.0.tgz").unlink()
    result = call(folder)
    assert (result["changed"], result["removed"], result["charts"], result["versions"]) == (True, ["sub-0.1.0"], 1, 2)
    assert list(entries(folder)) == ["web"]


def test_merging_keeps_what_is_gone(folder: Path) -> None:
    call(folder)
    (folder / "sub-0.1.0.tgz").unlink()
    result = call(folder, merge=str(folder / "index.yaml"))
    assert (result["changed"], result["versions"]) == (False, 3)
    assert call(folder, merge=str(folder / "missing.yaml"))["removed"] == ["sub-0.1.0"]
    assert not (folder / "missing.yaml").exists()


def test_an_edited_entry_stays_until_the_index_is_rebuilt(folder: Path) -> None:
    call(folder)
    index = folder / "index.yaml"
    index.write_text(index.read_text().replace("  - apiVersion: v2\n", "  - apiVersion: v2\n    deprecated: true\n", 1))
    edited = index.read_bytes()
    assert call(folder)["changed"] is False
    assert index.read_bytes() == edited
    assert call(folder, rebuild=True, check=True)["changed"] is True
    assert call(folder, rebuild=True)["changed"] is True
    assert b"deprecated" not in index.read_bytes()
    assert call(folder, rebuild=True)["changed"] is False


def test_files_that_are_not_charts(folder: Path, seen: list[str], settled: None) -> None:
    (folder / "notes.tgz").write_text("x")
    (folder / "folder.tgz").mkdir()
    (folder / "a" / "b").mkdir(parents=True)
    add(folder / "a", "deep", "1.0.0")
    add(folder / "a" / "b", "deeper", "1.0.0")
    first = call(folder)
    assert [one["path"] for one in first["skipped"]] == ["notes.tgz"]
    assert "notes.tgz is not a chart and is left out" in first["warnings"][0]
    assert sorted(entries(folder)) == ["deep", "sub", "web"]
    seen.clear()
    again = call(folder)
    assert (again["changed"], again["skipped"], seen) == (False, first["skipped"], [])


@pytest.mark.parametrize("text", [b"", b"entries: [", b"{", b"\xff\xfe", b"apiVersion: v1\nentries: 1\n"])
def test_an_index_that_cannot_be_read(text: bytes, folder: Path) -> None:
    (folder / "index.yaml").write_bytes(text)
    failed = call(folder, merge=str(folder / "index.yaml"))
    assert failed["msg"].startswith("merge: "), failed
    assert failed["error"]["class"] == "RepositoryError"
    assert (folder / "index.yaml").read_bytes() == text
    replaced = call(folder)
    assert (replaced["changed"], replaced["versions"]) == (True, 3)
    assert replaced["warnings"][0].startswith("The present index is replaced")


@pytest.mark.parametrize("damage", ["truncated", "changed", "empty", "folder", "unwritable"])
def test_a_damaged_cache_has_no_effect(damage: str, folder: Path, settled: None) -> None:
    call(folder)
    cache = next((folder.parent / ".cache").rglob("repository-index/*"))
    data = cache.read_bytes()
    if damage == "truncated":
        cache.write_bytes(data[:-10])
    elif damage == "changed":
        cache.write_bytes(data.replace(b'"web-1.0.0.tgz"', b'"web-1.0.0.txt"').replace(b"[", b"{", 1))
    elif damage == "empty":
        cache.write_bytes(b"")
    else:
        cache.unlink()
        if damage == "folder":
            cache.mkdir()
        else:
            cache.parent.rmdir()
            cache.parent.write_text("x")
    add(folder, "web", "2.0.0")
    result = call(folder)
    assert (result.get("failed"), result["added"], result["versions"]) == (None, ["web-2.0.0"], 4)
    assert call(folder)["changed"] is False


def test_json(folder: Path) -> None:
    call(folder)
    result = call(folder, json=True)
    assert (result["changed"], result["added"], result["removed"]) == (True, [], [])
    assert (folder / "index.yaml").read_text().startswith('{\n  "apiVersion": "v1",\n')
    assert call(folder, json=True)["changed"] is False
    assert call(folder)["changed"] is True
    assert [entry["created"] for entry in entries(folder)["web"]] == ["2023-11-14T22:13:20Z"] * 2


def test_annotations_of_an_index_stay(folder: Path) -> None:
    call(folder)
    with (folder / "index.yaml").open("a") as file:
        file.write("annotations: {owner: us}\n")
    add(folder, "web", "2.0.0")
    call(folder)
    assert yaml.safe_load((folder / "index.yaml").read_text())["annotations"] == {"owner": "us"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": ""}, "path is empty"),
        ({"path": "/nowhere"}, "path: there is no directory /nowhere."),
        ({"path": __file__}, "Not a directory"),
        ({"merge": " "}, "merge is empty"),
        ({"merge": "/"}, "/ cannot be read"),
        ({"url": "https://me:pass@x.example"}, "must not contain credentials"),
        ({"url": "https://x.example/?token=secret"}, "must not contain credentials"),
    ],
)
def test_refusals(options: dict[str, str], words: str, folder: Path) -> None:
    for check in (True, False):
        failed = call(folder, check=check, **options)
        assert words in failed["msg"], failed
        assert failed["error"]["class"] != "InternalError"
        assert "secret" not in failed["msg"]
    assert not (folder / "index.yaml").exists()


def _publish(folder: str, number: int) -> None:
    add(Path(folder), "web", f"3.{number}.0")
    result = call(Path(folder))
    assert not result.get("failed"), result


def test_concurrent_tasks_lose_nothing(folder: Path) -> None:
    context = multiprocessing.get_context("fork")
    started = [context.Process(target=_publish, args=(str(folder), number)) for number in range(8)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0] * 8
    assert len(entries(folder)["web"]) == 10
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".tgz") == ["index.yaml"]


def test_a_folder_without_locks_is_warned_about(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_words: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(index_folder.fcntl, "flock", none)
    result = call(folder)
    assert result["changed"]
    assert "cannot be locked (No locks available)" in result["warnings"][0]


def test_a_folder_that_another_task_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_folder, "LOCK_SECONDS", 0.05)
    place = index_folder.IndexFolder(folder, {}, as_json=False)
    with place.locked():
        assert "has been locked by another process" in call(folder)["msg"]
    assert call(folder)["changed"]
