# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the Jinja2 templates next to a chart's Go templates, and says when they run.

A chart enables them by the annotation ``charts.windlass.io/jinja: "true"`` in Chart.yaml; each subchart does so for itself. Then the files
below ``jinja/`` are templates, except those whose name begins with ``_`` (they are imported) or ``.``. For Helm they are files like any
other; they are in ``.Files`` here, too. They run after all Go templates of the release, so that they see changes of the values, and in
the same order: deeper paths first, in reverse alphabetical order.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ..aliases import Json
from ..chart.model import Chart
from ..errors import ChartLoadError, OperatorError
from ..gotypes.function import Function
from ..ports import CompiledCache

ANNOTATION = "charts.windlass.io/jinja"
FOLDER = "jinja/"
NO_VALUE = "<no value>"


def uses_jinja(chart: Chart) -> bool:
    """Whether this chart, without its subcharts, holds Jinja2 templates.

    Raises ``ChartLoadError``: the annotation is neither true nor false.
    """
    annotation = (chart.metadata.annotations or {}).get(ANNOTATION, "")
    if annotation not in ("", "true", "false"):
        raise ChartLoadError(
            f'Chart.yaml of {chart.name} says {ANNOTATION}: "{annotation}"; it is "true" (there are Jinja2 templates in {FOLDER}) '
            'or "false".',
            chart=chart.name,
            file="Chart.yaml",
        )
    return annotation == "true"


def jinja_texts(chart: Chart) -> dict[str, str]:
    """The Jinja2 files of a chart by their name below ``jinja/``, partials too."""
    return {
        file.name.removeprefix(FOLDER): file.data.decode("utf-8", "surrogateescape")
        for file in chart.files
        if file.name.startswith(FOLDER) and not posixpath.basename(file.name).startswith(".")
    }


def run_jinja(
    charts: list[tuple[Chart, Mapping[str, Json]]], functions: Mapping[str, Function], cache: CompiledCache | None
) -> dict[str, str]:
    """Path to text of every Jinja2 file that is run.

    :param charts: those that use Jinja2, each with the dot of its Go templates.
    :param functions: what Go templates may call.
    :raises TemplateParseError: and ``TemplateExecError``.
    :raises OperatorError: the library is missing.
    """
    from ..jinja.bounds import Allowance
    from ..jinja.templates import MISSING, JinjaFiles
    from ..jinja.values import Copies

    if MISSING:
        raise OperatorError(
            f"chart {charts[0][0].name} has Jinja2 templates, and rendering them requires the Python library Jinja2 (3.1 or "
            f"newer), which is not installed: {MISSING}"
        )
    copies, allowance = Copies(), Allowance()
    made: dict[str, tuple[JinjaFiles, str, str]] = {}
    for chart, dot in charts:
        texts, folder = jinja_texts(chart), f"{chart.full_path}/{FOLDER}"
        known = {name: value for name, value in dot.items() if name != "Template"}
        files = JinjaFiles(folder, texts, functions, known, copies, allowance, cache)
        if chart.metadata.type.lower() != "library":
            made.update({folder + name: (files, name, folder) for name in texts if not posixpath.basename(name).startswith("_")})
    rendered: dict[str, str] = {}
    for path in sorted(made, key=lambda name: (name.count("/"), name.encode("utf-8", "surrogateescape")), reverse=True):
        files, name, folder = made[path]
        rendered[path] = files.run(name, {"Name": path, "BasePath": folder.removesuffix("/")}).replace(NO_VALUE, "")
    return rendered
