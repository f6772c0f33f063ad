# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Durations as Go reads them."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.durations import seconds, text_of, timeout_of
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError

GOOD = [
    ("5m0s", 300.0), ("300", 300.0), ("1h30m", 5400.0), ("1.5h", 5400.0), ("300ms", 0.3), ("2m", 120.0), ("0", 0.0),
    (" 10s ", 10.0), ("1m.5s", 60.5), ("2us", 2e-6), ("2\u00b5s", 2e-6), ("7", 7.0), ("1h2m3s", 3723.0),
]  # fmt: skip
BAD = ["", "5 m", "5minutes", "-5m", "m", "5m5", "1e3s", "five"]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_good(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", BAD)
def test_bad(text: str) -> None:
    with pytest.raises(OptionError, match="which is not a valid duration"):
        seconds(text)


@pytest.mark.parametrize(("value", "text"), [(300, "5m0s"), (5400, "1h30m0s"), (12, "12s"), (0.3, "0.3s")])
def test_text_of(value: float, text: str) -> None:
    assert text_of(value) == text


def _timeout(**params: str) -> float:
    return timeout_of(Task(params=dict(params), environ={}))


def test_timeout_of() -> None:
    assert _timeout() == 300.0
    assert _timeout(timeout="1m") == 60.0
    assert _timeout(wait_timeout="2m") == 120.0
    assert _timeout(timeout="2m", wait_timeout="120") == 120.0
    with pytest.raises(OptionError, match="they are the same option"):
        _timeout(timeout="1m", wait_timeout="2m")
