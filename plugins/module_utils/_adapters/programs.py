# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs a program as a child process, within bounds of time and output.

The programs are credential plugins of kubeconfigs and credential helpers of registries.

The program is ended with its own children. ``posix_spawn`` and one loop over its pipes: no thread is needed, so that a process at its limit
of threads can still log in. ansible-test requires ``run_command`` in place of ``subprocess`` and of ``os.posix_spawn``. In-process mode has
no module with that method, so the function is looked up by its name.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress

from .._engine.aliases import Json
from .readable import readable

MAX_OUTPUT = 1 << 20
MAX_ERRORS = 1 << 16
_PIECE = 1 << 16
_POLL_SECONDS = 0.05  # seconds between two looks at whether the program has ended, though a pipe is open
_AFTER_EXIT = 1.0  # in which the output of a program that has ended must end: a child of it may hold the pipe open


class TooMuchOutput(Exception):
    """A program printed more than ``MAX_OUTPUT``."""


def answer(command: list[str], env: Mapping[str, str], seconds: float, given: bytes = b"") -> tuple[int, bytes, bytes]:
    """Code, output and the end of the errors of a program.

    :param seconds: the longest time that it may take.
    :param given: what it reads from its standard input; it must fit into a pipe.
    :raises TimeoutError: it takes longer. ``OSError``: it cannot be run. ``TooMuchOutput``.
    """
    end = time.monotonic() + seconds
    pipes: list[int] = []
    try:
        for _number in range(3 if given else 2):
            pipes += os.pipe()
        if given:
            os.set_blocking(pipes[5], False)  # a pipe may be small, and nothing reads it yet
            if os.write(pipes[5], given) != len(given):
                raise OSError(errno.E2BIG, "its input is too long")
            os.close(pipes.pop(5))
        child = _start(command, env, pipes[1], pipes[3], pipes[4] if given else None)
        if given:
            os.close(pipes.pop(4))
        for handle in (pipes.pop(3), pipes.pop(1)):
            os.close(handle)
        out, errors = pipes
        try:
            return _communicate(child, out, errors, end)
        except BaseException:
            _end(child)
            raise
    finally:
        for handle in pipes:
            os.close(handle)


def _start(command: list[str], env: Mapping[str, str], out: int, errors: int, given: int | None) -> int:
    """Starts the program in a new session and returns the id of its process."""
    program = shutil.which(command[0], os.F_OK, env.get("PATH", os.defpath))
    if program is None:
        raise FileNotFoundError(command[0])
    actions: list[Json] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0) if given is None else (os.POSIX_SPAWN_DUP2, given, 0),
        (os.POSIX_SPAWN_DUP2, out, 1),
        (os.POSIX_SPAWN_DUP2, errors, 2),
    ]
    reset = [signal.SIGPIPE, signal.SIGXFSZ]  # Python ignores them, and its children would
    spawn = vars(os)["posix_spawn"]
    pid: int = spawn(program, command, dict(env), file_actions=actions, setsigdef=reset, setsid=True)
    return pid


def _communicate(child: int, out: int, errors: int, end: float) -> tuple[int, bytes, bytes]:
    output = {out: bytearray(), errors: bytearray()}
    waiting = [out, errors]
    code: int | None = None
    while code is None or waiting:
        left = end - time.monotonic()
        if left <= 0 and code is not None:
            break  # a child of the program holds the pipe open
        if left <= 0:
            raise TimeoutError
        ready = readable(waiting, min(left, _POLL_SECONDS))
        for handle in ready:
            piece = os.read(handle, _PIECE)
            if not piece:
                waiting.remove(handle)
            output[handle] += piece
        if len(output[out]) > MAX_OUTPUT:
            raise TooMuchOutput
        del output[errors][:-MAX_ERRORS]
        if code is None and (code := _code(child)) is not None:
            end = min(end, time.monotonic() + _AFTER_EXIT)
    return code, bytes(output[out]), bytes(output[errors])


def _code(child: int) -> int | None:
    """The code of a process that has ended, negative for a signal; ``None``: it runs."""
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _end(child: int) -> None:
    """End the program and its children, which share its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
