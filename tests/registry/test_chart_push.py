# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_push`` and ``helm push`` store the same in a real registry, and accept it."""

from __future__ import annotations

import hashlib
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import servers
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.sinks.locate import sink_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_push import chart_push
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, OperatorError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import MANIFEST
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.push import packed_chart
from real_helm import Helm
from recorder import Answer, Recorder, Request
from test_artifacts import CHARTS

Package = Callable[..., Path]


def push(home: Path, check_mode: bool = False, **params: Any) -> Result:
    checked = ArgumentSpecValidator(specs.chart_push()["argument_spec"]).validate({"plain_http": True, **params})
    assert checked.error_messages == []
    return chart_push(
        Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin:/bin"}, check_mode=check_mode)
    )


def manifest(host: str, repository: str, tag: str) -> tuple[dict[str, Any], str]:
    """The manifest and its digest."""
    asked = urllib.request.Request(f"http://{host}/v2/{repository}/manifests/{tag}", headers={"Accept": MANIFEST})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        data = answer.read()
    return json.loads(data), f"sha256:{hashlib.sha256(data).hexdigest()}"


@pytest.mark.parametrize("version", ["helm", "helm3"])
@pytest.mark.parametrize("chart", sorted(CHARTS))
@pytest.mark.parametrize("signed", [False, True])
def test_what_is_stored(
    signed: bool,
    chart: str,
    version: str,
    request: pytest.FixtureRequest,
    plain_registry: servers.Registry,
    project: str,
    packaged: Package,
    tmp_path: Path,
) -> None:
    """Both store the same, pull what the other has pushed, and this collection accepts it as it is."""
    helm, host = request.getfixturevalue(version), plain_registry.host
    archive = packaged(version="1.0.0+b", more=CHARTS[chart])
    proof = archive.with_name(f"{archive.name}.prov")
    if signed:
        proof.write_text(f"files: sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}\n")
    said = helm.must("push", archive, f"oci://{host}/{project}/theirs", "--plain-http")
    ours = push(tmp_path, chart_ref=str(archive), destination=f"oci://{host}/{project}/ours")
    theirs, _digest = manifest(host, f"{project}/theirs/pier", "1.0.0_b")
    stored, digest = manifest(host, f"{project}/ours/pier", "1.0.0_b")
    assert stored.pop("mediaType") == MANIFEST  # which helm leaves out
    assert stored == theirs
    assert ours["manifest_digest"] == digest
    assert ours["stdout"].splitlines()[0] == said.splitlines()[0].replace("/theirs/", "/ours/")
    assert ours["stdout"].splitlines()[2:] == [line.replace("/theirs/", "/ours/") for line in said.splitlines()[2:]]
    for check_mode in (True, False):
        again = push(tmp_path, check_mode, chart_ref=str(archive), destination=f"oci://{host}/{project}/theirs")
        assert (again["changed"], again["status"], again["provenance"]) == (False, "present", signed)
    folder = tmp_path / "pulled"
    folder.mkdir()
    helm.must(
        "pull", f"oci://{host}/{project}/ours/pier", "--version", "1.0.0+b", "-d", folder, "--plain-http", *(["--prov"] if signed else [])
    )
    assert (folder / "pier-1.0.0+b.tgz").read_bytes() == archive.read_bytes()
    if signed:
        assert (folder / "pier-1.0.0+b.tgz.prov").read_bytes() == proof.read_bytes()
    assert "1.0.0+b" in helm.must("show", "chart", f"oci://{host}/{project}/ours/pier", "--version", "1.0.0+b", "--plain-http")


@pytest.mark.parametrize("case", ["folder", "no file", "no chart", "scheme", "upper case", "path with a tag"])
@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_what_helm_refuses(
    version: str,
    case: str,
    request: pytest.FixtureRequest,
    plain_registry: servers.Registry,
    project: str,
    packaged: Package,
    tmp_path: Path,
) -> None:
    helm, archive = request.getfixturevalue(version), packaged()
    text = tmp_path / "text.tgz"
    text.write_text("no archive")
    place = f"oci://{plain_registry.host}/{project}"
    ref, destination = {
        "folder": (tmp_path / "charts" / "pier", place),
        "no file": (tmp_path / "none.tgz", place),
        "no chart": (text, place),
        "scheme": (archive, "s3://bucket"),
        "upper case": (archive, f"{place}/UPPER"),
        "path with a tag": (archive, f"{place}:1.0"),
    }[case]
    theirs = helm.run("push", ref, destination, "--plain-http")
    assert theirs.returncode != 0
    with pytest.raises(EngineError) as caught:
        push(tmp_path, chart_ref=str(ref), destination=destination)
    if case in ("folder", "no file", "scheme"):
        assert theirs.stderr.strip().removeprefix("Error: ") == caught.value.helm


