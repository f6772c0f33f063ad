# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Waits for objects by watching them (Helm: ``pkg/kube/statuswait.go``).

Objects are grouped by kind and namespace: one list returns their states, one watch their changes. One group is watched at a time, in
slices; between slices the other groups that are not ready are listed again, and at the end every group is read again, so that a group
that was ready first is also ready at the end. An object that has failed for good ends the wait at once (Helm waits for the others first).

A server that is briefly unavailable does not end a wait, as in Helm: up to 30 failures in a row are tolerated while time is left.

The timeout of a wait bounds its requests too (``Cluster.within``): an answer that never ends does not prolong it. Requests after the wait,
which find out why objects are not ready, have some seconds of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Optional

from ..aliases import Object
from ..errors import Conflict, Forbidden, ServerBusy, Unreachable, WaitTimeout
from ..objects.readiness import CURRENT, FAILED, IN_PROGRESS, NOT_FOUND, READY_AT_ONCE, Readiness, is_unschedulable, status_of, unsettled
from ..objects.rules import HOPELESS, Rules, newest_pods, stuck
from ..ports import Clock, Event, ObjectRef, ReportProgress, Watcher
from .deletion import DEFAULT_SECONDS, wait_deleted, watch_seconds
from .evidence import gather
from .logs import Mask, one_line, unmasked
from .pods import pods_of

__all__ = ["Wait", "wait_deleted", "wait_ready"]

_SLICE_SECONDS = 10.0
_ALONE_SECONDS = 60.0
_PAUSE_SECONDS = 0.5
_LATE_SECONDS = 1.0  # after its end, in which the last answer may arrive
_EVIDENCE_SECONDS = 3.0
_RETRY_SECONDS = 2.0
_MAX_FAILURES = 30
_WITH_PODS = ("StatefulSet", "ReplicaSet")  # their pods are looked at each time, as Helm does
_LATE_PODS = ("Deployment", "DaemonSet")  # their pods are read after the first slice; also those of Jobs that must complete

Judge = Callable[[Optional[Object]], Readiness]
Group = tuple[str, str, str]


def wait_ready(
    cluster: Watcher,
    clock: Clock,
    refs: Iterable[ObjectRef],
    timeout: float,
    *,
    jobs: bool = False,
    rules: Rules | None = None,
    mask: Mask = unmasked,
    report_progress: ReportProgress | None = None,
) -> None:
    """Returns when all objects are ready.

    :param timeout: seconds for all of them; 0: Helm's 30.
    :param jobs: Jobs must have completed.
    :param rules: the task's own.
    :param mask: masks texts of the cluster in messages. :param report_progress: called with the progress whenever it has changed.
    :raises WaitTimeout: time is over, or one has failed; ``fields["objects"]`` says which and why, with the pods and events behind it.
    """
    rules = Rules({}) if rules is None else rules
    if rules.legacy:
        from .legacy import covers, legacy_status  # late: few tasks need it

        awaited = [ref for ref in refs if covers(ref, jobs=jobs) or (rules and rules.covers(ref))]
    else:
        ready = READY_AT_ONCE
        awaited = [ref for ref in refs if f"{ref.api_version.rpartition('/')[0]}/{ref.kind}" not in ready or (rules and rules.covers(ref))]

    def judge(obj: Object | None) -> Readiness:
        own = by_rules(rules, obj) if rules and obj is not None else None
        if own is None and rules.legacy:
            return legacy_status(cluster, obj, jobs=jobs)
        return own or status_of(obj, jobs=jobs, now=clock.now())

    Wait(cluster, clock, timeout, judge, rules=rules, jobs=jobs, mask=mask, report_progress=report_progress, what="wait").run(awaited)


def by_rules(rules: Rules, obj: Object) -> Readiness | None:
    """The result of a task's own rules for an object; ``None``: no rule applies, its kind's rule decides."""
    where = (str(obj.get("apiVersion") or ""), str(obj.get("kind") or ""))
    failed, ready = rules.find("failed_when", *where), rules.find("ready_when", *where)
    if failed is None and ready is None:
        return None
    before = unsettled(obj)
    if before is not None:
        return before
    if failed is not None and failed[1](obj):
        return Readiness(FAILED, f"failed_when is true: {failed[0]}", rule=f"failed_when: {failed[0]}")
    if ready is None:
        return None
    if ready[1](obj):
        return Readiness(CURRENT, "ready_when is true", rule=f"ready_when: {ready[0]}")
    return Readiness(IN_PROGRESS, f"ready_when is not true yet: {ready[0]}", rule=f"ready_when: {ready[0]}")


