# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The steps of a plan, as plain data with stable ids.

Building a plan decides everything, executing it nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..aliases import JsonObject
from ..objects.diff import FieldChange
from ..ports import ObjectRef


@dataclass(frozen=True)
class Operation:
    """One step.

    ``id`` is stable over runs (``apply:v1/ConfigMap/ns/name``). ``verb``: create_namespace, create_crd, record_create,
    record_update, record_delete, hook, create, apply, replace, delete, migrate_managers, wait, wait_deleted.
    ``object``: what is sent, for the verbs that send one. ``changes``: what the server said it would change (a dry run);
    ``unverified``: why no server could say beforehand, empty where one did.
    """

    id: str
    verb: str
    ref: ObjectRef | None = None
    object: JsonObject | None = None
    changes: tuple[FieldChange, ...] = ()
    unverified: str = ""
    detail: JsonObject = field(default_factory=dict)


@dataclass
class Plan:
    """``action``: none, install, upgrade, rollback, uninstall, repair.

    ``state`` is the named state that was observed; ``reason`` one sentence that says why the action follows. Writes happen exactly when
    ``changed``. ``warnings``: sentences that the dry run or the run of the operations has added.
    """

    action: str
    state: str
    reason: str
    operations: list[Operation] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.action != "none"
