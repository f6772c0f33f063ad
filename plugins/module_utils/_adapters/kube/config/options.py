# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The options with which a task connects to a cluster, from the task and its environment.

They are the 16 of ``kubernetes.core``, and ``tls_server_name``, ``qps`` and ``burst_limit``, which are Helm's ``--kube-tls-server-name``,
``--qps`` and ``--burst-limit``.

Names, aliases and environment variables (``K8S_AUTH_*``) are that collection's. The precedence is different, so that AWX's injected
environment never prevents a task from connecting to another cluster:

1. An explicit option takes precedence over the environment. The environment alone never makes two options mutually exclusive.
2. The environment's credentials and TLS settings belong to the cluster that the environment names (``K8S_AUTH_HOST``,
   ``K8S_AUTH_KUBECONFIG``, ``K8S_AUTH_CONTEXT``). Where the task names another cluster they are left out, all of them: a token
   of one cluster is not sent to another. An environment that names no cluster (``K8S_AUTH_VERIFY_SSL`` alone) fills what the task left.
3. One explicit credential replaces the others of the environment: a token and a password are never mixed.
4. Two explicit options that are mutually exclusive are an error that names both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from ...._engine.aliases import Json, JsonObject
from ...._engine.errors import OptionError
from ...._engine.plain_text import plain_text

EXPLICIT = "explicit"
ENVIRONMENT = "environment"

_ALIASES: dict[str, tuple[str, ...]] = {
    "kubeconfig": ("kubeconfig_path",),
    "context": ("kube_context",),
    "validate_certs": ("verify_ssl",),
    "ca_cert": ("ssl_ca_cert",),
    "client_cert": ("cert_file",),
    "client_key": ("key_file",),
}
_BOOLEANS = ("validate_certs", "persist_config")
_RATES = ("qps", "burst_limit")
_WHERE = ("kubeconfig", "context", "host")
_CREDENTIALS = (("api_key",), ("username", "password"), ("client_cert", "client_key"))
_BELONGS = ("api_key", "username", "password", "client_cert", "client_key", "ca_cert", "validate_certs", "tls_server_name")
_PROXY_HEADERS = ("proxy_basic_auth", "basic_auth", "user_agent")
_CONFLICTS = (
    ("api_key", "username", "a token and a user name are different authentication methods"),
    ("api_key", "password", "a token and a password are different authentication methods"),
)


@dataclass(frozen=True)
class ConnectionOptions:
    """A task's options for its cluster. ``None``: not set.

    Paths are text as given; ``~`` is not expanded yet. ``origins``: for each option that has a value, ``explicit`` or ``environment``.
    ``environ``: the task's environment, for other variables (``KUBECONFIG``, ``HTTPS_PROXY``, ``HOME``, the service account's address).
    """

    kubeconfig: str | JsonObject | None = None
    context: str | None = None
    host: str | None = None
    api_key: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    validate_certs: bool | None = None
    ca_cert: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = field(default=None, repr=False)
    no_proxy: str | None = None
    proxy_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    persist_config: bool | None = None
    impersonate_user: str | None = None
    impersonate_groups: tuple[str, ...] = ()
    tls_server_name: str | None = None
    qps: float | None = None
    burst_limit: int | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def is_explicit(self, option: str) -> bool:
        return self.origins.get(option) == EXPLICIT


OPTIONS = tuple(f.name for f in fields(ConnectionOptions) if f.name not in ("origins", "environ"))


def from_params(params: Mapping[str, Json], environ: Mapping[str, str]) -> ConnectionOptions:
    """The options of a task.

    :param params: the task's parameters; others than these options are ignored. ``None`` and ``""`` count as not given.
    :param environ: the task's whole environment.
    :raises OptionError: two explicit options are mutually exclusive, or a value cannot be read.
    """
    explicit = {name: value for name in OPTIONS if (value := _explicit(name, params)) is not None}
    _check(explicit)
    ambient = {name: value for name in OPTIONS if (value := _ambient(name, environ)) is not None}
    _reconcile(explicit, ambient)
    _complete({**ambient, **explicit})
    origins = {**dict.fromkeys(ambient, ENVIRONMENT), **dict.fromkeys(explicit, EXPLICIT)}
    return ConnectionOptions(**{**ambient, **explicit}, origins=origins, environ=dict(environ))


def _explicit(name: str, params: Mapping[str, Json]) -> Json:
    for key in (name, *_ALIASES.get(name, ())):
        value = params.get(key)
        if value is not None and value != "":
            return _typed(name, value, name)
    return None


