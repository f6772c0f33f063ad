# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the adapter end without open connections.

Each has a separate server, and a process may open 1,024 files.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import client


@pytest.fixture(autouse=True)
def connections_end_with_their_test():
    yield
    for transport, _discovery in client._shared.values():
        for pool in transport._pools.values():
            pool.clear()
    client._shared.clear()
