# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_dependency`` and ``dependency_update``: repositories, registries, folders, credentials.

``tests/interop`` and ``tests/registry`` compare with the real helm.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.packages import read_package
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import openpgp
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_dependency import chart_dependency
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_lint import chart_lint
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masked_options import (
    mask_params,
    secrets_in,
    secrets_in_refused,
)
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, sign

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_adapters" / "registry"))
from fake_registry import Asked, FakeRegistry, Reply
from fake_registry import archive as new_archive

archive = functools.cache(new_archive)  # each one has the time at which it was made

RECORDED = json.loads((Path(__file__).resolve().parents[2] / "_adapters" / "openpgp" / "recorded.json").read_text())
PASSWORD = "canary-pass"
BASIC = "Basic " + base64.b64encode(f"robot$ci:{PASSWORD}".encode()).decode()


class Place:
    """A registry with the chart ``pier``, and two repositories with the chart ``cache``.

    The one with the path ``/private`` requires a login.
    """

    def __init__(self, folder: Path) -> None:
        self.server = FakeRegistry()
        self.folder = folder
        self.environ = {"HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}
        self.versions = ["1.0.0", "1.2.0", "2.0.0"]
        self.refuses: Callable[[Asked], bool] = lambda _asked: False
        self.proofs: dict[str, bytes] = {}
        self.server.disturb = self.reply
        for version in ("0.5.0", "0.6.0"):
            self.server.add(version, archive("pier", version))

    @property
    def url(self) -> str:
        return f"http://{self.server.host}/charts"

    @property
    def private(self) -> str:
        return f"http://{self.server.host}/private"

    def reply(self, asked: Asked) -> Reply | None:
        if self.refuses(asked):
            return Reply(500)
        area, _slash, name = asked.path.removeprefix("/").partition("/")
        if area not in ("charts", "private"):
            return None
        if area == "private" and asked.authorization != BASIC:
            return Reply(401)
        if name == "index.yaml":
            entries = {
                chart: [
                    {
                        "name": chart,
                        "version": version,
                        "urls": [f"{chart}-{version}.tgz"],
                        "digest": hashlib.sha256(archive(chart, version)).hexdigest(),
                    }
                    for version in self.versions
                ]
                for chart in ("cache", "queue")
            }
            return Reply(body=json.dumps({"apiVersion": "v1", "entries": entries}).encode())
        if name.endswith(".prov"):
            return Reply(body=self.proofs[name]) if name in self.proofs else Reply(404)
        chart, _dash, version = name.removesuffix(".tgz").partition("-")
        return Reply(body=archive(chart, version))

    def chart(self, dependencies: str, name: str = "web", folder: str = "web") -> Path:
        found = self.folder / folder
        (found / "templates").mkdir(parents=True, exist_ok=True)
        declared = "".join(f"- {line}\n" for line in dependencies.splitlines())
        text = f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n" + (f"dependencies:\n{declared}" if declared else "")
        (found / "Chart.yaml").write_text(text)
        (found / "values.yaml").write_text("{}\n")
        (found / "templates" / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}}\n")
        return found

    def run(self, chart: Path, state: str = "present", *, check: bool = False, diff: bool = False, **options: Any) -> Result:
        return self.face(chart_dependency, check=check, diff=diff, chart_ref=str(chart), state=state, **options)

    def face(self, face: Callable[..., Result], *, check: bool = False, diff: bool = False, **options: Any) -> Result:
        checked = ArgumentSpecValidator(getattr(specs, face.__name__)()["argument_spec"]).validate(options)
        assert checked.error_messages == []
        return run(face, checked.validated_parameters, check, diff, self.environ)

    @property
    def downloads(self) -> list[str]:
        return [path for path in self.server.paths if path.endswith(".tgz") or "/blobs/" in path]


def good(result: Result) -> Result:
    assert not result.get("failed"), result["msg"]
    return result


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.server.stop()


def every_kind(place: Place) -> str:
    near = place.chart("", "near", "near")
    (near / ".helmignore").write_text("*.bak\n")
    (near / "a.bak").write_text("x")
    inside = place.folder / "web" / "charts" / "inside"
    inside.mkdir(parents=True)
    (inside / "Chart.yaml").write_text("apiVersion: v2\nname: inside\nversion: 3.0.0\n")
    return (
        f"{{name: cache, version: ^1, repository: '{place.url}', alias: first, condition: first.enabled}}\n"
        f"{{name: cache, version: 2.x, repository: '@own', alias: second, tags: [x]}}\n"
        f"{{name: pier, version: ~0.5, repository: 'oci://{place.server.host}/a'}}\n"
        "{name: near, version: '*', repository: 'file://../near'}\n"
        "{name: inside, version: '>=1'}"
    )


