# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""When a failed request is sent again, and after which pause (oras-go: ``registry/remote/retry``)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TypeVar

from ..._engine.errors import EngineError
from .connections import PIECE, Broken, Limit

Result = TypeVar("Result")

#: how often a request is sent
TRIES = 6
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
_TRANSIENT = frozenset((408, 429, 500, 502, 503, 504))


def is_transient(status: int) -> bool:
    """Whether the same request may succeed later."""
    return status in _TRANSIENT


def pause(attempt: int, headers: Mapping[str, str] | None = None) -> float:
    """Seconds until the next try.

    They are those of the server's ``Retry-After``; without it they double each time, with a random part.

    :param attempt: 0 after the first try.
    """
    requested = _retry_after((headers or {}).get("Retry-After", ""))
    if requested is not None:
        return requested
    chance = int.from_bytes(os.urandom(2), "big") / 0x10000
    return min(_FIRST_PAUSE * float(2**attempt), _LONGEST_PAUSE) * (0.75 + chance / 2)


class Later(Exception):
    """A refusal that may end soon; ``error`` is raised if it does not."""

    def __init__(self, error: EngineError, headers: Mapping[str, str]) -> None:
        super().__init__(str(error))
        self.error = error
        self.headers = headers


def no_progress() -> int:
    return 0


def repeat(attempt: Callable[[], Result], limit: Limit, progress: Callable[[], int] = no_progress) -> Result:
    """The result of an attempt. It is repeated after ``Later`` and ``Broken``, with pauses.

    :param progress: bytes that are done; a transfer that goes on, piece by piece, is repeated as long as the limit allows.
    """
    count = 0
    while True:
        before = progress()
        error: EngineError
        try:
            return attempt()
        except Later as later:
            error, wait = later.error, pause(count, later.headers)
        except Broken as broken:
            if progress() - before >= PIECE:
                count = 0
            error, wait = broken, pause(count)
        if count + 1 >= TRIES or wait >= limit.left:
            raise error
        time.sleep(wait)
        count += 1


def _retry_after(text: str) -> float | None:
    """Seconds: the header holds a number of them, or a date."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else 1e9
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
