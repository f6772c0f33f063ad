# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Chooses a version for each dependency (Helm: ``internal/resolver/resolver.go``).

Different from Helm:

* Each dependency is looked up in its own repository. Helm remembers one repository for each name of a chart, and finds only one of two
  charts that have the same name and different repositories.
* A range that no tag in a registry satisfies is an error like any other. Helm tries to download a tag with the name of the range.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from ..chart.compatible import is_version
from ..chart.model import Dependency
from ..chart.places.source import FoundArchive
from ..errors import ChartLoadError, ChartNotFound, EngineError
from ..plain_text import plain_text
from ..sprig.semver import Constraint, SemverError, Version
from ..web import is_oci
from .names import shown_repository


class Archives(Protocol):
    """The archives of one dependency.

    Both methods may raise ``ChartNotFound``, ``ChartLoadError``, ``RepositoryError``, ``OptionError``.
    """

    def versions(self) -> Sequence[str]:
        """The versions that can be fetched, newest first."""

    def find(self, version: str) -> FoundArchive:
        """The archive of one of them."""


class Sources(ABC):
    """The repositories of dependencies."""

    @abstractmethod
    def archives(self, dependency: Dependency) -> Archives:
        """The versions of a dependency.

        :param dependency: with the URL of its repository.
        :raises EngineError: the repository cannot be used.
        """

    @abstractmethod
    def version_in_charts(self, name: str) -> str:
        """The version of the chart in the folder ``charts/NAME``, for a dependency without a repository.

        Raises ``ChartLoadError``.
        """


@dataclass(frozen=True)
class Locked:
    """A dependency in one version.

    ``dependency``: as in a lock file. ``archive``: ``None`` for a chart that is in the folder ``charts`` and has no repository.
    """

    dependency: Dependency
    archive: FoundArchive | None


def resolve(required: Sequence[Dependency], sources: Sources, *, from_lock: bool) -> list[Locked]:
    """Find each dependency in the newest version that it allows.

    :param required: with the URLs of repositories. :param from_lock: they are those of a lock, each in one version.
    :raises ChartNotFound: there is no such version. The message names all of them.
    """
    found: list[Locked] = []
    missing: list[tuple[Dependency, Sequence[str]]] = []
    for dependency in required:
        with _named(dependency):
            _check_name(dependency)
            allowed = _constraint(dependency)
            if not dependency.repository:
                _check_in_charts(dependency, allowed, sources)
                found.append(Locked(Dependency(dependency.name, dependency.version), None))
                continue
            source = sources.archives(dependency)
            versions = _versions(dependency, source)
            version = _newest(dependency, allowed, versions)
            if version is None:
                missing.append((dependency, versions))
            else:
                found.append(Locked(Dependency(dependency.name, version, dependency.repository), source.find(version)))
    if missing:
        raise _not_found(missing, from_lock)
    return found


@contextmanager
def _named(dependency: Dependency) -> Iterator[None]:
    """Errors within it name the dependency."""
    try:
        yield
    except EngineError as error:
        error.message = f"The dependency {plain_text(dependency.name, 100)} cannot be resolved. {error.message}"
        error.fields.setdefault("dependency", dependency.name)
        raise


def _check_name(dependency: Dependency) -> None:
    """Raises ``ChartLoadError`` for a name that no chart can have, and that would be a path."""
    name = dependency.name
    if not name or name in (".", "..") or "/" in name or "\0" in name:
        raise ChartLoadError("Its name is not the name of a chart; correct it in the chart.")


def _constraint(dependency: Dependency) -> Constraint:
    try:
        return Constraint.parse(dependency.version)
    except SemverError as error:
        fault = f"Its version {plain_text(dependency.version, 100)!r} is not a version or a range of versions such as '^1.2.0': {error}."
        raise ChartLoadError(
            fault if dependency.version else "It has no version; set a version or a range such as '^1.2.0' in the chart.",
            helm=f'dependency "{dependency.name}" has an invalid version/constraint format: {error}',
        ) from None


def _check_in_charts(dependency: Dependency, allowed: Constraint, sources: Sources) -> None:
    version = sources.version_in_charts(dependency.name)
    try:
        fits = allowed.check(Version.parse(version))
    except SemverError:
        fits = False
    if not fits:
        raise ChartLoadError(
            f"charts/{dependency.name} contains version {plain_text(version, 100)}, which {dependency.version!r} does not allow.",
            helm=f"dependency {dependency.name} at version {version} does not satisfy the constraint {dependency.version}",
        )


def _versions(dependency: Dependency, source: Archives) -> Sequence[str]:
    """The versions to choose from.

    An exact version in a registry is taken as it is, without listing tags, as in Helm.
    """
    if is_oci(dependency.repository) and is_version(dependency.version):
        return [dependency.version]
    return source.versions()


def _newest(dependency: Dependency, allowed: Constraint, versions: Sequence[str]) -> str | None:
    """The same text, which distinguishes build metadata, or the first that is allowed."""
    if dependency.version in versions and is_version(dependency.version):
        return dependency.version
    for version in versions:
        try:
            if allowed.check(Version.parse(version)):
                return version
        except SemverError:
            continue  # not a version, which repositories may list
    return None


def _not_found(missing: Sequence[tuple[Dependency, Sequence[str]]], from_lock: bool) -> ChartNotFound:
    words, helm = [], []
    for dependency, versions in missing:
        place = plain_text(shown_repository(dependency.repository), 200)
        words.append(f"{plain_text(dependency.name, 100)} {dependency.version!r} in {place}, which has {_some(versions)}")
        helm.append(f'"{dependency.name}" (repository "{place}", version "{dependency.version}")')
    what = "the locked version" if from_lock else "an allowed version"
    hint = "resolve the dependencies again with state: latest" if from_lock else "change the range in the chart"
    return ChartNotFound(
        f"There is not {what} of {len(missing)} of the dependencies: {'; '.join(words)}. Publish the version, or {hint}.",
        helm=f"can't get a valid version for {len(missing)} subchart(s): {', '.join(helm)}. Make sure a matching chart version exists in "
        "the repo, or change the version constraint in Chart.yaml",
        dependencies=[dependency.name for dependency, _versions in missing],
    )


def _some(versions: Sequence[str]) -> str:
    if not versions:
        return "none"
    shown = ", ".join(plain_text(version, 60) for version in versions[:5])
    return shown + (f" and {len(versions) - 5} more" if len(versions) > 5 else "")
