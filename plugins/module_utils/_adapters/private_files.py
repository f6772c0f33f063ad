# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Files that only their user may read: plans, kubeconfigs, ``repositories.yaml``, caches.

A file is written whole or not at all.

* The content goes to a new file of mode 0600 in the same folder, which is then renamed. After a failure (a full disk, for example) the
  old content is still there and the new file is removed.
* A missing folder is an error, unless the caller allows to create it. Every folder that is created has mode 0700.
* A link is followed, and the file that it leads to is replaced, so that the link stays. A link that belongs to another user (except
  root) is refused, as is a path that leads to a device, a pipe, a socket or a folder.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MODE = 0o600
_FOLDER_MODE = 0o700
_MAX_LINKS = 40
_TRIES = 10


def write_private(path: Path, data: bytes, mode: int = MODE, *, parents: bool = False) -> None:
    """Replace a file in one step.

    :param mode: of the file, whatever the umask is.
    :param parents: create missing folders.
    :raises OSError: nothing was written. ``reason`` says it in words.
    """
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "the path contains a null byte", str(path))
    if not parents:
        _replace(path, data, mode)
        return
    for left in reversed(range(_TRIES)):
        try:
            make_folders(path.parent)
            _replace(path, data, mode)
            return
        except FileNotFoundError:  # another process, which prunes the cache, has just removed the empty folder
            if not left:
                raise


def _replace(path: Path, data: bytes, mode: int) -> None:
    """Write a file whose folder exists."""
    target = _target(path)
    if not target.parent.is_dir():
        check_target(path)  # which says it by the folder's name
    temporary = target.parent / f".{target.name[:100]}.{os.urandom(8).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), MODE)
    try:
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
            os.fchmod(handle, mode)
        finally:
            os.close(handle)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_target(path: Path) -> None:
    """Raises the ``OSError`` that ``write_private`` would raise for this path.

    As far as that can be known without writing.
    """
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "the path contains a null byte", str(path))
    folder = _target(path).parent
    try:
        facts = folder.stat()
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, f"the directory {folder} does not exist", str(path)) from None
    if not stat.S_ISDIR(facts.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is not a directory", str(path))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"the directory {folder} is not writable", str(path))


def make_folders(folder: Path) -> None:
    """Create a folder and its missing parents, each with mode 0700 whatever the umask is.

    Raises ``OSError``.
    """
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folders(folder.parent)
    try:
        folder.mkdir(_FOLDER_MODE)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return  # another process created it meanwhile
    folder.chmod(_FOLDER_MODE)


def reason(error: OSError) -> str:
    """The operating system's reason, without the path: ``No space left on device``."""
    return error.strerror or str(error) or type(error).__name__


def _target(path: Path) -> Path:
    """The file that a path leads to through links, or the path itself.

    Raises ``OSError`` where it must not be replaced.
    """
    for _link in range(_MAX_LINKS):
        try:
            facts = path.lstat()
        except FileNotFoundError:
            return path
        if stat.S_ISREG(facts.st_mode):
            return path
        if not stat.S_ISLNK(facts.st_mode):
            number = errno.EISDIR if stat.S_ISDIR(facts.st_mode) else errno.EINVAL
            words = "it is a directory" if stat.S_ISDIR(facts.st_mode) else "it is not a regular file"
            raise OSError(number, words, str(path))
        if facts.st_uid not in (0, os.geteuid()):
            raise PermissionError(errno.EPERM, "it is a symbolic link of another user", str(path))
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
