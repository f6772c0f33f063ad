# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Authorization for one repository of a registry: Basic, or a token of the registry's token server.

Nothing is sent before the registry asks for it, as in Helm, and no login is looked for before. Tokens are kept in memory, for one
repository and one task.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..._engine.aliases import JsonObject
from ..._engine.errors import RepositoryError
from ..._engine.oci.challenges import Challenge, check_realm, merged_scopes, parse_token
from ..._engine.oci.logins import Login
from ..._engine.oci.references import Reference
from ..._engine.web import without_secrets
from .refusals import token_refused

#: sends a request to a token server: method, URL, headers, body -> status and body
Send = Callable[[str, str, dict[str, str], "bytes | None"], tuple[int, bytes]]

_CLIENT = "windlass.charts"
_EARLY = 5.0  # seconds before its end that a token is not used any more
_LONGEST = 16 << 10


@dataclass
class _Held:
    """A token, until when it is used, and the scopes that it was requested for."""

    header: str
    until: float
    scopes: list[str]


class Authorization:
    """The state of one repository.

    :param login: the login, looked for at the first challenge.
    :param scopes: of the repository, with the actions that the caller will need.
    """

    def __init__(self, reference: Reference, login: Callable[[], Login], send: Send, scopes: list[str]) -> None:
        self._reference = reference
        self._find = login
        self._send = send
        self._scopes = scopes
        self._login: Login | None = None
        self._held: _Held | None = None
        self._anonymous = False
        #: what was or will be sent, in every form
        self.secrets: set[str] = set()

    @property
    def login(self) -> Login | None:
        """The login that is sent; ``None``: there is none, or the server has not asked."""
        return None if self._anonymous or self._login is None or self._login.is_empty else self._login

    def header(self) -> str:
        """What to send now; empty: nothing."""
        if self._held is not None and time.monotonic() < self._held.until:
            return self._held.header
        return ""

    def drop_login(self) -> None:
        """Go on without the login."""
        self._anonymous, self._held = True, None

    def take_login(self) -> None:
        """The login again, as nothing can be read without it either."""
        self._anonymous, self._held = False, None

    def respond(self, challenge: Challenge | None, url: str) -> str:
        """What to send in response to a 401; empty: there is nothing to send.

        :param challenge: ``None``: the answer had none that is known. Then a login is tried with Basic.
        :param url: that the challenge came from.
        :raises RepositoryError: the token server refuses, or must not get the credentials.
        """
        if self._login is None:
            self._login = self._find()
            found = self._login
            self.secrets |= {text for text in (found.password, found.identity_token, found.registry_token, _encoded(found)) if text}
        login = self._login if self.login else Login()
        if challenge is not None and challenge.scheme == "bearer":
            return self._bearer(challenge, login, url)
        if not login.username and not login.password:
            return ""
        self._held = _Held(_basic(login), float("inf"), [])
        return self._held.header

    def _bearer(self, challenge: Challenge, login: Login, url: str) -> str:
        self._scopes = merged_scopes([*self._scopes, *challenge.scopes])
        if login.registry_token:
            self._held = _Held(f"Bearer {login.registry_token}", float("inf"), self._scopes)
            return self._held.header
        realm = challenge.parameters.get("realm", "")
        check_realm(realm, url)
        service = challenge.parameters.get("service", "")
        shown = without_secrets(realm)
        started = time.monotonic()
        status, body = self._token(realm, service, login)
        if status != 200:
            raise token_refused(self._reference, status, body, None if login.is_empty else login, shown)
        token = parse_token(body, shown)
        self.secrets.add(token.text)
        if len(token.text) > _LONGEST:
            raise RepositoryError(f"The token server {shown} returned a token that is too long for a header.", url=shown)
        self._held = _Held(f"Bearer {token.text}", started + max(token.lifetime - _EARLY, 1.0), self._scopes)
        return self._held.header

    def _token(self, realm: str, service: str, login: Login) -> tuple[int, bytes]:
        """A GET with Basic, as Helm sends it; an identity token is exchanged by a POST, as OAuth 2 has it."""
        if login.identity_token:
            form: JsonObject = {"grant_type": "refresh_token", "refresh_token": login.identity_token, "service": service}
            form |= {"client_id": _CLIENT, "scope": " ".join(self._scopes)}
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return self._send("POST", realm, headers, urlencode(form).encode())
        parts = urlsplit(realm)
        query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in ("service", "scope")]
        query += [("service", service)] if service else []
        query += [("scope", scope) for scope in self._scopes]
        url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
        return self._send("GET", url, {"Authorization": _basic(login)} if login.username or login.password else {}, None)


def _basic(login: Login) -> str:
    return f"Basic {_encoded(login)}"


def _encoded(login: Login) -> str:
    text = f"{login.username}:{login.password}".encode("utf-8", "surrogateescape")
    return base64.b64encode(text).decode() if len(text) > 1 else ""
