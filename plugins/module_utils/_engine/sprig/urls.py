# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``urlParse`` and ``urlJoin``: the part of Go's ``net/url`` that these two need, with its errors."""

from __future__ import annotations

import re

from ..aliases import GoValue
from ..gotypes.values import GoError
from .convert import kind, to_bytes, to_text

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
#: the bytes that need no escape, by part of a URL
_PATH = frozenset(to_bytes(_UNRESERVED + "$&+,/:;=@"))
_USER = frozenset(to_bytes(_UNRESERVED + "$&+,;="))
_HOST = frozenset(to_bytes(_UNRESERVED + "!\"$&'()*+,:;<=>[]"))
_FRAGMENT = frozenset(to_bytes(_UNRESERVED + "!$&()*+,/:;=?@"))

_ESCAPE = re.compile("%([0-9a-fA-F]{2})?")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_PORT = re.compile(r"(?::[0-9]*)?\Z")
_USERINFO = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*\Z")


def _quoted(text: str) -> str:
    from ..gotypes.printing import go_quote

    return go_quote(text)


def _escape(text: str, plain: frozenset[int]) -> str:
    return to_text(b"".join(bytes((byte,)) if byte in plain else b"%%%02X" % byte for byte in to_bytes(text)))


def _unescape(text: str, mode: str = "") -> str:
    """Escapes to bytes.

    In a ``host`` only bytes beyond ASCII may be escaped, in a ``zone`` also what a host may hold.
    """
    for found in _ESCAPE.finditer(text):
        three_bytes = text[found.start() : found.start() + 3].encode("utf-8", "surrogateescape")[:3]
        escape = three_bytes.decode("utf-8", "surrogateescape")
        byte = int(found[1], 16) if found[1] else -1
        in_host = mode != "host" or byte >= 0x80 or escape == "%25"
        in_zone = mode != "zone" or byte == 32 or byte in _HOST or escape == "%25"
        if byte < 0 or not in_host or not in_zone:
            raise GoError(f"invalid URL escape {_quoted(escape)}")
    if mode:
        for char in _ESCAPE.sub("", text):
            if char < "\x80" and ord(char) not in _HOST:
                raise GoError(f"invalid character {_quoted(char)} in host name")
    if "%" not in text:
        return text
    return to_text(re.sub(b"%(..)", lambda found: bytes((int(found[1], 16),)), to_bytes(text)))


class _Url:
    """The parts, as ``url.URL`` has them."""

    def __init__(self) -> None:
        self.scheme = self.host = self.path = self.query = self.opaque = self.fragment = ""
        self.user: tuple[str, str | None] | None = None

    def userinfo(self) -> str:
        if self.user is None:
            return ""
        name, password = self.user
        return _escape(name, _USER) + ("" if password is None else ":" + _escape(password, _USER))

    def hostname(self) -> str:
        host = self.host
        colon = host.rfind(":")
        if colon >= 0 and _PORT.match(host, colon):
            host = host[:colon]
        return host[1:-1] if host.startswith("[") and host.endswith("]") else host

    def __str__(self) -> str:
        text = f"{self.scheme}:" if self.scheme else ""
        if self.opaque:
            text += self.opaque
        else:
            if self.host or self.user is not None or (self.scheme and self.path):
                text += "//"
            if self.user is not None:
                text += self.userinfo() + "@"
            text += _escape(self.host, _HOST)
            path = "*" if self.path == "*" else _escape(self.path, _PATH)
            if path and path[0] != "/" and self.host:
                text += "/"
            if not text and ":" in path.partition("/")[0]:
                text = "./"
            text += path
        if self.query:
            text += "?" + self.query
        if self.fragment:
            text += "#" + _escape(self.fragment, _FRAGMENT)
        return text


def _parse(text: str) -> _Url:
    """``url.Parse``. Raises ``GoError``."""
    body, _hash, fragment = text.partition("#")
    try:
        url = _parse_body(body)
    except GoError as error:
        raise GoError(f"parse {_quoted(body)}: {error}") from None
    try:
        url.fragment = _unescape(fragment)
    except GoError as error:
        raise GoError(f"parse {_quoted(text)}: {error}") from None
    return url


