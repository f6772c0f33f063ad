# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Converts releases, plans and outcomes to results: JSON types, with keys of ``kubernetes.core``.

``status.revision`` stays text, since playbooks compare it with text; ``revision_number`` is the number. Large texts (manifest, notes)
are returned as text. Values are masked unless the task requests them; the data of Secrets is masked in either case.
"""

from __future__ import annotations

import difflib
import re

from ..._engine.aliases import Json
from ..._engine.objects.diff import FieldChange
from ..._engine.objects.paths import path_text
from ..._engine.plan.model import Outcome
from ..._engine.plan.operation import Operation, Plan
from ..._engine.release.model import Release
from ..task import Result, Task
from .masked_plan import masked_drift, masked_plan
from .redact import MASK, mask_leaves, mask_object

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")

#: what a diff shows, and with which word; the other verbs keep Helm's records and wait
_SHOWN = {
    "create_namespace": "create",
    "create_crd": "create",
    "hook": "run hook",
    "create": "create",
    "apply": "apply",
    "replace": "replace",
    "delete": "delete",
    "delete_namespace": "delete",
}

_REMOVING = ("delete", "delete_namespace")


def go_time(text: str) -> str:
    """Converts RFC 3339 to Go's ``Time.String``, which ``helm list`` prints.

    For example ``2026-11-21 05:00:00.5 +0000 UTC``.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        return text
    day, clock, fraction, zone = found.groups()
    fraction = (fraction or "").rstrip("0").rstrip(".")
    if zone == "Z":
        return f"{day} {clock}{fraction} +0000 UTC"
    offset = zone.replace(":", "")
    return f"{day} {clock}{fraction} {offset} {offset}"


def chart_label(release: Release) -> str:
    """``name-version``, as ``helm list`` shows a chart."""
    return f"{release.chart_name}-{release.chart_version}"


def brief_status(release: Release) -> Result:
    """One line of ``helm list``: no values."""
    return {
        "name": release.name,
        "namespace": release.namespace,
        "revision": str(release.version),
        "revision_number": release.version,
        "updated": go_time(release.info.last_deployed),
        "status": release.info.status.value,
        "chart": chart_label(release),
        "app_version": release.app_version,
        "appversion": release.app_version,
    }


def status(release: Release | None, *, return_values: bool) -> Result | None:
    """``status`` of a release with the values the user gave; ``None`` where there is no release."""
    if release is None:
        return None
    values = shown_values(release.config, show=return_values)
    return {**brief_status(release), "description": release.info.description, "values": values, "release_values": values}


def shown_values(values: Json, *, show: bool) -> Json:
    """Values in clear, or their shape with every value masked.

    Whole numbers are integers, as Go's JSON writes them.
    """
    return _whole(values) if show else mask_leaves(values)


def _whole(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


def history_line(release: Release) -> Result:
    """One line of ``helm history``."""
    return {
        "revision": str(release.version),
        "revision_number": release.version,
        "updated": go_time(release.info.last_deployed),
        "status": release.info.status.value,
        "chart": chart_label(release),
        "app_version": release.app_version,
        "description": release.info.description,
    }


def summary(release: Release, lead: str = "", *, notes: bool = True) -> str:
    """What ``helm install`` prints about a release. :param notes: ``False`` is Helm's ``--hide-notes``."""
    lines = [lead] if lead else []
    lines += [
        f"NAME: {release.name}",
        f"LAST DEPLOYED: {go_time(release.info.last_deployed)}",
        f"NAMESPACE: {release.namespace}",
        f"STATUS: {release.info.status.value}",
        f"REVISION: {release.version}",
        f"DESCRIPTION: {release.info.description}",
    ]
    if notes and release.info.notes.strip():
        lines.append(f"NOTES:\n{release.info.notes.strip()}")
    return "\n".join(lines) + "\n"


def plan_result(plan: Plan) -> Result:
    """A plan without the objects it would send: their changes describe them, and they may hold secrets."""
    return {
        "action": plan.action,
        "state": plan.state,
        "reason": plan.reason,
        "operations": [_operation(operation) for operation in plan.operations],
    }


def _operation(operation: Operation) -> Result:
    result: Result = {"id": operation.id, "verb": operation.verb, "object": str(operation.ref) if operation.ref else ""}
    if operation.unverified:
        result["unverified"] = operation.unverified
    for fact in ("adopted", "recreate", "notes"):
        if operation.detail.get(fact):
            result[fact] = operation.detail[fact]
    if operation.changes and not _is_whole(operation):
        result["changes"] = [_change(operation, change) for change in operation.changes]
    return result


def _is_whole(operation: Operation) -> bool:
    """Whether a whole object is created or deleted: the verb then says all that its leaves would."""
    ops = {change.op for change in operation.changes}
    return len(ops) == 1 and ops <= {"add", "remove"} and any(change.path[:1] == ("kind",) for change in operation.changes)


def _is_secret(operation: Operation) -> bool:
    return operation.ref is not None and operation.ref.kind == "Secret"


def _sides(operation: Operation, change: FieldChange) -> tuple[Json, Json]:
    """The values before and after.

    The data of a Secret is masked here again, for every source of the plan.
    """
    if _is_secret(operation) and change.path[:1] in (("data",), ("stringData",)):
        return mask_leaves(change.before), mask_leaves(change.after)
    if _is_secret(operation) and not change.path:
        return mask_object(change.before), mask_object(change.after)
    return change.before, change.after


def _change(operation: Operation, change: FieldChange) -> Result:
    before, after = _sides(operation, change)
    result: Result = {"op": change.op, "path": path_text(change.path)}
    if change.op != "add":
        result["before"] = before
    if change.op != "remove":
        result["after"] = after
    return result


def diff_result(plan: Plan) -> Result:
    """``diff`` for Ansible, with unified text in ``prepared``, one piece for each object.

    ``before`` and ``after`` are left out: Ansible's callbacks would print the same change twice.
    """
    pieces: list[str] = []
    for operation in plan.operations:
        if operation.verb not in _SHOWN:
            continue
        before, after = _texts(operation)
        label = f"{_SHOWN[operation.verb]} {operation.ref}" if operation.ref else _SHOWN[operation.verb]
        if operation.unverified:
            label += f" (not predictable: {operation.unverified})"
        if before == after and not operation.unverified and operation.verb in ("apply", "replace"):
            continue
        pieces.append(_unified(label, before, after))
    return {"prepared": "".join(pieces)}


def _unified(label: str, before: str, after: str) -> str:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm=""))
    # sign, blank, line: as helm-diff prints it, and as playbooks that came from kubernetes.core look for it
    body = [line if line.startswith("@@") else f"{line[:1]} {line[1:]}".rstrip() for line in lines[2:]]
    return "\n".join([f"# {label}", *lines[:2], *body]) + "\n"


