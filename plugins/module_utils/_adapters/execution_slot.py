# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs several actions in one process, one at a time; only their waits for the server overlap.

The engine is written for one thread: time and memory of a render are those of the process, and so is the recursion limit. The thread
that computes holds the ``ExecutionSlot``; it releases it around each request and each sleep, when nothing is computed. Each thread
restores the recursion limit that it had set, and time that others have used meanwhile is not charged to it. Python would let one thread
compute at a time in any case. Discovery does not release the slot, so that it runs once.

Only the port's calls run concurrently, and below them the connections of a pool, which support that.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from .._engine.aliases import Json, Object
from .._engine.gotypes import limits
from .._engine.plain import replace
from .._engine.ports import Clock, Cluster, Event, ObjectRef, Objects, Record, Records, Resource, Scope, ServerVersion, Store

if TYPE_CHECKING:
    from datetime import datetime

    from .._engine.plan.model import Ports

Answer = TypeVar("Answer")


class Stopped(BaseException):
    """The task is to end.

    Not an ``Exception``: nothing but cleaning up may catch it; raised once in each thread.
    """


class ExecutionSlot:
    """The execution slot of a process: one thread computes at a time.

    ``with slot:`` a thread's whole work; ``slot.without_slot(call)``: a call without the slot.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._stopped_threads: set[int] = set()

    def __enter__(self) -> ExecutionSlot:
        self._lock.acquire()
        return self

    def __exit__(self, *_error: object) -> None:
        self._lock.release()

    def stop(self) -> None:
        """Stops every thread: its next request raises ``Stopped``."""
        self._stopped = True

    def without_slot(self, call: Callable[[], Answer]) -> Answer:
        if self._stopped and threading.get_ident() not in self._stopped_threads:
            self._stopped_threads.add(threading.get_ident())
            raise Stopped
        depth = sys.getrecursionlimit()
        with limits.uncharged():
            self._lock.release()
            try:
                return call()
            finally:
                self._lock.acquire()
                sys.setrecursionlimit(depth)


class SlotClock(Clock):
    def __init__(self, inner: Clock, slot: ExecutionSlot) -> None:
        self._inner = inner
        self._slot = slot

    def now(self) -> datetime:
        return self._inner.now()

    def monotonic(self) -> float:
        return self._inner.monotonic()

    def sleep(self, seconds: float) -> None:
        self._slot.without_slot(lambda: self._inner.sleep(seconds))


class SlotStore(Store):
    def __init__(self, inner: Store, slot: ExecutionSlot) -> None:
        self._inner = inner
        self._slot = slot
        self.kind = inner.kind
        self.limit = inner.limit

    def _without_slot(self, call: Callable[[], Answer]) -> Answer:
        return self._slot.without_slot(call) if self.kind else call()  # a store in memory must not be used concurrently

    def create(self, record: Record) -> Record:
        return self._without_slot(lambda: self._inner.create(record))

    def get(self, namespace: str, release: str, revision: int) -> Record:
        return self._without_slot(lambda: self._inner.get(namespace, release, revision))

    def list(self, namespace: Scope, release: str | None = None, labels: Mapping[str, str] | None = None) -> list[Record]:
        return self._without_slot(lambda: self._inner.list(namespace, release, labels))

    def list_metadata(self, namespace: Scope, release: str | None = None) -> Records:
        return self._without_slot(lambda: self._inner.list_metadata(namespace, release))

    def update(self, record: Record) -> Record:
        return self._without_slot(lambda: self._inner.update(record))

    def delete(self, record: Record) -> None:
        self._without_slot(lambda: self._inner.delete(record))


class SlotCluster(Cluster):
    """A cluster whose requests release the slot. Cached answers and discovery keep it."""

    def __init__(self, inner: Cluster, slot: ExecutionSlot) -> None:
        self._inner = inner
        self._slot = slot

    def version(self) -> ServerVersion:
        return self._inner.version()

    def api_versions(self) -> frozenset[str]:
        return self._inner.api_versions()

    def unavailable_versions(self) -> frozenset[str]:
        return self._inner.unavailable_versions()

    def resource(self, api_version: str, kind: str) -> Resource:
        return self._inner.resource(api_version, kind)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return self._inner.within(seconds)

    def invalidate_discovery(self) -> None:
        self._inner.invalidate_discovery()

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        self._inner.resource(ref.api_version, ref.kind)
        return self._slot.without_slot(lambda: self._inner.read(ref, metadata_only=metadata_only))

    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> tuple[list[Object], str]:
        self._inner.resource(api_version, kind)
        return self._slot.without_slot(lambda: self._inner.list(api_version, kind, namespace, labels=labels, fields=fields))

    def list_metadata(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "") -> Objects:
        self._inner.resource(api_version, kind)
        return self._slot.without_slot(lambda: self._inner.list_metadata(api_version, kind, namespace, labels=labels))

    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        self._known(obj)
        return self._slot.without_slot(lambda: self._inner.create(obj, dry_run=dry_run))

    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        self._known(obj)
        return self._slot.without_slot(lambda: self._inner.apply(obj, force=force, dry_run=dry_run))

    def replace(self, obj: Object, *, dry_run: bool = False) -> Object:
        self._known(obj)
        return self._slot.without_slot(lambda: self._inner.replace(obj, dry_run=dry_run))

    def patch(self, ref: ObjectRef, body: Json, *, kind: str = "merge", dry_run: bool = False) -> Object:
        return self._slot.without_slot(lambda: self._inner.patch(ref, body, kind=kind, dry_run=dry_run))

    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        return self._slot.without_slot(lambda: self._inner.delete(ref, propagation=propagation, dry_run=dry_run, version=version))

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        events = self._inner.watch(api_version, kind, namespace, fields=fields, resource_version=resource_version, seconds=seconds)
        while (event := self._slot.without_slot(lambda: next(events, None))) is not None:
            yield event

    def create_token(self, namespace: str, service_account: str, seconds: int) -> Object:
        return self._slot.without_slot(lambda: self._inner.create_token(namespace, service_account, seconds))

    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        return self._slot.without_slot(lambda: self._inner.logs(namespace, pod, container, lines=lines))

    def _known(self, obj: Object) -> None:
        """Runs discovery first, while this thread holds the slot, so that it runs once for all."""
        if obj.get("apiVersion") and obj.get("kind"):
            self._inner.resource(str(obj["apiVersion"]), str(obj["kind"]))


def sharing_slot(ports: Ports, slot: ExecutionSlot) -> Ports:
    """The ports of an action that is one of several (``actions.model.Ports``)."""
    return replace(ports, store=SlotStore(ports.store, slot), cluster=SlotCluster(ports.cluster, slot), clock=SlotClock(ports.clock, slot))
