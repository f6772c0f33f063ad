# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be written for the dependencies of a chart."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, Dependency, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FoundArchive
from ansible_collections.windlass.charts.plugins.module_utils._engine.dependencies.resolve import Archives, Sources
from ansible_collections.windlass.charts.plugins.module_utils._engine.dependencies.update import Surroundings, Update, plan_update
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError, ChartNotFound, RepositoryError

URL = "https://h/a"


def packed(name: str, version: str, more: str = "", level: int = 1) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=level) as tar:
        data = f"apiVersion: v2\nname: {name}\nversion: {version}\n{more}".encode()
        member = tarfile.TarInfo(f"{name}/Chart.yaml")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return raw.getvalue()


class Repository(Sources):
    """Archives by repository, name and version."""

    def __init__(self, archives: Mapping[tuple[str, str, str], bytes], *, digests: bool = True, named: str = "", warnings: Sequence[str] = ()) -> None:
        self.all = archives
        self.digests = digests
        self.named = named
        self.warnings = warnings
        self.fetched: list[str] = []

    def archives(self, dependency: Dependency) -> Archives:
        return _Archives(self, dependency)

    def version_in_charts(self, name: str) -> str:
        return "1.0.0"

    def read(self, name: str, version: str, data: bytes) -> bytes:
        self.fetched.append(f"{name} {version}")
        return data


class _Archives:
    def __init__(self, repository: Repository, dependency: Dependency) -> None:
        self._of = repository
        self._dependency = dependency

    def versions(self) -> Sequence[str]:
        place = (self._dependency.repository, self._dependency.name)
        return [version for *where, version in self._of.all if tuple(where) == place]

    def find(self, version: str) -> FoundArchive:
        name, repository = self._dependency.name, self._dependency.repository
        data = self._of.all[repository, name, version]
        digest = hashlib.sha256(data).hexdigest() if self._of.digests else ""
        file = self._of.named or f"{name}-{version}.tgz"
        return FoundArchive(
            file,
            f"{name} {version}",
            lambda: self._of.read(name, version, data),
            lambda: None,
            digest,
            warnings=self._of.warnings,
            is_local=repository.startswith("file://"),
        )


CACHE = {(URL, "cache", version): packed("cache", version) for version in ("2.0.0", "1.1.0", "1.0.0")}
RANGE = f"dependencies: [{{name: cache, version: 1.x, repository: '{URL}'}}]\n"


def chart(declared: str = RANGE, lock: bytes | None = None) -> Chart:
    files = [File("Chart.yaml", f"apiVersion: v2\nname: web\nversion: 0.1.0\n{declared}".encode())]
    return load_chart([*files, *([File("Chart.lock", lock)] if lock else [])])


def plan(
    of: Chart, sources: Repository, present: Mapping[str, bytes] | None = None, *, again: bool = True, known: Mapping[str, str] | None = None
) -> Update:
    return plan_update(of, Surroundings(sources, present or {}, known or {}, lambda found: found.read(), "2026-01-02T03:04:05Z"), again=again)


def test_a_new_chart() -> None:
    for again in (True, False):
        sources = Repository(CACHE)
        found = plan(chart(), sources, again=again)
        assert found.changed and (found.write, found.remove, found.warnings) == (["cache-1.1.0.tgz"], [], [])
        assert (found.files, found.file_of) == ({"cache-1.1.0.tgz": CACHE[URL, "cache", "1.1.0"]}, {0: "cache-1.1.0.tgz"})
        assert found.lock is not None and found.lock.dependencies == [Dependency("cache", "1.1.0", URL)]
        assert found.lock_name == "Chart.lock" and b'generated: "2026-01-02T03:04:05Z"\n' in (found.lock_data or b"")


def locked(sources: Repository, declared: str = RANGE, known: Mapping[str, str] | None = None) -> bytes:
    data = plan(chart(declared), sources, known=known).lock_data
    assert data is not None
    return data


