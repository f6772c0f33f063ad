# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Loads the chart that a task names."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..._adapters.charts.locate import resolve
from ..._adapters.charts.reference import NEVER, ChartReference, Trust
from ..._adapters.http.repo_http import Access, without_secrets
from ..._adapters.user_paths import exists, user_path, working_folder
from ..._engine.aliases import JsonObject
from ..._engine.chart.places.source import FetchedArchive, FetchedChart
from ..._engine.errors import OptionError
from ..._engine.web import is_oci
from ..task import Task

#: what ``devel`` means where no version is given, as in Helm
DEVELOPMENT = ">0.0.0-0"
#: the words of ``kubernetes.core``
NO_DEPENDENCIES = (
    "There is no dependencies block defined in Chart.yaml. Dependency update will not be performed. "
    "Please consider add dependencies block or disable dependency_update to remove this warning."
)


def chart_of(task: Task) -> FetchedChart:
    """Raises ``OptionError``, ``ChartNotFound``, ``ChartLoadError``, ``RepositoryError``."""
    ref = str(task.get("chart_ref", ""))
    if not ref.strip():
        raise OptionError(
            "chart_ref is empty; specify a chart directory or .tgz archive, a URL, repository/name, or oci://host/path/chart.",
            option="chart_ref",
        )
    reference = ChartReference(
        ref=ref,
        repo_url=str(task.get("chart_repo_url", "")),
        version=version_of(task),
        access=access_of(task),
        refresh=bool(task.get("update_repo_cache", False)),
        trust=trust_of(task),
        offline=bool(task.get("offline", False)),
        folder=working_folder(),  # both ways of running a task start in the playbook's folder; messages should name it
    )
    if not task.get("dependency_update"):
        resolved = _shared(task, (reference, ""), lambda: resolve(reference, task.environ))
    else:
        repositories = json.dumps(task.get("dependency_repositories", []), sort_keys=True)
        resolved = _shared(task, (reference, repositories), lambda: _with_dependencies(task, reference))
    for sentence in resolved.warnings:
        task.warn(sentence)
    return resolved


def access_of(task: Task) -> Access:
    """How the task reaches the repository or registry of its chart.

    Raises ``OptionError`` for one option of a pair.
    """
    for first, second in (("chart_repo_username", "chart_repo_password"), ("chart_repo_client_cert", "chart_repo_client_key")):
        if bool(task.get(first)) != bool(task.get(second)):
            given, missing = (first, second) if task.get(first) else (second, first)
            raise OptionError(f"{given} is specified without {missing}; specify both, or neither.", option=missing)
    return Access(
        username=str(task.get("chart_repo_username", "")),
        password=str(task.get("chart_repo_password", "")),
        ca_file=str(task.get("chart_repo_ca_cert", "")),
        cert_file=str(task.get("chart_repo_client_cert", "")),
        key_file=str(task.get("chart_repo_client_key", "")),
        insecure_skip_tls_verify=bool(task.get("insecure_skip_tls_verify", False) or task.get("insecure_registry", False)),
        pass_credentials=bool(task.get("pass_credentials", False)),
        plain_http=bool(task.get("plain_http", False)),
    )


def _shared(task: Task, key: tuple[ChartReference, str], fetch: Callable[[], FetchedChart]) -> FetchedChart:
    """The chart, which is fetched once for all actions of a task."""
    if task.shared is None:
        return fetch()
    found = task.shared.charts.get(key)
    if found is None:
        found = task.shared.charts[key] = fetch()
    return found


def _with_dependencies(task: Task, reference: ChartReference) -> FetchedChart:
    """The chart, with its dependencies resolved again if it is a folder.

    A packaged chart contains its dependencies.
    """
    resolved = resolve(reference, task.environ)
    if not resolved.chart.metadata.dependencies:
        return replace(resolved, warnings=(*resolved.warnings, NO_DEPENDENCIES))
    folder = folder_of_chart(task, reference)
    if folder is None:
        return resolved
    from .dependencies import with_dependencies  # late: few tasks update dependencies

    chart, warnings = with_dependencies(task, resolved.chart, folder)
    return replace(resolved, chart=chart, warnings=(*resolved.warnings, *warnings))


def folder_of_chart(task: Task, reference: ChartReference) -> Path | None:
    """The folder that a task names as its chart; ``None`` for a chart that is an archive."""
    ref = reference.ref.strip()
    if reference.repo_url or is_oci(ref):
        return None
    path = Path(reference.folder, user_path(ref, "chart_ref", task.environ))
    return path if exists(path) and path.is_dir() else None


def trust_of(task: Task) -> Trust:
    """What the task requires of an archive. Raises ``OptionError``."""
    return Trust(str(task.get("verify", NEVER)), str(task.get("keyring", "")), digest_of(task), str(task.get("cosign_public_key", "")))


def digest_of(task: Task) -> str:
    """``chart_digest`` as 64 hexadecimal digits in lower case; empty: none is required.

    Raises ``OptionError``.
    """
    digest = str(task.get("chart_digest", "")).strip()
    if digest:
        from ..._adapters.charts.trust import pinned  # late: few tasks pin their chart

        digest = pinned(digest)
    return digest


def provenance_result(fetched: FetchedChart | FetchedArchive) -> JsonObject:
    """The return values ``provenance`` and ``cosign``; nothing where the chart was not verified."""
    found = {"provenance": fetched.provenance, "cosign": fetched.cosign}
    if found == {"provenance": None, "cosign": None}:
        return {}
    from ..results.rendered import printable

    return {name: printable(dict(facts)) for name, facts in found.items() if facts is not None}


def version_of(task: Task) -> str:
    """The version or range of the task; empty: the newest stable one."""
    return str(task.get("chart_version", "")) or (DEVELOPMENT if task.get("devel") else "")


def shown_ref(task: Task) -> str:
    """``chart_ref`` for messages and commands: a URL without its password."""
    return without_secrets(str(task.get("chart_ref", "")))
