# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The options ``dependency_update`` and ``dependency_repositories``.

With ``dependency_update``, the dependencies of a chart in a folder are resolved and fetched, and the chart is loaded with them. Nothing is
written into the folder: only ``chart_dependency`` changes a chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..._adapters.charts.archives import fetch_archive
from ..._adapters.charts.reference import NEVER, ChartReference, Trust
from ..._adapters.compiled_cache import compiled_cache
from ..._adapters.dependencies.charts_folder import read_files
from ..._adapters.dependencies.sources import DependencyRepository, TaskSources, credentials_in
from ..._adapters.http.repo_http import Access
from ..._adapters.user_paths import working_folder
from ..._engine.chart.load import load_chart
from ..._engine.chart.model import Chart, File
from ..._engine.chart.places.source import FoundArchive
from ..._engine.dependencies.lock import check_lock
from ..._engine.dependencies.names import unknown_repositories, with_urls
from ..._engine.dependencies.update import Surroundings, Update, plan_update
from ..._engine.errors import ChartLoadError, OptionError
from ..._engine.publish.package import FIXED_TIME, moment_of
from ..._engine.web import is_oci, is_web, without_secrets
from ..task import Task

_OPTION = "dependency_repositories"


def repositories_of(task: Task) -> list[DependencyRepository]:
    """Raises ``OptionError``."""
    return [_repository(entry, f"{_OPTION}[{index}]") for index, entry in enumerate(task.get(_OPTION, []))]


def _repository(entry: dict[str, object], where: str) -> DependencyRepository:
    def text(key: str) -> str:
        return str(entry.get(key) or "")

    url = text("url").strip()
    if not (is_web(url) or is_oci(url)):
        raise OptionError(f"{where}.url is {without_secrets(url)!r}; use an http(s) or oci:// URL.", option=_OPTION)
    if credentials_in(url):
        raise OptionError(f"{where}.url contains credentials; remove them and use username and password.", option=_OPTION)
    for first, second in (("username", "password"), ("client_cert", "client_key")):
        if bool(text(first)) != bool(text(second)):
            present, missing = (first, second) if text(first) else (second, first)
            raise OptionError(f"{where} has {present} without {missing}; specify both, or neither.", option=_OPTION)
    access = Access(
        username=text("username"),
        password=text("password"),
        ca_file=text("ca_cert"),
        cert_file=text("client_cert"),
        key_file=text("client_key"),
        insecure_skip_tls_verify=bool(entry.get("insecure_skip_tls_verify")),
        pass_credentials=bool(entry.get("pass_credentials")),
        plain_http=bool(entry.get("plain_http")),
    )
    return DependencyRepository(url, text("name").removeprefix("@"), access)


def planned_update(task: Task, chart: Chart, folder: Path, generated: str, *, again: bool) -> Update:
    """What is to be done for the dependencies of the chart in a folder.

    :param generated: the time in a new lock. :param again: resolve the ranges, whether there is a lock or not.
    :raises EngineError: a dependency cannot be resolved or fetched, or the lock is out of sync.
    """
    moment = moment_of(str(task.environ.get("SOURCE_DATE_EPOCH", "")))
    sources = TaskSources(folder, repositories_of(task), task.environ, moment, offline=bool(task.get("offline", False)))
    known = sources.known([*chart.metadata.dependencies, *(chart.lock.dependencies if chart.lock else ())])
    requirements = ChartReference("", trust=Trust(str(task.get("verify", NEVER)), str(task.get("keyring", ""))), folder=working_folder())
    warnings: list[str] = []

    def fetch(found: FoundArchive) -> bytes:
        if found.is_local:  # a package of a folder, which has no signature
            return found.read()
        fetched = fetch_archive(found, requirements, task.environ)
        warnings.extend(fetched.warnings)
        return fetched.data

    update = plan_update(chart, Surroundings(sources, read_files(folder), known, fetch, generated), again=again)
    return replace(update, warnings=[*update.warnings, *warnings])


def lock_in_sync(task: Task, chart: Chart, folder: Path) -> bool | None:
    """Whether the lock of a chart belongs to its dependencies.

    ``None`` if that depends on a repository whose URL is not known. Raises ``OptionError``, ``OperatorError``.
    """
    required = chart.metadata.dependencies
    known = TaskSources(folder, repositories_of(task), task.environ).known(required)
    if unknown_repositories(required, known):
        return None
    try:
        check_lock(chart, with_urls(required, known))
    except ChartLoadError:
        return False
    return True


def with_dependencies(task: Task, chart: Chart, folder: Path) -> tuple[Chart, Sequence[str]]:
    """The chart with its dependencies, resolved again, and warnings about them.

    :param chart: as loaded from the folder. It is not changed, and neither is the folder.
    :raises EngineError: as ``planned_update``.
    """
    update = planned_update(task, chart, folder, _generated(task), again=True)
    fresh = dict(_files(update))
    gone = {f"charts/{name}" for name in update.remove}
    present = {file.name: file.data for file in chart.raw}
    if not gone & present.keys() and all(present.get(name) == data for name, data in fresh.items()):
        return chart, update.warnings
    files = [file for file in chart.raw if file.name not in fresh and file.name not in gone]
    files += [File(name, data) for name, data in fresh.items()]
    in_order = sorted(files, key=lambda file: file.name.split("/"))
    return load_chart(in_order, cache=compiled_cache(task.environ)), update.warnings


def _files(update: Update) -> Iterator[tuple[str, bytes]]:
    for name, data in update.files.items():
        yield f"charts/{name}", data
    if update.lock_data is not None:
        yield update.lock_name, update.lock_data


def _generated(task: Task) -> str:
    """The time in a lock that is not written.

    It is a fixed one, so that the same dependencies are the same chart in each run.
    """
    from ..._engine.sprig.gotime import Time  # late: few tasks update dependencies

    moment = moment_of(str(task.environ.get("SOURCE_DATE_EPOCH", "")))
    return Time(FIXED_TIME if moment is None else moment).rfc3339()
