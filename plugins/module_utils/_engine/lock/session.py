# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decides when an action takes the lock of its release, and what to do about a pending revision.

This is the small part, which every run imports; the Lease itself is in ``lease``, the recovery of a pending revision in ``recovery``.

    no-op, check mode     no Lease is made; it is read only where the newest revision is pending
    a change              ``enter`` right before the first write; what was read before the lock may be outdated by then, so it is read
                          again and, where it differs, the action starts again while it holds the lock (``Stale``)
    the newest is pending ``settle``: its writer may be alive (wait, or refuse, as ``if_busy`` says) or gone (marked failed)

A pending revision of this collection has the holder's id in an annotation. An action that holds the Lease and finds a pending revision
with another id knows that its writer is gone: a live writer would hold the Lease. Helm takes no Lease and writes no annotation; its
pending revision is respected until it has not been touched for ``pending_expiry``. ``rollback`` and ``absent`` ignore it, as helm's do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from ..aliases import Object
from ..errors import EngineError, ReleaseBusy
from ..plain import replace
from ..plan.model import Locking, LockSession, Outcome, Ports
from ..ports import Cluster, Record
from ..release.history import History, record_status
from .holder import HOLDER, Stale

if TYPE_CHECKING:
    from .lease import Lease

_MOST_REFUSED = 10

Answer = TypeVar("Answer", bound=Outcome)


class LeaseSession(LockSession):
    """A lock that is a Lease, read and created when it is first needed. ``warnings``: for the task's user."""

    def __init__(self, ports: Ports, namespace: str, release: str, options: Locking) -> None:
        self.ports = ports
        self.namespace = namespace
        self.release = release
        self.options = options
        self.warnings: list[str] = []
        self._lease: Lease | None = None

    @property
    def lease(self) -> Lease:
        if self._lease is None:
            from .lease import Lease

            self._lease = Lease(self.ports, self.namespace, self.release, self.options, self.warnings)
        return self._lease

    @property
    def holder(self) -> str:
        return self._lease.holder if self._lease is not None and self._lease.held else ""

    @property
    def held(self) -> bool:
        return self.lease.held

    @property
    def unavailable(self) -> bool:
        return self.lease.unavailable

    @property
    def cluster(self) -> Cluster:
        return self.lease.cluster

    def acquire(self, history: History, owner: Record | None = None) -> bool:
        waited = self.lease.acquire(owner)
        if owner is None and len(history.records) >= 3:
            from .fairness import keep_gap  # late: few releases change so often

            newest = self.ports.store.list_metadata(history.namespace, history.release) if waited else history.records
            keep_gap(self.ports.clock, newest)
        return waited

    def acquire_later(self) -> None:
        self.lease.acquire_later()

    def other_lease(self) -> tuple[Object | None, bool]:
        return self.lease.other_lease()

    def wait(self, live: Object) -> None:
        self.lease.wait(live)

    def wait_for_record(self, busy: ReleaseBusy) -> None:
        self.lease.wait_for_record(busy)

    def close(self) -> None:
        if self._lease is not None:
            self._lease.release()


def _raise_plain(error: EngineError) -> NoReturn:
    raise error from None


def locked(ports: Ports, namespace: str, release: str, options: Locking, action: Callable[[Ports], Answer]) -> Answer:
    """Runs an action that may take the lock by ``enter``, and always releases the lock.

    An action within another one of the same release (undoing a failure) uses the lock of the outer one.
    """
    if not ports.who or ports.lock is not None:
        return action(ports)
    session = LeaseSession(ports, namespace, release, options)
    inner = replace(ports, lock=session)
    refused = 0
    try:
        while True:
            try:
                outcome = action(inner)
            except Stale as stale:
                cause = stale.__cause__
                if isinstance(cause, EngineError):  # a write was refused since the record changes all the time
                    refused += 1
                    if refused > _MOST_REFUSED:
                        _raise_plain(cause)
                    ports.clock.sleep(0.1 * refused)
                continue
            except ReleaseBusy as error:
                if not error.fields.get("raced"):
                    raise
                session.wait_for_record(error)  # helm, or a task without a Lease, made the revision first: wait for it as for any other
                continue
            outcome.warnings += [sentence for sentence in session.warnings if sentence not in outcome.warnings]
            return outcome
    finally:
        session.close()


def enter(ports: Ports, history: History, *, makes_namespace: bool = False, owner: Record | None = None) -> Ports:
    """Takes the lock, before the first write.

    Returns the ports to write with, which renew the lock when used.

    :param history: as the action has read it.
    :param makes_namespace: the action creates the release's namespace; the Lease follows as soon as that exists.
    :param owner: the record whose deletion ends the release; if the process dies right after that, the Lease is deleted with it.
    :raises ReleaseBusy: another process holds it.
    """
    session = ports.lock
    if session is None:
        return ports
    if not session.entered:
        session.entered = True
        if makes_namespace:
            session.acquire_later()
        elif session.acquire(history, owner) or (history and _moved(ports, history)):
            raise Stale
    return replace(ports, cluster=session.cluster)


def settle(ports: Ports, history: History, check: bool, *, over_helms: bool = False) -> tuple[History, str]:
    """Decides what to do about a pending newest revision.

    :param over_helms: a pending revision of helm does not stop this action.
    :return: the history, in which that revision is failed where its writer is gone, and a sentence about that, empty where nothing changed.
    :raises ReleaseBusy: its writer may be alive, and it has not ended in time.
    """
    record, session = history.newest, ports.lock
    if record is None or session is None or not record_status(record).is_pending:
        return history, ""
    if over_helms and HOLDER not in record.annotations:
        return history, ""
    from .recovery import recover

    return recover(session, ports, history, record, check)


def _moved(ports: Ports, history: History) -> bool:
    """Whether records were added, removed or changed since the history was read."""
    now = ports.store.list_metadata(history.namespace, history.release)
    return [(record.key, record.resource_version) for record in now] != [(r.key, r.resource_version) for r in history.records]
