# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Copies several versions at once, with a bounded number of threads.

A version that fails does not end the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from ...._engine.chart.places.catalog import ChartCatalog
from ...._engine.errors import EngineError, OptionError
from ...._engine.plain_text import plain_text
from ...._engine.publish.copy import FAILED, ArchiveTransfer, Copied, Item, Policy, Transfer
from ...._engine.web import is_oci, is_web, split_web, without_secrets
from ...http.connections import Access
from ...user_paths import user_path, working_folder
from ..reference import ChartReference
from ..sinks.locate import Environ, Warn, sink_of
from ..sinks.registry import RegistrySink
from .catalogs import FolderCatalog, IndexCatalog, RegistryCatalog
from .registries import RegistryTransfer


def catalog_of(source: str, access: Access, environ: Environ, warn: Warn, *, refresh: bool = False) -> ChartCatalog:
    """The catalog of a source.

    ``oci://`` is a registry, a URL a repository, a path a folder, and any other name an added repository.

    :raises OptionError: the source is not valid.
    """
    text = source.strip()
    if is_oci(text):
        return RegistryCatalog(text, access, environ, warn)
    if is_web(text):
        if "@" in split_web(text).netloc:
            raise OptionError(
                f"source {without_secrets(text)} contains credentials; remove them, and use repo_username and repo_password.",
                option="source",
            )
        return IndexCatalog(ChartReference("", text, access=replace(access, url=text), refresh=refresh), environ)
    if "://" in text:
        scheme = plain_text(text.partition("://")[0], 40)
        raise OptionError(
            f"source has the scheme {scheme!r}; use oci:// for a registry, https:// for a repository, a path, or the name of an added "
            "repository.",
            option="source",
        )
    if not text:
        raise OptionError(
            "source is empty; specify oci://host/path, the URL or the name of a repository, or the path of a folder.", option="source"
        )
    folder = Path(working_folder(), user_path(text, "source", environ))
    if "/" in text or text.startswith((".", "~")) or folder.is_dir():
        return FolderCatalog(folder, warn)
    return IndexCatalog(ChartReference("", access=access, refresh=refresh), environ, text)


class Copier:
    """Copies from a catalog to a destination.

    :param ends: credentials and TLS of the source and of the destination.
    :param environ: the task's environment.
    :param warn: takes sentences for the user, from any thread.
    """

    def __init__(
        self, catalog: ChartCatalog, destination: str, ends: tuple[Access, Access], policy: Policy, environ: Environ, warn: Warn
    ) -> None:
        self._catalog = catalog
        self._destination = destination
        self._ends = ends
        self._policy = policy
        self._environ = environ
        self._warn = warn
        self._own = threading.local()

    def run(self, items: Sequence[Item], threads: int, report: Callable[[int], None] = lambda _done: None) -> list[Copied]:
        """Copy all, and return what became of each, in their order.

        :param report: called with the number of versions that are done.
        """
        self._transfer()  # a destination that is not valid is one error
        pool = ThreadPoolExecutor(max_workers=max(1, min(threads, len(items))), thread_name_prefix="copy")
        try:
            futures = [pool.submit(self._one, item) for item in items]
            for done, _future in enumerate(as_completed(futures), 1):
                report(done)
            return [future.result() for future in futures]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _one(self, item: Item) -> Copied:
        try:
            return self._transfer().copy(item)
        except EngineError as error:
            return Copied(item.name, item.version, FAILED, message=error.message)

    def _transfer(self) -> Transfer:
        """The transfer of this thread: connections and tokens are not shared."""
        found: Transfer | None = getattr(self._own, "transfer", None)
        if found is None:
            found = self._own.transfer = self._new_transfer()
        return found

    def _new_transfer(self) -> Transfer:
        source, target = self._ends
        sink = sink_of(self._destination, target, self._environ, self._warn, "destination_username")
        if isinstance(sink, RegistrySink) and isinstance(self._catalog, RegistryCatalog):
            mounts = _registry(self._catalog.place) == _registry(self._destination) and _login(source) == _login(target)
            return RegistryTransfer(self._catalog, sink, self._policy, self._warn, mounts=mounts)
        return ArchiveTransfer(self._catalog, sink, self._policy, self._warn)


def _registry(place: str) -> str:
    return place.strip().partition("://")[2].partition("/")[0]


def _login(access: Access) -> tuple[str, str]:
    return access.username, access.password
