# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_copy``: every kind of source and destination, what travels along, and what fails."""

from __future__ import annotations

import hashlib
import json
import random
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http import retries
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_copy import chart_copy
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartNotFound, OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import CHART, CONFIG, INDEX, MANIFEST

ADAPTERS = Path(__file__).resolve().parents[2] / "_adapters"
sys.path[:0] = [str(ADAPTERS / "registry"), str(ADAPTERS / "charts")]
from fake_museum import FakeMuseum
from fake_registry import NO_REPLY, Asked, FakeRegistry, Reply, archive, sha256

VERSIONS = ("2.0.0-rc.1", "1.1.0", "1.0.0+b", "1.0.0")
CHARTS = {version: archive(version=version, filling=version.encode()) for version in VERSIONS}
CANARY = "canary-77ab"


class End:
    """A source or a destination with charts named ``pier``."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        self.server: Any = {"folder": lambda: None, "registry": FakeRegistry, "museum": FakeMuseum}[kind]()
        if kind == "folder":
            folder.mkdir()

    @property
    def place(self) -> str:
        if self.kind == "registry":
            return f"oci://{self.server.host}/a"
        return str(self.folder) if self.server is None else str(self.server.url)

    def add(self, version: str, data: bytes, proof: bytes | None = None) -> None:
        if self.kind == "registry":
            self.server.add(version.replace("+", "_"), data)
        elif self.kind == "museum":
            self.server.charts["pier", version] = data
            if proof is not None:
                self.server.proofs["pier", version] = proof
        else:
            (self.folder / f"pier-{version}.tgz").write_bytes(data)
            if proof is not None:
                (self.folder / f"pier-{version}.tgz.prov").write_bytes(proof)

    def charts(self) -> dict[str, bytes]:
        if self.kind == "museum":
            return {version: data for (_name, version), data in self.server.charts.items()}
        if self.kind == "folder":
            return {path.name.removeprefix("pier-").removesuffix(".tgz"): path.read_bytes() for path in self.folder.glob("*.tgz")}
        found = {}
        for tag, data in self.server.manifests.items():
            layers = [layer for layer in json.loads(data).get("layers") or [] if layer["mediaType"] == CHART]
            if not tag.startswith("sha256") and layers:
                found[tag.replace("_", "+")] = self.server.blobs[layers[0]["digest"]]
        return found

    def proofs(self) -> int:
        if self.kind == "museum":
            return len(self.server.proofs)
        if self.kind == "folder":
            return len(list(self.folder.glob("*.prov")))
        return sum(len(json.loads(data)["layers"]) - 1 for tag, data in self.server.manifests.items() if tag in VERSIONS)

    def state(self) -> Any:
        return json.dumps(sorted(self.server.manifests), default=str) if self.kind == "registry" else (self.charts(), self.proofs())

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.time, "sleep", lambda _seconds: None)


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Callable[[str, str], tuple[End, End]]]:
    made: list[End] = []

    def make(source: str, target: str) -> tuple[End, End]:
        made[:] = [End(source, tmp_path / "source"), End(target, tmp_path / "target")]
        return made[0], made[1]

    yield make
    for end in made:
        end.stop()


def task(source: End, target: End, /, check_mode: bool = False, **params: Any) -> Task:
    given = {
        "source": source.place,
        "destination": target.place,
        "plain_http": True,
        "destination_plain_http": True,
        "charts": ["pier"],
        **params,
    }
    checked = ArgumentSpecValidator(specs.chart_copy()["argument_spec"]).validate(given)
    assert checked.error_messages == []
    environ = {"HOME": str(source.folder.parent), "PATH": "/usr/bin:/bin"}
    return Task(params=checked.validated_parameters, environ=environ, check_mode=check_mode, diff=True)


def copy(source: End, target: End, /, **params: Any) -> Result:
    """The result, which check mode predicts without a write."""
    before = target.state()
    predicted = chart_copy(task(source, target, check_mode=True, **params))
    assert target.state() == before
    result = chart_copy(task(source, target, **params))
    for key in ("changed", "present", "skipped", "failed_charts", "diff", "images"):
        assert predicted.get(key) == result.get(key), key
    names = [
        [(one["version"], one["status"], one["digest"], one["signatures"]) for one in found["copied"]] for found in (predicted, result)
    ]
    assert names[0] == names[1]
    assert (target.state() != before) is result["changed"]
    return result


def proof(data: bytes, version: str) -> bytes:
    return f"name: pier\nversion: {version}\nfiles: sha256:{hashlib.sha256(data).hexdigest()}\n".encode()


@pytest.mark.parametrize("target_kind", ["registry", "museum", "folder"])
@pytest.mark.parametrize("source_kind", ["registry", "museum", "folder"])
def test_every_pair(source_kind: str, target_kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends(source_kind, target_kind)
    for version, data in CHARTS.items():
        source.add(version, data, proof(data, version) if version == "1.1.0" else None)
    result = copy(source, target)
    assert result["changed"] is True
    assert [(one["name"], one["version"], one["status"]) for one in result["copied"]] == [
        ("pier", version, "pushed") for version in VERSIONS
    ]
    assert [one["digest"] for one in result["copied"]] == [sha256(CHARTS[version]) for version in VERSIONS]
    assert target.charts() == CHARTS
    assert target.proofs() == (0 if source_kind == "registry" else 1)
    again = copy(source, target)
    assert again["changed"] is False
    assert [one["version"] for one in again["present"]] == list(VERSIONS)


@pytest.mark.parametrize("source_kind", ["registry", "museum"])
def test_what_is_present_is_not_fetched(source_kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends(source_kind, "registry")
    for version, data in CHARTS.items():
        source.add(version, data)
    chart_copy(task(source, target, chart_version="1.1.0"))
    source.server.asked.clear()
    target.server.asked.clear()
    result = chart_copy(task(source, target, chart_version="^1"))
    assert ([one["version"] for one in result["copied"]], [one["version"] for one in result["present"]]) == (
        ["1.0.0+b", "1.0.0"],
        ["1.1.0"],
    )
    fetched = [str(getattr(asked, "path", asked)) for asked in source.server.asked]
    assert sum(path.endswith(".tgz") or sha256(CHARTS["1.1.0"]) in path for path in fetched) == (0 if source_kind == "registry" else 2)
    assert [asked.method for asked in target.server.asked if asked.method == "POST"] != []
    target.server.asked.clear()
    chart_copy(task(source, target, chart_version="^1"))
    assert {asked.method for asked in target.server.asked} == {"GET"}


@pytest.mark.parametrize(
    ("allowed", "versions"),
    [
        ("", VERSIONS),
        ("1.0.0+b", ["1.0.0+b"]),
        ("2.0.0-rc.1", ["2.0.0-rc.1"]),
        ("~1.1", ["1.1.0"]),
        (">=1.0", ["1.1.0", "1.0.0+b", "1.0.0"]),
        (">1.1-0", ["2.0.0-rc.1"]),
    ],
)
@pytest.mark.parametrize("source_kind", ["registry", "museum", "folder"])
def test_versions(source_kind: str, allowed: str, versions: list[str], ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends(source_kind, "folder")
    for version, data in CHARTS.items():
        source.add(version, data)
    assert [one["version"] for one in chart_copy(task(source, target, chart_version=allowed))["copied"]] == list(versions)


@pytest.mark.parametrize("target_kind", ["registry", "museum", "folder"])
@pytest.mark.parametrize("allowed", ["", "2.0.0-RC.1", ">1-0"])
def test_tags_in_lower_case(allowed: str, target_kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    """A registry lists its tags in lower case and finds them in any: the version is that of the chart."""
    source, target = ends("registry", target_kind)
    source.server.add("2.0.0-rc.1", archive(version="2.0.0-RC.1"), json.dumps({"name": "pier", "version": "2.0.0-RC.1"}).encode())
    source.server.manifests["2.0.0-RC.1"] = source.server.manifests["2.0.0-rc.1"]
    assert [one["version"] for one in copy(source, target, chart_version=allowed)["copied"]] == ["2.0.0-RC.1"]
    assert list(target.charts()) == ["2.0.0-RC.1"]
    assert [one["version"] for one in copy(source, target, chart_version=allowed)["present"]] == ["2.0.0-RC.1"]


@pytest.mark.parametrize(
    ("chart", "config"),
    [
        ("2.0.0-RC.2", {"version": "2.0.0-RC.2"}),
        ("2.0.0-RC.2", {"version": "2.0.0-RC.1"}),
        ("2.0.0-RC.1", {}),
        ("2.0.0-RC.1", {"version": ["2.0.0-RC.1"]}),
    ],
)
def test_another_version_than_the_tag(chart: str, config: dict[str, Any], ends: Callable[[str, str], tuple[End, End]]) -> None:
    """Only the case may differ, and the config must say it."""
    source, target = ends("registry", "museum")
    source.server.add("2.0.0-rc.1", archive(version=chart), json.dumps(config).encode())
    result = chart_copy(task(source, target))
    assert f"contains pier {chart}" in result["msg"]
    assert target.charts() == {}


def test_a_registry_that_distinguishes_case(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "folder")
    source.add("2.0.0-rc.1", CHARTS["2.0.0-rc.1"])
    with pytest.raises(ChartNotFound, match=r"it has 2\.0\.0-rc\.1"):
        chart_copy(task(source, target, chart_version="2.0.0-RC.1"))


@pytest.mark.parametrize("source_kind", ["registry", "museum", "folder"])
def test_versions_and_charts_that_do_not_exist(source_kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends(source_kind, "folder")
    source.add("1.0.0", CHARTS["1.0.0"])
    for params, says in (
        ({"chart_version": ">2"}, "The source does not have a version that '>2' allows of the chart 'pier'; it has 1.0.0."),
        ({"chart_version": "no range"}, "is not a version or a constraint"),
        ({"charts": ["pier", "quay"]}, "quay"),
    ):
        with pytest.raises(ChartNotFound) as caught:
            chart_copy(task(source, target, **params))
        assert says in caught.value.message
    assert target.charts() == {}


@pytest.mark.parametrize("source_kind", ["museum", "folder"])
def test_all_charts(source_kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends(source_kind, "museum")
    quay = archive(name="quay")
    source.add("1.0.0", CHARTS["1.0.0"])
    if source_kind == "museum":
        source.server.charts["quay", "1.0.0"] = quay
    else:
        (source.folder / "below").mkdir()
        (source.folder / "below" / "any.tgz").write_bytes(quay)
        (source.folder / "none.tgz").write_text("no archive")
    done = task(source, target, charts=[])
    assert [one["name"] for one in chart_copy(done)["copied"]] == ["pier", "quay"]
    assert target.server.charts == {("pier", "1.0.0"): CHARTS["1.0.0"], ("quay", "1.0.0"): quay}
    assert len(done.warnings) == (source_kind == "folder")


def test_a_registry_lists_no_charts(ends: Callable[[str, str], tuple[End, End]]) -> None:
    with pytest.raises(OptionError, match="A registry does not list its charts; set charts"):
        chart_copy(task(*ends("registry", "folder"), charts=[]))


def test_one_that_fails_does_not_end_the_others(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("museum", "registry")
    for version, data in CHARTS.items():
        source.add(version, data)
    broken = {"1.1.0": b"other bytes", "1.0.0": archive(version="9.9.9")}
    real = source.server.file
    source.server.file = lambda path: (
        next(((200, data) for version, data in broken.items() if path.endswith(f"pier-{version}.tgz")), None) or real(path)
    )
    result = chart_copy(task(source, target))
    assert (result["failed"], result["changed"]) == (True, True)
    assert [one["version"] for one in result["copied"]] == ["2.0.0-rc.1", "1.0.0+b"]
    assert [one["version"] for one in result["failed_charts"]] == ["1.1.0", "1.0.0"]
    assert "does not match the index entry for pier-1.1.0" in result["failed_charts"][0]["msg"]
    assert result["msg"].startswith("2 of 4 versions were not copied. pier 1.1.0: ")
    assert set(target.charts()) == {"2.0.0-rc.1", "1.0.0+b"}
    source.server.file = real
    again = chart_copy(task(source, target))
    assert "failed" not in again
    assert [one["version"] for one in again["copied"]] == ["1.1.0", "1.0.0"]


def test_an_archive_with_another_version_than_the_index_says(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("museum", "registry")
    source.server.charts["pier", "1.0.0"] = CHARTS["1.1.0"]
    result = chart_copy(task(source, target))
    assert "contains pier 1.1.0, where pier 1.0.0 is expected; it was not copied." in result["failed_charts"][0]["msg"]
    assert target.charts() == {}


@pytest.mark.parametrize("target_kind", ["registry", "museum", "folder"])
@pytest.mark.parametrize("source_kind", ["registry", "museum"])
def test_other_archives_at_the_destination(source_kind: str, target_kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends(source_kind, target_kind)
    source.add("1.1.0", CHARTS["1.1.0"])
    source.add("1.0.0", CHARTS["1.0.0"])
    target.add("1.0.0", archive(filling=b"other"))
    other = target.charts()["1.0.0"]
    result = copy(source, target)
    assert result["failed"] is True
    assert "exists with other content" in result["failed_charts"][0]["msg"]
    assert target.charts() == {"1.1.0": CHARTS["1.1.0"], "1.0.0": other}
    result = copy(source, target, on_exists="skip")
    assert [one["version"] for one in result["skipped"]] == ["1.0.0"]
    result = copy(source, target, on_exists="replace")
    assert [(one["version"], one["status"]) for one in result["copied"]] == [("1.0.0", "replaced")]
    assert target.charts()["1.0.0"] == CHARTS["1.0.0"]


def test_a_provenance_file_of_another_archive(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("museum", "folder")
    source.add("1.0.0", CHARTS["1.0.0"], b"files: sha256:" + b"0" * 64)
    done = task(source, target)
    assert chart_copy(done)["copied"][0]["provenance"] is False
    assert "is about another archive, and was not copied" in done.warnings[0]
    assert target.proofs() == 0


# --- between registries


def attach(registry: FakeRegistry, digest: str, text: bytes) -> str:
    """A manifest that refers to another one; returns its digest."""
    registry.blobs[sha256(text)] = text
    layer = {"mediaType": "application/vnd.example", "digest": sha256(text), "size": len(text)}
    empty = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": sha256(b"{}"), "size": 2}
    registry.blobs[sha256(b"{}")] = b"{}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": "application/vnd.example.signature",
        "config": empty,
        "layers": [layer],
        "subject": {"mediaType": MANIFEST, "digest": digest, "size": 1},
    }
    data = json.dumps(manifest).encode()
    registry.manifests[sha256(data)] = data
    if not registry.has_referrers:
        entry = {"mediaType": MANIFEST, "digest": sha256(data), "size": len(data), "artifactType": "application/vnd.example.signature"}
        tag = digest.replace(":", "-")
        there = json.loads(registry.manifests.get(tag, b'{"manifests":[]}'))["manifests"]
        registry.put(tag, {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*there, entry]})
    return sha256(data)


def sign(registry: FakeRegistry, digest: str, ending: str = "sig") -> str:
    """One of cosign's tags; returns it."""
    text = f"signature of {digest} {ending}".encode()
    registry.blobs[sha256(text)] = text
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(b"{}"), "size": 2}
    layer = {"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "digest": sha256(text), "size": len(text)}
    tag = f"{digest.replace(':', '-')}.{ending}"
    registry.put(tag, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]})
    return tag


