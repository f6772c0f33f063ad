# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The result of ``kubernetes.core``'s check mode, for tasks that request it (``legacy_check_status``).

There, ``status`` is ``{values, release_values}``, each ``{current, declared}``. ``declared`` was the old status by mistake; here it has
the values that the release would have.
"""

from __future__ import annotations

from ..._engine.plan.model import Outcome
from ..task import Result, Task
from .outcomes import shown_values


def legacy_status(task: Task, outcome: Outcome, result: Result) -> Result:
    """The result with the old form of ``status``, in check mode and where it was requested.

    Otherwise unchanged.
    """
    if not task.check_mode or not task.get("legacy_check_status"):
        return result
    show = bool(task.get("return_values", False))
    sides = {"current": outcome.before, "declared": outcome.release}
    values = {side: shown_values(release.config, show=show) if release else {} for side, release in sides.items()}
    return {**result, "status": {"values": values, "release_values": dict(values)}}
