# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remembered pool of connections is that of the server of the request, also with several threads."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Connections


def test_another_thread_that_sends_to_another_server_meanwhile() -> None:
    connections = Connections({})

    class Key:
        """Compared at the moment at which another thread remembers its own pool."""

        def __ne__(self, _other: object) -> bool:
            connections._last = (("http", "other"), "the pool of the other server")
            return False

    connections._last = (Key(), "the pool of this server")
    found = connections._pool(SimpleNamespace(), SimpleNamespace(url="http://this/a"), True, None, {})
    assert found == "the pool of this server"