def test_another_archive(plain_registry: servers.Registry, project: str, packaged: Package, tmp_path: Path, helm: Helm) -> None:
    place = f"oci://{plain_registry.host}/{project}"
    helm.must("push", packaged(), place, "--plain-http")
    other = packaged(more="description: other\n")
    with pytest.raises(OperatorError, match="exists with other content"):
        push(tmp_path, chart_ref=str(other), destination=place)
    assert push(tmp_path, chart_ref=str(other), destination=place, on_exists="skip")["changed"] is False
    assert push(tmp_path, chart_ref=str(other), destination=place, on_exists="replace")["status"] == "replaced"
    assert "other" in helm.must("show", "chart", f"{place}/pier", "--version", "1.0.0", "--plain-http")


def test_removed(plain_registry: servers.Registry, project: str, packaged: Package, tmp_path: Path, helm: Helm) -> None:
    place = f"oci://{plain_registry.host}/{project}"
    for version in ("1.0.0", "1.1.0"):
        helm.must("push", packaged(version=version), place, "--plain-http")
    named = {"chart_name": "pier", "chart_version": "1.1.0", "destination": place, "state": "absent"}
    assert push(tmp_path, check_mode=True, **named)["changed"] is True
    assert push(tmp_path, **named)["status"] == "removed"
    assert push(tmp_path, **named)["status"] == "absent"
    assert "version: 1.0.0" in helm.must("show", "chart", f"{place}/pier", "--plain-http")


def test_a_reader_may_not_push(token_registry: servers.Registry, project: str, packaged: Package, tmp_path: Path) -> None:
    place = f"oci://{token_registry.host}/{project}"
    params: dict[str, Any] = {"chart_ref": str(packaged()), "destination": place}
    owner = {"repo_username": servers.USER, "repo_password": servers.PASSWORD}
    reader = {"repo_username": servers.READER, "repo_password": servers.READ_PASSWORD}
    with pytest.raises(EngineError, match="The credentials from repo_username do not allow pushing to"):
        push(tmp_path, **{**params, **reader, "destination": f"{place}/other"})
    assert push(tmp_path, **params, **owner)["status"] == "pushed"
    assert push(tmp_path, **params, **owner, state="absent")["status"] == "removed"


def test_the_rest_is_sent_after_a_cut(
    plain_registry: servers.Registry, recorded: Callable[[servers.Registry], Recorder], project: str, packaged: Package, tmp_path: Path
) -> None:
    """The answers to the first upload and to the manifest are lost: what is stored is whole."""
    recorder, archive = recorded(plain_registry), packaged()
    lost = {"PUT": 2}

    def disturb(request: Request) -> Answer | None:
        if lost.get(request.method) and not (lost[request.method] == 1 and "/manifests/" not in request.path):
            lost[request.method] -= 1
            return Answer(cut=0, headers={"Content-Length": "5"})
        return None

    recorder.disturb = disturb
    result = push(tmp_path, chart_ref=str(archive), destination=f"oci://{recorder.host}/{project}")
    assert lost == {"PUT": 0}
    stored, digest = manifest(plain_registry.host, f"{project}/pier", "1.0.0")
    assert result["manifest_digest"] == digest
    assert stored["layers"][0]["digest"] == result["digest"]


def test_a_blob_of_another_repository_is_mounted(
    plain_registry: servers.Registry, recorded: Callable[[servers.Registry], Recorder], project: str, packaged: Package, tmp_path: Path
) -> None:
    from ansible_collections.windlass.charts.plugins.module_utils._adapters.registry.uploads import Uploads
    from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.artifacts import descriptor_of
    from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.logins import NO_LOGIN
    from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import CHART
    from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.references import parse_reference

    recorder, data = recorded(plain_registry), packaged().read_bytes()
    access = Access(plain_http=True)
    sink = sink_of(f"oci://{recorder.host}/{project}", access, {"HOME": str(tmp_path)}, lambda _sentence: None)
    sink.push(packed_chart(data, "x", 0), None)
    recorder.taken()
    other = Uploads(parse_reference(f"oci://{recorder.host}/{project}-other/pier"), access, {}, lambda: NO_LOGIN, lambda _sentence: None)
    other.upload(descriptor_of(CHART, data), lambda: data, mount_from=f"{project}/pier")
    assert [(request.method, request.status) for request in recorder.taken()] == [("HEAD", 404), ("POST", 201)]
    assert other.blob(descriptor_of(CHART, data), len(data)) == data