@dataclass
class _Stuck:
    """The times since when containers cannot run, by pod and container, from the wait's own clock."""

    since: dict[tuple[str, str], float] = field(default_factory=dict)

    def judge(self, pods: Sequence[Object], now: float, limit: float | None) -> tuple[str, float | None]:
        """Why a workload has failed (empty: it has not).

        Also returns the seconds after which time alone may change that.
        """
        again: float | None = None
        seen: set[tuple[str, str]] = set()
        for pod in pods:
            for name, reason, words in stuck(pod):
                key = (str(pod["metadata"].get("uid") or pod["metadata"].get("name")), name)
                seen.add(key)
                waited = now - self.since.setdefault(key, now)
                if reason in HOPELESS or (limit is not None and waited >= limit):
                    after = "" if reason in HOPELESS else f" for {waited:.0f} s"
                    failure = f"container {name} of pod {pod['metadata'].get('name')}: {reason}{after}{f': {words}' if words else ''}"
                    return failure, None
                if limit is not None:
                    again = min(limit - waited, again if again is not None else limit)
        for key in [key for key in self.since if key not in seen and any(_is_of(pod, key) for pod in pods)]:
            del self.since[key]  # it runs again: its patience starts again
        return "", again


def _is_of(pod: Object, key: tuple[str, str]) -> bool:
    return str(pod["metadata"].get("uid") or pod["metadata"].get("name")) == key[0]


