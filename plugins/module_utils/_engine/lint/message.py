# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The messages of the linter (Helm: ``pkg/chart/v2/lint/support``)."""

from __future__ import annotations

from dataclasses import dataclass, field

UNKNOWN, INFO, WARNING, ERROR = range(4)
NAMES = ("UNKNOWN", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Message:
    """One message of the linter. ``path``: as Helm writes it, below the chart.

    ``rule``: its name, to ignore it. ``helm``: whether Helm reports it too, in these words. ``line``: from 1, 0 where it is not known.
    ``key``: the place in the values, such as ``.Values.image.tag``. ``safe``: the message without values of the user, where ``text`` may
    quote them.
    """

    severity: int
    path: str
    text: str
    rule: str
    helm: bool = True
    line: int = 0
    key: str = ""
    safe: str = ""

    def __str__(self) -> str:
        """As ``helm lint`` prints it."""
        return f"[{NAMES[self.severity]}] {self.path}: {self.text}"


@dataclass
class Messages:
    """In the order in which the rules ran."""

    found: list[Message] = field(default_factory=list)

    def check(self, severity: int, path: str, text: str | None, rule: str, line: int = 0, safe: str = "") -> bool:
        """One of Helm's rules: ``text`` is what it found, ``None`` if nothing.

        Returns whether there was nothing.
        """
        if text is None:
            return True
        self.found.append(Message(severity, path, text, rule, line=line, safe=safe))
        return False
