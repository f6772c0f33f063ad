# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``plan_file``: saves a plan in one task and applies it in another, exactly or not at all.

The file is private (0600) and holds no secrets. Without ``plan_mode`` a task in check mode saves and any other applies, so that one task
serves both jobs of a workflow.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

from ..._adapters.private_files import check_target, reason, write_private
from ..._adapters.user_paths import user_path
from ..._engine.errors import Forbidden, OptionError, ReleaseError
from ..._engine.plan.model import Outcome, Ports
from ..._engine.ports import ObjectRef
from ..results.masking import without_secrets
from ..task import Result, Task

_MAX_BYTES = 64 << 20

#: raises for the outcome of a dry run that was not approved
Approve = Callable[[Outcome], None]


def plan_mode(task: Task) -> str:
    """``save``, ``apply``, or empty where there is no plan file."""
    mode = str(task.get("plan_mode", ""))
    if not task.get("plan_file"):
        if mode:
            raise OptionError("plan_mode requires plan_file.", option="plan_mode")
        return ""
    return mode or ("save" if task.check_mode else "apply")


def run_planned(task: Task, ports: Ports, mode: str, act: Callable[[bool, Approve | None], Outcome]) -> Outcome:
    """Saves a plan, or applies one.

    :param act: runs the action; its arguments are whether this is a dry run, and what to call before the first write.
    :raises ReleaseError: the new plan differs from the saved one; nothing was written.
    """
    path = _path(task)
    if mode == "save":
        _attempt(path, check_target, path)
        outcome = act(True, None)
        text = json.dumps(_plan(task, ports, outcome, os.urandom(16).hex()), indent=1, sort_keys=True)
        _attempt(path, write_private, path, text.encode() + b"\n")
        return outcome
    saved = _read(path)

    def approve(outcome: Outcome) -> None:
        from ..._engine.plan.saved import refusals  # late, here and below: few tasks have a plan file

        reasons = refusals(saved, _plan(task, ports, outcome, str(saved["salt"])))
        if reasons:
            raise ReleaseError(
                f"The plan in {path} is outdated and was not applied: {'; '.join(reasons)}. Save a new plan",
                plan_file=str(path),
                reasons=reasons,
            )

    if task.check_mode:
        outcome = act(True, None)
        approve(outcome)
        return outcome
    return act(False, approve)


def _path(task: Task) -> Path:
    return user_path(str(task["plan_file"]), "plan_file", task.environ)


def _attempt(path: Path, write: Callable[..., None], *arguments: object) -> None:
    try:
        write(*arguments)
    except OSError as error:
        raise OptionError(f"plan_file: {path} cannot be written: {reason(error)}.", option="plan_file") from None


def planned(task: Task, ports: Ports, act: Callable[[bool], Outcome]) -> Outcome:
    """Saves or applies a plan of an action that renders nothing.

    Without a plan file runs the action alone.

    To apply is a dry run, a comparison, then the run. :param act: runs the action; its argument is whether this is a dry run.
    """
    mode = plan_mode(task)

    def step(check: bool, approve: Approve | None) -> Outcome:
        if approve is not None:
            approve(act(True))
        return act(check)

    return run_planned(task, ports, mode, step) if mode else act(task.check_mode)


def plan_result(task: Task, result: Result) -> Result:
    """The result with what was done with the plan file."""
    mode = plan_mode(task)
    if mode:
        done = {"save": "saved", "apply": "checked" if task.check_mode else "applied"}[mode]
        result["plan_file"] = {"path": str(_path(task)), "done": done}
    return result


def _plan(task: Task, ports: Ports, outcome: Outcome, salt: str) -> Result:
    from ..._engine.plan.saved import saved_plan

    found = saved_plan(
        outcome.plan,
        outcome.before,
        outcome.release,
        name=str(task["release_name"]),
        namespace=str(task["release_namespace"]),
        regenerated=outcome.regenerated,
        cluster=_cluster(ports),
        salt=salt,
    )
    task.settle()
    # a secret of the task may be in the fields of any object; the digests stay, since they are compared
    found["operations"] = without_secrets(found["operations"], task.secrets)
    return found


def _cluster(ports: Ports) -> dict[str, str]:
    """The uid of the namespace kube-system, the usual id of a cluster."""
    try:
        found = ports.cluster.read(ObjectRef("v1", "Namespace", "", "kube-system"), metadata_only=True)
    except Forbidden as error:
        raise OptionError(
            f"A plan file identifies its cluster by the uid of the namespace kube-system, which cannot be read: {error.message}",
            option="plan_file",
        ) from error
    return {"uid": str(((found or {}).get("metadata") or {}).get("uid", ""))}


def _read(path: Path) -> Result:
    from ..._engine.plan.saved import fault_of

    try:
        found = json.loads(_bytes(path))
    except FileNotFoundError:
        advice = "save a plan first, in check mode or with plan_mode: save"
        raise OptionError(f"plan_file: {path} does not exist; {advice}.", option="plan_file") from None
    except OSError as error:
        raise OptionError(f"plan_file: {path} cannot be read: {reason(error)}.", option="plan_file") from None
    except (ValueError, RecursionError):
        advice = "it is not valid JSON, or truncated; save the plan again"
        raise OptionError(f"plan_file: the plan in {path} cannot be read: {advice}.", option="plan_file") from None
    fault = fault_of(found)
    if fault:
        raise OptionError(f"plan_file: {path} does not contain a plan of this version ({fault}); save the plan again.", option="plan_file")
    return dict(found)


def _bytes(path: Path) -> bytes:
    """A file's content. Raises ``OSError``, also for a file that is not regular or too large for a plan."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise OSError(errno.EFBIG, f"it has more than {_MAX_BYTES >> 20} MiB")
    return data