def test_what_is_there_is_not_fetched_or_written() -> None:
    lock, present = locked(Repository(CACHE)), {"cache-1.1.0.tgz": CACHE[URL, "cache", "1.1.0"]}
    for again in (True, False):
        sources = Repository(CACHE)
        found = plan(chart(lock=lock), sources, present, again=again)
        assert (found.changed, found.lock_data, sources.fetched) == (False, None, [])
        assert found.files == present
        sources = Repository(CACHE, digests=False)
        assert plan(chart(lock=lock), sources, present, again=again).changed is False
        assert sources.fetched == ["cache 1.1.0"]  # the index has no digest


@pytest.mark.parametrize("digests", [True, False])
def test_an_archive_with_other_content_is_replaced(digests: bool) -> None:
    lock = locked(Repository(CACHE))
    for data in (b"", b"broken", packed("cache", "1.1.0", "description: changed\n"), packed("other", "1.1.0")):
        found = plan(chart(lock=lock), Repository(CACHE, digests=digests), {"cache-1.1.0.tgz": data}, again=False)
        assert (found.write, found.remove) == (["cache-1.1.0.tgz"], [])


def test_the_lock_decides_until_it_is_resolved_again() -> None:
    old = {(URL, "cache", "1.0.0"): CACHE[URL, "cache", "1.0.0"]}
    lock, present = locked(Repository(old)), {"cache-1.0.0.tgz": CACHE[URL, "cache", "1.0.0"]}
    assert plan(chart(lock=lock), Repository(CACHE), present, again=False).changed is False
    found = plan(chart(lock=lock), Repository(CACHE), present)
    assert (found.write, found.remove) == (["cache-1.1.0.tgz"], ["cache-1.0.0.tgz"])
    assert found.lock_data is not None and b"version: 1.1.0" in found.lock_data


def test_a_version_of_the_lock_that_is_gone() -> None:
    lock = locked(Repository({(URL, "cache", "1.0.0"): packed("cache", "1.0.0")}))
    gone = {(URL, "cache", "1.1.0"): CACHE[URL, "cache", "1.1.0"]}
    with pytest.raises(ChartNotFound, match=r"not the locked version of 1 of the dependencies: cache '1.0.0' .* which has 1.1.0"):
        plan(chart(lock=lock), Repository(gone), again=False)


def test_names_of_repositories() -> None:
    declared = RANGE.replace(URL, "@names")
    known = {"names": URL}
    lock = locked(Repository(CACHE), declared, known)
    assert f"repository: {URL}".encode() in lock
    assert plan(chart(declared, lock), Repository(CACHE), {"cache-1.1.0.tgz": CACHE[URL, "cache", "1.1.0"]}, again=False, known=known).changed is False
    with pytest.raises(ChartLoadError, match="is out of sync"):  # the name leads to another repository now
        plan(chart(declared, lock), Repository(CACHE), again=False, known={"names": "https://other"})


def test_stale_archives() -> None:
    """Archives of other charts go.

    What is not a chart stays, and what a dependency without a repository may need.
    """
    declared = RANGE.replace("]\n", ", {name: local, version: '>0'}]\n")
    present = {
        "cache-1.1.0.tgz": CACHE[URL, "cache", "1.1.0"],
        "cache-1.0.0.tgz": CACHE[URL, "cache", "1.0.0"],
        "renamed": packed("stray", "1.0.0"),
        "local-1.0.0.tgz": packed("local", "1.0.0"),
        "broken.tgz": b"\x1f\x8bbroken",
        "README.md": b"text",
        "cache-1.0.0.tgz.prov": b"signed",
    }
    assert plan(chart(declared), Repository(CACHE), present).remove == ["cache-1.0.0.tgz", "renamed"]
    assert plan(chart(""), Repository(CACHE), present) == Update()
    found = plan(chart("dependencies: []\n"), Repository(CACHE), present)
    assert found.remove == ["cache-1.0.0.tgz", "cache-1.1.0.tgz", "local-1.0.0.tgz", "renamed"]
    assert found.lock_data is not None and found.lock_data.startswith(b"dependencies: []\n")


