# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes charts to a folder of the user, as ``helm pull`` does.

A chart is an archive, or files in a folder of its name. What is there is compared with what is due, byte for byte, before anything is
written. A file is written whole or not at all. A folder is written under another name and then renamed, so that there never is a half
chart.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..._engine.chart.model import File
from ..._engine.errors import OperatorError
from ..private_files import check_target, reason, write_private
from .files import on_disk, read_bounded

_FILE_MODE, _FOLDER_MODE = 0o644, 0o755
_TRIES = 20


def read_same(path: Path, digest: str) -> bytes | None:
    """The bytes of a file if they have the SHA-256 digest, in hex.

    Raises ``OperatorError`` where it cannot be read.
    """
    try:
        data = read_bounded(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _unusable(path, "read", error) from error
    return data if data is not None and hashlib.sha256(data).hexdigest() == digest else None


def check_file(path: Path) -> None:
    """Raise the ``OperatorError`` of ``write_file``, as far as that can be known without writing."""
    try:
        check_target(path)
    except (OSError, ValueError) as error:
        raise _unusable(path, "written", error) from error


def write_file(path: Path, data: bytes) -> None:
    """Replace a file in one step. Raises ``OperatorError``."""
    try:
        write_private(path, data, _FILE_MODE)
    except (OSError, ValueError) as error:
        raise _unusable(path, "written", error) from error


def same_folder(folder: Path, files: Sequence[File]) -> bool | None:
    """Whether a folder holds exactly these files; ``None``: nothing is there.

    Raises ``OperatorError`` where it cannot be read.
    """
    wanted = {on_disk(file.name): file.data for file in files}
    for left in reversed(range(_TRIES)):
        try:
            before = _identity(folder)
            same = _same_files(folder, wanted)
            if same or before == _identity(folder) or not left:
                return same
        except FileNotFoundError as error:
            if not left:
                raise _unusable(folder, "read", error) from error
        except (OSError, ValueError) as error:
            raise _unusable(folder, "read", error) from error
        # another task has replaced the folder meanwhile
    return False


def _identity(folder: Path) -> tuple[int, int] | None:
    """What differs between a folder and the one that replaces it; ``None``: there is none."""
    try:
        facts = folder.lstat()
    except (OSError, ValueError):
        return None
    return facts.st_dev, facts.st_ino


def _same_files(folder: Path, wanted: Mapping[str, bytes]) -> bool | None:
    if not os.path.lexists(folder):
        return None
    if not folder.is_dir():
        return False
    found: set[str] = set()
    for below, _folders, names in os.walk(folder, onerror=_raise):
        for name in names:
            path = os.path.relpath(f"{below}/{name}", folder)
            if not _holds(Path(below, name), wanted.get(path)):
                return False
            found.add(path)
    return found == set(wanted)


def _holds(path: Path, data: bytes | None) -> bool:
    """Whether a file has this content; nothing is read where its size tells already. Raises ``OSError``."""
    return data is not None and path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def check_folder(folder: Path) -> None:
    """As ``check_file``, for ``write_folder``; its missing parents would be created."""
    parent = folder.parent
    while not parent.exists() and parent.parent != parent:
        parent = parent.parent
    check_file(parent / f".{folder.name[:100]}")


def write_folder(folder: Path, files: Sequence[File]) -> None:
    """Write a chart's files, in place of what is there. Raises ``OperatorError``."""
    mark = os.urandom(8).hex()
    fresh, old = folder.with_name(f".{folder.name[:100]}.{mark}"), folder.with_name(f".{folder.name[:100]}.{mark}.old")
    try:
        folder.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        try:
            fresh.mkdir(_FOLDER_MODE)
            for file in files:
                _write(fresh / on_disk(file.name), file.data)
            _exchange(fresh, folder, old)
        except BaseException:
            if os.path.lexists(old) and not os.path.lexists(folder):
                old.rename(folder)
            raise
        finally:
            _remove(fresh)
            _remove(old)
    except (OSError, ValueError) as error:
        raise _unusable(folder, "written", error) from error


def _exchange(fresh: Path, folder: Path, old: Path) -> None:
    """Rename a folder to the name of another one, which gets the name ``old``.

    Another task may write the same chart at the same time: the last one wins. Raises ``OSError``.
    """
    for left in reversed(range(_TRIES)):
        _remove(old)  # of another task, which has been replaced
        with contextlib.suppress(FileNotFoundError):
            folder.rename(old)
        try:
            fresh.rename(folder)
            return
        except OSError as error:
            if not left or error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _raise(error: OSError) -> None:
    raise error


def _unusable(path: Path, what: str, error: OSError | ValueError) -> OperatorError:
    words = reason(error) if isinstance(error, OSError) else "it is not a valid path"
    return OperatorError(f"{path} cannot be {what}: {words}.", path=str(path))