@pytest.mark.parametrize("target_api", [False, True])
@pytest.mark.parametrize("source_api", [False, True])
@pytest.mark.slow
def test_signatures_travel_along(source_api: bool, target_api: bool, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "registry")
    source.server.has_referrers, target.server.has_referrers = source_api, target_api
    digests = {version: source.server.add(version, CHARTS[version]) for version in ("1.1.0", "1.0.0")}
    tags = [sign(source.server, digests["1.1.0"], ending) for ending in ("sig", "att", "sbom")]
    referrer = attach(source.server, digests["1.1.0"], b"one")
    second = attach(source.server, referrer, b"signature of the first")
    result = copy(source, target)
    assert [(one["version"], one["signatures"]) for one in result["copied"]] == [("1.1.0", 5), ("1.0.0", 0)]
    assert [one["manifest_digest"] for one in result["copied"]] == [digests["1.1.0"], digests["1.0.0"]]
    for at in ("1.1.0", "1.0.0", *tags, referrer, second):
        assert target.server.manifests[at] == source.server.manifests[at]
    assert all(sha256(data) == digest for digest, data in target.server.blobs.items())
    index = digests["1.1.0"].replace(":", "-")
    assert (index in target.server.manifests) is (not target_api)
    if not target_api:
        assert [entry["digest"] for entry in json.loads(target.server.manifests[index])["manifests"]] == [referrer]
    again = copy(source, target)
    assert (again["changed"], len(again["present"])) == (False, 2)
    third = attach(source.server, digests["1.0.0"], b"later")
    result = copy(source, target)
    assert [(one["version"], one["status"], one["signatures"]) for one in result["copied"]] == [("1.0.0", "signatures_added", 1)]
    assert third in target.server.manifests


