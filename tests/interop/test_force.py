# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``force`` does the same as the real helm with ``--force-replace``.

Objects are replaced, and the release continues client-side.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart

TEMPLATES = {
    "config": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: demo}\ndata: {k: '{{ .Values.k }}'}\n",
    "service": "apiVersion: v1\nkind: Service\nmetadata: {name: demo, annotations: {k: '{{ .Values.k }}'}}\nspec: {ports: [{port: 80}]}\n",
    "deployment": """apiVersion: apps/v1
kind: Deployment
metadata: {name: demo}
spec:
  replicas: 1
  selector: {matchLabels: {app: demo}}
  template: {metadata: {labels: {app: demo}}, spec: {containers: [{name: c, image: 'example/c:{{ .Values.k }}'}]}}
""",
}


def _chart(folder: Path) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: force, version: 0.1.0}\n")
    (folder / "values.yaml").write_text("k: first\n")
    for name, text in TEMPLATES.items():
        (folder / "templates" / f"{name}.yaml").write_text(text)
    return folder


def _meddle(side: Any) -> None:
    """Another client sets a field of the chart and another field."""
    from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

    side.cluster.patch(ObjectRef("v1", "ConfigMap", side.namespace, "demo"), {"data": {"theirs": "x"}})
    side.cluster.patch(ObjectRef("apps/v1", "Deployment", side.namespace, "demo"), {"spec": {"replicas": 3, "paused": True}})


def _shown(side: Any) -> dict[str, Any]:
    """The objects afterwards, and the apply method that the newest revision records."""
    deployment = side.object("Deployment", "demo", "apps/v1")["spec"]
    service = side.object("Service", "demo")
    return {
        "data": side.object("ConfigMap", "demo")["data"],
        "deployment": {key: deployment.get(key) for key in ("replicas", "paused")},
        "image": deployment["template"]["spec"]["containers"][0]["image"],
        "service": (service["metadata"]["annotations"]["k"], bool(service["spec"]["clusterIP"])),
        "method": '"apply_method":"csa"' in side.record(2)[1],
    }


def test_force_is_helms_force_replace(two_sides: tuple[Any, Any], tmp_path: Path) -> None:
    theirs, ours = two_sides
    folder = _chart(tmp_path / "force")
    chart = read_chart(str(folder))
    theirs.helm(4, "install", "demo", str(folder))
    ours.up(chart)
    for side in two_sides:
        _meddle(side)
    theirs.helm(4, "upgrade", "demo", str(folder), "--set", "k=second", "--server-side=false", "--force-replace")
    predicted = ours.up(chart, {"k": "second"}, force=True, check=True)
    assert {change.path for step in predicted.plan.operations for change in step.changes} >= {("data", "theirs"), ("spec", "replicas")}
    assert ours.up(chart, {"k": "second"}, force=True).changed
    assert _shown(ours) == _shown(theirs)
    assert not ours.up(chart, {"k": "second"}, force=True).changed
