# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The revisions of one release, read once (Helm: ``pkg/storage/storage.go``).

One list request returns every record. Payloads are decoded only when they are needed, since labels answer most questions (which revision
is newest, deployed, or to be pruned). A record that cannot be decoded is an error only for an action that needs it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import ReleaseError, ReleaseNotFound
from ..ports import Record, Store
from .codec import status_of
from .model import Release, Status
from .records import from_record
from .status import GOOD


class History:
    """A release's records, by revision ascending. :param records: as a store lists them."""

    def __init__(self, namespace: str, release: str, records: Iterable[Record]) -> None:
        self.namespace = namespace
        self.release = release
        self.records = sorted((record for record in records if record.release == release), key=lambda record: record.revision)
        self._decoded: dict[int, Release] = {}

    @classmethod
    def read(cls, store: Store, namespace: str, release: str) -> History:
        """One request. Raises ``ClusterError``."""
        return cls(namespace, release, store.list(namespace, release))

    def __bool__(self) -> bool:
        return bool(self.records)

    @property
    def revisions(self) -> list[int]:
        return [record.revision for record in self.records]

    @property
    def next_revision(self) -> int:
        return self.records[-1].revision + 1 if self.records else 1

    @property
    def newest(self) -> Record | None:
        return self.records[-1] if self.records else None

    @property
    def deployed(self) -> Record | None:
        """The newest record with status deployed.

        Helm: there can be two after a crash; the last one counts.
        """
        return next((record for record in reversed(self.records) if record_status(record) is Status.DEPLOYED), None)

    @property
    def all_deployed(self) -> list[Record]:
        return [record for record in self.records if record_status(record) is Status.DEPLOYED]

    def unsettled(self) -> list[Record]:
        """The newest revision that worked, and those after it.

        Their manifests name every object of the release.
        """
        found: list[Record] = []
        for record in reversed(self.records):
            status = record_status(record)
            if status is Status.UNINSTALLED:
                break
            found.insert(0, record)
            if status in GOOD:
                break
        return found

    def last_good(self) -> Record | None:
        """The newest revision that worked once: the target of a rollback after a failed upgrade."""
        return next((record for record in reversed(self.records) if record_status(record) in GOOD), None)

    def get(self, revision: int) -> Record:
        """The release of a revision.

        :raises ReleaseNotFound: there is no such revision. Fields: ``release``, ``namespace``, ``revision``, ``revisions``.
        """
        for record in self.records:
            if record.revision == revision:
                return record
        if not self.records:
            raise ReleaseNotFound(
                f"Release {self.release} does not exist in namespace {self.namespace}",
                helm="release: not found",
                release=self.release,
                namespace=self.namespace,
            )
        raise ReleaseNotFound(
            f"Release {self.release} in namespace {self.namespace} has no revision {revision}; its history contains "
            f"{', '.join(str(number) for number in self.revisions)}",
            helm=f"release has no {revision} version",
            release=self.release,
            namespace=self.namespace,
            revision=revision,
            revisions=self.revisions,
        )

    def decode(self, record: Record) -> Release:
        """The release of a record, unpacked once. Each call gives the same object: copy before you change it.

        :raises ReleaseError: it cannot be read.
        """
        if record.revision not in self._decoded:
            self._decoded[record.revision] = from_record(record)
        return self._decoded[record.revision]

    def readable(self, records: Iterable[Record]) -> tuple[list[Release], list[str]]:
        """The releases of the records that can be decoded, in their order.

        Also returns a sentence for each of the others.
        """
        releases: list[Release] = []
        faults: list[str] = []
        for record in records:
            try:
                releases.append(self.decode(record))
            except ReleaseError as error:
                faults.append(error.message)
        return releases, faults

    def newest_readable(self) -> tuple[Record | None, list[str]]:
        """The newest record that can be read, and a sentence for each newer one."""
        faults: list[str] = []
        for record in reversed(self.records):
            _found, fault = self.readable([record])
            if not fault:
                return record, faults
            faults += fault
        return None, faults

    def prune(self, maximum: int) -> list[Record]:
        """The records to delete, oldest first, before one more is created, so that ``maximum`` remain.

        The last deployed one is never deleted.

        :param maximum: how many revisions to keep, the coming one included; 0: all.
        """
        if maximum <= 0:
            return []
        surplus = len(self.records) - (maximum - 1)
        retained = self.deployed
        old = [record for record in self.records if record is not retained]
        return old[: max(surplus, 0)]


def record_status(record: Record) -> Status:
    """The status on the label, in Helm's present spelling."""
    return status_of(record.status)
