# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Durations in Go's notation (``time.ParseDuration``): ``5m0s``, ``1h15m``, ``300ms``, ``1.5h``.

A bare number is seconds.
"""

from __future__ import annotations

import re

from ..._engine.errors import OptionError
from ..task import Task

#: Helm's ``--timeout``
DEFAULT_SECONDS = 300.0

_UNITS = {"ns": 1e-9, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_PART = re.compile(rf"({_NUMBER})(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")
_WHOLE = re.compile(rf"(?:{_NUMBER}(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+")
_BARE = re.compile(_NUMBER)


def seconds(text: str, option: str = "timeout") -> float:
    """Seconds of a duration's text. Raises ``OptionError`` for an invalid or negative duration.

    >>> seconds("1h30m"), seconds("2.5s"), seconds("90")
    (5400.0, 2.5, 90.0)
    """
    text = text.strip()
    if _BARE.fullmatch(text):
        return float(text)
    if _WHOLE.fullmatch(text):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    raise OptionError(
        f"The option {option} is {text!r}, which is not a valid duration; use a Go duration (5m0s, 1h30m, 90s) or a number of seconds.",
        option=option,
    )


def text_of(value: float) -> str:
    """The Go text of whole seconds, for the equivalent helm command.

    >>> text_of(300.0), text_of(5400.0)
    ('5m0s', '1h30m0s')
    """
    whole = int(value)
    if whole != value or whole < 1:
        return f"{value:g}s"
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def timeout_of(task: Task) -> float:
    """``timeout`` in seconds; ``wait_timeout`` is its older name.

    Helm's five minutes where neither is given.
    """
    new, old = task.params.get("timeout"), task.params.get("wait_timeout")
    if new is not None and old is not None and seconds(str(new)) != seconds(str(old), "wait_timeout"):
        raise OptionError(
            f"timeout is {new} and wait_timeout is {old}, but they are the same option; set timeout only.", option="wait_timeout"
        )
    if new is not None:
        return seconds(str(new))
    return DEFAULT_SECONDS if old is None else seconds(str(old), "wait_timeout")
