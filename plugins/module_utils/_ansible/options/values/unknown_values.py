# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``unknown_values``: finds values of a task that no template of its chart reads.

For example a misspelt key.

``ignore`` is the default: Helm reports no such values, playbooks that migrate must not get new warnings, and the analysis reads
all templates, which an unchanged task otherwise never does. Only values of the task are checked, not those of an earlier revision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._engine.aliases import Json, JsonObject
from ...._engine.chart.model import Chart
from ...._engine.errors import ValuesError
from ...task import Task

if TYPE_CHECKING:
    from ...._engine.lint.values.unknown import UnknownValue

IGNORE, WARN, FAIL = "ignore", "warn", "fail"
#: as many are named one by one
_MOST = 20


def check_unknown_values(task: Task, chart: Chart, values: JsonObject) -> None:
    """Warns about values that the chart does not know, or refuses them, by the option of the task.

    :param values: the values of the task, all sources merged. :raises ValuesError: with ``unknown_values: fail``; ``paths`` has them all.
    """
    if task.get("unknown_values", IGNORE) == IGNORE:
        return
    from ...._engine.lint.values.unknown import path_of, unknown_values  # late: it reads every template

    found = unknown_values(chart, values)
    if not found:
        return
    if task["unknown_values"] == FAIL:
        named = ", ".join(_named(task, one) for one in found[:_MOST])
        more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
        raise ValuesError(
            f"No template of the chart {chart.name} reads {named}{more}. Correct the names, or set unknown_values to warn or ignore.",
            option="unknown_values",
            chart=chart.name,
            paths=[path_of(one.path) for one in found],
        )
    for one in found[:_MOST]:
        task.warn(f"No template of the chart {chart.name} reads the value {_named(task, one)}.")
    if len(found) > _MOST:
        task.warn(f"No template of the chart {chart.name} reads {len(found) - _MOST} more of the values.")


def _named(task: Task, found: UnknownValue) -> str:
    from ...._engine.lint.values.unknown import path_of

    notes = [f"from {source}" for source in [_source(task.origins, found.path)] if source]
    notes += [f"did you mean {path_of(found.near)}?"] if found.near else []
    return f"{path_of(found.path)} ({'; '.join(notes)})" if notes else path_of(found.path)


def _source(origins: Json, path: tuple[str, ...]) -> str:
    """The source that set a value, or the first source that set a value below it."""
    for key in path:
        if not isinstance(origins, dict):
            break
        origins = origins.get(key)
    while isinstance(origins, dict):
        origins = next(iter(origins.values()), None)
    return origins if isinstance(origins, str) else ""
