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
from typing import Any, cast

from .._adapters.turns import Turn
from .._engine.plain import replace
from .._engine.ports import Cluster, Object, ObjectRef
from .task import Result

#: the interval at which a wait checks whether the task was stopped
_SECONDS = 0.2


class Namespaces:
    """Decides which release creates a namespace.

    State is changed by the thread that holds the turn, by the main thread, or under ``_news``.

    :param items: the options of each release.
    """

    def __init__(self, items: Sequence[dict[str, Any]], turn: Turn, check: bool) -> None:
        self._names = [_made_by(params) for params in items]
        self._turn = turn
        self._check = check
        self._news = threading.Condition()
        self._makers: dict[str, int] = {}
        self._made: set[str] = set()
        self._ended: dict[int, bool] = {}  # whether it created one, or predicted it

    def begun(self, index: int) -> None:
        if self._names[index]:
            self._makers.setdefault(self._names[index], index)

    def ended(self, index: int, result: Result) -> None:
        operations = (result.get("plan") or {}).get("operations") or []
        made = not result.get("failed") and any(step.get("verb") == "create_namespace" for step in operations)
        with self._news:
            self._ended[index] = made
            self._news.notify_all()

    def within(self, ports: Any, index: int) -> Any:
        """The ports of one release (``actions.model.Ports``)."""
        if not self._names[index]:
            return ports
        return replace(ports, cluster=cast(Cluster, _Asking(ports.cluster, self, index, self._names[index])))

    def is_made(self, name: str) -> None:
        with self._news:
            self._made.add(name)
            self._news.notify_all()

    def missing(self, index: int, name: str, looked: bool) -> str:
        """What a release does about a missing namespace: ``make`` it, ``look`` again, or take it as ``foretold``.

        :param looked: a second read did not find it either: another client has deleted it.
        """
        while True:
            maker = self._makers.setdefault(name, index)
            if maker == index or (looked and name in self._made):
                return "make"
            if name in self._made:
                return "look"
            if maker in self._ended:
                if self._check and self._ended[maker]:
                    return "foretold"
                self._makers[name] = index
                return "look"  # and make it, if it is still missing
            self._turn.away(partial(self._wait, name, maker))

    def _wait(self, name: str, maker: int) -> None:
        with self._news:
            if name not in self._made and maker not in self._ended:
                self._news.wait(_SECONDS)


def _made_by(params: dict[str, Any]) -> str:
    present = params.get("release_state") != "absent" and params.get("create_namespace")
    return str(params["release_namespace"]) if present else ""


class _Asking:
    """A cluster in which another release may create one namespace. All other calls pass through."""

    def __init__(self, cluster: Cluster, namespaces: Namespaces, index: int, name: str) -> None:
        self._cluster = cluster
        self._namespaces = namespaces
        self._index = index
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cluster, name)

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        looked = False
        while True:
            live = self._cluster.read(ref, metadata_only=metadata_only)
            if live is not None or (ref.kind, ref.name) != ("Namespace", self._name):
                return live
            what = self._namespaces.missing(self._index, self._name, looked)
            if what == "make":
                return None
            if what == "foretold":
                return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._name}}
            looked = True

    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        answer = self._cluster.create(obj, dry_run=dry_run)
        self._look(obj, dry_run)
        return answer

    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        answer = self._cluster.apply(obj, force=force, dry_run=dry_run)
        self._look(obj, dry_run)
        return answer

    def _look(self, obj: Object, dry_run: bool) -> None:
        if obj.get("kind") == "Namespace" and not dry_run and (obj.get("metadata") or {}).get("name") == self._name:
            self._namespaces.is_made(self._name)
