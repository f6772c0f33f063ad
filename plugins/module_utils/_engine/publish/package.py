# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Packages a chart (Helm: ``pkg/action/package.go``, ``pkg/chart/v2/util/save.go``).

The archive contains what ``helm package`` puts into it: Chart.yaml and Chart.lock written again, subcharts unpacked, and every file that
``.helmignore`` does not exclude. Different from Helm's archive, it depends on nothing but these files:

* All files have one time, SOURCE_DATE_EPOCH or a fixed one; Helm takes the times of the files, which differ from checkout to checkout.
* Chart.yaml comes first, all other files are sorted by path; Helm's order of subcharts is random.
* Of several subcharts with the same name (a dependency that is used in two versions) each has its own folder. Helm packs them into one
  folder, where their files overwrite each other.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..chart.compatible import is_version
from ..chart.dependencies import missing_dependencies
from ..chart.metadata import lock_tree, metadata_tree, validate
from ..chart.model import Chart, File, Lock, Metadata
from ..errors import ChartLoadError, OptionError
from ..plain import replace
from ..yamlio.dump import dumps
from .pack import LATEST, pack

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ..plain import dataclass

#: the time of files without SOURCE_DATE_EPOCH: 1 January 1980, the first that every archive format can hold
FIXED_TIME = 315532800
_RFC3339 = "2006-01-02T15:04:05Z07:00"


@dataclass(frozen=True)
class Package:
    """A packaged chart.

    ``metadata``: Chart.yaml as it is in the archive, which is what a provenance file signs, with ``file_name`` and ``digest``.
    """

    file_name: str
    data: bytes
    metadata: bytes
    chart: Metadata

    @property
    def digest(self) -> str:
        """The SHA-256 of the archive in hexadecimal digits, as in an index."""
        return hashlib.sha256(self.data).hexdigest()


def package(chart: Chart, *, version: str = "", app_version: str = "", moment: int | None = None) -> Package:
    """The archive of a chart.

    :param version: replaces the chart's version. :param app_version: replaces its appVersion.
    :param moment: SOURCE_DATE_EPOCH, in seconds since 1970: the time of all files, and of Chart.lock's ``generated`` as in Helm.
    :raises OptionError: ``version`` is not a version. ``ChartLoadError``: the chart cannot be packaged.
    """
    chart = _with_versions(chart, version, app_version)
    missing = missing_dependencies(chart)
    if missing:
        names = ", ".join(missing)
        raise ChartLoadError(
            f"Chart.yaml of {chart.name} declares dependencies that are missing in charts/: {names}. Download them with "
            "chart_dependency, or set dependency_update.",
            helm=f"found in Chart.yaml, but missing in charts/ directory: {names}",
            chart=chart.name,
            missing=missing,
        )
    return packed(chart, moment)


def packed(chart: Chart, moment: int | None = None) -> Package:
    """The archive of a chart as it is, whether its dependencies are there or not.

    Helm: ``chartutil.Save``. Raises ``ChartLoadError``.
    """
    metadata = _chart_yaml(chart)
    files = sorted(_files(chart, chart.name, moment), key=_place)
    data = pack(files, FIXED_TIME if moment is None else moment)
    return Package(f"{chart.name}-{chart.metadata.version}.tgz", data, metadata, chart.metadata)


def moment_of(text: str) -> int | None:
    """The time that SOURCE_DATE_EPOCH sets, ``None`` where it is empty. Raises ``OptionError``."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LATEST):
        raise OptionError(
            f"SOURCE_DATE_EPOCH is {text[:100]!r}; use a number of seconds since 1970, from 0 to {LATEST}.",
            helm="invalid SOURCE_DATE_EPOCH",
            option="SOURCE_DATE_EPOCH",
        )
    return int(text)


def _with_versions(chart: Chart, version: str, app_version: str) -> Chart:
    metadata = replace(chart.metadata, version=version or chart.metadata.version, app_version=app_version or chart.metadata.app_version)
    if version and not is_version(version):
        raise OptionError(
            f"version is {version[:100]!r}, which is not a semantic version such as 1.2.3.",
            helm="invalid semantic version",
            option="version",
        )
    validate(metadata)
    return replace(chart, metadata=metadata)


def _place(file: tuple[str, bytes]) -> tuple[bool, bytes]:
    path = file[0]
    return path.count("/") != 1 or not path.endswith("/Chart.yaml"), path.encode("utf-8", "surrogateescape")


def _files(chart: Chart, base: str, moment: int | None) -> Iterator[tuple[str, bytes]]:
    """Every file of a chart and its subcharts. Raises ``ChartLoadError``."""
    yield f"{base}/Chart.yaml", _chart_yaml(chart)
    if chart.metadata.api_version == "v2" and chart.lock is not None:
        yield f"{base}/Chart.lock", _lock(chart, chart.lock, moment)
    for file in chart.raw:
        if file.name == "values.yaml":
            yield f"{base}/values.yaml", file.data
    if chart.schema is not None:
        yield f"{base}/values.schema.json", _schema(chart, chart.schema)
    files: list[File] = [*chart.templates, *chart.files]
    for file in files:
        yield posixpath.normpath(f"{base}/{file.name}"), file.data
    used: set[str] = set()
    for subchart in chart.dependencies:
        yield from _files(subchart, f"{base}/charts/{_folder(subchart, used)}", moment)


def _folder(chart: Chart, used: set[str]) -> str:
    """The folder of a subchart, different from those that are used already."""
    name = chart.name
    number = 1
    while name in used:
        name = f"{chart.name}-{chart.metadata.version}" if number == 1 else f"{chart.name}-{chart.metadata.version}-{number}"
        number += 1
    used.add(name)
    return name


def _chart_yaml(chart: Chart) -> bytes:
    metadata = chart.metadata
    if metadata.api_version == "v1":  # whose dependencies are in requirements.yaml
        metadata = replace(metadata, dependencies=[])
    return dumps(metadata_tree(metadata)).encode("utf-8", "surrogateescape")


def _lock(chart: Chart, lock: Lock, moment: int | None) -> bytes:
    from ..gotypes.values import GoError  # late: few charts have a lock
    from ..sprig.gotime import Time
    from ..sprig.time_parser import parse_time
    from ..sprig.zones import UTC

    tree = lock_tree(lock)
    try:
        generated = parse_time(_RFC3339, tree["generated"], UTC)
    except GoError as error:
        raise ChartLoadError(
            f"Chart.lock of {chart.name} has a time in generated that is not valid: {error}.",
            helm=f"cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: {error}",
            chart=chart.name,
            file="Chart.lock",
        ) from None
    tree["generated"] = (generated if moment is None else Time(moment)).rfc3339()
    return dumps(tree).encode("utf-8", "surrogateescape")


def _schema(chart: Chart, schema: bytes) -> bytes:
    try:
        json.loads(schema.decode("utf-8", "replace"), parse_constant=_refuse, parse_int=str, parse_float=str)  # numbers of any size
    except (ValueError, RecursionError) as error:
        raise ChartLoadError(
            f"values.schema.json of {chart.name} is not valid JSON: {error}.",
            helm="failed to save: invalid JSON in values.schema.json",
            chart=chart.name,
            file="values.schema.json",
        ) from None
    return schema


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a JSON value")