def options(place: Place) -> dict[str, Any]:
    return {
        "dependency_repositories": [
            {"name": "@own", "url": place.private, "username": "robot$ci", "password": PASSWORD},
            {"url": f"oci://{place.server.host}", "plain_http": True},
        ]
    }


FILES = ["cache-1.2.0.tgz", "cache-2.0.0.tgz", "near-0.1.0.tgz", "pier-0.5.0.tgz"]


def test_check_write_check_write(place: Place) -> None:
    chart = place.chart(every_kind(place))
    before = tree(chart)
    for changed in (True, False):
        for state in ("present", "latest"):
            expected = changed and state == "present"
            predicted = good(place.run(chart, state, check=True, diff=True, **options(place)))
            if changed and state == "present":
                assert tree(chart) == before
            result = good(place.run(chart, state, diff=True, **options(place)))
            assert (predicted["changed"], result["changed"]) == (expected, expected)
            assert predicted == result
    assert sorted(set(tree(chart)) - set(before)) == ["Chart.lock", *(f"charts/{name}" for name in FILES)]
    assert [(row["alias"] or row["name"], row["locked_version"], row["archive"], row["status"]) for row in result["dependencies"]] == [
        ("first", "1.2.0", "charts/cache-1.2.0.tgz", "ok"),
        ("second", "2.0.0", "charts/cache-2.0.0.tgz", "ok"),
        ("pier", "0.5.0", "charts/pier-0.5.0.tgz", "ok"),
        ("near", "0.1.0", "charts/near-0.1.0.tgz", "ok"),
        ("inside", ">=1", "", "unpacked"),
    ]
    assert f"repository: {place.private}\n" in (chart / "Chart.lock").read_text()  # as helm writes it
    assert not any("bak" in file.name for file in load_archive((chart / "charts" / "near-0.1.0.tgz").read_bytes()).files)
    assert PASSWORD not in json.dumps(result)
    listed = good(place.run(chart, "gathered", **options(place)))
    assert [row["status"] for row in listed["dependencies"]] == ["too many matches", "too many matches", "ok", "ok", "unpacked"]
    assert listed["lock"] == {"path": f"{chart}/Chart.lock", "digest": result["lock"]["digest"], "in_sync": True}


def test_the_difference(place: Place) -> None:
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.url}'}}")
    good(place.run(chart))
    (chart / "Chart.yaml").write_text((chart / "Chart.yaml").read_text().replace("^1", "^2"))
    diff = good(place.run(chart, "latest", check=True, diff=True))["diff"]
    assert (diff["before_header"], diff["after_header"]) == (str(chart), str(chart))
    digests = [hashlib.sha256(archive("cache", version)).hexdigest() for version in ("1.2.0", "2.0.0")]
    for version, text, digest in (("1.2.0", diff["before"], digests[0]), ("2.0.0", diff["after"], digests[1])):
        lines = text.splitlines()
        assert lines[:4] == ["Chart.lock", "  dependencies:", "  - name: cache", f"    repository: {place.url}"]
        assert lines[4] == f"    version: {version}" and lines[6:] == [f"charts/cache-{version}.tgz sha256:{digest}"]
    assert "diff" not in place.run(chart, "latest", check=True)


def test_each_index_is_fetched_once_and_each_archive_only_if_needed(place: Place) -> None:
    wanted = (("cache", "^1"), ("queue", "^1"), ("cache", "^2"))
    lines = [f"{{name: {name}, version: {text}, repository: '{place.url}', alias: a{n}}}" for n, (name, text) in enumerate(wanted)]
    chart = place.chart("\n".join(lines))
    good(place.run(chart))
    assert place.server.paths.count("/charts/index.yaml") == 1 and len(place.downloads) == 3
    place.server.asked.clear()
    good(place.run(chart))
    assert place.downloads == []
    for path in (chart / "charts").iterdir():
        path.unlink()
    good(place.run(chart))
    assert place.downloads == []  # they are in helm's content cache
    assert sorted(tree(chart / "charts")) == ["cache-1.2.0.tgz", "cache-2.0.0.tgz", "queue-1.2.0.tgz"]


