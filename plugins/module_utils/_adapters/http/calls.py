# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Calls of a server's API over HTTP: one request, one short answer, no redirects.

A redirect is never followed, since a POST would become a GET on the way. Credentials are sent with Basic authentication.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..._engine.errors import OperatorError
from ..._engine.web import join, without_secrets
from .connections import TIMEOUT, Access, Connections, Limit
from .repo_http import location
from .retries import repeat

Result = TypeVar("Result")

_MOST = 16 << 20  # bytes of an answer
#: bytes a second that the slowest connection is expected to send
_SLOWEST = 50_000


@dataclass(frozen=True)
class Reply:
    """An answer with any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Calls:
    """The calls of one task to one server.

    Raises ``RepositoryError``; ``Broken`` where the server ended the connection.
    """

    def __init__(self, access: Access, environ: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        self._access = access
        self._timeout = timeout
        self._connections = Connections(environ)
        self._limit = Limit(timeout)

    def repeated(self, attempt: Callable[[], Result], size: int = 0) -> Result:
        """The result of an attempt, which makes calls, with retries and within one limit.

        :param size: bytes that it sends.
        """
        before = self._limit
        with Limit(self._timeout + size / _SLOWEST) as limit:
            self._limit = limit
            try:
                return repeat(attempt, limit)
            finally:
                self._limit = before  # an attempt may make calls with a limit of their own

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """One request."""
        shown = without_secrets(url)
        sent = {"Accept-Encoding": "identity", **headers}
        with self._connections.send(method, url, sent, self._access, self._limit, body=body, credentials=self._credentials()) as answer:
            data = bytearray()
            for piece in self._connections.pieces(answer, shown, self._limit):
                data += piece
                if len(data) > _MOST:
                    break
        if 300 <= answer.status < 400:
            to = without_secrets(join(url, location(answer.headers.get("Location", ""))))
            raise OperatorError(f"{shown} leads to {to} ({answer.status}), which is not followed; use its server and path instead.")
        return Reply(answer.status, answer.headers, bytes(data[:_MOST]), shown)

    def _credentials(self) -> tuple[bytes, bytes] | None:
        user, password = self._access.username, self._access.password
        return (user.encode("utf-8", "surrogateescape"), password.encode("utf-8", "surrogateescape")) if user and password else None


def form_with_file(field: str, file_name: str, data: bytes) -> tuple[str, bytes]:
    """Content type and body of a form with one file (RFC 7578)."""
    boundary = os.urandom(16).hex()
    name = file_name.replace("\\", "\\\\").replace('"', '\\"')
    about = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: application/octet-stream'
    head = f"--{boundary}\r\n{about}\r\n\r\n"
    return f"multipart/form-data; boundary={boundary}", head.encode("utf-8", "surrogateescape") + data + f"\r\n--{boundary}--\r\n".encode()
