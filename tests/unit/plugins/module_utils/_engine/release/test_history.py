# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""History, the memory store, labels and the inputs."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.history import History
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.inputs import Inputs, digest_of
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, merge_labels, to_record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.status import TRANSITIONS, check_transition
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ClusterQueries
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock


def history(*statuses: str) -> History:
    return History("n", "r", [Record("r", "n", number, status) for number, status in enumerate(statuses, 1)])


@pytest.mark.parametrize(
    ("statuses", "maximum", "pruned"),
    [
        (["superseded", "superseded", "deployed"], 0, []),
        (["superseded", "superseded", "deployed"], 4, []),
        (["superseded", "superseded", "deployed"], 3, [1]),
        (["superseded", "superseded", "deployed"], 1, [1, 2]),
        (["deployed", "failed", "failed"], 2, [2, 3]),
        (["deployed", "failed", "failed"], 3, [2]),
        (["failed", "failed"], 1, [1, 2]),
        (["deployed", "deployed"], 1, [1]),
    ],
)
def test_prune(statuses: list[str], maximum: int, pruned: list[int]) -> None:
    assert [record.revision for record in history(*statuses).prune(maximum)] == pruned


def test_the_managers_of_a_history() -> None:
    found = history("superseded", "deployed", "failed", "pending-upgrade")
    assert (found.newest.revision, found.deployed.revision, found.last_good().revision, found.next_revision) == (4, 2, 2, 5)
    assert history().newest is None and history().next_revision == 1 and history("failed").last_good() is None
    assert [record.revision for record in history("deployed", "deployed").all_deployed] == [1, 2]
    with pytest.raises(errors.ReleaseNotFound, match="its history contains 1, 2, 3, 4"):
        found.get(7)


def test_an_unreadable_record_fails_only_actions_that_need_it() -> None:
    clock = FakeClock()
    good = to_record(Release("r", "n", 2), clock)
    found = History("n", "r", [Record("r", "n", 1, "superseded", payload="AAAA"), good])
    assert found.decode(found.newest).version == 2
    with pytest.raises(errors.ReleaseError, match=r"Revision 1 of release r in namespace n cannot be read .*sh\.helm\.release\.v1\.r\.v1"):
        found.decode(found.records[0])


def test_the_memory_store_keeps_its_promises() -> None:
    store, clock = MemoryStore(), FakeClock()
    record = store.create(to_record(Release("r", "n", 1, labels={"team": "red"}), clock, annotations={"a": "1"}))
    assert record.uid and record.labels["createdAt"].isdigit()
    with pytest.raises(errors.AlreadyExists):
        store.create(record)
    newer = store.update(to_record(from_record(record).with_status(Status.DEPLOYED), clock, old=record))
    assert (newer.labels["status"], newer.annotations, "createdAt" in newer.labels, newer.uid) == ("deployed", {"a": "1"}, False, record.uid)
    with pytest.raises(errors.Conflict):
        store.update(record)
    store.update(replace(record, resource_version=""))
    assert [found.revision for found in store.list(ALL_NAMESPACES, labels={"team": "red"})] == [1] and store.list("other") == []
    store.delete(record)
    store.delete(record)
    for call in (lambda: store.update(record), lambda: store.get("n", "r", 1)):
        with pytest.raises(errors.ReleaseNotFound):
            call()


def test_labels() -> None:
    last = {"team": "red", "old": "x", "status": "deployed", "modifiedAt": "1"}
    assert merge_labels(last, {"old": "null", "new": "y"}) == {"team": "red", "new": "y"}


def test_the_table_of_statuses_is_closed() -> None:
    assert set(TRANSITIONS) == {None, *Status}
    for before in (None, *Status):
        for after in Status:
            if after in TRANSITIONS[before]:
                check_transition(before, after)
            else:
                with pytest.raises(errors.InternalError):
                    check_transition(before, after)


def test_inputs_repeat_only_recorded_queries() -> None:
    def never() -> str:
        raise AssertionError("an unexpected query")

    plain = Inputs.of("sha256:x", ClusterQueries(), never, never)  # type: ignore[arg-type]
    assert Inputs.load(plain.dump()) == plain and plain.still_answered(never, never)  # type: ignore[arg-type]
    queries = ClusterQueries(api_versions={"a/v1": True, "b/v1": False}, lookups=[("v1", "Secret", "n", "s")] * 2)
    inputs = Inputs.of("d", queries, never, never)  # type: ignore[arg-type]
    assert Inputs.load(inputs.dump()) == inputs and inputs.lookups == (("v1", "Secret", "n", "s"),)
    assert inputs.still_answered(lambda: frozenset({"a/v1", "c/v1"}), never)
    assert not inputs.still_answered(lambda: frozenset({"a/v1", "b/v1"}), never)
    assert not inputs.still_answered(frozenset, never)
    whole = Inputs.of("d", ClusterQueries(api_versions={"*": True}, kube_version=True), lambda: frozenset({"a"}), lambda: "v1.36.3")
    assert whole.still_answered(lambda: frozenset({"a"}), lambda: "v1.36.3")
    assert not whole.still_answered(lambda: frozenset({"a", "b"}), lambda: "v1.36.3")
    assert not whole.still_answered(lambda: frozenset({"a"}), lambda: "v1.36.4")


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", "{}", '{"schema":0,"digest":"x"}', '{"schema":1}', '{"schema":1,"digest":"x","lookups":[[1]]}'])
def test_an_annotation_that_we_do_not_understand_is_none(text: str | None) -> None:
    assert Inputs.load(text) is None


def test_the_digest() -> None:
    assert digest_of("c", {"a": 5}, {}) == digest_of("c", {"a": 5.0}, {})
    assert len({digest_of("c", {"a": 5}, {}), digest_of("c", {"a": "5"}, {}), digest_of("d", {"a": 5}, {}), digest_of("c", {"a": 5}, {"o": True})}) == 4
