# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Waits for the Jobs and Pods of a hook to end.

Helm: ``WatchUntilReady`` of ``pkg/kube/statuswait.go``.

The watch begins at the version that the server returned when the object was created, so no event is missed and no list is needed. That
matters for objects that are deleted when they have ended: a Job with ``ttlSecondsAfterFinished: 0`` may be gone before a list is
requested, yet it has succeeded. The result of an ended object stays, also when the object is deleted.

An object that is deleted before it has ended does not return. Helm 4 waits for it until the timeout (``status: NotFound``), Helm 3 counts
it as a success; here it ends the wait at once, as a failure that says so. A deletion that no watch has seen (the connection was
interrupted) is read from the server's history of the last minutes, from the last version that was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..aliases import Object
from ..errors import Conflict
from ..objects.readiness import CURRENT, FAILED, Readiness, status_of
from ..objects.rules import Rules
from ..ports import Clock, Event, ObjectRef, ReportProgress, Watcher
from .logs import Mask, unmasked
from .wait import Group, Wait, by_rules

_KINDS = (("batch/v1", "Job"), ("v1", "Pod"))
_RULE = "a hook that is deleted before it ends has failed"
_CURE = "keep other deployers and clean-up jobs away from the hooks of a release, then run the task again"
_REFETCH_SECONDS = 1.0


def wait_hook(
    cluster: Watcher,
    clock: Clock,
    made: Iterable[Object],
    timeout: float,
    *,
    rules: Rules | None = None,
    mask: Mask = unmasked,
    report_progress: ReportProgress | None = None,
) -> None:
    """Returns when the Jobs and Pods of a hook have succeeded.

    Objects of other kinds are done when they exist.

    :param made: the objects, as the server returned them at their creation. :param timeout: seconds for all of them; 0: Helm's 30.
    :param rules: the task's own; only ``failed_when`` and ``fail_fast`` apply: a hook must end, so ``ready_when`` does not decide.
    :raises WaitTimeout: time is over, one has failed, or one was deleted before it had ended.
    """
    awaited = {ref: obj for obj in made if ((ref := _ref(obj)).api_version, ref.kind) in _KINDS}

    rules = Rules({}) if rules is None else rules

    def judge(obj: Object | None) -> Readiness:
        own = by_rules(rules, obj) if rules and obj is not None else None
        return own or status_of(obj, hook=True, now=clock.now())

    wait = _HookWait(
        cluster, clock, timeout, judge, rules=rules, jobs=True, mask=mask, report_progress=report_progress, what="hook", made=awaited
    )
    wait.run(list(awaited))


def _ref(obj: Object) -> ObjectRef:
    metadata = obj.get("metadata") or {}
    return ObjectRef(str(obj["apiVersion"]), str(obj["kind"]), str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def _of(obj: Object, key: str) -> str:
    return str((obj.get("metadata") or {}).get(key) or "")


@dataclass
class _HookWait(Wait):
    """A wait for hooks.

    ``made``: objects as they were created, until they are read. ``uids``, ``versions``: uid and newest known version of each object.
    """

    made: dict[ObjectRef, Object] = field(default_factory=dict)
    uids: dict[ObjectRef, str] = field(default_factory=dict)
    versions: dict[ObjectRef, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.uids = {ref: _of(obj, "uid") for ref, obj in self.made.items()}
        self.versions = {ref: _of(obj, "resourceVersion") for ref, obj in self.made.items()}

    def _list(self, group: Group, refs: Sequence[ObjectRef]) -> str:
        if all(ref in self.states and self.states[ref].ready for ref in refs):
            return ""  # what has ended needs no second look
        obj = self.made.pop(refs[0], None)
        if obj is None or len(refs) > 1 or not self.versions[refs[0]]:
            return super()._list(group, refs)
        self._update(refs[0], obj)
        return self.versions[refs[0]]

    def _set_state(self, ref: ObjectRef, obj: Object | None) -> None:
        known = self.states.get(ref)
        if known is not None and known.state in (CURRENT, FAILED):
            return
        if obj is None or _of(obj, "uid") != self.uids[ref]:
            self._refetch(ref)
            return
        self.versions[ref] = _of(obj, "resourceVersion")
        super()._set_state(ref, obj)
        state = self.states[ref]
        if state.state == FAILED and _of(obj, "deletionTimestamp"):
            self.states[ref] = Readiness(FAILED, f"{state.message}; another client has deleted it", rule=state.rule)

    def _handle_event(self, ref: ObjectRef, event: Event) -> None:
        if _of(event.object, "uid") != self.uids[ref]:
            return  # another object of this name; the deletion of the hook's object has been handled before
        if event.type == "DELETED":
            self._handle_deletion(ref, event.object)
        else:
            self._set_state(ref, event.object)

    def _handle_deletion(self, ref: ObjectRef, obj: Object) -> None:
        """Handles a deletion: a success only if the object had ended before."""
        self._set_state(ref, obj)
        if self.states[ref].state in (CURRENT, FAILED):
            return
        phase = str((obj.get("status") or {}).get("phase") or "Pending")
        was = f"the Pod was {phase}" if ref.kind == "Pod" else "the Job was not complete"
        self.states[ref] = Readiness(FAILED, f"another client deleted it before it ended ({was}); {_CURE}", rule=_RULE)

    def _refetch(self, ref: ObjectRef) -> None:
        """Handles an object that is gone without a watch event: reads the missed events."""
        if self.versions[ref]:
            only = f"metadata.name={ref.name}"
            where = (ref.api_version, ref.kind, ref.namespace)
            try:
                for event in self.cluster.watch(*where, fields=only, resource_version=self.versions[ref], seconds=_REFETCH_SECONDS):
                    if event.type == "DELETED" and _of(event.object, "uid") == self.uids[ref]:
                        self._handle_deletion(ref, event.object)
                        return
            except Conflict:
                pass  # the server's history is over: below
        self.objects[ref] = None
        message = f"another client deleted it, and its result is unknown; {_CURE}"
        self.states[ref] = Readiness(FAILED, message, rule=_RULE)
