# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No result is larger than ansible-runner accepts.

What is left out is named, with its size and a hint.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.size import LIMIT, fitting, size_of
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

TEXT = "x" * 70_000
OBJECTS = [{"kind": "ConfigMap", "data": {"a": TEXT}} for _number in range(10)]
BASE: dict[str, Any] = {"changed": True, "command": "helm", "status": {"name": "web", "revision": "1"}}


@pytest.mark.parametrize(
    ("parts", "left_out"),
    [
        ({}, []),
        ({"stdout": TEXT * 8}, []),
        ({"stdout": TEXT * 9}, ["stdout"]),
        ({"stdout": TEXT * 13, "resources": OBJECTS}, ["stdout", "resources"]),
        ({"stdout": TEXT * 5, "resources": OBJECTS}, ["resources"]),
        ({"stdout": "é" * 120_000}, ["stdout"]),  # JSON with escapes is what is counted
        ({"status": {"name": "web", "revision": "1", "manifest": OBJECTS, "hooks": [1]}}, ["status.manifest"]),
        ({"plan": {"action": "upgrade", "operations": OBJECTS}}, ["plan.operations"]),
        ({"diff": {"prepared": TEXT * 9}, "plan": {"operations": [1]}}, ["diff.prepared"]),
        ({"diff": [{"before": TEXT * 5, "after": TEXT * 5}]}, ["diff"]),
        ({"default_values": {f"k{i}": TEXT for i in range(10)}}, ["default_values"]),
        ({"invocation": {"module_args": {"values": {f"k{i}": "****" for i in range(60_000)}}}}, ["invocation.module_args.values"]),
        ({"failed": True, "msg": "no", "error": {"class": "A", "fields": {"objects": OBJECTS}}}, ["error.fields.objects"]),
        (
            {"releases": [{"changed": True, "name": str(i), "plan": {"operations": OBJECTS[:3]}} for i in range(4)]},
            ["releases.0.plan.operations", "releases.1.plan.operations"],
        ),
    ],
)
def test_what_is_left_out(parts: dict[str, Any], left_out: list[str]) -> None:
    before = {**BASE, **parts}
    total = size_of(before)
    result = fitting(json.loads(json.dumps(before)))
    assert [part["name"] for part in result.get("left_out", [])] == left_out
    assert size_of(result) < LIMIT + 5_000
    assert result["changed"] is True and result["command"] == "helm" and result["status"]["name"] == "web"
    assert len(result.get("warnings", [])) == len(left_out)
    assert total - sum(part["bytes"] for part in result.get("left_out", [])) <= LIMIT
    for part, sentence in zip(result.get("left_out", []), result.get("warnings", []), strict=True):
        assert part["hint"] and part["name"] in sentence and f"{part['bytes'] / 1000:.0f} kB" in sentence
        here: Any = result
        *above, last = part["name"].split(".")
        for key in above:
            here = here[int(key)] if isinstance(here, list) else here[key]
        assert last not in here


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart whose manifests have the size ``.Values.size``."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 0.1.0}\n")
    (folder / "values.yaml").write_text("size: 10\n")
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: a/b:1}]}\ndata: {{ repeat (int .Values.size) \"x\" }}\n"
    (folder / "templates" / "a.yaml").write_text(text)
    return folder


def rendered(chart: Path, check: bool = False, **params: Any) -> dict[str, Any]:
    spec = specs.chart_template()["argument_spec"]
    checked = ArgumentSpecValidator(spec).validate({"chart_ref": str(chart), **params})
    assert not checked.error_messages
    return run(chart_template, checked.validated_parameters, check, False, {"HOME": str(chart.parent)})


@pytest.mark.parametrize(
    ("params", "keys"),
    [
        ({}, {"stdout", "images"}),
        ({"parse_manifest": True}, {"stdout", "images", "resources"}),
        ({"parse_manifest": False}, {"stdout"}),
        ({"return_manifest": False}, {"images"}),
        ({"return_manifest": False, "parse_manifest": True, "image_details": True}, {"images", "image_details"}),
    ],
)
def test_what_chart_template_returns(chart: Path, params: dict[str, Any], keys: set[str]) -> None:
    result = rendered(chart, **params)
    assert {"stdout", "images", "resources", "image_details"} & set(result) == keys
    assert "left_out" not in result and not result.get("failed")


def test_with_a_folder_no_manifest_is_in_the_result(chart: Path, tmp_path: Path) -> None:
    written = tmp_path / "web" / "templates" / "a.yaml"
    check = rendered(chart, check=True, output_dir=str(tmp_path), parse_manifest=True)
    assert (check["changed"], check["stdout"]) == (True, "") and not written.exists()
    first = rendered(chart, output_dir=str(tmp_path), parse_manifest=True)
    assert first["stdout"] == f"wrote {written}\n" and written.exists()
    second = rendered(chart, output_dir=str(tmp_path), parse_manifest=True)
    assert (second["changed"], second["stdout"]) == (False, "")
    assert all("resources" not in result and "kind: Pod" not in json.dumps(result) for result in (check, first, second))


def test_a_large_rendering(chart: Path, tmp_path: Path) -> None:
    result = rendered(chart, values={"size": 700_000}, parse_manifest=True)
    assert {part["name"] for part in result["left_out"]} == {"stdout", "resources"} and size_of(result) < LIMIT
    assert any("output_dir" in sentence for sentence in result["warnings"])
    files = rendered(chart, values={"size": 700_000}, output_dir=str(tmp_path))
    assert "left_out" not in files and len((tmp_path / "web" / "templates" / "a.yaml").read_text()) > 700_000
