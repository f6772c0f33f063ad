# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Where this collection's caches are, how their files are written, and how old files are removed.

A cache saves time and nothing else: a folder that cannot be written, a full disk, a process without a home folder, or a relative path in
``XDG_CACHE_HOME`` (invalid by the XDG specification) means that nothing is cached. No function of this file raises an error of the
operating system.

| folder below ``windlass-charts`` | content | bound |
|---|---|---|
| ``compiled`` | compiled templates (``compiled_cache``) | 128 MiB, least recently used first |
| ``discovery`` | kinds that a server serves (``kube/discovery``) | ``prune`` |
| ``http`` | indexes of repositories, and digests of archives, with their ETags (``http/http_cache``) | ``prune``, 1 GiB |
| ``index`` | charts of indexes in parsed form, by content (``charts/repository/index_cache``) | 64 MiB, least recently used first |
| ``oci`` | manifests of charts in registries, by digest (``registry/manifest_cache``) | ``prune``, 16 MiB |
| ``repository-index`` | digests of the archives in a folder, entries of its index (``charts/repository/index_folder``) | ``prune`` |
| ``bytecode`` | compiled sources of this collection (``plugin_utils/_bytecode``) | one file for each source |
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86400.0
MAX_FILES = 500
MAX_BYTES = 1 << 28


def home_folder(environ: Mapping[str, str]) -> str:
    """The user's home folder: ``HOME`` where it is an absolute path, else the passwd entry's.

    Empty where there is neither.
    """
    home = environ.get("HOME") or ""
    if os.path.isabs(home):  # noqa: PTH117  pathlib would be slower
        return home
    try:
        import pwd  # late: most processes have HOME

        home = pwd.getpwuid(os.geteuid()).pw_dir
    except (ImportError, KeyError, AttributeError):  # a user id without an entry, as containers have
        return ""
    return home if os.path.isabs(home) else ""  # noqa: PTH117


def cache_home(environ: Mapping[str, str]) -> str:
    """The folder of all caches of this collection, an absolute path; empty where nothing can be cached."""
    base = environ.get("XDG_CACHE_HOME") or ""
    if not os.path.isabs(base):  # noqa: PTH117
        home = home_folder(environ)
        base = f"{home}/.cache" if home else ""
    return f"{base}/windlass-charts" if base and "\0" not in base else ""


def cache_folder(environ: Mapping[str, str], name: str) -> Path | None:
    """The folder of one cache; ``None`` where nothing can be cached. It is not created."""
    from pathlib import Path  # late: a render with a warm cache needs none

    home = cache_home(environ)
    return Path(home, name) if home else None


def store(path: Path | None, data: bytes) -> bool:
    """Write a file of a cache in one step, with mode 0600 in folders of mode 0700.

    Returns whether it was written.
    """
    if path is None:
        return False
    from .private_files import write_private  # late: a warm cache is only read

    try:
        write_private(path, data, parents=True)
    except OSError:
        return False
    return True


def prune(
    folder: Path | None,
    *,
    seconds: float = 30 * DAY,
    files: int = MAX_FILES,
    limit: int = MAX_BYTES,
    only: Callable[[str], bool] = lambda _path: True,
) -> None:
    """Remove a cache's old files, called after one was written.

    :param seconds: files that were last written, or touched, longer ago go.
    :param files: of the others, the newest that many stay ...
    :param limit: ... as long as they have no more than that many bytes together.
    :param only: which files are the cache's, where it shares its folder.
    """
    if folder is None:
        return
    now = time.time()
    left, count = limit, files
    for modified, size, path in sorted((found for found in _files(str(folder), 3) if only(found[2])), reverse=True):
        left -= size
        count -= 1
        if left < 0 or count < 0 or now - modified > seconds:
            _remove(path, str(folder))


def _files(folder: str, depth: int) -> list[tuple[float, int, str]]:
    """(time of last modification, bytes, path) of each file below a folder of a cache.

    Links are not followed.
    """
    found: list[tuple[float, int, str]] = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                try:
                    facts = entry.stat(follow_symlinks=False)
                except OSError:  # another process has removed it
                    continue
                if stat.S_ISREG(facts.st_mode):
                    found.append((facts.st_mtime, facts.st_size, entry.path))
                elif stat.S_ISDIR(facts.st_mode) and depth:
                    found += _files(entry.path, depth - 1)
    except OSError:
        return found
    return found


def _remove(path: str, top: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
        if os.path.dirname(path) != top:  # noqa: PTH120
            os.rmdir(os.path.dirname(path))  # noqa: PTH106,PTH120  the folder of one entry; one that is not empty stays
    except OSError:
        return
