# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Waiting for objects by watching them (Helm: ``pkg/kube/statuswait.go``).

Objects are taken together by kind and namespace: one list says how they are, one watch tells what changes. One group is watched at a
time, in slices; between slices the others that are not ready are listed again, and at the end every group is looked at once more, so
that what was ready first is ready last. An object that has failed for good ends the wait at once (Helm waits for the others first).

A server that is away for a moment does not end a wait, as in Helm: up to 30 failures in a row are borne while time is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Optional

from ..errors import Conflict, ServerBusy, UnknownKind, Unreachable, WaitTimeout
from ..ports import Clock, Cluster, Object, ObjectRef
from .evidence import gather
from .readiness import FAILED, NOT_FOUND, READY_AT_ONCE, Readiness, is_unschedulable, status_of

#: Helm's own, where a task says 0.
DEFAULT_SECONDS = 30.0
_SLICE_SECONDS = 10.0
_ALONE_SECONDS = 60.0
_PAUSE_SECONDS = 0.5
_RETRY_SECONDS = 2.0
_FAILURES_BORNE = 30
_WITH_PODS = ("StatefulSet", "ReplicaSet")

Judge = Callable[[Optional[Object]], Readiness]
Group = tuple[str, str, str]


def wait_ready(cluster: Cluster, clock: Clock, refs: Iterable[ObjectRef], timeout: float, *, jobs: bool = False) -> None:
    """Return when all objects are ready.

    :param timeout: seconds for all of them; 0: Helm's 30.
    :param jobs: Jobs must have completed.
    :raises WaitTimeout: time is over, or one has failed; ``fields["objects"]`` says which, why, with the pods and events behind it.
    """
    awaited = [ref for ref in refs if f"{ref.api_version.rpartition('/')[0]}/{ref.kind}" not in READY_AT_ONCE]
    _Wait(cluster, clock, timeout, lambda obj: status_of(obj, jobs=jobs, now=clock.now())).run(awaited)


def wait_hook(cluster: Cluster, clock: Clock, refs: Iterable[ObjectRef], timeout: float) -> None:
    """Return when the Jobs and Pods among the objects of a hook have succeeded; others are done when they exist.

    :raises WaitTimeout: time is over, or one has failed.
    """
    ended = [ref for ref in refs if (ref.api_version, ref.kind) in (("batch/v1", "Job"), ("v1", "Pod"))]
    _Wait(cluster, clock, timeout, lambda obj: status_of(obj, hook=True, now=clock.now())).run(ended)


def wait_deleted(cluster: Cluster, clock: Clock, refs: Iterable[ObjectRef], timeout: float) -> None:
    """Return when the objects are gone. One that comes back under its name with another identity counts as gone.

    :raises WaitTimeout: ``fields["objects"]`` says which are left and which finalizers hold them.
    """
    timeout = timeout or DEFAULT_SECONDS
    deadline = clock.monotonic() + timeout
    left = [(ref, obj) for ref in refs if (obj := _until_gone(cluster, clock, ref, deadline)) is not None]
    if not left:
        return
    found = [_leftover(ref, obj) for ref, obj in left]
    raise WaitTimeout(
        f"Not gone after {timeout:g} s: {'; '.join(f'''{item['object']} ({item['reason']})''' for item in found)}.",
        helm="\n".join(
            [
                *(
                    f"resource {ref.kind}/{ref.namespace}/{ref.name} still exists. status: {item['status']}, message: {item['reason']}"
                    for (ref, _other), item in zip(left, found, strict=True)
                ),
                "context deadline exceeded",
            ]
        ),
        objects=found,
    )


def _leftover(ref: ObjectRef, obj: Object) -> dict[str, str]:
    metadata = obj.get("metadata") or {}
    finalizers = ", ".join(metadata.get("finalizers") or ())
    marked = bool(metadata.get("deletionTimestamp"))
    reason = f"held by the finalizers {finalizers}" if finalizers else ("it is being deleted" if marked else "nobody has deleted it")
    return {"object": str(ref), "status": "Terminating" if marked else "Current", "reason": reason}


def _until_gone(cluster: Cluster, clock: Clock, ref: ObjectRef, deadline: float) -> Object | None:
    """The object when time is over; ``None``: it is gone."""
    identity = ""
    failures = 0
    while True:
        try:
            obj = cluster.read(ref, metadata_only=True)
            if obj is None:
                return None
            metadata = obj.get("metadata") or {}
            identity = identity or str(metadata.get("uid") or "")
            left = deadline - clock.monotonic()
            if identity and metadata.get("uid") != identity:
                return None
            if left <= 0:
                return obj
            if _sees_it_go(cluster, ref, str(metadata.get("resourceVersion") or ""), min(left, _ALONE_SECONDS)):
                return None
            failures = 0
        except UnknownKind:
            return None  # its definition went, and the object with it
        except Conflict:
            clock.sleep(_PAUSE_SECONDS)  # the version is too old for a watch: read again
        except (Unreachable, ServerBusy):
            failures += 1
            if failures > _FAILURES_BORNE or clock.monotonic() >= deadline:
                raise
            clock.sleep(_RETRY_SECONDS)


def _sees_it_go(cluster: Cluster, ref: ObjectRef, version: str, seconds: float) -> bool:
    events = cluster.watch(
        ref.api_version, ref.kind, ref.namespace, fields=f"metadata.name={ref.name}", resource_version=version, seconds=seconds
    )
    return any(event.type == "DELETED" for event in events)


