# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many releases in one task: validation, order, isolation of failures, execution slots.

The cluster is a slow one in memory.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.execution_slot import ExecutionSlot, Stopped
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import chart_release
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_releases import chart_releases
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes import limits
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Ports
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, FakeRandom, MemoryCluster

TEMPLATE = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  k: {{ required "k is missing" .Values.k | quote }}\n'


class SlowCluster(MemoryCluster):
    """Each read takes a moment; ``most`` is the largest number of simultaneous reads."""

    def __init__(self) -> None:
        super().__init__("apps")
        self.at_once = self.most = 0
        self.in_slot: set[bool] = set()
        self._guard = threading.Lock()

    def read(self, ref: Any, *, metadata_only: bool = False) -> Any:
        with self._guard:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.02)
        with self._guard:
            self.at_once -= 1
            return super().read(ref, metadata_only=metadata_only)


class Shop:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "templates").mkdir()
        (folder / "Chart.yaml").write_text("{apiVersion: v2, name: shop, version: 0.1.0}\n")
        (folder / "templates" / "a.yaml").write_text(TEMPLATE)
        self.chart = str(folder)
        self.cluster = SlowCluster()
        self.store = MemoryStore()
        self.inner = Ports(self.store, self.cluster, FakeClock(), FakeRandom())
        monkeypatch.setattr(chart_release, "ports_of", lambda task: task.ports_within(self.inner))

    def run(self, *releases: dict[str, Any], check: bool = False, diff: bool = False, **params: Any) -> dict[str, Any]:
        spec = specs.chart_releases()["argument_spec"]
        defaults = {"namespace": "apps", "chart_ref": self.chart, "values": {"k": "v"}, **params.pop("defaults", {})}
        checked = ArgumentSpecValidator(spec).validate({"releases": list(releases), "defaults": defaults, **params})
        assert not checked.error_messages
        return run(chart_releases, checked.validated_parameters, check, diff, {})


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path, monkeypatch)


@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_without_a_thread_releases_are_changed_one_after_the_other(shop: Shop, monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    started: list[Any] = []
    start = threading.Thread.start

    def limited(thread: threading.Thread) -> None:
        if len(started) >= allowed:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    releases = [{"name": f"r{index}", "needs": ["r0"] if index else []} for index in range(5)]
    done = shop.run(*releases)
    assert not done.get("failed"), done
    assert [item["status"]["status"] for item in done["releases"]] == ["deployed"] * 5
    assert len(started) == allowed


def test_four_steps(shop: Shop) -> None:
    releases = [{"name": f"r{index}", "needs": ["r0"] if index else []} for index in range(6)]
    check = shop.run(*releases, check=True, diff=True)
    assert check["changed"] and shop.store.list(ALL_NAMESPACES) == []
    done = shop.run(*releases, diff=True)
    assert done["changed"] and not done.get("failed")
    assert done["order"][0] == "apps/r0" and len(done["order"]) == 6
    assert [item["status"]["status"] for item in done["releases"]] == ["deployed"] * 6
    assert done["diff"]["prepared"].count("## release apps/") == 6
    assert check["diff"]["prepared"].count("## release apps/") == 6
    assert not any("diff" in item for result in (check, done) for item in result["releases"]), "the result holds the diff once"
    assert shop.cluster.most > 1, "they wait for the server at the same time"
    assert not shop.run(*releases, check=True)["changed"]
    assert not shop.run(*releases)["changed"]
    gone = shop.run(*({**item, "state": "absent"} for item in releases))
    assert gone["changed"] and gone["order"][-1] == "apps/r0"
    assert shop.store.list(ALL_NAMESPACES) == []


def test_one_at_a_time(shop: Shop) -> None:
    assert shop.run(*({"name": f"r{index}"} for index in range(4)), max_parallel=1)["order"] == [f"apps/r{index}" for index in range(4)]
    assert shop.cluster.most == 1


def test_a_failure_stops_those_that_need_it(shop: Shop) -> None:
    result = shop.run(
        {"name": "good"}, {"name": "bad", "values": {"x": 1}}, {"name": "next", "needs": ["bad"]}, {"name": "last", "needs": ["next", "good"]}
    )
    good, bad, after, last = result["releases"]
    assert good["changed"] and not good.get("failed")
    assert bad["failed"] and "k is missing" in bad["msg"] and bad["error"]["class"] == "TemplateExecError"
    assert after == {
        "name": "next", "namespace": "apps", "state": "present", "changed": False, "skipped": True,
        "msg": "Skipped, since apps/bad failed.",
    }  # fmt: skip
    assert last["skipped"]
    assert result["failed"] and result["changed"]
    assert result["msg"].startswith("1 of 4 releases failed. apps/bad: ") and result["msg"].endswith("Skipped: apps/next, apps/last.")


def test_check_mode_cannot_try_what_others_will_make(shop: Shop) -> None:
    releases = [{"name": "base", "namespace": "fresh", "create_namespace": True}, {"name": "web", "namespace": "fresh", "needs": ["base"]}]
    check = shop.run(*releases, check=True)
    assert check["changed"] and not check.get("failed")
    assert "Namespace fresh does not exist" in check["releases"][1]["unverified"]
    assert not shop.run(*releases).get("failed")
    lost = shop.run({"name": "alone", "namespace": "nowhere"}, check=True)
    assert lost["failed"], "no release creates that namespace"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({}, r"releases\[0\]: missing required arguments: release_name"),
        ({"name": "a", "wait": "perhaps"}, r"releases\[0\]\.wait must be a boolean"),
        ({"name": "a", "set_values": {"value": "a=1"}}, r"releases\[0\]\.set_values must be a list of dictionaries"),
        ({"name": "a", "colour": "blue"}, r"releases\[0\] \(a\): colour"),
        ({"name": "a", "kubeconfig": "/x"}, r"releases\[0\] \(a\): kubeconfig"),
        ({"name": "a", "needs": ["b"]}, "needs b, which is not in the list"),
    ],
)
def test_the_whole_list_is_looked_through_first(shop: Shop, entry: dict[str, Any], sentence: str) -> None:
    import re

    result = shop.run(entry, {"name": "other"})
    assert result["failed"] and re.search(sentence, result["msg"]), result["msg"]
    assert shop.store.list(ALL_NAMESPACES) == [] and "releases" not in result


