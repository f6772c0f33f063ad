# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contracts of the ports on the real adapters and a real API server.

The doubles in memory pass the same cases.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.configmap import ConfigMapStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._adapters import contracts


@pytest.mark.parametrize("case", contracts.CLUSTER, ids=[case[0] for case in contracts.CLUSTER])
def test_the_cluster(admin, namespace, case):
    contracts.prepare(admin, namespace)
    contracts.check(case, admin, namespace)


@pytest.mark.parametrize("kind", [SecretStore, ConfigMapStore])
@pytest.mark.parametrize("case", contracts.STORE, ids=[case[0] for case in contracts.STORE])
def test_the_stores(admin, namespace, kind, case):
    contracts.check(case, kind(admin), namespace)
