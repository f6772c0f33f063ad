# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Masks a task's options for ``invocation`` and the system log, before or after validation.

Old syntax only: modules read this file before they check the version of Python.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ..._engine.aliases import Json, JsonObject
from ..._engine.url_secrets import url_credentials, without_address_credentials
from .masking import texts_of
from .redact import MASK, at_paths, mask_leaves

#: options that hold secrets as a whole; the argument specs mark them ``no_log`` as well
_CREDENTIALS = ("api_key", "password", "repo_password", "chart_repo_password", "destination_password", "passphrase", "proxy_headers")
_CREDENTIALS_OF_ENVIRONMENT = (
    "K8S_AUTH_API_KEY",
    "K8S_AUTH_PASSWORD",
    "K8S_AUTH_PROXY_HEADERS_BASIC_AUTH",
    "K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH",
    "HELM_KUBETOKEN",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "K8S_AUTH_PROXY", "K8S_AUTH_HOST", "HELM_KUBEAPISERVER")
_SOURCE = frozenset(
    ("file", "remote_src", "template", "content", "secret", "config_map", "target_path", "optional", "literal", "sensitive")
)
#: what is not secret of a repository of dependencies
_REPOSITORY = frozenset(
    (
        "name", "url", "username", "ca_cert", "client_cert", "client_key", "pass_credentials", "insecure_skip_tls_verify",
        "skip_tls_certs_check", "plain_http",
    )
)  # fmt: skip
#: what a kubeconfig holds of a user that is no secret
_PUBLIC_OF_USER = frozenset(("client-certificate", "client-key", "tokenFile", "username", "as", "as-uid", "as-groups", "as-user-extra"))


def mask_set_value(text: str) -> str:
    """``a.b=secret,c=d`` becomes ``a.b=********``.

    A value may contain a comma, so everything after the first ``=`` is masked.
    """
    key = text.partition("=")[0]
    return f"{key}={MASK}" if "=" in text else MASK


def mask_params(params: JsonObject, known: Collection[str] = ()) -> JsonObject:
    """A task's options with values, credentials and unknown options masked.

    :param params: as they were given or as they were validated. :param known: names of options with their aliases; empty: all are known.
    """
    masked = {key: _without_address(value) for key, value in params.items()}
    for key in masked:
        if known and key not in known and not str(key).startswith("_ansible_"):
            masked[key] = mask_leaves(masked[key])
    _mask_values(masked, show=params.get("return_values") is True)
    for name in ("kubeconfig", "kubeconfig_path"):
        if name in masked:
            masked[name] = _kubeconfig(masked[name])
    for name in _CREDENTIALS:
        if masked.get(name) is not None and (not isinstance(masked[name], str) or name == "proxy_headers"):
            masked[name] = _headers(masked[name])
    if masked.get("dependency_repositories"):
        masked["dependency_repositories"] = _repositories(masked["dependency_repositories"])
    if isinstance(masked.get("releases"), (list, dict, str)):  # entries of chart_releases, as they were written
        entries = masked["releases"]
        masked["releases"] = [_entry(entry) for entry in entries] if isinstance(entries, list) else mask_leaves(entries)
        masked["defaults"] = _entry(masked.get("defaults"))
    return masked


def _without_address(value: Json) -> Json:
    """Texts and lists of texts, URLs among them without their credentials."""
    if isinstance(value, str):
        return without_address_credentials(value)
    if isinstance(value, list) and all(isinstance(inner, str) for inner in value):
        return [without_address_credentials(inner) for inner in value]
    return value


def _mask_values(options: JsonObject, *, show: bool) -> None:
    """``release_values``, ``set_values`` and ``values_from`` under any name and of any type.

    :param show: the task returns its values.
    """
    for name in ("release_values", "values"):
        if options.get(name) and not (show and isinstance(options[name], dict)):
            options[name] = mask_leaves(options[name])
    if options.get("set_values") and not (show and _is_list_of_maps(options["set_values"])):
        options["set_values"] = _sets(options["set_values"])
    if options.get("values_from"):
        options["values_from"] = _sources(options["values_from"], show=show and not options.get("secret_paths"))


def _is_list_of_maps(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(inner, dict) for inner in value)


def _sets(value: Json) -> Json:
    if isinstance(value, list):
        return [_sets(inner) for inner in value]
    if isinstance(value, dict):
        return {key: inner if key == "value_type" else mask_set_value(str(inner)) for key, inner in value.items()}
    return mask_set_value(str(value))


def _sources(value: Json, *, show: bool) -> Json:
    """Entries of ``values_from``, masked. A text has no known structure, so it is masked as a whole."""
    if isinstance(value, list):
        return [_sources(inner, show=show) for inner in value]
    if not isinstance(value, dict):
        return mask_leaves(value)
    shown = {key: inner if key in _SOURCE else mask_leaves(inner) for key, inner in value.items()}
    for key in ("secret", "config_map"):
        if shown.get(key) is not None and not isinstance(shown[key], dict):
            shown[key] = mask_leaves(shown[key])
    for key in ("file", "template"):
        shown.update({key: _path(shown[key])} if key in shown else {})
    if shown.get("content") is not None and (not show or value.get("sensitive")):
        shown["content"] = mask_leaves(shown["content"])
    return shown


def _path(value: Json) -> Json:
    """The name of a file as it is; text of several lines is masked.

    Such a text is the content of a file.
    """
    if value is None or (isinstance(value, str) and "\n" not in value):
        return value
    return mask_leaves(value)


