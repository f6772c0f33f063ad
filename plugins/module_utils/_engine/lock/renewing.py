# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A cluster that renews the Lease with each call, for an action that holds the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from ..aliases import Object
from ..ports import Clock, Cluster, Event


class Renewing:
    """A cluster that renews the Lease with each call where that is due. Long watches are cut into slices.

    :param renew: renews the Lease where that is due; raises where it is lost.
    :param slice_seconds: the longest part of a watch.
    :param made: called after a namespace of that name was created or applied.
    """

    def __init__(
        self, cluster: Cluster, clock: Clock, renew: Callable[[], None], slice_seconds: float, made: Mapping[str, Callable[[], None]]
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._renew = renew
        self._slice_seconds = slice_seconds
        self._made = made

    def __getattr__(self, name: str) -> object:
        found = getattr(self._cluster, name)
        if not callable(found):
            return found
        method = cast(Callable[..., object], found)

        def call(*args: object, **options: object) -> object:
            self._renew()
            return method(*args, **options)

        return call

    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        self._renew()
        answer = self._cluster.create(obj, dry_run=dry_run)
        self._check_namespace(obj, dry_run)
        return answer

    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        self._renew()
        answer = self._cluster.apply(obj, force=force, dry_run=dry_run)
        self._check_namespace(obj, dry_run)
        return answer

    def _check_namespace(self, obj: Object, dry_run: bool) -> None:
        made = self._made.get(str((obj.get("metadata") or {}).get("name"))) if obj.get("kind") == "Namespace" and not dry_run else None
        if made is not None:
            made()

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        clock = self._clock
        end, version = clock.monotonic() + seconds, resource_version
        while True:
            self._renew()
            began = clock.monotonic()
            part = min(end - began, max(1.0, self._slice_seconds))
            for event in self._cluster.watch(api_version, kind, namespace, fields=fields, resource_version=version, seconds=part):
                version = str((event.object.get("metadata") or {}).get("resourceVersion") or version)
                yield event
                self._renew()
            now = clock.monotonic()
            if now >= end - 0.5 or now - began < part / 2:  # over, or the server ended it: the caller handles that
                return
