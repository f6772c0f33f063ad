# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token server for a registry, to distribution's specification.

This is ``docs/content/spec/auth/token.md``, ``oauth.md`` and ``jwt.md``.

``GET realm?service=...&scope=...`` with optional Basic credentials, and ``POST`` with ``grant_type=password`` or ``refresh_token``. A token
grants the part of the requested scope that the account has: a larger request is not an error. It is a JWT signed with RS256, and the registry knows
the key from a JWKS file. Every request is recorded.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SERVICE = "registry.test"
ISSUER = "tokens.test"
KEY_ID = "windlass-test"


@dataclass
class Account:
    """``rights``: prefix of repositories -> actions."""

    password: str
    rights: dict[str, set[str]]


@dataclass
class TokenRequest:
    """One request as it arrived.

    ``user`` is empty without credentials, ``scopes`` are the values of ``scope`` one by one.
    """

    method: str
    user: str
    scopes: list[str]
    grant: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class TokenServer:
    """:param folder: where the JWKS file is written.
    :param lifetime: seconds that a token is valid."""

    def __init__(self, folder: Path, accounts: dict[str, Account], lifetime: int = 300) -> None:
        self.accounts = accounts
        self.lifetime = lifetime
        self.refresh_tokens: dict[str, str] = {}
        self.requests: list[TokenRequest] = []
        self.answer: tuple[int, bytes] | None = None
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.jwks = folder / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [self._public()]}))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def realm(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/token"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _public(self) -> dict[str, str]:
        numbers = self._key.public_key().public_numbers()
        return {
            "kty": "RSA",
            "kid": KEY_ID,
            "alg": "RS256",
            "use": "sig",
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }

    def user_of(self, name: str, password: str) -> str | None:
        """The account's name; ``None``: wrong credentials; empty: anonymous."""
        if not name and not password:
            return ""
        account = self.accounts.get(name)
        return name if account is not None and account.password == password else None

    def token(self, user: str, scopes: list[str]) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user,
            "aud": SERVICE,
            "exp": now + self.lifetime,
            "nbf": now - 10,
            "iat": now,
            "jti": str(time.monotonic_ns()),
            "access": [granted for scope in scopes if (granted := self._granted(user, scope))],
        }
        text = f"{_json({'typ': 'JWT', 'alg': 'RS256', 'kid': KEY_ID})}.{_json(claims)}"
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_b64(signature)}"

    def _granted(self, user: str, scope: str) -> dict[str, Any] | None:
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        account = self.accounts.get(user)
        rights = account.rights if account else {}
        allowed = set().union(*(actions for prefix, actions in rights.items() if name.startswith(prefix)), set())
        granted = [action for action in actions.split(",") if action in allowed]
        return {"type": kind, "name": name, "actions": granted} if granted else None


def _handler(server: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body may wait 40 ms for the acknowledgement of its headers

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            name, password = _basic(self.headers.get("Authorization", ""))
            requested = TokenRequest("GET", name, query.get("scope", []), fields={key: values[0] for key, values in query.items()})
            self._answer(requested, server.user_of(name, password))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fields = {key: values[0] for key, values in parse_qs(body).items()}
            grant = fields.get("grant_type", "")
            if grant == "refresh_token":
                user = server.refresh_tokens.get(fields.get("refresh_token", ""))
            else:
                user = server.user_of(fields.get("username", ""), fields.get("password", ""))
            shown = {key: value for key, value in fields.items() if key not in ("password", "refresh_token")}
            self._answer(TokenRequest("POST", user or fields.get("username", ""), fields.get("scope", "").split(), grant, shown), user)

        def _answer(self, requested: TokenRequest, user: str | None) -> None:
            server.requests.append(requested)
            if server.answer is not None:
                self._send(*server.answer)
            elif user is None:
                self._send(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"wrong user name or password"}]}')
            else:
                token = server.token(user, requested.scopes)
                self._send(200, json.dumps({"token": token, "access_token": token, "expires_in": server.lifetime}).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Nothing is printed: requests are recorded."""

    return Handler


def _basic(header: str) -> tuple[str, str]:
    if not header.startswith("Basic "):
        return "", ""
    try:
        name, _, password = base64.b64decode(header[6:]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "?", "?"
    return name, password


def _json(value: dict[str, Any]) -> str:
    return _b64(json.dumps(value, separators=(",", ":")).encode())


def _number(value: int) -> str:
    return _b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
