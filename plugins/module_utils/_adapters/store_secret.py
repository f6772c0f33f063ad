# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Release records in Secrets, where helm 3 and 4 keep theirs (Helm: ``pkg/storage/driver/secrets.go``).

Name ``sh.helm.release.v1.RELEASE.vN``, type ``helm.sh/release.v1``, labels as the record carries them, ``data.release`` the payload. A
Secret with helm's label that holds no record (another name, no payload) is passed over, as helm does.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from .._engine.errors import AlreadyExists, NotFound, Rejected, ReleaseNotFound
from .._engine.plain import replace
from .._engine.ports import Cluster, Object, ObjectRef, Record, Store
from .._engine.release.records import OWNER

TYPE = "helm.sh/release.v1"
_PREFIX = "sh.helm.release.v1."


class SecretStore(Store):
    """Records of one cluster, seen and written as the cluster's identity."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def create(self, record: Record) -> Record:
        try:
            return _written(self._cluster.create(_secret(replace(record, resource_version=""))), record)
        except Rejected as error:
            raise _too_large(record, error) from error
        except AlreadyExists as error:
            raise AlreadyExists(
                f"Revision {record.revision} of the release {record.release} in namespace {record.namespace} exists already: somebody else "
                "is working on this release; run the task again.",
                helm=error.helm,
                **error.fields,
            ) from error

    def get(self, namespace: str, release: str, revision: int) -> Record:
        ref = _ref(Record(release, namespace, revision, ""))
        found = self._cluster.read(ref)
        record = _record(found) if found is not None else None
        if record is None:
            raise _not_found(namespace, release, revision)
        return record

    def list(self, namespace: str | None, release: str | None = None, labels: Mapping[str, str] | None = None) -> list[Record]:
        wanted = {"owner": OWNER, **({"name": release} if release else {}), **(labels or {})}
        selector = ",".join(f"{key}={value}" for key, value in sorted(wanted.items()))
        secrets, _other = self._cluster.list("v1", "Secret", namespace, labels=selector)
        records = [record for secret in secrets if (record := _record(secret)) is not None]
        return sorted(records, key=lambda record: (record.namespace, record.release, record.revision))

    def update(self, record: Record) -> Record:
        try:
            return _written(self._cluster.replace(_secret(record)), record)
        except NotFound as error:
            raise _not_found(record.namespace, record.release, record.revision) from error
        except Rejected as error:
            raise _too_large(record, error) from error

    def delete(self, record: Record) -> None:
        self._cluster.delete(_ref(record))


def _ref(record: Record) -> ObjectRef:
    return ObjectRef("v1", "Secret", record.namespace, record.key)


def _secret(record: Record) -> Object:
    metadata: Object = {"name": record.key, "namespace": record.namespace, "labels": dict(record.labels)}
    if record.annotations:
        metadata["annotations"] = dict(record.annotations)
    if record.resource_version:
        metadata["resourceVersion"] = record.resource_version
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": TYPE,
        "data": {"release": base64.b64encode(record.payload.encode()).decode()},
    }


def _written(secret: Object, record: Record) -> Record:
    metadata = secret.get("metadata") or {}
    return replace(record, uid=str(metadata.get("uid") or ""), resource_version=str(metadata.get("resourceVersion") or ""))


def _record(secret: Object) -> Record | None:
    metadata = secret.get("metadata") or {}
    labels = {str(key): str(value) for key, value in (metadata.get("labels") or {}).items()}
    release, _other, number = str(metadata.get("name") or "").removeprefix(_PREFIX).rpartition(".v")
    revision = number if number.isdigit() else labels.get("version", "")
    release = labels.get("name") or release
    payload = _payload(secret)
    if not release or not revision.isdigit() or payload is None:
        return None
    return Record(
        release=release,
        namespace=str(metadata.get("namespace") or ""),
        revision=int(revision),
        status=labels.get("status", ""),
        payload=payload,
        labels=labels,
        annotations={str(key): str(value) for key, value in (metadata.get("annotations") or {}).items()},
        uid=str(metadata.get("uid") or ""),
        resource_version=str(metadata.get("resourceVersion") or ""),
    )


def _payload(secret: Object) -> str | None:
    text = (secret.get("data") or {}).get("release")
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode(text).decode("ascii")
    except (binascii.Error, ValueError):
        return None


def _not_found(namespace: str, release: str, revision: int) -> ReleaseNotFound:
    return ReleaseNotFound(
        f"The release {release} in namespace {namespace} has no revision {revision}; chart_release_info lists those that it has.",
        helm="release: not found",
        release=release,
        namespace=namespace,
        revision=revision,
    )


def _too_large(record: Record, error: Rejected) -> Rejected:
    if "too large" not in error.message and "Too long" not in error.message:
        return error
    size = len(record.payload) / 1048576
    return Rejected(
        f"The record of {record.release} revision {record.revision} is {size:.1f} MiB packed, but a Secret holds 1 MiB: take large files "
        "out of the chart (.helmignore), or large texts out of the values.",
        helm=error.helm,
        **{**error.fields, "object": record.key},
    )
