# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_release_info``: one release with its history, or a list of releases.

One request reads all that is needed. A release that does not exist is not an error: ``status`` is then absent from the result,
as playbooks that came from ``kubernetes.core`` test it.
"""

from __future__ import annotations

from ..._engine.aliases import Json
from ..._engine.chart.model import Chart, Metadata
from ..._engine.chart.names import validate_release_name
from ..._engine.chart.values import coalesce
from ..._engine.errors import ReleaseError
from ..._engine.plan.model import Ports
from ..._engine.ports import ALL_NAMESPACES, Record
from ..._engine.release.history import record_status
from ..._engine.release.model import Release
from ..._engine.release.records import from_record
from ..._engine.render.model import Hook
from ..._engine.render.objects import parse_manifest
from ..._engine.yamlio.dump import dumps
from ..._engine.yamlio.load import loads, loads_object
from ..connect import ports_of
from ..results.outcomes import brief_status, history_line, shown_values, status
from ..results.redact import mask_manifest, mask_object
from ..results.release_list import listed, metadata_result, passes
from ..task import Result, Task, notice_helm_binary

#: options that ask about live objects
SECTIONS = ("resources", "drift", "orphans", "deprecated_apis")


def chart_release_info(task: Task) -> Result:
    notice_helm_binary(task)
    ports = ports_of(task)
    namespace = task.params.get("release_namespace")
    if task.params.get("release_name") is None:
        return listed(task, ports.store, ALL_NAMESPACES if namespace is None else str(namespace))
    name = str(task["release_name"])
    validate_release_name(name)
    return _one(task, ports, ports.store.list(str(namespace), name))


def _one(task: Task, ports: Ports, records: list[Record]) -> Result:
    """The newest revision, or the one that was requested, that passes the filter."""
    result: Result = {"changed": False, "history": [], "releases": []}
    if not records:
        return result
    read = [(record, _readable(task, record)) for record in records]
    releases = [release for _record, release in read if release is not None]
    result["history"] = [history_line(release) if release is not None else _unread_line(record) for record, release in read]
    wanted = task.get("revision")
    record, chosen = read[-1] if wanted is None else next((pair for pair in read if pair[0].revision == int(wanted)), (None, None))
    states = [str(state) for state in task["release_state"]]
    if chosen is None and record is not None and passes(record_status(record), states):
        result["releases"], result["status"] = [metadata_result(record)], metadata_result(record)
    if chosen is None or not passes(chosen.info.status, states):
        return result
    result["releases"] = [brief_status(chosen)]
    result["status"] = _details(task, chosen)
    if any(task[section] for section in SECTIONS):
        result["status"].update(_live(task, ports, chosen, releases))
    return result


def _readable(task: Task, record: Record) -> Release | None:
    """The release of a record; ``None``, with a warning, for one that cannot be read."""
    try:
        return from_record(record)
    except ReleaseError as error:
        task.warn(error.message)
        return None


def _unread_line(record: Record) -> Result:
    """A line of the history for a revision that cannot be decoded, from its metadata."""
    line = {"revision": str(record.revision), "revision_number": record.revision, "updated": "", "status": record_status(record).value}
    return {**line, "chart": "", "app_version": "", "description": "its record cannot be read"}


def _live(task: Task, ports: Ports, release: Release, revisions: list[Release]) -> Result:
    """The requested information about a release's live objects."""
    from ..._engine.apply import inspect

    result: Result = {}
    warnings: list[str] = []
    if task["resources"]:
        result["resources"], warnings = inspect.resources(ports.cluster, ports.clock, release)
    if task["orphans"]:
        result["orphans"], more = inspect.orphans(ports.cluster, release, revisions)
        warnings = warnings + more
    if task["deprecated_apis"]:
        result["deprecated_apis"] = inspect.deprecated_apis(release, ports.cluster.version().git_version)
    if task["drift"]:
        from ..._engine.apply.drift import find_drift
        from ..._engine.objects.policy import ApplyPolicy

        found, more = find_drift(ports.cluster, release, ApplyPolicy(drift="report"))
        result["drift"] = [item.data for item in found]
        warnings = warnings + more
    for sentence in warnings:
        task.warn(sentence)
    return result


def _details(task: Task, release: Release) -> Result:
    show = bool(task["return_values"])
    task.hide_paths(release.config)
    if not show:
        task.settle()
    result = status(release, return_values=show) or {}
    if task["get_all_values"]:
        # a record holds no subcharts, so helm too computes from the values of the chart itself
        chart = Chart(metadata=Metadata(name=release.chart_name), values=release.chart.get("values") or {})
        result["values"] = shown_values(coalesce(chart, release.config)[0], show=show)
    result["notes"] = release.info.notes
    if task["return_manifest"]:
        result["manifest"] = _manifest(task, release.manifest)
    result["hooks"] = [_hook(task, hook) for hook in release.hooks]
    return result


def _manifest(task: Task, text: str) -> Json:
    """Objects, or text on request (a megabyte of objects costs Ansible a quarter of a second).

    Secrets are masked in both.
    """
    if not task["parse_manifest"]:
        return mask_manifest(text, loads, dumps)
    return [mask_object(obj) for _path, obj in parse_manifest(text)]


def _hook(task: Task, hook: Hook) -> Result:
    """Helm's facts about a hook. An object's own keys are added, as kubernetes.core returns hooks."""
    manifest: Json = mask_manifest(hook.manifest, loads, dumps) if task["return_manifest"] else None
    if task["parse_manifest"] and task["return_manifest"]:
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
        **({"manifest": manifest} if task["return_manifest"] else {}),
    }
