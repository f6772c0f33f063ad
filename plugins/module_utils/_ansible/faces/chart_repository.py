# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_repository``: one entry of helm's ``repositories.yaml`` and its cached index."""

from __future__ import annotations

from dataclasses import replace

from ..._adapters.charts.repository.index_cache import index_cache
from ..._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ..._adapters.http.repo_http import Http
from ..._engine.chart.index.search import Hit, Query, search
from ..._engine.errors import OptionError, RepositoryError
from ..._engine.web import is_web, split_web, without_secrets
from ..options.folders import file_of
from ..results.redact import MASK
from ..task import Result, Task, notice_helm_binary

#: option -> field of an entry, flag of ``helm repo add``
_FILES = {
    "chart_repo_ca_cert": ("caFile", "--ca-file"),
    "chart_repo_client_cert": ("certFile", "--cert-file"),
    "chart_repo_client_key": ("keyFile", "--key-file"),
}


def chart_repository(task: Task) -> Result:
    notice_helm_binary(task)
    http = Http(task.environ, offline=bool(task.get("offline", False)))
    repositories = Repositories(HelmPaths.of(task.environ), http, index_cache(task.environ))
    if task["repo_state"] == "absent":
        return _absent(task, repositories)
    return _present(task, repositories)


def _present(task: Task, repositories: Repositories) -> Result:
    wanted = Entry(
        name=str(task["repo_name"]),
        url=_url(task),
        username=str(task.get("repo_username", "")),
        password=str(task.get("repo_password", "")),
        insecure_skip_tls_verify=bool(task.get("insecure_skip_tls_verify", False)),
        pass_credentials_all=bool(task.get("pass_credentials", False)),
        **_files(task),
    )
    force = bool(task["force_update"])
    wanted = _with_present(task, wanted, repositories.get(wanted.name), force)
    if task.check_mode:
        changed = repositories.check_add(wanted, force=force)
    else:
        changed = repositories.add(wanted, force=force)
    done = f'"{wanted.name}" has been added to your repositories\n'
    words = ["helm", "repo", "add", wanted.name, without_secrets(wanted.url)]
    if wanted.username:
        words += ["--username", wanted.username, "--password", MASK]
    for field, flag in _FILES.values():
        words += [flag, getattr(wanted, field)] if getattr(wanted, field) else []
    words += [flag for flag, on in (("--pass-credentials", wanted.pass_credentials_all), ("--force-update", force)) if on]
    words += ["--insecure-skip-tls-verify"] if wanted.insecure_skip_tls_verify else []
    result = _result(task, changed, done, words)
    if task.get("search") is not None and repositories.get(wanted.name) is not None:
        found = search([(wanted.name, repositories.index(wanted))], Query(str(task["search"])))
        result["charts"] = [_found(hit) for hit in found]
    return result


def _files(task: Task) -> dict[str, str]:
    """The TLS files of the task as absolute paths, by the fields of an entry; empty if not given.

    Raises ``OptionError`` for a client certificate without its key.
    """
    certificate, key = "chart_repo_client_cert", "chart_repo_client_key"
    if bool(task.get(certificate)) != bool(task.get(key)):
        given, missing = (certificate, key) if task.get(certificate) else (key, certificate)
        raise OptionError(f"{given} is specified without {missing}; specify both, or neither.", option=missing)
    return {field: str(file_of(task, option)) if task.get(option) else "" for option, (field, _flag) in _FILES.items()}


def _with_present(task: Task, wanted: Entry, present: Entry | None, force: bool) -> Entry:
    """The task's entry, with the existing entry's values for options that the task leaves out.

    Helm may have added the entry with more options. Credentials are only the task's: a task without them removes the stored ones.
    """
    if present is None or present.url.rstrip("/") != wanted.url.rstrip("/"):
        return wanted
    wanted = replace(wanted, **{field: getattr(present, field) for option, (field, _flag) in _FILES.items() if task.get(option) is None})
    if force:
        return wanted
    if task.get("insecure_skip_tls_verify") is None:
        wanted = replace(wanted, insecure_skip_tls_verify=present.insecure_skip_tls_verify)
    if task.get("pass_credentials") is None:
        wanted = replace(wanted, pass_credentials_all=present.pass_credentials_all)
    return wanted


def _found(hit: Hit) -> Result:
    """One line of ``helm search repo``."""
    fields = hit.entry.metadata
    return {
        "name": hit.name,
        "version": hit.entry.version,
        "app_version": fields.get("appVersion", ""),
        "description": fields.get("description", ""),
    }


def _absent(task: Task, repositories: Repositories) -> Result:
    name = str(task["repo_name"])
    changed = repositories.get(name) is not None if task.check_mode else repositories.remove(name)
    return _result(task, changed, f'"{name}" has been removed from your repositories\n', ["helm", "repo", "remove", name])


def _url(task: Task) -> str:
    url = str(task["repo_url"]).strip()
    if url.startswith("oci://"):
        raise OptionError(
            "repo_url: an OCI registry (oci://) is not a chart repository and need not be added; use its URL in chart_ref.",
            helm=f'looks like "{without_secrets(url)}" is not a valid chart repository or cannot be reached',
            option="repo_url",
        )
    if not is_web(url):
        raise OptionError(f"repo_url is {without_secrets(url)!r}; use an http:// or https:// URL.", option="repo_url")
    try:
        split_web(url)
    except RepositoryError as error:
        raise OptionError(f"repo_url: {error.message}", option="repo_url") from None
    return url


def _result(task: Task, changed: bool, done: str, words: list[str]) -> Result:
    result: Result = {"changed": changed, "repo_name": task["repo_name"], "stdout": "", "stderr": "", "command": ""}
    if task.get("repo_url"):
        result["repo_url"] = without_secrets(str(task["repo_url"]))
    if changed:
        result["command"] = " ".join(words)
        result["stdout"] = "" if task.check_mode else done
    if task.diff:
        name = f"{task['repo_name']}\n"
        gone, there = ("", name) if task["repo_state"] == "present" else (name, "")
        if changed:
            result["diff"] = {"before_header": "repositories", "after_header": "repositories", "before": gone, "after": there}
        else:
            result["diff"] = {"before": there, "after": there}
    return result
