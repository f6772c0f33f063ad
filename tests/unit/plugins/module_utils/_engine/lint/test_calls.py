# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where functions are called, and which files lead there."""

from __future__ import annotations

from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import File
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.calls import CAPABILITIES, Call, calls_of, unrepeatable
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.trees import trees_of

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "templates/_h.tpl": '{{ define "pw" }}\n{{ randAlphaNum 8 }}{{ end }}{{ define "far" }}{{ include "pw" . }}{{ end }}'
    '{{ define "idle" }}{{ now }}{{ end }}',
    "templates/a.yaml": '{{ if .Capabilities.APIVersions.Has "v1" }}{{ template "far" . }}{{ end }}',
    "templates/b.yaml": '\n\n{{ lookup "v1" "Secret" "" "" | toYaml }}{{ genCA "x" 1 | len }}',
    "templates/broken.yaml": "{{ if }}",
    "charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n",
    "charts/s/templates/x.yaml": "{{ uuidv4 }}",
}


def test_calls() -> None:
    trees = trees_of(load_files([File(name, text.encode()) for name, text in FILES.items()]))
    found = calls_of(trees, {*unrepeatable(), "lookup", CAPABILITIES})
    assert found == [
        Call("uuidv4", "c/charts/s/templates/x.yaml", 1),
        Call("now", "c/templates/_h.tpl", 2, "idle"),
        Call("randAlphaNum", "c/templates/_h.tpl", 2, "pw"),
        Call(CAPABILITIES, "c/templates/a.yaml", 1),
        Call("genCA", "c/templates/b.yaml", 3),
        Call("lookup", "c/templates/b.yaml", 3),
    ]
    files = {call.function: call.files for call in found}
    assert files["randAlphaNum"] == ("c/templates/a.yaml",)
    assert files["now"] == ()
    assert files["uuidv4"] == ("c/charts/s/templates/x.yaml",)
    assert list(trees.broken) == ["c/templates/broken.yaml"]
    assert {"now", "randAlphaNum", "bcrypt"} <= unrepeatable() and "sha256sum" not in unrepeatable()
