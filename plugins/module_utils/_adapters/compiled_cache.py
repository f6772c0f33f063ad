# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache of compiled charts on disk: ``$XDG_CACHE_HOME/windlass-charts/compiled/``.

* The folder belongs to the user alone (0700, own uid, no link), or nothing is cached. Every entry is a regular file of mode 0600.
* Every entry begins with a keyed digest over its name and its content, and the key is in the folder. An entry that was truncated,
  changed, swapped or written by another user is not returned: it is removed, and made again.
* Entries are written to a temporary file and renamed, so that two concurrent runs never see a part of one.
* Names are digests over the caller's key, the sources of the engine that made the content, and the running Python: after an upgrade
  of either no old entry is found. An installed collection has a ``MANIFEST.json``, whose content depends on that of every file; only in a
  checkout, and in the archive that a module is sent in, the sources are read. Both happen when this file is imported, which is when the
  engine is.
* The total size of all entries is bounded; the least recently used ones are removed first.

Nothing in here raises: a full disk, a home that is not writable, or no home at all cost time and nothing else.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER
from typing import Any

from .. import _engine
from .._engine.ports import CompiledCache
from .cache_home import cache_home

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL, which takes longer than all that is done here
except ImportError:
    from hashlib import blake2b

FORM = b"windlass.charts 1\n"
DIGEST = 32
MAX_ENTRY = 1 << 26
MAX_TOTAL = 1 << 27
_KEY = "key"
_TEMPORARY = "new-"
_HOUR, _DAY = 3600, 86400
_FLAGS = os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)

#: the files of the engine that decide what an entry holds; a test compares this list with the files on disk
SOURCES = (
    "chart/metadata.py",
    "chart/parsed.py",
    "chart/schema/validate.py",
    "chart/schema/faults.py",
    "chart/schema/metaschemas.py",
    "chart/schema/refs.py",
    "chart/schema/evaluate.py",
    "chart/typed.py",
    "chart/values.py",
    "gotmpl/builtins.py",
    "gotmpl/compiler.py",
    "gotmpl/constants.py",
    "gotmpl/failures.py",
    "gotmpl/lexer.py",
    "gotmpl/nodes.py",
    "gotmpl/parser.py",
    "gotmpl/printf.py",
    "gotmpl/quickparse.py",
    "gotmpl/runtime.py",
    "gotmpl/template.py",
    "gotmpl/unit.py",
    "gotmpl/writer.py",
    "gotypes/function.py",
    "gotypes/limits.py",
    "jinja/sandbox.py",
    "jinja/templates.py",
    "render/files.py",
    "render/functions.py",
    "render/scope.py",
    "render/units.py",
    "sprig/table.py",
    "yamlio/errors.py",
    "yamlio/events.py",
    "yamlio/load.py",
    "yamlio/numbers.py",
    "yamlio/pure.py",
    "yamlio/quick.py",
    "yamlio/scalars.py",
)


def source_digest(names: tuple[str, ...] = SOURCES) -> bytes:
    """A digest of source files of the engine; empty if they cannot be read.

    They are in a folder, or in the archive that a module is sent in.
    """
    spec = _engine.__spec__
    loader: Any = getattr(spec, "loader", None)  # Any: of a folder or of a zip; only some loaders have get_data
    places = list(getattr(spec, "submodule_search_locations", None) or ())
    digest = blake2b(MAGIC_NUMBER, digest_size=DIGEST)
    try:
        for name in names:
            data = loader.get_data(os.path.join(places[0], *name.split("/")))  # noqa: PTH118  within an archive, not on disk
            digest.update(b"%d\0" % len(data) + data)
    except (OSError, AttributeError, IndexError, TypeError, ValueError):
        return b""
    return digest.digest()


def manifest_digest() -> bytes:
    """A digest of the installed collection's ``MANIFEST.json``; empty if there is none.

    A checkout and the archive of a module have none.
    """
    spec = _engine.__spec__
    loader: Any = getattr(spec, "loader", None)  # Any: as above
    try:
        root = os.path.join(list(spec.submodule_search_locations or ())[0], *[os.pardir] * 3)  # noqa: PTH118,RUF015
        data = loader.get_data(os.path.normpath(os.path.join(root, "MANIFEST.json")))  # noqa: PTH118
    except (OSError, AttributeError, IndexError, TypeError, ValueError):
        return b""
    if not data or b"chksum_sha256" not in data:  # some loaders return None for a file that is missing
        return b""
    return blake2b(MAGIC_NUMBER + data, digest_size=DIGEST).digest()


_VERSION = manifest_digest() or source_digest()


def compiled_cache(environ: Mapping[str, str]) -> CompiledCache:
    """The user's cache; one that stores nothing where there is no folder for caches."""
    home = cache_home(environ)
    return DiskCache(f"{home}/compiled" if home else "")


