# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads logs of containers, as evidence and as output of hooks, and masks secrets in them.

A container may print anything, secrets too. The content of the release's own Secrets is known, so these texts are masked in everything that
the cluster reports (logs, events, conditions, states of containers), in the encodings of ``secret_forms``. Secrets also hold ordinary
words, such as the name of a user or of a host: those are masked as whole words only, and never as a part of the names of the objects.

A log that cannot be read is not a failure: the entry says why in ``error``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence

from ..aliases import JsonObject, Object
from ..errors import ClusterError
from ..plain_text import plain_text
from ..ports import Reader
from ..release.model import Release
from ..secret_texts import Searcher, texts_of
from .pods import controller_of

#: lines of a hook's log that are brought back; Helm prints all there are
HOOK_LINES = 1000
#: characters of a text of the cluster in a message
LONGEST_TEXT = 1000

Mask = Callable[[str], str]
Logs = list[JsonObject]


def unmasked(text: str) -> str:
    """The mask of a release without secrets: returns the text unchanged."""
    return text


def one_line(mask: Mask) -> Mask:
    """A mask that also makes one printable line of bounded length, for a text in a message."""
    return lambda text: plain_text(mask(text), LONGEST_TEXT)


def mask_of(release: Release | None) -> Mask:
    """A function that masks the data of a release's Secrets, which are read at its first call."""
    searcher: Searcher | None = None

    def mask(text: str) -> str:
        nonlocal searcher
        if searcher is None:
            searcher = _searcher(release) if release is not None else Searcher(())
        return str(searcher.masked(text))

    return mask


def _searcher(release: Release) -> Searcher:
    """The texts in the release's Secrets, and the names of its objects."""
    from ..render.objects import parse_manifest

    found: set[str] = set()
    names = {release.name, release.namespace, release.chart_name}
    manifests = [release.manifest, *(hook.manifest for hook in release.hooks)]
    if not any("Secret" in manifest for manifest in manifests):
        return Searcher(())
    for manifest in manifests:
        for _path, obj in parse_manifest(manifest):
            metadata = obj.get("metadata")
            names.add(str(metadata.get("name") or "") if isinstance(metadata, dict) else "")
            if obj.get("kind") == "Secret":
                found |= texts_of(list(_values(obj)))
    return Searcher(found, names)


def _values(secret: Object) -> Iterable[str]:
    plain, coded = secret.get("stringData"), secret.get("data")
    for value in (plain if isinstance(plain, dict) else {}).values():
        yield str(value)
    for value in (coded if isinstance(coded, dict) else {}).values():
        yield str(value)
        try:
            yield base64.b64decode(str(value), validate=True).decode()
        except (binascii.Error, ValueError):
            continue  # not text: no log shows it as such


def hook_logs(cluster: Reader, kind: str, name: str, namespace: str, mask: Mask, *, init: bool = False, uid: str = "") -> Logs:
    """The output of the containers of a Job or Pod (Helm: ``outputLogsByPolicy``).

    Each ``pod``, ``container``, ``log`` or ``error``.

    :param init: init containers as well, before the others (``helm test --logs`` shows them, the log policy of hooks does not).
    :param uid: of the Job or Pod; pods of an earlier one of its name are left out. Empty: not known.
    """
    which = {"labels": f"job-name={name}"} if kind == "Job" else {"fields": f"metadata.name={name}"}
    try:
        pods = cluster.list("v1", "Pod", namespace, **which)[0] if kind in ("Job", "Pod") else []
    except ClusterError as error:
        return [{"pod": name, "container": "", "error": mask(error.message)}]
    if kind == "Pod":
        pods = [pod for pod in pods if pod["metadata"].get("name") == name]
    if uid:
        pods = [pod for pod in pods if uid in (pod["metadata"].get("uid"), controller_of(pod).get("uid"))]
    return [entry for pod in pods for entry in pod_logs(cluster, pod, mask, lines=HOOK_LINES, init=init)]


def pod_logs(cluster: Reader, pod: Object, mask: Mask, *, lines: int, init: bool = False, only: Sequence[str] = ()) -> Logs:
    """The last lines of a pod's containers. :param only: names of containers; empty: all."""
    spec = pod.get("spec") or {}
    metadata = pod["metadata"]
    entries: Logs = []
    for container in [*(spec.get("initContainers") or () if init else ()), *(spec.get("containers") or ())]:
        name = str(container.get("name") or "")
        if only and name not in only:
            continue
        entry: JsonObject = {"pod": str(metadata.get("name")), "container": name}
        try:
            entry["log"] = mask(cluster.logs(str(metadata.get("namespace") or ""), entry["pod"], name, lines=lines))
        except ClusterError as error:
            entry["error"] = mask(error.message)
        entries.append(entry)
    return entries
