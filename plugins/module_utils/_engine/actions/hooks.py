# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Running the hooks of an event (Helm: ``pkg/action/hooks.go``).

One after the other: what its delete policy asks to be gone beforehand is deleted (by default whatever the last run left),
the record notes that it runs, its object is applied, and a Job or Pod is watched until it has ended; any other kind is
done once it is there. When the last one of the event has succeeded, those with ``hook-succeeded`` are deleted, last first; when one
fails, it is deleted if it says ``hook-failed``, and those before it if they say ``hook-succeeded``. CRDs are never deleted.

Hooks bear no marks of ownership, are not in the manifest and are not removed with the release. A policy that is not written
is written back as ``before-hook-creation`` when the hook runs, as Helm does. Unlike Helm, which waits for nothing here unless told
to wait, a hook that is deleted is waited for: its name must be free before it is used again.
"""

from __future__ import annotations

from typing import Any

from ..errors import EngineError, InternalError
from ..plain import replace
from ..release.codec import go_time
from ..render.model import Hook, HookExecution
from .failure import reworded
from .journal import Journal
from .model import Ports
from .objects import Built, build
from .wait import wait_deleted, wait_hook

BEFORE = "before-hook-creation"
SUCCEEDED = "hook-succeeded"
FAILED = "hook-failed"

#: how Helm begins the description of a release whose hook failed
_PREFIX = {
    "pre-install": "failed pre-install: ",
    "post-install": "failed post-install: ",
    "pre-upgrade": "pre-upgrade hooks failed: ",
    "post-upgrade": "post-upgrade hooks failed: ",
}


class HookRunner:
    """Runs hooks, one call each. :param namespace: the release's, for objects that name none."""

    def __init__(self, ports: Ports, journal: Journal, namespace: str) -> None:
        self._ports = ports
        self._journal = journal
        self._namespace = namespace
        self._done: list[Hook] = []  # of the event under way

    def run(self, detail: dict[str, Any]) -> None:
        """One step of a plan. Raises what the cluster raises, with ``hook`` and ``event`` among its fields."""
        hook = self._find(detail)
        event, timeout = str(detail["event"]), float(detail["timeout"])
        try:
            self._execute(hook, event, timeout)
        except EngineError as error:
            self._after_failure(hook, timeout)
            raise self._worded(error, hook, event) from error
        self._done.append(hook)
        if detail["last"]:
            finished, self._done = self._done, []
            for done in reversed(finished):
                self._delete_by(done, SUCCEEDED, timeout)

    def _find(self, detail: dict[str, Any]) -> Hook:
        release = self._journal.release
        for hook in release.hooks if release else []:
            if (hook.path, hook.kind, hook.name) == (detail["path"], detail["kind"], detail["name"]):
                return hook
        raise InternalError(f"The plan names a hook {detail['path']} that the release does not have; please report this")

    def _execute(self, hook: Hook, event: str, timeout: float) -> None:
        if not hook.delete_policies:
            hook.delete_policies = [BEFORE]
        self._delete_by(hook, BEFORE, timeout)
        built = self._build(hook)
        hook.last_run = HookExecution(started_at=self._now(), phase="Running")
        self._journal.touch()
        hook.last_run = replace(hook.last_run, phase="Unknown")
        phase = "Failed"
        try:
            for item in built:
                if item.ref.name:
                    self._ports.cluster.apply(item.object)
                else:
                    self._ports.cluster.create(item.object)
            if hook.kind == "CustomResourceDefinition":
                self._ports.cluster.forget_discovery()
            wait_hook(self._ports.cluster, self._ports.clock, [item.ref for item in built if item.ref.name], timeout)
            phase = "Succeeded"
        finally:
            hook.last_run = replace(hook.last_run, completed_at=self._now(), phase=phase)

    def _after_failure(self, hook: Hook, timeout: float) -> None:
        finished, self._done = self._done, []
        try:
            self._delete_by(hook, FAILED, timeout)
            for done in finished:
                self._delete_by(done, SUCCEEDED, timeout)
        except EngineError:
            return  # the hook's own failure is what must be told; a leftover is deleted before the next run

    def _delete_by(self, hook: Hook, policy: str, timeout: float) -> None:
        if hook.kind == "CustomResourceDefinition" or policy not in hook.delete_policies:
            return
        refs = [item.ref for item in self._build(hook) if item.ref.name]
        gone = [ref for ref in refs if self._ports.cluster.delete(ref)]
        if gone:
            wait_deleted(self._ports.cluster, self._ports.clock, gone, timeout)

    def _build(self, hook: Hook) -> list[Built]:
        return build(self._ports.cluster, hook.manifest, self._namespace, source=hook.path)

    def _now(self) -> str:
        return go_time(self._ports.clock.now())

    def _worded(self, error: EngineError, hook: Hook, event: str) -> EngineError:
        message = f"The {event} hook {hook.kind} {hook.name} ({hook.path}) failed: {error.message.rstrip('.')}"
        fields = {**error.fields, "hook": f"{hook.kind} {hook.name}", "event": event, "template": hook.path}
        return reworded(error, message, _PREFIX.get(event, "") + error.helm_message, fields)
