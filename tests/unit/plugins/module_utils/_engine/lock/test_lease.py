# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Lease of a release, and what happens to a revision that a client left pending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.lock.fairness import keep_gap
from ansible_collections.windlass.charts.plugins.module_utils._engine.lock.holder import HOLDER, describe_holder
from ansible_collections.windlass.charts.plugins.module_utils._engine.lock.lease import lease_name
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Locking, Ports
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record, to_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import Faults
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map, hook

REF = ObjectRef("coordination.k8s.io/v1", "Lease", NS, "windlass.release.demo")
ONE = chart({"a.yaml": config_map("a")})
TWO = chart({"b.yaml": config_map("b")}, version="0.2.0")
THEIRS = "far/77/abc"


class Locked(World):
    """A world in which actions take the lock."""

    def ports(self, faults: Faults | None = None) -> Ports:
        ports = replace(super().ports(faults), who="here/1", lease_seconds=60.0)
        ports.store.kind = "Secret"  # type: ignore[attr-defined]
        return ports

    @property
    def lease(self) -> dict[str, Any] | None:
        return self.cluster.objects.get(REF)

    def taken(self, holder: str = THEIRS, renewed: str = "2026-05-01T10:00:00.000000Z", seconds: int = 60) -> None:
        spec = {"holderIdentity": holder, "leaseDurationSeconds": seconds, "acquireTime": renewed, "renewTime": renewed}
        metadata = {"name": REF.name, "namespace": NS}
        self.cluster.put({"apiVersion": REF.api_version, "kind": REF.kind, "metadata": metadata, "spec": spec})

    def pending(self, holder: str = "", touched: float | None = None) -> None:
        """The newest revision as a client left it that was killed."""
        newest = self.store.list(NS, "demo")[-1]
        release = from_record(newest).with_status(Status.PENDING_UPGRADE, "Preparing upgrade")
        annotations = {HOLDER: holder} if holder else {}
        record = to_record(release, self.clock, annotations=annotations, old=newest)
        labels = {**record.labels, "modifiedAt": str(int(touched if touched is not None else self.clock.now().timestamp()))}
        self.store.update(replace(record, labels=labels))

    def writes(self) -> list[str]:
        return [f"{verb} {what.partition(' ')[2] or what}" for verb, what in self.cluster.requests if "Lease" in what]


@pytest.fixture
def world() -> Locked:
    return Locked()


FAIL = Locking(if_busy="fail")


# ------------------------------------------------------------------------------------------------------------ the Lease


