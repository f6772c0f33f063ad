# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Loads a chart from files (Helm 4: ``pkg/chart/loader/load.go``, ``pkg/chart/v2/loader/load.go``).

The path alone decides what a file is: Chart.yaml and its lock, values.yaml (all its documents, merged in order), the schema,
``templates/``, ``charts/`` (subcharts: directories or archives, grouped by their first segment; names that begin with ``_`` or ``.`` are
ignored); everything else goes into ``files``. requirements.yaml still adds dependencies, and for ``apiVersion: v1`` stays among the files.
A chart of an unknown format is refused before anything else is read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import cast

from ..aliases import JsonObject
from ..errors import ChartLoadError
from ..plain_text import plain_text
from ..ports import CompiledCache
from .metadata import api_version_of, read_lock, read_metadata, validate
from .model import Chart, File, Metadata
from .parsed import Parsed
from .values import load_values

#: Helm bounds each archive alone (``archive.MAX_DECOMPRESSED``); a chart of a few kilobytes can hold many that unpack to gigabytes together
MAX_UNPACKED = 256 * 1024 * 1024
#: Helm has no bound; Python's stack has one
MAX_NESTED = 60


def load_chart(files: Iterable[File], head: File | None = None, cache: CompiledCache | None = None) -> Chart:
    """A whole chart from its files.

    :param head: the Chart.yaml on disk where it may be ignored: Helm reads the format from it all the same.
    :param cache: the cache of parsed YAML files.
    :raises ChartLoadError: Helm's wording in ``helm``.
    """
    files = list(files)
    head = head or next((file for file in files if file.name == "Chart.yaml"), None)
    parsed = Parsed(cache, files)
    version = api_version_of(head.data, parsed) if head else ""
    if version not in ("", "v1", "v2", "v3"):
        raise ChartLoadError(
            f"Chart.yaml has apiVersion {version!r}; only v1 and v2 are supported.",
            helm="unsupported chart version",
            file="Chart.yaml",
        )
    chart = load_files(files, parsed)
    parsed.save()
    if version == "v3":
        raise ChartLoadError(
            "Chart.yaml has apiVersion v3, a format that Helm has not released; use v2.",
            helm="invalid chart apiVersion",
            file="Chart.yaml",
        )
    return chart


def load_archive(data: bytes, name: str = "", cache: CompiledCache | None = None) -> Chart:
    """A whole chart from the bytes of its archive; ``name`` (a path or a URL) is for the sentence alone.

    Raises ``ChartLoadError``.
    """
    from .archives.archive import read_archive

    files = read_archive(data, name)
    if not any(file.name == "Chart.yaml" for file in files):
        raise ChartLoadError(
            f"The archive {name or 'of the chart'} contains no Chart.yaml in its top directory; it is not a chart.",
            helm="unable to detect chart version, no Chart.yaml found",
            chart=name,
        )
    return load_chart(files, cache=cache)


def load_files(files: Iterable[File], parsed: Parsed | None = None) -> Chart:
    """A chart of format v1 or v2 from its files; also what Helm does for every subchart.

    Raises ``ChartLoadError``.
    """
    files = list(files)
    parsed = parsed or Parsed()
    chart = Chart(metadata=Metadata(), raw=files)
    known = False
    for file in files:
        if file.name == "Chart.yaml":
            read_metadata(file.data, "Chart.yaml", chart.metadata, parsed)
            # Helm 2 took charts that do not say which format they are
            chart.metadata.api_version = chart.metadata.api_version or "v1"
            known = True
    subcharts: dict[str, list[File]] = {}
    for file in files:
        known = _sort_in(chart, file, subcharts, parsed) or known
    if not known:
        raise ChartLoadError("The chart has no Chart.yaml.", helm="Chart.yaml file is missing", file="Chart.yaml")
    validate(chart.metadata)
    for name, group in subcharts.items():
        if name[:1] not in ("_", "."):
            subchart = _subchart(chart, name, group, parsed)
            subchart.parent = chart
            chart.dependencies.append(subchart)
    return chart


