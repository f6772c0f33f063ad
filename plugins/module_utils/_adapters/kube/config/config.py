# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Resolves options to a connection: the server, its authorities, and the credentials.

Sends no request. The order in which a cluster is found is kubectl's and helm's: the options (a kubeconfig, or a host with credentials),
then ``KUBECONFIG``, then ``~/.kube/config``, then the service account of the pod in which the task runs. Single options override a
kubeconfig's entries, each credential its whole user.

Why this file parses kubeconfigs itself and uses the ``kubernetes`` package only for ``auth-provider`` entries is explained in
docs/adr/0001-kubernetes-client.md.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from ...._engine.aliases import JsonObject
from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text
from .kubeconfig import Entry, KubeConfig, expand, load
from .options import ConnectionOptions
from .regular_file import is_there, read_file
from .secret_text import bearer_token, header_text
from .urls import check_proxy, check_server

DEFAULT_BURST = 100  # Helm's (pkg/cli/environment.go)
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True)
class ExecPlugin:
    """An ``exec`` entry of a kubeconfig's user."""

    api_version: str
    command: str
    arguments: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    hint: str = ""
    cluster_info: str = ""
    interactive: str = ""


@dataclass(frozen=True)
class Credentials:
    """The credentials of a client.

    At most one of token, token file, user name and plugin; a client certificate may be added.
    """

    token: str = field(default="", repr=False)
    token_file: Path | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    plugin: ExecPlugin | None = None


@dataclass(frozen=True)
class Connection:
    """Everything that a transport needs. ``ca``: PEM text, empty: the system's authorities.

    ``qps``: requests a second, 0: any number; ``burst_limit``: requests at once after a pause, where ``qps`` is set.
    """

    server: str
    credentials: Credentials = Credentials()
    ca: bytes = field(default=b"", repr=False)
    verify: bool = True
    server_name: str = ""
    namespace: str = ""
    proxy: str = field(default="", repr=False)
    no_proxy: str = ""
    proxy_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    impersonate: tuple[tuple[str, str], ...] = ()
    qps: float = 0.0
    burst_limit: int = 100
    environ: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def host(self) -> str:
        """The server without anything that could be secret, for messages."""
        parts = urlsplit(self.server)
        name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port else "") + parts.path


def resolve(options: ConnectionOptions) -> Connection:
    """The connection of a task. An error (``ClusterConfigError``) says what to do."""
    connection = _base(options)
    return _overlay(connection, options)


def _base(options: ConnectionOptions) -> Connection:
    enough = options.host and (options.api_key or options.username or options.client_cert)
    if enough and options.kubeconfig is None and options.context is None:
        return Connection(server=options.host or "", environ=options.environ)
    config = load(options)
    if config is not None and (config.contexts or options.context or not options.host):
        return _from_kubeconfig(config, options)
    if options.context:
        raise ClusterConfigError(
            f"context: context {plain_text(options.context, 100)!r} cannot be used, since no kubeconfig was found; set kubeconfig.",
            context=options.context,
        )
    if options.host:
        return Connection(server=options.host, environ=options.environ)
    inside = _in_cluster(options.environ)
    if inside is None:
        raise ClusterConfigError(
            "No cluster connection is configured: kubeconfig and host are not specified, KUBECONFIG is not set, ~/.kube/config "
            "does not exist, and the task does not run in a pod; set kubeconfig, or host and api_key.",
            helm="Kubernetes cluster unreachable: invalid configuration: no configuration has been provided",
        )
    return inside


def _in_cluster(environ: Mapping[str, str]) -> Connection | None:
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "")
    token = SERVICE_ACCOUNT / "token"
    if not host or not port or not is_there(token):
        return None
    where = f"[{host}]" if ":" in host else host
    namespace = SERVICE_ACCOUNT / "namespace"
    return Connection(
        server=f"https://{where}:{port}",
        credentials=Credentials(token_file=token),
        ca=_file(SERVICE_ACCOUNT / "ca.crt", "the pod's service account"),
        namespace=_file(namespace, "the pod's service account").decode("utf-8", errors="replace").strip() if is_there(namespace) else "",
        environ=environ,
    )


