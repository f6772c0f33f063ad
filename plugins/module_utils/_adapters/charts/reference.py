# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The chart that a task names, and the access to its repository."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..http.repo_http import Access


@dataclass(frozen=True)
class ChartReference:
    """The options of a task that name a chart.

    ``access.url`` is not read; credentials belong to ``repo_url``, or to the URL itself. ``folder``: relative paths are taken from here.
    ``refresh``: request a new index from the repository first.
    """

    ref: str
    repo_url: str = ""
    version: str = ""
    access: Access = field(default_factory=Access)
    refresh: bool = False
    folder: str = ""
