# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the stored login for a repository in a registry.

Helm's ``registry/config.json`` is read first, then docker's ``config.json``, each with its credential helpers (oras-go:
``credentials.NewStoreWithFallbacks``).

A file that cannot be read and a helper that fails are warnings: public charts need no login. A secret is in no message.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ..._engine.oci.logins import NO_LOGIN, Login, Logins, helper_key, helper_login, read_logins
from ..._engine.plain_text import plain_text
from ..cache_home import home_folder
from ..programs import TooMuchOutput, answer

Warn = Callable[[str], None]

_MAX_FILE = 1 << 20
#: seconds that a credential helper may take: it may ask a cloud's API
HELPER_SECONDS = 30.0
_NOT_FOUND = b"credentials not found in native keychain"


def find_login(host: str, repository: str, environ: Mapping[str, str], warn: Warn) -> Login:
    """The login that the user has stored for a repository; ``NO_LOGIN`` where there is none.

    :param host: with its port, as requests go to it.
    :param environ: the task's environment: ``HELM_REGISTRY_CONFIG``, ``DOCKER_CONFIG``, homes, ``PATH`` for the helpers.
    """
    for path in login_files(environ):
        logins = _read(path, warn)
        if logins is None:
            continue
        helper = logins.helper(host)
        login = _from_helper(helper, host, environ, warn) if helper else NO_LOGIN
        if login.is_empty:
            login = logins.get(host, repository)
        if not login.is_empty:
            return login
    return NO_LOGIN


def login_files(environ: Mapping[str, str]) -> list[Path]:
    """The files that may hold logins, Helm's first. They need not exist."""
    home = home_folder(environ)
    files = []
    config = environ.get("HELM_CONFIG_HOME") or ""
    if not config:
        base = environ.get("XDG_CONFIG_HOME") or ""
        base = base if os.path.isabs(base) else (f"{home}/.config" if home else "")  # noqa: PTH117
        config = f"{base}/helm" if base else ""
    helms = environ.get("HELM_REGISTRY_CONFIG") or (f"{config}/registry/config.json" if config else "")
    dockers = environ.get("DOCKER_CONFIG") or (f"{home}/.docker" if home else "")
    if helms:
        files.append(Path(helms))
    if dockers:
        files.append(Path(dockers, "config.json"))
    return files


def _read(path: Path, warn: Warn) -> Logins | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not valid"
        warn(f"The registry logins in {plain_text(path, 300)} were not used: {reason}.")
        return None
    found = read_logins(data, str(path)) if len(data) <= _MAX_FILE else None
    if found is None and data.strip():
        warn(f"The registry logins in {plain_text(path, 300)} were not used: the file is not valid JSON.")
    return found


def _from_helper(helper: str, host: str, environ: Mapping[str, str], warn: Warn) -> Login:
    """The login that a credential helper has for a host."""
    try:
        return helper_get(helper, host, environ)
    except HelperFailed as error:
        warn(f"{error}, so its login for {host} was not used.")
        return NO_LOGIN


class HelperFailed(Exception):
    """What is wrong with a credential helper, as a sentence without its end."""


def helper_get(helper: str, host: str, environ: Mapping[str, str]) -> Login:
    """The login that a credential helper has for a host; ``NO_LOGIN`` where it has none.

    Raises ``HelperFailed``.
    """
    shown = shown_helper(helper)
    code, out, errors = run_helper(helper, "get", helper_key(host).encode(), environ)
    if code and _NOT_FOUND in out + errors:
        return NO_LOGIN
    if code:
        raise HelperFailed(f"{shown} {ended(code)}")
    login = helper_login(out, shown[:1].lower() + shown[1:])
    if login is None:
        raise HelperFailed(f"{shown} returned no login")
    return login


def run_helper(helper: str, action: str, given: bytes, environ: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Code, output and errors of a credential helper.

    Raises ``HelperFailed``.
    """
    shown = shown_helper(helper)
    if "/" in helper or "\0" in helper:
        raise HelperFailed(f"{shown} was not run, since its name is not valid")
    try:
        return answer([f"docker-credential-{helper}", action], environ, HELPER_SECONDS, given)
    except FileNotFoundError as error:
        raise HelperFailed(f"{shown} is not installed") from error
    except TimeoutError as error:
        raise HelperFailed(f"{shown} timed out after {HELPER_SECONDS:g} s") from error
    except (OSError, ValueError, TooMuchOutput) as error:
        raise HelperFailed(f"{shown} cannot be run ({getattr(error, 'strerror', None) or type(error).__name__})") from error


def shown_helper(helper: str) -> str:
    return f"The credential helper {plain_text(f'docker-credential-{helper}', 100)}"


def ended(code: int) -> str:
    """How a program ended, in words."""
    return f"was terminated by signal {-code}" if code < 0 else f"exited with code {code}"
