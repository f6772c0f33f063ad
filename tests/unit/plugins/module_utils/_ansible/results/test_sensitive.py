# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of other revisions, and the live value in the place of a secret."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.storage import HidingStore
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masked_plan import masked_drift, masked_plan
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.outcomes import diff_result, plan_result
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.sensitive import (
    ANNOTATION,
    Sensitive,
    counterparts,
    is_at,
    leaves,
    paths_holding,
)
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.diff import FieldChange
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.operation import Operation, Plan
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.codec import encode
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.secret_texts import MASK, Searcher

OLD, NEW = "OldS3cret-0815!", "N3wSecret-4711!"


def record(revision: int, config: dict[str, Any], annotation: str = "") -> Record:
    release = Release("web", "shop", revision, Info(status=Status.DEPLOYED), {"metadata": {"name": "c"}}, config, "", [])
    return Record("web", "shop", revision, "deployed", encode(release), {}, {ANNOTATION: annotation} if annotation else {})


def task(secrets: set[str], *records: Record) -> Task:
    found = Task(params={}, environ={}, secrets=set(secrets))
    for one in records:
        found.sensitive.read(one)
    return found


def test_the_same_path_in_an_older_revision() -> None:
    there = task({NEW}, record(1, {"auth": {"password": f"x{OLD}", "user": "harbour-master"}, "port": 1}))
    there.note_secrets({"auth": {"password": f"x{NEW}", "user": "harbour-master"}})
    there.settle()
    assert f"x{OLD}" in there.secrets and not any("master" in text for text in there.secrets)


def test_recorded_paths_and_lists_and_tables() -> None:
    sensitive = Sensitive()
    sensitive.note({"users": [{"name": "a", "token": NEW}], "tls": {"key": NEW}}, {NEW})
    annotation = sensitive.annotation({}, {NEW})
    assert json.loads(annotation) == [["tls", "key"], ["users", "*", "token"]] and NEW not in annotation
    other = task(set(), record(2, {"users": [{"name": "first", "token": OLD}, {"name": "second", "token": f"{OLD}2"}]}, annotation))
    other.settle()
    assert {OLD, f"{OLD}2"} <= other.secrets and "first" not in other.secrets


def test_a_rollback_without_records_of_paths_finds_them_by_known_texts() -> None:
    there = task({NEW}, record(1, {"a": {"pw": OLD}, "b": "open text"}), record(2, {"a": {"pw": base64.b64encode(f"u:{NEW}".encode()).decode()}}))
    there.settle()
    assert OLD in there.secrets and "open text" not in there.secrets


def test_a_task_without_secrets_reads_nothing() -> None:
    there = task(set(), record(1, {"a": OLD}), Record("web", "shop", 2, "deployed", "not a release"))
    there.settle()
    assert there.secrets == set()
    there.secrets.add(NEW)
    there.settle()
    assert there.secrets == {NEW}


def test_a_store_marks_new_revisions_and_keeps_the_marks_of_values_that_stay() -> None:
    inner = MemoryStore()
    first = Task(params={}, environ={}, secrets={OLD})
    first.note_secrets({"pw": OLD, "open": "x"})
    made = HidingStore(inner, first).create(record(1, {"pw": OLD, "open": "x"}))
    assert json.loads(made.annotations[ANNOTATION]) == [["pw"]]
    again = Task(params={}, environ={})  # a rollback: it gives no values
    store = HidingStore(inner, again)
    store.get("shop", "web", 1)
    made = store.create(record(2, {"pw": OLD}))
    assert json.loads(made.annotations[ANNOTATION]) == [["pw"]]
    open_again = HidingStore(inner, Task(params={}, environ={}))
    open_again.get("shop", "web", 1)
    assert ANNOTATION not in open_again.create(record(3, {"pw": "now it is open"})).annotations


