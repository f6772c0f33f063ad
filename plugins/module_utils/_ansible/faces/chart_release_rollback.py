# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_release_rollback``."""

from __future__ import annotations

from ..._engine.actions.rollback import rollback
from ..._engine.chart.names import validate_release_name
from ..._engine.errors import OptionError
from ..._engine.plan.model import RollbackRequest
from ..connect import ports_of
from ..options.durations import timeout_of
from ..options.lifecycle import contradictions_of_force, description_of, waiting_of, waits
from ..options.locking import locking_of
from ..options.planning import plan_result, planned
from ..options.policies import policy_of
from ..results.command import helm_command
from ..results.outcomes import outcome_result, summary
from ..task import Result, Task, history_max, notice_helm_binary


def chart_release_rollback(task: Task) -> Result:
    notice_helm_binary(task)
    validate_release_name(str(task["release_name"]))
    if task["revision"] < 0:
        raise OptionError(
            f"revision is {task['revision']}; use a revision number, or 0 for the revision before the newest.", option="revision"
        )
    contradictions_of_force(task)
    timeout = timeout_of(task)
    request = RollbackRequest(
        name=str(task["release_name"]),
        namespace=str(task["release_namespace"]),
        revision=int(task["revision"]),
        wait=waits(task),
        wait_for_jobs=bool(task["wait_for_jobs"]),
        timeout=timeout,
        disable_hooks=bool(task["disable_hook"]),
        history_max=history_max(task),
        server_side=str(task.get("server_side", "auto")),
        force_conflicts=bool(task["force_conflicts"]),
        force=bool(task["force"]),
        on_failure=str(task.get("on_failure", "keep")),
        cleanup_on_fail=bool(task["cleanup_on_fail"]),
        locking=locking_of(task),
        description=description_of(task),
        waiting=waiting_of(task),
        policy=policy_of(task),
    )
    ports = ports_of(task)
    outcome = planned(task, ports, lambda check: rollback(request, ports, check=check))
    words = ["rollback", request.name] + ([str(request.revision)] if request.revision else [])
    options = (
        "disable_hook", "wait", "wait_strategy", "wait_for_jobs", "history_max", "server_side", "force_conflicts", "force",
        "cleanup_on_fail",
    )  # fmt: skip
    stdout = summary(outcome.release, "Rollback was a success! Happy Helming!") if outcome.executed and outcome.release else ""
    result = outcome_result(task, outcome, stdout=stdout, command=helm_command(task, words, options, timeout=timeout))
    return plan_result(task, result)