def test_signatures_on_request_only(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "registry")
    sign(source.server, source.server.add("1.0.0", CHARTS["1.0.0"]))
    assert copy(source, target, signatures=False)["copied"][0]["signatures"] == 0
    assert not any(tag.endswith(".sig") for tag in target.server.manifests)


def test_a_tag_appears_after_its_signatures(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "registry")
    digest = source.server.add("1.0.0", CHARTS["1.0.0"])
    sign(source.server, digest)
    attach(source.server, digest, b"one")
    chart_copy(task(source, target))
    stored = [asked.path.rpartition("/")[2] for asked in target.server.asked if asked.method == "PUT" and "/manifests/" in asked.path]
    assert stored[-1] == "1.0.0"
    assert len(stored) == 4


def test_other_signatures_at_the_destination(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "registry")
    digest = source.server.add("1.0.0", CHARTS["1.0.0"])
    chart_copy(task(source, target))
    tag = sign(source.server, digest)
    other = target.server.add(tag, b"other")
    done = task(source, target)
    assert chart_copy(done)["changed"] is False
    assert f"{tag} has other signatures, and was left as it is" in done.warnings[0]
    assert sha256(target.server.manifests[tag]) == other
    assert copy(source, target, on_exists="replace")["copied"][0]["status"] == "signatures_added"


