# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Release records as objects of the API server: the common part of Secrets and ConfigMaps.

Helm: ``pkg/storage/driver``. The name is ``sh.helm.release.v1.RELEASE.vN``, labels are the record's, ``data.release`` is the payload. An
object with helm's label and another name that holds no payload is ignored. One with a record's name is a record that cannot be decoded:
its revision exists. Each kind defines how its data holds the payload.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping

from ..._engine.aliases import Object
from ..._engine.chart.names import validate_namespace, validate_scope
from ..._engine.errors import AlreadyExists, NotFound, Rejected, ReleaseNotFound
from ..._engine.plain import replace
from ..._engine.ports import ALL_NAMESPACES, Cluster, ObjectRef, Record, Records, Scope, Store
from ..._engine.release.records import OWNER

_PREFIX = "sh.helm.release.v1."
_REVISION = re.compile("[0-9]{1,18}")

#: bytes of data that the API server allows in a Secret or a ConfigMap (``MaxSecretSize``); etcd's own limit is higher
LIMIT = 1048576


class ObjectStore(Store):
    """Records of one cluster, seen and written as the cluster's identity."""

    kind = ""
    limit = LIMIT

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @abstractmethod
    def pack(self, payload: str) -> Object:
        """What an object has next to its kind and metadata."""

    @abstractmethod
    def unpack(self, obj: Object) -> str | None:
        """The payload; ``None``: there is none."""

    def create(self, record: Record) -> Record:
        try:
            return _written(self._cluster.create(self._object(replace(record, resource_version=""))), record)
        except Rejected as error:
            raise self._too_large(record, error) from error
        except AlreadyExists as error:
            raise AlreadyExists(
                f"Revision {record.revision} of the release {record.release} in namespace {record.namespace} already exists: "
                "another operation is changing this release; run the task again.",
                helm=error.helm,
                **error.fields,
            ) from error

    def get(self, namespace: str, release: str, revision: int) -> Record:
        validate_scope(namespace, release)
        found = self._cluster.read(self._ref(Record(release, namespace, revision, "")))
        record = self._record(found) if found is not None else None
        if record is None:
            raise _not_found(namespace, release, revision)
        return record

    def list(self, namespace: Scope, release: str | None = None, labels: Mapping[str, str] | None = None) -> list[Record]:
        where = _namespace(namespace, release)
        wanted = {"owner": OWNER, **({"name": release} if release else {}), **(labels or {})}
        selector = ",".join(f"{key}={value}" for key, value in sorted(wanted.items()))
        objects, _other = self._cluster.list("v1", self.kind, where, labels=selector)
        records = [record for obj in objects if (record := self._record(obj)) is not None]
        return sorted(records, key=lambda record: (record.namespace, record.release, record.revision))

    def list_metadata(self, namespace: Scope, release: str | None = None) -> Records:
        where = _namespace(namespace, release)
        selector = f"name={release},owner={OWNER}" if release else f"owner={OWNER}"
        objects = self._cluster.list_metadata("v1", self.kind, where, labels=selector)
        records = [record for obj in objects if (record := record_of(obj, "")) is not None]
        return sorted(records, key=lambda record: (record.namespace, record.release, record.revision))

    def update(self, record: Record) -> Record:
        try:
            return _written(self._cluster.replace(self._object(record)), record)
        except NotFound as error:
            raise _not_found(record.namespace, record.release, record.revision) from error
        except Rejected as error:
            raise self._too_large(record, error) from error

    def delete(self, record: Record) -> None:
        self._cluster.delete(self._ref(record))

    def _ref(self, record: Record) -> ObjectRef:
        validate_namespace(record.namespace)
        return ObjectRef("v1", self.kind, record.namespace, record.key)

    def _object(self, record: Record) -> Object:
        validate_namespace(record.namespace)
        metadata: Object = {"name": record.key, "namespace": record.namespace, "labels": dict(record.labels)}
        if record.annotations:
            metadata["annotations"] = dict(record.annotations)
        if record.resource_version:
            metadata["resourceVersion"] = record.resource_version
        return {"apiVersion": "v1", "kind": self.kind, "metadata": metadata, **self.pack(record.payload)}

    def _record(self, obj: Object) -> Record | None:
        payload = self.unpack(obj)
        if payload is None and not str(part(obj, "metadata").get("name") or "").startswith(_PREFIX):
            return None
        return record_of(obj, payload or "")

    def _too_large(self, record: Record, error: Rejected) -> Rejected:
        if "too large" not in error.message and "Too long" not in error.message:
            return error
        size = len(record.payload) / LIMIT
        return Rejected(
            f"The record of {record.release} revision {record.revision} is {size:.1f} MiB compressed, but a {self.kind} can "
            "contain at most 1 MiB: exclude large files from the chart (.helmignore), or remove large strings from the values.",
            helm=error.helm,
            **{**error.fields, "object": record.key},
        )


def record_of(obj: Object, payload: str) -> Record | None:
    """The record in an object; ``None`` for an object whose name and labels are not a record's.

    :param payload: its payload, empty where only the metadata was read.
    """
    metadata = part(obj, "metadata")
    labels = {str(key): str(value) for key, value in part(metadata, "labels").items()}
    release, _other, number = str(metadata.get("name") or "").removeprefix(_PREFIX).rpartition(".v")
    revision = number if _REVISION.fullmatch(number) else labels.get("version", "")
    release = labels.get("name") or release
    if not release or not _REVISION.fullmatch(revision):
        return None
    return Record(
        release=release,
        namespace=str(metadata.get("namespace") or ""),
        revision=int(revision),
        status=labels.get("status", ""),
        payload=payload,
        labels=labels,
        annotations={str(key): str(value) for key, value in part(metadata, "annotations").items()},
        uid=str(metadata.get("uid") or ""),
        resource_version=str(metadata.get("resourceVersion") or ""),
    )


def part(obj: Object, name: str) -> Object:
    """A map within an object; an empty one for other types."""
    found = obj.get(name)
    return found if isinstance(found, dict) else {}


def _namespace(scope: Scope, release: str | None) -> str | None:
    """The namespace for ``Cluster.list``; ``None`` for ``ALL_NAMESPACES`` only. Raises ``OptionError``."""
    validate_scope(scope, release)
    return None if scope is ALL_NAMESPACES else str(scope)


def _written(obj: Object, record: Record) -> Record:
    metadata = part(obj, "metadata")
    return replace(record, uid=str(metadata.get("uid") or ""), resource_version=str(metadata.get("resourceVersion") or ""))


def _not_found(namespace: str, release: str, revision: int) -> ReleaseNotFound:
    return ReleaseNotFound(
        f"The release {release} in namespace {namespace} has no revision {revision}; chart_release_info lists the existing ones.",
        helm="release: not found",
        release=release,
        namespace=namespace,
        revision=revision,
    )
