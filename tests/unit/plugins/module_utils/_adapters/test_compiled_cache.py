# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store on disk returns exactly what was stored, or nothing."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils import _engine
from ansible_collections.windlass.charts.plugins.module_utils._adapters import compiled_cache as module
from ansible_collections.windlass.charts.plugins.module_utils._adapters.compiled_cache import (
    DiskCache,
    compiled_cache,
    manifest_digest,
    source_digest,
)

ENGINE = Path(_engine.__file__ or "").parent
DATA = b"what was made" * 1000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "windlass-charts" / "compiled"


@pytest.fixture
def full(folder: Path) -> DiskCache:
    """A store with one entry."""
    cache = DiskCache(str(folder))
    cache.put("k", DATA)
    assert cache.get("k") == DATA
    return cache


def entry(folder: Path) -> Path:
    (found,) = (path for path in folder.iterdir() if path.name != "key")
    return found


def test_what_went_in_comes_out_and_in_another_run_too(folder: Path, full: DiskCache) -> None:
    assert full.get("other") is None
    again = DiskCache(str(folder))
    assert again.get("k") == DATA
    again.put("k", b"newer")
    assert full.get("k") == b"newer"


def test_everything_is_the_users_alone(folder: Path, full: DiskCache) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _flip(data: bytes) -> bytes:
    return data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]


def _flip_digest(data: bytes) -> bytes:
    at = len(module.FORM) + 3
    return data[:at] + bytes([data[at] ^ 0x80]) + data[at + 1 :]


@pytest.mark.parametrize("harm", [_cut, _flip, _flip_digest, lambda d: b"", lambda d: d + b"x", lambda d: d[:10], lambda d: b"\0" * len(d)])
def test_a_corrupt_entry_is_removed_and_recreated(folder: Path, full: DiskCache, harm: Callable[[bytes], bytes]) -> None:
    path = entry(folder)
    path.write_bytes(harm(path.read_bytes()))
    assert full.get("k") is None
    assert not path.exists()
    full.put("k", DATA)
    assert full.get("k") == DATA


def test_an_entry_under_another_name_is_not_believed(folder: Path, full: DiskCache) -> None:
    first = entry(folder)
    full.put("second", b"other")
    second = next(path for path in folder.iterdir() if path.name not in ("key", first.name))
    second.write_bytes(first.read_bytes())
    assert full.get("second") is None
    assert full.get("k") == DATA


def test_an_entry_signed_with_another_key_is_not_believed(tmp_path: Path, folder: Path, full: DiskCache) -> None:
    forged = DiskCache(str(tmp_path / "elsewhere"))
    forged.put("k", b"evil")
    entry(folder).write_bytes(entry(tmp_path / "elsewhere").read_bytes())
    assert full.get("k") is None


@pytest.mark.parametrize("harm", [lambda d: d[:7], lambda d: b"", lambda d: os.urandom(32), lambda d: d + b"x"])
def test_a_harmed_key_costs_the_entries_and_no_more(folder: Path, full: DiskCache, harm: Callable[[bytes], bytes]) -> None:
    (folder / "key").write_bytes(harm((folder / "key").read_bytes()))
    cache = DiskCache(str(folder))
    assert cache.get("k") is None
    cache.put("k", DATA)
    assert DiskCache(str(folder)).get("k") == DATA


@pytest.mark.parametrize("what", ["folder", "key", "entry"])
def test_what_others_can_read_or_write_is_not_believed(folder: Path, full: DiskCache, what: str) -> None:
    path = {"folder": folder, "key": folder / "key", "entry": entry(folder)}[what]
    path.chmod(0o750 if what == "folder" else 0o640)
    assert DiskCache(str(folder)).get("k") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("what", ["folder", "key", "entry"])
def test_what_is_another_users_is_not_believed(folder: Path, full: DiskCache, what: str) -> None:
    path = {"folder": folder, "key": folder / "key", "entry": entry(folder)}[what]
    os.chown(path, 65534, 65534)
    cache = DiskCache(str(folder))
    assert cache.get("k") is None
    if what == "folder":
        before = sorted(folder.iterdir())
        cache.put("k", DATA)
        assert sorted(folder.iterdir()) == before


def test_links_are_refused(tmp_path: Path, folder: Path, full: DiskCache) -> None:
    (tmp_path / "link").symlink_to(folder)
    cache = DiskCache(str(tmp_path / "link"))
    assert cache.get("k") is None
    path = entry(folder)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert full.get("k") is None
    full.put("k", b"new")
    assert not path.is_symlink()
    assert (tmp_path / "moved").read_bytes().endswith(DATA)


def test_a_pipe_in_the_way_does_not_make_it_wait(folder: Path, full: DiskCache) -> None:
    path = entry(folder)
    path.unlink()
    os.mkfifo(path, 0o600)
    assert full.get("k") is None


