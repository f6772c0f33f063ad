# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Searches the indexes of repositories.

Helm: ``pkg/cmd/search/search.go``, ``pkg/cmd/search_repo.go``.

Every version of a chart is searched, as descriptions and keywords change. The order is Helm's: by the field in which the text was found
(name, name with repository, description, keywords), by name, newest version first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...errors import OptionError
from ...plain_text import plain_text
from ...sprig.semver import Constraint, SemverError
from ...sprig.text import lower
from ..versions import parsed
from .load import ChartVersion, Index

STABLE, DEVELOPMENT = ">0.0.0", ">0.0.0-0"
_SEPARATOR = "\v"
_MAX_SCORE = 25


@dataclass(frozen=True)
class Query:
    """What is searched for. Empty fields find everything.

    ``text`` is a part of a chart's name, description or keywords in any case, or with ``regexp`` a regular expression with Go's syntax, in
    which case counts. ``keywords``: the chart has all of them, in any case. ``version``: a constraint; ``devel``: prereleases too, where
    there is none. ``all_versions``: not only the newest of each chart.
    """

    text: str = ""
    regexp: bool = False
    keywords: tuple[str, ...] = ()
    version: str = ""
    devel: bool = False
    all_versions: bool = False


@dataclass(frozen=True)
class Hit:
    """A version of a chart that was found.

    ``name``: of the chart, after the name of its repository and a slash if there is one.
    """

    repository: str
    name: str
    entry: ChartVersion


def search(indexes: Iterable[tuple[str, Index]], query: Query) -> list[Hit]:
    """The charts that are found, in Helm's order.

    :param indexes: names of repositories and their indexes; an empty name for a repository that was not added.
    :raises OptionError: the version or the regular expression is not valid.
    """
    allowed = _constraint(query)
    position = _finder(query)
    keywords = {lower(word) for word in query.keywords}
    found: list[tuple[int, Hit]] = []
    for repository, index in indexes:
        for chart, versions in index.everything().items():
            name = f"{repository}/{chart}" if repository else chart
            for entry in {entry.version: entry for entry in versions}.values():
                score = _score(_line(repository, entry), position)
                if score < _MAX_SCORE and keywords <= {lower(word) for word in entry.metadata.get("keywords", ())}:
                    found.append((score, Hit(repository, name, entry)))
    found.sort(key=lambda pair: (pair[0], pair[1].name))  # versions are newest first already
    return _selected([hit for _score_of, hit in found], allowed, query.all_versions)


def _selected(hits: list[Hit], allowed: Constraint, all_versions: bool) -> list[Hit]:
    """Those that the constraint allows; of each chart the first, or all."""
    selected, names = [], set()
    for hit in hits:
        version = parsed(hit.entry.version)
        if (all_versions or hit.name not in names) and version is not None and allowed.check(version):
            selected.append(hit)
            names.add(hit.name)
    return selected


def _constraint(query: Query) -> Constraint:
    text = query.version or (DEVELOPMENT if query.devel else STABLE)
    try:
        return Constraint.parse(text)
    except SemverError as error:
        raise OptionError(
            f"chart_version {plain_text(text, 100)!r} is not a version or a constraint such as '>=1.2 <2': {error}.",
            helm=f"an invalid version/constraint format: {error}",
            option="chart_version",
        ) from None


def _finder(query: Query) -> Callable[[str], int]:
    """A function that returns where the text is in a line, or -1."""
    if not query.text:
        return lambda _line_of: 0
    if not query.regexp:
        text = lower(query.text)
        return lambda line: lower(line).find(text)
    from ...gotypes.values import GoError  # late: few searches have a regular expression
    from ...sprig.regex import compiled

    try:
        expression = compiled(query.text)
    except GoError as error:
        raise OptionError(
            f"search {plain_text(query.text, 100)!r} is not a valid regular expression: {error}.", helm=str(error), option="search"
        ) from None

    def position(line: str) -> int:
        match = expression.search(line)
        return -1 if match is None else int(match.span()[0])

    return position


def _line(repository: str, entry: ChartVersion) -> str:
    fields = entry.metadata
    keywords = " ".join(fields.get("keywords", ()))
    return _SEPARATOR.join((fields["name"], f"{repository}/{fields['name']}", fields.get("description", ""), keywords))


def _score(line: str, position: Callable[[str], int]) -> int:
    """The number of the field in which the text was found."""
    found = position(line)
    return _MAX_SCORE if found < 0 else line.count(_SEPARATOR, 0, found)
