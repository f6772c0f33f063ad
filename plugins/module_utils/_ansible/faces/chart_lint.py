# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_lint``: Helm's linter, and values against templates (Helm: ``pkg/cmd/lint.go``).

Nothing is written, ``changed`` is never true. The task fails when a message is at least as severe as ``fail_on``.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from ..._adapters.charts.archives import fetch_archive
from ..._adapters.charts.lint_folders import ArchivedChart, LoadedFolder, below, lint_folder
from ..._adapters.charts.local import LocalArchive
from ..._adapters.charts.reference import ChartReference
from ..._adapters.clock import SystemClock, SystemRandom
from ..._adapters.compiled_cache import compiled_cache
from ..._adapters.user_paths import exists, user_path, working_folder
from ..._engine.chart.model import Chart
from ..._engine.chart.versions import check_version
from ..._engine.errors import ChartError, OptionError
from ..._engine.lint.folder import ChartFolder
from ..._engine.lint.linter import lint
from ..._engine.lint.message import ERROR, INFO, NAMES, WARNING, Message
from ..._engine.lint.rules.templates import LintOptions
from ..._engine.render.capabilities import Capabilities
from ..options.chart_source import NO_DEPENDENCIES, chart_of, provenance_result, shown_ref, trust_of
from ..options.values.chart_values import user_values
from ..results.command import helm_command
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary, refuse_what_is_not_built

_COMMAND_OPTIONS = (
    "values_files", "release_values", "set_values", "kube_version", "skip_schema_validation", "strict", "with_subcharts", "quiet",
)  # fmt: skip
_FAIL_ON = {"error": ERROR, "warning": WARNING, "never": ERROR + 1}


def chart_lint(task: Task) -> Result:
    notice_helm_binary(task)
    refuse_what_is_not_built(task)
    gravest = _tolerance(task)
    values = user_values(task)
    kube_version = str(task.get("kube_version", ""))
    Capabilities.default(kube_version=kube_version or None)  # refuses what is no version, before anything is read
    options = LintOptions(
        namespace=str(task.get("release_namespace", "default")),
        kube_version=kube_version,
        skip_schema_validation=bool(task["skip_schema_validation"]),
        random=SystemRandom(),
        clock=SystemClock(),
        cache=compiled_cache(task.environ),
    )
    given = bool(values)
    found: list[tuple[str, Message]] = []
    charts: list[Result] = []
    lines: list[str] = []
    folders, provenance = _folders(task)
    for folder in folders:
        everything = lint(folder, values, options, beyond_helm=bool(task["check_values"]))
        messages = [_without_values(message, given) for message in everything if not _is_ignored(task, message)]
        shown = [message for message in messages if message.severity > INFO] if task["quiet"] else messages
        failed = any(message.severity >= gravest for message in messages)
        charts.append({"path": folder.shown, "failed": failed})
        found += [(folder.shown, message) for message in shown]
        if shown or not task["quiet"]:
            lines += [f"==> Linting {folder.shown}", *map(str, shown), ""]
    failures = sum(chart["failed"] for chart in charts)
    summary = f"{len(charts)} chart(s) linted, {failures} chart(s) failed"
    result: Result = {
        "changed": False,
        "messages": [_result(path, message) for path, message in found],
        "charts": charts,
        "summary": summary,
        "stdout": printable("\n".join([*lines, summary])),
        "command": helm_command(task, ["lint", shown_ref(task)], _COMMAND_OPTIONS),
        **provenance,
    }
    if failures:
        worst = [f"{message.path}: {message.text}" for _path, message in found if message.severity >= gravest]
        more = f" (and {len(worst) - 1} more, see messages)" if len(worst) > 1 else ""
        result.update(failed=True, msg=printable(f"{summary}: {worst[0]}{more}"))
    return result


