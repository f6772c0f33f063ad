# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The named states of a release and what follows from each, in one table.

The newest record is judged, not the newest deployed one: a failed upgrade on top of a deployed revision is a failed release. Desired
state wins: with any history, ``state: present`` brings the release to what was requested, and so does ``state: absent``. Only one
state stops an action: a newest record that is pending and whose writer may be alive. A writer of this collection holds a Lease
(``lock/session``), so its end is detected; a helm counts as alive until its record has not been touched for ``pending_expiry``.
In state Locked a task waits, or refuses, as ``if_busy`` says; the actions that a refusal names work on a pending record of helm's.

========== ================================================== ======================================================
State      Observed                                           ``state: present``
========== ================================================== ======================================================
Absent     no record                                          install
Uninstalled the newest record is uninstalled, history kept    install, as the next revision
InSync     newest deployed, same inputs, every object there   nothing
OutOfDate  newest deployed or superseded, other inputs        upgrade
Drifted    newest deployed, same inputs, objects missing      repair: those objects are applied again from the record
Failed     newest failed (an install, upgrade or rollback)    upgrade, from the last deployed revision or from this one
Interrupted newest uninstalling: a removal that stopped       upgrade, from this one
Interrupted newest pending, and its writer is gone            it is marked failed; upgrade, as from Failed
Locked     newest pending, and its writer may be alive        wait, then refuse
========== ================================================== ======================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ..errors import ReleaseBusy
from ..ports import ObjectRef
from ..release.model import Info, Status


class Name(str, Enum):
    ABSENT = "Absent"
    IN_SYNC = "InSync"
    OUT_OF_DATE = "OutOfDate"
    DRIFTED = "Drifted"
    INTERRUPTED = "Interrupted"
    LOCKED = "Locked"
    FAILED = "Failed"
    UNINSTALLED = "Uninstalled"


@dataclass(frozen=True)
class Row:
    """One line of the table. ``action``: what ``state: present`` does, ``refuse`` where it must not.

    ``sentence`` says why.
    """

    action: str
    sentence: str


TABLE: dict[Name, Row] = {
    Name.ABSENT: Row("install", "Release {release} does not exist in namespace {namespace}"),
    Name.UNINSTALLED: Row("install", "Revision {revision} was uninstalled and its history retained"),
    Name.IN_SYNC: Row("none", "Revision {revision} was made from the same chart and values, and all its objects exist"),
    Name.OUT_OF_DATE: Row("upgrade", "Revision {revision} differs from the request: {detail}"),
    Name.DRIFTED: Row("repair", "Objects of revision {revision} are missing: {detail}"),
    Name.FAILED: Row("upgrade", "Revision {revision} failed: {detail}"),
    Name.INTERRUPTED: Row("upgrade", "Revision {revision} was left unfinished: {detail}"),
    Name.LOCKED: Row(
        "refuse",
        "Release {release} in namespace {namespace} is {status} (revision {revision}, since {detail}): another operation is in "
        "progress. If there is none, roll back to a successful revision with chart_release_rollback, or uninstall the release "
        "with state: absent",
    ),
}

#: the newest record's status -> the state, where inputs and objects do not matter
_BY_STATUS: dict[Status, Name] = {
    Status.UNINSTALLED: Name.UNINSTALLED,
    Status.UNINSTALLING: Name.INTERRUPTED,
    Status.FAILED: Name.FAILED,
    Status.PENDING_INSTALL: Name.LOCKED,
    Status.PENDING_UPGRADE: Name.LOCKED,
    Status.PENDING_ROLLBACK: Name.LOCKED,
    Status.SUPERSEDED: Name.OUT_OF_DATE,
    Status.UNKNOWN: Name.OUT_OF_DATE,
}


@dataclass(frozen=True)
class State:
    """A state with the facts that its sentence needs."""

    name: Name
    release: str
    namespace: str
    revision: int = 0
    status: str = ""
    detail: str = ""
    report_only: bool = False  # drift that is reported and left
    sentence: str = ""  # in place of the table's

    @property
    def action(self) -> str:
        return "none" if self.report_only else TABLE[self.name].action

    @property
    def reason(self) -> str:
        return (self.sentence or TABLE[self.name].sentence).format(
            release=self.release, namespace=self.namespace, revision=self.revision, status=self.status, detail=self.detail
        )

    def refuse(self) -> ReleaseBusy:
        """The error for a state in which no action is possible."""
        return ReleaseBusy(
            self.reason,
            helm="another operation (install/upgrade/rollback) is in progress",
            release=self.release,
            namespace=self.namespace,
            revision=self.revision,
            status=self.status,
        )


def before_inputs(release: str, namespace: str, revision: int, info: Info | None) -> State | None:
    """The state, if the newest record alone decides it.

    ``None``: it is deployed, so check inputs and objects.
    """
    if info is None:
        return State(Name.ABSENT, release, namespace)
    name = _BY_STATUS.get(info.status)
    if name is None:
        return None
    detail = {
        Name.LOCKED: info.last_deployed or "an unknown time",
        Name.FAILED: info.description or "no reason was recorded",
        Name.INTERRUPTED: "its removal stopped halfway",
        Name.OUT_OF_DATE: f"it is {info.status.value}, and no revision is deployed",
    }.get(name, "")
    return State(name, release, namespace, revision, info.status.value, detail)


def after_inputs(release: str, namespace: str, revision: int, difference: str, missing: Sequence[ObjectRef]) -> State:
    """The state of a deployed newest revision.

    :param difference: what differs from what was requested, empty: nothing.
    """
    if difference:
        return State(Name.OUT_OF_DATE, release, namespace, revision, Status.DEPLOYED.value, difference)
    if missing:
        return State(Name.DRIFTED, release, namespace, revision, Status.DEPLOYED.value, ", ".join(str(ref) for ref in missing))
    return State(Name.IN_SYNC, release, namespace, revision, Status.DEPLOYED.value)