@pytest.mark.slow
def test_a_failed_download_changes_nothing(place: Place) -> None:
    chart = place.chart(f"{{name: cache, version: 1.0.0, repository: '{place.url}'}}\n{{name: queue, version: 1.0.0, repository: '{place.url}'}}")
    good(place.run(chart))
    (chart / "Chart.yaml").write_text((chart / "Chart.yaml").read_text().replace("1.0.0, repo", "^1, repo"))
    before = tree(chart)
    place.refuses = lambda asked: "queue-1.2.0" in asked.path
    for check in (True, False):
        result = place.run(chart, "latest", check=check)
        assert result["failed"] and "queue-1.2.0.tgz returned 500" in result["msg"]
        assert tree(chart) == before
    place.refuses = lambda _asked: False
    assert good(place.run(chart, "latest"))["removed"] == ["charts/cache-1.0.0.tgz", "charts/queue-1.0.0.tgz"]


def test_credentials_go_to_their_repository_only(place: Place) -> None:
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.private}'}}\n{{name: queue, version: ^1, repository: '{place.url}'}}")
    refused = place.run(chart)
    assert refused["failed"] and "401" in refused["msg"]
    entry = {"url": f"http://{place.server.host}/private", "username": "robot$ci", "password": PASSWORD}
    place.server.asked.clear()
    good(place.run(chart, dependency_repositories=[entry]))
    sent = {asked.path: asked.authorization for asked in place.server.asked}
    assert sent == {
        "/private/index.yaml": BASIC,
        "/private/cache-1.2.0.tgz": BASIC,
        "/charts/index.yaml": "",
        "/charts/queue-1.2.0.tgz": "",
    }
    stored = [path for path in place.folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert stored == []


def test_the_longest_url_counts(place: Place) -> None:
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.private}/'}}")
    wrong = {"url": f"http://{place.server.host}", "username": "other", "password": "wrong"}
    right = {"url": place.private, "username": "robot$ci", "password": PASSWORD}
    for entries in ([wrong, right], [right, wrong]):
        good(place.run(chart, "latest", dependency_repositories=entries))


def test_added_repositories(place: Place) -> None:
    """Their names, and their credentials for their URLs."""
    config = place.folder / "repositories.yaml"
    entry = {"name": "own", "url": place.private, "username": "robot$ci", "password": PASSWORD}
    config.write_text(json.dumps({"apiVersion": "", "repositories": [entry]}))
    place.environ["HELM_REPOSITORY_CONFIG"] = str(config)
    for repository in ("@own", "alias:own", place.private):
        chart = place.chart(f"{{name: cache, version: ^1, repository: '{repository}'}}", folder=repository.replace("/", "_"))
        assert good(place.run(chart))["written"] == ["charts/cache-1.2.0.tgz"]
    chart = place.chart("{name: cache, version: ^1, repository: '@other'}", folder="other")
    result = place.run(chart)
    assert result["failed"] and "There is no repository for @other of the dependencies (known: @own)." in result["msg"]
    result = good(place.run(chart, "gathered"))
    assert result["dependencies"][0]["status"] == "missing" and "lock" not in result
    (chart / "Chart.lock").write_text("digest: x\n")
    assert place.run(chart, "gathered")["lock"]["in_sync"] is None


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"url": "stable"}, "dependency_repositories[0].url is 'stable'; use an http(s) or oci:// URL."),
        ({"url": f"https://u:{PASSWORD}@h"}, "dependency_repositories[0].url contains credentials; remove them and use username and password."),
        ({"url": "https://h", "username": "u"}, "dependency_repositories[0] has username without password; specify both, or neither."),
        ({"url": "https://h", "client_key": "/k"}, "dependency_repositories[0] has client_key without client_cert; specify both, or neither."),
    ],
)
def test_entries_that_are_not_valid(entry: dict[str, str], words: str, place: Place) -> None:
    result = place.run(place.chart(""), dependency_repositories=[entry])
    assert result["failed"] and result["msg"] == words
    assert PASSWORD not in json.dumps(result)


def test_passwords_are_masked() -> None:
    entries = [{"url": f"https://u:{PASSWORD}@h", "password": PASSWORD, "user": PASSWORD, "username": "me"}]
    for params in ({"dependency_repositories": entries}, {"releases": [{"dependency_repositories": entries}]}, {"dependency_repositories": PASSWORD}):
        assert PASSWORD not in json.dumps(mask_params(params))
    assert "me" in json.dumps(mask_params({"dependency_repositories": entries}))
    assert PASSWORD in secrets_in({"dependency_repositories": entries})
    assert PASSWORD in secrets_in_refused({"dependency_repositories": PASSWORD})