def _headers(value: Json) -> Json:
    if not isinstance(value, dict):
        return mask_leaves(value)
    return {key: inner if key == "user_agent" else mask_leaves(inner) for key, inner in value.items()}


def _repositories(value: Json) -> Json:
    """Repositories of dependencies without their passwords.

    A text has no known structure, so it is masked as a whole.
    """
    if isinstance(value, list):
        return [_repositories(inner) for inner in value]
    if not isinstance(value, dict):
        return mask_leaves(value)
    shown = {key: _without_address(inner) if key in _REPOSITORY else mask_leaves(inner) for key, inner in value.items()}
    return {key: inner if isinstance(inner, (str, bool)) or inner is None else mask_leaves(inner) for key, inner in shown.items()}


def _kubeconfig(value: Json) -> Json:
    """A kubeconfig's path; its content, as a map or as text, is masked."""
    if value is None or (isinstance(value, str) and "\n" not in value and "{" not in value):
        return value
    return MASK


def _entry(entry: Json) -> Json:
    """An entry of ``releases``, or ``defaults``."""
    if entry is None:
        return None
    if not isinstance(entry, dict):
        return mask_leaves(entry)
    from ..options import specs  # late: few tasks have several releases

    spec = specs.one_of_releases()["argument_spec"]
    known = {name for option, rule in spec.items() for name in (option, *rule.get("aliases", ()))}
    shown = mask_params({key: value for key, value in entry.items() if key not in ("releases", "defaults")}, known)
    _mask_values(shown, show=False)
    return shown


def secrets_in(params: JsonObject) -> set[str]:
    """Secret texts among the options.

    Credentials in URLs, those of a kubeconfig that is given as a map, and ``no_log`` options.
    """
    found: set[str] = set()
    for name in _CREDENTIALS:
        found |= texts_of(params.get(name))
    for value in params.values():
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and ("://" in text or "@" in text):
                found |= texts_of(list(url_credentials(text)))
    for entry in _listed(params.get("dependency_repositories")):
        if isinstance(entry, dict):
            found |= texts_of(entry.get("password"))
            found |= texts_of(list(url_credentials(str(entry.get("url") or ""))))
    for name in ("kubeconfig", "kubeconfig_path"):
        found |= texts_of(list(_of_users(params.get(name))))
    found |= texts_of(list(_at_secret_paths(params)))
    for entries in (params.get("releases"), [params.get("defaults")]):
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                found |= secrets_in({key: value for key, value in entry.items() if key not in ("releases", "defaults")})
    return found


def secrets_in_environment(environ: Mapping[str, str]) -> set[str]:
    """Secret texts in the task's environment.

    Credentials for the cluster, and those in the URLs of proxies.
    """
    found = texts_of([environ.get(name) for name in _CREDENTIALS_OF_ENVIRONMENT])
    for name in _PROXIES:
        for value in (environ.get(name), environ.get(name.lower())):
            if value and "@" in value:
                found |= texts_of(list(url_credentials(value)))
    return found


def _at_secret_paths(params: JsonObject) -> Iterator[Json]:
    """What the values of the task itself have under ``secret_paths``.

    The values of sources are not known yet.
    """
    paths = [path for path in _listed(params.get("secret_paths")) if isinstance(path, str)]
    for name in ("release_values", "values") if paths else ():
        yield from at_paths(params.get(name), paths)
    for entry in _listed(params.get("set_values")) if paths else ():
        text = entry.get("value") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            yield from (part.partition("=")[2] for part in (text, *text.split(",")) if _is_secret_key(part.partition("=")[0], paths))


def _is_secret_key(key: str, paths: list[str]) -> bool:
    """Whether a key of ``set_values`` is one of these paths, below one or above one."""
    keys = key.strip().replace("[", ".").replace("]", "").split(".")
    for path in paths:
        parts = path.replace("[", ".").replace("]", "").split(".")
        if all("*" in (one, other) or one == other for one, other in zip(keys, parts)):  # noqa: B905
            return True
    return False


def secrets_in_refused(params: JsonObject) -> set[str]:
    """Secret texts among options that did not pass validation, since the message may quote their values."""
    found = secrets_in(params)
    for name in ("release_values", "values", "set_values", "values_from", "dependency_repositories"):
        found |= texts_of(params.get(name))
        for text in _listed(params.get(name)):
            if isinstance(text, str):
                found |= texts_of(text.partition("=")[2])
    for name in ("kubeconfig", "kubeconfig_path"):
        if _kubeconfig(params.get(name)) == MASK and isinstance(params[name], str):
            found |= texts_of(params[name])
    for entry in (*_listed(params.get("releases")), params.get("defaults")):
        found |= secrets_in_refused(entry) if isinstance(entry, dict) else texts_of(entry)
    return found


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _of_users(kubeconfig: Json) -> Iterator[Json]:
    users = kubeconfig.get("users") if isinstance(kubeconfig, dict) else None
    for entry in users if isinstance(users, list) else ():
        user = entry.get("user") if isinstance(entry, dict) else None
        if isinstance(user, dict):
            yield [value for key, value in user.items() if key not in _PUBLIC_OF_USER and key != "exec"]
            command = user.get("exec")
            if isinstance(command, dict) and isinstance(command.get("env"), list):
                yield [pair.get("value") for pair in command["env"] if isinstance(pair, dict)]
