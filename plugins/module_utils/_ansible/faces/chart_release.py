# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_release``: converts options to a request, and the engine's outcome to a result.

It decides nothing about releases. Mutually exclusive options are errors only when the task sets both: ``reset_values`` has no default
here, so an explicit ``reuse_values: true`` needs no second option to take effect.
"""

from __future__ import annotations

from ..._engine.actions.converge import converge
from ..._engine.chart.names import validate_release_name
from ..._engine.errors import OptionError
from ..._engine.plain import replace
from ..._engine.plan.model import Outcome, ReleaseRequest, UninstallRequest
from ..connect import ports_of
from ..options.chart_source import chart_of, provenance_result, shown_ref
from ..options.durations import timeout_of
from ..options.lifecycle import contradictions_of_force, description_of, labels_of, on_failure_of, waiting_of, waits
from ..options.locking import locking_of
from ..options.planning import plan_mode, plan_result, planned, run_planned
from ..options.policies import policy_of, post_of
from ..options.values.chart_values import user_values
from ..options.values.generated import keep_sources
from ..options.values.unknown_values import check_unknown_values
from ..results.command import ACCESS_OPTIONS, helm_command
from ..results.legacy import legacy_status
from ..results.outcomes import outcome_result, summary
from ..task import Result, Task, history_max, notice_helm_binary, refuse_what_is_not_built

_COMMAND_OPTIONS = (
    "chart_repo_url", "chart_version", "dependency_update", "values_files", "release_values", "set_values", "create_namespace",
    "disable_hook", "wait", "wait_strategy",
    "wait_for_jobs", "atomic", "skip_crds", "take_ownership", "server_side", "force_conflicts", "history_max", "reuse_values",
    "reset_then_reuse_values", *ACCESS_OPTIONS, "skip_schema_validation",
    "force", "devel", "disable_openapi_validation", "render_subchart_notes", "hide_notes",
    "cleanup_on_fail", "verify", "keyring",
)  # fmt: skip

#: options that give values
GIVING = ("release_values", "values_files", "values_from", "set_values")


def chart_release(task: Task) -> Result:
    notice_helm_binary(task)
    validate_release_name(str(task["release_name"]))
    if task["release_state"] == "absent":
        return _absent(task)
    return _present(task)


def _present(task: Task) -> Result:
    _contradictions(task)
    refuse_what_is_not_built(task)
    timeout = timeout_of(task)
    fetched = chart_of(task)
    chart = fetched.chart
    values = user_values(task)
    check_unknown_values(task, chart, values)
    request = ReleaseRequest(
        name=str(task["release_name"]),
        namespace=str(task["release_namespace"]),
        chart=chart,
        values=values,
        values_mode=values_mode(task),
        create_namespace=bool(task["create_namespace"]),
        wait=waits(task),
        wait_for_jobs=bool(task["wait_for_jobs"]),
        timeout=timeout,
        on_failure=on_failure_of(task),
        description=description_of(task),
        waiting=waiting_of(task),
        labels=labels_of(task),
        disable_hooks=bool(task["disable_hook"]),
        skip_crds=bool(task["skip_crds"]),
        skip_schema_validation=bool(task["skip_schema_validation"]),
        subchart_notes=bool(task["render_subchart_notes"]),
        history_max=history_max(task),
        take_ownership=bool(task["take_ownership"]),
        server_side=str(task.get("server_side", "auto")),
        force_conflicts=bool(task["force_conflicts"]),
        force=bool(task["force"]),
        cleanup_on_fail=bool(task["cleanup_on_fail"]),
        locking=locking_of(task),
        policy=policy_of(task),
        post=post_of(task),
        keep=keep_sources(task),
        hide=task.hide,
    )
    mode, ports = plan_mode(task), ports_of(task)
    if mode:
        outcome = run_planned(task, ports, mode, lambda check, approve: converge(replace(request, approve=approve), ports, check=check))
    else:
        outcome = converge(request, ports, check=task.check_mode)
    command = helm_command(task, ["upgrade", "--install", request.name, shown_ref(task)], _COMMAND_OPTIONS, timeout=timeout)
    stdout = _present_text(request, outcome, notes=not task["hide_notes"])
    result = {**outcome_result(task, outcome, stdout=stdout, command=command), **provenance_result(fetched)}
    if request.post.registries:
        from ..results.mirrors import unmatched_of_release  # late: few tasks need it

        result["unmatched_images"] = unmatched_of_release(outcome.release, dict(request.post.registries))
    return legacy_status(task, outcome, plan_result(task, result))


def _present_text(request: ReleaseRequest, outcome: Outcome, *, notes: bool) -> str:
    if not outcome.executed or outcome.release is None:
        return ""
    if outcome.before is None:
        return summary(outcome.release, f'Release "{request.name}" does not exist. Installing it now.', notes=notes)
    return summary(outcome.release, f'Release "{request.name}" has been upgraded. Happy Helming!', notes=notes)


def _absent(task: Task) -> Result:
    timeout = timeout_of(task)
    request = UninstallRequest(
        name=str(task["release_name"]),
        namespace=str(task["release_namespace"]),
        keep_history=not task["purge"],
        locking=locking_of(task),
        wait=waits(task),
        timeout=timeout,
        disable_hooks=bool(task["disable_hook"]),
        description=description_of(task),
        cascade=str(task.get("cascade", "")),
        waiting=waiting_of(task),
    )
    ports = ports_of(task)
    from ..._engine.actions.uninstall import uninstall  # late: an install does not need it

    outcome = planned(task, ports, lambda check: uninstall(request, ports, check=check))
    words = ["uninstall", request.name] + (["--keep-history"] if request.keep_history else [])
    stdout = f'release "{request.name}" uninstalled\n' if outcome.executed else ""
    command = helm_command(task, words, ("disable_hook", "wait", "wait_strategy"), timeout=timeout)
    return legacy_status(task, outcome, plan_result(task, outcome_result(task, outcome, stdout=stdout, command=command)))


def values_mode(task: Task) -> str:
    """Helm's three ways to use the values of the last revision.

    ``reset_values: false`` alone is Helm's command with neither flag: old values stay when no new ones are given.
    """
    if task.get("reuse_values"):
        return "reuse"
    if task.get("reset_then_reuse_values"):
        return "reset_then_reuse"
    if task.get("reset_values") is False and not any(task.get(name) for name in GIVING):
        return "reset_then_reuse"
    return "reset"


def _contradictions(task: Task) -> None:
    chosen = [option for option in ("reuse_values", "reset_values", "reset_then_reuse_values") if task.params.get(option)]
    if len(chosen) > 1:
        raise OptionError(f"{' and '.join(chosen)} are mutually exclusive; set one of them.", option=chosen[0])
    contradictions_of_force(task)
    if task["force_conflicts"] and task.get("server_side") == "false":
        raise OptionError(
            "force_conflicts requires server-side apply, but server_side is false; set one of them.", option="force_conflicts"
        )
