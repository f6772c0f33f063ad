# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Connections whose answers end at a deadline.

The timeout of a socket bounds the silence between two bytes, so a server that sends a byte now and then could prolong a request
forever, in the headers as in the body. Here each read has the time that is left until the deadline of its request. The deadline is stored
per thread, as one thread sends a request and reads its answer.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING

from ..._engine.aliases import Urllib3

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 65536


class Deadline(threading.local):
    """The time limit of the request that this thread sends.

    The end in ``time.monotonic()``, and the seconds of silence that are allowed.
    """

    until: float = float("inf")
    silence: float = 75.0


#: of all connections: a thread sends one request at a time
deadline = Deadline()


class _TimedReader(io.RawIOBase):
    """The bytes of a socket until a deadline. Raises ``TimeoutError`` after it."""

    def __init__(self, sock: Urllib3) -> None:
        self._sock = sock
        self._raw = socket.SocketIO(sock, "r") if not hasattr(sock, "makefile") else sock.makefile("rb", buffering=0)
        self._until, self._silence = deadline.until, deadline.silence

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(min(left, self._silence))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Socket:
    """What ``http.client.HTTPResponse`` needs of a socket."""

    def __init__(self, sock: Urllib3) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock), BUFFER)


def _response(_connection: Urllib3, sock: Urllib3, *arguments: object, **options: object) -> HTTPResponse:
    return HTTPResponse(_Socket(sock), *arguments, **options)  # type: ignore[arg-type]


def with_deadlines(manager: Urllib3) -> Urllib3:
    """Return the pool manager of urllib3, whose connections now read until the deadline of this thread."""
    made = {}
    for scheme, pool in manager.pool_classes_by_scheme.items():
        connection = type(pool.ConnectionCls.__name__, (pool.ConnectionCls,), {"response_class": _response})
        made[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = made
    return manager
