# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The credentials of requests, renewed when they expire.

As client-go does it (``plugin/pkg/client/auth/exec``, ``transport/token_source.go``): a credential plugin is run once and its result
cached in memory until a minute before its expiry; token files are read again after a minute, since a kubelet renews them. After a
401 either is renewed once. A plugin never gets a terminal: tasks have none.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...._engine.aliases import JsonObject
from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text
from .config import Connection, ExecPlugin
from .secret_text import bearer_token, utf8

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_PLUGIN_SECONDS = 120.0
_SHORTEST = 0.1
_LARGEST_TOKEN = 1 << 20
_EARLY = 60.0
_REREAD = 60.0


@dataclass(frozen=True)
class Identity:
    """The credentials of a request and their expiry.

    In seconds of ``time.time()``; ``None``: the server decides.
    """

    authorization: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    until: float | None = None


#: By environment too: with another AWS_PROFILE the same plugin is another user.
_plugins: dict[tuple[ExecPlugin, frozenset[tuple[str, str]]], Identity] = {}


class Authenticator:
    """The identity of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._credentials = connection.credentials
        self._environ = connection.environ
        self._identity: Identity | None = None

    def identity(self, seconds: float = _PLUGIN_SECONDS) -> Identity:
        """Raises ``ClusterConfigError`` where a plugin fails or a file cannot be read.

        :param seconds: the longest time that a plugin may take.
        """
        if self._identity is None or (self._identity.until is not None and time.time() >= self._identity.until):
            self._identity = self._make(seconds, fresh=False)
        return self._identity

    def renew(self, seconds: float = _PLUGIN_SECONDS) -> bool:
        """After a 401. ``False``: there is nothing that could be renewed."""
        if self._credentials.plugin is None and self._credentials.token_file is None:
            return False
        before = self._identity
        self._identity = self._make(seconds, fresh=True)
        return before is None or self._identity.authorization != before.authorization or self._identity.certificate != before.certificate

    def secrets(self) -> list[str]:
        """The secrets that must not be in any message."""
        given = self._credentials
        known = [given.token, given.password]
        if self._identity is not None:
            known.append(self._identity.authorization.partition(" ")[2])
        return [text for text in known if len(text) > 3]

    def _make(self, seconds: float, *, fresh: bool) -> Identity:
        given = self._credentials
        if given.plugin is not None:
            return self._run_once(given.plugin, fresh, seconds)
        if given.token_file is not None:
            token = bearer_token(_content(given.token_file), f"the token file {given.token_file}")
            return Identity(f"Bearer {token}", given.certificate, given.key, time.time() + _REREAD)
        if given.token:
            return Identity(f"Bearer {given.token}", given.certificate, given.key)
        if given.username:
            pair = base64.b64encode(utf8(f"{given.username}:{given.password}")).decode()
            return Identity(f"Basic {pair}", given.certificate, given.key)
        return Identity("", given.certificate, given.key)

    def _run_once(self, plugin: ExecPlugin, fresh: bool, seconds: float) -> Identity:
        key = plugin, frozenset(self._environ.items())
        cached = _plugins.get(key)
        if cached is None or fresh or (cached.until is not None and time.time() >= cached.until):
            text = _run(plugin, self._environ, min(max(seconds, _SHORTEST), _PLUGIN_SECONDS))
            cached = _plugins[key] = _identity(plugin, text, self._credentials.certificate, self._credentials.key)
        return cached


def _content(path: Path) -> str:
    """The text of a token file. Raises ``ClusterConfigError``."""
    from .regular_file import read_file

    return read_file(path, "The token file", _LARGEST_TOKEN).decode("utf-8", errors="surrogateescape")


def _run(plugin: ExecPlugin, environ: Mapping[str, str], seconds: float) -> str:
    """The output of the plugin. Raises ``ClusterConfigError``."""
    from .plugin_process import run

    name = plain_text(Path(plugin.command).name, 100)
    if plugin.api_version not in _VERSIONS:
        raise ClusterConfigError(
            f"The credential plugin {name} has apiVersion {plain_text(plugin.api_version, 100)!r} in the kubeconfig; "
            f"{' or '.join(_VERSIONS)} is needed."
        )
    if plugin.interactive == "Always":
        raise ClusterConfigError(
            f"The credential plugin {name} requires a terminal (interactiveMode: Always), which is not available in a task."
        )
    info: JsonObject = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": {"interactive": False}}
    if plugin.cluster_info:
        info["spec"]["cluster"] = json.loads(plugin.cluster_info)
    env = {**environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": json.dumps(info)}
    return run([plugin.command, *plugin.arguments], env, seconds, name, plugin.hint)


def _identity(plugin: ExecPlugin, text: str, certificate: bytes, key: bytes) -> Identity:
    name = plain_text(Path(plugin.command).name, 100)
    try:
        answer = json.loads(text)
        status = answer["status"]
        token = bearer_token(str(status.get("token") or ""), f"the token of the credential plugin {name}", empty=True)
        cert, secret = str(status.get("clientCertificateData") or ""), str(status.get("clientKeyData") or "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ClusterConfigError(f"The credential plugin {name} did not print an ExecCredential with a status.") from error
    if answer.get("apiVersion") != plugin.api_version:
        raise ClusterConfigError(
            f"The credential plugin {name} returned apiVersion {plain_text(answer.get('apiVersion'), 100)!r}, but its kubeconfig "
            f"entry specifies {plugin.api_version!r}."
        )
    if not token and not (cert and secret):
        raise ClusterConfigError(f"The credential plugin {name} returned neither a token nor a client certificate and key.")
    until = _instant(str(status.get("expirationTimestamp") or ""))
    return Identity(
        f"Bearer {token}" if token else "",
        cert.encode("utf-8", errors="replace") or certificate,
        secret.encode("utf-8", errors="replace") or key,
        None if until is None else until - _EARLY,
    )


def _instant(text: str) -> float | None:
    """RFC 3339 to seconds since 1970; ``None`` where a plugin names no time, or none that can be read."""
    from datetime import datetime, timezone

    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None
