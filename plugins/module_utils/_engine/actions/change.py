# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Installs, upgrades and repairs a release: render, observe, plan, and execute or predict.

How objects are written, server-side or by patches, is Helm 4's choice: see ``client_side``.

A repair of missing objects makes no revision: their text is the record's and does not change. For objects of a revision that failed on
top of a deployed one there is a difference to Helm: Helm compares with the deployed revision only and leaves behind what the failed one
had created; this collection removes that too, where its labels and annotations name this release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING

from ..access.permissions import check_namespaces, check_not_ending, check_records, events_of, record_verbs
from ..aliases import Object
from ..apply.build import Built, Gone, build, build_known, check_segments
from ..apply.client_side import client_side, method_of, repaired, replaced
from ..apply.crds import WithCrds, crds_to_create
from ..apply.hook_owners import check_hook_owners
from ..apply.observe import Observed, Older, observe
from ..apply.preflight import preflight
from ..errors import EngineError, Forbidden, UnknownKind
from ..lock.session import enter
from ..objects.ownership import other_owner, with_ownership
from ..plain import replace
from ..plan.build import Situation, Target, build_release, build_repair, object_id
from ..plan.model import Outcome, Ports, RollbackRequest
from ..plan.operation import Plan
from ..plan.state import State
from ..ports import ObjectRef, Reader, Record
from ..release.codec import go_time
from ..release.compare import unstable
from ..release.inputs import Inputs
from ..release.model import Info, Release, Status
from ..release.records import merge_labels
from ..release.size import check_size
from ..render.model import ReleaseOptions, Rendered
from ..render.objects import parse_manifest
from .execute import Execution, predict
from .failure import failed, mark_failed
from .journal import Journal, no_namespace
from .observation import Findings, Observation
from .renderer import Renderer
from .undo import undo_of

if TYPE_CHECKING:
    from ..preserve.keep_generated import Keeper


def _is_removed(item: Gone) -> bool:
    """Whether Kubernetes itself has removed the API, so that no user can enable it again."""
    from ..lint.rules.removed import lifecycle

    return lifecycle(item.ref.api_version, item.ref.kind) is not None


def _cannot_return(gone: Sequence[Gone]) -> UnknownKind:
    """The error for a repair of objects that no step can create again."""
    names = ", ".join(str(item) for item in gone)
    first = gone[0].ref
    return UnknownKind(
        f"These objects are missing and cannot be created, since the server no longer serves their kind: {names}. Install the "
        "CustomResourceDefinition (crds: create does, where the chart has it), or upgrade to a chart without these objects.",
        api_version=first.api_version,
        kind=first.kind,
        objects=[str(item) for item in gone],
    )


def _roll_back(request: RollbackRequest, ports: Ports) -> Outcome:
    from .rollback import rollback  # late: few releases fail

    return rollback(request, ports)


_FAILURE = {"install": 'Release "{name}" failed: {error}', "upgrade": 'Upgrade "{name}" failed: {error}'}


