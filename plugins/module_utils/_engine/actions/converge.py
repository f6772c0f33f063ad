# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``state: present``: observe, decide, plan, execute (Helm: ``upgrade --install``).

    observe   the history (one request); where the newest revision is deployed: its inputs, and whether its objects are there
    decide    a named state (``plan/state.py``) and with it the action: none, repair, install, upgrade
    plan      render, look at each object, build the steps; in check mode ask the server what each apply would change
    execute   the steps; a failure is recorded, and undone where that was asked for

Whatever can be refused is refused before the first write: names, labels, options, the chart, its values, somebody else's objects,
a namespace that is not there.

Releases that were last written by client-side apply (Helm 3; Helm 4 with ``--server-side=false``): Helm 4's ``auto`` goes on client-side,
with a three-way merge that needs the patch strategies of every built-in type. We do not have that table yet; a plain JSON merge
in its place would replace lists that others have added to. So ``server_side: auto`` migrates such a release to server-side apply, just
as ``--server-side=true`` does, and the record says ``ssa`` from then on; ``server_side: false`` is refused by name.

A repair of missing objects makes no revision: their text is the record's, and none of it changes. For objects of a revision that
failed on top of a deployed one, ours differs from Helm in what is removed: Helm compares with the deployed revision only and
forgets what the failed one had made; we remove that too, where its marks say that it is this release's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ..chart.dependencies import check_dependencies, check_installable
from ..chart.digest import chart_digest
from ..chart.model import Chart, Metadata
from ..chart.names import validate_release_name
from ..errors import EngineError, Forbidden, NotBuiltYet, OptionError
from ..plan.build import Situation, Target, build_release, build_repair, object_id
from ..plan.operation import Plan
from ..plan.state import Name, State, after_inputs, before_inputs
from ..ports import Cluster, Object, ObjectRef, Record
from ..release.codec import chart_json, go_time
from ..release.compare import same_chart, same_output, same_values, unstable
from ..release.history import History
from ..release.inputs import ANNOTATION, Inputs, digest_of
from ..release.model import Info, Release, Status
from ..release.records import check_labels, merge_labels
from ..render.model import Lookup, ReleaseOptions, Rendered
from .crds import WithCrds, crds_to_create
from .execute import Execution, foresee
from .failure import failed, mark_failed
from .journal import Journal, no_namespace
from .model import Outcome, Ports, ReleaseRequest, RollbackRequest, UninstallRequest
from .objects import build, heads
from .observe import Observed, Older, missing, observe
from .ownership import own

MAX_DESCRIPTION = 256
_FAILURE = {"install": 'Release "{name}" failed: {error}', "upgrade": 'Upgrade "{name}" failed: {error}'}


def converge(request: ReleaseRequest, ports: Ports, *, check: bool = False) -> Outcome:
    """Bring a release to what the request says.

    :param check: decide and plan, ask the server, write nothing.
    :raises OperatorError, ChartError, RemoteError: nothing was written, or the record says ``failed``; a failed release's error has the
        fields ``release``, ``revision``, ``status`` and, where it was undone, ``rollback``.
    """
    _refuse(request)
    return _Convergence(request, ports, check).run()


def _refuse(request: ReleaseRequest) -> None:
    validate_release_name(request.name)
    check_labels(request.labels)
    if len(request.description) > MAX_DESCRIPTION:
        raise OptionError(
            f"The description has {len(request.description)} characters; Helm allows {MAX_DESCRIPTION}",
            helm=f"description must be {MAX_DESCRIPTION} characters or less, got {len(request.description)}",
            option="description",
        )
    refuse_client_side(request.server_side)
    _one_of("values_mode", request.values_mode, ("reset", "reuse", "reset_then_reuse"))
    _one_of("on_failure", request.on_failure, ("keep", "rollback"))
    check_installable(request.chart)
    check_dependencies(request.chart)