def test_the_same_archive_under_another_manifest(ends: Callable[[str, str], tuple[End, End]]) -> None:
    """Without signatures, it is the same chart; with them, the manifest counts."""
    source, target = ends("registry", "registry")
    digest = source.server.add("1.0.0", CHARTS["1.0.0"])
    target.server.add("1.0.0", CHARTS["1.0.0"], annotations={"other": "x"})
    assert copy(source, target)["changed"] is False
    sign(source.server, digest)
    assert "but the signatures at the source are those of" in copy(source, target)["failed_charts"][0]["msg"]
    assert copy(source, target, on_exists="skip")["skipped"]
    assert copy(source, target, signatures=False)["changed"] is False
    assert copy(source, target, on_exists="replace")["copied"][0]["status"] == "replaced"
    assert sha256(target.server.manifests["1.0.0"]) == digest


def test_an_image_under_a_version(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "registry")
    source.server.add("1.0.0", CHARTS["1.0.0"])
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(b""), "size": 0}
    source.server.put("1.1.0", {"schemaVersion": 2, "config": config, "layers": []})
    result = chart_copy(task(source, target))
    assert [one["version"] for one in result["copied"]] == ["1.0.0"]
    assert (
        f"is not a chart: its config has the type application/vnd.oci.image.config.v1+json, and a chart's is {CONFIG}"
        in result["failed_charts"][0]["msg"]
    )