def test_a_change_acquires_and_releases_it(world: Locked) -> None:
    seen: list[dict[str, Any]] = []
    world.cluster.on_create = lambda cluster, ref: seen.append(cluster.objects[REF]) if ref.name == "a" else None
    world.up(ONE)
    assert world.writes() == ["create apps/windlass.release.demo", "delete apps/windlass.release.demo"]
    assert world.lease is None
    assert seen[0]["spec"]["holderIdentity"].startswith("here/1/")
    assert seen[0]["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "windlass.charts", "charts.windlass.io/release": "demo"}
    assert all(HOLDER not in record.annotations for record in world.store.list(NS))


@pytest.mark.parametrize("check", [True, False])
def test_nothing_to_do_takes_none(world: Locked, check: bool) -> None:
    world.up(ONE)
    world.up(ONE, check=check)
    assert world.writes() == []


def test_check_mode_takes_none(world: Locked) -> None:
    world.up(ONE)
    assert world.up(TWO, check=True).changed
    assert world.back(1, check=True).plan.action == "none"
    assert world.down(check=True).changed
    assert world.writes() == []


def test_its_name_and_words() -> None:
    assert lease_name("a.b-c") == "windlass.release.a.b-c"
    assert len(lease_name("x" * 300)) == 253
    assert lease_name("x" * 300) != lease_name("x" * 301)
    assert describe_holder("node-1/42/ff") == "process 42 on node-1"
    assert describe_holder("") == "another client"


def test_it_is_given_back_when_a_step_fails(world: Locked) -> None:
    world.cluster.rejects = lambda obj: "no" if obj["metadata"]["name"] == "a" else ""
    with pytest.raises(errors.Rejected):
        world.up(ONE)
    assert world.lease is None
    assert world.statuses == ["1 failed"]


class Signal(BaseException):
    """As Ansible's timeout, and as SIGTERM."""


def test_it_is_given_back_when_the_task_is_interrupted(world: Locked) -> None:
    def stop(cluster: Any, ref: Any) -> None:
        if ref.name == "a":
            raise Signal

    world.cluster.on_create = stop
    with pytest.raises(Signal):
        world.up(ONE)
    assert world.lease is None
    assert world.statuses == ["1 failed"]


def test_a_namespace_that_the_task_makes_has_it_as_soon_as_it_is_there(world: Locked) -> None:
    world.up(ONE, namespace="fresh", create_namespace=True)
    kinds = [(verb, what.split()[0]) for verb, what in world.cluster.requests if verb in ("create", "apply", "delete")]
    assert kinds == [("apply", "Namespace"), ("create", "Lease"), ("apply", "ConfigMap"), ("delete", "Lease")]


def test_where_leases_are_forbidden_it_goes_on_without(world: Locked) -> None:
    def forbid(obj: dict[str, Any]) -> str:
        if obj["kind"] == "Lease":
            raise errors.Forbidden("no leases for you", verb="create")
        return ""

    world.cluster.rejects = forbid
    outcome = world.up(ONE)
    assert outcome.changed
    assert len(outcome.warnings) == 1
    assert "without a lock" in outcome.warnings[0]


def test_a_lost_answer_does_not_lock_us_out(world: Locked) -> None:
    first = world.cluster.create

    def lose(obj: dict[str, Any], **options: Any) -> Any:
        answer = first(obj, **options)
        if obj["kind"] == "Lease":
            raise errors.Unreachable("gone")
        return answer

    world.cluster.create = lose  # type: ignore[method-assign]
    assert world.up(ONE).changed
    assert world.lease is None


def test_long_hooks_renew_it(world: Locked) -> None:
    world.cluster.on_create = lambda cluster, ref: None  # the Job never ends
    renewals: list[str] = []
    first = world.cluster.replace

    def note(obj: dict[str, Any], **options: Any) -> Any:
        renewals.append(obj["spec"]["renewTime"])
        return first(obj, **options)

    world.cluster.replace = note  # type: ignore[method-assign]
    with pytest.raises(errors.WaitTimeout):
        world.up(chart({"h.yaml": hook("slow", "pre-install")}), timeout=300.0)
    assert 12 <= len(renewals) <= 25
    assert renewals == sorted(set(renewals))
    assert world.lease is None


# --------------------------------------------------------------------------------------------------------- another client


def test_a_living_holder_is_named(world: Locked) -> None:
    world.taken()
    with pytest.raises(errors.ReleaseBusy) as caught:
        world.up(ONE, locking=FAIL)
    assert "being changed by process 77 on far since 2026-05-01T10:00:00" in str(caught.value)
    assert caught.value.fields["holder_host"] == "far"
    assert caught.value.fields["holder_pid"] == "77"
    assert world.history == []
    assert world.lease is not None


def test_waiting_for_a_live_holder_times_out(world: Locked) -> None:
    world.taken()
    sleep = world.clock.sleep

    def renewing(seconds: float) -> None:
        sleep(seconds)
        world.taken(renewed=world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"))

    world.clock.sleep = renewing  # type: ignore[method-assign]
    began = world.clock.seconds
    with pytest.raises(errors.ReleaseBusy, match=r"timed out after 100 s \(lock_timeout\)"):
        world.up(ONE, locking=Locking(lock_timeout=100.0))
    assert 100 <= world.clock.seconds - began < 250  # each look at the fake clock costs a second


def test_the_result_of_the_other_holder_is_read_after_the_wait(world: Locked) -> None:
    world.up(ONE)
    other = Locked()
    other.cluster, other.store, other.clock = world.cluster, world.store, world.clock
    world.taken()
    sleep = world.clock.sleep

    def finish(seconds: float) -> None:
        world.clock.sleep = sleep  # type: ignore[method-assign]
        del world.cluster.objects[REF]
        super(Locked, other).up(TWO)

    world.clock.sleep = finish  # type: ignore[method-assign]
    outcome = world.up(TWO)
    assert not outcome.changed
    assert world.statuses == ["1 superseded", "2 deployed"]
    assert world.lease is None


def test_a_silent_one_is_taken_over_when_its_time_is_over(world: Locked) -> None:
    world.taken()
    began = world.clock.seconds
    assert world.up(ONE).changed
    assert world.clock.seconds - began >= 60
    assert world.lease is None


def test_one_that_was_silent_long_ago_is_taken_over_at_once(world: Locked) -> None:
    world.taken(renewed="2026-05-01T09:50:00.000000Z")
    assert world.up(ONE, locking=FAIL).changed


def test_one_that_was_taken_from_us_stops_us(world: Locked) -> None:
    def steal(cluster: Any, ref: Any) -> None:
        if ref.name == "a":
            world.taken()
            world.clock.sleep(120)

    world.cluster.on_create = steal
    with pytest.raises(errors.ReleaseBusy, match="taken over by process 77 on far"):
        world.up(chart({"a.yaml": config_map("a"), "b.yaml": config_map("b")}))
    assert world.cluster.get("ConfigMap", "b") is None
    assert world.lease is not None
    assert world.lease["spec"]["holderIdentity"] == THEIRS


def test_what_was_read_before_the_lock_is_read_again(world: Locked) -> None:
    world.up(ONE)
    first = world.cluster.create

    def meanwhile(obj: dict[str, Any], **options: Any) -> Any:
        world.cluster.create = first  # type: ignore[method-assign]
        super(Locked, world).up(TWO, {"k": "theirs"})
        return first(obj, **options)

    world.cluster.create = meanwhile  # type: ignore[method-assign]
    world.up(TWO, {"k": "ours"})
    assert world.statuses == ["1 superseded", "2 superseded", "3 deployed"]
    assert (world.cluster.get("ConfigMap", "b") or {})["data"] == {"k": "ours"}


# --------------------------------------------------------------------------------------------------- pending revisions


def died(world: Locked, revision: int = 1, **lease: Any) -> None:
    """A writer of this collection killed after its objects, before its end."""
    world.up(ONE)
    world.cluster.on_create = lambda cluster, ref: None
    world.pending(THEIRS)
    if lease:
        world.taken(**lease)


@pytest.mark.parametrize("check", [True, False])
def test_a_revision_whose_writer_is_gone_is_marked_failed(world: Locked, check: bool) -> None:
    died(world)
    outcome = world.up(TWO, check=check)
    assert (outcome.plan.state, outcome.plan.action) == ("Interrupted", "upgrade")
    assert outcome.plan.operations[0].id == "record_update:v1:failed"
    assert "(process 77 on far) terminated" in outcome.plan.reason
    if check:
        assert world.statuses == ["1 pending-upgrade"]
        assert world.writes() == ["get apps/windlass.release.demo"] * 2
        return
    assert world.statuses == ["1 superseded", "2 deployed"]
    assert "terminated while the revision was pending-upgrade" in world.history[0].info.description
    assert world.cluster.get("ConfigMap", "a") is None
    assert not world.up(TWO).changed


def test_its_writer_may_be_alive(world: Locked) -> None:
    died(world, seconds=60)
    with pytest.raises(errors.ReleaseBusy, match="process 77 on far"):
        world.up(TWO, locking=FAIL)
    with pytest.raises(errors.ReleaseBusy, match="process 77 on far"):
        world.up(TWO, check=True, locking=FAIL)
    with pytest.raises(errors.ReleaseBusy, match="process 77 on far"):
        world.back(1, locking=FAIL)
    with pytest.raises(errors.ReleaseBusy, match="process 77 on far"):
        world.down(locking=FAIL)


@pytest.mark.parametrize("check", [True, False])
def test_a_dead_holder_ends_the_wait(world: Locked, check: bool) -> None:
    died(world, seconds=60)
    assert world.up(TWO, check=check).plan.state == "Interrupted"


def test_a_rollback_goes_on_from_it(world: Locked) -> None:
    world.up(ONE)
    world.up(TWO)
    world.pending(THEIRS)
    assert world.back(1).plan.state == "Interrupted"
    assert world.statuses == ["1 superseded", "2 failed", "3 deployed"]
    assert world.cluster.names() == ["ConfigMap apps/a"]


def test_a_removal_goes_on_from_it_and_takes_older_objects_along(world: Locked) -> None:
    world.up(ONE)
    world.up(TWO)
    world.up(ONE)
    world.pending(THEIRS)
    world.cluster.put((world.cluster.get("ConfigMap", "a") or {}) | {"metadata": {**(world.cluster.get("ConfigMap", "a") or {})["metadata"], "name": "b"}})
    assert world.down().plan.state == "Interrupted"
    assert world.statuses == []
    assert world.cluster.names() == []


def test_helms_own_is_respected_until_it_is_old(world: Locked) -> None:
    world.up(ONE)
    world.pending(touched=world.clock.now().timestamp() - 600)
    with pytest.raises(errors.ReleaseBusy, match=r"pending-upgrade \(revision 1, last modified .* considered abandoned after 1 h"):
        world.up(TWO, locking=FAIL)
    with pytest.raises(errors.ReleaseBusy, match="pending"):
        world.up(TWO, check=True, locking=FAIL)
    assert world.lease is None
    with pytest.raises(errors.ReleaseBusy, match="pending"):
        world.up(TWO, locking=replace(FAIL, pending_expiry=0.0))
    outcome = world.up(TWO, locking=replace(FAIL, pending_expiry=500.0))
    assert outcome.plan.state == "Interrupted"
    assert "has not been modified for 10 min" in outcome.plan.reason
    assert world.statuses == ["1 superseded", "2 deployed"]


def test_a_pending_operation_of_helm_is_awaited(world: Locked) -> None:
    world.up(ONE)
    world.pending()
    sleep = world.clock.sleep

    def finish(seconds: float) -> None:
        world.clock.sleep = sleep  # type: ignore[method-assign]
        newest = world.store.list(NS, "demo")[-1]
        world.store.update(to_record(from_record(newest).with_status(Status.DEPLOYED), world.clock, old=newest))

    world.clock.sleep = finish  # type: ignore[method-assign]
    assert world.up(TWO).plan.state == "OutOfDate"


def test_rollback_and_removal_go_over_helms_own(world: Locked) -> None:
    world.up(ONE)
    world.up(TWO)
    world.pending()
    assert world.back(1).changed
    world.pending()
    assert world.down().changed
    assert world.statuses == []


def test_an_end_that_could_not_be_written_is_found(world: Locked) -> None:
    """The network fails in between: the record stays pending, and the Lease stays until it expires."""
    with pytest.raises(errors.Unreachable):
        world.up(ONE, faults=Faults(3, dead=True))
    assert world.statuses == ["1 pending-install"]
    assert world.lease is not None
    assert world.up(ONE).plan.state == "Interrupted"
    assert world.lease is None


def test_a_removal_that_dies_after_the_last_record_leaves_nothing(world: Locked) -> None:
    world.up(ONE)
    seen: list[Any] = []
    first = world.cluster.delete

    def note(ref: ObjectRef, **options: Any) -> bool:
        if ref.kind == "ConfigMap":
            seen.extend((world.lease or {})["metadata"]["ownerReferences"])
        return first(ref, **options)

    world.cluster.delete = note  # type: ignore[method-assign]
    newest = world.store.list(NS)[-1]
    world.down()
    assert seen == [{"apiVersion": "v1", "kind": "Secret", "name": "sh.helm.release.v1.demo.v1", "uid": newest.uid}]


def test_a_task_waits_for_a_helm_that_was_faster(world: Locked) -> None:
    """Helm creates the revision between the read and the write of the task.

    The task waits and makes the next one.
    """
    world.up(ONE)
    sleep, create = world.clock.sleep, world.store.create

    def faster(record: Record) -> Record:
        world.store.create = create
        create(replace(record, annotations={}, payload=world.store.list(NS, "demo")[-1].payload))
        raise errors.AlreadyExists("exists", status=409)

    def done(seconds: float) -> None:
        sleep(seconds)
        helms = world.store.get(NS, "demo", 2)
        if helms.status == "pending-upgrade":
            release = from_record(helms)
            release = replace(release, version=2).with_status(Status.DEPLOYED, "Upgrade complete")
            world.store.update(to_record(release, world.clock, old=helms))

    world.store.create, world.clock.sleep = faster, done
    assert world.up(TWO).changed
    assert world.history[-1].version == 3
    assert world.history[-1].info.status is Status.DEPLOYED

    world.store.create = faster
    with pytest.raises(errors.ReleaseBusy, match=r"another operation has just started revision 4; if_busy is fail"):
        world.up(ONE, locking=Locking(if_busy="fail"))


@pytest.mark.parametrize(
    ("revisions", "annotation", "age", "slept"),
    [(3, True, 1, True), (6, True, 1, True), (4, True, 1, False), (2, True, 1, False), (3, False, 1, False), (3, True, 60, False), (3, True, -60, False)],
)
def test_a_gap_is_left_after_three_revisions_in_quick_succession(world: Locked, revisions: int, annotation: bool, age: float, slept: bool) -> None:
    now = int(world.clock.now().timestamp() - age)
    annotations = {"charts.windlass.io/inputs": "x"}
    records = [Record("demo", NS, number, "superseded", labels={"modifiedAt": str(now)}, annotations=annotations) for number in range(1, revisions + 1)]
    if not annotation:
        records[-2] = replace(records[-2], annotations={})  # helm's
    began = world.clock.monotonic()
    assert keep_gap(world.clock, records) is slept
    assert (world.clock.monotonic() - began > 1) is slept


@pytest.mark.parametrize(("took", "gap"), [(0, 2), (4, 4), (20, 6)])
def test_a_gap_is_as_long_as_the_revisions_before_it_took(world: Locked, took: int, gap: int) -> None:
    now = int(world.clock.now().timestamp()) + 1
    annotations = {"charts.windlass.io/inputs": "x"}
    times = [now - took, now, now]
    records = [Record("demo", NS, at + 1, "superseded", labels={"modifiedAt": str(time)}, annotations=annotations) for at, time in enumerate(times)]
    began = world.clock.monotonic()
    assert keep_gap(world.clock, records)
    assert gap <= world.clock.monotonic() - began <= gap + 1.5


def test_an_operation_of_helm_that_starts_in_the_gap_is_awaited(world: Locked) -> None:
    for number in range(3):
        world.up(ONE, {"k": str(number)})
    sleep = world.clock.sleep

    def begins(seconds: float) -> None:
        sleep(seconds)
        newest = world.store.list(NS, "demo")[-1]
        if newest.revision == 3:
            release = replace(from_record(newest), version=4).with_status(Status.PENDING_UPGRADE, "Preparing upgrade")
            world.store.create(to_record(release, world.clock))
        elif newest.status == "pending-upgrade":
            world.store.update(to_record(from_record(newest).with_status(Status.DEPLOYED, "Upgrade complete"), world.clock, old=newest))

    world.clock.sleep = begins
    world.up(TWO)
    assert [(release.version, release.info.description) for release in world.history[-2:]] == [(4, "Upgrade complete"), (5, "Upgrade complete")]
    assert world.history[-1].manifest != world.history[-2].manifest


def per_second(world: Locked, moments: list[float]) -> int:
    """The most requests in any second."""
    return max(sum(1 for other in moments if begin <= other < begin + 1) for begin in moments)


@pytest.fixture
def timed(world: Locked) -> list[float]:
    """When each request about a Lease was sent."""
    moments: list[float] = []
    count = world.cluster._count

    def counted(verb: str, what: Any, *more: Any) -> None:
        if "Lease" in str(what):
            moments.append(world.clock.monotonic())
        count(verb, what, *more)

    world.cluster._count = counted  # type: ignore[method-assign]
    return moments


def test_a_lease_that_both_exists_and_does_not_is_no_endless_loop(world: Locked, timed: list[float]) -> None:
    create = world.cluster.create

    def refused(obj: dict[str, Any], **more: Any) -> dict[str, Any]:
        if obj["kind"] == "Lease":
            timed.append(world.clock.monotonic())
            raise errors.AlreadyExists("exists", status=409)
        return create(obj, **more)

    world.cluster.create = refused  # type: ignore[method-assign]
    with pytest.raises(errors.ReleaseBusy):
        world.up(ONE, locking=Locking(lock_timeout=60.0))
    assert world.clock.monotonic() <= 65
    assert per_second(world, timed) <= 20


def test_waiting_for_a_lease_sends_few_requests(world: Locked, timed: list[float]) -> None:
    world.taken()
    sleep = world.clock.sleep

    def renewing(seconds: float) -> None:
        sleep(seconds)
        world.taken(renewed=world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"))

    world.clock.sleep = renewing  # type: ignore[method-assign]
    with pytest.raises(errors.ReleaseBusy):
        world.up(ONE, locking=Locking(lock_timeout=60.0))
    assert per_second(world, timed) <= 20


def test_a_record_that_can_never_be_marked_is_no_endless_loop(world: Locked) -> None:
    died(world)
    update = world.store.update

    def refused(record: Record) -> Record:
        if record.status == "failed":
            raise errors.Conflict("the object has been modified", status=409)
        return update(record)

    world.store.update = refused  # type: ignore[method-assign]
    with pytest.raises(errors.Conflict):
        world.up(TWO)


def test_a_server_that_stalls_does_not_prolong_the_wait_for_a_lock(world: Locked) -> None:
    """Each read of the Lease takes 75 s, unless the wait bounds it."""
    world.taken()
    read, ends = world.cluster.read, []

    @contextmanager
    def within(seconds: float) -> Iterator[None]:
        ends.append(world.clock.monotonic() + seconds)
        try:
            yield
        finally:
            ends.pop()

    def stalled(ref: ObjectRef, **more: Any) -> Any:
        if ref.kind == "Lease" and world.clock.monotonic() > began + 5:
            world.clock.sleep(min([75.0, *(end - world.clock.monotonic() for end in ends)]))
            raise errors.Unreachable("The API server gave no answer in time.")
        return read(ref, **more)

    world.cluster.within, world.cluster.read = within, stalled  # type: ignore[method-assign]
    began = world.clock.monotonic()
    with pytest.raises(errors.Unreachable):
        world.up(ONE, locking=Locking(lock_timeout=20.0))
    assert world.clock.monotonic() - began <= 25
