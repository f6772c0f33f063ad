# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Proxies and certificate authorities from a task's environment.

``requests`` would read them from the process's environment, and also ``~/.netrc``, whose credentials are not the task's. So
``trust_env`` is off, and this file reads the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ..._engine.aliases import Requests
from ..._engine.errors import RepositoryError

_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def proxy_for(url: str, environ: Mapping[str, str], requests: Requests) -> str:
    """The proxy for a URL, empty where there is none.

    The variables are ``https_proxy`` and others by scheme, ``all_proxy``, ``no_proxy``, in upper or lower case.

    :param requests: the library; its rules for ``no_proxy`` apply (names, addresses, networks, ports).
    :raises RepositoryError: the proxy is not a URL.
    """
    scheme = urlsplit(url).scheme
    for name in (f"{scheme}_proxy", "all_proxy"):
        found = _variable(environ, name)
        if found:
            break
    else:
        return ""
    if requests.utils.should_bypass_proxies(url, no_proxy=_variable(environ, "no_proxy")):
        return ""
    return _checked(found if "://" in found else f"http://{found}", name)


def authorities(environ: Mapping[str, str]) -> str:
    """A file or a folder of certificate authorities, empty for those that ``requests`` includes."""
    return next((environ[name] for name in _AUTHORITIES if environ.get(name)), "")


def _variable(environ: Mapping[str, str], name: str) -> str:
    if name == "http_proxy" and environ.get("REQUEST_METHOD"):
        return environ.get(name, "").strip()  # a CGI program: upper case is a header of its client
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _checked(proxy: str, name: str) -> str:
    """The proxy if it is a URL. Its text may hold a password and is therefore not in the message."""
    try:
        parts = urlsplit(proxy)
        valid = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise RepositoryError(f"The environment variable {name} is not a valid proxy URL; correct or unset it.")
    if parts.scheme not in _PROXY_SCHEMES:
        raise RepositoryError(f"The environment variable {name} has the scheme {parts.scheme!r}; use one of {', '.join(_PROXY_SCHEMES)}.")
    return proxy