@pytest.mark.parametrize("environ", [{}, {"HOME": "here"}, {"XDG_CACHE_HOME": "here"}, {"HOME": "/proc/nope"}, {"XDG_CACHE_HOME": "/dev/null"}])
def test_without_a_folder_nothing_is_cached(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # as for a user id without an entry
    cache = compiled_cache(environ)
    cache.put("k", DATA)
    assert cache.get("k") is None
    assert list(tmp_path.iterdir()) == []


def test_where_it_lies(tmp_path: Path) -> None:
    compiled_cache({"XDG_CACHE_HOME": str(tmp_path / "x"), "HOME": "/nope"}).put("k", DATA)
    compiled_cache({"HOME": str(tmp_path)}).put("k", DATA)
    assert (tmp_path / "x" / "windlass-charts" / "compiled" / "key").exists()
    assert (tmp_path / ".cache" / "windlass-charts" / "compiled" / "key").exists()


def _in_child(work: Callable[[], None]) -> int:
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(30)
    return child.exitcode if child.exitcode is not None else -1


def test_a_folder_that_cannot_be_written(folder: Path, full: DiskCache) -> None:
    def work() -> None:
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
            for path in folder.iterdir():
                os.chown(path, 65534, 65534)
            folder.parent.parent.parent.chmod(0o755)
            os.setuid(65534)
        folder.chmod(0o500)
        cache = DiskCache(str(folder))
        cache.put("new", DATA)
        if cache.get("new") is not None or cache.get("k") != DATA:
            os._exit(3)

    for above in folder.parents[:3]:
        above.chmod(0o755)
    base = folder.parents[3]
    modes = []
    while base != base.parent:  # pytest's own folders are private to the user who runs it
        modes.append((base, base.stat().st_mode))
        if base.stat().st_uid == os.geteuid():
            base.chmod(base.stat().st_mode | 0o011)
        base = base.parent
    try:
        assert _in_child(work) == 0
    finally:
        for base, mode in modes:
            if base.stat().st_uid == os.geteuid():
                base.chmod(mode & 0o7777)


def test_a_full_disk_leaves_no_half_entry(folder: Path, full: DiskCache) -> None:
    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))  # writing more fails, as on a full disk
        full.put("big", DATA)
        if full.get("big") is not None or full.get("k") != DATA:
            os._exit(3)

    assert _in_child(work) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(["key", entry(folder).name])


def _hammer(folder: str, number: int) -> None:
    cache = DiskCache(folder, limit=400_000)
    for attempt in range(60):
        key = f"k{attempt % 7}"
        wanted = key.encode() * (3000 + attempt % 7)
        found = cache.get(key)
        if found is not None and found != wanted:
            os._exit(7)
        cache.put(key, wanted)


def test_many_runs_at_once_never_see_half_of_anything(folder: Path) -> None:
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_hammer, args=(str(folder), number)) for number in range(6)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 6
    cache = DiskCache(str(folder))
    assert all(cache.get(f"k{n}") is not None for n in range(7))
    assert not [path for path in folder.iterdir() if path.name.startswith("new-")]


def test_the_whole_stays_below_its_bound_and_the_oldest_goes_first(folder: Path) -> None:
    cache = DiskCache(str(folder), limit=100_000)
    for number in range(30):
        cache.put(f"k{number}", b"x" * 10_000)
        for path in folder.iterdir():  # so that a coarse clock does not matter
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 1))
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 100_000 + 200
    assert cache.get("k29") is not None
    assert cache.get("k0") is None
    cache.put("large", b"x" * 200_000)
    assert cache.get("large") is None


def test_what_is_used_stays(folder: Path, full: DiskCache) -> None:
    path = entry(folder)
    long_ago = time.time() - 10 * 86400
    os.utime(path, (long_ago, long_ago))
    assert full.get("k") == DATA
    assert time.time() - path.stat().st_mtime < 60


def test_what_a_killed_run_left_goes(folder: Path, full: DiskCache) -> None:
    left, fresh = folder / "new-0123", folder / "new-4567"
    for path in (left, fresh):
        path.touch(0o600)
    os.utime(left, (1, 1))
    full.put("other", DATA)
    assert not left.exists()
    assert fresh.exists()


def test_other_sources_find_nothing(folder: Path, full: DiskCache) -> None:
    assert DiskCache(str(folder), version=b"x" * 32).get("k") is None
    assert full.get("k") == DATA


def test_without_sources_nothing_is_cached(folder: Path) -> None:
    cache = DiskCache(str(folder), version=b"")
    cache.put("k", DATA)
    assert cache.get("k") is None
    assert not folder.exists()


def test_the_digest_follows_every_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {source_digest()}
    loader = type(_engine.__spec__.loader)
    real = loader.get_data
    for name in module.SOURCES:
        def changed(self: object, path: str, name: str = name) -> bytes:
            data = real(self, path)
            return data + b"#" if path.endswith(name) else data

        with monkeypatch.context() as patch:
            patch.setattr(loader, "get_data", changed)
            seen.add(source_digest())
    assert len(seen) == 1 + len(module.SOURCES)
    assert source_digest(("gotmpl/nowhere.py",)) == b""


def test_an_installed_collection_is_known_by_its_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert manifest_digest() == b"", "a checkout has no MANIFEST.json"
    loader = type(_engine.__spec__.loader)
    real = loader.get_data
    wanted = str(ENGINE.parents[2] / "MANIFEST.json")
    found = set()
    for content in (b'{"file_manifest_file": {"chksum_sha256": "1"}}', b'{"file_manifest_file": {"chksum_sha256": "2"}}', b"{}"):

        def given(self: object, path: str, content: bytes = content) -> bytes:
            return content if path == wanted else real(self, path)

        with monkeypatch.context() as patch:
            patch.setattr(loader, "get_data", given)
            found.add(manifest_digest())
    assert len(found) == 3, "each content has its own digest"
    assert b"" in found, "a manifest without digests says nothing about the sources"


def test_no_source_that_matters_is_left_out() -> None:
    """All source files of the language, and those that define its functions and methods."""
    language = {f"gotmpl/{path.name}" for path in (ENGINE / "gotmpl").glob("*.py") if path.name != "__init__.py"}
    assert language <= set(module.SOURCES)
    assert all((ENGINE / name).exists() for name in module.SOURCES)
