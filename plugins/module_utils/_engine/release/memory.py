# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A store of records in memory, with the guarantees of the one on the API server, for one process.

Creating an existing record is refused, an update with a resource version that is not the newest is a conflict, and returned records are
frozen. Helm's counterpart is the driver ``memory``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..chart.names import validate_namespace, validate_scope
from ..errors import AlreadyExists, Conflict, ReleaseNotFound
from ..plain import replace
from ..ports import ALL_NAMESPACES, Record, Scope, Store


class MemoryStore(Store):
    """A store in memory. :param records: the records at the start."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._records: dict[tuple[str, str], Record] = {}
        self._version = 0
        for record in records:
            self.create(record)

    def create(self, record: Record) -> Record:
        validate_namespace(record.namespace)
        place = (record.namespace, record.key)
        if place in self._records:
            raise AlreadyExists(f"The record {record.key} in namespace {record.namespace} exists already", object=record.key, status=409)
        return self._keep(record, self._tick())

    def get(self, namespace: str, release: str, revision: int) -> Record:
        validate_scope(namespace, release)
        for record in self._records.values():
            if (record.namespace, record.release, record.revision) == (namespace, release, revision):
                return record
        raise ReleaseNotFound(
            f"Release {release} in namespace {namespace} has no revision {revision}",
            helm="release: not found",
            release=release,
            namespace=namespace,
            revision=revision,
        )

    def list(self, namespace: Scope, release: str | None = None, labels: Mapping[str, str] | None = None) -> list[Record]:
        validate_scope(namespace, release)
        wanted = (labels or {}).items()
        found = [
            record
            for record in self._records.values()
            if (namespace is ALL_NAMESPACES or record.namespace == namespace)
            and (release is None or record.release == release)
            and all(record.labels.get(key) == value for key, value in wanted)
        ]
        return sorted(found, key=lambda record: (record.namespace, record.release, record.revision))

    def update(self, record: Record) -> Record:
        validate_namespace(record.namespace)
        there = self._records.get((record.namespace, record.key))
        if there is None:
            raise ReleaseNotFound(
                f"The record {record.key} in namespace {record.namespace} is gone",
                helm="release: not found",
                release=record.release,
                namespace=record.namespace,
                revision=record.revision,
            )
        if record.resource_version and record.resource_version != there.resource_version:
            raise Conflict(f"The record {record.key} in namespace {record.namespace} was changed meanwhile", object=record.key, status=409)
        return self._keep(record, there.uid)

    def delete(self, record: Record) -> None:
        validate_namespace(record.namespace)
        self._records.pop((record.namespace, record.key), None)

    def _keep(self, record: Record, uid: str) -> Record:
        stored = replace(record, uid=uid, resource_version=self._tick(), labels=dict(record.labels), annotations=dict(record.annotations))
        self._records[(record.namespace, record.key)] = stored
        return stored

    def _tick(self) -> str:
        self._version += 1
        return str(self._version)
