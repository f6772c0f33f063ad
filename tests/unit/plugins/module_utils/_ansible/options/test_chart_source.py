# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chart that a task names, and what is asked of its dependencies.

The command that a person would type for it.
"""

from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import Trust
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import chart_source, specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.chart_source import (
    access_of,
    chart_of,
    provenance_result,
    trust_of,
    version_of,
)
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.command import ACCESS_OPTIONS, helm_command
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masked_options import mask_params, secrets_in
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Shared, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.digest import chart_digest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError, VerificationError


def _task(tmp_path: Path, more: str = "", **params: Any) -> Task:
    (tmp_path / "Chart.yaml").write_text(f"apiVersion: v2\nname: one\nversion: 0.1.0\n{more}")
    return Task(params={"chart_ref": str(tmp_path), **params}, environ={"HOME": str(tmp_path)})


def test_updating_no_dependencies_is_a_remark(tmp_path: Path) -> None:
    task = _task(tmp_path, dependency_update=True)
    assert chart_of(task).chart.name == "one"
    assert task.warnings[0].startswith("There is no dependencies block defined in Chart.yaml.")


def test_updated_dependencies_are_part_of_the_chart_only(tmp_path: Path) -> None:
    for name in ("two", "one"):
        (tmp_path / name).mkdir()
    (tmp_path / "two" / "Chart.yaml").write_text("apiVersion: v2\nname: two\nversion: 0.1.0\n")
    task = _task(tmp_path / "one", "dependencies: [{name: two, version: 0.x, repository: 'file://../two'}]\n", dependency_update=True)
    task.environ = {"HOME": str(tmp_path)}
    found = chart_of(task)
    assert [part.name for part in found.chart.dependencies] == ["two"]
    assert found.chart.lock is not None and found.chart.lock.dependencies[0].version == "0.1.0"
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["Chart.yaml"]
    assert chart_digest(found.chart) == chart_digest(chart_of(task).chart)  # so that a release does not change
    task.shared = Shared()
    assert chart_of(task) is chart_of(task)  # several releases of one task
    plain = replace(task, params={**task.params, "dependency_update": False})
    assert chart_of(plain).chart.dependencies == []


@pytest.mark.parametrize("option", ["plain_http", "insecure_registry", "insecure_skip_tls_verify"])
def test_how_a_registry_is_reached_means_nothing_for_a_folder(tmp_path: Path, option: str) -> None:
    assert chart_of(_task(tmp_path, **{option: True})).chart.name == "one"


@pytest.mark.parametrize(("given", "wanted"), [({}, ""), ({"devel": True}, ">0.0.0-0"), ({"devel": True, "chart_version": "1.2.3"}, "1.2.3")])
def test_devel_stands_in_for_a_version(given: dict[str, Any], wanted: str) -> None:
    assert version_of(Task(params=given, environ={})) == wanted


ACCESS = {
    "chart_repo_username": "robot$ci",
    "chart_repo_password": "pass-word",
    "chart_repo_ca_cert": "/ca",
    "chart_repo_client_cert": "/cert",
    "chart_repo_client_key": "/key",
    "pass_credentials": True,
    "plain_http": True,
}


def test_how_the_repository_is_reached() -> None:
    found = access_of(Task(params=ACCESS, environ={}))
    assert found == Access("", "robot$ci", "pass-word", "/ca", "/cert", "/key", False, True, True)
    for option in ("insecure_skip_tls_verify", "insecure_registry"):
        assert access_of(Task(params={option: True}, environ={})) == Access(insecure_skip_tls_verify=True)


@pytest.mark.parametrize("missing", ["chart_repo_username", "chart_repo_password", "chart_repo_client_cert", "chart_repo_client_key"])
def test_one_of_a_pair_is_refused(missing: str) -> None:
    with pytest.raises(OptionError, match=f"is specified without {missing}; specify both") as caught:
        access_of(Task(params={**ACCESS, missing: None}, environ={}))
    assert "pass-word" not in str(caught.value)


def test_the_password_is_masked_everywhere() -> None:
    assert helm_command(Task(params=ACCESS, environ={}), ["template"], ACCESS_OPTIONS) == (
        "helm template --username 'robot$ci' --password ******** --ca-file /ca --cert-file /cert --key-file /key --pass-credentials --plain-http"
    )
    assert "pass-word" in secrets_in({"releases": [ACCESS], "defaults": {}})
    assert mask_params({"chart_repo_password": ["pass-word"]}) == {"chart_repo_password": ["********"]}
    for face in ("chart_release", "chart_template", "chart_info", "chart_lint"):
        assert getattr(specs, face)()["argument_spec"]["chart_repo_password"]["no_log"] is True


def test_a_warning_of_the_registry_is_the_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = replace(chart_of(_task(tmp_path)), warnings=("The registry h says: x",))
    monkeypatch.setattr(chart_source, "resolve", lambda _reference, _environ: fetched)
    task = _task(tmp_path)
    chart_of(task)
    assert task.warnings == ["The registry h says: x"]


def test_what_a_task_requires_of_an_archive() -> None:
    given = {"verify": "always", "keyring": "/ring", "chart_digest": " SHA256:" + "AB" * 32}
    assert trust_of(Task(params=given, environ={})) == Trust("always", "/ring", "ab" * 32)
    assert trust_of(Task(params={}, environ={})).requires_nothing
    with pytest.raises(OptionError, match="chart_digest 'abc' is not a SHA-256 checksum"):
        trust_of(Task(params={"chart_digest": "abc"}, environ={}))


def test_a_directory_is_no_signed_archive(tmp_path: Path) -> None:
    assert chart_of(_task(tmp_path, verify="if_possible")).warnings == ()
    with pytest.raises(VerificationError, match="is a directory, which has no signature"):
        chart_of(_task(tmp_path, verify="always"))


def test_the_warning_about_a_missing_signature_reaches_the_task(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 0.1.0\n")
    with tarfile.open(tmp_path / "one-0.1.0.tgz", "w:gz") as archive:
        archive.add(tmp_path / "one", "one")
    task = Task(params={"chart_ref": str(tmp_path / "one-0.1.0.tgz"), "verify": "if_possible"}, environ={"HOME": str(tmp_path)})
    assert provenance_result(chart_of(task)) == {}
    assert task.warnings == [f"{tmp_path}/one-0.1.0.tgz has no provenance file (one-0.1.0.tgz.prov); it was not verified."]


COMMANDS = [
    ({"verify": "always", "keyring": "/a ring"}, ("verify", "keyring"), "helm template web --verify --keyring '/a ring'"),
    ({"verify": "if_possible", "keyring": "/ring"}, ("verify", "keyring"), "helm template web"),
    ({"verify": "never"}, ("verify", "keyring"), "helm template web"),
    ({"binary_path": "/opt/helm"}, (), "/opt/helm template web"),
    ({}, (), "helm template web"),
    ({"reuse_values": True}, ("reuse_values",), "helm template web --reuse-values=True"),
    ({"insecure_registry": True, "plain_http": True}, ("insecure_registry", "plain_http"), "helm template web --insecure-skip-tls-verify --plain-http"),
]


@pytest.mark.parametrize(("params", "options", "expected"), COMMANDS)
def test_command(params: dict[str, Any], options: tuple[str, ...], expected: str) -> None:
    assert helm_command(Task(params=params, environ={}), ["template", "web"], options) == expected
