# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""From what a task calls a chart to the chart in memory (Helm: ``ChartPathOptions.LocateChart``).

A reference is, in this order: a path that exists; a chart of the repository whose URL is given; an http(s) URL of an
archive; ``repository/name`` of a configured repository. What is not on this machine is ``remote``' business, which a task with a
path does not import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..._engine.chart.model import Chart
from ..._engine.errors import ChartNotFound, NotBuiltYet
from ..kept_work import kept_work
from ..user_paths import exists, user_path
from .files import read_chart
from .reference import ChartReference


@dataclass(frozen=True)
class Resolved:
    """The chart, and in words where it came from."""

    chart: Chart
    origin: str


def resolve(reference: ChartReference, environ: Mapping[str, str]) -> Resolved:
    """Find, fetch and load. Raises ``ChartNotFound``, ``ChartLoadError``, ``RepositoryError``, ``NotBuiltYet``."""
    ref = reference.ref.strip()
    store = kept_work(environ)
    if ref.startswith("oci://"):
        raise NotBuiltYet(
            "chart_ref: OCI registries (oci://) are not supported yet; use a chart repository, a URL or a file.", feature="oci"
        )
    if not reference.repo_url:
        path = Path(reference.folder, user_path(ref, "chart_ref", environ))
        if exists(path):
            return _of_wanted_version(Resolved(read_chart(str(path), store), str(path)), reference.version)
        if ref.startswith(("/", ".", "~")):
            raise ChartNotFound(
                f"chart_ref: no chart found at {path}; specify a chart directory or .tgz archive, a URL, or repository/name.",
                helm=f'path "{ref}" not found',
                chart=ref,
            )
    from .remote import RemoteCharts

    found, origin = RemoteCharts(reference, environ, store).run(ref)
    at_hand = not reference.repo_url and ref.startswith(("http://", "https://"))  # the others were chosen by their version
    return _of_wanted_version(Resolved(found, origin), reference.version) if at_hand else Resolved(found, origin)


def _of_wanted_version(resolved: Resolved, wanted: str) -> Resolved:
    """The chart itself. Raises ``ChartNotFound`` when ``chart_version`` does not allow it."""
    if wanted:
        from ..._engine.chart.versions import check_version  # late: few tasks name the version of a chart that they have

        check_version(resolved.chart.name, resolved.chart.metadata.version, wanted, resolved.origin)
    return resolved
