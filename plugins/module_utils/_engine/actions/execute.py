# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Executes the steps of a plan one by one, and asks the server what a step would do. Decides nothing.

A run stops at the first step that fails; the action decides what that means for the release. The answer for each applied object is
compared with its state before, so that an executed plan reports its changes as exactly as a dry run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..aliases import JsonObject, Object
from ..errors import AlreadyExists, ClusterError, Conflict, Forbidden, NotFound, UnknownKind
from ..objects.diff import object_changes
from ..objects.managers import after_migration, migration_patch, needs_migration
from ..objects.rules import Rules
from ..plain import replace
from ..plan.build import object_id, refs_of
from ..plan.model import Ports
from ..plan.operation import Operation, Plan
from ..ports import ObjectRef
from ..release.inputs import ANNOTATION
from ..release.model import Status
from ..wait.logs import mask_of
from ..wait.wait import wait_deleted, wait_ready
from .failure import reworded
from .hooks import HookRunner
from .journal import Journal

#: a migration of managers races with controllers that write status; client-go tries this often
_RETRIES = 5


class Execution:
    """One run over a plan.

    :param live_objects: what the cluster had before, by object; for the changes.
    :param inputs: the annotation of the new record, empty: none.
    """

    def __init__(
        self, ports: Ports, journal: Journal, namespace: str, live_objects: Mapping[ObjectRef, Object | None], inputs: str = ""
    ) -> None:
        self._ports = ports
        self._journal = journal
        self._live_objects = dict(live_objects)
        self._absent = frozenset(ref for ref, live in live_objects.items() if live is None)
        self._annotations = {ANNOTATION: inputs} if inputs else {}
        self._mask = mask_of(journal.release)
        self._hooks = HookRunner(ports, journal, namespace)
        self.recorded = False
        #: objects that this run has created, in order; not CRDs of ``crds/``, the namespace and hooks
        self.created: list[ObjectRef] = []
        #: the step under way, or the one that failed
        self.step: Operation | None = None
        self._verbs: dict[str, Callable[[Operation], Object | None]] = {
            "create_crd": self._create_crd,
            "create_namespace": self._create_namespace,
            "record_create": self._record_create,
            "record_update": self._record_update,
            "record_delete": self._record_delete,
            "hook": self._hook,
            "create": self._create,
            "apply": self._apply,
            "migrate_managers": self._migrate,
            "delete": self._delete,
            "wait": self._wait,
            "wait_deleted": self._wait_deleted,
        }

    @property
    def hook_logs(self) -> list[JsonObject]:
        """The output of hooks with a log policy, see ``HookRunner``."""
        return self._hooks.logs

    def run(self, plan: Plan) -> None:
        """Executes all steps and adds the changes to each step. Errors of the ports pass through."""
        for index, step in enumerate(plan.operations):
            self.step = step
            answer = self._verbs[step.verb](step)
            self._note_created(step, answer)
            plan.warnings += _warnings(step, answer, self._live_objects)
            if answer is not None and step.ref is not None:
                plan.operations[index] = replace(step, changes=object_changes(self._live_objects.get(step.ref), answer), unverified="")
            elif step.verb == "delete" and step.ref is not None and self._live_objects.get(step.ref) is not None:
                plan.operations[index] = replace(step, changes=object_changes(self._live_objects[step.ref], None))
                self._live_objects[step.ref] = None

    def _note_created(self, step: Operation, answer: Object | None) -> None:
        if answer is None or step.ref is None:
            return
        if step.verb == "create" or (step.verb == "apply" and step.ref in self._absent):
            self.created.append(replace(step.ref, name=str(answer["metadata"].get("name") or step.ref.name)))

    def _record_create(self, step: Operation) -> None:
        release = self._journal.release
        if release is not None:
            self._journal.create(release, self._annotations)
            self.recorded = True

    def _record_update(self, step: Operation) -> None:
        self._journal.mark(step.detail["revision"], Status(step.detail["status"]), step.detail["description"])

    def _record_delete(self, step: Operation) -> None:
        self._journal.delete(step.detail["revision"])

    def _hook(self, step: Operation) -> None:
        self._hooks.run(step.detail)

    def _create_namespace(self, step: Operation) -> Object | None:
        try:
            return self._create(step) if step.detail.get("posted") else self._ports.cluster.apply(step.object or {})
        except (AlreadyExists, Conflict):
            return None  # another client created it in between, which is the wanted result

    def _create_crd(self, step: Operation) -> Object | None:
        if not step.detail.get("posted"):
            return self._apply(step)
        try:
            answer = self._create(step)
        except AlreadyExists:
            return None  # as Helm has it: one that is there is left as it is
        self._ports.cluster.invalidate_discovery()
        return answer

    def _create(self, step: Operation) -> Object:
        return self._ports.cluster.create(step.object or {})

    def _apply(self, step: Operation) -> Object:
        try:
            if step.detail.get("client_side") and step.ref is not None:
                from ..apply.client_side import apply_client_side  # late: hardly any release is written so

                whole = bool(step.detail.get("whole"))
                answer = apply_client_side(self._ports.cluster, step.ref, step.object or {}, step.detail["original"], whole=whole)
            else:
                answer = self._ports.cluster.apply(step.object or {}, force=bool(step.detail.get("force")))
            if step.ref is not None and step.ref.kind == "CustomResourceDefinition":
                self._ports.cluster.invalidate_discovery()
            return answer
        except ClusterError as error:
            raise reworded(error, error.message, _helms_words(step, error), error.fields) from error

    def _migrate(self, step: Operation) -> None:
        if step.ref is None:
            return
        for attempt in range(_RETRIES):
            live = self._ports.cluster.read(step.ref)
            patch = migration_patch(live) if live is not None else None
            if patch is None:
                return
            try:
                self._ports.cluster.patch(step.ref, patch, kind="json")
                return
            except Conflict:
                if attempt == _RETRIES - 1:
                    raise
                self._ports.clock.sleep(0.01 * 2**attempt)

    def _delete(self, step: Operation) -> None:
        if step.ref is not None:
            try:
                self._ports.cluster.delete(step.ref, propagation=step.detail.get("propagation", "Background"))
            except UnknownKind:
                return  # its definition was deleted, and all objects of the kind with it

    def _wait(self, step: Operation) -> None:
        refs = refs_of(step.detail["refs"])
        wait_ready(
            self._ports.cluster,
            self._ports.clock,
            refs,
            step.detail["timeout"],
            jobs=step.detail["jobs"],
            rules=Rules(step.detail.get("rules") or {}),
            mask=self._mask,
            report_progress=self._ports.report_progress,
        )
        if step.detail["crds"]:
            self._ports.cluster.invalidate_discovery()

    def _wait_deleted(self, step: Operation) -> None:
        wait_deleted(
            self._ports.cluster, self._ports.clock, refs_of(step.detail["refs"]), step.detail["timeout"], self._ports.report_progress
        )


