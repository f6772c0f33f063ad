# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Payloads that helm 4 and helm 3 wrote on a real API server are read and written unchanged.

The JSON is the same byte for byte.

To add one: put a record's ``data.release``, once decoded, as a file below ``golden/``.
"""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.dependencies import process_dependencies
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.release import codec
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.compare import same_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Status

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.txt"))

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "
GOLD = {
    "Chart.yaml": (
        'apiVersion: v2\nname: gold\nversion: 0.1.0\nappVersion: "1.0"\ndescription: a <golden> chart & more\nkeywords: [a, b]\n'
        'maintainers: [{name: m, email: m@example.com}]\nannotations: {z: "1", a: "2"}\n'
    ),
    "values.yaml": "k: v1\nn: 1000000\nf: 1.5\nm: {b: 1, a: null}\n",
    "values.schema.json": '{"type":"object"}',
    "templates/NOTES.txt": "Notes for <{{ .Release.Name }}> & co\n",
    "templates/a.yaml": MAP + "{{ .Release.Name }}-a\ndata:\n  k: {{ .Values.k | quote }}\n",
    "templates/h.yaml": MAP
    + '{{ .Release.Name }}-h\n  annotations:\n    "helm.sh/hook": pre-install,post-upgrade\n    "helm.sh/hook-weight": "3"\ndata: {}\n',
    "README.md": "hi\n",
}
PARENT = {
    "Chart.yaml": (
        'apiVersion: v2\nname: parent\nversion: 0.2.0\ntype: application\nkubeVersion: ">=1.20.0-0"\nsources: ["https://example.com/x"]\n'
        "home: https://example.com\nicon: https://example.com/i.png\ndependencies:\n"
        '- name: s\n  version: "*"\n  repository: ""\n  condition: s.enabled\n  alias: sub\n  tags: [t]\n  import-values:\n  - d\n  - {child: d, parent: p}\n'
    ),
    "Chart.lock": (
        f'dependencies:\n- name: s\n  repository: ""\n  version: 0.1.0\ndigest: sha256:{"0" * 64}\ngenerated: "2026-05-01T12:00:00.5+02:00"\n'
    ),
    "values.yaml": "sub: {enabled: true}\n",
    "charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 0.1.0\n",
    "charts/s/values.yaml": "d: {k: 1}\n",
}


def text(path: Path) -> str:
    return gzip.decompress(base64.b64decode(path.read_text())).decode()


def loaded(files: dict[str, str]) -> Chart:
    return process_dependencies(load_files([File(name, data.encode()) for name, data in files.items()]), {})


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_read_and_written_again(path: Path) -> None:
    wanted = text(path).replace('"deleted":"",', "")  # Helm 3 writes a zero time as an empty text, Helm 4 leaves it out
    assert codec.release_json(codec.decode(path.read_text())) == wanted


def test_what_is_read() -> None:
    release = codec.decode((GOLDEN / "helm4-rolled-back-uninstalled.txt").read_text())
    assert (release.name, release.version, release.namespace, release.apply_method) == ("g4", 3, "default", "ssa")
    assert (release.info.status, release.info.rollback_revision, release.chart_name) == (Status.UNINSTALLED, 1, "gold")
    assert release.config == {"i": 5.0, "k": "x"} and release.hooks[0].last_run.phase == "Succeeded"


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in ("modtime", "schemamodtime")}
    return [without_times(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("files", "golden"),
    [(GOLD, "helm4-upgraded"), (GOLD, "helm3-installed"), (PARENT, "helm4-dependencies")],
)
def test_our_stored_chart_is_helms(files: dict[str, str], golden: str) -> None:
    stored = json.loads(text(GOLDEN / f"{golden}.txt"))["chart"]
    ours = codec.chart_json(loaded(files))
    assert json.loads(json.dumps(without_times(ours))) == without_times(stored)
    known = without_times(stored)
    assert [key for key in ours if key in known] == list(known), "the keys stand in Helm's order"
    assert list(ours["metadata"]) == list(stored["metadata"])
    assert same_chart(stored, ours)


def test_a_changed_template_is_another_chart() -> None:
    stored = json.loads(text(GOLDEN / "helm4-upgraded.txt"))["chart"]
    assert not same_chart(stored, codec.chart_json(loaded({**GOLD, "templates/a.yaml": "x: 1\n"})))


@pytest.mark.parametrize(("lock", "dependencies"), [("dependencies: []\n", []), ("dependencies:\n", None), ("digest: x\n", None)])
def test_an_empty_list_of_locked_dependencies_is_no_missing_one(lock: str, dependencies: list[Any] | None) -> None:
    assert codec.chart_json(loaded({**GOLD, "Chart.lock": lock}))["lock"]["dependencies"] == dependencies
