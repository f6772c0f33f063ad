# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a release outside of its manifest, applied client-side and server-side.

Their managers afterwards, with helm and with this collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import AlreadyExists
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  annotations: {helm.sh/hook: '%s'%s}\ndata: {k: '{{ .Values.k }}'}\n"
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test, windlass.test/outcome: succeeded}}\n"
    "spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: c, image: example.com/c}]}\n"
)
EVENTS = ["pre-install", "post-upgrade", "pre-rollback", "post-delete"]


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: demo, version: 0.1.0}\n")
    (folder / "values.yaml").write_text("k: one\n")
    for event in EVENTS:
        (folder / "templates" / f"{event}.yaml").write_text(MAP % (event, event, ""))
    (folder / "templates" / "test.yaml").write_text(POD)
    (folder / "templates" / "plain.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {k: '{{ .Values.k }}'}\n")
    return folder


def managers(side: Any) -> dict[str, list[str]]:
    found = {}
    wanted = [ObjectRef("v1", "Namespace", "", side.namespace), ObjectRef("v1", "Pod", side.namespace, "test")]
    wanted += [ObjectRef("v1", "ConfigMap", side.namespace, event) for event in EVENTS]
    for ref in wanted:
        live = side.cluster.read(ref)
        if live is not None:
            entries = [entry for entry in live["metadata"]["managedFields"] if entry["manager"] == "helm"]
            name = "Namespace" if ref.kind == "Namespace" else ref.name
            found[name] = [entry["operation"] for entry in entries]
    return found


@pytest.mark.parametrize("server_side", ["true", "false"])
def test_managed_as_by_helm(two_sides: Any, chart: Path, server_side: str) -> None:
    helms, ours = two_sides
    for side in two_sides:
        side.namespace = side._environment["HELM_NAMESPACE"] = f"{side.namespace}-new"
    way = f"--server-side={server_side}"
    helms.helm(4, "install", "demo", str(chart), "--create-namespace", way)
    helms.helm(4, "upgrade", "demo", str(chart), "--set", "k=two")
    helms.helm(4, "test", "demo")
    helms.helm(4, "rollback", "demo", "1")
    helms.helm(4, "uninstall", "demo")
    it = read_chart(str(chart))
    ours.up(it, create_namespace=True, server_side=server_side)
    ours.up(it, {"k": "two"})
    run_tests(ReleaseTestRequest("demo", ours.namespace), ours.ports)
    ours.back(1)
    ours.down()
    assert managers(ours) == managers(helms)
    assert len(managers(ours)) == len(EVENTS) + 2


def test_a_hook_that_is_there_already(two_sides: Any, tmp_path: Path, chart: Path) -> None:
    """Server-side it is applied to the existing object; client-side both refuse it."""
    helms, ours = two_sides
    (chart / "templates" / "pre-install.yaml").write_text(MAP % ("pre-install", "pre-install", ", helm.sh/hook-delete-policy: hook-failed"))
    for side in two_sides:
        metadata = {"name": "pre-install", "namespace": side.namespace}
        side.cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    with pytest.raises(AssertionError, match="already exists"):
        helms.helm(4, "install", "demo", str(chart), "--server-side=false")
    with pytest.raises(AlreadyExists, match="before-hook-creation"):
        ours.up(read_chart(str(chart)), server_side="false")
    assert [line.partition(":")[0] for line in helms.history()] == ["1 failed"]
    assert ours.object("Secret", "sh.helm.release.v1.demo.v1") is None, "refused before the first write"
    assert ours.object("ConfigMap", "pre-install") is not None and helms.object("ConfigMap", "pre-install") is not None
