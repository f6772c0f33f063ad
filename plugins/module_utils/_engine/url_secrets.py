# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Credentials in URLs.

The part before the host, and query parameters such as signatures and tokens.

Old syntax only: modules read this file before they check the version of Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

MASK = "********"
_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<user>[^\s/?#\"'<>\\]*)@")
#: ``user:password@host`` without a scheme, as a proxy may be given
_BARE_USER = re.compile(r"\A(?P<user>[^\s/?#@:]+:[^\s/?#]*)@(?=[A-Za-z0-9\[])")
_PARAMETER = re.compile(r"(?P<name>[?&;][A-Za-z0-9_.%\[\]-]+=)(?P<value>[^\s&;#\"'<>\\]+)")
_SENSITIVE = re.compile(
    r"tok|sig|secret|passw|pwd|key|cred|auth|sess|jwt|sas\b|x-amz|x-goog|x-ms|policy|ticket|otp|\bcode|\bpass\b|access|hash|hmac",
    re.IGNORECASE,
)
#: a URL with a user
_WITH_USER = re.compile(rb"://[^\s/?#\"'<>\\]+@")
#: parameters that are certainly secret; the texts find out quickly that there are none in 14 MB
_WITH_SECRET = re.compile(rb"[?&](?:[a-z0-9_.-]*(?:token|signature|secret)|[a-z0-9_.-]*passw[a-z0-9_.-]*|sig)=[^\s&#\"']", re.IGNORECASE)
_SECRET_WORDS = (b"oken=", b"ignature=", b"ecret=", b"assw", b"sig=", b"TOKEN=", b"SIGNATURE=", b"SECRET=", b"PASSW", b"SIG=")
#: a longer value of a parameter is taken for a token, whatever the name of the parameter is
_LONG = 24


def without_url_credentials(text: str) -> str:
    """A text in which every URL has lost its credentials and the values of sensitive query parameters.

    >>> without_url_credentials("see https://user:pw@example.org/a?token=x&page=2")
    'see https://********@example.org/a?token=********&page=2'
    """
    if "://" in text:
        text = _USER.sub(lambda found: f"{found['scheme']}{MASK}@" if found["user"] else found.group(), text)
    if "=" in text and ("?" in text):
        text = _PARAMETER.sub(lambda found: f"{found['name']}{MASK}" if _is_sensitive(found) else found.group(), text)
    return text


def without_address_credentials(text: str) -> str:
    """The same for an option that is an address: a scheme may be absent."""
    return without_url_credentials(_BARE_USER.sub(f"{MASK}@", text))


def url_credentials(text: str) -> Iterator[str]:
    """The secret texts in the URLs of a text.

    Passwords, a user name without a password (a token), and sensitive query parameters.
    """
    for found in (*_USER.finditer(text), *_BARE_USER.finditer(text)):
        user, colon, password = found["user"].partition(":")
        for part in (password if colon else user, found["user"]):
            yield part
            yield unquote(part)
    if "?" in text:
        for found in _PARAMETER.finditer(text):
            if _is_sensitive(found):
                yield found["value"]
                yield unquote(found["value"])


def has_url_credentials(data: bytes) -> bool:
    """Whether a text of any length has a URL with credentials.

    >>> has_url_credentials(b"urls: [https://user:pw@example.org/a.tgz]"), has_url_credentials(b"email: me@example.org, icon: https://a/b?c=d")
    (True, False)
    """
    if _WITH_USER.search(data) is not None:
        return True
    return any(word in data for word in _SECRET_WORDS) and _WITH_SECRET.search(data) is not None


def _is_sensitive(found: re.Match[str]) -> bool:
    return _SENSITIVE.search(found["name"]) is not None or len(found["value"]) >= _LONG