def _tolerance(task: Task) -> int:
    """The severity at which the task fails. Raises ``OptionError``."""
    fail_on = task.get("fail_on")
    if fail_on is None:
        return WARNING if task["strict"] else ERROR
    if task["strict"] and fail_on != "warning":
        raise OptionError(f"strict fails on warnings, but fail_on is {fail_on}; set one of them.", option="fail_on")
    return _FAIL_ON[str(fail_on)]


def _is_ignored(task: Task, message: Message) -> bool:
    """Whether a message is ignored, by its rule or by a pattern for a place in the values."""
    return any(fnmatchcase(message.key, entry) if entry.startswith(".") else entry == message.rule for entry in map(str, task["ignore"]))


def _without_values(message: Message, given: bool) -> Message:
    """A message without the task's values, since Helm's words may quote them."""
    return replace(message, text=message.safe) if given and message.safe else message


def _folders(task: Task) -> tuple[list[ChartFolder], Result]:
    """The folders to lint, and the return value ``provenance``.

    The chart's folder comes first, then those below it where they were requested.
    """
    cache = compiled_cache(task.environ)
    ref = str(task.get("chart_ref", "")).strip()
    path = Path(working_folder(), user_path(ref, "chart_ref", task.environ))
    if ref and not task.get("chart_repo_url") and exists(path):
        data, provenance = _checked(task, path)
        found = [lint_folder(str(path), cache, data)]
        update = bool(task.get("dependency_update")) and path.is_dir()
        if update:
            found = [_with_dependencies(task, found[0], path)]
        if task.get("chart_version"):
            with contextlib.suppress(ChartError):  # a chart that cannot be loaded is what the linter reports
                chart = found[0].load()
                check_version(chart.name, chart.metadata.version, str(task["chart_version"]), str(path))
        if task["with_subcharts"] and path.is_dir() and not update:
            return found + [lint_folder(name, cache) for name in below(str(path))], provenance
        if task["with_subcharts"]:
            found += _within(found[0].load(), str(path))
        return found, provenance
    fetched = chart_of(task)
    chart, shown = fetched.chart, shown_ref(task)
    return [ArchivedChart(shown, chart.raw), *(_within(chart, shown) if task["with_subcharts"] else ())], provenance_result(fetched)


def _checked(task: Task, path: Path) -> tuple[bytes | None, Result]:
    """The bytes of an archive that meets what the task requires, and the return value ``provenance``.

    ``None``: they were not read. Raises ``VerificationError``.
    """
    trust = trust_of(task)
    if trust.requires_nothing:
        return None, {}
    if path.is_dir():
        from ..._adapters.charts.trust import check_directory  # late: few tasks verify their chart

        check_directory(trust, str(path))
        return None, {}
    reference = ChartReference(ref=str(path), folder=working_folder(), trust=trust)
    archive = fetch_archive(LocalArchive(path).find(), reference, task.environ)
    for sentence in archive.warnings:
        task.warn(sentence)
    return archive.data, provenance_result(archive)


def _with_dependencies(task: Task, folder: ChartFolder, path: Path) -> ChartFolder:
    """The folder with the dependencies of its chart, resolved again.

    A chart that cannot be loaded stays as it is, so that the linter reports it.
    """
    try:
        chart = folder.load()
    except ChartError:
        return folder
    if not chart.metadata.dependencies:
        task.warn(NO_DEPENDENCIES)
        return folder
    from ..options.dependencies import with_dependencies  # late: few tasks update dependencies

    chart, warnings = with_dependencies(task, chart, path)
    for sentence in warnings:
        task.warn(sentence)
    return LoadedFolder(folder, chart)


def _within(chart: Chart, shown: str) -> list[ChartFolder]:
    """The charts in an archive, which has no folders to search."""
    return [ArchivedChart(f"{shown}/{part.full_path.partition('/')[2]}", part.raw) for part in chart.walk() if part is not chart]


def _result(chart: str, message: Message) -> Result:
    return printable(
        {
            "chart": chart,
            "severity": NAMES[message.severity].lower(),
            "path": message.path,
            "line": message.line,
            "text": message.text,
            "rule": message.rule,
            "helm": message.helm,
            "key": message.key,
        }
    )