def _warnings(step: Operation, answer: Object | None, live_objects: Mapping[ObjectRef, Object | None]) -> list[str]:
    """Warnings from the server's answer to a client-side patch."""
    if answer is None or step.ref is None or not step.detail.get("client_side"):
        return []
    from ..apply.client_side import lost_warning

    sentence = lost_warning(step.ref, step.object or {}, answer, step.detail.get("original"), live_objects.get(step.ref))
    return [sentence] if sentence else []


def _helms_words(step: Operation, error: ClusterError) -> str:
    """Helm's prefix of a server's answer to an apply, for the description of a failed revision."""
    what = "conflict occurred while applying object" if isinstance(error, Conflict) else "server-side apply failed for object"
    if step.ref is None:
        return error.helm_message
    group, _slash, version = step.ref.api_version.rpartition("/")
    return f"{what} {step.ref.namespace}/{step.ref.name} {group}/{version}, Kind={step.ref.kind}: {error.helm_message}"


def predict(ports: Ports, plan: Plan, live_objects: Mapping[ObjectRef, Object | None], *, skip: Mapping[str, str]) -> None:
    """Asks the server, by dry runs, what the plan's steps would change; writes nothing.

    :param skip: object id -> why the server cannot answer; is in the plan in place of changes.
    :raises Conflict, Rejected, Forbidden: errors that the run would raise as well.
    """
    for index, step in enumerate(plan.operations):
        if step.ref is None or step.verb not in ("apply", "create", "create_crd", "create_namespace", "delete"):
            continue
        live = live_objects.get(step.ref)
        if step.verb == "delete":
            if live is not None:
                ports.cluster.delete(step.ref, propagation=step.detail.get("propagation", "Background"), dry_run=True)
            plan.operations[index] = replace(step, changes=object_changes(live, None))
            continue
        why = skip.get(object_id(step.ref)) or step.unverified
        if live is not None and step.verb == "apply" and not step.detail["exists"]:
            live, why = None, "it is created again after the existing object is deleted"
        if why:
            plan.operations[index] = replace(step, changes=object_changes(live, step.object) if live is None else (), unverified=why)
            continue
        plan.operations[index] = _predicted(ports, plan, step, live)


def _predicted(ports: Ports, plan: Plan, step: Operation, live: Object | None) -> Operation:
    obj: Object = step.object or {}
    # Managers that are to be migrated first would conflict with the apply; forced, the dry run shows the values that will be.
    if step.detail.get("client_side"):
        return _predicted_patch(ports, plan, step, live)
    migrate = live is not None and needs_migration(live)
    force = bool(step.detail.get("force")) or migrate
    try:
        posted = bool(step.detail.get("posted"))
        answer = ports.cluster.create(obj, dry_run=True) if posted else ports.cluster.apply(obj, force=force, dry_run=True)
    except (NotFound, UnknownKind) as error:
        return replace(step, changes=object_changes(None, obj), unverified=f"a dry run is not possible yet: {error.message}")
    except Forbidden as error:
        if step.verb in ("create_namespace", "create_crd"):
            return replace(step, changes=object_changes(None, obj), unverified=f"the server does not allow a dry run: {error.message}")
        raise
    if migrate and live is not None:
        then = after_migration(live, answer, obj)
        if then != answer:
            why = "fields without a manager are removed by the migration from client-side apply, or reset to the default of the server"
            return replace(step, changes=object_changes(live, then), unverified=why)
    return replace(step, changes=object_changes(live, answer))


def _predicted_patch(ports: Ports, plan: Plan, step: Operation, live: Object | None) -> Operation:
    from ..apply.client_side import apply_client_side

    if step.ref is None:
        return step
    try:
        whole = bool(step.detail.get("whole"))
        answer = apply_client_side(ports.cluster, step.ref, step.object or {}, step.detail["original"], whole=whole, dry_run=True)
    except (NotFound, UnknownKind) as error:
        return replace(step, changes=object_changes(None, step.object), unverified=f"a dry run is not possible yet: {error.message}")
    plan.warnings += _warnings(step, answer, {step.ref: live})
    return replace(step, changes=object_changes(live, answer))
