# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""How a registry wants to be spoken to: ``WWW-Authenticate``, scopes, the answers of token servers.

Sources: distribution's ``docs/spec/auth/{token,oauth,scope}.md``; oras-go ``registry/remote/auth``; RFC 9110, 11.6.1.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from ..errors import RepositoryError
from ..plain_text import plain_text
from ..web import without_secrets

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  a token of HTTP's grammar
_PIECE = re.compile(rf'[\s,]*({_TOKEN})(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN})))?')
_ESCAPED = re.compile(r"\\(.)")
_LONGEST_HEADER = 8192
#: bytes of a token server's answer: a token fits into a header of 16 KiB, and may be there twice
MAX_ANSWER = 128 << 10
_DEFAULT_LIFETIME = 60.0  # seconds, where the answer does not say it


@dataclass(frozen=True)
class Challenge:
    """One scheme of a ``WWW-Authenticate`` header; names of parameters are in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def scopes(self) -> list[str]:
        return self.parameters.get("scope", "").split()


@dataclass(frozen=True)
class Token:
    """A bearer token, and the seconds that it is valid."""

    text: str = field(repr=False)
    lifetime: float = _DEFAULT_LIFETIME


def parse_challenge(header: str) -> Challenge | None:
    """The scheme to follow: ``bearer`` if the server offers it, else ``basic``; ``None``: neither.

    The header may hold several challenges, as several headers are joined by commas.
    """
    found: dict[str, dict[str, str]] = {}
    parameters: dict[str, str] = {}
    header, at = header[:_LONGEST_HEADER], 0
    while piece := _PIECE.match(header, at):
        at = piece.end()
        if piece[2] is None and piece[3] is None:
            parameters = found.setdefault(piece[1].lower(), {})
        else:
            parameters.setdefault(piece[1].lower(), piece[3] if piece[2] is None else _ESCAPED.sub(r"\1", piece[2]))
    return next((Challenge(scheme, found[scheme]) for scheme in ("bearer", "basic") if scheme in found), None)


def repository_scope(repository: str, *actions: str) -> str:
    return f"repository:{repository}:{','.join(actions)}"


def merged_scopes(scopes: Iterable[str]) -> list[str]:
    """Scopes with one entry for each resource, all of its actions together, everything sorted.

    Token servers misread a resource that comes twice.
    """
    actions: dict[str, set[str]] = {}
    others = set()
    for scope in scopes:
        resource, colon, names = scope.rpartition(":")
        if not colon or ":" not in resource:
            others.add(scope)
        elif wanted := {name for name in names.split(",") if name}:
            actions.setdefault(resource, set()).update(wanted)
    merged = {f"{resource}:{'*' if '*' in names else ','.join(sorted(names))}" for resource, names in actions.items()}
    return sorted(merged | others)


def check_realm(realm: str, registry_url: str) -> None:
    """Raises ``RepositoryError`` for a token server that must not get credentials.

    oras-go: ``validateRealm``.

    A registry over https must not lead to plain HTTP. A private, loopback or link-local address is refused, unless the registry itself is
    at that host: a hostile registry could send the credentials to services of the internal network. Other hosts are normal: Docker Hub's
    token server has its own.
    """
    registry = urlsplit(registry_url)
    shown = without_secrets(realm)
    try:
        parts: SplitResult | None = urlsplit(realm)
        host = (parts.hostname or "") if parts else ""
        _port = parts.port if parts else None
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise RepositoryError(f"{registry.netloc} names a token server that is not a valid http or https URL: {shown}.", url=shown)
    if parts.scheme == "http" and registry.scheme == "https":
        raise RepositoryError(
            f"{registry.netloc} is reached over https, but its token server {shown} is not; the credentials were not sent to it.",
            helm=f'bearer realm "{shown}" uses http but registry was contacted over https',
            url=shown,
        )
    if host != registry.hostname and _is_internal(host):
        raise RepositoryError(
            f"{registry.netloc} names the token server {shown}, which is an internal address; the credentials were not sent to it.",
            helm=f'bearer realm host "{host}" is a loopback, link-local, private, or unspecified address',
            url=shown,
        )


def _is_internal(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_link_local or mapped.is_private or mapped.is_unspecified)


def parse_token(data: bytes, shown: str) -> Token:
    """The token in a token server's answer: in ``token`` or in ``access_token``.

    Raises ``RepositoryError``.
    """
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    facts = answer if isinstance(answer, dict) else {}
    text = next((facts[key] for key in ("access_token", "token") if isinstance(facts.get(key), str) and facts[key]), "")
    if not text or not text.isascii() or not text.isprintable():
        raise RepositoryError(f"The token server {shown} returned no token.", url=shown)
    lifetime = facts.get("expires_in")
    if isinstance(lifetime, bool) or not isinstance(lifetime, (int, float)) or not 0 < lifetime < 1e9:
        lifetime = _DEFAULT_LIFETIME
    return Token(text, float(lifetime))


def error_texts(data: bytes) -> list[tuple[str, str]]:
    """Codes and messages in a registry's answer with an error; none where it has another form."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return []
    errors = answer.get("errors") if isinstance(answer, dict) else None
    found = []
    for item in errors if isinstance(errors, list) else []:
        if isinstance(item, dict):
            found.append((plain_text(item.get("code") or "", 60), plain_text(item.get("message") or "", 200)))
    return found[:5]
