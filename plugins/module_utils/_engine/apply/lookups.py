# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The template function ``lookup`` over a cluster.

Separate from ``converge``, so that a rendering does not import what writes.
"""

from __future__ import annotations

from ..aliases import JsonObject
from ..errors import UnknownKind
from ..ports import ObjectRef, Reader


def lookup_result(cluster: Reader, api_version: str, kind: str, namespace: str, name: str) -> JsonObject:
    """The result of Helm's ``lookup``.

    An object, a list object if no name is given, ``{}`` for what does not exist.
    """
    try:
        resource = cluster.resource(api_version, kind)
        where = namespace if resource.namespaced else ""
        if name and resource.namespaced and not where:
            return {}  # Helm requests a path without a namespace, which has no objects
        if name:
            return cluster.read(ObjectRef(api_version, kind, where, name)) or {}
        items, version = cluster.list(api_version, kind, where or None)
    except UnknownKind:
        return {}
    return {"apiVersion": api_version, "kind": f"{kind}List", "metadata": {"resourceVersion": version}, "items": items}
