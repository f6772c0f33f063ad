# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module has all connection options. Those of kubernetes.core: ``test_porting.py``."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

SIXTEEN = [
    "kubeconfig",
    "context",
    "host",
    "api_key",
    "validate_certs",
    "ca_cert",
    "username",
    "password",
    "client_cert",
    "client_key",
    "proxy",
    "no_proxy",
    "proxy_headers",
    "persist_config",
    "impersonate_user",
    "impersonate_groups",
]


@pytest.mark.parametrize("face", ["chart_release", "chart_release_info", "chart_release_rollback"])
def test_connection_is_whole(face: str) -> None:
    spec = getattr(specs, face)()["argument_spec"]
    assert len(SIXTEEN) == 16 and set(SIXTEEN) <= set(spec)
    assert all(spec[name]["no_log"] for name in ("api_key", "password"))
