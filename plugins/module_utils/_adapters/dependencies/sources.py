# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The repositories that a chart's dependencies come from.

A dependency comes from a repository over HTTP, from a registry, or from a folder of this host, which is packaged. Each index is read once.
Credentials are those of the task for the URL; without them, those of an added repository, or of a stored login, as everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..._engine.chart.dependencies import missing_dependencies
from ..._engine.chart.index.load import ChartVersion
from ..._engine.chart.model import Chart, Dependency
from ..._engine.chart.places.source import FoundArchive
from ..._engine.dependencies.names import FILE, is_within, unknown_repositories
from ..._engine.dependencies.resolve import Archives, Sources
from ..._engine.errors import ChartLoadError, ChartNotFound
from ..._engine.oci.references import parse_reference
from ..._engine.plain_text import plain_text
from ..._engine.publish.package import packed
from ..._engine.web import is_oci, without_secrets
from ..charts.files import on_disk, read_chart
from ..charts.locate import archive_source_of
from ..charts.reference import ChartReference
from ..charts.remote import Listed, Remote
from ..charts.repository.repositories import HelmPaths, Repositories
from ..compiled_cache import compiled_cache
from ..http.repo_http import Access, Http


@dataclass(frozen=True)
class DependencyRepository:
    """A repository that a task describes. ``name``: what ``@name`` in a chart refers to; empty: nothing."""

    url: str
    name: str = ""
    access: Access = field(default_factory=Access)


class TaskSources(Sources):
    """The sources of the dependencies of one chart.

    :param chart: the folder of the chart, which relative paths start from.
    :param repositories: those of the task.
    :param moment: the time of files in archives that are packaged from folders, in seconds since 1970; ``None``: a fixed one.
    :param offline: nothing is requested; what is not in the caches is an error.
    """

    def __init__(
        self,
        chart: Path,
        repositories: Sequence[DependencyRepository],
        environ: Mapping[str, str],
        moment: int | None = None,
        *,
        offline: bool = False,
    ) -> None:
        self._chart = chart
        self._repositories = repositories
        self._environ = environ
        self._moment = moment
        self._offline = offline
        self._listed: dict[str, tuple[Remote, Listed]] = {}

    def known(self, dependencies: Iterable[Dependency]) -> dict[str, str]:
        """The URLs of repositories by name, read only if a dependency has one.

        Raises ``OperatorError``.
        """
        if not unknown_repositories(dependencies):
            return {}
        added = Repositories(HelmPaths.of(self._environ), Http(self._environ)).entries()
        return {
            **{entry.name: entry.url for entry in added if entry.name},
            **{one.name: one.url for one in self._repositories if one.name},
        }

    def archives(self, dependency: Dependency) -> Archives:
        repository, name = dependency.repository, dependency.name
        if repository.startswith(FILE):
            return _Folder(self._folder(repository), self._environ, self._moment)
        access = self._access(repository)
        if is_oci(repository):
            parse_reference(f"{repository.rstrip('/')}/{name}", "repository")  # whose errors name the field
            return archive_source_of(ChartReference(name, repository, access=access, offline=self._offline), self._environ)
        return self._indexed(repository, name, access)

    def _access(self, url: str) -> Access:
        """The task's access to a repository: of all its repositories that contain the URL, the longest counts."""
        found = [one for one in self._repositories if is_within(url, one.url)]
        return max(found, key=lambda one: len(one.url.rstrip("/"))).access if found else Access()

    def _indexed(self, url: str, name: str, access: Access) -> Archives:
        key = url.rstrip("/")
        if key not in self._listed:
            remote = Remote(ChartReference(name, url, access=access, offline=self._offline), self._environ)
            self._listed[key] = remote, remote.listed(name)
        return _Indexed(*self._listed[key], name)

    def _folder(self, repository: str) -> Path:
        """The folder of a dependency (Helm: ``GetLocalPath``)."""
        path = self._chart / on_disk(repository[len(FILE) :])
        shown = os.path.normpath(path)
        if not path.is_dir():
            raise ChartLoadError(
                f"Its repository {plain_text(repository, 200)} is {shown}, which is not a directory with a chart.",
                helm=f"directory {shown} not found",
                file=shown,
            )
        if f"{os.path.realpath(self._chart)}/".startswith(f"{os.path.realpath(path)}/"):
            raise ChartLoadError(
                f"Its repository {plain_text(repository, 200)} is {shown}, which contains the chart itself. A chart cannot depend on "
                "itself.",
                file=shown,
            )
        return path

    def version_in_charts(self, name: str) -> str:
        path = self._chart / "charts" / on_disk(name)
        if not path.is_dir():
            raise ChartLoadError(
                f"It has no repository, and there is no folder charts/{name}. Add the folder, or set the repository in the chart.",
                helm=f"directory {path} not found",
                file=str(path),
            )
        return read_chart(str(path)).metadata.version


class _Folder:
    """The chart in a folder, as an archive that is the same wherever it is packaged."""

    def __init__(self, path: Path, environ: Mapping[str, str], moment: int | None) -> None:
        self._chart: Chart = read_chart(str(path), compiled_cache(environ))
        self._path = path
        self._moment = moment

    def versions(self) -> Sequence[str]:
        return [self._chart.metadata.version]

    def find(self, version: str) -> FoundArchive:
        chart, warnings = self._chart, []
        missing = missing_dependencies(chart)
        if missing:
            warnings.append(
                f"The chart {chart.name} in {os.path.normpath(self._path)} declares dependencies that are missing in its charts/: "
                f"{', '.join(missing)}. Run chart_dependency on that chart first."
            )
        return FoundArchive(
            f"{chart.name}-{version}.tgz",
            str(self._path),
            lambda: packed(chart, self._moment).data,
            lambda: None,
            warnings=warnings,
            is_local=True,
        )


class _Indexed:
    """A chart in the index of a repository."""

    def __init__(self, remote: Remote, listed: Listed, name: str) -> None:
        self._remote = remote
        self._listed = listed
        self._name = name

    def _entries(self) -> list[ChartVersion]:
        """Those with a download URL, as Helm's resolver takes them. Raises ``ChartNotFound``."""
        try:
            return [entry for entry in self._listed.index.versions(self._name) if entry.urls]
        except ChartNotFound as error:
            error.helm = f"{self._name} chart not found in repo {without_secrets(self._listed.url)}"
            raise

    def versions(self) -> Sequence[str]:
        return [entry.version for entry in self._entries()]

    def find(self, version: str) -> FoundArchive:
        entry = next(entry for entry in self._entries() if entry.version == version)
        return self._remote.found_archive(entry, self._listed.url, self._listed.access)


def credentials_in(url: str) -> bool:
    """Whether a URL contains credentials, which would become part of a lock file."""
    return "@" in url.partition("://")[2].partition("/")[0] and without_secrets(url) != url
