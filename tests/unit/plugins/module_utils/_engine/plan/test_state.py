# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of states, and the order of steps."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.build import (
    Situation,
    Target,
    build_release,
    object_id,
    refs_data,
    refs_of,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.state import TABLE, Name, State, after_inputs, before_inputs
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import Hook

REF = ObjectRef("v1", "ConfigMap", "n", "a")


@pytest.mark.parametrize(
    ("status", "name", "action"),
    [
        (None, Name.ABSENT, "install"),
        (Status.UNINSTALLED, Name.UNINSTALLED, "install"),
        (Status.UNINSTALLING, Name.INTERRUPTED, "upgrade"),
        (Status.FAILED, Name.FAILED, "upgrade"),
        (Status.SUPERSEDED, Name.OUT_OF_DATE, "upgrade"),
        (Status.UNKNOWN, Name.OUT_OF_DATE, "upgrade"),
        (Status.PENDING_INSTALL, Name.LOCKED, "refuse"),
        (Status.PENDING_UPGRADE, Name.LOCKED, "refuse"),
        (Status.PENDING_ROLLBACK, Name.LOCKED, "refuse"),
    ],
)
def test_what_the_newest_status_decides(status: Status | None, name: Name, action: str) -> None:
    state = before_inputs("r", "n", 3, Info(status=status, description="why", last_deployed="then") if status else None)
    assert state is not None and (state.name, state.action) == (name, action)
    assert "{" not in state.reason


def test_a_deployed_revision_is_looked_at_more_closely() -> None:
    assert before_inputs("r", "n", 3, Info(status=Status.DEPLOYED)) is None
    assert after_inputs("r", "n", 3, "", []).name is Name.IN_SYNC
    assert after_inputs("r", "n", 3, "its values differ", [REF]).reason == "Revision 3 differs from the request: its values differ"
    assert after_inputs("r", "n", 3, "", [REF]).reason == "Objects of revision 3 are missing: ConfigMap n/a"


def test_text_from_a_record_is_no_format() -> None:
    assert "{boom}" in State(Name.FAILED, "r", "n", 1, "failed", "a {boom}").reason


def test_every_state_has_its_row() -> None:
    assert set(TABLE) == set(Name)


def test_the_order_of_an_upgrade() -> None:
    hooks = [
        Hook("z", "Job", "c/z.yaml", "", ["pre-upgrade"], weight=1),
        Hook("b", "Job", "c/b.yaml", "", ["pre-upgrade", "post-upgrade"]),
        Hook("a", "Job", "c/a.yaml", "", ["pre-upgrade"]),
        Hook("t", "Pod", "c/t.yaml", "", ["test"]),
    ]
    release = Release("r", "n", 4, Info(status=Status.PENDING_UPGRADE), hooks=hooks)
    crd = Target(ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "x"), {})
    steps = build_release(
        Situation(
            event="upgrade",
            release=release,
            targets=[Target(REF, {"metadata": {"name": "a"}}, {}, migrate=True), Target(ObjectRef("v1", "Pod", "n", ""), {"metadata": {"generateName": "p-"}})],
            removals=[ObjectRef("v1", "Secret", "n", "old")],
            crds=[crd],
            create_namespace=True,
            pruned=[Record("r", "n", 1, "superseded")],
            superseded=[Record("r", "n", 3, "deployed")],
            wait=True,
        )
    )
    assert [step.id for step in steps] == [
        "create_crd:x",
        "wait:crds",
        "create_namespace:n",
        "record_delete:v1",
        "record_create:v4",
        "hook:pre-upgrade:c/a.yaml:Job/a",
        "hook:pre-upgrade:c/b.yaml:Job/b",
        "hook:pre-upgrade:c/z.yaml:Job/z",
        "migrate_managers:v1/ConfigMap/n/a",
        "apply:v1/ConfigMap/n/a",
        "create:v1/Pod/n/p-*",
        "delete:v1/Secret/n/old",
        "wait",
        "hook:post-upgrade:c/b.yaml:Job/b",
        "record_update:v3:superseded",
        "record_update:v4:deployed",
    ]
    assert [step.detail["last"] for step in steps if step.verb == "hook"] == [False, False, True, True]
    assert steps[-1].detail["description"] == "Upgrade complete"
    json.dumps([step.detail for step in steps])


def test_refs_survive_json() -> None:
    refs = [REF, ObjectRef("v1", "Namespace", "", "x")]
    assert refs_of(json.loads(json.dumps(refs_data(refs)))) == refs
    assert [object_id(ref) for ref in refs] == ["v1/ConfigMap/n/a", "v1/Namespace/x"]
