# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options about other clients of the same release -> requests to the engine."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.locking import locking_of
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Locking


@pytest.mark.parametrize(
    ("params", "locking"),
    [
        ({}, Locking()),
        ({"if_busy": "wait", "lock_timeout": None, "pending_expiry": None}, Locking("wait", 300.0, 3600.0)),
        ({"if_busy": "fail", "lock_timeout": "1m30s", "pending_expiry": "0"}, Locking("fail", 90.0, 0.0)),
        ({"lock_timeout": "20", "pending_expiry": "2h"}, Locking("wait", 20.0, 7200.0)),
    ],
)
def test_options(params: dict[str, Any], locking: Locking) -> None:
    assert locking_of(Task(params, {})) == locking


@pytest.mark.parametrize("option", ["lock_timeout", "pending_expiry"])
def test_an_invalid_duration_is_named(option: str) -> None:
    with pytest.raises(OptionError, match=f"{option} is 'soon'"):
        locking_of(Task({option: "soon"}, {}))
