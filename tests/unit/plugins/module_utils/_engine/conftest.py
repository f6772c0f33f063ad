# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixture that the tests of actions share."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import World


@pytest.fixture
def world() -> World:
    return World()