def test_many_paths_are_recorded_by_their_first_key() -> None:
    sensitive = Sensitive()
    sensitive.own = {("users", f"name-of-a-user-{number}", "token") for number in range(2000)}
    assert sensitive.annotation({}, set()) == '[["users"]]'


@pytest.mark.parametrize(
    ("known", "other", "shown", "found"),
    [
        (f"x:{NEW}@", f"x:{OLD}@", f"x:{MASK}@", {OLD}),
        (f"x:{NEW}@", "x:ab@", f"x:{MASK}@", set()),  # too short to be searched for, masked here all the same
        (f"x:{NEW}@", "x:@", "x:@", set()),
        (f"x:{NEW}@", "another: text", MASK, {"another: text"}),
        (NEW, OLD, MASK, {OLD}),
        (f"a: 1\npw: {NEW}\nb: 2\n", f"a: 1\npw: {OLD}\nb: 3\n", f"a: 1\npw: {MASK}\nb: 3\n", {OLD}),
        (f"a: 1\npw: {NEW}\n", f"c: 5\nd: 6\npw: {OLD}\n", f"{MASK}\n{MASK}\npw: {MASK}\n", {"c: 5", "d: 6", OLD}),
        ("no secret", OLD, OLD, set()),
        (f"x:{NEW}@", f"x:{NEW}@", f"x:{NEW}@", set()),
    ],
)
def test_counterparts(known: str, other: str, shown: str, found: set[str]) -> None:
    assert counterparts(known, other, Searcher({NEW})) == (shown, found)


def plan() -> Plan:
    ref = ObjectRef("v1", "ConfigMap", "shop", "c")
    changes = (
        FieldChange("change", ("data", "conn"), f"x:{OLD}@", f"x:{NEW}@"),
        FieldChange("change", ("data", "copy"), f"copy of {OLD}", "none"),
        FieldChange("change", ("data", "open"), "one", "two"),
        FieldChange("change", ("spec", "port"), 1, 2),
    )
    made = {"kind": "ConfigMap", "metadata": {"name": "d"}, "data": {"key": "\n".join(["a7", "b8", "c9", NEW])}}
    return Plan(
        "upgrade",
        "s",
        "r",
        [Operation("apply:c", "apply", ref, {"a": 1}, changes), Operation("create:d", "create", ObjectRef("v1", "ConfigMap", "shop", "d"), made)],
    )


def test_a_difference_shows_neither_the_old_secret_nor_the_new_one() -> None:
    there = Task(params={}, environ={}, secrets={NEW, "a7\nb8\nc9\n" + NEW})
    shown = masked_plan(there, plan())
    diff = diff_result(shown)
    text = json.dumps([diff, plan_result(shown)])
    for secret in (OLD, NEW, "a7", "b8", "c9"):
        assert secret not in text
    for line in (f"-   conn: x:{MASK}@ (before)", f"+   conn: x:{MASK}@ (after)", "-   open: one", "+   open: two", "+   port: 2"):
        assert f"{line}\n" in diff["prepared"]
    assert OLD in there.secrets


def test_drift_shows_no_secret_that_another_has_set() -> None:
    there = Task(params={}, environ={}, secrets={NEW})
    drift = [{"object": "ConfigMap shop/c", "missing": False, "fields": [{"path": "data.conn", "there": f"x:{OLD}@", "wanted": f"x:{NEW}@"}]}]
    assert masked_drift(there, drift)[0]["fields"][0]["there"] == f"x:{MASK}@" and OLD in there.secrets


def test_leaves_and_paths() -> None:
    values = {"a": [{"b": 1}, {"b": True}], "c": None, "d": 54321.0}
    assert list(leaves(values)) == [(("a", "*", "b"), 1), (("d",), 54321.0)]
    assert paths_holding(values, {"54321"}) == {("d",)} and paths_holding({"a": "quayside", "b": "the quay"}, {"quay"}) == {("b",)}
    assert is_at(("a", "b", "c"), {("a", "b")}) and not is_at(("a",), {("a", "b")})
