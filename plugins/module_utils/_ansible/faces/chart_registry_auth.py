# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``chart_registry_auth``: stores a login for a registry where helm looks for it, or removes it.

The registry is requested first, also in check mode, so that a login that it refuses is never stored. A login that is stored already is not
written again.
"""

from __future__ import annotations

import shlex

from ..._adapters.credentials.login_store import LoginStore
from ..._adapters.http.connections import Access
from ..._adapters.registry.repository import Repository
from ..._engine.errors import OptionError, RepositoryError
from ..._engine.oci.logins import NO_LOGIN, Login
from ..._engine.oci.references import parse_host
from ..results.redact import MASK
from ..task import Result, Task, notice_helm_binary


def chart_registry_auth(task: Task) -> Result:
    notice_helm_binary(task)
    registry = parse_host(str(task["host"]))
    store = LoginStore(task.environ)
    before = _before(store, registry.host) if task.diff and task["state"] == "present" else ""
    if task["state"] == "absent":
        changed, words = _absent(task, store, registry.host), ["registry", "logout", registry.registry]
        done = f"Removing login credentials for {registry.registry}\n"
    else:
        login = _login(task)
        _check(task, registry.registry, login)
        changed, words, done = _present(task, store, registry.host, login), _words(task, registry.registry), "Login Succeeded\n"
    command = " ".join(part if part == MASK else shlex.quote(part) for part in [str(task.get("binary_path") or "helm"), *words])
    result: Result = {"changed": changed, "host": registry.registry, "config": str(store.path), "stderr": "", "command": command}
    result["stdout"] = done if changed and not task.check_mode else ""
    if task.diff:
        state = {True: f"{registry.registry}: logged in\n", False: ""}
        present = task["state"] == "present"
        result["diff"] = {"before_header": str(store.path), "after_header": str(store.path), "after": state[present]}
        result["diff"]["before"] = state[present] if not changed else (before if present else state[True])
    return result


def _before(store: LoginStore, host: str) -> str:
    return "" if store.get(host).is_empty else f"{host}: logged in with other credentials\n"


def _login(task: Task) -> Login:
    username, password = str(task.get("username", "")), str(task.get("password", ""))
    if not username or not password:
        missing = "password" if username else "username"
        raise OptionError(f"{missing} is missing; specify username and password to log in.", option=missing)
    if ":" in username:
        raise OptionError("username must not contain ':', which ends it in the stored login.", option="username")
    return Login(username, password)


def _check(task: Task, host: str, login: Login) -> None:
    """Raises ``RepositoryError`` for a login that the registry refuses."""
    certificate, key = str(task.get("cert_file", "")), str(task.get("key_file", ""))
    if bool(certificate) != bool(key):
        raise OptionError("cert_file and key_file must be specified together.", option="key_file" if certificate else "cert_file")
    access = Access(
        username=login.username,
        password=login.password,
        ca_file=str(task.get("ca_file", "")),
        cert_file=certificate,
        key_file=key,
        insecure_skip_tls_verify=bool(task["insecure"]),
        plain_http=bool(task["plain_http"]),
    )
    try:
        Repository(parse_host(host), access, task.environ, lambda: NO_LOGIN, task.warn, option="username").ping()
    except RepositoryError as error:
        if error.helm is not None and "url" in error.fields:
            error.helm = _helm_text(host, f"{'http' if access.plain_http else 'https'}://{host}/v2/", str(error.fields["url"]), error.helm)
        raise


def _helm_text(host: str, first: str, url: str, text: str) -> str:
    """What ``helm registry login`` prints for a refusal at ``url``, also that of a token server."""
    requests = [first] if url == first else [first, url]
    return f'authenticating to "{host}": ' + "".join(f'GET "{one}": ' for one in requests) + text


def _present(task: Task, store: LoginStore, host: str, login: Login) -> bool:
    found = store.get(host)
    if (found.username, found.password, found.identity_token, found.registry_token) == (login.username, login.password, "", ""):
        return False
    if task.check_mode:
        store.check()
    else:
        store.put(host, login)
    return True


def _absent(task: Task, store: LoginStore, host: str) -> bool:
    if store.get(host).is_empty:
        return False
    if task.check_mode:
        store.check()
    else:
        store.remove(host)
    return True


def _words(task: Task, host: str) -> list[str]:
    words = ["registry", "login", host, "--username", str(task["username"]), "--password", MASK]
    for option, flag in (("ca_file", "--ca-file"), ("cert_file", "--cert-file"), ("key_file", "--key-file")):
        words += [flag, str(task[option])] if task.get(option) else []
    words += ["--insecure"] if task["insecure"] else []
    return words + (["--plain-http"] if task["plain_http"] else [])
