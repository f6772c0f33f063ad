# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases and plans as results."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results import outcomes
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.command import helm_command
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.legacy import legacy_status
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.redact import MASK
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.diff import FieldChange
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Outcome
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.operation import Operation, Plan
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status

TIMES = [
    ("2026-11-21T05:00:00.123456789Z", "2026-11-21 05:00:00.123456789 +0000 UTC"),
    ("2026-11-21T05:00:00.500000Z", "2026-11-21 05:00:00.5 +0000 UTC"),
    ("2026-11-21T05:00:00Z", "2026-11-21 05:00:00 +0000 UTC"),
    ("2026-11-21T05:00:00.000+01:00", "2026-11-21 05:00:00 +0100 +0100"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_go_time(text: str, expected: str) -> None:
    assert outcomes.go_time(text) == expected


RELEASE = Release(
    name="web",
    namespace="shop",
    version=3,
    info=Info(last_deployed="2026-11-21T05:00:00Z", status=Status.DEPLOYED, description="Upgrade complete", notes="\nHello\n"),
    chart={"metadata": {"name": "web", "version": "1.2.0", "appVersion": "2.4"}},
    config={"replicas": 2.0, "ratio": 0.5, "password": "hunter2"},
)


def test_status_keeps_the_peers_types() -> None:
    status = outcomes.status(RELEASE, return_values=False)
    assert status is not None
    assert (status["revision"], status["revision_number"]) == ("3", 3)
    assert (status["chart"], status["app_version"], status["appversion"]) == ("web-1.2.0", "2.4", "2.4")
    assert status["values"] == status["release_values"] == {"replicas": MASK, "ratio": MASK, "password": MASK}
    assert outcomes.status(None, return_values=True) is None


def test_values_on_request_are_numbers_as_go_writes_them() -> None:
    status = outcomes.status(RELEASE, return_values=True)
    assert status is not None and json.dumps(status["values"]) == '{"replicas": 2, "ratio": 0.5, "password": "hunter2"}'


CONFIG = ObjectRef("v1", "ConfigMap", "shop", "web")
SECRET = ObjectRef("v1", "Secret", "shop", "web")
PLAN = Plan(
    "upgrade",
    "OutOfDate",
    "The values differ.",
    [
        Operation("record_create:v3", "record_create"),
        Operation("apply:1", "apply", CONFIG, {"kind": "ConfigMap"}, (FieldChange("change", ("data", "a.b/c"), "1", "2"),)),
        Operation("apply:2", "apply", SECRET, {"kind": "Secret"}, (FieldChange("change", ("data", "pw"), "b2xk", "bmV3"),)),
        Operation("create:3", "create", SECRET, {"apiVersion": "v1", "kind": "Secret", "stringData": {"pw": "hunter2"}}),
        Operation("delete:4", "delete", ObjectRef("v1", "Service", "shop", "old")),
        Operation("create:5", "create", CONFIG, {"kind": "ConfigMap"}, unverified="the namespace is new"),
        Operation("apply:6", "apply", CONFIG, {"kind": "ConfigMap", "data": {"left": "alone"}}, detail={"exists": True}),
    ],
)


def test_diff_shows_objects_and_no_secret() -> None:
    diff = outcomes.diff_result(PLAN)
    text = diff["prepared"]
    assert list(diff) == ["prepared"]
    assert '-   a.b/c: "1"\n+   a.b/c: "2"' in text
    assert "hunter2" not in text and "b2xk" not in text and "bmV3" not in text
    assert f"+   pw: '{MASK} (after)'" in text
    assert "# delete Service shop/old" in text and "- Service shop/old" in text
    assert "not predictable: the namespace is new" in text
    assert "alone" not in text
    verbs = [line.split()[1] for line in text.splitlines() if line.startswith("# ")]
    assert verbs == ["apply", "apply", "create", "delete", "create"]


def test_plan_result_holds_no_object_and_no_secret() -> None:
    text = json.dumps(outcomes.plan_result(PLAN))
    assert "hunter2" not in text and "b2xk" not in text
    assert outcomes.plan_result(PLAN)["operations"][1]["changes"] == [{"op": "change", "path": "data['a.b/c']", "before": "1", "after": "2"}]


def test_an_object_that_goes_is_shown_whole_and_counted_once() -> None:
    leaves = [("kind", "Pod"), (("spec", "args", 0), "x"), (("spec", "args", 1), "y"), (("spec", "containers", "web", "name"), "web")]
    changes = tuple(FieldChange("remove", path if isinstance(path, tuple) else (path,), value) for path, value in leaves)
    plan = Plan("uninstall", "InSync", "", [Operation("delete:1", "delete", ObjectRef("v1", "Pod", "shop", "p"), changes=changes)])
    assert "changes" not in outcomes.plan_result(plan)["operations"][0]
    body = outcomes.diff_result(plan)["prepared"].splitlines()[4:]
    assert "\n".join(line[2:] for line in body) == 'kind: Pod\nspec:\n  args:\n  - x\n  - "y"\n  containers:\n  - name: web'


def test_an_unchanged_outcome_has_no_diff() -> None:
    outcome = Outcome(changed=False, plan=Plan("none", "InSync", "It is."), release=RELEASE, warnings=["careful"])
    task = Task(params={"return_values": False}, environ={}, diff=True)
    result = outcomes.outcome_result(task, outcome, stdout="x", command="y")
    assert (result["changed"], result["stdout"], result["command"]) == (False, "", "")
    assert "diff" not in result and "diff_structured" not in result and task.warnings == ["careful"]


def test_summary() -> None:
    assert outcomes.summary(RELEASE, "Lead").splitlines()[:2] == ["Lead", "NAME: web"]
    assert outcomes.summary(RELEASE).endswith("NOTES:\nHello\n")
    assert "Hello" not in outcomes.summary(RELEASE, notes=False) and "NOTES" not in outcomes.summary(RELEASE, notes=False)


def test_command_masks_and_quotes() -> None:
    task = Task(
        params={
            "release_namespace": "shop",
            "release_values": {"password": "hunter2"},
            "set_values": [{"value": "a=hunter2", "value_type": "string"}],
            "values_files": ["my values.yaml"],
            "wait": True,
            "atomic": False,
        },
        environ={},
    )
    options = ("values_files", "release_values", "set_values", "wait", "atomic")
    command = helm_command(task, ["upgrade", "--install", "web", "./web"], options, timeout=60.0)
    assert command == (
        "helm upgrade --install web ./web --namespace shop --values 'my values.yaml' --values <release_values> "
        f"--set-string 'a={MASK}' --wait --timeout 1m0s"
    )


def test_the_legacy_shape_of_check_mode_on_request() -> None:
    outcome = Outcome(changed=True, plan=Plan("upgrade", "OutOfDate", "It is."), before=None, release=RELEASE)
    wanted = {"return_values": True, "legacy_check_status": True}
    for check, params, old in ((True, wanted, True), (False, wanted, False), (True, {"return_values": True}, False)):
        task = Task(params=params, environ={}, check_mode=check)
        status = legacy_status(task, outcome, outcomes.outcome_result(task, outcome, stdout="", command=""))["status"]
        if old:
            assert status["values"] == status["release_values"] == {"current": {}, "declared": outcomes.shown_values(RELEASE.config, show=True)}
        else:
            assert status["name"] == RELEASE.name
