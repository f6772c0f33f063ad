# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Which kind of sink a destination is.

``oci://`` is a registry, a URL a repository with an upload API, and everything else a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ...._engine.chart.places.sink import ChartSink
from ...._engine.errors import OptionError
from ...._engine.plain_text import plain_text
from ...._engine.web import is_oci, is_web, split_web, without_secrets
from ...http.connections import Access
from ...user_paths import user_path, working_folder

Environ = Mapping[str, str]
Warn = Callable[[str], None]


def sink_of(
    destination: str, access: Access, environ: Environ, warn: Warn, option: str = "repo_username", *, deletes: bool = False
) -> ChartSink:
    """The sink of a destination.

    :param access: TLS and the task's credentials; without credentials, the stored ones are used.
    :param warn: takes sentences for the user.
    :param option: the option with the user name, for messages.
    :param deletes: whether versions are removed, for which registries want another right than for pushing.
    :raises OptionError: the destination is not valid.
    """
    text = destination.strip()
    if is_oci(text):
        from .registry import DELETE, PUSH, RegistrySink

        return RegistrySink(text, access, environ, warn, DELETE if deletes else PUSH, option)
    if is_web(text):
        parts = split_web(text)
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise OptionError(
                f"destination {without_secrets(text)} contains credentials, a query or a fragment; remove them, and use {option}.",
                option="destination",
            )
        from ...http.repo_http import Http
        from ..repository.repositories import HelmPaths, Repositories
        from .museum import MuseumSink

        stored = Repositories(HelmPaths.of(environ), Http(environ))
        return MuseumSink(text, stored.access_to(text, access), environ, warn, option)
    if "://" in text:
        scheme = plain_text(text.partition("://")[0], 40)
        raise OptionError(
            f"destination has the scheme {scheme!r}; use oci:// for a registry, https:// for a repository, or the path of a folder.",
            helm=f'scheme "{scheme}" not supported',
            option="destination",
        )
    if not text:
        raise OptionError("destination is empty; specify oci://host/path, the URL of a repository, or a folder.", option="destination")
    from .folder import FolderSink

    return FolderSink(Path(working_folder(), user_path(text, "destination", environ)))
