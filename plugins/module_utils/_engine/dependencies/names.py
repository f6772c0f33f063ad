# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What the field ``repository`` of a dependency means, and the URLs of repositories that it names.

Helm: ``Manager.resolveRepoNames``, ``internal/urlutil``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from ..chart.model import Dependency
from ..errors import OptionError
from ..plain import replace
from ..plain_text import plain_text
from ..web import is_oci, is_web, without_secrets

FILE = "file://"
_NAMES = ("@", "alias:")


def name_of(repository: str) -> str:
    """The name of a repository in ``@name`` or ``alias:name``; empty for anything else."""
    return next((repository[len(prefix) :] for prefix in _NAMES if repository.startswith(prefix)), "")


def shown_repository(repository: str) -> str:
    """The repository of a dependency for results and messages, without credentials."""
    rest = repository.partition("://")[2]
    return without_secrets(repository) if "@" in rest or "?" in rest else repository


def unknown_repositories(dependencies: Iterable[Dependency], known: Collection[str] = ()) -> list[str]:
    """The repositories that are neither URLs nor known by name."""
    return [one.repository for one in dependencies if not _is_known(one.repository, known)]


def with_urls(dependencies: Sequence[Dependency], known: Mapping[str, str]) -> list[Dependency]:
    """The dependencies with URLs in place of names.

    :param known: name of a repository -> its URL.
    :raises OptionError: a repository is neither known nor a URL. The message names all of them.
    """
    unknown = unknown_repositories(dependencies, known)
    if unknown:
        raise _unknown(unknown, known)
    return [replace(one, repository=known.get(name_of(one.repository), one.repository)) for one in dependencies]


def _is_known(repository: str, known: Collection[str]) -> bool:
    if name_of(repository):
        return name_of(repository) in known
    return not repository or repository.startswith(FILE) or is_oci(repository) or is_web(repository)


def _unknown(repositories: Sequence[str], known: Mapping[str, str]) -> OptionError:
    missing = ", ".join(plain_text(shown_repository(text), 200) for text in repositories)
    words = ", ".join(f"@{plain_text(name, 60)}" for name in known) or "none"
    helm = f"no repository definition for {missing}. Please add them via 'helm repo add'"
    if any("//" not in text and not name_of(text) for text in repositories):
        helm += (
            '\nNote that repositories must be URLs or aliases. For example, to refer to the "example"\nrepository, use '
            '"https://charts.example.com/" or "@example" instead of\n"example". Don\'t forget to add the repo, too (\'helm repo add\').'
        )
    return OptionError(
        f"There is no repository for {missing} of the dependencies (known: {words}). Use an http(s), oci:// or file:// URL in the chart, "
        "add the repository with chart_repository, or set its name and URL in dependency_repositories.",
        helm=helm,
        option="dependency_repositories",
        repositories=[shown_repository(text) for text in repositories],
    )


def is_within(url: str, base: str) -> bool:
    """Whether a URL is that of a repository, or below it."""
    try:
        inner, outer = _cleaned(urlsplit(url)), _cleaned(urlsplit(base))
    except ValueError:
        return url == base
    if (inner.scheme, inner.netloc.lower()) != (outer.scheme, outer.netloc.lower()):
        return False
    return outer.path == "/" or f"{inner.path}/".startswith(f"{outer.path}/")


def _cleaned(parts: SplitResult) -> SplitResult:
    return parts._replace(path=posixpath.normpath("/" + parts.path.lstrip("/")))