def parse_reference(text: str) -> _Url:
    """``url.Parse``. Raises ``GoError``."""
    return _parse(text)


def parse_request(text: str) -> _Url:
    """``url.ParseRequestURI``: absolute, or an absolute path; ``#`` is nothing special.

    Raises ``GoError``.
    """
    url = _parse_body(text)
    if not url.scheme and not text.startswith("/") and text != "*":
        raise GoError(f"parse {_quoted(text)}: invalid URI for request")
    return url


def _parse_body(text: str) -> _Url:
    if any(char < " " or char == "\x7f" for char in text):
        raise GoError("net/url: invalid control character in URL")
    url = _Url()
    if text == "*":
        url.path = "*"
        return url
    if text.startswith(":"):
        raise GoError("missing protocol scheme")
    found = _SCHEME.match(text)
    rest = text[found.end() :] if found else text
    url.scheme = found[1].lower() if found else ""
    rest, _mark, url.query = rest.partition("?")
    if not rest.startswith("/"):
        if url.scheme:
            url.opaque = rest
            return url
        if ":" in rest.partition("/")[0]:
            raise GoError("first path segment in URL cannot contain colon")
    if (url.scheme or not rest.startswith("///")) and rest.startswith("//"):
        authority, slash, tail = rest[2:].partition("/")
        rest = slash + tail
        _parse_authority(url, authority)
    url.path = _unescape(rest)
    return url


def _parse_authority(url: _Url, authority: str) -> None:
    userinfo, at, host = authority.rpartition("@")
    url.host = _parse_host(url.scheme, host)
    if not at:
        return
    if not _USERINFO.match(userinfo):
        raise GoError("net/url: invalid userinfo")
    name, colon, password = userinfo.partition(":")
    url.user = (_unescape(name), _unescape(password) if colon else None)


def _parse_host(scheme: str, host: str) -> str:
    bracket = host.rfind("[")
    if bracket > 0:
        raise GoError("invalid IP-literal")
    if bracket == 0:
        return _parse_bracketed(host)
    colon = host.find(":") if scheme in ("http", "https") else host.rfind(":")
    if colon >= 0 and not _PORT.match(host, colon):
        raise GoError(f"invalid port {_quoted(host[colon:])} after host")
    return _unescape(host, "host")


def _parse_bracketed(host: str) -> str:
    close = host.rfind("]")
    if close < 0:
        raise GoError("missing ']' in host")
    port = host[close + 1 :]
    if not _PORT.match(port):
        raise GoError(f"invalid port {_quoted(port)} after host")
    address, zone, name = host[1:close].partition("%25")
    address = _unescape(address, "host") + (_unescape(zone + name, "zone") if zone else "")
    import ipaddress

    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise GoError(f"invalid host: ParseAddr({_quoted(address)}): unable to parse IP") from None
    if parsed.version == 4:
        raise GoError("invalid IP-literal")
    return f"[{address}]{port}"


def url_parse(text: str) -> dict[str, GoValue]:
    try:
        url = _parse(text)
    except GoError as error:
        raise GoError(f"unable to parse url: {error}") from None
    return {
        "scheme": url.scheme,
        "host": url.host,
        "hostname": url.hostname(),
        "path": url.path,
        "query": url.query,
        "opaque": url.opaque,
        "fragment": url.fragment,
        "userinfo": url.userinfo(),
    }


def url_join(parts: dict[str, GoValue] | None) -> str:
    url = _Url()
    for key in ("scheme", "host", "path", "query", "opaque", "fragment"):
        setattr(url, key, _text_part(parts, key))
    userinfo = _text_part(parts, "userinfo")
    if userinfo:
        try:
            url.user = _parse(f"proto://{userinfo}@host").user
        except GoError as error:
            raise GoError(f"unable to parse userinfo in dict: {error}") from None
    return str(url)


def _text_part(parts: dict[str, GoValue] | None, key: str) -> str:
    if parts is None or key not in parts:
        return ""
    value = parts[key]
    if not isinstance(value, str):
        raise GoError(f"unable to parse {key} key, must be of type string, but {kind(value)} found")
    return value
