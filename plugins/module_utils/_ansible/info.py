# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_release_info``: one release with its history, or the releases of a namespace or of the cluster.

One request reads all that is needed. A release that does not exist is no error: ``status`` is then absent from the result,
as playbooks that came from ``kubernetes.core`` test it.
"""

from __future__ import annotations

from typing import Any

from .._engine.chart.model import Chart, Metadata
from .._engine.chart.names import validate_release_name
from .._engine.chart.values import coalesce
from .._engine.ports import Record
from .._engine.release.model import Release, Status
from .._engine.release.records import from_record
from .._engine.render.model import Hook
from .._engine.render.objects import parse_manifest
from .._engine.yamlio.dump import dumps
from .._engine.yamlio.load import loads, loads_object
from .connect import ports_of
from .redact import mask_manifest, mask_object
from .results import brief_status, history_line, shown_values, status
from .task import Result, Task, notice_helm_binary


def chart_release_info(task: Task) -> Result:
    notice_helm_binary(task)
    store = ports_of(task).store
    namespace = task.params.get("release_namespace")
    if task.get("release_name"):
        name = str(task["release_name"])
        validate_release_name(name)
        return _one(task, store.list(str(namespace), name))
    return _many(task, store.list(str(namespace) if namespace else None))


def _one(task: Task, records: list[Record]) -> Result:
    """The newest revision, or the one that was asked for, that passes the filter."""
    result: Result = {"changed": False, "history": [], "releases": []}
    if not records:
        return result
    releases = [from_record(record) for record in records]
    result["history"] = [history_line(release) for release in releases]
    wanted = task.get("revision")
    chosen = releases[-1] if wanted is None else next((r for r in releases if r.version == int(wanted)), None)
    if chosen is None or not passes(chosen.info.status, [str(state) for state in task["release_state"]]):
        return result
    result["releases"] = [brief_status(chosen)]
    result["status"] = _details(task, chosen)
    return result


def _many(task: Task, records: list[Record]) -> Result:
    newest: dict[tuple[str, str], Record] = {}
    for record in records:  # ascending within a release
        newest[(record.namespace, record.release)] = record
    filters = [str(state) for state in task["release_state"]]
    releases = [from_record(newest[key]) for key in sorted(newest)]
    return {"changed": False, "releases": [brief_status(release) for release in releases if passes(release.info.status, filters)]}


def passes(state: Status, filters: list[str]) -> bool:
    """``helm list``'s filters: none, or ``all``, lets everything through; ``pending`` is each of the three pending states."""
    if not filters or "all" in filters:
        return True
    return state.value in filters or ("pending" in filters and state.is_pending)


def _details(task: Task, release: Release) -> Result:
    show = bool(task["return_values"])
    task.hide_paths(release.config)
    result = status(release, return_values=show) or {}
    if task["get_all_values"]:
        # a record holds no subcharts, so helm too computes from the values of the chart itself
        chart = Chart(metadata=Metadata(name=release.chart_name), values=release.chart.get("values") or {})
        result["values"] = shown_values(coalesce(chart, release.config)[0], show=show)
    result["notes"] = release.info.notes
    result["manifest"] = _manifest(task, release.manifest)
    result["hooks"] = [_hook(task, hook) for hook in release.hooks]
    return result


def _manifest(task: Task, text: str) -> Any:
    """Objects, or text on request (a megabyte of objects costs Ansible a quarter of a second). Secrets are masked in both."""
    if not task["parse_manifest"]:
        return mask_manifest(text, loads, dumps)
    return [mask_object(obj) for _path, obj in parse_manifest(text)]


def _hook(task: Task, hook: Hook) -> Result:
    """Helm's facts about a hook. As an object its own keys stand beside them, as kubernetes.core returns hooks."""
    manifest: Any = mask_manifest(hook.manifest, loads, dumps)
    if task["parse_manifest"]:
        manifest = mask_object(loads_object(hook.manifest))
    return {
        **(manifest if isinstance(manifest, dict) else {}),
        "name": hook.name,
        "kind": hook.kind,
        "path": hook.path,
        "events": list(hook.events),
        "weight": hook.weight,
        "delete_policies": list(hook.delete_policies),
        "last_run": {
            "started_at": hook.last_run.started_at,
            "completed_at": hook.last_run.completed_at,
            "phase": hook.last_run.phase,
        },
        "manifest": manifest,
    }
