# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Garbage in release records of a real API server."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from module_calls import Modules

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {v: '{{ .Values.v }}'}\n"
GARBAGE = {
    "bytes": {"release": base64.b64encode(bytes(range(256))).decode()},
    "text": {"release": base64.b64encode(b"hello").decode()},
    "empty": {"release": ""},
    "nothing": None,
}


def spoil(admin: Any, namespace: str, revision: int, data: Any, name: str = "demo") -> None:
    ref = ObjectRef("v1", "Secret", namespace, f"sh.helm.release.v1.{name}.v{revision}")
    live = admin.read(ref)
    live["data"] = data
    admin.replace(live)


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage(plane: Any, admin: Any, namespace: str, tmp_path: Path, what: str) -> None:
    modules = Modules(plane.kubeconfig, tmp_path)
    options = {"namespace": namespace, "chart_ref": modules.chart("one", {"own": MAP.replace("own", "{{ .Release.Name }}")}, values="v: 1\n")}
    modules("chart_release", name="second", **options)
    for attempt in range(3):
        modules("chart_release", name="demo", **options, values={"v": attempt})
    spoil(admin, namespace, 1, GARBAGE[what])
    listing = modules("chart_release_info", namespace=namespace)
    assert [item["name"] for item in listing["releases"]] == ["demo", "second"] and "warnings" not in listing
    assert modules("chart_release", name="demo", **options, values={"v": 4})["changed"]
    spoil(admin, namespace, 4, GARBAGE[what])
    listing = modules("chart_release_info", namespace=namespace)
    assert [item["name"] for item in listing["releases"]] == ["demo", "second"]
    assert any("sh.helm.release.v1.demo.v4" in text for text in listing["warnings"])
    one = modules("chart_release_info", name="demo", namespace=namespace, resources=True)
    assert [item["revision_number"] for item in one["history"]] == [1, 2, 3, 4] and one["status"]["status"] == "deployed"
    for check in (True, False):
        result = modules("chart_release", check=check, fails=True, name="demo", **options, values={"v": 5})
        assert "Revision 4 of release demo" in result["msg"] and not result["changed"]
    back = modules("chart_release_rollback", name="demo", namespace=namespace, revision=3)
    assert back["changed"] and any("Revision 4" in text for text in back["warnings"])
    spoil(admin, namespace, 5, GARBAGE[what])
    gone = modules("chart_release", name="demo", namespace=namespace, state="absent")
    assert gone["changed"] and any("Revision 5" in text for text in gone["warnings"])
    assert admin.read(ObjectRef("v1", "ConfigMap", namespace, "demo")) is None
    assert [item["name"] for item in modules("chart_release_info", namespace=namespace)["releases"]] == ["second"]
