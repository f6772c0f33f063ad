# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_dependency`` compared with ``helm dependency``: locks, archives, refusals.

Each accepts the lock of the other.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import conftest  # makes the collection importable
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_dependency import chart_dependency
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

sys.path.insert(0, str(conftest.ROOT / "tools"))
import demo

HEAD = "apiVersion: v2\nname: {name}\nversion: {version}\n"
VERSIONS = {
    "cache": ["1.0.0", "1.1.0", "1.10.0", "1.9.5", "2.0.0-rc.1", "2.0.0", "0.3.0"],
    "queue": ["v1.0.0", "0.1", "1.2.0+build.7", "3.0.0-beta.2"],
}


class Place:
    """A folder with charts, a repository with versions of two charts, and the homes of both sides."""

    def __init__(self, folder: Path, helm: Path, url: str) -> None:
        self.folder = folder
        self.program = helm
        self.url = url
        self.home = folder / "home"

    def chart(self, name: str, more: str = "", **files: str) -> Path:
        found = self.folder / name
        (found / "templates").mkdir(parents=True, exist_ok=True)
        (found / "Chart.yaml").write_text(HEAD.format(name=name, version="0.1.0") + more)
        (found / "templates" / "a.yaml").write_text("a: {{ .Chart.Version }}\n")
        for path, text in files.items():
            (found / path.replace("__", "/").replace("_", ".")).write_text(text)
        return found

    def helm(self, *words: object) -> subprocess.CompletedProcess[str]:
        env = {"HOME": str(self.home), "PATH": ""}
        return subprocess.run([str(self.program), *map(str, words)], env=env, capture_output=True, text=True, timeout=300, check=False)

    def must(self, *words: object) -> str:
        done = self.helm(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ours(self, chart: Path, state: str = "present", *, check: bool = False, **options: Any) -> dict[str, Any]:
        checked = ArgumentSpecValidator(specs.chart_dependency()["argument_spec"]).validate({"chart_ref": str(chart), "state": state, **options})
        assert checked.error_messages == []
        return run(chart_dependency, checked.validated_parameters, check, False, {"HOME": str(self.home)})


@pytest.fixture(scope="session")
def repository(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A repository whose archives and index are helm's."""
    folder = tmp_path_factory.mktemp("repository")
    for name, versions in VERSIONS.items():
        for version in versions:
            source = folder / "sources" / name
            (source / "templates").mkdir(parents=True, exist_ok=True)
            (source / "Chart.yaml").write_text(HEAD.format(name=name, version=version))
            (source / "templates" / "a.yaml").write_text("a: {{ .Chart.Name }} {{ .Chart.Version }}\n")
            subprocess.run([programs["helm4"], "package", source, "-d", folder], check=True, capture_output=True, timeout=300)
    shutil.rmtree(folder / "sources")
    subprocess.run([programs["helm4"], "repo", "index", folder], check=True, capture_output=True, timeout=300)
    server = demo.serve(folder)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=[3, 4])
def place(request: pytest.FixtureRequest, programs: dict[str, Path], repository: str, tmp_path: Path) -> Place:
    made = Place(tmp_path, programs[f"helm{request.param}"], repository)
    made.must("repo", "add", "names", repository)
    return made


def timeless(chart: Path, name: str = "Chart.lock") -> str:
    return re.sub("generated: .*", "generated:", (chart / name).read_text())


def archives(chart: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (chart / "charts").iterdir() if path.is_file()}


def contents(archive: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        return sorted((member.name, tar.extractfile(member).read()) for member in tar)


CASES = {
    "a range": "- {name: cache, version: ^1.0.0, repository: URL}\n",
    "exact": "- {name: cache, version: 1.9.5, repository: URL}\n",
    "a prerelease": "- {name: cache, version: '>=2.0.0-0 <2.0.0', repository: URL}\n",
    "any": "- {name: cache, version: '*', repository: URL/}\n",
    "alternatives": "- {name: cache, version: '~0.3 || 1.1 - 1.9', repository: URL}\n",
    "a version with a v": "- {name: queue, version: '>=0.5 <=1.0', repository: URL}\n",
    "build metadata": "- {name: queue, version: ~1.2, repository: URL}\n",
    "a short version": "- {name: queue, version: 0.1, repository: URL}\n",
    "a name": "- {name: cache, version: 1.x, repository: '@names'}\n",
    "an alias of a repository": "- {name: cache, version: 1.x, repository: 'alias:names'}\n",
    "two of one chart": "- {name: cache, version: 1.x, repository: URL, alias: one}\n- {name: cache, version: 2.0.0, repository: '@names', alias: two}\n",
    "the same twice": "- {name: cache, version: 1.x, repository: URL, alias: one}\n- {name: cache, version: 1.x, repository: URL, alias: two}\n",
    "all fields": "- {name: cache, version: '>=1 <2', repository: URL, condition: 'a.b,c<d>&', tags: [x, 'é', y], enabled: true, "
    "import-values: [data, {child: a, parent: b}, {child: c, parent: 'd', more: {x: 1.5, y: null, z: [2]}}], alias: other}\n",
    "several repositories": "- {name: cache, version: 1.x, repository: URL}\n- {name: near, version: 0.x, repository: 'file://../near'}\n"
    "- {name: inside, version: '>0', repository: ''}\n",
    "a folder": "- {name: near, version: 0.1.0, repository: 'file://../near'}\n",
    "an empty list": "EMPTY",
}


def declared(case: str, url: str) -> str:
    text = CASES[case]
    return "dependencies: []\n" if text == "EMPTY" else "dependencies:\n" + text.replace("URL", url)


def prepared(place: Place, name: str, case: str) -> Path:
    place.chart("near")
    chart = place.chart(name, declared(case, place.url))
    if case == "several repositories":
        inside = chart / "charts" / "inside"
        inside.mkdir(parents=True)
        (inside / "Chart.yaml").write_text(HEAD.format(name="inside", version="5.0.0"))
    return chart


@pytest.mark.parametrize("case", CASES)
def test_the_same_lock_and_the_same_archives(case: str, place: Place) -> None:
    theirs, ours = prepared(place, "theirs", case), prepared(place, "ours", case)
    place.must("dependency", "update", theirs)
    predicted = place.ours(ours, "latest", check=True)
    assert predicted["changed"] is True and not (ours / "Chart.lock").exists() and not list(ours.glob("charts/*.tgz"))
    result = place.ours(ours, "latest")
    assert result["changed"] is True, result
    assert {key: predicted[key] for key in ("written", "removed", "dependencies", "lock")} == {
        key: result[key] for key in ("written", "removed", "dependencies", "lock")
    }
    assert timeless(ours) == timeless(theirs)
    assert result["lock"]["digest"] in timeless(theirs)
    found, wanted = (archives(chart) if (chart / "charts").exists() else {} for chart in (ours, theirs))
    assert found.keys() == wanted.keys()
    for name in found:
        if name.startswith("near"):
            assert contents(ours / "charts" / name) == contents(theirs / "charts" / name)
        else:
            assert found[name] == wanted[name]
    for state in ("present", "latest"):
        assert place.ours(ours, state)["changed"] is False
        assert place.ours(theirs, state)["changed"] is False  # what helm wrote is accepted


@pytest.mark.parametrize("case", CASES)
def test_helm_builds_from_our_lock_and_we_from_its(case: str, place: Place) -> None:
    theirs, ours = prepared(place, "theirs", case), prepared(place, "ours", case)
    place.must("dependency", "update", theirs)
    assert not place.ours(ours, "latest").get("failed")
    wanted = archives(ours) if (ours / "charts").exists() else {}
    for chart in (theirs, ours):
        for archive in chart.glob("charts/*.tgz"):
            archive.unlink()
    lock = (ours / "Chart.lock").read_bytes()
    place.must("dependency", "build", ours)
    assert (ours / "Chart.lock").read_bytes() == lock
    assert archives(ours).keys() == wanted.keys()
    lock = (theirs / "Chart.lock").read_bytes()
    result = place.ours(theirs)
    assert result["changed"] is bool(wanted), result
    assert (theirs / "Chart.lock").read_bytes() == lock
    assert {path.name for path in theirs.glob("charts/*.tgz")} == wanted.keys()
    for words in (["template", "r"], ["dependency", "list"]):
        place.must(*words, ours)


def test_an_older_version_in_the_lock_stays(place: Place) -> None:
    chart = place.chart("web", f"dependencies:\n- {{name: cache, version: 1.0.0, repository: '{place.url}'}}\n")
    place.must("dependency", "update", chart)
    text = (chart / "Chart.yaml").read_text()
    lock = yaml.safe_load((chart / "Chart.lock").read_text())
    (chart / "Chart.yaml").write_text(text.replace("1.0.0, repo", "^1, repo"))
    result = place.ours(chart)
    assert result["failed"] and "Chart.lock of web is out of sync with the dependencies in Chart.yaml." in result["msg"]
    words = place.helm("dependency", "build", chart).stderr.removeprefix("Error: ").strip()
    assert result["error"]["helm"] in (words, f"{words} with 'helm dependency update'")  # helm 3 has no hint
    assert place.ours(chart, "gathered")["lock"]["in_sync"] is False
    result = place.ours(chart, "latest")
    assert (result["written"], result["removed"]) == (["charts/cache-1.10.0.tgz"], ["charts/cache-1.0.0.tgz"])
    assert list(archives(chart)) == ["cache-1.10.0.tgz"]
    assert yaml.safe_load((chart / "Chart.lock").read_text())["digest"] != lock["digest"]
    place.must("dependency", "build", chart)


LEGACY = """apiVersion: v1
name: old
version: 0.1.0
"""


@pytest.mark.parametrize("case", ["a range", "a name", "all fields"])
def test_requirements_of_format_v1(case: str, place: Place) -> None:
    charts = []
    for name in ("theirs", "ours"):
        chart = place.folder / name
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(LEGACY)
        (chart / "requirements.yaml").write_text(declared(case, place.url))
        charts.append(chart)
    theirs, ours = charts
    place.must("dependency", "update", theirs)
    assert place.ours(ours)["changed"] is True
    assert timeless(ours, "requirements.lock") == timeless(theirs, "requirements.lock")
    assert not (ours / "Chart.lock").exists()
    assert archives(ours) == archives(theirs)
    assert place.ours(theirs)["changed"] is False
    place.must("dependency", "build", ours)


def test_a_lock_of_helm_2(place: Place) -> None:
    """Its digest covers the requirements as written; helm accepts it for format v1 only."""
    chart = place.folder / "old"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(LEGACY)
    (chart / "requirements.yaml").write_text("dependencies:\n- {name: cache, version: '>=1 <2', repository: '@names'}\n")
    written = [{"name": "cache", "version": ">=1 <2", "repository": "@names"}]
    text = json.dumps({"dependencies": written}, separators=(",", ":")).replace(">", "\\u003e").replace("<", "\\u003c")
    import hashlib

    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    locked = [{"name": "cache", "version": "1.1.0", "repository": place.url}]
    (chart / "requirements.lock").write_text(yaml.safe_dump({"dependencies": locked, "digest": digest, "generated": "2020-01-01T00:00:00Z"}))
    place.must("dependency", "build", chart)
    shutil.rmtree(chart / "charts")
    result = place.ours(chart)
    assert (result["changed"], result["written"]) == (True, ["charts/cache-1.1.0.tgz"])
    (chart / "Chart.yaml").write_text(LEGACY.replace("v1", "v2"))
    assert "is out of sync" in place.helm("dependency", "build", chart).stderr
    assert "is out of sync" in place.ours(chart)["msg"]


REFUSALS = {
    "no version": "- {name: cache, repository: URL}\n",
    "not a range": "- {name: cache, version: new, repository: URL}\n",
    "no such version": "- {name: cache, version: ^7, repository: URL}\n- {name: queue, version: '>9', repository: URL}\n",
    "no such chart": "- {name: nowhere, version: 1.x, repository: URL}\n",
    "only prereleases": "- {name: queue, version: ~3, repository: URL}\n",
    "an unknown name": "- {name: cache, version: 1.x, repository: '@other'}\n",
    "a word": "- {name: cache, version: 1.x, repository: stable}\n",
    "no folder": "- {name: near, version: 1.x, repository: 'file://../nowhere'}\n",
    "not inside": "- {name: near, version: 1.x}\n",
    "another version inside": "- {name: inside, version: 6.x}\n",
    "another version in the folder": "- {name: near, version: 6.x, repository: 'file://../near'}\n",
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str, place: Place) -> None:
    """Both refuse, with the same words of helm, and nothing is written."""
    place.chart("near")
    chart = place.chart("web", "dependencies:\n" + REFUSALS[case].replace("URL", place.url))
    inside = chart / "charts" / "inside"
    inside.mkdir(parents=True)
    (inside / "Chart.yaml").write_text(HEAD.format(name="inside", version="5.0.0"))
    result = place.ours(chart, "latest")
    assert result["failed"] and not (chart / "Chart.lock").exists()
    assert [path.name for path in (chart / "charts").iterdir()] == ["inside"]
    theirs = place.helm("dependency", "update", chart)
    assert theirs.returncode != 0
    assert result["error"]["helm"] in theirs.stderr


def test_the_list(place: Place) -> None:
    """The table and the remarks of ``helm dependency list``, also for a chart without dependencies."""
    place.chart("near")
    long = "https://" + "long." * 30 + "example.com"
    chart = place.chart(
        "web",
        f"dependencies:\n- {{name: cache, version: 1.x, repository: '{place.url}'}}\n- {{name: near, version: 6.x, repository: 'file://../near'}}\n"
        f"- {{name: inside, version: 5.x}}\n- {{name: none, version: 1, repository: '{long}'}}\n- {{name: two, version: 1.x}}\n"
        "- {name: wrong, version: 4.x}\n- {name: bad, version: nope}\n- {name: mis, version: 1.x}\n",
    )
    for name, version in (("inside", "5.0.0"), ("wrong", "1.0.0"), ("bad", "1.0.0"), ("stray", "1.0.0")):
        (chart / "charts" / name).mkdir(parents=True)
        (chart / "charts" / name / "Chart.yaml").write_text(HEAD.format(name=name, version=version))
    place.must("package", place.folder / "near", "-d", chart / "charts")
    for version in ("1.0.0", "1.1.0"):
        place.must("package", "--version", version, place.chart("two"), "-d", chart / "charts")
    place.must("package", "--version", "1.0.0", place.chart("odd"), "-d", chart / "charts")
    (chart / "charts" / "odd-1.0.0.tgz").rename(chart / "charts" / "mis-1.0.0.tgz")
    (chart / "charts" / "_notes.md").write_text("x")
    result = place.ours(chart, "gathered")
    assert result["stdout"] == place.must("dependency", "list", chart)
    states = [row["status"] for row in result["dependencies"]]
    assert states == ["missing", "wrong version", "unpacked", "missing", "too many matches", "wrong version", "invalid version", "misnamed"]
    assert result["strays"] == ["charts/mis-1.0.0.tgz", "charts/stray"]
    for other in (place.chart("plain"), place.chart("empty", "dependencies: []\n")):
        assert place.ours(other, "gathered")["stdout"] == place.must("dependency", "list", other)


def test_the_list_of_a_package(place: Place) -> None:
    place.chart("near")
    chart = place.chart("web", "dependencies:\n- {name: near, version: 0.x, repository: 'file://../near'}\n")
    place.must("dependency", "update", chart)
    package = place.must("package", chart, "-d", place.folder).rpartition(": ")[2].strip()
    result = place.ours(Path(package), "gathered")
    assert result["stdout"] == place.must("dependency", "list", package)
    assert [row["status"] for row in result["dependencies"]] == ["unpacked"]
    assert result["lock"]["in_sync"] is True


def test_what_is_removed(place: Place) -> None:
    """Archives that are not declared are; folders, links, broken archives and other files stay."""
    charts = []
    for name in ("theirs", "ours"):
        chart = place.chart(name, f"dependencies:\n- {{name: cache, version: 1.x, repository: '{place.url}'}}\n- {{name: local, version: 1.x}}\n")
        (chart / "charts" / "local").mkdir(parents=True)
        (chart / "charts" / "local" / "Chart.yaml").write_text(HEAD.format(name="local", version="1.0.0"))
        for other, version in (("stray", "1.0.0"), ("cache", "1.0.0"), ("local", "1.0.0")):
            place.must("package", "--version", version, place.chart(other), "-d", chart / "charts")
        (chart / "charts" / "_notes.md").write_text("x")
        (chart / "charts" / "stray-1.0.0.tgz.prov").write_text("signed")
        (chart / "charts" / "_link").symlink_to("_notes.md")
        charts.append(chart)
    theirs, ours = charts
    place.must("dependency", "update", theirs)
    assert place.ours(ours, "latest")["removed"] == ["charts/cache-1.0.0.tgz", "charts/stray-1.0.0.tgz"]
    names = sorted(path.name for path in (ours / "charts").iterdir())
    assert names == sorted(path.name for path in (theirs / "charts").iterdir())
    assert "local-1.0.0.tgz" in names and "cache-1.10.0.tgz" in names


RANGES = ["^1", "~1.1", ">=1 <2", "1.x", "*", "<1", ">1.1.0", "!=2.0.0", ">=0-0", "1 - 2", "~0.3 || ^2", "=1.9.5", "^0", ">=2.0.0-0", "1.1"]


@pytest.mark.parametrize("seed", range(12))
def test_many_dependencies(seed: int, place: Place) -> None:
    chance = random.Random(seed)
    rows = []
    for number in range(chance.randint(2, 6)):
        row: dict[str, Any] = {"name": chance.choice(list(VERSIONS)), "version": chance.choice(RANGES), "alias": f"a{number}"}
        row["repository"] = chance.choice([place.url, f"{place.url}/", "@names"])
        if chance.random() < 0.5:
            row.update(condition=f"a{number}.enabled", tags=[chance.choice("xyz")])
        rows.append(row)
    text = yaml.safe_dump({"dependencies": rows})
    theirs, ours = place.chart("theirs", text), place.chart("ours", text)
    done = place.helm("dependency", "update", theirs)
    result = place.ours(ours, "latest")
    assert bool(result.get("failed")) == (done.returncode != 0), (result.get("msg"), done.stderr)
    if not done.returncode:
        assert timeless(ours) == timeless(theirs)
        assert archives(ours) == archives(theirs)
