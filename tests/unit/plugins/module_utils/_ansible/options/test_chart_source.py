# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chart that a task names, and what is asked of its dependencies.

The command that a person would type for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.chart_source import chart_of, version_of
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.command import helm_command
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import NotBuiltYet


def _task(tmp_path: Path, more: str = "", **params: Any) -> Task:
    (tmp_path / "Chart.yaml").write_text(f"apiVersion: v2\nname: one\nversion: 0.1.0\n{more}")
    return Task(params={"chart_ref": str(tmp_path), **params}, environ={"HOME": str(tmp_path)})


def test_updating_no_dependencies_is_a_remark(tmp_path: Path) -> None:
    task = _task(tmp_path, dependency_update=True)
    assert chart_of(task).chart.name == "one"
    assert task.warnings[0].startswith("There is no dependencies block defined in Chart.yaml.")


def test_updating_dependencies_is_refused_by_name(tmp_path: Path) -> None:
    task = _task(tmp_path, "dependencies: [{name: two, version: 0.1.0, repository: 'file://../two'}]\n", dependency_update=True)
    with pytest.raises(NotBuiltYet, match="dependency_update"):
        chart_of(task)


@pytest.mark.parametrize("option", ["plain_http", "insecure_registry", "insecure_skip_tls_verify"])
def test_how_a_registry_is_reached_means_nothing_for_a_folder(tmp_path: Path, option: str) -> None:
    assert chart_of(_task(tmp_path, **{option: True})).chart.name == "one"


@pytest.mark.parametrize(("given", "wanted"), [({}, ""), ({"devel": True}, ">0.0.0-0"), ({"devel": True, "chart_version": "1.2.3"}, "1.2.3")])
def test_devel_stands_in_for_a_version(given: dict[str, Any], wanted: str) -> None:
    assert version_of(Task(params=given, environ={})) == wanted


COMMANDS = [
    ({"binary_path": "/opt/helm"}, (), "/opt/helm template web"),
    ({}, (), "helm template web"),
    ({"reuse_values": True}, ("reuse_values",), "helm template web --reuse-values=True"),
    ({"insecure_registry": True, "plain_http": True}, ("insecure_registry", "plain_http"), "helm template web --insecure-skip-tls-verify --plain-http"),
]


@pytest.mark.parametrize(("params", "options", "expected"), COMMANDS)
def test_command(params: dict[str, Any], options: tuple[str, ...], expected: str) -> None:
    assert helm_command(Task(params=params, environ={}), ["template", "web"], options) == expected