@dataclass
class Wait:
    """One wait: the known states of the objects, and its end."""

    cluster: Watcher
    clock: Clock
    timeout: float
    judge: Judge
    rules: Rules = field(default_factory=lambda: Rules({}))
    jobs: bool = False
    mask: Mask = unmasked
    report_progress: ReportProgress | None = None
    what: str = "wait"
    started: float = 0.0
    reported: str = ""
    stuck: _Stuck = field(default_factory=_Stuck)
    objects: dict[ObjectRef, Object | None] = field(default_factory=dict)
    states: dict[ObjectRef, Readiness] = field(default_factory=dict)
    failures: int = 0

    def run(self, refs: Sequence[ObjectRef]) -> None:
        self.timeout = self.timeout or DEFAULT_SECONDS
        with self.cluster.within(self.timeout + _LATE_SECONDS):
            over = self._until_over(refs)
        if over:
            raise self._over(over)

    def _until_over(self, refs: Sequence[ObjectRef]) -> str:
        """Waits. Returns when and why the wait has failed; empty: all objects are ready."""
        self.started = self.clock.monotonic()
        deadline = self.started + self.timeout
        groups: dict[Group, list[ObjectRef]] = {}
        for ref in dict.fromkeys(refs):
            groups.setdefault((ref.api_version, ref.kind, ref.namespace), []).append(ref)
        pending, listed_again = list(groups), len(groups) < 2
        while True:
            started = self.clock.monotonic()
            try:
                versions = {group: self._list(group, groups[group]) for group in pending}
                self._report()
                if self._has_failed():
                    return "and will not be"
                pending = [group for group in pending if not self._all_ready(groups[group])]
                if not pending:
                    if listed_again:
                        return ""
                    pending, listed_again = list(groups), True
                    continue
                left = deadline - self.clock.monotonic()
                if left <= 0:
                    return f"after {self.timeout:g} s"
                listed_again = len(groups) < 2
                if not self._follow(groups[pending[0]], versions[pending[0]], self._slice(left, pending, groups)):
                    self._do_not_spin(started)
                if self._has_failed():
                    return "and will not be"
                self.failures = 0
            except (Unreachable, ServerBusy):
                self.failures += 1
                if self.clock.monotonic() >= deadline and len(self.states) == sum(map(len, groups.values())):
                    return f"after {self.timeout:g} s"
                if self.failures > _MAX_FAILURES or self.clock.monotonic() >= deadline:
                    raise
                self.clock.sleep(min(_RETRY_SECONDS, deadline - self.clock.monotonic()))

    def _do_not_spin(self, started: float) -> None:
        """Pauses where a server or proxy ends watches at once, so that requests do not loop."""
        if self.clock.monotonic() - started < _PAUSE_SECONDS:
            self.clock.sleep(_PAUSE_SECONDS)

    def _slice(self, left: float, pending: Sequence[Group], groups: dict[Group, list[ObjectRef]]) -> float:
        alone = len(pending) == 1 and not self._has_pods(pending[0][1])
        seconds = watch_seconds(left, _ALONE_SECONDS if alone else _SLICE_SECONDS)
        for ref in groups[pending[0]]:
            again = self.states[ref].again
            if again is not None:
                seconds = min(seconds, again)
        return max(seconds, 0.1)

    def _list(self, group: Group, refs: Sequence[ObjectRef]) -> str:
        """Lists a group; returns the version to watch from."""
        api_version, kind, namespace = group
        only = f"metadata.name={refs[0].name}" if len(refs) == 1 else ""
        found, version = self.cluster.list(api_version, kind, namespace, fields=only)
        by_name = {str((obj.get("metadata") or {}).get("name")): obj for obj in found}
        for ref in refs:
            self._update(ref, by_name.get(ref.name))
        return version

    def _update(self, ref: ObjectRef, obj: Object | None) -> None:
        """The state of an object, by its status and its pods."""
        self._set_state(ref, obj)
        if self.rules.legacy and self.rules.fail_fast is None:
            return  # Helm 3 does not look at the pods behind a workload
        if not self.states[ref].ready and self.states[ref].state not in (FAILED, NOT_FOUND) and not self.states[ref].rule:
            self._find_cause(ref, ref.kind)

    def _set_state(self, ref: ObjectRef, obj: Object | None) -> None:
        self.objects[ref] = obj
        self.states[ref] = self.judge(obj)

    def _handle_event(self, ref: ObjectRef, event: Event) -> None:
        """Handles a watch event of an object."""
        self._set_state(ref, None if event.type == "DELETED" else event.object)

    def _has_pods(self, kind: str) -> bool:
        return kind in _WITH_PODS or kind in _LATE_PODS or (self.jobs and kind == "Job")

    def _find_cause(self, ref: ObjectRef, kind: str) -> None:
        """Marks a workload as failed if its pods cannot run.

        Pods without a node, or being deleted, do not count.
        """
        if kind == "Pod":
            obj = self.objects[ref]
            self._judge_stuck(ref, [obj] if obj is not None else [])
            return
        at_once = kind in _WITH_PODS
        if not at_once and not (self._has_pods(kind) and self.clock.monotonic() - self.started >= _SLICE_SECONDS - 1):
            return
        if kind in _LATE_PODS and not self._rolled_out_any(ref):
            return
        pods = [pod for pod in self._pods(ref) if not (pod.get("metadata") or {}).get("deletionTimestamp")]
        failed = [pod for pod in pods if not is_unschedulable(pod) and status_of(pod, now=self.clock.now()).state == FAILED]
        if at_once and failed:
            self.states[ref] = Readiness(FAILED, f"{len(failed)} pods have failed")
            return
        self._judge_stuck(ref, newest_pods(pods))

    def _rolled_out_any(self, ref: ObjectRef) -> bool:
        """Whether there are pods of the newest template; before that there are only pods to be replaced."""
        status = (self.objects[ref] or {}).get("status") or {}
        return bool(status.get("updatedReplicas") or status.get("updatedNumberScheduled"))

    def _judge_stuck(self, ref: ObjectRef, pods: Sequence[Object]) -> None:
        why, again = self.stuck.judge(pods, self.clock.monotonic(), self.rules.fail_fast)
        state = self.states[ref]
        if why:
            self.states[ref] = Readiness(FAILED, f"{state.message}; {why}", rule="fail_fast" if " for " in why else "")
        elif again is not None:
            self.states[ref] = Readiness(state.state, state.message, min(again, state.again or again))

    def _pods(self, ref: ObjectRef) -> list[Object]:
        try:
            return pods_of(self.cluster, ref, self.objects[ref] or {})
        except Forbidden:
            return []  # without the right to list pods, the workload's own status decides

    def _report(self) -> None:
        """Reports the progress when it has changed."""
        if self.report_progress is None:
            return
        line = one_line(self.mask)
        left = [(str(ref), line(state.message)) for ref, state in self.states.items() if not state.ready]
        reported = repr(left)
        if reported != self.reported:
            self.reported = reported
            total, seconds = len(self.states), self.clock.monotonic() - self.started
            self.report_progress(
                {"what": self.what, "ready": total - len(left), "total": total, "left": left, "seconds": seconds, "timeout": self.timeout}
            )

    def _follow(self, refs: Sequence[ObjectRef], version: str, seconds: float) -> bool:
        """Watches a group until it is ready, one has failed, or the slice is over. Whether an event came."""
        first = refs[0]
        names = {ref.name: ref for ref in refs}
        only = f"metadata.name={first.name}" if len(refs) == 1 else ""
        event_seen = False
        try:
            events = self.cluster.watch(
                first.api_version, first.kind, first.namespace, fields=only, resource_version=version, seconds=seconds
            )
            for event in events:
                ref = names.get(str((event.object.get("metadata") or {}).get("name")))
                if event.type == "BOOKMARK" or ref is None:
                    continue
                event_seen = True
                self._handle_event(ref, event)
                self._report()
                if self._all_ready(refs) or self.states[ref].state == FAILED:
                    break
        except Conflict:
            return False  # the version is too old for a watch: list again
        return event_seen

    def _all_ready(self, refs: Iterable[ObjectRef]) -> bool:
        return all(self.states[ref].ready for ref in refs)

    def _has_failed(self) -> bool:
        return any(state.state == FAILED for state in self.states.values())

    def _over(self, when: str) -> WaitTimeout:
        left = [(ref, self.states[ref], self.objects[ref]) for ref in self.states if not self.states[ref].ready]
        left.sort(key=lambda item: (item[1].state != FAILED, item[0]))
        with self.cluster.within(_EVIDENCE_SECONDS):
            found = gather(self.cluster, left, self.mask)
        summary = "; ".join(f"{item['object']}: {item['reason']}" for item in found[:5])
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        line = one_line(self.mask)
        lines = [
            f"resource {ref.kind}/{ref.namespace}/{ref.name} not ready. status: {state.state}, message: {line(state.message)}"
            for ref, state, _other in left
        ]
        timed_out = when.startswith("after")
        if timed_out:
            lines.append("context deadline exceeded")
        lead = f"Timed out {when} waiting for objects to become ready" if timed_out else "Objects failed and will not become ready"
        return WaitTimeout(f"{lead}: {summary}{more}.", helm="\n".join(lines), objects=found)
