# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``cleanup_on_fail``: deletes the objects that a failed upgrade or rollback has created.

Helm (``--cleanup-on-fail``) does so after any failure of an upgrade, and of a rollback only when applying the objects has failed, not when
the wait or a later hook has; a first installation keeps its objects. Objects that existed before stay, with the changes of the failed
revision. Unlike Helm, an object that has another owner by now is not deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..aliases import JsonObject
from ..errors import EngineError
from ..objects.ownership import ownership_fault
from ..plan.operation import Operation
from ..ports import ObjectRef, Writer
from ..release.model import Release

#: verbs of the steps that Helm's client runs as one update
_UPDATING = ("apply", "create", "delete", "migrate_managers", "wait_deleted")


def is_updating(step: Operation | None) -> bool:
    """Whether a step applies the objects of a revision, or deletes those of an older one."""
    return step is not None and step.verb in _UPDATING


def clean_up(cluster: Writer, created: Sequence[ObjectRef], release: Release) -> JsonObject:
    """Deletes objects, the last one first, and returns ``{"done", "deleted", "error"}``.

    Deletion is tried for each of them; nothing is raised.
    """
    deleted: list[str] = []
    faults: list[str] = []
    for ref in reversed(created):
        try:
            live = cluster.read(ref)
            if live is not None and not ownership_fault(live, release.name, release.namespace) and cluster.delete(ref):
                deleted.append(str(ref))
        except EngineError as error:
            faults.append(f"{ref}: {error.message.rstrip('.')}")
    facts: JsonObject = {"done": not faults, "deleted": deleted}
    return {**facts, "error": "; ".join(faults)} if faults else facts


def outcome_clause(facts: JsonObject) -> str:
    """A clause about a cleanup, for the end of an error message; empty where nothing was to be deleted."""
    text = f". Objects that it had created were deleted: {', '.join(facts['deleted'])}" if facts["deleted"] else ""
    return text if facts["done"] else f"{text}. Deleting objects that it had created failed: {facts['error']}"