def test_two_dependencies_of_one_archive() -> None:
    twice = "dependencies:\n" + "".join(f"- {{name: cache, version: 1.x, repository: '{URL}', alias: {alias}}}\n" for alias in "ab")
    found = plan(chart(twice), Repository(CACHE))
    assert (found.write, found.file_of) == (["cache-1.1.0.tgz"], {0: "cache-1.1.0.tgz", 1: "cache-1.1.0.tgz"})
    other = {**CACHE, ("https://h/b", "cache", "1.1.0"): packed("cache", "1.1.0", "description: other\n")}
    with pytest.raises(ChartLoadError, match=r"Two dependencies have the archive cache-1.1.0.tgz with different content, .* from https://h/b"):
        plan(chart(twice.replace(f"'{URL}', alias: b", "'https://h/b', alias: b")), Repository(other))


@pytest.mark.parametrize("content", ["broken", "another chart"])
def test_an_archive_that_is_not_the_dependency_is_refused(content: str) -> None:
    data = b"broken" if content == "broken" else packed("other", "1.1.0")
    words = "not a gzipped archive" if content == "broken" else f"cache-1.1.0.tgz from {URL} contains the chart other, but the dependency is cache"
    with pytest.raises(ChartLoadError, match=words):
        plan(chart(), Repository({(URL, "cache", "1.1.0"): data}))


def test_warnings() -> None:
    """Those of the source, and one for an archive whose version the chart does not allow."""
    found = plan(chart(), Repository({(URL, "cache", "1.1.0"): packed("cache", "3.0.0")}, warnings=["The registry says: x"]))
    assert list(found.warnings)[1:] == ["The registry says: x"]
    assert found.warnings[0].startswith("cache-1.1.0.tgz contains version 3.0.0 of cache, which the chart does not allow.")


@pytest.mark.parametrize("named", ["cache.tar.gz", ".cache.tgz", "_cache.tgz", "a/b.tgz", "..", "", "x\0.tgz", "n" * 250 + ".tgz", ".tgz"])
def test_a_name_that_helm_would_not_load_is_replaced(named: str) -> None:
    found = plan(chart(), Repository(CACHE, named=named or "download"))
    assert list(found.files) == ["cache-1.1.0.tgz"]
    assert list(plan(chart(), Repository(CACHE, named="other.tgz")).files) == ["other.tgz"]


def test_a_packaged_folder_is_compared_by_its_files() -> None:
    """Helm's archives of folders have the times of the files."""
    url = "file://../cache"
    declared = RANGE.replace(URL, url)
    sources = Repository({(url, "cache", "1.1.0"): packed("cache", "1.1.0", level=9)}, digests=False)
    lock = locked(sources, declared)
    other = packed("cache", "1.1.0", level=1)
    assert other != sources.all[url, "cache", "1.1.0"]
    found = plan(chart(declared, lock), sources, {"cache-1.1.0.tgz": other}, again=False)
    assert (found.changed, found.files) == (False, {"cache-1.1.0.tgz": other})
    for data in (packed("cache", "1.1.0", "description: x\n"), b"broken"):
        assert plan(chart(declared, lock), sources, {"cache-1.1.0.tgz": data}, again=False).write == ["cache-1.1.0.tgz"]


def test_an_error_of_a_source_passes_through() -> None:
    def fail(_found: FoundArchive) -> Any:
        raise RepositoryError("https://h/a/cache-1.1.0.tgz returned 500.", url=URL)

    with pytest.raises(RepositoryError, match="returned 500"):
        plan_update(chart(), Surroundings(Repository(CACHE), {}, {}, fail, ""), again=True)
