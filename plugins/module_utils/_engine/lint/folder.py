# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A chart's folder as the linter reads it, file by file.

A chart that cannot be loaded is linted too.
"""

from __future__ import annotations

from typing import Protocol

from ..chart.model import Chart

FILE, FOLDER, NOTHING = "file", "folder", ""


class ChartFolder(Protocol):
    """A chart's folder. Paths are relative to the chart, with ``/``.

    Files that ``.helmignore`` excludes are included; ``load`` applies it.
    """

    @property
    def shown(self) -> str:
        """The folder as messages name it."""

    def kind(self, path: str) -> str:
        """``FILE``, ``FOLDER`` or ``NOTHING``."""

    def read(self, path: str) -> bytes:
        """Raises ``ChartLoadError``."""

    def load(self) -> Chart:
        """Raises ``ChartLoadError``."""