@pytest.mark.parametrize(
    ("state", "words", "helm"),
    [
        ("present", "is not a directory. The dependencies of a packaged chart are part of the package", "only unpacked charts can be updated"),
        ("latest", "is not a directory. The dependencies of a packaged chart are part of the package", "only unpacked charts can be updated"),
    ],
)
def test_a_package_is_not_changed(state: str, words: str, helm: str, place: Place) -> None:
    package = place.folder / "pier.tgz"
    package.write_bytes(archive())
    result = place.run(package, state)
    assert result["failed"] and words in result["msg"] and result["error"]["helm"] == helm
    assert good(place.run(package, "gathered"))["stdout"] == f"WARNING: no dependencies at {package}/charts\n"
    missing = place.run(place.folder / "nowhere", state)
    assert missing["failed"] and missing["error"]["class"] == "ChartNotFound"


def test_a_folder_that_contains_the_chart_is_refused(place: Place) -> None:
    for repository in ("file://.", "file://../", f"file://{place.folder}"):
        result = place.run(place.chart(f"{{name: web, version: '*', repository: '{repository}'}}"))
        assert result["failed"] and "which contains the chart itself. A chart cannot depend on itself." in result["msg"]


def test_a_folder_whose_dependencies_are_missing_is_a_warning(place: Place) -> None:
    place.chart(f"{{name: cache, version: ^1, repository: '{place.url}'}}", "near", "near")
    result = good(place.run(place.chart("{name: near, version: '*', repository: 'file://../near'}")))
    assert result["warnings"] == [
        f"The chart near in {place.folder}/near declares dependencies that are missing in its charts/: cache. Run chart_dependency on that chart first."
    ]


def test_broken_archives_are_repaired(place: Place) -> None:
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.url}'}}")
    good(place.run(chart))
    for data in (b"", b"half", archive("cache", "1.2.0", b"changed")):
        (chart / "charts" / "cache-1.2.0.tgz").write_bytes(data)
        assert good(place.run(chart))["written"] == ["charts/cache-1.2.0.tgz"]
        assert (chart / "charts" / "cache-1.2.0.tgz").read_bytes() == archive("cache", "1.2.0")


def test_signatures(place: Place) -> None:
    """Of archives that are fetched and of those that are there; folders have none."""
    key = RECORDED["ed"]
    keyring = place.folder / "keys.asc"
    keyring.write_text(key["public"])
    place.chart("", "near", "near")
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.url}'}}\n{{name: near, version: '*', repository: 'file://../near'}}")
    refused = place.run(chart, verify="always", keyring=str(keyring))
    assert refused["failed"] and refused["error"]["class"] == "VerificationError" and "cache-1.2.0.tgz has no provenance file" in refused["msg"]
    assert not (chart / "charts").exists()
    assert "has no provenance file" in good(place.run(chart, verify="if_possible", keyring=str(keyring), check=True))["warnings"][0]
    secret = Keyring.read(key["secret"].encode(), "secret")
    place.proofs["cache-1.2.0.tgz.prov"] = sign(archive("cache", "1.2.0"), "cache-1.2.0.tgz", secret, "", "", openpgp({"PATH": "/usr/bin"}))
    for changed in (True, False):
        assert good(place.run(chart, verify="always", keyring=str(keyring)))["changed"] is changed
    other = place.folder / "other.asc"
    other.write_text(RECORDED["rsa"]["public"])
    assert place.run(chart, verify="always", keyring=str(other))["error"]["class"] == "VerificationError"


# offline


def without_archives(chart: Path) -> Path:
    for path in (chart / "charts").glob("*.tgz"):
        path.unlink()
    return chart


@pytest.mark.parametrize("state", ["present", "latest"])
def test_offline_the_caches_are_enough(state: str, place: Place) -> None:
    chart = place.chart(every_kind(place))
    good(place.run(chart, **options(place)))
    expected = tree(chart)
    place.server.stop()
    place.server.asked.clear()
    assert not good(place.run(chart, state, offline=True, **options(place)))["changed"]
    result = good(place.run(without_archives(chart), state, offline=True, **options(place)))
    assert result["written"] == [f"charts/{name}" for name in ("cache-1.2.0.tgz", "cache-2.0.0.tgz", "pier-0.5.0.tgz", "near-0.1.0.tgz")]
    assert tree(chart) == expected
    assert place.server.asked == []


