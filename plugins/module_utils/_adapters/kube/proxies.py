# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Proxies on the way to the API server."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from ..._engine.aliases import Json, Urllib3
from ..._engine.errors import ClusterConfigError
from .config.config import Connection
from .config.secret_text import utf8


def through_proxy(urllib3: Urllib3, connection: Connection, options: Mapping[str, Json]) -> Json:
    """A pool manager that uses the connection's proxy. Raises ``ClusterConfigError``."""
    parts = urlsplit(connection.proxy)
    headers = _headers(connection)
    if parts.scheme in ("http", "https"):
        if parts.username and "proxy-authorization" not in headers:
            headers["proxy-authorization"] = _basic(f"{unquote(parts.username)}:{unquote(parts.password or '')}")
        return urllib3.ProxyManager(connection.proxy, proxy_headers=headers, **options)
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError as error:
        raise ClusterConfigError("A SOCKS proxy needs the Python package PySocks; install it, or use an http proxy.") from error
    return SOCKSProxyManager(connection.proxy.replace("socks5://", "socks5h://", 1), **options)


def _headers(connection: Connection) -> dict[str, str]:
    given = dict(connection.proxy_headers)
    found = {}
    if given.get("proxy_basic_auth"):
        found["proxy-authorization"] = _basic(given["proxy_basic_auth"])
    if given.get("basic_auth"):
        found["authorization"] = _basic(given["basic_auth"])
    if given.get("user_agent"):
        found["user-agent"] = given["user_agent"]
    return found


def _basic(pair: str) -> str:
    return f"Basic {base64.b64encode(utf8(pair)).decode()}"
