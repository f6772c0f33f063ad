# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_repository_info``: repositories in helm's file, and a search of their indexes."""

from __future__ import annotations

from ..._adapters.charts.repository.index_cache import index_cache
from ..._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ..._adapters.http.repo_http import Access, Http, without_secrets
from ..._engine.chart.index.load import Index, resolve_url
from ..._engine.chart.index.search import Hit, Query, search
from ..._engine.errors import OptionError, RepositoryError
from ..._engine.web import is_oci, is_web
from ..results.command import helm_command
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary

#: options that make a search
_SEARCHES = ("search", "keywords", "chart_version", "devel", "all_versions")
#: key of the result -> field of an entry
_FIELDS = {
    "version": "version",
    "app_version": "appVersion",
    "description": "description",
    "type": "type",
    "kube_version": "kubeVersion",
    "home": "home",
    "icon": "icon",
    "created": "created",
}


def chart_repository_info(task: Task) -> Result:
    notice_helm_binary(task)
    http = Http(task.environ, offline=bool(task["offline"]), warn=task.warn)
    repositories = Repositories(HelmPaths.of(task.environ), http, index_cache(task.environ))
    entries = _entries(task, repositories)
    result: Result = {"changed": False, "stderr": "", "repositories": [_repository(entry, repositories) for entry in entries]}
    refresh = bool(task["update_repo_cache"]) and not task["offline"]
    if any(task.get(option) not in (None, False, []) for option in _SEARCHES) or _url(task):
        indexes = _indexes(task, repositories, entries, refresh)
        hits = search([(name, index) for name, _url_of, index in indexes], _query(task))
        urls = {name: url for name, url, _index in indexes}
        result["charts"] = [_chart(hit, urls[hit.repository]) for hit in hits]
        for _name, _url_of, index in indexes:
            for sentence in index.skipped:
                task.warn(sentence)
        result["command"] = "" if _url(task) else _command(task)
    elif refresh:
        for entry in entries:
            repositories.refresh(entry, _access_of(task, entry))
        result["repositories"] = [_repository(entry, repositories) for entry in entries]
        result["command"] = helm_command(task, ["repo", "update", *([str(task["repo_name"])] if task.get("repo_name") else [])], ())
    else:
        result["command"] = helm_command(task, ["repo", "list"], ())
    return dict(printable(result))


def _url(task: Task) -> str:
    return str(task.get("repo_url", "")).strip()


def _entries(task: Task, repositories: Repositories) -> list[Entry]:
    """The repositories that were added, or the one that the task names. Raises ``OptionError``."""
    url, name = _url(task), task.get("repo_name")
    if url and name is not None:
        raise OptionError("repo_name and repo_url exclude each other; remove one of them.", option="repo_url")
    if url:
        if is_oci(url):
            raise OptionError("repo_url: an OCI registry (oci://) has no index that can be searched.", option="repo_url")
        if not is_web(url):
            raise OptionError(f"repo_url is {without_secrets(url)!r}; use an http:// or https:// URL.", option="repo_url")
        return []
    entries = repositories.entries()
    if name is None:
        return entries
    found = [entry for entry in entries if entry.name == str(name)]
    if not found:
        known = ", ".join(entry.name for entry in entries) or "none"
        raise OptionError(
            f"There is no repository {str(name)!r}; added repositories: {known}. Add it with chart_repository.",
            helm=f"repo {name} not found",
            option="repo_name",
        )
    return found


def _indexes(task: Task, repositories: Repositories, entries: list[Entry], refresh: bool) -> list[tuple[str, str, Index]]:
    """Name, URL and index of each repository.

    One of several that cannot be read is left out with a warning, as in Helm.
    """
    url = _url(task)
    if url:
        return [("", url, repositories.index_at(url, _access(task, url)))]
    found = []
    for entry in entries:
        access = _access_of(task, entry)
        try:
            index = repositories.refresh(entry, access) if refresh else repositories.index(entry, access)
        except RepositoryError as error:
            if refresh or task.get("repo_name") is not None:
                raise
            task.warn(f"Repository {entry.name} is not searched: {error.message}")
            continue
        found.append((entry.name, entry.url, index))
    return found


def _access_of(task: Task, entry: Entry) -> Access:
    """With the credentials of the task, or else those of the entry."""
    return _access(task, entry.url) if task.get("repo_username") else entry.access


def _access(task: Task, url: str) -> Access:
    return Access(
        url=url,
        username=str(task.get("repo_username", "")),
        password=str(task.get("repo_password", "")),
        ca_file=str(task.get("chart_repo_ca_cert", "")),
        cert_file=str(task.get("chart_repo_client_cert", "")),
        key_file=str(task.get("chart_repo_client_key", "")),
        insecure_skip_tls_verify=bool(task["insecure_skip_tls_verify"]),
    )


def _query(task: Task) -> Query:
    return Query(
        text=str(task.get("search", "")),
        regexp=bool(task["regexp"]),
        keywords=tuple(str(word) for word in task["keywords"]),
        version=str(task.get("chart_version", "")),
        devel=bool(task["devel"]),
        all_versions=bool(task["all_versions"]),
    )


def _repository(entry: Entry, repositories: Repositories) -> Result:
    """What is stored about a repository, without its credentials."""
    return {
        "name": entry.name,
        "url": without_secrets(entry.url),
        "has_credentials": bool(entry.username or entry.password),
        "pass_credentials": entry.pass_credentials_all,
        "insecure_skip_tls_verify": entry.insecure_skip_tls_verify,
        "ca_cert": entry.caFile,
        "client_cert": entry.certFile,
        "updated": repositories.indexes.updated(entry.name),
    }


def _chart(hit: Hit, url: str) -> Result:
    fields = hit.entry.metadata
    found: Result = {"name": hit.name, "repository": hit.repository}
    found |= {key: fields.get(name, "") for key, name in _FIELDS.items()}
    found["keywords"] = list(fields.get("keywords", ()))
    found["deprecated"] = bool(fields.get("deprecated", False))
    found["digest"] = f"sha256:{hit.entry.digest}" if hit.entry.digest else ""
    found["urls"] = [without_secrets(resolve_url(url, one)) for one in hit.entry.urls]
    return found


def _command(task: Task) -> str:
    text = str(task.get("search", ""))
    return helm_command(task, ["search", "repo", *([text] if text else [])], ("regexp", "all_versions", "chart_version", "devel"))
