# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the pods of a workload: those that its whole selector matches and that it controls.

A selector alone is not enough: another workload, or a single Pod, may have the same labels. The owner reference that the workload's
controller writes decides; the pods of a Deployment are controlled by its ReplicaSets. Kubernetes: ``ControllerRefManager``,
``LabelSelectorAsSelector``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aliases import Json, Object
from ..errors import Forbidden
from ..ports import ObjectRef, Reader

_HASH = "pod-template-hash"


def selector_text(obj: Mapping[str, Json]) -> str | None:
    """The selector of a workload in the API server's syntax; ``None``: it selects nothing.

    ``matchLabels`` and ``matchExpressions`` of Deployments and similar kinds, the plain map of ReplicationControllers and Services.
    """
    selector = (obj.get("spec") or {}).get("selector")
    if not isinstance(selector, Mapping) or not selector:
        return None
    if obj.get("apiVersion") == "v1":
        labels: Mapping[str, Json] = selector
        expressions: Sequence[Mapping[str, Json]] = ()
    else:
        labels = selector.get("matchLabels") or {}
        expressions = selector.get("matchExpressions") or ()
    parts = [f"{key}={value}" for key, value in sorted(labels.items())]
    for expression in expressions:
        key, values = str(expression.get("key")), ",".join(str(value) for value in expression.get("values") or ())
        texts = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key, "DoesNotExist": f"!{key}"}
        text = texts.get(str(expression.get("operator")))
        if text is None:
            return None
        parts.append(text)
    return ",".join(parts) or None


def controller_of(obj: Mapping[str, Json]) -> Mapping[str, Json]:
    """The owner reference of an object's controller; empty: nothing controls it."""
    owners = (obj.get("metadata") or {}).get("ownerReferences") or ()
    return next((owner for owner in owners if owner.get("controller")), {})


def pods_of(cluster: Reader, ref: ObjectRef, obj: Object) -> list[Object]:
    """The pods of a workload. One request, two for a Deployment.

    :raises Forbidden: pods may not be listed; other errors as ``Cluster.list``.
    """
    labels = selector_text(obj)
    if labels is None:
        return []
    uid = str((obj.get("metadata") or {}).get("uid") or "")
    pods = cluster.list("v1", "Pod", ref.namespace, labels=labels)[0]
    if ref.kind != "Deployment":
        return [pod for pod in pods if controller_of(pod).get("uid") == uid]
    try:
        sets = cluster.list("apps/v1", "ReplicaSet", ref.namespace, labels=labels)[0]
    except Forbidden:
        return [pod for pod in pods if _named_after(pod, ref.name)]
    uids = {(item.get("metadata") or {}).get("uid") for item in sets if controller_of(item).get("uid") == uid}
    return [pod for pod in pods if controller_of(pod).get("uid") in uids]


def _named_after(pod: Object, deployment: str) -> bool:
    """Whether a pod's controller has the name that the ReplicaSets of a Deployment get."""
    owner = controller_of(pod)
    template = str(((pod.get("metadata") or {}).get("labels") or {}).get(_HASH) or "")
    return owner.get("kind") == "ReplicaSet" and owner.get("name") == f"{deployment}-{template}"
