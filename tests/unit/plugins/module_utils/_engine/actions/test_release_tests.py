# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests of a release: which run, in which order, and what is reported and recorded."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_test import filters_of
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError, ReleaseError, ReleaseNotFound, WaitTimeout
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, chart, config_map, hook

CONTAINERS = "spec:\n  initContainers:\n  - name: i\n  containers:\n  - name: c\n"


@pytest.fixture
def tested(world):
    world.up(
        chart(
            {
                "a.yaml": config_map("a"),
                "1.yaml": hook("late", "test", weight=5, kind="Pod") + CONTAINERS,
                "2.yaml": hook("early", "test", kind="Pod", policy="hook-succeeded") + CONTAINERS,
                "3.yaml": hook("other", "post-upgrade"),
            }
        )
    )
    world.cluster.printed = {("early", "c"): "fine\n", ("early", "i"): "begins\n", ("late", "c"): "bad\n"}
    return world


def run(world, check=False, **options):
    return run_tests(ReleaseTestRequest("demo", NS, **options), world.ports(), check=check)


def phases(tests):
    return [(entry["name"], entry["phase"]) for entry in tests]


def test_all_run_by_weight_and_the_record_has_the_results(tested):
    before = tested.state()
    predicted_plan = run(tested, check=True)
    assert predicted_plan.changed and tested.state() == before and phases(predicted_plan.tests) == [("early", ""), ("late", "")]
    outcome = run(tested, logs=True)
    assert outcome.changed and phases(outcome.tests) == [("early", "Succeeded"), ("late", "Succeeded")]
    assert [step.id for step in outcome.plan.operations] == [step.id for step in predicted_plan.plan.operations]
    assert [(log["container"], log.get("log")) for log in outcome.tests[0]["logs"]] == [("i", "begins\n"), ("c", "fine\n")]
    assert outcome.tests[0]["started_at"] and outcome.tests[0]["completed_at"]
    assert {h.name: h.last_run.phase for h in tested.history[-1].hooks} == {"early": "Succeeded", "late": "Succeeded", "other": ""}
    assert tested.statuses == ["1 deployed"]
    assert tested.cluster.get("Pod", "early") is None and tested.cluster.get("Pod", "late") is not None


def test_the_first_that_fails_ends_it(tested):
    tested.failing_jobs = {"early"}
    with pytest.raises(WaitTimeout, match="The tests of release demo failed: The test hook Pod early") as caught:
        run(tested, logs=True)
    tests = caught.value.fields["tests"]
    assert phases(tests) == [("early", "Failed"), ("late", "")] and tests[0]["logs"][1]["log"] == "fine\n" and tests[1]["logs"] == []
    assert {h.name: h.last_run.phase for h in tested.history[-1].hooks}["early"] == "Failed" and tested.statuses == ["1 deployed"]
    assert tested.cluster.get("Pod", "late") is None


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        ({"only": ("late",)}, ["late"]),
        ({"without": ("late",)}, ["early"]),
        ({"without": ("late", "early")}, []),
        ({"only": ("late",), "without": ("late",)}, []),
    ],
)
def test_filters(tested, options, ran):
    outcome = run(tested, **options)
    assert [entry["name"] for entry in outcome.tests] == ran and outcome.changed == bool(ran)


def test_a_release_that_cannot_be_tested_is_an_error(tested, world):
    with pytest.raises(OptionError, match="no test lat; its tests are: early, late"):
        run(tested, only=("lat",))
    tested.down(keep_history=True)
    with pytest.raises(ReleaseError, match="is uninstalled"):
        run(tested)
    with pytest.raises(ReleaseNotFound, match="Release nobody"):
        run_tests(ReleaseTestRequest("nobody", NS), tested.ports())


def test_a_release_without_tests_is_not_changed(world):
    world.up(chart({"a.yaml": config_map("a")}))
    outcome = run(world)
    assert not outcome.changed and outcome.plan.reason == "Revision 1 has no tests"


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["name=a,name=b"], (("a", "b"), ())),
        (["!name=a", "! name=b"], ((), ("a", "b"))),
        (["plain"], (("plain",), ())),
        ([], ((), ())),
    ],
)
def test_filters_are_written_as_helm_has_it(texts, wanted):
    assert filters_of(texts) == wanted


@pytest.mark.parametrize("text", ["kind=Pod", "name=", "=a", "name=a=b"])
def test_other_filters_are_refused(text):
    with pytest.raises(OptionError, match="name=TEST"):
        filters_of([text])
