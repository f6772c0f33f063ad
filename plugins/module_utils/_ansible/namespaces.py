# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decides which of the releases of one task creates a namespace that several of them may create.

The creator is the first started release that may create the namespace. Another release that finds it missing waits until it is created, or
until its creator has ended without creating it (its chart did not render); then the next release is the creator. In check mode the creator
predicts it, and the others treat it as existing from then on, so that check mode reports what the run does. A release that may create no
namespace finds out by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from .._adapters.execution_slot import ExecutionSlot
from .._engine.aliases import Object
from .._engine.plain import replace
from .._engine.ports import Cluster, ObjectRef
from .task import Result

if TYPE_CHECKING:
    from .._engine.plan.model import Ports

#: the interval at which a wait checks whether the task was stopped
_SECONDS = 0.2


class Namespaces:
    """Decides which release creates a namespace.

    State is changed by the thread that holds the slot, by the main thread, or under ``_changed``.

    :param items: the options of each release.
    """

    def __init__(self, items: Sequence[Result], slot: ExecutionSlot, check: bool) -> None:
        self._names = [_namespace_created_by(params) for params in items]
        self._slot = slot
        self._check = check
        self._changed = threading.Condition()
        self._creators: dict[str, int] = {}
        self._created: set[str] = set()
        self._ended: dict[int, bool] = {}  # whether it created one, or predicted it

    def start(self, index: int) -> None:
        if self._names[index]:
            self._creators.setdefault(self._names[index], index)

    def end(self, index: int, result: Result) -> None:
        operations = (result.get("plan") or {}).get("operations") or []
        created = not result.get("failed") and any(step.get("verb") == "create_namespace" for step in operations)
        with self._changed:
            self._ended[index] = created
            self._changed.notify_all()

    def within(self, ports: Ports, index: int) -> Ports:
        """The ports of one release (``actions.model.Ports``)."""
        if not self._names[index]:
            return ports
        return replace(ports, cluster=cast(Cluster, _SharedNamespaceCluster(ports.cluster, self, index, self._names[index])))

    def set_created(self, name: str) -> None:
        with self._changed:
            self._created.add(name)
            self._changed.notify_all()

    def missing(self, index: int, name: str, read_again: bool) -> str:
        """What a release does about a missing namespace.

        ``create`` it, ``read`` it again, or ``assume`` that it exists.

        :param read_again: a second read did not find it either: another client has deleted it.
        """
        while True:
            creator = self._creators.setdefault(name, index)
            if creator == index or (read_again and name in self._created):
                return "create"
            if name in self._created:
                return "read"
            if creator in self._ended:
                if self._check and self._ended[creator]:
                    return "assume"
                self._creators[name] = index
                return "read"  # and create it, if it is still missing
            self._slot.without_slot(partial(self._wait, name, creator))

    def _wait(self, name: str, creator: int) -> None:
        with self._changed:
            if name not in self._created and creator not in self._ended:
                self._changed.wait(_SECONDS)


def _namespace_created_by(params: Result) -> str:
    present = params.get("release_state") != "absent" and params.get("create_namespace")
    return str(params["release_namespace"]) if present else ""


class _SharedNamespaceCluster:
    """A cluster in which another release may create one namespace. All other calls pass through."""

    def __init__(self, cluster: Cluster, namespaces: Namespaces, index: int, name: str) -> None:
        self._cluster = cluster
        self._namespaces = namespaces
        self._index = index
        self._name = name

    def __getattr__(self, name: str) -> object:
        return getattr(self._cluster, name)

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        read_again = False
        while True:
            live = self._cluster.read(ref, metadata_only=metadata_only)
            if live is not None or (ref.kind, ref.name) != ("Namespace", self._name):
                return live
            action = self._namespaces.missing(self._index, self._name, read_again)
            if action == "create":
                return None
            if action == "assume":
                return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._name}}
            read_again = True

    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        answer = self._cluster.create(obj, dry_run=dry_run)
        self._note_creation(obj, dry_run)
        return answer

    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        answer = self._cluster.apply(obj, force=force, dry_run=dry_run)
        self._note_creation(obj, dry_run)
        return answer

    def _note_creation(self, obj: Object, dry_run: bool) -> None:
        if obj.get("kind") == "Namespace" and not dry_run and (obj.get("metadata") or {}).get("name") == self._name:
            self._namespaces.set_created(self._name)
