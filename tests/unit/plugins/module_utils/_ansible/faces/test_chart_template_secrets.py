# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rendering is returned as it is, unless the task names paths of values that are secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_info import chart_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_lint import chart_lint
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

MAP = """apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  open: {{ .Values.open }}
  kept: {{ .Values.auth.kept | b64enc }} {{ .Values.auth.kept }}
"""
VALUES = {"open": "as-the-sea", "auth": {"kept": "quiet-one"}}
FACES = {"chart_template": chart_template, "chart_info": chart_info, "chart_lint": chart_lint}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: demo, version: 0.1.0, icon: https://example.com/i.png}\n")
    (folder / "values.yaml").write_text("open: ''\nauth: {kept: ''}\n")
    (folder / "templates" / "a.yaml").write_text(MAP)
    (folder / "templates" / "NOTES.txt").write_text("The key is {{ .Values.auth.kept }}.\n")
    return folder


def called(name: str, diff: bool = False, **params: Any) -> dict[str, Any]:
    checked = ArgumentSpecValidator(getattr(specs, name)()["argument_spec"]).validate({"values": VALUES, **params})
    assert not checked.error_messages, checked.error_messages
    return run(FACES[name], checked.validated_parameters, False, diff, {})


def test_without_paths_the_rendering_is_not_masked(chart: Path) -> None:
    result = called("chart_template", chart_ref=str(chart))
    assert "cXVpZXQtb25l quiet-one" in result["stdout"] and result["notes"] == "The key is quiet-one.\n"


def test_with_paths_the_file_has_it_and_the_result_has_not(chart: Path, tmp_path: Path) -> None:
    result = called("chart_template", chart_ref=str(chart), secret_paths=["auth.kept"], output_dir=str(tmp_path / "out"), diff=True)
    assert result["changed"] and not result.get("failed")
    assert "quiet-one" not in json.dumps(result) and "cXVpZXQtb25l" not in json.dumps(result)
    assert "as-the-sea" not in result["stdout"] and "kept: ******** ********" in result["diff"][0]["after"]
    assert "kept: cXVpZXQtb25l quiet-one\n" in (tmp_path / "out" / "demo" / "templates" / "a.yaml").read_text()


@pytest.mark.parametrize("name", list(FACES))
def test_no_error_contains_it(chart: Path, name: str) -> None:
    (chart / "templates" / "b.yaml").write_text('{{ mustRegexMatch (printf "(%s" .Values.auth.kept) "x" }}')
    result = called(name, chart_ref=str(chart), secret_paths=["auth"])
    assert "error parsing regexp" in json.dumps(result) and "quiet-one" not in json.dumps(result)
    assert "quiet-one" in json.dumps(called(name, chart_ref=str(chart))), "without secret_paths it is shown"