def _texts(operation: Operation) -> tuple[str, str]:
    """YAML before and after.

    Of a whole object that is created or deleted, otherwise of the changed leaves.
    """
    whole = _is_whole(operation)
    new = not operation.changes and not operation.detail.get("exists")
    if operation.object and (whole or new) and operation.verb not in _REMOVING:
        return "", _yaml(mask_object(operation.object))
    before: Json = {}
    after: Json = {}
    for change in operation.changes:
        was, becomes = _marked_before_after(*_sides(operation, change))
        if change.op != "add":
            before = _put(before, change.path, was)
        if change.op != "remove":
            after = _put(after, change.path, becomes)
    if whole:
        before, after = _with_lists(before), _with_lists(after)
    if operation.verb in _REMOVING and not before:
        return f"{operation.ref}\n", ""
    return _yaml(before), _yaml(after)


def _with_lists(value: Json) -> Json:
    """Converts maps that ``_put`` made of whole lists to lists again.

    Their keys are ``[0]``, ``[1]`` ..., or the names of items, which are put back under ``name``.
    """
    if not isinstance(value, dict):
        return value
    items = {key: _with_lists(inner) for key, inner in value.items()}
    if items and list(items) == [f"[{index}]" for index in range(len(items))]:
        return list(items.values())
    if items and all(isinstance(inner, dict) and inner.get("name") == key for key, inner in items.items()):
        return list(items.values())
    return items


def _marked_before_after(before: Json, after: Json) -> tuple[Json, Json]:
    """Marks two equal masked values as before and after, as kubectl does.

    The values that they replace differ.
    """
    same = before == after and isinstance(before, str) and MASK in before
    return (f"{before} (before)", f"{after} (after)") if same else (before, after)


def _yaml(value: Json) -> str:
    from ..._engine.yamlio.dump import dumps  # late: a task that changes nothing writes no YAML

    return dumps(value) if value not in ({}, None) else ""


def _put(root: Json, path: tuple[str | int, ...], value: Json) -> Json:
    """Puts a leaf into nested maps.

    List positions become keys such as ``[2]``, since the other items are unknown.
    """
    if not path:
        return value
    here = root
    keys = [f"[{part}]" if isinstance(part, int) else part for part in path]
    for key in keys[:-1]:
        inner = here.get(key)
        if not isinstance(inner, dict):
            inner = here[key] = {}
        here = inner
    here[keys[-1]] = value
    return root


def add_drift_diff(result: Result, drift: list[Result]) -> None:
    """The diff of drift that is only reported: from the live values to the applied ones."""
    for item in drift:
        if item["missing"]:
            before, after = "", f"{item['object']}\n"
        else:
            pairs = [(field["path"], _marked_before_after(field["there"], field["wanted"])) for field in item["fields"]]
            before, after = (
                "".join(f"{path}: {pair[side]!r}\n" for path, pair in pairs if pair[side] is not None) for side in (0, 1)
            )
        result["diff"]["prepared"] += _unified(f"drift {item['object']}", before, after)


def outcome_result(task: Task, outcome: Outcome, *, stdout: str, command: str) -> Result:
    """The result of every face that writes. In check mode ``status`` is the release as it would be."""
    config = outcome.release.config if outcome.release is not None else {}
    for release in (outcome.before, outcome.release):
        task.hide_paths(release.config if release is not None else {})
    if outcome.changed or task.diff or task.get("return_values") or outcome.drift:
        task.settle()
    plan = masked_plan(task, outcome.plan)
    drift = None if outcome.drift is None else masked_drift(task, outcome.drift)
    result: Result = {
        "changed": outcome.changed,
        "status": status(outcome.release, return_values=bool(task.get("return_values", False))),
        "stdout": stdout if outcome.changed else "",
        "stderr": "",
        "command": command if outcome.changed else "",
        "plan": plan_result(plan),
    }
    if task.diff:
        result["diff"] = diff_result(plan)
    if outcome.leftovers:
        result["leftovers"] = outcome.leftovers
    if task.get("values_trace"):
        from ..options.values.values_from import trace

        result["values_trace"] = trace(task.origins, config)
    if outcome.hook_logs:
        result["hook_logs"] = outcome.hook_logs
    if outcome.preserved is not None:
        result["kept_generated"] = outcome.preserved
    if drift is not None:
        result["drift"] = drift
        if task.diff and not outcome.changed:
            add_drift_diff(result, drift)
    if task.diff and not result["diff"]["prepared"]:
        del result["diff"]  # empty: playbooks test whether there is a diff
    for sentence in outcome.warnings:
        task.warn(sentence)
    return result
