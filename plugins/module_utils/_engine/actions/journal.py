# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The records of one release while an action writes them.

The stored state, and the revision in progress.

Every write goes through here, so that each transition is checked against the table, annotations survive a rewrite, and each update names
the resource version that was read last: a second writer causes a conflict, not a lost update.

A write whose answer is lost may have reached the server. The record on the server is this journal's own when it has the content of a write
that the journal has sent, or the id of this action's lock; then the next write continues from its resource version. So a revision that
fails after a lost answer still ends as failed, and does not stay pending.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    NotFound,
    OptionError,
    ReleaseBusy,
    ReleaseError,
    ReleaseNotFound,
    ServerBusy,
    Unreachable,
)
from ..lock.holder import HOLDER
from ..plain import replace
from ..plan.model import Ports
from ..ports import Record
from ..release.history import History, record_status
from ..release.model import Release, Status
from ..release.records import relabelled, to_record
from ..release.status import check_transition


class Journal:
    """The records of a release during an action.

    :param history: as read at the start. ``release``: the revision being made or removed, ``None`` before there is one.
    """

    def __init__(self, ports: Ports, history: History, release: Release | None = None) -> None:
        self._ports = ports
        self._history = history
        self._records: dict[int, Record] = {record.revision: record for record in history.records}
        self.release = release
        self._sent: dict[int, set[tuple[str, str]]] = {}  # payload and status of each write, by revision
        self._unanswered: tuple[Release, Record] | None = None

    @property
    def history(self) -> History:
        """The current history, without a request."""
        return History(self._history.namespace, self._history.release, self._records.values())

    def has(self, revision: int) -> bool:
        return revision in self._records

    def create(self, release: Release, annotations: Mapping[str, str]) -> None:
        """Creates the pending record of a new revision.

        :raises ReleaseBusy: another writer has just created it. Field ``raced``; ``locked`` waits then.
        :raises OptionError: the namespace does not exist.
        """
        check_transition(None, release.info.status)
        holder = self._ports.lock.holder if self._ports.lock is not None else ""
        named = {**annotations, HOLDER: holder} if holder else annotations
        record = to_record(release, self._ports.clock, annotations=named)
        try:
            self._records[release.version] = self._created(record)
        except (Unreachable, ServerBusy):
            self._unanswered = (release, record)
            raise
        except AlreadyExists as error:
            raise ReleaseBusy(
                f"Release {release.name} in namespace {release.namespace}: another operation has just started revision {release.version}",
                helm="another operation (install/upgrade/rollback) is in progress",
                release=release.name,
                namespace=release.namespace,
                revision=release.version,
                raced=True,
            ) from error
        except NotFound as error:
            raise no_namespace(release.namespace) from error
        self.release = release

    def write(self, release: Release, annotations: Mapping[str, str] | None = None) -> None:
        """Rewrites the record of a revision. Raises ``ClusterError``, ``ReleaseNotFound``."""
        old = self._records[release.version]
        check_transition(record_status(old), release.info.status)
        if annotations is None and HOLDER in old.annotations and not release.info.status.is_pending:
            annotations = {key: value for key, value in old.annotations.items() if key != HOLDER}  # its writer is done
        record = to_record(release, self._ports.clock, annotations=annotations, old=old)
        self._records[release.version] = self._updated(record)
        if self.release is not None and self.release.version == release.version:
            self.release = release

    def created_after_all(self) -> bool:
        """Whether a creation without an answer has reached the server.

        The journal then continues with that record. Raises nothing: where the server still does not answer the result is ``False``.
        """
        if self._unanswered is None:
            return False
        release, record = self._unanswered
        there = self._there(record)
        if there is None or not self._is_own(there, record):
            return False
        self._records[release.version], self.release = there, release
        return True

    def _created(self, record: Record) -> Record:
        self._note_sent(record)
        try:
            return self._ports.store.create(record)
        except (AlreadyExists, Unreachable, ServerBusy):
            there = self._there(record)
            if there is None or not self._is_own(there, record):
                raise
            return there

    def _updated(self, record: Record) -> Record:
        """The record as written. Repeats an update that failed because of an earlier write of this journal."""
        self._note_sent(record)
        try:
            return self._ports.store.update(record)
        except (Conflict, Unreachable, ServerBusy) as error:
            there = self._there(record)
            if there is None or there.uid != record.uid:
                raise
            if (there.payload, there.status) == (record.payload, record.status):
                return there
            if not isinstance(error, Conflict):
                raise
            if there.resource_version != record.resource_version and not self._is_own(there, record):
                raise
            return self._ports.store.update(replace(record, resource_version=there.resource_version))

    def _note_sent(self, record: Record) -> None:
        self._sent.setdefault(record.revision, set()).add((record.payload, record.status))

    def _is_own(self, there: Record, record: Record) -> bool:
        """Whether a record on the server was written by this journal. :param record: what was sent last."""
        holder = self._ports.lock.holder if self._ports.lock is not None else ""
        if holder and there.annotations.get(HOLDER) == holder:
            return True
        same_holder = there.annotations.get(HOLDER) == record.annotations.get(HOLDER) or not record.annotations.get(HOLDER)
        return same_holder and (there.payload, there.status) in self._sent.get(record.revision, set())

    def _there(self, record: Record) -> Record | None:
        """The record on the server; ``None`` if there is none.

        Also ``None`` if it cannot be read, so that the first error is reported.
        """
        try:
            return self._ports.store.get(record.namespace, record.release, record.revision)
        except (ReleaseNotFound, ClusterError):
            return None

    def mark(self, revision: int, status: Status, description: str = "") -> None:
        """Sets another status for a revision; without a description the old one stays.

        A revision that cannot be decoded gets the status on its label alone.
        """
        if self.release is not None and self.release.version == revision:
            release = self.release
        else:
            try:
                release = self._history.decode(self._records[revision])
            except ReleaseError:
                old = self._records[revision]
                check_transition(record_status(old), status)
                self._records[revision] = self._updated(relabelled(old, status, self._ports.clock))
                return
        self.write(release.with_status(status, description or None))

    def delete(self, revision: int) -> None:
        record = self._records.get(revision)
        if record is not None:
            self._ports.store.delete(record)
            del self._records[revision]

    def touch(self) -> None:
        """Writes the revision in progress unchanged: hooks note their runs in it."""
        if self.release is not None and self.has(self.release.version):
            self.write(replace(self.release))


def no_namespace(namespace: str) -> OptionError:
    """The error for a namespace that does not exist."""
    return OptionError(
        f"Namespace {namespace} does not exist; create it first, or set create_namespace: true",
        helm=f'create: failed to create: namespaces "{namespace}" not found',
        option="release_namespace",
        namespace=namespace,
    )