def _from_kubeconfig(config: KubeConfig, options: ConnectionOptions) -> Connection:
    name, context = config.context(options.context or "")
    cluster = config.part("clusters", context.text("cluster"), name)
    user = config.part("users", context.text("user"), name)
    server = options.host or cluster.text("server")
    if not server:
        raise ClusterConfigError(
            f"{config.origin}: the cluster {context.text('cluster')!r} has no server; correct the entry.", kubeconfig=config.origin
        )
    insecure = cluster.body.get("insecure-skip-tls-verify") is True
    ca = b"" if insecure else _data_or_file(cluster, "certificate-authority", config.origin)
    base = Connection(
        server=server.rstrip("/"),
        ca=ca,
        verify=not insecure,
        server_name=cluster.text("tls-server-name"),
        namespace=context.text("namespace"),
        proxy=cluster.text("proxy-url"),
        impersonate=_impersonated_by(user),
        environ=options.environ,
    )
    if options.api_key or options.username or options.client_cert:
        return base
    return replace(base, credentials=_credentials(config, name, user, cluster, options, base))


def _credentials(
    config: KubeConfig, context: str, user: Entry, cluster: Entry, options: ConnectionOptions, base: Connection
) -> Credentials:
    """The credentials of a user of a kubeconfig, in client-go's order of preference.

    Token file, token, plugin, password.
    """
    found = Credentials(
        certificate=_data_or_file(user, "client-certificate", config.origin), key=_data_or_file(user, "client-key", config.origin)
    )
    token_file = user.path("tokenFile")
    if token_file is not None:
        return replace(found, token_file=token_file)
    if user.text("token"):
        return replace(found, token=bearer_token(user.text("token"), f"{user.called}: token"))
    if user.body.get("exec"):
        return replace(found, plugin=_plugin(config.origin, user, cluster, base))
    if user.text("username"):
        return replace(found, username=user.text("username"), password=user.text("password"))
    if user.body.get("auth-provider"):
        from .providers import token_of

        return replace(found, token=token_of(config, context, bool(options.persist_config)))
    return found


def _plugin(origin: str, user: Entry, cluster: Entry, base: Connection) -> ExecPlugin:
    import json

    entry = user.inner("exec")
    command = entry.text("command")
    if not command:
        raise entry.wrong("command is missing")
    if os.sep in command and not Path(command).is_absolute():
        command = str(user.folder / command)
    info = ""
    if entry.body.get("provideClusterInfo"):
        extensions = cluster.body.get("extensions") or []
        if not isinstance(extensions, list):
            raise cluster.wrong("extensions must be a list")
        found = [e.get("extension") for e in extensions if isinstance(e, Mapping) and e.get("name") == "client.authentication.k8s.io/exec"]
        facts: JsonObject = {"server": base.server, "config": found[0] if found else None}
        if base.server_name:
            facts["tls-server-name"] = base.server_name
        if not base.verify:
            facts["insecure-skip-tls-verify"] = True
        if base.ca:
            facts["certificate-authority-data"] = base64.b64encode(base.ca).decode()
        if base.proxy:
            facts["proxy-url"] = base.proxy
        info = json.dumps(facts, sort_keys=True, default=str)
    return ExecPlugin(
        api_version=entry.text("apiVersion"),
        command=command,
        arguments=tuple(entry.texts("args")),
        env=tuple(_variables(entry)),
        hint=entry.text("installHint").strip(),
        cluster_info=info,
        interactive=entry.text("interactiveMode"),
    )


def _variables(plugin: Entry) -> Iterator[tuple[str, str]]:
    """The environment variables of a plugin."""
    items = plugin.body.get("env")
    if items is None:
        return
    if not isinstance(items, list):
        raise plugin.wrong("env must be a list of mappings with name and value")
    for number, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise plugin.wrong(f"env[{number}] must be a mapping with name and value")
        variable = Entry(item, plugin.folder, f"{plugin.called}, env[{number}]")
        name, value = variable.text("name"), variable.text("value")
        if not name or "=" in name or "\0" in name + value:
            raise variable.wrong("name must be the name of an environment variable, and value a string without null characters")
        yield name, value


def _overlay(base: Connection, options: ConnectionOptions) -> Connection:
    """A connection with single options in place of what was found."""
    changes: JsonObject = {}
    if options.host:
        changes["server"] = options.host
    check_server(changes.get("server", base.server))
    if options.api_key:
        changes["credentials"] = Credentials(token=bearer_token(options.api_key, "api_key"))
    elif options.username:
        changes["credentials"] = Credentials(username=options.username, password=options.password or "")
    elif options.client_cert:
        certificate = _file(expand(options.client_cert, options.environ), "client_cert")
        key = _file(expand(options.client_key, options.environ), "client_key") if options.client_key else b""
        changes["credentials"] = Credentials(certificate=certificate, key=key)
    if options.ca_cert:
        changes["ca"], changes["verify"] = _file(expand(options.ca_cert, options.environ), "ca_cert"), True
    if options.validate_certs is not None:
        changes["verify"] = options.validate_certs
    if changes.get("verify", base.verify) is False:
        changes["ca"] = b""
    if options.impersonate_user or options.impersonate_groups:
        if not options.impersonate_user:
            raise ClusterConfigError("impersonate_groups requires impersonate_user; set both.")
        changes["impersonate"] = _impersonated(options.impersonate_user, options.impersonate_groups, "", {}, "")
    if options.tls_server_name:
        changes["server_name"] = header_text(options.tls_server_name.strip(), "tls_server_name")
    changes["qps"], changes["burst_limit"] = options.qps or 0.0, options.burst_limit or DEFAULT_BURST
    changes.update(_proxy(base, options, changes.get("server", base.server)))
    return replace(base, **changes)


