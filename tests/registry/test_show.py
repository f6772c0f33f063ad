# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_info`` returns what ``helm show`` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import servers
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_info import chart_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from real_helm import Helm

CHART = """\
# a comment
name: harbour
apiVersion: v2
version: 1.2.3
appVersion: "4.5"
description: Äpfel
keywords: [sea]
annotations: {category: Ports}
maintainers: [{name: Jo, email: jo@example.com}]
"""
CRD = """\
{begin}apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {name}.example.org}}
"""


def run(home: Path, **params: Any) -> Result:
    checked = ArgumentSpecValidator(specs.chart_info()["argument_spec"]).validate(params)
    assert checked.error_messages == []
    return chart_info(Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin:/bin"}))


@pytest.fixture(params=["everything", "nothing"])
def chart(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a chart with all of the files that ``helm show`` prints, or with ``Chart.yaml`` alone."""
    folder = tmp_path / "harbour"
    folder.mkdir()
    (folder / "Chart.yaml").write_text(CHART)
    if request.param == "everything":
        (folder / "values.yaml").write_text("# how many\nsize: 1\nnested: {a: [1, 2]}\n")
        (folder / "ReadMe.MD").write_text("# Harbour\n\nÄ place.\n")
        for place, name, begin in (("crds", "b", ""), ("crds", "a", "---\n"), ("charts/inner/crds", "c", "")):
            (folder / place).mkdir(parents=True, exist_ok=True)
            (folder / place / f"{name}.yaml").write_text(CRD.format(name=name, begin=begin))
        (folder / "charts/inner/Chart.yaml").write_text("apiVersion: v2\nname: inner\nversion: 0.1.0\n")
    return folder


@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_helm_show(
    version: str, chart: Path, plain_registry: servers.Registry, project: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    helm: Helm = request.getfixturevalue(version)
    helm.must("package", chart, "-d", tmp_path)
    helm.must("push", tmp_path / "harbour-1.2.3.tgz", f"oci://{plain_registry.host}/{project}", "--plain-http")
    place = {"chart_ref": f"oci://{plain_registry.host}/{project}/harbour", "chart_version": "1.2.3", "plain_http": True}
    found = run(tmp_path, **place, render=False, crd_manifests=True)

    def shown(what: str) -> str:
        done = helm.run("show", what, place["chart_ref"], "--version", "1.2.3", "--plain-http")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def printed(text: str) -> str:
        return f"{text}\n" if text else ""

    assert printed(found["chart_text"]) == shown("chart")  # helm package has written the file again, without comments
    assert printed(found["default_values_text"]) == shown("values")
    assert printed(found["readme"]) == shown("readme")
    crds = [file["text"] for file in found["crd_manifests"]]
    if version == "helm":  # helm 3 does not separate the files
        crds = [text if text.startswith("---") else f"---\n{text}" for text in crds]
    assert "".join(f"{text}\n" for text in crds) == shown("crds")


def test_crd_files_are_returned_on_request(chart: Path, tmp_path: Path) -> None:
    assert "crd_manifests" not in run(tmp_path, chart_ref=str(chart), render=False)


def test_the_text_of_a_file_is_not_changed(chart: Path, tmp_path: Path) -> None:
    assert run(tmp_path, chart_ref=str(chart), render=False)["chart_text"] == CHART
