# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Loads the chart that a task names."""

from __future__ import annotations

from ..._adapters.charts.locate import resolve
from ..._adapters.charts.reference import NEVER, ChartReference, Trust
from ..._adapters.http.repo_http import Access, without_secrets
from ..._adapters.user_paths import working_folder
from ..._engine.aliases import JsonObject
from ..._engine.chart.source import FetchedArchive, FetchedChart
from ..._engine.errors import NotBuiltYet, OptionError
from ..task import Task

#: what ``devel`` means where no version is given, as in Helm
DEVELOPMENT = ">0.0.0-0"


def chart_of(task: Task) -> FetchedChart:
    """Raises ``OptionError``, ``ChartNotFound``, ``ChartLoadError``, ``RepositoryError``, ``NotBuiltYet``."""
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
    resolved = _resolved(task, reference)
    for sentence in resolved.warnings:
        task.warn(sentence)
    if task.get("dependency_update"):
        _dependencies(task, resolved)
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


def _resolved(task: Task, reference: ChartReference) -> FetchedChart:
    if task.shared is None:
        return resolve(reference, task.environ)
    found: FetchedChart | None = task.shared.charts.get(reference)
    if found is None:
        found = task.shared.charts[reference] = resolve(reference, task.environ)
    return found


def _dependencies(task: Task, resolved: FetchedChart) -> None:
    """Handles ``dependency_update``: a warning for a chart without dependencies.

    The warning has the words of ``kubernetes.core``.

    For other charts it is refused by name.
    """
    if resolved.chart.metadata.dependencies:
        raise NotBuiltYet(
            "dependency_update: downloading dependencies is not supported yet; run helm dependency build once, and remove the option.",
            option="dependency_update",
            feature="dependency_update",
        )
    task.warn(
        "There is no dependencies block defined in Chart.yaml. Dependency update will not be performed. "
        "Please consider add dependencies block or disable dependency_update to remove this warning."
    )


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
