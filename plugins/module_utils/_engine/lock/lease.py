# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The lock of a release: a Lease in its namespace, which exists only during writes.

Theory. The Lease is of ``coordination.k8s.io/v1``. The server lets one of several writers create an object of a name, and one of several
replace a resource version; no more is needed. The holder of the Lease renews it while working: there is no thread; every request through
``Renewing`` checks the clock, and a long watch is cut into slices. A thread would go on renewing for a process that hangs.

Whether another holder is dead is decided by the local clock alone: its Lease must have been unchanged for its own duration, counted from
the first time it was read in that state (client-go: ``leaderelection``); clocks of two machines are never compared, except that a Lease
older than its duration plus five minutes is dead at the first read. A holder that hangs so long that another process takes over finds out
at its next request and stops; its next write of a record would be a conflict anyway.

Where Leases are forbidden (RBAC, quota, a webhook) the action goes on without one, and warns: Helm's pending status still protects.
"""

from __future__ import annotations

import hashlib
import math
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta, timezone
from typing import cast

from ..aliases import JsonObject, Object
from ..errors import (
    AlreadyExists,
    Conflict,
    EngineError,
    Forbidden,
    NotFound,
    Rejected,
    ReleaseBusy,
    ServerBusy,
    UnknownKind,
    Unreachable,
)
from ..plan.model import Locking, Ports
from ..ports import Cluster, ObjectRef, Record
from .holder import Stale, describe_holder
from .renewing import Renewing

API_VERSION, KIND = "coordination.k8s.io/v1", "Lease"
PREFIX = "windlass.release."
LABELS = {"app.kubernetes.io/managed-by": "windlass.charts"}
RELEASE_LABEL = "charts.windlass.io/release"
#: clocks further apart than this are out of order (Kerberos bears as much)
SKEW = timedelta(minutes=5)
_LONGEST_NAME = 253
_LONGEST_LABEL = 63
_POLL = (0.1, 2.0)  # the first pause between two looks at a Lease, and the longest
_POLL_RECORD = 2.0
_MOST_RETRIES = 100
_LATE_SECONDS = 2.0  # after the end of a wait, in which the last answer may arrive


def lease_name(release: str) -> str:
    """The name of a release's Lease, different for each release; a long name ends in a digest."""
    name = PREFIX + release
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 17]}-{hashlib.sha256(release.encode()).hexdigest()[:16]}"


