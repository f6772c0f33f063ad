# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Credentials as a request carries them, renewed when they run out.

As client-go does it (``plugin/pkg/client/auth/exec``, ``transport/token_source.go``): a credential plugin is run once and its answer
kept in memory until the time it names, a minute early; token files are read again after a minute, for a kubelet renews them. After a
401 either is renewed once. A plugin is never given a terminal: tasks have none.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..._engine.errors import ClusterConfigError
from .config import Connection, ExecPlugin

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_PATIENCE = 120.0
_EARLY = 60.0
_REREAD = 60.0


@dataclass(frozen=True)
class Identity:
    """What goes with a request, and how long it is good (``time.time()`` seconds; ``None``: as long as the server thinks)."""

    authorization: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    until: float | None = None


#: By environment too: with another AWS_PROFILE the same plugin is somebody else.
_plugins: dict[tuple[ExecPlugin, frozenset[tuple[str, str]]], Identity] = {}


class Authenticator:
    """The identity of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._credentials = connection.credentials
        self._environ = connection.environ
        self._identity: Identity | None = None

    def identity(self) -> Identity:
        """Raises ``ClusterConfigError`` where a plugin fails or a file cannot be read."""
        if self._identity is None or (self._identity.until is not None and time.time() >= self._identity.until):
            self._identity = self._make(fresh=False)
        return self._identity

    def renew(self) -> bool:
        """After a 401. ``False``: there is nothing that could be renewed."""
        if self._credentials.plugin is None and self._credentials.token_file is None:
            return False
        before = self._identity
        self._identity = self._make(fresh=True)
        return before is None or self._identity.authorization != before.authorization or self._identity.certificate != before.certificate

    def secrets(self) -> list[str]:
        """What must never be read in a sentence."""
        given = self._credentials
        known = [given.token, given.password]
        if self._identity is not None:
            known.append(self._identity.authorization.partition(" ")[2])
        return [text for text in known if len(text) > 3]

    def _make(self, *, fresh: bool) -> Identity:
        given = self._credentials
        if given.plugin is not None:
            return self._run_once(given.plugin, fresh)
        if given.token_file is not None:
            try:
                token = given.token_file.read_text().strip()
            except OSError as error:
                raise ClusterConfigError(f"The token file {given.token_file} cannot be read: {error.strerror or error}.") from error
            return Identity(f"Bearer {token}", given.certificate, given.key, time.time() + _REREAD)
        if given.token:
            return Identity(f"Bearer {given.token}", given.certificate, given.key)
        if given.username:
            pair = base64.b64encode(f"{given.username}:{given.password}".encode()).decode()
            return Identity(f"Basic {pair}", given.certificate, given.key)
        return Identity("", given.certificate, given.key)

    def _run_once(self, plugin: ExecPlugin, fresh: bool) -> Identity:
        key = plugin, frozenset(self._environ.items())
        kept = _plugins.get(key)
        if kept is None or fresh or (kept.until is not None and time.time() >= kept.until):
            kept = _plugins[key] = _identity(plugin, _run(plugin, self._environ), self._credentials.certificate, self._credentials.key)
        return kept


async def _answer(command: list[str], env: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Code, output and errors of a program. asyncio, since ansible-test wants a module's ``run_command`` in place of ``subprocess``, and
    in the controller's process there is no module. Raises ``asyncio.TimeoutError``, ``OSError``."""
    import asyncio  # late: 10 ms that only such users pay

    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, env=dict(env), stdin=nothing, stdout=pipe, stderr=pipe)
    try:
        out, err = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, out, err


def _run(plugin: ExecPlugin, environ: Mapping[str, str]) -> str:

    name = Path(plugin.command).name
    if plugin.api_version not in _VERSIONS:
        raise ClusterConfigError(
            f"The credential plugin {name} has apiVersion {plugin.api_version!r} in the kubeconfig; {' or '.join(_VERSIONS)} is needed."
        )
    if plugin.interactive == "Always":
        raise ClusterConfigError(f"The credential plugin {name} wants a terminal (interactiveMode: Always), which a task does not have.")
    info: dict[str, Any] = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": {"interactive": False}}
    if plugin.cluster_info:
        info["spec"]["cluster"] = json.loads(plugin.cluster_info)
    env = {**environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": json.dumps(info)}
    import asyncio

    try:
        code, out, err = asyncio.run(_answer([plugin.command, *plugin.arguments], env))
    except FileNotFoundError as error:
        hint = f" ({plugin.hint})" if plugin.hint else ""
        raise ClusterConfigError(f"The credential plugin {plugin.command} of the kubeconfig is not installed here{hint}.") from error
    except asyncio.TimeoutError as error:
        raise ClusterConfigError(f"The credential plugin {name} gave no answer in {_PATIENCE:g} s.") from error
    except OSError as error:
        raise ClusterConfigError(f"The credential plugin {plugin.command} cannot be run: {error.strerror or error}.") from error
    if code != 0:
        lines = err.decode(errors="replace").strip().splitlines()
        said = lines[-1] if lines else "it said nothing"
        raise ClusterConfigError(f"The credential plugin {name} ended with code {code}: {said}.")
    return out.decode(errors="replace")


def _identity(plugin: ExecPlugin, text: str, certificate: bytes, key: bytes) -> Identity:
    name = Path(plugin.command).name
    try:
        answer = json.loads(text)
        status = answer["status"]
        token = str(status.get("token") or "")
        cert, secret = str(status.get("clientCertificateData") or ""), str(status.get("clientKeyData") or "")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ClusterConfigError(f"The credential plugin {name} did not print an ExecCredential with a status.") from error
    if answer.get("apiVersion") != plugin.api_version:
        raise ClusterConfigError(
            f"The credential plugin {name} answered with apiVersion {answer.get('apiVersion')!r} where {plugin.api_version!r} was wanted."
        )
    if not token and not (cert and secret):
        raise ClusterConfigError(f"The credential plugin {name} gave neither a token nor a client certificate with its key.")
    until = _instant(str(status.get("expirationTimestamp") or ""))
    return Identity(
        f"Bearer {token}" if token else "",
        cert.encode() or certificate,
        secret.encode() or key,
        None if until is None else until - _EARLY,
    )


def _instant(text: str) -> float | None:
    """RFC 3339 to seconds since 1970; ``None`` where a plugin names no time, or none that can be read."""
    from datetime import datetime, timezone

    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
