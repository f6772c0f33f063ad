# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong types inside options without types (patches, rules) are reported in one sentence."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.deployer_identity import deployer_identity
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

WRONG: list[Any] = [
    None, True, 5, 1.5, "", "a", "[", "{{", "a: b", [], ["a"], [5], [None], [[]], [{}], {}, {"a": "b"}, {"a": None}, {"a": [1]}, {"": ""},
    -1, 10**30, float("inf"), float("nan"),
]  # fmt: skip
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}}
TARGET = {"kind": "Deployment"}

PATCHES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "whole": lambda wrong: {"patch": wrong},
    "whole with target": lambda wrong: {"patch": wrong, "target": TARGET},
    "metadata": lambda wrong: {"patch": {"kind": "Deployment", "metadata": wrong}},
    "name": lambda wrong: {"patch": {"kind": "Deployment", "metadata": {"name": wrong}}},
    "kind": lambda wrong: {"patch": {**DEPLOYMENT, "kind": wrong}},
    "spec": lambda wrong: {"patch": {**DEPLOYMENT, "spec": wrong}},
    "containers": lambda wrong: {"patch": {**DEPLOYMENT, "spec": {"template": {"spec": {"containers": wrong}}}}},
    "operation": lambda wrong: {"patch": [wrong], "target": TARGET},
    "op": lambda wrong: {"patch": [{"op": wrong, "path": "/spec"}], "target": TARGET},
    "path": lambda wrong: {"patch": [{"op": "add", "path": wrong, "value": 1}], "target": TARGET},
    "from": lambda wrong: {"patch": [{"op": "move", "from": wrong, "path": "/spec"}], "target": TARGET},
    "value": lambda wrong: {"patch": [{"op": "replace", "path": "/metadata", "value": wrong}], "target": TARGET},
    "root": lambda wrong: {"patch": [{"op": "replace", "path": "", "value": wrong}], "target": TARGET},
}


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("web")
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 0.1.0}\n")
    spec = "{template: {spec: {containers: [{name: x, image: 'a/b:1'}]}}}"
    (folder / "templates" / "a.yaml").write_text(f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec: {spec}\n")
    return str(folder)


def message_of(face: Any, params: dict[str, Any], home: Path) -> str:
    spec = getattr(specs, face.__name__)()["argument_spec"]
    checked = ArgumentSpecValidator(spec).validate(copy.deepcopy(params))
    if checked.error_messages:
        return "; ".join(checked.error_messages)
    result = run(face, checked.validated_parameters, False, True, {"HOME": str(home)})
    assert result.get("error", {}).get("class") != "InternalError", result["error"]
    return str(result.get("msg", ""))


@pytest.mark.parametrize("place", PATCHES)
def test_patches(chart: str, tmp_path: Path, place: str) -> None:
    sentences = [message_of(chart_template, {"chart_ref": chart, "patches": [PATCHES[place](wrong)]}, tmp_path) for wrong in WRONG]
    assert any(sentences) and all("\n" not in sentence for sentence in sentences)


@pytest.mark.parametrize("key", ["apiGroups", "resources", "verbs"])
@pytest.mark.parametrize("wrong", [True, 5, "get", [5], [None], {"a": "b"}, [["get"]]])
def test_rules_of_an_identity(tmp_path: Path, key: str, wrong: Any) -> None:
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], key: wrong}
    sentence = message_of(deployer_identity, {"path": str(tmp_path / "kubeconfig"), "rules": [rule]}, tmp_path)
    assert sentence == f"rules: {key} must be a list of strings, as in a Role."
