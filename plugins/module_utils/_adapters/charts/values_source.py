# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads values from a file or a URL (Helm 4: ``pkg/cli/values/options.go``, ``readFile``).

Credentials are those of the URL itself. A values file is at most as large as a chart's files may be together. Its text is never in a
message, nor are the credentials and the query of a URL.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._engine.errors import NotBuiltYet, RepositoryError, ValuesError
from .files import read_bytes


def read_source(source: str, environ: Mapping[str, str]) -> bytes:
    """The bytes of a values file, or of the file of a ``set_values`` entry.

    :param environ: the task's environment: proxies, and the files of CAs.
    :raises ValuesError: it cannot be read. ``NotBuiltYet``: it is in a registry.
    """
    if source.startswith("oci://"):
        raise NotBuiltYet(f"Values from an OCI registry are not supported yet ({source}); download the file first.", feature="oci")
    if not source.startswith(("http://", "https://")):
        return read_bytes(source)
    from ..http.repo_http import Access, Http, without_secrets  # late: most values are files

    try:
        return Http(environ).get(source, Access(url=source))
    except RepositoryError as error:
        shown = without_secrets(source)
        raise ValuesError(f"The values file {shown} cannot be read: {error.message}", helm=error.helm, source=shown) from error
