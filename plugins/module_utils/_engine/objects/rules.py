# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A task's rules for waiting: its own conditions for kinds, and when a pod counts as failed.

A kind is named as ``Kind`` or ``Kind.group``; the longer name wins. For an object of such a kind ``failed_when`` is evaluated first (true:
it has failed, and the wait ends at once); then ``ready_when`` replaces the rule of the kind. An object that is being deleted, or whose
controller has not seen its newest generation, is neither, whatever these rules say.

Pods of a Deployment, a DaemonSet, or a Job that the task waits for are checked when the workload is not ready after ten seconds, and
every ten seconds after that (those of StatefulSets and ReplicaSets at once, as Helm does). Of the pods of the newest template:

* a container whose image has an invalid name, or whose image is missing and must not be pulled, has failed for good;
* with ``fail_fast``, so has one that for that many seconds could not pull its image, could not be configured or started, or crashed
  repeatedly. Without it the wait goes on, since each may recover: a registry comes back, a Secret is created, a database starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aliases import Json, Object
from ..ports import ObjectRef
from .expression import Predicate, predicate

#: a container that waits for one of these reasons waits in vain
HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull"})
#: these may heal
DOUBTFUL = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"}
)
_HASHES = ("pod-template-hash", "controller-revision-hash")


class Rules:
    """The rules of one wait.

    :param data: as plans hold them: ``ready_when`` and ``failed_when`` (kind -> expression), ``fail_fast`` (seconds),
        ``strategy`` (``legacy``: kinds are judged as ``wait.legacy`` has it). Empty: none.
    :raises OptionError: an expression does not parse.
    """

    def __init__(self, data: Mapping[str, Json]) -> None:
        self.texts = {option: dict(data.get(option) or {}) for option in ("ready_when", "failed_when")}
        self._predicates = {
            option: {kind: predicate(str(text), option, kind) for kind, text in texts.items()} for option, texts in self.texts.items()
        }
        self.legacy = data.get("strategy") == "legacy"
        fast = data.get("fail_fast")
        self.fail_fast = None if fast is None else float(fast)

    def __bool__(self) -> bool:
        return any(self.texts.values())

    def names(self, api_version: str, kind: str) -> list[str]:
        """The names of a kind in rules, the longest first."""
        group = api_version.rpartition("/")[0]
        return [f"{kind}.{group}", kind] if group else [kind]

    def covers(self, ref: ObjectRef) -> bool:
        return any(self.find(option, ref.api_version, ref.kind) is not None for option in self.texts)

    def find(self, option: str, api_version: str, kind: str) -> tuple[str, Predicate] | None:
        """The expression for a kind, as text and as a function."""
        for name in self.names(api_version, kind):
            if name in self._predicates[option]:
                return self.texts[option][name], self._predicates[option][name]
        return None


def newest_pods(pods: Sequence[Object]) -> list[Object]:
    """The pods of the newest template: a rollout does not fail because of pods that it replaces.

    Times are whole seconds: where pods of two templates were created in the same second, there is no newest template and no failure.
    """
    newest = max((_made(pod) for pod in pods), default="")
    marks = {_mark(pod) for pod in pods if _made(pod) == newest}
    return [pod for pod in pods if _mark(pod) in marks] if len(marks) == 1 else []


def _made(pod: Object) -> str:
    return str(pod["metadata"].get("creationTimestamp") or "")


def _mark(pod: Object) -> str:
    labels = pod["metadata"].get("labels") or {}
    return next((str(labels[key]) for key in _HASHES if key in labels), "")


def stuck(pod: Object) -> list[tuple[str, str, str]]:
    """Containers that cannot run: name, reason, message."""
    status = pod.get("status") or {}
    found = []
    for key in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(key) or ():
            waiting = (container.get("state") or {}).get("waiting") or {}
            reason = str(waiting.get("reason") or "")
            if reason in HOPELESS or reason in DOUBTFUL:
                found.append((str(container.get("name") or ""), reason, str(waiting.get("message") or "")))
    return found
