# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the versions of a chart that ``chart_version`` allows, in a repository or for a loaded chart."""

from __future__ import annotations

from ..errors import ChartNotFound
from ..sprig.semver import Constraint, SemverError, Version


def parsed(version: str) -> Version | None:
    """A version, or ``None`` for what is not a semantic version."""
    try:
        return Version.parse(version)
    except SemverError:
        return None


def constraint(wanted: str, chart: str) -> Constraint:
    """The constraint that a user wrote. Raises ``ChartNotFound`` with what is wrong with it."""
    try:
        return Constraint.parse(wanted)
    except SemverError as error:
        raise ChartNotFound(
            f"chart_version {wanted!r} is not a version or a constraint such as '>=1.2 <2': {error}.",
            helm=str(error),
            chart=chart,
            version=wanted,
        ) from error


def check_version(name: str, version: str, wanted: str, origin: str) -> None:
    """Checks the version of a loaded chart as ``Index.get`` does.

    It must be the same text, or allowed by the constraint.

    Helm ignores ``--version`` for a folder, an archive or a URL.

    :param origin: where the chart is, for the message.
    :raises ChartNotFound: the chart has another version, or ``wanted`` is not a constraint.
    """
    if not wanted or version == wanted:
        return
    allowed, found = constraint(wanted, name), parsed(version)
    if found is None or not allowed.check(found):
        raise ChartNotFound(
            f"The chart at {origin} is {name} {version}, which chart_version {wanted!r} does not allow; change or remove chart_version.",
            chart=name,
            version=wanted,
        )