class DiskCache(CompiledCache):
    """:param folder: where; empty: nothing is cached.
    :param version: what made the entries; empty: nothing is cached.
    :param limit: bytes of all entries together.
    """

    def __init__(self, folder: str, version: bytes = _VERSION, limit: int = MAX_TOTAL) -> None:
        self._path = folder if version and hasattr(os, "geteuid") else ""
        self._version = version
        self._limit = limit
        self._secret = b""

    def get(self, key: str) -> bytes | None:
        folder = self._folder(make=False)
        if folder < 0:
            return None
        try:
            secret = self._secret or self._read_secret(folder)
            return self._read(folder, self._name(key), secret) if secret else None
        except OSError:
            return None
        finally:
            os.close(folder)

    def put(self, key: str, data: bytes) -> None:
        if len(data) > min(MAX_ENTRY, self._limit) - 1024:
            return
        folder = self._folder(make=True)
        if folder < 0:
            return
        try:
            secret = self._secret or self._read_secret(folder) or self._make_secret(folder)
            if secret:
                name = self._name(key)
                _write(folder, name, b"".join((FORM, _mac(secret, name, data), data)))
                self._make_room(folder)  # last, so that the bound holds after any number of concurrent runs
        except OSError:
            pass  # a full disk, a read-only one: the next run does the work again
        finally:
            os.close(folder)

    def _name(self, key: str) -> str:
        return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=20, key=self._version).hexdigest()

    # --- the folder

    def _folder(self, make: bool) -> int:
        """A descriptor of the folder, -1 where there is none that is the user's own."""
        if not self._path:
            return -1
        try:
            found = _open_private_folder(self._path)
        except FileNotFoundError:
            if not make:
                return -1
            try:
                os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)  # noqa: PTH103,PTH120
                os.mkdir(self._path, 0o700)  # noqa: PTH102
            except OSError:
                pass  # another run made it meanwhile, or the next line finds out that there is none
            try:
                found = _open_private_folder(self._path)
            except OSError:
                found = -1
        except OSError:
            found = -1
        if found < 0:
            self._path = ""
        return found

    def _make_room(self, folder: int) -> None:
        """Removes entries, oldest first, if all of them together exceed the bound.

        They then take at most three quarters of it.
        """
        now = time.time()
        entries = []
        total = 0
        with os.scandir(folder) as listing:
            for entry in listing:
                try:
                    facts = entry.stat(follow_symlinks=False)
                except OSError:  # another run has removed it
                    continue
                if entry.name.startswith(_TEMPORARY) and now - facts.st_mtime > _HOUR:
                    _remove(folder, entry.name)  # of a run that was killed
                elif entry.name != _KEY and stat.S_ISREG(facts.st_mode):
                    entries.append((facts.st_mtime, facts.st_size, entry.name))
                    total += facts.st_size
        if total <= self._limit:
            return
        for _used, length, name in sorted(entries):
            if total <= self._limit * 3 // 4:
                return
            _remove(folder, name)
            total -= length

    # --- entries

    def _read(self, folder: int, name: str, secret: bytes) -> bytes | None:
        whole = _private_bytes(folder, name, touch=True)
        if whole is None:
            return None
        start = len(FORM) + DIGEST
        data = whole[start:]
        # the duration leaks no secret: a caller has the key already
        if whole[:start] != FORM + _mac(secret, name, data):
            _remove(folder, name)
            return None
        return data

    def _read_secret(self, folder: int) -> bytes:
        try:
            found = _private_bytes(folder, _KEY) or b""
        except FileNotFoundError:
            return b""
        if len(found) != DIGEST:
            _remove(folder, _KEY)  # truncated, or not the user's own; all that it signed is worthless
            return b""
        self._secret = found
        return found

    def _make_secret(self, folder: int) -> bytes:
        """A new key, unless another run has just made one."""
        temporary = _write_temporary(folder, os.urandom(DIGEST))
        try:
            os.link(temporary, _KEY, src_dir_fd=folder, dst_dir_fd=folder)
        except FileExistsError:
            pass
        finally:
            _remove(folder, temporary)
        return self._read_secret(folder)


def _mac(secret: bytes, name: str, data: bytes) -> bytes:
    digest = blake2b(name.encode() + b"\0", digest_size=DIGEST, key=secret)
    digest.update(data)
    return digest.digest()


def _open_private_folder(path: str) -> int:
    folder = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _FLAGS)
    facts = os.fstat(folder)
    if stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & 0o077:
        return folder
    os.close(folder)
    return -1


def _private_bytes(folder: int, name: str, touch: bool = False) -> bytes | None:
    """A file's content; ``None`` and the file removed where it is not the user's own or too large.

    Raises ``OSError``.
    """
    handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | _FLAGS, dir_fd=folder)
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o077 or facts.st_size > MAX_ENTRY:
            _remove(folder, name)
            return None
        if touch and time.time() - facts.st_mtime > _DAY:
            os.utime(handle)
        parts = []
        while part := os.read(handle, facts.st_size + 1):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def _write(folder: int, name: str, data: bytes) -> None:
    temporary = _write_temporary(folder, data)
    try:
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        _remove(folder, temporary)
        raise


def _write_temporary(folder: int, data: bytes) -> str:
    """Writes a new file with a unique name. Raises ``OSError``, and then no file is left behind."""
    name = _TEMPORARY + os.urandom(8).hex()
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600, dir_fd=folder)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
    except OSError:
        _remove(folder, name)
        raise
    finally:
        os.close(handle)
    return name


def _remove(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        pass  # removed already, or of another user: then it stays unread