@dataclass
class _Wait:
    """One wait: what is known of each object, and until when."""

    cluster: Cluster
    clock: Clock
    timeout: float
    judge: Judge
    objects: dict[ObjectRef, Object | None] = field(default_factory=dict)
    states: dict[ObjectRef, Readiness] = field(default_factory=dict)
    failures: int = 0

    def run(self, refs: Sequence[ObjectRef]) -> None:
        self.timeout = self.timeout or DEFAULT_SECONDS
        deadline = self.clock.monotonic() + self.timeout
        groups: dict[Group, list[ObjectRef]] = {}
        for ref in dict.fromkeys(refs):
            groups.setdefault((ref.api_version, ref.kind, ref.namespace), []).append(ref)
        pending, looked_again = list(groups), len(groups) < 2
        while True:
            started = self.clock.monotonic()
            try:
                versions = {group: self._look(group, groups[group]) for group in pending}
                self._raise_if_failed()
                pending = [group for group in pending if not self._all_ready(groups[group])]
                if not pending:
                    if looked_again:
                        return
                    pending, looked_again = list(groups), True
                    continue
                left = deadline - self.clock.monotonic()
                if left <= 0:
                    raise self._over(f"after {self.timeout:g} s")
                looked_again = len(groups) < 2
                if not self._follow(groups[pending[0]], versions[pending[0]], self._slice(left, pending, groups)):
                    self._do_not_spin(started)
                self._raise_if_failed()
                self.failures = 0
            except (Unreachable, ServerBusy):
                self.failures += 1
                if self.failures > _FAILURES_BORNE or self.clock.monotonic() >= deadline:
                    raise
                self.clock.sleep(_RETRY_SECONDS)

    def _do_not_spin(self, started: float) -> None:
        """A server or proxy that ends watches at once must not be asked without a pause."""
        if self.clock.monotonic() - started < _PAUSE_SECONDS:
            self.clock.sleep(_PAUSE_SECONDS)

    def _slice(self, left: float, pending: Sequence[Group], groups: dict[Group, list[ObjectRef]]) -> float:
        alone = len(pending) == 1 and pending[0][1] not in _WITH_PODS
        seconds = min(left, _ALONE_SECONDS if alone else _SLICE_SECONDS)
        for ref in groups[pending[0]]:
            again = self.states[ref].again
            if again is not None:
                seconds = min(seconds, again)
        return max(seconds, 0.1)

    def _look(self, group: Group, refs: Sequence[ObjectRef]) -> str:
        """List a group; its version to watch from."""
        api_version, kind, namespace = group
        only = f"metadata.name={refs[0].name}" if len(refs) == 1 else ""
        found, version = self.cluster.list(api_version, kind, namespace or None, fields=only)
        by_name = {str((obj.get("metadata") or {}).get("name")): obj for obj in found}
        for ref in refs:
            self._note(ref, by_name.get(ref.name))
            if kind in _WITH_PODS and not self.states[ref].ready:
                self._blame_pods(ref)
        return version

    def _note(self, ref: ObjectRef, obj: Object | None) -> None:
        self.objects[ref] = obj
        self.states[ref] = self.judge(obj)

    def _blame_pods(self, ref: ObjectRef) -> None:
        """A set whose pods crash for good has failed; one whose pods find no node, or are going, has not."""
        obj = self.objects[ref]
        labels = ((obj or {}).get("spec") or {}).get("selector", {}).get("matchLabels") or {}
        if not labels or self.states[ref].state == NOT_FOUND:
            return
        pods, _other = self.cluster.list("v1", "Pod", ref.namespace, labels=",".join(f"{k}={v}" for k, v in sorted(labels.items())))
        failed = [
            pod
            for pod in pods
            if not is_unschedulable(pod)
            and not (pod.get("metadata") or {}).get("deletionTimestamp")
            and status_of(pod, now=self.clock.now()).state == FAILED
        ]
        if failed:
            self.states[ref] = Readiness(FAILED, f"{len(failed)} pods have failed")

    def _follow(self, refs: Sequence[ObjectRef], version: str, seconds: float) -> bool:
        """Watch a group until all of it is ready, one has failed, or the slice is over. Whether anything was told."""
        first = refs[0]
        names = {ref.name: ref for ref in refs}
        only = f"metadata.name={first.name}" if len(refs) == 1 else ""
        told = False
        try:
            events = self.cluster.watch(
                first.api_version, first.kind, first.namespace, fields=only, resource_version=version, seconds=seconds
            )
            for event in events:
                ref = names.get(str((event.object.get("metadata") or {}).get("name")))
                if event.type == "BOOKMARK" or ref is None:
                    continue
                told = True
                self._note(ref, None if event.type == "DELETED" else event.object)
                if self._all_ready(refs) or self.states[ref].state == FAILED:
                    break
        except Conflict:
            return False  # the version is too old for a watch: list again
        return told

    def _all_ready(self, refs: Iterable[ObjectRef]) -> bool:
        return all(self.states[ref].ready for ref in refs)

    def _raise_if_failed(self) -> None:
        if any(state.state == FAILED for state in self.states.values()):
            raise self._over("and will not be")

    def _over(self, when: str) -> WaitTimeout:
        left = [(ref, self.states[ref], self.objects[ref]) for ref in self.states if not self.states[ref].ready]
        left.sort(key=lambda item: (item[1].state != FAILED, item[0]))
        found = gather(self.cluster, left)
        told = "; ".join(f"{item['object']}: {item['reason']}" for item in found[:5])
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        lines = [
            f"resource {ref.kind}/{ref.namespace}/{ref.name} not ready. status: {state.state}, message: {state.message}"
            for ref, state, _other in left
        ]
        if when.startswith("after"):
            lines.append("context deadline exceeded")
        return WaitTimeout(f"Not ready {when}: {told}{more}.", helm="\n".join(lines), objects=found)
