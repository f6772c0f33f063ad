# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_release_test``.

A failed test fails the task; the result still holds each test's result.
"""

from __future__ import annotations

import re
from datetime import datetime

from ..._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ..._engine.errors import EngineError, OptionError
from ..._engine.plan.model import Outcome
from ..connect import ports_of
from ..options.durations import timeout_of
from ..options.locking import locking_of
from ..results.command import helm_command
from ..results.outcomes import outcome_result, summary
from ..runner import failure
from ..task import Result, Task, notice_helm_binary

_FILTER = re.compile(r"(!)?\s*(?:name=)?([^=!]+)")


def chart_release_test(task: Task) -> Result:
    notice_helm_binary(task)
    only, without = filters_of(task["filters"])
    timeout = timeout_of(task)
    request = ReleaseTestRequest(
        name=str(task["release_name"]),
        namespace=str(task["release_namespace"]),
        only=only,
        without=without,
        logs=bool(task["logs"]),
        timeout=timeout,
        locking=locking_of(task),
    )
    words = ["test", request.name]
    words += [part for text in task["filters"] for part in ("--filter", str(text))] + (["--logs"] if request.logs else [])
    command = helm_command(task, words, (), timeout=timeout)
    try:
        outcome = run_tests(request, ports_of(task), check=task.check_mode)
    except EngineError as error:
        if "tests" not in error.fields:
            raise
        tests = error.fields.pop("tests")
        return {**failure(error), "tests": tests, "stdout": _suites(tests), "command": command}
    result = outcome_result(task, outcome, stdout=_text(outcome), command=command)
    return {**result, "tests": outcome.tests}


def filters_of(texts: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names to run and names to leave out, from ``name=a``, ``!name=b`` or a bare name, as in helm.

    Each entry may hold several names with commas.

    :raises OptionError: anything else; helm ignores it and runs everything.
    """
    only: list[str] = []
    without: list[str] = []
    for text in (part.strip() for whole in texts for part in str(whole).split(",")):
        found = _FILTER.fullmatch(text)
        if found is None or not found.group(2).strip():
            raise OptionError(
                f"filters contains {text!r}; use name=TEST to include a test, or !name=TEST to exclude one.", option="filters"
            )
        (without if found.group(1) else only).append(found.group(2).strip())
    return tuple(only), tuple(without)


def _text(outcome: Outcome) -> str:
    """What ``helm test`` prints, without the notes."""
    if not outcome.executed or outcome.release is None:
        return ""
    head = summary(outcome.release).split("NOTES:\n", 1)[0]
    return head + _suites(outcome.tests)


def _suites(tests: list[Result]) -> str:
    ran = [entry for entry in tests if entry["started_at"]]
    lines = [line for entry in ran for line in _suite(entry)]
    for entry in ran:
        for log in entry["logs"]:
            lines += [f"\nPOD LOGS: {log['pod']} ({log['container']})", str(log.get("log", log.get("error", ""))).rstrip("\n")]
    return "".join(f"{line}\n" for line in lines)


def _suite(entry: Result) -> list[str]:
    return [
        f"TEST SUITE:     {entry['name']}",
        f"Last Started:   {_ansic(entry['started_at'])}",
        f"Last Completed: {_ansic(entry['completed_at'])}",
        f"Phase:          {entry['phase']}",
    ]


def _ansic(text: str) -> str:
    """RFC 3339 as Go's ``time.ANSIC`` prints it: ``Mon Jan  2 15:04:05 2006``."""
    try:
        moment = datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    except ValueError:
        return text
    return f"{moment:%a %b} {moment.day:2d} {moment:%H:%M:%S %Y}"
