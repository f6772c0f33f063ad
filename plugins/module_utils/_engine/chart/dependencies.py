# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decides which subcharts are enabled, under which names.

Helm: ``pkg/chart/v2/util/dependencies.go``.

For each declared dependency the first chart of that name in ``charts/`` whose version is in the range is taken, under its alias where it
has one. A dependency without a usable range matches none: its chart stays as it is and the alias is ignored. Charts without a declaration
stay. Then tags of the root's values enable or disable dependencies, and conditions override tags: the first path of the list that
leads to a boolean decides; the list is split at commas and not trimmed.

It also imports values from subcharts. The input is not changed: the returned chart is a copy of the parts that differ.
"""

from __future__ import annotations

from ..aliases import Json, Table
from ..errors import ChartLoadError, EngineError
from ..gotypes.values import Map
from ..plain import replace
from .compatible import is_compatible_range
from .model import Chart, Dependency, Metadata
from .values import Warn, coalesce, copy_values, merge_tables, merge_with_defaults, table_at, value_at


def missing_dependencies(chart: Chart) -> list[str]:
    """Names in Chart.yaml's dependencies for which charts/ holds no chart of that name.

    Versions are not compared.
    """
    present = {dependency.name for dependency in chart.dependencies}
    return [dependency.name for dependency in chart.metadata.dependencies if dependency.name not in present]


def check_dependencies(chart: Chart) -> None:
    """Raises ``ChartLoadError`` for a declared dependency that is missing."""
    missing = missing_dependencies(chart)
    if missing:
        names = ", ".join(missing)
        raise ChartLoadError(
            f"Chart.yaml of {chart.name} declares dependencies that are missing in charts/: {names}. Download them with "
            "chart_dependency, or set dependency_update.",
            helm="an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch "
            f"missing dependencies: found in Chart.yaml, but missing in charts/ directory: {names}",
            chart=chart.name,
            missing=missing,
        )


def check_installable(chart: Chart) -> None:
    """Raises ``ChartLoadError`` for a library."""
    if chart.metadata.type not in ("", "application"):
        raise ChartLoadError(
            f"{chart.name} is a {chart.metadata.type} chart: it only provides templates for other charts and cannot be installed.",
            helm=f"{chart.metadata.type} charts are not installable",
            chart=chart.name,
        )


def process_dependencies(chart: Chart, values: Table | None, warnings: list[str] | None = None) -> Chart:
    """The chart as it will be rendered, and as a release records it.

    :param chart: as loaded; it stays as it is.
    :param values: what the user gives.
    :param warnings: takes what Helm would log.
    :raises ValuesError: a subchart's section is not a table; Helm's words carry Helm's prefix.
    """
    warn = (warnings if warnings is not None else []).append
    copied = _copy(chart, None)
    try:
        _enable(copied, values or {}, "", warn)
        _import(copied, warn)
    except EngineError as error:
        error.helm = f"chart dependencies processing failed: {error.helm_message}"
        raise
    return copied


def _copy(chart: Chart, parent: Chart | None) -> Chart:
    copied = replace(chart, metadata=_copy_metadata(chart.metadata), parent=parent)
    copied.dependencies = [_copy(dependency, copied) for dependency in chart.dependencies]
    return copied


def _taken(found: Chart, parent: Chart) -> Chart:
    """A subchart with the name of its dependency (Helm: ``getAliasDependency``).

    As in Helm, a subchart two levels below is shared by all dependencies on it: a change of its metadata is seen by all.
    """
    taken = replace(found, metadata=_copy_metadata(found.metadata), parent=parent)
    taken.dependencies = [replace(below, parent=taken) for below in found.dependencies]
    return taken


def _copy_metadata(metadata: Metadata) -> Metadata:
    return replace(metadata, dependencies=[replace(dependency) for dependency in metadata.dependencies])


def _enable(chart: Chart, values: Table, path: str, warn: Warn) -> None:
    declared = chart.metadata.dependencies
    if not chart.metadata.has_dependencies:
        return
    taking_part = [present for present in chart.dependencies if not any(_fits(wanted, present) for wanted in declared)]
    for wanted in declared:
        found = next((present for present in chart.dependencies if _fits(wanted, present)), None)
        if found is not None:
            taken = _taken(found, chart)
            taken.metadata.name = wanted.alias or taken.metadata.name
            taking_part.append(taken)
        wanted.name = wanted.alias or wanted.name
        wanted.enabled = True
    chart.dependencies = taking_part

    coalesced, found_warnings = coalesce(chart, values)
    for text in found_warnings:
        warn(text)
    _apply_tags(declared, coalesced, warn)
    _apply_conditions(declared, coalesced, path, warn)
    off = {dependency.name for dependency in declared if not dependency.enabled}
    chart.metadata.dependencies = [dependency for dependency in declared if dependency.name not in off]
    chart.dependencies = [present for present in taking_part if present.name not in off]
    for subchart in chart.dependencies:
        _enable(subchart, coalesced, f"{path}{subchart.name}.", warn)


def _fits(wanted: Dependency, present: Chart) -> bool:
    return present.name == wanted.name and is_compatible_range(wanted.version, present.metadata.version)


def _apply_tags(declared: list[Dependency], values: Table, warn: Warn) -> None:
    tags = values.get("tags")
    if not isinstance(tags, dict):
        return
    for dependency in declared:
        found = [tags[tag] for tag in dependency.tags if tag in tags]
        if any(not isinstance(value, bool) for value in found):
            warn(f"a tag of the dependency {dependency.name} is not a boolean")
        switches = [value for value in found if isinstance(value, bool)]
        dependency.enabled = any(switches) or not switches


def _apply_conditions(declared: list[Dependency], values: Table, path: str, warn: Warn) -> None:
    for dependency in declared:
        for condition in dependency.condition.strip().split(","):
            known, value = value_at(values, path + condition) if condition else (False, None)
            if isinstance(value, bool):
                dependency.enabled = value
                break
            if known:
                warn(f"the condition {condition} of the dependency {dependency.name} is not a boolean")


def _import(chart: Chart, warn: Warn) -> None:
    """``import-values``, from the leaves up: tables of subcharts' defaults under the parent's own."""
    for subchart in chart.dependencies:
        _import(subchart, warn)
    if not chart.metadata.dependencies:
        return
    values = merge_with_defaults(chart, None, warn)
    imported: Table = {}
    for dependency in chart.metadata.dependencies:
        pairs: list[Json] = []
        for entry in dependency.import_values:
            pair = _pair(entry)
            if pair is None:
                continue
            pairs.append(Map(pair))
            found = table_at(values, f"{dependency.name}.{pair['child']}")
            if found is None:
                warn(f"import-values: the subchart {dependency.name} has no table {pair['child']}")
                continue
            imported = merge_tables(imported, _nest(pair["parent"], found), "", True, warn)
        dependency.import_values = list(pairs)
    chart.values = merge_tables(copy_values(values), imported, "", True, warn)


def _pair(entry: Json) -> dict[str, str] | None:
    """The pair of an entry; ``None`` for an entry that is neither a name nor a pair (Helm ignores it)."""
    from ..gotypes.printing import sprint

    if isinstance(entry, Map):  # expanded before, in a chart that is used twice by an alias
        return None
    if isinstance(entry, dict):
        return {"child": sprint(entry.get("child")), "parent": sprint(entry.get("parent"))}
    if isinstance(entry, str):
        return {"child": f"exports.{entry}", "parent": "."}
    return None


def _nest(path: str, table: Table) -> Table:
    if path == ".":
        return table
    for part in reversed(path.split(".")):
        table = {part: table}
    return table
