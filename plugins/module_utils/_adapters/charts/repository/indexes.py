# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Indexes of repositories: fetched, and in Helm's cache (``$HELM_REPOSITORY_CACHE/NAME-index.yaml``).

Helm: ``ChartRepository.DownloadIndexFile`` in ``pkg/repo/v1/chartrepo.go``. What is no index never replaces one in the cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ...._engine.chart.index.load import Index, load_index, resolve_url
from ...._engine.errors import OperatorError, RepositoryError
from ...._engine.ports import CompiledCache
from ...._engine.url_secrets import has_url_credentials
from ...http.http_cache import Body
from ...http.repo_http import Access, Http, without_secrets
from ...private_files import reason, write_private

_SETTLED = 2.0  # seconds after which a file that changes again has another time


@dataclass(frozen=True)
class FetchedIndex:
    """An index and its text."""

    index: Index
    body: Body


class Indexes:
    """:param folder: Helm's cache of indexes. :param cache: of parsed charts."""

    def __init__(self, folder: Path, http: Http, cache: CompiledCache | None = None) -> None:
        self._folder = folder
        self._http = http
        self._cache = cache

    def fetch(self, url: str, access: Access) -> FetchedIndex:
        """The index of the repository at a URL. Raises ``RepositoryError``."""
        try:
            body = self._http.get_cached(resolve_url(url, "index.yaml"), access)
            return FetchedIndex(self._parsed(body, url), body)
        except RepositoryError as error:
            raise error if self._http.offline else not_a_repository(url, error) from error

    def cached(self, name: str, url: str) -> Index | None:
        """The index of a configured repository in Helm's cache; ``None`` where there is none.

        :raises RepositoryError: the file is not an index.
        """
        try:
            body = self._read(self._path(name))
        except (OSError, ValueError):  # a name with a zero byte
            return None
        return self._parsed(body, url)

    def store(self, name: str, fetched: FetchedIndex) -> None:
        """Write an index to Helm's cache, unless it is there. Raises ``OperatorError``."""
        path = self._path(name)
        charts = path.with_name(f"{name}-charts.txt")
        with contextlib.suppress(OSError, ValueError):
            if charts.exists() and self._read(path).digest == fetched.body.digest:
                return
        try:
            write_private(path, fetched.body.data, 0o644, parents=True)
            names = "".join(f"{chart}\n" for chart in fetched.index.names)
            write_private(charts, names.encode("utf-8", "surrogateescape"), 0o644)
        except OSError as error:
            raise OperatorError(f"The index cannot be written to {self._folder}: {reason(error)}.") from error

    def updated(self, name: str) -> str:
        """When an index was written to Helm's cache, in RFC 3339; empty where there is none."""
        try:
            modified = self._path(name).stat().st_mtime
        except (OSError, ValueError):
            return ""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(modified))

    def remove(self, name: str) -> None:
        """Remove an index from Helm's cache. One that stays is read by nothing."""
        path = self._path(name)
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            path.with_name(f"{name}-charts.txt").unlink(missing_ok=True)

    def _parsed(self, body: Body, url: str) -> Index:
        return load_index(body.data, without_secrets(url), None if body.secret else self._cache, body.digest)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}-index.yaml"

    def _read(self, path: Path) -> Body:
        """The bytes of a file. Their digest is cached, by what shows that the file was changed.

        :raises OSError: it cannot be read.
        """
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            data = file.read()
            unchanged = _facts(facts) == _facts(os.fstat(file.fileno())) and len(data) == facts.st_size
        key = f"file {path} {_facts(facts)}"
        known = self._cache.get(key) if self._cache and unchanged else None
        if known is not None:
            return Body(data, known.decode())
        digest, secret = hashlib.sha256(data).hexdigest(), has_url_credentials(data)
        if self._cache and not secret and unchanged and time.time() - max(facts.st_mtime, facts.st_ctime) > _SETTLED:
            self._cache.put(key, digest.encode())
        return Body(data, digest, secret)


def _facts(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


def not_a_repository(url: str, error: RepositoryError) -> RepositoryError:
    """The same error, for the repository as a whole."""
    shown = without_secrets(url)
    return RepositoryError(
        f"{shown} is not a valid chart repository: {error}",
        helm=f'looks like "{shown}" is not a valid chart repository or cannot be reached: {error.helm_message}',
        **error.fields,
    )
