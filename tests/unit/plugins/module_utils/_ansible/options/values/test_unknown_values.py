# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``unknown_values`` of ``chart_template`` and ``chart_release``.

The messages, the source of the value, and the cost.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release import chart_release
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

ROOT = Path(__file__).resolve().parents[7]
SECRET = "hunter2-long"


@pytest.fixture
def chart(tmp_path: Path) -> str:
    folder = tmp_path / "web"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text("replicaCount: 1\nimage: {tag: x}\n")
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '{{ .Values.replicaCount }}{{ .Values.image.tag }}'}\n"
    (folder / "templates" / "c.yaml").write_text(text)
    return str(folder)


def _run(face: Any, spec: dict[str, Any], environ: dict[str, str], **given: Any) -> dict[str, Any]:
    checked = ArgumentSpecValidator(spec["argument_spec"]).validate(given)
    assert not checked.error_messages, checked.error_messages
    return run(face, checked.validated_parameters, True, False, environ)


def _template(chart: str, tmp_path: Path, **given: Any) -> dict[str, Any]:
    return _run(chart_template, specs.chart_template(), {"XDG_CACHE_HOME": str(tmp_path / "cache")}, chart_ref=chart, **given)


def test_each_source_is_named(chart: str, tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text("replicaCuont: 2\n")
    result = _template(
        chart,
        tmp_path,
        unknown_values="warn",
        values_files=[str(tmp_path / "v.yaml")],
        values_from=[{"content": {"image": {"tga": SECRET}}}],
        release_values={"other": {"key": SECRET}},
        set_values=[{"value": "tag=1", "value_type": "string"}],
    )
    assert result["warnings"] == [
        f"No template of the chart web reads the value replicaCuont (from values_files: {tmp_path}/v.yaml; did you mean replicaCount?).",
        "No template of the chart web reads the value image.tga (from values_from[0]: content; did you mean image.tag?).",
        "No template of the chart web reads the value other (from release_values).",
        "No template of the chart web reads the value tag (from set_values; did you mean image.tag?).",
    ]
    assert SECRET not in "".join(result["warnings"])


def test_fail_names_all_of_them_before_anything_is_done(chart: str, tmp_path: Path) -> None:
    given = {"replicaCuont": 2, "image": {"tga": SECRET}}
    result = _template(chart, tmp_path, unknown_values="fail", release_values=given, output_dir=str(tmp_path / "out"))
    assert result["failed"] and not (tmp_path / "out").exists()
    assert result["msg"] == (
        "No template of the chart web reads replicaCuont (from release_values; did you mean replicaCount?), "
        "image.tga (from release_values; did you mean image.tag?). Correct the names, or set unknown_values to warn or ignore."
    )
    assert result["error"]["fields"]["paths"] == ["replicaCuont", "image.tga"]
    assert SECRET not in str(result)


def test_a_release_is_refused_before_any_request(chart: str, tmp_path: Path) -> None:
    given = {"release_name": "web", "release_namespace": "shop", "chart_ref": chart, "release_values": {"replicaCuont": 2}}
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "KUBECONFIG": str(tmp_path / "none")}
    result = _run(chart_release, specs.chart_release(), environ, unknown_values="fail", **given)
    assert result["failed"] and "did you mean replicaCount?" in result["msg"]


def test_by_default_nothing_is_reported(chart: str, tmp_path: Path) -> None:
    result = _template(chart, tmp_path, release_values={"replicaCuont": 2})
    assert "warnings" not in result and not result.get("failed")
    known = _template(chart, tmp_path, unknown_values="fail", release_values={"replicaCount": 2, "global": {"x": 1}})
    assert not known.get("failed")


def test_many_are_counted(chart: str, tmp_path: Path) -> None:
    result = _template(chart, tmp_path, unknown_values="warn", release_values={f"unheard{number}": 1 for number in range(30)})
    assert len(result["warnings"]) == 21
    assert result["warnings"][-1] == "No template of the chart web reads 10 more of the values."


def test_the_analysis_is_imported_only_on_request() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import module_utils._ansible.faces.chart_release; print([n for n in sys.modules if '.lint.' in n])"
    done = subprocess.run([sys.executable, "-c", code, str(ROOT / "plugins")], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
