# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads what a values option names: a file or an http(s) URL (Helm: ``pkg/cli/values/options.go``, ``readFile``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .._engine.errors import ValuesError


def read_bytes(source: str, environ: Mapping[str, str], *, option: str) -> bytes:
    """The bytes of a file (``~`` expanded, relative to the working directory) or URL. Raises ``ValuesError``, ``RepositoryError``."""
    if urlsplit(source).scheme in ("http", "https"):
        from .repo_http import Access, Http  # late: most tasks read no URL

        return Http(environ).get(source, Access(url=source))
    try:
        return Path(source).expanduser().read_bytes()
    except OSError as error:
        raise ValuesError(
            f"{option}: {source} cannot be read ({error.strerror or error}); files are looked for on the host that runs the task.",
            helm=f"open {source}: {(error.strerror or str(error)).lower()}",
            source=source,
        ) from error
