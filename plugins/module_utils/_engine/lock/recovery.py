# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds out whether the writer of a pending newest revision is gone, and marks it failed then.

See ``session`` for the rules.
"""

from __future__ import annotations

from datetime import datetime, timezone

from ..errors import Conflict, ReleaseBusy, ReleaseError, ReleaseNotFound
from ..plain import replace
from ..plan.model import LockSession, Ports
from ..ports import Record
from ..release.history import History, record_status
from ..release.model import Status
from ..release.records import relabelled, to_record
from ..release.status import check_transition
from .fairness import written_at
from .holder import HOLDER, Stale, describe_holder

_GONE = "The deployer ({who}) terminated while the revision was {status}"
_SILENT = "The revision was left {status} and has not been modified for {age}"


def recover(session: LockSession, ports: Ports, history: History, record: Record, check: bool) -> tuple[History, str]:
    """``session.settle`` for a pending newest revision. Raises ``Stale`` after each wait: read all again."""
    writer = record.annotations.get(HOLDER, "")
    if writer and writer == session.holder:
        return history, ""
    if check:
        writer_gone = bool(writer) and _gone_in_check(session, record, writer)
    else:
        if not session.entered:
            session.entered = True
            session.acquire(history)
            raise Stale  # it may have ended before this action took the lock
        writer_gone = bool(writer) and session.held
    sentence = _GONE.format(who=describe_holder(writer), status=record.status)
    if not writer_gone:
        age = ports.clock.now().timestamp() - written_at(record)
        expiry = session.options.pending_expiry
        if not expiry or age < expiry:
            session.wait_for_record(_pending(history, record, expiry))
            raise Stale
        sentence = _SILENT.format(status=record.status, age=_span(age))
    return _mark(ports, history, record, sentence, check), sentence


def _gone_in_check(session: LockSession, record: Record, writer: str) -> bool:
    """Whether the writer's Lease is gone, in check mode, which takes no Lease itself.

    The record is read again after that, and its state then counts.
    """
    live, writer_gone = session.other_lease()
    if session.unavailable:
        return False
    if not writer_gone and live is not None:
        session.wait(live)
        raise Stale
    version = f"{record.key} {record.resource_version}"
    if session.assumed_gone != version:
        session.assumed_gone = version
        raise Stale
    return True


def _mark(ports: Ports, history: History, record: Record, sentence: str, check: bool) -> History:
    """The history with the pending revision marked failed; written to the store, unless this is a check."""
    check_transition(record_status(record), Status.FAILED)
    annotations = {key: value for key, value in record.annotations.items() if key != HOLDER}
    try:
        release = history.decode(record).with_status(Status.FAILED, sentence)
        failed = to_record(release, ports.clock, annotations=annotations, old=record)
    except ReleaseError:
        failed = replace(relabelled(record, Status.FAILED, ports.clock), annotations=annotations)
    if not check:
        try:
            failed = ports.store.update(failed)
        except (Conflict, ReleaseNotFound) as error:
            raise Stale from error
    return History(history.namespace, history.release, [*history.records[:-1], failed])


def _pending(history: History, record: Record, expiry: float) -> ReleaseBusy:
    since = datetime.fromtimestamp(written_at(record), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    after = f"It is considered abandoned after {_span(expiry)} without changes (pending_expiry). " if expiry else ""
    return ReleaseBusy(
        f"Release {history.release} in namespace {history.namespace} is {record.status} (revision {record.revision}, last modified "
        f"{since}) by an operation of helm, or of a task without a lock, that may still be running. {after}If it is not running, "
        "roll back with chart_release_rollback, or uninstall the release with state: absent",
        helm="another operation (install/upgrade/rollback) is in progress",
        release=history.release,
        namespace=history.namespace,
        revision=record.revision,
        status=record.status,
        since=since,
    )


def _span(seconds: float) -> str:
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
