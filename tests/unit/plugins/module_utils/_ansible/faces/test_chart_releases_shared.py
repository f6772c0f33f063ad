# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the releases of one task share.

A chart is loaded once, and changes of values by the templates of one release do not affect the next.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible import connect
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import chart_release
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_releases import chart_releases
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import chart_source, specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Shared, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Ports
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, FakeRandom, MemoryCluster

#: writes into the defaults of the chart and of its subchart, then prints them
TEMPLATE = """\
{{- $_ := set .Values.own "seen" (append (.Values.own.seen | default list) .Release.Name) }}
{{- $_ := set .Values.below "seen" (append (.Values.below.seen | default list) .Release.Name) }}
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {own: "{{ .Values.own.seen }}", below: "{{ .Values.below.seen }}"}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    for place, name, more in ((folder, "shop", ""), (folder / "charts" / "below", "below", "")):
        place.mkdir(parents=True)
        (place / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {name}, version: 0.1.0{more}}}\n")
        (place / "values.yaml").write_text("own: {kept: true}\nseen: []\n")
    (folder / "templates").mkdir()
    (folder / "templates" / "a.yaml").write_text(TEMPLATE)
    return folder


def run_releases(*entries: dict[str, Any]) -> dict[str, Any]:
    spec = specs.chart_releases()["argument_spec"]
    checked = ArgumentSpecValidator(spec).validate({"releases": list(entries), "defaults": {"namespace": "apps"}})
    assert not checked.error_messages
    return run(chart_releases, checked.validated_parameters, False, False, {})


def test_charts_are_loaded_once_and_stay_as_they_are(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def resolve(reference: Any, environ: Any) -> Any:
        loaded.append((reference.ref, reference.version))
        return real(reference, environ)

    real = chart_source.resolve
    monkeypatch.setattr(chart_source, "resolve", resolve)
    cluster = MemoryCluster("apps")
    ports = Ports(MemoryStore(), cluster, FakeClock(), FakeRandom())
    monkeypatch.setattr(chart_release, "ports_of", lambda task: task.ports_within(ports))
    entries = [{"name": f"r{number}", "chart_ref": str(chart), "chart_version": "0.1" if number == 3 else ""} for number in range(4)]
    result = run_releases(*entries)
    assert not result.get("failed"), result["msg"]
    assert sorted(loaded) == [(str(chart), ""), (str(chart), "0.1")]
    for number in range(4):
        made = cluster.read(ObjectRef("v1", "ConfigMap", "apps", f"r{number}"))
        assert made is not None and made["data"] == {"own": f"[r{number}]", "below": f"[r{number}]"}


def test_the_cluster_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def connected(_options: Any, _seconds: float) -> Any:
        made.append(MemoryCluster("apps"))
        return made[-1]

    monkeypatch.setattr(connect, "connect", connected)
    alone = Task({}, {})
    assert connect.ports_of(alone).cluster is not connect.ports_of(alone).cluster
    shared = Shared()
    first, second = (connect.ports_of(Task({}, {}, shared=shared)) for _number in range(2))
    assert first.cluster is second.cluster is shared.cluster
    assert len(made) == 3


def test_a_task_alone_loads_its_chart_each_time(chart: Path) -> None:
    """Items of a loop are separate tasks: a chart may change between them."""
    task = Task({"chart_ref": str(chart)}, {})
    before = chart_source.chart_of(task).chart
    (chart / "Chart.yaml").write_text("{apiVersion: v2, name: shop, version: 0.2.0}\n")
    assert (before.metadata.version, chart_source.chart_of(task).chart.metadata.version) == ("0.1.0", "0.2.0")
