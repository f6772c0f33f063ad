# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A chart in memory (Helm: ``pkg/chart/v2/chart.go``).

Plain data; loading is ``load``, merging values ``values``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from ..aliases import Json, JsonObject

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:
    from ..plain import dataclass, field


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class FileTime(datetime):
    """A file's time of change. ``nanoseconds``: what it has beyond Python's microseconds, 0 to 999."""

    nanoseconds = 0


def file_time(seconds: int, nanoseconds: int, zone: tzinfo | None) -> FileTime | None:
    """A time since 1970; ``None`` for a year that Python does not support.

    :param nanoseconds: 0 to 999,999,999, added to the seconds.
    :param zone: ``None``: the machine's own.
    """
    micro, nano = divmod(nanoseconds, 1000)
    try:
        moment = (_EPOCH + timedelta(seconds=seconds, microseconds=micro)).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return None
    found = FileTime.combine(moment.date(), moment.timetz())
    found.nanoseconds = nano
    return found


@dataclass(frozen=True)
class File:
    """One file of a chart.

    Path relative to the root of the chart with ``/``, bytes without a BOM, and modification time if known.
    """

    name: str
    data: bytes
    modtime: datetime | None = None


@dataclass
class Dependency:
    """One entry of ``dependencies`` (Chart.yaml) or requirements.yaml.

    ``import_values`` holds strings and dicts as written.
    """

    name: str = ""
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: list[str] = field(default_factory=list)
    enabled: bool = False
    import_values: list[Json] = field(default_factory=list)
    alias: str = ""


@dataclass
class Maintainer:
    name: str = ""
    email: str = ""
    url: str = ""


@dataclass
class Metadata:
    """Chart.yaml, sanitised as Helm does before it validates."""

    api_version: str = ""
    name: str = ""
    version: str = ""
    kube_version: str = ""
    description: str = ""
    type: str = ""
    keywords: list[str] = field(default_factory=list)
    home: str = ""
    sources: list[str] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    #: whether there is such a list at all: an empty one has Helm look at the dependencies of subcharts
    has_dependencies: bool = False
    maintainers: list[Maintainer] = field(default_factory=list)
    icon: str = ""
    app_version: str = ""
    deprecated: bool = False
    annotations: dict[str, str] | None = None  # no map and an empty one differ in templates
    condition: str = ""
    tags: str = ""


@dataclass
class Lock:
    """Chart.lock. ``generated`` as written."""

    generated: str = ""
    digest: str = ""
    dependencies: list[Dependency] = field(default_factory=list)


@dataclass
class Chart:
    """A chart and its subcharts.

    ``raw`` holds every file as read (values.yaml for ``show``, the digest); ``templates`` and ``files`` are what Helm
    sorts them into; ``values`` the parsed defaults (numbers are floats).
    """

    metadata: Metadata
    lock: Lock | None = None
    raw: list[File] = field(default_factory=list)
    templates: list[File] = field(default_factory=list)
    values: JsonObject = field(default_factory=dict)
    schema: bytes | None = None
    schema_modtime: datetime | None = None
    files: list[File] = field(default_factory=list)
    dependencies: list[Chart] = field(default_factory=list)
    parent: Chart | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def is_root(self) -> bool:
        return self.parent is None

    @property
    def full_path(self) -> str:
        """``root/charts/sub``: the part before ``/templates/...`` in ``# Source:`` lines."""
        return self.name if self.parent is None else f"{self.parent.full_path}/charts/{self.name}"

    def walk(self) -> Iterator[Chart]:
        """This chart, then its subcharts, depth first."""
        yield self
        for dependency in self.dependencies:
            yield from dependency.walk()