def test_offline_without_a_lock(place: Place) -> None:
    """The versions are chosen from the indexes and tags in the caches."""
    chart = place.chart(every_kind(place))
    good(place.run(chart, **options(place)))
    locked = [row["locked_version"] for row in good(place.run(chart, "gathered"))["dependencies"]]
    (without_archives(chart) / "Chart.lock").unlink()
    place.versions.append("1.3.0")
    place.server.asked.clear()
    result = good(place.run(chart, offline=True, **options(place)))
    assert ([row["locked_version"] for row in result["dependencies"]], place.server.asked) == (locked, [])


@pytest.mark.parametrize(
    ("dependency", "missing"),
    [
        ("{{name: cache, version: ^1, repository: '{url}'}}", "{url}/index.yaml"),
        ("{{name: cache, version: 1.2.0, repository: '@own'}}", "{private}/index.yaml"),
        ("{{name: pier, version: ^0.5, repository: 'oci://{host}/a'}}", "The list of tags of oci://{host}/a/pier"),
        ("{{name: pier, version: 0.5.0, repository: 'oci://{host}/a'}}", "The manifest of oci://{host}/a/pier:0.5.0"),
    ],
)
def test_offline_what_is_missing_is_named(dependency: str, missing: str, place: Place) -> None:
    names = {"url": place.url, "private": place.private, "host": place.server.host}
    chart = place.chart(dependency.format(**names))
    before = tree(chart)
    for state in ("present", "latest"):
        result = place.run(chart, state, offline=True, **options(place))
        name = dependency[len("{{name: ") :].partition(",")[0]
        assert result["failed"] and result["msg"] == (
            f"The dependency {name} cannot be resolved. {missing.format(**names)} is not in the cache, and offline is set; run the task once "
            "without offline on this host."
        )
    assert (tree(chart), place.server.asked) == (before, [])
    assert good(place.run(chart, "gathered", offline=True, **options(place)))["dependencies"][0]["status"] == "missing"


def test_offline_an_archive_that_is_missing_is_named(place: Place) -> None:
    chart = place.chart(
        f"{{name: cache, version: 1.0.0, repository: '{place.url}'}}\n{{name: pier, version: 0.5.0, repository: 'oci://{place.server.host}/a'}}"
    )
    good(place.run(chart, **options(place)))
    without_archives(chart)
    before = tree(chart)
    stored = {hashlib.sha256(data).hexdigest(): path for path in place.folder.rglob("*.chart") for data in (path.read_bytes(),)}
    place.server.asked.clear()
    digests = [hashlib.sha256(archive(*one)).hexdigest() for one in (("pier", "0.5.0"), ("cache", "1.0.0"))]
    for digest, words in zip(digests, (f"with sha256:{digests[0]} is not in the cache", f"{place.url}/cache-1.0.0.tgz is not in the cache"), strict=True):
        stored[digest].unlink()
        result = place.run(chart, offline=True, **options(place))
        assert result["failed"] and words in result["msg"]
        assert (tree(chart), place.server.asked) == (before, [])


def test_offline_other_credentials_find_nothing(place: Place) -> None:
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.private}'}}")
    entry = {"url": place.private, "username": "robot$ci", "password": PASSWORD}
    good(place.run(chart, dependency_repositories=[entry]))
    without_archives(chart)
    good(place.run(chart, check=True, offline=True, dependency_repositories=[entry]))
    result = place.run(chart, offline=True, dependency_repositories=[{**entry, "password": "other"}])
    assert result["failed"] and "/private/index.yaml is not in the cache" in result["msg"]


@pytest.mark.parametrize("face", [chart_template, chart_lint, chart_package])
def test_offline_dependency_update(face: Callable[..., Result], place: Place) -> None:
    chart, before = declared(place)
    given: dict[str, Any] = {"chart_ref": str(chart), "dependency_update": True}
    given |= {"destination": str(place.folder / "dist")} if face is chart_package else {}
    missing = place.face(face, **given, offline=True)
    assert missing["failed"] and f"{place.url}/index.yaml is not in the cache, and offline is set" in missing["msg"]
    assert place.server.asked == []
    first = good(place.face(face, **given))
    place.versions.append("1.3.0")
    place.server.asked.clear()
    second = good(place.face(face, **given, offline=True))
    same = "digest" if face is chart_package else "stdout"
    assert second[same] == first[same]
    assert (tree(chart), place.server.asked) == (before, [])


