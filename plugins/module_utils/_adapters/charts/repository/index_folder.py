# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A chart repository in a folder: archives, index, lock, and the cache about them.

The cache holds the digest of each archive with its size and times, and the entries of the index that was written last, by the digest of
that index. An archive that is not in the cache is read for its digest. Only if no index knows that digest, it is unpacked.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...._engine.aliases import JsonObject
from ...._engine.errors import OperatorError, OptionError
from ...._engine.publish.index import Entry, IndexText, parse_index
from ...cache_home import cache_folder, prune, store
from ...private_files import check_target, reason, write_private
from ..files import in_utf8, on_disk

NAME = "repository-index"
LOCK_SECONDS = 60.0
_FORMAT = 1
#: an archive that changed so recently may change again without a change of its times
_SETTLED = 2_000_000_000


@dataclass(frozen=True)
class Archive:
    """An archive in the folder: its path relative to it, and what shows that it changed."""

    path: str
    facts: tuple[int, int, int]


@dataclass
class Known:
    """What is cached about a folder: digests of archives by path and facts, and indexes by digest."""

    archives: dict[str, tuple[tuple[int, int, int], str]] = field(default_factory=dict)
    #: digests of files that are not charts, and why
    refused: dict[str, str] = field(default_factory=dict)
    index: str = ""
    text: IndexText = field(default_factory=IndexText)


class IndexFolder:
    """:param as_json: the form of the index that is written.

    Every method may raise ``OptionError`` for a folder that cannot be read or written.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], *, as_json: bool) -> None:
        self.folder = folder
        self.index = folder / "index.yaml"
        self._as_json = as_json
        top = cache_folder(environ, NAME)
        identity = f"{_FORMAT} {os.path.realpath(folder)} {as_json}".encode("utf-8", "surrogateescape")
        self._cache = top / hashlib.sha256(identity).hexdigest() if top else None
        self._top = top

    def archives(self) -> list[Archive]:
        """``*.tgz`` in the folder and in its subfolders, as Helm finds them."""
        found = self._listed("")
        return sorted(found, key=lambda archive: (archive.path.count("/"), os.fsencode(on_disk(archive.path))))

    def _listed(self, below: str) -> list[Archive]:
        found: list[Archive] = []
        try:
            with os.scandir(self.folder / below) as listing:
                for entry in listing:
                    if entry.name.endswith(".tgz"):
                        try:
                            facts = entry.stat()
                        except FileNotFoundError:  # it was removed meanwhile, or is a link to nothing
                            continue
                        if stat.S_ISREG(facts.st_mode):
                            found.append(Archive(in_utf8(below + entry.name), (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)))
                    elif not below and entry.is_dir():
                        found += self._listed(f"{entry.name}/")
        except FileNotFoundError as error:
            if not below:
                raise OptionError(f"path: there is no directory {self.folder}.", option="path") from error
        except OSError as error:
            raise OptionError(f"path: {self.folder / below} cannot be read: {reason(error)}.", option="path") from None
        return found

    def read(self, archive: Archive) -> bytes | None:
        """The bytes of an archive; ``None`` if it was removed meanwhile."""
        place = self.folder / on_disk(archive.path)
        try:
            return place.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OptionError(f"path: {place} cannot be read: {reason(error)}.", option="path") from None

    def text(self, path: Path) -> bytes | None:
        """The bytes of an index; ``None`` if it does not exist."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OptionError(f"{path} cannot be read: {reason(error)}.") from None

    def entries(self, data: bytes, source: str, known: Known) -> IndexText:
        """The entries of an index; cached for the one that was written last. Raises ``RepositoryError``."""
        if known.index and hashlib.sha256(data).hexdigest() == known.index:
            return known.text
        return parse_index(data, source, as_json=self._as_json)

    def write(self, data: bytes) -> None:
        """Replace the index in one step."""
        try:
            write_private(self.index, data, 0o644)
        except OSError as error:
            raise OptionError(f"path: {self.index} cannot be written: {reason(error)}.", option="path") from None

    def check(self) -> None:
        """Raise the error of ``write``, as far as that can be known without writing."""
        try:
            check_target(self.index)
        except OSError as error:
            raise OptionError(f"path: {self.index} cannot be written: {reason(error)}.", option="path") from None

    # --- the cache

    def known(self) -> Known:
        """What is cached; empty where nothing is, or where it cannot be read."""
        if self._cache is None:
            return Known()
        try:
            if self._cache.stat().st_uid != os.geteuid():
                return Known()
            digest, _line, data = self._cache.read_bytes().partition(b"\n")
            if hashlib.sha256(data).hexdigest().encode() != digest:
                return Known()
            tree = json.loads(data)
            index = IndexText(extra=tree["extra"], skipped=tree["skipped"])
            for name, entries in tree["charts"].items():
                index.charts[name] = [Entry(name, *entry) for entry in entries]
            archives = {path: ((one[0], one[1], one[2]), one[3]) for path, one in tree["archives"].items()}
            return Known(archives, tree["refused"], tree["index"], index)
        except (OSError, ValueError, KeyError, AttributeError, TypeError, IndexError, RecursionError):
            return Known()

    def remember(self, known: Known) -> None:
        """Cache what was found out. Raises nothing: a cache saves time only."""
        if self._cache is None:
            return
        settled = time.time_ns() - _SETTLED
        archives: JsonObject = {path: [*facts, digest] for path, (facts, digest) in known.archives.items() if max(facts[1:]) < settled}
        charts = {
            name: [(entry.version, entry.digest, entry.url, entry.created, entry.text) for entry in entries]
            for name, entries in known.text.charts.items()
        }
        tree = {
            "archives": archives,
            "refused": known.refused,
            "index": known.index,
            "charts": charts,
            "extra": known.text.extra,
            "skipped": known.text.skipped,
        }
        data = json.dumps(tree, check_circular=False).encode()
        if store(self._cache, hashlib.sha256(data).hexdigest().encode() + b"\n" + data):
            prune(self._top)

    # --- concurrent tasks

    @contextlib.contextmanager
    def locked(self) -> Iterator[str]:
        """Only one task at a time works on the folder. Yields why it cannot be locked; empty: it is locked."""
        try:
            handle = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise OptionError(f"path: there is no directory {self.folder}.", option="path") from None
        except OSError as error:
            raise OptionError(f"path: {self.folder} cannot be read: {reason(error)}.", option="path") from None
        try:
            yield self._lock(handle)
        finally:
            os.close(handle)  # which ends the lock

    def _lock(self, handle: int) -> str:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return ""
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OperatorError(
                        f"{self.folder} has been locked by another process for more than {LOCK_SECONDS:.0f} seconds; run the task again "
                        "later."
                    ) from None
                time.sleep(0.02)
            except OSError as error:  # some network file systems have no locks for folders
                return reason(error)