def test_own_options_override_defaults_under_any_alias(shop: Shop) -> None:
    shop.run({"name": "a", "release_values": {"k": "own"}}, {"name": "b"})
    assert shop.cluster.get("ConfigMap", "a")["data"]["k"] == "own"
    assert shop.cluster.get("ConfigMap", "b")["data"]["k"] == "v"


def test_values_do_not_come_back(shop: Shop) -> None:
    result = shop.run({"name": "a", "values": {"k": "tide-4711"}, "set_values": [{"value": "x=tide-4712"}], "values_from": [{"content": "y: tide-4713"}]})
    assert "tide-471" not in str(result)


def test_limits_move_with_the_slot() -> None:
    slot, times = ExecutionSlot(), []
    limits.begin()

    def one(steps: int) -> None:
        with slot:
            limits.begin()
            sys.setrecursionlimit(5000 + steps)
            limits.tick(steps)
            for _time in range(5):
                slot.without_slot(lambda: time.sleep(0.002))
                limits.tick(1)
            times.append((limits.used()[0] - 5, sys.getrecursionlimit() - 5000))

    depth = sys.getrecursionlimit()
    try:
        threads = [threading.Thread(target=one, args=(steps,)) for steps in (10, 20, 30, 40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setrecursionlimit(depth)
        limits.begin()
    assert sorted(times) == [(steps, steps) for steps in (10, 20, 30, 40)]


def test_computing_of_others_is_not_charged() -> None:
    limits.begin()
    before = limits.used()[1]
    end = time.process_time() + 0.05
    with limits.uncharged():
        while time.process_time() < end:
            pass
    assert limits.used()[1] - before < 0.02


def test_a_stopped_release_raises_once() -> None:
    slot = ExecutionSlot()
    slot.stop()
    with slot:
        with pytest.raises(Stopped):
            slot.without_slot(lambda: None)
        assert slot.without_slot(lambda: "cleaning up") == "cleaning up"


def makers(result: dict[str, Any]) -> list[str]:
    steps = [(item["name"], step["id"]) for item in result["releases"] for step in (item.get("plan") or {}).get("operations", [])]
    return [name for name, step in steps if step == "create_namespace:fresh"]


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_namespace_is_created_once_and_predicted_once(shop: Shop, at_once: int) -> None:
    labels = [{}, {"namespace_labels": {"level": "own"}}, {}, {}]
    releases = [{"name": f"r{index}", "namespace": "fresh", "create_namespace": True, **more} for index, more in enumerate(labels)]
    check = shop.run(*releases, check=True, max_parallel=at_once)
    assert check["changed"] and not check.get("failed") and shop.store.list(ALL_NAMESPACES) == []
    shop.cluster.requests.clear()
    done = shop.run(*releases, max_parallel=at_once)
    assert not done.get("failed")
    assert makers(check) == makers(done) == ["r0"]
    assert [verb for verb, what in shop.cluster.requests if what == "Namespace fresh" and verb != "head"] == ["apply"]
    ids = [[[step["id"] for step in item["plan"]["operations"]] for item in result["releases"]] for result in (check, done)]
    assert ids[0] == ids[1]
    assert not shop.run(*releases, max_parallel=at_once)["changed"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("at_once", [1, 4])
def test_where_its_maker_fails_the_next_one_makes_it(shop: Shop, at_once: int, check: bool) -> None:
    releases = [{"name": f"r{index}", "namespace": "fresh", "create_namespace": True} for index in range(4)]
    releases[0]["values"] = {"x": 1}
    result = shop.run(*releases, check=check, max_parallel=at_once)
    assert [bool(item.get("failed")) for item in result["releases"]] == [True, False, False, False]
    assert len(makers(result)) == 1 and makers(result) != ["r0"]


def test_two_namespaces_have_a_maker_each(shop: Shop) -> None:
    releases = [{"name": f"r{index}", "namespace": f"fresh{index % 2}", "create_namespace": True} for index in range(4)]
    shop.run(*releases)
    assert sorted(what for verb, what in shop.cluster.requests if what.startswith("Namespace") and verb == "apply") == [
        "Namespace fresh0",
        "Namespace fresh1",
    ]
