# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A chart's digest, which shows whether a chart is the installed one, subcharts included.

It covers the bytes of every file that was loaded (ignored files are not part of a chart), in an order that does not depend on the order of
reading. Times and the form of the archive do not count. Subcharts need no special handling: their files, or their archives, are among the
files of the parent chart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from .model import Chart, File


def chart_digest(chart: Chart) -> str:
    """``sha256:`` and 64 hexadecimal digits over every file as loaded.

    The same before and after dependencies are processed.
    """
    digest = hashlib.sha256()
    for part in sorted(_parts(chart.raw or _rebuilt(chart))):
        digest.update(part)
    return "sha256:" + digest.hexdigest()


def _parts(files: Iterable[File]) -> Iterable[bytes]:
    """One fixed-length piece a file, so that no two sets of files can run into each other."""
    for file in files:
        name = file.name.encode("utf-8", "surrogateescape")
        yield hashlib.sha256(name).digest() + hashlib.sha256(file.data).digest()


def _rebuilt(chart: Chart) -> list[File]:
    """A chart that was not read from files (from a release's record): what it holds, as files."""
    from ..yamlio.gojson import json_dumps

    files = [*chart.templates, *chart.files, File("values.yaml", json_dumps(chart.values).encode("utf-8", "surrogateescape"))]
    files.append(File("Chart.yaml", repr(chart.metadata).encode("utf-8", "surrogateescape")))
    if chart.schema is not None:
        files.append(File("values.schema.json", chart.schema))
    for dependency in chart.dependencies:
        files.append(File(f"charts/{dependency.name}", chart_digest(dependency).encode("ascii")))
    return files
