# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts the API requests of one task, from the API server's own audit log.

The log is written before a request is answered (``--audit-log-mode=blocking``), so all requests of a task are in it when the task ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Request:
    verb: str
    uri: str
    code: int
    agent: str
    user: str

    def __str__(self) -> str:
        return f"{self.verb} {self.uri} {self.code}"


@dataclass
class Window:
    """The requests between two moments; filled when the ``with`` block ends."""

    requests: list[Request] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(self.requests)


@contextmanager
def watching(log: Path, agent: str = "windlass.charts") -> Iterator[Window]:
    """Collects the requests of user agents with this prefix."""
    start = log.stat().st_size
    window = Window()
    yield window
    with log.open("rb") as file:
        file.seek(start)
        for line in file:
            entry = json.loads(line)
            request = Request(
                entry["verb"],
                entry["requestURI"],
                (entry.get("responseStatus") or {}).get("code", 0),
                entry.get("userAgent", ""),
                entry["user"].get("username", ""),
            )
            if request.agent.startswith(agent):
                window.requests.append(request)
