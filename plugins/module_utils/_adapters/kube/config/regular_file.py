# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Files that a kubeconfig or an option names: certificates, keys, tokens."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text

LARGEST = 1 << 24
_PIPE_SECONDS = 5.0


def read_file(path: Path, called: str, limit: int = LARGEST) -> bytes:
    """The content of a file.

    A pipe is read, as shells pass secrets in pipes (``/dev/fd``); a folder or a device is refused.

    :param called: what to call the file in a message, at the beginning of a sentence. :param limit: the most bytes that it may have.
    :raises ClusterConfigError: it cannot be read, or is larger.
    """
    shown = plain_text(path, 200)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))  # opening a pipe must not wait for a writer
        with os.fdopen(handle, "rb", buffering=0):
            mode = os.fstat(handle).st_mode
            if stat.S_ISFIFO(mode):
                data = _piped(handle, limit + 1)
            elif stat.S_ISREG(mode) or shown == "/dev/null":
                data = _whole(handle, limit + 1)
            else:
                what = "a folder" if stat.S_ISDIR(mode) else "a device"
                raise ClusterConfigError(f"{called} {shown} is {what}, not a file; correct the path.")
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise ClusterConfigError(
            f"{called} {shown} cannot be read: {getattr(error, 'strerror', None) or plain_text(error, 100)}; correct the path."
        ) from error
    if len(data) > limit:
        raise ClusterConfigError(f"{called} {shown} has more than {limit >> 20} MiB; correct the path.")
    return data


def is_there(path: Path) -> bool:
    """Whether a file exists, as far as that can be known; a later read reports errors."""
    try:
        return path.exists()
    except OSError:
        return True


def _whole(handle: int, limit: int) -> bytes:
    data = bytearray()
    while len(data) < limit and (piece := os.read(handle, min(limit - len(data), 1 << 20))):
        data += piece
    return bytes(data)


def _piped(handle: int, limit: int) -> bytes:
    from ...readable import readable

    data = bytearray()
    end = time.monotonic() + _PIPE_SECONDS
    while len(data) < limit:
        if not readable([handle], end - time.monotonic()):
            raise TimeoutError(errno.ETIMEDOUT, "nothing was written to this pipe")
        piece = os.read(handle, min(limit - len(data), 1 << 16))
        if not piece:
            break
        data += piece
    return bytes(data)
