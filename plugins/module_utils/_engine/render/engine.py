# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Renders a chart as Helm does (Helm 4: ``pkg/engine``, ``pkg/action`` ``renderResources``).

One set holds the templates of a chart and its subcharts. They are parsed, and later run, in one order: deeper paths first, and paths of
one depth in reverse alphabetical order, so that a parent's definition, parsed later, replaces its subcharts'. All files see one tree of
values: what one file sets, the files that run after it see. Files whose name begins with ``_`` are not run; of a library only those are
parsed. After each file's run, and after ``tpl``, every ``<no value>`` is removed from the text; ``include`` leaves it in. Jinja2 files
run last (``jinja_files``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..aliases import Json, JsonObject, Table
from ..chart.compatible import is_compatible_range
from ..chart.dependencies import process_dependencies
from ..chart.model import Chart, Dependency, Maintainer
from ..chart.values import coalesce, table_at
from ..errors import ChartError
from ..ports import Clock, CompiledCache, Random
from .capabilities import Capabilities, TemplateCapabilities
from .files import Files, NilStringMap, StringMap, Values, ValuesOver
from .jinja_files import run_jinja, uses_jinja
from .manifests import crds, joined, sort_manifests, take_notes
from .model import ClusterQueries, Lookup, ReleaseOptions, Rendered
from .scope import Scope
from .units import Packs

if TYPE_CHECKING:
    from .recorded_calls import CallRecorder

_NO_VALUE = "<no value>"


def render(
    chart: Chart,
    values: Table | None,
    release: ReleaseOptions,
    capabilities: Capabilities,
    *,
    lookup: Lookup | None = None,
    random: Random | None = None,
    clock: Clock | None = None,
    cache: CompiledCache | None = None,
    skip_tests: bool = False,
    include_crds: bool = False,
    skip_schema_validation: bool = False,
    subchart_notes: bool = False,
    recorder: CallRecorder | None = None,
) -> Rendered:
    """Renders a chart with values, to text and to manifests.

    The chart and the values given are not changed.

    :param values: the user's values; the chart's defaults are merged below them.
    :param lookup: reads the cluster for templates; without one ``lookup`` finds nothing, as in ``helm template``.
    :param random: the source of random numbers and
    :param clock: of time, for the functions that need them; without one those functions fail.
    :param cache: holds compiled templates between renders; without one they are in memory only.
    :param skip_tests: leave out hooks that are tests.
    :param include_crds: put what is below ``crds/`` in front of the manifest's text.
    :param skip_schema_validation: do not validate the values against the charts' schemas.
    :param subchart_notes: the subcharts' notes after the chart's own.
    :param recorder: records the generated values, and returns values that must not be generated again.
    :raises ChartError: a template, a manifest, a ``kubeVersion`` that the cluster does not have.
    :raises ValuesError: values that do not fit; ``SchemaError`` with all findings.
    """
    warnings: list[str] = []
    processed = process_dependencies(chart, values, warnings)
    merged, found = coalesce(processed, values)
    warnings += [text for text in found if text not in warnings]
    if not skip_schema_validation:
        _validate(processed, merged, cache)
    queries = ClusterQueries()
    _check_kube_version(processed, capabilities, queries)
    scope = Scope.of(queries, lookup, random, clock, recorder=recorder)
    files = _Files(processed, merged, release, TemplateCapabilities(capabilities, queries)).run(scope, cache)
    if recorder is not None:
        recorder.finish()
    rendered = dict(files)
    notes = take_notes(processed, files, subchart_notes)
    hooks, manifests = sort_manifests(files, warnings)
    found_crds = crds(processed) if include_crds else []
    documents = [*found_crds, *((manifest.path, manifest.text) for manifest in manifests)]
    return Rendered(
        files=rendered,
        manifests=manifests,
        hooks=[hook for hook in hooks if not (skip_tests and "test" in hook.events)],
        notes=notes,
        manifest=joined(documents),
        crds=found_crds,
        queries=queries,
        warnings=warnings,
        chart=processed,
    )


def lint_render(
    chart: Chart,
    values: Table,
    release: ReleaseOptions,
    capabilities: Capabilities,
    *,
    random: Random | None = None,
    clock: Clock | None = None,
    cache: CompiledCache | None = None,
    skip_schema_validation: bool = False,
) -> dict[str, str]:
    """Path to text of every file, rendered as by ``helm lint``.

    ``required`` and ``fail`` never fail, ``kubeVersion`` is not compared. The defaults are merged below the values twice, so that a null
    deletes nothing, as in Helm's linter.

    :param values: coalesced with the chart's defaults.
    :param chart: processed.
    :raises ChartError: a template.
    :raises ValuesError: values that do not fit.
    """
    merged, _warnings = coalesce(chart, values)
    if not skip_schema_validation:
        _validate(chart, merged, cache)
    queries = ClusterQueries()
    files = _Files(chart, merged, release, TemplateCapabilities(capabilities, queries))
    return files.run(Scope.of(queries, None, random, clock, lint=True), cache)


def _validate(chart: Chart, values: Table, cache: CompiledCache | None = None) -> None:
    if any(part.schema is not None for part in chart.walk()):
        from ..chart.schema.validate import validate

        validate(chart, values, cache)


def _check_kube_version(chart: Chart, capabilities: Capabilities, queries: ClusterQueries) -> None:
    wanted = chart.metadata.kube_version
    if not wanted:
        return
    queries.kube_version = True
    version = capabilities.kube_version
    if not is_compatible_range(wanted, version.text()):
        raise ChartError(
            f"The chart {chart.name} requires Kubernetes {wanted}, but the version is {version.version}.",
            helm=f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {version.version}",
            chart=chart.name,
            kube_version=version.version,
            wanted=wanted,
        )


class _Files:
    """Every file of a chart and its subcharts that is a template, and the dot that each sees."""

    def __init__(self, chart: Chart, values: Table, release: ReleaseOptions, capabilities: TemplateCapabilities) -> None:
        self._texts: dict[str, str] = {}
        self._dots: dict[str, Values] = {}
        self._base: dict[str, str] = {}
        self._charts: dict[str, list[tuple[str, str]]] = {}
        self._jinja: list[tuple[Chart, Mapping[str, Json]]] = []
        self._release = {
            "Name": release.name,
            "Namespace": release.namespace,
            "IsUpgrade": release.is_upgrade,
            "IsInstall": release.is_install,
            "Revision": release.revision,
            "Service": "Helm",
        }
        self._capabilities = capabilities
        self._add(chart, Values(values))

    def _add(self, chart: Chart, values: Values) -> Values:
        subcharts: JsonObject = {}
        dot = Values(
            {
                "Chart": metadata_as_map(chart),
                "Files": Files.of(chart.files),
                "Release": self._release,
                "Capabilities": self._capabilities,
                "Values": values,
                "Subcharts": subcharts,
            }
        )
        for subchart in chart.dependencies:
            section = table_at(values, subchart.name)  # a path: a dot in the name leads deeper
            below = ValuesOver(section) if isinstance(section, dict) else Values()
            subcharts[subchart.name] = self._add(subchart, below)
        if uses_jinja(chart):
            self._jinja.append((chart, dot))
        path = chart.full_path
        own = self._charts.setdefault(path, [])
        library = chart.metadata.type.lower() == "library"
        for file in chart.templates:
            if library and not posixpath.basename(file.name).startswith("_"):
                continue
            name = posixpath.normpath(f"{path}/{file.name}")
            self._texts[name] = file.data.decode("utf-8", "surrogateescape")
            own.append((name, self._texts[name]))
            self._dots[name] = dot
            self._base[name] = f"{path}/templates"
        return dot

    def run(self, scope: Scope, cache: CompiledCache | None) -> dict[str, str]:
        """Path to text of every file that is run, in the order of running."""
        order = sorted(self._texts, key=lambda name: (name.count("/"), name.encode("utf-8", "surrogateescape")), reverse=True)
        packs = Packs(cache, self._charts)
        for name in order:
            scope.parse(name, self._texts[name], packs)
        packs.save()
        rendered: dict[str, str] = {}
        for name in order:
            if posixpath.basename(name).startswith("_"):
                continue
            dot = self._dots[name]
            dot["Template"] = Values({"Name": name, "BasePath": self._base[name]})
            rendered[name] = scope.run_file(name, dot).replace(_NO_VALUE, "")
        if self._jinja:
            rendered.update(run_jinja(self._jinja, scope.functions(), cache))
        return rendered


def metadata_as_map(chart: Chart) -> Table:
    """``.Chart``, which Helm 4 makes a map of all fields, empty ones included."""
    metadata = chart.metadata
    return {
        "Name": metadata.name,
        "Home": metadata.home,
        "Sources": list(metadata.sources),
        "Version": metadata.version,
        "Description": metadata.description,
        "Keywords": list(metadata.keywords),
        "Maintainers": [_maintainer(maintainer) for maintainer in metadata.maintainers],
        "Icon": metadata.icon,
        "APIVersion": metadata.api_version,
        "Condition": metadata.condition,
        "Tags": metadata.tags,
        "AppVersion": metadata.app_version,
        "Deprecated": metadata.deprecated,
        "Annotations": NilStringMap() if metadata.annotations is None else StringMap(metadata.annotations),
        "KubeVersion": metadata.kube_version,
        "Dependencies": [_dependency(dependency) for dependency in metadata.dependencies],
        "Type": metadata.type,
        "IsRoot": chart.is_root,
    }


def _maintainer(maintainer: Maintainer) -> Table:
    return {"Name": maintainer.name, "Email": maintainer.email, "URL": maintainer.url}


def _dependency(dependency: Dependency) -> Table:
    return {
        "Name": dependency.name,
        "Version": dependency.version,
        "Repository": dependency.repository,
        "Condition": dependency.condition,
        "Tags": list(dependency.tags),
        "Enabled": dependency.enabled,
        "ImportValues": [StringMap(item) if isinstance(item, dict) else item for item in dependency.import_values],
        "Alias": dependency.alias,
    }
