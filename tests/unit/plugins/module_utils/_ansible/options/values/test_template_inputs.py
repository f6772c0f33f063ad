# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inputs of ``chart_template``: names of releases, and a cluster with ``dry_run: server``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster

MAP = """apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  release: {{ .Release.Name }}
  version: {{ .Capabilities.KubeVersion.Version }}
  found: {{ (lookup "v1" "ConfigMap" .Release.Namespace "there").data | default dict | toJson | quote }}
  served: {{ .Capabilities.APIVersions.Has "example.com/v1/Odd" | quote }}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    (folder / "templates").mkdir(parents=True)
    (folder / "crds").mkdir()
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: demo, version: 0.1.0}\n")
    (folder / "templates" / "a.yaml").write_text(MAP)
    (folder / "crds" / "x.yaml").write_text("kind: CustomResourceDefinition\n")
    return folder


def called(chart: Path, **params: Any) -> dict[str, Any]:
    checked = ArgumentSpecValidator(specs.chart_template()["argument_spec"]).validate({"chart_ref": str(chart), **params})
    assert not checked.error_messages, checked.error_messages
    return run(chart_template.chart_template, checked.validated_parameters, False, False, {"KUBECONFIG": str(chart / "none")})


NAMES = [
    ({}, "release-name"),
    ({"name": "web"}, "web"),
    ({"name_template": 'a{{ upper "b" | lower }}{{ add 1 2 }}'}, "ab3"),
    ({"name_template": ""}, "release-name"),
    ({"generate_name": True}, "release-name"),
    ({"generate_name": True, "name_template": "zz"}, "zz"),
]


@pytest.mark.parametrize(("params", "name"), NAMES)
def test_the_name(chart: Path, params: dict[str, Any], name: str) -> None:
    assert f"release: {name}\n" in called(chart, **params)["stdout"]


BAD = [
    ({"name": "web", "name_template": "x"}, "release_name and name_template are mutually exclusive; set one of them.", "cannot set --name-template"),
    ({"name": "web", "generate_name": True}, "release_name and generate_name are mutually exclusive", "cannot set --generate-name"),
    ({"name_template": "A B"}, "'A B' is not a valid release name", 'release name "A B": invalid release name'),
    ({"name_template": "a{{ .x }}"}, "is not a valid release name", 'release name "a<no value>": invalid'),
    ({"name_template": "{{ toYaml 1 }}"}, "name_template fails", 'template: name-template:1: function "toYaml" not defined'),
    ({"name_template": '{{ fail "no" }}'}, "name_template fails", "error calling fail: no"),
    ({"name_template": "{{ if }}"}, "name_template fails", "missing value for if"),
    ({"use_release_name": True}, "use_release_name requires output_dir", ""),
    ({"dry_run": "server", "kube_version": "1.30.0"}, "kube_version and dry_run: server are mutually exclusive", ""),
    ({"dry_run": "server", "api_versions": ["a/v1"]}, "api_versions and dry_run: server are mutually exclusive", ""),
]


@pytest.mark.parametrize(("params", "sentence", "helm"), BAD)
def test_bad_options(chart: Path, params: dict[str, Any], sentence: str, helm: str) -> None:
    result = called(chart, **params)
    assert result["failed"] and sentence in result["msg"] and helm in result["stderr"], result
    assert result["error"]["class"] == "OptionError"


def test_skip_crds_changes_nothing(chart: Path) -> None:
    assert "CustomResourceDefinition" not in called(chart, skip_crds=True)["stdout"]
    assert "CustomResourceDefinition" in called(chart, skip_crds=True, include_crds=True)["stdout"]


def test_the_command_has_them(chart: Path) -> None:
    command = called(chart, name_template="x", generate_name=True, skip_crds=True, devel=True)["command"]
    assert "--name-template x --generate-name --skip-crds" in command and "--devel" in command and "--dry-run" not in command


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> MemoryCluster:
    found = MemoryCluster("default", "shop")
    found.git_version = "v1.34.5"
    monkeypatch.setattr(chart_template, "cluster_of", lambda task: found)
    return found


def _map(name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop", **metadata}, "data": {"k": "v"}}


def test_with_a_cluster(chart: Path, cluster: MemoryCluster) -> None:
    cluster.kinds["example.com/v1", "Odd"] = ("odds", True)
    cluster.put(_map("there"))
    before = dict(cluster.objects)
    result = called(chart, name="web", namespace="shop", dry_run="server")
    assert 'version: v1.34.5\n  found: "{\\"k\\":\\"v\\"}"\n  served: "true"' in result["stdout"], result
    assert result["command"].endswith("--dry-run=server") and not result["changed"]
    assert cluster.objects == before


def test_an_object_of_another_owner(chart: Path, cluster: MemoryCluster) -> None:
    cluster.put(_map("c"))
    result = called(chart, name="web", namespace="shop", dry_run="server")
    assert result["failed"] and "ConfigMap shop/c" in result["msg"]
    assert "invalid ownership metadata" in result["stderr"]
    for more in ({"take_ownership": True}, {"is_upgrade": True}):
        assert not called(chart, name="web", namespace="shop", dry_run="server", **more).get("failed")


def test_a_kind_that_is_not_served(chart: Path, cluster: MemoryCluster) -> None:
    (chart / "templates" / "odd.yaml").write_text("apiVersion: example.com/v1\nkind: Odd\nmetadata: {name: x}\n")
    result = called(chart, name="web", namespace="shop", dry_run="server")
    assert result["failed"] and result["error"]["class"] == "UnknownKind"


def test_a_missing_kubeconfig_is_reported(chart: Path) -> None:
    result = called(chart, dry_run="server")
    assert result["failed"] and result["error"]["class"] == "ClusterConfigError"
