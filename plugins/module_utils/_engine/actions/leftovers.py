# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What an uninstall leaves behind by design, so that nobody has to find it later.

* Objects of hooks that ran: they are not in the manifest, and only their own delete policies remove them.
* Claims that a StatefulSet has made for its pods: Kubernetes keeps them (unless the set's retention policy says otherwise).
* Custom resource definitions below ``crds/``: removing one would remove every object of that kind in the whole cluster.

Looked for when all else is gone: a read for each hook's object and each definition, a list of claims where there was such a set; a release
without any of these costs nothing. What may not be read is left out. Objects that a policy keeps, and such as belong to somebody
else, are told as warnings.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from ..errors import ClusterError, EngineError
from ..ports import Cluster, ObjectRef
from ..release.model import Release
from .objects import build_known


def leftovers(cluster: Cluster, release: Release) -> list[dict[str, str]]:
    """``object`` and ``reason`` of each. Raises nothing."""
    found: list[dict[str, str]] = []
    for ref, reason in _candidates(cluster, release):
        try:
            if cluster.read(ref, metadata_only=True) is not None:
                found.append({"object": str(ref), "reason": reason})
        except ClusterError:
            continue  # a kind that is not served any more, or that we may not read
    return found + _claims(cluster, release)


def _candidates(cluster: Cluster, release: Release) -> Iterator[tuple[ObjectRef, str]]:
    for hook in release.hooks:
        if not hook.last_run.phase:
            continue
        try:
            known = build_known(cluster, hook.manifest, release.namespace)[0]
        except EngineError:
            continue
        for item in known:
            if item.ref.name:
                events = ", ".join(hook.events)
                yield item.ref, f"a hook ({events}), which no delete policy has removed"
    for name in _definitions(release):
        ref = ObjectRef("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name)
        yield ref, "a definition of the chart; with it every object of its kind would go"


def _definitions(release: Release) -> list[str]:
    """Names of the CRDs in a stored chart (Helm keeps its files as base64). Subcharts are not in the record."""
    names: list[str] = []
    for file in release.chart.get("files") or ():
        if not str(file.get("name") or "").startswith("crds/"):
            continue
        text = base64.b64decode(str(file.get("data") or "")).decode("utf-8", "replace")
        for document in re.split(r"(?m)^---", text):
            if re.search(r"(?m)^kind:[ \t]*[\"']?CustomResourceDefinition\b", document):
                names += re.findall(r"(?m)^metadata:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+name:[ \t]*[\"']?([a-z0-9.-]+)", document)[:1]
    return list(dict.fromkeys(names))


def _claims(cluster: Cluster, release: Release) -> list[dict[str, str]]:
    if "volumeClaimTemplates" not in release.manifest:
        return []
    made: dict[str, list[tuple[str, str]]] = {}
    for item in build_known(cluster, release.manifest, release.namespace)[0]:
        for template in (item.object.get("spec") or {}).get("volumeClaimTemplates") or () if item.ref.kind == "StatefulSet" else ():
            prefix = f"{(template.get('metadata') or {}).get('name')}-{item.ref.name}-"
            made.setdefault(item.ref.namespace, []).append((prefix, item.ref.name))
    found: list[dict[str, str]] = []
    for namespace, prefixes in made.items():
        try:
            claims: list[dict[str, Any]] = cluster.list("v1", "PersistentVolumeClaim", namespace)[0]
        except ClusterError:
            continue
        for claim in claims:
            name = str(claim["metadata"].get("name"))
            for prefix, owner in prefixes:
                going = bool(claim["metadata"].get("deletionTimestamp"))
                if name.startswith(prefix) and name[len(prefix) :].isdigit() and not going:
                    ref = ObjectRef("v1", "PersistentVolumeClaim", namespace, name)
                    found.append({"object": str(ref), "reason": f"holds data of StatefulSet {owner}, which Kubernetes keeps"})
    return found
