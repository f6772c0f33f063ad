# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Converts a release to a record and back (Helm: ``pkg/storage/driver/secrets.go``, ``labels.go``).

Labels of a record: ``name``, ``owner``, ``status``, ``version``; ``createdAt`` when it is made, ``modifiedAt`` instead of it when it is
rewritten (seconds since 1970); and the user's own. Helm copies all labels of the last record to the next one, outdated times included.
This collection copies only the user's labels, which every client of Helm recognizes by the same list. Annotations are this collection's:
helm neither reads nor writes any, and drops them when it rewrites a record, which shows that it did.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..chart.labels import key_fault, value_fault
from ..errors import OptionError, ReleaseError
from ..plain import replace
from ..ports import Clock, Record
from .codec import decode, encode
from .model import Release, Status

OWNER = "helm"
SYSTEM_LABELS = ("name", "owner", "status", "version", "createdAt", "modifiedAt")


def user_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that are not Helm's."""
    return {key: value for key, value in labels.items() if key not in SYSTEM_LABELS}


def check_labels(labels: Mapping[str, str]) -> None:
    """The user's labels must be valid and must leave Helm's alone. The text ``null`` removes a label.

    The server would refuse an invalid one with the first write, and its answer about a Secret is masked.

    :raises OptionError: one of them is Helm's, or the server would refuse it.
    """
    for key, value in labels.items():
        for what, fault in ((f"the key {key!r}", key_fault(key)), (f"the value {value!r} of {key!r}", value_fault(value))):
            if fault:
                raise OptionError(f"release_labels: {what} is not valid: {fault}.", option="labels")
    taken = sorted(set(labels) & set(SYSTEM_LABELS))
    if taken:
        raise OptionError(
            f"A release cannot have the label {', '.join(taken)}: Helm reserves {', '.join(SYSTEM_LABELS)}; use another name",
            helm="user supplied labels contains system reserved label name. System labels: [" + " ".join(SYSTEM_LABELS) + "]",
            option="labels",
        )


def merge_labels(last: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Labels of the next revision: those of the task over those of the last one.

    The text ``null`` removes a label, as in Helm.
    """
    merged = {**user_labels(last), **{key: str(value) for key, value in wanted.items()}}
    return {key: value for key, value in merged.items() if value != "null"}


def to_record(release: Release, clock: Clock, *, annotations: Mapping[str, str] | None = None, old: Record | None = None) -> Record:
    """The record of a release.

    :param annotations: of a new record, or in place of the old one's.
    :param old: the record that this one replaces: its identity is kept, and its annotations where none are given.
    """
    now = str(int(clock.now().timestamp()))
    labels = {
        **user_labels(release.labels),
        "name": release.name,
        "owner": OWNER,
        "status": release.info.status.value,
        "version": str(release.version),
        "createdAt" if old is None else "modifiedAt": now,
    }
    unchanged = dict(old.annotations) if old is not None else {}
    return Record(
        release=release.name,
        namespace=release.namespace,
        revision=release.version,
        status=release.info.status.value,
        payload=encode(release),
        labels=labels,
        annotations=dict(annotations) if annotations is not None else unchanged,
        uid=old.uid if old else "",
        resource_version=old.resource_version if old else "",
    )


def relabelled(record: Record, status: Status, clock: Clock) -> Record:
    """A record that cannot be decoded, with another status on its label; the payload is not changed."""
    labels = {**record.labels, "status": status.value, "modifiedAt": str(int(clock.now().timestamp()))}
    labels.pop("createdAt", None)
    return replace(record, status=status.value, labels=labels)


def from_record(record: Record) -> Release:
    """The release in a record.

    :raises ReleaseError: it cannot be read. Fields: ``release``, ``namespace``, ``revision``, ``record``.
    """
    try:
        release = decode(record.payload)
    except ReleaseError as error:
        raise ReleaseError(
            f"Revision {record.revision} of release {record.release} in namespace {record.namespace} cannot be read "
            f"({error.message.removeprefix('The record cannot be read: ')}); delete the record {record.key} or restore it",
            release=record.release,
            namespace=record.namespace,
            revision=record.revision,
            record=record.key,
        ) from error
    # What the record says of itself wins over its JSON: helm 2to3 leaves gaps there, and a Secret that was copied to another namespace
    # must not act on the release that it was copied from.
    return replace(
        release,
        name=record.release or release.name,
        namespace=record.namespace or release.namespace,
        version=record.revision or release.version,
        labels=user_labels(record.labels),
    )