# --- images, threads, faults, secrets


def test_images(tmp_path: Path, ends: Callable[[str, str], tuple[End, End]]) -> None:
    import io
    import tarfile

    def chart(version: str, template: str) -> bytes:
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w:gz") as tar:
            for path, text in (("Chart.yaml", f"apiVersion: v2\nname: pier\nversion: {version}\n"), ("templates/x.yaml", template)):
                member = tarfile.TarInfo(f"pier/{path}")
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text.encode()))
        return raw.getvalue()

    pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: [{name: a, image: "example.org/a:{{ .Chart.Version }}"}]\n'
    source, target = ends("folder", "registry")
    source.add("1.0.0", chart("1.0.0", pod))
    source.add("1.1.0", chart("1.1.0", pod))
    source.add("1.2.0", chart("1.2.0", '{{ fail "no values" }}'))
    result = copy(source, target, images=True)
    assert result["images"] == ["example.org/a:1.0.0", "example.org/a:1.1.0"]
    done = task(source, target, images=True)
    assert chart_copy(done)["images"] == result["images"]
    assert "cannot be rendered with its default values" in done.warnings[0]
    back = End("folder", tmp_path / "back")
    assert chart_copy(task(target, back, images=True))["images"] == result["images"]


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_at_once_than_allowed(most: int, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("folder", "registry")
    for number in range(12):
        source.add(f"1.0.{number}", archive(version=f"1.0.{number}"))
    now, highest, lock = 0, 0, threading.Lock()
    real = target.server.reply

    def reply(asked: Asked) -> Reply:
        nonlocal now, highest
        with lock:
            now += 1
            highest = max(highest, now)
        try:
            return real(asked)
        finally:
            with lock:
                now -= 1

    target.server.reply = reply
    assert len(chart_copy(task(source, target, max_parallel=most))["copied"]) == 12
    assert 1 <= highest <= most
    with pytest.raises(OptionError, match="max_parallel is 0; it must be at least 1"):
        chart_copy(task(source, target, max_parallel=0))


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.slow
def test_cuts(seed: int, ends: Callable[[str, str], tuple[End, End]]) -> None:
    """Connections end at random bytes at both ends: what is copied is whole, and is completed later."""
    rng = random.Random(seed)
    source, target = ends(rng.choice(["registry", "museum"]), rng.choice(["registry", "museum"]))
    for version, data in CHARTS.items():
        source.add(version, data)
    cuts, lock = rng.randint(1, 12), threading.Lock()

    def cut(method: str, _path: str, length: int) -> int | None:
        nonlocal cuts
        with lock:
            if cuts and rng.random() < 0.5:
                cuts -= 1
                return 0 if method in ("GET", "HEAD") else rng.choice([NO_REPLY, rng.randint(0, length)])
        return None

    target.server.cut = cut
    if source.kind == "registry":
        source.server.cut = cut
    first = chart_copy(task(source, target, max_parallel=2)) if target.kind == "registry" else _tolerant(source, target)
    assert all(CHARTS[version] == data for version, data in target.charts().items())
    source.server.cut = target.server.cut = lambda _method, _path, _length: None
    second = chart_copy(task(source, target))
    assert "failed" not in second
    assert target.charts() == CHARTS
    assert len(second["copied"]) <= len(first.get("failed_charts", ()))


def _tolerant(source: End, target: End) -> Result:
    """A copy to a server whose index is read without retries: it may fail as a whole."""
    from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError

    try:
        return chart_copy(task(source, target, max_parallel=2))
    except RepositoryError:
        return {"failed_charts": VERSIONS}


def test_credentials_stay_at_their_end(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("registry", "registry")
    source.server.add("1.0.0", CHARTS["1.0.0"])
    for end in (source, target):
        end.server.disturb = lambda asked: None if asked.authorization else Reply(401, headers={"WWW-Authenticate": "Basic"})
    names = {
        "repo_username": "reader",
        "repo_password": f"{CANARY}-1",
        "destination_username": "writer",
        "destination_password": f"{CANARY}-2",
    }
    assert chart_copy(task(source, target, **names))["changed"] is True
    import base64

    for end, user, number in ((source, "reader", 1), (target, "writer", 2)):
        expected = "Basic " + base64.b64encode(f"{user}:{CANARY}-{number}".encode()).decode()
        assert {asked.authorization for asked in end.server.asked} == {"", expected}


@pytest.mark.parametrize("kind", ["registry", "museum"])
@pytest.mark.parametrize("named", [False, True])
def test_a_destination_that_refuses(named: bool, kind: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    """The message names the options of this end."""
    source, target = ends("folder", kind)
    source.add("1.0.0", CHARTS["1.0.0"])
    target.server.account = ("me", "right")  # of the museum
    if kind == "registry":
        target.server.disturb = lambda asked: Reply(401, headers={"WWW-Authenticate": "Basic"}) if asked.method == "POST" else None
    else:
        target.server.disturb = lambda method, path: None if method == "POST" else (404, {}, b'{"error":"no chart"}')
    names = {"destination_username": "me", "destination_password": CANARY} if named else {}
    message = chart_copy(task(source, target, **names))["failed_charts"][0]["msg"]
    assert ("The credentials from destination_username do not allow" in message) is named
    assert ("set destination_username and destination_password" in message) is not named
    assert "repo_" not in message


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"source": ""}, "source is empty"),
        ({"source": "s3://x"}, "source has the scheme 's3'"),
        ({"source": f"https://me:{CANARY}@h/x"}, "source https://h/x contains credentials"),
        ({"source": "/does/not/exist"}, "source: there is no directory /does/not/exist"),
        ({"destination": ""}, "destination is empty"),
        ({"destination_username": "me"}, "destination_username is specified without destination_password"),
        ({"repo_password": CANARY}, "repo_password is specified without repo_username"),
    ],
)
def test_refused(params: dict[str, str], says: str, ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("folder", "folder")
    source.add("1.0.0", CHARTS["1.0.0"])
    with pytest.raises(OptionError) as caught:
        chart_copy(task(source, target, **params))
    assert says in caught.value.message
    assert CANARY not in caught.value.message


def test_a_repository_that_was_not_added(ends: Callable[[str, str], tuple[End, End]]) -> None:
    with pytest.raises(ChartNotFound, match="stable"):
        chart_copy(task(*ends("folder", "folder"), source="stable"))


def test_progress(ends: Callable[[str, str], tuple[End, End]]) -> None:
    source, target = ends("folder", "folder")
    for version, data in CHARTS.items():
        source.add(version, data)
    states: list[dict[str, Any]] = []
    done = task(source, target)
    done.report_progress = states.append
    chart_copy(done)
    assert [(state["ready"], state["total"]) for state in states] == [(1, 4), (2, 4), (3, 4), (4, 4)]
