# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_dependency``: the folder ``charts`` and the lock file of a chart.

``changed`` means that an archive in ``charts`` or the lock file differs from what it should be. (Helm: ``pkg/cmd/dependency*.go``)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..._adapters.charts.files import read_chart
from ..._adapters.clock import SystemClock
from ..._adapters.dependencies.charts_folder import (
    check_lock_file,
    check_writable,
    read_declaration,
    read_files,
    read_folders,
    write_dependencies,
)
from ..._engine.chart.model import Chart, Dependency, Lock
from ..._engine.dependencies.listing import ChartsFolder, listing, status, strays
from ..._engine.dependencies.lock import given, lock_file, lock_name
from ..._engine.dependencies.names import shown_repository
from ..._engine.dependencies.update import Update
from ..._engine.errors import ChartNotFound
from ..._engine.plain import replace
from ..._engine.release.codec import go_time
from ..options.dependencies import lock_in_sync, planned_update
from ..options.folders import folder_of
from ..results.command import helm_command
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary

_COMMANDS = {"present": "build", "latest": "update", "gathered": "list"}


def chart_dependency(task: Task) -> Result:
    notice_helm_binary(task)
    path = folder_of(task, "chart_ref")
    state = str(task["state"])
    if state == "gathered":
        result = _listed(task, path)
    else:
        _check_folder(path)
        result = _converged(task, path, again=state == "latest")
    return {**result, "stderr": "", "command": helm_command(task, ["dependency", _COMMANDS[state], str(task["chart_ref"])], ())}


def _check_folder(path: Path) -> None:
    """Raises ``ChartNotFound`` for anything but a folder."""
    if not os.path.lexists(path):
        raise ChartNotFound(
            f"chart_ref: there is no directory {path}.",
            helm=f"could not find {path}: stat {path}: no such file or directory",
            chart=str(path),
        )
    if not path.is_dir():
        raise ChartNotFound(
            f"chart_ref: {path} is not a directory. The dependencies of a packaged chart are part of the package; use the directory "
            "that it was packaged from.",
            helm="only unpacked charts can be updated",
            chart=str(path),
        )


def _converged(task: Task, path: Path, *, again: bool) -> Result:
    """``charts`` and the lock file as they should be."""
    chart = read_declaration(path)
    update = planned_update(task, chart, path, go_time(SystemClock().now()), again=again)
    for sentence in update.warnings:
        task.warn(sentence)
    if update.lock_data is not None:
        check_lock_file(path, update.lock_name)
    if update.changed and task.check_mode:
        check_writable(path)
    before = read_files(path) if task.diff else {}
    if update.changed and not task.check_mode:
        lock = (update.lock_name, update.lock_data) if update.lock_data is not None else None
        write_dependencies(path, {name: update.files[name] for name in update.write}, update.remove, lock)
    result: Result = {
        "changed": update.changed,
        "path": str(path),
        "dependencies": _rows(chart, update.lock),
        "written": [f"charts/{printable(name)}" for name in update.write],
        "removed": [f"charts/{printable(name)}" for name in update.remove],
        "strays": [],
        "stdout": "",
    }
    for position, row in enumerate(result["dependencies"]):
        archive = update.file_of.get(position, "")
        row.update(archive=f"charts/{printable(archive)}" if archive else "", status="ok" if archive else "unpacked")
    if update.lock is not None:
        result["lock"] = {"path": str(path / update.lock_name), "digest": update.lock.digest, "in_sync": True}
    if task.diff:
        result["diff"] = _diff(path, chart, update, before)
    return result


def _listed(task: Task, path: Path) -> Result:
    """What is there. Nothing is written, and no repository is contacted."""
    shown = os.path.normpath(str(task["chart_ref"]))
    if path.is_dir():
        chart = read_declaration(path)
        folder = ChartsFolder.of(read_files(path), read_folders(path))
        unknown = strays(chart.metadata.dependencies, folder)
    else:
        chart = read_chart(str(path))
        folder = ChartsFolder({}, {str(number): subchart for number, subchart in enumerate(chart.dependencies)})
        unknown = []
    required = given(chart.metadata, chart.metadata.dependencies)
    rows = _rows(chart, chart.lock)
    for row, dependency in zip(rows, chart.metadata.dependencies, strict=True):
        row["status"] = status(dependency, folder)
    result: Result = {
        "changed": False,
        "path": str(path),
        "dependencies": rows,
        "written": [],
        "removed": [],
        "strays": [f"charts/{printable(name)}" for name, _is_chart in unknown] if required is not None else [],
        "stdout": printable(listing(shown, _without_secrets(required), folder, unknown)),
    }
    if chart.lock is not None:
        in_sync = lock_in_sync(task, chart, path)
        result["lock"] = {"path": str(path / lock_name(chart.metadata)), "digest": chart.lock.digest, "in_sync": in_sync}
    return result


def _without_secrets(required: Sequence[Dependency] | None) -> Sequence[Dependency] | None:
    return None if required is None else [replace(one, repository=shown_repository(one.repository)) for one in required]


def _rows(chart: Chart, lock: Lock | None) -> list[Result]:
    """The declared dependencies, with the versions of a lock."""
    declared = chart.metadata.dependencies
    locked = lock.dependencies if lock else []
    same = len(locked) == len(declared) and all(one.name == other.name for one, other in zip(declared, locked, strict=True))
    return [
        printable(
            {
                "name": one.name,
                "alias": one.alias,
                "version": one.version,
                "repository": shown_repository(one.repository),
                "condition": one.condition,
                "tags": list(one.tags),
                "locked_version": locked[position].version if same else "",
            }
        )
        for position, one in enumerate(declared)
    ]


def _diff(path: Path, chart: Chart, update: Update, present: Mapping[str, bytes]) -> Result:
    """The lock without its time, and the archives that are concerned."""
    concerned = {*update.files, *update.remove}
    before = {name: data for name, data in present.items() if name in concerned}
    return {
        "before_header": str(path),
        "after_header": str(path),
        "before": printable(_text(update.lock_name, chart.lock, before)),
        "after": printable(_text(update.lock_name, update.lock, update.files)),
    }


def _text(name: str, lock: Lock | None, files: Mapping[str, bytes]) -> str:
    lines: list[str] = []
    if lock is not None:
        items = [replace(one, repository=shown_repository(one.repository)) for one in lock.dependencies]
        text = lock_file(replace(lock, dependencies=items)).decode("utf-8", "surrogateescape")
        lines += [name, *(f"  {line}" for line in text.splitlines() if not line.startswith("generated:"))]
    lines += [f"charts/{file} sha256:{hashlib.sha256(data).hexdigest()}" for file, data in sorted(files.items())]
    return "".join(f"{line}\n" for line in lines)
