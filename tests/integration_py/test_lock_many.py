# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task with several releases receives a signal while two of them are in progress.

Each releases its lock and reports that it failed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_lock import HANG, WAYS, Play, until  # next to this file
from test_requests import CONFIG, written

NAMES = ("one", "two")


@pytest.fixture
def play(plane: Any, tmp_path: Path) -> Play:
    return Play(plane, tmp_path)


def leases(admin: Any, namespace: str) -> dict[str, dict[str, Any]]:
    found = {name: admin.read(ObjectRef("coordination.k8s.io/v1", "Lease", namespace, f"windlass.release.{name}")) for name in (*NAMES, "after")}
    return {name: lease for name, lease in found.items() if lease is not None}


def statuses(admin: Any, namespace: str) -> dict[str, list[str]]:
    return {name: [record.status for record in SecretStore(admin).list(namespace, name)] for name in (*NAMES, "after")}


def many(namespace: str, chart: Path) -> dict[str, Any]:
    defaults = {"namespace": namespace, "chart_ref": str(chart), "timeout": "10m"}
    return {"defaults": defaults, "releases": [{"name": "one"}, {"name": "two"}, {"name": "after", "needs": ["one", "two"]}]}


@pytest.mark.parametrize("whom", ["all", "holder"])
@WAYS
def test_two_that_are_installed_at_once(play: Play, admin: Any, namespace: str, tmp_path: Path, way: str, whom: str) -> None:
    template = CONFIG % ("a", "v")
    hanging = many(namespace, written(tmp_path / "hanging", {"a": template, "h": HANG.replace("name: hang", "name: '{{ .Release.Name }}-hang'")}))
    process = play.start(way, hanging, module="chart_releases")
    pods = [ObjectRef("v1", "Pod", namespace, f"{name}-hang") for name in NAMES]
    until(lambda: all(admin.read(pod) for pod in pods), 120)
    held = leases(admin, namespace)
    assert sorted(held) == ["one", "two"]
    holders = {int(lease["spec"]["holderIdentity"].split("/")[1]) for lease in held.values()}
    assert len(holders) == 1, "one process holds both"
    assert statuses(admin, namespace) == {"one": ["pending-install"], "two": ["pending-install"], "after": []}
    if whom == "all":
        os.killpg(process.pid, signal.SIGTERM)
    else:
        os.kill(holders.pop(), signal.SIGTERM)
    process.communicate(timeout=120)
    until(lambda: not leases(admin, namespace), 60)
    assert statuses(admin, namespace) == {"one": ["failed"], "two": ["failed"], "after": []}
    plain = many(namespace, written(tmp_path / "plain", {"a": template}))
    done = play.run(way, plain, module="chart_releases")
    assert done["changed"] and not done.get("failed"), done
    assert statuses(admin, namespace) == {"one": ["superseded", "deployed"], "two": ["superseded", "deployed"], "after": ["deployed"]}
    assert leases(admin, namespace) == {}
    assert not play.run(way, plain, module="chart_releases")["changed"]
