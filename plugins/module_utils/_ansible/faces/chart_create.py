# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_create``: creates a chart (Helm: ``pkg/cmd/create.go``).

A chart that exists is never changed.
"""

from __future__ import annotations

from ..._adapters.charts.files import read_chart_directory
from ..._adapters.charts.new_folder import is_chart, write_folder
from ..._engine.chart.model import File
from ..._engine.errors import ChartNotFound
from ..._engine.publish.create import check_chart_name, new_chart
from ..options.folders import folder_of
from ..results.command import helm_command
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary


def chart_create(task: Task) -> Result:
    notice_helm_binary(task)
    folder = folder_of(task, "chart_ref")
    check_chart_name(folder.name)
    changed = not is_chart(folder)
    files = _files(task, folder.name) if changed else []
    if changed and not write_folder(folder, files, check=task.check_mode):
        changed, files = False, []
    result: Result = {
        "changed": changed,
        "path": str(folder),
        "name": folder.name,
        "files": [printable(file.name) for file in files],
        "stdout": f"Creating {task['chart_ref']}\n" if changed and not task.check_mode else "",
        "stderr": "",
        "command": helm_command(task, ["create", str(task["chart_ref"])], ("starter",)) if changed else "",
    }
    if task.diff:
        result["diff"] = [
            {
                "before_header": "absent",
                "after_header": printable(f"{folder}/{file.name}"),
                "before": "",
                "after": printable(file.data.decode("utf-8", "surrogateescape")),
            }
            for file in files
        ]
    return result


def _files(task: Task, name: str) -> list[File]:
    """The files of the new chart.

    Raises ``ChartNotFound`` or ``ChartLoadError`` for a starter that cannot be used.
    """
    if task.get("starter") is None:
        return new_chart(name)
    starter = folder_of(task, "starter")
    if not starter.is_dir():
        raise ChartNotFound(f"starter: there is no directory {starter}.", chart=str(starter))
    return new_chart(name, read_chart_directory(str(starter)))