# dependency_update


def declared(place: Place) -> tuple[Path, dict[str, bytes]]:
    chart = place.chart(f"{{name: cache, version: ^1, repository: '{place.url}', alias: first}}\n{{name: near, version: '*', repository: 'file://../near'}}")
    near = place.chart("", "near", "near")
    (near / "templates" / "b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-near}\n")
    return chart, tree(chart)


def test_rendering_with_dependencies_writes_nothing_into_the_chart(place: Place) -> None:
    chart, before = declared(place)
    missing = place.face(chart_template, chart_ref=str(chart))
    assert missing["failed"] and "Download them with chart_dependency, or set dependency_update." in missing["msg"]
    result = good(place.face(chart_template, chart_ref=str(chart), dependency_update=True))
    assert "name: from-near" in result["stdout"] and "--dependency-update" in result["command"]
    assert tree(chart) == before
    good(place.run(chart))
    written = good(place.face(chart_template, chart_ref=str(chart)))
    assert written["stdout"] == result["stdout"]
    place.versions.append("1.3.0")
    before = tree(chart)
    good(place.face(chart_template, chart_ref=str(chart), dependency_update=True))
    assert "/charts/cache-1.3.0.tgz" in place.server.paths and tree(chart) == before


def test_a_package_with_dependencies(place: Place) -> None:
    chart, before = declared(place)
    destination = place.folder / "dist"
    given: dict[str, Any] = {"chart_ref": str(chart), "destination": str(destination)}
    assert place.face(chart_package, **given)["failed"]
    for changed in (True, False):
        assert good(place.face(chart_package, **given, dependency_update=True))["changed"] is changed
    assert tree(chart) == before
    made = load_archive(read_package(destination / "web-0.1.0.tgz") or b"")
    assert sorted(one.name for one in made.dependencies) == ["cache", "near"]
    assert made.lock is not None and made.lock.generated == "1980-01-01T00:00:00Z"
    good(place.run(chart))
    lock = (chart / "Chart.lock").read_text()
    good(place.face(chart_package, **given, dependency_update=True))
    made = load_archive(read_package(destination / "web-0.1.0.tgz") or b"")
    assert made.lock is not None and made.lock.generated in lock  # the lock that is there is up to date


@pytest.mark.parametrize("with_subcharts", [False, True])
def test_linting_with_dependencies(with_subcharts: bool, place: Place) -> None:
    chart, before = declared(place)
    given: dict[str, Any] = {"chart_ref": str(chart), "with_subcharts": with_subcharts, "fail_on": "never"}
    missing = place.face(chart_lint, **given)
    assert "chart directory is missing these dependencies: cache,near" in missing["stdout"]
    result = good(place.face(chart_lint, **given, dependency_update=True))
    assert "missing these dependencies" not in result["stdout"]
    assert len(result["charts"]) == (3 if with_subcharts else 1)
    assert tree(chart) == before
    (chart / "templates" / "broken.yaml").write_text("{{")
    assert "broken.yaml" in place.face(chart_lint, **given, dependency_update=True)["stdout"]


@pytest.mark.parametrize("face", [chart_template, chart_lint])
def test_a_chart_without_dependencies_is_a_remark(face: Callable[..., Result], place: Place) -> None:
    result = good(place.face(face, chart_ref=str(place.chart("")), dependency_update=True))
    assert result["warnings"][0].startswith("There is no dependencies block defined in Chart.yaml.")


def test_a_packaged_chart_stays_as_it_is(place: Place) -> None:
    chart, _before = declared(place)
    place.face(chart_package, chart_ref=str(chart), destination=str(place.folder), dependency_update=True)
    place.server.asked.clear()
    result = good(place.face(chart_template, chart_ref=f"{place.folder}/web-0.1.0.tgz", dependency_update=True))
    assert "name: from-near" in result["stdout"] and place.server.paths == []


def test_nothing_is_written_where_nothing_can_be(place: Place) -> None:
    """A chart in a folder that cannot be written, as in an image."""
    chart, _before = declared(place)
    for folder in (chart / "templates", chart):
        folder.chmod(0o555)
    try:
        good(place.face(chart_template, chart_ref=str(chart), dependency_update=True))
        if os.geteuid():
            result = place.run(chart)
            assert result["failed"] and "cannot be written" in result["msg"]
    finally:
        for folder in (chart, chart / "templates"):
            folder.chmod(0o755)
