# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks of the URLs of an API server and of a proxy.

A message shows a URL without its user, password and query.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


def check_server(server: str) -> None:
    """Raises ``ClusterConfigError`` for what is not the URL of an API server."""
    why = _fault(server, ("http", "https"))
    parts = None if why else urlsplit(server)
    if parts is not None and (parts.query or parts.fragment or "?" in server or "#" in server):
        why = "it contains a query or a fragment"
    if parts is not None and parts.username is not None:
        why = "it contains a user name; set username and password, or api_key"
    if why:
        shown = shown_url(server)
        raise ClusterConfigError(
            f"host: {shown!r} is not a valid URL of an API server ({why}); use a URL such as https://name:6443.",
            helm=f'Kubernetes cluster unreachable: Get "{shown if "://" in shown else f"http://{shown}"}/version"',
        )


def check_proxy(proxy: str) -> None:
    """Raises ``ClusterConfigError`` for what is not the URL of a proxy."""
    why = _fault(proxy, _PROXY_SCHEMES)
    if why:
        raise ClusterConfigError(
            f"proxy: {shown_url(proxy)!r} is not a valid proxy URL ({why}); use a URL such as http://name:3128, with the scheme "
            "http, https or socks5."
        )


def shown_url(url: str) -> str:
    """A URL for a message: without user, password, query and fragment."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    rest = rest.partition("?")[0].partition("#")[0]
    authority, slash, path = rest.partition("/")
    if "@" in rest:  # a password may hold a slash: nothing before the last @ is shown
        authority, slash, path = rest.rpartition("@")[2].partition("/")
    host, colon, port = authority.rpartition(":")
    if colon and not port.isdigit() and not port.endswith("]"):  # not a port, perhaps a password without its host
        authority = host
    return plain_text(f"{scheme}{separator}{authority}{slash}{path}", 200)


def _fault(url: str, schemes: tuple[str, ...]) -> str:
    """Why this is no URL with one of these schemes; empty: it is one."""
    if any(character <= " " or character == "\x7f" for character in url):
        return "it contains a space or a control character"
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError as error:
        return "the port is not a number below 65536" if "port" in str(error).lower() else "it cannot be parsed"
    if parts.scheme not in schemes:
        return f"the scheme is {plain_text(parts.scheme, 20)!r}" if parts.scheme else "it has no scheme"
    if not host:
        return "it has no host"
    if port == 0:
        return "the port is 0"
    try:
        host.encode("ascii" if host.isascii() else "idna")
    except UnicodeError:
        return "the host is not a name"
    return ""
