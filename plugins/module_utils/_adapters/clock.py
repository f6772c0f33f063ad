# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The machine's own clock and chance, behind the engine's ports."""

from __future__ import annotations

import secrets
import time
from datetime import datetime

from .._engine.ports import Clock, Random


class SystemClock(Clock):
    """Wall clock in the local time zone, as Helm writes it."""

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class SystemRandom(Random):
    """The operating system's generator, fit for passwords and keys."""

    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)
