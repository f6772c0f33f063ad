# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A credential plugin as a child process, bounded in time and output, and ended with its own children.

asyncio, since ansible-test wants a module's ``run_command`` in place of ``subprocess``, and in the controller's process there is no module.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping

from ..._engine.errors import ClusterConfigError
from ..._engine.plain_text import plain_text

MAX_OUTPUT = 1 << 20
MAX_ERRORS = 1 << 16
_PIECE = 1 << 16
_AFTER_EXIT = 1.0  # seconds in which the output of a plugin that has ended must end: a child of it may hold the pipe open


class _TooMuch(Exception):
    """A plugin printed more than a credential can have."""


def run(command: list[str], env: Mapping[str, str], seconds: float, name: str, hint: str) -> str:
    """The output of the plugin.

    :param seconds: the longest time that it may take. :param name: the plugin in messages. :param hint: how to install it.
    :raises ClusterConfigError: it cannot be run, fails, hangs, or prints too much.
    """
    shown = plain_text(command[0], 200)
    try:
        code, out, errors = asyncio.run(_answer(command, env, seconds))
    except FileNotFoundError as error:
        install = f" ({plain_text(hint)})" if hint else ""
        raise ClusterConfigError(f"The credential plugin {shown} of the kubeconfig is not installed here{install}.") from error
    except asyncio.TimeoutError as error:
        raise ClusterConfigError(f"The credential plugin {name} did not answer in {seconds:.3g} s; it was ended.") from error
    except _TooMuch as error:
        raise ClusterConfigError(f"The credential plugin {name} printed more than {MAX_OUTPUT >> 20} MiB; it was ended.") from error
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a null character; RuntimeError: no thread to wait with
        why = getattr(error, "strerror", None) or plain_text(error, 100)
        raise ClusterConfigError(f"The credential plugin {shown} cannot be run: {why}.") from error
    if code != 0:
        lines = errors.decode("utf-8", errors="replace").strip().splitlines()
        said = plain_text(lines[-1]) if lines else "it printed no error"
        ended = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise ClusterConfigError(f"The credential plugin {name} {ended}: {said or 'it printed no error'}.")
    return out.decode("utf-8", errors="replace")


async def _answer(command: list[str], env: Mapping[str, str], seconds: float) -> tuple[int, bytes, bytes]:
    """Code, output and the end of the errors of a program. Raises ``asyncio.TimeoutError``, ``OSError``, ``_TooMuch``."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, env=dict(env), stdin=nothing, stdout=pipe, stderr=pipe, start_new_session=True)
    out, errors = bytearray(), bytearray()
    readers = asyncio.gather(_keep(process.stdout, out), _keep_end(process.stderr, errors))
    try:
        await asyncio.wait_for(_ended(process, readers), seconds)
    except BaseException:
        _end(process)
        raise
    finally:
        readers.cancel()
        await process.wait()
    return process.returncode or 0, bytes(out), bytes(errors)


async def _ended(process: asyncio.subprocess.Process, readers: asyncio.Future[list[None]]) -> None:
    waiter = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({waiter, readers}, return_when=asyncio.FIRST_COMPLETED)
        if readers.done():
            readers.result()  # raises what a reader has raised
            await waiter
        else:
            await asyncio.wait({readers}, timeout=_AFTER_EXIT)
            if readers.done():
                readers.result()
    finally:
        waiter.cancel()


async def _keep(stream: asyncio.StreamReader | None, kept: bytearray) -> None:
    while stream is not None and (piece := await stream.read(_PIECE)):
        kept += piece
        if len(kept) > MAX_OUTPUT:
            raise _TooMuch


async def _keep_end(stream: asyncio.StreamReader | None, kept: bytearray) -> None:
    while stream is not None and (piece := await stream.read(_PIECE)):
        kept += piece
        del kept[:-MAX_ERRORS]


def _end(process: asyncio.subprocess.Process) -> None:
    """End the plugin and its children, which share its session."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all have ended