def refuse_client_side(server_side: str) -> None:
    """:raises NotBuiltYet: client-side apply is asked for. :raises OptionError: no such mode."""
    if server_side == "false":
        raise NotBuiltYet(
            "Client-side apply (server_side: false) is not built yet: leave it at auto or true, which apply server-side",
            option="server_side",
            feature="client-side apply",
        )
    _one_of("server_side", server_side, ("auto", "true"))


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise OptionError(f"{option} cannot be {value!r}: it is one of {', '.join(allowed)}", option=option)


class _Convergence:
    """One run of ``converge``."""

    def __init__(self, request: ReleaseRequest, ports: Ports, check: bool) -> None:
        self.request = request
        self.ports = ports
        self.check = check
        self.warnings: list[str] = []
        self.history = History.read(ports.store, request.namespace, request.name)
        self.newest = self.history.decode(self.history.newest) if self.history.newest else None
        self.base = self._base()
        self.chart, self.values = self._values()
        self._stored: dict[str, Any] | None = None
        self._lookups: dict[tuple[str, str, str, str], dict[str, Any]] = {}

    # ------------------------------------------------------------------------------------------------ observe, decide

    def run(self) -> Outcome:
        state = self._state()
        if state.name is Name.LOCKED:
            raise state.refuse()
        if state.action == "none":
            return Outcome(False, Plan("none", state.name.value, state.reason), self.newest, self.newest, warnings=self.warnings)
        if state.action == "repair" and self.newest is not None:
            return self._repair(state, self.newest)
        return self._release(state)

    def _state(self) -> State:
        request, newest = self.request, self.newest
        revision = newest.version if newest else 0
        state = before_inputs(request.name, request.namespace, revision, newest.info if newest else None)
        if state is not None or newest is None:
            return state or State(Name.ABSENT, request.name, request.namespace)
        difference = self._difference(newest)
        gone = [] if difference else missing(self.ports.cluster, heads(self.ports.cluster, newest.manifest, newest.namespace))
        return after_inputs(request.name, request.namespace, revision, difference, gone)

    def _base(self) -> Release | None:
        """The revision that an upgrade starts from: the deployed one, else the newest (Helm: ``prepareUpgrade``)."""
        deployed = self.history.deployed
        if deployed is not None:
            return self.history.decode(deployed)
        if self.newest is not None and self.newest.info.status is Status.UNINSTALLED:
            return None
        return self.newest

    def _values(self) -> tuple[Chart, dict[str, Any]]:
        """The chart to render and the values to record (Helm: ``reuseValues``)."""
        request, base = self.request, self.base
        values = deepcopy(request.values)
        if request.values_mode == "reset" or base is None:
            return request.chart, values
        from ..chart.values import coalesce, merge_tables

        values = merge_tables(values, deepcopy(base.config), "", False, lambda text: self.warnings.append(str(text)))
        if request.values_mode != "reuse":
            return request.chart, values
        stored = Chart(Metadata(name=base.chart_name), values=deepcopy(base.chart.get("values") or {}))
        frozen, _warnings = coalesce(stored, deepcopy(base.config))
        return replace(request.chart, values=dict(frozen)), values

    def _digest(self) -> str:
        options = {"values_mode": self.request.values_mode, "disable_hooks": self.request.disable_hooks}
        return digest_of(chart_digest(self.request.chart), self.values, options)

    def _difference(self, newest: Release) -> str:
        """What differs between a deployed newest revision and the request, in words; empty: nothing."""
        record = self.history.newest
        wanted = merge_labels(newest.labels, self.request.labels)
        if wanted != newest.labels:
            return "its labels differ"
        if self.request.server_side == "true" and newest.apply_method != "ssa":
            return "it was applied client-side, and server_side: true asks for server-side apply"
        inputs = Inputs.load(record.annotations.get(ANNOTATION)) if record else None
        if inputs is None:
            return self._different_contents(newest) or self._different_output(newest)
        if inputs.digest != self._digest():
            return self._different_contents(newest) or "files of its subcharts, or options that change what is done, differ"
        cluster = self.ports.cluster
        if not inputs.still_answered(cluster.api_versions, lambda: cluster.version().git_version):
            return "the cluster answers what the chart asks of its version or its kinds otherwise than before"
        return self._different_output(newest) if inputs.lookups else ""

    def _different_contents(self, newest: Release) -> str:
        stored = self._chart_json()
        meta = stored["metadata"]
        if (newest.chart_name, newest.chart_version) != (meta.get("name", ""), meta.get("version", "")):
            return f"its chart is {newest.chart_name}-{newest.chart_version}, not {meta.get('name', '')}-{meta.get('version', '')}"
        if not same_values(newest.config, self.values):
            return "its values differ"
        return "" if same_chart(newest.chart, stored) else "the files of its chart differ"

    def _different_output(self, newest: Release) -> str:
        options = self._options_of(newest)
        first = self._render(options, self.ports.cluster)
        if same_output(newest, first, lambda: self._render(options, self.ports.cluster)):
            return ""
        return "the chart renders other objects now"

    def _options_of(self, newest: Release) -> ReleaseOptions:
        """How a recorded revision was rendered. A rollback holds what its target rendered; a new install counts as revision 1."""
        revision = newest.version
        release = newest
        for _ in range(len(self.history.records)):
            target = release.info.rollback_revision
            if not target or target not in self.history.revisions:
                break
            release, revision = self.history.decode(self.history.get(target)), target
        install = revision == 1 or release.info.description == "Install complete"
        return ReleaseOptions(newest.name, newest.namespace, 1 if install else revision, install, not install)

    # --------------------------------------------------------------------------------------------------------- render

    def _render(self, options: ReleaseOptions, cluster: Cluster) -> Rendered:
        from ..render.capabilities import Capabilities
        from ..render.engine import render

        return render(
            self.chart,
            deepcopy(self.values),
            options,
            Capabilities.of_cluster(cluster),
            lookup=self._lookup(cluster),
            random=self.ports.random,
            clock=self.ports.clock,
            skip_schema_validation=self.request.skip_schema_validation,
        )

    def _lookup(self, cluster: Cluster) -> Lookup:
        """Objects for the template function ``lookup``; one request per distinct question, and all renderings see the same."""

        def look(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
            question = (api_version, kind, namespace, name)
            if question not in self._lookups:
                self._lookups[question] = look_up(cluster, *question)
            return deepcopy(self._lookups[question])

        return look

    def _chart_json(self) -> dict[str, Any]:
        if self._stored is None:
            from ..chart.dependencies import process_dependencies

            self._stored = chart_json(process_dependencies(self.chart, deepcopy(self.values)))
        return self._stored

    # ---------------------------------------------------------------------------------------------- install and upgrade

    def _release(self, state: State) -> Outcome:
        event = state.action
        crds = self._crds() if event == "install" else []
        cluster = WithCrds(self.ports.cluster, crds) if crds else self.ports.cluster
        creates_namespace = self._creates_namespace() if event == "install" else False
        revision = self.history.next_revision
        options = ReleaseOptions(
            self.request.name, self.request.namespace, 1 if event == "install" else revision, event == "install", event == "upgrade"
        )
        rendered = self._render(options, cluster)
        self.warnings += rendered.warnings
        release = self._pending(event, revision, rendered)
        built = build(cluster, rendered.manifest, self.request.namespace)
        for hook in [] if self.request.disable_hooks else rendered.hooks:
            build(cluster, hook.manifest, self.request.namespace, source=hook.path)
        seen = observe(
            cluster,
            built,
            self.request.name,
            self.request.namespace,
            self._older() if event == "upgrade" else (),
            take_ownership=self.request.take_ownership,
            action="install" if event == "install" else "update",
        )
        self.warnings += seen.warnings
        inputs = Inputs.of(self._digest(), rendered.asked, cluster.api_versions, lambda: cluster.version().git_version).dump()
        plan = Plan(event, state.name.value, state.reason, build_release(self._situation(event, release, seen, crds, creates_namespace)))
        if self.check:
            self._foresee(plan, seen, rendered, options, cluster, creates_namespace)
            return Outcome(True, plan, self.newest, self._foretold(release, event), warnings=self.warnings)
        return self._execute(plan, release, seen, inputs, event)

    def _crds(self) -> list[Target]:
        if self.request.skip_crds:
            return []
        from ..chart.dependencies import process_dependencies
        from ..render.manifests import crds

        return crds_to_create(self.ports.cluster, crds(process_dependencies(self.chart, deepcopy(self.values))))

    def _creates_namespace(self) -> bool:
        """Whether the namespace is to be made. Who may not look at namespaces finds out by writing the record.

        :raises OptionError: it is not there and shall not be made.
        """
        if self.history:
            return False
        try:
            there = self.ports.cluster.read(ObjectRef("v1", "Namespace", "", self.request.namespace), metadata_only=True) is not None
        except Forbidden:
            return False
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
            chart=self._chart_json(),
            config=self.values,
            manifest=rendered.manifest,
            hooks=deepcopy(rendered.hooks),
            apply_method="ssa",
            labels=merge_labels(last, self.request.labels),
        )

    def _older(self) -> list[Older]:
        """The manifests whose objects may have to go: the base's, and those of revisions that failed after it."""
        if self.base is None:
            return []
        base = self.base
        older = [Older(base.manifest, certain=base.info.status is Status.DEPLOYED or base.info.status is Status.SUPERSEDED)]
        for record in self.history.records:
            if record.revision > base.version:
                older.append(Older(self.history.decode(record).manifest, certain=False))
        return older

    def _situation(self, event: str, release: Release, seen: Observed, crds: list[Target], creates_namespace: bool) -> Situation:
        request = self.request
        replaced = self.history.newest if event == "install" else None
        pruned = self.history.prune(request.history_max)
        if replaced is not None and replaced in pruned:
            replaced = None
        superseded = [record for record in self.history.records if record in self.history.all_deployed or self._is_base(record, event)]
        return Situation(
            event=event,
            release=release,
            targets=seen.targets,
            removals=seen.removals,
            crds=crds,
            create_namespace=creates_namespace,
            pruned=pruned,
            replaced=replaced,
            superseded=[record for record in superseded if record not in pruned],
            disable_hooks=request.disable_hooks,
            # Helm: who wants a failure undone must be told of it, so there is a wait.
            wait=request.wait or request.on_failure == "rollback",
            wait_for_jobs=request.wait_for_jobs,
            timeout=request.timeout,
            force_conflicts=request.force_conflicts,
            description=request.description,
        )

    def _is_base(self, record: Record, event: str) -> bool:
        """Helm marks the revision that it upgraded from as superseded even where that one had failed."""
        unfinished = (Status.FAILED, Status.UNINSTALLING, Status.UNKNOWN)
        return event == "upgrade" and self.base is not None and record.revision == self.base.version and self.base.info.status in unfinished

    def _execute(self, plan: Plan, release: Release, seen: Observed, inputs: str, event: str) -> Outcome:
        journal = Journal(self.ports, self.history, release)
        execution = Execution(self.ports, journal, self.request.namespace, seen.lives, inputs)
        try:
            execution.run(plan)
        except EngineError as error:
            if not execution.recorded:
                raise
            undo = self._undo(event) if self.request.on_failure == "rollback" else None
            raise failed(journal, error, _FAILURE[event], undo) from error
        except BaseException as error:
            if execution.recorded:  # interrupted, or a bug of ours: the record must not stay pending for it
                mark_failed(journal, _FAILURE[event].format(name=release.name, error=f"interrupted ({type(error).__name__})"))
            raise
        return Outcome(True, plan, self.newest, journal.release, executed=True, warnings=self.warnings)

    def _undo(self, event: str) -> Callable[[], dict[str, Any]]:
        request = self.request

        def undo() -> dict[str, Any]:
            good = self.history.last_good() if event == "upgrade" else None
            if event == "upgrade" and good is None:
                raise OptionError(
                    "there is no earlier revision that worked",
                    helm="unable to find a previously successful release when attempting to rollback",
                )
            if good is None:
                from .uninstall import uninstall

                away = UninstallRequest(
                    request.name, request.namespace, wait=True, timeout=request.timeout, disable_hooks=request.disable_hooks
                )
                uninstall(away, self.ports)
                return {"action": "uninstall"}
            from .rollback import rollback

            back = RollbackRequest(
                request.name,
                request.namespace,
                revision=good.revision,
                wait=True,
                wait_for_jobs=request.wait_for_jobs,
                timeout=request.timeout,
                disable_hooks=request.disable_hooks,
                history_max=request.history_max,
                server_side=request.server_side,
                force_conflicts=request.force_conflicts,
            )
            outcome = rollback(back, self.ports)
            return {"action": "rollback", "to": good.revision, "revision": outcome.release.version if outcome.release else 0}

        return undo

    # --------------------------------------------------------------------------------------------------------- foresee

    def _foresee(
        self, plan: Plan, seen: Observed, rendered: Rendered, options: ReleaseOptions, cluster: Cluster, creates_namespace: bool
    ) -> None:
        skip: dict[str, str] = {}
        for target in seen.targets:
            if isinstance(cluster, WithCrds) and cluster.coming(target.ref):
                skip[object_id(target.ref)] = "its kind is made by this task"
            elif creates_namespace and target.ref.namespace == self.request.namespace:
                skip[object_id(target.ref)] = f"namespace {self.request.namespace} is made by this task"
        foresee(self.ports, plan, seen.lives, skip=skip)
        if rendered.asked.unrepeatable:
            self._mark_random(plan, rendered, options, cluster)

    def _mark_random(self, plan: Plan, rendered: Rendered, options: ReleaseOptions, cluster: Cluster) -> None:
        """Name the objects whose values the run will draw anew."""
        names = ", ".join(sorted(rendered.asked.unrepeatable))
        loud = {(key[1], key[2], key[3]) for key in unstable(rendered, self._render(options, cluster))}
        for index, step in enumerate(plan.operations):
            if step.ref is None or step.verb not in ("apply", "create"):
                continue
            kind = f"{step.ref.api_version}/{step.ref.kind}"
            if {(kind, step.ref.namespace, step.ref.name), (kind, "", step.ref.name)} & loud:
                plan.operations[index] = replace(step, unverified=f"it holds values that are drawn anew by the run ({names})")

    def _foretold(self, release: Release, event: str) -> Release:
        done = self.request.description or ("Install complete" if event == "install" else "Upgrade complete")
        return release.with_status(Status.DEPLOYED, done)

    # ---------------------------------------------------------------------------------------------------------- repair

    def _repair(self, state: State, newest: Release) -> Outcome:
        cluster = self.ports.cluster
        built = build(cluster, newest.manifest, newest.namespace)
        gone = set(missing(cluster, [item.ref for item in built if item.ref.name]))
        targets = [Target(item.ref, own(item.object, newest.name, newest.namespace)) for item in built if item.ref in gone]
        wait_for = [item.ref for item in built if item.ref.name] if self.request.wait else []
        steps = build_repair(targets, wait_for, self.request.wait_for_jobs, self.request.timeout, self.request.force_conflicts)
        plan = Plan("repair", state.name.value, state.reason, steps)
        lives: Mapping[ObjectRef, Object | None] = {target.ref: None for target in targets}
        if self.check:
            foresee(self.ports, plan, lives, skip={})
            return Outcome(True, plan, newest, newest, warnings=self.warnings)
        Execution(self.ports, Journal(self.ports, self.history, newest), newest.namespace, lives).run(plan)
        return Outcome(True, plan, newest, newest, executed=True, warnings=self.warnings)


def look_up(cluster: Cluster, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """What Helm's ``lookup`` gives: an object, a list object where no name is given, ``{}`` for what is not there."""
    from ..errors import UnknownKind

    try:
        resource = cluster.resource(api_version, kind)
        where = namespace if resource.namespaced else ""
        if name:
            return cluster.read(ObjectRef(api_version, kind, where, name)) or {}
        items, version = cluster.list(api_version, kind, where or None)
    except UnknownKind:
        return {}
    return {"apiVersion": api_version, "kind": f"{kind}List", "metadata": {"resourceVersion": version}, "items": items}
