# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Classifies other managers of fields that an apply would write, and what follows.

Helm 4 always fails.

======== ============================================================================= =====================================
cause    manager                                                                       what follows
======== ============================================================================= =====================================
old      ``helm`` and ``kubectl apply`` from before server-side apply                  migrated: same owner
scaled   a client that wrote through the subresource ``scale``; known autoscalers      the field is left out of the apply
allowed  a manager or a path that the user named                                       taken over
other    any other manager, users with ``kubectl edit`` included                       all reported at once, before a write
======== ============================================================================= =====================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..aliases import Json, JsonObject, Object
from ..errors import Conflict
from ..objects.diff import masked_value
from ..objects.managers import OLD_MANAGERS
from ..objects.paths import Path, path_text, server_path, value_at, without
from ..objects.policy import ApplyPolicy
from ..ports import ObjectRef

_AUTOSCALERS = ("horizontal-pod-autoscaler", "vpa-", "vertical-pod-autoscaler", "keda", "cluster-proportional-autoscaler")
_SHOWN = 10
_LONGEST = 80


@dataclass(frozen=True)
class FieldConflict:
    """One field of one object that another manager owns.

    ``is_manual``: a person wrote it, through kubectl. Values are masked where secret.
    """

    ref: ObjectRef
    path: Path
    manager: str
    subresource: str
    cause: str
    there: Json
    wanted: Json

    @property
    def is_manual(self) -> bool:
        return self.manager.startswith("kubectl")

    @property
    def data(self) -> JsonObject:
        return {
            "object": str(self.ref),
            "field": path_text(self.path),
            "manager": self.manager,
            "subresource": self.subresource,
            "cause": self.cause,
            "there": self.there,
            "wanted": self.wanted,
        }


def field_conflicts(
    error: Conflict, ref: ObjectRef, obj: Mapping[str, Json], live: Mapping[str, Json], policy: ApplyPolicy
) -> list[FieldConflict]:
    """The claims of a refused apply. :param obj: what was sent."""
    found: list[FieldConflict] = []
    for item in error.fields.get("conflicts") or []:
        path = server_path(str(item["field"]), obj)
        manager, subresource = str(item["manager"]), str(item.get("subresource") or "")
        there, wanted = (masked_value(ref.kind, path, value_at(side, path)) for side in (live, obj))
        found.append(FieldConflict(ref, path, manager, subresource, _cause(manager, subresource, path, policy), there, wanted))
    return found


def _cause(manager: str, subresource: str, path: Path, policy: ApplyPolicy) -> str:
    if policy.may_take(manager, path):
        return "allowed"
    if manager in OLD_MANAGERS and not subresource:
        return "old"
    if subresource == "scale" or manager.lower().startswith(_AUTOSCALERS):
        return "scaled"
    return "other"


def left_warning(ref: ObjectRef, path: Path, manager: str, there: Json, wanted: Json) -> str:
    """The warning about a field that keeps its value for its scaler, with the option that takes it over."""
    field = path_text(path)
    return (
        f"{field} of {ref} was kept at {_short(there)} although the chart has {_short(wanted)}, since {manager!r} scales it. To "
        f"take over the field, add {field} to force_conflicts_for.paths or {manager} to force_conflicts_for.managers"
    )


def scaled_path(live: Mapping[str, Json], path: Path) -> str:
    """The autoscaler that owns a field of a live object, without server-side apply; empty: none."""
    for entry in (live.get("metadata") or {}).get("managedFields") or []:
        manager = str(entry.get("manager", ""))
        scales = entry.get("subresource") == "scale" or manager.lower().startswith(_AUTOSCALERS)
        if not scales or manager.startswith("kubectl"):
            continue
        fields: Json = entry.get("fieldsV1") or {}
        for step in path:
            fields = fields.get(f"f:{step}") if isinstance(fields, Mapping) else None
        if fields is not None:
            return manager
    return ""


def left_out(obj: Object, conflicts: Sequence[FieldConflict]) -> JsonObject:
    """The object without those fields, so that an apply leaves them to their managers."""
    for conflict in conflicts:
        obj = without(obj, conflict.path)
    return obj


def refusal(conflicts: Sequence[FieldConflict]) -> Conflict:
    """One error for all fields of all objects."""
    lines = [
        f"{conflict.ref} {path_text(conflict.path)} by {conflict.manager!r} "
        f"(live {_short(conflict.there)}, chart {_short(conflict.wanted)})"
        for conflict in conflicts[:_SHOWN]
    ]
    if len(conflicts) > _SHOWN:
        lines.append(f"and {len(conflicts) - _SHOWN} more")
    count = "A field is" if len(conflicts) == 1 else f"{len(conflicts)} fields are"
    by_manager: dict[str, list[str]] = {}
    for conflict in conflicts:
        by_manager.setdefault(conflict.manager, []).append(f".{path_text(conflict.path)}")
    helm = "; ".join(f'conflict with "{manager}": {", ".join(fields)}' for manager, fields in by_manager.items())
    return Conflict(
        f"{count} owned by other field managers, nothing was written: {'; '.join(lines)}. Remove them from the chart, add the "
        "managers or paths to force_conflicts_for, or take over all of them with force_conflicts: true",
        helm=f"Apply failed with {len(conflicts)} conflict{'s' if len(conflicts) > 1 else ''}: {helm}",
        conflicts=[conflict.data for conflict in conflicts],
        status=409,
    )


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
