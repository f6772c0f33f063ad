# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds and loads the chart that a task names (Helm: ``ChartPathOptions.LocateChart``).

A reference is, in this order: a path that exists; a chart of the repository whose URL is given; an http(s) URL of an
archive; ``repository/name`` of a configured repository. A reference with ``oci://`` is a chart in a registry. ``remote`` and
``registry_chart`` handle charts that are not on this host; a task with a path imports neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..._engine.chart.places.source import ArchiveSource, ChartSource, FetchedChart
from ..._engine.errors import ChartNotFound
from ..._engine.web import is_oci
from ..compiled_cache import compiled_cache
from ..user_paths import exists, user_path
from .archives import ArchivedCharts
from .local import LocalArchive, LocalDirectory
from .reference import ChartReference


def archive_source_of(reference: ChartReference, environ: Mapping[str, str]) -> ArchiveSource:
    """The source of an archive that a reference names; a path of this host is none.

    Raises ``ChartNotFound``, ``OptionError``.
    """
    ref = reference.ref.strip()
    if is_oci(reference.repo_url or ref):
        from .registry_chart import registry_chart

        return registry_chart(ref, reference.repo_url.strip(), reference.access, environ, offline=reference.offline)
    from .remote import remote_source

    return remote_source(reference, environ)


def source_of(reference: ChartReference, environ: Mapping[str, str]) -> ChartSource:
    """The source that a reference names. Raises ``ChartNotFound``, ``OptionError``."""
    ref, cache = reference.ref.strip(), compiled_cache(environ)
    if not reference.repo_url and not is_oci(ref):
        path = Path(reference.folder, user_path(ref, "chart_ref", environ))
        if exists(path):
            if path.is_dir():
                return LocalDirectory(path, reference.trust, cache)
            return ArchivedCharts(LocalArchive(path), reference, environ, cache)
        if ref.startswith(("/", ".", "~")):
            raise ChartNotFound(
                f"chart_ref: no chart found at {path}; specify a chart directory or .tgz archive, a URL, or repository/name.",
                helm=f'path "{ref}" not found',
                chart=ref,
            )
    return ArchivedCharts(archive_source_of(reference, environ), reference, environ, cache)


def resolve(reference: ChartReference, environ: Mapping[str, str]) -> FetchedChart:
    """Find, fetch and load the chart that a reference names, in the version that it names.

    Raises as ``ChartSource.fetch``.
    """
    return source_of(reference, environ).fetch(reference.version)
