# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The life of a revision, as a table, and the theory behind it.

Theory of operation. A release is a list of records, one a revision; a record is never renumbered and, once its revision has an end
status, changes only its status. A new revision is pending, in a record that is *created*, never made by an update: the server lets one
of two writers create revision N+1, so the creation is the lock, and the pending status keeps later writers off while work goes on (helm
and this collection check the newest record's status). The record is written before the first object and its end status after the last
one, so that history shows at any moment what was being done.

At most one revision is ``deployed``: the older one becomes ``superseded`` first and only then the new one ``deployed``. A process that
dies between the two leaves no deployed revision and a pending one, which shows that; never two deployed ones.
The exception is Helm's: a *failed* upgrade leaves the older revision ``deployed``, since a rollback returns to that.

    nothing ──install──▶ pending-install ──▶ deployed ──upgrade of another──▶ superseded
                              │                 │  ▲                              │
                              ▼                 ▼  └── pending-upgrade,           │ keep history
                            failed          uninstalling    pending-rollback      ▼
                                                └──▶ uninstalled            (stays)

What a status means for the next action is in ``plan/state.py``.
"""

from __future__ import annotations

from ..errors import InternalError
from .model import Status

S = Status

#: from -> to. ``None``: the record does not exist. Where Helm rewrites a record without a change of status, from equals to.
TRANSITIONS: dict[Status | None, frozenset[Status]] = {
    None: frozenset({S.PENDING_INSTALL, S.PENDING_UPGRADE, S.PENDING_ROLLBACK}),
    S.PENDING_INSTALL: frozenset({S.PENDING_INSTALL, S.DEPLOYED, S.FAILED, S.UNINSTALLING, S.SUPERSEDED}),
    S.PENDING_UPGRADE: frozenset({S.PENDING_UPGRADE, S.DEPLOYED, S.FAILED, S.UNINSTALLING, S.SUPERSEDED}),
    S.PENDING_ROLLBACK: frozenset({S.PENDING_ROLLBACK, S.DEPLOYED, S.FAILED, S.UNINSTALLING, S.SUPERSEDED}),
    S.DEPLOYED: frozenset({S.DEPLOYED, S.SUPERSEDED, S.UNINSTALLING}),
    S.SUPERSEDED: frozenset({S.SUPERSEDED, S.UNINSTALLING}),
    S.FAILED: frozenset({S.FAILED, S.SUPERSEDED, S.UNINSTALLING}),
    S.UNINSTALLING: frozenset({S.UNINSTALLING, S.UNINSTALLED, S.SUPERSEDED}),
    S.UNINSTALLED: frozenset({S.UNINSTALLED, S.SUPERSEDED}),
    S.UNKNOWN: frozenset({S.UNKNOWN, S.SUPERSEDED, S.UNINSTALLING}),
}

#: statuses to which helm and this collection roll back by default: the revision worked once
GOOD = frozenset({S.DEPLOYED, S.SUPERSEDED})


def check_transition(before: Status | None, after: Status) -> None:
    """Refuses a transition that the table does not have: a guard against bugs.

    :raises InternalError: the table has no such transition.
    """
    if after not in TRANSITIONS[before]:
        raise InternalError(f"A revision cannot go from {before.value if before else 'nothing'} to {after.value}; please report this")
