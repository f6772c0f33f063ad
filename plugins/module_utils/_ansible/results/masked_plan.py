# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Masks secret texts in plans and drift, before differences are computed.

Where a secret is written, the value before it is secret too: an earlier password, or a change in the cluster.
Differences are computed from masked texts, so that a secret of several lines is not split into lines that are too short to be found.
"""

from __future__ import annotations

from ..._engine.aliases import Json
from ..._engine.objects.diff import FieldChange, Path
from ..._engine.plain import replace
from ..._engine.plan.operation import Operation, Plan
from ..._engine.secret_texts import Searcher
from ..task import Result, Task
from .sensitive import counterparts


def masked_plan(task: Task, plan: Plan) -> Plan:
    """The same plan with secrets masked; the counterparts of secrets are added to the task's."""
    if not task.secrets:
        return plan
    searcher = _searcher(task, plan)
    sides = {
        (operation.id, change.path): _sides(task, searcher, change.before, change.after, back=plan.action == "rollback")
        for operation in plan.operations
        for change in operation.changes
    }
    searcher = _searcher(task, plan)
    return replace(plan, operations=[_masked(operation, sides, searcher) for operation in plan.operations])


def masked_drift(task: Task, drift: list[Result]) -> list[Result]:
    """The same for drift: ``there`` may hold what another manager has set in place of a secret."""
    if not task.secrets:
        return drift
    searcher = Searcher(task.secrets).narrowed(drift)
    found = []
    for item in drift:
        fields = []
        for field in item.get("fields") or ():
            there, wanted = _sides(task, searcher, field.get("there"), field.get("wanted"))
            fields.append({**field, "there": there, "wanted": wanted})
        found.append({**item, "fields": fields} if "fields" in item else item)
    return found


def _searcher(task: Task, plan: Plan) -> Searcher:
    names = {operation.ref.name for operation in plan.operations if operation.ref is not None}
    shown = [[operation.object, [[change.before, change.after] for change in operation.changes]] for operation in plan.operations]
    return Searcher(task.secrets, names).narrowed(shown)


def _sides(task: Task, searcher: Searcher, before: Json, after: Json, *, back: bool = False) -> tuple[Json, Json]:
    """:param back: ``after`` is from an older revision, so it may be the one that is not known."""
    if isinstance(before, str) and isinstance(after, str):
        shown, found = counterparts(after, before, searcher)
        if back and not found:
            after, found = counterparts(before, after, searcher)
        task.secrets |= found
        return shown, after
    return before, after


def _masked(operation: Operation, sides: dict[tuple[str, Path], tuple[Json, Json]], searcher: Searcher) -> Operation:
    changes = tuple(_change(change, *sides[operation.id, change.path], searcher) for change in operation.changes)
    return replace(operation, changes=changes, object=searcher.masked(operation.object))


def _change(change: FieldChange, before: Json, after: Json, searcher: Searcher) -> FieldChange:
    return replace(change, before=searcher.masked(before), after=searcher.masked(after))
