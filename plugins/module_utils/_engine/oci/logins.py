# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Logins in docker's ``config.json``, which Helm uses too.

oras-go: ``credentials``; containers-auth.json(5) for keys with a path.

Pure: the text of a file in, logins out. Running a credential helper is the adapter's part.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..aliases import Json, JsonObject
from ..yamlio.gojson import json_dumps

_DOCKER_HUB = "https://index.docker.io/v1/"
_DOCKER_HUB_NAMES = ("docker.io", "registry-1.docker.io", "index.docker.io")
#: the user name by which a helper says that its secret is an identity token
TOKEN_USER = "<token>"  # noqa: S105


@dataclass(frozen=True)
class Login:
    """Credentials for a registry.

    One of: user and password; an identity token, which a token server exchanges; a registry token, which is sent as it is.
    ``source``: where they come from, for messages; empty: from the task.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)
    source: str = ""
    option: str = "chart_repo_username"

    @property
    def is_empty(self) -> bool:
        return not (self.username or self.password or self.identity_token or self.registry_token)


NO_LOGIN = Login()


class Logins:
    """The logins of one file.

    :param document: its JSON; what has another form than expected is ignored, as docker does.
    """

    def __init__(self, document: Json, source: str) -> None:
        facts = document if isinstance(document, dict) else {}
        self._auths = _table(facts.get("auths"))
        self._helpers = {key: name for key, name in _table(facts.get("credHelpers")).items() if isinstance(name, str)}
        store = facts.get("credsStore")
        self._store = store if isinstance(store, str) else ""
        self._source = source

    def helper(self, host: str) -> str:
        """The name of the credential helper for a host: its own, else the one for all; empty: none."""
        return next((self._helpers[name] for name in _names(host) if self._helpers.get(name)), "") or self._store

    def get(self, host: str, repository: str) -> Login:
        """The login for a repository.

        That of the longest key that is the host, or the host and a beginning of the path.
        """
        keys = {_key(key): key for key in self._auths}
        path = repository.split("/")
        for length in range(len(path), -1, -1):
            for name in _names(host):
                key = keys.get("/".join((name, *path[:length])))
                login = self._login(self._auths[key]) if key is not None else NO_LOGIN
                if not login.is_empty:
                    return login
        return NO_LOGIN

    def _login(self, entry: Json) -> Login:
        facts = entry if isinstance(entry, dict) else {}

        def text(key: str) -> str:
            value = facts.get(key)
            return value if isinstance(value, str) else ""

        username, password = _decoded(text("auth")) if text("auth") else (text("username"), text("password"))
        return Login(username, password, text("identitytoken"), text("registrytoken"), self._source)


def with_login(document: Json, host: str, login: Login | None) -> JsonObject:
    """A file's JSON with another login for a host, or without one.

    Keys of the same host in other spellings are removed, and everything else stays.
    """
    facts = dict(document) if isinstance(document, dict) else {}
    names = _names(host)
    auths = {key: entry for key, entry in _table(facts.get("auths")).items() if _key(key) not in names}
    if login is not None:
        text = f"{login.username}:{login.password}".encode("utf-8", "surrogateescape")
        auths[helper_key(host)] = {"auth": base64.b64encode(text).decode("ascii")}
    return {**facts, "auths": auths}


def file_text(document: JsonObject) -> bytes:
    """The text of a file, as Helm writes it: keys sorted, indented with tabs."""
    return json_dumps(document, indent="\t").encode("utf-8", "surrogateescape")


def helper_input(host: str, login: Login) -> bytes:
    """What a credential helper reads to store a login."""
    return json_dumps({"ServerURL": helper_key(host), "Username": login.username, "Secret": login.password}).encode()


def read_logins(data: bytes, source: str) -> Logins | None:
    """The logins in a file's text; ``None``: it is not JSON."""
    document = read_document(data)
    return None if document is None else Logins(document, source)


def read_document(data: bytes) -> Json:
    """The JSON of a file; an empty one is an empty object; ``None``: it is not JSON."""
    try:
        document = json.loads(data) if data.strip() else {}
    except (ValueError, RecursionError):
        return None
    return {} if document is None else document


def helper_key(host: str) -> str:
    """The key that is requested from a credential helper."""
    return _DOCKER_HUB if host in _DOCKER_HUB_NAMES else host


def helper_login(answer: bytes, source: str) -> Login | None:
    """The login in a credential helper's answer; ``None``: it is not what a helper answers."""
    try:
        facts = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or not isinstance(facts.get("Username"), str) or not isinstance(facts.get("Secret"), str):
        return None
    if facts["Username"] == TOKEN_USER:
        return Login(identity_token=facts["Secret"], source=source)
    return Login(facts["Username"], facts["Secret"], source=source)


def _table(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _names(host: str) -> tuple[str, ...]:
    """The names under which a host may be in a file; Docker Hub has several."""
    return ("index.docker.io/v1", *_DOCKER_HUB_NAMES) if host in _DOCKER_HUB_NAMES else (host,)


def _key(key: str) -> str:
    """A key as host and path.

    ``https://`` at the beginning and a slash at the end are left out, as is the ``/v1`` or ``/v2`` that some write.
    """
    text = key.partition("://")[2] if "://" in key else key
    text = text.rstrip("/")
    for ending in ("/v1", "/v2"):
        if text.count("/") == 1 and text.endswith(ending) and not text.startswith("index.docker.io"):
            text = text[: -len(ending)]
    return text


def _decoded(auth: str) -> tuple[str, str]:
    """User and password in the base64 text of docker's file, cut at the first colon."""
    try:
        user, _colon, password = base64.b64decode(auth, validate=True).decode("utf-8", "surrogateescape").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password.rstrip("\0")