def _impersonated_by(user: Entry) -> tuple[tuple[str, str], ...]:
    """What a user of a kubeconfig impersonates."""
    extra = user.body.get("as-user-extra")
    if extra is None:
        named: dict[str, list[str]] = {}
    elif isinstance(extra, Mapping):
        inner = user.inner("as-user-extra")
        named = {str(key): inner.texts(key) for key in extra}
    else:
        raise user.wrong("as-user-extra must be a mapping of names to lists of strings")
    found = _impersonated(user.text("as"), user.texts("as-groups"), user.text("as-uid"), named, f"{user.called}: ")
    if found and not user.text("as"):
        raise user.wrong("as-groups, as-uid and as-user-extra require as, the user to impersonate")
    return found


def _impersonated(user: str, groups: Iterable[str], uid: str, extra: Mapping[str, list[str]], where: str) -> tuple[tuple[str, str], ...]:
    """Headers. :param where: prefix of an option's name in a message."""
    from urllib.parse import quote

    found = [("Impersonate-User", header_text(user, f"{where}the user to impersonate"))] if user else []
    found += [("Impersonate-Group", header_text(group, f"{where}a group to impersonate")) for group in groups]
    found += [("Impersonate-Uid", header_text(uid, f"{where}as-uid"))] if uid else []
    for key, values in extra.items():
        name = f"Impersonate-Extra-{quote(key.encode('utf-8', errors='replace'), safe='')}"
        found += [(name, header_text(value, f"{where}as-user-extra")) for value in values]
    return tuple(found)


def _proxy(base: Connection, options: ConnectionOptions, server: str) -> JsonObject:
    environ = options.environ
    scheme = urlsplit(server).scheme
    proxy = options.proxy or base.proxy
    if not proxy:  # as Go's ProxyFromEnvironment
        names = ("HTTPS_PROXY", "https_proxy") if scheme == "https" else ("HTTP_PROXY", "http_proxy")
        proxy = next((environ[name] for name in names if environ.get(name)), "").strip()
        proxy = f"http://{proxy}" if proxy and "://" not in proxy else proxy
    no_proxy = options.no_proxy or environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    ambient = not options.proxy and not base.proxy
    if proxy and (not options.proxy or options.no_proxy) and _bypasses(server, no_proxy, loopback=ambient):
        proxy = ""
    if proxy:
        check_proxy(proxy)
    headers = tuple((name, header_text(value, f"proxy_headers.{name}")) for name, value in sorted(options.proxy_headers.items()))
    return {"proxy": proxy, "no_proxy": no_proxy, "proxy_headers": headers}


def _bypasses(server: str, no_proxy: str, *, loopback: bool) -> bool:
    """Whether a server is reached without the proxy.

    Entries are names with their subdomains, addresses, networks or ``*``.
    """
    import ipaddress

    parts = urlsplit(server)
    host = (parts.hostname or "").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if loopback and (host == "localhost" or (address is not None and address.is_loopback)):
        return True
    for item in (piece.strip().lower() for piece in no_proxy.split(",")):
        if not item:
            continue
        name, _other, port = item.partition(":") if item.count(":") == 1 else (item, "", "")
        if port and str(parts.port or 443) != port:
            continue
        if name == "*" or host == name.lstrip(".") or host.endswith("." + name.lstrip(".").removeprefix("*.")):
            return True
        if address is not None and "/" in name and _in_network(address, name):
            return True
    return False


def _in_network(address: object, text: str) -> bool:
    import ipaddress

    try:
        return address in ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False


def _data_or_file(entry: Entry, key: str, origin: str) -> bytes:
    """The ``-data`` form beats the path, as in client-go."""
    data = entry.text(f"{key}-data")
    if data:
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise entry.wrong(f"{key}-data is not base64") from error
    path = entry.path(key)
    return _file(path, f"{key} of {origin}") if path is not None else b""


def _file(path: Path, called: str) -> bytes:
    return read_file(path, f"{called}:")
