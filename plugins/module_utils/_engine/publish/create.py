# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The files of a new chart, from a starter (Helm: ``pkg/chart/v2/util/create.go``).

Helm replaces ``<CHARTNAME>`` in templates and in values.yaml of a starter, and writes a new Chart.yaml. Here it is replaced in every text
file, and the starter's Chart.yaml stays with its comments and dependencies; only its name is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..chart.load import load_chart
from ..chart.model import File
from ..errors import ChartLoadError, OptionError
from .starter import FILES, PLACEHOLDER

#: Helm accepts capitals, dots and underscores too; its guide advises against them, and Kubernetes and registries allow fewer characters
_NAME = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?\Z")
_LONGEST = 250
_NAME_LINE = re.compile(rb"^name:[^\n]*", re.MULTILINE)


def check_chart_name(name: str) -> None:
    """Raises ``OptionError`` for a name that a new chart should not have."""
    if len(name) > _LONGEST or not _NAME.match(name):
        raise OptionError(
            f"chart_ref ends with {name[:100]!r}, which is not a valid name of a chart; use at most {_LONGEST} lower-case letters, digits "
            "and '-', beginning with a letter and ending with a letter or digit.",
            option="chart_ref",
        )


def new_chart(name: str, starter: Iterable[File] | None = None) -> list[File]:
    """The files of a new chart.

    :param starter: the files of a user's starter; ``None``: that of this collection.
    :raises ChartLoadError: the starter is not a chart.
    """
    if starter is None:
        starter = [File(path, text.encode()) for path, text in FILES.items()]
    files = [_named(file, name) for file in starter]
    try:
        chart = load_chart(files)
    except ChartLoadError as error:
        raise ChartLoadError(f"The starter is not a valid chart: {error.message}", helm=error.helm, **error.fields) from None
    if chart.name != name:
        raise ChartLoadError(f"Chart.yaml of the starter has no line 'name: {PLACEHOLDER}', so the name of the chart cannot be set.")
    return files


def _named(file: File, name: str) -> File:
    data = file.data
    if b"\0" not in data:  # text
        data = data.replace(PLACEHOLDER.encode(), name.encode())
    if file.name == "Chart.yaml":
        data = _NAME_LINE.sub(f"name: {name}".encode(), data, count=1)
    return File(file.name, data)
