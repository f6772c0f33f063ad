# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Credentials and TLS of the modules of the group ``repositories``."""

from __future__ import annotations

from ..._adapters.http.connections import Access
from ..._engine.errors import OptionError
from ..results.redact import MASK
from ..task import Task

#: option -> flag of helm
_SETTINGS = {
    "repo_username": "--username",
    "repo_password": "--password",
    "chart_ca_cert": "--ca-file",
    "chart_ssl_cert_file": "--cert-file",
    "chart_ssl_key_file": "--key-file",
}
_SWITCHES = {"skip_tls_certs_check": "--insecure-skip-tls-verify", "plain_http": "--plain-http"}


#: the options of an end of a copy, in the order of the fields of ``Access``
SOURCE = (
    "repo_username",
    "repo_password",
    "chart_ca_cert",
    "chart_ssl_cert_file",
    "chart_ssl_key_file",
    "skip_tls_certs_check",
    "plain_http",
)
DESTINATION = (
    "destination_username", "destination_password", "destination_ca_cert", "destination_ssl_cert_file", "destination_ssl_key_file",
    "destination_skip_tls_certs_check", "destination_plain_http",
)  # fmt: skip


def repository_access(task: Task, options: tuple[str, ...] = SOURCE) -> Access:
    """Credentials and TLS of a task. Raises ``OptionError`` for one option of a pair."""
    user, password, ca, certificate, key, insecure, plain = options
    for first, second in ((user, password), (certificate, key)):
        if bool(task.get(first)) != bool(task.get(second)):
            given, missing = (first, second) if task.get(first) else (second, first)
            raise OptionError(f"{given} is specified without {missing}; specify both, or neither.", option=missing)
    return Access(
        username=str(task.get(user, "")),
        password=str(task.get(password, "")),
        ca_file=str(task.get(ca, "")),
        cert_file=str(task.get(certificate, "")),
        key_file=str(task.get(key, "")),
        insecure_skip_tls_verify=bool(task[insecure]),
        pass_credentials=bool(task.get("pass_credentials", False)),
        plain_http=bool(task[plain]),
    )


def access_flags(task: Task) -> list[str]:
    """The flags of helm for the same, with the password masked."""
    parts = []
    for option, flag in _SETTINGS.items():
        if task.get(option):
            parts += [flag, MASK if option == "repo_password" else str(task[option])]
    return parts + [flag for option, flag in _SWITCHES.items() if task.get(option)]