class Change:
    """The part of a convergence that may write.

    :param findings: what deciding has found. :param warnings: the action's, which this extends.
    """

    def __init__(
        self, observation: Observation, findings: Findings, renderer: Renderer, ports: Ports, check: bool, warnings: list[str]
    ) -> None:
        self._findings = findings
        self._renderer = renderer
        self.request = observation.request
        self.ports = ports
        self.check = check
        self.warnings = warnings
        self.history = observation.history
        self.newest = observation.newest
        self.base = observation.base
        self.chart = observation.chart
        self.values = observation.values
        self._keeper: Keeper | None = None

    def release(self, state: State) -> Outcome:
        event = state.action
        crds = self._crds(event)
        cluster = WithCrds(self.ports.cluster, crds) if crds else self.ports.cluster
        creates_namespace = self._creates_namespace() if event == "install" else False
        revision = self.history.next_revision
        options = ReleaseOptions(
            self.request.name, self.request.namespace, 1 if event == "install" else revision, event == "install", event == "upgrade"
        )
        rendered = self._render(options, cluster)
        self.warnings += rendered.warnings
        release = self._pending(event, revision, rendered)
        check_size(release, self.ports.store)
        built = build(cluster, rendered.manifest, self.request.namespace)
        for hook in rendered.hooks:
            for _path, obj in parse_manifest(hook.manifest):  # not its kind, which an earlier hook may create
                check_segments(hook.path, obj)
        if not self.request.disable_hooks:
            check_hook_owners(cluster, rendered.hooks, (f"pre-{event}", f"post-{event}"), release)
        observed = observe(
            cluster,
            built,
            self.request.name,
            self.request.namespace,
            self._older() if event == "upgrade" else (),
            policy=self.request.policy,
            take_ownership=self.request.take_ownership,
            action="install" if event == "install" else "update",
        )
        self._check_permissions(cluster, built, observed, rendered, event)
        observed.live_objects.update({target.ref: target.live for target in crds})
        if self.request.force:
            observed.targets = replaced(observed.targets)
        elif release.apply_method == "csa":
            observed.targets = client_side(
                observed,
                {item.ref: item.object for item in built},
                self.request.policy,
                force=self.request.force_conflicts,
                install=event == "install",
            )
        observed.targets = preflight(cluster, observed, self.request.policy, force=self.request.force_conflicts)
        self.warnings += observed.warnings
        inputs = Inputs.of(self._renderer.digest(), rendered.queries, cluster.api_versions, lambda: cluster.version().git_version).dump()
        plan = Plan(
            event, state.name.value, state.reason, build_release(self._situation(event, release, observed, crds, creates_namespace))
        )
        if self.check or self.request.approve is not None:
            predicted_plan = replace(plan, operations=list(plan.operations))
            regenerated = self._predict(predicted_plan, observed, rendered, options, cluster, creates_namespace)
            outcome = Outcome(
                True, predicted_plan, self.newest, self._predicted_release(release, event), warnings=self.warnings, regenerated=regenerated
            )
            outcome.preserved = self._preserved()
            if self.check:
                return outcome
            if self.request.approve is not None:
                self.request.approve(outcome)
        done = self._execute(plan, release, observed, inputs, event)
        done.preserved = self._preserved()
        return done

    def _check_permissions(self, cluster: Reader, built: Sequence[Built], observed: Observed, rendered: Rendered, event: str) -> None:
        request = self.request
        running = () if request.disable_hooks else events_of(rendered.hooks, event)
        left = {item.ref for item in built} - {target.ref for target in observed.targets}
        there = [ref for ref, live in observed.live_objects.items() if live is not None]
        check_namespaces(cluster, [item for item in built if item.ref not in left], there, running, request.namespace)
        pruned = bool(self.history.prune(request.history_max))
        check_records(self.ports, request.namespace, request.name, record_verbs(check=self.check, pruned=pruned))

    def _preserved(self) -> list[str] | None:
        return None if self._keeper is None else self._keeper.preserved

    def _render(self, options: ReleaseOptions, cluster: Reader) -> Rendered:
        """The rendering to apply.

        When called again, one in which all values that are not preserved are generated again.
        """
        if not self.request.keep:
            return self._renderer.render(options, cluster)
        if self._keeper is None:
            from ..preserve.keep_generated import Keeper, Keeping

            render = partial(self._renderer.render, options, cluster)
            keeping = Keeping(self.request.keep, self.request.namespace, cluster, self.ports.clock, render, self.request.hide)
            self._keeper = Keeper(keeping)
        return self._keeper.render()

    def _crds(self, event: str) -> list[Target]:
        mode = self.request.policy.crds or ("create" if event == "install" else "skip")
        if self.request.skip_crds or mode == "skip":
            return []
        from ..chart.dependencies import process_dependencies
        from ..render.manifests import crds

        files = crds(process_dependencies(self.chart, deepcopy(self.values)))
        return crds_to_create(self.ports.cluster, files, replace_too=mode == "create_replace", foreign=self._belongs_to_other_release)

    def _belongs_to_other_release(self, ref: ObjectRef, live: Object) -> bool:
        """Whether a CRD belongs to another release, with a warning."""
        owner = "" if self.request.take_ownership else other_owner(live, self.request.name, self.request.namespace)
        if owner:
            self.warnings.append(f"{ref} is not replaced: it belongs to {owner} (take_ownership takes it over)")
        return bool(owner)

    def _creates_namespace(self) -> bool:
        """Whether to create the namespace. Without permission to read namespaces, writing the record decides.

        :raises OptionError: it does not exist and must not be created.
        """
        if self.history:
            return False
        try:
            live = self.ports.cluster.read(ObjectRef("v1", "Namespace", "", self.request.namespace), metadata_only=True)
        except Forbidden:
            return False
        check_not_ending(live, self.request.namespace)
        there = live is not None
        if not there and not self.request.create_namespace:
            raise no_namespace(self.request.namespace)
        return not there

    def _pending(self, event: str, revision: int, rendered: Rendered) -> Release:
        now = go_time(self.ports.clock.now())
        first = self.base.info.first_deployed if event == "upgrade" and self.base else ""
        install = event == "install"
        info = Info(
            first_deployed=first or now,
            last_deployed=now,
            description="Initial install underway" if install else "Preparing upgrade",
            status=Status.PENDING_INSTALL if install else Status.PENDING_UPGRADE,
            notes=rendered.notes,
        )
        last = {} if install or self.newest is None else self.newest.labels
        return Release(
            name=self.request.name,
            namespace=self.request.namespace,
            version=revision,
            info=info,
            chart=self._renderer.chart_json(),
            config=self.values,
            manifest=rendered.manifest,
            hooks=deepcopy(rendered.hooks),
            apply_method=method_of("false" if self.request.force else self.request.server_side, self._last_method(event)),
            labels=merge_labels(last, self.request.labels),
        )

    def _last_method(self, event: str) -> str | None:
        """The apply method of the newest revision, deployed or not, as in Helm."""
        return self.newest.apply_method if event == "upgrade" and self.newest is not None else None

    def _older(self) -> list[Older]:
        """The manifests whose objects may be deleted: the base's, and those of revisions that failed after it."""
        if self.base is None:
            return []
        base = self.base
        older = [Older(base.manifest, certain=base.info.status is Status.DEPLOYED or base.info.status is Status.SUPERSEDED)]
        releases, faults = self.history.readable(record for record in self.history.unsettled() if record.revision != base.version)
        self.warnings += [
            (f"{fault.rstrip('.')}. Objects that only this revision created are unknown and are not deleted") for fault in faults
        ]
        return older + [Older(release.manifest, certain=False) for release in releases]

    def _situation(self, event: str, release: Release, observed: Observed, crds: list[Target], creates_namespace: bool) -> Situation:
        request = self.request
        replaced = self.history.newest if event == "install" else None
        pruned = self.history.prune(request.history_max)
        if replaced is not None and replaced in pruned:
            replaced = None
        superseded = [record for record in self.history.records if record in self.history.all_deployed or self._is_base(record, event)]
        return Situation(
            event=event,
            release=release,
            targets=observed.targets,
            removals=observed.removals,
            crds=crds,
            create_namespace=creates_namespace,
            namespace_labels=request.policy.namespace_labels,
            namespace_annotations=request.policy.namespace_annotations,
            pruned=pruned,
            replaced=replaced,
            superseded=[record for record in superseded if record not in pruned],
            disable_hooks=request.disable_hooks,
            # Helm: to undo a failure it must be detected, so there is a wait.
            wait=request.wait or request.on_failure != "keep",
            wait_for_jobs=request.wait_for_jobs,
            timeout=request.timeout,
            force_conflicts=request.force_conflicts,
            description=request.description,
            waiting=request.waiting,
        )

    def _is_base(self, record: Record, event: str) -> bool:
        """Whether a record is an unfinished base of the upgrade, which Helm marks as superseded too."""
        unfinished = (Status.FAILED, Status.UNINSTALLING, Status.UNKNOWN)
        return event == "upgrade" and self.base is not None and record.revision == self.base.version and self.base.info.status in unfinished

    def _execute(self, plan: Plan, release: Release, observed: Observed, inputs: str, event: str) -> Outcome:
        makes_namespace = any(step.verb == "create_namespace" for step in plan.operations)
        self.ports = enter(self.ports, self.history, makes_namespace=makes_namespace)
        journal = Journal(self.ports, self.history, release)
        execution = Execution(self.ports, journal, self.request.namespace, observed.live_objects, inputs)
        try:
            execution.run(plan)
        except EngineError as error:
            if not execution.recorded and not journal.created_after_all():
                raise
            adopted = [target.ref for target in observed.targets if target.adopted]
            undo = undo_of(self.request, self.ports, self.history, event, adopted, _roll_back)
            clean = None
            if self.request.cleanup_on_fail and event == "upgrade":
                from .cleanup import clean_up

                clean = partial(clean_up, self.ports.cluster, execution.created, release)
            raise failed(journal, error, _FAILURE[event], undo, clean) from error
        except BaseException as error:
            if execution.recorded or journal.created_after_all():  # interrupted, or a bug: the record must not stay pending for it
                mark_failed(journal, _FAILURE[event].format(name=release.name, error=f"interrupted ({type(error).__name__})"))
            raise
        return Outcome(True, plan, self.newest, journal.release, executed=True, warnings=self.warnings, hook_logs=execution.hook_logs)

    # --------------------------------------------------------------------------------------------------------- predict

    def _predict(
        self, plan: Plan, observed: Observed, rendered: Rendered, options: ReleaseOptions, cluster: Reader, creates_namespace: bool
    ) -> tuple[str, ...]:
        """Adds the predicted changes to the plan.

        Returns the objects with values that the run will generate again.
        """
        skip: dict[str, str] = {}
        for target in observed.targets:
            if isinstance(cluster, WithCrds) and cluster.coming(target.ref):
                skip[object_id(target.ref)] = "its kind is created by this task"
            elif creates_namespace and target.ref.namespace == self.request.namespace:
                skip[object_id(target.ref)] = f"namespace {self.request.namespace} is created by this task"
        predict(self.ports, plan, observed.live_objects, skip=skip)
        if rendered.queries.unrepeatable:
            return self._mark_random(plan, rendered, options, cluster)
        return ()

    def _mark_random(self, plan: Plan, rendered: Rendered, options: ReleaseOptions, cluster: Reader) -> tuple[str, ...]:
        """Marks the steps with values that the run will generate again; returns the names of their objects."""
        names = ", ".join(sorted(rendered.queries.unrepeatable))
        again = self._render(options, cluster)
        random_objects: set[tuple[str, str, str]] = {(key[1], key[2], key[3]) for key in unstable(rendered, again)}
        for index, step in enumerate(plan.operations):
            if step.ref is None or step.verb not in ("apply", "create"):
                continue
            kind = f"{step.ref.api_version}/{step.ref.kind}"
            if {(kind, step.ref.namespace, step.ref.name), (kind, "", step.ref.name)} & random_objects:
                plan.operations[index] = replace(step, unverified=f"it contains values that are generated in each run ({names})")
        return tuple("/".join(part for part in key if part) for key in sorted(random_objects))

    def _predicted_release(self, release: Release, event: str) -> Release:
        done = self.request.description or ("Install complete" if event == "install" else "Upgrade complete")
        return release.with_status(Status.DEPLOYED, done)

    # ---------------------------------------------------------------------------------------------------------- repair

    def _refuse_unserved(self, unserved: Sequence[Gone]) -> None:
        """Raises for missing objects that a repair cannot create; warns where Kubernetes removed the API."""
        drift = self._findings.drift
        missing = self._findings.unserved if drift is None else [item.ref for item in drift if item.unserved]
        names = {(ref.api_version, ref.kind, ref.name) for ref in missing}
        gone = [item for item in unserved if (item.ref.api_version, item.ref.kind, item.ref.name) in names]
        removed = [item for item in gone if _is_removed(item)]
        self.warnings += [f"{item} is gone and cannot be created: the server no longer serves its kind" for item in removed]
        if len(removed) < len(gone):
            raise _cannot_return([item for item in gone if item not in removed])

    def repair(self, state: State, newest: Release) -> Outcome:
        cluster = self.ports.cluster
        built, unserved = build_known(cluster, newest.manifest, newest.namespace, successors=False)
        self._refuse_unserved(unserved)
        drift = self._findings.drift
        if drift is None:
            gone = set(self._findings.gone)
            targets = [Target(item.ref, with_ownership(item.object, newest.name, newest.namespace)) for item in built if item.ref in gone]
        else:
            targets = [item.target for item in drift if not item.owner and not item.unserved]
        if not targets:
            plan = Plan("none", state.name.value, state.reason)
            return Outcome(False, plan, newest, newest, warnings=self.warnings)
        targets = repaired(targets, newest.apply_method)
        drift_data = None if drift is None else [item.data for item in drift]
        wait_for = [item.ref for item in built if item.ref.name] if self.request.wait else []
        request = self.request
        steps = build_repair(targets, wait_for, request.wait_for_jobs, request.timeout, request.force_conflicts, request.waiting)
        plan = Plan("repair", state.name.value, state.reason, steps)
        live_objects: Mapping[ObjectRef, Object | None] = {target.ref: target.live for target in targets}
        if self.check:
            predict(self.ports, plan, live_objects, skip={})
            return Outcome(True, plan, newest, newest, warnings=self.warnings, drift=drift_data)
        if self.request.approve is not None:
            predicted_plan = replace(plan, operations=list(plan.operations))
            predict(self.ports, predicted_plan, live_objects, skip={})
            self.request.approve(Outcome(True, predicted_plan, newest, newest, warnings=self.warnings, drift=drift_data))
        self.ports = enter(self.ports, self.history)
        Execution(self.ports, Journal(self.ports, self.history, newest), newest.namespace, live_objects).run(plan)
        return Outcome(True, plan, newest, newest, executed=True, warnings=self.warnings, drift=drift_data)
