# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""When a failed request is sent again, and after which pause (oras-go: ``registry/remote/retry``)."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

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


def _retry_after(text: str) -> float | None:
    """Seconds: the header holds a number of them, or a date."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else 1e9
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