class Lease:
    """The Lease of one release.

    ``held``: this action holds it. ``cluster``: the cluster to use while it is held.
    """

    def __init__(self, ports: Ports, namespace: str, release: str, options: Locking, warnings: list[str]) -> None:
        self._real = ports.cluster
        self.clock = ports.clock
        self._kind = str(getattr(ports.store, "kind", ""))  # of the objects that records are; none in memory
        self._warnings = warnings
        self._release = release
        self.seconds = ports.lease_seconds
        self.ref = ObjectRef(API_VERSION, KIND, namespace, lease_name(release))
        self.holder = f"{ports.who}/{ports.random.bytes(8).hex()}"
        renewing = Renewing(ports.cluster, ports.clock, self.renew, self.seconds / 4, {namespace: self.namespace_made})
        self.cluster = cast(Cluster, renewing)
        self.held = False
        self.unavailable = False  # Leases cannot be used
        self._acquire_later = False
        self._object: Object = {}
        self._renewed = 0.0
        self._last_change: tuple[str, float] = ("", 0.0)  # another holder's Lease: its version, and since when it has been unchanged
        self._budget = WaitBudget(ports, options)

    # ------------------------------------------------------------------------------------------------- take, give back

    def acquire_later(self) -> None:
        """Defers the Lease until the namespace exists."""
        self._acquire_later = True

    def namespace_made(self) -> None:
        if self._acquire_later and self.acquire():
            raise Stale

    def acquire(self, owner: Record | None = None) -> bool:
        """Acquires the Lease, or waits for it if requested. Returns whether another holder had it.

        :raises ReleaseBusy: another holds it, and still does at the end of the wait.
        """
        self._acquire_later = False
        others = False
        unsettled = 0
        while not (self.held or self.unavailable):
            with self._in_time():
                if self._create(owner):
                    break
                live = self._read()
                others = others or live is None or _holder(live) != self.holder
                taken = live is None or self._take_over(live, owner)
            if live is None or taken:
                unsettled += 1
                if not (self.held or self.unavailable):
                    self._budget.retry(unsettled, self.busy(live or {}))
                continue
            self._budget.wait(self.busy(live), _POLL)
        return others

    def _in_time(self) -> AbstractContextManager[None]:
        """Bounds requests of a wait by its end, since the server may be slow. Before a wait there is no bound."""
        left = self._budget.left()
        return nullcontext() if left is None else self._real.within(left + _LATE_SECONDS)

    def _create(self, owner: Record | None) -> bool:
        """Creates the Lease. Returns whether nothing more is to be done."""
        try:
            self._set_held(self._real.create(self._wanted(owner, {})))
        except AlreadyExists:
            return False
        except (Unreachable, ServerBusy):
            live = self._read()  # the answer may have been lost, not the request
            if live is None or _holder(live) != self.holder:
                raise
            self._set_held(live)
        except NotFound:
            self._acquire_later = True  # no such namespace: the record will say so
            return True
        except (Forbidden, Rejected, UnknownKind) as error:
            self._continue_without_lock(error)
        return True

    def _take_over(self, live: Object, owner: Record | None) -> bool:
        """Takes over another holder's Lease if it is free. ``False``: it is not."""
        if _holder(live) == self.holder:
            self._set_held(live)
            return True
        if not self.expired(live):
            return False
        try:
            self._set_held(self._real.replace(self._wanted(owner, live)))
        except (Conflict, NotFound):
            pass  # another task was faster, or the Lease was deleted: read it again
        except (Unreachable, ServerBusy):
            there = self._read()  # the answer may be lost, not the request
            if there is None or _holder(there) != self.holder:
                raise
            self._set_held(there)
        except (Forbidden, Rejected) as error:
            self._continue_without_lock(error)
        return True

    def release(self) -> None:
        """Deletes the Lease. Errors are not reported, since a Lease that is left expires."""
        held, self.held = self.held, False
        unanswered = 0
        try:
            while held:
                try:
                    self._real.delete(self.ref, version=_version(self._object))
                    return
                except (Unreachable, ServerBusy):
                    unanswered += 1
                    if unanswered > 1:
                        return
                except Conflict:  # a renewal whose answer was lost, or another task took over
                    live = self._read()
                    if live is None or _holder(live) != self.holder or _version(live) == _version(self._object):
                        return
                    self._object = live
        except EngineError:
            return

    def renew(self) -> None:
        """Called before each request: renews the Lease when a quarter of its duration is over.

        :raises ReleaseBusy: another process took over, since the Lease was not renewed for too long.
        """
        now = self.clock.monotonic()
        if not self.held or now - self._renewed < self.seconds / 4:
            return
        try:
            self._set_held(self._real.replace(self._wanted(None, self._object)))
        except (Conflict, NotFound):
            self._repair()
        except (Unreachable, ServerBusy):
            if now - self._renewed >= self.seconds:
                raise
        except (Forbidden, Rejected) as error:
            self.held = False
            self._continue_without_lock(error)

    def _repair(self) -> None:
        live = self._read()
        if live is None:  # removed manually, or with its namespace
            self.held = False
            if self._create(None):
                return
            live = self._read() or {}
        if _holder(live) != self.holder:
            self.held = False
            raise ReleaseBusy(
                f"The lock on release {self._release} in namespace {self.ref.namespace} was taken over by "
                f"{describe_holder(_holder(live))}, since this task did not renew it for more than {self.seconds:g} s; the task stops",
                helm="another operation (install/upgrade/rollback) is in progress",
                **self._facts(live),
            )
        self._set_held(live)

    # -------------------------------------------------------------------------------------------------------- of others

    def other_lease(self) -> tuple[Object | None, bool]:
        """Another holder's Lease, and whether that holder is gone. Does not wait.

        ``unavailable`` is set where reading Leases is forbidden.
        """
        try:
            live = self._read()
        except (Forbidden, UnknownKind):
            self.unavailable = True
            return None, False
        return live, live is None or self.expired(live)

    def wait(self, live: Object) -> None:
        self._budget.wait(self.busy(live), _POLL)

    def wait_for_record(self, busy: ReleaseBusy) -> None:
        self.renew()
        self._budget.wait(busy, (_POLL_RECORD, _POLL_RECORD))

    def expired(self, live: Object) -> bool:
        """Whether the holder of a Lease is gone."""
        spec = live.get("spec") or {}
        if not spec.get("holderIdentity"):
            return True
        seconds, now = float(spec.get("leaseDurationSeconds") or 0), self.clock.monotonic()
        if self._last_change[0] != _version(live):
            self._last_change = (_version(live), now)
        renewed = _time(str(spec.get("renewTime") or ""))
        if renewed is not None and self.clock.now() - renewed > timedelta(seconds=seconds) + SKEW:
            return True
        return now - self._last_change[1] >= seconds

    def busy(self, live: Object) -> ReleaseBusy:
        spec = live.get("spec") or {}
        return ReleaseBusy(
            f"Release {self._release} in namespace {self.ref.namespace} is being changed by {describe_holder(_holder(live))} since "
            f"{spec.get('acquireTime', 'an unknown time')} (last renewed {spec.get('renewTime', 'never')})",
            helm="another operation (install/upgrade/rollback) is in progress",
            **self._facts(live),
        )

    def _facts(self, live: Object) -> JsonObject:
        spec = live.get("spec") or {}
        host, _slash, rest = _holder(live).partition("/")
        return {
            "release": self._release,
            "namespace": self.ref.namespace,
            "holder": _holder(live),
            "holder_host": host,
            "holder_pid": rest.partition("/")[0],
            "since": str(spec.get("acquireTime") or ""),
            "renewed": str(spec.get("renewTime") or ""),
        }

    # ---------------------------------------------------------------------------------------------------------- inside

    def _read(self) -> Object | None:
        return self._real.read(self.ref)

    def _set_held(self, answer: Object) -> None:
        self.held, self._object, self._renewed = True, answer, self.clock.monotonic()

    def _continue_without_lock(self, error: EngineError) -> None:
        self.unavailable = True
        self._warnings.append(
            f"Release {self._release} is changed without a lock, so concurrent tasks are only detected by Helm's pending status: "
            f"{error.message}"
        )

    def _wanted(self, owner: Record | None, live: Object) -> Object:
        now = self.clock.now().astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        before = live.get("spec") or {}
        renewal = _holder(live) == self.holder
        labels = {**LABELS, RELEASE_LABEL: self._release[:_LONGEST_LABEL].strip("-_.")}
        metadata: Object = {"name": self.ref.name, "namespace": self.ref.namespace, "labels": labels}
        if live:
            metadata["resourceVersion"] = _version(live)
        owners = (live.get("metadata") or {}).get("ownerReferences") if renewal else _owners(owner, self._kind)
        if owners:
            metadata["ownerReferences"] = owners
        spec = {
            "holderIdentity": self.holder,
            "leaseDurationSeconds": max(1, math.ceil(self.seconds)),
            "acquireTime": before.get("acquireTime") if renewal else now,
            "renewTime": now,
            "leaseTransitions": int(before.get("leaseTransitions") or 0) + (1 if live and not renewal else 0),
        }
        return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": spec}