def _sort_in(chart: Chart, file: File, subcharts: dict[str, list[File]], parsed: Parsed) -> bool:
    """Puts one file where it belongs. ``True``: it made the chart's metadata exist."""
    name = file.name
    if name == "Chart.yaml":
        return False
    if name in ("Chart.lock", "requirements.lock"):
        chart.lock = read_lock(file.data, name, parsed)
    elif name == "requirements.yaml":
        read_metadata(file.data, name, chart.metadata, parsed)
    elif name == "values.yaml":
        chart.values = _chart_values(file.data, parsed)
    elif name == "values.schema.json":
        chart.schema, chart.schema_modtime = file.data, file.modtime
    elif name.startswith("templates/"):
        chart.templates.append(file)
    elif name.startswith("charts/") and not name.endswith(".prov"):
        inner = name.removeprefix("charts/")
        subcharts.setdefault(inner.partition("/")[0], []).append(File(inner, file.data, file.modtime))
    else:
        chart.files.append(file)
    if name in ("requirements.yaml", "requirements.lock"):
        if chart.metadata.api_version == "v1":
            chart.files.append(file)
        return True
    return False


def _chart_values(data: bytes, parsed: Parsed) -> JsonObject:
    from ..yamlio.errors import YamlError, unreadable

    try:
        return cast("JsonObject", parsed.read("values", data, load_values))
    except YamlError as error:
        raise ChartLoadError(
            unreadable("values.yaml of the chart", data, error.go_message),
            helm=f"cannot load values.yaml: {error.go_message}",
            file="values.yaml",
        ) from None


def _subchart(chart: Chart, name: str, group: list[File], parsed: Parsed) -> Chart:
    from .archives.archive import read_archive

    parsed.depth += 1
    try:
        if parsed.depth > MAX_NESTED:
            raise ChartLoadError(f"subcharts are nested more than {MAX_NESTED} levels deep.", chart=chart.name)
        if posixpath.splitext(name)[1] == ".tgz":
            if group[0].name != name:
                raise _not_one_file(chart, name, group[0].name)
            files = read_archive(group[0].data, name, nested=True, bounds=parsed.bounds)
            parsed.unpacked += sum(len(file.data) for file in files)
            if parsed.unpacked > MAX_UNPACKED:
                raise ChartLoadError(
                    f"the archives of this chart's subcharts unpack to more than {MAX_UNPACKED} bytes together.", chart=chart.name
                )
            return load_files(files, parsed)
        inner = [File(file.name.partition("/")[2], file.data, file.modtime) for file in group if "/" in file.name]
        return load_files(inner, parsed)
    except ChartLoadError as error:
        cause = str(error.fields.get("cause") or error.message)
        path = [name, *error.fields.get("path", ())]
        fields = dict(error.fields, chart=chart.name, subchart=name, path=path, cause=cause)
        raise ChartLoadError(
            f"The subchart {_shown(path)} of {chart.name} cannot be loaded: {cause}",
            helm=f"error unpacking subchart {name} in {chart.name}: {error.helm_message}",
            **fields,
        ) from None
    finally:
        parsed.depth -= 1


def _shown(path: list[str]) -> str:
    """Where a subchart is: ``charts/a/charts/b``; of a long way its ends."""
    parts = [f"charts/{plain_text(name, 100)}" for name in path]
    return "/".join(parts if len(parts) < 5 else [*parts[:2], "...", *parts[-2:]])


def _not_one_file(chart: Chart, name: str, found: str) -> ChartLoadError:
    return ChartLoadError(
        f"charts/{name} should be an archive, but it is a directory that contains {found}.",
        helm=f"error unpacking subchart tar in {chart.name}: expected {name}, got {found}",
    )
