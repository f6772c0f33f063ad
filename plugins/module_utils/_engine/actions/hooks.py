# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs the hooks of an event (Helm: ``pkg/action/hooks.go``).

One after the other: the objects that its delete policy names are deleted beforehand (by default those of the last run), the record notes
that the hook runs, its object is applied, and a Job or Pod is watched until it has ended; any other kind is done once it exists. Hooks
of a release that is applied client-side are created, and one that exists already is refused; those of a removal are applied in any
case, as Helm does.

When the last hook of the event has succeeded, each hook's log is fetched and its object deleted, in reverse order, where its policies name
``hook-succeeded``. When the wait for a hook fails, its log is fetched and its object deleted, where its policies name ``hook-failed``; the
hooks before it are deleted if they name ``hook-succeeded``. A hook that the server refuses never existed and is not deleted. CRDs are never
deleted.

Hooks have no labels and annotations of ownership, are not in the manifest and are not removed with the release. A missing policy is written
back as ``before-hook-creation`` when the hook runs, as Helm does. There are two differences to Helm. Helm does not wait for the deletion
of a hook unless a wait was requested; here the deletion always ends first, since the name must be free before it is used again. And the
wait and the deletion of a hook whose name the server generates (``generateName``) use the generated name.
"""

from __future__ import annotations

from ..aliases import JsonObject, Object
from ..apply.build import Built, build
from ..apply.hook_owners import BEFORE, REMOVING
from ..errors import AlreadyExists, EngineError, InternalError
from ..objects.rules import Rules
from ..plain import replace
from ..plan.model import Ports
from ..ports import ObjectRef
from ..release.codec import go_time
from ..render.model import Hook, HookExecution
from ..wait.deletion import wait_deleted
from ..wait.hooks import wait_hook
from ..wait.logs import hook_logs, mask_of
from .failure import reworded
from .journal import Journal

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
    """Runs hooks, one a call. :param namespace: the release's, for objects that name none.

    ``logs``: the output of hooks with a log policy: ``event``, ``hook``, ``pod``, ``container``, ``log`` or ``error``.
    """

    def __init__(self, ports: Ports, journal: Journal, namespace: str) -> None:
        self._ports = ports
        self._journal = journal
        self._namespace = namespace
        self._mask = mask_of(journal.release)
        self._done: list[Hook] = []  # of the event under way
        self._failed: Hook | None = None
        self._made: dict[int, list[ObjectRef]] = {}  # by hook: its objects as the server named them
        self._uids: dict[ObjectRef, str] = {}  # of these objects
        self.logs: list[JsonObject] = []

    def run(self, detail: JsonObject, *, tidy: bool = True) -> None:
        """Runs one step of a plan. Errors of the cluster get the fields ``hook``, ``event`` and ``hook_logs``.

        :param tidy: apply the policies for the end of an event at once; ``False``: the caller calls ``finish``.
        """
        hook = self._find(detail)
        event, timeout = str(detail["event"]), float(detail["timeout"])
        try:
            self._execute(hook, event, timeout, Rules(detail.get("rules") or {}))
        except EngineError as error:
            self._failed = hook if id(hook) in self._made else None
            if self._failed is not None and FAILED in hook.output_log_policies:
                self._fetch(hook, event)
            if tidy:
                self.finish(event, timeout, all_well=False)
            raise self._worded(error, hook, event) from error
        self._done.append(hook)
        if detail["last"] and tidy:
            self.finish(event, timeout)

    def finish(self, event: str, timeout: float, *, all_well: bool = True) -> None:
        """Reads logs and deletes hooks at the end of an event.

        After a failure nothing is raised, since the hook's own error is the one to report.
        """
        finished, self._done = self._done, []
        failed, self._failed = self._failed, None
        try:
            if failed is not None:
                self._delete_by(failed, FAILED, timeout)
            for done in reversed(finished) if all_well else finished:
                if all_well and SUCCEEDED in done.output_log_policies:
                    self._fetch(done, event)
                self._delete_by(done, SUCCEEDED, timeout)
        except EngineError:
            if all_well:
                raise

    def _find(self, detail: JsonObject) -> Hook:
        """The hook of a step that has not run.

        A template may write several of one name, in one namespace each.
        """
        release = self._journal.release
        for hook in release.hooks if release else []:
            named = (hook.path, hook.kind, hook.name) == (detail["path"], detail["kind"], detail["name"]) and detail["event"] in hook.events
            if named and not any(done is hook for done in self._done):
                return hook
        raise InternalError(f"The plan names a hook {detail['path']} that the release does not have; please report this")

    def _execute(self, hook: Hook, event: str, timeout: float, rules: Rules) -> None:
        if not hook.delete_policies:
            hook.delete_policies = [BEFORE]
        self._made.pop(id(hook), None)
        self._delete_by(hook, BEFORE, timeout)
        built = self._build(hook)
        hook.last_run = HookExecution(started_at=self._now(), phase="Running")
        self._journal.touch()
        hook.last_run = replace(hook.last_run, phase="Unknown")
        phase = "Failed"
        try:
            made = [self._make(item, event) for item in built]
            refs = [replace(item.ref, name=_name(answer)) for item, answer in zip(built, made, strict=True)]
            self._made[id(hook)] = refs
            self._uids.update({ref: str(answer["metadata"].get("uid") or "") for ref, answer in zip(refs, made, strict=True)})
            if hook.kind == "CustomResourceDefinition":
                self._ports.cluster.invalidate_discovery()
            wait_hook(
                self._ports.cluster,
                self._ports.clock,
                made,
                timeout,
                rules=rules,
                mask=self._mask,
                report_progress=self._ports.report_progress,
            )
            phase = "Succeeded"
        finally:
            hook.last_run = replace(hook.last_run, completed_at=self._now(), phase=phase)

    def _make(self, item: Built, event: str) -> Object:
        if item.ref.name and not self._posted(event):
            return self._ports.cluster.apply(item.object)
        try:
            return self._ports.cluster.create(item.object)
        except AlreadyExists as error:
            message = f"{item.ref} already exists, and client-side apply does not adopt objects for hooks"
            what = f"{message}; delete it, or set the hook delete policy {BEFORE}"
            raise reworded(error, what, error.helm_message, error.fields) from error

    def _posted(self, event: str) -> bool:
        """Whether hooks are created and not applied: Helm uses the method of each action for its hooks."""
        release = self._journal.release
        return event not in REMOVING and release is not None and release.apply_method != "ssa"

    def _fetch(self, hook: Hook, event: str) -> None:
        for ref in self._refs(hook):
            for entry in self.logs_of(hook, ref):
                self.logs.append({"event": event, "hook": f"{hook.kind} {ref.name}", **entry})

    def logs_of(self, hook: Hook, ref: ObjectRef, *, init: bool = False) -> list[JsonObject]:
        """The output of the containers of one object of a hook, see ``hook_logs``."""
        uid = self._uids.get(ref, "")
        return hook_logs(self._ports.cluster, hook.kind, ref.name, ref.namespace, self._mask, init=init, uid=uid)

    def refs(self, hook: Hook) -> list[ObjectRef]:
        """A hook's objects: as they were created, or as its text names them."""
        return self._refs(hook)

    def _delete_by(self, hook: Hook, policy: str, timeout: float) -> None:
        if hook.kind == "CustomResourceDefinition" or policy not in hook.delete_policies:
            return
        gone = [ref for ref in self._refs(hook) if self._ports.cluster.delete(ref)]
        if gone:
            wait_deleted(self._ports.cluster, self._ports.clock, gone, timeout)

    def _refs(self, hook: Hook) -> list[ObjectRef]:
        """A hook's objects: as they were created, or as its text names them."""
        made = self._made.get(id(hook))
        return made if made is not None else [item.ref for item in self._build(hook) if item.ref.name]

    def _build(self, hook: Hook) -> list[Built]:
        return build(self._ports.cluster, hook.manifest, self._namespace, source=hook.path)

    def _now(self) -> str:
        return go_time(self._ports.clock.now())

    def _worded(self, error: EngineError, hook: Hook, event: str) -> EngineError:
        message = f"The {event} hook {hook.kind} {hook.name} ({hook.path}) failed: {error.message.rstrip('.')}"
        fields = {**error.fields, "hook": f"{hook.kind} {hook.name}", "event": event, "template": hook.path}
        if self.logs:
            fields["hook_logs"] = list(self.logs)
        return reworded(error, message, _PREFIX.get(event, "") + error.helm_message, fields)


def _name(obj: Object) -> str:
    return str(obj["metadata"].get("name") or "")