class WaitBudget:
    """The wait budget of an action: how long it has waited for others in total."""

    def __init__(self, ports: Ports, options: Locking) -> None:
        self.clock = ports.clock
        self._options = options
        self._random = ports.random
        self._began: float | None = None
        self._attempts = 0

    def left(self) -> float | None:
        """Seconds left of ``lock_timeout``, ``None``: there was no wait yet."""
        return None if self._began is None else max(0.0, self._options.lock_timeout - (self.clock.monotonic() - self._began))

    def retry(self, times: int, busy: ReleaseBusy) -> None:
        """Pauses before the next attempt at a Lease that another task has just created, taken or deleted.

        Raises ``busy`` after ``lock_timeout`` or 100 times: a server may say both that the Lease exists and that it does not.
        """
        self._began = self.clock.monotonic() if self._began is None else self._began
        if times > _MOST_RETRIES or self.clock.monotonic() - self._began > self._options.lock_timeout:
            raise busy
        if times > 1:
            self.clock.sleep(min(_POLL[0] * 2 ** min(times - 2, 10), _POLL[1]) * (0.5 + self._random.bytes(1)[0] / 255))

    def wait(self, busy: ReleaseBusy, poll: tuple[float, float]) -> None:
        """Sleeps a little. Raises ``busy`` where waiting is not allowed, or its time is over."""
        now = self.clock.monotonic()
        if self._options.if_busy == "fail":
            raise _with_reason(busy, "if_busy is fail, so the task does not wait")
        if self._began is None:
            self._began = now
        left = self._options.lock_timeout - (now - self._began)
        if left <= 0:
            raise _with_reason(busy, f"timed out after {self._options.lock_timeout:g} s (lock_timeout)")
        pause = min(poll[0] * 2 ** min(self._attempts, 10), poll[1])
        self._attempts += 1
        chance = self._random.bytes(1)[0] / 255  # so that waiting tasks do not retry together
        self.clock.sleep(min(pause * (0.5 + chance), left))


def _with_reason(busy: ReleaseBusy, why: str) -> ReleaseBusy:
    other = ReleaseBusy(f"{busy.message.rstrip('.')}; {why}", helm=busy.helm)
    other.fields = busy.fields
    return other


def _holder(live: Object) -> str:
    return str((live.get("spec") or {}).get("holderIdentity") or "")


def _version(live: Object) -> str:
    return str((live.get("metadata") or {}).get("resourceVersion") or "")


def _owners(record: Record | None, kind: str) -> list[Object]:
    if record is None or not record.uid or not kind:
        return []
    return [{"apiVersion": "v1", "kind": kind, "name": record.key, "uid": record.uid}]


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