def _typed(name: str, value: Json, called: str) -> Json:
    if name == "kubeconfig":
        if isinstance(value, Mapping):
            return dict(value)
        return str(value)
    if name in _BOOLEANS:
        return value if isinstance(value, bool) else _boolean(str(value), called)
    if name in _RATES:
        return _rate(name, value, called)
    if name == "impersonate_groups":
        if not isinstance(value, (str, list, tuple)):
            raise OptionError(f"{called} must be a list of groups.", option=name)
        groups = value.split(",") if isinstance(value, str) else list(value)
        return tuple(text for group in groups if (text := str(group).strip())) or None
    if name == "proxy_headers":
        if not isinstance(value, Mapping):
            raise OptionError(f"{called} must be a dictionary with any of {', '.join(_PROXY_HEADERS)}.", option=name)
        return {key: str(value[key]) for key in _PROXY_HEADERS if value.get(key)} or None
    if name == "host":
        return str(value).strip().rstrip("/")
    return str(value)


def _rate(name: str, value: Json, called: str) -> float | int:
    """Requests a second (``qps``, 0: any number) or at once (``burst_limit``).

    Negative ones mean no limit, as in Helm.
    """
    try:
        number = float(value)
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        number, whole = math.nan, 0
    if isinstance(value, bool) or math.isnan(number) or (name == "burst_limit" and whole != number):
        kind = "a number of requests a second" if name == "qps" else "a whole number of requests"
        raise OptionError(f"{called} must be {kind}, such as {20 if name == 'qps' else 100}.", option=name)
    return max(number, 0.0) if name == "qps" else max(whole, 0)


def _boolean(text: str, called: str) -> bool:
    lowered = text.strip().lower()
    if lowered in ("1", "true", "yes", "on", "y", "t"):
        return True
    if lowered in ("0", "false", "no", "off", "n", "f"):
        return False
    raise OptionError(f"{called} is {plain_text(text, 40)!r}, which is not a boolean; use true or false.", option=called)


def _ambient(name: str, environ: Mapping[str, str]) -> Json:
    if name == "proxy_headers":
        found = {key: environ.get(f"K8S_AUTH_PROXY_HEADERS_{key.upper()}", "") for key in _PROXY_HEADERS}
        return {key: value for key, value in found.items() if value} or None
    for key in (name, *_ALIASES.get(name, ())):
        variable = f"K8S_AUTH_{key.upper()}"
        if environ.get(variable):
            return _typed(name, environ[variable], variable)
    return None


def _check(explicit: Mapping[str, Json]) -> None:
    for one, two, why in _CONFLICTS:
        if one in explicit and two in explicit:
            raise OptionError(f"{one} and {two} are mutually exclusive: {why}; set one of them.", option=one)
    if explicit.get("validate_certs") is False and "ca_cert" in explicit:
        raise OptionError(
            "validate_certs: false and ca_cert are mutually exclusive: without verification no CA is needed; remove one of them.",
            option="ca_cert",
        )


def _complete(chosen: Mapping[str, Json]) -> None:
    for one, two in (("username", "password"), ("password", "username"), ("client_key", "client_cert")):
        if one in chosen and two not in chosen:
            raise OptionError(f"{one} requires {two}; set both.", option=one)


def _reconcile(explicit: Mapping[str, Json], ambient: JsonObject) -> None:
    """Removes options of the environment that the task's own options replace."""
    _leave_other_cluster(explicit, ambient)
    given = next((group for group in _CREDENTIALS if any(name in explicit for name in group)), ())
    for group in _CREDENTIALS:
        if given and group != given:
            for name in group:
                ambient.pop(name, None)
    if explicit.get("validate_certs") is False:
        ambient.pop("ca_cert", None)
    if "ca_cert" in explicit and ambient.get("validate_certs") is False:
        ambient.pop("validate_certs")
    if "impersonate_user" in explicit:
        ambient.pop("impersonate_groups", None)


def _leave_other_cluster(explicit: Mapping[str, Json], ambient: JsonObject) -> None:
    named_there = any(name in ambient for name in _WHERE)
    elsewhere = any(name in explicit and explicit[name] != ambient.get(name) for name in _WHERE)
    if not elsewhere:
        return
    by_file = "kubeconfig" in explicit or "context" in explicit  # these contain credentials
    for name in _BELONGS:
        if named_there or (by_file and name != "validate_certs"):
            ambient.pop(name, None)
    if by_file:
        ambient.pop("host", None)
    if "kubeconfig" in explicit:
        ambient.pop("context", None)
