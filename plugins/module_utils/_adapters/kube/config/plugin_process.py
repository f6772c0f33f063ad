# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs a credential plugin as a child process, within bounds of time and output.

The plugin is ended with its own children. ``posix_spawn`` and one loop over its pipes: no thread is needed, so that a process at its limit
of threads can still log in. ansible-test requires ``run_command`` in place of ``subprocess`` and of ``os.posix_spawn``. In-process mode has
no module with that method, so the function is looked up by its name.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress

from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text
from ...readable import readable

MAX_OUTPUT = 1 << 20
MAX_ERRORS = 1 << 16
_PIECE = 1 << 16
_POLL_SECONDS = 0.05  # seconds between two looks at whether the plugin has ended, though a pipe is open
_AFTER_EXIT = 1.0  # in which the output of a plugin that has ended must end: a child of it may hold the pipe open


class _TooMuch(Exception):
    """A plugin printed more than a credential can have."""


def run(command: list[str], env: Mapping[str, str], seconds: float, name: str, hint: str) -> str:
    """The output of the plugin.

    :param seconds: the longest time that it may take. :param name: the plugin in messages. :param hint: how to install it.
    :raises ClusterConfigError: it cannot be run, fails, hangs, or prints too much.
    """
    shown = plain_text(command[0], 200)
    try:
        code, out, errors = _answer(command, env, seconds)
    except FileNotFoundError as error:
        install = f" ({plain_text(hint)})" if hint else ""
        raise ClusterConfigError(f"The credential plugin {shown} of the kubeconfig is not installed here{install}.") from error
    except TimeoutError as error:
        raise ClusterConfigError(f"The credential plugin {name} timed out after {seconds:.3g} s and was terminated.") from error
    except _TooMuch as error:
        raise ClusterConfigError(f"The credential plugin {name} printed more than {MAX_OUTPUT >> 20} MiB and was terminated.") from error
    except (OSError, ValueError) as error:  # ValueError: a null character or half a surrogate pair
        why = getattr(error, "strerror", None) or plain_text(type(error).__name__, 100)
        raise ClusterConfigError(f"The credential plugin {shown} cannot be run: {why}.") from error
    if code != 0:
        lines = errors.decode("utf-8", errors="replace").strip().splitlines()
        last_line = plain_text(lines[-1]) if lines else ""
        ended = f"was terminated by signal {-code}" if code < 0 else f"exited with code {code}"
        raise ClusterConfigError(f"The credential plugin {name} {ended}: {(last_line or 'no error output').removesuffix('.')}.")
    return out.decode("utf-8", errors="replace")


def _answer(command: list[str], env: Mapping[str, str], seconds: float) -> tuple[int, bytes, bytes]:
    """Code, output and the end of the errors of a program.

    Raises ``TimeoutError``, ``OSError``, ``_TooMuch``.
    """
    end = time.monotonic() + seconds
    pipes: list[int] = []
    try:
        for _number in range(2):
            pipes += os.pipe()
        child = _start(command, env, pipes[1], pipes[3])
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


def _start(command: list[str], env: Mapping[str, str], out: int, errors: int) -> int:
    """Starts the plugin in a new session and returns the id of its process."""
    program = shutil.which(command[0], os.F_OK, env.get("PATH", os.defpath))
    if program is None:
        raise FileNotFoundError(command[0])
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
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
            break  # a child of the plugin holds the pipe open
        if left <= 0:
            raise TimeoutError
        ready = readable(waiting, min(left, _POLL_SECONDS))
        for handle in ready:
            piece = os.read(handle, _PIECE)
            if not piece:
                waiting.remove(handle)
            output[handle] += piece
        if len(output[out]) > MAX_OUTPUT:
            raise _TooMuch
        del output[errors][:-MAX_ERRORS]
        if code is None and (code := _code(child)) is not None:
            end = min(end, time.monotonic() + _AFTER_EXIT)
    return code, bytes(output[out]), bytes(output[errors])


def _code(child: int) -> int | None:
    """The code of a process that has ended, negative for a signal; ``None``: it runs."""
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _end(child: int) -> None:
    """End the plugin and its children, which share its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
